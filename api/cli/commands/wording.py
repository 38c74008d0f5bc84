"""Words that commands share with tables, where they are at home (:mod:`api.tables.wording`)."""

from __future__ import annotations

from api.tables.wording import kind_name, merged_lines, place, relation, stated

__all__ = ["kind_name", "merged_lines", "place", "relation", "stated"]

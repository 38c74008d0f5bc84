"""Decisions as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from api.asking.deciding import Recorded
    from api.cli.texts import Texts


def decisions(t: Texts, found: Recorded) -> list[Listing]:
    """Return decisions with office, date and reason, and the batch of each."""
    columns = [
        Column(name, t("column.identity" if name == "id" else f"column.{name}"))
        for name in ("id", "type", "subject", "object", "detail", "office", "decided", "reason")
    ]
    columns.append(Column("withdrawn", t("column.withdrawn")))
    columns.append(Column("batch", t("column.batch"), "number"))
    shown = [row | {"type": t(f"decide.type.{row['type']}")} for row in found.rows]
    return [Listing.of(t("decide.list.title"), columns, shown)]

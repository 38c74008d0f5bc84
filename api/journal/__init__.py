"""The journal: who wrote, exported or looked at members' counts, in a chain that shows what was done to it (ROBUSTNESS C20).

A file of its own, for reads are recorded while an import holds the store. :class:`~api.journal.journal.Journal` is the way in.
"""

from __future__ import annotations

from api.journal.journal import Intent, Journal
from api.journal.places import Places
from api.journal.rows import Action, Outcome, Row

__all__ = ["Action", "Intent", "Journal", "Outcome", "Places", "Row"]

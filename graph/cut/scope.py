"""How much of a city somebody sees: a jurisdiction, or all of it; there is no default."""

from __future__ import annotations

from enum import Enum


class Whole(Enum):
    """The scope of whoever sees the whole city."""

    WHOLE = "whole"


WHOLE = Whole.WHOLE

Scope = str | Whole
"""A division's code or a ledger unit's id, or :data:`WHOLE`."""

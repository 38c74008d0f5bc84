"""Where a store's time begins: the first date on which anything is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import InputError, Way
from graph.model import iso

if TYPE_CHECKING:
    import pandas as pd

    from graph.store.base import Store

LISTED = ("division", "organization")
"""Kinds whose rows hold from their ledger's date on (a unit's from its founding); the fewer entities first."""


def refuse_before(store: Store, as_of: int) -> None:
    """Refuse a date on which nothing is listed yet, though later something is.

    Raises
    ------
    InputError
        Naming the first date that something is listed on.
    """
    if any(len(_standing(store, kind, as_of)) for kind in LISTED):
        return
    first = first_listed(store)
    if first is None or first <= as_of:
        return
    raise InputError(
        f"nothing was listed on that date; the first listing is of {iso(first)}",
        f"该日尚未列入任何单位；最早的台账日期为 {iso(first)}",
        option="--as-of",
        value=str(iso(as_of)),
        way=Way(f"give --as-of {iso(first)} or later", f"请用 --as-of {iso(first)} 或更晚的日期"),
    )


def first_listed(store: Store) -> int | None:
    """Return the first date on which an organization or a division is listed; ``None`` where none ever was."""
    first: int | None = None
    for kind in LISTED:
        # what holds at a date began at the earliest on it; whatever was listed before that is asked for in turn
        at = store.latest()
        while len(rows := _standing(store, kind, at)):
            at = int(rows["valid_from"].min())
            first = at if first is None else min(first, at)
            at -= 1
    return first


def _standing(store: Store, kind: str, as_of: int) -> pd.DataFrame:
    return store.frame(kind, as_of, [])

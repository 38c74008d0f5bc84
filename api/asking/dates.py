"""The date that a question about a city is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.store.base import Store


def listed_date(store: Store, as_of: int | None) -> int:
    """Return the date to read a city at: the one asked for, else the store's latest.

    Raises
    ------
    InputError
        Nothing was listed yet on the one asked for.
    """
    if as_of is None:
        return store.latest()
    from graph.history.beginning import refuse_before

    refuse_before(store, as_of)
    return as_of

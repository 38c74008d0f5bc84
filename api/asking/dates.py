"""At which date a question is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.store.base import Store


def date(store: Store, as_of: int | None) -> int:
    """Return the date asked for, else the store's latest."""
    return store.latest() if as_of is None else as_of


def listed_date(store: Store, as_of: int | None) -> int:
    """Return :func:`date` for a question about a city.

    Raises
    ------
    InputError
        Nothing was listed yet on the date asked for.
    """
    if as_of is not None:
        from graph.history.beginning import refuse_before

        refuse_before(store, as_of)
    return date(store, as_of)

"""Blank ledgers: which there are, and what drops down in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.store.base import Store
    from loaders.forms.kinds import Ledger
    from loaders.forms.lists import Places


def kinds(words: Iterable[str] = ()) -> tuple[Ledger, ...]:
    """Return the ledgers that words mean; all where there is no word.

    Raises
    ------
    InputError
        As :func:`loaders.forms.kinds.chosen`.
    """
    from loaders.forms.kinds import chosen

    return chosen(words)


def places(store: Store, within: str | None = None) -> Places:
    """Return the names of places that drop down.

    Raises
    ------
    InputError
        As :func:`loaders.forms.lists.places`.
    """
    from loaders.forms import lists

    return lists.places(store, within)


def told(ledgers: Sequence[Ledger]) -> list[dict[str, Any]]:
    """Return ledgers as both sides say them."""
    return [
        {
            "sheet": one.name,
            "kind": one.sheet.kind,
            "title": one.title,
            "asked_as": list(one.words),
            "columns": [c.name for c in one.columns],
            "required": [c.name for c in one.columns if c.required],
        }
        for one in ledgers
    ]

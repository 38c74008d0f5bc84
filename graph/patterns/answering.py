"""A question put to a store, once; whoever asks often keeps :class:`~graph.patterns.facts.Facts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.patterns.facts import Facts, needs, shown_by
from graph.patterns.vocabulary import in_rows, is_stated, properties

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.city import City
    from graph.patterns.language import Pattern
    from graph.store.base import Store


@dataclass(frozen=True, eq=False)
class Answer:
    """What fits a question.

    Attributes
    ----------
    pattern : Pattern
    as_of : int
    keys : list of str
        Of the page asked for.
    shown : list of dict
        Their values as JSON has them, by property: the name first, then what was asked for, then what conditions and order name.
    count : int
        How many fit in all.
    """

    pattern: Pattern
    as_of: int
    keys: list[str]
    shown: list[dict[str, Any]]
    count: int


def ask(store: Store, city: Callable[[], City], pattern: Pattern, as_of: int) -> Answer:
    """Answer a question: by the store alone where rows state all that is asked, else by the columns that it rests on.

    Parameters
    ----------
    store : Store
    city : callable
        Returns the store's city at the date; not called where the store does.

    Raises
    ------
    InputError
        There is no such place.
    """
    if _is_the_store_s(store, pattern, as_of):
        return by_store(store, pattern, as_of)
    from graph.patterns.reading import read

    facts = read(city(), Facts(as_of), needs(pattern))
    return Answer(pattern, as_of, *facts.answer(pattern, pattern.limit))


def by_store(store: Store, pattern: Pattern, as_of: int) -> Answer:
    """Answer a question of which rows state everything by the store's own language."""
    keys, count = store.matching(pattern, as_of, pattern.limit)
    kind = pattern.part.kind
    names = shown_by(pattern)
    rows = store.frame(kind, as_of, list(names), of=keys).set_index("key")
    shown = []
    for key in keys:
        row = rows.loc[key]
        shown.append({name: _plain(kind, name, row[name]) for name in names})
    return Answer(pattern, as_of, keys, shown, count)


def _plain(kind: str, name: str, value: Any) -> Any:
    import pandas as pd

    return properties(kind)[name].shown(None if pd.isna(value) else value)


def _is_the_store_s(store: Store, pattern: Pattern, as_of: int) -> bool:
    """Say whether rows state all that is asked for and shown, and no two organizations were decided to be one."""
    from graph.decisions.record import merges

    kind = pattern.part.kind
    if not is_stated(pattern) or not all(in_rows(kind, n) for n in shown_by(pattern)):
        return False
    return not merges(store, as_of).merged

"""Which values differ between two dates: columns of claims side by side, a few properties at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns import texts
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graph.model import Source
    from graph.schema import Property
    from graph.store.base import Store

    Texts = NDArray[Any]
    Ints = NDArray[np.int64]

AT_ONCE = 8
"""Properties read at a time: those of a million claims take gigabytes together."""
SAID_AT_ONCE = 5_000
"""Differences whose sources are asked for at a time."""


@dataclass(frozen=True, eq=False)
class Differences:
    """Values of one kind that differ between pairs of claims; ``rows`` are positions in ``keys``, ``before``, ``after``.

    Attributes
    ----------
    kind : str
    keys : numpy.ndarray of object
        Whose claims they are.
    before, after : numpy.ndarray of int64
        The claims compared, pair by pair.
    columns : dict
        Property to (rows that differ, their values before, their values after).
    """

    kind: str
    keys: Texts
    before: Ints
    after: Ints
    columns: dict[str, tuple[Ints, Texts, Texts]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(rows) for rows, _, _ in self.columns.values())

    def order(self) -> Iterator[tuple[int, str, Any, Any]]:
        """Yield (row, property, before, after) by row and then in the schema's order."""
        names = list(self.columns)
        if not names:
            return
        rows = np.concatenate([self.columns[n][0] for n in names])
        of = np.repeat(np.arange(len(names)), [len(self.columns[n][0]) for n in names])
        at = np.concatenate([np.arange(len(self.columns[n][0])) for n in names])
        for k in np.lexsort((of, rows)).tolist():
            _, old, new = self.columns[names[of[k]]]
            yield int(rows[k]), names[of[k]], old[at[k]], new[at[k]]

    def where(self, picked: NDArray[np.bool_]) -> Differences:
        """Return the differences of some pairs."""
        columns = {}
        for name, (rows, old, new) in self.columns.items():
            some = picked[rows]
            if some.any():
                columns[name] = rows[some], old[some], new[some]
        return Differences(self.kind, self.keys, self.before, self.after, columns)


def compare(store: Store, kind: str, keys: Texts, before: Ints, after: Ints) -> Differences:
    """Compare what pairs of claims say, property by property; lists as sets, unknown as a value of its own."""
    out = Differences(kind, keys, before, after)
    if not len(keys):
        return out
    properties = load_schema().kinds[kind].properties
    names = list(properties)
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        old, new = (_said(store, kind, claims, some) for claims in (before, after))
        for name in some:
            rows = _differ(properties[name], old[name], new[name])
            if len(rows):
                out.columns[name] = rows, old[name][rows], new[name][rows]
    return out


def _said(store: Store, kind: str, claims: Ints, names: Sequence[str]) -> dict[str, Texts]:
    """Return columns (object, ``None`` unknown) row for row as the claims stand, which may repeat."""
    unique, at = np.unique(claims, return_inverse=True)
    frame = store.said(kind, unique.tolist(), names)
    return {name: texts(frame[name])[at] for name in names}


def _differ(declared: Property, old: Texts, new: Texts) -> Ints:
    """Return the rows in which two columns differ."""
    rows = np.flatnonzero(old != new)
    if declared.type == "list" and len(rows):
        same = [declared.same(a, b) for a, b in zip(old[rows], new[rows], strict=True)]
        rows = rows[~np.array(same, dtype=bool)]
    return rows


def sourced(
    store: Store, kind: str, rows: Sequence[tuple[int, int]]
) -> dict[int, dict[str, Any] | None]:
    """Return where some claims were read, each as (claim before, claim after)."""
    wanted = sorted({claim for pair in rows for claim in pair if claim})
    found: dict[int, Source] = store.sources(kind, wanted)
    return {claim: {**s.as_json(), "batch": s.batch} for claim, s in found.items()}

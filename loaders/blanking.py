"""What a ledger's newer edition takes away by columns that it lacks: rows are whole statements, so what they don't say is unknown.

Values of the columns that a sheet has none for end for its entities on the rows' date. That is as a ledger without them says, and
often not as meant: who imports is told, with the way out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.model import iso
from graph.schema import load_schema
from loaders.rows import blank

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    import pandas as pd
    from numpy.typing import NDArray

    from graph.store.base import Store
    from loaders.canonical import Column
    from loaders.mapping import SheetPlan
    from loaders.rows import Rows

ALL_AT_ONCE = 5_000
"""Entities from which on a kind's columns are read whole: that many single look-ups take longer. Chosen."""


@dataclass(slots=True)
class Blanked:
    """Which values end by the columns that a sheet lacks.

    Attributes
    ----------
    kind : str
        Kind of ``schema.yaml``.
    columns : mapping of str to set of str
        Canonical column, in the kind's order, to the entities that have a value there before.
    dates : mapping of str to int
        Entity to the date of its row (``yyyymmdd``).
    """

    kind: str
    columns: dict[str, set[str]] = field(default_factory=dict)
    dates: dict[str, int] = field(default_factory=dict)

    @property
    def entities(self) -> int:
        """How many entities lose a value."""
        return len(set().union(*self.columns.values()))

    @property
    def since(self) -> int:
        """The first date from which on values are blank."""
        return min(self.dates[key] for keys in self.columns.values() for key in keys)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``import --json`` and ``preview --json`` print of a sheet."""
        return {
            "columns": [{"column": c, "entities": len(keys)} for c, keys in self.columns.items()],
            "entities": self.entities,
            "from": iso(self.since),
        }


def lacking(plan: SheetPlan) -> list[Column]:
    """Return the canonical columns that no heading of a sheet gives."""
    known = load_schema().kinds[plan.kind.kind].properties
    given = {c.column.prop for c in plan.columns}
    return [c for c in plan.kind.columns if c.prop in known and c.prop not in given]


def absent(rows: Rows) -> list[Column]:
    """Return the canonical columns of which rows say nothing at all: no heading, no mapping and no stamp line gives them."""
    return [c for c in lacking(rows.plan) if c.prop not in rows.columns]


def blanked(
    rows: Rows, dated: NDArray[Any], store: Store, brought: Set[str] = frozenset()
) -> Blanked | None:
    """Return what a sheet's sound rows are about to blank; ``None`` where that is nothing.

    Parameters
    ----------
    dated : int[n]
        The rows' dates.
    store : graph.store.base.Store
        As it is before these rows are in.
    brought : set of str, optional
        Keys that earlier sheets of the same import brought: of these the store can't tell what stood before.
    """
    columns = absent(rows)
    keys = rows.columns.get("key")
    if keys is None or not columns:
        return None
    kind = rows.plan.kind.kind
    good = ~rows.bad & ~blank(keys)
    out = Blanked(kind)
    for date in np.unique(dated[good]).tolist():
        of = [k for k in dict.fromkeys(keys[good & (dated == date)].tolist()) if k not in brought]
        frame = _frame(store, kind, date, [c.prop for c in columns], of)
        had = {c.name: set(frame.loc[frame[c.prop].notna(), "key"]) for c in columns}
        for name, some in had.items():
            if some:
                out.columns.setdefault(name, set()).update(some)
                out.dates.update(dict.fromkeys(some, date))
    return _ordered(out, columns)


def still_blank(before: Blanked, store: Store, names: Mapping[str, str]) -> Blanked | None:
    """Return what became blank in fact: another ledger, a later row or another sheet of the import may say it still.

    Parameters
    ----------
    store : graph.store.base.Store
        As it is with the import.
    names : mapping of str to str
        Canonical column to property.
    """
    out = Blanked(before.kind, {name: set() for name in before.columns}, before.dates)
    affected = set().union(*before.columns.values())
    for date in sorted({before.dates[key] for key in affected}):
        of = sorted(k for k in affected if before.dates[k] == date)
        props = [names[name] for name in before.columns]
        frame = _frame(store, before.kind, date, props, of)
        for name, keys in before.columns.items():
            out.columns[name] |= keys & set(frame.loc[frame[names[name]].isna(), "key"])
    out.columns = {name: keys for name, keys in out.columns.items() if keys}
    return out if out.columns else None


def _ordered(found: Blanked, columns: list[Column]) -> Blanked | None:
    found.columns = {c.name: found.columns[c.name] for c in columns if c.name in found.columns}
    return found if found.columns else None


def _frame(store: Store, kind: str, date: int, props: list[str], of: list[str]) -> pd.DataFrame:
    if len(of) <= ALL_AT_ONCE:
        return store.frame(kind, date, props, of=of)
    frame = store.frame(kind, date, props)
    return frame[frame["key"].isin(of)]

"""An import by somebody with a jurisdiction: judged by what the jurisdiction sees, and rows that are not its own stay out.

A row outside is faulty like any other: it is named with its sheet, row and column, and marked in the copy.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from graph.cut.bounds import Bounds
from graph.cut.cutting import TELLING
from graph.schema import load_schema
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from graph.cut.kept import Cuts
    from graph.store.base import Store
    from loaders.places import PlaceBook
    from loaders.rows import Rows


@dataclass(frozen=True, slots=True)
class Area:
    """What somebody with a jurisdiction imports into.

    Attributes
    ----------
    seen : graph.store.base.Store
        What the jurisdiction sees: rows are judged by it alone, so that no answer tells of anything else.
    bounds : graph.cut.bounds.Bounds
        What may be written.
    """

    seen: Store
    bounds: Bounds

    def look(self, book: PlaceBook) -> None:
        """See divisions and places as a book has them now."""
        self.bounds.looking(self.seen, book.frame)

    def judge(self, rows: Rows, dated: NDArray[Any], *, correcting: bool) -> None:
        """Put the rows that are not the jurisdiction's to write into quarantine, and count the others as its own."""
        kind = rows.plan.kind.kind
        named = (
            "key",
            *(p for p in load_schema().kinds[kind].properties if p in {*TELLING, "parent"}),
        )
        columns = {p: rows.column(p) for p in named if p == "key" or p in rows.columns}
        unsure = np.zeros(len(rows), dtype=bool)
        for prop in columns:
            unsure |= rows.at_fault(prop)
        foreign = np.zeros(len(rows), dtype=bool)
        for prop, where in self.bounds.outside(kind, columns, dated, correcting=correcting):
            foreign |= where
            found = None if kind == "member" else columns.get(prop)
            rows.fault("outside_area", prop, np.flatnonzero(where & ~unsure), found)
        rows.foreign = foreign
        self.bounds.take(kind, columns, dated, ~foreign & ~rows.bad)

    def ledgers(self, named: NDArray[Any]) -> NDArray[Any]:
        """Return the ledgers in which rows are to stand."""
        number, names = pd.factorize(named)
        return np.array([*map(self.bounds.ledger, names), None], dtype=object)[number]


@contextmanager
def area(city: Store, cuts: Cuts, code: str) -> Iterator[Area | None]:
    """Give what a jurisdiction imports into for a ``with`` block; ``None`` where it is all of the city.

    Raises
    ------
    InputError
        The code means nothing.
    StoreBusyError
        The city changes meanwhile.
    """
    before = city.batches()
    path = cuts.path(city, code)
    if path == cuts.url:
        yield None
        return
    seen = open_store(path)
    try:
        bounds = Bounds.of(city, cuts.profile, code)
        bounds.check(before)
        yield Area(seen, bounds)
    finally:
        seen.close()

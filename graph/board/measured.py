"""Organizations as measures that offices set on the board leave them: one answer to what is to be done, whoever wrote it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.board.record import measures
from graph.columns import column, texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.store.base import Store

_SAID = {"measures": "measures", "measures_due": "due", "responsible": "responsible"}
"""What says the same on the board, by properties of organizations."""
COLUMNS = frozenset(_SAID)
"""Properties of organizations that the board says something of."""


def laid_over(
    data: dict[str, Any], index: pd.Index[Any], since: NDArray[np.int64], store: Store, as_of: int
) -> None:
    """Put the measures of the board over those of ledgers, in columns of organizations.

    A later row of a ledger that says something of measures goes before; one that says nothing takes nothing back.

    Parameters
    ----------
    data : dict of str to pandas.Series
        All properties of organizations; changed in place.
    since : int64[n]
        From when each row holds.
    """
    told = measures(store, as_of)
    if not told:
        return
    said = np.zeros(len(index), dtype=bool)
    for name in _SAID:
        said |= data[name].notna().to_numpy(dtype=bool)
    at = index.get_indexer(pd.Index(list(told), dtype=object))
    rows = [
        (int(row), m)
        for row, m in zip(at, told.values(), strict=True)
        if row >= 0 and (m.decided >= since[row] or not said[row])
    ]
    for name, other in _SAID.items():
        values = data[name]
        if name == "measures_due":
            values = values.copy()
            values.iloc[[row for row, _ in rows]] = [m.due for _, m in rows]
            data[name] = values
            continue
        filled = texts(values).copy()
        for row, m in rows:
            filled[row] = getattr(m, other)
        data[name] = column(filled, index)

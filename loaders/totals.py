"""合计 and 小计 rows against the rows that they total: both numbers are kept, and the audit tells where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.model import Claims

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from loaders.mapping import ColumnPlan
    from loaders.reading.model import RawSheet, TotalRow
    from loaders.rows import Rows

COUNT = "户数"
"""The column's name where a label states how many rows there are (``合计：12家``)."""


@dataclass(frozen=True, slots=True)
class Total:
    """One stated number and what the rows give."""

    row: int
    column: str
    stated: float
    counted: float

    @property
    def differs(self) -> bool:
        """Whether the two numbers are not the same."""
        return abs(self.stated - self.counted) > 1e-9


def totals(rows: Rows, raw: RawSheet) -> list[Total]:
    """Return all totals of a sheet that can be checked.

    A column in which one of the totalled cells can't be read is left out: its sum is not known. Rows in quarantine for
    another reason count, for the total counts them too.
    """
    unreadable = {
        (block.column, row)
        for block in rows.faults.blocks
        if block.code != "missing_column"
        for row in block.rows.tolist()
    }
    counts = [p for p in rows.plan.columns if p.column.cell == "int" and not p.ticks]
    out: list[Total] = []
    for total in raw.totals:
        if not total.first_row:
            continue
        here = (rows.row >= total.first_row) & (rows.row <= total.last_row)
        if total.stated is not None:
            out.append(Total(total.row, COUNT, float(total.stated), float(here.sum())))
        for plan in counts:
            said = stated(total, plan)
            if said is None:
                continue
            if (
                any((plan.heading, row) in unreadable for row in rows.row[here].tolist())
                if unreadable
                else False
            ):
                continue
            counted = float(np.nansum(rows.columns[plan.column.prop][here]))
            out.append(Total(total.row, plan.heading, said, counted))
    for section in raw.sections:
        if section.stated is not None and section.first_row:
            here = (rows.row >= section.first_row) & (rows.row <= section.last_row)
            out.append(Total(section.row, COUNT, float(section.stated), float(here.sum())))
    return out


def stated(total: TotalRow, plan: ColumnPlan) -> float | None:
    """Return the number that a total row states for a column, ``None`` where it states none."""
    return _number(total.cells.get(plan.indexes[0]), plan)


def _number(text: str | None, plan: ColumnPlan) -> float | None:
    if text is None:
        return None
    import pyarrow as pa

    from loaders.cells import Settings, Texts
    from loaders.quantities import integer

    cell = Texts(pa.array([text], type=pa.string()), np.zeros(1, dtype=np.int8))
    read = integer(cell, plan.column, Settings(0, (0.0, 0.0, 0.0, 0.0)))
    value = float(read.values[0])
    return None if read.fault[0] or np.isnan(value) else value


def claims(
    found: list[Total], raw: RawSheet, rows: Rows, ledgers: NDArray[Any], dated: NDArray[Any]
) -> Iterator[Claims]:
    """Yield the totals of a sheet as claims of the ledger to which most of its rows belong."""
    good = np.flatnonzero(~rows.bad)
    if not found or not len(good):
        return
    names, sizes = np.unique(ledgers[good].astype(str), return_counts=True)
    ledger = str(names[sizes.argmax()])
    edition = int(dated[good].max())
    yield Claims(
        kind="stated_total",
        ledger=ledger,
        edition=edition,
        file=raw.file,
        sheet=raw.sheet,
        frame=pd.DataFrame(
            {
                "key": [f"{ledger}|{raw.sheet}|{t.row}|{t.column}" for t in found],
                "row": [t.row for t in found],
                "dated": edition,
                "ledger": ledger,
                "column": [t.column for t in found],
                "stated": [t.stated for t in found],
                "counted": [t.counted for t in found],
            }
        ),
    )

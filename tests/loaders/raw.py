"""Sheets as a reader hands them on, made by hand, and a small canonical city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from loaders.reading.model import Column, RawSheet, Section, TotalRow, TypeCode, letter


def sheet(
    header: Sequence[str],
    *rows: Sequence[Any],
    file: str = "台账.csv",
    name: str = "",
    first: int = 2,
    totals: tuple[TotalRow, ...] = (),
    sections: tuple[Section, ...] = (),
    stamp: Mapping[str, str] | None = None,
) -> RawSheet:
    """Return a sheet; a cell that is a number has the type that a workbook would give it."""
    width = len(header)
    texts = [[r[i] if i < len(r) else None for r in rows] for i in range(width)]
    typed = frozenset(
        i for i, column in enumerate(texts) if any(isinstance(v, (int, float)) for v in column)
    )

    def source(columns: Sequence[int] | None) -> Iterator[pa.Table]:
        if not rows:
            return
        data: dict[str, Any] = {"row": pa.array(range(first, first + len(rows)), pa.int32())}
        for i in range(width) if columns is None else columns:
            cells = [None if v in (None, "") else str(v) for v in texts[i]]
            data[f"c{i}"] = pa.array(cells, pa.string())
            if i in typed:
                data[f"t{i}"] = pa.array(
                    [
                        int(TypeCode.EMPTY if v in (None, "") else TypeCode.NUMBER)
                        if not isinstance(v, str) or not v
                        else int(TypeCode.TEXT)
                        for v in texts[i]
                    ],
                    pa.uint8(),
                )
        yield pa.table(data)

    return RawSheet(
        file=file,
        sheet=name,
        kind="csv",
        hidden=False,
        encoding="utf-8",
        header_rows=(first - 1, first - 1),
        columns=tuple(
            Column(i, letter(i), h, sum(v not in (None, "") for v in texts[i]))
            for i, h in enumerate(header)
        ),
        totals=totals,
        sections=sections,
        stamp=stamp or {},
        rows=len(rows),
        typed=typed,
        _source=source,
    )

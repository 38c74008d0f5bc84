"""Rows of parsed cells to Arrow batches: text and type of each cell, in the process that parsed them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.reading.model import TypeCode

BATCH = 16_384
"""Rows of one batch."""


class ErrorText(str):
    """The text of a cell that holds a formula's error value."""

    __slots__ = ()


_CODES: dict[type, int] = {
    str: TypeCode.TEXT,
    ErrorText: TypeCode.ERROR,
    int: TypeCode.NUMBER,
    float: TypeCode.NUMBER,
    bool: TypeCode.BOOL,
    dt.date: TypeCode.DATE,
    dt.datetime: TypeCode.DATE,
    dt.time: TypeCode.DATE,
    dt.timedelta: TypeCode.DATE,
    type(None): TypeCode.EMPTY,
}


def number_texts(values: Sequence[float]) -> list[str]:
    """Return numbers as text: whole ones without a point, below 1e16 all digits, above in scientific notation."""
    return [f"{v:.0f}" if v.is_integer() and -1e16 < v < 1e16 else repr(v) for v in values]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**16 else repr(float(value))
    if isinstance(value, float):
        return number_texts([value])[0]
    if isinstance(value, dt.datetime):
        return (
            value.isoformat(" ", "seconds")
            if value.time() != dt.time(0)
            else value.date().isoformat()
        )
    return str(value)


def _column(values: Sequence[Any]) -> tuple[pa.Array, pa.Array | None]:
    kinds = set(map(type, values))
    types: Any = None
    if kinds == {float}:
        types = np.full(len(values), TypeCode.NUMBER, dtype=np.uint8)
        values = number_texts(values)
    elif kinds == {float, str}:
        number = [type(v) is float for v in values]
        types = np.where(number, TypeCode.NUMBER, TypeCode.TEXT).astype(np.uint8)
        texts = iter(number_texts([v for v in values if type(v) is float]))
        values = [next(texts) if n else v for v, n in zip(values, number, strict=True)]
    elif not kinds <= {str, type(None)}:
        types = [_CODES.get(type(v), TypeCode.TEXT) for v in values]
        values = [v if type(v) is str else _text(v) for v in values]
    try:
        array = pa.array(values, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):  # lone surrogates
        values = [v if v is None else v.encode("utf-8", "replace").decode() for v in values]
        array = pa.array(values, pa.string())
    array = pc.utf8_trim_whitespace(array)
    array = pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    if types is None:
        return array, None
    codes = np.asarray(types, dtype=np.uint8)
    codes[np.asarray(array.is_null())] = TypeCode.EMPTY
    return array, pa.array(codes)


def batches(rows: Iterable[Sequence[Any]], left: int = 0) -> Iterator[pa.RecordBatch]:
    """Yield the rows as batches with columns ``c<index>`` and, where a cell is no text, ``t<index>``.

    Parameters
    ----------
    rows : iterable of sequences
        Cells of equally long rows: ``str``, number, ``bool``, date, ``None``.
    left : int
        Index of the first column.
    """
    stream = iter(rows)
    while block := list(islice(stream, BATCH)):
        arrays, names = [], []
        for index, values in enumerate(zip(*block, strict=True), left):
            array, types = _column(values)
            if array.null_count == len(array):
                continue
            arrays.append(array)
            names.append(f"c{index}")
            if types is not None:
                arrays.append(types)
                names.append(f"t{index}")
        if not arrays:
            arrays, names = [pa.nulls(len(block), pa.string())], ["c0"]
        yield pa.RecordBatch.from_arrays(arrays, names)


def to_bytes(batch: pa.RecordBatch) -> pa.Buffer:
    """Return a batch as an Arrow IPC stream of its own."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def from_bytes(data: bytes) -> pa.RecordBatch:
    """Return the batch of :func:`to_bytes`."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_next_batch()

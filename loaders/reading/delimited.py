"""Delimited text as Arrow batches, in bounded memory.

Blocks that hold nothing odd go to Arrow's reader; a block with a ragged or an empty line goes to :mod:`csv`,
which takes every record as it is. A row is a record, counted from the file's first line on.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from loaders.reading import encodings, grid
from loaders.reading.model import Limits
from loaders.reading.refusals import RefusalError

_FIRST = 1 << 16
_BLOCK = 16 << 20
_TRIES = 5_000
_DELIMITERS = "\t,;|，；"
_CELL = 131_072


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is cut: its encoding and delimiter."""

    encoding: str
    delimiter: str


def dialect(path: Path, shown: str) -> Dialect:
    """Return how a text file is cut; ``shown`` is the encoding that its first bytes declare."""
    encoding = encodings.encoding_of(path, shown)
    sample = next(encodings.utf8_blocks(path, encoding, _FIRST), b"").decode("utf-8", "ignore")
    return Dialect(encoding, _delimiter(sample))


def _delimiter(sample: str) -> str:
    """Return the delimiter under which most rows have the same number of cells, and more than one."""
    declared = re.match(r"sep=(.)\s*[\r\n]", sample, re.IGNORECASE)
    if declared is not None:  # a first line that Excel understands
        return declared.group(1)
    lines = sample.splitlines(keepends=True)
    if len(lines) > 1:
        lines = lines[:-1]
    best, score = ",", 0.0
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            rows = list(islice(csv.reader(lines, delimiter=delimiter), 200))
        except csv.Error:
            continue
        widths = [len(r) for r in rows if len(r) > 1]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        found = widths.count(usual) / max(1, len([r for r in rows if r])) * min(usual, 10) ** 0.5
        # full-width commas part words; they are a delimiter only where nothing else is
        found *= 0.3 if delimiter in "，；" else 1.0
        if found > score:
            best, score = delimiter, found
    return best


def batches(path: Path, how: Dialect, limits: Limits) -> Iterator[pa.RecordBatch]:
    """Yield all records of a text as batches with columns ``c<index>``; the same ones each time.

    Raises
    ------
    RefusalError
        A quotation mark is never closed, or a row has too many cells.
    """
    if len(how.delimiter.encode()) > 1:
        yield from _slow(_lines(path, how), how.delimiter, limits, 1)
        return
    pending, first, row = b"", True, 1
    blocks = _sized(path, how)
    for block in blocks:
        data = pending + block if pending else block
        cut = _boundary(data)
        if cut == 0:
            if len(data) < 2 * _BLOCK and block:
                pending = data
                continue
            # quotation marks that don't pair up: every record by itself from here on
            yield from _slow(_text_lines([data], blocks), how.delimiter, limits, row)
            return
        pending = data[cut:]
        for batch in _parse(data[:cut], how.delimiter, limits, row, first):
            row += batch.num_rows
            yield batch
        first = False
    if pending:
        yield from _parse(pending, how.delimiter, limits, row, True)


def _sized(path: Path, how: Dialect) -> Iterator[bytes]:
    """Yield the text: a small block first, in which titles and header stand, then large ones."""
    blocks = encodings.utf8_blocks(path, how.encoding, _BLOCK)
    first = next(blocks, b"")
    yield first[:_FIRST]
    if len(first) > _FIRST:
        yield first[_FIRST:]
    yield from blocks


def _boundary(data: bytes) -> int:
    """Return where the last whole record ends: after a line break with an even number of quotation marks before it."""
    end = data.rfind(b"\n") + 1
    quotes = data.count(b'"', 0, end)
    for _ in range(_TRIES):
        if end <= 0 or quotes % 2 == 0:
            return max(end, 0)
        before = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', before, end)
        end = before
    return 0


def _parse(
    data: bytes, delimiter: str, limits: Limits, row: int, slow: bool
) -> Iterator[pa.RecordBatch]:
    if not slow and not _has_blank_line(data):
        table = _fast(data, delimiter)
        if table is not None and table.num_columns <= limits.columns:
            yield from _tidy(table)
            return
    yield from _slow(_text_lines([data], iter(())), delimiter, limits, row)


def _has_blank_line(data: bytes) -> bool:
    # a lone carriage return ends a line too; Arrow and csv differ there, so csv decides
    return (
        data.startswith((b"\n", b"\r"))
        or b"\n\n" in data
        or b"\n\r" in data
        or data.count(b"\r") != data.count(b"\r\n")
    )


def _fast(data: bytes, delimiter: str) -> pa.Table | None:
    from pyarrow import csv as arrow

    line = data[: data.find(b"\n") + 1]
    try:
        width = len(next(csv.reader([line.decode("utf-8")], delimiter=delimiter)))
        names = [f"c{i}" for i in range(width)]
        return arrow.read_csv(
            pa.BufferReader(data),
            read_options=arrow.ReadOptions(column_names=names, block_size=len(data) + 1),
            parse_options=arrow.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, StopIteration, UnicodeDecodeError, csv.Error):
        return None  # ragged: the other reader takes it as it is


def _tidy(table: pa.Table) -> Iterator[pa.RecordBatch]:
    columns = []
    for column in table.columns:
        trimmed = pc.utf8_trim_whitespace(column)
        columns.append(pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed))
    tidy = pa.table(columns, names=table.schema.names)
    yield from tidy.combine_chunks().to_batches(max_chunksize=65_536)


def _text_lines(start: Iterable[bytes], following: Iterator[bytes]) -> Iterator[str]:
    """Yield lines of UTF-8 blocks, a line that two blocks share in one piece."""
    pending = b""
    for source in (start, following):
        for block in source:
            data = pending + block
            end = data.rfind(b"\n") + 1
            pending = data[end:]
            if len(pending) > 64 * _CELL:
                raise RefusalError("too_large", detail=f"> {64 * _CELL:,} B a line")
            yield from io.StringIO(data[:end].decode("utf-8", "replace"), newline="")
    if pending:
        yield from io.StringIO(pending.decode("utf-8", "replace"), newline="")


def _lines(path: Path, how: Dialect) -> Iterator[str]:
    return _text_lines([], encodings.utf8_blocks(path, how.encoding, _BLOCK))


def _slow(
    lines: Iterator[str], delimiter: str, limits: Limits, row: int
) -> Iterator[pa.RecordBatch]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        block: list[list[str]] = []
        try:
            block.extend(islice(reader, grid.BATCH))
        except csv.Error:
            raise RefusalError("unclosed_quote", row=row + len(block)) from None
        if not block:
            return
        width = max(map(len, block))
        if width > limits.columns:
            raise RefusalError("too_large", detail=f"{width:,} columns")
        for record in block:
            record += [""] * (width - len(record))
        row += len(block)
        yield from grid.batches(block)

"""Files and folders to raw sheets: the door of this room."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.reading.kinds import Sniffed, sniff
from loaders.reading.model import Boundaries, Column, Limits, RawSheet, Refused, Skipped, letter
from loaders.reading.process import ReadingProcess
from loaders.reading.refusals import RefusalError, refused

if TYPE_CHECKING:
    import pyarrow as pa

    from loaders.reading.body import Body, Findings
    from loaders.reading.header import Header

Item = RawSheet | Refused | Skipped | Boundaries

_COPY = re.compile(r"(.+)\.(?:faults|findings)(?:-(\d{1,6}))?", re.DOTALL)

LOCK_FILE = (
    "是 Office 打开文件时留下的锁文件",
    "a lock file that Office leaves beside an open file",
)
"""Why a file named ``~$…`` is passed over, in Chinese and English."""
OWN_SHEETS = frozenset(
    [
        "导入问题清单",
        "审计问题清单",
        "填表说明 README",
        "选项 LISTS",
        "行业代码表 GBT4754",
        "台账汇总 SUMMARY",
        "重复列入 TWICE",
    ]
)
"""Sheets that fault workbooks and templates hold beside the ledgers; they are passed over."""

_LEDGERS = frozenset(
    f".{ending}"
    for ending in (
        *("xlsx", "xlsm", "xltx", "xls", "xlt", "et", "ett", "xlsb", "ods"),
        *("csv", "tsv", "txt", "htm", "html", "mht", "mhtml", "geojson"),
    )
)
"""Endings of files that are ledgers if they can be read at all."""
_KEEP = 32 << 20
"""Bytes of a text up to which its batches stay in memory after the first reading."""

_Batches = Callable[[], Iterator["pa.RecordBatch"]]


def read(paths: Iterable[str | Path], limits: Limits | None = None) -> Iterator[Item]:
    """Read ledger files, and those in folders, in the order of their names.

    Parameters
    ----------
    paths : iterable of str or pathlib.Path
        Files and folders. A file that is reached twice is read once.
    limits : Limits, optional
        What one file may cost.

    Yields
    ------
    RawSheet, Refused, Skipped or Boundaries
        Sheet by sheet. What a file is, its bytes say; nothing in a file can raise an error here.
    """
    limits = limits or Limits()
    process = ReadingProcess(limits)
    seen: set[Path] = set()
    try:
        for given in paths:
            for path, named in _files(Path(given)):
                real = _real(path)
                if real in seen:
                    continue
                seen.add(real)
                yield from _file(path, named, process, limits)
    finally:
        process.stop()


def copy_of(stem: str) -> tuple[str, int]:
    """Return of which file a marked copy is one and its number, by its name without suffix; 0 where it is no copy.

    Copies are named ``原名.faults`` (``原名.findings`` where the audit's findings are marked), then ``原名.faults-2`` and so on. A
    copy of the faulty rows only (``原名.faults-rows``) says nothing of the others: it stands beside its original and is none here.
    """
    match = _COPY.fullmatch(stem)
    return (match.group(1), int(match.group(2) or 1)) if match else (stem, 0)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):  # no path at all: refused below
        return path


def _files(given: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files under a path and whether the user named them; repaired copies after their originals."""
    try:
        folder = given.is_dir()
    except (OSError, ValueError):
        folder = False
    if not folder:
        yield given, True
        return
    for root, folders, names in os.walk(given):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names, key=_after_original):
            if not name.startswith("."):
                yield Path(root) / name, False


def _after_original(name: str) -> tuple[str, int, str]:
    stem, number = copy_of(Path(name).stem)
    return stem, number, Path(name).suffix


def _file(path: Path, named: bool, process: ReadingProcess, limits: Limits) -> Iterator[Item]:
    file = str(path)
    if path.name.startswith("~$"):
        yield Skipped(file, *LOCK_FILE)
        return
    try:
        _check_there(path)
        kind = sniff(path)
        if not named and kind.kind == "csv" and path.suffix.lower() not in _LEDGERS:
            yield Skipped(file, "不是台账文件", "not a ledger")
        elif kind.kind == "geojson":
            yield Boundaries(file)
        elif kind.kind == "csv":
            yield _delimited(path, kind, limits)
        else:
            yield from _parsed(path, kind, process)
    except RefusalError as refusal:
        if (
            not named
            and refusal.code in ("other_kind", "unknown_kind", "archive", "empty_file", "no_table")
            and path.suffix.lower() not in _LEDGERS
        ):
            yield Skipped(file, "不是台账文件", "not a ledger")
        else:
            yield refused(file, refusal.code, values=refusal.values)
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or type(error).__name__
        yield refused(file, "no_access", values={"detail": detail})


def _check_there(path: Path) -> None:
    try:
        if not path.exists():
            raise RefusalError("missing")
        if not path.is_file():
            raise RefusalError("not_a_file")
    except (ValueError, OSError) as error:  # a NUL in a name, a name too long
        raise RefusalError("missing") from error


# -- delimited text ------------------------------------------------------------------------------------------------


def _delimited(path: Path, kind: Sniffed, limits: Limits) -> RawSheet:
    from loaders.reading import delimited

    how = delimited.dialect(path, kind.encoding)

    def stream() -> Iterator[pa.RecordBatch]:
        return delimited.batches(path, how, limits)

    return _sheet(
        stream,
        keep=path.stat().st_size <= _KEEP,
        file=str(path),
        name="",
        kind="csv",
        hidden=False,
        encoding=how.encoding,
        merges=(),
    )


# -- everything that another process parses ------------------------------------------------------------------------


def _parsed(path: Path, kind: Sniffed, process: ReadingProcess) -> Iterator[RawSheet]:
    from loaders.reading import grid

    frames = process.frames(path, kind.kind, kind.encoding)
    head: dict[str, Any] | None = None
    ended = False
    frame = next(frames, None)
    while frame is not None:
        head = frame[0]

        def stream() -> Iterator[pa.RecordBatch]:
            nonlocal frame, ended
            while (frame := next(frames, None)) is not None and frame[0]["frame"] == "batch":
                yield grid.from_bytes(frame[1])
            ended = True

        ended = False
        sheet = _sheet(
            stream,
            keep=True,
            file=str(path),
            name=head["name"],
            kind=kind.kind,
            hidden=head["hidden"],
            encoding=head["encoding"],
            merges=[tuple(m) for m in head["merges"]],
        )
        if not ended:  # a sheet that was looked at in part only
            for _ in stream():
                pass
        if sheet.sheet not in OWN_SHEETS:
            yield sheet


# -- both ----------------------------------------------------------------------------------------------------------


def _sheet(
    stream: _Batches,
    *,
    keep: bool,
    file: str,
    name: str,
    kind: str,
    hidden: bool,
    encoding: str,
    merges: Sequence[tuple[int, int, int, int]],
) -> RawSheet:
    """Go through a sheet once: find its header, tell its rows apart, and keep what is needed to give them out."""
    from loaders.reading import header as headers

    batches = stream()
    waiting: list[pa.RecordBatch] = []
    rows: list[list[str]] = []
    for batch in batches:
        waiting.append(batch)
        rows += _head_rows(batch, headers.HEAD - len(rows))
        if len(rows) >= headers.HEAD:
            break
    width = max(map(len, rows), default=0)
    for row in rows:
        row += [""] * (width - len(row))
    head = headers.Head(rows, merges)
    across = {r0: c1 for r0, c0, r1, c1 in merges if c1 > c0 and r1 == r0}
    kept: list[pa.RecordBatch] | None = [] if keep else None

    def first_time() -> Iterator[pa.RecordBatch]:
        while waiting:
            yield waiting.pop(0)
        yield from batches

    def keeping() -> Iterator[pa.RecordBatch]:
        for batch in first_time():
            if kept is not None:
                kept.append(batch)
            yield batch

    def again() -> Iterator[pa.RecordBatch]:
        return iter(kept) if kept is not None else stream()

    def under(first: int, last: int) -> RawSheet:
        return told(headers.Header(first, last, head.flat(first, last)), again())

    def told(found: Header | None, batches: Iterator[pa.RecordBatch]) -> RawSheet:
        body, what, columns = _told_apart(found, rows, across, batches)
        return RawSheet(
            file=file,
            sheet=name,
            kind=kind,
            hidden=hidden,
            encoding=encoding,
            header_rows=(found.first + 1, found.last + 1) if found else (0, 0),
            columns=columns,
            notes=tuple(what.notes),
            totals=tuple(what.totals),
            sections=tuple(what.sections),
            stamp=what.stamp,
            rows=what.rows,
            typed=what.typed,
            repeated_headers=what.repeated_headers,
            numbered_blanks=what.numbered_blanks,
            examples=what.examples,
            merges=tuple(merges),
            first_rows=rows,
            _flat=head.flat,
            _under=under,
            _grid=again,
            _source=_source(again, body, len(columns), what.typed),
        )

    return told(headers.find(head), keeping())


def _told_apart(
    header: Header | None,
    head: Sequence[Sequence[str]],
    across: Mapping[int, int],
    batches: Iterator[pa.RecordBatch],
) -> tuple[Body, Findings, tuple[Column, ...]]:
    """Go through a sheet's rows under a header: which are data, and what the columns are."""
    from loaders.reading.body import Body

    body = Body(header, head, across)
    for batch in batches:
        body.feed(batch)
    what = body.finish()
    headings = header.headings if header else ()
    columns = tuple(
        Column(i, letter(i), headings[i] if i < len(headings) else "", what.cells.get(i, 0))
        for i in range(what.width)
    )
    return body, what, columns


def _head_rows(batch: pa.RecordBatch, most: int) -> list[list[str]]:
    part = batch.slice(0, max(most, 0))
    columns = {int(n[1:]): part.column(n).to_pylist() for n in part.schema.names if n[0] == "c"}
    width = max(columns, default=-1) + 1
    blank = [None] * part.num_rows
    return [
        [t or "" for t in row]
        for row in zip(*(columns.get(i, blank) for i in range(width)), strict=True)
    ]


def _source(
    batches: _Batches, body: Body, width: int, typed: frozenset[int]
) -> Callable[[Sequence[int] | None], Iterator[pa.Table]]:
    def source(wanted: Sequence[int] | None) -> Iterator[pa.Table]:
        import numpy as np
        import pyarrow as pa

        columns = range(width) if wanted is None else wanted
        start = 0
        for batch, keep in zip(batches(), body.keeps, strict=True):
            numbers = np.flatnonzero(keep)
            here, start = start, start + batch.num_rows
            if not len(numbers):
                continue
            part = batch if len(numbers) == batch.num_rows else batch.filter(pa.array(keep))
            names, arrays = ["row"], [pa.array(numbers + (here + 1), pa.int32())]
            have = set(part.schema.names)
            for c in columns:
                names.append(f"c{c}")
                arrays.append(
                    part.column(f"c{c}") if f"c{c}" in have else pa.nulls(len(numbers), pa.string())
                )
                if c in typed:
                    names.append(f"t{c}")
                    arrays.append(
                        part.column(f"t{c}") if f"t{c}" in have else _text_types(arrays[-1])
                    )
            yield pa.table(arrays, names=names)

    return source


def _text_types(array: pa.Array) -> pa.Array:
    """Return type codes of a column that holds text only: 0 where empty, 1 elsewhere."""
    import pyarrow as pa

    return array.is_valid().cast(pa.uint8())

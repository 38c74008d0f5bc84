"""Workbooks through calamine: sheets as rows of cells with their merged ranges. Runs in the reading process."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from loaders.reading import ole
from loaders.reading.grid import ErrorText
from loaders.reading.model import Limits
from loaders.reading.refusals import RefusalError

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0, all in."""
ErrorCell = tuple[int, int, str]
"""Row and column from 0, and the error value's text."""


class Findings(Protocol):
    """What a look over a workbook found, which may still be under way."""

    @property
    def ready(self) -> bool:
        """Whether it has ended."""

    @property
    def errors(self) -> Mapping[str, Sequence[ErrorCell]]:
        """Error cells by sheet; waits for the end."""


@dataclass(slots=True)
class Sheet:
    """One sheet as parsed: rows from the sheet's first on, columns from ``left`` on."""

    name: str
    hidden: bool
    left: int
    rows: Iterator[Sequence[Any]]
    merges: list[Range] = field(default_factory=list)


def sheets(
    path: Path,
    kind: str,
    limits: Limits,
    findings: Findings | None = None,
) -> Iterator[Sheet]:
    """Yield the sheets of an ``xlsx``, ``xlsb``, ``xls`` or ``ods`` file.

    Parameters
    ----------
    findings : Findings, optional
        Of the look over a zipped workbook; sheets are parsed ahead until they are there.

    Raises
    ------
    RefusalError
        The file is damaged, protected, or more than a ledger needs.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        data = path.read_bytes()
        # from a path, the parser would believe its ending
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        old: Sequence[Sequence[ErrorCell]] = _old_errors(data) if kind == "xls" else []
        del data
        listed = enumerate(book.sheets_metadata)
        worksheets = [(i, meta) for i, meta in listed if str(meta.typ).endswith("WorkSheet")]
        parsed: deque[tuple[int, Any, Any]] = deque()
        for number, (index, meta) in enumerate(worksheets, 1):
            parsed.append((index, meta, book.get_sheet_by_index(index)))
            if findings is not None and not findings.ready and number < len(worksheets):
                continue
            while parsed:
                at, its, sheet = parsed.popleft()
                found: Sequence[ErrorCell] = old[at] if at < len(old) else []
                if findings is not None:
                    found = findings.errors.get(its.name, [])
                yield _sheet(sheet, its, found, limits)
    except PasswordError as error:
        raise RefusalError("password") from error
    except CalamineError as error:
        if "assword" in str(error) or "ncrypt" in str(error):
            raise RefusalError("password") from error
        if "ntit" in str(error):
            raise RefusalError("entity", member=path.suffix) from error
        raise RefusalError("damaged", detail=kind) from error
    except ValueError as error:
        raise RefusalError("damaged", detail=kind) from error


def _old_errors(data: bytes) -> list[list[ErrorCell]]:
    compound = ole.CompoundFile(data)
    return ole.error_cells(compound.stream("Workbook") or compound.stream("Book"))


def _sheet(sheet: Any, meta: Any, errors: Sequence[ErrorCell], limits: Limits) -> Sheet:
    hidden = not str(meta.visible).endswith(".Visible")
    merges = [(r0, c0, r1, c1) for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or ()]
    if len(merges) > limits.merges:
        raise RefusalError("too_large", detail=f"{len(merges):,} merges")
    if sheet.start is None:
        # errors alone leave a sheet empty to the parser; there is no ledger in it
        return Sheet(meta.name, hidden, 0, iter(()), merges)
    left = int(sheet.start[1])
    if sheet.total_height * sheet.width > limits.cells:
        raise RefusalError("too_large", detail=f"{sheet.total_height:,} × {sheet.width:,}")
    rows: Iterator[Sequence[Any]] = sheet.iter_rows()
    if errors:
        rows = _with_errors(rows, left, errors)
    fills = [m for m in merges if m[2] > m[0] and m[1] == m[3]]
    if fills:
        rows = _filled_down(rows, left, fills)
    return Sheet(meta.name, hidden, left, rows, merges)


def _with_errors(
    rows: Iterator[Sequence[Any]], left: int, errors: Sequence[ErrorCell]
) -> Iterator[Sequence[Any]]:
    """Put error values back where the parser gives blanks."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for at, column, text in errors:
        by_row.setdefault(at, []).append((column - left, text))
    for number, cells in enumerate(rows):
        row = cells
        for column, text in by_row.get(number, ()):
            if 0 <= column < len(row):
                row = list(row)
                row[column] = ErrorText(text)
        yield row


def _filled_down(
    rows: Iterator[Sequence[Any]], left: int, merges: Sequence[Range]
) -> Iterator[Sequence[Any]]:
    """Give every row of a cell that is merged downwards its text; a number stands for all and is not repeated."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for r0, c0, r1, _ in merges:
        starts.setdefault(r0, []).append((c0 - left, r1))
    open_: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        for column, last in starts.get(number, ()):
            if 0 <= column < len(row) and isinstance(row[column], str) and row[column]:
                open_[column] = (last, row[column])
        if open_:
            row = list(row)
            for column, (last, text) in list(open_.items()):
                if row[column] in ("", None):
                    row[column] = text
                if number >= last:
                    del open_[column]
        yield row

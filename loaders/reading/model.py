"""What reading a ledger file gives: sheets as found, or why there are none.

Rows are counted from 1 as a spreadsheet shows them; in delimited text a row is a *record*, so a quoted cell
with line breaks counts once (a spreadsheet that opens the file numbers its rows the same way). Columns are
counted from 0 beside the letter that a spreadsheet shows.

This module imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from graph.errors import ReadError

if TYPE_CHECKING:
    import pyarrow as pa


class TypeCode(IntEnum):
    """What a cell was before it became text (the values of the ``t…`` columns)."""

    EMPTY = 0
    TEXT = 1
    NUMBER = 2
    DATE = 3
    BOOL = 4
    ERROR = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. All are chosen, not given by any rule.

    Parameters
    ----------
    memory : int
        Bytes of address space of the reading process (``RLIMIT_AS``; not enforced on Windows).
    seconds : float
        Wall time for one workbook or HTML file.
    unpacked : int
        Bytes that a zipped workbook may unpack to, declared or counted.
    ratio : int
        Times that a member of more than 16 MiB may exceed its packed size. A sheet of formatted blank cells,
        the most repetitive honest one, packs about 30 : 1; bombs come near deflate's 1032 : 1.
    members : int
        Members of a zipped workbook.
    cells : int
        Cells of a sheet's rectangle from A1 to its last cell, which is what a reader has to allocate.
    columns : int
        Columns of a delimited text or an HTML table.
    merges : int
        Merged ranges of a sheet.
    """

    memory: int = 4 << 30
    seconds: float = 300.0
    unpacked: int = 2 << 30
    ratio: int = 200
    members: int = 10_000
    cells: int = 60_000_000
    columns: int = 4096
    merges: int = 500_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column under the header.

    ``header`` is flattened from merged and multi-row headers (``党员人数/正式``), NFKC, without white space and line
    breaks, ``""`` where a column holds data under no header. ``cells`` counts its non-empty data cells.
    """

    index: int
    letter: str
    header: str
    cells: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A row that is neither header nor data nor total.

    Names and numbers of persons (``填表人：…``, telephone, ID) are cut out of ``text`` where they are read.
    ``title`` stands above the header, ``stamp`` names the reporting office or date, ``note`` is any other
    (``注：…``, ``填表人：…``), ``numbering`` counts columns below the header, ``blank`` says a sheet is empty.
    """

    row: int
    text: str
    kind: Literal["title", "stamp", "note", "numbering", "blank"] = "note"


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A 合计/小计/总计/共计 row and the rows it totals (``first_row`` to ``last_row``, both in; 0, 0 where none).

    ``cells`` maps a column's index to the text in it, label left out; ``stated`` is the count that the label
    itself states (``合计：12家``).
    """

    row: int
    label: str
    cells: Mapping[int, str]
    first_row: int
    last_row: int
    grand: bool
    stated: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading between data rows (``北京市（23所）``), the rows under it and the count that it states."""

    row: int
    text: str
    first_row: int
    last_row: int
    stated: int | None = None


@dataclass(frozen=True)
class RawSheet:
    """One sheet, delimited text or HTML table as found.

    Parameters
    ----------
    file, sheet : str
        The path as given, the sheet's name (``""`` for text).
    kind : str
        As :func:`loaders.reading.sniff` says.
    hidden : bool
        The sheet doesn't show in a spreadsheet (it is read all the same).
    encoding : str
        ``""`` for workbooks; else what the text was decoded by. To be shown to users, always.
    header_rows : (int, int)
        First and last row of the header, ``(0, 0)`` where there is none.
    stamp : mapping
        ``填报单位`` and ``填报日期`` where a stamp line gives them, as written.
    rows : int
        Data rows.
    typed : frozenset of int
        Columns that hold numbers, dates, booleans or errors: those with a ``t…`` column in the chunks.
    repeated_headers, numbered_blanks, examples : int
        Rows passed over: headers of printed pages; rows with nothing but a running number; rows marked as an example.
    merges : tuple of (first row, first column, last row, last column)
        Merged ranges, from 0, all in.
    first_rows : sequence of sequences
        Cells of the first rows, in which a header is looked for, as found; ``""`` where empty. Personal columns are among them: the
        caller answers for leaving them out.
    """

    file: str
    sheet: str
    kind: str
    hidden: bool
    encoding: str
    header_rows: tuple[int, int]
    columns: tuple[Column, ...]
    notes: tuple[Note, ...] = ()
    totals: tuple[TotalRow, ...] = ()
    sections: tuple[Section, ...] = ()
    stamp: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    typed: frozenset[int] = frozenset()
    repeated_headers: int = 0
    numbered_blanks: int = 0
    examples: int = 0
    merges: tuple[tuple[int, int, int, int], ...] = ()
    first_rows: Sequence[Sequence[str]] = field(default=(), repr=False, compare=False)
    _flat: Callable[[int, int], tuple[str, ...]] | None = field(
        default=None, repr=False, compare=False
    )
    _under: Callable[[int, int], RawSheet] | None = field(default=None, repr=False, compare=False)
    _grid: Callable[[], Iterator[pa.RecordBatch]] | None = field(
        default=None, repr=False, compare=False
    )
    _source: Callable[[Sequence[int] | None], Iterator[pa.Table]] | None = field(
        default=None, repr=False, compare=False
    )

    def headings(self) -> list[str]:
        """Return the headings by column, empty where a column has none."""
        width = max((c.index for c in self.columns), default=-1) + 1
        out = [""] * width
        for column in self.columns:
            out[column.index] = column.header
        return out

    def headings_of(self, first: int, last: int) -> tuple[str, ...] | None:
        """Return what the headings would be, were these rows (from 1, both in) the header; ``None`` where they are not there."""
        if self._flat is None or not 1 <= first <= last <= len(self.first_rows):
            return None
        return self._flat(first - 1, last - 1)

    def under(self, first: int, last: int) -> RawSheet:
        """Return the sheet with these rows (from 1, both in, among the first) for its header; rows below it are told apart anew."""
        if self._under is None or (first, last) == self.header_rows:
            return self
        return replace(self._under(first - 1, last - 1), file=self.file)

    def chunks(self, columns: Sequence[int] | None = None) -> Iterator[pa.Table]:
        """Yield the data rows in their order, some ten thousand a table; may be called again.

        Parameters
        ----------
        columns : sequence of int, optional
            Indexes of the columns wanted (all when left out). Others are never materialized here, so a
            caller that names only the columns it knows holds no personal column.

        Yields
        ------
        pyarrow.Table
            ``row`` (int32), then for each column ``c<index>`` (string, trimmed, null where empty) and, for the
            columns in :attr:`typed`, ``t<index>`` (uint8, :class:`TypeCode`). Empty sheets yield nothing.
        """
        if self._source is not None:
            yield from self._source(columns)

    def grid(self) -> Iterator[pa.RecordBatch]:
        """Yield all rows from the first on, whatever they are, for a copy of the sheet; may be called again.

        Yields
        ------
        pyarrow.RecordBatch
            ``c<index>`` and ``t<index>`` as in :meth:`chunks`, without those that are empty or text throughout the
            batch. Personal columns are among them: the caller answers for leaving them out.
        """
        if self._grid is not None:
            yield from self._grid()


@dataclass(frozen=True, slots=True)
class Refused:
    """A file (or one sheet of it) that was not read, in one sentence, and the way out.

    ``code`` names the case for programs: ``password``, ``far_cell``, ``bomb``, ``entity``, ``crashed``, …
    """

    file: str
    sheet: str
    code: str
    reason_zh: str
    reason_en: str
    way_out_zh: str
    way_out_en: str

    def error(self) -> ReadError:
        """Return it as an error, for a caller that can't go on without the file."""
        where = f"{self.file} [{self.sheet}]" if self.sheet else self.file
        return ReadError(
            f"{where}: {self.reason_en}; {self.way_out_en}",
            f"{where}：{self.reason_zh}；{self.way_out_zh}",
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file passed over because it is no ledger (a lock file, a file of another kind in a folder)."""

    file: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Boundaries:
    """A GeoJSON file, handed on unread: outlines of divisions are another module's."""

    file: str


def letter(index: int) -> str:
    """Return the letters of the column with this index (0 is ``A``, 16383 is ``XFD``)."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text

"""Tables as files for other programs: .xlsx, .csv and .json, written all or nothing.

Text from data stays text (ROBUSTNESS C5): no formula, no link, no code turned into a number.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from graph.errors import InputError, Way
from graph.files import OUT, replacing
from viz.overwriting import mark, refuse_other_kind

XLSX_ROWS = 1_048_575
"""Rows below the header that one sheet can hold."""
XLSX_CELL = 32_767
"""Characters that one cell can hold."""

FORMULA = tuple("=+-@\t\r＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula (ROBUSTNESS C5)."""
_UNREADABLE = re.compile("[\ud800-\udfff]")

LINE = 16.5
"""Points of a line of a cell: Chinese fonts of 11 points set lines 16 apart."""
SPARE = 5.0
"""Points above the first and below the last line, so that neither touches a border."""
HIGHEST = 409.0
"""A row is no higher than a spreadsheet allows."""
SHEET_NAME = 31
"""Characters of a sheet's name that a workbook takes."""
NARROWEST, WIDEST = 6, 21
"""Characters of a column that is fitted to what it holds: a credit code of 18 stays on one line."""
BROADEST = 34
"""Characters of a column of a listing of few rows, beyond which text is wrapped."""
FITTED = 2_000
"""Rows up to which a listing's columns are fitted to what they hold: all of it is looked at, and kept meanwhile."""
PAGE = 240
"""Characters that a page across A4 takes in letters that can still be read (6 points)."""
WIDE = 0x2E7F
"""Characters from here on are as wide as two others."""

CellKind = Literal["text", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the name it has in JSON, the header that people read, and what its cells hold.

    ``width`` is that of a workbook's column in characters; text longer than a given width is wrapped.
    """

    name: str
    header: str
    kind: CellKind = "text"
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One table, ready to be shown or written.

    Parameters
    ----------
    name : str
        Name of the sheet, and of the array in JSON.
    columns : sequence of Column
    rows : iterable of sequences
        One value a column: ``str``, ``int``, ``float``, ``bool``, ``None``, or a list of texts (joined by ``;``). Read once.
    across : int
        Pages that a sheet is wide on paper; its first two columns stand on each.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    across: int = 1

    @classmethod
    def of(
        cls, name: str, columns: Sequence[Column], objects: Iterable[Mapping[str, Any]]
    ) -> Listing:
        """Return a listing whose rows are read by the columns' names from objects as JSON has them."""
        names = [c.name for c in columns]
        return cls(name, columns, ([o.get(n) for n in names] for o in objects))

    @classmethod
    def fitted(cls, name: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> Listing:
        """Return a listing whose columns are as wide as what they hold, as far as many of them fit a page: the rest is wrapped."""
        columns = []
        for k, header in enumerate(headers):
            longest = max(
                (text_width(str(cell(row[k]))) for row in rows if row[k] is not None), default=0
            )
            # a header may take three lines, what stands below as many as it needs
            width = math.ceil(max(text_width(header) / 3, min(longest, WIDEST)))
            columns.append(Column(header, header, width=max(width, NARROWEST)))
        across = math.ceil(sum(c.width or 0 for c in columns) / PAGE)
        return cls(name, columns, rows, max(across, 1))

    def read(self) -> Listing:
        """Return the listing with its rows in memory, for when what they are read from is closed."""
        return Listing(self.name, self.columns, list(self.rows), self.across)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Return the rows as JSON objects."""
        names = [c.name for c in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)


def cell(value: Any) -> str | int | float | bool | None:
    """Return a value as one cell: lists of texts joined by ``;``, other structures as JSON, not-a-number as nothing."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if value != value else value
    if isinstance(value, list | tuple):
        if all(isinstance(v, str) for v in value):
            return ";".join(value)
        return json.dumps(value, ensure_ascii=False, default=plain)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=plain)
    return cell(plain(value))


def plain(value: Any) -> Any:
    """Return what JSON can hold of a column library's scalar; missing values are ``None``."""
    if type(value).__name__ in (
        "NAType",
        "NaTType",
    ):  # pandas stays unimported: a chain needs none of it
        return None
    item = getattr(value, "item", None)
    if callable(item):
        found = item()
        return None if isinstance(found, float) and found != found else found
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def json_chunks(payload: Mapping[str, Any]) -> Iterator[str]:
    """Return one JSON object in pieces, ending in a line break; values that are iterators are written item by item.

    ``ValueError`` where a number is not finite: JSON has none.
    """
    yield "{"
    for n, (key, value) in enumerate(payload.items()):
        yield f"{',' if n else ''}\n{json.dumps(key, ensure_ascii=False)}: "
        if isinstance(value, Iterator):
            yield "["
            for k, one in enumerate(value):
                yield f"{',' if k else ''}\n{_dump(one)}"
            yield "\n]"
        else:
            yield _dump(value)
    yield "\n}\n"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=plain)


def write(
    path: str | Path,
    listings: Sequence[Listing],
    payload: Mapping[str, Any] | None = None,
    way: Way = OUT,
) -> int:
    """Write listings as the file's ending says.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.xlsx`` (a sheet a listing), ``.csv`` (the first listing only) or ``.json``.
    listings : sequence of Listing
    payload : mapping, optional
        What ``.json`` holds instead of ``{name: [rows]}``.
    way : Way
        What the command that writes has for another place.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    InputError
        Another ending, the place can't be written, or a file of another kind stands there; what was there stays.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".xlsx", ".csv", ".json"):
        raise InputError(
            f"{path}: a listing ends in .xlsx, .csv or .json",
            f"{path}：清单文件须以 .xlsx、.csv 或 .json 结尾",
        )
    if suffix == ".json":
        refuse_other_kind(path, payload if payload is not None else [x.name for x in listings])
    elif suffix == ".xlsx":
        refuse_other_kind(path, _mark(listings).split())
    with replacing(path, way) as raw:
        if suffix == ".xlsx":
            return _xlsx(raw, listings)
        if suffix == ".csv":
            return _csv(raw, listings[0])
        counted = [0]
        if payload is None:
            payload = {one.name: _counting(one.objects(), counted) for one in listings}
        else:
            counted[0] = sum(len(v) for v in payload.values() if isinstance(v, list))
            payload = {
                name: _counting(v, counted) if isinstance(v, Iterator) else v
                for name, v in payload.items()
            }
        for piece in json_chunks(payload):
            raw.write(piece.encode("utf-8"))
        return counted[0]


def _mark(listings: Sequence[Listing]) -> str:
    return mark([c.name for c in one.columns] for one in listings)


def guarded(value: Any) -> Any:
    """Return text that no spreadsheet takes for a formula (ROBUSTNESS C5); numbers stay as they are."""
    if isinstance(value, str):
        text = readable(value)
        return "'" + text if text.startswith(FORMULA) else text
    return value


def readable(text: str) -> str:
    """Return text without half surrogate pairs, which no file can hold."""
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _counting(items: Iterable[Any], counted: list[int]) -> Iterator[Any]:
    for one in items:
        counted[0] += 1
        yield one


def _csv(raw: BinaryIO, listing: Listing) -> int:
    # With a byte order mark: without it spreadsheets take Chinese for the local code page.
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([c.header for c in listing.columns])
    count = 0
    for row in listing.rows:
        writer.writerow([guarded(cell(v)) for v in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _xlsx(raw: BinaryIO, listings: Sequence[Listing]) -> int:
    import datetime as dt

    import xlsxwriter

    book = xlsxwriter.Workbook(
        raw,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # A fixed date: the same listing gives the same bytes.
    book.set_properties({"created": dt.datetime(2016, 8, 14), "keywords": _mark(listings)})
    head = book.add_format(
        {"bold": True, "bg_color": "#EDEDED", "text_wrap": True, "valign": "vcenter"}
    )
    as_text = book.add_format({"num_format": "@", "valign": "top"})
    wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    # away from the text of the next column
    number = book.add_format({"valign": "top", "align": "right", "indent": 1})
    total = 0
    for listing in listings:
        rows = iter(listing.rows)
        first = list(islice(rows, FITTED + 1))
        columns = listing.columns if len(first) > FITTED else _fitting(listing.columns, first)
        rows = chain(first, rows)
        wraps = any(c.width is not None for c in columns)
        across = max(listing.across, math.ceil(sum(map(_width, columns)) / PAGE))
        part = 1
        while True:
            sheet = book.add_worksheet(sheet_name(listing.name, part))
            sheet.freeze_panes(1, 0)
            printed(sheet, across)
            heads = [Column(c.name, c.header, width=_width(c)) for c in columns]
            sheet.set_row(0, _height(_lines(heads, [c.header for c in columns])))
            formats = []
            for k, column in enumerate(columns):
                width = _width(column)
                form = as_text if column.width is None else wrapped
                formats.append(form if column.kind == "text" else number)
                sheet.set_column(k, k, width, formats[k])
                sheet.write_string(0, k, column.header, head)
            at = 0
            for at, row in enumerate(islice(rows, XLSX_ROWS), start=1):
                if wraps:
                    sheet.set_row(at, _height(_lines(columns, row)))
                for k, value in enumerate(row):
                    if value is None:
                        continue
                    put(sheet, at, k, cell(value), formats[k])
            sheet.autofilter(0, 0, at, max(len(columns) - 1, 0))
            total += at
            following = next(rows, None) if at == XLSX_ROWS else None
            if following is None:
                break
            rows = chain([following], rows)
            part += 1
    book.close()
    return total


def _width(column: Column) -> int:
    """Return how many characters wide a column of a workbook is."""
    return column.width or (12 if column.kind == "number" else 22)


def _fitting(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[Column]:
    """Return columns as wide as what they hold, up to a width from which it is wrapped; those with a given width keep it."""
    out = []
    for k, column in enumerate(columns):
        if column.width is None and column.kind == "text":
            said = (str(cell(row[k])) for row in rows if row[k] is not None)
            longest = max((text_width(text) for text in said), default=0)
            words = max(map(text_width, column.header.split()), default=0)
            head = max(text_width(column.header) / 2, min(words, WIDEST))
            wide = max(head, min(longest, BROADEST), NARROWEST)
            column = replace(column, width=math.ceil(wide) + 1)
        out.append(column)
    return out


def _lines(columns: Sequence[Column], row: Sequence[Any]) -> int:
    """Return how many lines a row needs where text is wrapped; a wide character counts for two."""
    most = 1
    for column, value in zip(columns, row, strict=True):
        if column.width is None:
            continue
        text = cell(value)
        if isinstance(text, str) and text:
            parts = text.split("\n")
            most = max(
                most, sum(max(1, math.ceil(text_width(part) / column.width)) for part in parts)
            )
    return most


def _height(lines: int) -> float:
    """Return the points of a row of so many lines."""
    return min(LINE * lines + SPARE, HIGHEST)


def text_width(text: str) -> float:
    """Return the width of text in characters of a column, with some to spare: lines break before punctuation."""
    return 1.08 * sum(2 if ord(c) > WIDE else 1 for c in text)


def printed(sheet: Any, across: int) -> None:
    """Set up a sheet for paper: A4 across, so many pages wide, the header on each, the sheet's name and the page below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(across, 0)
    if across > 1:
        sheet.repeat_columns(0, 1)
    sheet.repeat_rows(0)
    sheet.hide_gridlines(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")


def put(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    """Write a value as what it is: text stays text (ROBUSTNESS C5)."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, form)
    elif value:
        text = readable(value)
        # a cell holds so much and no more; what is longer says that it goes on
        shown = text if len(text) <= XLSX_CELL else text[: XLSX_CELL - 1] + "…"
        sheet.write_string(row, column, shown, form)


def sheet_name(name: str, part: int) -> str:
    r"""Return a name that a workbook takes: at most 31 characters, none of ``[]:*?/\\``."""
    safe = "".join("_" if c in "[]:*?/\\" else c for c in name)
    tail = "" if part == 1 else f" {part}"
    return shortened(safe, SHEET_NAME - len(tail)) + tail


def shortened(name: str, most: int = SHEET_NAME) -> str:
    """Return a name in so many characters; what is cut ends after a whole word, and says that it goes on."""
    if len(name) <= most:
        return name
    kept = name[: most - 1]
    if (
        kept[-1].isascii()
        and kept[-1].isalnum()
        and name[most - 1].isascii()
        and name[most - 1].isalnum()
    ):
        last = max((m.end() for m in re.finditer(r"[^0-9A-Za-z]", kept)), default=0)
        kept = kept[:last] if last > most // 3 else kept
    return kept.rstrip(" ,;:(（·-") + "…"

"""XML Spreadsheet 2003, which old systems write under the name ``.xls``. Runs in the reading process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from loaders.reading.grid import ErrorText
from loaders.reading.model import Limits
from loaders.reading.refusals import RefusalError
from loaders.reading.workbooks import Sheet

_NS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def sheets(path: Path, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of an XML Spreadsheet.

    Raises
    ------
    RefusalError
        The XML is damaged or declares entities, or a sheet is too large.
    """
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root: Any = ElementTree.parse(path, forbid_dtd=True).getroot()
    except DefusedXmlException as error:
        raise RefusalError("entity", member=path.suffix) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise RefusalError("damaged", detail="XML") from error
    for worksheet in root.iter(f"{_NS}Worksheet"):
        table = worksheet.find(f"{_NS}Table")
        hidden = any(
            e.tag.endswith("}Visible") and "Hidden" in (e.text or "") for e in worksheet.iter()
        )
        rows, merges = _rows(table, limits) if table is not None else ([], [])
        yield Sheet(worksheet.get(f"{_NS}Name", ""), hidden, 0, iter(rows), merges)


def _rows(
    table: Any, limits: Limits
) -> tuple[list[Sequence[Any]], list[tuple[int, int, int, int]]]:
    cells: dict[tuple[int, int], Any] = {}
    merges: list[tuple[int, int, int, int]] = []
    row = -1
    height = width = 0
    for element in table.iterfind(f"{_NS}Row"):
        row = _index(element, row)
        column = -1
        for cell in element.iterfind(f"{_NS}Cell"):
            column = _index(cell, column)
            value = _value(cell.find(f"{_NS}Data"))
            across, down = _number(cell, "MergeAcross"), _number(cell, "MergeDown")
            if value not in (None, ""):
                cells[row, column] = value
                height, width = max(height, row + 1), max(width, column + 1)
                if down and not across and isinstance(value, str):
                    for below in range(row + 1, min(row + down, row + 100_000) + 1):
                        cells[below, column] = value
                        height = max(height, below + 1)
            if across or down:
                merges.append((row, column, row + down, column + across))
            column += across
        if height * width > limits.cells or len(merges) > limits.merges:
            raise RefusalError("too_large", detail=f"{height:,} × {width:,}")
    rows: list[Sequence[Any]] = [[None] * width for _ in range(height)]
    for (r, c), value in cells.items():
        rows[r][c] = value  # type: ignore[index]
    return rows, merges


def _index(element: Any, before: int) -> int:
    index = _number(element, "Index")
    return index - 1 if index > 0 else before + 1


def _number(element: Any, name: str) -> int:
    text = element.get(f"{_NS}{name}", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _value(data: Any) -> Any:
    if data is None:
        return None
    text = "".join(data.itertext())
    kind = data.get(f"{_NS}Type", "String")
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "Boolean":
        return text.strip() == "1"
    if kind == "Error":
        return ErrorText(text)
    if kind == "DateTime":
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            return text
    return text

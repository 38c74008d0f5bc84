"""Small files as they come from offices, built by each test for itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

from loaders.reading import Limits, RawSheet, Refused, read

HEADER = ("统一社会信用代码", "单位名称", "所属街道", "从业人数", "正式党员数")
CODES = ("91420106MA4KL8X21A", "91420106MA4KL8X31B", "91420106MA4KL8X41C")
ROWS = (
    (CODES[0], "武汉甲科技有限公司", "水塔街道", 12, 3),
    (CODES[1], "武汉乙贸易有限公司", "水塔街道", 5, 1),
    (CODES[2], "武汉丙设计有限公司", "民权街道", 40, 2),
)


def xlsx(
    path: Path,
    *rows: Sequence[Any],
    merges: Sequence[str] = (),
    name: str = "Sheet1",
    more: Callable[[Any, Any], None] | None = None,
) -> Path:
    """Write one sheet; merged ranges hold what their first cell holds."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name)
        for area in merges:
            sheet.merge_range(area, "")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value not in (None, ""):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(r, c, value, day)
                    else:
                        sheet.write(r, c, value)
        if more is not None:
            more(book, sheet)
    return path


def xls(path: Path, *rows: Sequence[Any], merges: Sequence[tuple[int, int, int, int]] = ()) -> Path:
    """Write a workbook of the old kind; merges are (first row, last row, first column, last column)."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    anchors = {(m[0], m[2]): m for m in merges}
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if (r, c) in anchors:
                sheet.write_merge(*anchors[r, c], value)
            elif value not in (None, ""):
                sheet.write(r, c, value)
    book.save(str(path))
    return path


def text(path: Path, *rows: Sequence[Any], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write delimited text."""
    lines = (delimiter.join("" if v is None else str(v) for v in row) for row in rows)
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def sheets(path: Path, limits: Limits | None = None) -> list[RawSheet]:
    """Read a file of which nothing may be refused."""
    found = list(read([path], limits))
    assert all(isinstance(item, RawSheet) for item in found), found
    return [item for item in found if isinstance(item, RawSheet)]


def one(path: Path) -> RawSheet:
    """Read a file of one sheet."""
    (sheet,) = sheets(path)
    return sheet


def refusal(path: Path, limits: Limits | None = None) -> Refused:
    """Read a file that must be refused, and in both languages say a way out."""
    (item,) = read([path], limits)
    assert isinstance(item, Refused), item
    assert item.reason_zh
    assert item.reason_en
    assert item.way_out_zh
    assert item.way_out_en
    return item


def headings(sheet: RawSheet) -> list[str]:
    """Return the headings of a sheet."""
    return [c.header for c in sheet.columns]


def cells(sheet: RawSheet) -> list[tuple[Any, ...]]:
    """Return the data rows: their numbers, then their texts."""
    out: list[tuple[Any, ...]] = []
    for table in sheet.chunks():
        names = ["row", *(f"c{c.index}" for c in sheet.columns)]
        out += zip(*(table[n].to_pylist() for n in names), strict=True)
    return out


def types(sheet: RawSheet, column: int) -> list[int]:
    """Return the type codes of a column."""
    return [t for table in sheet.chunks([column]) for t in table[f"t{column}"].to_pylist()]

"""How a table is laid out in a file: titles, stamps, headings in other words, two rows of headings, totals, blank rows.

:func:`write_workbook` and :func:`write_text` return where each data row stands, so that a faulty cell can be named as a
spreadsheet shows it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.synthetic.cells import Table

_CREATED: Final = dt.datetime(2016, 12, 20, 9, 0, 0)

OTHER_WORDS: Final[dict[str, str]] = {
    "统一社会信用代码": "统一社会信用\n代码", "单位名称": "企业名称", "类别": "企业类型", "行业代码": "国民经济行业代码",
    "所属区": "区", "所属街道": "街道（乡镇）", "所属社区": "社区（村）", "所在园区": "开发区（园区）", "所在楼宇": "所属楼栋",
    "所在商业街区": "商业街", "所在市场": "专业市场", "地址": "详细地址", "从业人数": "职工数", "正式党员数": "党员人数",
    "预备党员数": "预备党员", "经营状态": "经营情况", "群团组织": "群团", "指导员": "党建工作指导员", "六清": "六个清楚",
    "措施": "组建措施", "完成时限": "计划完成时间", "责任单位": "责任部门", "工商联会员": "是否工商联会员",
    "业务主管单位": "业务主管部门", "填报日期": "填报时间",
}  # fmt: skip

GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("基本情况", ("统一社会信用代码", "单位名称", "类别", "行业代码", "行业版本")),
    (
        "所在位置",
        (
            "所属区",
            "所属街道",
            "所属社区",
            "所在园区",
            "所在楼宇",
            "所在商业街区",
            "所在市场",
            "地址",
        ),
    ),
    ("坐标", ("经度", "纬度", "坐标系")),
    ("党员队伍", ("正式党员数", "预备党员数")),
    ("一企一策", ("措施", "完成时限", "责任单位")),
)

PERSONAL: Final = ("法定代表人", "联系电话")
_PERSONS: Final = ("示例甲", "示例乙", "示例丙", "示例丁")


@dataclass
class Layout:
    """How one sheet is laid out.

    Attributes
    ----------
    title, note, stamp : str
        Lines above the header; ``""`` for none.
    grouped : bool
        A second row of headings, merged above those that belong together.
    words : dict
        Canonical heading to the words that stand there.
    without : frozenset of str
        Columns that the sheet does not have (its stamp line says them).
    numbered, personal : bool
        A 序号 column; columns that tell of persons (invented ones).
    blank_every : int
        A blank row after so many rows, 0 for none.
    blank : str
        What stands in empty text cells.
    wide : bool
        Some numbers in full-width digits, some with their unit.
    native : bool
        Numbers as numbers (workbooks only).
    dates : bool
        Some dates as dates, some as the serial numbers that are behind them (workbooks only).
    subtotals : bool
        A 小计 row after each half of the rows, where there is a 合计.
    hidden : bool
        The sheet doesn't show (workbooks only).
    """

    title: str = ""
    note: str = ""
    stamp: str = ""
    grouped: bool = False
    words: dict[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    numbered: bool = False
    personal: bool = False
    blank_every: int = 0
    blank: str = ""
    wide: bool = False
    native: bool = True
    dates: bool = False
    subtotals: bool = False
    hidden: bool = False

    def head(self, table: Table) -> list[str]:
        """Return the sheet's columns by canonical heading."""
        head = [name for name in table.columns if name not in self.without]
        if self.grouped:
            grouped = [name for _, some in GROUPS for name in some]
            head = [n for n in grouped if n in head] + [n for n in head if n not in grouped]
        return head

    def heading(self, name: str) -> str:
        """Return the words that stand over a column."""
        return self.words.get(name, name)

    def flat(self, name: str) -> str:
        """Return a column's heading in one line, the group above it included."""
        heading = self.heading(name).replace("\n", "")
        group = _GROUP_OF.get(name) if self.grouped else None
        return f"{group}/{heading}" if group else heading


_GROUP_OF: Final = {name: group for group, some in GROUPS for name in some}

_TEXT_BLANKS: Final = frozenset(
    ("地址", "措施", "责任单位", "未建原因", "群团组织", "指导员", "党组织代码")
)
_COUNTS: Final = frozenset(("从业人数", "正式党员数"))
_DATES: Final = frozenset(("完成时限", "填报日期"))
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH: Final = dt.date(1899, 12, 30)


def rows_of(table: Table, layout: Layout) -> list[list[Any]]:
    """Return the data rows as they are written, without the columns that a layout adds."""
    columns = []
    faulty = {(row, name) for row, name, _ in table.faults}
    for name in layout.head(table):
        cells = table.columns[name]
        if layout.blank and name in _TEXT_BLANKS:
            cells = [layout.blank if c == "" and r % 3 == 0 else c for r, c in enumerate(cells)]
        if layout.wide and name == "单位名称":
            cells = [f"{c[:2]}\u3000{c[2:]}" if r % 13 == 5 else c for r, c in enumerate(cells)]
        if layout.dates and name in _DATES:
            cells = [_dated(c, r) if (r, name) not in faulty else c for r, c in enumerate(cells)]
        if layout.wide and name in _COUNTS:
            cells = [
                _written(c, r) if isinstance(c, int) and (r, name) not in faulty else c
                for r, c in enumerate(cells)
            ]
        columns.append(cells)
    return [list(row) for row in zip(*columns, strict=True)]


def _dated(text: str, row: int) -> Any:
    """Return an ISO date as a date or as a serial number, other texts as they are."""
    if not _ISO.fullmatch(text) or row % 3 == 0:
        return text
    date = dt.date.fromisoformat(text)
    return date if row % 3 == 1 else (date - _EPOCH).days


_FULL: Final = {0x30 + d: 0xFF10 + d for d in range(10)}


def _written(number: int, row: int) -> Any:
    """Return a number as people write it: full-width, with its unit, or plain."""
    if row % 11 == 3:
        return str(number).translate(_FULL)
    return f"{number}人" if row % 11 == 7 else number


def _head_rows(table: Table, layout: Layout) -> tuple[list[str], list[str], list[tuple[int, int]]]:
    """Return both rows of headings (the first ``[]`` where there is one only) and the ranges to merge in the first."""
    head = layout.head(table)
    extra = (["序号"] if layout.numbered else []), (list(PERSONAL) if layout.personal else [])
    words = [*extra[0], *(layout.heading(n) for n in head), *extra[1]]
    if not layout.grouped:
        return [], words, []
    top = [*extra[0], *(_GROUP_OF.get(n, layout.heading(n)) for n in head), *extra[1]]
    merged: list[tuple[int, int]] = []
    start = 0
    grouped = [None] * len(extra[0]) + [_GROUP_OF.get(n) for n in head] + [None] * len(extra[1])
    for at in range(1, len(top) + 1):
        if at == len(top) or grouped[at] is None or grouped[at] != grouped[start]:
            if at - start > 1:
                merged.append((start, at - 1))
            start = at
    return top, words, merged


def _lines(layout: Layout) -> list[str]:
    return [line for line in (layout.title, layout.note, layout.stamp) if line]


def _body(table: Table, layout: Layout) -> tuple[list[list[Any]], list[int]]:
    """Return the rows under the header, blank and total rows among them, and where each data row is among them."""
    body: list[list[Any]] = []
    where: list[int] = []
    half = len(table) // 2
    for n, row in enumerate(rows_of(table, layout)):
        where.append(len(body))
        before = [n + 1] if layout.numbered else []
        after = [_PERSONS[n % 4], f"027-0000{n % 10000:04d}"] if layout.personal else []
        body.append([*before, *row, *after])
        if layout.blank_every and (n + 1) % layout.blank_every == 0 and n + 1 < len(table):
            body.append([])
        if table.totals and layout.subtotals and n + 1 in (half, len(table)):
            some = slice(0, half) if n + 1 == half else slice(half, None)
            sums = {
                name: sum(c for c in table.columns[name][some] if isinstance(c, int))
                for name in table.totals
            }
            body.append(_total_row(table, layout, "小计", sums))
    if table.totals:
        body.append(_total_row(table, layout, "合计", table.totals))
    return body, where


def _total_row(table: Table, layout: Layout, label: str, numbers: dict[str, int]) -> list[Any]:
    head = layout.head(table)
    row: list[Any] = [""] * (len(head) + layout.numbered)
    row[0] = label
    for name, number in numbers.items():
        row[head.index(name) + layout.numbered] = number
    return row


def write_workbook(
    path: Path,
    sheets: Sequence[tuple[str, Table, Layout]],
    hidden: Sequence[tuple[str, list[list[str]]]] = (),
) -> list[list[int]]:
    """Write a workbook; return, sheet by sheet, the row (from 1) of each data row. Equal input makes equal bytes.

    Parameters
    ----------
    hidden : sequence of (str, list of rows)
        Sheets that don't show.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    found = []
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _CREATED})
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        middle = book.add_format({"align": "center", "bold": True})
        for name, table, layout in sheets:
            sheet = book.add_worksheet(name[:31])
            top, words, merged = _head_rows(table, layout)
            at = 0
            for line in _lines(layout):
                if line == layout.title and len(words) > 1:
                    sheet.merge_range(at, 0, at, len(words) - 1, line, middle)
                else:
                    sheet.write_string(at, 0, line)
                at += 1
            if top:
                _merged_head(sheet, at, top, words, merged, middle)
                at += 1
            for column, word in enumerate(words):
                if not top or word != top[column]:
                    sheet.write_string(at, column, word)
            at += 1
            if layout.hidden:
                sheet.hide()
            body, where = _body(table, layout)
            for n, row in enumerate(body):
                for column, cell in enumerate(row):
                    if cell == "":
                        continue
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(at + n, column, cell, date)
                    elif isinstance(cell, (int, float)) and layout.native:
                        sheet.write_number(at + n, column, cell)
                    else:
                        sheet.write_string(at + n, column, str(cell))
            found.append([at + 1 + w for w in where])
        for name, rows in hidden:
            sheet = book.add_worksheet(name)
            for n, texts in enumerate(rows):
                sheet.write_row(n, 0, texts)
            sheet.hide()
    return found


def _merged_head(
    sheet: Any,
    at: int,
    top: list[str],
    words: list[str],
    merged: list[tuple[int, int]],
    middle: Any,
) -> None:
    """Write the upper row of headings: groups over their columns, the others down over both rows."""
    inside = {c for first, last in merged for c in range(first, last + 1)}
    for first, last in merged:
        sheet.merge_range(at, first, at, last, top[first], middle)
    for column, word in enumerate(words):
        if column not in inside:
            if word == top[column]:
                sheet.merge_range(at, column, at + 1, column, word, middle)
            else:
                sheet.write_string(at, column, top[column])


def write_text(path: Path, table: Table, layout: Layout, encoding: str) -> list[int]:
    """Write a CSV file in ``utf-8``, ``utf-8-sig`` or ``gb18030``; return the row (from 1) of each data row."""
    import pyarrow as pa
    from pyarrow import csv

    top, words, _ = _head_rows(table, layout)
    lines = [[line] for line in _lines(layout)] + ([top] if top else []) + [words]
    plain = not (
        layout.numbered or layout.personal or layout.blank_every or layout.wide or table.totals
    )
    sink = pa.BufferOutputStream()
    if plain:
        head = layout.head(table)
        data = pa.table(
            {
                str(n): pa.array([str(c) for c in table.columns[name]], pa.string())
                for n, name in enumerate(head)
            }
        )
        csv.write_csv(data, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
        where = list(range(len(table)))
        text = sink.getvalue().to_pybytes().decode()
    else:
        body, where = _body(table, layout)
        text = "".join(_record(row, len(words)) for row in body)
    head_text = "".join(_record(line, len(words)) for line in lines)
    with path.open("wb") as out:
        out.write((head_text + text).encode(encoding))
    return [len(lines) + 1 + w for w in where]


def _record(row: Sequence[Any], width: int) -> str:
    cells = [str(c) for c in row] + [""] * (width - len(row))
    return (
        ",".join(
            '"' + c.replace('"', '""') + '"' if any(x in c for x in ',"\n') else c for c in cells
        )
        + "\n"
    )

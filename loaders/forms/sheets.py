"""A form's sheets: title, two rows of headings, an example, rows; what explains the columns; the codes of GB/T 4754."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.canonical import Column
from loaders.forms.checks import validation
from loaders.forms.guidance import EXAMPLE, choices, how, suggested
from loaders.forms.kinds import Ledger
from loaders.forms.lists import Lists, Places, sectors
from loaders.marking import shown
from loaders.reading.model import letter

TITLE, GROUPS, HEADINGS, EXAMPLE_ROW, FIRST_ROW = range(5)
"""Rows of a form, from 0; one that holds rows has no example, and its rows begin where that stands."""
LAST = 1_048_576
"""Last row of a sheet: formats and checks reach down to it."""
WIDEST = 16_384
CHECKED = 20_000
"""Rows in which empty required cells and repeated codes are shown up; colouring a million rows is slow. Chosen."""
SERIAL = "序号"
ONE_PAGE = 20
"""Columns that a page across A3 takes."""
REPEATED = 2
"""Last of the columns that each page of a wide form begins with: number, code, name."""
_BROAD = {
    "措施": 30,
    "责任单位": 20,
    "填报单位": 20,
    "群团组织": 18,
    "党组织代码": 16,
    "未建原因": 16,
}
"""Columns of longer texts: with these a form's two pages end where a heading over columns does."""
_CELL = 32_767
_ALLOWED = dict.fromkeys(
    ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter"), True
)  # fmt: skip
"""What one may do to a protected sheet."""
_FORMATS = {"int": "number", "lon": "degrees", "lat": "degrees", "rate": "rate", "date": "date"}

Row = Mapping[str, Any]
"""Values by property (``key`` and ``dated`` too), as the graph's model has them: dates ``yyyymmdd``, lists joined by ``;``."""


def looks(book: Any) -> dict[str, Any]:
    """Return a workbook's formats by name; those of cells to be filled in are not locked."""
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
    head = {**base, "bold": True, "border": 1, "text_wrap": True, "align": "center"}
    open_ = {**base, "locked": False}
    example = {**base, "italic": True, "font_color": "#7F7F7F", "bg_color": "#F2F2F2"}
    kinds: dict[str, dict[str, Any]] = {
        "text": {"num_format": "@"},
        "number": {"num_format": "0"},
        "degrees": {"num_format": "0.000000"},
        "rate": {"num_format": "0.00%"},
        "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    }
    made = {
        "required": {**head, "bg_color": "#1F4E78", "font_color": "#FFFFFF"},
        "optional": {**head, "bg_color": "#DDEBF7"},
        "group": {**head, "bg_color": "#BDD7EE", "align": "left", "indent": 1},
        "title": {**base, "bold": True, "font_size": 14},
        "line": {**base, "text_wrap": True, "valign": "top"},
        "cell": {**base, "text_wrap": True, "border": 1, "valign": "top", "num_format": "@"},
        "count": {**base, "border": 1, "valign": "top", "num_format": "#,##0_)"},
        "serial": {**open_, "num_format": "0", "align": "center"},
        "missing": {"bg_color": "#FFF2CC"},
        "twice": {"bg_color": "#F8CBAD"},
        **{name: {**open_, **extra} for name, extra in kinds.items()},
        **{f"example {name}": {**example, **extra} for name, extra in kinds.items()},
    }
    return {name: book.add_format(extra) for name, extra in made.items()}


def ledger_sheet(
    ws: Any,
    ledger: Ledger,
    look: dict[str, Any],
    lists: Lists,
    places: Places,
    rows: Iterable[Row] | None = None,
) -> int:
    """Write a ledger's sheet from top to bottom and return how many rows it holds.

    Parameters
    ----------
    rows : iterable of mappings, optional
        What it holds; without, it is blank and has an example.
    """
    columns, first = ledger.columns, FIRST_ROW if rows is None else EXAMPLE_ROW
    _columns(ws, ledger, look)
    ws.set_row(TITLE, 26)
    ws.write_string(TITLE, 0, ledger.title, look["title"])
    _header(ws, ledger, look)
    count = 0
    if rows is None:
        ws.write_string(EXAMPLE_ROW, 0, EXAMPLE, look["example text"])
        for c, column in enumerate(columns, 1):
            _put(ws, EXAMPLE_ROW, c, column, _example(ledger, column), look, "example ")
    else:
        for count, row in enumerate(rows, 1):
            at = first + count - 1
            ws.write_number(at, 0, count, look["serial"])
            for c, column in enumerate(columns, 1):
                _put(ws, at, c, column, row.get(column.prop), look)
    for c, column in enumerate(columns, 1):
        ws.data_validation(
            first, c, LAST - 1, c, validation(ledger, column, c, first, places, lists)
        )
    _shown_up(ws, columns, look, first)
    _guarded(ws, ledger)
    return count


def _columns(ws: Any, ledger: Ledger, look: dict[str, Any]) -> None:
    ws.set_default_row(17)
    # a row can be deleted where none of its cells is locked, beyond the table neither
    ws.set_column(len(ledger.columns) + 1, WIDEST - 1, None, look["text"])
    ws.set_column(0, 0, 6, look["serial"])
    for c, column in enumerate(ledger.columns, 1):
        ws.set_column(c, c, _wide(column), look[_FORMATS.get(column.cell, "text")])


def _wide(column: Column) -> int:
    """Return how many characters wide a column is: a heading takes two lines, what stands below one."""
    wide = 21 if column.cell in ("uscc", "uscc_ref", "uscc_list") else len(column.name) + 5
    if column.cell == "name" or column.name == "地址":
        return max(wide, 28)
    return max(wide, _BROAD.get(column.name, 11))


def _header(ws: Any, ledger: Ledger, look: dict[str, Any]) -> None:
    """Write two rows of headings; the upper one is merged over its columns."""
    ws.set_row(GROUPS, 20)
    ws.set_row(HEADINGS, 32)
    at = 1
    for heading, columns in ledger.groups:
        last = at + len(columns) - 1
        # what each page begins with is repeated with its own heading, which else would reach over others there
        spans = [(at, last)]
        if len(ledger.columns) > ONE_PAGE and at <= REPEATED < last:
            spans = [(at, REPEATED), (REPEATED + 1, last)]
        for n, (begin, end) in enumerate(spans):
            text = "" if n else heading
            if begin < end:
                ws.merge_range(GROUPS, begin, GROUPS, end, text, look["group"])
            else:
                ws.write_string(GROUPS, begin, text, look["group"])
        at = last + 1
    # last: what is written as it goes keeps the row it is in only
    ws.merge_range(GROUPS, 0, HEADINGS, 0, SERIAL, look["optional"])
    for c, column in enumerate(ledger.columns, 1):
        star = "*" if column.required else ""
        ws.write_string(
            HEADINGS, c, column.name + star, look["required" if column.required else "optional"]
        )
        zh, en, example = how(ledger, column)
        listed = choices(column, ledger.line)
        parts = [f"{column.name}{'（必填）' if star else ''}", zh, en]
        parts += [f"可选 one of：{'、'.join(listed)}"] if listed else []
        parts += [f"例 e.g.：{example}"] if example else []
        note = "\n".join(parts)
        lines = sum(-(-shown(part) // 34) for part in parts)
        ws.write_comment(
            HEADINGS, c, note,
            {"author": "Lianjian", "font_size": 9, "width": 230, "height": 10 + 15 * lines},
        )  # fmt: skip


def _example(ledger: Ledger, column: Column) -> Any:
    """Return the example of a column as a value."""
    text = how(ledger, column)[2]
    if not text:
        return None
    if column.cell == "int":
        return int(text)
    if column.cell in ("lon", "lat"):
        return float(text)
    if column.cell == "rate":
        return float(text.rstrip("%")) / 100
    if column.cell == "date":
        return int(text.replace("-", ""))
    return text


def _put(ws: Any, row: int, c: int, column: Column, value: Any, look: dict[str, Any], kind: str = "") -> None:  # fmt: skip
    """Write one value in its column's format; text stays text (ROBUSTNESS C5)."""
    form = look[kind + _FORMATS.get(column.cell, "text")]
    if value is None or value != value:
        if kind:
            ws.write_blank(row, c, None, form)
    elif column.cell == "bool" and not isinstance(value, str):
        ws.write_string(row, c, "是" if value else "否", form)
    elif column.cell == "date":
        number = int(value)
        day = dt.datetime(number // 10000, number // 100 % 100, number % 100)
        ws.write_datetime(row, c, day, form)
    elif column.cell == "int":
        ws.write_number(row, c, int(value), form)
    elif column.cell in _FORMATS:
        ws.write_number(row, c, float(value), form)
    elif str(value):
        ws.write_string(row, c, str(value)[:_CELL], form)


def _shown_up(ws: Any, columns: Sequence[Column], look: dict[str, Any], first: int) -> None:
    """Colour what a row that is begun still lacks, and codes that stand twice."""
    last = letter(len(columns))
    for c, column in enumerate(columns, 1):
        if column.required:
            begun = f"COUNTA($B{first + 1}:${last}{first + 1})>0"
            formula = f'=AND({begun},TRIM(${letter(c)}{first + 1})="")'
            ws.conditional_format(
                first,
                c,
                CHECKED,
                c,
                {"type": "formula", "criteria": formula, "format": look["missing"]},
            )
        if column.prop == "key":
            ws.conditional_format(
                first, c, CHECKED, c, {"type": "duplicate", "format": look["twice"]}
            )


def _guarded(ws: Any, ledger: Ledger) -> None:
    """Freeze and protect the headings, and set the sheet up for paper."""
    columns = ledger.columns
    ws.freeze_panes(HEADINGS + 1, 3 if len(columns) > 8 else 1)
    ws.protect("", _ALLOWED)
    ws.ignore_errors({"number_stored_as_text": f"A1:{letter(len(columns))}{LAST}"})
    ws.set_landscape()
    ws.set_paper(8)  # A3
    ws.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    if len(columns) <= ONE_PAGE:
        ws.fit_to_pages(1, 0)
    else:
        ws.fit_to_pages(2, 0)  # what is wider can't be read on A3
        ws.repeat_columns(0, REPEATED)
    ws.repeat_rows(TITLE, HEADINGS)
    ws.hide_gridlines(0)  # shown on paper, too
    ws.set_footer("&L&A&R&P / &N")


_LINES = (
    "一行一条，从示例下一行填起；不要合并单元格，不要改表头（已保护，无密码）。带 * 的列必填。导入时无需映射。",
    "“示例”行只作参考，导入时不读入。代码列为文本格式：粘贴时请选“只粘贴值”。重复的代码显示为橙色，漏填的必填项显示为黄色。",
    "不要填写任何人的姓名、电话、身份证号：此类列不会读入。行业代码下拉列出门类和大类，中类、小类可直接填写。",
    "One row each, below the example; don't merge cells or change the header (protected, no password). * is required.",
    "The row marked 示例 is left out by an import. Codes are text: paste values only. Repeated codes are orange, gaps yellow.",
    "Never enter a name, phone or ID number of a person: such columns are not read. Deeper industry codes may be typed.",
)


def help_sheet(ws: Any, ledgers: Sequence[Ledger], look: dict[str, Any]) -> None:
    """Write what explains the columns of ledgers."""
    widths = (22, 6, 40, 40, 26, 46)
    for c, width in enumerate(widths):
        ws.set_column(c, c, width)
    ws.write_string(
        0, 0, f"填表说明 How to fill in：{'、'.join(x.name for x in ledgers)}", look["title"]
    )
    at = 0
    for at, line in enumerate(_LINES, 1):
        ws.set_row(at, 16)
        ws.merge_range(at, 0, at, 5, line, look["line"])
    at += 1
    for ledger in ledgers:
        at += 1
        ws.write_string(at, 0, ledger.title, look["title"])
        at += 1
        for c, name in enumerate(("列", "必填", "怎么填", "可选值", "示例", "How to fill it in")):
            ws.write_string(at, c, name, look["optional"])
        at += 1
        for column in ledger.columns:
            zh, en, example = how(ledger, column)
            listed = "、".join(choices(column, ledger.line) or suggested(ledger, column))
            texts = (column.name, "是" if column.required else "", zh, listed, example, en)
            lines = max(
                -(-shown(text) // (width + 4)) for text, width in zip(texts, widths, strict=True)
            )
            ws.set_row(at, 17 * max(1, lines))
            for c, text in enumerate(texts):
                ws.write_string(at, c, text, look["cell"])
            at += 1
    ws.protect("", _ALLOWED)
    _paper(ws)


def sector_sheet(ws: Any, look: dict[str, Any]) -> None:
    """Write the codes of GB/T 4754 with their names, for whoever looks one up."""
    for c, width in enumerate((8, 8, 8, 44)):
        ws.set_column(c, c, width)
    for c, name in enumerate(("版本", "门类", "代码", "名称")):
        ws.write_string(0, c, name, look["optional"])
    for row, entry in enumerate(sectors(), 1):
        for c, text in enumerate(entry):
            ws.write_string(row, c, text, look["cell"])
    ws.freeze_panes(1, 0)
    ws.autofilter(0, 0, len(sectors()), 3)
    ws.protect("", _ALLOWED)
    ws.repeat_rows(0)
    _paper(ws)


@dataclass(frozen=True, slots=True)
class Beside:
    """A table that goes with the ledgers and is none of them.

    Attributes
    ----------
    headings : sequence of str
    rows : sequence of sequences
        One value a heading.
    none : str
        What is said where there is no row: headings alone leave open whether anybody looked.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    none: str


def plain_sheet(ws: Any, table: Beside, look: dict[str, Any]) -> None:
    """Write a table that goes with the ledgers."""
    headings, rows = table.headings, table.rows
    widths = [
        min(48, max(10, shown(heading) + 2, *(shown(str(row[c])) + 2 for row in rows[:300])))
        for c, heading in enumerate(headings)
    ]
    for c, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        ws.set_column(c, c, width)
        ws.write_string(0, c, heading, look["optional"])
    for at, row in enumerate(rows, 1):
        lines = max(-(-shown(str(v)) // w) for v, w in zip(row, widths, strict=True))
        ws.set_row(at, 15 * max(1, lines))
        for c, value in enumerate(row):
            if isinstance(value, int):
                ws.write_number(at, c, value, look["count"])
            elif value is not None:
                ws.write_string(at, c, str(value)[:_CELL], look["cell"])
            else:
                ws.write_blank(at, c, None, look["cell"])
    ws.freeze_panes(1, 0)
    if rows:
        ws.autofilter(0, 0, len(rows), len(headings) - 1)
    else:
        ws.merge_range(1, 0, 1, len(headings) - 1, table.none, look["line"])
    ws.repeat_rows(0)
    _paper(ws)


def _paper(ws: Any) -> None:
    ws.set_header("&L&A")
    ws.set_footer("&R&P / &N")
    ws.set_landscape()
    ws.set_paper(9)
    ws.fit_to_pages(1, 0)

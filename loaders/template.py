"""Blank ledgers to fill in: one workbook a ledger, for each is kept by another office and sent in by itself.

A workbook holds the ledger's one sheet (the header in its first row, with nothing to be mistaken for data) and a sheet that
explains the columns, which an import passes over. Everything comes from :mod:`loaders.canonical`.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.credit_code import ALPHABET, check_digits
from graph.errors import InputError
from graph.files import replacing
from loaders.canonical import Column, SheetKind, canonical
from loaders.choices import line_of
from loaders.marking import shown
from loaders.reading.model import letter

HELP_SHEET = "填表说明 README"
LAST = 1_048_576
"""Last row of a sheet: formats and checks reach down to it."""
CHECKED = 20_000
"""Rows in which empty required cells and repeated codes are shown up; colouring a million rows is slow. Chosen."""
_MADE = dt.datetime(2016, 8, 26)  # constant, so that the same templates have the same bytes
_REFERENCE = frozenset(["sector", "crosswalk"])


@dataclass(frozen=True, slots=True)
class Ledger:
    """One blank ledger: its file's and sheet's name and its columns."""

    name: str
    sheet: SheetKind
    columns: tuple[Column, ...]
    line: str | None = None
    """Which organizations it lists (``enterprise``, ``social``, ``rural``), where it lists some."""


# how a cell is filled in: zh, en, example
_HOW: dict[str, tuple[str, str, str]] = {
    "uscc": ("18 位统一社会信用代码，文本格式，校验位须正确", "a credit code of 18 characters, as text", "{code}"),
    "uscc_ref": ("单位的 18 位统一社会信用代码", "an organization's 18-character credit code", "{code}"),
    "uscc_list": ("18 位统一社会信用代码，多个用“；”分隔", "credit codes, several separated by ；", "{code}；{code2}"),
    "code": ("代码，文本格式，保留前导零", "a code, as text, leading zeros kept", "001"),
    "code_list": ("代码，多个用“；”分隔", "codes, several separated by ；", "DZB001"),
    "organization_or_office": ("单位代码或机关名称", "an organization's code or an office's name", "{code}"),
    "office": ("机关名称或代码", "an office's name or code", "市教育局"),
    "place": ("区划或地点的名称或代码", "name or code of a division or place", "一街道"),
    "industry": ("GB/T 4754 代码：门类字母、2–4 位数字或两者", "GB/T 4754: section letter, 2 to 4 digits, or both", "6510"),
    "pseudonym": ("编号，不得填姓名、证件号、手机号", "a code; no name, ID or mobile number", "P000123"),
    "instructor": ("是、否或编号，不填姓名", "是 (yes), 否 (no) or a code; no name", "是"),
    "period": ("报送期次", "the period reported on", "2016-08"),
    "clears": ("已完成的六清编号 1–6，用“；”分隔", "which of the six clears are done, 1 to 6", "1；2；6"),
    "name": ("全称", "full name", "示例科技有限公司"),
    "text": ("文字，不得含个人姓名、电话、证件号", "text, without names, phone or ID numbers of persons", ""),
    "text_list": ("多个用“；”分隔", "several separated by ；", "工会；共青团"),
    "int": ("非负整数", "a whole number, 0 or more", "12"),
    "rate": ("百分数或小数", "a percentage or fraction", "85%"),
    "lon": ("十进制度数，经度在前", "decimal degrees, longitude", "114.305"),
    "lat": ("十进制度数", "decimal degrees, latitude", "30.593"),
    "date": ("到日的日期", "a day", "2016-08-26"),
    "bool": ("是 或 否", "是 (yes) or 否 (no)", "否"),
    "enum": ("从下拉列表选择", "one of the list", ""),
    "category": ("从下拉列表选择", "one of the list", ""),
    "datum": ("坐标所用坐标系；空白按 GCJ-02", "the coordinates' datum; blank is GCJ-02", "GCJ-02"),
    "edition": ("行业分类的版本；空白按政策配置", "edition of GB/T 4754; blank as the profile says", "2011"),
}  # fmt: skip


# examples that the kind of cell alone does not give; all invented
_EXAMPLES = {
    "所属区": "甲区",
    "所属街道": "一街道",
    "街道": "一街道",
    "所属社区": "花园社区",
    "所在园区": "示例产业园",
    "所在楼宇": "国际大厦",
    "所在商业街区": "示例步行街",
    "所在市场": "示例建材市场",
    "地址": "甲区一街1号",
    "未建原因": "正式党员不足3名",
    "措施": "与同楼宇单位联合组建",
    "责任单位": "一街道党工委",
    "填报单位": "一街道党工委",
    "上级": "420101",
    "上级党组织代码": "DW001",
    "党组织名称": "示例科技有限公司党支部",
    "批准单位": "一街道党工委",
    "认定单位": "区市场监管局",
    "单位": "一街道党工委",
    "报送单位": "甲区",
    "种类": "半月报",
    "来源": "市场监管登记名录",
}


def ledgers() -> tuple[Ledger, ...]:
    """Return the ledgers that offices fill in, in the order in which they load (reference tables are none)."""
    made = []
    for sheet in sorted(canonical().sheets.values(), key=lambda s: s.order):
        if sheet.id in _REFERENCE:
            continue
        if sheet.id != "organization":
            made.append(Ledger(sheet.zh, sheet, sheet.columns))
            continue
        lines = (("非公企业", "enterprise"), ("社会组织", "social"), ("农村新型经营主体", "rural"))
        for name, line in lines:
            # 登记层级 is a matter of social organizations alone
            columns = tuple(c for c in sheet.columns if line == "social" or c.name != "登记层级")
            made.append(Ledger(name, sheet, columns, line))
    return tuple(made)


def write_templates(directory: str | Path) -> list[tuple[Path, Ledger]]:
    """Write all blank ledgers.

    Parameters
    ----------
    directory : path
        A folder; made if missing.

    Returns
    -------
    list of (path, Ledger)
        The same bytes each time.

    Raises
    ------
    InputError
        A file of such a name is there and is no blank ledger of ours (nothing is written then), or the folder can't be written.
    """
    folder = Path(directory)
    books = [(folder / f"{ledger.name}.xlsx", ledger, workbook(ledger)) for ledger in ledgers()]
    taken = [
        path
        for path, _, data in books
        if path.exists() and (not path.is_file() or path.read_bytes() != data)
    ]
    if taken:
        names = "、".join(p.name for p in taken)
        raise InputError(
            f"{folder}: {', '.join(p.name for p in taken)} there already, perhaps filled in; choose another folder",
            f"{folder}：已有 {names}，可能已填写；请另选文件夹",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: this folder can't be made ({error.strerror})",
            f"{folder}：无法建立文件夹（{error.strerror}）",
        ) from None
    for path, _, data in books:
        if not path.exists():
            with replacing(path) as file:
                file.write(data)
    return [(path, ledger) for path, ledger, _ in books]


def workbook(ledger: Ledger) -> bytes:
    """Return one blank ledger as a workbook."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": ledger.name, "author": "Lianjian", "created": _MADE})
    looks = _looks(book)
    _ledger_sheet(book.add_worksheet(ledger.name), ledger, looks)
    _help_sheet(book.add_worksheet(HELP_SHEET), ledger, looks)
    book.close()
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
    head = {**base, "bold": True, "border": 1, "text_wrap": True, "align": "center"}
    return {
        name: book.add_format(extra)
        for name, extra in {
            "required": {**head, "bg_color": "#1F4E78", "font_color": "#FFFFFF"},
            "optional": {**head, "bg_color": "#DDEBF7"},
            "text": {**base, "num_format": "@"},
            "number": {**base, "num_format": "0"},
            "degrees": {**base, "num_format": "0.000000"},
            "rate": {**base, "num_format": "0.00%"},
            "date": {**base, "num_format": "yyyy-mm-dd", "align": "left"},
            "title": {**base, "bold": True, "font_size": 14},
            "line": {**base, "text_wrap": True, "valign": "top"},
            "cell": {**base, "text_wrap": True, "border": 1, "valign": "top", "num_format": "@"},
            "missing": {"bg_color": "#FFF2CC"},
            "twice": {"bg_color": "#F8CBAD"},
        }.items()
    }


_FORMATS = {"int": "number", "lon": "degrees", "lat": "degrees", "rate": "rate", "date": "date"}


def choices(column: Column, line: str | None = None) -> tuple[str, ...]:
    """Return what a column's cells may hold, where that is a list."""
    if column.cell == "bool":
        return ("是", "否")
    if column.cell == "category":
        values = canonical().values["category"]
        return tuple(v for group in values.values() for v in group if line in (None, line_of(v)))
    return column.enum


def how(column: Column, line: str | None = None) -> tuple[str, str, str]:
    """Return how a column's cells are filled in (Chinese, English) and an example."""
    zh, en, example = _HOW[column.cell]
    example = _EXAMPLES.get(column.name, example)
    listed = choices(column, line)
    if listed and not example:
        example = listed[0]
    body = "91429900XN0000001", "91429900XN0000002"  # division 429900 is none
    codes = [b + next(c for c in ALPHABET if check_digits([b + c])[0]) for b in body]
    return zh, en, example.format(code=codes[0], code2=codes[1])


def _ledger_sheet(ws: Any, ledger: Ledger, looks: dict[str, Any]) -> None:
    for index, column in enumerate(ledger.columns):
        star = "*" if column.required else ""
        ws.write_string(
            0, index, column.name + star, looks["required" if column.required else "optional"]
        )
        wide = 21 if column.cell in ("uscc", "uscc_ref", "uscc_list") else 2 * len(column.name) + 4
        wide = max(wide, 28 if column.cell == "name" or column.name == "地址" else 10)
        ws.set_column(index, index, wide, looks[_FORMATS.get(column.cell, "text")])
        ws.data_validation(1, index, LAST - 1, index, _validation(column, index, ledger.line))
    ws.set_row(0, 32)
    ws.freeze_panes(1, 0)
    last = letter(len(ledger.columns) - 1)
    for index, column in enumerate(ledger.columns):
        if column.required:
            # a row that is begun shows which of its required cells are still empty
            formula = f'=AND(COUNTA($A2:${last}2)>0,TRIM(${letter(index)}2)="")'
            ws.conditional_format(
                1,
                index,
                CHECKED,
                index,
                {"type": "formula", "criteria": formula, "format": looks["missing"]},
            )
        if column.prop == "key":
            ws.conditional_format(
                1, index, CHECKED, index, {"type": "duplicate", "format": looks["twice"]}
            )
    ws.ignore_errors({"number_stored_as_text": f"A1:{last}{LAST}"})
    ws.set_landscape()
    ws.set_paper(8)  # A3
    if len(ledger.columns) <= 20:
        ws.fit_to_pages(1, 0)
    else:
        ws.repeat_columns(0, 1)  # several pages wide: each begins with code and name
    ws.repeat_rows(0)


def _validation(column: Column, index: int, line: str | None) -> dict[str, Any]:
    """Return a column's check with its note; what a list or a rule can't tell is asked, not forbidden."""
    zh, en, example = how(column, line)
    listed = choices(column, line)
    note = f"{'必填。' if column.required else ''}{zh}"
    if example and not listed:
        note += f"\n例：{example}"
    rule: dict[str, Any] = {"validate": "any"}
    cell = f"{letter(index)}2"
    if listed and len(",".join(listed)) <= 255:
        rule = {"validate": "list", "source": list(listed)}
    elif column.cell == "int":
        rule = {"validate": "integer", "criteria": ">=", "value": 0}
    elif column.cell in ("lon", "lat"):
        low, high = (73, 136) if column.cell == "lon" else (3, 54)  # China
        rule = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
    elif column.cell == "date":
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": dt.date(1949, 10, 1),
            "maximum": dt.date(2099, 12, 31),
        }
    elif column.cell == "rate":
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    elif column.cell in ("uscc", "uscc_ref"):
        rule = {"validate": "custom", "value": _check(cell)}
    rule |= {
        "input_title": column.name[:32],
        "input_message": note[:255],
        "error_title": column.name[:32],
        "error_message": f"{zh}\n{en}"[:255],
        # the check character's rule is for GB 32100 alone, so it may be overruled
        "error_type": "warning" if rule["validate"] == "custom" else "stop",
    }
    return rule


def _check(cell: str) -> str:
    """Return the formula of GB 32100's check character: the weighted sum of all 18 is a multiple of 31."""
    numbers = 'ROW(INDIRECT("1:17"))'  # through INDIRECT, so that no deleted row can shift it
    return (
        f'=AND(LEN({cell})=18,MOD(SUMPRODUCT((FIND(MID({cell},{numbers},1),"{ALPHABET}")-1)*MOD(3^({numbers}-1),31))'
        f'+FIND(RIGHT({cell}),"{ALPHABET}")-1,31)=0)'
    )


def _help_sheet(ws: Any, ledger: Ledger, looks: dict[str, Any]) -> None:
    ws.write_string(0, 0, f"{ledger.name}：填表说明", looks["title"])
    lines: Sequence[str] = (
        "一行一条，从第 2 行填起；不要合并单元格，不要改表头。带 * 的列必填（深色表头）。整份填好后用 lianjian import 导入。",
        "代码列已设为文本格式：粘贴时请选“只粘贴值”，以免代码变成数字或科学计数。重复的代码显示为橙色，漏填的必填项显示为黄色。",
        "不要填写任何人的姓名、电话、身份证号：此类列不会读入。",
        "One row each from row 2 on; don't merge cells or change the header. Columns with * are required. Codes are text:",
        "paste values only. Repeated codes show orange, empty required cells yellow. Never enter a name, phone or ID number.",
    )
    for row, line in enumerate(lines, 1):
        ws.merge_range(row, 0, row, 5, line, looks["line"])
        ws.set_row(row, 18)
    top = len(lines) + 2
    widths = (22, 6, 40, 40, 26, 46)
    for c, name in enumerate(("列", "必填", "怎么填", "可选值", "示例", "How to fill it in")):
        ws.write_string(top, c, name, looks["optional"])
    for row, column in enumerate(ledger.columns, top + 1):
        zh, en, example = how(column, ledger.line)
        listed = choices(column, ledger.line)
        texts = (column.name, "是" if column.required else "", zh, "、".join(listed), example, en)
        for c, text in enumerate(texts):
            ws.write_string(row, c, text, looks["cell"])
        lines_needed = max(
            -(-shown(text) // (width + 4)) for text, width in zip(texts, widths, strict=True)
        )
        ws.set_row(row, 15 * max(1, lines_needed))
    for c, width in enumerate(widths):
        ws.set_column(c, c, width)
    ws.set_landscape()
    ws.set_paper(9)
    ws.fit_to_pages(1, 0)

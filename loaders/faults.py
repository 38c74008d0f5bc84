"""What can be wrong with a cell, in words for the person who has to mend it.

One table: code → what was found and what was expected, in both languages. A fault keeps a row out (quarantine); a *note* only says
that something was left behind (a number cut out of a text, a name not read) while the row loads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault: ``{column}`` and ``{detail}`` stand for the heading and the parser's own words.

    ``withheld``: what was found tells of a person and is never repeated.
    """

    code: str
    zh: str
    en: str
    expected_zh: str
    expected_en: str
    withheld: bool = False


_KINDS = (
    FaultKind("required", "必填项为空", "a required cell is empty", "填写本列", "a value"),
    FaultKind(
        "error_cell",
        "单元格是公式错误值",
        "the cell holds a formula's error",
        "填写真实的值",
        "a value",
    ),
    FaultKind("too_long", "内容过长", "the text is too long", "较短的内容", "a shorter text"),
    FaultKind(
        "code_number",
        "代码被 Excel 变成了数字，可能已丢失前导零或末位",
        "Excel has turned the code into a number, so digits may be lost",
        "把单元格设为文本格式后重新填写代码",
        "the code again, in a cell formatted as text",
    ),
    FaultKind(
        "code_scientific",
        "代码被 Excel 变成了科学计数，末位数字已丢失",
        "Excel has turned the code into scientific notation, its last digits are lost",
        "把单元格设为文本格式后重新填写完整代码",
        "the whole code again, in a cell formatted as text",
    ),
    FaultKind(
        "code_width",
        "代码位数不对",
        "the code has the wrong number of digits",
        "{detail} 位代码",
        "{detail} digits",
    ),
    FaultKind(
        "code_format",
        "代码含有不可用的字符",
        "the code holds characters that no code has",
        "由字母、数字、- _ . / 组成的代码",
        "letters, digits, - _ . /",
    ),
    FaultKind(
        "uscc_length",
        "统一社会信用代码不是 18 位",
        "the credit code hasn't 18 characters",
        "18 位统一社会信用代码",
        "18 characters (GB 32100)",
    ),
    FaultKind(
        "uscc_format",
        "统一社会信用代码格式不对",
        "the credit code is malformed",
        "登记机关、机构类别、6 位区划、9 位主体代码和校验位（不含 I O S V Z）",
        "authority, category, 6 digits of region, 9 characters and a check character (no I O S V Z)",
    ),
    FaultKind(
        "uscc_checksum",
        "统一社会信用代码校验位不对",
        "the credit code's check character is wrong",
        "核对 18 位代码",
        "the code as registered (GB 32100 check)",
    ),
    FaultKind(
        "person_code",
        "个体工商户代码（92 开头）指向个人，不予收录",
        "a code of an individual business (92…) stands for a person and is refused",
        "组织的统一社会信用代码",
        "an organization's code",
        withheld=True,
    ),
    FaultKind(
        "personal_value",
        "单元格含个人信息，不予收录",
        "the cell holds personal data and is refused",
        "不含姓名、证件号、手机号的内容",
        "no name, ID or mobile number",
        withheld=True,
    ),
    FaultKind(
        "not_integer",
        "不是整数",
        "not a whole number",
        "非负整数，如 3",
        "a whole number such as 3",
    ),
    FaultKind(
        "approximate",
        "是约数",
        "an approximate number",
        "准确的数字，如 50",
        "an exact number such as 50",
    ),
    FaultKind("negative", "是负数", "a negative number", "非负数", "zero or more"),
    FaultKind(
        "too_large", "数字过大", "the number is too large", "合理的数字", "a plausible number"
    ),
    FaultKind(
        "not_date",
        "不是日期",
        "not a date",
        "到日的日期，如 2016-08-10",
        "a day such as 2016-08-10",
    ),
    FaultKind(
        "month_only",
        "只有年月，缺日",
        "a month without a day",
        "到日的日期，如 2016-08-10",
        "a day such as 2016-08-10",
    ),
    FaultKind(
        "impossible_date",
        "没有这一天",
        "there is no such day",
        "真实的日期",
        "a day of the calendar",
    ),
    FaultKind(
        "future_date",
        "日期晚于导入当天",
        "later than the day of this import",
        "不晚于今天的日期",
        "a day not after today",
    ),
    FaultKind("not_yes_no", "不是“是”或“否”", "neither yes nor no", "是 或 否", "是 or 否"),
    FaultKind(
        "unknown_value", "不在可选值内", "not one of the allowed values", "{detail}", "{detail}"
    ),
    FaultKind(
        "industry_format",
        "不是行业代码",
        "no industry code",
        "GB/T 4754 代码：门类字母、2–4 位数字或两者",
        "a section letter, 2 to 4 digits, or both",
    ),
    FaultKind(
        "industry_unknown",
        "该版行业分类没有此代码",
        "this edition of GB/T 4754 has no such code",
        "该版的行业代码",
        "a code of that edition",
    ),
    FaultKind(
        "not_coordinate",
        "不是坐标",
        "not a coordinate",
        "十进制度数，如 114.305",
        "decimal degrees such as 114.305",
    ),
    FaultKind(
        "half_coordinate",
        "经度、纬度只填了一个",
        "one of longitude and latitude is missing",
        "两个都填或都留空",
        "both or neither",
    ),
    FaultKind(
        "person_cell",
        "不可用的内容（不复述）",
        "a value that can't be used (not repeated)",
        "{detail}",
        "{detail}",
        withheld=True,
    ),
    FaultKind(
        "missing_column",
        "缺少必填列",
        "a required column is missing",
        "补上该列，或用 --map 声明缺列",
        "that column, or a mapping (--map) that declares it absent",
    ),
    FaultKind(
        "outside_city",
        "坐标在本市范围之外",
        "the coordinates lie outside the city",
        "本市范围内的经度、纬度（经度在前）和正确的坐标系",
        "longitude, latitude and datum of a place in the city",
    ),
    FaultKind(
        "not_rate",
        "不是比率",
        "not a rate",
        "百分数或小数，如 85% 或 0.85",
        "a percentage or fraction such as 85%",
    ),
    FaultKind(
        "not_clears",
        "不是六清的编号",
        "not the numbers of the six clears",
        "1–6 的编号，如 1;2;6",
        "numbers 1 to 6 such as 1;2;6",
    ),
    FaultKind(
        "not_period",
        "不是期次",
        "no period",
        "如 2016-08 或 2016年8月上半月（文本格式）",
        "such as 2016-08, as text",
    ),
    FaultKind(
        "several_ticked",
        "同一项勾选了多列",
        "several columns of one item are ticked",
        "只勾选一列",
        "exactly one tick",
    ),
    FaultKind("not_tick", "勾选列里不是勾选标记", "not a tick", "√ 或空白", "√ or nothing"),
    FaultKind(
        "ambiguous_place",
        "名称同时对应多个地点",
        "the name fits several places",
        "{detail} 之一的代码",
        "the code of one of {detail}",
    ),
    FaultKind(
        "no_district",
        "无法判断所属区",
        "nothing tells the district",
        "填写所属区，或所属街道、社区、楼宇、园区之一",
        "the district, or a street, community, building or park",
    ),
    FaultKind(
        "no_street",
        "无法判断所属街道，地点无法编号",
        "nothing tells the street, so the place can't be named",
        "填写所属街道（园区可填所属区）",
        "the street (a park: street or district)",
    ),
    FaultKind(
        "unknown_division",
        "没有这个区划代码，边界无处可放",
        "no division has this code, so its outline has no owner",
        "先导入区划",
        "the division, loaded first",
    ),
    FaultKind(
        "outside_area",
        "不在您的辖区内，或会移入、移出辖区",
        "outside your area, or this would move something in or out of it",
        "本辖区内的内容；其他由能看到全市的账号导入",
        "what lies in your area; the rest is for an account that sees the whole city",
    ),
)
FAULTS: dict[str, FaultKind] = {k.code: k for k in _KINDS}

_NOTES = (
    FaultKind(
        "id_number",
        "文本中的身份证号已剪去",
        "an ID number was cut out of the text",
        "",
        "",
        withheld=True,
    ),
    FaultKind(
        "mobile_number",
        "文本中的手机号已剪去",
        "a mobile number was cut out of the text",
        "",
        "",
        withheld=True,
    ),
    FaultKind(
        "instructor_name",
        "指导员姓名未读入，只记“是”",
        "an instructor's name was left behind, only 是 is kept",
        "",
        "",
        withheld=True,
    ),
    FaultKind(
        "person_code_left",
        "个体工商户代码（92 开头）未读入",
        "a code of an individual business (92…) was left behind",
        "",
        "",
        withheld=True,
    ),
    FaultKind(
        "rural_name",
        "92 开头的农村主体：名称未收录",
        "a rural entity with a 92… code: its name was left behind",
        "",
        "",
        withheld=True,
    ),
    FaultKind(
        "planned_code",
        "NEW- 开头的是方案中拟建党组织的临时代码，已照此读入：正式代码编发后，请撤回本批（undo）、换上正式代码再导入",
        "codes that begin with NEW- stand for units that a plan proposes, and were taken as they are: once the office has given"
        " its codes, take this import back (undo), put them in and import again",
        "",
        "",
    ),
    FaultKind(
        "period_untold",
        "已读入，但认不出是哪一期半月报，视同该期未报：请填应报日期，如 2016-08-25",
        "read, but it can't be told which semi-monthly report it is, so that none counts as handed in: write the date on which it"
        " is due, such as 2016-08-25",
        "",
        "",
    ),
    FaultKind(
        "office_untold",
        "已读入，但认不出是哪个单位，视同未报：请填区划表中的区名（如 某区委组织部）或部门全称（如 市直机关工委）",
        "read, but it can't be told whose it is, so that nobody's counts as handed in: write the district's name as 区划 has it"
        " (某区委组织部), or the department's whole name (市直机关工委)",
        "",
        "",
    ),
)
NOTES: dict[str, FaultKind] = {k.code: k for k in _NOTES}

CODES: tuple[str, ...] = ("", *FAULTS)
"""Fault codes by number; 0 is no fault."""
NUMBER: dict[str, int] = {code: n for n, code in enumerate(CODES)}
NOTE_BITS: dict[str, int] = {code: 1 << n for n, code in enumerate(NOTES)}


@dataclass(slots=True)
class FaultBlock:
    """Faults (or notes) of one code in one column of one chunk."""

    code: str
    column: str
    index: int
    """The sheet's column (0-based), −1 where the fault is the row's."""
    rows: NDArray[Any]
    """Row numbers as a spreadsheet shows them."""
    found: list[str | None]
    details: list[str | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty cell, as reports and fault workbooks show it.

    ``what`` and ``expected`` are in both languages (``{"zh", "en"}``); ``index`` is the sheet's column from 0, −1 where the
    fault is no column's; ``found`` is ``None`` where the cell is empty or tells of a person.
    """

    file: str
    sheet: str
    row: int
    column: str
    index: int
    code: str
    found: str | None
    what: dict[str, str]
    expected: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the shape that ``import --json`` prints."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "found": self.found,
            "what": self.what,
            "expected": self.expected,
        }


@dataclass(slots=True)
class FaultList:
    """All faults of one sheet, kept in columns (a bad file may have a million)."""

    file: str
    sheet: str
    blocks: list[FaultBlock] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of faulty cells."""
        return sum(len(b.rows) for b in self.blocks)

    def listed(self, limit: int | None = None) -> list[Fault]:
        """Return the faults by (row, column), at most ``limit``."""
        keyed = [
            (int(row), b.index, n, i)
            for n, b in enumerate(self.blocks)
            for i, row in enumerate(b.rows.tolist())
        ]
        keyed.sort()
        out = []
        for row, _, n, i in keyed[:limit]:
            block = self.blocks[n]
            out.append(self._fault(block, row, block.found[i], block.details[i]))
        return out

    def _fault(self, block: FaultBlock, row: int, found: str | None, detail: str | None) -> Fault:
        kind = FAULTS.get(block.code) or NOTES[block.code]
        detail = detail or ""
        return Fault(
            file=self.file,
            sheet=self.sheet,
            row=row,
            column=block.column,
            index=block.index,
            code=block.code,
            found=None if kind.withheld else found,
            what={"zh": kind.zh, "en": kind.en},
            expected={
                "zh": kind.expected_zh.format(detail=detail),
                "en": kind.expected_en.format(detail=detail),
            },
        )

"""Rows that have to go to quarantine: one bad cell each, in rows that nothing else refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graph.credit_code import ALPHABET

if TYPE_CHECKING:
    from loaders.synthetic.cells import Table
    from loaders.synthetic.city import City

ORGANIZATION: Final[tuple[tuple[str, Any, str], ...]] = (
    ("统一社会信用代码", "checksum", "uscc_checksum"),
    ("从业人数", "50余人", "approximate"),
    ("统一社会信用代码", "9.14E+17", "code_scientific"),
    ("经营状态", "良好", "unknown_value"),
    ("完成时限", "2016-11-31", "impossible_date"),
    ("纬度", "12.500000", "outside_city"),
    ("统一社会信用代码", "short", "uscc_length"),
    ("从业人数", "-3", "negative"),
    ("统一社会信用代码", "person", "person_code"),
    ("完成时限", "2016年10月", "month_only"),
    ("行业代码", "9911", "industry_unknown"),
    ("类别", "国有企业", "unknown_value"),
    ("正式党员数", "约3", "approximate"),
    ("单位名称", "", "required"),
    ("六清", "7", "not_clears"),
    ("从业人数", "若干", "not_integer"),
    ("统一社会信用代码", 914299009999999999, "code_scientific"),
    ("完成时限", "年底前", "not_date"),
    ("行业代码", "软件业", "industry_format"),
    ("正式党员数", "", "required"),
    ("填报日期", "2099-01-01", "future_date"),
    ("联合发展次数", "-1", "negative"),
)
"""(column, cell, fault) in the order in which they are sprinkled."""


def organization(city: City, table: Table, number: int, *, workbook: bool) -> None:
    """Append a faulty row, made after the sheet's first one.

    Parameters
    ----------
    number : int
        Which of :data:`ORGANIZATION` (over and over again).
    workbook : bool
        A number that was a code exists in workbooks only.
    """
    column, cell, fault = ORGANIZATION[number % len(ORGANIZATION)]
    if not workbook and isinstance(cell, int):
        cell = "9.14E+17"
    if not len(table) or column not in table.columns:
        return
    row = {name: cells[0] for name, cells in table.columns.items()}
    code = city.stranger("92" if cell == "person" else "91")
    row |= {
        "统一社会信用代码": code, "单位名称": f"云渡待核{number}商贸有限公司", "类别": "私营企业", "党组织代码": "",
        "从业人数": 5, "正式党员数": 0, "预备党员数": 0, "行业代码": "5211", "行业版本": "", "经度": "114.300000",
        "纬度": "30.600000", "坐标系": "WGS84", "经营状态": "正常", "六清": "1;2", "完成时限": "2016-10-20",
    }  # fmt: skip
    if cell == "checksum":
        cell = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]
    elif cell == "short":
        cell = code[:-1]
    elif cell == "person":
        cell = code
    row[column] = cell
    table.append(row, (column, fault))


def unit(table: Table, number: int, *, workbook: bool) -> None:
    """Append a faulty unit."""
    if not len(table):
        return
    row: dict[str, Any] = dict.fromkeys(table.columns, "")
    row |= {
        "党组织代码": f"DH{number:04d}", "党组织名称": f"中共待核第{number}支部委员会", "类型": "党支部",
        "成立日期": "2010-06-01", "填报日期": table.columns["填报日期"][0],
    }  # fmt: skip
    column, cell, fault = (
        ("类型", "联络小组", "unknown_value"), ("成立日期", "2015.6", "month_only"), ("党组织名称", "", "required"),
        ("党组织代码", 10203000 + number, "code_number"),
    )[number % (4 if workbook else 3)]  # fmt: skip
    row[column] = cell
    table.append(row, (column, fault))

"""How each column of a form is filled in: in words, by example, and from which list."""

from __future__ import annotations

from graph.affiliation import calendar
from graph.credit_code import ALPHABET, check_digits
from graph.model import iso
from loaders.canonical import Column, canonical
from loaders.choices import line_of
from loaders.forms.kinds import Ledger

EXAMPLE = "示例"
"""What stands in 序号 of the example row: by it an import leaves the row out (:func:`loaders.reading.words.is_example`)."""

FIRST_REPORT = str(iso(calendar.SEMI_MONTHLY_DATES[0]))
"""The first semi-monthly report's 期次: by it alone the example is known to be one (:func:`calendar.semi_monthly_period`)."""

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
    "period": (
        "半月报填应报日期，其他材料填所属年月或期限",
        "of a semi-monthly report the date on which it is due, of others their month or deadline",
        FIRST_REPORT,
    ),
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
    "日期": FIRST_REPORT,
    "种类": "半月报",
    "来源": "市场监管登记名录",
}
_SUGGESTED: dict[tuple[str, str], tuple[str, ...]] = {
    ("exclusion", "类型"): ("空壳", "僵尸", "影子"),
    ("strike_off", "状态"): (
        calendar.PENDING, calendar.FORMED, calendar.VERIFIED, calendar.STRUCK_OFF, calendar.RECHECKED, calendar.REVERSED,
    ),
    ("submission", "种类"): calendar.SUBMISSION_KINDS,
    ("register", "来源"): tuple(scope.word for scope in calendar.REGISTER_SCOPES),
    ("grid", "状态"): ("未排查", "排查中", "已排查"),
    ("organization", "业务主管单位"): tuple(name for name, _ in calendar.DEPARTMENTS),
    ("organization", "未建原因"): ("应建尚未建立党组织", "仅有个别党员", "没有党员"),
}  # fmt: skip
"""Words that drop down where any text may stand: the campaign's own (:mod:`graph.affiliation.calendar`)."""


def choices(column: Column, line: str | None = None) -> tuple[str, ...]:
    """Return what a column's cells may hold, where that is a list."""
    if column.cell == "bool":
        return ("是", "否")
    if column.cell == "category":
        values = canonical().values["category"]
        return tuple(v for group in values.values() for v in group if line in (None, line_of(v)))
    return column.enum


def suggested(ledger: Ledger, column: Column) -> tuple[str, ...]:
    """Return the usual words of a column that takes any text."""
    return _SUGGESTED.get((ledger.sheet.id, column.name), ())


def how(ledger: Ledger, column: Column) -> tuple[str, str, str]:
    """Return how a column's cells are filled in (Chinese, English) and an example that an import would take."""
    zh, en, example = _HOW[column.cell]
    example = _EXAMPLES.get(column.name, example)
    listed = choices(column, ledger.line) or suggested(ledger, column)
    if listed and example not in listed:
        example = listed[0]
    body = "91429900XN0000001", "91429900XN0000002"  # division 429900 is none
    codes = [b + next(c for c in ALPHABET if check_digits([b + c])[0]) for b in body]
    return zh, en, example.format(code=codes[0], code2=codes[1])

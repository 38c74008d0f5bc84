"""The ledgers that offices fill in: one for each line of organizations (annexes 1 and 2), one for each other sheet."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from graph.errors import InputError
from loaders.canonical import Column, SheetKind, canonical

_REFERENCE = frozenset(["sector", "crosswalk"])
_LINES = (
    ("非公企业", "enterprise", "附表1 非公有制经济组织调查摸底表", ("附表1", "annex1")),
    ("社会组织", "social", "附表2 社会组织调查摸底表", ("附表2", "annex2")),
    ("农村新型经营主体", "rural", "农村新型经营主体调查摸底表", ()),
)
"""Sheets of organizations: name, line, title, and by what else each is asked for."""
_OF_ORGANIZATIONS = (
    ("单位基本情况", ("统一社会信用代码", "单位名称", "类别", "行业代码", "行业版本", "登记层级", "业务主管单位", "规模",
                      "互联网或文化创意", "工商联会员", "机关事业人员为主体")),
    ("所在位置", ("所属区", "所属街道", "所属社区", "所在园区", "所在楼宇", "所在商业街区", "所在市场", "地址",
                  "经度", "纬度", "坐标系")),
    ("经营运行", ("经营状态",)),
    ("职工队伍", ("从业人数",)),
    ("党员队伍", ("正式党员数", "预备党员数")),
    ("党组织情况", ("党组织代码", "未建原因")),
    ("六个清楚", ("六清",)),
    ("一企一策", ("措施", "完成时限", "责任单位")),
    ("工作覆盖", ("群团组织", "指导员", "出资人引导次数", "联合发展次数")),
    ("四个一批", ("排查一批", "亮出一批", "发展一批", "招聘一批")),
    ("填报信息", ("填报单位", "填报日期")),
)  # fmt: skip
"""Headings over columns, in the words of the plan's six clears (S14) and measures (S19)."""
_OF_UNITS = (
    ("基本信息", ("党组织代码", "党组织名称", "类型")),
    ("隶属和管理", ("上级党组织代码", "第二管理党组织代码", "管理方式", "偏离原因", "批准单位")),
    ("所在位置", ("所属区", "所属街道")),
    ("所属和覆盖", ("所属单位", "覆盖单位")),
    ("起止", ("成立日期", "撤销日期")),
    ("指导", ("指导员",)),
    ("填报信息", ("填报单位", "填报日期")),
)
_SITED = frozenset(["place", "lon", "lat", "datum"])

Group = tuple[str, tuple[Column, ...]]
"""A heading over columns."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One ledger as a form: its sheet's name, its title and its columns under their headings."""

    name: str
    sheet: SheetKind
    title: str
    groups: tuple[Group, ...]
    line: str | None = None
    """Which organizations it lists (``enterprise``, ``social``, ``rural``), where it lists some."""
    words: tuple[str, ...] = ()
    """By what else it is asked for."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order of the form."""
        return tuple(column for _, columns in self.groups for column in columns)


@functools.cache
def ledgers() -> tuple[Ledger, ...]:
    """Return the ledgers that offices fill in, in the order in which they load (reference tables are none)."""
    made = []
    for sheet in sorted(canonical().sheets.values(), key=lambda s: s.order):
        if sheet.id in _REFERENCE:
            continue
        if sheet.id != "organization":
            of_units = _named(sheet, _OF_UNITS) if sheet.id == "unit" else _sorted(sheet)
            made.append(Ledger(sheet.zh, sheet, f"{sheet.zh}台账", of_units, None, (sheet.id,)))
            continue
        for name, line, title, words in _LINES:
            groups = _named(sheet, _OF_ORGANIZATIONS)
            if line == "social":
                groups = tuple((g.replace("一企一策", "一社一策"), c) for g, c in groups)
            else:  # 登记层级 is a matter of social organizations alone
                groups = tuple(
                    (g, tuple(c for c in columns if c.name != "登记层级")) for g, columns in groups
                )
            made.append(Ledger(name, sheet, title, groups, line, (line, *words)))
    return tuple(made)


def _named(sheet: SheetKind, groups: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Group, ...]:
    by_name = {c.name: c for c in sheet.columns}
    out = tuple((heading, tuple(by_name.pop(n) for n in names)) for heading, names in groups)
    return (*out, *((("其他", tuple(by_name.values())),) if by_name else ()))


def _sorted(sheet: SheetKind) -> tuple[Group, ...]:
    """Put columns under headings by what their cells hold."""
    parts: dict[str, list[Column]] = {"基本信息": [], "所在位置": [], "填报信息": []}
    for column in sheet.columns:
        if column.prop in ("dated", "reported_by"):
            parts["填报信息"].append(column)
        else:
            parts["所在位置" if column.cell in _SITED else "基本信息"].append(column)
    return tuple((heading, tuple(columns)) for heading, columns in parts.items() if columns)


def named(word: str) -> Ledger | None:
    """Return the ledger that a word means (``附表1``, ``非公企业``, ``enterprise``), ``None`` for no ledger's.

    >>> [named(w).name for w in ("附表１", "Enterprise", "楼宇")], named("台账")
    (['非公企业', '非公企业', '楼宇'], None)
    """
    plain = unicodedata.normalize("NFKC", word).strip().casefold()
    return next((x for x in ledgers() if plain in (x.name, *x.words)), None)


def chosen(words: Iterable[str]) -> tuple[Ledger, ...]:
    """Return the ledgers that words mean, each once in the order in which they load; all where there is no word.

    Raises
    ------
    InputError
        A word means none; names all there are.
    """
    words = list(words)
    found = []
    for word in words:
        one = named(word)
        if one is None:
            known = "、".join(x.name for x in ledgers())
            raise InputError(
                f"{word!r} is no kind of ledger; there are 附表1 (annex1), 附表2 (annex2), {known}",
                f"没有“{word}”这种台账；可选：附表1、附表2、{known}",
            )
        found.append(one)
    return tuple(x for x in ledgers() if not words or x in found)

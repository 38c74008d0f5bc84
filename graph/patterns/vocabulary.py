"""The closed vocabulary of questions: what may be asked of each kind, with which operators, and which relations lead where.

Properties are the schema's, and what :mod:`graph.city` derives. What leads to a person is left out: people only count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from graph.board.measured import COLUMNS as BOARD
from graph.schema import load_schema

if TYPE_CHECKING:
    from graph.patterns.language import Operator, Pattern

KEY = "key"
LEFT_OUT = frozenset(("outline", "instructor"))
"""Properties that are no conditions: a boundary's geometry, and whatever leads to a person."""
UNDEFINED = frozenset(("SUPERVISED_BY", "INSTRUCTED_BY", "BELONGS_TO", "EMPLOYED_BY"))
"""Relations that lead to what no row defines (offices, which stand in 业务主管单位 by name), or to persons."""

_EQUAL: tuple[Operator, ...] = ("=", "!=", "in")
_KNOWN: tuple[Operator, ...] = ("known", "unknown")
_RANGE: tuple[Operator, ...] = (">=", "<=", "between")
BY_TYPE: dict[str, tuple[Operator, ...]] = {
    "text": (*_EQUAL, "contains", *_KNOWN),
    "list": ("=", "in", "contains", *_KNOWN),
    "int": (*_EQUAL, *_RANGE, *_KNOWN),
    "float": (*_RANGE, *_KNOWN),
    "date": (*_EQUAL, *_RANGE, *_KNOWN),
    "bool": ("=", *_KNOWN),
}
"""Operators by type of property; fractions are in no point equal."""


@dataclass(frozen=True, slots=True)
class Named:
    """A property as questions know it.

    Attributes
    ----------
    name, type, zh, en : str
    values : tuple of (str, str, str)
        Where they are few: each with its names in Chinese and English.
    derived : bool
        It follows from several rows (:mod:`graph.city`), and no row states it.
    surveyed : bool
        The survey alone tells it: what is to be done, and who is left out. Whoever may not survey asks nothing of it (ADR 0059).
    """

    name: str
    type: str
    zh: str
    en: str
    values: tuple[tuple[str, str, str], ...] = ()
    derived: bool = False
    surveyed: bool = False

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What may be asked of it."""
        if self.derived and self.type == "bool":
            return ("=",)  # always known
        return BY_TYPE[self.type]

    def shown(self, value: Any) -> Any:
        """Return a value as JSON shows it (:meth:`graph.schema.Property.shown`)."""
        from graph.schema import Property

        return Property(self.name, self.type, self.zh, self.en).shown(value)


_ACTIONS = (
    ("separate", "单独组建", "form separately"),
    ("joint", "联合组建", "form jointly"),
    ("work_coverage", "工作覆盖", "work coverage"),
    ("covered", "已覆盖", "covered already"),
    ("excluded", "已剔除", "excluded"),
    ("outside_base", "不在基数", "outside the base"),
    ("unknown", "情况不明", "not known"),
)
DERIVED: dict[str, tuple[Named, ...]] = {
    "organization": tuple(
        Named(name, type_, zh, en, values, derived=True, surveyed=name in ("action", "excluded"))
        for name, type_, zh, en, values in (
            ("covered", "bool", "党组织覆盖", "covered by a unit", ()),
            ("owned", "bool", "有单独党组织", "has a unit of its own", ()),
            (
                "joint_covered",
                "bool",
                "由联合党组织覆盖",
                "covered by a unit that is not its own",
                (),
            ),
            ("functional_covered", "bool", "功能型党组织覆盖", "covered by a functional unit", ()),
            ("dangling", "bool", "所填党组织不存在", "names a unit that there is not", ()),
            ("in_base", "bool", "在基数内", "in the base", ()),
            ("excluded", "bool", "已剔除或空壳等", "excluded from the base", ()),
            ("eligible", "bool", "具备组建条件", "qualifies for a unit", ()),
            ("action", "text", "应采取的措施", "what is to be done", _ACTIONS),
            ("ledger_unit", "text", "台账单位", "ledger unit", ()),
            ("gb_section", "text", "行业门类", "section of GB/T 4754", ()),
        )
    ),
    "unit": tuple(
        Named(name, type_, zh, en, derived=True)
        for name, type_, zh, en in (
            ("live", "bool", "未撤销", "not dissolved"),
            ("functional", "bool", "功能型", "functional"),
            ("own", "bool", "为某单位单独党组织", "an organization's own unit"),
            ("is_joint", "bool", "覆盖多家单位", "joint unit"),
            ("n_covered", "int", "覆盖单位数", "organizations covered"),
            ("m_covered", "int", "覆盖正式党员数", "formal members covered"),
        )
    ),
}
"""What :class:`graph.city.City` derives, by kind, under its names there."""


@cache
def kinds() -> tuple[str, ...]:
    """Return the kinds that may be asked for: those that are drawn, and that rows define."""
    return tuple(name for name, kind in load_schema().kinds.items() if kind.role == "node")


@cache
def properties(kind: str) -> dict[str, Named]:
    """Return the properties of a kind by name, ``key`` first, then what the schema has, then what is derived."""
    declared = load_schema().kinds[kind]
    out = {KEY: Named(KEY, "text", "代码", "code")}
    for p in declared.properties.values():
        if p.name not in LEFT_OUT:
            out[p.name] = Named(p.name, p.type, p.zh, p.en, tuple((v, *p.named(v)) for v in p.enum))
    return out | {named.name: named for named in DERIVED.get(kind, ())}


@cache
def relations() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the kinds at the source and at the target of each relation."""
    return {
        name: (tuple(k for k in edge.source if k in kinds()), tuple(k for k in edge.target if k in kinds()))
        for name, edge in load_schema().edges.items()
        if name not in UNDEFINED
    }  # fmt: skip


def is_stated(pattern: Pattern) -> bool:
    """Say whether all that is asked stands in rows, and no place is: stores can answer it alone."""
    if pattern.within is not None or not in_rows(pattern.part.kind, pattern.order.by):
        return False
    return all(in_rows(part.kind, c.property) for part in pattern.part.every() for c in part.where)


def in_rows(kind: str, name: str) -> bool:
    """Say whether a property is what rows say: neither derived, nor said by the board too."""
    return not properties(kind)[name].derived and not (kind == "organization" and name in BOARD)


def surveyed(pattern: Pattern) -> list[Named]:
    """Return what a question names that the survey alone tells: in conditions wherever they stand, in its order, to be shown."""
    first = pattern.part.kind
    asked = [(part.kind, c.property) for part in pattern.part.every() for c in part.where]
    asked += [(first, name) for name in (*pattern.show, pattern.order.by)]
    named = (properties(kind).get(name) for kind, name in dict.fromkeys(asked))
    return [found for found in named if found is not None and found.surveyed]

"""Small cities and questions about them, drawn at random or written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from hypothesis import strategies as st

from graph.model import Claims
from graph.patterns.language import Condition, Order, Part, Pattern, Step
from graph.patterns.vocabulary import properties, relations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.patterns.vocabulary import Named
    from graph.store.base import Store

Row = dict[str, Any]
DAY = 20160826

UNITS, FIRMS, STREETS, BUILDINGS = (
    ("U1", "U2", "U3"),
    ("F1", "F2", "F3"),
    ("420101001", "420101002"),
    ("building:420101001/1",),
)
WORDS = ("正常", "停业", "甲", "乙", "ab", "a;b", "%", "'", "甲'乙")

_maybe_units = st.sampled_from([None, "U1", "U2", "U1;U2", "U9", "U3;U3"])
_street = st.sampled_from([None, *STREETS])
ROWS: dict[str, st.SearchStrategy[Row]] = {
    "organization": st.fixed_dictionaries(
        {
            "key": st.sampled_from(FIRMS),
            "line": st.just("enterprise"),
            "name": st.sampled_from(["甲", "甲'乙", "ab"]),
            "category": st.sampled_from([None, "甲", "%"]),
            "status": st.sampled_from([None, "正常", "停业", "空壳"]),
            "unit": _maybe_units,
            "staff": st.sampled_from([None, 0, 3, 7]),
            "formal_members": st.sampled_from([None, 0, 3, 7]),
            "lon": st.sampled_from([None, 0.0, 114.3]),
            "creative": st.sampled_from([None, True, False]),
            "measures_due": st.sampled_from([None, 20160801, 20160901]),
            "street": _street,
            "district": st.sampled_from([None, "420101"]),
            "building": st.sampled_from([None, *BUILDINGS, "大厦"]),
            "mass_organizations": st.sampled_from([None, "工会", "工会;妇联"]),
        }
    ),
    "unit": st.fixed_dictionaries(
        {
            "key": st.sampled_from(UNITS),
            "name": st.sampled_from(["甲", "乙"]),
            "type": st.sampled_from(["党支部", "联合党支部", "功能型党组织"]),
            "superior": _maybe_units,
            "covers": st.sampled_from([None, "F1", "F2;F3", "F1;F1"]),
            "street": _street,
            "organization": st.sampled_from([None, "F1", "市教育局"]),
            "dissolved": st.sampled_from([None, 20160801, 20170101]),
        }
    ),
    "division": st.fixed_dictionaries(
        {
            "key": st.sampled_from([*STREETS, "420101"]),
            "name": st.sampled_from(["一街", "二街"]),
            "level": st.sampled_from(["街道", "区"]),
            "parent": st.sampled_from([None, "420101", "420100"]),
        }
    ),
    "building": st.fixed_dictionaries(
        {
            "key": st.sampled_from(BUILDINGS),
            "code": st.just("1"),
            "name": st.sampled_from(["甲", "乙"]),
            "street": _street,
        }
    ),
    "association": st.fixed_dictionaries(
        {
            "key": st.just("A1"),
            "name": st.just("协会"),
            "members": st.sampled_from([None, "F1", "F1;F2", "F9"]),
        }
    ),
    "leading": st.fixed_dictionaries(
        {
            "key": st.sampled_from(["F1|F2", "F2|F3"]),
            "leader": st.sampled_from(FIRMS),
            "organization": st.sampled_from(FIRMS),
        }
    ),
}
CITIES = st.lists(
    st.one_of(
        *(
            st.tuples(
                st.just(kind),
                st.sampled_from([20160801, DAY]),
                st.lists(rows, min_size=1, max_size=4),
            )
            for kind, rows in ROWS.items()
        )
    ),
    min_size=1,
    max_size=6,
)


def load(store: Store, city: Iterable[tuple[str, int, list[Row]]]) -> None:
    """Load rows, each sheet as a file of its own, in one import: what is written is waited for once."""
    with store.importing(at="2016-08-26T00:00:00", dated=DAY, files=["city"]) as importer:
        for n, (kind, dated, rows) in enumerate(city):
            frame = pd.DataFrame(
                [{"row": r + 2, "dated": dated, **row} for r, row in enumerate(rows)]
            )
            importer.add(Claims(kind, f"L{n}", dated, f"{n}.csv", "", frame))


# -- questions ---------------------------------------------------------------------------------------------------------
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from([*WORDS, *UNITS, *FIRMS, *STREETS, *BUILDINGS]),
    "list": st.sampled_from(["U1", "U", "U2", "F1", "工会", "会"]),
    "int": st.sampled_from([0, 3, 5, 7]),
    "float": st.sampled_from([0.0, 114.3, 200.0]),
    "date": st.sampled_from([20160801, 20160826, 20160901]),
    "bool": st.booleans(),
}


@st.composite
def conditions(draw: st.DrawFn, kind: str, *, derived: bool) -> Condition:
    """Draw a condition on a kind that the cities have something of."""
    some = [
        p for p in properties(kind).values() if (p.name in _SAID[kind] or (derived and p.derived))
    ]
    named: Named = draw(st.sampled_from(some))
    operator = draw(st.sampled_from(named.operators))
    value = _VALUES[named.type]
    match operator:
        case "known" | "unknown":
            return Condition(named.name, operator)
        case "in":
            return Condition(
                named.name,
                operator,
                tuple(draw(st.lists(value, min_size=1, max_size=3, unique=True))),
            )
        case "between":
            return Condition(named.name, operator, tuple(sorted((draw(value), draw(value)))))
    return Condition(named.name, operator, (draw(value),))


_SAID = {
    "organization": (
        "key",
        "name",
        "category",
        "status",
        "unit",
        "staff",
        "formal_members",
        "lon",
        "creative",
        "measures_due",
        "street",
        "building",
        "mass_organizations",
    ),
    "unit": ("key", "name", "type", "superior", "covers", "street", "organization", "dissolved"),
    "division": ("key", "name", "level", "parent"),
    "building": ("key", "name", "street"),
    "association": ("key", "name", "members"),
}


@st.composite
def parts(draw: st.DrawFn, depth: int, *, derived: bool, kind: str | None = None) -> Part:
    """Draw a part of a question: conditions, and steps as far as there are."""
    kind = kind or draw(st.sampled_from(sorted(_SAID)))
    where = tuple(draw(st.lists(conditions(kind, derived=derived), max_size=2)))
    ways = [
        (relation, direction, other)
        for relation, ends in relations().items()
        for direction in ("out", "in")
        for other in (ends[1] if direction == "out" else ends[0])
        if other in _SAID and kind in (ends[0] if direction == "out" else ends[1])
    ]
    steps = []
    for _ in range(draw(st.integers(0, min(depth, 2)))):
        relation, direction, other = draw(st.sampled_from(ways))
        to = draw(parts(depth - 1, derived=derived, kind=other))
        steps.append(Step(relation, direction, to, draw(st.sampled_from([0, 1, 1, 2]))))  # type: ignore[arg-type]
    return Part(kind, where, tuple(steps))


@st.composite
def patterns(draw: st.DrawFn, *, derived: bool = False) -> Pattern:
    """Draw a question."""
    part = draw(parts(2, derived=derived))
    by = [n for n in _SAID[part.kind] if properties(part.kind)[n].type != "list"]
    order = Order(draw(st.sampled_from(by)), draw(st.booleans()))
    return Pattern(part, order=order, limit=draw(st.sampled_from([1, 2, 100])))

"""Questions put to every store: hand-known answers about a small city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.board.measured import COLUMNS as BOARD
from graph.patterns.language import OPERATORS
from graph.patterns.parsing import parse
from graph.patterns.vocabulary import is_stated
from tests.patterns.cities import DAY, load

if TYPE_CHECKING:
    from graph.store.base import Store

CITY: list[tuple[str, int, list[dict[str, Any]]]] = [
    (
        "division",
        20160801,
        [
            {"key": "420101", "name": "江岸区", "level": "区"},
            {"key": "420101001", "name": "一街道", "level": "街道", "parent": "420101"},
        ],
    ),
    (
        "building",
        20160801,
        [{"key": "building:420101001/1", "code": "1", "name": "大厦", "street": "420101001"}],
    ),
    (
        "unit",
        20160801,
        [
            {"key": "U1", "name": "街道党委", "type": "党委"},
            {
                "key": "U2",
                "name": "大厦联合支部",
                "type": "联合党支部",
                "superior": "U1",
                "covers": "F1;F2",
            },
            {
                "key": "U3",
                "name": "撤销支部",
                "type": "党支部",
                "superior": "U1;U9",
                "organization": "F4",
                "dissolved": 20160701,
            },
            {"key": "U4", "name": "下级", "type": "党支部", "superior": "U3"},
        ],
    ),
    (
        "organization",
        20160801,
        [
            {
                "key": "F1",
                "name": "光谷一",
                "status": "正常",
                "staff": 5,
                "building": "building:420101001/1",
                "mass_organizations": "工会;妇联",
            },
            {
                "key": "F2",
                "name": "光谷二",
                "status": "停业",
                "staff": 50,
                "building": "building:420101001/1",
                "mass_organizations": "团委",
            },
            {
                "key": "F3",
                "name": "100%'公司",
                "staff": 50,
                "street": "420101001",
                "creative": True,
                "measures_due": 20160901,
            },
            {
                "key": "F4",
                "name": "光谷四",
                "status": "正常",
                "building": "无此楼",
                "creative": False,
                "lon": 114.3,
            },
        ],
    ),
    ("organization", DAY, [{"key": "F4", "name": "光谷四", "status": "注销", "staff": 7}]),
    ("association", 20160801, [{"key": "A1", "name": "协会", "members": "F1;F3;F9"}]),
    ("leading", 20160801, [{"key": "F1|F2", "leader": "F1", "organization": "F2"}]),
]


def where(property_: str, is_: str, *value: Any) -> dict[str, Any]:
    """A condition."""
    return {"property": property_, "is": is_} | ({"value": value[0]} if value else {})


def of(kind: str, *conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A question."""
    return {"kind": kind, "where": list(conditions), **more}


def along(
    relation: str, kind: str, *conditions: Any, direction: str = "out", **more: Any
) -> dict[str, Any]:
    """A step."""
    return {
        "relation": relation,
        "direction": direction,
        "kind": kind,
        "where": list(conditions),
        **more,
    }


FIRM = "organization"
HERE = "building:420101001/1"
UNDER = along("SUBORDINATE_TO", "unit")
STREET = along("LOCATED_IN", "division", where("name", "=", "一街道"))
EXAMPLES: list[tuple[dict[str, Any], list[str]]] = [
    (of(FIRM, where("name", "contains", "%'"), where("staff", "known")), ["F3"]),
    (of(FIRM), ["F1", "F2", "F3", "F4"]),
    (of(FIRM, order={"by": "key", "descending": True}), ["F4", "F3", "F2", "F1"]),
    (
        of(FIRM, where("staff", ">=", 5), order={"by": "staff", "descending": True}),
        ["F2", "F3", "F4", "F1"],
    ),
    (of(FIRM, where("name", "contains", "光谷")), ["F1", "F2", "F4"]),
    (of(FIRM, where("name", "contains", "_")), []),
    (of(FIRM, where("status", "!=", "正常"), where("staff", "between", [5, 7])), ["F4"]),
    (of(FIRM, where("status", "!=", "正常")), ["F2", "F4"]),
    (of(FIRM, where("staff", "between", [5, 7])), ["F1", "F4"]),
    (of(FIRM, where("status", "unknown"), where("creative", "=", True)), ["F3"]),
    (of(FIRM, where("creative", "=", True)), ["F3"]),
    (of(FIRM, where("creative", "known")), ["F3"]),  # what the later row does not say is unknown
    (
        of(FIRM, where("mass_organizations", "in", ["团委", "工会"]), where("staff", "<=", 50)),
        ["F1", "F2"],
    ),
    (of(FIRM, where("mass_organizations", "=", "妇联")), ["F1"]),
    (of(FIRM, where("mass_organizations", "contains", "联")), ["F1"]),
    (of(FIRM, related=[along("COVERS", "unit", direction="in", none=True)]), ["F3"]),
    (of(FIRM, where("staff", "in", [50, 7])), ["F2", "F3", "F4"]),
    (of(FIRM, where("key", "in", ["F3", "F9"])), ["F3"]),
    (of("unit", related=[along("SUBORDINATE_TO", "unit", direction="in", at_least=2)]), ["U1"]),
    (of("unit", related=[along("COVERS", FIRM, at_least=2)]), ["U2"]),
    (of("unit", related=[UNDER | {"where": [where("dissolved", "known")]}]), ["U4"]),
    (of(FIRM, related=[along("LOCATED_IN", "building", related=[STREET])]), ["F1", "F2"]),
    (of("unit", where("dissolved", "unknown"), related=[UNDER | {"none": True}]), ["U1"]),
    (
        of(
            "building",
            related=[
                along("LOCATED_IN", FIRM, where("staff", ">=", 5), direction="in", at_least=2)
            ],
        ),
        [HERE],
    ),
    (of(FIRM, related=[along("LED_BY", FIRM, where("key", "=", "F1"))]), ["F2"]),
    (
        of("division", related=[along("LOCATED_IN", "division", where("level", "=", "区"))]),
        ["420101001"],
    ),
    (of(FIRM, related=[along("MEMBER_OF", "association")]), ["F1", "F3"]),
    # F9 is no row
    (of("association", related=[along("MEMBER_OF", FIRM, direction="in", at_least=3)]), []),
    (of(FIRM, where("measures_due", ">=", "2016-09-01")), ["F3"]),
    (of("park"), []),
]


IN_CYPHER = 3
"""A server takes a tenth of a second for each new text of a query: it is asked every third example, which have all steps and most
operators (`test_every_operator_is_asked_of_a_server`)."""


@pytest.mark.served
def test_hand_known_answers(store: Store) -> None:
    """Each store gives the same keys, in the same order, with the true count."""
    load(store, CITY)
    for asked, keys in EXAMPLES[:: IN_CYPHER if "://" in store.url else 1]:
        pattern = parse(asked)
        assert is_stated(pattern) or BOARD.intersection(c.property for c in pattern.part.where)
        assert store.matching(pattern, DAY) == (keys, len(keys)), asked


def test_every_operator_is_asked_of_a_server() -> None:
    """Each comparison, a step with its number, one that must not be, and one beyond another are among its examples."""
    some = [parse(asked).part for asked, _ in EXAMPLES[::IN_CYPHER]]
    parts = [part for one in some for part in one.every()]
    assert {c.operator for part in parts for c in part.where} == {*OPERATORS}
    steps = [step for part in parts for step in part.steps]
    assert {0, 1, 2} <= {step.least for step in steps}
    assert {"in", "out"} == {step.direction for step in steps}
    assert any(step.to.steps for step in steps)


@pytest.mark.served
def test_pages_and_dates(store: Store) -> None:
    """A page is a part of the same order; at an earlier date rows say what they said then; of nothing there is nothing."""
    assert store.matching(parse(of(FIRM)), DAY) == ([], 0)
    load(store, CITY)
    assert store.matching(parse(of(FIRM)), DAY, 2, 1) == (["F2", "F3"], 4)
    assert store.matching(parse(of(FIRM)), DAY, 0) == ([], 4)
    assert store.matching(parse(of(FIRM)), DAY, 5, 9) == ([], 4)
    then = parse(of(FIRM, where("status", "=", "正常")))
    assert store.matching(then, 20160801) == (["F1", "F4"], 2)
    assert store.matching(then) == (["F1"], 1)


def test_what_was_asked_for_is_no_text_of_a_statement(tmp_path: Any) -> None:
    """Of two questions that differ in values alone the store is asked by the same text (ROBUSTNESS C11)."""
    from graph.store import neo4j_patterns, sqlite_patterns

    payload = "' OR 1=1) DROP TABLE claim_unit --"
    made = []
    for text, number, units in (("甲", 1, ["乙"]), (payload, 2, [payload])):
        part = parse(
            of(
                FIRM,
                where("name", "contains", text),
                where("category", "=", text),
                where("staff", "in", [number]),
                where("unit", "in", units),
                related=[along("COVERS", "unit", where("name", "!=", text), direction="in")],
            )
        ).part
        made.append(
            (sqlite_patterns._Text(DAY).part(part, "n0"), neo4j_patterns._Text().part(part, 0))
        )
    assert made[0] == made[1]
    assert "DROP" not in str(made)


@pytest.mark.parametrize("name", ["formal_members) OR (1", "covered"])
def test_a_name_that_the_schema_has_not_is_no_column(name: str) -> None:
    """Even where no parser stands before the store, and for what is derived."""
    from graph.patterns.language import Condition, Part
    from graph.store import neo4j_patterns, sqlite_patterns

    part = Part(FIRM, (Condition(name, "known"),))
    with pytest.raises(KeyError):
        sqlite_patterns._Text(DAY).part(part, "n0")
    with pytest.raises(KeyError):
        neo4j_patterns._Text().part(part, 0)

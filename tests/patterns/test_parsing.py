"""What is no question is refused where it stops being one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.patterns.language import Condition, Order
from graph.patterns.parsing import as_json, parse
from graph.patterns.vocabulary import kinds, properties, relations

FIRM: dict[str, Any] = {"kind": "organization"}


def one(property_: str, is_: Any, value: Any = None) -> dict[str, Any]:
    """A question of one condition."""
    return FIRM | {"where": [{"property": property_, "is": is_, "value": value}]}


STEP = {"relation": "COVERS", "direction": "in", "kind": "unit"}
DEEP: dict[str, Any] = {"relation": "SUBORDINATE_TO", "kind": "unit"}
for _ in range(5):
    DEEP = {"relation": "SUBORDINATE_TO", "kind": "unit", "related": [DEEP]}


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ([], "the question"),
        ("{", "the question"),
        ({}, "kind"),
        ({"kind": "member"}, "kind"),
        ({"kind": "office"}, "kind"),
        (FIRM | {"cypher": "MATCH (n)"}, "the question"),
        (FIRM | {"where": {}}, "where"),
        (FIRM | {"where": [1]}, "condition 1"),
        (FIRM | {"where": [{"property": "outline", "is": "known"}]}, "condition 1 › property"),
        (one("instructor", "known"), "condition 1 › property"),
        (one("staff", "~", 1), "condition 1 › staff: is"),
        (one("covered", "unknown"), "condition 1 › covered: is"),
        (one("staff", ">=", "3"), "condition 1 › staff: value"),
        (one("staff", ">=", True), "condition 1 › staff: value"),
        (one("staff", ">=", 1e300), "condition 1 › staff: value"),
        (one("staff", "between", [3]), "condition 1 › staff: value"),
        (one("staff", "between", [5, 3]), "condition 1 › staff: value"),
        (one("staff", "in", []), "condition 1 › staff: value"),
        (one("staff", "known", 3), "condition 1 › staff: value"),
        (one("lon", ">=", float("nan")), "condition 1 › lon: value"),
        (one("status", "=", "好"), "condition 1 › status: value"),
        (one("name", "contains", ""), "condition 1 › name: value"),
        (one("name", "contains", "x" * 201), "condition 1 › name: value"),
        (one("name", "=", "a\nb"), "condition 1 › name: value"),
        (one("name", "=", "\ud800"), "condition 1 › name: value"),
        (one("unit", "=", "U1;U2"), "condition 1 › unit: value"),
        (one("measures_due", "=", "2016-13-01"), "condition 1 › measures_due: value"),
        (FIRM | {"where": [{"property": "name", "is": "known"}] * 25}, "condition 25"),
        (
            FIRM | {"related": [{"relation": "BELONGS_TO", "kind": "member"}]},
            "relation 1 › relation",
        ),
        (FIRM | {"related": [STEP | {"direction": "out"}]}, "relation 1"),
        (FIRM | {"related": [STEP | {"kind": "park"}]}, "relation 1 › kind"),
        (FIRM | {"related": [STEP | {"at_least": 0}]}, "relation 1 › at_least"),
        (FIRM | {"related": [STEP | {"at_least": True}]}, "relation 1 › at_least"),
        (FIRM | {"related": [STEP | {"at_least": 1, "none": True}]}, "relation 1"),
        (
            FIRM | {"related": [STEP | {"where": [{"property": "staff", "is": "known"}]}]},
            "relation 1 › condition 1 › property",
        ),
        ({"kind": "unit", "related": [DEEP]}, "relation 1"),
        (FIRM | {"in": 5}, "in"),
        (FIRM | {"as_of": "yesterday"}, "as_of"),
        (FIRM | {"order": {"by": "unit"}}, "order › by"),
        (FIRM | {"order": {"by": "staff", "descending": 1}}, "order › descending"),
        (FIRM | {"show": ["staff", "nothing"]}, "show"),
        (FIRM | {"limit": -1}, "limit"),
        (FIRM | {"limit": True}, "limit"),
    ],
)
def test_what_is_no_question_is_refused_with_its_place(asked: Any, where: str) -> None:
    """In both languages, in one line."""
    with pytest.raises(InputError) as error:
        parse(asked)
    assert error.value.en.startswith(where)
    assert error.value.zh != error.value.en
    assert "\n" not in error.value.en + error.value.zh


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from(["organization", "COVERS", "unit", "name", "="]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "kind",
                        "where",
                        "related",
                        "in",
                        "order",
                        "show",
                        "limit",
                        "property",
                        "is",
                        "value",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_sent_is_a_question_or_refused(asked: Any) -> None:
    """Nothing else is ever raised."""
    try:
        pattern = parse(asked)
    except InputError:
        return
    assert parse(as_json(pattern)) == pattern


def test_signs_that_people_write_are_read() -> None:
    """≥, ≤ and ≠ are what they look like; a question without a word more has its defaults."""
    assert parse(one("staff", "≥", 3)).part.where == (Condition("staff", ">=", (3,)),)
    assert parse(one("staff", "≠", 3.0)).part.where == (Condition("staff", "!=", (3,)),)
    assert parse('{"kind": "unit"}').order == Order()
    assert as_json(parse({"kind": "unit", "where": [], "limit": 100})) == {"kind": "unit"}


def test_the_vocabulary_leads_to_no_person() -> None:
    """Members and instructors are no kind, no property and no end of a relation."""
    assert not {"member", "instructor", "decision", "handling"} & set(kinds())
    for source, target in relations().values():
        assert {*source, *target} <= set(kinds())
        assert source
        assert target
    for kind in kinds():
        assert not {"instructor", "outline"} & set(properties(kind))

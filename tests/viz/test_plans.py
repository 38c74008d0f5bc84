"""A plan drawn over a jurisdiction: what it proposes stands beside what there is, and changes nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from graph.city import City
from graph.errors import PlanError
from tests.viz.graphs import ORG, OTHER, STREET, UNIT, graph
from viz import page, selection, views
from viz.containment import PLANNED
from viz.extract import GraphExtract
from viz.plans import propose
from viz.scene import identity

WHY = {"zh": "同在楼宇", "en": "in one building"}


def planned(*joint: tuple[str, list[str]], attached: tuple[tuple[str, str], ...] = ()) -> Any:
    """Return as much of a plan as a picture reads."""
    return {
        "ledger_units": [
            {
                "joint": [
                    {"id": code, "organizations": some, "superior": "U1", "form": "区域联建", "why": WHY} for code, some in joint
                ],
                "attached": [{"organization": o, "unit": u, "why": WHY} for o, u in attached],
            }
        ]
    }  # fmt: skip


def two() -> Any:
    """Return a unit and two organizations in a street."""
    located = [(n, STREET, "LOCATED_IN", "street") for n in (ORG, OTHER, UNIT)]
    return graph({ORG: {"name": "甲"}, OTHER: {}, UNIT: {}, STREET: {"level": "街道"}}, located)


def test_joint_unit_is_a_hull() -> None:
    """A proposed joint unit is a mark of its own kind with its members in an outline, its reason, and its superior."""
    drawn = two()
    assert propose(drawn, planned(("NEW-1", ["91A", "91B"]))) == 1
    scene = views.inside(GraphExtract(drawn), "一街道", as_of="2016-08-26")
    thing = scene.things["unit:NEW-1"]
    assert thing.kind == "planned"
    assert thing.why == ("同在楼宇", "in one building")
    assert thing.name == ("拟建：甲等2家", "Planned: 甲 and 1 more")
    (view,) = scene.views
    (hull,) = [h for h in view.hulls if h.kind == "planned"]
    at = {m.id: (m.x, m.y) for m in view.marks}
    for n in (ORG, OTHER):
        x, y = at[identity(n)]
        assert hull.box[0] < x < hull.box[2]
        assert hull.box[1] < y < hull.box[3]
    lines = {(e.source, e.target, e.kind) for e in view.lines}
    assert ("unit:NEW-1", "organization:91A", PLANNED) in lines
    assert ("unit:NEW-1", "unit:U1", "SUBORDINATE_TO") in lines
    assert "拟建联合党支部" in page.render(scene, "zh")


def test_attachment_is_a_line() -> None:
    """A proposed attachment is a line of its own kind from the unit that is there, with its reason at the organization."""
    drawn = two()
    assert propose(drawn, planned(attached=(("91A", "U1"),))) == 1
    scene = views.inside(GraphExtract(drawn), "x", as_of="")
    assert ("unit:U1", PLANNED) in {(e.source, e.kind) for e in scene.views[0].lines}
    assert scene.things["organization:91A"].why == ("同在楼宇", "in one building")


def test_what_lies_elsewhere_is_not_drawn(city: City) -> None:
    """Proposals about organizations of another street leave a street's picture as it is."""
    part = selection.jurisdiction(city, "420101002")
    drawn = part.graph()
    before = views.inside(part, "x", as_of="")
    assert propose(drawn, planned(("NEW-1", ["no", "such"]), attached=(("no", "U1"),))) == 0
    assert views.inside(GraphExtract(drawn), "x", as_of="") == before


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"ledger_units": 3},
        {"ledger_units": [{"joint": [3], "attached": []}]},
        {"ledger_units": [{"joint": [], "attached": [{}]}]},
    ],
)
def test_broken_plan(broken: Any) -> None:
    """A plan without what a picture needs is refused in one line that says how to check it."""
    with pytest.raises(PlanError, match="lianjian verify"):
        propose(two(), broken)

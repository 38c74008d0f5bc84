"""What belongs together on the city's map: proposed units and communities, told apart where they are near."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.city import City
from graph.errors import PlanError
from graph.policy.profile import load
from tests.cut.conftest import city
from tests.cut.test_cut import firm, unit
from viz.city.parts import NONE, TINTS, tints
from viz.city.proposal import STANDS, Outline, Proposal
from viz.city.question import MOST, Question
from viz.city.ties import paired
from viz.city.view import CityMap

BUILDING = {
    "key": "building:429901001/1", "code": "1", "name": "1号楼", "street": "429901001", "lon": 114.3, "lat": 30.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CityMap:
    """A building of 24 organizations without a unit; two districts' trees of units that cover 20 each."""
    small = [
        firm(f"S{n:02}", 1, street="429901001", building=BUILDING["key"], lon=114.3 + n / 1e4, lat=30.5, datum="WGS84")
        for n in range(24)
    ]  # fmt: skip
    units = [unit("CITY", None, type="工委")]
    covered = []
    for d in (1, 2):
        units.append(unit(f"D{d}", d, superior="CITY", type="党委"))
        units += [unit(f"U{d}{n}", d, superior=f"D{d}") for n in range(5)]
        covered += [firm(f"C{d}{n:02}", d, unit=f"U{d}{n % 5}") for n in range(20)]
    store = city(
        tmp_path_factory.mktemp("together") / "city.db",
        [
            ("building", 20160801, [BUILDING]),
            ("unit", 20160801, units),
            ("organization", 20160801, small + covered),
        ],
    )
    found = CityMap.of(City(store, load()))
    store.close()
    return found


def plan(**more: Any) -> dict[str, Any]:
    """A plan: S00 to S11 in four joint units, S12 and S13 to join U10, S14 with a unit of its own, S15 by work, S16 left out."""
    entry = {
        "id": "street:429901001",
        "name": "一街",
        "joint": [
            {"id": f"NEW-{k}", "organizations": [f"S{n:02}" for n in range(3 * k, 3 * k + 3)], "form": "area"}
            for k in range(4)
        ],
        "attached": [{"organization": f"S{n}", "unit": "U10"} for n in (12, 13)],
        "separate": [{"organization": "S14"}],
        "work_coverage": [{"organization": "S15"}],
        "uncovered": [{"organization": "S16"}, {"organization": "ELSEWHERE"}],
    }  # fmt: skip
    return {"as_of": "2016-08-01", "ledger_units": [entry | more]}


def over(made: CityMap, **more: Any) -> Proposal:
    """The plan as columns."""
    whole = plan(**more)
    pieces = [("ledger_units", entry) for entry in whole["ledger_units"]]
    outline = Outline.of([*pieces, ("as_of", whole["as_of"])])
    return Proposal.of(made.columns, made.tree, made.ground, outline)


def seen(made: CityMap, proposal: Proposal | None = None, **asked: Any) -> dict[str, Any]:
    """A view down to organizations."""
    return made.view(Question(limit=MOST, **asked), lambda _, keys: {k: f"名{k}" for k in keys}, over=proposal)  # fmt: skip


def single(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Marks of organizations and units by code."""
    return {m["code"]: m for m in view["marks"] if m["level"] == "organization"}


def test_each_organization_stands_where_the_plan_says(made: CityMap) -> None:
    """Its group is named once with all it holds, areas add up what is in them, and what the map has not is said."""
    proposal = over(made)
    view = seen(made, proposal, colour="group")
    marks = single(view)
    firms = ("S00", "S12", "S14", "S15", "S16", "S20")
    wanted = dict(zip(firms, STANDS, strict=True))
    assert {code: STANDS[marks[code]["value"]] for code in wanted} == wanted
    assert {code: marks[code]["group"] for code in ("S00", "S11", "S13", "U10", "S14", "U11")} == {
        "S00": "NEW-0", "S11": "NEW-3", "S13": "U10", "U10": "U10", "S14": None, "U11": None,
    }  # fmt: skip
    assert marks["U10"]["tint"] == marks["S12"]["tint"]
    groups = {g["id"]: g for g in view["groups"]}
    assert sorted(groups) == ["NEW-0", "NEW-1", "NEW-2", "NEW-3", "U10"]
    assert groups["U10"] | {"tint": 0} == {
        "id": "U10", "kind": "attached", "name": "名U10", "tint": 0, "organizations": 2, "units": None, "here": None,
        "ledger_unit": "street:429901001", "ledger_unit_name": "一街", "form": None,
        "members": [{"code": c, "name": f"名{c}"} for c in ("S12", "S13")], "why": {"zh": "", "en": ""},
    }  # fmt: skip
    assert view["totals"]["shares"] == [12, 2, 1, 1, 1, 47, 0]
    (street,) = (m for m in view["marks"] if m["code"] == "429901001")
    assert street["shares"] == [12, 2, 1, 1, 1, 7 + 20, 0]
    assert (proposal.as_of, proposal.elsewhere) == ("2016-08-01", 1)
    some = seen(made, proposal, wanted={"group": ("attached", "alone")}, kind="organization")
    assert set(single(some)) == {"S12", "S13", "S16"}


def test_units_that_are_proposed_side_by_side_look_different(made: CityMap) -> None:
    """In one building five groups have five tints; the same plan has the same."""
    tint = over(made).parts.tint
    assert len(set(tint.tolist())) == len(tint) == 5
    assert tint.tolist() == over(made).parts.tint.tolist()


def test_a_damaged_plan_is_refused_with_a_way_out(made: CityMap) -> None:
    """Whatever it lacks, in words; and without a plan nobody is in any."""
    for broken in ({"joint": None}, {"attached": [{"organization": "S1"}]}, {"separate": ["S1"]}):
        with pytest.raises(PlanError, match="verify"):
            over(made, **broken)
    none = Proposal.none(made.columns, made.tree, made.ground)
    view = seen(made, none, colour="group")
    assert (view["groups"], view["totals"]["shares"]) == ([], [0, 0, 0, 0, 0, 64, 0])


def test_communities_divide_what_is_tied_as_well_as_others_find(made: CityMap) -> None:
    """Each district's tree is one; the division's modularity is that which networkx finds; what is tied to nothing is in none."""
    view = seen(made, colour="community")
    marks = single(view)
    assert {marks[f"S{n:02}"]["group"] for n in range(24)} == {None}
    a, b, whole = paired(made.columns)
    graph = nx.Graph(zip(a.tolist(), b.tolist(), strict=True))
    parts = made.communities.parts
    n = len(made.columns.units)
    label = np.full(whole, NONE)
    label[made.tree.units.order] = parts.units
    label[n + made.tree.organizations.order] = parts.organizations
    assert set(np.flatnonzero(label != NONE).tolist()) == set(graph)
    ours = [{x for x in graph if label[x] == k} for k in range(len(parts))]
    best = nx.community.louvain_communities(graph, seed=1)
    assert nx.community.modularity(graph, ours) >= nx.community.modularity(graph, best) - 0.02
    assert made.communities.size.sum() == len(graph)
    for group in view["groups"]:
        assert group["here"] == group["organizations"] + group["units"] == len(ours[view["groups"].index(group)])  # fmt: skip
        hub = single(view)[group["id"]]
        assert hub["group"] == group["id"]
        its = [m for m in marks.values() if m["group"] == group["id"]]
        assert hub["degree"] == max(m["degree"] for m in its if m["kind"] == "unit")
        assert group["name"] == f"名{group['id']}"
    assert view["communities"] == len(parts) == len(view["groups"])
    assert sum(view["totals"]["shares"]) == len(marks)
    assert view["totals"]["shares"][-1] == 24
    there = seen(made, colour="community", wanted={"type": ("党委",)}, kind="unit")
    assert sum(g["here"] for g in there["groups"]) == 2


def test_one_community_is_asked_for_by_any_of_its_units(made: CityMap) -> None:
    """It alone is counted and shown, whatever the colour; others can still be chosen, and a unit in none finds nothing."""
    parts = seen(made, colour="community")
    its = {m["code"] for m in single(parts).values() if m["group"] == parts["groups"][0]["id"]}
    other = next(code for code in sorted(its) if code.startswith("U"))
    for asked in (parts["groups"][0]["id"], other):
        view = seen(made, colour="coverage", wanted={"community": (asked,)})
        assert set(single(view)) == its
        assert view["totals"]["organizations"] + view["totals"]["units"] == len(its)
        values = {v["id"]: v["number"] for v in view["values"]["community"]}
        assert (values[asked], len(values)) == (len(its), len(parts["groups"]))
    both = seen(made, wanted={"community": tuple(g["id"] for g in parts["groups"])})
    assert set(single(both)) == {m["code"] for m in single(parts).values() if m["group"]}
    assert seen(made, wanted={"community": ("NOBODY",)})["marks"] == []
    assert "community" not in seen(made)["values"]


@pytest.mark.parametrize(("colour", "name"), [("degree", "degree"), ("core", "core")])
def test_degrees_and_cores_are_coloured_in_classes(made: CityMap, colour: str, name: str) -> None:
    """Each organization and unit is in the class that its number lies in."""
    view = seen(made, colour=colour)
    classes = [value["id"].removeprefix(f"{name}-") for value in view["legend"][:-1]]
    for mark in single(view).values():
        low, _, high = classes[mark["value"]].partition("-")
        number = mark[name]
        assert int(low.rstrip("+")) <= number
        assert low.endswith("+") or number <= int(high or low)
    assert sum(view["totals"]["shares"]) == view["totals"]["organizations"] + view["totals"]["units"]  # fmt: skip


@settings(max_examples=50)
@given(st.integers(1, 40), st.data())
def test_parts_that_are_near_have_different_tints(parts: int, data: st.DataObject) -> None:
    """As long as none has more neighbours than there are tints; beyond that as few as there must be have the same."""
    each = st.tuples(st.integers(0, parts - 1), st.integers(0, parts - 1)).filter(lambda p: p[0] != p[1])  # fmt: skip
    near = np.array(data.draw(st.lists(each, max_size=60)) if parts > 1 else [], dtype=np.int64).reshape(-1, 2)  # fmt: skip
    found = tints(near, parts)
    assert len(found) == parts
    assert set(found.tolist()) <= set(range(TINTS))
    degree = np.bincount(np.unique(np.sort(near, axis=1), axis=0).ravel(), minlength=parts)
    for a, b in near.tolist():
        assert found[a] != found[b] or max(degree[a], degree[b]) >= TINTS


def test_what_came_is_told_of_any_import_once_read(tmp_path: Path) -> None:
    """The store is asked once for a map, whatever is asked since when, and how often."""
    from api.asking.view import view
    from api.maps import Maps

    store = city(tmp_path / "city.db", [("organization", 20160801, [firm("F1", 1)])])
    maps, asked, last = Maps(), [], store.batches()[-1].id
    said = store.said
    store.said = lambda *a, **k: (asked.append(a[0]), said(*a, **k))[1]  # type: ignore[method-assign, func-returns-value]
    counts = [
        view(store, load(), 20160801, maps, Question(since=since)).shown["changed"]["organizations"]
        for since in (0, last - 1, last, 0)
    ]
    assert counts == [1, 1, 0, 1]
    assert asked.count("organization") == 1
    store.close()

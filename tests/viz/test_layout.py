"""Positions and what lies in what: properties of every drawing, whatever the graph."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.city import City
from graph.model import Source
from tests.viz.graphs import ORG, OTHER, STREET, UNIT, graph, graphs, parallel
from viz import forces, layout, selection, views
from viz.containment import contain
from viz.extract import GraphExtract
from viz.scene import LIMIT, Scene, identity

Box = tuple[float, float, float, float]


def apart(a: Box, b: Box) -> bool:
    """Return whether two boxes have nothing in common."""
    return a[0] >= b[2] or a[2] <= b[0] or a[1] >= b[3] or a[3] <= b[1]


def holds(a: Box, b: Box) -> bool:
    """Return whether a box holds another."""
    return a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]


def sound(scene: Scene) -> None:
    """Assert what holds of every scene: marks apart, ids known, boxes nested or apart and round what lies in them."""
    for view in scene.views:
        at = {m.id: (m.x, m.y) for m in view.marks}
        assert len(at) == len(view.marks) <= LIMIT
        assert len(set(at.values())) == len(at)
        assert set(at) <= set(scene.things)
        for line in view.lines:
            assert line.source in at
            assert line.target in at
        boxes = {h.id: h.box for h in view.hulls}
        for line in view.lines:
            if line.inside and line.target in boxes:
                x, y = at[line.source]
                assert holds(boxes[line.target], (x, y, x, y))
        some = list(boxes.values())
        for k, a in enumerate(some):
            assert all(apart(a, b) or holds(a, b) or holds(b, a) for b in some[k + 1 :])
        pairs: dict[Any, list[int]] = {}
        for line in view.lines:
            if not line.inside and line.source != line.target:
                pairs.setdefault(frozenset((line.source, line.target)), []).append(line.bend)
        assert all(len(set(bends)) == len(bends) for bends in pairs.values())


@given(graphs(), st.data())
@settings(max_examples=80)
def test_every_scene_is_sound(drawn: Any, data: st.DataObject) -> None:
    """Whatever the graph, circles and self-loops too, each node is drawn once, no two at one place, parallel edges bend apart."""
    sound(views.inside(GraphExtract(drawn), "x", as_of="2016-08-26"))
    focus = data.draw(st.sampled_from(sorted(drawn.nodes)))
    scene = views.around(drawn, focus, as_of="2016-08-26")
    sound(scene)
    assert [m.id for m in scene.views[0].marks if m.focus] == [identity(focus)]
    assert {m.id for m in scene.views[0].marks} == {identity(n) for n in drawn.nodes}


@given(graphs())
@settings(max_examples=40)
def test_every_line_is_told_once(drawn: Any) -> None:
    """A small picture has each edge of the graph as one line."""
    (view,) = views.inside(GraphExtract(drawn), "x", as_of="2016-08-26").views
    expected = sorted((identity(a), identity(b), k) for a, b, k in drawn.edges(keys=True))
    assert sorted((e.source, e.target, e.kind) for e in view.lines) == expected
    assert all(e.stands_for == 1 for e in view.lines)


@given(graphs())
@settings(max_examples=40)
def test_chain_stands_above(drawn: Any) -> None:
    """In a hierarchy a unit stands above every unit subordinate to it, unless they stand in a circle; levels are aligned."""
    points, _ = layout.layered(drawn)
    depth = layout.depths(drawn)
    for a, b, kind in drawn.edges(keys=True):
        if kind == "SUBORDINATE_TO" and depth[a] != depth[b]:
            assert points[a][1] > points[b][1]
    for row in layout.layers(drawn):
        units = [n for n in row if n[0] == "unit"]
        assert len({points[n][1] for n in units}) <= 1


def test_root_on_top_of_a_joint_unit() -> None:
    """The picture of an organization has the root on top, its branch below, the organizations of the branch in one outline."""
    root = ("unit", "R")
    drawn = parallel()
    drawn.add_node(root, kind="unit", name="工委", type="工委")
    drawn.add_edge(UNIT, root, key="SUBORDINATE_TO", kind="SUBORDINATE_TO", via="superior")
    scene = views.around(drawn, ORG, as_of="2016-08-26")
    y = {m.id: m.y for m in scene.views[0].marks}
    assert y[identity(root)] < y[identity(UNIT)] < y[identity(ORG)] == y[identity(OTHER)]
    assert y[identity(ORG)] < y[identity(STREET)]
    (hull,) = scene.views[0].hulls
    assert hull.id == identity(UNIT)
    assert hull.kind == "unit"


def test_a_chain_is_a_hierarchy_around_an_association_too() -> None:
    """Whosever picture it is: root on top, each level in a line, the organizations of a joint unit in its outline."""
    club = ("association", "XH1")
    units = {("unit", k): {"name": k} for k in ("ROOT", "STREET", "JOINT")}
    firms = {("organization", k): {"name": k} for k in ("A", "B", "C")}
    edges: list[tuple[Any, ...]] = [
        (("unit", "STREET"), ("unit", "ROOT"), "SUBORDINATE_TO", ""),
        (("unit", "JOINT"), ("unit", "STREET"), "SUBORDINATE_TO", ""),
        *((("unit", "JOINT"), n, "COVERS", "") for n in firms),
        *((n, club, "MEMBER_OF", "") for n in firms),
    ]
    drawn = graph({club: {"name": "协会"}, **units, **firms}, edges)
    (view,) = views.around(drawn, club, as_of="2016-08-26").views
    at = {m.id: (m.x, m.y) for m in view.marks}
    assert at["unit:ROOT"][1] < at["unit:STREET"][1] < at["unit:JOINT"][1]
    assert len({at[f"organization:{k}"][1] for k in "ABC"}) == 1
    (hull,) = view.hulls
    left, top, right, bottom = hull.box
    for one in ("unit:JOINT", "organization:A", "organization:C"):
        assert left < at[one][0] < right
        assert top < at[one][1] < bottom


@pytest.mark.parametrize(("number", "boxes"), [(20, 0), (150, 1)])
def test_within_some_hops_many_lie_in_their_place(number: int, boxes: int) -> None:
    """Where hops reach more organizations of a place than lines could tell, it is the box of them; few hang on it by lines."""
    firms = {("organization", f"F{k:03}"): {"name": f"公司{k}"} for k in range(number)}
    edges: list[tuple[Any, ...]] = [(n, STREET, "LOCATED_IN", "street") for n in firms]
    drawn = graph({STREET: {"name": "街道", "level": "街道"}, **firms}, edges)
    (view,) = views.around(drawn, ("organization", "F000"), as_of="2016-08-26", hops=2).views
    assert len(view.hulls) == boxes
    assert all(e.inside for e in view.lines) is bool(boxes)
    assert len(view.marks) == number + 1


def test_a_place_is_what_lies_in_it() -> None:
    """A building stands in its street, a unit where all that it covers lies, else in the smallest place that holds it all."""
    a, b = ("building", "building:1/a"), ("building", "building:1/b")
    both, one = ("unit", "BOTH"), ("unit", "ONE")
    drawn = graph(
        {STREET: {"level": "街道"}, a: {}, b: {}, ORG: {}, OTHER: {}, both: {}, one: {}},
        [
            (a, STREET, "LOCATED_IN", "street"),
            (b, STREET, "LOCATED_IN", "street"),
            (ORG, a, "LOCATED_IN", "building"),
            (ORG, STREET, "LOCATED_IN", "street"),
            (OTHER, b, "LOCATED_IN", "building"),
            (both, ORG, "COVERS", "covers"),
            (both, OTHER, "COVERS", "covers"),
            (one, ORG, "COVERS", "covers"),
        ],
    )
    tree = contain(drawn)
    assert tree.home == {ORG: a, OTHER: b, both: STREET, one: a}
    assert list(tree.within(STREET)) == [STREET, a, b]
    assert tree.common([a, b]) == STREET
    (view,) = views.inside(GraphExtract(drawn), "x", as_of="").views
    told = {(e.source, e.target): e.inside for e in view.lines if e.kind == "LOCATED_IN"}
    assert all(told.values())


def test_same_input_same_picture(city: City) -> None:
    """The same part of a store gives the same scene, whatever the order in which its nodes came."""
    part = selection.jurisdiction(city, "420101001")
    drawn = part.graph()
    turned = type(drawn)()
    turned.add_nodes_from(reversed(list(drawn.nodes(data=True))))
    for a, b, key, data in sorted(
        drawn.edges(keys=True, data=True), key=lambda e: e[:3], reverse=True
    ):
        turned.add_edge(a, b, key=key, **data)
    once = views.inside(GraphExtract(drawn), "x", as_of="")
    assert views.inside(GraphExtract(turned), "x", as_of="") == once
    assert views.inside(part, "x", as_of="") == once


def test_sources_name_the_file_only() -> None:
    """A page says file, sheet and row of what was read, and nothing of the folders of the machine that made it."""
    for file in ("/home/someone/台账.xlsx", "C:\\Users\\someone\\台账.xlsx", "台账.xlsx"):
        scene = views.around(
            parallel(), ORG, as_of="", sources={ORG: Source(1, file, "非公企业", 7)}
        )
        assert scene.things[identity(ORG)].source == ("台账.xlsx", "非公企业", 7)


def test_counts_add_up(city: City) -> None:
    """Above the limit, the counts of the places drawn are all organizations, and each place opens into as many."""
    scene = views.inside(selection.jurisdiction(city, "420101"), "x", as_of="")
    sound(scene)
    start = scene.views[0]
    boxes = {h.id for h in start.hulls if h.kind != "unit"}
    assert sum(m.count for m in start.marks if m.id not in boxes) == 1500
    assert start.notes
    by_id = {v.id: v for v in scene.views}
    for m in start.marks:
        if m.opens:
            view = by_id[m.opens]
            inner = {h.id for h in view.hulls if h.kind != "unit"}
            drawn = [k for k in view.marks if scene.things[k.id].kind == "organization"]
            assert len(drawn) + sum(k.count for k in view.marks if k.id not in inner) == m.count
    edges = sum(e.stands_for for e in start.lines if e.kind == "SUBORDINATE_TO")
    assert edges <= len(city.store.edges("SUBORDINATE_TO", city.as_of))


def test_forces_part_what_is_not_tied() -> None:
    """By forces, tied marks come to lie nearer than the whole is wide, and no two at one place."""
    star = graph(
        {("association", "X"): {}, **{("organization", f"o{k}"): {} for k in range(12)}},
        [(("organization", f"o{k}"), ("association", "X"), "MEMBER_OF", "members") for k in range(12)],
    )  # fmt: skip
    at = forces.spring(star)
    centre = at["association", "X"]
    far = [((x - centre[0]) ** 2 + (y - centre[1]) ** 2) ** 0.5 for n, (x, y) in at.items() if n[0] == "organization"]  # fmt: skip
    assert len(set(at.values())) == 13
    assert min(far) > 60
    assert max(far) < 2 * min(far)
    assert forces.spring(star) == at
    assert forces.spring(graph({ORG: {}}, [])) == {ORG: (0.0, 0.0)}


@pytest.mark.parametrize("number", [1, 5, 12])
def test_a_team_stands_below_its_unit(number: int) -> None:
    """Organizations of one unit stand below it, five abreast, inside its outline."""
    some = [("organization", f"o{k:02d}") for k in range(number)]
    block = layout.team(UNIT, some)
    assert all(block.points[o][1] > block.points[UNIT][1] for o in some)
    assert all(0 < x < block.width and 0 < y < block.height for x, y in block.points.values())
    rows = sorted({y for n, (_, y) in block.points.items() if n != UNIT})
    assert len(rows) == -(-number // layout.ABREAST)
    assert all(b - a == layout.CELL_Y for a, b in pairwise(rows))
    assert (UNIT in block.boxes) == (number > 1)


@pytest.mark.parametrize("shape", ["places", "units", "nowhere", "members"])
def test_flat_graphs_open_too(shape: str) -> None:
    """A street of 1,500 buildings, 1,500 units of a street alone, organizations nowhere, an association of 1,500: all is drawn."""
    number = 1500
    nodes: dict[tuple[str, str], dict[str, Any]] = {STREET: {"level": "街道"}, UNIT: {}}
    edges: list[tuple[Any, ...]] = [(UNIT, STREET, "LOCATED_IN", "street")]
    for k in range(number):
        one = ("unit", f"u{k}") if shape == "units" else ("organization", f"o{k}")
        nodes[one] = {}
        if shape == "places":
            place = ("building", f"building:1/{k}")
            nodes[place] = {}
            edges += [(place, STREET, "LOCATED_IN", "street"), (one, place, "LOCATED_IN", "building")]  # fmt: skip
        elif shape == "units":
            edges += [(one, STREET, "LOCATED_IN", "street"), (one, UNIT, "SUBORDINATE_TO", "superior")]  # fmt: skip
        elif shape == "members":
            nodes["association", "X"] = {}
            edges.append((one, ("association", "X"), "MEMBER_OF", "members"))
    drawn = graph(nodes, edges)
    for focus in (None, ("association", "X"), UNIT):
        if focus is None:
            scene = views.inside(GraphExtract(drawn), "x", as_of="")
        elif focus in drawn:
            scene = views.around(drawn, focus, as_of="")
        else:
            continue
        sound(scene)
        told = {m.id for v in scene.views for m in v.marks}
        assert {identity(n) for n in drawn.nodes} <= told
        assert scene.views[0].notes

"""The city's map at any size: counts that add up, positions that stay, never more than can be drawn or sent."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.asking import auditing
from api.asking.view import view
from api.cli.app import run
from api.maps import Maps
from api.standing import Audits
from graph.affiliation.handling import handle
from graph.city import City
from graph.columns import texts
from graph.coverage import Sets, rates
from graph.errors import InputError, StoreBusyError
from graph.policy.profile import load
from graph.store import open_store
from graph.store.base import Store
from tests.cut.conftest import add, city
from tests.cut.test_cut import firm, unit
from viz.city.cells import SIDE, strips
from viz.city.counting import COLOURS, COUNTED
from viz.city.findings import GRAVITY
from viz.city.ground import CORNERS, FAR, corners
from viz.city.question import MOST, Question
from viz.city.view import CityMap

PROFILE = load()
PAIRS = {
    "org_all": ("baseline_covered", "baseline"),
    "org_operating": ("base_covered", "base"),
    "org_eligible": ("eligible_covered", "eligible"),
}
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A city of 500 organizations."""
    folder = tmp_path_factory.mktemp("map")
    assert run(["generate", str(folder / "ledgers"), "--orgs", "500", "--seed", "5"]) == 0
    assert run(["import", str(folder / "ledgers"), "--store", str(folder / "city.db")]) in (0, 1)
    opened = open_store(str(folder / "city.db"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def whole(store: Store) -> City:
    """The same, with all its facts."""
    return City(store, PROFILE)


@pytest.fixture(scope="module")
def made(store: Store) -> CityMap:
    """Its map."""
    return CityMap.of(City(store, PROFILE))


def shown(city_map: CityMap, **asked: Any) -> dict[str, Any]:
    """A view without names from the store."""
    return city_map.view(Question(**asked), lambda _, __: {})


def of(found: dict[str, Any], level: str) -> list[dict[str, Any]]:
    """The marks of a level."""
    return [m for m in found["marks"] if m["level"] == level]


def summed(marks: list[dict[str, Any]]) -> dict[str, int]:
    """The counts of marks together."""
    return {name: sum(m["counts"][name] for m in marks) for name in COUNTED}


def all_places(city_map: CityMap) -> dict[str, Any]:
    """Districts, streets and all places of a small city."""
    found = shown(city_map, level="place", limit=MOST)
    assert not found["left_out"]
    return found


# -- counts ------------------------------------------------------------------------------------------------------------
def test_what_lies_in_a_node_adds_up_to_it(made: CityMap) -> None:
    """Districts to the city, streets to their districts, places to their streets, in every count and share."""
    found = all_places(made)
    totals = {n: found["totals"][n] for n in COUNTED}
    assert summed(of(found, "district")) == totals
    for above, below in (("district", "street"), ("street", "place")):
        for mark in of(found, above):
            inside = [m for m in of(found, below) if m["parent"] == mark["id"]]
            assert summed(inside) == mark["counts"], mark["id"]
            assert [sum(s) for s in zip(*(m["shares"] for m in inside), strict=True)] == mark["shares"]  # fmt: skip


def test_counts_are_those_of_coverage(made: CityMap, whole: City) -> None:
    """Of the city, and of each district and street as `--in` selects them."""
    sets = Sets.of(whole)
    found = all_places(made)
    asked: list[tuple[str | None, list[dict[str, int]]]] = [(None, [found["totals"]])]
    for level in ("district", "street"):
        marks = of(found, level)
        codes = {m["code"] for m in marks} - {None}
        asked += [(c, [m["counts"] for m in marks if m["code"] == c]) for c in codes]
    assert len(asked) > 10
    for code, counts in asked:
        within = None if code is None else whole.select(code).to_numpy(dtype=bool)
        for rate in rates(sets, within):
            if rate.id in PAIRS:
                part, all_ = (sum(c[name] for c in counts) for name in PAIRS[rate.id])
                assert (part, all_) == (rate.numerator, rate.denominator), (code, rate.id)


def test_few_columns_say_of_coverage_what_all_say(store: Store, whole: City) -> None:
    """A city of which little is read has the same sets, places and points as one of which everything is."""
    little = City(store, PROFILE)
    a, b = Sets.formed(little), Sets.of(whole)
    assert "organizations" not in vars(little)
    for name in ("baseline", "base", "eligible", "single", "covered"):
        assert (getattr(a, name) == getattr(b, name)).all(), name
    o = whole.organizations
    assert (a.work <= b.work).all()
    for column in map(str, little.located):
        if column in o:
            assert (texts(little.located[column]) == texts(o[column])).all()
    assert np.array_equal(little.wgs84[0], o["wlon"].to_numpy(), equal_nan=True)


def test_each_organization_has_the_state_that_coverage_says(made: CityMap, whole: City) -> None:
    """With a unit of its own, covered otherwise, qualifying without one, neither, or outside the base."""
    sets = Sets.of(whole)
    place = {str(key): n for n, key in enumerate(whole.organizations.index)}
    seen = set()
    for mark in of(all_places(made), "district"):
        for kind in ("organization",):
            inside = shown(made, within=mark["opens"]["in"], kind=kind, limit=MOST)
            for one in of(inside, "organization"):
                n = place[one["code"]]
                seen.add(one["code"])
                want = (
                    "outside" if not sets.base[n]
                    else "single" if sets.covered[n] and sets.single[n]
                    else "joint" if sets.covered[n]
                    else "eligible" if sets.eligible[n]
                    else "uncovered"
                )  # fmt: skip
                assert one["state"] == want
    assert len(seen) > len(place) // 2


def test_opening_a_mark_shows_what_it_counted(made: CityMap) -> None:
    """The view that a mark leads to is of as many organizations and units, and begins with what lies in it."""
    marks = all_places(made)["marks"]
    for mark in marks[:: max(1, len(marks) // 60)]:
        if "@" in mark["id"]:
            continue
        opens = mark["opens"]
        inside = shown(made, within=opens["in"], at=opens.get("at"))
        twice = [m for m in marks if m["opens"] == opens]
        assert {n: inside["totals"][n] for n in COUNTED} == summed(twice)
        assert mark["id"] not in {m["id"] for m in inside["marks"]} or "@" in str(twice)


def test_a_filter_leaves_what_its_share_counted(made: CityMap) -> None:
    """By every state, line, sector and type there is, and by two at once."""
    for colour in COLOURS:
        found = shown(made, colour=colour)
        for n, value in enumerate(found["legend"][:-1]):
            some = shown(made, wanted={colour: (value["id"],)})["totals"]
            counted = some["units" if colour == "type" else "organizations"]
            assert counted == found["totals"]["shares"][n], value
    both = shown(made, wanted={"coverage": ("eligible",), "line": ("social",)}, colour="coverage")
    assert sum(both["totals"]["shares"]) == both["totals"]["shares"][2] == both["totals"]["organizations"]  # fmt: skip
    assert both["totals"]["base_covered"] == 0


def test_findings_are_those_of_the_audit(store: Store) -> None:
    """Of each code as many organizations and units as the audit names; the gravest of each colours it; dismissed ones don't."""
    maps = Maps()
    found = view(store, PROFILE, store.latest(), maps, Question(colour="finding", limit=MOST)).shown
    told = list(auditing.audit(store, PROFILE, None).standing())
    made = maps.of(store, PROFILE, store.latest())
    there = set(made.columns.organizations.to_pylist()), set(made.columns.units.to_pylist())
    for value in found["values"]["finding"]:
        subjects = {f.subject for f in told if f.code == value["id"]}
        assert value["number"] == sum(len(subjects & side) for side in there), value
        asked = Question(colour="finding", wanted={"finding": (value["id"],)})
        some = view(store, PROFILE, store.latest(), maps, asked).shown["totals"]
        assert some["organizations"] + some["units"] == value["number"]
    gravest: dict[str, str] = {}
    for f in sorted(told, key=lambda f: GRAVITY.index(f.severity)):
        gravest.setdefault(f.subject, f.severity)
    assert sum(found["totals"]["shares"]) == len(there[0]) + len(there[1])
    seen = set()
    for mark in of(found, "organization"):
        seen.add(gravest.get(mark["code"], "none"))
        assert GRAVITY[mark["value"]] == gravest.get(mark["code"], "none")
    assert seen == set(GRAVITY)
    for asked in (Question(wanted={"finding": ("rudeness",)}),):
        with pytest.raises(InputError, match="rudeness"):
            view(store, PROFILE, store.latest(), maps, asked)


def test_whoever_waits_for_an_audit_is_told_how_far_it_is(store: Store) -> None:
    """It is made beside who asked, once for all who do; the other colours go on meanwhile."""
    maps, date = Maps(), store.latest()
    maps.audits = Audits(patience=0)
    with maps.audits._audits._one:
        with pytest.raises(StoreBusyError, match="rules"):
            view(store, PROFILE, date, maps, Question(colour="finding"))
        assert view(store, PROFILE, date, maps, Question()).shown["marks"]
        begun = maps.audits._audits._making.copy()
    for making in begun.values():
        making.made.result(60)
    assert view(store, PROFILE, date, maps, Question(colour="finding")).shown["values"]["finding"]
    assert (len(begun), len(maps.audits)) == (1, 1)


def test_what_is_dismissed_leaves_the_map_without_another_audit(tmp_path: Path) -> None:
    """Neither the city nor its audit is read again, and what is taken up again comes back; an import makes both anew."""
    lone = [unit("U1", 1), unit("U2", 1)]
    store = city(
        tmp_path / "city.db",
        [("organization", 20160801, [firm("F1", 1, unit="GONE")]), ("unit", 20160801, lone)],
    )
    date, maps = store.latest(), Maps()

    def seen() -> dict[str, int]:
        found = view(store, PROFILE, date, maps, Question(colour="finding")).shown
        return {value["id"]: value["number"] for value in found["values"]["finding"]}

    before, made = seen(), maps.of(store, PROFILE, date)
    audit = auditing.audit(store, PROFILE, None).result.findings
    one = next(f for f in audit if f.subject in ("F1", "U1"))
    for state, number in (("dismissed", before[one.code] - 1), ("open", before[one.code])):
        handle(store, audit.locate(one.id), one.id, state, date, note="ok")  # type: ignore[arg-type]
        assert seen().get(one.code, 0) == number, state
    assert maps.of(store, PROFILE, date) is made
    add(store, 5, ("organization", 20160801, [firm("F2", 1, unit="GONE")]), "other.csv")
    assert maps.of(store, PROFILE, date) is not made
    store.close()


# -- no flood ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("limit", [1, 7, 300, MOST])
def test_what_there_is_no_room_for_is_said(made: CityMap, limit: int) -> None:
    """Marks shown and left out are all of a level; the first view has three hundred where there are that many."""
    for asked in ({}, {"within": "420106"}, {"kind": "unit"}):
        if asked.get("within") and asked["within"] not in made.tree.by_code:
            asked = {"within": made.tree.code(0, 0)}
        found = shown(made, limit=limit, **asked)
        assert len(found["marks"]) <= limit
        for left in found["left_out"]:
            here = of(found, left["level"])
            assert len(found["marks"]) == limit
            if left["level"] != "organization":
                counted = summed(here)
                assert counted["organizations"] + left["organizations"] == found["totals"]["organizations"]  # fmt: skip
                assert counted["units"] + left["units"] == found["totals"]["units"]


def test_a_view_is_never_above_a_megabyte(tmp_path: Path) -> None:
    """However long codes and names are; what stays out for it is said; nothing in a name is more than text."""
    hostile = "</script><img src=x onerror=alert(1)>\u202e=cmd|' /C calc'!A0\"\\" * 9
    firms = [firm(f"F{n:04d}" + "码" * 200, 1, name=f"{n}{hostile}") for n in range(1_000)]
    store = city(tmp_path / "city.db", [("organization", 20160801, firms)])
    found = view(store, PROFILE, 20160801, Maps(), Question(limit=MOST))
    text = json.dumps(found.shown, ensure_ascii=False)
    assert len(text.encode()) <= MEGABYTE
    (left,) = found.shown["left_out"]
    assert left["because"] == "bytes"
    assert left["marks"] + len(of(found.shown, "organization")) == 1_000
    assert len(found.shown["marks"]) >= 300
    for mark in of(found.shown, "organization"):
        assert len(mark["name"]) <= 80
        assert mark["name"][:-1] in f"{int(mark['code'][1:5])}{hostile}"
    store.close()


def test_those_who_qualify_and_have_no_unit_come_first(made: CityMap) -> None:
    """Of a place's organizations that there is no room for."""
    code = made.tree.code(0, 0)
    street = of(shown(made, within=code), "street")[0]
    at = max(of(shown(made, within=street["code"]), "place"), key=lambda m: m["shares"][2])
    found = shown(made, within=at["opens"]["in"], at=at["opens"]["at"], limit=at["shares"][2])
    assert {m["state"] for m in found["marks"]} == {"eligible"}
    assert len(found["marks"]) == at["shares"][2] > 0


# -- positions ---------------------------------------------------------------------------------------------------------
def test_the_same_input_gives_the_same_view(store: Store, made: CityMap) -> None:
    """Byte for byte, however often a city is read; a mark has its id and places in every view."""
    street = shown(made, within=made.tree.code(0, 1))
    assert (
        street["marks"] == shown(made, within=made.tree.code(0, 1), level="organization")["marks"]
    )
    again = CityMap.of(City(store, PROFILE))
    for asked in ({}, {"within": made.tree.code(0, 1)}, {"kind": "unit"}, {"colour": "sector"}):
        assert json.dumps(shown(made, **asked)) == json.dumps(shown(again, **asked))
    known = {m["id"]: m for m in shown(made, limit=MOST)["marks"]}
    assert len(known) == len(shown(made, limit=MOST)["marks"])
    for view_ in (shown(made, limit=50), shown(made, within=made.tree.code(0, 0))):
        for mark in view_["marks"]:
            if mark["id"] in known:
                there = known[mark["id"]]
                assert all(mark[n] == there[n] for n in ("geographic", "network", "kind", "code"))


def test_in_the_network_everything_lies_in_its_parent(made: CityMap) -> None:
    """Rectangles in rectangles, none over its neighbour; organizations and units in their places."""
    found = shown(made, limit=MOST)
    assert of(found, "organization")
    boxes = {m["id"]: m["network"] for m in found["marks"]}
    children: dict[str | None, list[list[float]]] = {}
    for mark in found["marks"]:
        x, y, w, h = mark["network"]
        px, py, pw, ph = boxes.get(mark["parent"], [SIDE / 2, SIDE / 2, SIDE, SIDE])
        assert abs(x - px) + w / 2 <= pw / 2 + 1e-3
        assert abs(y - py) + h / 2 <= ph / 2 + 1e-3
        children.setdefault(mark["parent"], []).append([x, y, w, h])
    for some in children.values():
        for n, (x, y, w, h) in enumerate(some):
            for u, v, a, b in some[:n]:
                assert abs(x - u) >= (w + a) / 2 - 1e-3 or abs(y - v) >= (h + b) / 2 - 1e-3


@settings(max_examples=25)
@given(
    st.lists(st.integers(1, 10_000), min_size=1, max_size=60),
    st.floats(0.1, 900),
    st.floats(0.1, 900),
)
def test_rectangles_are_as_large_as_what_is_in_them(sizes: list[int], w: float, h: float) -> None:
    """They fill the whole, whatever its shape and theirs."""
    found = strips(sizes, (5.0, 7.0, w, h))
    for size, (x, y, a, b) in zip(sizes, found, strict=True):
        assert math.isclose(a * b, size / sum(sizes) * w * h, rel_tol=1e-6)
        assert x >= 5 - 1e-6
        assert y >= 7 - 1e-6
        assert x + a <= 5 + w + 1e-6
        assert y + b <= 7 + h + 1e-6


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.tuples(st.floats(113, 115), st.floats(29, 31)), max_size=20), max_size=5)
)
def test_hulls_are_convex_and_made_of_points(sets: list[list[tuple[float, float]]]) -> None:
    """Each of its own set, whatever the others are: few vertices, each a point as far as six decimals tell, turning one way.

    What lies too far off the middle is left out, with its number.
    """
    x, y = (np.array([p[n] for points in sets for p in points]) for n in (0, 1))
    begins = np.cumsum([0, *map(len, sets)])
    told = corners(x, y, begins).outlines(np.arange(len(sets)))
    assert len(told) == len(sets)
    for points, (found, left) in zip(sets, told, strict=True):
        if points:
            u, v = (np.array([p[n] for p in points]) for n in (0, 1))
            far = np.hypot((u - np.median(u)) * np.cos(np.radians(np.median(v))), v - np.median(v))
            usual = float(np.quantile(far, 0.75))
            near = np.abs(far - FAR * usual) < 1e-9  # either way
            out = int(((far > FAR * usual) & ~near).sum()) if usual > 0 else 0
            assert out <= left <= out + int(near.sum())
        if found is None:
            continue
        assert 3 <= len(found) <= CORNERS
        assert {tuple(c) for c in found} <= {(round(a, 6), round(b, 6)) for a, b in points}
        n = len(found)
        for k in range(n):
            (a, b), (c, d), (e, f) = found[k], found[(k + 1) % n], found[(k + 2) % n]
            assert (c - a) * (f - d) - (d - b) * (e - c) >= -1e-5


def test_a_box_shows_what_lies_in_it(made: CityMap) -> None:
    """In either layout: each organization with its point there, and no other; the whole picture's box leaves nothing out."""
    every = {m["id"]: m for m in shown(made, limit=MOST, kind="organization")["marks"]}
    middle = next(
        m for m in every.values() if m["level"] == "organization" and m["placed"] == "own"
    )
    for layout, reach in (("geographic", 0.004), ("network", 30.0)):
        x, y = middle[layout][:2]
        box = (x - reach, y - reach, x + reach, y + reach)
        found = of(shown(made, box=box, layout=layout, limit=MOST, kind="organization"), "organization")  # fmt: skip
        want = {
            i for i, m in every.items()
            if m["level"] == "organization" and m[layout] and abs(m[layout][0] - x) <= reach and abs(m[layout][1] - y) <= reach
        }  # fmt: skip
        assert {m["id"] for m in found} == want
        assert middle["id"] in want
    boxed = shown(made, box=(0.0, 0.0, SIDE, SIDE), layout="network", limit=MOST)
    assert boxed["marks"] == shown(made, limit=MOST)["marks"]


def test_positions_say_how_they_are_known(made: CityMap, whole: City) -> None:
    """An organization stands where its row says, in one datum; a building where its row says; a district amid what it holds."""
    o = whole.organizations
    points = zip(o["wlon"].to_numpy(float), o["wlat"].to_numpy(float), strict=True)
    stated = dict(zip(map(str, o.index), points, strict=True))
    for mark in shown(made, limit=MOST)["marks"]:
        if mark["level"] == "organization" and mark["kind"] == "organization" and mark["placed"] == "own":  # fmt: skip
            assert mark["geographic"] == [round(float(v), 6) for v in stated[mark["code"]]]  # fmt: skip
        if mark["level"] == "district" and mark["hull"]:
            lons, lats = zip(*mark["hull"], strict=True)
            assert mark["placed"] == "mean"
            assert min(lons) <= mark["geographic"][0] <= max(lons)
            assert min(lats) <= mark["geographic"][1] <= max(lats)


# -- ties --------------------------------------------------------------------------------------------------------------
def test_ties_between_marks_count_those_of_what_lies_in_them(made: CityMap, store: Store) -> None:
    """Subordination between districts is that of their units; between single marks it is the row's own."""
    columns = made.columns
    home = dict(zip(columns.units.to_pylist(), columns.unit_lies.district.tolist(), strict=True))
    want: dict[tuple[int, int], int] = {}
    edges = store.edges("SUBORDINATE_TO", columns.as_of)[["source", "target"]].drop_duplicates()
    for a, b in zip(edges["source"], edges["target"], strict=True):
        if a in home and b in home and home[a] != home[b]:
            want[home[a], home[b]] = want.get((home[a], home[b]), 0) + 1
    found = shown(made, level="district")
    at = {m["id"]: made.tree.levels[0].key[n] for n, m in enumerate(of(found, "district"))}
    assert want
    assert not found["links_left_out"]
    assert {
        (int(at[link["from"]]), int(at[link["to"]])): link["number"]
        for link in found["links"] if link["kind"] == "SUBORDINATE_TO"
    } == want  # fmt: skip
    single = shown(made, within=made.tree.code(0, 0), limit=MOST)
    pairs = set(zip(edges["source"], edges["target"], strict=True))
    rows = [
        (link["from"][5:], link["to"][5:]) for link in single["links"]
        if link["kind"] == "SUBORDINATE_TO" and link["from"].startswith("unit:") and link["to"].startswith("unit:")
    ]  # fmt: skip
    assert rows
    assert set(rows) <= pairs


def test_ties_and_cores_are_those_of_networkx(made: CityMap) -> None:
    """Degree and core number of each organization and unit, by an implementation of others."""
    columns, tree = made.columns, made.tree
    graph: Any = nx.Graph()
    sides = [columns.organizations.to_pylist(), columns.units.to_pylist()]
    graph.add_nodes_from(("o", key) for key in sides[0])
    graph.add_nodes_from(("u", key) for key in sides[1])
    for a, b in zip(*columns.covers, strict=True):
        graph.add_edge(("u", sides[1][a]), ("o", sides[0][b]))
    for a, b in zip(*columns.superior, strict=True):
        if a != b:
            graph.add_edge(("u", sides[1][a]), ("u", sides[1][b]))
    core = nx.core_number(graph)
    for n, (kind, of_) in enumerate((("o", tree.organizations), ("u", tree.units))):
        nodes = [(kind, sides[n][at]) for at in of_.order]
        assert made.ties.degree[n].tolist() == [graph.degree(node) for node in nodes]
        assert made.ties.core[n].tolist() == [core[node] for node in nodes]
    assert max(core.values()) >= 2


# -- any city ----------------------------------------------------------------------------------------------------------
somewhere = st.fixed_dictionaries({
    "district": st.sampled_from(("429901", "429902", None)),
    "street": st.sampled_from(("429901001", "429902001", "别处", None)),
    "community": st.sampled_from(("429901001001", None)),
    "building": st.sampled_from(("building:429901001/1", "building:429902001/1", "某楼", None)),
    "lon": st.sampled_from((114.3, 114.31, 200.0, None)),
    "lat": st.sampled_from((30.5, 30.51, None)),
    "datum": st.sampled_from(("WGS84", "GCJ-02", None)),
    "formal_members": st.sampled_from((0, 2, 5, None)),
    "status": st.sampled_from(("正常", "空壳", None)),
})  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    st.lists(somewhere, max_size=9),
    st.lists(st.tuples(st.sampled_from((1, 2, None)), st.integers(0, 9)), max_size=4),
)
def test_any_city_adds_up(rows: list[dict[str, Any]], units: list[tuple[int | None, int]]) -> None:
    """Rows that contradict each other, lack their place or lie nowhere are counted once at each level, in coverage's figures."""
    firms = [firm(f"F{n}", 1) | row for n, row in enumerate(rows)]
    bodies = [unit(f"U{n}", at, covers=f"F{of}") for n, (at, of) in enumerate(units)]
    building = [
        {
            "key": "building:429901001/1",
            "code": "1",
            "name": "楼",
            "street": "429901001",
            "lon": 114.3,
            "lat": 30.5,
        }
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = city(Path(folder) / "city.db", [("organization", 20160801, firms), ("unit", 20160801, bodies),
                                                ("building", 20160801, building)])  # fmt: skip
        whole = City(store, PROFILE)
        made = CityMap.of(City(store, PROFILE))
        found = shown(made, limit=MOST)
        sets = Sets.of(whole)
        assert not found["left_out"]
        assert found["totals"]["organizations"] == len(firms) == len(of(found, "organization")) - len(bodies)  # fmt: skip
        for level in ("district", "street", "place"):
            assert summed(of(found, level)) == {n: found["totals"][n] for n in COUNTED}
        for name, (part, all_) in PAIRS.items():
            rate = next(r for r in rates(sets) if r.id == name)
            assert (found["totals"][part], found["totals"][all_]) == (
                rate.numerator,
                rate.denominator,
            )
        for code in ("429901", "429902", "429901001"):
            if code in made.tree.by_code:
                want = int(whole.select(code).sum())
                assert shown(made, within=code)["totals"]["organizations"] == want
        assert len({m["id"] for m in found["marks"]}) == len(found["marks"])
        store.close()


def test_a_view_is_of_its_date(tmp_path: Path) -> None:
    """An organization that came later is in the later view alone; the map is read anew after an import."""
    store = city(tmp_path / "city.db", [("organization", 20160801, [firm("F1", 1)])])
    maps = Maps()

    def count(date: int) -> int:
        found = view(store, PROFILE, date, maps, Question()).shown
        number: int = found["totals"]["organizations"]
        return number

    assert count(20160801) == 1
    first = maps.of(store, PROFILE, 20160801)
    assert maps.of(store, PROFILE, 20160801) is first
    add(store, 5, ("organization", 20160901, [firm("F1", 1), firm("F2", 2)]))
    assert [count(d) for d in (20160801, 20160901)] == [1, 2]
    assert maps.of(store, PROFILE, 20160801) is not first
    assert len(maps) == 2
    store.close()


def test_what_came_since_an_import_is_marked(tmp_path: Path) -> None:
    """What is new and what says otherwise counts in each mark that holds it; a row that says the same again does not."""
    firms = [firm(f"F{n}", 1 + n % 2) for n in range(6)]
    store = city(tmp_path / "city.db", [("organization", 20160801, firms)])
    since = store.batches()[-1].id
    later = [*firms[:5], firms[5] | {"name": "改名公司"}, firm("F9", 1)]
    add(store, 5, ("organization", 20160901, later), "organization0.csv")
    found = view(store, PROFILE, 20160901, Maps(), Question(since=since, limit=MOST)).shown
    assert found["changed"] == {"organizations": 2, "units": 0}
    assert {m["code"] for m in of(found, "organization") if m["changed"]} == {"F5", "F9"}
    assert {m["code"]: m["changed"] for m in of(found, "district")} == {"429901": 1, "429902": 1}
    assert view(store, PROFILE, 20160901, Maps(), Question()).shown["changed"] is None
    store.close()


def test_who_waits_too_long_for_a_map_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is read at a time; what is there already is given meanwhile."""
    store = city(tmp_path / "city.db", [("organization", 20160801, [firm("F1", 1)])])
    maps = Maps()
    first = maps.of(store, PROFILE, 20160801)
    monkeypatch.setattr("api.waiting.LONG", 0.01)
    with maps._maps._one:
        assert maps.of(store, PROFILE, 20160801) is first
        with pytest.raises(StoreBusyError, match="ask again"):
            maps.of(store, PROFILE, 20160802)
    monkeypatch.undo()
    assert maps.of(store, PROFILE, 20160802) is not first
    store.close()


def test_maps_that_there_is_no_room_for_are_let_go(tmp_path: Path) -> None:
    """The one asked for last stays."""
    sheets = [("organization", date, [firm("F1", 1, staff=date)]) for date in (20160801, 20160901)]
    store = city(tmp_path / "city.db", sheets)
    for maps in (Maps(most=1), Maps(most_bytes=1)):
        maps.of(store, PROFILE, 20160801)
        last = maps.of(store, PROFILE, 20160901)
        assert len(maps) == 1
        assert maps.of(store, PROFILE, 20160901) is last
    store.close()


@pytest.mark.parametrize(
    "asked", [{"within": "429999"}, {"at": "building:nowhere"}, {"wanted": {"status": ("很好",)}}]
)
def test_what_there_is_not_is_said(made: CityMap, asked: dict[str, Any]) -> None:
    """In both languages, with the code that was asked for."""
    with pytest.raises(InputError) as raised:
        shown(made, **asked)
    value = next(iter(asked.values()))
    value = value["status"][0] if isinstance(value, dict) else value
    for said in (raised.value.en, raised.value.zh):
        assert value in said

"""What lies in a box: one contract over every store, and the indexes that answer it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from graph.model import Box, Claims, Located
from graph.schema import load_schema
from graph.store import ddl, neo4j_revision, open_store, sqlite_graph

if TYPE_CHECKING:
    from graph.store.base import Store

Load = Callable[..., int]
WORLD = Box(-180, -90, 180, 90)


def organization(key: str, lon: float | None, lat: float | None, **more: Any) -> dict[str, Any]:
    """An organization's row."""
    return {"key": key, "name": f"企业{key}", "lon": lon, "lat": lat, **more}


def keys(store: Store, box: Box, *more: Any) -> list[str]:
    """The codes of what lies in a box."""
    return [x.key for x in store.within(box, *more)[0]]


def test_organizations_and_places(store: Store, load: Load) -> None:
    """What has a point in the box is told with it, by kind and key in code-point order; edges belong to the box."""
    load(
        "organization",
        organization("b", 114.3, 30.6, datum="GCJ-02"),
        organization("a", 114.2, 30.5),
    )
    load(
        "organization",
        organization("\N{FULLWIDTH TILDE}", 114.2, 30.5),
        organization("\N{OX}", 114.2, 30.5),
    )
    place = {"key": "building:1/1", "code": "1", "name": "大厦", "lon": 114.25, "lat": 30.55}
    load("building", place)
    box = Box(114.2, 30.5, 114.3, 30.6)
    found, cut = store.within(box)
    assert [(x.kind, x.key) for x in found] == [
        ("building", "building:1/1"),
        ("organization", "a"),
        ("organization", "b"),
        ("organization", "\N{FULLWIDTH TILDE}"),
        ("organization", "\N{OX}"),
    ]
    assert found[2] == Located("organization", "b", "企业b", 114.3, 30.6, "GCJ-02")
    assert not cut
    assert keys(store, box, None, ["building", "park"]) == ["building:1/1"]
    assert keys(store, box, None, []) == []
    assert keys(store, Box(114.21, 30.5, 114.3, 30.6)) == ["building:1/1", "b"]
    for limit in (0, 1, 3, 4):
        some, cut = store.within(box, None, None, limit)
        assert (some, cut) == (found[:limit], True)
    assert store.within(box, None, None, 5) == (found, False)


@pytest.mark.parametrize("kind", ["member", "unit", "division"])
def test_what_has_no_point_is_refused(store: Store, kind: str) -> None:
    """Persons, and what has no point of its own, can't be asked for."""
    with pytest.raises(KeyError):
        store.within(WORLD, None, [kind])


def test_points_that_are_none(store: Store, load: Load) -> None:
    """Half a point, and degrees that the earth has not, lie nowhere; its edges are points as others are."""
    load(
        "organization",
        organization("half", 114.2, None),
        organization("other", None, 30.5),
        organization("none", None, None),
        organization("swapped", 30.5, 114.2),
        organization("east", 180.5, 30.5),
        organization("antimeridian", 180.0, 0.0),
        organization("pole", 0.0, 90.0),
        organization("west", -180.0, -90.0),
    )
    load("organization", {"key": "without", "name": "甲"})
    assert keys(store, WORLD) == ["antimeridian", "pole", "west"]
    assert keys(store, Box(-999, -999, 999, 999)) == ["antimeridian", "pole", "west"]
    assert keys(store, Box(180, 0, 180, 0)) == ["antimeridian"]
    assert keys(store, Box(-180, -90, -180, -90)) == ["west"]
    assert keys(store, Box(170, -90, -170, 90)) == []
    assert keys(store, Box(200, -90, 210, 90)) == []


def test_at_a_date(store: Store, load: Load) -> None:
    """Each date answers with what was true then: a move, a correction, a point taken away, an import taken back."""
    here, there = Box(114.0, 30.0, 114.5, 30.5), Box(115.0, 30.0, 115.5, 30.5)
    load(
        "organization",
        organization("A", 114.2, 30.2),
        organization("B", 114.2, 30.2),
        dated=20160801,
    )
    moved = load("organization", organization("A", 115.2, 30.2), dated=20160901)
    gone = load("organization", organization("B", None, None), dated=20160901)
    assert [keys(store, here, d) for d in (20160731, 20160831, None)] == [[], ["A", "B"], []]
    assert [keys(store, there, d) for d in (20160831, 20160901)] == [[], ["A"]]
    load("organization", organization("B", 115.3, 30.3), dated=20160901)
    assert keys(store, there) == ["A", "B"]
    corrected = load("organization", organization("A", 115.4, 30.4), dated=20160901)
    assert [(x.key, x.lon) for x in store.within(there)[0]] == [("A", 115.4), ("B", 115.3)]
    store.undo(corrected)
    assert [(x.key, x.lon) for x in store.within(there)[0]] == [("A", 115.2), ("B", 115.3)]
    load("organization", organization("A", 114.3, 30.3), dated=20160901, ledger="other")
    assert keys(store, there) == ["A", "B"]
    store.undo(moved)
    # what the other ledger says of the date speaks now
    assert [(x.key, x.lon) for x in store.within(here)[0]] == [("A", 114.3)]
    store.undo(gone)
    assert keys(store, there) == ["B"]


def test_seen_by_its_own_import(store: Store) -> None:
    """An import that fails leaves no point behind."""
    frame = pd.DataFrame([{"row": 2, "dated": 20160826, **organization("A", 114.2, 30.2)}])

    def fail() -> None:
        with store.importing(at="t", dated=20160826, files=[]) as importer:
            importer.add(Claims("organization", "L", 20160826, "a", "", frame))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.within(WORLD, 20160826) == ([], False)


def scattered(n: int, seed: int = 1) -> Claims:
    """Organizations all over a city; some without a point."""
    draw = np.random.default_rng(seed)
    lon, lat = draw.uniform(113.7, 115.1, n), draw.uniform(29.9, 31.4, n)
    lon[draw.random(n) < 0.05] = np.nan
    frame = pd.DataFrame(
        {"row": range(2, n + 2), "dated": 20160826, "key": [f"O{i:05}" for i in range(n)], "name": "甲",
         "lon": lon, "lat": lat}
    )  # fmt: skip
    return Claims("organization", "L", 20160826, "f", "", frame)


def fill(store: Store, claims: Claims) -> None:
    """Import some claims."""
    with store.importing(at="t", dated=20160826, files=[]) as importer:
        importer.add(claims)


def test_boxes_of_a_city(store: Store) -> None:
    """Of boxes of any size, wherever they are, all answer as a look at each row does."""
    claims = scattered(400)
    fill(store, claims)
    rows = claims.frame.dropna(subset=["lon"])
    draw = np.random.default_rng(2)
    for size in (0.0, 0.05, 0.5, 3.0):
        for _ in range(6):
            west, south = draw.uniform(113.5, 115.1), draw.uniform(29.8, 31.4)
            box = Box(west, south, west + size, south + size)
            inside = rows[
                rows["lon"].between(west, box.east) & rows["lat"].between(south, box.north)
            ]
            assert keys(store, box) == inside["key"].tolist()
        one = rows.iloc[int(draw.integers(len(rows)))]
        assert keys(store, Box(one["lon"], one["lat"], one["lon"], one["lat"])) == [one["key"]]


def test_embedded_store_walks_its_index(tmp_path: Path) -> None:
    """SQLite's plan is a search by the index over points, for every kind that has one."""
    store: Any = open_store(str(tmp_path / "a.db"), create=True)
    fill(store, scattered(50))
    for kind in load_schema().located:
        plan = store.db.execute(
            f"EXPLAIN QUERY PLAN {sqlite_graph.within_query(kind)}",
            (20160826, 114, 30, 115, 31, -1),
        ).fetchall()
        said = [row[3] for row in plan]
        assert said[0].startswith(
            f"SEARCH c USING INDEX {ddl.point(kind)} (p_lat>? AND p_lat<?)"
        ), said
    store.close()


def test_embedded_store_of_an_earlier_version(tmp_path: Path) -> None:
    """A file without the index opens and answers the same; the next import makes it."""
    path = str(tmp_path / "a.db")
    store: Any = open_store(path, create=True)
    fill(store, scattered(50))
    box = Box(114, 30, 115, 31)
    before = store.within(box)
    assert before[0]
    for kind in load_schema().located:
        store.db.execute(f"DROP INDEX {ddl.point(kind)}")
    store.close()
    store = open_store(path)
    assert store.within(box) == before
    fill(store, scattered(60))
    there = {name for (name,) in store.db.execute("SELECT name FROM sqlite_schema")}
    assert {ddl.point(kind) for kind in load_schema().located} <= there
    assert len(store.within(WORLD)[0]) > len(before[0])
    store.close()


@pytest.mark.neo4j
def test_server_of_an_earlier_version(neo4j_url: str) -> None:
    """A store without points answers the same; the next import makes them and their index, for all that there is."""
    store: Any = open_store(neo4j_url, create=True)
    fill(store, scattered(50))
    before = store.within(WORLD)
    assert len(before[0]) > 40
    # as an earlier version leaves it: no points, no index, no word of either
    store.server.write([("DROP INDEX lianjian_organization_at", {})])
    store.server.write([("MATCH (c:OrganizationClaim) REMOVE c.`_at`", {})])
    store.server.write([("MATCH (s:LianjianStore) REMOVE s.pointed", {})])
    assert neo4j_revision.points(store.server) == (1, False)
    assert store.within(WORLD) == before
    fill(store, scattered(60))
    assert neo4j_revision.points(store.server) == (2, True)
    points, rows = store.server.rows(
        "MATCH (c:OrganizationClaim) RETURN count(c.`_at`), sum(CASE WHEN c.lon IS NULL THEN 0 ELSE 1 END)"
    )[0]
    assert points == rows > 100
    assert store.server.rows(
        "SHOW INDEXES YIELD name, type, state WHERE name = 'lianjian_organization_at' RETURN type, state"
    ) == [["POINT", "ONLINE"]]
    # an earlier version that shows a revision again leaves no claim to the index alone
    store.server.write([("MATCH (s:LianjianStore) SET s.revision = s.revision + 1", {})])
    assert not neo4j_revision.points(store.server)[1]
    store.close()

"""What others see of an import on a server while it is under way, and what is left of those that did not end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pandas as pd
import pytest

from graph.errors import StoreBusyError
from graph.model import Claims
from graph.schema import load_schema
from graph.store import neo4j_lanes, neo4j_names, neo4j_revision, open_store
from graph.store.neo4j_entities import Entity, Folding, Sheet

DATED = 20160826


def rows(first: int, n: int, **values: Any) -> Claims:
    """Some organizations under one unit."""
    keys = [f"O{i}" for i in range(first, first + n)]
    frame = pd.DataFrame(
        {"key": keys, "row": range(2, n + 2), "dated": DATED, "name": "甲", "unit": "U"}
    )
    return Claims("organization", "L", DATED, "f", "", frame.assign(**values))


def load(store: Any, *claims: Claims) -> None:
    """Import some claims."""
    with store.importing(at="t", dated=DATED, files=[]) as importer:
        for c in claims:
            importer.add(c)


@pytest.fixture
def stores(neo4j_url: str) -> Iterator[tuple[Any, Any]]:
    """One store on a server, opened twice, with three organizations."""
    both = open_store(neo4j_url, create=True), open_store(neo4j_url, create=True)
    load(both[0], rows(0, 3))
    yield both
    for store in both:
        store.close()


def told(store: Any) -> list[Any]:
    """What a store says."""
    return [
        store.batches(), store.latest(), store.fingerprint(), store.frame("organization").to_json(),
        store.edges("COVERS").to_json(), store.statements("organization", "O1"), [n.key for n in store.find("甲")],
    ]  # fmt: skip


def records(store: Any) -> dict[str, int]:
    """How many records the server has that are ended, and that a later revision than the one seen made."""
    counts = dict.fromkeys(("ended", "unseen"), 0)
    for pattern, name in neo4j_revision._records():
        n, later = store.server.rows(
            f"MATCH (s:LianjianStore) OPTIONAL MATCH {pattern} WITH s, {name} AS x WHERE x IS NOT NULL"
            " RETURN sum(CASE WHEN x._until <= s.revision THEN 1 ELSE 0 END),"
            " sum(CASE WHEN x._since > s.revision OR s.revision < x._until < 2^34 THEN 1 ELSE 0 END)"
        )[0]
        counts = {"ended": counts["ended"] + n, "unseen": counts["unseen"] + later}
    return counts


def test_nothing_is_seen_before_the_end(stores: tuple[Any, Any]) -> None:
    """Others see the city of before until an import has ended, and all of it then; the importing store sees its own."""
    one, other = stores
    before = told(other)
    with one.importing(at="t", dated=20160901, files=[]) as importer:
        importer.add(rows(0, 9, dated=20160901, staff=7))
        importer.sync()
        assert records(one)["unseen"] > 9
        assert told(other) == before
    assert told(other) == told(one) != before
    assert records(one)["unseen"] == 0


def test_a_failed_import_leaves_nothing(stores: tuple[Any, Any]) -> None:
    """What an import that failed wrote and ended is as if it had never been: in answers, and on the server."""
    one, other = stores
    before = told(other), records(one)

    def fail() -> None:
        with one.importing(at="t", dated=DATED, files=[]) as importer:
            importer.add(rows(0, 9, staff=7))
            importer.sync()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (told(other), records(one)) == before
    assert one.server.rows("MATCH (n:Organization) RETURN count(n)") == [[3]]


def test_who_lost_the_lease_writes_nothing_more(stores: tuple[Any, Any]) -> None:
    """A writer that was out of reach for too long is told so; what its successor wrote stands, and nothing of its own."""
    one, other = stores

    def late() -> None:
        with one.importing(at="t", dated=DATED, files=[]) as importer:
            importer.add(rows(0, 9, staff=7))
            importer.sync()
            one.server.write([("MATCH (s:LianjianStore) SET s.lease = 0", {})])
            load(other, rows(2, 3, staff=8))
            importer.add(rows(20, 9))

    with pytest.raises(StoreBusyError, match="another import took over"):
        late()
    staff = other.frame("organization")[["key", "staff"]].fillna(0).values.tolist()
    assert staff == [["O0", 0], ["O1", 0], ["O2", 8], ["O3", 8], ["O4", 8]]
    assert records(other)["unseen"] == 0
    load(one, rows(5, 1))
    assert len(other.batches()) == 3


def test_who_takes_over_waits_for_what_is_under_way(stores: tuple[Any, Any]) -> None:
    """A transaction under way in any lane ends before another writer's begin, and is swept; nothing comes after it."""
    one, other = stores
    lanes = (0, neo4j_revision.LANES - 1, neo4j_revision.LANES + 1)
    for lane in lanes:
        with neo4j_revision.writing(one.server) as writer:
            inside, go = threading.Event(), threading.Event()

            def work(
                run: Callable[..., Any],
                inside: threading.Event = inside,
                go: threading.Event = go,
                revision: int = writer.revision,
            ) -> None:
                run("CREATE (:LianjianSheet {id: -1, `_since`: $revision})", revision=revision)
                inside.set()
                assert go.wait(20)

            args = one.server, writer, work, lane
            late = threading.Thread(target=neo4j_revision.transact, args=args)
            late.start()
            assert inside.wait(20)
            one.server.write([("MATCH (s:LianjianStore) SET s.lease = 0", {})])
            taking = threading.Thread(target=load, args=(other, rows(10 * lane + 10, 3)))
            taking.start()
            taking.join(0.5)
            assert taking.is_alive()
            go.set()
            late.join()
            taking.join()
            assert one.server.rows("MATCH (s:LianjianSheet {id: -1}) RETURN count(s)") == [[0]]
            with pytest.raises(StoreBusyError, match="another import took over"):
                neo4j_revision.transact(one.server, writer, lambda run: None, lane)
    assert len(other.batches()) == 1 + len(lanes)
    assert records(other)["unseen"] == 0


@pytest.mark.large
def test_lanes_write_all_of_it(stores: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """An import of many transactions side by side, whose rows share entities, comes to what the plain model makes of it."""
    one, _ = stores
    monkeypatch.setattr("graph.store.neo4j_write.ROWS", 20)
    monkeypatch.setattr("graph.store.neo4j_write.KNOWN", 50)
    model = open_store(":memory-model:")
    load(model, rows(0, 3))
    parts = [
        rows(100 * n, 90, street=f"42010{n % 3}001", unit=[f"U{i % 7}" for i in range(90)], staff=n)
        for n in range(6)
    ]
    for store in (one, model):
        load(store, *parts)
    assert one.fingerprint() == model.fingerprint()
    for undone in (False, True):
        if undone:
            one.undo(2)
            model.undo(2)
            assert one.fingerprint() == model.fingerprint()
        for edge in ("COVERS", "LOCATED_IN"):
            ours, theirs = (s.edges(edge).drop(columns="claim") for s in (one, model))
            assert ours.equals(theirs)
            assert len(ours) == (3 if undone else 540) or edge == "LOCATED_IN"


@pytest.mark.parametrize("kind", list(load_schema().kinds))
def test_rows_alone_come_to_what_folding_makes_of_them(kind: str) -> None:
    """Rows each about an entity of its own make the same records a column at a time as folded one by one."""
    declared = load_schema().kinds[kind].properties
    # of each property: nothing, a value, one that names an office, several of which one twice
    some: dict[str, list[Any]] = {
        "text": [None, "乙", "是", "U1"],
        "list": [None, "乙", "U1;U2;U1", "是"],
        "int": [None, 0, 7, 1],
        "date": [None, 20100101, 20170101, 0],
        "float": [None, 0.0, 114.3, 30.6],
        "bool": [None, True, False, None],
    }
    keys = [f"K{i}" for i in range(16)]
    # every pair of what two properties after one another may have
    cells = {
        name: [some[p.type][(i if n % 2 else i // 4) % 4] for i in range(16)]
        for n, (name, p) in enumerate(declared.items())
    }
    dated = [DATED + i % 3 for i in range(16)]
    sheet = Sheet(
        kind, "L", DATED, 5, 6, keys, list(range(2, 18)), dated, list(range(16)), cells, 100
    )
    # there is no server: nothing is asked for rows that nothing is known of
    folding = Folding(None, kind, 9)  # type: ignore[arg-type]
    for i, key in enumerate(keys):
        assert folding.fold(Entity(key), [sheet.incoming(i)], count(200)) == 1
    folded, made = folding.finish(), sheet.made(range(16), 9)
    for changes in (folded, made):
        changes.created = {k: list(map(list, rows)) for k, rows in changes.created.items()}
    assert made.created == folded.created
    assert made.rubbish == folded.rubbish == 0
    written = [[*c.entities({}), *c.statements()] for c in (made, folded)]
    assert written[0] == written[1]


def test_little_room_is_had_by_one_at_a_time() -> None:
    """Lanes write side by side until one finds that the server has no memory for that; one at a time from then on."""
    room = neo4j_lanes.Room()
    inside: list[int] = []
    most: list[int] = []

    def enter(n: int, *, alone: bool = False) -> None:
        with room.taken(alone=alone):
            inside.append(n)
            most.append(len(inside))
            time.sleep(0.05)
            inside.remove(n)

    for alone in (False, True):
        most.clear()
        some = [
            threading.Thread(target=enter, args=(n,), kwargs={"alone": alone}) for n in range(3)
        ]
        for thread in some:
            thread.start()
        for thread in some:
            thread.join()
        assert (max(most) == 1) == alone
    assert len(most) == 3


def test_what_makes_a_relationship_has_a_number() -> None:
    """Each property that makes relationships has a number of its own, which no other version of the schema changes."""
    made = neo4j_names.made_by()
    rules = {(k, prop) for k in load_schema().kinds for prop, _ in neo4j_names.rules(k)}
    assert set(made.values()) == rules
    assert neo4j_names.by("organization", "street") == [2_443_938_454]
    assert all(neo4j_names.by(*rule) for rule in rules)
    assert {n for k in load_schema().kinds for n in neo4j_names.by(k)} == set(made)


def test_rubbish_is_collected(stores: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that nobody can see any more are deleted by a later import, and no answer changes."""
    one, other = stores
    for staff in range(3):
        load(one, rows(0, 3, staff=staff))
    before = told(other)
    assert records(one)["ended"] >= 9
    monkeypatch.setattr(neo4j_revision, "RUBBISH", 5)
    monkeypatch.setattr(neo4j_revision, "LONGEST_S", -1)
    load(one, rows(0, 3, staff=2))  # says nothing new, and leaves no batch
    assert records(one)["ended"] == 0
    assert told(other) == before
    one.undo(3)
    assert other.frame("organization")["staff"].tolist() == [2, 2, 2]


def test_names_are_indexed_at_the_end_of_the_first_import(neo4j_url: str) -> None:
    """The first import finds what it wrote, others nothing before its end; from then on names are looked up in indexes."""
    both: list[Any] = [open_store(neo4j_url, create=True) for _ in range(2)]
    one, other = both
    for name in neo4j_names.late():
        one.server.write([(f"DROP INDEX {name} IF EXISTS", {})])
    assert other.find("甲") == other.find("甲乙") == other.find("jia") == []
    with one.importing(at="t", dated=DATED, files=[]) as importer:
        importer.add(rows(0, 3, name="甲乙"))
        importer.sync()
        assert [n.key for n in one.find("甲乙")] == ["O0", "O1", "O2"]
        assert other.find("甲乙") == []
    assert [n.key for n in other.find("甲乙")] == ["O0", "O1", "O2"]
    there = {name for (name,) in one.server.rows("SHOW INDEXES YIELD name RETURN name")}
    assert neo4j_names.late() <= there
    for store in both:
        store.close()


def test_rows_with_an_end_in_common_are_cut() -> None:
    """Relationships sent in groups are cut in half however they are grouped, none is lost, and few are left together."""
    groups = [["U", [[f"O{i}", i] for i in range(95)]], ["V", [["O1", 95]]], ["W", [["O1", 96]]]]
    parts = list(neo4j_lanes.halves({"groups": groups, "by": 7}))
    assert [sum(len(rows) for _, rows in p["groups"]) for p in parts] == [48, 49]
    assert parts[0]["groups"][0][0] == parts[1]["groups"][0][0] == "U"
    flat = [(key, *row) for p in parts for key, rows in p["groups"] for row in rows]
    assert flat == [(key, *row) for key, rows in groups for row in rows]
    assert list(neo4j_lanes.halves(parts[0])) == [parts[0]]


def test_a_transaction_too_large_is_cut(
    stores: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the server has no memory for a transaction, its rows go in several, each half as large, and nothing else differs."""
    from graph.store.neo4j_server import CrowdedError

    one, _ = stores
    real: Callable[..., Any] = neo4j_revision.transact
    sizes: list[int] = []

    def small(server: Any, writer: Any, work: Callable[..., Any], lane: int) -> None:
        def tried(run: Callable[..., Any]) -> None:
            def counted(text: str, **values: Any) -> Any:
                n = max((len(v) for v in values.values() if isinstance(v, list)), default=0)
                n = max(n, sum(len(rows) for _, rows in values.get("groups", ())))
                sizes.append(n)
                if n > 120:
                    raise CrowdedError
                return run(text, **values)

            work(counted)

        real(server, writer, tried, lane)

    monkeypatch.setattr("graph.store.neo4j_lanes.transact", small)
    load(one, rows(0, 500, staff=7))
    assert max(sizes) >= 500
    monkeypatch.undo()
    model = open_store(":memory-model:")
    load(model, rows(0, 3))
    load(model, rows(0, 500, staff=7))
    assert one.fingerprint() == model.fingerprint()
    assert len(one.edges("COVERS")) == 500

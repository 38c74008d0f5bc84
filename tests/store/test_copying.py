"""A city copied from store to store keeps its history, and a copy cut off is no city."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from graph.errors import StoreError
from graph.model import Claims
from graph.store import copying, neo4j_names, open_store
from graph.store.neo4j import Neo4jStore

if TYPE_CHECKING:
    from graph.store.base import Store

ROOT = Path(__file__).parents[2]
DATES = (20160801, 20160815, 20160901, 20161001)
CUT = """
import sys, time
from graph.store import copying
copying.PART = 3
def tell(stage, done, total):
    if stage == sys.argv[3] and done >= int(sys.argv[4]):
        print("here", flush=True)
        time.sleep(60)
copying.copy(sys.argv[1], sys.argv[2], tell)
"""


@pytest.fixture(params=["to a server", "from a server"])
def ends(request: pytest.FixtureRequest, neo4j_url: str, tmp_path: Path) -> tuple[str, str]:
    """Where a copy begins and where it leads, one of them on a server."""
    file = str(tmp_path / "a.db")
    return (file, neo4j_url) if request.param == "to a server" else (neo4j_url, file)


def load(store: Store, kind: str, *rows: dict[str, Any], dated: int, ledger: str = "L") -> int:
    """Load rows as one batch."""
    frame = pd.DataFrame([{"row": n + 2, "dated": dated, **r} for n, r in enumerate(rows)])
    with store.importing(at="t", dated=dated, files=["a.csv", "乙.xlsx"]) as importer:
        importer.add(Claims(kind, ledger, dated, "a.csv", "一", frame))
        importer.note(quarantined=2)
        return importer.batch


def city(url: str) -> None:
    """Make a small city with everything that a history may have."""
    store = open_store(url, create=True)
    some: list[dict[str, Any]] = [
        {"key": f"O{n}", "name": f"企业{n}", "unit": "U1;U2", "staff": n, "building": "大厦", "supervisor": "U2", "creative": n > 3}
        for n in range(8)
    ]  # fmt: skip
    units: list[dict[str, Any]] = [
        {"key": "U1", "name": "甲支部", "superior": "U2", "founded": 20100101},
        {"key": "U2", "name": "乙委"},
    ]
    load(store, "unit", *units, dated=20160801)
    load(store, "organization", *some, dated=20160801)
    load(store, "organization", *({**r, "staff": 50} for r in some[:3]), dated=20160801)
    load(store, "organization", *some, dated=20160901, ledger="other")
    load(store, "organization", *some, dated=20161001, ledger="other")
    undone = load(store, "organization", {**some[0], "staff": 99}, dated=20160815)
    load(
        store,
        "member",
        {"key": "M1", "status": "正式", "unit": "U1;U2", "employer": "O1"},
        dated=20160801,
    )
    load(
        store,
        "handling",
        {
            "key": "x",
            "code": "c",
            "subject": "O1",
            "state": "open",
            "evidence": "e",
            "decided": 20160901,
        },
        dated=20160901,
    )
    with store.importing(at="t", dated=20160901, files=[]) as importer:
        frame = pd.DataFrame(
            [{"row": 2, "dated": 20160901, "key": "building:1/1", "code": "1", "name": "大厦"}]
        )
        importer.add(Claims("building", "b", 20160901, "b.csv", "", frame))
        waiting = importer.unresolved("organization", "building")
        importer.resolve("organization", "building", waiting.assign(value="building:1/1"))
    store.undo(undone)
    store.close()  # fmt: skip


def told(url: str) -> list[Any]:
    """All that a store says of the city."""
    store = open_store(url)
    out: list[Any] = [store.batches(), store.latest(), {**store.status(), "store": ""}]
    for kind in ("organization", "unit", "member", "building", "handling"):
        out += [store.frame(kind, d).to_json() for d in DATES]
        out += [store.claims(kind, d).to_json() for d in DATES]
        out += [store.replaced(kind).to_json()]
    for edge in ("COVERS", "SUPERVISED_BY", "LOCATED_IN", "BELONGS_TO", "SUBORDINATE_TO"):
        out += [store.edges(edge, d).to_json() for d in DATES]
    out += [store.statements("organization", f"O{n}") for n in range(3)]
    out += [
        store.chain("organization", "O1"),
        [n.key for n in store.find("企业")],
        [n.key for n in store.find("qy")],
    ]
    out += [store.fingerprint(d) for d in DATES]
    store.close()
    return out


def test_history_goes_over_and_goes_on(
    ends: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy says all that its source says, at every date; what is imported and taken back afterwards does the same to both."""
    source, target = ends
    monkeypatch.setattr(copying, "PART", 3)
    city(source)
    done = copying.copy(source, target)
    assert (sorted(done.verified), done.resumed) == ([*DATES[:1], 20160901, 20161001], 0)
    assert told(target) == told(source)
    for url in ends:
        store = open_store(url)
        load(store, "organization", {"key": "O1", "name": "改名", "unit": "U1"}, dated=20161101)
        store.undo(9)
        store.undo(2)
        store.close()
    assert told(target) == told(source)


@pytest.mark.parametrize(("stage", "done"), [("copying", 10), ("verifying", 1)])
@pytest.mark.large
def test_a_killed_copy_is_no_city(ends: tuple[str, str], stage: str, done: int) -> None:
    """A copy that was killed refuses to be read, says why, and goes on where it ended when it is run again."""
    source, target = ends
    city(source)
    child = subprocess.Popen(
        [sys.executable, "-c", CUT, source, target, stage, str(done)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with pytest.raises(StoreError, match="cut off"):
        open_store(target)
    with pytest.raises(StoreError, match="cut off"):
        open_store(target, create=True)
    _expire(target)
    again = copying.copy(source, target)
    assert again.resumed >= done
    assert told(target) == told(source)


@pytest.mark.parametrize(("version", "words"), [(-1, "an older version"), (1, "a newer version")])
def test_half_a_copy_of_another_version_is_not_gone_on_with(
    neo4j_url: str, tmp_path: Path, version: int, words: str
) -> None:
    """What a copy of another version of the program left on a server is refused and left as it is, whole or half."""
    source = str(tmp_path / "a.db")
    city(source)

    def stop(stage: str, done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(source, neo4j_url, stop)
    target = Neo4jStore.to_copy_into(neo4j_url)
    mark = f"MATCH (s:{neo4j_names.STORE}) SET s.version = $version"
    target.server.write([(mark, {"version": neo4j_names.VERSION + version})])
    there = target.server.rows("MATCH (n) RETURN count(n)")
    with pytest.raises(StoreError, match=words):
        copying.copy(source, neo4j_url)
    with pytest.raises(StoreError, match=words):
        open_store(neo4j_url, create=True)
    assert target.server.rows("MATCH (n) RETURN count(n)") == there
    target.close()


@pytest.mark.large
def test_a_source_that_changed_is_copied_anew(
    ends: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the source has changed since a copy was cut off, nothing of the half is kept."""
    source, target = ends
    monkeypatch.setattr(copying, "PART", 3)
    city(source)

    def stop(stage: str, done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(source, target, stop)
    store = open_store(source)
    store.undo(2)
    store.close()
    assert copying.copy(source, target).resumed == 0
    assert told(target) == told(source)


@pytest.mark.large
def test_a_city_is_not_copied_over(ends: tuple[str, str]) -> None:
    """A target that holds a city is left as it is, and so is a source that is its own target."""
    source, target = ends
    for url in ends:
        city(url)
    before = told(target)
    for one in ends:
        with pytest.raises(StoreError, match="holds a city already"):
            copying.copy(source, one)
    assert told(target) == before


def test_a_copy_that_says_otherwise_stays_closed(
    ends: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where what is read back differs from the source, the copy is not opened."""
    source, target = ends
    city(source)
    real, asked = copying.parts, []

    def wrong(source: Any, position: dict[str, int]) -> Any:
        asked.append(position)
        for part in real(source, position):
            if len(asked) == 1:  # what goes over, not what is read back
                part.claims[0] = (*part.claims[0][:5], "其他", *part.claims[0][6:])
            yield part

    monkeypatch.setattr(copying, "parts", wrong)
    with pytest.raises(StoreError, match="stays closed"):
        copying.copy(source, target)
    with pytest.raises(StoreError, match="cut off"):
        open_store(target)


def _expire(url: str) -> None:
    """Let the lease of a killed writer run out without waiting for it."""
    if "://" not in url:
        return
    import os

    import neo4j

    auth = (os.environ["LIANJIAN_NEO4J_USER"], os.environ["LIANJIAN_NEO4J_PASSWORD"])
    with neo4j.GraphDatabase.driver(url, auth=auth) as driver:
        driver.execute_query("MATCH (s:LianjianStore) SET s.lease = 0")

"""C10, the server: stopped, killed, starved or busy; what is committed stays, what is not never shows, ours goes on by itself."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from graph.errors import StoreError, StoreFullError
from graph.store import neo4j_server, open_store
from graph.store.neo4j import Neo4jStore
from tests.robustness import stores
from tests.robustness.test_neo4j_c10_line import again, expected

if TYPE_CHECKING:
    from tests.neo4j_server.server import Server

SLOW = "UNWIND range(1, 1000000000) AS i WITH i WHERE i % 7 = 8 RETURN count(i)"
"""A question that takes minutes."""


@pytest.fixture
def store(faulty: Server) -> Iterator[Neo4jStore]:
    """A store on the server of faults, with one batch."""
    store = open_store(faulty.url, create=True)
    assert isinstance(store, Neo4jStore)
    stores.load(store, stores.rows(0, 20))
    yield store
    store.close()


def later(seconds: float, what: object) -> threading.Thread:
    """Do something in a while."""
    assert callable(what)
    thread = threading.Timer(seconds, what)
    thread.start()
    return thread


def test_stopped_and_started_again(faulty: Server, store: Neo4jStore) -> None:
    """A server stopped while it answers and is written to is told as out of reach; once back, the same store objects serve."""

    def cut_off() -> None:
        with store.importing(at="t", dated=stores.DATED, files=["a.csv"]) as importer:
            importer.add(stores.rows(20, 20))
            importer.unresolved("organization", "building")  # what was added is written now
            stopping = later(0.3, faulty.stop)
            # its database goes before it does
            with pytest.raises(StoreError, match=r"can't be reached|its database not yet"):
                other.server.rows(SLOW)
            stopping.join()
            importer.add(stores.rows(40, 20))

    with contextlib.closing(Neo4jStore(faulty.url)) as other:
        with pytest.raises(StoreError, match="can't be reached"):
            cut_off()
        with pytest.raises(StoreError, match="can't be reached"):
            other.fingerprint(stores.DATED)
        faulty.start()
        assert other.fingerprint(stores.DATED) == expected((0, 20))
    assert len(store.batches()) == 1
    again(store, (20, 40))
    assert store.fingerprint(stores.DATED) == expected((0, 20), (20, 40))


def test_killed_in_an_import(patient: None, faulty: Server, store: Neo4jStore) -> None:
    """A killed server that is back before patience ends costs an import nothing but time; who waits is told, others see nothing."""
    told: list[tuple[str, str]] = []
    with contextlib.closing(
        open_store(faulty.url, waiting=lambda en, zh: told.append((en, zh)))
    ) as other:
        with other.importing(at="t", dated=stores.DATED, files=["a.csv"]) as importer:
            importer.add(stores.rows(20, 20))
            importer.unresolved("organization", "building")
            faulty.kill()
            starting = later(0.5, faulty.start)
            importer.add(stores.rows(40, 20))
            importer.unresolved("organization", "building")
            assert store.fingerprint(stores.DATED) == expected((0, 20))
        starting.join()
        assert "trying again for" in told[0][0]
        assert faulty.url in told[0][1]
        assert other.fingerprint(stores.DATED) == expected((0, 20), (20, 40))
        assert len(other.batches()) == 2


def test_a_client_killed_in_an_import(faulty: Server, store: Neo4jStore) -> None:
    """Where our own process is killed in an import, nothing of it is seen, and the next import takes over after its lease."""
    child = stores.child(
        "import sys, time\n"
        "from graph.store import neo4j_revision, open_store\n"
        "from tests.robustness import stores\n"
        "neo4j_revision.LEASE_MS = 1500\n"
        "with open_store(sys.argv[1]).importing(at='t', dated=stores.DATED, files=['a.csv']) as importer:\n"
        "    importer.add(stores.rows(20, 20))\n"
        "    importer.unresolved('organization', 'building')\n"
        "    print('written', flush=True)\n"
        "    time.sleep(60)\n",
        faulty.url,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "written\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert store.fingerprint(stores.DATED) == expected((0, 20))
    again(store, (40, 20))
    assert store.fingerprint(stores.DATED) == expected((0, 20), (40, 20))


def test_a_frozen_server_is_given_up(faulty: Server, store: Neo4jStore) -> None:
    """A server that stands still without a word is given up in bounded time, and serves again once it goes on."""
    os.kill(faulty.pid, signal.SIGSTOP)
    try:
        begin = time.monotonic()
        with pytest.raises(StoreError, match="can't be reached or doesn't answer"):
            store.status()
        assert time.monotonic() - begin < 20
    finally:
        os.kill(faulty.pid, signal.SIGCONT)
    assert store.fingerprint(stores.DATED) == expected((0, 20))


def test_a_question_that_takes_too_long(store: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question over its time is ended on the server, told as ours, and not tried again."""
    monkeypatch.setattr(neo4j_server, "LONGEST_S", 1.0)
    begin = time.monotonic()
    with pytest.raises(StoreError, match="no answer within 1 s"):
        store.server.rows(SLOW)
    assert time.monotonic() - begin < 5
    assert store.fingerprint(stores.DATED) == expected((0, 20))


def test_little_memory_makes_smaller_transactions(store: Neo4jStore) -> None:
    """An import whose transactions are too large for the server's memory sends less at a time, and is whole."""
    stores.load(store, stores.rows(20, 2_000))
    assert store.fingerprint(stores.DATED) == expected((0, 20), (20, 2_000))
    assert len(store.batches()) == 2


@pytest.mark.large
def test_what_an_import_left_is_swept_in_little_memory(store: Neo4jStore) -> None:
    """What an import that failed has written is taken away again by a server with little memory too."""

    def fail() -> None:
        with store.importing(at="t", dated=stores.DATED, files=["a.csv"]) as importer:
            importer.add(stores.rows(20, 2_000))
            importer.unresolved("organization", "building")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    stores.load(store, stores.rows(20, 10))
    left = store.server.rows("MATCH (c:OrganizationClaim) RETURN count(c)")
    assert left == [[30]]
    assert store.fingerprint(stores.DATED) == expected((0, 20), (20, 10))


def test_a_question_too_large_for_the_server(store: Neo4jStore) -> None:
    """A question that needs more memory than the server gives is told as that, at once: trying again is no use."""
    begin = time.monotonic()
    with pytest.raises(StoreError, match="has not the memory"):
        store.server.rows("UNWIND range(1, 3000000) AS i RETURN collect(toString(i) + 'x') AS all")
    assert time.monotonic() - begin < 20


def test_deadlocks_are_settled(store: Neo4jStore) -> None:
    """Two writers that wait for each other both get through: one is asked to wait and does it again."""
    store.server.write([("UNWIND [1, 2] AS i CREATE (:LianjianSheet {id: -i, n: 0})", {})])
    step = "MATCH (s:LianjianSheet {id: $id}) SET s.n = s.n + 1"
    met = threading.Barrier(2, timeout=20)
    tries: list[int] = []

    def write(first: int, second: int) -> None:
        def work(run: object) -> None:
            assert callable(run)
            tries.append(first)
            run(step, id=first)
            if tries.count(first) == 1:
                met.wait()  # both hold one and want the other's
            run(step, id=second)

        store.server.transact(work)

    both = [threading.Thread(target=write, args=pair) for pair in ((-1, -2), (-2, -1))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(tries) > 2
    assert store.server.rows("MATCH (s:LianjianSheet) WHERE s.id < 0 RETURN s.n") == [[2], [2]]
    store.server.write([("MATCH (s:LianjianSheet) WHERE s.id < 0 DELETE s", {})])


@pytest.mark.large
def test_a_full_disk(faulty: Server, store: Neo4jStore, request: pytest.FixtureRequest) -> None:
    """No room on the server's disk is told as that; with room, killed and started, all is as before, and the import goes well."""
    logs = (faulty.home / "data" / "transactions" / "neo4j").iterdir()
    room = max(log.stat().st_size for log in logs) + 20_000
    limits = resource.prlimit(faulty.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(faulty.pid, resource.RLIMIT_FSIZE, (room, limits[1]))
    with pytest.raises(StoreFullError, match="no room left"):
        stores.load(store, stores.rows(20, 300))
    with pytest.raises(StoreError, match="restart the server"):
        store.batches()
    faulty.kill()
    faulty.start()
    request.getfixturevalue("patient")
    with contextlib.closing(open_store(faulty.url)) as other:
        assert other.fingerprint(stores.DATED) == expected((0, 20))
        again(other, (20, 300))
        assert other.fingerprint(stores.DATED) == expected((0, 20), (20, 300))

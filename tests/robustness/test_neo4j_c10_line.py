"""C10, the line: whatever it does to an import or a question, the store holds all of the import or nothing, and once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from graph.errors import StoreError
from graph.store import neo4j_server, open_store
from tests.neo4j_server.server import HOST
from tests.robustness import stores
from tests.robustness.proxy import COMMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.store.base import Store
    from tests.robustness.proxy import Proxy


def expected(*batches: tuple[int, int]) -> str:
    """Return the fingerprint of a store that was told the same without any fault."""
    model = open_store(":memory-model:")
    for first, n in batches:
        stores.load(model, stores.rows(first, n))
    return model.fingerprint(stores.DATED)


@pytest.fixture
def store(line: Proxy) -> Iterator[Store]:
    """A store at the other end of a bad line, with one batch."""
    store = open_store(f"neo4j://{HOST}:{line.port}", create=True)
    stores.load(store, stores.rows(0, 20))
    yield store
    line.heal()
    store.close()


class Commits:
    """Loses the answers to some commits: every other one, or the n-th from now."""

    def __init__(self, nth: int | None = None) -> None:
        self.nth, self.seen = nth, 0

    def __call__(self, data: bytes) -> bool:
        """Count the commits in what a client says; return whether this is one to lose."""
        before, self.seen = self.seen, self.seen + data.count(COMMIT)
        if self.nth is None:
            return self.seen > before and before % 2 == 0
        return before < self.nth <= self.seen


def test_lost_commits_are_never_made_twice(patient: None, store: Store, line: Proxy) -> None:
    """Where every commit's answer is lost the first time, an import is there once, whole, and says that it went well."""
    line.lose = Commits()
    stores.load(store, stores.rows(20, 20))
    assert line.lost >= 5
    line.heal()
    assert store.fingerprint(stores.DATED) == expected((0, 20), (20, 20))
    assert len(store.batches()) == 2


@pytest.mark.large
def test_any_lost_commit_is_never_made_twice(patient: None, store: Store, line: Proxy) -> None:
    """Whichever single commit's answer is lost in an import, that import is there once, whole, and says that it went well."""
    batches = [(0, 20)]
    for n in range(1, 100):
        line.lose = losing = Commits(n)
        batches.append((20 * n, 20))
        stores.load(store, stores.rows(20 * n, 20))
        assert store.fingerprint(stores.DATED) == expected(*batches), n
        assert len(store.batches()) == len(batches)
        if losing.seen < n:
            break
    assert line.lost >= 5


def test_a_dropped_line_is_taken_up_again(patient: None, store: Store, line: Proxy) -> None:
    """Where all connections break between questions, the next question is answered as if nothing had been."""
    for _ in range(3):
        line.drop()
        assert store.fingerprint(stores.DATED) == expected((0, 20))


@pytest.mark.parametrize("passed", [5, 150, 600])
def test_answers_cut_short_are_not_believed(store: Store, line: Proxy, passed: int) -> None:
    """However much of an answer arrives before the line breaks, the question is answered in full or not at all."""
    line.drop()
    line.cut = passed
    with pytest.raises(StoreError, match="can't be reached"):
        store.fingerprint(stores.DATED)
    line.heal()
    assert store.fingerprint(stores.DATED) == expected((0, 20))


def test_a_slow_line_is_waited_for(patient: None, store: Store, line: Proxy) -> None:
    """A server that answers late is answered for all the same."""
    line.delay = 0.05
    assert store.fingerprint(stores.DATED) == expected((0, 20))


def test_a_silent_line_is_given_up(store: Store, line: Proxy) -> None:
    """A line that went silent without a word is given up in bounded time, and serves again once it is mended."""
    line.silent = True
    begin = time.monotonic()
    with pytest.raises(StoreError, match="can't be reached or doesn't answer"):
        store.status()
    # one wait for the answer, one for a new connection, and as long as retries go on
    assert time.monotonic() - begin < 4 * neo4j_server.CONNECT_S + 2 * neo4j_server.RETRY_S
    with pytest.raises(StoreError, match="can't be reached or doesn't answer"):
        open_store(f"neo4j://{HOST}:{line.port}")
    line.heal()
    assert store.fingerprint(stores.DATED) == expected((0, 20))


def test_an_import_cut_off_leaves_nothing(store: Store, line: Proxy) -> None:
    """Where the line breaks for good in the middle of an import, nothing of it is seen; the same import then goes well."""

    def cut_off() -> None:
        with store.importing(at="t", dated=stores.DATED, files=["a.csv"]) as importer:
            importer.add(stores.rows(20, 20))
            line.refuse()
            importer.add(stores.rows(40, 20))

    with pytest.raises(StoreError, match="can't be reached"):
        cut_off()
    line.heal()
    assert store.fingerprint(stores.DATED) == expected((0, 20))
    assert len(store.batches()) == 1
    again(store, (20, 40))
    assert store.fingerprint(stores.DATED) == expected((0, 20), (20, 40))


def test_an_import_outlasts_a_short_break(patient: None, store: Store, line: Proxy) -> None:
    """A break shorter than what is retried costs an import nothing but time."""
    with store.importing(at="t", dated=stores.DATED, files=["a.csv"]) as importer:
        importer.add(stores.rows(20, 20))
        line.drop()
        importer.add(stores.rows(40, 20))
    assert store.fingerprint(stores.DATED) == expected((0, 20), (20, 40))


def again(store: Store, batch: tuple[int, int]) -> None:
    """Import once the store is free: who was cut off holds it until its lease ends."""
    from graph.errors import StoreBusyError

    end = time.monotonic() + 30
    while True:
        try:
            stores.load(store, stores.rows(*batch))
            return
        except StoreBusyError:
            assert time.monotonic() < end
            time.sleep(0.5)

"""Finding by an index of the embedded store: the contract's answers, by whichever way they are found."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.model import Claims
from graph.store import open_store, sqlite_find
from graph.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.store.base import Store

FIRST, LATER = 20160801, 20160901
LETTERS = "江岸科技jA1(-% ㍿"
KINDS = ("building", "organization", "unit")

names = st.text(LETTERS, max_size=6)
cities = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from("abcdefgh"), names), min_size=1, max_size=14
)


def put(store: Store, dated: int, rows: list[tuple[str, str, str]]) -> int:
    """Load names of entities as one import; return its batch."""
    with store.importing(at="t", dated=dated, files=[]) as importer:
        for kind in sorted({kind for kind, _, _ in rows}):
            some = {key: name for k, key, name in rows if k == kind}
            frame = pd.DataFrame(
                [{"row": i, "dated": dated, "key": k, "name": n} for i, (k, n) in enumerate(some.items(), 2)]
            )  # fmt: skip
            importer.add(Claims(kind, kind, dated, "f", kind, frame))
    return store.batches()[-1].id


def found(store: Store, text: str, as_of: int, limit: int) -> list[tuple[str, str]]:
    """What is found, as kinds and keys."""
    return [(n.kind, n.key) for n in store.find(text, as_of, limit)]


@contextlib.contextmanager
def counting(store: SqliteStore) -> Iterator[Callable[[], int]]:
    """Count what SQLite does for a store in a ``with`` block, in tens of its steps."""
    ticks = 0

    def tick() -> bool:
        nonlocal ticks
        ticks += 1
        return False

    store.db.set_progress_handler(tick, 10)
    yield lambda: ticks
    store.db.set_progress_handler(None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    ways=st.sampled_from([(2_000, 12), (0, 12), (0, 1), (1, 2)]),
    first=cities,
    later=cities,
    texts=st.lists(st.text(LETTERS + "jiangke", min_size=1, max_size=4), min_size=3, max_size=8),
    limit=st.integers(1, 12),
)
def test_every_way_finds_the_same(
    monkeypatch: pytest.MonkeyPatch,
    ways: tuple[int, int],
    first: list[tuple[str, str, str]],
    later: list[tuple[str, str, str]],
    texts: list[str],
    limit: int,
) -> None:
    """Sorted or merged from runs, what is found is what going through all names tells, at each date and after an undo."""
    monkeypatch.setattr(sqlite_find, "FEW", ways[0])
    monkeypatch.setattr(sqlite_find, "RUNS", ways[1])
    ours = open_store(":memory:", create=True)
    plain = open_store(":memory-model:", create=True)
    stores = ours, plain
    try:
        for store in stores:
            put(store, FIRST, first)
        batches = {store.url: put(store, LATER, later) for store in stores}
        for _ in ("all", "the later taken back"):
            for text in texts:
                for date in (FIRST, LATER):
                    assert found(ours, text, date, limit) == found(plain, text, date, limit)
            for store in stores:
                if batch := batches.pop(store.url, None):
                    store.undo(batch)
    finally:
        for store in stores:
            store.close()


@pytest.mark.parametrize(
    "name", ["a*b", 'say "hi"', "NEAR(x)", "\ue000甲\ue001", "甲\0乙", "𠮷野家", "%_\\", "x" * 300]
)
def test_any_sign_is_found(name: str) -> None:
    """Signs of the index's own language, its marks, rare characters and long names are found as what they are."""
    store = open_store(":memory:", create=True)
    put(store, FIRST, [("unit", "u", name), ("unit", "v", "：：")])
    for text in (name, name[:2], name[1:], name[-1:]):
        assert found(store, text, FIRST, 9) == [("unit", "u")]
    store.close()


def test_a_rare_text_is_found_by_looking_at_what_holds_it() -> None:
    """Fifty times the names take no more work, where what is looked for stands in one of them."""

    def steps(n: int) -> int:
        store = SqliteStore(":memory:", create=True)
        put(
            store,
            FIRST,
            [("unit", f"u{i}", f"第{i}支部") for i in range(n)] + [("unit", "x", "珞南")],
        )
        with counting(store) as counted:
            assert found(store, "珞南", FIRST, 9) == [("unit", "x")]
            assert found(store, "luonan", FIRST, 9) == [("unit", "x")]
        store.close()
        return counted()

    assert steps(5_000) <= steps(100) + 20


def test_what_was_reported_anew_is_not_looked_at() -> None:
    """Fifty times as many names that a later import replaced take no more work, though all begin the list of what is looked for."""

    def steps(n: int) -> int:
        store = SqliteStore(":memory:", create=True)
        units = [("unit", f"u{i:05}", f"第{i}支部") for i in range(n + 50)]
        put(store, FIRST, units)
        put(store, LATER, [(kind, key, f"{name}委员会") for kind, key, name in units[:n]])
        with counting(store) as counted:
            keys = [key for _, key in found(store, "支部", LATER, 9)]
        store.close()
        assert keys == [f"u{i:05}" for i in range(9)]
        return counted()

    # more than are sorted, in both
    assert steps(30_000) <= 1.5 * steps(600)

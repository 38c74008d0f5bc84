"""C7: the disk is full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.errors import StoreFullError
from graph.store import open_store, sqlite_file
from tests.robustness.stores import DATED, load, made, rows, sound


def test_later_import(tmp_path: Path) -> None:
    """An import that finds no room leaves the store as it was, says so in a line, and goes in once there is room."""
    path = tmp_path / "a.db"
    before = made(path)
    store: Any = open_store(str(path))
    pages = store.db.pragma("page_count")
    store.db.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StoreFullError, match=r"a\.db: no room left; free some space") as failure:
        load(store, rows(1000, 3000))
    assert "空间不足" in failure.value.zh
    assert "\n" not in failure.value.en
    assert store.fingerprint(DATED) == before
    store.db.execute("PRAGMA max_page_count = 1000000")
    load(store, rows(1000, 3000))
    store.close()
    assert sound(path) == [1, 2]


def test_first_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first import that finds no room makes no store."""
    path = tmp_path / "a.db"
    real = sqlite_file._open

    def small(name: str) -> Any:
        db = real(name)
        db.execute("PRAGMA max_page_count = 150")
        return db

    monkeypatch.setattr(sqlite_file, "_open", small)
    store = open_store(str(path), create=True)
    with pytest.raises(StoreFullError):
        load(store, rows(0, 5000))
    assert store.batches() == []
    monkeypatch.setattr(sqlite_file, "_open", real)
    load(store, rows(0, 50))
    store.close()
    assert sound(path) == [1]


def test_undo(tmp_path: Path) -> None:
    """Taking an import back without room takes nothing back."""
    path = tmp_path / "a.db"
    made(path)
    store: Any = open_store(str(path))
    second = load(store, rows(0, 200, name="改名"))
    before = store.fingerprint(DATED)
    store.db.execute(f"PRAGMA max_page_count = {store.db.pragma('page_count')}")
    try:
        store.undo(second)
    except StoreFullError:
        assert store.fingerprint(DATED) == before
        assert not store.batches()[1].undone
    else:
        assert store.batches()[1].undone
    store.close()
    sound_pages = Path(path).stat().st_size
    assert sound_pages > 0

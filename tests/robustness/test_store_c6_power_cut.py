"""C6, power loss: what was not synced is gone."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import Any

import apsw
import pytest

from graph.errors import StoreError, StoreMissingError
from graph.store import open_store, sqlite_file
from graph.store.sqlite import SqliteStore
from tests.robustness.cut import Disk
from tests.robustness.stores import DATED, load, made, rows, sound


def attempt(disk: Disk, monkeypatch: pytest.MonkeyPatch, folder: Path) -> bool:
    """Import into the store on a disk until it has ended (``True``) or the power is off."""

    def connect(_: str, mapped: int = 0) -> Any:
        db = apsw.Connection("a.db", vfs=disk.name)
        db.execute(  # a small cache, so that pages go out before the end; no shared memory on this disk
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA cache_size = 10; PRAGMA temp_store = MEMORY"
        ).fetchall()  # else only the first of them is done
        return db

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_file, "_open", connect)
        patch.setattr("graph.store.sqlite_write.CACHE_KIB", 40)
        patch.setattr("graph.store.sqlite_file.CACHE_KIB", 40)
        stand_in = folder / "a.db"  # the store looks for its file before it opens it
        stand_in.write_bytes(bytes(disk.live.get("a.db", b"")))
        ended = False
        store: SqliteStore | None = None
        try:
            store = SqliteStore(str(stand_in), create=True)
            load(store, rows(1000, 60))
            ended = True
            disk.left = disk.done  # off, before anything else is written
        except StoreError:
            pass
        finally:
            if store is not None:
                with contextlib.suppress(apsw.Error):
                    store.db.close(True)
    return ended


@pytest.mark.parametrize("survives", [0.0, 0.5], ids=["all lost", "any part lost"])
@pytest.mark.parametrize("new", [True, False], ids=["first import", "later import"])
def test_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: bool, survives: float
) -> None:
    """After a power cut at any moment of an import there is all of it or nothing; an import that has ended stays."""
    path = tmp_path / "after" / "a.db"
    path.parent.mkdir()
    begin: dict[str, bytes] = {}
    before = None
    if not new:
        before = made(path, 30)
        begin = {"a.db": path.read_bytes()}
    whole = Disk(begin, None)
    assert attempt(whole, monkeypatch, tmp_path)
    assert whole.done > 50
    drawn = random.Random(66)
    points = sorted(drawn.sample(range(whole.done), 14)) + [
        whole.done - n for n in range(8, -1, -1)
    ]
    states = set()
    for point in points:
        disk = Disk(begin, point, survives, seed=point)
        ended = attempt(disk, monkeypatch, tmp_path)
        for file in path.parent.iterdir():
            file.unlink()
        for name, data in disk.found().items():
            (path.parent / name).write_bytes(data)
        try:
            store = open_store(str(path))
        except StoreMissingError:
            assert new
            assert not ended
            states.add("nothing")
            continue
        found = store.fingerprint(DATED)
        store.close()
        batches = sound(path)
        if found == before:
            assert batches == [1]
            assert not ended
            states.add("nothing")
        else:
            assert batches == ([1] if new else [1, 2])
            states.add("all")
    assert states == {"nothing", "all"}

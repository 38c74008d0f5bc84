"""C8: two write at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import StoreBusyError
from graph.store import open_store, sqlite_file
from tests.robustness.stores import DATED, child, load, made, rows, sound

WRITERS = """
import os, sys, time
from graph.errors import StoreBusyError
from graph.store import open_store
from tests.robustness.stores import load, rows

path, processes, imports = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
children = []
for p in range(processes):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            for n in range(imports):
                for _ in range(200):
                    try:
                        store = open_store(path, create=True)
                        load(store, rows(1000 * p + 100 * n, 20))
                        store.close()
                        break
                    except StoreBusyError:
                        time.sleep(0.01)
                else:
                    raise SystemExit("never its turn")
            code = 0
        finally:
            os._exit(code)
    children.append(pid)
assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * processes
"""


def test_second_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second import waits a moment, then is told that one is under way; readers go on reading what was there."""
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 100)
    path = tmp_path / "a.db"
    before = made(path)
    one, two = open_store(str(path)), open_store(str(path))
    with one.importing(at="t", dated=DATED, files=[]) as importer:
        importer.add(rows(1000, 10))
        with pytest.raises(StoreBusyError, match="another import is under way; try again") as told:
            load(two, rows(2000, 10))
        assert "正在进行" in told.value.zh
        with pytest.raises(StoreBusyError):
            two.undo(1)
        assert two.fingerprint(DATED) == before
    load(two, rows(2000, 10))
    assert [b.loaded for b in one.batches()] == [200, 10, 10]
    one.close()
    two.close()
    assert sound(path) == [1, 2, 3]


def test_two_first_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two imports that would both make a store, the second adds to what the first made."""
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 100)
    path = tmp_path / "a.db"
    one, two = open_store(str(path), create=True), open_store(str(path), create=True)
    with one.importing(at="t", dated=DATED, files=[]) as importer:
        importer.add(rows(0, 10))
        with pytest.raises(StoreBusyError):
            load(two, rows(100, 10))
    assert two.batches() == []
    load(two, rows(100, 10))
    assert [b.id for b in two.batches()] == [1, 2]
    one.close()
    two.close()
    assert sound(path) == [1, 2]


def test_no_lost_update(tmp_path: Path) -> None:
    """Three processes import at once into a store that none of them found there: each import is in it, once."""
    path = tmp_path / "a.db"
    writers = child(WRITERS, str(path), "3", "3")
    _, errors = writers.communicate(timeout=300)
    assert writers.returncode == 0, errors
    assert sound(path) == list(range(1, 10))
    store = open_store(str(path))
    assert len(store.frame("organization", columns=[])) == 180
    store.close()

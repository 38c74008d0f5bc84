"""C6: an import is killed at any moment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.robustness.stores import child

KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from graph.errors import StoreMissingError
from graph.store import open_store
from tests.robustness.stores import DATED, load, made, rows, sound

path, new, kills = Path(sys.argv[1]), sys.argv[2] == "new", int(sys.argv[3])
parts = [[rows(10_000 * n + 100 * i, 100) for i in range(12)] for n in range(kills + 1)]
drawn = random.Random(6)

def write(n):
    store = open_store(str(path), create=True)
    load(store, *parts[n])

def run(n, seconds):
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            write(n)
        finally:
            os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1] == 0

before, kept = (None, []) if new else (made(path), [1])
begun = time.monotonic()
made(path.with_suffix(".first"), 1200)
takes = time.monotonic() - begun
cut = 0
for n in range(kills):
    ended = run(n, drawn.uniform(0, takes))
    try:
        store = open_store(str(path))
    except StoreMissingError:
        assert before is None and not ended
        cut += 1
        continue
    found = store.fingerprint(DATED)
    store.close()
    now = sound(path)
    if found == before:
        assert now == kept and not ended
        cut += 1
    else:
        assert now == [*kept, len(kept) + 1], (now, kept)
    before, kept = found, now
assert run(kills, None)
assert sound(path) == [*kept, len(kept) + 1]
print(cut)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.parametrize(("state", "kills"), [("new", 5), ("filled", 6)])
def test_kill_9(tmp_path: Path, state: str, kills: int) -> None:
    """After kill -9 at random moments there is all of an import or nothing of it, and the next import goes in."""
    killer = child(KILLER, str(tmp_path / "a.db"), state, str(kills))
    out, errors = killer.communicate(timeout=300)
    assert killer.returncode == 0, errors
    assert int(out) > 0, "no import was cut off: nothing was tried"

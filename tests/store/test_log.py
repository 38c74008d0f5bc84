"""The write-ahead log of a store's file: what a long commit leaves for those who read."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import apsw

from graph.store import sqlite_file


def rows(path: Path) -> int:
    """How many rows the file holds without its log."""
    alone = path.with_suffix(".alone")
    shutil.copy(path, alone)
    db = apsw.Connection(str(alone))
    (found,) = db.execute("SELECT count(*) FROM t").fetchone() or (0,)
    db.close()
    return int(found)


def test_a_long_commit_is_brought_into_the_file_once_nobody_reads_what_was_before(
    tmp_path: Path,
) -> None:
    """A reader of the state before keeps the commit's own checkpoint from it; when it is done, all is in the file."""
    path = tmp_path / "a.db"
    db, reader = apsw.Connection(str(path)), apsw.Connection(str(path))
    db.execute("PRAGMA journal_mode = wal; CREATE TABLE t (x)").fetchall()
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM t").fetchall()
    db.execute("BEGIN")
    db.executemany("INSERT INTO t VALUES (?)", ((f"{n:0800}",) for n in range(20_000)))
    db.execute("COMMIT")
    assert rows(path) == 0
    done = threading.Timer(0.2, lambda: reader.execute("COMMIT"))
    done.start()
    sqlite_file.bring_in(db)
    done.join()
    assert rows(path) == 20_000
    reader.close()
    db.close()

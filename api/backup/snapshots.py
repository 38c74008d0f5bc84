"""One SQLite file as it is at one moment, whoever writes to it meanwhile; and whether a file is sound."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import apsw

from api.backup.staging import full, synced
from graph.errors import StoreBusyError, StoreCorruptError, StoreError
from graph.store.sqlite_file import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGES = 2_000
"""Pages that are copied at a time: some 8 MB."""
BUSY_MS = 10_000


def snapshot(source: Path, target: Path, told: Callable[[int, int], None]) -> None:
    """Copy a database by SQLite's backup, within one transaction that reads: nobody who writes waits for it.

    Parameters
    ----------
    source, target : pathlib.Path
    told : callable
        Told pages copied, and pages in all.

    Raises
    ------
    StoreFullError, StoreBusyError, StoreCorruptError, StoreError
        With the file's path.
    """
    with _said(source, target):
        read = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            read.set_busy_timeout(BUSY_MS)
            # held to the end: without it, each write by another would begin the copy anew
            read.execute("BEGIN")
            read.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            _copied(read, target, told)
            read.execute("ROLLBACK")
        finally:
            read.close(True)
    synced(target)


def _copied(read: Any, target: Path, told: Callable[[int, int], None]) -> None:
    written = apsw.Connection(str(target))
    try:
        written.execute(
            "PRAGMA synchronous = OFF"
        )  # the file is synced whole, before it gets its name
        with written.backup("main", read, "main") as backup:
            while not backup.done:
                backup.step(PAGES)
                told(backup.page_count - backup.remaining, backup.page_count)
    finally:
        written.close(True)
    target.chmod(0o600)


def check(path: Path) -> None:
    """Refuse a database that is not sound.

    Raises
    ------
    StoreCorruptError
        It is not.
    """
    with _said(path, path):
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            found = db.execute("PRAGMA integrity_check(1)").fetchone()
        finally:
            db.close(True)
    if found is None or found[0] != "ok":
        raise _damaged(path)


@contextlib.contextmanager
def _said(source: Path, target: Path) -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        what = fault(error)
        if what == "damaged":
            raise _damaged(source) from None
        if what == "busy":
            raise StoreBusyError(
                f"{source}: held by another program; run the command again in a moment",
                f"{source}：正被其他程序占用；请稍后重试",
            ) from None
        # a limit on files shows as a write that fails
        if what == "full" or isinstance(error, apsw.IOError):
            raise full(target.parent) from None
        raise StoreError(
            f"{source}: can't be copied ({type(error).__name__.removesuffix('Error').lower()}); check the folder and its rights",
            f"{source}：无法复制（{type(error).__name__.removesuffix('Error').lower()}）；请检查文件夹及其权限",
        ) from None


def _damaged(path: Path) -> StoreCorruptError:
    return StoreCorruptError(
        f"{path}: damaged; restore a backup that was taken before",
        f"{path}：已损坏；请恢复此前的备份",
    )

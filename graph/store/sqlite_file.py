"""The embedded store's file: opening it, making it, and SQLite's failures in words for a person.

SQLite comes with apsw, because builds before 3.51.3 (and 3.52) can lose committed pages when a WAL is reset while another
connection reads; such a build is refused (docs/adr/0001).
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

import apsw

from graph.errors import (
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreMissingError,
    word,
)
from graph.schema import load_schema
from graph.store import copying, ddl
from graph.store.batches import busy

BUSY_MS = 2000
CACHE_KIB = 16 * 1024
PATIENCE = 5.0
"""Seconds for which a long commit is brought into the file while others read."""
LONG = 1_000
"""Rows from which a commit is long."""
SOME = 10_000
"""Rows that are gone through at once."""
MAPPED = 1 << 40
"""Octets that are read where the system holds them, without a copy of a connection's own: as many as SQLite allows (2 GiB).

A process that reads so ends by SIGBUS where another cuts the file short; else that is an error like any other.
"""
P = ParamSpec("P")
R = TypeVar("R")


class Named(Protocol):
    """Anything that knows which store it speaks of."""

    url: str


S = TypeVar("S", bound=Named)


def safe_version(version: str) -> bool:
    """Return whether a build is free of the WAL-reset fault: 3.51.3 and later of 3.51, 3.53.0 and later."""
    number = tuple(int(x) for x in version.split(".")[:3])
    return number >= (3, 53, 0) or (3, 51, 3) <= number < (3, 52, 0)


Fault = Literal["damaged", "busy", "full", "unwritable"]
"""What a failure of SQLite means, whatever the file is."""
_FAULTS: tuple[tuple[tuple[type[apsw.Error], ...], Fault], ...] = (
    ((apsw.NotADBError, apsw.CorruptError, apsw.FormatError), "damaged"),
    ((apsw.BusyError, apsw.LockedError), "busy"),
    ((apsw.FullError,), "full"),
    (
        (
            apsw.CantOpenError,
            apsw.ReadOnlyError,
            apsw.IOError,
            apsw.PermissionsError,
            apsw.AuthError,
        ),
        "unwritable",
    ),
)


Inode = tuple[int, int]
"""A file's device and number."""


def inode(path: str, *, filled: bool = False) -> Inode | None:
    """Return which file a path names now; no other has its number as long as somebody holds it open.

    Parameters
    ----------
    filled : bool
        An empty file is none: there is no store in it.
    """
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return None if filled and not found.st_size else (found.st_dev, found.st_ino)


def log_of(path: str) -> str:
    """Return where the log of a store's file lies."""
    return f"{path}-wal"


def beside_another_s_log(url: str) -> StoreError:
    """Return what to say where a file lies beside the log of the one whose place it took."""
    return StoreError(
        f"store {url}: another file was put here beside the former's log; end what uses the store, then remove {url}-wal and"
        f" {url}-shm, or put the former file back",
        f"存储 {url}：文件已被替换，但原文件的日志仍在；请停止使用该存储的程序，删除 {url}-wal 和 {url}-shm，或放回原文件",
    )


def lost(url: str) -> StoreError:
    """Return what to say where a file was moved, deleted or replaced under whoever writes into it."""
    return StoreError(
        f"store {url}: its file was moved, deleted or replaced meanwhile; nothing was written, do it again on what is there now",
        f"存储 {url}：其文件在此期间被移动、删除或替换；未写入任何内容，请对现有存储重做",
    )


def fault(error: apsw.Error) -> Fault | None:
    """Return what a failure means; ``None`` for one that says nothing of the file."""
    return next((what for kinds, what in _FAULTS if isinstance(error, kinds)), None)


def refuse_unsafe() -> None:
    """Refuse a build with the WAL-reset fault.

    Raises
    ------
    StoreError
        With the way out.
    """
    if not safe_version(apsw.sqlite_lib_version()):
        raise StoreError(
            f"SQLite {apsw.sqlite_lib_version()} can lose data in WAL mode; install apsw 3.53 or newer",
            f"SQLite {apsw.sqlite_lib_version()} 在 WAL 模式下可能丢失数据；请安装 apsw 3.53 或更新版本",
        )


@contextlib.contextmanager
def errors(url: str) -> Iterator[None]:
    """Say SQLite's failures in words for a person."""
    try:
        yield
    except apsw.Error as e:
        raise said(e, url) from None
    except (UnicodeDecodeError, OverflowError):  # bytes were turned over
        raise _damaged(url) from None


def said(error: apsw.Error, url: str) -> StoreError:
    """Return what a failure of SQLite means for the one who uses the store."""
    what = fault(error)
    if what == "damaged":
        return _damaged(url)
    if what == "busy":
        return busy(url)
    if what == "full":
        return StoreFullError(
            f"store {url}: no room left; free some space and run the command again (nothing was changed)",
            f"存储 {url}：空间不足；请腾出空间后重试（数据未改动）",
        )
    if what == "unwritable":
        return StoreError(
            f"store {url}: can't be opened or written; check the folder and its rights",
            f"存储 {url}：无法打开或写入；请检查文件夹及其权限",
        )
    if isinstance(error, apsw.SQLError) and str(error).startswith("no such"):
        return _damaged(url)
    raise error


def _damaged(url: str) -> StoreCorruptError:
    return StoreCorruptError(
        f"store {url}: damaged or no store; restore a backup, or import the ledgers into a new one",
        f"存储 {url}：已损坏或不是存储文件；请恢复备份，或将台账导入新的存储",
    )


def guarded(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Wrap a store's method so that no error of SQLite passes."""

    @wraps(method)
    def run(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except apsw.Error as e:
            raise said(e, self.url) from None
        except (UnicodeDecodeError, OverflowError):  # bytes were turned over
            raise _damaged(self.url) from None
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            # a value that can't be there, or a fault of ours: the file tells which
            if _unsound(getattr(self, "db", None)):
                raise _damaged(self.url) from None
            raise

    return run  # type: ignore[return-value]


_STORED = {"INTEGER": ("integer",), "TEXT": ("text",), "REAL": ("real", "integer")}
"""Declared type of a column → what SQLite may hold in it (or nothing at all)."""


def _unsound(db: Any) -> bool:
    """Say whether a file is damaged: pages or indexes, or values of another type than their column's."""
    if db is None:
        return False
    try:
        if db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            return True
        tables = [
            str(t) for (t,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        for name in tables:
            wrong = [
                f"typeof({ddl.quoted(column)}) NOT IN ('null', {', '.join(map(repr, _STORED[declared]))})"
                for _, column, declared, *_ in db.execute(f"PRAGMA table_info({ddl.quoted(name)})")
                if declared in _STORED
            ]
            found = f"SELECT 1 FROM {ddl.quoted(name)} WHERE {' OR '.join(wrong)} LIMIT 1"
            if wrong and db.execute(found).fetchone():
                return True
    except (apsw.Error, UnicodeDecodeError):
        return True
    return False


def connect(path: str, *, create: bool, mapped: bool = False) -> Any | None:
    """Open a store's file; ``None`` where there is none yet and one may be made (:func:`make`).

    Raises
    ------
    StoreMissingError, StoreCorruptError, StoreError
        With the path and the way out.
    """
    refuse_unsafe()
    file = Path(path)
    if file.is_dir():
        raise StoreError(
            f"store {path}: a folder; give the path of a .db file, such as {file / 'lianjian.db'}",
            f"存储 {path}：是文件夹；请给出 .db 文件的路径，例如 {file / 'lianjian.db'}",
        )
    if file.is_file() and file.stat().st_size > 0:
        with errors(path):
            db = _open(path, MAPPED if mapped else 0)
            if not _is_empty(db):
                _check(db, path)
                if not db.readonly("main") and db.pragma("journal_mode") != "wal":
                    _to_wal(db)
                return db
            db.close()  # an import that made the store was cut off: nothing of it remains
    if not create:
        raise StoreMissingError(
            f"store {path}: there is none; make one with: lianjian import PATH --store {word(path)}",
            f"存储 {path}：不存在；可用 lianjian import 路径 --store {word(path)} 建立",
        )
    return None


def marked(path: str) -> Any | None:
    """Open a store that a copy was cut off in; ``None`` where there is no such one."""
    file = Path(path)
    if not file.is_file() or not file.stat().st_size:
        return None
    db = _open(path)
    if _is_marked(db):
        return db
    db.close()
    return None


def seal(db: Any) -> None:
    """Note in a cut what it holds, for whoever has to tell it from another: its place says of which state of the city it was made.

    A claim's digest stands for what it says, and all else (edges, names, runs) follows from claims.
    """
    digest = hashlib.sha256()
    columns = ", ".join(declared.split()[0] for declared in ddl.BOOKKEEPING)
    claims = [(ddl.table(kind), columns) for kind in load_schema().kinds]
    for name, shown in [
        (n, "*") for n in ("batch", "ledger", "sheet", "listing", "former")
    ] + claims:
        rows = db.execute(f"SELECT {shown} FROM {name}")
        digest.update(name.encode())
        while some := list(islice(rows, SOME)):
            digest.update(repr(some).encode())
    db.execute("CREATE TABLE cut(content TEXT NOT NULL)")
    db.execute("INSERT INTO cut VALUES(?)", (digest.hexdigest(),))


def content(db: Any) -> str | None:
    """Return what tells what a cut holds; ``None`` for a store that is none."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'cut'").fetchone():
        return None
    return str(db.execute("SELECT content FROM cut").fetchone()[0])


def _is_marked(db: Any) -> bool:
    found = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'copying'").fetchone()
    return found is not None


def blank() -> Any:
    """Return an empty store in memory: what a store that is not made yet answers from."""
    db = apsw.Connection(":memory:")
    db.execute(ddl.definition(load_schema()))
    return db


def begin(path: str) -> Any:
    """Open a store that was not there, begin its first transaction, and make its tables in it."""
    with errors(path):
        db = _open(path)
        try:
            db.execute("BEGIN IMMEDIATE")
            if _is_empty(db):
                db.execute(ddl.definition(load_schema()))
            else:
                _check(db, path)  # another import has made it in the meantime
        except BaseException:
            db.close(True)
            raise
    return db


def settle(db: Any) -> None:
    """Let a store that was just made be read while others write."""
    if db.pragma("journal_mode") != "wal":
        _to_wal(db)


def bring_in(db: Any) -> None:
    """Bring a long commit from the log into the file, for those who read.

    The commit's own checkpoint gives up where somebody reads what was before it, and on a busy service somebody always does. Until
    the next import all reading would then go by the log, without the map into memory: twice the work for every question. Whoever
    began to read before is done in milliseconds.
    """
    until = time.monotonic() + PATIENCE
    with contextlib.suppress(apsw.Error):  # all is in the log, and the next commit tries again
        while True:
            log, done = db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            if log <= done or time.monotonic() > until:
                return
            time.sleep(0.02)


def _to_wal(db: Any) -> None:
    with contextlib.suppress(apsw.BusyError):  # someone reads: the next to open it will do it
        db.pragma("journal_mode", "wal")


def _open(path: str, mapped: int = 0) -> Any:
    db = apsw.Connection(path)
    db.set_busy_timeout(BUSY_MS)
    db.execute(
        f"PRAGMA synchronous = FULL; PRAGMA cache_size = -{CACHE_KIB};"
        f" PRAGMA temp_store = MEMORY; PRAGMA mmap_size = {mapped}; PRAGMA cell_size_check = ON"
    )
    return db


def _is_empty(db: Any) -> bool:
    return not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]


def _check(db: Any, path: str) -> None:
    if db.pragma("application_id") != ddl.APPLICATION_ID:
        raise StoreCorruptError(
            f"store {path}: a database of another program; give the path of a Lianjian store",
            f"存储 {path}：是其他程序的数据库；请给出联建的存储文件",
        )
    version = db.pragma("user_version")
    if version > ddl.VERSION:
        raise StoreError(
            f"store {path}: made by a newer version of Lianjian; update this one",
            f"存储 {path}：由更新版本的联建建立；请升级本程序",
        )
    if version < ddl.VERSION:
        raise StoreError(
            f"store {path}: made by an older version of Lianjian; import the ledgers into a new store",
            f"存储 {path}：由旧版本的联建建立；请将台账导入新的存储",
        )
    if _is_marked(db):
        raise copying.unfinished(path)

"""What small databases beside the store have in common: made with their tables once, and their failures in words for a person."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from typing import TYPE_CHECKING, Any

import apsw

from graph.errors import InputError, StoreBusyError, StoreCorruptError, StoreError, StoreFullError
from graph.store.sqlite_file import fault, refuse_unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Damaged = Callable[[Path], StoreCorruptError]

BUSY_MS = 2_000
UNREADABLE = UnicodeDecodeError, json.JSONDecodeError
"""What reading a value of a damaged row raises; nothing that writing one does, for what is written is a user's."""


class Database:
    """A small file of the service's own, opened for each question: what another process restored or took away holds from then on.

    Parameters
    ----------
    path : pathlib.Path
        Made, for its owner alone, with the first that is written.
    tables, application_id, version, damaged
        As :func:`prepare` takes them.
    """

    def __init__(
        self, path: Path, tables: str, application_id: int, version: int, damaged: Damaged
    ) -> None:
        self.path = path
        self._made_by = tables, application_id, version, damaged
        self._damaged = damaged
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def open(self, *, create: bool = False) -> Iterator[Any | None]:
        """Give the file; ``None`` where there is none yet.

        Raises
        ------
        StoreBusyError, StoreFullError, StoreCorruptError, StoreError
            As :func:`said`.
        """
        with self._lock, said(self.path, self._damaged, UNREADABLE):
            if not self.path.exists():
                if not create:
                    yield None
                    return
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with contextlib.suppress(FileExistsError):  # another process was quicker
                    os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            refuse_unsafe()
            db = apsw.Connection(str(self.path))
            try:
                db.set_busy_timeout(BUSY_MS)
                db.execute(
                    "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON"
                )
                tables, application_id, version, damaged = self._made_by
                prepare(db, self.path, tables, application_id, version, damaged)
                yield db
            finally:
                db.close(True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Any]:
        """Give the file for one transaction: all of it or nothing.

        Raises
        ------
        InputError
            A text that is to be written holds half of a character.
        StoreBusyError, StoreFullError, StoreCorruptError, StoreError
            As :func:`said`.
        """
        with self.open(create=True) as db:
            assert db is not None  # noqa: S101
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except UnicodeEncodeError:
                raise InputError(
                    "a text holds half of a character; type it anew",
                    "文字中有不完整的字符；请重新输入",
                ) from None
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")


def prepare(
    db: Any, path: Path, tables: str, application_id: int, version: int, damaged: Damaged
) -> None:
    """Make an empty file's tables, and see that it is what it should be.

    Parameters
    ----------
    tables : str
        SQL that makes them, and states both numbers.
    damaged : callable
        Says that the file is none, in the words of what it holds.

    Raises
    ------
    StoreCorruptError
        It is no such file.
    StoreError
        Another version made it.
    """
    if _is_empty(db):
        db.execute("BEGIN IMMEDIATE")
        if _is_empty(db):  # else another process was quicker
            db.execute(tables)
        db.execute("COMMIT")
    if db.pragma("application_id") != application_id:
        raise damaged(path)
    if db.pragma("user_version") != version:
        raise StoreError(
            f"{path}: made by another version of Lianjian; run the version that made it",
            f"{path}：由其他版本的联建建立；请使用原版本",
        )


def _is_empty(db: Any) -> bool:
    return not db.execute("SELECT count(*) FROM sqlite_schema").get


@contextlib.contextmanager
def said(
    path: Path,
    damaged: Damaged,
    unreadable: type[ValueError] | tuple[type[ValueError], ...] = UnicodeDecodeError,
) -> Iterator[None]:
    """Say SQLite's failures in words for a person.

    Parameters
    ----------
    unreadable : exception class, or several
        What reading a value of a damaged row raises.

    Raises
    ------
    StoreBusyError, StoreFullError, StoreCorruptError, StoreError
        With the way out.
    """
    try:
        yield
    except apsw.Error as error:
        # of our own tables: what SQL does not find there is gone
        what = "damaged" if isinstance(error, apsw.SQLError) else fault(error)
        if what is None:
            raise
    except OSError:
        what = "unwritable"
    except unreadable:
        what = "damaged"
    else:
        return
    if what == "busy":
        raise StoreBusyError(
            f"{path}: another process writes to it; try again in a moment",
            f"{path}：正被其他进程写入；请稍后重试",
        ) from None
    if what == "full":
        raise StoreFullError(
            f"{path}: no room left; free some space and try again (nothing was changed)",
            f"{path}：空间不足；请腾出空间后重试（数据未改动）",
        ) from None
    if what == "unwritable":
        raise StoreError(
            f"{path}: can't be opened or written; check the folder and its rights",
            f"{path}：无法打开或写入；请检查文件夹及其权限",
        ) from None
    raise damaged(path) from None

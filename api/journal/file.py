"""The journal's database: all its SQL. Rows go in one after another, whoever writes; nothing is changed or deleted."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Any

import apsw

from api.journal.places import linked, unwritable
from api.journal.rows import Row
from graph.errors import JournalError
from graph.store.sqlite_file import fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x4C4A4A4C
"""``LJJL`` in the file's header."""
VERSION = 1
BUSY_MS = 10_000
"""A row takes a millisecond: whoever holds the file for so long hangs."""

_TABLES = f"""
BEGIN;
CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  clock TEXT,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  action TEXT NOT NULL,
  operation TEXT NOT NULL,
  subjects TEXT NOT NULL,
  scope TEXT,
  outcome TEXT NOT NULL,
  intent INTEGER,
  mark TEXT,
  mac BLOB NOT NULL
) STRICT;
CREATE INDEX intents ON journal (sequence) WHERE outcome = 'intent';
CREATE UNIQUE INDEX outcomes ON journal (intent) WHERE intent IS NOT NULL;
CREATE TRIGGER kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal keeps its rows'); END;
CREATE TRIGGER fixed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal keeps its rows'); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
COMMIT;
"""

_COLUMNS = "sequence, time, clock, name, role, action, operation, subjects, scope, outcome, intent, mark, mac"
_RAW = (
    "SELECT sequence, CAST(time AS BLOB), CAST(clock AS BLOB), CAST(name AS BLOB), CAST(role AS BLOB), CAST(action AS BLOB),"
    " CAST(operation AS BLOB), CAST(subjects AS BLOB), CAST(scope AS BLOB), CAST(outcome AS BLOB), intent, CAST(mark AS BLOB),"
    " mac, typeof(time), typeof(clock), typeof(name), typeof(role), typeof(action), typeof(operation), typeof(subjects),"
    " typeof(scope), typeof(outcome), typeof(intent), typeof(mark), typeof(mac) FROM journal ORDER BY sequence"
)
_TYPES = ("text", "text", "text", "text", "text", "text", "text", "text", "text", "integer", "text", "blob")  # fmt: skip
_LISTED = (
    f"SELECT {_COLUMNS} FROM journal"
    " WHERE (:since IS NULL OR time >= :since) AND (:name IS NULL OR name = :name)"
    " AND (:code IS NULL OR instr(' ' || subjects || ' ', ' ' || :code || ' ')"
    " OR instr(' ' || subjects || ' ', ':' || :code || ' ')) ORDER BY sequence DESC"
)
_OPEN = (
    f"SELECT {_COLUMNS} FROM journal AS begun WHERE outcome = 'intent'"
    " AND NOT EXISTS (SELECT 1 FROM journal AS ended WHERE ended.intent = begun.sequence) ORDER BY sequence"
)


class File:
    """An open journal.

    Parameters
    ----------
    path : pathlib.Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with errors(path):
            self._db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                self._db.set_busy_timeout(BUSY_MS)
                # a row that is answered on must outlast the machine's next breath: NORMAL loses the last ones with the power
                self._db.execute("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON")
                self._check()
            except BaseException:
                self._db.close(True)
                raise
        self._inode = os.stat(path).st_ino  # noqa: PTH116

    def _check(self) -> None:
        if self._db.pragma("application_id") != APPLICATION_ID:
            raise _damaged(self.path)
        if self._db.pragma("user_version") != VERSION:
            raise JournalError(
                f"{self.path}: made by another version of Lianjian; use that one",
                f"{self.path}：由其他版本的联建建立；请使用该版本",
            )

    @property
    def moved(self) -> bool:
        """Whether another file, or none, stands in the journal's place by now."""
        try:
            return os.stat(self.path).st_ino != self._inode  # noqa: PTH116
        except OSError:
            return True

    def close(self) -> None:
        """Let go of the file."""
        self._db.close(True)

    # -- writing -------------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def appending(self) -> Iterator[None]:
        """Hold the journal for rows that go in together: nobody else writes between its last row and these.

        Raises
        ------
        JournalError
            No room, no right, damaged, or held by another that hangs; nothing went in.
        """
        with errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    with contextlib.suppress(apsw.Error):
                        self._db.execute("ROLLBACK")
                raise

    def put(self, row: Row) -> None:
        """Add a row, within :meth:`appending`."""
        self._db.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.sequence, row.time, row.clock, row.name, row.role, row.action, row.operation,
                row.subjects, row.scope, row.outcome, row.intent, row.mark, row.mac,
            ),
        )  # fmt: skip

    def settled(self, sequence: int) -> bool:
        """Say whether an intent has its outcome."""
        found = self._db.execute("SELECT 1 FROM journal WHERE intent = ?", (sequence,)).fetchone()
        return found is not None

    # -- reading -------------------------------------------------------------------------------------------------
    def last(self) -> Row | None:
        """Return the last row."""
        with errors(self.path):
            found = self._db.execute(
                f"SELECT {_COLUMNS} FROM journal ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
            return None if found is None else Row(*found)

    def open_intents(self) -> list[Row]:
        """Return the writes of which no row tells what came of them, by sequence."""
        with errors(self.path):
            return [Row(*found) for found in self._db.execute(_OPEN)]

    def newest_first(self, since: str | None, name: str | None, code: str | None) -> Iterator[Row]:
        """Yield rows of a time and after, of whoever has a name, about a code; the newest first."""
        with errors(self.path):
            for found in self._db.execute(_LISTED, {"since": since, "name": name, "code": code}):
                yield Row(*found)

    def as_found(self) -> Iterator[tuple[int, list[Any], Any, bool]]:
        """Yield every row by sequence as it lies in the file: ``(sequence, values, mac, whether each value is of its type)``.

        Texts are bytes: what is no text any more is a fault of the row, not of the reading.
        """
        with errors(self.path):
            for found in self._db.execute(_RAW):
                values, types = found[:12], found[13:]
                right = all(
                    type_ == wanted or (type_ == "null" and wanted != "blob")
                    for type_, wanted in zip(types, _TYPES, strict=True)
                )
                yield found[0], list(values), found[12], right


def make(path: Path) -> None:
    """Make an empty journal, whole or not at all; one that another process made first stays.

    Raises
    ------
    JournalError
        It can't be written there.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with errors(path):
                db = apsw.Connection(str(part))
                try:
                    db.pragma("journal_mode", "wal")
                    db.execute(_TABLES)
                finally:
                    db.close(True)
            linked(part, path)
        finally:
            for left in (
                part,
                part.with_name(part.name + "-wal"),
                part.with_name(part.name + "-shm"),
            ):
                left.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None


@contextlib.contextmanager
def errors(path: Path) -> Iterator[None]:
    """Say SQLite's failures in words for a person."""
    try:
        yield
    except UnicodeDecodeError:
        raise _damaged(path) from None
    except apsw.Error as error:
        what = fault(error)
        if what == "damaged" or isinstance(error, apsw.SQLError):  # or a table or column is gone
            raise _damaged(path) from None
        if what == "busy":
            raise JournalError(
                f"{path}: another process holds the journal and does not let go; end it and ask again",
                f"{path}：另一进程占用日志且未释放；请结束该进程后重试",
            ) from None
        why = "no room left" if what == "full" else type(error).__name__.removesuffix("Error")
        raise unwritable(path, OSError(0, why)) from None


def _damaged(path: Path) -> JournalError:
    return JournalError(
        f"{path}: damaged, or no journal of Lianjian; keep it as it is, and put back the last backup",
        f"{path}：已损坏或不是联建的日志；请原样留存，并恢复最近的备份",
    )

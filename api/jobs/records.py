"""The record of all jobs, ``jobs.db``: a small SQLite file of the service, read and written by it and by each job's process.

All of its SQL is here. Every change is one transaction; a state changes only from the one that it is thought to be in.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import apsw

from api.jobs.errors import JobMissingError, JobsError, NoRoomError, TooManyJobsError
from api.jobs.model import WRITERS, Job, Made, Upload
from graph.errors import Way
from graph.model import now
from graph.store.sqlite_file import fault, safe_version

if TYPE_CHECKING:
    from pathlib import Path

    from api.jobs.model import Kind, State

APPLICATION_ID = 0x4C4A4A42  # "LJJB"
VERSION = 2
BUSY_MS = 5_000
EVENTS = 500
"""Progress of one job that is kept: the newest; changes of state are all kept."""
WAITING = 50
"""Jobs that one account may have waiting: each may hold an upload."""

EVENT_TABLE = """
CREATE TABLE event (
  job TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_kind ON event (job, kind, number);
"""
"""Each job's events have numbers of their own: of one count, whoever followed a job could tell how much others did."""
TABLES = f"""
CREATE TABLE job (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL,
  asked_by TEXT NOT NULL, lang TEXT NOT NULL, asked TEXT NOT NULL, command TEXT NOT NULL, uploads TEXT NOT NULL,
  created TEXT NOT NULL, started TEXT, ended TEXT, attempt INTEGER NOT NULL DEFAULT 0, pid INTEGER, stopping TEXT,
  exit_code INTEGER, error TEXT, notes TEXT NOT NULL DEFAULT '[]', batch INTEGER, kept INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX job_state ON job (state) WHERE state IN ('queued', 'running');
CREATE INDEX job_asker ON job (asked_by, number);
CREATE TABLE file (job TEXT NOT NULL, name TEXT NOT NULL, place TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (job, name))
  STRICT, WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""
RENUMBERED = "INSERT INTO event SELECT job, row_number() OVER (PARTITION BY job ORDER BY id), at, kind, body FROM counted"
"""From version 1, which had one count for all."""
COLUMNS = (
    "number, id, kind, state, asked_by, lang, asked, command, uploads, created, started, ended, attempt, pid, stopping,"
    " exit_code, error, notes, batch, kept"
)


class Records:
    """The record, open; one object may be used by any number of threads.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    JobsError
        It can't be opened, is another program's, or is damaged.
    NoRoomError
        There is no room to make it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db: Any = None
        with self._said():
            if not safe_version(apsw.sqlite_lib_version()):
                raise self._failed(f"SQLite {apsw.sqlite_lib_version()}")
            self._db = apsw.Connection(str(path))
            self._db.set_busy_timeout(BUSY_MS)
            self._db.execute("PRAGMA synchronous = FULL")
            self._made()

    def _made(self) -> None:
        """Make the tables of a new file, and refuse one that is not ours."""
        with self._db_transaction():
            if not self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                self._db.execute(TABLES + EVENT_TABLE)
            elif self._of_version(1):
                self._db.execute("ALTER TABLE event RENAME TO counted")
                self._db.execute(EVENT_TABLE)
                self._db.execute(RENUMBERED)
                self._db.execute("DROP TABLE counted")
                self._db.pragma("user_version", VERSION)
        if not self._of_version(VERSION):
            raise self._failed("not made by this version")
        if self._db.pragma("journal_mode") != "wal":
            with contextlib.suppress(apsw.BusyError):  # the next to open it will do it
                self._db.pragma("journal_mode", "wal")

    def _of_version(self, version: int) -> bool:
        said = (self._db.pragma("application_id"), self._db.pragma("user_version"))
        return said == (APPLICATION_ID, version)

    def close(self) -> None:
        """Close it."""
        with self._lock, contextlib.suppress(apsw.Error):
            self._db.close(True)

    # -- asking for jobs -------------------------------------------------------------------------------------------

    def add(
        self,
        id: str,  # noqa: A002
        kind: Kind,
        *,
        asked_by: str,
        lang: str,
        asked: dict[str, Any],
        command: list[str],
        uploads: list[Upload],
    ) -> Job:
        """Put a job at the end of the queue.

        Raises
        ------
        TooManyJobsError
            So many of this account are waiting already.
        """
        said = [[u.name, u.place, u.bytes] for u in uploads]
        with self._changing():
            waiting = self._one(
                "SELECT count(*) FROM job WHERE asked_by = ? AND state = 'queued'", asked_by
            )
            if waiting[0] >= WAITING:
                raise TooManyJobsError(
                    f"{WAITING} of your jobs are waiting already; wait for one, or cancel some",
                    f"您已有 {WAITING} 个任务在排队；请等待或取消一部分",
                )
            self._db.execute(
                "INSERT INTO job (id, kind, state, asked_by, lang, asked, command, uploads, created)"
                " VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?)",
                (id, kind, asked_by, lang, _dump(asked), _dump(command), _dump(said), now()),
            )
            self._event(id, "state", {"state": "queued"})
            return self._get(id)

    def get(self, id: str, asker: str | None = None) -> Job:  # noqa: A002
        """Return a job; with ``asker``, only one of this account's.

        Raises
        ------
        JobMissingError
            There is none, or it is another's.
        """
        with self._reading():
            return self._get(id, asker)

    def page(self, asker: str | None, before: str | None, limit: int) -> list[Job]:
        """Return jobs of one account (``None``: of all), the newest first, from before one of them on.

        Raises
        ------
        JobMissingError
            There is no ``before``, or it is another's.
        """
        with self._reading():
            number = None if before is None else self._get(before, asker).number
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM job WHERE (?1 IS NULL OR asked_by = ?1) AND (?2 IS NULL OR number < ?2)"  # noqa: S608 - names of ours
                " ORDER BY number DESC LIMIT ?3",
                (asker, number, limit),
            )
            return [_job(row) for row in rows]

    def having(self, kind: Kind, name: str, asker: str | None, limit: int) -> list[Job]:
        """Return jobs of a kind and of one account (``None``: of all) that are over and left a file of a name, the newest first."""
        with self._reading():
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM job WHERE kind = ?1 AND kept AND ended IS NOT NULL AND (?3 IS NULL OR asked_by = ?3)"  # noqa: S608 - names of ours
                " AND EXISTS (SELECT 1 FROM file WHERE file.job = job.id AND file.name = ?2) ORDER BY number DESC LIMIT ?4",
                (kind, name, asker, limit),
            )
            return [_job(row) for row in rows]

    def ids(self) -> set[str]:
        """Return the ids of all jobs whose files are kept."""
        with self._reading():
            return {i for (i,) in self._db.execute("SELECT id FROM job WHERE kept")}

    def states(self) -> dict[str, int]:
        """Return how many jobs are in each state that some are in."""
        with self._reading():
            return dict(self._db.execute("SELECT state, count(*) FROM job GROUP BY state"))

    def restored(self, error: dict[str, str]) -> int:
        """Say of a record that came from a backup what is so: no job has files, and none that was not over will be.

        Returns
        -------
        int
            How many jobs were not over.
        """
        with self._changing():
            rows = self._db.execute("SELECT id FROM job WHERE state IN ('queued', 'running')")
            open_ = [i for (i,) in rows]
            self._db.execute(
                "UPDATE job SET state = 'interrupted', ended = ?, error = ? WHERE state IN ('queued', 'running')",
                (now(), _dump(error)),
            )
            for id_ in open_:
                self._event(id_, "state", {"state": "interrupted"})
            self._db.execute("UPDATE job SET kept = 0")
            self._db.execute("DELETE FROM file")
            return len(open_)

    # -- working on them -------------------------------------------------------------------------------------------

    def running(self) -> list[Job]:
        """Return the jobs that are under way."""
        with self._reading():
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM job WHERE state = 'running' ORDER BY number"  # noqa: S608 - names of ours
            )
            return [_job(row) for row in rows]

    def claim(self, readers: int) -> Job | None:
        """Take the first job that may run now out of the queue: one writer at a time, and so many others.

        Returns
        -------
        Job or None
            It is ``running``, with a new attempt and no process yet.
        """
        writing = _dump(sorted(WRITERS))
        with self._changing():
            row = self._one(
                "WITH busy AS (SELECT coalesce(sum(kind IN (SELECT value FROM json_each(?1))), 0) AS writers,"
                "  coalesce(sum(kind NOT IN (SELECT value FROM json_each(?1))), 0) AS readers"
                "  FROM job WHERE state = 'running')"
                " SELECT id FROM job, busy WHERE state = 'queued' AND"
                "  iif(kind IN (SELECT value FROM json_each(?1)), writers < 1, readers < ?2)"
                " ORDER BY number LIMIT 1",
                writing,
                readers,
            )
            if row is None:
                return None
            self._db.execute(
                "UPDATE job SET state = 'running', started = ?, attempt = attempt + 1, pid = NULL WHERE id = ?",
                (now(), row[0]),
            )
            self._event(row[0], "state", {"state": "running"})
            return self._get(row[0])

    def confirm(self, id: str, attempt: int, pid: int) -> Job | None:  # noqa: A002
        """Say that a process works on a job now; ``None`` where it may not: it was begun anew, or is over."""
        with self._changing():
            self._db.execute(
                "UPDATE job SET pid = ? WHERE id = ? AND attempt = ? AND state = 'running' AND pid IS NULL"
                " AND stopping IS NULL",
                (pid, id, attempt),
            )
            return self._get(id) if self._db.changes() else None

    def requeue(self, id: str) -> None:  # noqa: A002
        """Put a job back whose process never began."""
        with self._changing():
            self._db.execute(
                "UPDATE job SET state = 'queued', started = NULL WHERE id = ? AND state = 'running' AND pid IS NULL",
                (id,),
            )
            if self._db.changes():
                self._event(id, "state", {"state": "queued"})

    def ask_to_stop(self, id: str) -> Job:  # noqa: A002
        """Note that a job is to be stopped; one that waits is over with that."""
        with self._changing():
            at = now()
            self._db.execute(
                "UPDATE job SET state = 'cancelled', ended = ?1, stopping = ?1 WHERE id = ?2 AND state = 'queued'",
                (at, id),
            )
            if self._db.changes():
                self._event(id, "state", {"state": "cancelled"})
            self._db.execute(
                "UPDATE job SET stopping = ? WHERE id = ? AND state = 'running' AND stopping IS NULL",
                (at, id),
            )
            if self._db.changes():
                self._event(id, "stopping", {})
            return self._get(id)

    def end(
        self,
        id: str,  # noqa: A002
        attempt: int,
        state: State,
        *,
        exit_code: int | None = None,
        error: dict[str, str] | None = None,
        notes: list[str] | None = None,
        batch: int | None = None,
        files: list[Made] | None = None,
    ) -> bool:
        """Say what became of a job; ``False`` where that was said already, or of another attempt."""
        with self._changing():
            self._db.execute(
                "UPDATE job SET state = ?, ended = ?, exit_code = ?, error = ?, notes = ?, batch = ?"
                " WHERE id = ? AND attempt = ? AND state = 'running'",
                (
                    state, now(), exit_code, None if error is None else _dump(error), _dump(notes or []),
                    batch, id, attempt,
                ),
            )  # fmt: skip
            if not self._db.changes():
                return False
            for f in files or []:
                self._db.execute(
                    "INSERT OR REPLACE INTO file (job, name, place, bytes) VALUES (?, ?, ?, ?)",
                    (id, f.name, f.place, f.bytes),
                )
            self._event(id, "state", {"state": state})
            return True

    # -- what they say and leave -----------------------------------------------------------------------------------

    def tell(
        self,
        id: str,  # noqa: A002
        stage: str,
        done: int,
        total: int | None,
        gap: float | None = None,
    ) -> None:
        """Add progress, and let go of the oldest where there is much of it."""
        with self._changing():
            body = {"stage": stage, "done": done, "total": total, "gap": gap}
            self._event(id, "progress", body)
            self._db.execute(
                "DELETE FROM event WHERE job = ?1 AND kind = 'progress' AND number <="
                " (SELECT number FROM event WHERE job = ?1 AND kind = 'progress' ORDER BY number DESC LIMIT 1 OFFSET ?2)",
                (id, EVENTS),
            )

    def events(self, id: str, after: int) -> list[tuple[int, str, dict[str, Any]]]:  # noqa: A002
        """Return (number, kind, body) of what became of a job after an event, in order; each job's are counted from 1."""
        with self._reading():
            rows = self._db.execute(
                "SELECT number, kind, at, body FROM event WHERE job = ? AND number > ? ORDER BY number",
                (id, after),
            )
            return [(n, kind, {"at": at, **json.loads(body)}) for n, kind, at, body in rows]

    def progress(self, id: str) -> dict[str, Any] | None:  # noqa: A002
        """Return the newest progress of a job, if there is any."""
        with self._reading():
            row = self._one(
                "SELECT body FROM event WHERE job = ? AND kind = 'progress' ORDER BY number DESC LIMIT 1",
                id,
            )
            return None if row is None else dict(json.loads(row[0]))

    def files(self, id: str) -> list[Made]:  # noqa: A002
        """Return what a job left behind, by name."""
        with self._reading():
            rows = self._db.execute(
                "SELECT name, place, bytes FROM file WHERE job = ? ORDER BY name", (id,)
            )
            return [Made(*row) for row in rows]

    def forget(self, id: str) -> bool:  # noqa: A002
        """Forget the files of a job that is over, its notes and its progress; ``False`` where it is not."""
        with self._changing():
            self._db.execute(
                "UPDATE job SET kept = 0, notes = '[]' WHERE id = ? AND state NOT IN ('queued', 'running')",
                (id,),
            )
            if not self._db.changes():
                return False
            self._db.execute("DELETE FROM file WHERE job = ?", (id,))
            self._db.execute("DELETE FROM event WHERE job = ? AND kind = 'progress'", (id,))
            return True

    # -- inside ----------------------------------------------------------------------------------------------------

    def _get(self, id: str, asker: str | None = None) -> Job:  # noqa: A002
        row = self._one(
            f"SELECT {COLUMNS} FROM job WHERE id = ?1 AND (?2 IS NULL OR asked_by = ?2)",  # noqa: S608 - names of ours
            id,
            asker,
        )
        if row is None:
            raise JobMissingError(
                "there is no such job",
                "没有这个任务",
                way=Way("GET /api/v1/jobs lists yours", "GET /api/v1/jobs 列出您的任务"),
            )
        return _job(row)

    def _event(self, id: str, kind: str, body: dict[str, Any]) -> None:  # noqa: A002
        self._db.execute(  # the newest is never deleted, so that no number is given twice
            "INSERT INTO event (job, number, at, kind, body)"
            " SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4 FROM event WHERE job = ?1",
            (id, now(), kind, _dump(body)),
        )

    def _one(self, sql: str, *values: Any) -> Any:
        return self._db.execute(sql, values).fetchone()

    @contextlib.contextmanager
    def _db_transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if not self._db.get_autocommit():
                self._db.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock, self._said(), self._db_transaction():
            yield

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, self._said():
            yield

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        """Say SQLite's failures in words for a person."""
        try:
            yield
        except UnicodeDecodeError:
            raise self._failed("damaged") from None
        except apsw.Error as e:
            what = fault(e)
            if what == "full":
                raise NoRoomError(
                    f"{self.path}: no room left to keep a job; free some space and ask again (nothing was changed)",
                    f"{self.path}：空间不足，无法保存任务；请腾出空间后重试（数据未改动）",
                ) from None
            other = type(e).__name__.removesuffix("Error").lower()
            raise self._failed("damaged" if what == "damaged" else other) from None

    def _failed(self, why: str) -> JobsError:
        return JobsError(
            f"{self.path}: the record of jobs can't be used ({why}); check the folder, or move the file away and start anew",
            f"{self.path}：任务记录无法使用（{why}）；请检查文件夹，或移走该文件后重新启动",
        )


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _job(row: Any) -> Job:
    values = dict(zip(COLUMNS.replace(" ", "").split(","), row, strict=True))
    for name in ("asked", "command", "notes"):
        values[name] = json.loads(values[name])
    values["uploads"] = [Upload(*u) for u in json.loads(values["uploads"])]
    values["error"] = None if values["error"] is None else json.loads(values["error"])
    values["kept"] = bool(values["kept"])
    return Job(**values)

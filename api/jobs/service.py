"""The service's hand over its jobs: takes them in, begins and stops them, and finds them again after a crash."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.jobs import children
from api.jobs.errors import JobsError, JobStateError
from api.jobs.folders import ALIVE, HOLDER, IN, LOCK, OUT, RECORD, folder, gone, made, sweep
from api.jobs.model import JURISDICTION, WRITERS, Job, Kind, Made, Upload
from api.jobs.records import Records
from api.lock import Lock, held
from api.settings import state_of
from graph.errors import LianjianError, ServiceError, StoreError
from graph.model import now
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.settings import Settings

FAREWELL = 10.0
"""Seconds that the process of a job that is over gets to end by itself."""
TICK = 0.2
"""Seconds between two looks at what runs; what is asked for wakes at once."""


class Jobs:
    """The jobs of one service.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = _absolute(settings.store)
        self.state = Path(settings.state or state_of(settings.store)).absolute()
        self.leaving = threading.Event()
        self._records: Records | None = None
        self._lock = Lock(self.state / LOCK)
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._told: dict[str, float] = {}
        self._why: JobsError | None = None
        self.brought: Callable[[], None] | None = None
        """Called when an import's process has ended."""
        self.there: Callable[[], None] = lambda: None
        """Called before an import is taken in, and before it begins: raises where the store that there was is there no more."""

    # -- living ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Take the service's folder, find the jobs of before, and go on with them; a second time does nothing.

        Where the folder can't be made or its record can't be read, the service lives without jobs, and asking for one says why.

        Raises
        ------
        ServiceError
            Another service holds the folder.
        """
        if self._records is not None or self._why is not None:
            return
        try:
            made(self.state)
            if not self._lock.acquire():
                raise _held_by(self.state)
            (self.state / HOLDER).write_text(
                json.dumps({"pid": os.getpid(), "since": now(), "store": self.store}),
                encoding="utf-8",
            )
            records = Records(self.state / RECORD)
        except OSError:
            self._why = _no_folder(self.state)
            return
        except ServiceError:
            raise
        except LianjianError as e:
            self._lock.release()
            self._why = JobsError(e.en, e.zh)
            return
        self._records = records
        sweep(self.state, records.ids())
        self._closing.clear()
        self._thread = threading.Thread(target=self._go, name="jobs", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Let who listens to a job go: the service ends. Jobs that run go on without it."""
        self.leaving.set()

    def close(self) -> int:
        """Let go of the folder; return how many jobs go on, for the next service to find."""
        self.leave()
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        going = 0
        if self._records is not None:
            with contextlib.suppress(LianjianError):
                going = len(self._records.running())
            self._part()
            self._records.close()
            self._records = None
        self._lock.release()
        return going

    def _part(self) -> None:
        """Wait for processes that have said their last word; leave the others to go on."""
        for id_, child in list(self._children.items()):
            with contextlib.suppress(LianjianError, subprocess.TimeoutExpired):
                if self._records is not None and self._records.get(id_).over:
                    child.wait(timeout=FAREWELL)
                    self._reap(id_, child)

    @property
    def records(self) -> Records:
        """The record.

        Raises
        ------
        JobsError
            The service lives without jobs.
        """
        if self._records is None:
            raise self._why or _no_folder(self.state)
        return self._records

    # -- for routes ------------------------------------------------------------------------------------------------

    def new(self) -> tuple[str, Path]:
        """Return the id of a job to come, and its folder, which is not made yet."""
        _ = self.records
        id_ = secrets.token_hex(16)
        return id_, folder(self.state, id_)

    def submit(
        self,
        id: str,  # noqa: A002
        kind: Kind,
        command: list[str],
        *,
        asked_by: str,
        lang: str,
        asked: dict[str, Any],
        uploads: list[Upload] | None = None,
    ) -> Job:
        """Put a job into the queue; its folder holds what it needs.

        Raises
        ------
        TooManyJobsError, NoRoomError, JobsError, StoreMissingError
            It is not kept, and neither is its folder.
        """
        here = folder(self.state, id)
        # a plan that is checked says by which profile it was made: its job sees to that
        profile = f"--profile={self.settings.profile}"
        shared = [f"--store={self.store}", "--json", f"--lang={lang}", profile]
        try:
            if kind in WRITERS:
                self.there()
            made(here / OUT)
            job = self.records.add(
                id, kind, asked_by=asked_by, lang=lang, asked=asked,
                command=[*command, *shared], uploads=uploads or [],
            )  # fmt: skip
        except OSError:
            gone(here)
            raise _no_folder(self.state) from None
        except LianjianError:
            gone(here)
            raise
        self._wake.set()
        return job

    def stop(self, job: Job) -> Job:
        """Ask for a job to be stopped; one that is over stays as it is.

        Raises
        ------
        JobStateError
            It is over already.
        """
        if job.over:
            raise JobStateError(
                f"the job is over already ({job.state})", f"任务已结束（{job.state}）"
            )
        asked = self.records.ask_to_stop(job.id)
        if asked.over:
            gone(folder(self.state, job.id) / IN)
        self._wake.set()
        return asked

    def forget(self, job: Job) -> None:
        """Take a job's files away.

        Raises
        ------
        JobStateError
            It is not over.
        """
        if not self.records.forget(job.id):
            raise JobStateError(
                "the job is not over; cancel it first", "任务尚未结束；请先取消任务"
            )
        gone(folder(self.state, job.id))

    def path(self, job: Job, name: str) -> tuple[Made, Path]:
        """Return a file that a job left, by the name that its list has.

        Raises
        ------
        JobStateError
            It left none of this name; yet, where it is not over.
        """
        for one in self.records.files(job.id):
            found = folder(self.state, job.id) / one.place
            if one.name == name and found.is_file():
                return one, found
        if not job.over:
            raise JobStateError(
                "the job is not over yet; its events tell when it is", "任务尚未结束；可通过 events 得知何时结束"
            )  # fmt: skip
        if not job.kept:
            raise JobStateError("the job's files were deleted", "该任务的文件已删除")
        raise JobStateError(
            "the job left no such file; its `files` list what there is",
            "该任务没有这个文件；其 files 列出已有文件",
        )

    # -- the hand --------------------------------------------------------------------------------------------------

    def _go(self) -> None:
        """Look after jobs until the service ends."""
        first = True
        while not self._closing.is_set():
            self._wake.clear()
            # a record that can't be read or written now (no room, held) is tried again: no job is lost for it
            with contextlib.suppress(LianjianError, OSError):
                self._look(first=first)
                first = False
            self._wake.wait(TICK)

    def _look(self, *, first: bool) -> None:
        """Settle what is over, stop what is to be stopped, and begin what may begin."""
        for job in self.records.running():
            if first and job.stopping is not None:
                self._told[job.id] = (
                    time.monotonic()
                )  # by the service before; twice would end a plan
            child = self._children.get(job.id)
            alive = (
                not children.ended(child)
                if child is not None
                else held(folder(self.state, job.id) / ALIVE)
            )
            if not alive and child is None and job.pid is None and first:
                self.records.requeue(job.id)  # the service ended before its process began
            elif not alive:
                self._settle(job)
            elif job.stopping is not None:
                self._stop(job, child)
        for id_, child in list(self._children.items()):
            if children.ended(child):
                self._reap(id_, child)
        while (claimed := self.records.claim(self.settings.jobs)) is not None:
            self._start(claimed)

    def _start(self, job: Job) -> None:
        here = folder(self.state, job.id)
        try:
            if job.kind in WRITERS:
                self.there()  # it may have waited for long
            made(here / OUT)
            self._children[job.id] = children.start(self.state, here, job.id, job.attempt)
        except OSError:
            error = {
                "zh": "无法启动任务进程；请告知维护人员",
                "en": "its process can't be started; tell who runs the service",
            }
            self.records.end(job.id, job.attempt, "failed", error=error)
        except LianjianError as refused:
            gone(here / IN)
            error = {"zh": refused.zh, "en": refused.en}
            self.records.end(
                job.id, job.attempt, "failed", exit_code=refused.exit_code, error=error
            )

    def _stop(self, job: Job, child: subprocess.Popen[bytes] | None) -> None:
        """Tell a job's process once to stop; end it and all it started where it takes too long."""
        pid = child.pid if child is not None else job.pid
        if pid is None:
            return  # it has its lock and is about to see that it is not wanted
        begun = self._told.get(job.id)
        if begun is None:
            self._told[job.id] = time.monotonic()
            children.tell(pid)
        elif time.monotonic() - begun > self.settings.stop_seconds:
            children.kill(pid)

    def _settle(self, job: Job) -> None:
        """Say of a job whose process is gone without a word what is known of it, and end what it started."""
        child = self._children.get(job.id)
        if child is not None:
            self._reap(job.id, child)
        # else its number may be another's by now; what it started ends with it, for its pipes are closed
        if self.records.get(job.id).over:
            return  # it spoke in the meantime
        batch = self._stored(job)
        stored = None if batch is None else _stored_all_the_same(batch)
        if batch is not None and JURISDICTION in job.asked:  # the city's number is none of theirs
            batch, stored = None, _STORED
        self._told.pop(job.id, None)
        if job.stopping is not None:
            state, error = "cancelled", stored
        elif child is not None and child.returncode > 0:
            state, error = "failed", _fault(child.returncode)
        else:
            state = "interrupted"
            error = stored or _nothing_left(job)
        gone(folder(self.state, job.id) / IN)
        self.records.end(
            job.id,
            job.attempt,
            state,  # type: ignore[arg-type]
            exit_code=None if child is None else child.returncode,
            error=error,
            batch=batch,
        )

    def _reap(self, id: str, child: subprocess.Popen[bytes]) -> None:  # noqa: A002
        """End what a job's process left running, then let its number go."""
        children.kill(child.pid)
        child.wait()
        self._children.pop(id, None)
        self._told.pop(id, None)
        gone(folder(self.state, id) / IN)
        if self.brought is not None:
            with contextlib.suppress(LianjianError):  # it may have been taken away by now
                if self.records.get(id).kind == "import":
                    self.brought()

    def _stored(self, job: Job) -> int | None:
        """Return the import that a job made before it could say so: one of its files, since it was begun."""
        if job.kind not in WRITERS or job.started is None:
            return None
        names = {u.name for u in job.uploads}  # those that were passed over are no files of it
        try:
            store = open_store(self.store)
        except StoreError:
            return None
        try:
            for batch in reversed(store.batches()):
                if batch.at < job.started or not batch.files or batch.undone:
                    continue
                # an invented city comes alone into an empty store: whatever came since is it
                if job.kind == "demo" or names.issuperset(batch.files):
                    return batch.id
        except StoreError:
            return None
        finally:
            store.close()
        return None


def _absolute(store: str) -> str:
    return store if "://" in store else str(Path(store).absolute())


def _held_by(state: Path) -> ServiceError:
    """Return what to say where another service holds the folder: which."""
    pid, since = "?", "?"
    with contextlib.suppress(OSError, ValueError, AttributeError):
        said = json.loads((state / HOLDER).read_text(encoding="utf-8"))
        pid, since = str(said.get("pid")), str(said.get("since"))
    return ServiceError(
        f"{state}: held by another service of this store (process {pid}, since {since}); stop that one, or give this one a"
        " folder of its own with LIANJIAN_STATE",
        f"{state}：已被同一存储的另一服务占用（进程 {pid}，自 {since}）；请停止该服务，或用 LIANJIAN_STATE 另指定文件夹",
    )


def _no_folder(state: Path) -> JobsError:
    return JobsError(
        f"{state}: the service can't keep jobs there; whoever runs it gives it a folder that it may write with LIANJIAN_STATE",
        f"{state}：服务无法在此保存任务；请维护人员用 LIANJIAN_STATE 指定可写的文件夹",
    )


_STORED = {
    "zh": "任务进程在答复之前结束，但导入已完整写入存储；如需撤销，请由能看到全市的账号办理",
    "en": "its process ended before it could answer, but all of the import is in the store; an account that sees the whole city"
    " can take it back",
}


def _stored_all_the_same(batch: int) -> dict[str, str]:
    return {
        "zh": f"任务进程在答复之前结束，但导入已完整写入存储，为批次 {batch}；可用 lianjian undo {batch} 撤销",
        "en": f"its process ended before it could answer, but all of the import is in the store, as batch {batch};"
        f" lianjian undo {batch} takes it back",
    }


def _nothing_left(job: Job) -> dict[str, str]:
    if job.kind == "demo":
        return {
            "zh": "任务进程中断；存储没有任何改动，请重新载入",
            "en": "its process was interrupted; nothing of it is in the store, load it again",
        }
    if job.kind == "import":
        return {
            "zh": "任务进程中断；存储没有任何改动，请重新导入",
            "en": "its process was interrupted; nothing of it is in the store, import again",
        }
    return {
        "zh": "任务进程中断；没有留下任何结果，请重新提交",
        "en": "its process was interrupted; it left nothing, ask again",
    }


def _fault(code: int) -> dict[str, str]:
    return {
        "zh": f"任务进程未能说明结果（退出码 {code}）；磁盘可能已满，请告知维护人员",
        "en": f"its process could not say what became of it (exit code {code}); the disk may be full, tell who runs the service",
    }

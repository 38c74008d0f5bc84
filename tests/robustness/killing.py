"""Kills a service and its jobs at random moments, and looks each time whether anything was lost or half done.

``python -m tests.robustness.killing FOLDER KILLS SEED`` prints ``{"kills": …, "cut": …, "adopted": …}``. Processes are forked from
this one, which has imported everything, so that moments fall into the work and not into Python's start.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import apsw

import api.cli.app  # noqa: F401 - imported once, before any fork
import loaders.pipeline  # noqa: F401
from api.jobs import children, service, work
from api.jobs.folders import ALIVE, IN, RECORD, folder
from api.jobs.model import Job, Upload
from api.jobs.records import Records
from api.jobs.service import Jobs
from api.lock import held
from api.settings import Settings
from loaders import identity, judgement, outlines, places, rows, totals  # noqa: F401
from tests.loaders.city import HEADER, firm, text

ROWS = 40
"""Rows of each ledger: few, for what is tried is the moment, not the size."""


class Forked:
    """A job's process as :func:`api.jobs.children.start` gives one, forked instead of started."""

    def __init__(self, state: Path, here: Path, id: str, attempt: int) -> None:  # noqa: A002
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid:
            return
        code = 3
        try:
            os.setsid()
            for name, number in ((children.STDOUT, 1), (children.STDERR, 2)):
                os.dup2(os.open(here / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            code = work.main([str(state), id, str(attempt)])
        finally:
            os._exit(code)

    def poll(self) -> int | None:
        if self.returncode is None:
            with contextlib.suppress(ChildProcessError):
                found, status = os.waitpid(self.pid, os.WNOHANG)
                if found:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        while (code := self.poll()) is None:
            time.sleep(0.005)
        return code


class Stage:
    """One store, its service, and what was asked of them."""

    def __init__(self, top: Path, seed: int) -> None:
        self.store, self.state = top / "a.db", top / "a.service"
        self.settings = Settings(str(self.store), state=str(self.state), jobs=2)
        self.draw = random.Random(seed)
        self.asked: dict[str, int] = {}
        self.number = 0
        self.counted = Counter[str]()
        self.serving = 0

    def serve(self) -> int:
        """Begin a service as a process of its own; it has swept folders that no job is of when this returns.

        A service's own route asks no service but itself, so that nothing of what it puts there is ever swept.
        """
        begun, told = os.pipe()
        self.serving = pid = os.fork()
        if pid == 0:
            try:
                os.close(begun)
                Jobs(self.settings).begin()
                os.write(told, b"1")
                os.close(told)
                time.sleep(600)
            finally:
                os._exit(1)
        os.close(told)
        assert os.read(begun, 1), "the service did not begin"
        os.close(begun)
        return pid

    def end(self) -> None:
        """End the service that there is, whatever went before: it holds this process's output open."""
        os.kill(self.serving, signal.SIGKILL)
        os.waitpid(self.serving, 0)

    def ask(self) -> str:
        """Put an import into the queue, as the service's route does, and a short reading job beside it now and then."""
        records = Records(self.state / RECORD)
        self.number += 1
        id_ = f"{self.number:032x}"
        here = folder(self.state, id_)
        first = 1000 * self.number
        content = text(HEADER, [firm(first + i) for i in range(ROWS)]).encode()
        for part in (IN, "out"):
            (here / part).mkdir(parents=True)
        (here / IN / "1.csv").write_bytes(content)
        shared = [f"--store={self.store}", "--json", "--lang=en"]
        name = f"{self.number}.csv"
        records.add(
            id_, "import", asked_by="local", lang="en", asked={}, uploads=[Upload(name, f"{IN}/1.csv", len(content))],
            command=["import", f"{IN}/1.csv", "--faults=faults", *shared],
        )  # fmt: skip
        records.close()
        self.asked[id_] = self.number
        return id_

    def over(self, id_: str, seconds: float) -> Job | None:
        """Wait until a job is over; ``None`` where it is not by then."""
        records = Records(self.state / RECORD)
        until = time.monotonic() + seconds
        try:
            while (job := records.get(id_)).state in ("queued", "running"):
                if time.monotonic() > until:
                    return None
                time.sleep(0.005)
            return job
        finally:
            records.close()

    def pid(self, id_: str) -> int | None:
        """Return the process that works on a job, where one does."""
        records = Records(self.state / RECORD)
        job = records.get(id_)
        records.close()
        here = folder(self.state, id_)
        return job.pid if job.state == "running" and held(here / ALIVE) else None

    def check(self) -> None:
        """Assert that each job is told of truly, and that the store has all of an import or nothing of it."""
        records = Records(self.state / RECORD)
        jobs = {id_: records.get(id_) for id_ in self.asked}
        records.close()
        batches, rows_of = self.stored()
        for id_, job in jobs.items():
            name = f"{self.asked[id_]}.csv"
            inside = [b for b, files in batches.items() if name in files]
            assert len(inside) <= 1, f"{name} is in twice"
            if job.state == "done":
                assert inside, f"{name} is said to be in"
            elif job.over:
                assert job.state == "interrupted", job.state
                assert job.batch == (inside[0] if inside else None), f"{name}: {inside}"
                assert job.error
            if inside:
                assert rows_of[inside[0]] == ROWS, f"half of {name} is in"
            if job.over:
                assert not (folder(self.state, id_) / IN).exists()

    def stored(self) -> tuple[dict[int, list[str]], Counter[int]]:
        """Return each batch's files and how many rows it has, after making sure that SQLite finds the file whole."""
        if not self.store.exists() or not self.store.stat().st_size:
            return {}, Counter()
        db: Any = apsw.Connection(str(self.store))
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            db.close()
            return {}, Counter()
        batches = {n: json.loads(files) for n, files in db.execute("SELECT id, files FROM batch")}
        counted = Counter({
            int(n): int(k)
            for n, k in db.execute("SELECT batch, count(*) FROM claim_organization GROUP BY batch")
        })  # fmt: skip
        db.close()
        return batches, counted


def killed(stage: Stage, kills: int) -> None:
    """Ask for an import, kill at a random moment what is drawn, begin a new service where that was killed, and look."""
    stage.serve()
    while not (stage.state / RECORD).exists():
        time.sleep(0.01)
    begun = time.monotonic()
    job = stage.over(stage.ask(), 60)
    assert job is not None
    assert job.state == "done", job
    takes = time.monotonic() - begun
    done = 0
    while done < kills:
        id_ = stage.ask()
        what = stage.draw.choice(["job", "job", "service", "both"])
        time.sleep(stage.draw.uniform(0, takes * 1.1))
        pid = stage.pid(id_)
        if what != "service" and pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        if what != "job":
            stage.end()
            running = pid is not None and what == "service"
            stage.serve()
            stage.counted["adopted"] += running
        elif pid is None:
            stage.over(id_, 60)
            continue  # it had not begun, or was over: no kill
        done += 1
        ended = stage.over(id_, 60)
        assert ended is not None, "a job was lost"
        stage.counted["cut"] += ended.state == "interrupted"
        stage.check()
    last = stage.over(stage.ask(), 60)
    assert last is not None
    assert last.state == "done", "nothing goes in any more"
    stage.check()


def main() -> None:
    """Do it, and print what was counted."""
    top, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    children.start = Forked  # type: ignore[assignment]
    service.TICK = 0.03  # so that few moments are lost to waiting
    stage = Stage(top, seed)
    try:
        killed(stage, kills)
    finally:
        stage.end()
    print(json.dumps({"kills": kills, **stage.counted}))


if __name__ == "__main__":
    main()

"""One job's process: ``python -m api.jobs.work STATE ID ATTEMPT`` runs the command that was asked for, in its words.

It is the command line's own code in its own process; its progress goes into the record instead of to a terminal, its ``--json``
into the job's folder. It says itself what became of it, so that it can outlive the service that began it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.access.identity import LOCAL, Identity
from api.jobs.children import STDERR, STDOUT
from api.jobs.folders import ALIVE, CUTS, FAULTS, IN, OUT, RECORD, RENEWING, folder, gone
from api.jobs.model import JURISDICTION, RESULT, ROLE, STORELESS, WRITERS, Job, Made
from api.jobs.records import Records
from api.lock import Lock
from api.settings import DEFAULT_PROFILE, job_priority
from graph.errors import LianjianError, StoreBusyError, StoreMissingError

if TYPE_CHECKING:
    from api.jobs.model import State
    from graph.cut.kept import Cuts

EVERY = 0.3
"""Seconds between two pieces of progress of one stage that are kept."""
PATIENCE = 600.0
"""Seconds that an import waits for one of another program (the command line's) to end."""
NICE = 15
"""How far a job steps back behind the service's answers where the system knows nothing better."""
NOWHERE = "none.db"
"""In a job's folder: where no store stands."""
NOTES = 200
"""Lines beside the answer that are kept."""


def _step_back() -> None:
    """Let the service's answers go first.

    A job is a session of its own, and Linux shares a machine among sessions (autogroups) before it looks at processes. A smaller
    share alone is not enough: what has begun runs to the end of its slice, and each answer waits for a processor several times on
    its way. What is idle (``SCHED_IDLE``) makes way at once; where other work fills the machine without end, such a job would
    hardly get on, so it can be had otherwise (``LIANJIAN_JOB_PRIORITY``).
    """
    if job_priority(os.environ) == "normal":
        return
    nice = getattr(os, "nice", None)
    if nice is not None:
        nice(NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICE))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main(arguments: list[str]) -> int:
    """Do a job; return the process's exit code, which is the command's."""
    state, id_, attempt = Path(arguments[0]).absolute(), arguments[1], int(arguments[2])
    here = folder(state, id_)
    alive = Lock(here / ALIVE)
    if not alive.acquire(seconds=10.0):
        return 3  # another process works on it
    records = Records(state / RECORD)
    job = records.confirm(id_, attempt, os.getpid())
    if job is None:
        return 3  # begun anew meanwhile, or over
    os.chdir(here)
    _step_back()
    progress, renewing = _Progress(records, id_), Lock(state / RENEWING)
    if job.kind in WRITERS:  # until its own cuts are made, jurisdictions see what was before it
        with contextlib.suppress(OSError):
            renewing.acquire(seconds=10.0)
    try:
        job = _prepared(job, progress)
        code, error = _run(job, state, progress)
    except LianjianError as refused:
        code, error = refused.exit_code, {"zh": refused.zh, "en": refused.en}
    if job.kind in WRITERS and code in (0, 1):
        _renew(job, state, progress)
    renewing.release()
    sys.stdout.flush()
    sys.stderr.flush()
    if code == 0 or code == 1:
        files, error = _left(job), None
    else:
        files = []
    gone(here / IN)  # ledgers hold more than is kept
    records.end(
        id_,
        attempt,
        _state(records.get(id_), code),
        exit_code=code,
        error=error,
        notes=_notes(error),
        files=files,
    )
    records.close()
    return code


def _prepared(job: Job, progress: _Progress) -> Job:
    """Return a job with what its command reads, which is made here where nobody sent it."""
    if job.kind != "demo":
        return job
    from api.jobs.inventing import invented, only_where_empty

    # imports that waited before this one may have been somebody's own ledgers
    only_where_empty(_given(job.command)["--store"])
    return invented(job, progress)


def _run(job: Job, state: Path, progress: _Progress) -> tuple[int, dict[str, str] | None]:
    """Run the command; an import waits for one that is under way elsewhere."""
    from api.cli.app import run
    from api.cli.commands.ledgers import CALLED
    from api.cli.journaling import ASKER
    from api.cli.progress import LISTENER

    LISTENER.set(progress)
    jurisdiction = job.asked.get(JURISDICTION)
    ASKER.set(Identity(job.asked_by, job.asked.get(ROLE, LOCAL.role), jurisdiction))
    CALLED.set({u.place: u.name for u in job.uploads})
    os.environ["LIANJIAN_LANG"] = job.lang
    os.environ["LIANJIAN_STATE"] = str(state)
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    until = time.monotonic() + PATIENCE
    command = given = _by_its_profile(job.command)
    while True:
        told: list[LianjianError] = []
        try:
            # an import writes to the city, and sees to it by itself whose rows it takes
            if jurisdiction is not None and job.kind not in WRITERS:
                command = _within(given, jurisdiction, state, needed=job.kind not in STORELESS)
        except LianjianError as refused:
            return 3, {"zh": refused.zh, "en": refused.en}
        code = run(command, failed=told.append)
        error = told[-1] if told else None
        if isinstance(error, StoreBusyError) and time.monotonic() < until:
            progress(error.text(job.lang), 0, None)
            time.sleep(1.0)
            continue
        return code, None if error is None else {"zh": error.zh, "en": error.en}


def _within(
    command: list[str], jurisdiction: str, state: Path, *, needed: bool = True
) -> list[str]:
    """Return a command on what its asker may see of the city as it is now, instead of all of it.

    Where there is none and none is needed, it is a store that is none: the city may be there once the command looks for it.
    """
    from graph.store import open_store

    cuts = _cuts(command, state)
    try:
        city = open_store(cuts.url)
    except StoreMissingError:
        if needed:
            raise
        path = NOWHERE
    else:
        try:
            path = cuts.path(city, jurisdiction)
        finally:
            city.close()
    return [f"--store={path}" if part.startswith("--store=") else part for part in command]


def _renew(job: Job, state: Path, progress: _Progress) -> None:
    """Make what jurisdictions see of the city as it is after an import: its asker's first, for whom it is done with that."""
    from graph.store import open_store

    words = {"zh": "更新各辖区可见的内容", "en": "renewing what jurisdictions see"}[job.lang]
    with contextlib.suppress(LianjianError):  # who asks for one that is not made waits for it
        cuts = _cuts(job.command, state)
        city = open_store(cuts.url)
        try:
            cuts.renew(
                city, job.asked.get(JURISDICTION), lambda done, of: progress(words, done, of)
            )
        finally:
            city.close()


def _by_its_profile(command: list[str]) -> list[str]:
    """Return a check of a plan without the service's profile, where the plan says that it was made by another one."""
    if command[0] != "verify":
        return command
    from graph.formation.verify import load_plan
    from graph.policy.profile import load

    with contextlib.suppress(LianjianError):  # what is wrong with the plan, the command says
        if (
            load_plan(command[1]).get("profile")
            == load(_given(command).get("--profile", DEFAULT_PROFILE)).name
        ):
            return command
    return [part for part in command if not part.startswith("--profile=")]


def _cuts(command: list[str], state: Path) -> Cuts:
    """Return what jurisdictions see of a command's city, by the profile that the command goes by."""
    from graph.cut.kept import Cuts
    from graph.policy.profile import load

    given = _given(command)
    if command[0] == "verify":
        from api.cli.commands.verifying import made_by
        from graph.formation.verify import load_plan

        profile = made_by(given.get("--profile"), load_plan(command[1]).get("profile"))
    else:
        profile = load(given.get("--profile", DEFAULT_PROFILE))
    return Cuts(given["--store"], profile, state / CUTS)


def _given(command: list[str]) -> dict[str, str]:
    """Return the store and the profile of a command."""
    told = (part.split("=", 1) for part in command if part.startswith(("--store=", "--profile=")))
    return dict(told)


class _Progress:
    """Progress into the record, as often as people look; a record that can't be written stops no work."""

    def __init__(self, records: Records, id: str) -> None:  # noqa: A002
        self._records, self._id = records, id
        self._stage, self._next = "", 0.0

    def __call__(self, stage: str, done: int, total: int | None, gap: float | None = None) -> None:
        at = time.monotonic()
        if at < self._next and (stage == self._stage or done < (total or 0)):
            return
        self._stage, self._next = stage, at + EVERY
        with contextlib.suppress(LianjianError):
            self._records.tell(self._id, stage, done, total, gap)


def _state(job: Job, code: int) -> State:
    """Return what a command's exit code means; a plan that was stopped on the way has left what it had."""
    if code not in (0, 1):
        return "cancelled" if job.stopping is not None else "failed"
    if job.stopping is not None and job.kind == "plan":
        return "cancelled"
    return "done" if code == 0 else "done_with_findings"


def _left(job: Job) -> list[Made]:
    """Return the files that the command wrote: its answer, what it was told to write, and marked copies by their files' names."""
    from api.jobs.uploads import once

    taken = {RESULT.casefold()}
    out = [Made(RESULT, STDOUT, Path(STDOUT).stat().st_size)]
    written = (p for p in sorted(Path(OUT).rglob("*")) if p.is_file() and p != Path(STDOUT))
    out += [Made(once(p.name, taken), p.as_posix(), p.stat().st_size) for p in written]
    copies = sorted(Path(FAULTS).glob("*")) if Path(FAULTS).is_dir() else []
    if copies:
        from loaders.workbook import copy_called

        by_number = {Path(u.place).stem: u for u in job.uploads}
        for path in copies:
            upload = by_number[path.name.partition(".")[0]]
            name = once(copy_called(upload.name, upload.place, path), taken)
            out.append(Made(name, path.as_posix(), path.stat().st_size))
    return out


def _notes(error: dict[str, str] | None) -> list[str]:
    """Return what was said beside the answer, without the error that the record has already."""
    text = Path(STDERR).read_bytes()[: 256 << 10].decode("utf-8", "replace")
    lines = [line.removeprefix("lianjian: ") for line in text.splitlines() if line.strip()]
    said = {" ".join(words.split()) for words in (error or {}).values()}
    return [line for line in lines if line not in said][:NOTES]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

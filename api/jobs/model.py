"""What a job is: one command that somebody asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal["import", "demo", "preview", "plan", "verify", "audit", "report", "export"]
State = Literal[
    "queued", "running", "done", "done_with_findings", "failed", "cancelled", "interrupted"
]
STATES: tuple[State, ...] = get_args(State)
UNDER_WAY: frozenset[State] = frozenset(["queued", "running"])
WRITERS: frozenset[Kind] = frozenset(["import", "demo"])
"""Kinds that change the store: one at a time."""
STORELESS: frozenset[Kind] = frozenset(["preview"])
"""Kinds that need no store: they work before there is one, and are held against it where there is."""

ROLE, JURISDICTION = "role", "jurisdiction"
"""Among what was asked: the role of who asked, and of how much of the city; none is all of it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a job: the name that its sender gives it (text, never a path) and the one it stands under.

    Attributes
    ----------
    name : str
    place : str
        Relative to the job's folder: ours alone.
    bytes : int
    """

    name: str
    place: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a job leaves behind: what it is called, and where it stands in the job's folder."""

    name: str
    place: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its record has it.

    Attributes
    ----------
    number : int
        Its place in the order of asking; it counts everybody's, and is said to nobody.
    id : str
        Random, in hexadecimal digits.
    asked_by : str
        The asker's account.
    lang : str
        In which its progress and notes are worded.
    asked : mapping
        What was asked for, as the request said it.
    command : list of str
        The command line that does it, without what the service adds.
    attempt : int
        How often it was begun; a process of an earlier attempt may not go on.
    pid : int or None
        The process that works on it.
    stopping : str or None
        Since when it is being stopped.
    exit_code : int or None
        The command's.
    error : mapping or None
        Why it failed, in ``zh`` and ``en``.
    notes : list of str
        What the command said beside its answer.
    batch : int or None
        The import that is in the store all the same, of a job that could not say so itself.
    kept : bool
        Whether its files are still there.
    """

    number: int
    id: str
    kind: Kind
    state: State
    asked_by: str
    lang: str
    asked: dict[str, Any]
    command: list[str]
    uploads: list[Upload]
    created: str
    started: str | None
    ended: str | None
    attempt: int
    pid: int | None
    stopping: str | None
    exit_code: int | None
    error: dict[str, str] | None
    notes: list[str]
    batch: int | None
    kept: bool

    @property
    def over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state not in UNDER_WAY

    def as_json(self, progress: dict[str, Any] | None, files: list[Made]) -> dict[str, Any]:
        """Return what the service says of it; nothing of where it stands on disk."""
        names = [f.name for f in files]
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "asked_by": self.asked_by,
            "asked": self.asked,
            "uploads": [{"name": u.name, "bytes": u.bytes} for u in self.uploads],
            "created": self.created,
            "started": self.started,
            "ended": self.ended,
            "stopping": self.stopping is not None and not self.over,
            "progress": progress,
            "exit_code": self.exit_code,
            "error": self.error,
            "notes": self.notes,
            "batch": self.batch,
            "result": RESULT in names,
            "files": [{"name": f.name, "bytes": f.bytes} for f in files if f.name != RESULT],
            "kept": self.kept,
        }


RESULT = "result.json"
"""The command's ``--json`` among a job's files; it has a path of its own in the service."""

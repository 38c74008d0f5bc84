"""One row of the journal, and the seal that chains it to the row before."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORMAT = b"lianjian.journal/1"
BEGINNING = bytes(32)
"""What the first row is chained to."""


class Action(StrEnum):
    """What was done."""

    LOOK = "look"
    """An answer that holds counts of members."""
    EXPORT = "export"
    """A file, or an answer that is one, made of what the store holds."""
    IMPORT = "import"
    UNDO = "undo"
    DECIDE = "decide"
    FINDING = "finding"
    BASELINE = "baseline"
    PLAN = "plan"
    COPY = "copy"
    RESTORE = "restore"
    ACCOUNT = "account"
    """An account or token was made, changed or taken away."""
    SIGN_IN = "sign_in"
    """Somebody logged in or out, or was not let in."""
    VIEW = "view"
    """A saved view was kept, changed or taken away."""
    WRITE = "write"
    """Something else was written to the store."""


READING = frozenset({Action.LOOK, Action.EXPORT})
"""Actions that are one row, there before the answer leaves; each other is an intent and an outcome."""


class Outcome(StrEnum):
    """What came of it."""

    ANSWERED = "answered"
    INTENT = "intent"
    """A write is about to begin: another row tells what came of it."""
    DONE = "done"
    FAILED = "failed"
    SETTLED_DONE = "settled_done"
    """Whoever wrote died; the store has what was written."""
    SETTLED_FAILED = "settled_failed"
    """Whoever wrote died; the store has nothing of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes
    ----------
    sequence : int
        From 1, without holes.
    time : str
        UTC (ISO 8601), never before the row before.
    clock : str or None
        What the clock said, where that was before the time of the row before: the clock was moved back.
    name, role : str
        Who asked.
    action, operation : str
        What was done, and by which operation of the service or command.
    subjects : str
        Codes, parted by spaces (:mod:`api.journal.subjects`).
    scope : str or None
        The asker's jurisdiction; ``None`` is the whole city.
    outcome : str
    intent : int or None
        The row that this one is the outcome of.
    mark : str or None
        By what the store can tell whether a write happened.
    mac : bytes
        HMAC-SHA256 over the row and the ``mac`` of the row before.
    """

    sequence: int
    time: str
    clock: str | None
    name: str
    role: str
    action: str
    operation: str
    subjects: str
    scope: str | None
    outcome: str
    intent: int | None
    mark: str | None
    mac: bytes

    def as_json(self) -> dict[str, Any]:
        """Return the row for people and programs."""
        return {
            "sequence": self.sequence,
            "time": self.time,
            "clock": self.clock,
            "name": self.name,
            "role": self.role,
            "action": self.action,
            "operation": self.operation,
            "subjects": self.subjects.split(),
            "scope": self.scope,
            "outcome": self.outcome,
            "intent": self.intent,
            "hmac": self.mac.hex(),
        }


def seal(key: bytes, before: bytes, values: Iterable[str | int | bytes | None]) -> bytes:
    """Return the seal of a row.

    Parameters
    ----------
    key : bytes
    before : bytes
        The seal of the row before; :data:`BEGINNING` where there is none.
    values : iterable
        The row's fields but ``mac``, in order. Each goes in with its length, so that no two rows read alike.
    """
    made = hmac.new(key, digestmod=hashlib.sha256)
    for value in (FORMAT, before, *values):
        if value is None:
            made.update(b"-")
            continue
        raw = value if isinstance(value, bytes) else str(value).encode()
        made.update(b"%d:" % len(raw))
        made.update(raw)
    return made.digest()

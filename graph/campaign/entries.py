"""What stands in the campaign's timetable: days to be kept, and how each jurisdiction stands to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from graph.model import iso

if TYPE_CHECKING:
    from graph.policy.reading import Setting

State = Literal["upcoming", "due", "late", "done", "done_late", "untold"]
STATES: tuple[State, ...] = ("late", "due", "upcoming", "untold", "done_late", "done")
"""The most pressing first. ``due``: begun, or within :data:`SOON`; ``untold``: its day has passed, and no row tells whether it was
kept."""
SOON = 14
"""Days before its deadline from which something is due. Chosen."""
Kind = Literal["milestone", "report", "target"]

RESPONSIBLE = ("责任单位期限", "for who is responsible")
GOAL = ("总目标期限", "for the goal")
ONLY = ("期限", "deadline")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is to be done, and whose: two clauses may set two (S40).

    ``chosen``: where no clause gives the day, on what grounds it was chosen (Chinese, English).
    """

    date: int
    zh: str
    en: str
    chosen: tuple[str, str] | None = None


def deadlines(dates: Sequence[int], chosen: Setting | None = None) -> tuple[Deadline, ...]:
    """Return a clause's dates as deadlines: of two, the earlier binds who is responsible, the later is the goal's.

    ``chosen``: what the profile says of dates that no clause gives (:attr:`graph.policy.profile.Profile.chosen_deadlines`).
    """
    days = sorted(set(dates))
    why = None if chosen is None else (chosen.why_zh, chosen.why_en)
    if len(days) == 1:
        return (Deadline(days[0], *ONLY, why),)
    return tuple(
        Deadline(d, *(GOAL if k == len(days) - 1 else RESPONSIBLE), why) for k, d in enumerate(days)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How one jurisdiction or office stands to an entry.

    Attributes
    ----------
    id, name : str
        ``district:CODE``, ``dept:NAME``, or a division's code or a ledger unit's id that was asked for.
    done, of : int or None
        How many of how many; ``None`` where no row tells.
    kept : bool or None
        Whether it is done; ``None`` where no row tells.
    on : int or None
        The day it came in, ``yyyymmdd``, where a row says it.
    missing : tuple of str
        What has not come.
    received : tuple of (str, int or None)
        What has come, each with its day, where a row says it.
    """

    id: str
    name: str
    done: int | None = None
    of: int | None = None
    kept: bool | None = None
    on: int | None = None
    missing: tuple[str, ...] = ()
    received: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timetable.

    Attributes
    ----------
    id : str
        Stays the same whatever the date and the data.
    start : int
        The first day, ``yyyymmdd``.
    """

    id: str
    kind: Kind
    clauses: tuple[str, ...]
    zh: str
    en: str
    start: int
    deadlines: tuple[Deadline, ...]
    standings: tuple[Standing, ...] = ()

    @property
    def end(self) -> int:
        """The last deadline."""
        return self.deadlines[-1].date

    def state_of(self, standing: Standing, as_of: int, deadline: Deadline | None = None) -> State:
        """Return how a jurisdiction stands to a deadline (default: the first, for it is the one that is missed first)."""
        by = (deadline or self.deadlines[0]).date
        if standing.kept:
            return "done_late" if standing.on is not None and standing.on > by else "done"
        if as_of > by:
            return "untold" if standing.kept is None else "late"
        begun = self.start < by and as_of >= self.start
        return "due" if begun or days_between(as_of, by) <= SOON else "upcoming"

    def state(self, as_of: int) -> State:
        """Return the most pressing state of any jurisdiction; without any, that of a day that nothing tells of."""
        nobody = Standing("", "")
        found = [self.state_of(s, as_of) for s in self.standings or (nobody,)]
        return min(found, key=STATES.index)

    def as_json(self, as_of: int) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "id": self.id,
            "kind": self.kind,
            "clauses": list(self.clauses),
            "summary": {"zh": self.zh, "en": self.en},
            "start": iso(self.start),
            "deadlines": [
                {
                    "date": iso(d.date),
                    "of": {"zh": d.zh, "en": d.en},
                    "chosen": d.chosen and dict(zip(("zh", "en"), d.chosen, strict=True)),
                }
                for d in self.deadlines
            ],
            "state": self.state(as_of),
            "standings": [
                {
                    "id": s.id,
                    "name": s.name,
                    "state": self.state_of(s, as_of),
                    "states": [self.state_of(s, as_of, d) for d in self.deadlines],
                    "done": s.done,
                    "of": s.of,
                    "on": iso(s.on),
                    "days_late": self._late(s, as_of),
                    "missing": list(s.missing),
                }
                for s in self.standings
            ],
        }

    def _late(self, standing: Standing, as_of: int) -> int | None:
        state = self.state_of(standing, as_of)
        by = self.deadlines[0].date
        if state == "late":
            return days_between(by, as_of)
        return days_between(by, standing.on) if state == "done_late" and standing.on else None


def days_between(start: int, end: int) -> int:
    """Return how many days one ``yyyymmdd`` lies after another."""
    return (date_of(end) - date_of(start)).days


def date_of(day: int) -> dt.date:
    """Return a ``yyyymmdd`` integer as a date."""
    return dt.date(day // 10000, day // 100 % 100, day % 100)

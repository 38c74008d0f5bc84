"""What was handed in, by whom, when (S12, S20, S47, S48): entries of the timetable whose 报送 rows tell.

The one home of what is late and missing: the calendar shows it by entry, the report (:mod:`graph.report.received`) by office.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.affiliation import calendar
from graph.affiliation.calendar import (
    ANNEX_1,
    ANNEX_2,
    DEPARTMENTS,
    DUTY_REPORT,
    SEMI_MONTHLY,
    WORK_PLAN,
)
from graph.affiliation.submitters import Submitters, received
from graph.campaign.entries import Deadline, Entry, Standing, deadlines
from graph.jurisdiction import DISTRICTS
from graph.model import iso

if TYPE_CHECKING:
    from graph.affiliation.facts import Facts
    from graph.policy.rules import Milestone

LEDGERS = "S20"
"""The clause of the milestone that 报送 rows tell of."""


def submitters(facts: Facts) -> Submitters:
    """Return whom the plan asks in this campaign: a district whose ledgers have not come yet owes them all the same."""
    divisions = facts.city.places.divisions
    return Submitters(facts, divisions.index[divisions["level"].isin(DISTRICTS)].astype(str))


@dataclass(frozen=True, slots=True)
class _Came:
    """When something came in first; ``None`` for a row without a date."""

    on: int | None


class Receipts:
    """What came in from whom.

    Parameters
    ----------
    facts : graph.affiliation.facts.Facts
    people : graph.affiliation.submitters.Submitters
        Whom the plan asks (:func:`submitters`).
    only : str, optional
        One submitter's identity; default all.

    Notes
    -----
    Where no 报送 sheet is there by the date, nobody wrote down what came in: then nothing is told of anyone, as the audit checks
    nothing (ADR 0052). Where one is, what it doesn't name has not come.
    """

    def __init__(self, facts: Facts, people: Submitters, only: str | None = None) -> None:
        self.facts = facts
        self.names = {k: n for k, n in people.names().items() if only in (None, k)}
        self.departments = {
            name: name for name, _ in DEPARTMENTS if only in (None, f"dept:{name}")
        }  # fmt: skip
        self._told = facts.holds("submission")
        self._came: dict[tuple[str, str, int], _Came] = {}
        rows, dates = received(facts), facts.profile.semi_monthly
        for office, what, text, date in zip(
            rows["office"], rows["what"], rows["period"], rows["date"], strict=True
        ):
            who = people.who(str(office))
            period = 0
            if what == DUTY_REPORT:
                who = calendar.department(office)
            elif what == SEMI_MONTHLY:
                period = calendar.semi_monthly_period(text, dates) or -1
            if who is None or period < 0:
                continue
            on = None if np.isnan(date) else int(date)
            old = self._came.get((who, what, period))
            if old is None or (on is not None and (old.on is None or on < old.on)):
                self._came[who, what, period] = _Came(on)

    def entries(self) -> Iterator[Entry]:
        """Yield all of them."""
        yield from self.work_plans()
        yield from (self.annexes(m) for m in self._milestones(LEDGERS))
        yield from self.semi_monthly()
        yield from self.duties()

    def work_plans(self) -> Iterator[Entry]:
        """Yield the plans that districts file after the meeting (S12)."""
        who = {k: n for k, n in self.names.items() if k.startswith("district:")}
        if who and (dates := self.facts.due("S12")):
            start = min((m.start for m in self._milestones("S12")), default=dates[0])
            yield Entry(
                "S12-plan", "report", ("S12",), "各区报送工作方案（含专班）", "districts file their plans",
                start, self._deadlines("S12", dates), tuple(self._standing(k, n, (WORK_PLAN,)) for k, n in who.items()),
            )  # fmt: skip

    def annexes(self, milestone: Milestone) -> Entry:
        """Return who has handed in the ledgers (S20)."""
        dates = self.facts.due(milestone.clause) or (milestone.end,)
        return Entry(
            milestone.id, "milestone", (milestone.clause,), milestone.zh, milestone.en, milestone.start,
            self._deadlines(milestone.clause, dates),
            tuple(
                self._standing(k, n, (ANNEX_1, ANNEX_2) if k.startswith("district:") else (ANNEX_2,))
                for k, n in self.names.items()
            ),
        )  # fmt: skip

    def semi_monthly(self) -> Iterator[Entry]:
        """Yield the reports of the 10th and the 25th (S47)."""
        before = None
        for day in self.facts.profile.semi_monthly if self.names else ():
            yield Entry(
                f"S47-{iso(day)}", "report", ("S47",), f"半月报（{iso(day)}）", f"semi-monthly report ({iso(day)})",
                before or day, deadlines((day,)),
                tuple(self._standing(k, n, (SEMI_MONTHLY,), day) for k, n in self.names.items()),
            )  # fmt: skip
            before = day

    def duties(self) -> Iterator[Entry]:
        """Yield the departments' reports on their duties (S48)."""
        if self.departments and (dates := self.facts.due("S48")):
            yield Entry(
                "S48", "report", ("S48",), "市直部门报送专项责任情况", "departments report on their duties",
                dates[0], self._deadlines("S48", dates),
                tuple(self._standing(k, n, (DUTY_REPORT,)) for k, n in self.departments.items()),
            )  # fmt: skip

    def _deadlines(self, clause: str, dates: Sequence[int]) -> tuple[Deadline, ...]:
        return deadlines(dates, self.facts.profile.chosen_deadlines.get(clause))

    def _milestones(self, clause: str) -> Iterator[Milestone]:
        return (m for m in self.facts.profile.milestones if m.clause == clause)

    def _standing(self, who: str, name: str, kinds: tuple[str, ...], period: int = 0) -> Standing:
        id_ = who if ":" in who else f"dept:{who}"
        if not self._told:
            return Standing(id_, name)
        found = {k: self._came[who, k, period].on for k in kinds if (who, k, period) in self._came}
        days = [on for on in found.values() if on is not None]
        complete = len(found) == len(kinds)
        return Standing(
            id_, name, len(found), len(kinds), complete, max(days) if complete and days else None,
            tuple(k for k in kinds if k not in found), tuple(found.items()),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Submission:
    """What one office was to hand in and is judged for: it has come, or its day has passed.

    Attributes
    ----------
    office, what : str
        In the ledgers' words; ``what`` is a canonical 种类.
    clause : str
    due : Deadline
        By when it was to come: of two (S40) the first, for it is the one that is missed first.
    came : bool
    on : int or None
        The day it came; ``None`` for what has not come, and for a row without a date, which is not judged.
    """

    office: str
    what: str
    clause: str
    due: Deadline
    came: bool
    on: int | None

    @property
    def late(self) -> bool:
        """Whether it came after its day, or has not come though that has passed."""
        return not self.came or (self.on is not None and self.on > self.due.date)


def judged(entries: Iterable[Entry], as_of: int) -> Iterator[Submission]:
    """Yield each submission of entries of :class:`Receipts` that has come, or whose day has passed."""
    for entry in entries:
        due, clause = entry.deadlines[0], entry.clauses[0]
        for one in entry.standings:
            for what, on in one.received:
                yield Submission(one.name, what, clause, due, came=True, on=on)
            for what in one.missing if as_of > due.date else ():
                yield Submission(one.name, what, clause, due, came=False, on=None)

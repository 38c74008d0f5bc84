"""What was handed in, by whom, when (S12, S20, S47, S48): entries of the timetable whose 报送 rows tell."""

from __future__ import annotations

from collections.abc import Iterator
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
from graph.campaign.entries import Entry, Standing, deadlines
from graph.model import iso

if TYPE_CHECKING:
    from graph.affiliation.facts import Facts
    from graph.policy.rules import Milestone


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
        Whom the plan asks.
    only : str, optional
        One submitter's identity; default all.
    """

    def __init__(self, facts: Facts, people: Submitters, only: str | None = None) -> None:
        self.facts = facts
        self.names = {k: n for k, n in people.names().items() if only in (None, k)}
        self.departments = {
            name: name for name, _ in DEPARTMENTS if only in (None, f"dept:{name}")
        }  # fmt: skip
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

    def work_plans(self) -> Iterator[Entry]:
        """Yield the plans that districts file after the meeting (S12)."""
        who = {k: n for k, n in self.names.items() if k.startswith("district:")}
        if who and (dates := self.facts.due("S12")):
            start = min((m.start for m in self._milestones("S12")), default=dates[0])
            yield Entry(
                "S12-plan", "report", ("S12",), "各区报送工作方案（含专班）", "districts file their plans",
                start, deadlines(dates), tuple(self._standing(k, n, (WORK_PLAN,)) for k, n in who.items()),
            )  # fmt: skip

    def annexes(self, milestone: Milestone) -> Entry:
        """Return who has handed in the ledgers (S20)."""
        dates = self.facts.due(milestone.clause) or (milestone.end,)
        return Entry(
            milestone.id, "milestone", (milestone.clause,), milestone.zh, milestone.en, milestone.start,
            deadlines(dates),
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
                dates[0], deadlines(dates),
                tuple(self._standing(k, n, (DUTY_REPORT,)) for k, n in self.departments.items()),
            )  # fmt: skip

    def _milestones(self, clause: str) -> Iterator[Milestone]:
        return (m for m in self.facts.profile.milestones if m.clause == clause)

    def _standing(self, who: str, name: str, kinds: tuple[str, ...], period: int = 0) -> Standing:
        found = {k: self._came[who, k, period] for k in kinds if (who, k, period) in self._came}
        days = [c.on for c in found.values() if c.on is not None]
        complete = len(found) == len(kinds)
        id_ = who if ":" in who else f"dept:{who}"
        return Standing(
            id_, name, len(found), len(kinds), complete, max(days) if complete and days else None,
            tuple(k for k in kinds if k not in found),
        )  # fmt: skip

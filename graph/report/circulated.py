"""The city's bulletin for circulation: every district's progress as all districts may see it (ROBUSTNESS C19).

Each figure is taken from the one table of what anybody may be told (:mod:`graph.disclosure.table`), with the date that it is of:
whoever holds the bulletin, the overview and the bulletins of other dates side by side holds nothing but parts of that table, from
which no small count follows. Rates and changes are made of figures that are told, and of no others.

Parts are districts as organizations lie in them, not submitters: with both told, a district's few municipal social organizations
would follow from the difference, or most of either had to stay out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.coverage import CHOSEN
from graph.disclosure.table import CITY, rate
from graph.model import iso
from graph.report.report import refuse_since
from graph.survey import chosen_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.disclosure.table import Area, Figure, Table
    from graph.policy.profile import Profile

PROGRESS = (
    "organizations", "in_base", "separate", "joint", "uncovered", "none_due", "none_few", "none_zero", "none_unknown",
    "covered",
)  # fmt: skip
"""How far each part has come."""
LISTED = (
    "organizations",
    "in_base",
    "outside_base",
    "line:enterprise",
    "line:social",
    "line:rural",
)
"""What is listed of each part: all, the base and the rest, by kind of ledger."""
RATES = {"org_operating": "covered", "single_rate": "separate", "joint_rate": "joint"}
"""Rates over the base, by what they are a share of."""


@dataclass(frozen=True, eq=False)
class Circulated:
    """The bulletin of one date.

    Attributes
    ----------
    table : Table
        What anybody may be told, at every publication.
    profile : Profile
    date : int
    previous : int or None
        The date of the bulletin before; ``None`` where nothing was published by then.
    overdue : dict
        What came late or not at all (:func:`graph.report.received.received`): days of offices, no counts of organizations.
    """

    table: Table
    profile: Profile
    date: int
    previous: int | None
    overdue: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``report --circulate --json`` prints."""
        areas = self.table.areas
        whole = next(n for n, area in enumerate(areas) if area.kind == CITY)
        profile = self.profile
        period = next((d for d in profile.semi_monthly if d >= self.date), None)
        return {
            "date": iso(self.date),
            "period": None if period is None else iso(period),
            "previous": None if self.previous is None else iso(self.previous),
            "published": iso(self.table.publication(self.date)),
            "small_count": self.table.published.k,
            "profile": profile.name,
            "plan": {"zh": profile.title_zh, "en": profile.title_en},
            "subject": {
                "kind": "circulated", "id": None, "office": None,
                "name": "" if areas[whole].name == CITY else areas[whole].name,
            },
            "whole": self._part(whole, areas[whole]),
            "parts": [self._part(n, a) for n, a in enumerate(areas) if a.kind == "district"],
            "trend": self._trend(whole),
            "received": self.overdue,
            "chosen": [
                *chosen_values(profile, (*CHOSEN, "small_count")),
                *(s.told() for s in profile.chosen_deadlines.values()),
            ],
        }  # fmt: skip

    def _part(self, at: int, area: Area) -> dict[str, Any]:
        now = self.table.figures(at, self.date)
        before = None if self.previous is None else self.table.figures(at, self.previous)
        return {
            "id": area.id,
            "name": area.name,
            "counts": _told(now),
            "before": None if before is None else _told(before),
            "rates": {name: rate(now, part, "in_base") for name, part in RATES.items()},
        }

    def _trend(self, whole: int) -> list[dict[str, Any]]:
        """Return a point for each date of which both counts are told, and something was listed.

        Whether a unit is an organization's own is often among what stays out; who is covered at all is told of most dates.
        """
        first = self.table.published.cells.dates[0]
        points = {}
        for day in (*self.profile.semi_monthly, self.date):
            if not first <= day <= self.date:
                continue
            told = self.table.figures(whole, day)
            units, covered = told["in_base"], told["covered"]
            share = rate(told, "covered", "in_base")
            if units is None or covered is None or share is None:
                continue
            points[units[1]] = {
                "date": iso(units[1]), "units": units[0], "covered": covered[0], "rate": share,
            }  # fmt: skip
        return [points[day] for day in sorted(points)]


def _told(figures: Mapping[str, Figure | None]) -> dict[str, dict[str, Any] | None]:
    out: dict[str, dict[str, Any] | None] = {}
    for category in (*PROGRESS, *LISTED):
        figure = figures[category]
        out[category] = None if figure is None else {"value": figure[0], "of": iso(figure[1])}
    return out


def change(part: Mapping[str, Any], category: str) -> int | None:
    """Return by how much a told figure differs from the one told before; ``None`` where it is the same, or either is not told."""
    now = part["counts"][category]
    before = None if part["before"] is None else part["before"][category]
    if now is None or before is None or now["of"] == before["of"]:
        return None
    return int(now["value"] - before["value"])


def circulated(
    table: Table,
    profile: Profile,
    date: int,
    overdue: dict[str, Any],
    since: int | None = None,
) -> Circulated:
    """Return the bulletin of a date.

    Parameters
    ----------
    table : Table
    profile : Profile
    date : int
        ``yyyymmdd``; figures are those that stand at it.
    overdue : dict
        As :func:`graph.report.received.received` says.
    since : int, optional
        The date of the bulletin before; default the latest of the profile's semi-monthly dates (S47) before ``date``.

    Raises
    ------
    InputError
        Nothing was published by that date; ``since`` is not before it.
    """
    refuse_since(since, date)
    table.publication(date)
    first = table.published.cells.dates[0]
    before = [d for d in profile.semi_monthly if d < date] if since is None else [since]
    former = max(before, default=None)
    if former is not None and former < first:
        former = None
    return Circulated(table, profile, date, former, overdue)

"""Coverage rates that offices reported (报送 覆盖率), each beside the one recomputed for its day and its ledgers (S46)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph import coverage
from graph.affiliation.registry import NotChecked
from graph.affiliation.submitters import Submitters, answering
from graph.model import iso

if TYPE_CHECKING:
    from graph.affiliation.facts import Facts
    from graph.coverage import Rate


@dataclass(frozen=True, slots=True)
class Reported:
    """One reported rate and the recomputed one.

    Attributes
    ----------
    office : str
        The submitter's canonical name.
    period : str
    date : int
        The day of the report, ``yyyymmdd``.
    stated : float
        The rate reported, a fraction.
    counted : graph.coverage.Rate
        The office's rate that day, by the profile's definition.
    claim : int
        The 报送 row.
    """

    office: str
    period: str
    date: int
    stated: float
    counted: Rate
    claim: int

    @property
    def agrees(self) -> bool:
        """Say whether the stated rate is the recomputed one rounded to the digits reported (whole per cents at least)."""
        digits = min(max(len(repr(self.stated).partition(".")[2]), 2), 6)
        counted = self.counted.numerator / self.counted.denominator
        return bool(abs(counted - self.stated) <= 0.5 * 10**-digits + 1e-9)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``coverage --reported --json`` prints."""
        return {
            "office": self.office,
            "period": self.period,
            "date": iso(self.date),
            "reported": self.stated,
            "definition": self.counted.id,
            "numerator": self.counted.numerator,
            "denominator": self.counted.denominator,
            "rate": self.counted.rate,
            "agrees": self.agrees,
        }


def reported(facts: Facts) -> Iterator[Reported]:
    """Yield the rates reported by the as-of, by date; rows without rate or date, or of no known submitter, are left out.

    Raises
    ------
    NotChecked
        No 报送 row states a rate.
    """
    rows = facts.frame("submission")
    rows = rows[rows["rate"].notna() & rows["date"].notna()]
    rows = rows[rows["date"] <= facts.as_of]
    if not len(rows):
        raise NotChecked("报送表中没有覆盖率", "no 覆盖率 in the 报送 sheet")
    for day, some in rows.groupby(rows["date"].astype(int)):
        date = int(str(day))
        then = facts.at(date)
        people = Submitters(then)
        rates: dict[str, Rate] = {}
        for office, period, rate, claim in zip(
            some["office"], some["period"], some["rate"], some["claim"], strict=True
        ):
            who = people.who(str(office))
            if who is None:
                continue
            if who not in rates:
                rates[who] = _rate(then, who)
            if rates[who].denominator:
                name = people.names()[who]
                yield Reported(name, str(period), date, float(rate), rates[who], int(claim))


def _rate(facts: Facts, who: str) -> Rate:
    """Return an office's rate, by the profile's definition."""
    own = answering(facts.city) == who
    return coverage.rate(facts.coverage, facts.profile.coverage_definition, own)

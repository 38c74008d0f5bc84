"""The campaign's timetable: milestones, reports and targets by day, and what is due, done and late in each jurisdiction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.affiliation.facts import Facts
from graph.campaign.entries import STATES, Entry
from graph.campaign.progress import Progress
from graph.campaign.receipts import LEDGERS, Receipts, submitters
from graph.columns import mask
from graph.model import iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.affiliation.submitters import Submitters
    from graph.city import City


@dataclass(frozen=True, eq=False)
class Timetable:
    """The timetable of a city at a date.

    Parameters
    ----------
    city : graph.city.City
    within : str, optional
        A district's code, ``dept:NAME`` of the organs committee or the civil-affairs bureau, or any other division or ledger unit
        of the city: such a one hands in no reports of its own, and only what is to be done in it is counted. The code of the only
        city means all of it.

    Raises
    ------
    InputError
        ``within`` is none of these (when entries are asked for).
    """

    city: City
    within: str | None = None

    @cached_property
    def _part(self) -> str | None:
        """What is asked for, ``None`` where it is the whole city: by no code, or by its own."""
        return None if self.within is None or self.city.is_all(self.within) else self.within

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries by their first deadline, those of one day by id."""
        facts = Facts(self.city, self.city.store)
        people = submitters(facts)
        asked = self._asked(people)
        parts = self._parts(people, asked)
        progress = Progress(facts, parts)
        found: list[Entry] = []
        if self._part is None or asked is not None:
            found += Receipts(facts, people, asked).entries()
        found += (
            progress.milestone(m) for m in self.city.profile.milestones if m.clause != LEDGERS
        )
        found += progress.targets()
        return tuple(sorted(found, key=lambda e: (e.deadlines[0].date, e.id)))

    def _asked(self, people: Submitters) -> str | None:
        """Return the submitter that is meant."""
        if self._part is None:
            return None
        meant = (self._part, f"district:{self._part}", f"dept:{self._part}")
        return next((m for m in meant if m in people.names()), None)

    def _parts(
        self, people: Submitters, asked: str | None
    ) -> dict[str, tuple[str, NDArray[np.bool_]]]:
        part = self._part
        if part is not None and asked is None:
            divisions = self.city.places.divisions
            name = divisions["name"].get(part, part)
            if part in self.city.ledger_units.index:
                name = self.city.ledger_units.at[part, "name"]
            return {part: (str(name), mask(self.city.select(part)))}
        return {
            who: (self._called(people, who, name), people.own(who))
            for who, name in people.names().items()
            if asked in (None, who)
        }

    @staticmethod
    def _called(people: Submitters, who: str, name: str) -> str:
        """Return a jurisdiction's name: a district's own, not its department's."""
        return people.districts.get(who.partition(":")[2], name)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``calendar --json`` prints."""
        as_of = self.city.as_of
        states = Counter(e.state(as_of) for e in self.entries)
        return {
            "as_of": iso(as_of),
            "in": self.within,
            "entries": [e.as_json(as_of) for e in self.entries],
            "totals": {state: states[state] for state in STATES},
        }

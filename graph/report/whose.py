"""Whose report it is: whom it counts, in which parts, and which offices' reports it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from graph.affiliation.offices import district_organization_department
from graph.affiliation.submitters import answering
from graph.columns import mask, texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City

    Bools = NDArray[np.bool_]

Kind = Literal["city", "district", "department", "area"]
NOBODY = "-"
"""The part of those for whom no submitter answers, or that stand in no ledger."""
DEPARTMENT = "dept:"


@dataclass(frozen=True)
class Subject:
    """Whose report it is.

    Attributes
    ----------
    kind : str
        ``city`` (the bulletin), ``district`` (its organization department: all that lies in it but municipal social organizations,
        S15, S16), ``department`` (the civil-affairs bureau, S17; the organs work committee, S18), ``area`` (any other division
        or ledger unit: what lies or stands in it).
    id : str or None
        As ``--in`` takes it; ``None`` of the city.
    name : str
        In the ledgers' words.
    office : str or None
        Who submits the report; ``None`` where nobody does.
    """

    kind: Kind
    id: str | None
    name: str
    office: str | None

    @classmethod
    def of(cls, city: City, within: str | None) -> Subject:
        """Return the subject that ``--in`` names, else the city.

        Raises
        ------
        InputError
            ``within`` is no division's code and no ledger unit's id.
        """
        divisions, audit = city.places.divisions, city.profile.audit
        if within is None:
            cities = divisions.index[divisions["level"].eq("市").to_numpy(dtype=bool)]
            return cls("city", None, _name(city, str(cities[0])) if len(cities) == 1 else "", None)
        for office in (audit.organs_committee, audit.civil_affairs):
            if within == DEPARTMENT + office:
                return cls("department", within, office, office)
        city.select(within)
        level = divisions["level"].get(within)
        if city.is_all(within):
            return cls.of(city, None)
        if level == "区" or (level is None and bool(city.located["at_district"].eq(within).any())):
            name = _name(city, within)
            return cls("district", within, name, district_organization_department(name))
        homes = city.homes
        named = homes.loc[homes["ledger_unit"].eq(within), "ledger_unit_name"].dropna()
        return cls("area", within, str(named.iloc[0]) if len(named) else _name(city, within), None)

    @property
    def submitter(self) -> str | None:
        """Whose reports it speaks of, as :mod:`graph.affiliation.submitters` has them; ``None`` where of all or of nobody."""
        return {"district": f"district:{self.id}", "department": self.id}.get(self.kind)

    def within(self, city: City) -> Bools:
        """Return which organizations of a city (at any date) it counts; none where it was not there yet."""
        if self.kind == "city":
            return np.ones(len(city.standing), dtype=bool)
        if self.submitter is not None:
            return np.asarray(answering(city) == self.submitter, dtype=bool)
        found = city.lying(str(self.id))
        return np.zeros(len(city.standing), dtype=bool) if found is None else mask(found)

    def parts(self, city: City) -> NDArray[Any]:
        """Return in which part each organization of a city is told: the submitter's of the bulletin, else its ledger unit."""
        of = answering(city) if self.kind == "city" else texts(city.homes["ledger_unit"])
        return np.array([NOBODY if one is None else one for one in of], dtype=object)

    def part_name(self, city: City, part: str) -> str:
        """Return what a part is called; ``""`` for :data:`NOBODY`."""
        kind, _, code = part.partition(":")
        if part == NOBODY:
            return ""
        if kind == "district" and self.kind == "city":
            return _name(city, code)
        if kind == "dept":
            return code
        homes = city.homes
        named = homes.loc[homes["ledger_unit"].eq(part), "ledger_unit_name"].dropna()
        return str(named.iloc[0]) if len(named) else code


def _name(city: City, division: str) -> str:
    named = city.places.divisions["name"].get(division)
    return named if isinstance(named, str) else division

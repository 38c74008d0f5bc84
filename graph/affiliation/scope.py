"""A part of the city for the audit: whose findings are shown, and how much of what a rule looked at lies in it.

Rules always read the whole city: a chain leaves a district, a duplicate lies in another. What an auditor of one district is shown
are findings about its organizations, its units and its offices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.affiliation.calendar import plain
from graph.affiliation.offices import district_organization_department
from graph.columns import among, is_known, mask, positions, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts
    from graph.affiliation.registry import Hit, Population

    Bools = NDArray[np.bool_]

_OF_SEVERAL = ("cycle", "duplicate_organization")
"""Findings about several at once: one of them in the scope is enough."""


@dataclass(frozen=True, eq=False)
class Scope:
    """A division or ledger unit.

    Attributes
    ----------
    organizations, units : numpy.ndarray of bool
        Over the facts' frames. A unit belongs to the scope by its own place, or by an organization of the scope that it covers or
        names in 所属单位.
    keys : frozenset of str
        Divisions, parks and offices that belong to it.
    """

    facts: Facts
    organizations: Bools
    units: Bools
    keys: frozenset[str]

    @classmethod
    def of(cls, facts: Facts, code: str) -> Scope:
        """Return the scope that ``--in`` names; ``InputError`` for one that is unknown."""
        city, expected = facts.city, facts.expected
        organizations = mask(city.select(code))
        index = facts.organizations.index
        covers = facts.covers
        over = organizations[positions(index, texts(covers["organization"]))]
        units = np.zeros(len(facts.units), dtype=bool)
        units[positions(facts.units.index, texts(covers["unit"])[over])] = True
        named = positions(index, expected.named_organization)
        units |= np.append(organizations, False)[named]
        kind, colon, of = code.partition(":")
        keys: set[str] = set()
        if colon:
            table = expected.committees
            wanted = {"dept": "department"}.get(kind, kind)
            parks = expected.parks
            if kind == "zone":
                keys |= {str(k) for k in parks.index[parks["code"].eq(of)]}
            offices = {of}
            if (
                kind == "dept"
            ):  # who sums up others' ledgers is asked about these offices' units too (S18)
                homes = texts(facts.organizations["ledger_unit"])[organizations]
                offices |= {str(unit).partition(":")[2] for unit in homes if unit is not None}
            names = {"zone": keys, "dept": set(map(plain, offices))}.get(kind, {of})
            mine = table["kind"].eq(wanted) & table["of"].isin(list(names))
            if of == facts.profile.audit.organs_committee:
                mine |= table["kind"].eq("organs")
            units[table.loc[mine, "node"].to_numpy(dtype=np.int64)] = True
            if kind == "dept":
                keys |= offices
        else:
            keys |= cls._division(facts, code, units)
        return cls(facts, organizations, units, frozenset(keys))

    @staticmethod
    def _division(facts: Facts, code: str, units: Bools) -> set[str]:
        """Add a division's units by their own place; return its keys and its office."""
        expected, divisions = facts.expected, facts.expected.divisions
        level = divisions["level"].get(code)
        districts = [code]
        if level == "市":
            districts = list(divisions.index[divisions["parent"].eq(code)])
            if divisions["level"].eq("市").sum() == 1:
                units[:] = True
        units |= among(expected.unit_districts, districts)
        units |= among(texts(facts.units["street"]), [code])
        parks = expected.parks
        inside = among(texts(parks["district"]), districts) | among(texts(parks["street"]), [code])
        by_street = among(texts(parks["street"].map(divisions["parent"])), districts)
        keys = {code, *districts, *map(str, parks.index[inside | by_street])}
        keys |= {
            district_organization_department(str(divisions.at[d, "name"]))
            for d in districts
            if d in divisions.index and divisions.at[d, "level"] == "区"
        }
        if level == "市":
            audit = facts.profile.audit
            keys |= {audit.civil_affairs, audit.organs_committee}
        return keys

    def holds(self, code: str, hits: Sequence[Hit]) -> Bools:
        """Say of each hit of a rule whether it belongs to the scope.

        By its subject where that is an organization or a unit of the city; else, and for findings about several, by what its
        evidence names.
        """
        subjects = np.array([hit.subject for hit in hits], dtype=object)
        inside, placed = self.places(subjects)
        for k in np.flatnonzero(~inside).tolist():
            hit = hits[k]
            if code not in _OF_SEVERAL and placed[k]:
                continue
            named = [e[name] for e in hit.evidence for name in ("node", "from", "to") if name in e]
            inside[k] = hit.subject in self.keys or bool(
                self.places(np.array(named, dtype=object))[0].any()
            )
        return inside

    def places(self, codes: NDArray[Any]) -> tuple[Bools, Bools]:
        """Return which codes lie in the scope, and which are organizations or units of the city at all."""
        inside = np.zeros(len(codes), dtype=bool)
        placed = np.zeros(len(codes), dtype=bool)
        for index, own in (
            (self.facts.organizations.index, self.organizations),
            (self.facts.units.index, self.units),
        ):
            at = positions(index, codes)
            inside |= np.append(own, False)[at]
            placed |= at >= 0
        return inside, placed & is_known(codes)

    def count(self, population: Population) -> int:
        """Return how much of what a rule looked at lies in the scope."""
        return (
            int(self.organizations[population.organizations].sum())
            + int(self.units[population.units].sum())
            + sum(office in self.keys for office in population.offices)
        )

"""Which rows belong to a jurisdiction: read row by row, so that an entity that moved is in it for as long as it was.

An organization belongs to a division where its row places it there, to a ledger unit where it stands in its ledger
(:mod:`graph.jurisdiction`, as ``--in`` reads it; places by their newest rows). A unit belongs to a division by the place of its
row; without one, and to a zone or department, by an organization in it that it covers, or by what its 所属单位 names. Divisions
that lie in it or above it, or that one of its rows names, are its public surroundings. An association belongs where a member does.
What is recorded of organizations and units goes with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.calendar import plain
from graph.affiliation.offices import means
from graph.columns import among, column, first, is_known, lookup, texts
from graph.errors import InputError
from graph.jurisdiction import KINDS, Places, ledger_units, locate, office_names
from graph.schema import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from graph.affiliation.offices import OfficeKind
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Bools = NDArray[np.bool_]

CITY = "市"


@dataclass(frozen=True, eq=False)
class Jurisdiction:
    """A division or ledger unit of a city, and what is known of its places.

    Attributes
    ----------
    store : graph.store.base.Store
        The whole city.
    code : str
        A division's code or a ledger unit's id.
    """

    store: Store
    profile: Profile
    code: str
    as_of: int
    named: set[str] = field(default_factory=set)
    parks: set[str] = field(default_factory=set)
    """Divisions and parks that rows in it name, filled while rows are read."""

    @cached_property
    def places(self) -> Places:
        """The whole city's divisions and places."""
        store, as_of = self.store, self.as_of
        return Places(lambda kind, names: store.frame(kind, as_of, names).set_index("key"))

    @cached_property
    def kind(self) -> str:
        """``zone``, ``street``, ``district``, ``dept`` for a ledger unit's id, ``""`` for a division."""
        kind, colon, _ = self.code.partition(":")
        return kind if colon and kind in KINDS else ""

    @cached_property
    def bare(self) -> str:
        """The code, or what a ledger unit is of."""
        return self.code.partition(":")[2] if self.kind else self.code

    def check(self) -> None:
        """Refuse a code that names no division, zone or department of the city.

        Raises
        ------
        InputError
            With the code.
        """
        known = self.kind == "dept" or (
            bool(len(self.zones)) if self.kind == "zone" else self.bare in self._levels
        )
        if not known:
            raise InputError(
                f"no division or ledger unit {self.code}: give a division's code, zone:CODE or dept:NAME",
                f"没有区划或台账单位 {self.code}：请给出区划代码、zone:代码 或 dept:名称",
            )

    @cached_property
    def whole(self) -> bool:
        """Whether it is all there is: the only city."""
        return (
            self._levels.get(self.code) == CITY
            and sum(level == CITY for level in self._levels.values()) == 1
        )

    @cached_property
    def _levels(self) -> dict[str, Any]:
        return dict(self.places.divisions["level"])

    @cached_property
    def divisions(self) -> set[str]:
        """The division and all below it; none for zones and departments."""
        if self.kind in ("zone", "dept"):
            return set()
        parent = self.places.divisions["parent"]
        found, new = set[str](), {self.bare}
        while new:
            found |= new
            new = {str(k) for k in parent.index[parent.isin(list(new))]} - found
        return found

    @cached_property
    def zones(self) -> set[str]:
        """The parks that a zone's code names."""
        parks = self.places.parks
        return {str(k) for k in parks.index[parks["code"].eq(self.bare)]}

    def surroundings(self) -> set[str]:
        """Return the divisions that are shown: those in it, those named, and all above these."""
        parent = self.places.divisions["parent"]
        found, new = set[str](), self.divisions | self.named
        while new:
            found |= new
            new = {str(p) for p in parent[parent.index.isin(list(new))].dropna()} - found
        return found

    # -- rows ------------------------------------------------------------------------------------------------------------
    def organizations(self, rows: pd.DataFrame) -> Bools:
        """Say which rows of organizations belong to it."""
        at = locate(rows, self.places)
        if self.kind:
            if self.kind == "dept":
                named = office_names(texts(rows["supervisor"]), self._units, self._names)
            else:
                named = texts(rows["supervisor"])
            home = ledger_units(rows, at, self.places, named, self.profile.audit.civil_affairs)
            return np.asarray(texts(home["ledger_unit"]) == self.code, dtype=bool)
        level = self._levels.get(self.code)
        if level == CITY:
            return among(texts(at["at_district"]), self.divisions)
        names = {"区": "at_district", "街道": "at_street", "乡镇": "at_street"}
        return np.asarray(texts(at[names.get(str(level), "at_community")]) == self.code, dtype=bool)

    def units(self, rows: pd.DataFrame, covering: set[str], inside: Mapping[str, Any]) -> Bools:
        """Say which rows of units belong to it.

        Parameters
        ----------
        covering : set of str
            Units that rows of its organizations name as covering them.
        inside : mapping
            Its organizations, by code.
        """
        district, street = texts(rows["district"]), texts(rows["street"])
        placed = is_known(district) | is_known(street)
        theirs = among(np.asarray(rows.index, dtype=object), covering)
        theirs |= np.array(
            [any(c in inside for c in parts(v)) for v in texts(rows["covers"])], dtype=bool
        )
        belongs = texts(rows["organization"])
        theirs |= among(belongs, inside)
        if self.kind == "zone":
            parks = self.places.parks.loc[list(self.zones)]
            words = {plain(w) for w in (*parks.index, *parks["code"], *parks["name"])} - {""}
            theirs |= np.array([plain(t) in words for t in belongs], dtype=bool)
            return theirs
        if self.kind == "dept":
            theirs |= np.array([plain(t) == plain(self.bare) for t in belongs], dtype=bool)
            return theirs
        home = first(district, lookup(self.places.divisions["parent"], street))
        own = among(street, self.divisions) | among(home, self.divisions)
        return np.where(placed, own, theirs)

    def place(self, rows: pd.DataFrame, kind: str) -> Bools:
        """Say which rows of parks, buildings, commercial streets or markets belong to it."""
        if self.kind == "zone":
            return (
                rows["code"].eq(self.bare).to_numpy(dtype=bool)
                if kind == "park"
                else among(texts(rows["park"]), self.zones)
            )
        out = np.zeros(len(rows), dtype=bool)
        for name in ("district", "street", "community"):
            if name in rows:
                out |= among(texts(rows[name]), self.divisions)
        if "park" in rows:
            out |= among(texts(rows["park"]), self._parks) & ~is_known(texts(rows["street"]))
        return out

    def office(self, text: str | None) -> bool:
        """Say whether a text means an office of it: the district's organization department, a street's office."""
        if self.kind == "dept":
            return plain(text) == plain(self.bare)
        if self.kind == "zone":
            names = self.places.parks.loc[list(self.zones), "name"]
            return any(means(text, "zone", self.bare, str(n)) for n in names)
        divisions = self.places.divisions
        kinds: dict[str, OfficeKind] = {"区": "district", "街道": "street", "乡镇": "street"}
        return any(
            means(text, kinds[level], code, str(divisions.at[code, "name"]))
            for code in self.divisions
            if (level := str(self._levels.get(code))) in kinds
        )

    def office_of(self, code: str) -> str | None:
        """Return the office that a unit belongs to, ``None`` where the code is no unit's or it belongs to none."""
        if code not in self._units.index:
            return None
        named = office_names(np.array([code], dtype=object), self._units, pd.Series(dtype=object))
        return None if named[0] is None else str(named[0])

    @cached_property
    def _parks(self) -> set[str]:
        parks = self.places.parks
        pick = among(texts(parks["district"]), self.divisions)
        pick |= among(texts(parks["street"]), self.divisions)
        return {str(k) for k in parks.index[pick]}

    @cached_property
    def _units(self) -> pd.DataFrame:
        return self.store.frame("unit", self.as_of, ["name", "organization"]).set_index("key")

    @cached_property
    def _names(self) -> pd.Series[Any]:
        rows = self.store.frame("organization", self.as_of, ["name"])
        return column(texts(rows["name"]), pd.Index(np.asarray(rows["key"], dtype=object)))


def some(values: Iterable[str | None]) -> set[str]:
    """Return the values that are known."""
    return {v for v in values if v is not None}

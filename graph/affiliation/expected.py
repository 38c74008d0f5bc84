"""Whom a unit should be subordinate to (S32, S33), exactly as AUDIT reads it.

*Territorial*: units of non-public firms, rural entities and social organizations below the municipal level. Their chain passes
the committee of their street or township, or of the provincial-or-higher zone they lie in, then the district's.
*By industry*: units of municipal social organizations. Their chain passes the unit of the supervising department (without
one, of the civil-affairs bureau), then the organs work committee.

Committees are known by their rows: of a street: 工委 or 党委 with that 所属街道 and 所属单位 blank; of a district: 所属区 only;
of a zone: 工委 or 党委 whose 所属单位 names it; of a department: the units whose 所属单位 names it. A chain includes its
own beginning, so a committee that covers organizations directly lies on its own chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.calendar import plain
from graph.affiliation.chains import COMMITTEES, Forest
from graph.columns import among, is_known, mask, texts
from graph.cut.outside import rooted
from graph.jurisdiction import HIGH_ZONES, office_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City
    from graph.store.base import Store

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

TERRITORIAL = ("street", "zone", "district")
INDUSTRY = ("department", "organs")
_HEADS_A_DEPARTMENT = (*COMMITTEES, "党组")


class Expected:
    """The committees of a city, who lies under which, and what the rules ask of each unit.

    Parameters
    ----------
    city : graph.city.City
    store : graph.store.base.Store
    forest : Forest, optional
        Of the same units; read from the store where it is not given.
    """

    def __init__(self, city: City, store: Store, forest: Forest | None = None) -> None:
        self.city = city
        self.store = store
        if forest is None:
            links = store.edges("SUBORDINATE_TO", city.as_of)
            forest = Forest.of(city.unit_rows.index, links)
        self.forest = forest

    # -- places ----------------------------------------------------------------------------------------------------
    @cached_property
    def parks(self) -> pd.DataFrame:
        """Return parks by key: ``code``, ``name``, ``level``, ``district``, ``street``, ``high`` (provincial or higher)."""
        parks = self.store.frame("park", self.city.as_of).set_index("key")
        return parks.assign(high=parks["level"].isin(HIGH_ZONES))

    @cached_property
    def divisions(self) -> pd.DataFrame:
        """Return divisions by code: ``name``, ``level``, ``parent``."""
        return self.city.places.divisions

    @cached_property
    def unit_districts(self) -> NDArray[Any]:
        """Return each unit's district: of its row, else of its street; ``None`` where neither tells."""
        units = self.city.unit_rows
        own = texts(units["district"])
        by_street = texts(units["street"].map(self.divisions["parent"]))
        return np.asarray(np.where(is_known(own), own, by_street), dtype=object)

    # -- roots and committees ----------------------------------------------------------------------------------------
    @cached_property
    def roots(self) -> Ints:
        """Return the roots' node numbers (see :meth:`Forest.roots`)."""
        units = self.city.unit_rows
        return self.forest.roots(
            named=self.city.profile.audit.roots,
            names=list(texts(units["name"])),
            types=list(texts(units["type"])),
            live=mask(units["live"]),
            districts=list(self.unit_districts),
        )

    @cached_property
    def reached(self) -> tuple[Bools, Ints]:
        """Return which nodes' chains reach a root, here or outside the area, and the step of each towards it."""
        goals = self.beyond.copy()
        goals[self.roots] = True
        return self.forest.toward(goals)

    @cached_property
    def beyond(self) -> Bools:
        """Return which nodes stand for a superior outside the area that reaches a root."""
        return rooted(self.forest.ids)

    @cached_property
    def rootless(self) -> bool:
        """Whether there is no root, here or outside."""
        return not len(self.roots) and not self.beyond.any()

    @cached_property
    def named_zone(self) -> NDArray[Any]:
        """Return the key of the park that each unit's 所属单位 names (key, code or name), ``None`` where it names none.

        A code or name that several parks bear means the one in the unit's street, else in its district, else none.
        """
        units = self.city.units
        text = texts(units["organization"])
        out: NDArray[Any] = np.full(len(units), None, dtype=object)
        parks = self.parks
        by_text: dict[str, list[str]] = {}
        for key, code, name in zip(parks.index, parks["code"], parks["name"], strict=True):
            for word in {str(key), plain(code), plain(name)} - {""}:
                by_text.setdefault(word, []).append(str(key))
        streets, districts = texts(units["street"]), self.unit_districts
        for i in np.flatnonzero(is_known(text)):
            keys = by_text.get(plain(text[i]), [])
            for column, where in (("street", streets[i]), ("district", districts[i])):
                if len(keys) > 1 and where is not None:
                    keys = [k for k in keys if parks.at[k, column] == where] or keys
            out[i] = keys[0] if len(keys) == 1 else None
        return out

    @cached_property
    def named_organization(self) -> NDArray[Any]:
        """Return the organization that each unit's 所属单位 names, by its code, ``None`` where it names none."""
        text = self.city.units["organization"]
        known = text.isin(self.city.organizations.index)
        out: NDArray[Any] = texts(text)
        out[~known.to_numpy(dtype=bool)] = None
        return out

    def office_names(self, named: pd.Series[Any]) -> NDArray[Any]:
        """Return the office that each text names (:func:`graph.jurisdiction.office_names`), as it is compared."""
        units, names = self.city.units, self.city.organizations["name"]
        at, unique = pd.factorize(office_names(texts(named), units, names))
        return np.array([*(plain(text) for text in unique), None], dtype=object)[at]

    @cached_property
    def committees(self) -> pd.DataFrame:
        """Return the committees: ``node``, ``kind`` (street, zone, district, department, organs), ``of``; undissolved only.

        ``of`` is the street's or district's code, the zone's key, the department's name. A department's unit is
        any whose 所属单位 names an office (no organization of the ledgers, no zone); its ``heads`` says whether it is a
        committee (工委, 党委, 党组) of it, and so shows a chain's line.
        """
        units = self.city.units
        # nobody is subordinate to what covers functionally only
        live = mask(units["live"]) & ~mask(units["functional"])
        type_ = texts(units["type"])
        committee = live & among(type_, COMMITTEES)
        street, district = texts(units["street"]), texts(units["district"])
        blank = ~is_known(texts(units["organization"]))
        zone = self.named_zone
        office = self.office_names(units["organization"])
        named = ~is_known(zone) & ~is_known(self.named_organization) & ~blank
        # an organization of the ledgers may be the supervising body of others: then its unit is a department's too
        supervising = self._supervising
        named |= among(office, supervising) & ~blank
        organs = self._organs(type_, office, live)

        parts = [
            ("street", committee & blank & is_known(street), street),
            ("district", committee & blank & ~is_known(street) & is_known(district), district),
            ("zone", committee & is_known(zone), zone),
            ("department", live & named & ~organs, office),
            (
                "organs",
                organs,
                np.full(len(units), self.city.profile.audit.organs_committee, object),
            ),
        ]
        rows = [
            pd.DataFrame({"node": np.flatnonzero(pick), "kind": kind, "of": of[pick]})
            for kind, pick, of in parts
        ]
        out = pd.concat(rows, ignore_index=True)
        head = among(type_, _HEADS_A_DEPARTMENT)
        out["heads"] = head[out["node"].to_numpy(dtype=np.int64)]
        return out

    def _organs(self, type_: NDArray[Any], office: NDArray[Any], live: Bools) -> Bools:
        """Find the organs work committee: a unit so coded, named or belonging; else a committee whose name holds the words."""
        units = self.city.units
        words = plain(self.city.profile.audit.organs_committee)
        name = np.array([plain(n) for n in texts(units["name"])], dtype=object)
        exact = live & (
            (units.index.to_numpy(dtype=object) == words) | (name == words) | (office == words)
        )
        if exact.any():
            return np.asarray(exact, dtype=bool)
        committee = among(type_, COMMITTEES)
        holds = np.array([bool(words) and words in n for n in name], dtype=bool)
        return np.asarray(live & committee & holds, dtype=bool)

    @cached_property
    def _municipal(self) -> Bools:
        o = self.city.organizations
        return mask(o["line"].eq("social")) & mask(o["level"].eq("市级"))

    @cached_property
    def _supervising(self) -> set[Any]:
        """Return the names of the departments that supervise municipal social organizations."""
        o = self.city.organizations
        return set(self.office_names(o.loc[self._municipal, "supervisor"]).tolist()) - {None}

    # -- what an organization asks of its unit -----------------------------------------------------------------------
    def demands(self, organizations: pd.Index | None = None) -> pd.DataFrame:
        """Return what the chain of each organization's unit has to pass.

        Parameters
        ----------
        organizations : pandas.Index, optional
            Codes, all of them known; default all.

        Returns
        -------
        pandas.DataFrame
            Index as given; ``line`` (``territorial`` or ``industry``), ``street``, ``zone`` (provincial or higher), ``park``
            (of any level), ``district``, ``department``: what applies, ``None`` where unknown or not asked.
        """
        o = self.city.organizations
        if organizations is not None:
            o = o.loc[organizations]
        municipal = mask(o["line"].eq("social")) & mask(o["level"].eq("市级"))
        out = pd.DataFrame(index=o.index)
        out["line"] = np.where(municipal, "industry", "territorial")
        park = o["at_park"]
        high = mask(park.map(self.parks["high"]))
        for column, values, pick in (
            ("street", o["at_street"], ~municipal),
            ("zone", park, ~municipal & high),
            ("park", park, ~municipal),
            ("district", o["at_district"], ~municipal),
        ):
            asked = texts(values)
            asked[~pick] = None
            out[column] = pd.Series(asked, index=o.index, dtype=object)
        department: NDArray[Any] = np.full(len(o), None, dtype=object)
        if municipal.any():
            office = self.office_names(o.loc[municipal, "supervisor"])
            office[~is_known(office)] = plain(self.city.profile.audit.civil_affairs)
            department[municipal] = office
        out["department"] = pd.Series(department, index=o.index, dtype=object)
        return out

    @cached_property
    def kind(self) -> NDArray[Any]:
        """Return each node's kind of committee, ``None`` for others (a unit is a committee of one kind at most)."""
        out: NDArray[Any] = np.full(self.forest.size, None, dtype=object)
        out[self.committees["node"].to_numpy(dtype=np.int64)] = self.committees["kind"].to_numpy()
        return out

    @cached_property
    def of(self) -> NDArray[Any]:
        """Return what each node is the committee of, ``None`` for others."""
        out: NDArray[Any] = np.full(self.forest.size, None, dtype=object)
        out[self.committees["node"].to_numpy(dtype=np.int64)] = self.committees["of"].to_numpy()
        return out

    @cached_property
    def _direct(self) -> dict[tuple[str, str], str]:
        """Return the unit that heads each street, zone, district and department: (kind, of) → code.

        Of several, one whose own chain is right comes first, then one that reaches a root, then a committee, then
        the least code.
        """
        table = self.committees
        nodes = table["node"].to_numpy(dtype=np.int64)
        home: NDArray[Any] = np.full(self.forest.size, None, dtype=object)
        home[nodes] = self._home(table)
        below, head = self.passed
        under = among(self.kind[head], ("district", "organs"))
        led = np.zeros(self.forest.size, dtype=bool)
        led[below[under & (self.of[head] == home[below])]] = True
        order = pd.DataFrame(
            {
                "kind": table["kind"].to_numpy(),
                "of": table["of"].to_numpy(dtype=object),
                "code": self.forest.ids[nodes],
                "astray": ~led[nodes],
                "lost": ~self.reached[0][nodes],
                "plain": ~table["heads"].to_numpy(dtype=bool),
            }
        ).sort_values(["astray", "lost", "plain", "code"], kind="stable")
        first = order.drop_duplicates(["kind", "of"])
        return {
            (kind, of): code
            for kind, of, code in zip(first["kind"], first["of"], first["code"], strict=True)
        }

    def _home(self, table: pd.DataFrame) -> NDArray[Any]:
        """Return the district (or the organs work committee) under which each street, zone or department belongs."""
        of = pd.Series(table["of"].to_numpy(dtype=object), dtype=object)
        kind = table["kind"].to_numpy(dtype=object)
        by_street = texts(of.map(self.divisions["parent"]))
        zone_street = of.map(self.parks["street"]).map(self.divisions["parent"])
        zone_district = of.map(self.parks["district"])
        by_zone = texts(zone_district.where(zone_district.notna(), zone_street))
        home = texts(pd.Series(by_street).where(kind == "street", pd.Series(by_zone)))
        home[~among(kind, ("street", "zone"))] = None
        # a department of a district's own is subordinate to whom its district says
        municipal = self._supervising | {plain(self.city.profile.audit.civil_affairs)}
        of_city = (kind == "department") & among(texts(of), municipal)
        home[of_city] = self.city.profile.audit.organs_committee
        return home

    @cached_property
    def above_committees(self) -> dict[int, str | None]:
        """Return the committee that each committee should be subordinate to: node → code, ``None`` where there is none.

        A street's and a zone's: their district's; a department's: the organs work committee; these: the root, where
        there is one and no more.
        """
        table = self.committees
        root = str(self.forest.ids[self.roots[0]]) if len(self.roots) == 1 else None
        out: dict[int, str | None] = {}
        for node, kind, home in zip(table["node"], table["kind"], self._home(table), strict=True):
            if kind in ("district", "organs"):
                out[int(node)] = root
            else:
                over = "organs" if kind == "department" else "district"
                out[int(node)] = self._direct.get((over, home))
        return out

    def direct(self, demands: pd.DataFrame) -> NDArray[Any]:
        """Return the direct superior that each row of :meth:`demands` asks for, ``None`` where the ledgers hold none.

        The zone's committee for those in a provincial-or-higher zone that has one, else the street's; the unit of the
        supervising department, or of the civil-affairs bureau.
        """
        asked = demands[["zone", "street", "department"]].astype(object)
        kinds = {"zone": "zone", "street": "street", "department": "department"}
        out: NDArray[Any] = np.full(len(demands), None, dtype=object)
        for column in ("department", "street", "zone"):
            unique = pd.unique(asked[column].dropna())
            table = {of: self._direct.get((kinds[column], of)) for of in unique}
            found = texts(asked[column].map(table))
            out = np.where(is_known(found), found, out)
        return out

    def district_heads(self, demands: pd.DataFrame) -> NDArray[Any]:
        """Return the committee of the district that each territorial row lies in, ``None`` where the ledgers hold none."""
        asked = demands["district"].astype(object)
        table = {of: self._direct.get(("district", of)) for of in pd.unique(asked.dropna())}
        return texts(asked.map(table))

    # -- who passes whom ---------------------------------------------------------------------------------------------
    @cached_property
    def passed(self) -> tuple[Ints, Ints]:
        """Return all pairs (node, committee on its chain), the node itself included; chains that reach a root only."""
        heads = np.unique(self.committees["node"].to_numpy(dtype=np.int64))
        heads = heads[self.reached[0][heads]]
        return self.forest.pairs_above(heads)


def superior_for(city: City, organizations: Sequence[str]) -> str | None:
    """Return the unit that AUDIT expects as the direct superior of a unit that covers these organizations.

    Parameters
    ----------
    city : graph.city.City
    organizations : sequence of str
        Codes of organizations of one ledger unit.

    Returns
    -------
    str or None
        Where they lie under several committees of one district, that district's: the lowest that all of them are under. ``None``
        where they disagree on line or district, or where the ledgers hold no such committee.

    Raises
    ------
    KeyError
        For a code that the city does not know.
    """
    return superiors_for(city, [organizations])[0]


def superiors_for(city: City, groups: Sequence[Sequence[str]]) -> list[str | None]:
    """Return :func:`superior_for` of many groups at once."""
    expected = Expected(city, city.store)
    flat = pd.Index([code for group in groups for code in group], dtype=object)
    unique = flat.unique()
    demands = expected.demands(unique)
    direct = pd.Series(expected.direct(demands), index=unique, dtype=object)
    found = direct.loc[flat].to_numpy(dtype=object)
    above = pd.Series(expected.district_heads(demands), index=unique, dtype=object)
    over = above.loc[flat].to_numpy(dtype=object)
    ends = np.cumsum([len(group) for group in groups])
    out: list[str | None] = []
    for start, end in zip(
        (ends - [len(group) for group in groups]).tolist(), ends.tolist(), strict=True
    ):
        several = set(found[start:end].tolist())
        if len(several) > 1:
            several = set(over[start:end].tolist())
        out.append(several.pop() if len(several) == 1 else None)
    return out

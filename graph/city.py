"""A city at one date: the derived facts that survey, planning, audit and coverage share, read word by word from FORMATION.

Nothing is written. Everything is a column, computed once, when first asked for.
"""

from __future__ import annotations

import difflib
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd

from graph import decisions, geo, sector
from graph.affiliation.submitters import answering
from graph.board.measured import COLUMNS as BOARD
from graph.board.measured import laid_over
from graph.columns import column, first, is_known, mask, padded, shared, texts
from graph.cut.outside import stubs
from graph.decisions import baseline
from graph.decisions.merged import decided
from graph.errors import InputError, Way, word
from graph.jurisdiction import KINDS, Places, ledger_units, locate, office_names
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from graph.decisions.baseline import Baseline
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

OPERATING = "正常"
EXCLUDED = ("空壳", "僵尸", "影子")
JOINT_BRANCH, FUNCTIONAL = "联合党支部", "功能型党组织"
HOST_TYPES = ("党支部", JOINT_BRANCH)

ACTIONS = ("separate", "joint", "work_coverage", "covered", "excluded", "outside_base", "unknown")

REQUIRED = ("category", "staff", "formal_members", "status")
"""Required columns that a mapping may declare absent (LEDGERS): without a value, nobody can say what to do."""

PLACED = ("building", "park", "commercial_street", "market", "community", "street", "district")
"""Properties of an organization that say where it lies."""

_AT_ONCE = 16  # columns read from the store at a time: its rows are many times the size of ours
_VIA = {"unit": 1, "covers": 2, "organization": 4}


class City:
    """A city as of a date.

    Parameters
    ----------
    store : graph.store.base.Store
    profile : graph.policy.profile.Profile
    as_of : int, optional
        ``yyyymmdd``; by default the store's latest effective date.

    Attributes
    ----------
    decisions : graph.decisions.Decisions
        What offices have decided by the date; everything here follows it.
    store, recorded : graph.store.base.Store
        The store as decisions see it (merged organizations are one), and as the ledgers have it.
    organizations : pandas.DataFrame
        Index ``key`` (sorted); all properties of the schema, ``valid_from``, ``claim``, and the derived columns that
        :attr:`organizations` describes.
    covers, units, associations, leaders, ledger_units : pandas.DataFrame
        See there.
    """

    def __init__(self, store: Store, profile: Profile, as_of: int | None = None) -> None:
        self.recorded = store
        self.profile = profile
        self.as_of: int = store.latest() if as_of is None else as_of
        self.decisions = decisions.read(store, self.as_of)
        self.store = decided(store, self.decisions, self.as_of)
        self._read: dict[str, pd.Series[Any]] = {}

    # -- what the store says -------------------------------------------------------------------------------------------
    def _frame(self, kind: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return self.store.frame(kind, self.as_of, columns).set_index("key")

    @cached_property
    def _raw(self) -> pd.DataFrame:
        """Return organizations as the store has them."""
        properties = load_schema().kinds["organization"].properties
        names = list(properties)
        data: dict[str, Any] = {}
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            part = self.store.frame("organization", self.as_of, some)
            if not data:
                index = pd.Index(np.asarray(part["key"], dtype=object), dtype=object, name="key")
                late = {name: part[name].to_numpy(np.int64) for name in ("valid_from", "claim")}
            for name in some:
                if properties[name].type in ("text", "list"):
                    data[name] = column(texts(part[name]), index)
                else:
                    data[name] = part[name].set_axis(index)
            del part
        if data:
            laid_over(data, index, late["valid_from"], self.store, self.as_of)
        return pd.DataFrame(data | late, index=index, copy=False)

    @cached_property
    def _index(self) -> pd.Index[Any]:
        """Return the organizations' codes, without reading more of them than is there already."""
        return self.few("status").index

    def few(self, *names: str) -> pd.DataFrame:
        """Return some properties of organizations, by code, and ``claim``: for questions that can do without the others.

        What was read stays: a question that begins by asking for all that it needs reads the organizations once.
        """
        if "_raw" in self.__dict__:
            return self._raw[[*names, "claim"]]
        wanted = [name for name in names if name not in self._read]
        if wanted or not self._read:
            measured = not BOARD.isdisjoint(wanted)
            if measured:  # these go together
                wanted = [*wanted, *sorted(BOARD.difference(wanted))]
            part = self.store.frame("organization", self.as_of, wanted)
            if not self._read:
                index = pd.Index(np.asarray(part["key"], dtype=object), dtype=object, name="key")
                self._read["claim"] = pd.Series(part["claim"].to_numpy(np.int64), index=index)
            index = self._read["claim"].index
            properties = load_schema().kinds["organization"].properties
            for name in wanted:
                if properties[name].type in ("text", "list"):
                    self._read[name] = column(texts(part[name]), index)
                else:
                    self._read[name] = part[name].set_axis(index)
            if measured:
                since = part["valid_from"].to_numpy(np.int64)
                laid_over(self._read, index, since, self.store, self.as_of)
        return pd.DataFrame({name: self._read[name] for name in (*names, "claim")}, copy=False)

    @cached_property
    def codes(self) -> pa.Array:
        """The organizations' codes as Arrow has them: the same for all that keep them."""
        import pyarrow as pa

        return pa.array(self._index, pa.large_string())

    @cached_property
    def standing(self) -> pd.DataFrame:
        """Organizations by code with what few columns tell: ``claim``, ``struck``, ``excluded``, ``in_base``, ``covered``.

        As :attr:`organizations` has them, for questions about whole cities at several dates.
        """
        rows = self.few("status")
        status = texts(rows["status"])
        struck = rows.index.isin(self._struck)  # hashed: numpy compares objects one with each
        excluded = np.isin(status, EXCLUDED) | struck
        covered = np.zeros(len(rows), dtype=bool)
        covered[self.formal[1]] = True
        columns = {
            "claim": rows["claim"].to_numpy(np.int64),
            "struck": struck,
            "excluded": excluded,
            "in_base": (status == OPERATING) & ~excluded,
            "covered": covered,
        }
        return pd.DataFrame(columns, index=rows.index)

    @cached_property
    def places(self) -> Places:
        """The city's divisions and places, as lookups."""
        return Places(self._frame)

    @cached_property
    def sectors(self) -> sector.Sectors:
        """The GB/T 4754 trees, with the crosswalk where the store has it."""
        table = self.store.frame("crosswalk", self.as_of, ["code_2011", "code_2017"])
        return sector.facts().with_crosswalk(table) if len(table) else sector.facts()

    @cached_property
    def sector_columns(self) -> sector.SectorColumns:
        """What organizations' 行业代码 say, in the order of :attr:`organizations` (own and common readings)."""
        said = self.few("industry", "industry_edition")
        editions = texts(said["industry_edition"])
        filled = first(editions, np.full(len(editions), self.profile.gbt4754_edition, object))
        return self.sectors.columns(texts(said["industry"]), filled)

    @cached_property
    def baseline(self) -> Baseline | None:
        """The frozen baseline with its additions and removals (S21), ``None`` before it was frozen."""
        return baseline.at(self.recorded, self.as_of, self.decisions)

    @cached_property
    def in_baseline(self) -> Bools:
        """Which organizations (a row each) count as the baseline: all that are listed, until it is frozen."""
        if self.baseline is None:
            return np.ones(len(self._index), dtype=bool)
        return self.baseline.holds(self._index)

    # -- who covers whom -----------------------------------------------------------------------------------------------
    @cached_property
    def unit_rows(self) -> pd.DataFrame:
        """All units by code, dissolved ones included: the schema's properties, ``live`` and ``functional``."""
        units = self._frame("unit")
        dissolved = units["dissolved"].to_numpy(dtype=float, na_value=np.inf)
        units["live"] = dissolved > self.as_of
        units["functional"] = units["type"].eq(FUNCTIONAL).to_numpy(dtype=bool)
        return units

    @cached_property
    def covers(self) -> pd.DataFrame:
        """Who covers whom: one row a (unit, organization), ordered by both.

        The union of the organization's 党组织代码 and the unit's 所属单位 and 覆盖单位. ``via`` names which of them say so
        (``unit``, ``covers``, ``organization``, joined by ``;``), ``belongs`` whether 所属单位 does; ``exists``: a row defines
        the unit; ``known``: one defines the organization; ``formal``: the unit exists, is undissolved at the as-of, and is not
        functional: only then does it cover.
        """
        edges = self.store.edges("COVERS", self.as_of)
        unit_at = _Codes.of(edges["source"])
        org_at = _Codes.of(edges["target"])
        bit = edges["via"].map(_VIA).to_numpy(dtype=np.int64)
        pair = unit_at.code * max(len(org_at.unique), 1) + org_at.code
        order = np.lexsort((org_at.rank[org_at.code], unit_at.rank[unit_at.code]))
        pair, bit = pair[order], bit[order]
        start = (
            np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
            if len(pair)
            else np.zeros(0, np.int64)
        )
        bits = np.bitwise_or.reduceat(bit, start) if len(start) else bit[:0]
        units, organizations = unit_at.code[order][start], org_at.code[order][start]
        words: NDArray[Any] = np.array(
            [";".join(via for via, b in _VIA.items() if n & b) for n in range(8)], dtype=object
        )
        rows = self.unit_rows
        at = rows.index.get_indexer(pd.Index(unit_at.unique, dtype=object))
        standing = np.append((rows["live"] & ~rows["functional"]).to_numpy(dtype=bool), False)
        known = self._index.get_indexer(pd.Index(org_at.unique, dtype=object)) >= 0
        index = pd.RangeIndex(len(start))
        return pd.DataFrame(
            {
                "unit": column(unit_at.unique[units], index),
                "organization": column(org_at.unique[organizations], index),
                "via": column(words[bits], index),
                "belongs": (bits & _VIA["organization"]) > 0,
                "exists": (at >= 0)[units],
                "known": known[organizations],
                "formal": standing[at][units],
            }
        )

    @cached_property
    def formal(self) -> tuple[Ints, Ints, Bools]:
        """Formal coverage as positions: in :attr:`unit_rows`, in organizations, and whether 所属单位 names the organization."""
        c = self.covers
        rows = c[c["formal"] & c["known"]]
        units = self.unit_rows.index.get_indexer(pd.Index(texts(rows["unit"]), dtype=object))
        orgs = self._index.get_indexer(pd.Index(texts(rows["organization"]), dtype=object))
        return units, orgs, rows["belongs"].to_numpy(dtype=bool)

    @cached_property
    def _own(self) -> tuple[NDArray[Any], Bools]:
        """Return each organization's own unit (position, −1 none; of several the least code), and which units are someone's own.

        FORMATION: neither 联合党支部 nor 功能型党组织, and it covers the organization alone or names it in 所属单位.
        """
        units, orgs, belongs = self.formal
        rows = self.unit_rows
        number = np.bincount(units, minlength=len(rows))
        plain = ~rows["type"].eq(JOINT_BRANCH).to_numpy(dtype=bool)
        own = plain[units] & (belongs | (number[units] == 1))
        out = np.full(len(self._index), -1, dtype=np.int64)
        # units are in order of their codes: writing the greatest first leaves the least
        order = np.argsort(-units[own], kind="stable")
        out[orgs[own][order]] = units[own][order]
        someones = np.zeros(len(rows), dtype=bool)
        someones[units[own]] = True
        return out, someones

    # -- organizations -------------------------------------------------------------------------------------------------
    @cached_property
    def members(self) -> NDArray[np.float64]:
        """How many formal members each organization employs; NaN where it is unknown."""
        m = self.few("formal_members")["formal_members"]
        return m.to_numpy(dtype=float, na_value=np.nan)

    @cached_property
    def owned(self) -> Bools:
        """Which organizations have a unit of their own (:attr:`organizations`: ``own_unit``)."""
        return self._own[0] >= 0

    @property
    def own_units(self) -> Ints:
        """Each organization's own unit as its position in :attr:`unit_rows`; −1: none."""
        return self._own[0]

    @cached_property
    def located(self) -> pd.DataFrame:
        """Where organizations lie, by code (:func:`graph.jurisdiction.locate`)."""
        return locate(self.few(*PLACED), self.places)

    @cached_property
    def eligible(self) -> Bools:
        """Which organizations are in the base, with as many formal members as the profile asks for (S2)."""
        with np.errstate(invalid="ignore"):
            return mask(self.standing["in_base"]) & (self.members >= self.profile.eligible)

    @cached_property
    def dangling(self) -> Bools:
        """Which organizations name a unit in 党组织代码 that there is not (:attr:`organizations`)."""
        return self._named_units(beyond=False)

    def _named_units(self, *, beyond: bool) -> Bools:
        """Return which organizations name a unit that no row defines: one outside the area, or one that is none."""
        missing = self.covers[~self.covers["exists"]]
        named = missing[missing["via"].str.contains("unit")]
        elsewhere = stubs(named["unit"])
        of = named.loc[elsewhere if beyond else ~elsewhere, "organization"]
        return np.asarray(self._index.isin(of), dtype=bool)

    @cached_property
    def homes(self) -> pd.DataFrame:
        """In whose ledger organizations stand, by code (:func:`graph.jurisdiction.ledger_units`)."""
        raw = self.few("line", "level", "supervisor")
        named = texts(raw["supervisor"])
        offices = office_names(named, self.unit_rows, self._names_of(named))
        return ledger_units(
            raw, self.located, self.places, offices, self.profile.audit.civil_affairs
        )

    def _names_of(self, named: NDArray[Any]) -> pd.Series[Any]:
        """Return the names of organizations, by code: at least of those that are named, or whose office a named unit is.

        Few are, and a city's names are the longest of its columns.
        """
        if self.store is not self.recorded or {"_raw", "name"} & {*self.__dict__, *self._read}:
            return self.few("name")["name"]
        wanted = {str(text) for text in pd.unique(named) if text is not None}
        rows = self.unit_rows["organization"]
        offices = texts(rows[rows.index.isin(wanted)])
        wanted |= {str(text) for text in offices if text is not None}
        found = self.store.frame("organization", self.as_of, ["name"], of=sorted(wanted))
        return found.set_index("key")["name"]

    @cached_property
    def _unclear(self) -> Bools:
        """Return which organizations lack a required value, or stand in no ledger that can be told."""
        unknown = ~is_known(texts(self.homes["ledger_unit"]))
        raw = self.few(*REQUIRED)
        for name in REQUIRED:
            unknown |= raw[name].isna().to_numpy(dtype=bool)
        return unknown

    @cached_property
    def action(self) -> NDArray[Any]:
        """What is to be done about each organization: one of :data:`ACTIONS` (:attr:`organizations`)."""
        status = texts(self.few("status")["status"])
        standing = self.standing
        covered = mask(standing["covered"])
        outside = self._named_units(beyond=True) & ~covered
        m = self.members
        with np.errstate(invalid="ignore"):
            separate = m >= self.profile.formation.min_members
        action = np.select(
            [
                mask(standing["excluded"]),
                is_known(status) & ~mask(standing["in_base"]),
                self._unclear,
                covered | self.dangling | outside,
                separate,
                m > 0,
            ],
            ["excluded", "outside_base", "unknown", "covered", "separate", "joint"],
            "work_coverage",
        )
        return shared(action.astype(object))

    @cached_property
    def organizations(self) -> pd.DataFrame:
        """All organizations, by code.

        Beside the schema's properties, ``valid_from`` and ``claim``:

        ``m``
            Formal members employed (Int64).
        ``struck``, ``excluded``, ``in_base``, ``unknown``
            A 剔除 row is in force (decided by the as-of, or undated, and not lifted by a later decision) or an exclusion was
            decided; that, or status 空壳, 僵尸, 影子; status 正常 and no such row; a required value is absent, or the ledger
            unit can't be told.
        ``dangling``
            A 党组织代码 of it names no unit.
        ``outside``
            It is not covered by a unit of the area, and one outside covers it.
        ``covered``, ``functional_covered``
            An undissolved unit covers it: a formal one; a functional one.
        ``counted``
            ``covered`` and not ``dangling``: what coverage numerators count.
        ``own_unit``, ``joint_covered``
            Code of its own unit, or ``None``; ``covered`` by no unit of its own.
        ``eligible``
            In the base, with as many formal members as the profile asks for (S2).
        ``ledger_unit``, ``ledger_unit_name``
            :func:`graph.jurisdiction.ledger_units`.
        ``wlon``, ``wlat``
            WGS84 rounded to 1e-7°, NaN unknown.
        ``at_building`` … ``at_district``
            :func:`graph.jurisdiction.locate`.
        ``gb_edition``, ``gb_section`` … ``gb_class``, ``gb_common_section`` … ``gb_common_class``
            What the 行业代码 says in its own edition and in that of 2017 (:mod:`graph.sector`).
        ``action``
            One of :data:`ACTIONS`. What is certainly not to be planned comes first: excluded, outside the base; then unknown;
            then covered (a dangling code too: until the missing row comes, nobody can say that it has no unit; and by a unit
            outside the area, of which nothing else is known).
        """
        raw = self._raw
        index = raw.index
        new: dict[str, Any] = {"m": raw["formal_members"]}
        standing = self.standing
        struck, excluded = mask(standing["struck"]), mask(standing["excluded"])
        in_base, covered = mask(standing["in_base"]), mask(standing["covered"])
        dangling = self.dangling
        own = self._own[0]
        codes = padded(self.unit_rows.index)

        at, homes = self.located, self.homes
        new |= {
            "excluded": excluded,
            "struck": struck,
            "in_base": in_base,
            "unknown": self._unclear,
            "dangling": dangling,
            "outside": self._named_units(beyond=True) & ~covered,
            "covered": covered,
            "functional_covered": self.functionally_covered,
            "counted": covered & ~dangling,
            "own_unit": column(codes[own], index),
            "joint_covered": covered & (own < 0),
            "eligible": self.eligible,
            "ledger_unit": homes["ledger_unit"],
            "ledger_unit_name": homes["ledger_unit_name"],
        }
        new["wlon"], new["wlat"] = self.wgs84
        new |= {str(name): at[name] for name in at if name != "ledger_street"}
        new |= self._gb(index)
        new["action"] = column(self.action, index)
        return pd.concat([raw, pd.DataFrame(new, index=index, copy=False)], axis=1)

    @cached_property
    def _struck(self) -> NDArray[Any]:
        """Return the organizations that a 剔除 row in force or a decision takes out of the base (S41)."""
        rows = self._frame("exclusion", ["organization", "decided"])
        when = rows["decided"].to_numpy(dtype=float, na_value=0.0)
        codes = texts(rows["organization"])
        stands = when <= self.as_of
        if self.decisions.included:
            lifted = {code: d.decided for code, d in self.decisions.included.items()}
            stands &= when > np.array([lifted.get(code, -1) for code in codes])
        return np.array([*codes[stands], *self.decisions.excluded], dtype=object)

    @cached_property
    def functionally_covered(self) -> Bools:
        """Which organizations an undissolved functional unit covers."""
        rows = self.unit_rows
        standing = rows.index[(rows["live"] & rows["functional"]).to_numpy(dtype=bool)]
        c = self.covers
        return np.asarray(
            self._index.isin(c.loc[c["unit"].isin(standing), "organization"]), dtype=bool
        )

    @cached_property
    def wgs84(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude of organizations in degrees, rounded to 1e-7; NaN unknown."""
        raw = self.few("lon", "lat", "datum")
        datum = first(texts(raw["datum"]), np.full(len(raw), self.profile.datum, object))
        lon = raw["lon"].to_numpy(dtype=float, na_value=np.nan)
        lat = raw["lat"].to_numpy(dtype=float, na_value=np.nan)
        return geo.to_wgs84(lon, lat, datum)

    def _gb(self, index: pd.Index[Any]) -> dict[str, Any]:
        columns = self.sector_columns
        editions: NDArray[Any] = np.array([*sector.EDITIONS, None], dtype=object)
        out: dict[str, Any] = {"gb_edition": column(editions[columns.edition], index)}
        for prefix, table in (("gb_", columns.own), ("gb_common_", columns.common)):
            for at, level in enumerate(("section", "division", "group", "class")):
                out[prefix + level] = column(table.texts[:, at], index)
        return out

    # -- units ---------------------------------------------------------------------------------------------------------
    @cached_property
    def held(self) -> pd.DataFrame:
        """What units cover, by code: ``n_covered``, ``m_covered``, ``own`` and ``is_joint`` of :attr:`units`."""
        units, orgs, _ = self.formal
        size = len(self.unit_rows)
        n = np.bincount(units, minlength=size)
        weights = np.nan_to_num(self.members)[orgs]
        own = self._own[1]
        return pd.DataFrame(
            {
                "n_covered": n,
                "m_covered": np.bincount(units, weights=weights, minlength=size).astype(np.int64),
                "own": own,
                "is_joint": (n > 1) & ~own,
            },
            index=self.unit_rows.index,
        )

    @cached_property
    def units(self) -> pd.DataFrame:
        """All units, by code, dissolved ones included.

        Beside the schema's properties: ``live`` (undissolved at the as-of), ``functional``; ``n_covered`` and ``m_covered``, the
        organizations that it formally covers and their formal members, whatever their status (unknown numbers as 0);
        ``own`` (it is an organization's own unit), ``is_joint`` (it covers several and is no one's own, whatever its type
        says); ``host_ledger_unit``, the one in which all that it covers lie (``None`` where they don't), ``host`` (it may
        take attachments: an undissolved 党支部 or 联合党支部 with such a ledger unit), ``free_places`` and ``free_seats``
        (FORMATION, *Hosts*).
        """
        # all of the organizations first: who covers whom would else read some of them for itself
        _ = self._raw
        out = self.unit_rows.copy()
        units, orgs, _ = self.formal
        size = len(out)
        held = self.held
        n, members = (held[name].to_numpy(np.int64) for name in ("n_covered", "m_covered"))
        code, unique = pd.factorize(self.organizations["ledger_unit"].to_numpy(dtype=object))
        # least and greatest ledger unit of what it covers: one where they are the same and known
        low = np.full(size, len(unique), dtype=np.int64)
        high = np.full(size, -2, dtype=np.int64)
        np.minimum.at(low, units, code[orgs])
        np.maximum.at(high, units, code[orgs])
        # of what lies outside the area nobody here knows where it stands and how many there are
        c = self.covers
        leaving = out.index.isin(c.loc[stubs(c["organization"]), "unit"])
        one = (low == high) & (low >= 0) & ~leaving
        names = padded(unique)
        branch = out["type"].isin(HOST_TYPES).to_numpy(dtype=bool)
        formation = self.profile.formation
        for name in held:
            out[str(name)] = held[name]
        out["host"] = out["live"].to_numpy(dtype=bool) & branch & one
        out["host_ledger_unit"] = column(names[np.where(one, low, -1)], out.index)
        out["free_places"] = np.maximum(0, formation.max_organizations - n)
        out["free_seats"] = np.maximum(0, formation.max_members - members)
        return out

    # -- what organizations share --------------------------------------------------------------------------------------
    @cached_property
    def associations(self) -> pd.DataFrame:
        """Which organization belongs to which industry association: ``organization``, ``association``, ordered by both."""
        return self._links("MEMBER_OF", "association")

    @cached_property
    def leaders(self) -> pd.DataFrame:
        """Which organization a leading firm or cooperative leads: ``organization``, ``leader``, ordered by both."""
        return self._links("LED_BY", "leader")

    def _links(self, kind: str, name: str) -> pd.DataFrame:
        edges = self.store.edges(kind, self.as_of)[["source", "target"]]
        rows = edges[edges["source"].isin(self._raw.index)].drop_duplicates()
        rows = rows.sort_values(["source", "target"], ignore_index=True)
        return rows.set_axis(["organization", name], axis=1)

    # -- jurisdictions -------------------------------------------------------------------------------------------------
    @cached_property
    def ledger_units(self) -> pd.DataFrame:
        """Ledger units by id: ``name``, ``kind`` (zone, street, district, dept) and how many organizations stand in them.

        ``organizations`` are all, ``small`` those to be grouped, ``separate`` to form separately, ``zero`` to get work coverage.
        """
        o = self.organizations
        some = o[o["ledger_unit"].notna()]
        grouped = some.groupby("ledger_unit", sort=True)
        out = grouped["ledger_unit_name"].first().to_frame("name")
        out.index = pd.Index(np.asarray(out.index, dtype=object), name="id")
        kind = np.array([str(unit).partition(":")[0] for unit in out.index], dtype=object)
        out["kind"] = column(shared(kind), out.index)
        out["organizations"] = grouped.size().to_numpy(np.int64)
        for name, action in (
            ("small", "joint"),
            ("separate", "separate"),
            ("zero", "work_coverage"),
        ):
            counts = some.loc[some["action"].eq(action), "ledger_unit"].value_counts()
            out[name] = counts.reindex(out.index).fillna(0).to_numpy(np.int64)
        return out

    def select(self, code: str) -> pd.Series[Any]:
        """Return which organizations ``--in`` means: those of a division, of a ledger unit's ledger, or of who answers for them.

        Parameters
        ----------
        code : str
            A division's code (city, district, street, township, community, village), a ledger unit's id, or ``dept:OFFICE`` of a
            submitter that keeps no ledger of its own but sums up others' (S18: the organs work committee). One that keeps a
            ledger, as the civil-affairs bureau does (S17), is meant as its ledger unit.

        Raises
        ------
        InputError
            None of these.
        """
        found = self.lying(code)
        if found is None:
            found = self._answered_by(code)
        if found is None:
            self.refuse(code)
        return found

    def _answered_by(self, code: str) -> pd.Series[Any] | None:
        """Return which organizations a municipal submitter answers for; ``None`` where it is none, or answers for nobody."""
        if not code.startswith("dept:"):
            return None
        found = answering(self) == code
        return pd.Series(found, index=self._index) if found.any() else None

    def lying(self, code: str) -> pd.Series[Any] | None:
        """Return which organizations lie in a division or stand in a ledger unit's ledger; ``None`` where the code is neither.

        What a jurisdiction may be (:mod:`api.access.jurisdictions`): nobody's grows by what others report to it.
        """
        if _is_ledger_unit(code):
            found = self.homes["ledger_unit"].eq(code)
            return _truth(found) if found.any() else None
        level = self.places.divisions["level"].get(code)
        if level == "市":
            return self._below(code)
        for name in ("at_district", "at_street", "at_community"):
            found = self.located[name].eq(code)
            if found.any():
                return _truth(found)
        if level is None:
            return None
        return pd.Series(np.zeros(len(self._index), dtype=bool), index=self._index)

    def is_all(self, code: str) -> bool:
        """Say whether a code is all there is: that of the only city."""
        level = self.places.divisions["level"]
        return bool(level.get(code) == "市" and level.eq("市").sum() == 1)

    def _below(self, city: str) -> pd.Series[Any]:
        """Return which organizations lie in a city: in its districts, or in none where it is the only city."""
        divisions = self.places.divisions
        if self.is_all(city):
            return pd.Series(np.ones(len(self._index), dtype=bool), index=self._index)
        return _truth(
            self.located["at_district"].isin(divisions.index[divisions["parent"].eq(city)])
        )

    def refuse(self, code: str) -> NoReturn:
        """Raise ``InputError`` for a code that means nothing here, with what comes near."""
        known: Any = sorted(self.homes["ledger_unit"].dropna().unique())
        if not _is_ledger_unit(code):
            known = [*self.places.divisions.index, *self.ledger_units.index]
        near = difflib.get_close_matches(code, [str(k) for k in known], n=3)
        if near:
            en, zh = f"did you mean {', '.join(near)}?", f"是否指 {'、'.join(near)}？"
            way = Way(en, zh, en, zh)
        else:
            # who gave a name finds the code by it
            en, zh = "give a division's code or a ledger unit's id", "请给出区划代码或台账单位编号"
            find = f"`lianjian find {word(code)}`"
            way = Way(f"{en} ({find} searches names)", f"{zh}（可用 {find} 按名称查找）", en, zh)
        raise InputError(
            f"no division or ledger unit {code}", f"没有区划或台账单位 {code}", way=way
        )


def _is_ledger_unit(code: str) -> bool:
    kind, colon, _ = code.partition(":")
    return bool(colon) and kind in KINDS


class _Codes:
    """A column of texts as numbers: ``unique[code]`` is the column, ``rank`` the order of ``unique`` by code points."""

    def __init__(self, code: Ints, unique: NDArray[Any]) -> None:
        self.code = code
        self.unique = unique
        self.rank = np.empty(len(unique), dtype=np.int64)
        self.rank[np.argsort(unique.astype(object), kind="stable")] = np.arange(len(unique))

    @classmethod
    def of(cls, values: pd.Series[Any]) -> _Codes:
        code, unique = pd.factorize(np.asarray(values, dtype=object))
        return cls(code.astype(np.int64), np.asarray(unique, dtype=object))


def _truth(values: pd.Series[Any]) -> pd.Series[Any]:
    return pd.Series(values.fillna(False).to_numpy(dtype=bool), index=values.index)

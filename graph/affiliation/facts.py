"""What the rules of the audit look at: a city's frames and, once each, what several rules derive from them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.chains import Forest
from graph.affiliation.expected import Expected
from graph.affiliation.judgement import Judgement, asked, judge
from graph.affiliation.registry import Hits, NotChecked, Row, Words, edit, no_repair
from graph.columns import among, column, mask, numbers, padded, positions, texts
from graph.coverage import Sets
from graph.cut.outside import stubs
from graph.ledger_names import ledger_name
from graph.model import RETURNED, iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from graph.affiliation.registry import Hit
    from graph.city import City
    from graph.model import Structure
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Bools = NDArray[np.bool_]

SHEETS = {
    "organization": "台账",
    "unit": "党组织",
    "division": "区划",
    "park": "园区",
    "member": "党员",
    "exclusion": "剔除",
    "strike_off": "销号",
    "submission": "报送",
    "register": "名录",
    "stated_total": "合计行",
}
"""What each kind's sheet is called where a rule says that it was not loaded."""

FUNCTIONAL = "功能型党组织"
JOINT_BRANCH = "联合党支部"
BRANCHES = ("党支部", JOINT_BRANCH)
CLOSED = "注销"
OPERATING = "正常"


class Facts:
    """A city at one date, as the audit reads it.

    Parameters
    ----------
    city : graph.city.City
    store : graph.store.base.Store
        The store that the city reads; rules read it as decisions see it (:attr:`City.store`).

    Notes
    -----
    *Uncovered* here means: no undissolved formal unit covers the organization, none outside the area, and its 党组织代码 does
    not dangle.
    FORMATION keeps the latter out of planning (``covered``, with a finding): until the missing row comes, nobody
    can say that it has no unit, so its finding is ``dangling_reference`` alone.
    """

    def __init__(self, city: City, store: Store) -> None:
        self.city = city
        self.store = city.store if store is city.recorded else store
        self.profile: Profile = city.profile
        self.as_of: int = city.as_of
        self._frames: dict[str, pd.DataFrame] = {}
        self._due: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._names: dict[str, NDArray[Any]] = {}
        self._claims_of: dict[str, tuple[pd.Index[Any], NDArray[np.int64]]] = {}

    def due(self, *clauses: str) -> tuple[int, ...]:
        """Return the dates that the profile gives these clauses, ascending, each once."""
        if clauses not in self._due:
            dates = self.profile.deadlines
            found = {date for clause in clauses for date in dates.get(clause, ())}
            self._due[clauses] = tuple(sorted(found))
        return self._due[clauses]

    def at(self, as_of: int) -> Facts:
        """Return the same city as of another date; this one where nothing has changed in between."""
        if as_of == self.as_of:
            return self
        from graph.city import City

        recorded = self.city.recorded
        return Facts(City(recorded, self.profile, as_of), recorded)

    # -- what the store holds ------------------------------------------------------------------------------------
    def frame(self, kind: str) -> pd.DataFrame:
        """Return the entities of a (small) kind at the as-of, kept for the next rule."""
        if kind not in self._frames:
            self._frames[kind] = self.store.frame(kind, self.as_of)
        return self._frames[kind]

    def holds(self, kind: str) -> bool:
        """Say whether a row of this kind is there at the as-of."""
        if kind == "organization":
            return len(self.organizations) > 0
        if kind == "unit":
            return len(self.units) > 0
        if kind == "member":
            return len(self.members) > 0
        return len(self.frame(kind)) > 0

    def dated_later(self, kind: str) -> bool:
        """Say whether rows of a kind are loaded, all of them dated after the as-of."""
        latest = self.store.latest()
        return latest > self.as_of and len(self.store.frame(kind, latest, [])) > 0

    def require(self, kinds: Iterable[str]) -> None:
        """Raise :class:`NotChecked` for the first kind of which no row is loaded."""
        for kind in kinds:
            if not self.holds(kind):
                sheet = SHEETS[kind]
                if kind == "organization":
                    raise NotChecked("未导入单位台账", "no ledger of organizations loaded")
                if kind == "stated_total":
                    raise NotChecked("台账中没有合计行", "no total rows in the ledgers")
                if self.dated_later(kind):
                    day = iso(self.as_of)
                    raise NotChecked(
                        f"截至 {day} 没有{sheet}记录", f"no {sheet} row dated by {day}"
                    )
                raise NotChecked(f"未导入{sheet}表", f"no {sheet} sheet loaded")

    def require_column(self, column: str) -> None:
        """Raise :class:`NotChecked` where no organization of the base has a value in a column: the ledgers don't keep it."""
        values = self.organizations[column].to_numpy()
        if self.base.any() and pd.isna(values[self.base]).all():
            label = load_schema().kinds["organization"].properties[column].zh
            raise NotChecked(f"台账中没有“{label}”一栏", f"no {label} in the ledgers")

    # -- organizations -------------------------------------------------------------------------------------------
    @property
    def organizations(self) -> pd.DataFrame:
        """Return the city's organizations (index ``key``)."""
        frame: pd.DataFrame = self.city.organizations
        return frame

    @cached_property
    def base(self) -> Bools:
        """Return which organizations are in the base."""
        return mask(self.organizations["in_base"])

    @cached_property
    def uncovered(self) -> Bools:
        """Return which organizations of the base are uncovered (see the class's notes)."""
        o = self.organizations
        return self.base & ~mask(o["covered"]) & ~mask(o["dangling"]) & ~mask(o["outside"])

    @cached_property
    def reaching_out(self) -> frozenset[str]:
        """Return the units that cover something outside the area, or have a member who is employed there."""
        edges = self.cover_edges
        covering = edges.loc[stubs(edges["target"]), "source"]
        people = self.members
        beyond = people.loc[stubs(people["employer"]), "unit"] if len(people) else ()
        return frozenset([*covering, *beyond])

    @cached_property
    def vaguely_placed(self) -> frozenset[str]:
        """Return the units that cover an organization of which a place, association or leading firm lies outside the area."""
        o = self.organizations
        vague = np.zeros(len(o), dtype=bool)
        for name in ("at_building", "at_commercial_street", "at_market"):
            vague |= stubs(o[name])
        leaders = self.city.leaders
        codes = [*o.index[vague], *leaders.loc[stubs(leaders["leader"]), "organization"]]
        covers = self.covers
        return frozenset(covers.loc[covers["organization"].isin(codes), "unit"])

    @cached_property
    def coverage(self) -> Sets:
        """Return who counts for which rate."""
        return Sets.of(self.city)

    @cached_property
    def formal_members(self) -> NDArray[np.float64]:
        """Return each organization's formal members, NaN where unknown."""
        return numbers(self.organizations["m"])

    @cached_property
    def staff(self) -> NDArray[np.float64]:
        """Return each organization's staff, NaN where unknown."""
        return numbers(self.organizations["staff"])

    # -- units ---------------------------------------------------------------------------------------------------
    @property
    def units(self) -> pd.DataFrame:
        """Return the city's units (index ``key``), dissolved ones included."""
        frame: pd.DataFrame = self.city.units
        return frame

    @cached_property
    def live(self) -> Bools:
        """Return which units are undissolved at the as-of."""
        return mask(self.units["live"])

    @cached_property
    def formal(self) -> Bools:
        """Return which units are undissolved and not functional."""
        return self.live & ~mask(self.units["functional"])

    @cached_property
    def links(self) -> pd.DataFrame:
        """Return the edges of formal subordination, one a pair (``source``, ``target``, ``claim``, ``valid_to``)."""
        edges = self.store.edges("SUBORDINATE_TO", self.as_of)
        return edges.drop_duplicates(["source", "target"], ignore_index=True)

    @cached_property
    def structure(self) -> Structure:
        """Return where formal subordination is no plain tree, as the store tells it."""
        return self.store.structure(self.as_of)

    def among_units(self, codes: Iterable[str]) -> Bools:
        """Return which units are among some."""
        return among(self.units.index.to_numpy(), codes)

    @cached_property
    def forest(self) -> Forest:
        """Return formal subordination in columns."""
        return Forest.of(self.units.index, self.links)

    @cached_property
    def link_claims(self) -> dict[tuple[str, str], int]:
        """Return the claim that makes each formal link."""
        links = self.links
        return dict(
            zip(zip(links["source"], links["target"], strict=True), links["claim"], strict=True)
        )

    @cached_property
    def expected(self) -> Expected:
        """Return whom units should be subordinate to, and the roots."""
        return Expected(self.city, self.store, self.forest)

    def ledger_name(self, ledger: str) -> tuple[str, str]:
        """Return what a ledger is called, in Chinese and English."""
        return ledger_name(ledger, lambda kind, code: self._place_names[kind].get(code))

    @cached_property
    def _place_names(self) -> dict[str, dict[str, str]]:
        """Return the names of divisions, and of zones by their bare codes."""
        places = self.city.places
        tables = {
            "division": zip(places.divisions.index, places.divisions["name"], strict=True),
            "park": zip(places.parks["code"], places.parks["name"], strict=True),
        }
        return {
            kind: {str(code): name for code, name in rows if isinstance(name, str)}
            for kind, rows in tables.items()
        }

    @cached_property
    def asked(self) -> tuple[pd.DataFrame, tuple[Words, ...]]:
        """Return what the rule of line and place asks of the units (:func:`graph.affiliation.judgement.asked`)."""
        return asked(self)

    @cached_property
    def judgement(self) -> Judgement:
        """Return which units keep the rule of line and place."""
        return judge(self)

    @cached_property
    def proposals(self) -> dict[int, str]:
        """Return the superior that AUDIT expects of each unit (node → code), where it can be told and reaches a root."""
        expected = self.expected
        units, _ = self.asked
        direct = expected.direct(units)
        wanted = dict(zip(units["node"].tolist(), direct.tolist(), strict=True))
        wanted.update(expected.above_committees)
        codes = {code for code in wanted.values() if code is not None}
        sound = {
            code
            for code, at in zip(codes, positions(self.forest.index, codes), strict=True)
            if at >= 0 and expected.reached[0][at]
        }
        ids = self.forest.ids
        return {
            int(node): code
            for node, code in wanted.items()
            if code in sound and code != ids[node] and node not in self._roots
        }

    @cached_property
    def _roots(self) -> set[int]:
        return {int(root) for root in self.expected.roots}

    def superior_repair(self, node: int) -> dict[str, Any]:
        """Return the change of 上级党组织代码 to the superior that AUDIT expects, or why none is proposed."""
        wanted = self.proposals.get(node)
        if wanted is None:
            return no_repair(
                "台账中看不出应隶属的上级，请由主管部门确定",
                "the ledgers don't tell whom it should be subordinate to: for its office to say",
            )
        now = self.units["superior"].iloc[node]
        now = None if pd.isna(now) else str(now)
        if now == wanted:
            return no_repair(
                "本级隶属无误，问题在上级",
                "its own superior is the right one: the fault lies above",
            )
        at = self.forest.number(wanted)
        if node in self._upward(at):
            return no_repair(
                "应隶属的上级现在其下", "the superior it should have stands below it at present"
            )
        return edit(SHEETS["unit"], str(self.forest.ids[node]), "上级党组织代码", now, wanted)

    def _upward(self, node: int, most: int = 64) -> set[int]:
        """Return the first stations of a node's chain, itself included."""
        seen: set[int] = set()
        while node >= 0 and node not in seen and len(seen) < most:
            seen.add(node)
            node = int(self.forest.first_superior[node])
        return seen

    def require_root(self) -> None:
        """Raise :class:`NotChecked` where there is no root (AUDIT, in these words)."""
        if self.expected.rootless:
            raise NotChecked("没有根：请在规则档案中指定", "no root, name one in the profile")

    # -- who covers what -----------------------------------------------------------------------------------------
    @cached_property
    def covers(self) -> pd.DataFrame:
        """Return who covers whom, formally: ``unit``, ``organization``; units undissolved, organizations defined."""
        covers = self.city.covers
        return covers.loc[covers["formal"] & covers["known"], ["unit", "organization"]].reset_index(
            drop=True
        )

    @cached_property
    def cover_edges(self) -> pd.DataFrame:
        """Return the store's ``COVERS`` edges: the same pair by two properties is two rows."""
        edges: pd.DataFrame = self.store.edges("COVERS", self.as_of)
        return edges

    def cover_claims(
        self, pairs: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], list[tuple[str, int]]]:
        """Return the claims that say that a unit covers an organization, for a few pairs."""
        wanted = set(pairs)
        edges = self.cover_edges
        some = edges[edges["source"].isin({unit for unit, _ in wanted})]
        some = some[some["target"].isin({organization for _, organization in wanted})]
        found: dict[tuple[str, str], list[tuple[str, int]]] = {}
        for unit, organization, kind, claim in zip(
            some["source"], some["target"], some["claim_kind"], some["claim"], strict=True
        ):
            if (unit, organization) in wanted:
                found.setdefault((unit, organization), []).append((kind, int(claim)))
        return found

    # -- members: they only count --------------------------------------------------------------------------------
    @cached_property
    def members(self) -> pd.DataFrame:
        """Return member records by unit: ``member``, ``unit``, ``employer``, ``formal``, ``claim``.

        One row for each unit that a record names. Codes of members stay in here: they are matched, never shown.
        """
        belongs = self.store.edges("BELONGS_TO", self.as_of)[["source", "target", "claim"]]
        if not len(belongs):
            return pd.DataFrame(columns=["member", "unit", "employer", "formal", "claim"])
        works = self.store.edges("EMPLOYED_BY", self.as_of)[["claim", "target"]]
        employer = works.drop_duplicates("claim").set_index("claim")["target"]
        status = self.store.frame("member", self.as_of, ["status"]).set_index("key")["status"]
        rows = belongs.rename(columns={"source": "member", "target": "unit"})
        rows["employer"] = rows["claim"].map(employer)
        rows["formal"] = mask(rows["member"].map(status).eq("正式"))
        return rows[["member", "unit", "employer", "formal", "claim"]]

    @cached_property
    def unit_members(self) -> pd.DataFrame:
        """Return each unit's members (AUDIT): its 党员 records where that sheet covers it, else its organizations'.

        Index as :attr:`units`; ``all`` (probationary included) and ``formal`` as float, NaN where unknown; ``records``
        says which of the two was counted. The sheet covers a unit when it has a record of it. Without records, the members
        are the formal members of the organizations it covers, unknown where it covers none or one of unknown number.
        """
        units = self.units
        covers, n = self.covers, len(units)
        unit = positions(units.index, texts(covers["unit"]))
        m = self.formal_members[positions(self.organizations.index, texts(covers["organization"]))]
        # a sum with an unknown number in it is unknown (and of no units at all, numpy counts in integers)
        counted = np.bincount(unit, weights=m, minlength=n).astype(float)
        counted[np.bincount(unit, minlength=n) == 0] = np.nan
        out = pd.DataFrame({"formal": counted}, index=units.index)
        out["all"] = out["formal"]
        out["records"] = False
        people = self.members.drop_duplicates(["member", "unit"])
        if len(people):
            sizes = people.groupby("unit").agg(all=("member", "size"), formal=("formal", "sum"))
            sizes = sizes.reindex(units.index)
            has = sizes["all"].notna().to_numpy()
            out.loc[has, "all"] = sizes.loc[has, "all"].astype(float)
            out.loc[has, "formal"] = sizes.loc[has, "formal"].astype(float)
            out["records"] = has
        return out

    # -- ledgers -------------------------------------------------------------------------------------------------
    @cached_property
    def listings(self) -> pd.DataFrame:
        """Return which ledger lists which organization: what each ledger said last of it.

        ``key``, ``ledger``, ``kind`` (of sheet), ``listed`` (the newest edition that has it), ``newest`` (the
        ledger's newest edition), ``current`` (the newest edition has it), ``claim``.
        """
        return self._listings("organization")

    def _listings(self, kind: str) -> pd.DataFrame:
        rows = listings_of(self.store, kind, self.as_of)
        if kind == "organization":
            # the city's own keys: a million texts need not stand twice
            known = padded(self.organizations.index)
            at = positions(self.organizations.index, rows["key"].to_numpy(dtype=object))
            keys = known[at]
            keys[at < 0] = rows["key"].to_numpy(dtype=object)[at < 0]
            rows = rows.assign(key=column(keys, rows.index))
        return rows

    def standing_rows(self, kind: str) -> pd.DataFrame:
        """Return the rows of the newest editions about entities of which there are several, all columns."""
        rows = self.listings if kind == "organization" else self._listings(kind)
        now = rows[rows["current"]]
        several = now.loc[now.duplicated("key", keep=False), ["key", "claim"]]
        # few of a whole city: asked for one by one rather than by reading every row
        parts = [self.store.history(kind, key) for key in several["key"].unique()]
        if not parts:
            return pd.DataFrame(columns=["key", "claim", "status"])
        found = pd.concat(parts, ignore_index=True)
        return found[found["claim"].isin(several["claim"])].reset_index(drop=True)

    # -- claims of entities --------------------------------------------------------------------------------------
    def claims_of(self, kind: str, keys: Iterable[str]) -> list[tuple[str, int]]:
        """Return the claims that define these entities; those that nothing defines are left out."""
        index, claim = self._claims(kind)
        found = []
        for key in keys:
            try:
                found.append((kind, int(claim[index.get_loc(key)])))
            except KeyError:
                continue
        return found

    # -- hits ----------------------------------------------------------------------------------------------------
    def organization_hits(self, picked: Bools, make: Callable[[Row], Hit]) -> Hits:
        """Return a hit for each organization picked, made when it is looked at."""
        return self._hits("organization", self.organizations, picked, make)

    def unit_hits(self, picked: Bools, make: Callable[[Row], Hit]) -> Hits:
        """Return a hit for each unit picked, made when it is looked at."""
        return self._hits("unit", self.units, picked, make)

    def _hits(
        self, kind: str, frame: pd.DataFrame, picked: Bools, make: Callable[[Row], Hit]
    ) -> Hits:
        if kind not in self._names:
            self._names[kind] = texts(frame["name"])
        codes, claims = self._claims(kind)
        keys: NDArray[Any] = codes.to_numpy()
        names = self._names[kind]
        at = np.flatnonzero(picked)

        def hit(k: int) -> Hit:
            i = int(at[k])
            return make(Row(i, keys[i], names[i], (kind, int(claims[i]))))

        return Hits(keys[at], hit)

    def _claims(self, kind: str) -> tuple[pd.Index[Any], NDArray[np.int64]]:
        """Return the keys of a kind and the claims that define them, kept: an index builds its table of keys once."""
        if kind not in self._claims_of:
            if kind == "organization":
                frame: pd.DataFrame = self.organizations
            elif kind == "unit":
                frame = self.units
            else:
                frame = self.frame(kind).set_index("key")
            index = pd.Index(np.asarray(frame.index, dtype=object), dtype=object)
            self._claims_of[kind] = index, frame["claim"].to_numpy(dtype=np.int64)
        return self._claims_of[kind]


def listings_of(store: Store, kind: str, as_of: int) -> pd.DataFrame:
    """Return which ledger lists which entity of a kind: the columns of :attr:`Facts.listings`.

    A row that was returned for mending lists its organization too: in its own ledger, and where it can't be told which that is
    (its place may be the fault) in the ledger that listed the organization before, unless that has a newer edition since.
    """
    rows = _with_currency(store.claims(kind, as_of, [])[["key", "ledger", "listed", "claim"]])
    if kind != "organization" or not len(returned := store.claims(RETURNED, as_of, [])):
        return rows
    by_ledger = returned.groupby(["key", "ledger"])["listed"].max()
    at = pd.MultiIndex.from_frame(rows[["key", "ledger"]])
    here = by_ledger.reindex(at).fillna(0).to_numpy() >= rows["newest"].to_numpy()
    current = rows["current"].to_numpy() | here
    somewhere = returned.groupby("key")["listed"].max()
    there = rows["key"].map(somewhere).fillna(0).to_numpy() >= rows["newest"].to_numpy()
    listed = rows["key"].isin(rows.loc[current, "key"]).to_numpy()
    return rows.assign(current=current | (there & ~listed))


def _with_currency(rows: pd.DataFrame) -> pd.DataFrame:
    """Add each ledger's sheet kind, its newest edition, and whether that edition has the row."""
    code, ledgers = pd.factorize(rows["ledger"].to_numpy(dtype=object))
    newest = np.zeros(len(ledgers), dtype=np.int64)
    listed = rows["listed"].to_numpy(dtype=np.int64)
    np.maximum.at(newest, code, listed)
    kinds = np.array([str(ledger).partition("|")[0] for ledger in ledgers], dtype=object)
    return rows.assign(
        kind=kinds[code] if len(rows) else None,
        newest=newest[code],
        current=listed == newest[code],
    )

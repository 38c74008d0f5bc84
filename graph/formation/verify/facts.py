"""What a verifier reads from the store: its own reading of FORMATION's terms, shared with no planner.

Nothing here is imported by the planning side, and nothing of the planning side, nor of the derived views it rests on, is
imported here: two readings of one page that agree are worth more than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from graph.formation.verify import decided
from graph.formation.verify.coordinates import wgs84
from graph.formation.verify.jurisdiction import PLACES, ledger_units, lying, places
from graph.formation.verify.superiors import Superiors, superiors

if TYPE_CHECKING:
    from graph.formation.verify.decided import Decided
    from graph.policy.profile import Profile
    from graph.store.base import Store

OPERATING = "正常"
FUNCTIONAL, JOINT_BRANCH = "功能型党组织", "联合党支部"
HOST_TYPES = ("党支部", JOINT_BRANCH)
REQUIRED = ("category", "staff", "formal_members", "status")
"""Columns that a mapping may declare absent: an organization without one of them is never planned (LEDGERS)."""
COLUMNS = [
    *REQUIRED, *PLACES, "line", "name", "level", "supervisor", "district", "street", "lon", "lat", "datum", "industry",
    "industry_edition",
]  # fmt: skip
"""What of an organization's row a plan depends on."""


@dataclass(frozen=True)
class Facts:
    """The planning facts of a city at one date.

    Attributes
    ----------
    organizations : pandas.DataFrame
        Index ``key``; ``m`` (float, NaN unknown), ``base`` (in the base, nothing required unknown), ``held`` (by an undissolved
        formal unit), ``covered`` (that, or a dangling 党组织代码), ``own``, ``ledger_unit``, ``lon``, ``lat`` (WGS84, 1e-7°), one
        column a place kind, ``sector`` and ``edition``.
    covers : pandas.DataFrame
        ``unit``, ``organization``: who covers whom, undissolved and formal, distinct.
    units : pandas.DataFrame
        Index ``key``: ``type``, ``live``, ``formal``, ``n``, ``members``, ``ledger_unit``, ``host``.
    associations, leaders : pandas.DataFrame
        ``group``, ``organization``.
    crosswalk : dict[str, tuple[str, ...]]
        Classes of 2017 by class of 2011; empty where the table is not loaded.
    superiors : Superiors
        Whom units to be formed should be subordinate to.
    """

    organizations: pd.DataFrame
    covers: pd.DataFrame
    units: pd.DataFrame
    associations: pd.DataFrame
    leaders: pd.DataFrame
    crosswalk: dict[str, tuple[str, ...]]
    superiors: Superiors

    def agenda(self, least: int) -> Agenda:
        """Return what is to be done for whom, by ledger unit.

        Parameters
        ----------
        least : int
            Formal members from which an organization forms separately.
        """
        o = self.organizations
        free = o["base"] & ~o["covered"]
        split = o.index[o["base"] & o["held"] & ~o["own"] & (o["m"] >= least)]
        rows = self.covers[self.covers["organization"].isin(split)]
        pairs: dict[str, set[tuple[str, str]]] = {}
        home = rows["organization"].map(o["ledger_unit"])
        for where, unit, code in zip(home, rows["unit"], rows["organization"], strict=True):
            pairs.setdefault(where, set()).add((unit, code))
        return Agenda(
            small=_by_home(o, free & (o["m"] >= 1) & (o["m"] < least)),
            separate=_by_home(o, free & (o["m"] >= least)),
            zero=_by_home(o, free & (o["m"] == 0)),
            split=pairs,
        )


@dataclass(frozen=True)
class Agenda:
    """Organizations by ledger unit, each list sorted: small, to form separately (S25), without members; to be split (S26).

    ``split`` holds (unit, organization): the units of others that cover one which qualifies for its own.
    """

    small: dict[str, list[str]]
    separate: dict[str, list[str]]
    zero: dict[str, list[str]]
    split: dict[str, set[tuple[str, str]]]

    @property
    def ledger_units(self) -> set[str]:
        """Those in which there is anything to do."""
        return {*self.small, *self.separate, *self.zero, *self.split}


def _by_home(o: pd.DataFrame, pick: pd.Series) -> dict[str, list[str]]:
    some = o.loc[pick, "ledger_unit"]
    return {str(home): sorted(codes) for home, codes in some.groupby(some).groups.items()}


def read(store: Store, profile: Profile, as_of: int) -> Facts:
    """Read the facts of a date from the store."""
    raw = store.frame("organization", as_of, COLUMNS).set_index("key")
    said = decided.read(store, as_of, raw.index)
    raw = said.rows(raw)
    raw["supervisor"] = said.codes(raw["supervisor"])
    columns = ["name", "type", "organization", "district", "street", "dissolved"]
    units = store.frame("unit", as_of, columns)
    units = units.set_index("key")
    units["organization"] = said.codes(units["organization"])
    dissolved = units["dissolved"].to_numpy(dtype=float, na_value=np.inf)
    units = units.assign(live=dissolved > as_of, formal=units["type"].ne(FUNCTIONAL).astype(bool))

    edges = store.edges("COVERS", as_of)[["source", "target", "via"]]
    edges["target"] = said.codes(edges["target"])
    known = edges["source"].isin(units.index)
    dangling = edges.loc[edges["via"].eq("unit") & ~known, "target"]
    standing = units.index[units["live"] & units["formal"]]
    stated = edges[edges["source"].isin(standing) & edges["target"].isin(raw.index)]
    covers = (
        stated[["source", "target"]]
        .drop_duplicates()
        .set_axis(["unit", "organization"], axis=1)
        .sort_values(["unit", "organization"], ignore_index=True)
    )

    o = pd.DataFrame(index=raw.index)
    o["m"] = raw["formal_members"].to_numpy(dtype=float, na_value=np.nan)
    o["held"] = o.index.isin(covers["organization"])
    o["covered"] = o["held"] | o.index.isin(dangling)
    o["own"] = o.index.isin(list(_own(stated, units)))
    at = places(store, raw, as_of)
    for kind in PLACES:
        o[kind] = at[kind]
    lie = lying(store, raw, at, as_of)
    o["ledger_unit"] = ledger_units(raw, lie, units, profile.audit.civil_affairs)
    complete = raw[list(REQUIRED)].notna().all(axis=1) & o["ledger_unit"].notna()
    operating = raw["status"].eq(OPERATING).fillna(False).astype(bool)
    o["base"] = operating & complete & ~o.index.isin(_struck(store, as_of, said))
    datum = raw["datum"].astype(object).fillna(profile.datum).to_numpy(dtype=object)
    o["lon"], o["lat"] = wgs84(
        raw["lon"].to_numpy(dtype=float, na_value=np.nan),
        raw["lat"].to_numpy(dtype=float, na_value=np.nan),
        datum,
    )
    o["sector"] = raw["industry"].astype(object)
    o["edition"] = raw["industry_edition"].astype(object).fillna(profile.gbt4754_edition)
    return Facts(
        organizations=o,
        covers=covers,
        units=_hosts(units, covers, o),
        associations=_links(store, "MEMBER_OF", as_of, said),
        leaders=_links(store, "LED_BY", as_of, said),
        crosswalk=_crosswalk(store, as_of),
        superiors=superiors(store, profile, as_of, raw, lie, units),
    )


def _struck(store: Store, as_of: int, said: Decided) -> list[str]:
    """Return the organizations taken out (S41): by decision, or by a 剔除 row dated by then or undated, not lifted since."""
    rows = store.frame("exclusion", as_of, ["organization", "decided"])
    decided = rows["decided"].to_numpy(dtype=float, na_value=0.0)
    lifted = rows["organization"].map(said.back).to_numpy(dtype=float, na_value=-1.0)
    in_force = (decided <= as_of) & ~(decided <= lifted)
    return [*rows.loc[in_force, "organization"], *said.out]


def _links(store: Store, kind: str, as_of: int, said: Decided) -> pd.DataFrame:
    out = store.edges(kind, as_of)[["target", "source"]].set_axis(["group", "organization"], axis=1)
    out = out.assign(group=said.codes(out["group"]), organization=said.codes(out["organization"]))
    return out.drop_duplicates().sort_values(["group", "organization"], ignore_index=True)


def _own(stated: pd.DataFrame, units: pd.DataFrame) -> set[str]:
    """Return the organizations with an own unit: it covers them alone or names them in 所属单位, and is no 联合党支部."""
    plain = stated[stated["source"].map(units["type"]).ne(JOINT_BRANCH)]
    number = plain.groupby("source")["target"].nunique()
    alone = plain["source"].map(number).eq(1)
    return set(plain.loc[alone | plain["via"].eq("organization"), "target"])


def _hosts(units: pd.DataFrame, covers: pd.DataFrame, o: pd.DataFrame) -> pd.DataFrame:
    """Mark the units that may take attachments and say in which ledger unit they lie."""
    held = covers.assign(
        ledger_unit=covers["organization"].map(o["ledger_unit"]),
        m=covers["organization"].map(o["m"]).fillna(0.0),
    )
    by = held.groupby("unit")
    out = units[["type", "live", "formal"]].copy()
    out["n"] = by.size().reindex(out.index).fillna(0).astype(int)
    out["members"] = by["m"].sum().reindex(out.index).fillna(0).astype(int)
    out["ledger_unit"] = by["ledger_unit"].first().reindex(out.index)
    # an organization whose ledger unit can't be told lies in another one
    one = by["ledger_unit"].nunique(dropna=False).reindex(out.index).eq(1)
    out["host"] = out["type"].isin(HOST_TYPES) & one & out["ledger_unit"].notna()
    return out


def _crosswalk(store: Store, as_of: int) -> dict[str, tuple[str, ...]]:
    table = store.frame("crosswalk", as_of, ["code_2011", "code_2017"]).dropna()
    out: dict[str, set[str]] = {}
    for old, new in zip(table["code_2011"], table["code_2017"], strict=True):
        out.setdefault(str(old).strip(), set()).add(str(new).strip())
    return {old: tuple(sorted(new)) for old, new in out.items()}

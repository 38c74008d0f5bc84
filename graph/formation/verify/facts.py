"""What a verifier reads from the store: its own reading of FORMATION's terms, shared with no planner.

Nothing here is imported by the planning side, and nothing of the planning side, nor of the derived views it rests on, is
imported here: two readings of one page that agree are worth more than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.policy.profile import Profile
    from graph.store.base import Store

PLACES = ("building", "park", "commercial_street", "market", "community")
EXCLUDED = ("空壳", "僵尸", "影子")
OPERATING = "正常"
HOST_TYPES = ("党支部", "联合党支部")
NOT_OWN = ("联合党支部", "功能型党组织")
HIGH_ZONES = ("国家级", "省级")


@dataclass(frozen=True)
class Facts:
    """The planning facts of a city at one date.

    Attributes
    ----------
    organizations : pandas.DataFrame
        Index ``key``; ``m`` (float, NaN unknown), ``base``, ``covered``, ``own``, ``ledger_unit``, ``lon``, ``lat`` (WGS84, 1e-7°),
        one column a place kind, ``sector`` and ``edition``.
    covers : pandas.DataFrame
        ``unit``, ``organization``: who covers whom, undissolved and formal, distinct.
    units : pandas.DataFrame
        Index ``key``: ``type``, ``host``.
    links : list[pandas.DataFrame]
        Associations and leading firms: ``group``, ``organization``.
    crosswalk : dict[str, tuple[str, ...]]
        Classes of 2017 by class of 2011; empty where the table is not loaded.
    """

    organizations: pd.DataFrame
    covers: pd.DataFrame
    units: pd.DataFrame
    associations: pd.DataFrame
    leaders: pd.DataFrame
    crosswalk: dict[str, tuple[str, ...]]

    def small(self, unit: str, least: int) -> list[str]:
        """Return the small organizations of a ledger unit, sorted."""
        o = self.organizations
        pick = (
            (o["ledger_unit"] == unit)
            & o["base"]
            & ~o["covered"]
            & (o["m"] >= 1)
            & (o["m"] < least)
        )
        return sorted(o.index[pick])

    def separate(self, unit: str, least: int) -> list[str]:
        """Return those that must form separately (S25), sorted."""
        o = self.organizations
        pick = (o["ledger_unit"] == unit) & o["base"] & ~o["covered"] & (o["m"] >= least)
        return sorted(o.index[pick])

    def split(self, unit: str, least: int) -> list[str]:
        """Return those that a joint unit covers although they qualify for their own (S26), sorted."""
        o = self.organizations
        pick = (o["ledger_unit"] == unit) & o["base"] & o["held"] & ~o["own"] & (o["m"] >= least)
        return sorted(o.index[pick])

    def zero(self, unit: str) -> list[str]:
        """Return those in the base, uncovered and without members, sorted."""
        o = self.organizations
        pick = (o["ledger_unit"] == unit) & o["base"] & ~o["covered"] & (o["m"] == 0)
        return sorted(o.index[pick])


def read(store: Store, profile: Profile, as_of: int) -> Facts:
    """Read the facts of a date from the store."""
    raw = store.frame("organization", as_of).set_index("key")
    units = store.frame("unit", as_of).set_index("key")
    exclusion = store.frame("exclusion", as_of)
    dissolved = units["dissolved"].astype("Float64").to_numpy(dtype=float, na_value=np.inf)
    units = units.assign(live=dissolved > as_of, formal=units["type"] != "功能型党组织")

    edges = store.edges("COVERS", as_of)[["source", "target", "via"]]
    known = edges["source"].isin(units.index)
    from_ledger = edges["via"].eq("unit")
    dangling = set(edges.loc[from_ledger & ~known, "target"])
    standing = units.index[units["live"] & units["formal"]]
    covers = edges[edges["source"].isin(standing) & edges["target"].isin(raw.index)]
    own = _own(covers, units)
    covers = (
        covers[["source", "target"]]
        .drop_duplicates()
        .rename(columns={"source": "unit", "target": "organization"})
        .sort_values(["unit", "organization"], ignore_index=True)
    )

    o = pd.DataFrame(index=raw.index)
    o["m"] = raw["formal_members"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    decided = exclusion["decided"].astype("Float64").to_numpy(dtype=float, na_value=0.0)
    struck = set(exclusion.loc[decided <= as_of, "organization"])
    o["base"] = raw["status"].eq(OPERATING).fillna(False).astype(bool) & ~o.index.isin(list(struck))
    held = o.index.isin(covers["organization"])
    o["held"] = held
    o["covered"] = held | o.index.isin(list(dangling))
    o["own"] = o.index.isin(list(own))
    places = _places(store, raw, as_of)
    for kind in PLACES:
        o[kind] = places[kind]
    o["ledger_unit"] = _ledger_units(store, profile, raw, places, units, as_of)
    lon, lat = _wgs84(raw, profile.datum)
    o["lon"], o["lat"] = lon, lat
    o["sector"] = raw["industry"]
    o["edition"] = raw["industry_edition"].fillna(profile.gbt4754_edition)

    members = store.edges("MEMBER_OF", as_of)
    led = store.edges("LED_BY", as_of)
    return Facts(
        organizations=o,
        covers=covers,
        units=_hosts(units, covers, o),
        associations=_links(members),
        leaders=_links(led),
        crosswalk=_crosswalk(store, as_of),
    )


def _links(edges: pd.DataFrame) -> pd.DataFrame:
    out = edges[["target", "source"]].rename(columns={"target": "group", "source": "organization"})
    return out.drop_duplicates().sort_values(["group", "organization"], ignore_index=True)


def _own(covers: pd.DataFrame, units: pd.DataFrame) -> set[str]:
    """Return the organizations with an own unit: it covers them alone, or names them in 所属单位; not joint, not functional."""
    kind = covers["source"].map(units["type"])
    plain = covers[~kind.isin(NOT_OWN)]
    number = plain.groupby("source")["target"].nunique()
    alone = plain["source"].map(number).eq(1)
    return set(plain.loc[alone | plain["via"].eq("organization"), "target"])


def _hosts(units: pd.DataFrame, covers: pd.DataFrame, o: pd.DataFrame) -> pd.DataFrame:
    """Mark the units that may take attachments and say in which ledger unit they lie."""
    held = covers.assign(ledger_unit=covers["organization"].map(o["ledger_unit"]))
    by = held.groupby("unit")["ledger_unit"]
    one = by.nunique(dropna=False)
    first = by.first()
    out = units[["type", "live"]].copy()
    out["n"] = covers.groupby("unit").size().reindex(out.index).fillna(0).astype(int)
    seats = covers.assign(m=covers["organization"].map(o["m"]).fillna(0)).groupby("unit")["m"].sum()
    out["members"] = seats.reindex(out.index).fillna(0).astype(int)
    out["ledger_unit"] = first.reindex(out.index)
    single = one.reindex(out.index).eq(1) & out["ledger_unit"].notna()
    out["host"] = out["live"] & out["type"].isin(HOST_TYPES) & (out["n"] > 0) & single
    return out


def _places(store: Store, raw: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Return each organization's places: its own row's, park and community else from its building's row."""
    building = store.frame("building", as_of, ["park", "community", "street"]).set_index("key")
    out = raw[list(PLACES)].astype("object").where(raw[list(PLACES)].notna(), None)
    for kind in ("park", "community"):
        theirs = out["building"].map(building[kind].astype("object"))
        out[kind] = out[kind].where(out[kind].notna(), theirs)
        out[kind] = out[kind].where(out[kind].notna(), None)
    return out


def _ledger_units(
    store: Store,
    profile: Profile,
    raw: pd.DataFrame,
    places: pd.DataFrame,
    units: pd.DataFrame,
    as_of: int,
) -> pd.Series:
    division = store.frame("division", as_of, ["level", "parent", "name"]).set_index("key")
    park = store.frame("park", as_of, ["code", "level", "district", "street"]).set_index("key")
    building = store.frame("building", as_of, ["street", "community", "park"]).set_index("key")
    parent = division["parent"].astype("object")
    level = division["level"]

    def known(keys: pd.Series, levels: tuple[str, ...]) -> pd.Series:
        return keys.where(keys.map(level).isin(levels), None)

    streets, districts = ("街道", "乡镇"), ("区",)
    own = known(raw["street"].astype("object"), streets)
    by_community = known(places["community"].map(parent), streets)
    by_building = known(raw["building"].map(building["street"].astype("object")), streets)
    street = own.where(own.notna(), by_community)
    street = street.where(street.notna(), by_building)

    district = known(raw["district"].astype("object"), districts)
    for other in (
        street.map(parent),
        places["park"].map(park["district"].astype("object")),
        places["park"].map(park["street"].astype("object")).map(parent),
    ):
        other = known(other, districts)
        district = district.where(district.notna(), other)

    high = places["park"].map(park["level"]).isin(HIGH_ZONES)
    zone = places["park"].map(park["code"].astype("object"))
    line = raw["line"]
    unit = pd.Series(None, index=raw.index, dtype="object")
    on_street = line.eq("rural") | (line.eq("enterprise") & ~high)
    unit = unit.mask(on_street & street.notna(), "street:" + street.astype(str))
    unit = unit.mask(line.eq("enterprise") & high, "zone:" + zone.astype(str))
    municipal = line.eq("social") & raw["level"].eq("市级").fillna(False).astype(bool)
    local = line.eq("social") & ~municipal
    unit = unit.mask(local & district.notna(), "district:" + district.astype(str))
    office = _offices(raw, units).fillna(profile.audit.civil_affairs)
    return unit.mask(municipal, "dept:" + office.astype(str))


def _offices(raw: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Return the supervising office's name; a code there is resolved to it first."""
    text = raw["supervisor"].astype("object")
    of_unit = units["organization"].astype("object")
    named = of_unit.where(
        of_unit.notna() & ~of_unit.isin(raw.index), units["name"].astype("object")
    )
    via_unit = text.map(named)
    via_org = text.map(raw["name"].astype("object"))
    return via_unit.where(via_unit.notna(), via_org.where(via_org.notna(), text))


def _crosswalk(store: Store, as_of: int) -> dict[str, tuple[str, ...]]:
    table = store.frame("crosswalk", as_of, ["code_2011", "code_2017"])
    out: dict[str, list[str]] = {}
    for old, new in zip(table["code_2011"], table["code_2017"], strict=True):
        out.setdefault(str(old), []).append(str(new))
    return {old: tuple(sorted(new)) for old, new in out.items()}


# -- datums: WGS84 stays, GCJ-02 and BD-09 are inverted by iteration (FORMATION, Exact readings) ------------------

_A, _EE = 6378245.0, 0.00669342162296594323
_X = np.pi * 3000.0 / 180.0


def _wgs84(raw: pd.DataFrame, default: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon = raw["lon"].to_numpy(dtype=float, na_value=np.nan).copy()
    lat = raw["lat"].to_numpy(dtype=float, na_value=np.nan).copy()
    datum = raw["datum"].fillna(default).to_numpy(dtype=object)
    for name, forward in (("GCJ-02", _to_gcj), ("BD-09", lambda x, y: _to_bd(*_to_gcj(x, y)))):
        pick = (datum == name) & np.isfinite(lon) & np.isfinite(lat)
        if pick.any():
            lon[pick], lat[pick] = _invert(forward, lon[pick], lat[pick])
    bad = ~(np.isfinite(lon) & np.isfinite(lat))
    lon[bad] = lat[bad] = np.nan
    return np.round(lon, 7), np.round(lat, 7)


def _invert(forward: Any, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Any:
    x, y = lon.copy(), lat.copy()
    for _ in range(100):
        fx, fy = forward(x, y)
        dx, dy = lon - fx, lat - fy
        x, y = x + dx, y + dy
        if max(np.abs(dx).max(), np.abs(dy).max()) < 1e-9:
            break
    return x, y


def _to_gcj(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Any:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = lat / 180.0 * np.pi
    magic = 1.0 - _EE * np.sin(phi) ** 2
    north = north * 180.0 / (_A * (1.0 - _EE) / (magic * np.sqrt(magic)) * np.pi)
    east = east * 180.0 / (_A / np.sqrt(magic) * np.cos(phi) * np.pi)
    return lon + east, lat + north


def _to_bd(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Any:
    z = np.sqrt(lon * lon + lat * lat) + 0.00002 * np.sin(lat * _X)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006

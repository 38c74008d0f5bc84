"""A city's organizations and units as columns of numbers: what its map counts, filters and colours by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from graph import geo
from graph.city import PLACED
from graph.columns import is_known, mask, texts
from graph.coverage import SHEETS, Sets
from graph.schema import load_schema
from viz.containment import NEAREST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graph.city import City

    Bools = NDArray[np.bool_]
    Codes = NDArray[np.int8]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

STATES = ("single", "joint", "eligible", "uncovered", "outside")
"""What coverage says of an organization: of the base (``org_operating``), with a unit of its own; covered otherwise; without a unit
though it qualifies for one (S2); without one and not known to qualify; and not of the base."""
SINGLE, JOINT, ELIGIBLE, UNCOVERED, OUTSIDE = range(5)
KINDS = tuple(name for name in NEAREST if name not in ("street", "district", "parent"))
"""Places that the map has below streets, the smallest first: an organization is shown in the first that it lies in."""
NEEDED = (
    *PLACED,
    "status",
    "formal_members",
    "lon",
    "lat",
    "datum",
    "line",
    "industry",
    "industry_edition",
)
"""Properties of organizations that the map is made of."""
OTHER = -1
"""The code of a value that is unknown."""


@dataclass(frozen=True, eq=False)
class Words:
    """A column of a few words as numbers.

    Attributes
    ----------
    values : tuple of str
    codes : numpy.ndarray of int8
        Positions in ``values``, :data:`OTHER` where unknown.
    """

    values: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, column: NDArray[Any], values: Sequence[str] = ()) -> Words:
        """Return texts as numbers: those given first, then whatever else there is, by code point."""
        code, unique = pd.factorize(column)
        more = sorted({str(u) for u in unique} - set(values))
        known = (*values, *more)[:127]
        place = {value: at for at, value in enumerate(known)}
        to = np.array([*(place.get(str(u), OTHER) for u in unique), OTHER], dtype=np.int8)
        return cls(known, to[code])

    def take(self, order: Ints) -> Words:
        """Return the column in another order."""
        return Words(self.values, self.codes[order])


@dataclass(frozen=True, eq=False)
class Where:
    """What organizations or units lie in: positions in :class:`Columns`'s lists of keys, one beyond the end for nowhere."""

    district: Numbers
    street: Numbers
    place: Numbers


@dataclass(frozen=True, eq=False)
class Columns:
    """A city at a date, in columns.

    Attributes
    ----------
    as_of : int
    districts, streets : list of str
        Their codes, by code point.
    places : list of (kind, key)
        What lies in streets, by kind and key.
    names : dict of (kind, key) to str
        Of divisions and places, as far as rows say.
    points : dict of (kind, key) to (float, float)
        Where places lie by their own rows, in WGS84 degrees.
    cities : tuple of str
    parents : dict of str to str
        The division above each.
    lies, unit_lies : Where
        Of organizations, of units.
    organizations, units : pyarrow.Array
        Codes; of units those that are not dissolved.
    state, line, status, section, type : Words
        Of organizations, and of units the last.
    baseline, covered, eligible : numpy.ndarray of bool
        What organizations count for (:class:`graph.coverage.Sets`).
    lon, lat : numpy.ndarray of float
        WGS84 degrees of organizations; NaN where unknown or beyond the profile's extent, where no organization can be.
    covers, superior : (numpy.ndarray of int32, numpy.ndarray of int32)
        Which unit covers which organization, which unit is subordinate to which, as positions.
    """

    as_of: int
    cities: tuple[str, ...]
    parents: dict[str, str]
    districts: list[str]
    streets: list[str]
    places: list[tuple[str, str]]
    names: dict[tuple[str, str], str]
    points: dict[tuple[str, str], tuple[float, float]]
    lies: Where
    unit_lies: Where
    organizations: pa.Array
    units: pa.Array
    state: Words
    line: Words
    status: Words
    section: Words
    type: Words
    baseline: Bools
    covered: Bools
    eligible: Bools
    lon: Floats
    lat: Floats
    covers: tuple[Numbers, Numbers]
    superior: tuple[Numbers, Numbers]


def read(city: City) -> Columns:
    """Return a city's columns: its organizations are read once, and of them only what the map needs."""
    few = city.few(*NEEDED)
    sets = Sets.formed(city)
    at = city.located
    units = city.unit_rows
    live = mask(units["live"])
    rows = np.flatnonzero(live)
    divisions = city.places.divisions
    parents = dict(zip(divisions.index, texts(divisions["parent"]), strict=True))
    level = texts(divisions["level"])
    district = texts(at["at_district"])
    street = texts(at["at_street"])
    unit_street = city.places.street(texts(units["street"])[rows])
    unit_district = city.places.district(texts(units["district"])[rows])
    blank = ~is_known(unit_district)
    unit_district[blank] = city.places.district(city.places.parent(unit_street))[blank]

    districts, (of_district, of_unit_district) = _keys(district, unit_district)
    streets, (of_street, of_unit_street) = _keys(street, unit_street)
    places, of_place = _places(at)
    lies = Where(of_district, of_street, of_place)
    codes = pd.Index(np.asarray(units.index, dtype=object)[rows])
    # who covers formally is not dissolved
    covering, covered, _ = city.formal
    covers: tuple[Numbers, Numbers] = (
        (np.cumsum(live) - 1)[covering].astype(np.int32),
        covered.astype(np.int32),
    )
    tie = city.store.edges("SUBORDINATE_TO", city.as_of)[["source", "target"]].drop_duplicates()
    lower = codes.get_indexer(pd.Index(texts(tie["source"]), dtype=object))
    upper = codes.get_indexer(pd.Index(texts(tie["target"]), dtype=object))
    both = (lower >= 0) & (upper >= 0)
    unit_lies = _at_home(Where(of_unit_district, of_unit_street, np.full(len(rows), len(places), np.int32)),
                         lies, covers, (len(districts), len(streets), len(places)))  # fmt: skip
    lon, lat = (v.copy() for v in city.wgs84)
    beyond = ~geo.inside(lon, lat, city.profile.extent)
    lon[beyond] = lat[beyond] = np.nan
    names, points = _described(city, [kind for kind in KINDS if kind != "community"])
    return Columns(
        as_of=city.as_of,
        cities=tuple(sorted(str(k) for k in divisions.index[level == "市"])),
        parents={str(k): str(p) for k, p in parents.items() if p is not None},
        districts=districts,
        streets=streets,
        places=places,
        names=names | _division_names(city),
        points=points,
        lies=lies,
        unit_lies=unit_lies,
        organizations=city.codes,
        units=pa.array(codes, pa.large_string()),
        state=Words(STATES, _states(sets)),
        line=Words.of(texts(few["line"]), tuple(SHEETS)),
        status=Words.of(texts(few["status"]), _enumerated("organization", "status")),
        section=Words.of(city.sector_columns.own.texts[:, 0]),
        type=Words.of(texts(units["type"])[rows], _enumerated("unit", "type")),
        baseline=sets.baseline,
        covered=sets.covered,
        eligible=sets.eligible,
        lon=lon,
        lat=lat,
        covers=covers,
        superior=(lower[both].astype(np.int32), upper[both].astype(np.int32)),
    )


def _states(sets: Sets) -> Codes:
    out: Codes = np.select(
        [~sets.base, sets.covered & sets.single, sets.covered, sets.eligible],
        [OUTSIDE, SINGLE, JOINT, ELIGIBLE],
        UNCOVERED,
    ).astype(np.int8)
    return out


def _enumerated(kind: str, name: str) -> tuple[str, ...]:
    return tuple(load_schema().kinds[kind].properties[name].enum or ())


def _keys(*columns: NDArray[Any]) -> tuple[list[str], list[Numbers]]:
    """Return the texts of some columns by code point, and the columns as positions in them; one beyond the end is unknown."""
    coded = [pd.factorize(column) for column in columns]
    keys = sorted({str(u) for _, unique in coded for u in unique})
    place = {key: at for at, key in enumerate(keys)}
    out = []
    for code, unique in coded:
        to = np.array([*(place[str(u)] for u in unique), len(keys)], dtype=np.int32)
        out.append(to[code])
    return keys, out


def _places(at: pd.DataFrame) -> tuple[list[tuple[str, str]], Numbers]:
    """Return the places that organizations are shown in, by kind and key, and which of them each is."""
    n = len(at)
    code: Ints = np.full(n, -1, dtype=np.int64)
    found: list[tuple[str, str]] = []
    for kind in KINDS:
        own, unique = pd.factorize(texts(at[f"at_{kind}"]))
        free = (code < 0) & (own >= 0)
        code[free] = own[free] + len(found)
        found += [(kind, str(u)) for u in unique]
    order = sorted(range(len(found)), key=found.__getitem__)
    to = np.empty(len(found) + 1, dtype=np.int32)
    to[order] = np.arange(len(found), dtype=np.int32)
    to[-1] = len(found)
    return [found[k] for k in order], to[code]


def _at_home(
    own: Where, of: Where, covers: tuple[Numbers, Numbers], nowhere: tuple[int, int, int]
) -> Where:
    """Return where units lie: by their own rows, and within that, or without one, in what holds all that they cover."""
    units, organizations = covers
    n = len(own.place)
    out = [own.district.copy(), own.street.copy(), own.place.copy()]
    where = (of.district, of.street, of.place)
    for level, (column, none) in enumerate(zip(where, nowhere, strict=True)):
        low = np.full(n, none + 1, dtype=np.int32)
        high = np.full(n, -1, dtype=np.int32)
        np.minimum.at(low, units, column[organizations])
        np.maximum.at(high, units, column[organizations])
        one = (low == high) & (low < none)
        if level:
            # a street of the unit's own district, a place of its own street
            above = np.full(n, -2, dtype=np.int32)
            above[units] = where[level - 1][organizations]
            one &= above == out[level - 1]
        blank = one & (out[level] == none)
        out[level][blank] = low[blank]
    return Where(*out)


def _described(
    city: City, kinds: Sequence[str]
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[float, float]]]:
    """Return what places are called, and where they lie by their own rows."""
    names: dict[tuple[str, str], str] = {}
    points: dict[tuple[str, str], tuple[float, float]] = {}
    for kind in kinds:
        rows = city.store.frame(kind, city.as_of, ["name", "lon", "lat", "datum"])
        datum = texts(rows["datum"])
        datum[~is_known(datum)] = city.profile.datum
        lon, lat = (rows[n].to_numpy(dtype=float, na_value=np.nan) for n in ("lon", "lat"))
        lon, lat = geo.to_wgs84(lon, lat, datum)
        inside = geo.inside(lon, lat, city.profile.extent)
        for key, name, x, y, here in zip(rows["key"], texts(rows["name"]), lon, lat, inside, strict=True):  # fmt: skip
            if name is not None:
                names[kind, str(key)] = str(name)
            if here:
                points[kind, str(key)] = float(x), float(y)
    return names, points


def _division_names(city: City) -> dict[tuple[str, str], str]:
    divisions = city.places.divisions
    out: dict[tuple[str, str], str] = {}
    for key, name in zip(divisions.index, texts(divisions["name"]), strict=True):
        if name is not None:
            for kind in ("division", "community"):
                out[kind, str(key)] = str(name)
    return out

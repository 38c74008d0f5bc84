"""What the wall map counts: districts, streets or places, where each lies, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viz.city.columns import ELIGIBLE
from viz.city.counting import COUNTED
from viz.city.findings import positions
from viz.city.tree import DISTRICT, LEVELS, PLACE, STREET
from viz.wall.where import above_of, codes_of, level_of, own_of, scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from viz.city.ground import Ground
    from viz.city.view import CityMap
    from viz.wall.drawing import Box
    from viz.wall.where import Only

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Rings = list[Floats]

RATES = {
    "org_all": ("baseline_covered", "baseline"),
    "org_operating": ("base_covered", "base"),
    "org_eligible": ("eligible_covered", "eligible"),
}
"""Coverage definitions as counts of :mod:`viz.city.counting`."""
USUAL = "org_operating"
UNDER_WAY = ("formed", "verified")
DONE = ("struck_off", "rechecked")


@dataclass(frozen=True, eq=False)
class Area:
    """A district, street or place of the map.

    Attributes
    ----------
    number : int or None
        By which the list names it; ``None`` of what lies in none.
    name : str or None
    rings : list of list of numpy.ndarray
        Polygons of rings in degrees: its boundary, else the hull of what lies in it; none where neither spans an area.
    held : bool
        Whether it is a boundary.
    point : (float, float) or None
        Where it lies, where nothing spans an area.
    covered, whole : int
        Its rate.
    units, pending, under_way : int
    """

    number: int | None
    code: str | None
    name: str | None
    rings: list[Rings]
    held: bool
    point: tuple[float, float] | None
    outliers: int
    organizations: int
    covered: int
    whole: int
    units: int
    pending: int
    under_way: int

    @property
    def rate(self) -> float | None:
        """How much of it is covered."""
        return self.covered / self.whole if self.whole else None


@dataclass(frozen=True, eq=False)
class Subject:
    """What a wall map is of, counted.

    Attributes
    ----------
    code, name : str or None
        ``None``: all of the store.
    level : int
        Of the areas (:data:`viz.city.tree.LEVELS`).
    rings : list of (str, list of Rings)
        Its own outline, if there is one; and whether it is a boundary.
    areas : list of Area
        By code; what lies in none last.
    more : int
        Places that are not among them, for there are too many.
    extent : Box or None
    units, pending, under_way : tuple of numpy.ndarray
        Longitudes and latitudes, of units their positions too.
    totals, nowhere : dict of str to int
        Counts of all of it, and of what has no coordinates.
    crossed_off : int
        Organizations that the board has crossed off though no unit covers them.
    above : list of (str, list of Rings, bool)
        Names and outlines of the districts of a map by streets, and whether they are boundaries.
    codes : set of str
        Of all divisions in it.
    """

    code: str | None
    name: str | None
    level: int
    rings: list[Rings]
    held: bool
    areas: list[Area]
    more: int
    extent: Box | None
    units: tuple[Floats, Floats, Ints]
    pending: tuple[Floats, Floats]
    under_way: tuple[Floats, Floats]
    totals: dict[str, int]
    nowhere: dict[str, int]
    crossed_off: int
    definition: str
    above: list[tuple[str, list[Rings], bool]]
    codes: set[str | None]


def subject(
    city: CityMap,
    code: str | None,
    outlines: Mapping[str, list[Rings]],
    standings: Mapping[str, str],
    *,
    most: int,
    definition: str = USUAL,
    only: Only | None = None,
) -> Subject:
    """Count what a wall map shows.

    Parameters
    ----------
    outlines : mapping
        Boundaries by division.
    standings : mapping of str to str
        How far organizations are on the cross-off board, by code.
    most : int
        Areas for which the sheet has room.
    only : Only, optional
        Count and draw these alone, wherever they lie; ``code`` is theirs.

    Raises
    ------
    InputError
        There is no such city, district or street.
    """
    tree, ground = city.tree, city.ground
    found, places = scope(city, None if only else code)
    some_o: Bools | None = None
    some_u: Bools | None = None
    if only is not None:
        some_o, some_u = only.within(city)
        places = np.zeros(len(places), dtype=bool)
        places[tree.organizations.place[some_o]] = True
    level = level_of(city, found, places, most)
    organizations, units = tree.organizations, tree.units
    here = places[organizations.place] if some_o is None else some_o
    eligible = (city.counting.state.codes == ELIGIBLE) & here
    by = _by_state(city, standings)
    done = eligible & by[1]
    under = eligible & by[0]
    pending = eligible & ~done & ~under
    counted = city.counting.counts(city.counting.colourings["coverage"], some_o, some_u).counted
    n = len(places)
    each = {name: counted[:, k] for k, name in enumerate(COUNTED)}
    for kind, some in (("pending", pending), ("under_way", under)):
        each[kind] = np.bincount(organizations.place[some], minlength=n)
    numerator, denominator = RATES.get(definition, RATES[USUAL])
    nodes = tree.levels[level]
    some = np.flatnonzero(np.logical_or.reduceat(places, nodes.first)) if len(nodes) else []
    named: list[int] = []
    nameless: list[int] = []
    for node in map(int, some):
        (nameless if tree.key(level, node) is None else named).append(node)
    more = 0
    if level == PLACE and len(named) > most:
        size = {k: -int(each["organizations"][k]) for k in named}
        kept = set(sorted(named, key=lambda k: (size[k], k))[:most])
        more = len(named) - len(kept)
        named = [k for k in named if k in kept]
    hulls = dict(zip(named, ground.hulls(level, np.array(named, dtype=np.int64)), strict=True))
    areas = []
    for number, node in enumerate(named, 1):
        span = slice(int(nodes.first[node]), int(nodes.last[node]))
        sums = {k: int(v[span][places[span]].sum()) for k, v in each.items()}
        key = tree.key(level, node)
        rings = outlines.get(key or "", []) if level < PLACE else []
        held = bool(rings)
        corners, outliers = hulls.get(node, (None, 0))
        if not rings and corners is not None:
            rings = [[np.array(corners)]]
        at = ground.levels[level]
        point = (float(at.lon[node]), float(at.lat[node])) if np.isfinite(at.lon[node]) else None
        areas.append(Area(
            number, key, tree.name(level, node), rings, held, point, outliers, sums["organizations"], sums[numerator],
            sums[denominator], sums["units"], sums["pending"], sums["under_way"],
        ))  # fmt: skip
    if nameless:
        lost: Bools = np.zeros(n, dtype=bool)
        for node in nameless:
            lost[int(nodes.first[node]) : int(nodes.last[node])] = True
        lost &= places
        sums = {k: int(v[lost].sum()) for k, v in each.items()}
        areas.append(Area(
            None, None, None, [], False, None, 0, sums["organizations"], sums[numerator], sums[denominator],
            sums["units"], sums["pending"], sums["under_way"],
        ))  # fmt: skip
    inside: set[str | None] = {code}
    inside |= {key for lv in (DISTRICT, STREET) for key in codes_of(city, lv, places)}
    above = above_of(city, found, places, outlines) if level == STREET and len(found) != 1 else []
    own, own_held = own_of(city, code, found, outlines)
    totals = {k: int(v[places].sum()) for k, v in each.items()}
    totals["units"] = int((places[units.place] if some_u is None else some_u).sum())
    totals |= {"covered": totals[numerator], "whole": totals[denominator]}
    of = ground.organizations
    out = [here & which & np.isfinite(of.lon) for which in (pending, under)]
    drawn = places[units.place] if some_u is None else some_u
    which_units = np.flatnonzero(drawn & np.isfinite(ground.units.lon))
    nowhere = {
        "units": int(drawn.sum()) - len(which_units),
        "pending": totals["pending"] + totals["under_way"] - int(out[0].sum()) - int(out[1].sum()),
    }
    name: str | None = None
    if only is not None:
        name = only.name
    elif found and (code not in city.columns.cities):
        name = tree.name(*found[0])
    elif city.columns.cities:
        name = city.columns.names.get(("division", code or city.columns.cities[0]))
    return Subject(
        code, name, level, own, own_held, areas, more,
        _extent(own, areas, ground, places),
        (ground.units.lon[which_units], ground.units.lat[which_units], which_units),
        (of.lon[out[0]], of.lat[out[0]]), (of.lon[out[1]], of.lat[out[1]]), totals, nowhere, int((done & here).sum()),
        definition if definition in RATES else USUAL, above, inside,
    )  # fmt: skip


def _by_state(city: CityMap, standings: Mapping[str, str]) -> list[Bools]:
    """Return which organizations are under way on the board, and which it has crossed off."""
    out = []
    tree = city.tree
    for states in (UNDER_WAY, DONE):
        keys = sorted(code for code, state in standings.items() if state in states)
        some = np.zeros(len(tree.organizations.order), dtype=bool)
        if keys:
            at = positions(city.columns.organizations, tree.organizations.order, keys)
            some[at[at >= 0]] = True
        out.append(some)
    return out


def _extent(
    own: list[Rings], areas: list[Area], ground: Ground, places: Bools
) -> Box | None:  # fmt: skip
    """Return west, south, east, north of all outlines; of points alone, of those."""
    rings = [r for part in own for r in part] + [r for a in areas for part in a.rings for r in part]
    every = list(rings)
    every += [
        np.array([a.point]) for a in areas if a.point is not None and not a.rings and not rings
    ]
    if not every:
        bounds = ground.bounds[PLACE][:, places]
        if not np.isfinite(bounds).any():
            return None
        low, high = np.nanmin(bounds[:2], axis=1), np.nanmax(bounds[2:], axis=1)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
    points = np.concatenate(every)
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def level_name(level: int) -> str:
    """Return what areas of a level are called in the texts."""
    return LEVELS[level]

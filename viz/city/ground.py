"""Where things lie on a map: points of organizations, means and bounds of places, and hulls of few vertices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viz.city.tree import LEVELS, PLACE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.tree import Tree

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DECIMALS = 6
"""Of degrees in answers: a tenth of a metre."""
CORNERS = 16
"""Vertices of a hull at most: the farthest points in so many directions."""
FAR = 3.0
"""A point so many times as far from the middle as three quarters of the others are is none of an outline's."""
_ANGLES = np.arange(CORNERS) * (2 * np.pi / CORNERS)
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])
OWN, MEAN, AT = "own", "mean", "place"
"""How a position is known: stated by the thing's own row; the mean of what lies in it or of what it covers; that of its place."""


@dataclass(frozen=True, eq=False)
class Points:
    """Positions of the nodes of a level, or of residents.

    Attributes
    ----------
    lon, lat : numpy.ndarray of float
        WGS84 degrees, NaN unknown.
    how : numpy.ndarray of int8
        Position in (``own``, ``mean``, ``place``).
    """

    lon: Floats
    lat: Floats
    how: NDArray[np.int8]


HOW = (OWN, MEAN, AT)


class Ground:
    """A city on the map.

    Parameters
    ----------
    columns : viz.city.columns.Columns
    tree : viz.city.tree.Tree
    """

    def __init__(self, columns: Columns, tree: Tree) -> None:
        self._tree = tree
        order = tree.organizations.order
        lon, lat = columns.lon[order], columns.lat[order]
        known = np.isfinite(lon)
        place = tree.organizations.place
        n = len(tree.levels[PLACE])
        self._n = np.bincount(place[known], minlength=n)
        self._sums = [np.bincount(place[known], weights=v[known], minlength=n) for v in (lon, lat)]
        # the points that are known, place by place
        self._lon, self._lat = lon[known], lat[known]
        self._begins = np.r_[0, np.cumsum(self._n)].astype(np.int64)
        self.levels = [self._of_level(level, columns) for level in range(len(LEVELS))]
        self.organizations = self._residents(lon, lat, place, OWN)
        self.units = self._of_units(columns)
        self.bounds = [self._bounds(level) for level in range(len(LEVELS))]
        self._corners = [
            corners(self._lon, self._lat, self._begins[np.append(nodes.first, len(self._n))])
            for nodes in tree.levels
        ]
        self.extent = self._extent()

    def _of_level(self, level: int, columns: Columns) -> Points:
        tree = self._tree
        nodes = tree.levels[level]
        count = np.add.reduceat(self._n, nodes.first) if len(nodes) else self._n
        with np.errstate(invalid="ignore", divide="ignore"):
            lon, lat = (
                (np.add.reduceat(s, nodes.first) if len(nodes) else s) / count for s in self._sums
            )
        how = np.full(len(nodes), HOW.index(MEAN), dtype=np.int8)
        if level == PLACE:
            for node in range(len(nodes)):
                at = int(nodes.key[node])
                stated = columns.points.get(columns.places[at]) if at < tree.ends[PLACE] else None
                if stated is not None:
                    lon[node], lat[node] = stated
                    how[node] = HOW.index(OWN)
        return Points(lon, lat, how)

    def _residents(self, lon: Floats, lat: Floats, place: NDArray[np.int32], how: str) -> Points:
        """Return positions of residents: where one has none, that of its place, if a row states that."""
        at = self.levels[PLACE]
        stated = (at.how == HOW.index(OWN))[place] & np.isnan(lon)
        said = np.full(len(lon), HOW.index(how), dtype=np.int8)
        said[stated] = HOW.index(AT)
        return Points(
            np.where(stated, at.lon[place], lon), np.where(stated, at.lat[place], lat), said
        )

    def _of_units(self, columns: Columns) -> Points:
        """Return positions of units: the mean of what they cover."""
        n = len(columns.units)
        units, organizations = columns.covers
        lon, lat = columns.lon[organizations], columns.lat[organizations]
        known = np.isfinite(lon)
        count = np.bincount(units[known], minlength=n)
        with np.errstate(invalid="ignore", divide="ignore"):
            x, y = (
                np.bincount(units[known], weights=v[known], minlength=n) / count for v in (lon, lat)
            )
        order = self._tree.units.order
        return self._residents(x[order], y[order], self._tree.units.place, MEAN)

    def _bounds(self, level: int) -> Floats:
        """Return west, south, east, north of the points of each node; NaN where it has none."""
        nodes = self._tree.levels[level]
        out = np.full((4, len(nodes)), np.nan)
        begins, ends = self._begins[nodes.first], self._begins[nodes.last]
        some = np.flatnonzero(ends > begins)
        if len(some):
            for row, (least, values) in enumerate(
                ((True, self._lon), (True, self._lat), (False, self._lon), (False, self._lat))
            ):
                reduce = np.minimum.reduceat if least else np.maximum.reduceat
                out[row, some] = reduce(values, begins[some])
        points = self.levels[level]
        for row, values, least in ((0, points.lon, True), (1, points.lat, True),
                                   (2, points.lon, False), (3, points.lat, False)):  # fmt: skip
            out[row] = (np.fmin if least else np.fmax)(out[row], values)
        return out

    def _extent(self) -> list[float] | None:
        """Return west, south, east, north of the outlines of districts and streets, else of all that lies anywhere."""
        found = np.concatenate([self._corners[level].all for level in range(PLACE)])
        if len(found):
            return [float(v) for v in (*found.min(axis=0), *found.max(axis=0))]
        bounds = self.bounds[PLACE]
        if not np.isfinite(bounds).any():
            return None
        edges = (*np.nanmin(bounds[:2], axis=1), *np.nanmax(bounds[2:], axis=1))
        return [round(float(v), DECIMALS) for v in edges]

    def touched(self, level: int, box: tuple[float, float, float, float]) -> Bools:
        """Return which nodes of a level have a point in a box, as far as their bounds tell."""
        west, south, east, north = box
        w, s, e, n = self.bounds[level]
        out: Bools = (w <= east) & (e >= west) & (s <= north) & (n >= south)
        return out

    def hulls(self, level: int, some: Ints) -> list[Outline]:
        """Return the outlines of some nodes of a level."""
        return self._corners[level].outlines(some)


Outline = tuple[list[list[float]] | None, int]
"""The vertices of a convex hull, counter-clockwise, or ``None`` where points span no area; and how many points are not in it."""


@dataclass(frozen=True, eq=False)
class Corners:
    """The points of several sets that are farthest in :data:`CORNERS` directions.

    Attributes
    ----------
    points : numpy.ndarray of float, shape (sets, CORNERS, 2)
        Longitudes and latitudes, one after the other around; NaN of a set of fewer than three.
    outliers : numpy.ndarray of int32
        Points of each that are not among its others (:func:`typical`).
    """

    points: Floats
    outliers: NDArray[np.int32]

    def outlines(self, some: Ints) -> list[Outline]:
        """Return the outlines of some sets."""
        told = zip(self.points[some].tolist(), self.outliers[some].tolist(), strict=True)
        return [(_polygon(corners), left) for corners, left in told]

    @property
    def all(self) -> Floats:
        """Longitudes and latitudes of the corners of all outlines."""
        found = [
            c for corners, _ in self.outlines(np.arange(len(self.points))) for c in corners or ()
        ]
        return np.array(found).reshape(len(found), 2)


def corners(lon: Floats, lat: Floats, begins: Ints) -> Corners:
    """Return the corners of several sets of points, each from where it begins to where the next does, all at once.

    Without those that lie so far off (:func:`typical`): one wrong row would make a district's outline half of the city.
    """
    number = np.diff(begins)
    points = np.full((len(number), CORNERS, 2), np.nan)
    out = Corners(points, np.zeros(len(number), dtype=np.int32))
    some = np.flatnonzero(number)
    if not len(some):
        return out
    sets = np.repeat(np.arange(len(some)), number[some])
    kept = typical(lon, lat, sets, len(some))
    out.outliers[some] = np.bincount(sets[~kept], minlength=len(some))
    lon, lat, sets = lon[kept], lat[kept], sets[kept]
    first = np.searchsorted(sets, np.arange(len(some)))
    n = np.diff(np.append(first, len(sets)))
    x, y = (v - (np.add.reduceat(v, first) / n)[sets] for v in (lon, lat))
    lon, lat = np.round(lon, DECIMALS), np.round(lat, DECIMALS)
    area = n > 2
    for k, (cos, sin) in enumerate(_DIRECTIONS.T):
        far = x * cos + y * sin
        farthest = np.flatnonzero(far == np.maximum.reduceat(far, first)[sets])
        # of several as far the first
        at = farthest[np.searchsorted(sets[farthest], np.arange(len(some)))]
        points[some[area], k, 0], points[some[area], k, 1] = lon[at][area], lat[at][area]
    return out


def _polygon(around: list[list[float]]) -> list[list[float]] | None:
    """Return corners in their order, each once; ``None`` where they enclose nothing."""
    if around[0][0] != around[0][0]:
        return None
    found = list(dict.fromkeys(map(tuple, around)))
    turned = [*found[1:], found[0]]
    area = sum(a * d - c * b for (a, b), (c, d) in zip(found, turned, strict=True))
    if len(found) < 3 or abs(area) < 1e-12:
        return None
    return [[a, b] for a, b in found]


def typical(lon: Floats, lat: Floats, sets: Ints, number: int) -> Bools:
    """Return which points are not :data:`FAR` times as far from the middle of their set as three quarters of it are."""
    size = np.bincount(sets, minlength=number)
    first = np.cumsum(size) - size
    middle = [_quantile(v, sets, first, size, 0.5) for v in (lon, lat)]
    flat = np.cos(np.radians(middle[1]))
    far = np.hypot((lon - middle[0][sets]) * flat[sets], lat - middle[1][sets])
    usual = _quantile(far, sets, first, size, 0.75)
    out: Bools = (far <= FAR * usual[sets]) | (usual[sets] <= 0)
    return out


def _quantile(values: Floats, sets: Ints, first: Ints, size: Ints, share: float) -> Floats:
    """Return a quantile of each set, between two values as numpy's are by default."""
    values = values[np.lexsort((values, sets))]
    at = share * (size - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, size - 1)
    a, b = values[first + low], values[first + high]
    out: Floats = a + (b - a) * (at - low)
    return out

"""Pairs of organizations in compiled code: dissimilarity, adjacency, similarity.

This is the one place where the formulas of FORMATION's *Pair dissimilarity* are evaluated for planning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from graph.formation.costs import (
    BUILDING,
    CLASS,
    COMMUNITY,
    DIVISION,
    FAR,
    FAR_SLOPE,
    FARTHEST,
    GROUP,
    LINKED,
    NEAR,
    NEAR_SLOPE,
    OTHER,
    PLACE,
    SECTION,
    UNLOCATED,
)
from graph.formation.solver.instance import TOGETHER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.costs import CostModel

METRES_PER_DEGREE = 111319.49  # FORMATION, Distance

AT = ("at_building", "at_park", "at_commercial_street", "at_market", "at_community")
"""The city's columns behind :attr:`Features.places`."""


class Features(NamedTuple):
    """What the dissimilarity of two organizations depends on, a row each.

    Attributes
    ----------
    places : int32[n, 5]
        Building, park, commercial street, market, community; −1 where none.
    edition, own, common : int8[n], int32[n, 4], int32[n, 4]
        :class:`graph.sector.SectorColumns` in numbers (section, division, group, class; −1 where not given).
    lon, lat : float64[n]
        WGS84 degrees rounded to 1e-7; NaN where unknown.
    association_start, leader_start : int64[n + 1]; association, leader : int32[…]
        Associations and leading firms of each organization, ascending.
    """

    places: NDArray[np.int32]
    edition: NDArray[np.int8]
    own: NDArray[np.int32]
    common: NDArray[np.int32]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    association_start: NDArray[np.int64]
    association: NDArray[np.int32]
    leader_start: NDArray[np.int64]
    leader: NDArray[np.int32]

    def take(self, rows: NDArray[np.int64]) -> Features:
        """Return the features of some organizations, in the order of ``rows``."""
        association_start, association = _take(self.association_start, self.association, rows)
        leader_start, leader = _take(self.leader_start, self.leader, rows)
        return Features(
            self.places[rows],
            self.edition[rows],
            self.own[rows],
            self.common[rows],
            self.lon[rows],
            self.lat[rows],
            association_start,
            association,
            leader_start,
            leader,
        )


class Levels(NamedTuple):
    """:class:`~graph.formation.costs.CostModel` as compiled code takes it."""

    levels: NDArray[np.int64]
    similar: NDArray[np.bool_]
    denominator: int
    radius: int


class Pairs(NamedTuple):
    """Some pairs in columns: ``d`` in 1e-6, ``centimetres`` −1 where unknown, ``meeting`` a :class:`graph.sector.Level`.

    ``adjacency`` and ``similarity`` are weighted levels times the model's denominator; ``shared`` has a bit for each of
    :data:`AT` that both are in, ``linked`` says whether they share an association or a leading firm.
    """

    d: NDArray[np.int64]
    adjacent: NDArray[np.bool_]
    alike: NDArray[np.bool_]
    adjacency: NDArray[np.int64]
    similarity: NDArray[np.int64]
    centimetres: NDArray[np.int64]
    meeting: NDArray[np.int8]
    shared: NDArray[np.int8]
    linked: NDArray[np.bool_]

    def take(self, some: NDArray[np.bool_] | NDArray[np.int64]) -> Pairs:
        """Return some of the pairs."""
        return Pairs(
            self.d[some], self.adjacent[some], self.alike[some], self.adjacency[some], self.similarity[some],
            self.centimetres[some], self.meeting[some], self.shared[some], self.linked[some],
        )  # fmt: skip


def levels(model: CostModel) -> Levels:
    """Return the part of a cost model that pairs need."""
    return Levels(model.levels, model.similar, model.denominator, model.radius)


def _take(
    start: NDArray[np.int64], values: NDArray[np.int32], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    sizes = start[rows + 1] - start[rows]
    out = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.repeat(start[rows] - out[:-1], sizes) + np.arange(out[-1])
    return out, values[at]


@nb.njit(cache=True, nogil=True)
def centimetres(lon1: float, lat1: float, lon2: float, lat2: float) -> int:
    """Return the distance of FORMATION in whole centimetres; −1 where a location is unknown."""
    if np.isnan(lon1) or np.isnan(lon2) or np.isnan(lat1) or np.isnan(lat2):
        return -1
    x = (lon1 - lon2) * np.cos(np.radians((lat1 + lat2) / 2.0))
    y = lat1 - lat2
    return int(np.rint(METRES_PER_DEGREE * np.sqrt(x * x + y * y) * 100.0))


@nb.njit(cache=True, nogil=True)
def _linked(a: Features, i: int, b: Features, j: int) -> bool:
    """Whether two share an association or a leading firm.

    Arrays are taken where they are read, never named: to count who holds them took ten times as long as all else about a pair.
    """
    x, y = a.association_start[i], b.association_start[j]
    while x < a.association_start[i + 1] and y < b.association_start[j + 1]:
        if a.association[x] == b.association[y]:
            return True
        if a.association[x] < b.association[y]:
            x += 1
        else:
            y += 1
    x, y = a.leader_start[i], b.leader_start[j]
    while x < a.leader_start[i + 1] and y < b.leader_start[j + 1]:
        if a.leader[x] == b.leader[y]:
            return True
        if a.leader[x] < b.leader[y]:
            x += 1
        else:
            y += 1
    return False


@nb.njit(cache=True, nogil=True)
def _meeting(a: Features, i: int, b: Features, j: int) -> int:
    """Return the deepest level at which two sectors meet (:func:`graph.sector.meeting`)."""
    same = a.edition[i] == b.edition[j]
    for level in range(3, -1, -1):
        x = a.own[i, level] if same else a.common[i, level]
        y = b.own[j, level] if same else b.common[j, level]
        if x >= 0 and x == y:
            return level + 1
    return 0


@nb.njit(
    cache=True, nogil=True, inline="always"
)  # twice as fast: its arguments are some twenty arrays
def _pair(a, i, b, j, m):  # type: ignore[no-untyped-def]
    """Return d, adjacent, similar, weighted adjacency and similarity, centimetres, meeting, shared, linked."""
    adjacency = np.int64(-1)
    shared = 0
    for kind in range(5):
        x = a.places[i, kind]
        if x >= 0 and x == b.places[j, kind]:
            shared |= 1 << kind
            level = m.levels[BUILDING if kind == 0 else (COMMUNITY if kind == 4 else PLACE)]
            if adjacency < 0 or level < adjacency:
                adjacency = level
    adjacent = adjacency >= 0
    far = centimetres(a.lon[i], a.lat[i], b.lon[j], b.lat[j])
    if 0 <= far <= m.radius:
        level = m.levels[NEAR] + m.levels[NEAR_SLOPE] * far
        if adjacency < 0 or level < adjacency:
            adjacency = level
        adjacent = np.True_
    if not adjacent:
        if far < 0:
            adjacency = m.levels[UNLOCATED]
        else:
            adjacency = min(m.levels[FAR] + m.levels[FAR_SLOPE] * far, m.levels[FARTHEST])
    meeting = _meeting(a, i, b, j)
    best = OTHER
    if meeting == 4:
        best = CLASS
    elif meeting == 3:
        best = GROUP
    elif meeting == 2:
        best = DIVISION
    elif meeting == 1:
        best = SECTION
    linked = _linked(a, i, b, j)
    if linked and (best == OTHER or m.levels[LINKED] < m.levels[best]):
        best = LINKED
    similarity = m.levels[best]
    d = (adjacency + similarity) // m.denominator
    return d, adjacent, m.similar[best - CLASS], adjacency, similarity, far, meeting, shared, linked


@nb.njit(cache=True, nogil=True)
def _matrices(f: Features, m: Levels, d, flags) -> None:  # type: ignore[no-untyped-def]
    n = len(f.lon)
    for i in range(n):
        for j in range(i + 1, n):
            value, adjacent, alike, _, _, _, _, _, _ = _pair(f, i, f, j, m)
            d[i, j] = value
            d[j, i] = value
            if adjacent and alike:
                flags[i, j] |= TOGETHER
                flags[j, i] |= TOGETHER


@nb.njit(cache=True, nogil=True)
def _rows(f: Features, a, b, m: Levels, out: Pairs) -> None:  # type: ignore[no-untyped-def]
    for x in range(len(a)):
        (
            out.d[x], out.adjacent[x], out.alike[x], out.adjacency[x], out.similarity[x], out.centimetres[x],
            out.meeting[x], out.shared[x], out.linked[x],
        ) = _pair(f, a[x], f, b[x], m)  # fmt: skip


@nb.njit(cache=True, nogil=True)
def _hosts(  # type: ignore[no-untyped-def]
    f: Features, start, covered, c: Features, m: Levels, division: int, out
) -> None:
    for u in range(len(start) - 1):
        for i in range(len(f.lon)):
            total = np.int64(0)
            allowed = False
            for x in range(start[u], start[u + 1]):
                d, adjacent, _, _, _, _, meeting, _, _ = _pair(f, i, c, covered[x], m)
                total += d
                allowed = allowed or adjacent or meeting >= division
            out[u, i] = total if allowed else -1


def matrices(f: Features, model: CostModel) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return d (int32[n, n]) and flags (uint8[n, n], ``TOGETHER`` set) of all pairs."""
    n = len(f.lon)
    d = np.zeros((n, n), dtype=np.int32)
    flags = np.zeros((n, n), dtype=np.uint8)
    _matrices(f, levels(model), d, flags)
    return d, flags


def pairs(f: Features, a: NDArray[np.int64], b: NDArray[np.int64], model: CostModel) -> Pairs:
    """Return what holds of the pairs ``(a[x], b[x])``."""
    n = len(a)
    out = Pairs(
        np.empty(n, np.int64), np.empty(n, np.bool_), np.empty(n, np.bool_), np.empty(n, np.int64), np.empty(n, np.int64),
        np.empty(n, np.int64), np.empty(n, np.int8), np.empty(n, np.int8), np.empty(n, np.bool_),
    )  # fmt: skip
    _rows(f, a, b, levels(model), out)
    return out


def host_sums(
    f: Features, c: Features, start: NDArray[np.int64], covered: NDArray[np.int64], model: CostModel
) -> NDArray[np.int64]:
    """Return Σ d to what each host covers: int64[hosts, n], −1 where attaching is not allowed (FORMATION, *Attaching*).

    Parameters
    ----------
    f, c : Features
        The small organizations, and those that hosts cover.
    start, covered : int64[hosts + 1], int64[…]
        Positions in ``c`` of what each host covers.
    """
    out = np.empty((len(start) - 1, len(f.lon)), dtype=np.int64)
    _hosts(f, start, covered, c, levels(model), 2, out)
    return out

"""Dissimilarities of one ledger unit, in exact integers of 1e-6, by the verifier's own reading of FORMATION.

With the distance in whole centimetres every term of d(i,j) is rational, so ``⌊10⁶·d⌋`` is computed without rounding:
``(constant + slope·centimetres) // denominator`` in integers taken from the profile's decimals (:class:`Coefficients`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import floor, lcm
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from graph.errors import ProfileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graph.formation.verify.facts import Facts
    from graph.formation.verify.sectors import Sectors
    from graph.policy.settings import Formation

MICRO = 1_000_000
METRES = 111319.49
BUILDING, PLACE, COMMUNITY, NEAR, FAR, CAPPED, UNKNOWN = range(7)
CLASS, GROUP, DIVISION, LINKED, SECTION, OTHER = range(6)


@cache
def exact(value: float) -> Fraction:
    """Return a profile's decimal as the fraction it was written as (0.35 is 7/20)."""
    return Fraction(repr(float(value)))


def micro(value: float) -> int:
    """Return a cost in integers of 1e-6; costs of the profile are whole there."""
    whole = exact(value) * MICRO
    return int(whole)


@dataclass(frozen=True)
class Coefficients:
    """``whole[s, a] + slope_whole[a]·cm + (part[s, a] + slope_part[a]·cm) // denominator[a]`` is d in 1e-6; the rest are limits.

    ``s`` counts the similarities, ``a`` the adjacencies; ``cm`` is the distance in centimetres. Only fractions are left over the
    denominator, so that 64 bits hold whatever a profile may set.
    """

    whole: NDArray[np.int64]
    part: NDArray[np.int64]
    slope_whole: NDArray[np.int64]
    slope_part: NDArray[np.int64]
    denominator: NDArray[np.int64]
    radius_cm: int
    far_cm: int
    similar: NDArray[np.uint8]
    order: NDArray[np.int64]
    adjacency: NDArray[np.int64]


def coefficients(f: Formation) -> Coefficients:
    """Take the coefficients of d from a profile.

    Raises
    ------
    ProfileError
        Numbers so fine that d can't be computed exactly in 64 bits.
    """
    wa, ws = exact(f.weight_adjacency), exact(f.weight_similarity)
    radius, far = exact(f.radius) * 100, exact(f.far) * 100
    half = Fraction(1, 2)
    at_zero = [
        exact(f.adjacency_building),
        exact(f.adjacency_place),
        exact(f.adjacency_community),
        exact(f.adjacency_near),
        exact(f.adjacency_far) - half * radius / far,
        exact(f.adjacency_far) + half,
        exact(f.adjacency_far),
    ]
    per_cm = [Fraction(0)] * 7
    per_cm[NEAR] = half / radius if radius else Fraction(0)
    per_cm[FAR] = half / far
    levels = [
        exact(f.similarity_class),
        exact(f.similarity_group),
        exact(f.similarity_division),
        exact(f.similarity_linked),
        exact(f.similarity_section),
        exact(f.similarity_other),
    ]
    # who shares a class shares its group, division and section too: the smallest that applies
    for finer, coarser in ((DIVISION, SECTION), (GROUP, DIVISION), (CLASS, GROUP)):
        levels[finer] = min(levels[finer], levels[coarser])
    constants = [[MICRO * (wa * a + ws * s) for a in at_zero] for s in levels]
    slopes = [MICRO * wa * b for b in per_cm]
    denominator = [
        lcm(*(row[a].denominator for row in constants), slopes[a].denominator) for a in range(7)
    ]
    longest = int(radius + far) + 1
    if max(denominator) * longest >= 1 << 62:
        raise ProfileError(
            "profile: radius, far and the weights are given so finely that costs can't be exact; round them",
            "规则档案：radius、far 与权重的小数位过细，无法精确计算成本，请取整",
        )
    limit = exact(f.similar)
    return Coefficients(
        whole=np.array([[floor(x) for x in row] for row in constants], dtype=np.int64),
        part=np.array(
            [
                [int((x - floor(x)) * denominator[a]) for a, x in enumerate(row)]
                for row in constants
            ],
            dtype=np.int64,
        ),
        slope_whole=np.array([floor(x) for x in slopes], dtype=np.int64),
        slope_part=np.array(
            [int((x - floor(x)) * denominator[a]) for a, x in enumerate(slopes)], dtype=np.int64
        ),
        denominator=np.array(denominator, dtype=np.int64),
        radius_cm=int(radius),
        far_cm=int(far),
        similar=np.array([s <= limit for s in levels], dtype=np.uint8),
        order=np.array([int(s * MICRO) for s in levels], dtype=np.int64),
        adjacency=np.array([int(a * MICRO) for a in at_zero[:4]], dtype=np.int64),
    )


@dataclass(frozen=True)
class Features:
    """Organizations as numbers: -1 where unknown.

    ``place`` int64[n, 5] in the order building, park, commercial street, market, community; ``lon``, ``lat`` float64[n];
    ``own``/``common`` int64[n, 4] sector codes (section, division, group, class) in the own and in the common edition;
    ``edition`` int64[n]; ``link_start``, ``links`` the associations and leading firms (compressed rows, sorted).
    """

    keys: tuple[str, ...]
    place: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    own: NDArray[np.int64]
    common: NDArray[np.int64]
    edition: NDArray[np.int64]
    link_start: NDArray[np.int64]
    links: NDArray[np.int64]


def features(facts: Facts, sectors: Sectors, keys: Sequence[str]) -> Features:
    """Turn into numbers what the dissimilarity of these organizations rests on."""
    import pandas as pd

    from graph.formation.verify.jurisdiction import PLACES

    o = facts.organizations.loc[list(keys)]
    place = np.empty((len(keys), 5), dtype=np.int64)
    for x, kind in enumerate(PLACES):
        place[:, x] = pd.factorize(o[kind])[0]
    own, common, edition = sectors.numbers(o["sector"], o["edition"])
    position = pd.Series(np.arange(len(keys)), index=list(keys))
    both = pd.concat([facts.associations.assign(k="m"), facts.leaders.assign(k="l")])
    both = both[both["organization"].isin(position.index)]
    codes = pd.factorize(both["k"] + both["group"].astype(str))[0]
    rows = both["organization"].map(position).to_numpy(dtype=np.int64)
    sort = np.lexsort((codes, rows))
    start = np.zeros(len(keys) + 1, dtype=np.int64)
    np.add.at(start, rows + 1, 1)
    return Features(
        keys=tuple(keys),
        place=place,
        lon=o["lon"].to_numpy(dtype=float),
        lat=o["lat"].to_numpy(dtype=float),
        own=own,
        common=common,
        edition=edition,
        link_start=np.cumsum(start),
        links=codes[sort].astype(np.int64),
    )


@nb.njit(cache=True)
def _centimetres(lon1, lat1, lon2, lat2):  # type: ignore[no-untyped-def]
    dx = (lon2 - lon1) * np.cos((lat1 + lat2) / 2.0 * np.pi / 180.0)
    dy = lat2 - lat1
    return np.int64(np.rint(METRES * np.sqrt(dx * dx + dy * dy) * 100.0))


@nb.njit(cache=True)
def _sector_level(own, common, edition, i, j):  # type: ignore[no-untyped-def]
    """Return the finest GB/T level that both give and share: 3 class … 0 section, -1 none."""
    table = own if edition[i] == edition[j] else common
    for level in range(3, -1, -1):
        if table[i, level] >= 0 and table[i, level] == table[j, level]:
            return level
    return -1


@nb.njit(cache=True)
def _share(start, links, i, j):  # type: ignore[no-untyped-def]
    x, y = start[i], start[j]
    while x < start[i + 1] and y < start[j + 1]:
        if links[x] == links[y]:
            return True
        if links[x] < links[y]:
            x += 1
        else:
            y += 1
    return False


@nb.njit(cache=True)
def _pair(  # type: ignore[no-untyped-def]
    i, j, place, lon, lat, own, common, edition, start, links,
    whole, part, slope_whole, slope_part, q, radius, far, similar, order, adjacency,
):  # fmt: skip
    """Return (d in 1e-6, adjacent, similar, same division, shares a place, within the radius)."""
    adjacent = False
    near = False
    shares = False
    kind = UNKNOWN
    cm = np.int64(0)
    if lon[i] == lon[i] and lon[j] == lon[j]:
        cm = _centimetres(lon[i], lat[i], lon[j], lat[j])
        if cm <= radius:
            kind = NEAR
            near = True
            adjacent = True
        elif cm - radius < far:
            kind = FAR
        else:
            kind = CAPPED
    for x in range(5):
        if place[i, x] >= 0 and place[i, x] == place[j, x]:
            a = BUILDING if x == 0 else (COMMUNITY if x == 4 else PLACE)
            # The smallest that applies; what is not adjacent otherwise has no say beside a shared place.
            if not adjacent:
                kind = a
            elif kind == NEAR:
                # against near + 0.5·cm/radius, without dividing
                over = adjacency[a] - adjacency[NEAR]
                if over < 0 or 2 * over * radius < MICRO * cm:
                    kind = a
            elif adjacency[a] < adjacency[kind]:
                kind = a
            shares = True
            adjacent = True
    level = _sector_level(own, common, edition, i, j)
    s = OTHER
    if level == 3:
        s = CLASS
    elif level == 2:
        s = GROUP
    elif level == 1:
        s = DIVISION
    elif level == 0:
        s = SECTION
    if (s == OTHER or order[LINKED] < order[s]) and _share(start, links, i, j):
        s = LINKED
    d = whole[s, kind] + slope_whole[kind] * cm
    d += (part[s, kind] + slope_part[kind] * cm) // q[kind]
    return d, adjacent, similar[s] == 1, level >= 1, shares, near


@nb.njit(cache=True)
def _matrix(  # type: ignore[no-untyped-def]
    n, place, lon, lat, own, common, edition, start, links,
    whole, part, slope_whole, slope_part, q, radius, far, similar, order, adjacency,
):  # fmt: skip
    d = np.zeros((n, n), dtype=np.int32)
    fits = np.zeros((n, n), dtype=np.uint8)
    division = np.zeros((n, n), dtype=np.uint8)
    for i in range(n):
        for j in range(i):
            v, adjacent, alike, same, _, _ = _pair(
                i, j, place, lon, lat, own, common, edition, start, links,
                whole, part, slope_whole, slope_part, q, radius, far, similar, order, adjacency,
            )  # fmt: skip
            d[i, j] = d[j, i] = v
            fits[i, j] = fits[j, i] = adjacent and alike
            division[i, j] = division[j, i] = same
    return d, fits, division


@nb.njit(cache=True)
def _hosts(  # type: ignore[no-untyped-def]
    n, hosts, host_start, place, lon, lat, own, common, edition, start, links,
    whole, part, slope_whole, slope_part, q, radius, far, similar, order, adjacency,
):  # fmt: skip
    """Return, for each of the first ``n`` and each host, Σ d over its organizations, or -1 where it may not join."""
    m = host_start.size - 1
    out = np.full((n, m), -1, dtype=np.int64)
    for u in range(m):
        for i in range(n):
            total = np.int64(0)
            may = False
            for x in range(host_start[u], host_start[u + 1]):
                v, _, _, same, shares, near = _pair(
                    i, hosts[x], place, lon, lat, own, common, edition, start, links,
                    whole, part, slope_whole, slope_part, q, radius, far, similar, order, adjacency,
                )  # fmt: skip
                total += v
                may = may or shares or near or same
            if may:
                out[i, u] = total
    return out


def _arguments(f: Features, c: Coefficients) -> tuple[object, ...]:
    return (
        f.place, f.lon, f.lat, f.own, f.common, f.edition, f.link_start, f.links,
        c.whole, c.part, c.slope_whole, c.slope_part, c.denominator,
        c.radius_cm, c.far_cm, c.similar, c.order, c.adjacency,
    )  # fmt: skip


def matrices(
    f: Features, c: Coefficients, n: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8]]:
    """Return d (1e-6), *adjacent and similar*, *same division* for all pairs of the first ``n``."""
    d, fits, division = _matrix(n, *_arguments(f, c))
    return d, fits, division


def host_sums(
    f: Features, c: Coefficients, n: int, covered: Sequence[Sequence[int]]
) -> NDArray[np.int64]:
    """Return int64[n, hosts]: Σ d to the organizations that each host covers, -1 where attaching is not allowed."""
    start = np.cumsum([0, *(len(x) for x in covered)]).astype(np.int64)
    flat = np.array([j for x in covered for j in x], dtype=np.int64)
    out: NDArray[np.int64] = _hosts(n, flat, start, *_arguments(f, c))
    return out

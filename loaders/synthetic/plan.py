"""The ground plan: divisions, zones, parks, buildings, commercial streets and markets, with where they are.

Sizes have heavy tails: streets by a slow power law, places within a street by Zipf's law, and for each 20,000
organizations one building that holds 200 and more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from loaders.synthetic import names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

CENTRE: Final = (114.32, 30.58)
BOX: Final = (113.95, 30.25, 114.70, 30.92)
"""All coordinates lie here (WGS84: west, south, east, north), within the extent of ``wuhan-2016``."""
METRES: Final = 111_319.49
LEVELS: Final = ("国家级", "省级", "市级", "区级", "其他")


@dataclass
class Places:
    """Places of one kind (``park``, ``building``, ``commercial_street``, ``market``); one array entry each."""

    kind: str
    code: list[str]
    name: list[str]
    district: Ints
    street: Ints  # -1: none (a zone belongs to a district)
    community: Ints  # -1: none
    park: Ints  # -1: none
    weight: Floats
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        return len(self.code)


@dataclass
class Plan:
    """The city before any organization: divisions by index, places by index."""

    district_name: list[str]
    district_code: list[str]
    street_name: list[str]
    street_code: list[str]
    street_district: Ints
    street_is_town: NDArray[np.bool_]
    street_weight: Floats
    street_lon: Floats
    street_lat: Floats
    community_name: list[str]
    community_code: list[str]
    community_street: Ints
    community_weight: Floats
    community_lon: Floats
    community_lat: Floats
    parks: Places
    park_level: Ints
    park_beside: Ints
    """The street beside which a park lies: its organizations' postal address."""
    park_station: NDArray[np.bool_]
    buildings: Places
    commercial_streets: Places
    markets: Places
    giants: Ints
    """Buildings that hold 200 and more."""

    @property
    def zones(self) -> int:
        """How many of the parks are zones of provincial level or above; they come first."""
        return int((self.park_level < 2).sum())


def zipf(sizes: Ints, exponent: float) -> Floats:
    """Return weights by rank within consecutive groups of these sizes, each group's sum being 1."""
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    rank = np.arange(int(sizes.sum())) - starts + 1
    weight = rank.astype(np.float64) ** -exponent
    totals = np.add.reduceat(weight, np.cumsum(sizes) - sizes) if len(sizes) else weight
    return np.asarray(weight / np.repeat(totals, sizes), dtype=np.float64)


def scatter(
    rng: np.random.Generator, lon: Floats, lat: Floats, metres: float
) -> tuple[Floats, Floats]:
    """Return points normally spread around others, kept within the city's box."""
    west, south, east, north = BOX
    noise = rng.standard_normal((2, len(lon))) * (metres / METRES)
    return (
        np.clip(lon + noise[0] / np.cos(np.radians(CENTRE[1])), west, east),
        np.clip(lat + noise[1], south, north),
    )


def lay_out(rng: np.random.Generator, organizations: int) -> Plan:
    """Return the plan of a city for this many organizations."""
    n_districts = int(np.clip(organizations // 400, 2, len(names.DISTRICTS)))
    n_streets = int(max(2 * n_districts, min(240, round(30 * (organizations / 4000) ** 0.377))))
    turn = rng.random() * 2 * np.pi
    angle = turn + np.arange(n_districts) * (2 * np.pi / n_districts)
    reach = 0.10 + 0.14 * (np.arange(n_districts) % 2)
    d_lon, d_lat = CENTRE[0] + reach * np.cos(angle), CENTRE[1] + reach * np.sin(angle)

    district = np.sort(np.arange(n_streets) % n_districts)
    within = np.arange(n_streets) - np.searchsorted(district, district)
    town = within % 3 == 2
    if not town.any():
        town = within == 1
    rank = rng.permutation(n_streets) + 1
    weight = rank.astype(np.float64) ** -0.25
    weight /= weight.sum()
    s_lon, s_lat = scatter(rng, d_lon[district], d_lat[district], 4_000)
    d_code = [f"{int(names.CITY_CODE[:4])}{i + 1:02d}" for i in range(n_districts)]
    s_code = [
        f"{d_code[d]}{(100 if t else 0) + w + 1:03d}"
        for d, w, t in zip(district.tolist(), within.tolist(), town.tolist(), strict=True)
    ]
    s_name = [
        word + ("镇" if t else "街道")
        for word, t in zip(names.street_names(n_streets), town.tolist(), strict=True)
    ]

    per_street = np.clip(np.round(weight * organizations / 90), 3, 40).astype(np.int64)
    community_street = np.repeat(np.arange(n_streets), per_street)
    c_within = np.arange(len(community_street)) - np.searchsorted(
        community_street, community_street
    )
    c_lon, c_lat = scatter(rng, s_lon[community_street], s_lat[community_street], 900)
    words = names.cycle(names.COMMUNITY_WORDS, 60)
    c_name = [
        words[(w + 7 * s) % len(words)] + ("村" if town[s] and w % 2 else "社区")
        for s, w in zip(community_street.tolist(), c_within.tolist(), strict=True)
    ]
    c_code = [
        f"{s_code[s]}{w + 1:03d}"
        for s, w in zip(community_street.tolist(), c_within.tolist(), strict=True)
    ]
    communities = (community_street, zipf(per_street, 0.5), c_lon, c_lat)

    parks, level, beside = _parks(rng, organizations, n_districts, district, s_lon, s_lat)
    sizes = np.maximum(2, np.round(weight * organizations / 45)).astype(np.int64)
    buildings = _places(
        rng, "building", sizes, 1.15, district, communities, ("大厦", "广场", "中心", "国际")
    )
    giants = np.sort(np.argsort(-weight, kind="stable")[: organizations // 20_000])
    starts = np.cumsum(sizes) - sizes
    _into_parks(rng, buildings, parks, beside, int((level < 2).sum()))
    buildings.park[starts[giants]] = -1
    few = np.maximum(1, np.round(weight * organizations / 200)).astype(np.int64)
    return Plan(
        district_name=[w + "区" for w in names.DISTRICTS[:n_districts]],
        district_code=d_code,
        street_name=s_name,
        street_code=s_code,
        street_district=district,
        street_is_town=town,
        street_weight=weight,
        street_lon=s_lon,
        street_lat=s_lat,
        community_name=c_name,
        community_code=c_code,
        community_street=community_street,
        community_weight=communities[1],
        community_lon=c_lon,
        community_lat=c_lat,
        parks=parks,
        park_level=level,
        park_beside=beside,
        park_station=level < 2,
        buildings=buildings,
        commercial_streets=_places(
            rng, "commercial_street", few, 0.6, district, communities, ("步行街", "风情街")
        ),
        markets=_places(
            rng, "market", few, 0.6, district, communities, ("批发市场", "建材市场", "农贸市场")
        ),
        giants=starts[giants],
    )


def _parks(
    rng: np.random.Generator,
    organizations: int,
    districts: int,
    street_district: Ints,
    s_lon: Floats,
    s_lat: Floats,
) -> tuple[Places, Ints, Ints]:
    """Return zones (no street of their own) and below them the smaller parks of the streets."""
    zones = int(np.clip(organizations // 330, 1, 12)) + min(18, organizations // 12_000)
    small = max(2, len(street_district) // 2)
    # a zone lies beside a street of its district: its organizations have that street's postal address
    beside = np.array(
        [int(rng.choice(np.flatnonzero(street_district == z % districts))) for z in range(zones)]
    )
    streets = np.concatenate([np.full(zones, -1), rng.permutation(len(street_district))[:small]])
    near = np.concatenate([beside, streets[zones:]])
    level = np.concatenate([np.arange(zones) % 2, 2 + np.arange(small) % 3])
    lon, lat = scatter(rng, s_lon[near], s_lat[near], 1_500)
    words = names.cycle(names.PLACE_WORDS, zones + small, 5)
    suffix = ("经济技术开发区", "高新技术产业园", "科技园", "创业园", "产业园")
    weight = np.concatenate([(np.arange(zones) + 1.0) ** -0.8, np.ones(small)])
    code = [f"Z{i + 1:02d}" for i in range(zones)] + [f"P{i + 1:02d}" for i in range(small)]
    name = [w + suffix[k] for w, k in zip(words, level.tolist(), strict=True)]
    none = np.full(zones + small, -1)
    parks = Places("park", code, name, street_district[near], streets, none, none, weight, lon, lat)
    return parks, level, near


def _places(
    rng: np.random.Generator,
    kind: str,
    sizes: Ints,
    exponent: float,
    street_district: Ints,
    communities: tuple[Ints, Floats, Floats, Floats],
    suffixes: tuple[str, ...],
) -> Places:
    """Return places street by street, each in a community of its street; codes begin anew in each street."""
    street = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(len(street)) - np.searchsorted(street, street)
    community_street, _, c_lon, c_lat = communities
    first = np.searchsorted(community_street, street)
    count = np.searchsorted(community_street, street, side="right") - first
    community = first + (rng.random(len(street)) * count).astype(np.int64)
    lon, lat = scatter(rng, c_lon[community], c_lat[community], 250)
    most = int(sizes.max())
    words: list[Any] = names.cycle(names.PLACE_WORDS, most)
    name = [
        words[(w + 3 * s) % most] + suffixes[(w + s) % len(suffixes)]
        for s, w in zip(street.tolist(), within.tolist(), strict=True)
    ]
    return Places(
        kind,
        [f"{w + 1:03d}" for w in within.tolist()],
        name,
        street_district[street],
        street,
        community,
        np.full(len(street), -1),
        zipf(sizes, exponent),
        lon,
        lat,
    )


def _into_parks(
    rng: np.random.Generator, buildings: Places, parks: Places, beside: Ints, zones: int
) -> None:
    """Put some buildings of a park's street into that park (a zone: the street that it lies beside)."""
    for park in range(len(parks)):
        here = np.flatnonzero((buildings.street == beside[park]) & (buildings.park < 0))
        take = here[rng.random(len(here)) < (0.25 if park < zones else 0.15)]
        buildings.park[take] = park
        if len(take):
            buildings.lon[take], buildings.lat[take] = scatter(
                rng, np.full(len(take), parks.lon[park]), np.full(len(take), parks.lat[park]), 300
            )

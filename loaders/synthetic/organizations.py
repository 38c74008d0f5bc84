"""The organizations: where they lie, what they do, how many work and how many are members there.

Everything is an array over organizations (small integers; text is made when a ledger is written), so that a city of a
million stands in a few hundred megabytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from loaders.synthetic import names
from loaders.synthetic.plan import Places, Plan, scatter
from loaders.synthetic.sectors import CREATIVE, FIRM_SECTORS, RURAL_SECTORS, SOCIAL_SECTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Small = NDArray[np.int16]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

FIRM, SOCIAL, RURAL = 0, 1, 2
LINES: Final = ("非公企业", "社会组织", "农村新型经营主体")
CATEGORIES: Final = (
    "私营企业", "港澳台企业", "外资企业", "混合所有制企业",
    "社会团体", "民办学校", "民办医院", "其他民办非企业", "基金会", "律师事务所", "会计师事务所", "税务师事务所",
    "农民合作社", "家庭农场", "农业企业", "其他",
)  # fmt: skip
_SHARES: Final = (
    (0.90, 0.04, 0.03, 0.03),
    (0.30, 0.24, 0.06, 0.24, 0.03, 0.07, 0.04, 0.02),
    (0.45, 0.25, 0.20, 0.10),
)
OVERSEAS, FOREIGN = 1, 2
ASSOCIATION, SCHOOL, HOSPITAL, FOUNDATION = 4, 5, 6, 8
LAW, ACCOUNTING, TAX = 9, 10, 11
FARM: Final = 13
STATUSES: Final = ("正常", "停业", "空壳", "僵尸", "影子", "注销")
NORMAL, SUSPENDED, SHELL, ZOMBIE, SHADOW, CLOSED = range(6)
SIZES: Final = ("大型", "中型", "小型", "微型")
LARGE: Final = 0
DATUMS: Final = ("GCJ-02", "WGS84", "BD-09")

OWN, JOINT, SMALL, ZERO, OUTSIDE = range(5)
"""What an organization is: has its own unit, is covered jointly, 1–2 formal members or none without a unit, outside the base."""


@dataclass
class Organizations:
    """One array entry an organization; -1 stands for "none" in every index."""

    line: Small
    category: Small
    municipal: Bools
    department: Small
    district: Small
    street: Small
    community: NDArray[np.int32]
    park: NDArray[np.int32]
    building: NDArray[np.int32]
    commercial_street: NDArray[np.int32]
    market: NDArray[np.int32]
    lon: Floats
    lat: Floats
    datum: Small
    sector: Small
    sector_digits: Small
    edition_2017: Bools
    role: Small
    status: Small
    formal: Ints
    probationary: Ints
    staff: Ints
    size: Small
    creative: Bools
    civil_service: Bools

    def __len__(self) -> int:
        return len(self.line)

    def zone(self, plan: Plan) -> Ints:
        """Return the zone of provincial level or above that each lies in (through its building too), else -1."""
        park = self.effective_park(plan)
        return np.where((park >= 0) & (park < plan.zones), park, -1)

    def effective_park(self, plan: Plan) -> Ints:
        """Return each one's park: its own, else that of its building."""
        of_building = np.where(self.building >= 0, plan.buildings.park[self.building], -1)
        return np.where(self.park >= 0, self.park, of_building).astype(np.int64)

    def ledger_unit(self, plan: Plan) -> Ints:
        """Return a number for the jurisdiction that keeps each one's ledger (FORMATION: *ledger unit*)."""
        streets, districts = len(plan.street_name), len(plan.district_name)
        zone = self.zone(plan)
        firm = np.where(zone >= 0, streets + zone, self.street)
        municipal = streets + plan.zones + districts + 1 + self.department
        social = np.where(self.municipal, municipal, streets + plan.zones + self.district)
        return np.select(
            [self.line == FIRM, self.line == SOCIAL], [firm, social], self.street
        ).astype(np.int64)

    def in_base(self, excluded: Bools) -> Bools:
        """Return who operates and is not taken out."""
        return np.asarray((self.status == NORMAL) & ~excluded, dtype=np.bool_)


def settle(rng: np.random.Generator, plan: Plan, count: int) -> Organizations:
    """Return ``count`` organizations with their places and sectors; roles and members follow in the next steps."""
    street = np.searchsorted(np.cumsum(plan.street_weight), rng.random(count)).clip(
        0, len(plan.street_name) - 1
    )
    town = plan.street_is_town[street]
    u = rng.random(count)
    line = np.where(u < 0.16, SOCIAL, FIRM)
    line = np.where(town & (u > 0.72), RURAL, line)
    category = np.zeros(count, dtype=np.int64)
    for index, (first, shares) in enumerate(zip((0, 4, 12), _SHARES, strict=True)):
        mask = line == index
        category[mask] = first + rng.choice(len(shares), size=int(mask.sum()), p=shares)

    park = np.full(count, -1)
    in_zone = (line == FIRM) & (rng.random(count) < 0.12) & (plan.zones > 0)
    zone_weight = plan.parks.weight[: plan.zones]
    if in_zone.any():
        drawn = rng.choice(plan.zones, size=int(in_zone.sum()), p=zone_weight / zone_weight.sum())
        park[in_zone] = drawn
        street[in_zone] = plan.park_beside[drawn]
    order_community = _draw(rng, plan.community_street, plan.community_weight, street)
    kind = rng.random(count)
    building = np.full(count, -1)
    mask = (line != RURAL) & (kind < 0.45)
    building[mask] = _draw(rng, plan.buildings.street, plan.buildings.weight, street[mask])
    _crowd(rng, plan, line, street, in_zone, building)
    # a firm of a zone sits in a building of that zone or has only the zone's name in its row, and the reverse
    foreign = (building >= 0) & (plan.buildings.park[building] != park) & in_zone
    building[foreign] = -1
    rest = building < 0
    market = np.full(count, -1)
    mask = rest & ~in_zone & (line == FIRM) & (kind >= 0.80) & (kind < 0.90)
    market[mask] = _draw(rng, plan.markets.street, plan.markets.weight, street[mask])
    shops = np.full(count, -1)
    mask = rest & ~in_zone & (line == FIRM) & (kind >= 0.90) & (kind < 0.97)
    shops[mask] = _draw(
        rng, plan.commercial_streets.street, plan.commercial_streets.weight, street[mask]
    )
    small_parks = np.flatnonzero(plan.parks.street >= 0)
    park_at = np.full(len(plan.street_name), -1)
    park_at[plan.parks.street[small_parks]] = small_parks
    mask = rest & ~in_zone & (line == FIRM) & (kind >= 0.70) & (kind < 0.78)
    park[mask] = park_at[street[mask]]
    # half of those in a building leave the park to be told by the building's row
    blank = (building >= 0) & (park >= 0) & (rng.random(count) < 0.5)
    park[blank] = -1

    community = order_community
    for places, at in (
        (plan.buildings, building),
        (plan.markets, market),
        (plan.commercial_streets, shops),
    ):
        mask = at >= 0
        community[mask] = places.community[at[mask]]
    # a tenth of those in a building name no community: the building's row tells it
    community[(building >= 0) & (rng.random(count) < 0.1)] = -1
    lon, lat = _coordinates(rng, plan, community, building, market, shops)
    social = line == SOCIAL
    municipal = social & (rng.random(count) < 0.10)
    department = np.where(municipal, rng.integers(-1, len(names.DEPARTMENTS), count), -1)
    sector, digits = _sectors(rng, line, category)
    creative_sector = np.array([word in CREATIVE for word, _, _ in FIRM_SECTORS])
    creative = (line == FIRM) & (sector >= 0) & creative_sector[np.where(line == FIRM, sector, 0)]
    return Organizations(
        line=line.astype(np.int16),
        category=category.astype(np.int16),
        municipal=municipal,
        department=department.astype(np.int16),
        district=plan.street_district[street].astype(np.int16),
        street=street.astype(np.int16),
        community=community.astype(np.int32),
        park=park.astype(np.int32),
        building=building.astype(np.int32),
        commercial_street=shops.astype(np.int32),
        market=market.astype(np.int32),
        lon=lon,
        lat=lat,
        datum=rng.choice(3, size=count, p=(0.7, 0.15, 0.15)).astype(np.int16),
        sector=sector.astype(np.int16),
        sector_digits=digits.astype(np.int16),
        edition_2017=rng.random(count) < 0.3,
        role=np.full(count, SMALL, dtype=np.int16),
        status=np.zeros(count, dtype=np.int16),
        formal=np.zeros(count, dtype=np.int64),
        probationary=np.zeros(count, dtype=np.int64),
        staff=np.zeros(count, dtype=np.int64),
        size=np.full(count, 3, dtype=np.int16),
        creative=creative,
        civil_service=np.zeros(count, dtype=np.bool_),
    )


def _draw(rng: np.random.Generator, group: Ints, weight: Floats, wanted: Ints) -> Ints:
    """Return for each wanted group one of its entries, by weight (weights of a group sum to 1, groups are sorted)."""
    ends = np.cumsum(weight)
    start = np.searchsorted(group, wanted)
    stop = np.searchsorted(group, wanted, side="right")
    floor = np.where(start > 0, ends[np.maximum(start, 1) - 1], 0.0)
    drawn = np.searchsorted(ends, floor + rng.random(len(wanted)))
    return np.clip(drawn, start, stop - 1)


def _crowd(
    rng: np.random.Generator, plan: Plan, line: Ints, street: Ints, in_zone: Bools, building: Ints
) -> None:
    """Fill the buildings that hold 200 organizations and more."""
    for giant in plan.giants.tolist():
        here = np.flatnonzero((street == plan.buildings.street[giant]) & (line == FIRM) & ~in_zone)
        want = 215 + int(rng.integers(0, 60))
        building[rng.permutation(here)[:want]] = giant


def _coordinates(
    rng: np.random.Generator, plan: Plan, community: Ints, building: Ints, market: Ints, shops: Ints
) -> tuple[Floats, Floats]:
    """Return WGS84 positions: near the place, else around the community; NaN for one in fourteen."""
    lon, lat = scatter(rng, plan.community_lon[community], plan.community_lat[community], 350)
    kinds: tuple[tuple[Places, Ints, int], ...] = (
        (plan.buildings, building, 12), (plan.markets, market, 60), (plan.commercial_streets, shops, 80),
    )  # fmt: skip
    for places, index, metres in kinds:
        at = np.flatnonzero(index >= 0)
        lon[at], lat[at] = scatter(rng, places.lon[index[at]], places.lat[index[at]], metres)
    missing = rng.random(len(lon)) < 0.07
    lon[missing] = np.nan
    lat[missing] = np.nan
    return lon, lat


def _sectors(rng: np.random.Generator, line: Ints, category: Ints) -> tuple[Ints, Ints]:
    """Return sector numbers (by Zipf's law for firms, by kind for the others) and how many digits are given (5: with letter)."""
    count = len(line)
    share = (np.arange(len(FIRM_SECTORS)) + 1.0) ** -1.0
    firm = rng.choice(len(FIRM_SECTORS), size=count, p=share / share.sum())
    rural = rng.integers(0, len(RURAL_SECTORS), count)
    sector = np.select(
        [line == FIRM, line == SOCIAL],
        [firm, np.clip(category - 4, 0, len(SOCIAL_SECTORS) - 1)],
        rural,
    )
    digits = rng.choice((4, 3, 2, 5, 0), size=count, p=(0.78, 0.06, 0.05, 0.07, 0.04))
    return sector, digits

"""Who has a unit of its own, who is covered jointly, who is small or has no member: shares are exact, places decide the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from loaders.synthetic import names
from loaders.synthetic.city import City
from loaders.synthetic.codes import uscc
from loaders.synthetic.organizations import (
    ASSOCIATION,
    FARM,
    FIRM,
    JOINT,
    LARGE,
    OUTSIDE,
    OWN,
    RURAL,
    SMALL,
    SOCIAL,
    SUSPENDED,
    ZERO,
    Organizations,
)
from loaders.synthetic.sectors import FIRM_SECTORS, RURAL_SECTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from loaders.synthetic.plan import Plan

    Ints = NDArray[np.int64]

SHARE_SMALL: Final = 0.315
SHARE_OWN: Final = 0.18
SHARE_JOINT: Final = 0.13
SHARE_OUTSIDE: Final = 0.06

_SUFFIX: Final = (
    "有限公司", "实业有限公司", "（中国）有限公司", "股份有限公司",
    "协会", "学校", "医院", "服务中心", "基金会", "律师事务所", "会计师事务所", "税务师事务所",
    "农民专业合作社", "家庭农场", "农业有限公司", "农业服务队",
)  # fmt: skip
_PREFIX: Final = (
    "91", "91", "91", "91", "51", "52", "52", "52", "53", "31", "91", "91", "93", "92", "91", "N3",
)  # fmt: skip


def populate(
    rng: np.random.Generator, plan: Plan, o: Organizations
) -> tuple[City, list[list[int]]]:
    """Return the city with everyone's role, members and staff, and the groups that form jointly."""
    n = len(o)
    groups = _groups(rng, plan, o)
    o.role[:] = ZERO
    for group in groups:
        o.role[group] = JOINT
    rest = rng.permutation(np.flatnonzero(o.role != JOINT))
    joint = n - len(rest)
    ends = np.cumsum([
        round(SHARE_SMALL * n),
        round(SHARE_OWN * n) + max(0, round(SHARE_JOINT * n) - joint) // 2,
        round(SHARE_OUTSIDE * n),
    ])  # fmt: skip
    o.role[rest[: ends[0]]] = SMALL
    o.role[rest[ends[0] : ends[1]]] = OWN
    o.role[rest[ends[1] : ends[2]]] = OUTSIDE
    outside = o.role == OUTSIDE
    o.status[outside] = rng.choice(
        [SUSPENDED, 2, 3, 4, 5], size=int(outside.sum()), p=(0.3, 0.2, 0.17, 0.13, 0.2)
    )
    _people(rng, o, groups)
    return _city(rng, plan, o), groups


def _groups(rng: np.random.Generator, plan: Plan, o: Organizations) -> list[list[int]]:
    """Return groups of two to five of one ledger unit that share a place (municipal ones: a trade)."""
    n = len(o)
    park = o.effective_park(plan)
    places: list[tuple[int, NDArray[Any]]] = [
        (1, o.building), (2, o.market), (3, o.commercial_street), (4, park), (5, o.community),
    ]  # fmt: skip
    place = np.full(n, -1, dtype=np.int64)
    for kind, index in reversed(places):
        place = np.where(index >= 0, index.astype(np.int64) * 8 + kind, place)
    trade = o.category.astype(np.int64) * 2 + o.edition_2017
    place = np.where(o.municipal, np.where(o.sector_digits > 0, trade * 8, -1), place)
    key = o.ledger_unit(plan) * (1 << 40) + place
    some = rng.permutation(np.flatnonzero(place >= 0))[: round(0.2 * n)]
    some = some[np.argsort(key[some], kind="stable")]
    _, start, count = np.unique(key[some], return_index=True, return_counts=True)
    groups: list[list[int]] = []
    for first, length in zip(start.tolist(), count.tolist(), strict=True):
        at = first
        while first + length - at >= 2:
            size = min(int(rng.integers(2, 6)), first + length - at)
            groups.append(some[at : at + size].tolist())
            at += size
    order = rng.permutation(len(groups))
    sizes = np.array([len(groups[g]) for g in order], dtype=np.int64)
    keep = order[np.cumsum(sizes) <= SHARE_JOINT * n]
    return [groups[g] for g in np.sort(keep).tolist()]


def _people(rng: np.random.Generator, o: Organizations, groups: list[list[int]]) -> None:
    """Draw members and staff by role."""
    n = len(o)
    own, small, joint = o.role == OWN, o.role == SMALL, o.role == JOINT
    few = 1 + (rng.random(n) < 0.4)
    formal = np.zeros(n, dtype=np.int64)
    formal[small | joint] = few[small | joint]
    many = np.clip(3 + rng.exponential(3.5, n).astype(np.int64), 3, 49)
    large = rng.random(n) < 0.02
    formal[own] = np.where(large, rng.integers(51, 260, n), many)[own]
    outside = o.role == OUTSIDE
    formal[outside] = rng.integers(0, 5, int(outside.sum()))
    for group in groups:
        if formal[group].sum() < 3:
            formal[group[0]] = 2
    probationary = rng.poisson(np.where(own, 0.6, 0.08), n)
    centre = np.where(own, 45.0, np.where(joint, 14.0, 9.0))
    staff = np.floor(rng.lognormal(np.log(centre), np.where(own, 1.0, 0.85))).astype(np.int64) + 1
    o.formal[:] = formal
    o.probationary[:] = probationary
    o.staff[:] = np.maximum(staff, formal + probationary + rng.integers(0, 3, n))
    o.size[:] = np.select([o.staff >= 1000, o.staff >= 300, o.staff >= 20], [0, 1, 2], 3)
    # 互联网或文化创意 and 大型 without a unit is planted one by one (S5)
    o.size[(o.size == LARGE) & ~own] = 1
    o.civil_service[:] = (o.line == SOCIAL) & (rng.random(n) < 0.06)


def _city(rng: np.random.Generator, plan: Plan, o: Organizations) -> City:
    """Give everyone a code, a name, and the cells of the survey."""
    n = len(o)
    serial = rng.permutation(n).astype(np.int64)
    prefix = [_PREFIX[c] for c in o.category.tolist()]
    # one family farm in four is registered as an individual business (92…): its name is not kept
    farm = (o.category == FARM) & (rng.random(n) >= 0.25)
    for i in np.flatnonzero(farm).tolist():
        prefix[i] = "91"
    division = [plan.district_code[d] for d in o.district.tolist()]
    brand = names.brands(serial)
    words = [
        FIRM_SECTORS[s][0] if line == FIRM else (RURAL_SECTORS[s][0] if line == RURAL else "")
        for s, line in zip(o.sector.tolist(), o.line.tolist(), strict=True)
    ]
    kinds = o.category.tolist()
    name = [
        f"{names.CITY_NAME[:2] if k != 2 else ''}{b}{w}{_trade(b) if k == ASSOCIATION else ''}{_SUFFIX[k]}"
        for b, w, k in zip(brand, words, kinds, strict=True)
    ]
    uncovered = (o.role == SMALL) | (o.role == ZERO)
    u = rng.random(n)
    instructor = np.select([u < 0.45, u < 0.62, u < 0.8], [1, 3, 2], 0).astype(np.int8)
    mass = rng.choice(
        np.array([0, 1, 2, 4, 3, 7], dtype=np.int8), size=n, p=(0.5, 0.3, 0.06, 0.06, 0.06, 0.02)
    )
    guidance = (rng.random(n) < 0.3) * rng.integers(1, 5, n)
    development = (rng.random(n) < 0.12) * rng.integers(1, 3, n)
    none = uncovered & (instructor % 2 == 0) & (mass == 0) & (guidance == 0) & (development == 0)
    instructor[none & (rng.random(n) < 0.8)] = 1
    clears = np.where(uncovered | (rng.random(n) < 0.3), 63, 31)
    gap = rng.random(n) < 0.03
    clears[gap] &= ~(1 << rng.integers(0, 6, int(gap.sum())))
    clears[rng.random(n) < 0.004] = 0
    months = rng.integers(9, 12, n)
    due = 20160000 + months * 100 + rng.integers(1, 21, n)
    late = rng.random(n) < 0.015
    due[late] = rng.choice(np.array([20161121, 20161130, 20161231, 20170131]), int(late.sum()))
    measures = rng.integers(1, 6, n)
    measures[rng.random(n) < 0.008] = 0
    due[rng.random(n) < 0.006] = 0
    covered = ~uncovered
    blank = covered & (rng.random(n) < 0.9)
    measures[blank], due[blank] = 0, 0
    return City(
        rng=rng,
        plan=plan,
        orgs=o,
        code=uscc(prefix, division, serial),
        name=name,
        home=o.ledger_unit(plan),
        used=np.zeros(n, dtype=np.bool_),
        instructor=instructor,
        mass=mass,
        guidance=guidance.astype(np.int8),
        development=development.astype(np.int8),
        clears=clears.astype(np.int8),
        measures=measures.astype(np.int8),
        due=due.astype(np.int32),
        responsible=~blank & (rng.random(n) >= 0.006),
        federation=(o.line == FIRM) & (rng.random(n) < 0.08),
        struck=np.zeros(n, dtype=np.bool_),
        serial=n,
    )


def _trade(brand: str) -> str:
    """Return what a society is about, by its brand."""
    return ("书画", "商贸", "慈善", "科技", "文化", "体育", "环保", "健康")[ord(brand[0]) % 8]

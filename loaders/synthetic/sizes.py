"""Faults of numbers: separate, joint, too large, too small, without an anchor (S25, S26, S28, S29), and their near misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loaders.synthetic.city import BRANCH, COMMITTEE, FUNCTIONAL, GENERAL, City
from loaders.synthetic.organizations import FIRM, JOINT, OUTSIDE, SUSPENDED
from loaders.synthetic.sectors import FIRM_SECTORS

if TYPE_CHECKING:
    from collections.abc import Sequence


def plant(city: City) -> None:
    """Plant every fault of numbers."""
    for step in (_separate, _split, _over_large, _over_members, _too_few, _anchorless, _anchored):
        step(city)


def _set(city: City, i: int, formal: int, probationary: int = 0) -> None:
    """Give an organization so many members, and staff enough."""
    o = city.orgs
    o.formal[i], o.probationary[i] = formal, probationary
    o.staff[i] = max(int(o.staff[i]), formal + probationary)


def _separate(city: City) -> None:
    """Give organizations without a unit three members and more; the truth counts them (S25)."""
    k = max(city.quota(), round(0.004 * len(city.code)))
    ways = city.take(city.zero, k)
    for j, i in enumerate(ways):
        _set(city, i, 3 + j % 5)
        if j % 5 == 1:
            gone = city.branch(i, code=city.next("CX", 5), dissolved=20160301)
            gone.own = -1
        elif j % 5 == 2:
            city.branch(i, code=city.next("GN", 6), type=FUNCTIONAL)
    for i in city.take(city.small, city.quota()):
        _set(city, i, 2, 5)
        city.near("must_be_separate", city.code[i])
    outside = (city.orgs.role == OUTSIDE) & (city.orgs.status == SUSPENDED)
    for i in city.take(outside, city.quota()):
        _set(city, i, 4)
        city.near("must_be_separate", city.code[i])


def _split(city: City) -> None:
    k = city.quota()
    for group in city.take_neighbours(3, k):
        unit = city.joint(group, (3, 1, 1))
        city.plant("split_from_joint", city.code[group[0]])
        city.near("over_large", unit.code)
    for group in city.take_neighbours(3, k):
        city.joint(group, (2, 1, 1))
        city.near("split_from_joint", city.code[group[0]])
    # a branch of its own that hosts a neighbour is none the less its own
    for i, j in _hosted(city, k):
        unit = city.own[i]
        unit.organization = city.code[i]
        unit.covers = [j]
        city.unit_cell[j] = unit.code
        _set(city, j, 1)
        city.orgs.role[j] = JOINT
        city.near("split_from_joint", city.code[i])


def _hosted(city: City, k: int) -> list[tuple[int, int]]:
    """Return pairs of an organization with an ordinary branch and a neighbour without members."""
    o = city.orgs
    pairs: list[tuple[int, int]] = []
    at = np.where(o.community >= 0, o.community, -1)
    for i, unit in city.take_own(4 * k, city.simple() & (o.line == FIRM)):
        if len(pairs) < k and at[i] >= 0 and unit.type == BRANCH:
            there = city.zero & (at == at[i]) & (o.line == FIRM) & city.simple()
            pairs += [(i, j) for j in city.take(there, 1)]
    return pairs


def _over_large(city: City) -> None:
    k = city.quota()
    for group in city.take_neighbours(6, k):
        unit = city.joint(group, (1, 1, 1, 1, 2, 1))
        city.plant("over_large", unit.code)
    for group in city.take_neighbours(5, k):
        unit = city.joint(group, (1, 1, 1, 1, 1))
        city.near("over_large", unit.code)


def _over_members(city: City) -> None:
    k = city.quota()
    for j, (i, unit) in enumerate(city.take_own(k)):
        _set(city, i, 51 + 4 * j)
        city.plant("over_members", unit.code)
    for j, (i, unit) in enumerate(city.take_own(k)):
        if j % 2:
            _set(city, i, 50)
        else:
            _set(city, i, 51)
            unit.type, unit.organization = COMMITTEE, city.code[i]
        city.near("over_members", unit.code)


def _too_few(city: City) -> None:
    k = city.quota()
    for j, (i, unit) in enumerate(city.take_own(k)):
        _set(city, i, 1 + j % 2, j % 3)
        city.plant("too_few_members", unit.code)
    for i, unit in city.take_own(k):
        _set(city, i, 2)
        unit.type = GENERAL
        city.near("too_few_members", unit.code)
    for group in city.take_neighbours(3, k):
        city.near("too_few_members", city.joint(group, (1, 1, 1)).code)


def _divisions(sector: int) -> set[str]:
    return {code[:2] for code in FIRM_SECTORS[sector][1:]}


def _scattered(city: City, k: int) -> list[list[int]]:
    """Return groups of three firms of one street that share nothing: neither place nor trade nor association."""
    o = city.orgs
    alone = (
        city.zero & (o.line == FIRM) & city.simple() & (o.building < 0) & (o.market < 0) & (o.commercial_street < 0)
        & (o.effective_park(city.plan) < 0) & (o.community >= 0) & (o.sector_digits >= 3) & ~city.used
    )  # fmt: skip
    free = city.rng.permutation(np.flatnonzero(alone))
    free = free[np.argsort(o.street[free], kind="stable")]
    groups: list[list[int]] = []
    group: list[int] = []
    for i in free.tolist():
        if len(groups) == k:
            break
        if group and o.street[group[0]] != o.street[i]:
            group = []
        apart = all(
            o.community[i] != o.community[j]
            and not _divisions(int(o.sector[i])) & _divisions(int(o.sector[j]))
            for j in group
        )
        if apart:
            group.append(i)
        if len(group) == 3:
            city.used[group] = True
            groups.append(group)
            group = []
    return groups


def _joint_of(city: City, group: Sequence[int]) -> str:
    return city.joint(list(group), (1,) * len(group)).code


def _anchorless(city: City) -> None:
    for group in _scattered(city, city.quota()):
        city.plant("joint_without_anchor", _joint_of(city, group))


def _anchored(city: City) -> None:
    """Form scattered joint units that lean on one thing each: a trade, a leading firm, an association and nearness."""
    o = city.orgs
    k = city.quota(6)
    leaders = city.take_own(max(1, k // 3) if k else 0, o.line == FIRM)
    for j, group in enumerate(_scattered(city, k)):
        if j % 3 == 0:
            for i in group:
                o.sector[i], o.sector_digits[i] = o.sector[group[0]], 4
                o.edition_2017[i] = o.edition_2017[group[0]]
        elif j % 3 == 1 and leaders:
            leader = leaders[j % len(leaders)][0]
            city.leading += [(city.code[leader], city.code[i]) for i in group]
        else:
            # within the radius of one another and of one association: near and similar
            o.lon[group] = 114.30 + 0.001 * np.arange(3)
            o.lat[group] = 30.60
            city.associations.append(
                {
                    "代码": city.next("XH", 4),
                    "名称": f"云渡市{city.name[group[0]][2:5]}行业协会",
                    "会员": [city.code[i] for i in group],
                }
            )
        city.near("joint_without_anchor", _joint_of(city, group))

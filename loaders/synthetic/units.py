"""The party units of a sound city: committees up to the root, branches, joint branches, functional units, and their records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from loaders.synthetic import names
from loaders.synthetic.city import (
    BRANCH,
    COMMITTEE,
    FUNCTIONAL,
    GENERAL,
    WORK_COMMITTEE,
    City,
    Member,
    Unit,
)
from loaders.synthetic.organizations import OUTSIDE, OWN, SOCIAL

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = "DW0000"
ORGANS: Final = "JGGW"
_NEW: Final = 0.08
"""Share of units that the campaign formed."""


def organize(city: City, groups: Sequence[Sequence[int]]) -> None:
    """Give a settled city its units; afterwards nothing in it is wrong but what many organizations lack."""
    _committees(city)
    _own(city)
    for group in groups:
        city.joint(group, ())
    for unit in city.units:
        if unit.type == "联合党支部":
            _campaign(city, unit)
    _heads(city)
    _functional(city)


def _committees(city: City) -> None:
    plan = city.plan
    city.add(Unit(ROOT, f"中共{names.CITY_NAME}委员会", COMMITTEE, founded=19500101, management=""))
    for d, name in enumerate(plan.district_name):
        city.add(
            Unit(
                city.district_committee(d), f"中共{name}“两新”组织工作委员会", WORK_COMMITTEE, ROOT,
                district=d, founded=19850601,
            )
        )  # fmt: skip
    for s, name in enumerate(plan.street_name):
        town = bool(plan.street_is_town[s])
        city.add(
            Unit(
                city.street_committee(s), f"中共{name}{'委员会' if town else '工作委员会'}",
                COMMITTEE if town else WORK_COMMITTEE, city.district_committee(int(plan.street_district[s])),
                district=int(plan.street_district[s]), street=s, founded=19950301,
            )
        )  # fmt: skip
    city.add(
        Unit(
            ORGANS,
            names.ORGANS_COMMITTEE,
            WORK_COMMITTEE,
            ROOT,
            management="行业",
            founded=19880101,
        )
    )
    for k, name in enumerate((names.CIVIL_AFFAIRS, *names.DEPARTMENTS)):
        party_group = k % 4 == 3
        city.add(
            Unit(
                city.department_committee(k - 1), f"中共云渡{name}{'党组' if party_group else '委员会'}",
                "党组" if party_group else COMMITTEE, ORGANS, management="行业", organization=name,
                founded=19920101,
            )
        )  # fmt: skip
    # zones without a committee are planted (S39): five of them, or a third where there are few
    zones = plan.zones
    without = min(5, zones // 2) if zones >= 10 else zones // 3
    bare = set(city.rng.permutation(zones)[:without].tolist())
    for z in range(zones):
        key = f"park:{plan.district_code[int(plan.parks.district[z])]}/{plan.parks.code[z]}"
        district = int(plan.parks.district[z])
        if z in bare:
            city.plant("zone_without_committee", key)
            if z % 2:
                # a branch in the zone is no committee of it
                city.add(
                    Unit(
                        city.next("YQ", 3), f"中共{plan.parks.name[z]}机关支部委员会", BRANCH,
                        city.street_committee(int(plan.park_beside[z])), district=district,
                        organization=plan.parks.code[z], founded=20050101,
                    )
                )  # fmt: skip
            continue
        city.near("zone_without_committee", key)
        code = f"KF{plan.parks.code[z]}"
        city.zone_committee[z] = code
        city.add(
            Unit(
                code, f"中共{plan.parks.name[z]}综合委员会", COMMITTEE if z % 3 else WORK_COMMITTEE,
                city.district_committee(district), district=district, founded=20010101,
                organization=plan.parks.code[z] if z % 2 else plan.parks.name[z],
            )
        )  # fmt: skip
    for p in range(zones, len(plan.parks)):
        street = plan.street_code[int(plan.parks.street[p])]
        if int(plan.park_level[p]) == 2:
            city.near("zone_without_committee", f"park:{street}/{plan.parks.code[p]}")


def _campaign(city: City, unit: Unit) -> None:
    """Let the campaign have formed a unit now and then; nearly all of those have an instructor (S35)."""
    u = city.rng.random(2)
    if u[0] < _NEW:
        unit.founded = city.day(2016, 2016)
        unit.founded = (
            20160000 + 801 + int(city.rng.integers(0, 4)) * 100 + int(city.rng.integers(0, 28))
        )
        unit.instructor = (
            "是" if u[1] < 0.6 else ("" if u[1] > 0.96 else f"ZD{int(u[1] * 1e6):06d}")
        )


def _own(city: City) -> None:
    """Add a unit of its own for each organization that has one: named by 所属单位, by its own row, or by both."""
    rng, o, plan = city.rng, city.orgs, city.plan
    who = np.flatnonzero(o.role == OWN)
    per_street = np.bincount(o.street[who], minlength=len(plan.street_name))
    generals = [
        [city.general(s).code for _ in range(min(8, int(per_street[s]) // 40))]
        for s in range(len(plan.street_name))
    ]
    zones = o.zone(plan)
    draws = rng.random((len(who), 3))
    for i, (how, above, other) in zip(who.tolist(), draws.tolist(), strict=True):
        unit = city.branch(i)
        unit.own = i
        city.own[i] = unit
        m = int(o.formal[i])
        if m >= 100:
            unit.type, unit.name = COMMITTEE, f"中共{city.name[i]}委员会"
        elif m > 50:
            unit.type, unit.name = GENERAL, f"中共{city.name[i]}总支部委员会"
        street = int(o.street[i])
        if o.municipal[i]:
            pass
        elif zones[i] >= 0:
            # in a zone the street's committee will do as well as the zone's
            if above < 0.1:
                unit.superior = city.street_committee(street)
        elif generals[street] and above < 0.15:
            unit.superior = generals[street][int(other * len(generals[street]))]
        _campaign(city, unit)
        # a committee that names no organization would be its street's
        if how < 0.85 and (how < 0.15 or unit.type == BRANCH):
            city.unit_cell[i] = unit.code
            if how < 0.15 and unit.type == BRANCH:
                unit.organization = ""
        elif how < 0.85:
            city.unit_cell[i] = unit.code


def _heads(city: City) -> None:
    """Give some large firms branches below their committee, with all members on record."""
    heads = [i for i, unit in sorted(city.own.items()) if unit.type == COMMITTEE]
    most = min(len(heads), max(2 * city.quota(4) + 2, len(city.code) // 2500), 120)
    o = city.orgs
    for i in heads[:most]:
        top = city.own[i]
        top.founded = min(top.founded, 20100101)
        city.used[i] = True
        m, p = int(o.formal[i]), int(o.probationary[i])
        count = -(-(m + p) // 45)
        branches = [
            city.branch(
                i,
                name=f"中共{city.name[i]}第{k + 1}支部委员会",
                superior=top.code,
                founded=20120701,
            )
            for k in range(count)
        ]
        for j in range(m + p):
            city.members.append(Member(branches[j % count].code, i, j < m))
        city.recorded.update(b.code for b in branches)
        city.near("covered_twice", city.code[i])
        city.near("over_members", top.code)


def _functional(city: City) -> None:
    """Add functional units of organizations that are mainly civil servants: one superior, two managers, no coverage."""
    o = city.orgs
    who = np.flatnonzero((o.role != OUTSIDE) & o.civil_service & (o.line == SOCIAL))
    for i in who[: max(2, len(city.code) // 400)].tolist():
        unit = city.branch(
            i, code=city.next("GN", 6), name=f"中共{city.name[i]}功能型支部委员会", type=FUNCTIONAL,
            second=city.department_committee(int(city.rng.integers(-1, len(names.DEPARTMENTS)))),
        )  # fmt: skip
        if i in city.own and i in city.unit_cell and city.rng.random() < 0.5:
            city.unit_cell[i] += f";{unit.code}"
            city.near("functional_counted", unit.code)
        if i in city.own:
            city.near("covered_twice", city.code[i])

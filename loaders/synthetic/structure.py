"""Faults in the structure of subordination, and what looks like one (AUDIT, first three rows of findings)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from loaders.synthetic import names
from loaders.synthetic.city import AS_OF, BRANCH, City, Member, Unit
from loaders.synthetic.organizations import FIRM, NORMAL, OWN, SOCIAL


def plant(city: City) -> None:
    """Plant every fault of structure, line and place."""
    for step in (
        _orphan, _self_superior, _cycle, _several, _dangling, _detached, _place, _line, _skips, _dissolved, _dates,
    ):  # fmt: skip
        step(city)


def _loose(city: City, street: int, **values: object) -> Unit:
    """Add a branch that covers nobody."""
    unit = Unit(
        city.next("LS", 5), f"中共{city.plan.street_name[street]}流动第{city.serial}支部委员会", BRANCH,
        city.street_committee(street), district=int(city.plan.street_district[street]), street=street,
        founded=20000301,
    )  # fmt: skip
    for key, value in values.items():
        setattr(unit, key, value)
    return city.add(unit)


def _some_street(city: City) -> int:
    return int(city.rng.integers(0, len(city.plan.street_name)))


def _other_street(city: City, street: int, *, same_district: bool) -> int | None:
    district = city.plan.street_district
    other = np.flatnonzero(
        ((district == district[street]) if same_district else (district != district[street]))
        & (np.arange(len(district)) != street)
    )
    return int(city.rng.choice(other)) if len(other) else None


def _orphan(city: City) -> None:
    k = city.quota()
    for _, unit in city.take_own(k):
        unit.superior = ""
        city.plant("orphan", unit.code)
    for _ in range(k):
        near = _loose(city, _some_street(city), superior="", dissolved=20120630)
        city.near("orphan", near.code)


def _self_superior(city: City) -> None:
    k = city.quota()
    for _, unit in city.take_own(k):
        unit.superior = unit.code
        city.plant("self_superior", unit.code)
    for i, unit in city.take_own(k, city.simple()):
        unit.superior = city.general(int(city.orgs.street[i]), code=unit.code + "A").code
        city.near("self_superior", unit.code)


def _cycle(city: City) -> None:
    k = city.quota(6)
    for j, (i, unit) in enumerate(city.take_own(k, city.simple())):
        street = int(city.orgs.street[i])
        if j % 2:
            over = city.general(street, superior=unit.code, founded=unit.founded)
            unit.superior = over.code
            city.plant("cycle", min(unit.code, over.code))
        else:
            ring = [city.general(street) for _ in range(5)]
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
                a.superior = b.code
            city.plant("cycle", min(a.code for a in ring))
            unit.superior = ring[2].code
            city.plant("detached", unit.code)
    for i, unit in city.take_own(k, city.simple()):
        chain = [city.general(int(city.orgs.street[i])) for _ in range(5)]
        for a, b in pairwise(chain):
            a.superior = b.code
        unit.superior = chain[0].code
        city.near("cycle", unit.code)


def _several(city: City) -> None:
    k = city.quota()
    for j, (i, unit) in enumerate(city.take_own(k, city.simple())):
        second = _other_street(city, int(city.orgs.street[i]), same_district=True)
        if j % 3 == 1:
            code = f"BC{city.next('', 6)}"
            city.plant("dangling_reference", code)
        elif j % 3 == 2:
            code = unit.code
            city.plant("self_superior", unit.code)
        else:
            code = city.street_committee(second if second is not None else 0)
        unit.superior = f"{city.superior(i)};{code}"
        if len(set(unit.superior.split(";"))) > 1:
            city.plant("several_superiors", unit.code)
    for unit in [u for u in city.units if u.second][:k]:
        city.near("several_superiors", unit.code)


def _dangling(city: City) -> None:
    k = city.quota(7)
    o = city.orgs
    for j in range(k):
        kind = j % 7
        code = f"BC{city.next('', 6)}"
        if kind < 2:
            chosen = city.take(city.zero, 3 if kind else 1)
            for i in chosen:
                city.unit_cell[i] = code
            if chosen:
                city.plant("dangling_reference", code)
        elif kind == 2:
            text = f"空中楼阁{j}号楼"
            for i in city.take(city.zero & (o.building < 0) & city.simple(), 1):
                city.cells.setdefault(i, {})["所在楼宇"] = text
                city.plant("dangling_reference", text)
        elif kind == 3:
            for _, unit in city.take_own(1, city.simple()):
                unit.superior = code
                city.plant("dangling_reference", code)
                city.plant("detached", unit.code)
        elif kind == 4:
            code = city.stranger()
            city.exclusions.append(
                {
                    "代码": code,
                    "类型": "空壳",
                    "依据": "核查记录",
                    "认定单位": "市工商局",
                    "认定日期": 20161010,
                }
            )
            city.plant("dangling_reference", code)
        elif kind == 5:
            code = city.stranger()
            members = [city.code[i] for i in city.take(city.zero & (o.line == FIRM), 2)]
            city.associations.append(
                {
                    "代码": city.next("XH", 4),
                    "名称": f"{names.CITY_NAME}{code[-4:]}行业商会",
                    "会员": [*members, code],
                }
            )
            city.plant("dangling_reference", code)
        else:
            city.members.append(Member(code, -1))
            city.plant("dangling_reference", code)
    district = (o.line == SOCIAL) & ~o.municipal
    offices = (
        "区教育局",
        "区民政局",
        "区卫生计生局",
        "区文化体育局",
        "区人力资源局",
        "区科技局",
        "区司法局",
    )
    for j, i in enumerate(city.take(district & (o.status == NORMAL), k)):
        # an office that is named exists by being named
        city.cells.setdefault(i, {})["业务主管单位"] = offices[j % len(offices)]
        city.near("dangling_reference", offices[j % len(offices)])


def _detached(city: City) -> None:
    k = city.quota()
    for i, unit in city.take_own(k, city.simple()):
        over = city.general(int(city.orgs.street[i]), superior="")
        unit.superior = over.code
        city.plant("orphan", over.code)
        city.plant("detached", unit.code)
    for i, unit in city.take_own(k, city.simple()):
        over = city.general(int(city.orgs.street[i]))
        unit.superior = city.general(int(city.orgs.street[i]), superior=over.code).code
        city.near("detached", unit.code)


def _place(city: City) -> None:
    k = city.quota(6)
    o = city.orgs
    for j, (i, unit) in enumerate(city.take_own(k, city.simple())):
        other = _other_street(city, int(o.street[i]), same_district=j % 2 == 0)
        if other is not None:
            unit.superior = city.street_committee(other)
            unit.reason = "业主要求" if j % 3 == 0 else ""
            city.plant("wrong_place", unit.code)
    for i, unit in city.take_own(k, city.simple()):
        other = _other_street(city, int(o.street[i]), same_district=True)
        if other is not None:
            unit.superior = city.street_committee(other)
            unit.reason, unit.approved = (
                "产业链党建试点",
                f"{city.plan.district_name[int(o.district[i])]}委组织部",
            )
            city.near("wrong_place", unit.code)
    for i, unit in city.take_own(k, (city.zone_of >= 0) & ~o.municipal):
        unit.superior = city.street_committee(int(o.street[i]))
        city.near("wrong_place", unit.code)


def _line(city: City) -> None:
    k = city.quota(6)
    o = city.orgs
    for _, unit in city.take_own(k - k // 2, city.simple()):
        unit.superior = city.department_committee(
            int(city.rng.integers(-1, len(names.DEPARTMENTS)))
        )
        unit.management = "行业"
        city.plant("wrong_line", unit.code)
    for i, unit in city.take_own(k // 2, o.municipal):
        unit.superior = city.street_committee(int(o.street[i]))
        city.plant("wrong_line", unit.code)
    schools = city.simple() & (o.line == SOCIAL)
    for i, unit in city.take_own(k, schools):
        city.cells.setdefault(i, {})["业务主管单位"] = "市教育局"
        city.near("wrong_line", unit.code)
    for _, unit in city.take_own(k, o.municipal & (o.department < 0)):
        city.near("wrong_line", unit.code)


def _skips(city: City) -> None:
    k = city.quota()
    o = city.orgs
    for i, unit in city.take_own(k, city.simple()):
        unit.superior = city.district_committee(int(o.district[i]))
        city.plant("skips_level", unit.code)
    for i, unit in city.take_own(k, city.simple()):
        unit.superior = city.general(int(o.street[i])).code
        city.near("skips_level", unit.code)


def _dissolved(city: City) -> None:
    k = city.quota()
    o = city.orgs
    for i, unit in city.take_own(k, city.simple()):
        over = city.general(int(o.street[i]), dissolved=20151231)
        unit.superior, unit.founded, unit.instructor = over.code, city.day(2003, 2014), ""
        city.plant("dissolved_superior", unit.code)
    for i, unit in city.take_own(k, city.simple()):
        over = city.general(int(o.street[i]), dissolved=20171231)
        unit.superior = over.code
        city.near("dissolved_superior", unit.code)
        gone = city.general(int(o.street[i]), dissolved=20140601)
        below = _loose(
            city, int(o.street[i]), superior=gone.code, founded=20020101, dissolved=20140601
        )
        city.near("dissolved_superior", below.code)


def _dates(city: City) -> None:
    k = city.quota(6)
    ordinary = city.simple() & (city.orgs.role == OWN)
    for j in range(k):
        if j % 3 == 0:
            unit = _loose(city, _some_street(city), founded=20150101, dissolved=20140101)
            city.plant("impossible_dates", unit.code)
            continue
        for i, unit in city.take_own(1, ordinary):
            unit.superior = city.superior(i)
            if j % 3 == 1:
                unit.founded, unit.instructor = 19880101 + j, ""
            else:
                unit.founded, unit.instructor = 20170301 + j, "是"
            city.plant("impossible_dates", unit.code)
    for j, (i, unit) in enumerate(city.take_own(k, ordinary)):
        unit.superior = city.superior(i)
        if j % 2:
            unit.founded, unit.instructor = AS_OF, "ZD000001"
        else:
            unit.founded, unit.instructor = 19950301, ""
        city.near("impossible_dates", unit.code)

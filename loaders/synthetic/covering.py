"""Faults of coverage, members, exclusions and targets (S2–S10, S31, S41), and their near misses."""

from __future__ import annotations

from loaders.synthetic.city import FUNCTIONAL, City, Member
from loaders.synthetic.organizations import (
    CLOSED,
    FIRM,
    HOSPITAL,
    OUTSIDE,
    SCHOOL,
    SHADOW,
    SHELL,
    SOCIAL,
    SUSPENDED,
    ZOMBIE,
)

_KIND = {SHELL: "空壳", ZOMBIE: "僵尸", SHADOW: "影子"}


def plant(city: City) -> None:
    """Plant every fault of coverage."""
    for step in (
        _twice,
        _counted,
        _functional,
        _outside,
        _mismatch,
        _excluded,
        _evidence,
        _targets,
        _new_units,
    ):
        step(city)


def exclusion(city: City, i: int, kind: str) -> dict[str, object]:
    """Return a complete 剔除 row."""
    return {
        "代码": city.code[i], "类型": kind, "依据": "实地核查", "认定单位": "市工商局",
        "认定日期": city.day(2016, 2016) % 100 + 20160900,
    }  # fmt: skip


def _twice(city: City) -> None:
    k = city.quota()
    for i, _ in city.take_own(k):
        city.branch(i, code=city.next("ZC"))
        city.plant("covered_twice", city.code[i])


def _counted(city: City) -> None:
    """Let a member stand in two branches of one firm; beside it, one in a branch and in a functional unit."""
    heads: dict[int, list[str]] = {}
    for member in city.members:
        codes = heads.setdefault(member.employer, [])
        if member.unit not in codes:
            codes.append(member.unit)
    pairs = [(i, codes) for i, codes in heads.items() if i >= 0 and len(codes) >= 2]
    k = min(city.quota(3), len(pairs) // 2)
    for i, codes in pairs[:k]:
        first = next(m for m in city.members if m.employer == i and m.unit == codes[0])
        first.unit = f"{codes[0]};{codes[1]}"
        city.plant("counted_twice", codes[0])
        city.plant("counted_twice", codes[1])
    for i, codes in pairs[k : 2 * k]:
        functional = city.branch(i, code=city.next("GN", 6), type=FUNCTIONAL)
        first = next(m for m in city.members if m.employer == i and m.unit == codes[0])
        first.unit = f"{codes[0]};{functional.code}"
        city.near("counted_twice", codes[0])
        city.near("counted_twice", functional.code)
        city.near("functional_counted", functional.code)


def _functional(city: City) -> None:
    k = city.quota()
    for j, i in enumerate(city.take(city.zero & (city.orgs.line == SOCIAL), k)):
        unit = city.branch(i, code=city.next("GN", 6), type=FUNCTIONAL)
        if j % 3 < 2:
            city.unit_cell[i] = unit.code
        else:
            city.members.append(Member(unit.code, -1))
        city.plant("functional_counted", unit.code)
    # a functional unit that is named beside the formal one claims nothing
    for i, own in city.take_own(k, city.orgs.line == SOCIAL):
        unit = city.branch(i, code=city.next("GN", 6), type=FUNCTIONAL)
        own.organization = city.code[i]
        city.unit_cell[i] = f"{own.code};{unit.code}"
        city.near("functional_counted", unit.code)


def _outside(city: City) -> None:
    k = city.quota()
    o = city.orgs
    for _, unit in city.take_own(k):
        city.record(unit)
        for j in city.take(city.small, 1):
            city.members += [Member(unit.code, j) for _ in range(int(o.formal[j]))]
            city.members += [Member(unit.code, j, False) for _ in range(int(o.probationary[j]))]
            city.plant("member_outside_coverage", unit.code)
    for _, unit in city.take_own(k):
        city.record(unit)
        city.members.append(Member(unit.code, -1))
        city.near("member_outside_coverage", unit.code)


def _mismatch(city: City) -> None:
    k = city.quota()
    for j, (i, unit) in enumerate(city.take_own(k)):
        # a count that is stated: a blank one contradicts nothing
        city.orgs.probationary[i] = max(1, int(city.orgs.probationary[i]))
        city.record(unit)
        city.members.append(Member(unit.code, i, j % 2 == 0))
        city.plant("count_mismatch", city.code[i])
    for i, unit in city.take_own(k):
        city.record(unit)
        city.near("count_mismatch", city.code[i])


def _excluded(city: City) -> None:
    """Let units cover what is closed or excluded; beside it, what is merely suspended (S41)."""
    o = city.orgs
    k = city.quota(6)
    for j, (i, unit) in enumerate(city.take_own(k)):
        if j % 3 == 2:
            o.status[i] = SHELL
            city.exclusions.append(exclusion(city, i, "空壳"))
        else:
            o.status[i] = CLOSED
        city.plant("covers_excluded", unit.code)
    for group in city.take_neighbours(4, city.quota(2)):
        unit = city.joint(group, (1, 1, 1, 1))
        o.status[group[3]] = CLOSED
        city.plant("covers_excluded", unit.code)
    for i, unit in city.take_own(city.quota()):
        o.status[i] = SUSPENDED
        city.near("covers_excluded", unit.code)


def _evidence(city: City) -> None:
    """Give excluded organizations their 剔除 rows, but for a few; some operating ones have one too (S41)."""
    o = city.orgs
    k = city.quota(6)
    outside = o.role == OUTSIDE
    shells = outside & ((o.status == SHELL) | (o.status == ZOMBIE) | (o.status == SHADOW))
    bare = city.take(shells, k)
    for j, i in enumerate(bare):
        if j % 3:
            row = exclusion(city, i, _KIND[int(o.status[i])])
            row["认定单位" if j % 3 == 1 else "认定日期"] = ""
            city.exclusions.append(row)
        city.plant("excluded_without_evidence", city.code[i])
    named = set(bare)
    for i in shells.nonzero()[0].tolist():
        if i not in named:
            city.exclusions.append(exclusion(city, i, _KIND[int(o.status[i])]))
    for i in city.take(outside & (o.status == CLOSED), k):
        city.near("excluded_without_evidence", city.code[i])
    for i in city.take(city.zero & (o.line == FIRM), max(k, len(city.code) // 1000)):
        city.exclusions.append(exclusion(city, i, "影子"))
        city.struck[i] = True
        city.near("no_work_coverage", city.code[i])


def _targets(city: City) -> None:
    """Make firms and kinds that just reach a target, and such as just don't; the truth counts them (S3–S8)."""
    o = city.orgs
    k = city.quota(6)
    firm = o.line == FIRM
    for i in city.take(city.zero & firm, k):
        o.staff[i], o.probationary[i] = 50, 0
    for j, i in enumerate(city.take(city.zero & firm, k)):
        o.staff[i], o.probationary[i] = (49, 0) if j % 2 else (60, 1)
        city.near("target_50", city.code[i])
    for i in city.take(city.small & firm, k):
        o.staff[i] = 100
    for i in city.take(city.small & firm, k):
        o.staff[i] = 99
        city.near("target_100", city.code[i])
    schools = ((o.category == SCHOOL) | (o.category == HOSPITAL)) & ~o.municipal
    for i in city.take(city.zero & schools, k):
        o.staff[i] = 30
    for i in city.take(city.zero & schools, k):
        o.staff[i] = 29
        city.near("target_kind", city.code[i])
    for i in city.take(city.small & firm, k):
        o.creative[i], o.size[i], o.staff[i] = True, 0, 320
    for i in city.take(city.small & firm, k):
        o.creative[i], o.size[i], o.staff[i] = True, 1, 90
        city.near("target_kind", city.code[i])


def _new_units(city: City) -> None:
    """Form a few units in the campaign without an instructor, others with one (S35)."""
    k = city.quota()
    for _, unit in city.take_own(k):
        unit.founded, unit.instructor = 20161115, ""
    for j, (_, unit) in enumerate(city.take_own(k)):
        unit.founded, unit.instructor = (20160731, "") if j % 2 else (20160801, "是")
        city.near("no_instructor", unit.code)

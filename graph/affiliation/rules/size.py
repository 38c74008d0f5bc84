"""Separate, joint, too large, too small: what the numbers of members and organizations say (S25, S26, S28, S29, O2, O3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.affiliation.facts import BRANCHES, Facts
from graph.affiliation.registry import (
    Hit,
    Hits,
    NotChecked,
    Outcome,
    Population,
    Row,
    Words,
    edge,
    no_repair,
    node,
    rule,
)
from graph.columns import mask, numbers
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

NEEDS_A_UNIT = no_repair(
    "须先批准组建，党组织代码由主管部门给出",
    "a unit has to be approved first; its office gives the code",
)


def without_unit(facts: Facts, picked: Bools) -> Hits:
    """Return a hit for each of these organizations: so many formal members, and no unit that covers it."""
    m = facts.formal_members

    def hit(row: Row) -> Hit:
        members = int(m[row.at])
        return Hit(
            row.code,
            {"name": row.name, "m": members},
            (node(row.code, "organization", formal_members=members),),
            (row.claim,),
            NEEDS_A_UNIT,
        )

    return facts.organization_hits(picked, hit)


@rule(
    "must_be_separate",
    clauses="S25",
    severity="error",
    title=("应单独建立", "must form separately"),
    says=(
        "{subject} {name} 有正式党员 {m} 名，须单独建立党组织",
        "{subject} {name} has {m} formal members and must form a unit of its own",
    ),
    clean=(
        "基数内有 {checked} 家单位正式党员达到单独组建人数，其中 {clean} 家已覆盖",
        "{clean} of {checked} organizations with enough formal members to form separately are covered",
    ),
    needs="organization",
)
def must_be_separate(facts: Facts) -> Outcome:
    """Find organizations of the base with three formal members or more that no unit covers.

    Probationary members do not count. A functional or dissolved unit does not cover; one whose 党组织代码 dangles is
    not taken to be uncovered (see :class:`~graph.affiliation.facts.Facts`): it has that finding.
    """
    facts.require_column("formal_members")
    enough = facts.base & (facts.formal_members >= facts.profile.formation.min_members)
    return Outcome(
        Population.of_organizations(enough), without_unit(facts, enough & facts.uncovered)
    )


@rule(
    "split_from_joint",
    clauses="S26 S25",
    severity="warning",
    title=("应从联合党组织分出", "to be split from its joint unit"),
    says=(
        "{subject} {name} 有正式党员 {m} 名而无自己的党组织；分出后 {remains}",
        "{subject} {name} has {m} formal members and no unit of its own; after a split {remains}",
    ),
    clean=(
        "{checked} 家达到单独组建人数且已覆盖的单位中 {clean} 家有自己的党组织",
        "{clean} of {checked} covered organizations with enough formal members have a unit of their own",
    ),
    needs="organization unit",
)
def split_from_joint(facts: Facts) -> Outcome:
    """Find organizations of the base with three formal members or more, covered by no unit of their own.

    *Own* as FORMATION reads it: neither 联合党支部 nor 功能型党组织, and it covers the organization alone or names it in
    所属单位. The message says what would remain of each unit that covers it.
    """
    facts.require_column("formal_members")
    o, m = facts.organizations, facts.formal_members
    enough = facts.base & mask(o["covered"]) & (m >= facts.profile.formation.min_members)
    some = o.loc[enough & o["own_unit"].isna().to_numpy(dtype=bool), ["name", "m", "claim"]]
    covers = facts.covers[facts.covers["organization"].isin(some.index)]
    over = covers.groupby("organization")["unit"].agg(list)
    held = dict(zip(facts.units.index, facts.units["n_covered"].astype(int), strict=True))
    total = dict(zip(facts.units.index, facts.units["m_covered"].astype(int), strict=True))
    claims = facts.cover_claims(zip(covers["unit"], covers["organization"], strict=True))
    hits = []
    for code, name, members, claim in zip(
        some.index, some["name"], some["m"], some["claim"], strict=True
    ):
        remains = [(unit, held[unit] - 1, total[unit] - int(members)) for unit in over[code]]
        hits.append(
            Hit(
                code,
                {
                    "name": name,
                    "m": int(members),
                    "remains": Words(
                        "；".join(f"{u} 余 {n} 家单位、{r} 名正式党员" for u, n, r in remains),
                        "; ".join(
                            f"{u} keeps {n} organizations and {r} formal members"
                            for u, n, r in remains
                        ),
                    ),
                },
                (
                    node(code, "organization", formal_members=int(members)),
                    *(edge("COVERS", unit, code) for unit, _, _ in remains),
                ),
                (
                    ("organization", int(claim)),
                    *(c for unit, _, _ in remains for c in claims.get((unit, code), [])),
                ),
                NEEDS_A_UNIT,
            )
        )
    return Outcome(Population.of_organizations(enough), hits)


@rule(
    "over_large",
    clauses="S26 S29 O2",
    severity="warning",
    title=("覆盖单位过多", "covers too many organizations"),
    says=(
        "{subject} {name} 覆盖 {n} 家单位，超过 {cap} 家",
        "{subject} {name} covers {n} organizations, more than {cap}",
    ),
    clean=(
        "{checked} 个覆盖单位的党组织中 {clean} 个不超过上限",
        "{clean} of {checked} units that cover organizations keep the cap",
    ),
    needs="unit organization",
)
def over_large(facts: Facts) -> Outcome:
    """Find undissolved formal units that cover more organizations than the profile's cap, whatever their type.

    All organizations count, whatever their status (FORMATION, *Hosts*).
    """
    cap = facts.profile.formation.max_organizations
    units = facts.units
    n = numbers(units["n_covered"])
    covering = facts.formal & (n > 0)
    found = np.flatnonzero(covering & (n > cap))
    some = units.iloc[found]
    by = _covered_by(facts, some.index)
    hits = [
        Hit(
            code,
            {"name": name, "n": int(number), "cap": cap},
            (*(edge("COVERS", code, o) for o in by[code][: cap + 1]),),
            (("unit", int(claim)), *facts.claims_of("organization", by[code][: cap + 1])),
            no_repair(
                "分出哪些单位，须由人决定",
                "which organizations are to leave is for people to decide",
            ),
        )
        for code, name, number, claim in zip(
            some.index, some["name"], n[found], some["claim"], strict=True
        )
    ]
    return Outcome(Population.of_units(covering), hits)


def _covered_by(facts: Facts, units: pd.Index) -> dict[str, list[str]]:
    """Return the organizations that some units cover, sorted."""
    covers = facts.covers[facts.covers["unit"].isin(units)].sort_values(["unit", "organization"])
    return {str(u): list(group) for u, group in covers.groupby("unit")["organization"]}


_BY_RECORDS = Words("党员记录", "member records")
_BY_ORGANIZATIONS = Words(
    "所覆盖单位的正式党员数", "the formal members of the organizations it covers"
)
"""How a unit's members were counted."""


@rule(
    "over_members",
    clauses="O2",
    severity="warning",
    title=("支部党员过多", "too many members in a branch"),
    says=(
        "{subject} {name} 有党员 {n} 名（据{how}），超过 {cap} 名",
        "{subject} {name} has {n} members (by {how}), more than {cap}",
    ),
    clean=(
        "{checked} 个可计数的支部中 {clean} 个不超过上限",
        "{clean} of {checked} branches whose members are known keep the cap",
    ),
)
def over_members(facts: Facts) -> Outcome:
    """Find undissolved branches and joint branches with more than 50 members.

    A unit's members are its 党员 records, probationary ones included, where that sheet has a record of the unit; else the
    formal members of the organizations it covers.
    """
    cap = facts.profile.formation.max_members
    return _branches(
        facts,
        "all",
        lambda n: n > cap,
        {"cap": cap},
        no_repair("须由支部提出调整", "the branch has to propose a change"),
    )


@rule(
    "too_few_members",
    clauses="S28 O1",
    severity="warning",
    title=("正式党员不足", "too few formal members"),
    says=(
        "{subject} {name} 只有正式党员 {n} 名（据{how}），不足 {least} 名",
        "{subject} {name} has only {n} formal members (by {how}), fewer than {least}",
    ),
    clean=(
        "{checked} 个可计数的支部中 {clean} 个正式党员足够",
        "{clean} of {checked} branches whose members are known have enough formal members",
    ),
)
def too_few_members(facts: Facts) -> Outcome:
    """Find undissolved branches and joint branches (no other types) with fewer than three formal members.

    Counted as in ``over_members``, formal members only. A branch without a record that covers nothing, or an
    organization of unknown number, is not judged: nothing is invented.
    """
    least = facts.profile.formation.min_members
    return _branches(
        facts,
        "formal",
        lambda n: n < least,
        {"least": least},
        no_repair("须并入或联合组建", "it has to be merged or to form jointly with others"),
    )


def _branches(
    facts: Facts,
    column: str,
    bad: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
    values: dict[str, object],
    repair: dict[str, object],
) -> Outcome:
    """Judge undissolved branches by their number of members."""
    units = facts.units
    n = facts.unit_members[column].to_numpy(dtype=float)
    judged = facts.live & units["type"].isin(BRANCHES).to_numpy(dtype=bool) & ~np.isnan(n)
    picked = judged & bad(n)
    if not judged.any() and not facts.holds("organization") and not facts.holds("member"):
        raise NotChecked(
            "未导入党员表和单位台账", "no 党员 sheet and no ledger of organizations loaded"
        )
    records = facts.unit_members["records"].to_numpy(dtype=bool)
    by = _covered_by(facts, units.index[picked & ~records])

    def hit(row: Row) -> Hit:
        members = int(n[row.at])
        evidence = [node(row.code, "unit", members=members)]
        sources = [row.claim]
        if not records[row.at]:
            covered = by.get(row.code, [])[:50]
            evidence += [edge("COVERS", row.code, o) for o in covered]
            sources += facts.claims_of("organization", covered)
        how = _BY_RECORDS if records[row.at] else _BY_ORGANIZATIONS
        return Hit(
            row.code,
            {"name": row.name, "n": members, "how": how, **values},
            tuple(evidence),
            tuple(sources),
            repair,
        )

    return Outcome(Population.of_units(judged), facts.unit_hits(picked, hit))


@rule(
    "wrong_type",
    clauses="O3",
    severity="warning",
    title=("类型与人数不符", "type does not fit the number of members"),
    says=(
        "{subject} {name} 有党员 {n} 名，类型为{type}，应为{fit}",
        "{subject} {name} has {n} members and is a {type}: it should be a {fit}",
    ),
    clean=(
        "{checked} 个可计数的党组织中 {clean} 个类型相符",
        "the type of {clean} of {checked} units whose members are known fits",
    ),
)
def wrong_type(facts: Facts) -> Outcome:
    """Find units whose type does not fit 50 and 100 members (O3): fewer a branch, then 党总支, from 100 on 党委.

    Off in ``wuhan-2016``, which predates it. Judged are 党支部, 联合党支部, 党总支 and 党委 that cover an organization or
    have member records. A larger type than the number asks for is allowed with approval (批准单位 filled in).
    """
    thresholds = facts.profile.audit.type_thresholds
    if not thresholds:
        raise NotChecked(
            "本规则档案未启用（O3，晚于 2016 年方案）",
            "switched off in this profile (O3 is later than the plan)",
        )
    general, committee = thresholds
    units = facts.units
    n = facts.unit_members["all"].to_numpy(dtype=float)
    rank = (
        units["type"]
        .map({"党支部": 0, "联合党支部": 0, "党总支": 1, "党委": 2})
        .to_numpy(dtype=float)
    )
    judged = facts.live & ~np.isnan(rank) & ~np.isnan(n)
    fit = np.where(n >= committee, 2, np.where(n >= general, 1, 0))
    approved = units["approved_by"].notna().to_numpy(dtype=bool)
    with np.errstate(invalid="ignore"):
        bad = judged & ((rank < fit) | ((rank > fit) & ~approved))
    names = ("党支部", "党总支", "党委")
    found = np.flatnonzero(bad)
    some = units.iloc[found]
    hits = [
        Hit(
            code,
            {"name": name, "n": int(n[i]), "type": type_, "fit": names[fit[i]]},
            (node(code, "unit", type=type_, members=int(n[i])),),
            (("unit", int(claim)),),
            no_repair("类型变更须经批准", "a change of type has to be approved"),
        )
        for i, code, name, type_, claim in zip(
            found, some.index, some["name"], some["type"], some["claim"], strict=True
        )
    ]
    return Outcome(Population.of_units(judged), hits)


@rule(
    "joint_too_old",
    clauses="S26",
    severity="warning",
    title=("联合党组织建立时间较长", "joint unit older than the limit"),
    says=(
        "{subject} {name} 于 {founded} 成立，已超过 {years} 年",
        "{subject} {name} was founded on {founded}, more than {years} years ago",
    ),
    clean=(
        "{checked} 个有成立日期的联合党组织中 {clean} 个未超过年限",
        "{clean} of {checked} joint units with a date of founding are within the limit",
    ),
    needs="unit organization",
)
def joint_too_old(facts: Facts) -> Outcome:
    """Find joint units (they cover several organizations and are no one's own) older than the profile's limit.

    Off where the limit is unset: the plan's "建立时间较长" gives no number. The limit is in years, to the day.
    """
    years = facts.profile.audit.joint_max_years
    if years is None:
        raise NotChecked(
            "规则档案未设年限（方案未给出数字）",
            "no limit is set in the profile (the plan gives no number)",
        )
    units = facts.units
    founded = numbers(units["founded"])
    judged = facts.formal & mask(units["is_joint"]) & ~np.isnan(founded)
    with np.errstate(invalid="ignore"):
        old = judged & (founded + 10000 * years < facts.as_of)
    some = units[old]
    hits = [
        Hit(
            code,
            {"name": name, "founded": iso(int(date)), "years": years},
            (node(code, "unit", founded=iso(int(date))),),
            (("unit", int(claim)),),
            no_repair("是否调整须由人决定", "whether to change it is for people to decide"),
        )
        for code, name, date, claim in zip(
            some.index, some["name"], some["founded"], some["claim"], strict=True
        )
    ]
    return Outcome(Population.of_units(judged), hits)

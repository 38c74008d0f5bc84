"""Who is covered, twice, by the wrong kind of unit, or not at all; members outside their unit's coverage (S2, S31, S39, S41)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.chains import COMMITTEES
from graph.affiliation.facts import CLOSED, JOINT_BRANCH, Facts
from graph.affiliation.registry import (
    Claim,
    Hit,
    NotChecked,
    Outcome,
    Population,
    Row,
    Words,
    edge,
    edit,
    no_repair,
    node,
    rule,
)
from graph.affiliation.rules.size import without_unit
from graph.columns import among, mask, positions, texts
from graph.cut.outside import stubs

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 20
MEMBERS_REPAIR = no_repair(
    "按所列行在党员台账中更正", "to be put right in the rows of the 党员 sheet that are listed"
)


@rule(
    "covered_twice",
    clauses="S31 O11",
    severity="error",
    title=("被两个党组织覆盖", "covered twice"),
    says=(
        "{subject} {name} 同时被 {n} 个党组织覆盖：{units}",
        "{subject} {name} is covered by {n} units: {units}",
    ),
    clean=(
        "{checked} 家被覆盖单位中 {clean} 家只归一个党组织",
        "{clean} of {checked} covered organizations are under one unit",
    ),
    needs="organization unit",
)
def covered_twice(facts: Facts) -> Outcome:
    """Find organizations of the base under two undissolved formal units.

    A committee above a branch of the same organization is no second one: a unit of the organization's own (it names the
    organization in 所属单位 or covers it alone, and is no joint branch) is not counted where its chain passes a
    committee (党委, 党总支, 工委, 党组) that is the organization's own too. So a firm's committee with its branches counts once.
    """
    o, units = facts.organizations, facts.units
    covers = facts.covers
    size = covers.groupby("organization")["unit"].transform("size").to_numpy()
    in_base = o.index[facts.base]
    base = covers["organization"].isin(in_base)
    some = covers[(size >= 2) & base.to_numpy(dtype=bool)].copy()
    checked = np.zeros(len(o), dtype=bool)
    checked[positions(o.index, texts(covers.loc[base, "organization"]))] = True
    if not len(some):
        return Outcome(Population.of_organizations(checked))
    alone = units["n_covered"].reindex(some["unit"]).to_numpy(dtype=float) == 1
    names = texts(units["organization"].reindex(some["unit"]))
    type_ = texts(units["type"].reindex(some["unit"]))
    some["own"] = (alone | (names == some["organization"].to_numpy(dtype=object))) & (
        type_ != JOINT_BRANCH
    )
    some["committee"] = some["own"] & among(type_, (*COMMITTEES, "党总支", "党组"))
    some["below"] = _below_own_committee(facts, some)
    counted = some[~some["below"]]
    found = counted.groupby("organization")["unit"].agg(list)
    found = found[found.map(len) >= 2]
    pairs = [(str(unit), str(code)) for code, over in found.items() for unit in over]
    claims = facts.cover_claims(pairs)
    hits = []
    for code, over in found.items():
        over = sorted(over)
        hits.append(
            Hit(
                str(code),
                {
                    "name": o.at[code, "name"],
                    "n": len(over),
                    "units": Words("、".join(over[:SHOWN]), ", ".join(over[:SHOWN])),
                },
                tuple(edge("COVERS", unit, str(code)) for unit in over[:SHOWN]),
                tuple(
                    dict.fromkeys(
                        c for unit in over[:SHOWN] for c in claims.get((unit, str(code)), [])
                    )
                ),
                no_repair(
                    "归哪一个党组织，须由人判断", "which unit it belongs to is for a person to say"
                ),
            )
        )
    return Outcome(Population.of_organizations(checked), hits)


def _below_own_committee(facts: Facts, some: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which rows (unit, organization) stand below an own committee of the same organization."""
    out = np.zeros(len(some), dtype=bool)
    heads = some.loc[some["committee"], ["unit", "organization"]]
    forest = facts.forest
    # only committees of organizations that have another own unit matter, so few subtrees are swept
    own = some[some["own"]].groupby("organization")["unit"].size()
    heads = heads[heads["organization"].map(own).to_numpy(dtype=float) >= 2]
    at = positions(forest.index, some["unit"])
    rows: dict[str, list[int]] = {}
    for position, (code, is_own) in enumerate(zip(some["organization"], some["own"], strict=True)):
        if is_own:
            rows.setdefault(code, []).append(position)
    for unit, code in zip(heads["unit"], heads["organization"], strict=True):
        top = forest.number(unit)
        below = set(forest.below(top).tolist()) - {top}
        above = {int(j) for j in forest.way(top, forest.first_superior, 64)}
        for position in rows[code]:
            # in a cycle each stands above the other: then neither is let off
            if int(at[position]) in below and int(at[position]) not in above:
                out[position] = True
    return out


@rule(
    "counted_twice",
    clauses="S31 O11",
    severity="error",
    title=("党员重复统计", "members in two formal units"),
    says=(
        "{subject} {name} 有 {n} 名党员同时编入其他正式党组织",
        "{n} members of {subject} {name} stand in another formal unit too",
    ),
    clean=(
        "{checked} 个有党员记录的党组织中 {clean} 个无重复统计",
        "{clean} of {checked} units with member records count nobody twice",
    ),
    needs="member unit",
)
def counted_twice(facts: Facts) -> Outcome:
    """Find members who stand in two undissolved formal units at once: one finding for each of these units.

    The subject is the unit, with a count and the source rows, never a member's code. A functional unit beside a
    formal one is in order (一方隶属、双重管理、多方活动), and so is a unit that no row defines.
    """
    people = facts.members.drop_duplicates(["member", "unit"])
    formal = facts.units.index[facts.formal]
    people = people[people["unit"].isin(formal)]
    twice = people[people.duplicated("member", keep=False)]
    return _by_unit(facts, twice, people)


def _by_unit(facts: Facts, rows: pd.DataFrame, checked: pd.DataFrame) -> Outcome:
    """Word member rows unit by unit: a count and where the rows stand."""
    hits = []
    for code, some in rows.groupby("unit"):
        sources: list[Claim] = [("member", int(c)) for c in sorted(set(some["claim"]))[:SHOWN]]
        n = int(some["member"].nunique())
        hits.append(
            Hit(
                str(code),
                {"name": facts.units.at[code, "name"], "n": n},
                (node(str(code), "unit", members=n),),
                (*facts.claims_of("unit", [str(code)]), *sources),
                MEMBERS_REPAIR,
            )
        )
    units = positions(facts.units.index, texts(checked["unit"].drop_duplicates()))
    return Outcome(Population(units=units), hits)


@rule(
    "functional_counted",
    clauses="S31",
    severity="error",
    title=("功能型党组织计入统计", "functional unit counted"),
    says=("功能型党组织 {subject} {name} {what}", "the functional unit {subject} {name} {what}"),
    clean=(
        "{checked} 个功能型党组织中 {clean} 个未计入覆盖和统计",
        "{clean} of {checked} functional units are counted neither into coverage nor into statistics",
    ),
)
def functional_counted(facts: Facts) -> Outcome:
    """Find undissolved functional units that are counted into coverage or into statistics.

    Into coverage: an organization names it in 党组织代码 (its covering unit) and no formal unit covers that organization; not
    asked where the profile counts functional units. 所属单位 and 覆盖单位 of the functional unit itself claim no coverage.
    Into statistics: a member record's only units are functional, so the member would be counted there.
    """
    units, o = facts.units, facts.organizations
    functional = units.index[facts.live & mask(units["functional"])]
    what: dict[str, list[Words]] = {}
    evidence: dict[str, list[Any]] = {}
    claims: dict[str, list[Claim]] = {}
    repairs: dict[str, dict[str, Any]] = {}
    if not facts.profile.functional_counts and len(functional):
        edges = facts.cover_edges
        named = edges[edges["source"].isin(functional) & edges["via"].eq("unit")]
        covered = o.index[mask(o["covered"])]
        named = named[~named["target"].isin(covered)]
        for code, some in named.groupby("source"):
            n = len(some)
            what.setdefault(str(code), []).append(
                Words(
                    f"被 {n} 家单位作为覆盖它的党组织", f"is the covering unit of {n} organizations"
                )
            )
            targets = list(some["target"])[:SHOWN]
            evidence[str(code)] = [edge("COVERS", str(code), t, via="党组织代码") for t in targets]
            claims[str(code)] = [("organization", int(c)) for c in list(some["claim"])[:SHOWN]]
            if n == 1:
                repairs[str(code)] = edit(
                    "台账", targets[0], "党组织代码", o.at[targets[0], "unit"], None
                )
    people = facts.members
    if len(people) and len(functional):
        at_formal = people.loc[~people["unit"].isin(functional), "member"]
        lost = people[people["unit"].isin(functional) & ~people["member"].isin(at_formal)]
        for code, some in lost.groupby("unit"):
            n = int(some["member"].nunique())
            what.setdefault(str(code), []).append(
                Words(f"有 {n} 名党员只编入它", f"is the only unit of {n} members")
            )
            evidence.setdefault(str(code), []).append(node(str(code), "unit", members=n))
            rows = sorted(set(some["claim"]))[:SHOWN]
            claims.setdefault(str(code), []).extend(("member", int(c)) for c in rows)
            repairs[str(code)] = MEMBERS_REPAIR
    hits = [
        Hit(
            code,
            {
                "name": units.at[code, "name"],
                "what": Words("，且".join(w.zh for w in words), " and ".join(w.en for w in words)),
            },
            tuple(evidence[code]),
            (*facts.claims_of("unit", [code]), *claims[code]),
            repairs.get(
                code,
                no_repair("逐家改为其正式党组织", "each organization has to name its formal unit"),
            ),
        )
        for code, words in what.items()
    ]
    return Outcome(Population(units=positions(units.index, functional)), hits)


@rule(
    "member_outside_coverage",
    clauses="S31 O11",
    severity="warning",
    title=("党员工作单位不在覆盖范围", "members whose employer the unit does not cover"),
    says=(
        "{subject} {name} 有 {n} 名党员的工作单位不在其覆盖范围",
        "{subject} {name} does not cover the employers of {n} of its members",
    ),
    clean=(
        "{checked} 个有党员记录的党组织中 {clean} 个覆盖其党员的工作单位",
        "{clean} of {checked} units with member records cover their members' employers",
    ),
    needs="member unit",
)
def member_outside_coverage(facts: Facts) -> Outcome:
    """Find members of undissolved formal units whose employer that unit does not cover.

    Judged are records that name an employer. All that the unit claims to cover counts, an organization that no ledger
    lists included. Functional units take members from elsewhere by nature and are not asked.
    """
    people = facts.members
    people = people[
        people["employer"].notna() & people["unit"].isin(facts.units.index[facts.formal])
    ]
    edges = facts.cover_edges
    some = edges[edges["source"].isin(people["unit"].unique())]
    have = pd.MultiIndex.from_arrays([some["source"], some["target"]])
    want = pd.MultiIndex.from_arrays([people["unit"], people["employer"]])
    outside = people[~want.isin(have) & ~stubs(people["employer"])]
    return _by_unit(facts, outside, people)


@rule(
    "covers_excluded",
    clauses="S41",
    severity="warning",
    title=("覆盖已剔除或注销单位", "covers an excluded or closed organization"),
    says=(
        "{subject} {name} 覆盖 {n} 家空壳、僵尸、影子或注销单位：{some}",
        "{subject} {name} covers {n} shell, zombie, shadow or closed organizations: {some}",
    ),
    clean=(
        "{checked} 个覆盖单位的党组织中 {clean} 个不覆盖已剔除或注销单位",
        "{clean} of {checked} units that cover organizations cover none that is excluded or closed",
    ),
    needs="unit organization",
)
def covers_excluded(facts: Facts) -> Outcome:
    """Find undissolved formal units that cover a shell, zombie, shadow or closed (注销) organization.

    Excluded is what its 经营状态 says or a 剔除 row in force; a suspended (停业) organization is neither excluded nor closed.
    """
    o = facts.organizations
    gone = o.index[mask(o["excluded"]) | mask(o["status"].eq(CLOSED))]
    covers = facts.covers
    bad = covers[covers["organization"].isin(gone)].sort_values(["unit", "organization"])
    claims = facts.cover_claims(zip(bad["unit"], bad["organization"], strict=True))
    named = _named_by(facts, bad)
    status = dict(zip(gone, o["status"].reindex(gone), strict=True))
    by: dict[str, list[str]] = {}
    for unit, organization in zip(bad["unit"], bad["organization"], strict=True):
        by.setdefault(unit, []).append(organization)
    hits = []
    for (unit, codes), name in zip(by.items(), facts.units["name"].reindex(list(by)), strict=True):
        shown = codes[:SHOWN]
        words = [f"{c}（{status[c]}）" for c in shown]
        evidence = [
            (edge("COVERS", unit, c), node(c, "organization", status=status[c])) for c in shown
        ]
        rows = [(*claims.get((unit, c), []), *facts.claims_of("organization", [c])) for c in shown]
        hits.append(
            Hit(
                unit,
                {
                    "name": name,
                    "n": len(codes),
                    "some": Words("、".join(words), ", ".join(words)),
                },
                tuple(chain.from_iterable(evidence)),
                tuple(dict.fromkeys(chain.from_iterable(rows))),
                _uncover(facts, unit, named[unit]),
            )
        )
    covering = positions(facts.units.index, texts(covers["unit"].drop_duplicates()))
    return Outcome(Population(units=covering), hits)


def _named_by(facts: Facts, covers: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """Return by unit which cells (organization, property) say that it covers these organizations."""
    edges = facts.cover_edges
    edges = edges[
        edges["source"].isin(covers["unit"]) & edges["target"].isin(covers["organization"])
    ]
    wanted = set(zip(covers["unit"], covers["organization"], strict=True))
    out: dict[str, list[tuple[str, str]]] = {}
    for unit, target, via in zip(edges["source"], edges["target"], edges["via"], strict=True):
        if (unit, target) in wanted:
            out.setdefault(unit, []).append((target, via))
    return out


def _uncover(facts: Facts, unit: str, named: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the one cell that names the organization as covered, where there is one and no more."""
    if len(named) != 1 or named[0][1] == "organization":
        return no_repair(
            "党组织与其单位的关系须由人清理",
            "the unit and its organization have to be sorted out by people",
        )
    target, via = named[0]
    sheet, key, column, now, drop = (
        ("台账", target, "党组织代码", facts.organizations.at[target, "unit"], unit)
        if via == "unit"
        else ("党组织", unit, "覆盖单位", facts.units.at[unit, "covers"], target)
    )
    rest = ";".join(part for part in str(now).split(";") if part != drop)
    return edit(sheet, key, column, str(now), rest or None)


@rule(
    "excluded_without_evidence",
    clauses="S41",
    severity="error",
    title=("剔除缺依据", "exclusion without evidence"),
    says=("{subject} {name} 被剔除，但{what}", "{subject} {name} is excluded, but {what}"),
    clean=(
        "{checked} 家已剔除单位中 {clean} 家有类型、日期和认定单位",
        "{clean} of {checked} exclusions state kind, date and deciding office",
    ),
    needs="organization",
)
def excluded_without_evidence(facts: Facts) -> Outcome:
    """Find exclusions without kind, date or deciding office.

    An organization whose 经营状态 is 空壳, 僵尸 or 影子 and that no 剔除 row names and no decision excludes is one (S41), also
    where no 剔除 sheet is loaded; so is a 剔除 row in which 类型, 认定日期 or 认定单位 is blank. 依据 is not asked for. Excluded
    organizations are outside the base by nature.
    """
    o = facts.organizations
    rows = facts.frame("exclusion")
    by_status = mask(o["status"].isin(("空壳", "僵尸", "影子")))
    named = {*rows["organization"], *facts.city.decisions.excluded}
    bare = by_status & ~o.index.isin(named)
    status = texts(o["status"])
    fill = no_repair("须由认定部门出具", "the deciding office has to supply it")

    def by_status_alone(row: Row) -> Hit:
        said = status[row.at]
        what = Words(f"只有状态“{said}”，无剔除记录", f"by its status {said} alone: no 剔除 row")
        shown = (node(row.code, "organization", status=said),)
        return Hit(row.code, {"name": row.name, "what": what}, shown, (row.claim,), fill)

    hits: dict[str, Hit] = {}
    columns = {
        "type": Words("类型", "kind"),
        "decided": Words("认定日期", "date"),
        "office": Words("认定单位", "deciding office"),
    }
    blank = pd.DataFrame(
        {c: rows[c].isna() | rows[c].astype(str).str.strip().eq("") for c in columns}
    )
    for at in np.flatnonzero(blank.any(axis=1).to_numpy(dtype=bool)):
        row = rows.iloc[at]
        code = str(row["organization"])
        lacking = [words for c, words in columns.items() if blank[c].iloc[at]]
        known = code in o.index
        hits[code] = Hit(
            code,
            {
                "name": o.at[code, "name"] if known else "",
                "what": Words(
                    "剔除记录缺" + "、".join(w.zh for w in lacking),
                    "its 剔除 row lacks " + ", ".join(w.en for w in lacking),
                ),
            },
            (node(code, "organization" if known else "missing", lacks=[w.zh for w in lacking]),),
            (("exclusion", int(row["claim"])),),
            fill,
        )
    stated = positions(o.index, texts(rows["organization"]))
    listed = by_status.copy()
    listed[stated[stated >= 0]] = True
    return Outcome(
        Population(organizations=np.flatnonzero(listed), others=int((stated < 0).sum())),
        facts.organization_hits(bare, by_status_alone).beside(hits),
    )


@rule(
    "eligible_uncovered",
    clauses="S2",
    severity="error",
    title=("符合条件未覆盖", "eligible and uncovered"),
    says=(
        "{subject} {name} 有正式党员 {m} 名，尚未被党组织覆盖",
        "{subject} {name} has {m} formal members and is not covered",
    ),
    clean=(
        "基数内 {checked} 家有 1—2 名正式党员的单位中 {clean} 家已覆盖",
        "{clean} of {checked} organizations with one or two formal members are covered",
    ),
    needs="organization",
    deadline="S2",
)
def eligible_uncovered(facts: Facts) -> Outcome:
    """Find organizations of the base with one or two formal members that no unit covers.

    From three on the finding is ``must_be_separate``. One whose 党组织代码 dangles is not taken to be uncovered.
    """
    facts.require_column("formal_members")
    m = facts.formal_members
    with np.errstate(invalid="ignore"):
        few = facts.base & (m >= 1) & (m < facts.profile.formation.min_members)
    return Outcome(Population.of_organizations(few), without_unit(facts, few & facts.uncovered))


@rule(
    "zone_without_committee",
    clauses="S39",
    severity="error",
    title=("园区未设党委", "zone without a committee"),
    says=(
        "{level}园区 {subject} {name} 没有企业党委或综合党委{station}",
        "the {level} zone {subject} {name} has no committee{station}",
    ),
    clean=(
        "{checked} 个省级以上园区中 {clean} 个设有党委",
        "{clean} of {checked} zones of provincial level or higher have a committee",
    ),
    needs="park",
)
def zone_without_committee(facts: Facts) -> Outcome:
    """Find zones of provincial or national level without an undissolved 党委 or 工委 whose 所属单位 names them.

    Whether the zone has a guidance station (S39 asks for that too) is said in the message; a zone with a committee
    and no station is no finding, for its name would not be true.
    """
    if not facts.holds("unit"):
        raise NotChecked("未导入党组织表", "no 党组织 sheet loaded")
    parks = facts.expected.parks
    committees = facts.expected.committees
    served = set(committees.loc[committees["kind"].eq("zone"), "of"])
    high = parks[mask(parks["high"])]
    some = high[~high.index.isin(served)]
    hits = []
    for key, row in some.iterrows():
        has = row["station"]
        lacks = pd.isna(has) or not bool(has)
        hits.append(
            Hit(
                str(key),
                {
                    "name": row["name"],
                    "level": Words(
                        str(row["level"]),
                        "national" if row["level"] == "国家级" else "provincial",
                    ),
                    "station": Words("，也没有党建工作指导站", " and no guidance station")
                    if lacks
                    else Words("", ""),
                },
                (node(str(key), "park", level=row["level"]),),
                (("park", int(row["claim"])),),
                no_repair("须先批准设立", "it has to be set up and approved first"),
            )
        )
    return Outcome(Population(offices=tuple(map(str, high.index))), hits)

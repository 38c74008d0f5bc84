"""Work coverage, measures, instructors and the six clears: what is to be done (S10, S14, S19, S30, S35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.affiliation.facts import Facts
from graph.affiliation.registry import Hit, Outcome, Population, Row, Words, no_repair, node, rule
from graph.columns import filled, numbers
from graph.model import iso
from graph.survey import clear_bits, instructed, work_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

CLEARS = (
    Words("经营运行情况", "operation"),
    Words("职工队伍情况", "staff"),
    Words("党员队伍情况", "members"),
    Words("党组织情况", "party unit"),
    Words("出资人（负责人）情况", "investor"),
    Words("未建原因", "reason for having no unit"),
)


@rule(
    "no_work_coverage",
    clauses="S10 S30",
    severity="error",
    title=("组织、工作均未覆盖", "no unit and no work coverage"),
    says=(
        "{subject} {name} 未建党组织，也没有任何党的工作覆盖",
        "{subject} {name} has neither a unit nor any means of work coverage",
    ),
    clean=(
        "基数内 {checked} 家未覆盖单位中 {clean} 家有工作覆盖",
        "{clean} of {checked} uncovered organizations have work coverage",
    ),
    needs="organization",
    deadline="S30",
)
def no_work_coverage(facts: Facts) -> Outcome:
    """Find uncovered organizations of the base without any of S30's four means.

    The means are an instructor (是 or a code), a mass organization (工会, 共青团, 妇联), investor guidance or joint
    development of members (counts of one or more). A blank cell is no evidence.
    """
    o = facts.organizations
    repair = no_repair("须先开展工作，再填写", "the work comes first, the cell after")

    def hit(row: Row) -> Hit:
        return Hit(
            row.code, {"name": row.name}, (node(row.code, "organization"),), (row.claim,), repair
        )

    hits = facts.organization_hits(facts.uncovered & ~work_means(o), hit)
    return Outcome(Population.of_organizations(facts.uncovered), hits)


@rule(
    "no_measures",
    clauses="S19 S23",
    severity="error",
    title=("未定组建措施", "no measures"),
    says=(
        "{subject} {name} 未建党组织，而“一企一策”“一社一策”缺{what}",
        "{subject} {name} has no unit, and its plan of measures lacks {what}",
    ),
    clean=(
        "基数内 {checked} 家未覆盖单位中 {clean} 家有措施、时限和责任单位",
        "{clean} of {checked} uncovered organizations have measures, a deadline and a responsible department",
    ),
    needs="organization",
    deadline="S19",
)
def no_measures(facts: Facts) -> Outcome:
    """Find uncovered organizations of the base whose plan lacks 措施, 完成时限 or 责任单位: S19 asks for all three."""
    o = facts.organizations
    parts = (
        (filled(o["measures"]), Words("措施", "measures")),
        (o["measures_due"].notna().to_numpy(dtype=bool), Words("完成时限", "a deadline")),
        (filled(o["responsible"]), Words("责任单位", "a responsible department")),
    )
    complete = parts[0][0] & parts[1][0] & parts[2][0]
    repair = no_repair(
        "措施须由责任单位制定", "the measures are for the responsible department to set"
    )

    def hit(row: Row) -> Hit:
        lacks = [words for has, words in parts if not has[row.at]]
        what = Words("、".join(w.zh for w in lacks), ", ".join(w.en for w in lacks))
        return Hit(
            row.code,
            {"name": row.name, "what": what},
            (node(row.code, "organization", lacks=[w.zh for w in lacks]),),
            (row.claim,),
            repair,
        )

    hits = facts.organization_hits(facts.uncovered & ~complete, hit)
    return Outcome(Population.of_organizations(facts.uncovered), hits)


@rule(
    "measures_late",
    clauses="S19 S36",
    severity="warning",
    title=("措施时限过晚", "measures due too late"),
    says=(
        "{subject} {name} 的完成时限 {due} 晚于 {latest}",
        "the measures of {subject} {name} are due on {due}, after {latest}",
    ),
    clean=(
        "基数内 {checked} 家有时限的未覆盖单位中 {clean} 家不晚",
        "{clean} of {checked} uncovered organizations with a deadline keep it in time",
    ),
    needs="organization",
)
def measures_late(facts: Facts) -> Outcome:
    """Find uncovered organizations of the base whose measures are due after 2016-11-20 (a profile value)."""
    o = facts.organizations
    latest = facts.profile.audit.measures_latest
    due = numbers(o["measures_due"])
    judged = facts.uncovered & ~np.isnan(due)
    with np.errstate(invalid="ignore"):
        late = judged & (due > latest)
    repair = no_repair("时限须由责任单位重定", "the responsible department has to set a new date")

    def hit(row: Row) -> Hit:
        date = iso(int(due[row.at]))
        return Hit(
            row.code,
            {"name": row.name, "due": date, "latest": iso(latest)},
            (node(row.code, "organization", measures_due=date),),
            (row.claim,),
            repair,
        )

    hits = facts.organization_hits(late, hit)
    return Outcome(Population.of_organizations(judged), hits)


@rule(
    "no_instructor",
    clauses="S35",
    severity="error",
    title=("新建党组织无指导员", "new unit without an instructor"),
    says=(
        "{subject} {name} 于 {founded} 组建，尚无第一书记或党建指导员",
        "{subject} {name} was formed on {founded} and has no instructor",
    ),
    clean=(
        "{checked} 个新组建党组织中 {clean} 个有指导员",
        "{clean} of {checked} new units have an instructor",
    ),
)
def no_instructor(facts: Facts) -> Outcome:
    """Find undissolved units formed since the campaign began (a profile date) without an instructor of their own.

    指导员 of the unit's row counts, 是 or a code; functional units are new units too.
    """
    units = facts.units
    founded = numbers(units["founded"])
    with np.errstate(invalid="ignore"):
        new = (
            facts.live & (founded >= facts.profile.audit.new_unit_since) & (founded <= facts.as_of)
        )
    some = units[new & ~instructed(units["instructor"])]
    repair = no_repair("须先选派", "one has to be assigned first")
    hits = [
        Hit(
            code,
            {"name": name, "founded": iso(int(date))},
            (node(code, "unit", founded=iso(int(date))),),
            (("unit", int(claim)),),
            repair,
        )
        for code, name, date, claim in zip(
            some.index, some["name"], some["founded"], some["claim"], strict=True
        )
    ]
    return Outcome(Population.of_units(new), hits)


@rule(
    "incomplete_clears",
    clauses="S14",
    severity="note",
    title=("六个清楚不全", "six clears incomplete"),
    says=("{subject} {name} 尚未做到：{what}", "{subject} {name} is not clear yet on: {what}"),
    clean=(
        "基数内 {checked} 家单位中 {clean} 家六清齐全",
        "{clean} of {checked} organizations of the base have all their clears",
    ),
    needs="organization",
    deadline="S14",
)
def incomplete_clears(facts: Facts) -> Outcome:
    """Find organizations of the base whose 六清 lacks one of the six, and say which.

    The sixth (未建原因) is asked of uncovered organizations only (S14: required iff no unit). A blank cell means that none is
    done; where no organization of the base has 六清, the ledgers don't keep the column and nothing is checked.
    """
    o = facts.organizations
    facts.require_column("clears")
    done = clear_bits(o["clears"])[:, np.newaxis] >> np.arange(len(CLEARS)) & 1
    asked = np.ones((len(o), len(CLEARS)), dtype=bool)
    asked[:, -1] = facts.uncovered
    lacking = asked & (done == 0)
    # one text for each of the 63 ways to lack some
    pattern = (lacking << np.arange(len(CLEARS))).sum(axis=1)
    said = [
        _lacking([j for j in range(len(CLEARS)) if n >> j & 1]) for n in range(1 << len(CLEARS))
    ]
    repair = no_repair("须先摸清，再填写", "it has to be surveyed first")

    def hit(row: Row) -> Hit:
        what, lacks = said[pattern[row.at]]
        return Hit(
            row.code,
            {"name": row.name, "what": what},
            (node(row.code, "organization", lacks=lacks),),
            (row.claim,),
            repair,
        )

    hits = facts.organization_hits(facts.base & (pattern > 0), hit)
    return Outcome(Population.of_organizations(facts.base), hits)


def _lacking(which: list[int]) -> tuple[Words, list[int]]:
    """Return some of the six clears (from 0) in words, and their numbers."""
    words = Words(
        "、".join(f"{j + 1} {CLEARS[j].zh}清" for j in which),
        ", ".join(f"{j + 1} {CLEARS[j].en}" for j in which),
    )
    return words, [j + 1 for j in which]

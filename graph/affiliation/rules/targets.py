"""The plan's targets (S3, S4, S6–S9), each against both deadlines: the responsible party's and the goal's (S40)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.affiliation.registry import Hit, Outcome, Population, Row, Words, no_repair, node, rule
from graph.affiliation.rules.size import NEEDS_A_UNIT, without_unit
from graph.columns import among, mask
from graph.survey import PROFESSIONAL_OFFICES, SCHOOLS_AND_HOSPITALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts

    Bools = NDArray[np.bool_]


@rule(
    "target_50",
    clauses="S3 S40",
    severity="error",
    title=("五十人以上企业须有党员", "firms of 50 need a member"),
    says=(
        "企业 {subject} {name} 有职工 {staff} 人而没有党员",
        "the firm {subject} {name} has {staff} staff and no member",
    ),
    clean=(
        "基数内 {checked} 家达到五十人的非公企业中 {clean} 家有党员",
        "{clean} of {checked} non-public firms of 50 staff or more have a member",
    ),
    needs="organization",
    deadline="S40",
)
def target_50(facts: Facts) -> Outcome:
    """Find non-public firms of the base with 50 staff or more and no member (S3: members_total >= 1).

    Formal and probationary members both count; a blank number of probationary members is none.
    """
    facts.require_column("staff")
    o = facts.organizations
    large = (
        facts.base
        & mask(o["line"].eq("enterprise"))
        & (facts.staff >= facts.profile.audit.target_members_staff)
    )
    m = facts.formal_members
    probationary = o["probationary_members"].to_numpy(dtype=float, na_value=0.0)
    with np.errstate(invalid="ignore"):
        none = large & (m + probationary <= 0)
    repair = no_repair("没有党员，须先发展或招聘", "it has no member yet: none can be entered")

    def hit(row: Row) -> Hit:
        staff = int(facts.staff[row.at])
        return Hit(
            row.code,
            {"name": row.name, "staff": staff},
            (node(row.code, "organization", staff=staff, formal_members=0),),
            (row.claim,),
            repair,
        )

    return Outcome(Population.of_organizations(large), facts.organization_hits(none, hit))


@rule(
    "target_100",
    clauses="S4 S40",
    severity="error",
    title=("百人以上企业须建党组织", "firms of 100 need a unit"),
    says=(
        "企业 {subject} {name} 有职工 {staff} 人而未建党的组织",
        "the firm {subject} {name} has {staff} staff and no party unit",
    ),
    clean=(
        "基数内 {checked} 家达到百人的非公企业中 {clean} 家已建党的组织",
        "{clean} of {checked} non-public firms of 100 staff or more have a party unit",
    ),
    needs="organization",
    deadline="S40",
)
def target_100(facts: Facts) -> Outcome:
    """Find non-public firms of the base with 100 staff or more and no unit, single or joint (S4 does not say which)."""
    facts.require_column("staff")
    o = facts.organizations
    large = (
        facts.base
        & mask(o["line"].eq("enterprise"))
        & (facts.staff >= facts.profile.audit.target_unit_staff)
    )

    def hit(row: Row) -> Hit:
        staff = int(facts.staff[row.at])
        return Hit(
            row.code,
            {"name": row.name, "staff": staff},
            (node(row.code, "organization", staff=staff),),
            (row.claim,),
            NEEDS_A_UNIT,
        )

    return Outcome(
        Population.of_organizations(large), facts.organization_hits(large & facts.uncovered, hit)
    )


@rule(
    "target_kind",
    clauses="S6 S7 S8 S40",
    severity="error",
    title=("按类别须建党组织", "kinds that need a unit"),
    says=(
        "{subject} {name}（{why}）未建党的组织{review}",
        "{subject} {name} ({why}) has no party unit{review}",
    ),
    clean=(
        "基数内 {checked} 家按类别须建的社会组织中 {clean} 家已建",
        "{clean} of {checked} social organizations that need a unit by their kind have one",
    ),
    needs="organization",
    deadline="S40",
)
def target_kind(facts: Facts) -> Outcome:
    """Find social organizations of the base whose kind asks for a unit and that have none.

    Municipal ones (S6: 社会团体 in the goal, S6a; all 社会组织 for the responsible party, S6b), private schools and hospitals
    with 30 staff or more (S7), law, accounting and tax firms of any size (S8). The finding names the clauses that apply.

    S5 is never decided here: a firm marked 互联网或文化创意 and 大型, with a formal member and no unit, is a *note* for review,
    for what is large enough and ready is for people to say.
    """
    o = facts.organizations
    social = facts.base & mask(o["line"].eq("social"))
    category = o["category"].to_numpy(dtype=object)
    municipal = social & mask(o["level"].eq("市级"))
    society = municipal & (category == "社会团体")
    staffed = (
        social
        & among(category, SCHOOLS_AND_HOSPITALS)
        & (facts.staff >= facts.profile.audit.target_kind_staff)
    )
    office = social & among(category, PROFESSIONAL_OFFICES)
    asked = municipal | staffed | office
    due = facts.uncovered
    hits = []
    reasons = (
        ("S6a", society, Words("市级社会团体", "municipal society")),
        ("S6b", municipal & ~society, Words("市级社会组织", "municipal social organization")),
        (
            "S7",
            staffed,
            Words("三十人以上民办学校、民办医院", "private school or hospital of 30 staff"),
        ),
        ("S8", office, Words("律师、会计师、税务师事务所", "law, accounting or tax firm")),
    )
    at = np.flatnonzero(asked & due)
    for i, (code, name, _, claim) in zip(at, _some(facts, asked & due), strict=True):
        why = [(clause, words) for clause, pick, words in reasons if pick[i]]
        hits.append(
            Hit(
                code,
                {
                    "name": name,
                    "why": Words("、".join(w.zh for _, w in why), ", ".join(w.en for _, w in why)),
                    "review": Words("", ""),
                },
                (
                    node(
                        code, "organization", category=category[i], level=_text(o["level"].iloc[i])
                    ),
                ),
                (("organization", int(claim)),),
                NEEDS_A_UNIT,
                clause=" ".join(clause for clause, _ in why),
            )
        )
    large = (
        due
        & mask(o["line"].eq("enterprise"))
        & mask(o["creative"])
        & mask(o["size"].eq("大型"))
        & (facts.formal_members >= 1)
    )
    review = [
        Hit(
            code,
            {
                "name": name,
                "why": Words("互联网、文化创意企业，规模大型", "internet or creative firm, large"),
                "review": Words(
                    "；是否应建由人判断", ": whether it needs one is for people to say"
                ),
            },
            (node(code, "organization", creative=True, size="大型"),),
            (("organization", int(claim)),),
            no_repair("留待复核，不作判断", "for review: nothing is decided here"),
            clause="S5",
            severity="note",
        )
        for code, name, _, claim in _some(facts, large)
    ]
    notes = (
        (
            Words(
                f"另有 {len(review)} 家互联网、文化创意企业留待复核（S5）",
                f"{len(review)} internet or creative firms for review (S5)",
            ),
        )
        if review
        else ()
    )
    return Outcome(
        Population.of_organizations(asked),
        hits + review,
        notes,
        faulty=Population.of_organizations(asked & due),
    )


@rule(
    "target_rural",
    clauses="S9 S40",
    severity="error",
    title=("农村新型经营主体须建党组织", "eligible rural entities need a unit"),
    says=(
        "农村新型经营主体 {subject} 符合条件（正式党员 {m} 名）而未建党组织",
        "the rural entity {subject} is eligible ({m} formal members) and has no unit",
    ),
    clean=(
        "基数内 {checked} 家符合条件的农村新型经营主体中 {clean} 家已建",
        "{clean} of {checked} eligible rural entities have a unit",
    ),
    needs="organization",
    deadline="S40",
)
def target_rural(facts: Facts) -> Outcome:
    """Find eligible rural entities of the base without a unit; eligible as the profile chooses (a formal member or more)."""
    o = facts.organizations
    eligible = facts.base & mask(o["line"].eq("rural")) & mask(o["eligible"])
    return Outcome(
        Population.of_organizations(eligible), without_unit(facts, eligible & facts.uncovered)
    )


def _some(facts: Facts, pick: Bools) -> list[tuple[str, str, float, int]]:
    """Return code, name, staff and claim of the organizations picked."""
    some = facts.organizations[pick]
    staff = facts.staff[pick]
    return [
        (str(code), str(name), float(n), int(claim))
        for code, name, n, claim in zip(some.index, some["name"], staff, some["claim"], strict=True)
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None

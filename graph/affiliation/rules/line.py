"""Line and place (S32, S33), in principle (原则上): a departure is a warning, with an approved reason it is listed apart."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.affiliation.registry import (
    Claim,
    Evidence,
    Hit,
    Outcome,
    Population,
    Words,
    edge,
    node,
    rule,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts

KIND_WORDS = {
    "street": Words("街道（乡镇）", "street or township"),
    "zone": Words("园区", "zone"),
    "district": Words("区", "district"),
    "department": Words("主管部门", "department"),
    "organs": Words("市直机关工委", "organs work committee"),
}


@rule(
    "wrong_place",
    clauses="S32 S33",
    severity="warning",
    title=("属地不符", "chain through another place"),
    says=(
        "{subject} {name} 应属{place}，其隶属链却经过{kind}的 {head}{reason}",
        "{subject} {name} belongs to {place}, but its chain passes {head} of another {kind}{reason}",
    ),
    clean=(
        "{checked} 个可判断的党组织中 {clean} 个属地相符",
        "{clean} of {checked} units that could be judged are in their place",
    ),
    needs="unit organization",
)
def wrong_place(facts: Facts) -> Outcome:
    """Find territorial units whose chain passes a committee of another street, zone or district.

    None of the unit's chains that reach a root keeps the rule (see :mod:`graph.affiliation.judgement`), and one of
    them passes a committee of a street, zone or district that is not its own. In a provincial-or-higher zone the zone's
    committee and the street's will both do. Units of municipal social organizations have no place to keep.
    """
    units = facts_units(facts)
    return _departures(facts, units["other_place"].to_numpy(dtype=np.int64))


@rule(
    "wrong_line",
    clauses="S32 S33",
    severity="warning",
    title=("条线不符", "the other line"),
    says=(
        "{subject} {name} 应按{line}管理，其隶属链却经过{kind}的 {head}{reason}",
        "{subject} {name} is to be managed {line}, but its chain passes {head} of a {kind}{reason}",
    ),
    clean=(
        "{checked} 个可判断的党组织中 {clean} 个条线相符",
        "{clean} of {checked} units that could be judged are on their line",
    ),
    needs="unit organization",
)
def wrong_line(facts: Facts) -> Outcome:
    """Find units whose chain passes a committee of the line (territorial, by industry) that the rule does not say.

    None of the unit's chains that reach a root keeps the rule, and one of them passes a committee of the other line:
    for territorial units a department's (工委, 党委 or 党组) or the organs work committee, for those by industry a street's, zone's
    or district's. Roots, and committees that stand above a district's, belong to neither line.
    """
    units = facts_units(facts)
    return _departures(facts, units["other_line"].to_numpy(dtype=np.int64))


@rule(
    "skips_level",
    clauses="S32 S33",
    severity="warning",
    title=("越级隶属", "skips the street or zone"),
    says=(
        "{subject} {name} 未经街道（乡镇）或园区，直接通到区 {head}{reason}",
        "{subject} {name} reaches the district's {head} without street or zone{reason}",
    ),
    clean=(
        "{checked} 个可判断的党组织中 {clean} 个未越级",
        "{clean} of {checked} units that could be judged skip no level",
    ),
    needs="unit organization",
)
def skips_level(facts: Facts) -> Outcome:
    """Find territorial units that reach their own district's committee past no committee of a street or zone.

    None of the unit's chains that reach a root keeps the rule, and one of them passes the committee of the unit's own
    district, and on the way there no committee of any street or of any provincial-or-higher zone.
    """
    units = facts_units(facts)
    expected = facts.expected
    district = {
        expected.of[i]: int(i)
        for i in np.flatnonzero((expected.kind == "district") & expected.reached[0])[::-1]
    }
    head = np.array(
        [
            district[of] if skips else -1
            for of, skips in zip(units["district"], units["skips"], strict=True)
        ],
        dtype=np.int64,
    )
    return _departures(facts, head)


def facts_units(facts: Facts) -> Any:
    """Return the judged units; without a root there is nothing to judge."""
    facts.require_root()
    return facts.judgement.units


def _departures(facts: Facts, head: NDArray[np.int64]) -> Outcome:
    """Word the units (rows of the judgement) for which ``head`` names a committee that shows the departure."""
    judged, notes = facts.judgement.units, facts.judgement.notes
    expected, forest, units = facts.expected, facts.forest, facts.units
    hits: list[Hit] = []
    apart: list[Hit] = []
    for at in np.flatnonzero(head >= 0):
        row = judged.iloc[at]
        i, over = int(row["node"]), int(head[at])
        code, unit = str(forest.ids[i]), units.iloc[i]
        kind = KIND_WORDS[expected.kind[over]]
        reason = unit["departure_reason"]
        decision = facts.city.decisions.departures.get(code)
        approved = decision is not None or (_known(reason) and _known(unit["approved_by"]))
        reason = decision.reason if decision is not None else reason
        evidence, claims = _way_to(facts, i, over)
        hit = Hit(
            code,
            {
                "name": unit["name"],
                "head": f"{forest.ids[over]}",
                "kind": kind,
                "place": _place(facts, row),
                "line": Words("属地", "by territory")
                if row["line"] == "territorial"
                else Words("行业", "by industry"),
                "reason": Words(f"（偏离原因：{reason}）", f" (reason given: {reason})")
                if _known(reason)
                else Words("", ""),
            },
            (node(row["by"], "organization"), *evidence),
            (
                ("unit", int(unit["claim"])),
                *claims,
                *facts.claims_of("organization", [row["by"]]),
                ("unit", int(units["claim"].iloc[over])),
                *((("decision", decision.claim),) if decision is not None else ()),
            ),
            facts.superior_repair(i),
            clause="S32" if _clause_32(facts, row["by"]) else "S33",
            severity="note" if approved else None,
        )
        (apart if approved else hits).append(hit)
    return Outcome(Population(units=judged["node"].to_numpy(dtype=np.int64)), hits, notes, apart)


def _known(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _clause_32(facts: Facts, organization: str) -> bool:
    return bool(facts.organizations.at[organization, "line"] != "social")


def _place(facts: Facts, row: Any) -> Words:
    """Name the place (or department) that the unit's chain should pass."""
    expected = facts.expected
    if row["line"] == "industry":
        return Words(str(row["department"]), str(row["department"]))
    if isinstance(row["zone"], str):
        name = str(expected.parks.at[row["zone"], "name"])
    else:
        divisions = expected.divisions
        street = row["street"]
        name = str(divisions.at[street, "name"]) if street in divisions.index else str(street)
    return Words(name, name)


def _way_to(facts: Facts, i: int, over: int) -> tuple[list[Evidence], list[Claim]]:
    """Return a shortest way from a unit up to a committee as evidence, with the rows of its links."""
    forest = facts.forest
    way = _shortest(facts, i, over)
    codes = [str(forest.ids[j]) for j in way]
    steps = list(pairwise(codes))[:20]
    kind, of = facts.expected.kind[over], facts.expected.of[over]
    evidence = [edge("SUBORDINATE_TO", a, b) for a, b in steps]
    evidence.append(node(str(forest.ids[over]), "unit", committee_of=f"{kind}:{of}"))
    return evidence, [("unit", int(facts.link_claims[step])) for step in steps]


def _shortest(facts: Facts, i: int, over: int) -> list[int]:
    """Return the nodes of a shortest way up; single superiors are followed first, which is nearly always all."""
    forest = facts.forest
    way, seen = [i], {i}
    while way[-1] != over:
        at = way[-1]
        up = int(forest.first_superior[at])
        if forest.superiors[at] != 1 or up in seen or up < 0:
            break
        way.append(up)
        seen.add(up)
    if way[-1] == over:
        return way
    goal = np.zeros(forest.size, dtype=bool)
    goal[over] = True
    _, step = forest.toward(goal)
    return forest.way(i, step, 1000)

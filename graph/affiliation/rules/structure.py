"""Broken structure (S34): orphans, cycles, several superiors, dangling references, ends that are no root, dates."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.facts import Facts
from graph.affiliation.registry import (
    Claim,
    Hit,
    Outcome,
    Population,
    Words,
    edge,
    edit,
    no_repair,
    node,
    rule,
)
from graph.columns import day, numbers, positions, texts
from graph.cut.outside import is_stub
from graph.model import OPEN, iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 20
"""How many edges of a long chain or cycle stand in the evidence; the rest is counted."""


@rule(
    "orphan",
    clauses="S34",
    severity="error",
    title=("没有上级", "no superior"),
    says=("{subject} {name} 没有上级党组织", "{subject} {name} has no superior"),
    clean=(
        "{checked} 个党组织中 {clean} 个有上级或为根",
        "{clean} of {checked} units have a superior or are a root",
    ),
    deadline="S34",
)
def orphan(facts: Facts) -> Outcome:
    """Find undissolved units without a formal superior that are not a root.

    A superior that dangles, is dissolved or is the unit itself is a superior here; each of those has a finding of its own. Where
    the city has no root at all, each unit without a superior is an orphan of severity note (AUDIT).
    """
    forest, n = facts.forest, len(facts.units)
    root = np.zeros(forest.size, dtype=bool)
    root[facts.expected.roots] = True
    rootless = facts.expected.rootless
    headless = facts.among_units(facts.structure.headless)
    found = np.flatnonzero(facts.live & headless & ~root[:n])
    hits = [
        Hit(
            code,
            {"name": name},
            (node(code, "unit", type=type_),),
            (("unit", claim),),
            facts.superior_repair(int(i)),
            severity="note" if rootless else None,
        )
        for i, code, name, type_, claim in _rows(facts, found)
    ]
    notes = (
        (
            Words(
                "没有根：请在规则档案中指定；无上级的党组织只作提示",
                "no root: name one in the profile; units without a superior are notes",
            ),
        )
        if rootless
        else ()
    )
    return Outcome(Population.of_units(facts.live), hits, notes)


@rule(
    "self_superior",
    clauses="S34",
    severity="error",
    title=("以自己为上级", "its own superior"),
    says=("{subject} {name} 的上级是它自己", "{subject} {name} is its own superior"),
    clean=(
        "{checked} 个党组织中 {clean} 个不以自己为上级",
        "{clean} of {checked} units are not their own superior",
    ),
    deadline="S34",
)
def self_superior(facts: Facts) -> Outcome:
    """Find undissolved units that name themselves as superior, alone or beside others."""
    found = np.flatnonzero(facts.live & facts.among_units(facts.structure.itself))
    hits = [
        Hit(
            code,
            {"name": name},
            (edge("SUBORDINATE_TO", code, code),),
            (("unit", claim),),
            facts.superior_repair(int(i)),
        )
        for i, code, name, _, claim in _rows(facts, found)
    ]
    return Outcome(Population.of_units(facts.live), hits)


@rule(
    "cycle",
    clauses="S34",
    severity="error",
    title=("隶属成环", "cycle"),
    says=(
        "{size} 个党组织的隶属关系成环：{some}",
        "{size} units are subordinate to one another in a cycle: {some}",
    ),
    clean=(
        "{checked} 个党组织中 {clean} 个不在环上",
        "{clean} of {checked} units lie in no cycle",
    ),
    deadline="S34",
)
def cycle(facts: Facts) -> Outcome:
    """Find strongly connected components of two units or more; one finding each, subject the least code.

    Links of dissolved units hold as long as their row says so, as in ``chain``; a component all of whose units
    are dissolved is past and not reported. The evidence is a shortest cycle through the subject, cut at 20 edges.
    """
    forest, n = facts.forest, len(facts.units)
    live = np.zeros(forest.size, dtype=bool)
    live[:n] = facts.live
    parts = [positions(forest.index, part) for part in facts.structure.cycles]
    cycles = [part for part in parts if live[part].any()]
    hits = []
    inner = (forest.component[forest.lower] == forest.component[forest.upper]) & (
        forest.lower != forest.upper
    )
    lower, upper = forest.lower[inner], forest.upper[inner]
    order = np.argsort(forest.component[lower], kind="stable")
    lower, upper = lower[order], upper[order]
    starts = np.searchsorted(forest.component[lower], np.arange(forest.component.max() + 2))
    for part in cycles:
        own = slice(*starts[forest.component[part[0]] : forest.component[part[0]] + 2].tolist())
        ring = _ring(int(part[0]), lower[own], upper[own])
        codes = [str(forest.ids[i]) for i in ring]
        steps = list(zip(codes, [*codes[1:], codes[0]], strict=True))
        evidence = [edge("SUBORDINATE_TO", a, b) for a, b in steps[:SHOWN]]
        if len(steps) > SHOWN:
            evidence.append({"omitted": len(steps) - SHOWN})
        members = [str(forest.ids[i]) for i in part]
        hits.append(
            Hit(
                members[0],
                {"size": len(members), "some": _some(members)},
                tuple(evidence),
                tuple(_link_claims(facts, steps[:SHOWN])),
                _cycle_repair(facts, ring, simple=len(lower[own]) == len(part)),
            )
        )
    in_cycle = np.zeros(n, dtype=bool)
    in_cycle[[i for part in cycles for i in part]] = True
    return Outcome(
        Population.of_units(facts.live | in_cycle), hits, faulty=Population.of_units(in_cycle)
    )


def _ring(start: int, lower: NDArray[Any], upper: NDArray[Any]) -> list[int]:
    """Return the nodes of a shortest cycle through ``start``, in the order of the links, over the links of its component."""
    above: dict[int, list[int]] = {}
    for a, b in zip(lower.tolist(), upper.tolist(), strict=True):
        above.setdefault(a, []).append(b)
    before: dict[int, int] = {}
    queue = deque([start])
    while queue:
        at = queue.popleft()
        for up in above.get(at, ()):
            if up == start:
                ring = [at]
                while at != start:
                    at = before[at]
                    ring.append(at)
                return ring[::-1]
            if up not in before:
                before[up] = at
                queue.append(up)
    return [start]


def _cycle_repair(facts: Facts, ring: list[int], *, simple: bool) -> dict[str, Any]:
    """Propose the first unit's expected superior outside of the cycle, where one link breaks it."""
    if simple:
        members = {str(facts.forest.ids[i]) for i in ring}
        for i in ring:
            if facts.proposals.get(i) not in (None, *members):
                repair = facts.superior_repair(i)
                if "none" not in repair:
                    return repair
    return no_repair(
        "哪一条隶属关系有误，须由人判断", "which of its links is wrong is for a person to say"
    )


@rule(
    "several_superiors",
    clauses="S34",
    severity="error",
    title=("多个上级", "several superiors"),
    says=(
        "{subject} {name} 有 {count} 个上级：{some}",
        "{subject} {name} has {count} superiors: {some}",
    ),
    clean=(
        "{checked} 个党组织中 {clean} 个至多有一个上级",
        "{clean} of {checked} units have one superior at most",
    ),
    deadline="S34",
)
def several_superiors(facts: Facts) -> Outcome:
    """Find undissolved units with two formal superiors or more at the as-of; dangling ones and the unit itself count."""
    several = facts.structure.several
    found = np.flatnonzero(facts.live & facts.among_units(several))
    hits = []
    for i, code, name, _, claim in _rows(facts, found):
        over = list(several[code])
        evidence = [edge("SUBORDINATE_TO", code, up) for up in over[:SHOWN]]
        if len(over) > SHOWN:
            evidence.append({"omitted": len(over) - SHOWN})
        hits.append(
            Hit(
                code,
                {"name": name, "count": len(over), "some": _some(over)},
                tuple(evidence),
                (("unit", claim),),
                _one_superior(facts, i, over),
            )
        )
    return Outcome(Population.of_units(facts.live), hits)


def _one_superior(facts: Facts, i: int, over: list[str]) -> dict[str, Any]:
    """Propose the one that AUDIT expects, or the only one of them that is an undissolved unit other than itself."""
    wanted = facts.proposals.get(i)
    if wanted in over:
        return facts.superior_repair(i)
    at = positions(facts.units.index, over)
    sound = [code for code, j in zip(over, at, strict=True) if j >= 0 and j != i and facts.live[j]]
    if len(sound) == 1:
        now = str(facts.units["superior"].iloc[i])
        return edit("党组织", str(facts.forest.ids[i]), "上级党组织代码", now, sound[0])
    return no_repair(
        "应保留哪一个上级，须由人判断", "which superior is to stay is for a person to say"
    )


@rule(
    "detached",
    clauses="S34",
    severity="error",
    title=("链条不到根", "chain ends elsewhere than at a root"),
    says=(
        "{subject} {name} 的隶属链{end}",
        "the chain of {subject} {name} {end}",
    ),
    clean=(
        "{checked} 个有上级的党组织中 {clean} 个的链条通到根",
        "the chains of {clean} of {checked} units with a superior reach a root",
    ),
    deadline="S34",
)
def detached(facts: Facts) -> Outcome:
    """Find undissolved units that have a superior and of whose chains none reaches a root.

    A dangling superior is an end. A unit that lies in a cycle, or is its own superior, and whose chain has no end
    at all ends nowhere: it has that finding alone; units below a cycle are detached. Units below an orphan are
    detached, the orphan itself is not.
    """
    facts.require_root()
    forest, n = facts.forest, len(facts.units)
    reached, _ = facts.expected.reached
    ended, step = forest.toward(forest.ends)
    circling = (forest.in_cycle | forest.itself) & ~ended
    has = facts.live & (forest.superiors[:n] > 0)
    found = np.flatnonzero(has & ~reached[:n] & ~circling[:n])
    hits = []
    for i, code, name, _, claim in _rows(facts, found):
        way = forest.way(i, step, SHOWN + 1)
        codes = [str(forest.ids[j]) for j in way]
        evidence = [edge("SUBORDINATE_TO", a, b) for a, b in pairwise(codes)]
        claims = _link_claims(facts, list(pairwise(codes)))
        end = way[-1]
        if not ended[i]:
            says = Words("绕入一个环", "leads into a cycle")
            evidence, claims = [node(code, "unit")], [("unit", claim)]
            repair = no_repair("先解开上面的环", "the cycle above is to be undone first")
        elif step[end] >= 0:
            evidence.append({"omitted": "the rest of the chain"})
            says = Words("很长，且不终于根", "is long and ends elsewhere than at a root")
            repair = _end_repair()
        elif is_stub(codes[-1]):
            evidence.append(node(codes[-1], "outside"))
            says = Words(
                "通往辖区外，在那里也不终于根", "leads out of the area and reaches no root there"
            )
            repair = _end_repair()
        else:
            kind = "unit" if end < n else "missing"
            evidence.append(node(codes[-1], kind))
            says = Words(f"终于 {codes[-1]}，不是根", f"ends at {codes[-1]}, which is no root")
            repair = _end_repair()
        hits.append(Hit(code, {"name": name, "end": says}, tuple(evidence), tuple(claims), repair))
    return Outcome(Population.of_units(has), hits)


def _end_repair() -> dict[str, Any]:
    return no_repair(
        "应在链条末端补上上级，而不在本级", "the superior is missing at the chain's end, not here"
    )


@rule(
    "dissolved_superior",
    clauses="S34",
    severity="error",
    title=("上级已撤销", "dissolved superior"),
    says=(
        "{subject} {name} 仍隶属于 {superior}，后者已于 {date} 撤销",
        "{subject} {name} is still subordinate to {superior}, dissolved on {date}",
    ),
    clean=(
        "{checked} 条隶属关系中 {clean} 条的上级未先撤销",
        "in {clean} of {checked} links the superior was not dissolved first",
    ),
    deadline="S34",
    identity="subject superior",
)
def dissolved_superior(facts: Facts) -> Outcome:
    """Find units whose superior was dissolved before their link to it ends.

    A link ends when its row is followed by another, or when the unit itself is dissolved; one that still stands is
    open. A superior dissolved on the day the link ends is in order, and so is one whose 撤销日期 lies after the
    as-of: it is not dissolved yet.
    """
    units, links = facts.units, facts.links
    dissolved = pd.Series(numbers(units["dissolved"]), index=units.index)
    own_end = np.nan_to_num(links["source"].map(dissolved).to_numpy(dtype=float), nan=OPEN)
    end = np.minimum(own_end, links["valid_to"].to_numpy(dtype=float))
    gone = links["target"].map(dissolved).to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        bad = (gone <= facts.as_of) & (gone < end)
    some = links[bad].assign(gone=gone[bad]).sort_values(["source", "target"])
    hits = []
    for code, over, claim, date in zip(
        some["source"], some["target"], some["claim"], some["gone"], strict=True
    ):
        i = facts.forest.number(code)
        hits.append(
            Hit(
                code,
                {"name": units.at[code, "name"], "superior": over, "date": iso(int(date))},
                (
                    edge("SUBORDINATE_TO", code, over),
                    node(over, "unit", dissolved=iso(int(date))),
                ),
                (("unit", int(claim)), *facts.claims_of("unit", [over])),
                facts.superior_repair(i),
            )
        )
    return Outcome(_links(facts), hits, each=True)


@rule(
    "impossible_dates",
    clauses="S34",
    severity="error",
    title=("日期不可能", "impossible dates"),
    says=("{subject} {name} 的日期不可能：{what}", "{subject} {name} has impossible dates: {what}"),
    clean=(
        "{checked} 个有成立日期的党组织中 {clean} 个日期合理",
        "the dates of {clean} of {checked} units with a date of founding are possible",
    ),
    deadline="S34",
)
def impossible_dates(facts: Facts) -> Outcome:
    """Find units founded after they were dissolved, after the as-of, or outside a superior's life.

    Outside a superior's life: before its 成立日期 or after its 撤销日期, as the two rows say at the as-of. Days may coincide.
    Dissolved units are judged too. A 撤销日期 in the future is an intention, not an impossibility.
    """
    units, links = facts.units, facts.links
    founded = pd.Series(numbers(units["founded"]), index=units.index)
    dissolved = pd.Series(numbers(units["dissolved"]), index=units.index)
    words: dict[str, list[Words]] = {}
    shown: dict[str, list[dict[str, Any]]] = {}
    extra: dict[str, list[str]] = {}

    def note(code: str, zh: str, en: str) -> None:
        words.setdefault(code, []).append(Words(zh, en))
        shown.setdefault(
            code,
            [node(code, "unit", founded=day(founded[code]), dissolved=day(dissolved[code]))],
        )

    for code in units.index[(founded > dissolved).to_numpy()]:
        note(code, "成立晚于撤销", "founded after it was dissolved")
    for code in units.index[(founded > facts.as_of).to_numpy()]:
        note(code, "成立在将来", "founded in the future")
    mine = links["source"].map(founded).to_numpy(dtype=float)
    begun = links["target"].map(founded).to_numpy(dtype=float)
    gone = links["target"].map(dissolved).to_numpy(dtype=float)
    other = (links["source"] != links["target"]).to_numpy(dtype=bool)
    with np.errstate(invalid="ignore"):
        early, late = (mine < begun) & other, (mine > gone) & other
    for pick, zh, en in (
        (early, "成立早于上级 {}", "founded before its superior {}"),
        (late, "成立晚于上级 {} 的撤销", "founded after its superior {} was dissolved"),
    ):
        some = links[pick]
        for code, over in zip(some["source"], some["target"], strict=True):
            note(code, zh.format(over), en.format(over))
            shown[code] += [
                edge("SUBORDINATE_TO", code, over),
                node(over, "unit", founded=day(founded[over]), dissolved=day(dissolved[over])),
            ]
            extra.setdefault(code, []).append(over)
    hits = [
        Hit(
            code,
            {
                "name": units.at[code, "name"],
                "what": Words("；".join(w.zh for w in what), "; ".join(w.en for w in what)),
            },
            tuple(shown[code]),
            tuple(facts.claims_of("unit", [code, *extra.get(code, [])])),
            no_repair("哪个日期有误，须查原件", "which date is wrong, the papers have to tell"),
        )
        for code, what in words.items()
    ]
    return Outcome(Population.of_units(founded.notna().to_numpy(dtype=bool)), hits)


def _links(facts: Facts) -> Population:
    """Return the formal links by their subordinate."""
    at = positions(facts.units.index, texts(facts.links["source"]))
    return Population(units=at[at >= 0], others=int((at < 0).sum()))


def _rows(facts: Facts, at: NDArray[Any]) -> list[tuple[int, str, str, str, int]]:
    """Return (node, code, name, type, claim) of some units."""
    some = facts.units.iloc[at]
    return [
        (int(i), str(code), str(name), str(type_), int(claim))
        for i, code, name, type_, claim in zip(
            at, some.index, some["name"], some["type"], some["claim"], strict=True
        )
    ]


def _link_claims(facts: Facts, steps: list[tuple[str, str]]) -> list[Claim]:
    return [("unit", int(facts.link_claims[step])) for step in steps]


def _some(codes: list[str], most: int = 5) -> Words:
    """Return the first codes of a list as text."""
    rest = len(codes) - most
    head_zh, head_en = "、".join(codes[:most]), ", ".join(codes[:most])
    if rest <= 0:
        return Words(head_zh, head_en)
    return Words(f"{head_zh} 等", f"{head_en} and {rest} more")

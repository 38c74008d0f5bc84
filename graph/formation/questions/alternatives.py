"""The next best plans of one ledger unit: what else could be formed, and how much dearer it would be."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.formation.questions.describing import Describe
from graph.formation.questions.ranking import Ranked, ranked
from graph.formation.result import coin

if TYPE_CHECKING:
    from graph.formation.questions.ground import Column
    from graph.formation.questions.standing import Part, Standing

Object = dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Choice:
    """One plan of the ledger unit: its cost, and the components that differ from the plan's, with their columns."""

    cost: int
    changed: tuple[tuple[int, frozenset[Column]], ...]


def alternatives(standing: Standing, number: int) -> Object:
    """Return the ``number`` cheapest plans of a ledger unit that differ from its plan in at least one unit.

    Returns
    -------
    dict
        ``{ledger_unit, name, objective, status, gap, alternatives[]}``. Each alternative has ``rank``, ``cost``, ``dearer`` (than
        the plan; negative where the plan is not the best), ``proven`` (no plan that is not listed before it is cheaper), ``gap``
        (the fraction of its cost by which such a plan could at most be cheaper, 0 where proven), the units that it ``forms``
        and ``drops``, and ``moves[]`` ``{organization, before, after}``, who stands elsewhere (:func:`moves`).
    """
    found = [ranked(part.ground, number + 1) for part in standing.parts]
    base = [part.ground.cost for part in standing.parts]
    rest = round(standing.entry["objective"] * 1e6) - sum(base)
    choices = _choices(standing.parts, found, number)
    floor = rest + _unlisted(found)
    if standing.entry["status"] == "optimal":
        floor = max(floor, rest + sum(base))
    describe = Describe(standing.problem)
    out = []
    for rank, choice in enumerate(choices, start=1):
        cost = rest + choice.cost
        proven = cost <= floor
        changes = describe.changes(standing.parts, choice.changed)
        out.append(
            {
                "rank": rank,
                "cost": coin(cost),
                "dearer": coin(choice.cost - sum(base)),
                "proven": proven,
                "gap": 0.0 if proven or not cost else round((cost - floor) / cost, 9),
                **changes,
                "moves": moves(changes["drops"], changes["forms"]),
            }
        )
    return {
        "ledger_unit": standing.unit.id,
        "name": standing.unit.name,
        "objective": standing.entry["objective"],
        "status": standing.entry["status"],
        "gap": standing.entry["gap"],
        "asked": number,
        "alternatives": out,
    }


def moves(drops: list[Object], forms: list[Object]) -> list[Object]:
    """Return who stands elsewhere in another plan, and where: ``{organization, before, after}``.

    A joint unit that keeps most of its members stays what it is: only who leaves it or comes to it has moved.
    """
    after = {c: x for x in forms for c in x["organizations"]}
    overlaps = sorted(
        ((len(common), a, b) for a, old in enumerate(drops) for b, new in enumerate(forms)
         if old["as"] == new["as"] == "joint" and len(common := _both(old, new)) > 1),
        key=lambda x: (-x[0], x[1:]),
    )  # fmt: skip
    same: dict[int, int] = {}
    for _, a, b in overlaps:
        if a not in same and b not in same.values():
            same[a] = b
    out = []
    for a, old in enumerate(drops):
        stays = _both(old, forms[same[a]]) if a in same else set()
        out += [
            {"organization": c, "before": old, "after": after[c]}
            for c in old["organizations"]
            if c not in stays
        ]
    return sorted(out, key=lambda x: str(x["organization"]))


def _both(old: Object, new: Object) -> set[str]:
    return set(old["organizations"]) & set(new["organizations"])


def _choices(parts: list[Part], found: list[Ranked], number: int) -> list[_Choice]:
    """Return the cheapest sums of the components' plans that are not the plan itself."""
    total: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    for one in found:
        sums = ((a + cost, (*x, at)) for a, x in total for at, (cost, _) in enumerate(one.plans))
        total = heapq.nsmallest(number + 1, sums)
    out = []
    for cost, some in total:
        chosen = [found[x].plans[at][1] for x, at in enumerate(some)]
        changed = tuple(
            (x, columns) for x, columns in enumerate(chosen) if columns != parts[x].ground.plan
        )
        if changed:
            out.append(_Choice(cost, changed))
    return out[:number]


def _unlisted(found: list[Ranked]) -> int:
    """Return what any plan costs at least that is no sum of the plans found."""
    least = [min([r.plans[0][0], r.complete + 1]) if r.plans else r.bound for r in found]
    total = sum(max(low, r.bound) for low, r in zip(least, found, strict=True))
    floors = [
        total - max(low, r.bound) + r.complete + 1 for low, r in zip(least, found, strict=True)
    ]
    return min(floors, default=total)

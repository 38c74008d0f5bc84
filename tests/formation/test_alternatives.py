"""The next best plans of a ledger unit, against trying everything."""

from __future__ import annotations

import random
from itertools import islice
from typing import Any

import pytest

from graph.city import City
from graph.formation import plan
from graph.formation.problem import build
from graph.formation.questions.alternatives import alternatives
from graph.formation.questions.standing import Standing, standing
from graph.policy.profile import load
from tests.formation import oracle
from tests.formation_verify.cities import AS_OF, city

SMALL = 11
"""Small organizations of a ledger unit whose plans are all tried."""


def all_costs(
    reading: oracle.Reading, unit: str, most: int, without: oracle.Column | None = None
) -> list[int]:
    """Return the costs of the ``most`` cheapest plans of a ledger unit: every choice of columns is tried."""
    columns = [c for c in reading.columns(unit)[0] if c != without]
    small = reading.lists(unit)["small"]
    by_first: dict[str, list[oracle.Column]] = {c: [] for c in small}
    for column in columns:
        by_first[min(column.organizations)].append(column)
    least = {
        c: min(
            (x.cost / len(x.organizations) for x in columns if c in x.organizations), default=0.0
        )
        for c in small
    }
    best: list[int] = []

    def extend(left: frozenset[str], used: dict[str, list[str]], cost: int) -> None:
        if len(best) == most and cost + sum(least[c] for c in left) >= best[-1] + 1:
            return
        if not left:
            best.append(cost)
            best.sort()
            del best[most:]
            return
        for column in by_first[min(left)]:
            if not set(column.organizations) <= left:
                continue
            held = used
            if column.unit is not None:
                here = [*used.get(column.unit, ()), *column.organizations]
                places, seats = reading.free(column.unit)
                if len(here) > places or sum(map(reading.m, here)) > seats:
                    continue
                held = {**used, column.unit: here}
            extend(left - set(column.organizations), held, cost + column.cost)

    extend(frozenset(small), {}, 0)
    return best


def _standing(drawn: City, unit: str) -> Standing:
    made = plan(drawn, [unit])
    return standing(build(drawn, [unit]), made, unit)


@pytest.mark.parametrize("first", range(0, 12, 4))
def test_next_best_plans_are_those_that_trying_everything_finds(first: int) -> None:
    """The six next best plans of small ledger units cost what the seven cheapest plans of all cost, and say that it is proven."""
    compared = 0
    for seed in range(first, first + 4):
        draw = random.Random(seed)
        store = city(seed, draw.choice([12, 20, 30]), draw.choice([2, 3]))
        drawn, reading = City(store, load(), AS_OF), oracle.read(store, load(), AS_OF)
        for unit in islice(reading.ledger_units(), 4):
            if len(reading.lists(unit)["small"]) > SMALL:
                continue
            stands = _standing(drawn, unit)
            found = alternatives(stands, 6)["alternatives"]
            best = round(stands.entry["objective"] * 1e6)
            costs = [best, *(round(a["cost"] * 1e6) for a in found)]
            assert costs == all_costs(reading, unit, 7), (seed, unit)
            assert all(a["proven"] for a in found)
            compared += 1
    assert compared >= 4


def test_each_alternative_is_a_plan_of_its_own() -> None:
    """What an alternative forms holds exactly whom it takes out of the plan's units, and no two alternatives are the same."""
    drawn = City(city(1, 60, 2), load(), AS_OF)
    units = drawn.ledger_units
    unit = str(units["small"].idxmax())
    found = alternatives(_standing(drawn, unit), 8)["alternatives"]
    assert len(found) == 8
    seen = set()
    for other in found:
        assert other["forms"]
        assert _held(other["forms"]) == _held(other["drops"])
        dearer = sum(x["cost"] for x in other["forms"]) - sum(x["cost"] for x in other["drops"])
        assert round(dearer, 6) == other["dearer"]
        seen.add(str(other["forms"]))
    assert len(seen) == 8
    assert [a["cost"] for a in found] == sorted(a["cost"] for a in found)


def _held(columns: list[dict[str, Any]]) -> list[str]:
    return sorted(c for x in columns for c in x["organizations"])

"""Why and why not, against trying everything."""

from __future__ import annotations

import random
from collections.abc import Iterator

from graph.city import City
from graph.formation import plan
from graph.formation.problem import build
from graph.formation.questions.explain import Why
from graph.formation.questions.standing import standing
from graph.formation.questions.whynot import WhyNot
from graph.formation.solve import Parameters
from graph.policy.profile import load
from tests.formation import oracle
from tests.formation.test_alternatives import all_costs
from tests.formation_verify.cities import AS_OF, city

SMALL = 10


def _cases() -> Iterator[tuple[int, City, oracle.Reading, str]]:
    """Yield the ledger units of some cities that are small enough to try everything."""
    for seed in range(5):
        store = city(seed, 30, 2)
        drawn, reading = City(store, load(), AS_OF), oracle.read(store, load(), AS_OF)
        for unit in reading.ledger_units():
            if 3 <= len(reading.lists(unit)["small"]) <= SMALL:
                yield seed, drawn, reading, unit


def test_the_next_best_place_is_what_trying_everything_without_the_present_one_finds() -> None:
    """How much dearer the next best place is, is the best plan without the organization's present column less the best of all."""
    compared = 0
    for seed, drawn, reading, unit in _cases():
        small = reading.lists(unit)["small"]
        made = plan(drawn, [unit])
        problem = build(drawn, [unit])
        asker = Why(problem, made, standing(problem, made, unit))
        best = all_costs(reading, unit, 1)[0]
        for code in small:
            answer = asker.answer(code)
            stands = answer["stands"]
            members = tuple(sorted([code, *stands["with"]])) if stands["as"] == "joint" else (code,)
            own = next(
                c
                for c in reading.columns(unit)[0]
                if c.organizations == members
                and c.kind == stands["as"]
                and c.unit == (stands["unit"] if stands["as"] == "attached" else None)
            )
            assert round(stands["cost"] * 1e6) == own.cost
            rest = all_costs(reading, unit, 1, own)
            following = answer["next_best"]
            if following["place"] is None:
                assert not rest, (seed, code)
                continue
            assert round(following["dearer"] * 1e6) == rest[0] - best, (seed, code)
            assert following["proven"]
            compared += 1
    assert compared >= 10


def test_what_two_together_would_cost_is_the_best_plan_with_them_pinned() -> None:
    """Why-not gives the oracle's best plan with the pair pinned, and a rule exactly where the oracle finds none."""
    compared = 0
    for seed, drawn, reading, unit in _cases():
        small = reading.lists(unit)["small"]
        made = plan(drawn, [unit])
        problem = build(drawn, [unit])
        asker = WhyNot(problem, made, standing(problem, made, unit))
        pairs = [(a, b) for x, a in enumerate(small) for b in small[x + 1 :]]
        for a, b in random.Random(seed).sample(pairs, min(6, len(pairs))):
            best = oracle.optimum(reading, unit, {"pin": [(a, b)]}).objective
            answer = asker.answer(a, b, 0, Parameters())
            if best is None:
                assert answer["forbidden"], (seed, a, b)
                assert answer["cheapest"] is None
            elif answer["together"]:
                assert best == round(made["totals"]["objective"] * 1e6)
            else:
                assert round(answer["cheapest"]["cost"] * 1e6) == best, (seed, a, b)
                compared += 1
    assert compared >= 5

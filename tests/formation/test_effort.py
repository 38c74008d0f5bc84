"""How hard the solver tries: what it prices as columns, when cuts end, and which gap is good enough."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.formation.solve import GAP, LARGE, LARGE_GAP, Parameters
from graph.formation.solver import exchange
from graph.formation.solver.generation import Generated, Generation, Limits
from graph.formation.solver.local import Descent
from graph.formation.solver.primal import Search
from tests.formation import cases


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), most=st.integers(1, 4), before=st.integers(0, 2))
def test_the_best_attachments_of_each_organization_are_offered(
    seed: int, most: int, before: int
) -> None:
    """What is added is what sorting all attachments that undercut gives: the best of each, the first among equals, none twice."""
    i = cases.problem(12, seed, hosts=8, buildings=3, communities=2, classes=12)
    rng = np.random.default_rng(seed)
    generation = Generation(i, Limits(), lambda: False)
    for _ in range(before + 1):
        prices = rng.integers(0, 8, i.n) * 150_000
        places, seats = rng.integers(0, 3, (2, len(i.places))) * 50_000
        had = generation.master.attached.tolist()
        generation.attach(prices, places, seats, most)
        gain = prices[i.attach_org] - i.attach_cost - places[i.attach_host]
        gain -= i.members[i.attach_org] * seats[i.attach_host]
        expected: list[int] = []
        for x in range(i.n):
            pays = [
                e for e in np.flatnonzero((i.attach_org == x) & (gain > 0)).tolist() if e not in had
            ]
            expected += sorted(sorted(pays, key=lambda e: (-gain[e], e))[:most])
        assert generation.master.attached.tolist()[len(had) :] == expected


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), dear=st.sampled_from([1, 2**40]))
def test_attachments_are_sorted_as_by_three_keys(seed: int, dear: int) -> None:
    """One number each, or three keys where it would not fit: the order by organization, cost and host is the same."""
    from dataclasses import replace

    i = cases.problem(12, seed, hosts=8, buildings=3, communities=2, classes=12)
    i = replace(i, attach_cost=i.attach_cost * dear)
    order = np.lexsort((i.attach_host, i.attach_cost, i.attach_org))
    assert exchange.cheapest_first(i).tolist() == order.tolist()


def _cut(gap: float, pay: float, goal: bool = True) -> tuple[Generation, Generated, list[int]]:
    """Generate for a component with a gap before cuts; return what that cost the first plan had."""
    i = cases.problem(260, 3, hosts=0, buildings=6, communities=2, classes=40)
    generation = Generation(i, Limits(pay=pay), lambda: False)
    costs: list[int] = []

    def planned(so_far: Generated) -> int:
        early = Search(generation, so_far, lambda: False)
        Descent(early, 0).run(1, 0)
        costs.append(early.plan.cost)
        return early.plan.cost

    return generation, generation.run(None, gap, planned if goal else None), costs


def test_no_cuts_where_the_first_plan_is_good_enough() -> None:
    """A component whose plan before cuts is within the gap gets none, and its bound is valid as it is."""
    generation, generated, costs = _cut(0.5, 1e-9)
    assert len(costs) == 1
    assert not len(generation.master.triple)
    assert 0 < generated.certificate.bound <= costs[0]


def test_cuts_end_where_they_gain_less_than_their_steps_are_worth() -> None:
    """The more a step has to gain, the fewer cuts; whatever is left out, no bound is above another's plan."""
    bounds: list[int] = []
    rows: list[int] = []
    for pay in (1e-9, 1.0):
        generation, generated, costs = _cut(0.0, pay)
        bounds.append(generated.certificate.bound)
        rows.append(len(generation.master.triple))
        assert generated.certificate.bound <= costs[0]
    assert rows[1] < rows[0]
    assert bounds[1] <= bounds[0]


@pytest.mark.parametrize(
    ("given_", "gap", "pay"),
    [
        ({}, GAP, Limits.pay),
        ({"small": LARGE - 1}, GAP, Limits.pay),
        ({"small": LARGE}, LARGE_GAP, Limits.pay * (LARGE_GAP / GAP) ** 2),
        ({"gap": 0.0, "small": LARGE}, 0.0, Limits.pay),
        ({"gap": 0.01}, 0.01, Limits.pay * 400),
    ],
)
def test_effort_follows_the_gap_that_is_asked_for(
    given_: dict[str, Any], gap: float, pay: float
) -> None:
    """Who says a gap gets it; else a large city's is wider, and cuts have to gain more where more may be left."""
    made = Parameters.within(**given_)
    assert made.gap == gap
    assert made.limits.pay == pytest.approx(pay)

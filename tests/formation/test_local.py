"""The local search on its own, and plans of ledger units that are hard to plan."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks._shapes import DATED, SHAPES
from graph.city import City
from graph.formation import plan
from graph.formation.solver import pricing
from graph.formation.solver.certificate import host_caps
from graph.formation.solver.local import Local
from graph.formation.verify import verify
from graph.policy.profile import load
from tests.formation import cases


@pytest.mark.parametrize("seed", range(4))
def test_few_organizations_are_divided_in_the_best_way(seed: int) -> None:
    """Of nine organizations a few sweeps find the plan that none undercuts."""
    i = cases.problem(9, seed, hosts=0, km=0.3, communities=1, buildings=3, classes=12)
    local = Local(i, pricing.tables(i), 0)
    for _ in range(6):
        local.sweep(np.arange(i.n))
    assert cases.cost(i, *local.columns()) == cases.best(i)


@pytest.mark.parametrize("noise", [0, 60])
def test_sweeps_keep_every_limit_and_say_what_they_gain(noise: int) -> None:
    """After each sweep everybody is in the plan once, hosts are within their limits, and the gain told is the plan's."""
    i = cases.problem(80, 3)
    local = Local(i, pricing.tables(i), 5)
    before = int(i.alone.sum())
    for _ in range(5):
        gained, work = local.sweep(np.arange(i.n), noise)
        after = cases.cost(i, *local.columns())
        assert gained == before - after
        assert noise or gained >= 0
        assert work > 0
        before = after
    assert before < int(np.minimum(i.alone, host_caps(i, i.places * 0, i.seats * 0)).sum())


@pytest.mark.parametrize(
    ("shape", "n", "gap"),
    [("buildings", 100, 0.02), ("division", 84, 0.005), ("street", 100, 0.02)],
)
def test_hard_shapes_are_planned_close_to_their_bound(shape: str, n: int, gap: float) -> None:
    """Ledger units in which most fit with a great many others are covered, within two per cent, and the certificate holds."""
    store, profile = SHAPES[shape](n), load()
    made = plan(City(store, profile, DATED))
    assert verify(made, store, profile)["faults"] == []
    assert made["totals"]["gap"] <= gap
    assert sum(len(u["uncovered"]) for u in made["ledger_units"]) == 0

"""Dives: plans that hold the master's columns one after another, with new columns for what is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks._microaggregation import problem as microaggregation
from graph.formation.solve import Parameters
from graph.formation.solver import dive
from graph.formation.solver.dive import Dive
from graph.formation.solver.generation import Generation, Limits
from graph.formation.solver.primal import Search
from tests.formation import cases

if TYPE_CHECKING:
    import pytest

    from graph.formation.solver.instance import Instance


def _search(i: Instance) -> Search:
    generation = Generation(i, Limits(cut_rounds=2), lambda: False)
    return Search(generation, generation.run(), lambda: False)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), n=st.integers(5, 90), pinned=st.booleans())
def test_a_dive_ends_with_a_plan_no_dearer_and_leaves_the_master_as_free_as_before(
    seed: int, n: int, pinned: bool
) -> None:
    """Every organization is in the plan once, within what hosts have; and the master's optimum is not raised by what was held."""
    i = cases.problem(n, seed, buildings=5, communities=2, classes=12)
    if pinned:
        i = replace(i, pinned=(np.array([0, 1], dtype=np.int32),))
    search = _search(i)
    before, value = search.plan.cost, search.generation.master.solve(100_000)
    for noise in (None, seed):
        Dive(search, noise).run()
    plan, after = search.plan, search.generation.master.solve(100_000)
    assert plan.cost <= before
    assert plan.cost >= search.certificate.bound
    assert cases.cost(i, plan.group, plan.attached, plan.alone) == plan.cost
    assert value is not None
    assert after is not None
    assert after.cost <= value.cost + 1  # more columns than before, none of them held


def test_a_dive_finds_what_rounding_the_master_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 150 records in groups of three, the master's columns alone leave some over, a dive none and within 1 % of the bound."""
    records = np.random.default_rng(5).normal(size=(150, 5))
    monkeypatch.setattr(
        dive, "FEW", 20
    )  # most of the way down by columns held, not by the last choice
    search = _search(microaggregation(records))
    assert len(search.plan.alone)
    Dive(search).run()
    assert not len(search.plan.alone)
    assert search.plan.cost < 1.01 * search.certificate.bound


def test_a_dive_that_takes_too_many_steps_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no steps to spend the plan stays what it was, and nothing stays held."""
    monkeypatch.setattr(dive, "LEAST", 0)
    monkeypatch.setattr(dive, "SHARE", 10**9)
    monkeypatch.setattr(dive, "FEW", 0)
    search = _search(microaggregation(np.random.default_rng(5).normal(size=(150, 5))))
    value = search.generation.master.solve(100_000)
    plan = search.plan
    Dive(search).run()
    after = search.generation.master.solve(100_000)
    assert search.plan is plan
    assert value is not None
    assert after is not None
    assert after.cost == value.cost


def test_only_who_wants_no_gap_dives() -> None:
    """A gap that is good enough is reached without."""
    assert not Parameters.within(0.0005).dives
    assert not Parameters.within(0.01, small=200_000).dives
    assert Parameters.within(0.0).dives

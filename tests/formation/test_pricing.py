"""Pricing, certificates and cuts against all groups there are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.formation.solver import certificate, cuts, pricing
from graph.formation.solver.generation import Generation, Limits
from graph.formation.solver.instance import Instance
from graph.formation.solver.local import Descent
from graph.formation.solver.primal import Search
from graph.formation.solver.windows import Windows
from tests.formation import cases

SIZE = 14


def _all(instance: Instance) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Return every feasible joint unit of an instance: members (−1 padded), sizes, costs."""
    width = instance.model.max_organizations
    some = [g for k in range(2, width + 1) for g in combinations(range(instance.n), k)]
    group = np.full((len(some), width), -1, dtype=np.int32)
    for row, g in enumerate(some):
        group[row, : len(g)] = g
    size = np.array([len(g) for g in some], dtype=np.int64)
    cost = pricing.costs_of(instance, pricing.tables(instance), group, size)
    good = cost >= 0
    return group[good], size[good], cost[good]


def _worth(
    group: NDArray[np.int32],
    prices: NDArray[np.int64],
    triple: NDArray[np.int32],
    sigma: NDArray[np.int64],
) -> NDArray[np.int64]:
    out: NDArray[np.int64] = np.append(prices, 0)[group].sum(axis=1)
    for three, s in zip(triple, sigma, strict=True):
        out = out - s * (np.isin(group, three).sum(axis=1) // 2)
    return out


def _prices(seed: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Draw prices, and cuts with theirs."""
    rng = np.random.default_rng(seed)
    prices = rng.integers(-200_000, 1_200_000, SIZE)
    triples = list(combinations(range(SIZE), 3))
    chosen = rng.choice(len(triples), 8, replace=False)
    triple = np.array([triples[c] for c in chosen], dtype=np.int32)
    return prices, triple, rng.integers(1, 600_000, 8)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_pricing_finds_the_unit_that_undercuts_most(seed: int) -> None:
    """The greatest violation that a search finds is the greatest of all feasible units, and every unit found has its own."""
    i = cases.problem(SIZE, seed, buildings=3, communities=2, classes=12)
    prices, triple, sigma = _prices(seed)
    group, _, cost = _all(i)
    violation = _worth(group, prices, triple, sigma) - cost
    t = pricing.tables(i)
    found = pricing.search(
        t, pricing.cut_tables(SIZE, triple, sigma), prices, pricing.starts(i, t), tol=0, keep=3
    )
    assert found.complete.all()
    assert max(found.worst.max(initial=0), 0) == max(violation.max(initial=0), 0)
    mine = _worth(found.group, prices, triple, sigma) - pricing.costs_of(
        i, t, found.group, found.size
    )
    assert (mine == found.violation).all()


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), limit=st.sampled_from([3, 30, pricing.NO_LIMIT]))
def test_repaired_prices_hold_for_every_unit(seed: int, limit: int) -> None:
    """Whatever the prices and however early the search is cut off, the certificate's prices are undercut by nothing."""
    i = cases.problem(SIZE, seed, hosts=3, buildings=3, communities=2, classes=12)
    prices, triple, sigma = _prices(seed)
    rng = np.random.default_rng(seed)
    places, seats = rng.integers(0, 400_000, 3), rng.integers(0, 50_000, 3)
    t = pricing.tables(i)
    made = certificate.certify(
        i, t, pricing.starts(i, t), prices, places, seats, triple, sigma, limit=limit
    )
    group, _, cost = _all(i)
    assert (_worth(group, made.prices, made.triple, made.sigma) <= cost).all()
    assert (made.prices <= certificate.host_caps(i, places, seats)).all()
    hosts = int(places @ i.places) + int(seats @ i.seats)
    assert made.bound == made.prices.sum() - made.sigma.sum() - hosts


@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_enumeration_gives_every_unit_within_the_gap_once(seed: int) -> None:
    """All units of a reduced cost up to a limit are given, each once."""
    i = cases.problem(SIZE, seed, buildings=3, communities=2, classes=12)
    prices, triple, sigma = _prices(seed)
    group, _, cost = _all(i)
    slack = 300_000
    within = group[cost - _worth(group, prices, triple, sigma) <= slack]
    t = pricing.tables(i)
    found = pricing.search(
        t, pricing.cut_tables(SIZE, triple, sigma), prices, pricing.starts(i, t),
        tol=-slack - 1, keep=pricing.EVERYTHING, once=True, room=100_000,
    )  # fmt: skip
    given_ = sorted(tuple(sorted(x for x in g if x >= 0)) for g in found.group.tolist())
    assert given_ == sorted(tuple(x for x in g if x >= 0) for g in within.tolist())


def test_a_triple_held_one_and_a_half_times_is_cut() -> None:
    """Three units of two, half of each, around three organizations: the one violated triple is found."""
    group = np.array([[0, 1], [1, 2], [0, 2], [3, 4]], dtype=np.int32)
    found = cuts.separate(5, group, np.array([0.5, 0.5, 0.5, 0.5]), most=10)
    assert found.tolist() == [[0, 1, 2]]


def test_over_a_hundred_alike_in_one_building() -> None:
    """Where many are interchangeable the plan covers everyone, within two per cent of its bound, by counted steps."""
    i = cases.problem(120, 1, hosts=0, km=0.01, communities=1, buildings=1)
    generation = Generation(i, Limits(cut_rounds=3))
    search = Search(generation, generation.run(), lambda: False)
    Descent(search, 0).run(8)
    Windows(search, 0).run(10, 10, 0)
    assert len(search.plan.alone) == 0
    assert search.plan.cost - search.certificate.bound <= 0.02 * search.plan.cost

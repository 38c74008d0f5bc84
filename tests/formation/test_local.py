"""The local search on its own, and plans of ledger units that are hard to plan."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks._shapes import DATED, SHAPES
from graph.city import City
from graph.formation import plan
from graph.formation.solver import pricing
from graph.formation.solver.certificate import host_caps
from graph.formation.solver.instance import Instance
from graph.formation.solver.local import Local
from graph.formation.verify import verify
from graph.policy.profile import load
from tests.formation import cases


def _cost(i: Instance, found: Local) -> int:
    """Return what a local search's plan costs, after holding it to every limit."""
    group, attached, alone = found.columns()
    cost = pricing.costs_of(i, pricing.tables(i), group, (group >= 0).sum(axis=1))
    assert (cost >= 0).all()
    who = [*group[group >= 0].tolist(), *i.attach_org[attached].tolist(), *alone.tolist()]
    assert sorted(who) == list(range(i.n))
    hosts = i.attach_host[attached]
    assert (np.bincount(hosts, minlength=len(i.places)) <= i.places).all()
    people = np.bincount(hosts, weights=i.members[i.attach_org[attached]], minlength=len(i.seats))
    assert (people <= i.seats).all()
    return int(cost.sum() + i.attach_cost[attached].sum() + i.alone[alone].sum())


def _best(i: Instance) -> int:
    """Return the least cost of any plan without hosts, by trying every division of everybody."""
    from itertools import combinations

    t = pricing.tables(i)
    value = {0: 0}
    columns: dict[int, list[tuple[int, int]]] = {}
    for k in range(1, t.largest + 1):
        for g in combinations(range(i.n), k):
            row = np.array([[*g, *[-1] * (t.largest - k)]], dtype=np.int32)
            cost = (
                int(i.alone[g[0]]) if k == 1 else int(pricing.costs_of(i, t, row, np.array([k]))[0])
            )
            if cost >= 0:
                columns.setdefault(g[0], []).append((sum(1 << x for x in g), cost))
    for done in range(1 << i.n):
        if done not in value:
            continue
        low = next((x for x in range(i.n) if not done >> x & 1), None)
        for mask, cost in columns.get(-1 if low is None else low, []):
            if not mask & done:
                value[done | mask] = min(value.get(done | mask, 2**62), value[done] + cost)
    return value[(1 << i.n) - 1]


@pytest.mark.parametrize("seed", range(4))
def test_few_organizations_are_divided_in_the_best_way(seed: int) -> None:
    """Of nine organizations a few sweeps find the plan that none undercuts."""
    i = cases.problem(9, seed, hosts=0, km=0.3, communities=1, buildings=3, classes=12)
    local = Local(i, pricing.tables(i), 0)
    for _ in range(6):
        local.sweep(np.arange(i.n))
    assert _cost(i, local) == _best(i)


@pytest.mark.parametrize("noise", [0, 60])
def test_sweeps_keep_every_limit_and_say_what_they_gain(noise: int) -> None:
    """After each sweep everybody is in the plan once, hosts are within their limits, and the gain told is the plan's."""
    i = cases.problem(80, 3)
    local = Local(i, pricing.tables(i), 5)
    before = int(i.alone.sum())
    for _ in range(5):
        gained, work = local.sweep(np.arange(i.n), noise)
        after = _cost(i, local)
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

"""Organizations that are alike, planned as kinds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks._shapes import DATED, STREET, of_one_division
from graph.city import City
from graph.formation import plan
from graph.formation.decisions import Decisions, Previous
from graph.formation.solver import alike, pricing
from graph.formation.solver.certificate import host_caps
from graph.formation.solver.instance import TOGETHER, Instance, sets
from graph.formation.solver.kinds import kinds
from graph.formation.solver.master import Master
from graph.formation.verify import verify
from graph.policy.profile import load
from tests.formation import cases


def many(i: Instance, times: int) -> Instance:
    """Return an instance with each organization so many times, in an order that tells nothing."""
    of = np.random.default_rng(7).permutation(np.repeat(np.arange(i.n), times))
    d, flags = i.d[np.ix_(of, of)].copy(), i.flags[np.ix_(of, of)].copy()
    same = of[:, None] == of[None, :]
    d[same], flags[same] = 0, TOGETHER
    flags[np.arange(len(of)), np.arange(len(of))] = 0
    groups = []
    for k in range(len(i.sets.surcharge)):
        held = i.sets.member[i.sets.start[k] : i.sets.start[k + 1]]
        groups.append(
            (int(i.sets.surcharge[k]), np.flatnonzero(np.isin(of, held)).astype(np.int32))
        )
    offers = [
        (x, int(h), int(c))
        for x in range(len(of))
        for o, h, c in zip(i.attach_org, i.attach_host, i.attach_cost, strict=True)
        if o == of[x]
    ]
    table = np.array(offers, dtype=np.int64).reshape(-1, 3)
    return replace(
        i, members=i.members[of], d=d, flags=flags, sets=sets(len(of), groups),
        attach_org=table[:, 0].astype(np.int32), attach_host=table[:, 1].astype(np.int32), attach_cost=table[:, 2],
        alone=i.alone[of], away=i.away[of], grouped=i.grouped[of],
    )  # fmt: skip


def solved(i: Instance) -> alike.Alike | None:
    """Plan an instance by kinds, with all the work that it takes."""
    return alike.solve(i, pricing.tables(i), limit=pricing.NO_LIMIT)


@pytest.mark.parametrize("seed", range(5))
def test_kinds_are_those_that_nothing_tells_apart(seed: int) -> None:
    """Each organization's copies are one kind, and exchanging two of a kind changes neither pairs nor sets nor offers."""
    once = cases.problem(12, seed)
    i = many(once, 4)
    kind = kinds(i)
    assert kind.max() + 1 <= once.n
    for k in range(int(kind.max()) + 1):
        a, *rest = np.flatnonzero(kind == k).tolist()
        for b in rest:
            swap = np.arange(i.n)
            swap[[a, b]] = b, a
            assert (i.d[np.ix_(swap, swap)] == i.d).all()
            assert (i.flags[np.ix_(swap, swap)] == i.flags).all()
            assert i.members[a] == i.members[b]


@pytest.mark.parametrize("seed", range(6))
def test_few_kinds_are_planned_in_the_best_way(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three kinds of three organizations the plan is the best that trying everything finds, and is said to be."""
    monkeypatch.setattr(alike, "WORTH", 1.0)
    i = many(cases.problem(3, seed, hosts=0, km=0.3, communities=1, buildings=2, classes=4), 3)
    found = solved(i)
    assert found is not None
    made = found.plan
    assert made is not None
    assert cases.cost(i, made.group, made.attached, made.alone) == made.cost
    best = cases.best(i)
    assert made.cost == best
    assert found.certificate.bound <= best


@pytest.mark.parametrize("seed", range(4))
def test_plans_by_kinds_keep_every_limit(seed: int) -> None:
    """With hosts, everybody is in the plan once within all limits, at the cost told and above a bound that holds."""
    i = many(cases.problem(9, seed), 14)
    found = solved(i)
    assert found is not None
    made = found.plan
    assert made is not None
    assert cases.cost(i, made.group, made.attached, made.alone) == made.cost
    c = found.certificate
    assert c.bound <= made.cost
    assert (c.prices <= host_caps(i, c.places, c.seats)).all()
    t = pricing.tables(i)
    under = pricing.search(
        t, pricing.cut_tables(i.n, c.triple, c.sigma), c.prices, pricing.starts(i, t),
        tol=0, keep=1, once=True,
    )  # fmt: skip
    assert not len(under.size)


@pytest.mark.parametrize("seed", range(4))
def test_fractions_of_kinds_are_worth_as_much_as_fractions_of_organizations(seed: int) -> None:
    """A program over the single organizations' columns that kinds are taken apart into reaches the bound of the kinds."""
    i = many(cases.problem(9, seed), 14)
    found = solved(i)
    assert found is not None
    master = Master(i, i.alone)
    size = (found.group >= 0).sum(axis=1)
    cost = pricing.costs_of(i, pricing.tables(i), found.group, size)
    assert (cost >= 0).all()
    master.add_groups(found.group, size, cost)
    master.add_attachments(found.attached)
    solution = master.solve(100_000)
    assert solution is not None
    value = (
        solution.groups @ cost
        + solution.attached @ i.attach_cost[found.attached]
        + solution.alone @ i.alone
    )
    assert value == pytest.approx(found.certificate.bound, rel=1e-4)


@pytest.mark.parametrize("sizes", [(3,), (3, 4, 3)])
def test_pinned_sets_cost_the_certificate_nothing(sizes: tuple[int, ...]) -> None:
    """With some that must stay together, a street of one kind is still proven, and its bound is what the plan costs."""
    store, profile = of_one_division(300, spread=0.0, classes=1), load()
    city = City(store, profile, DATED)
    codes = iter(city.organizations.index[city.organizations["action"].eq("joint")])
    sets_ = tuple(tuple(str(next(codes)) for _ in range(size)) for size in sizes)
    made = plan(city, constraints=Decisions(pin=sets_))
    assert verify(made, store, profile)["faults"] == []
    assert made["totals"]["bound"] == made["totals"]["objective"]
    for some in sets_:
        assert any(
            set(some) <= set(j["organizations"]) for u in made["ledger_units"] for j in u["joint"]
        )


def test_a_plan_of_kinds_is_gone_on_from_at_the_same_bound() -> None:
    """What moves would cost takes nothing from the proof: the same plan is made again, nobody moves."""
    store, profile = of_one_division(300, spread=0.0, classes=1), load()
    city = City(store, profile, DATED)
    first = plan(city)
    (unit,) = [u for u in first["ledger_units"] if u["id"] == f"street:{STREET}"]
    joint = tuple(tuple(j["organizations"]) for j in unit["joint"])
    again = plan(city, previous=Previous(joint, {}))
    assert again["totals"]["moved"] == 0
    assert again["totals"]["bound"] == again["totals"]["objective"] == first["totals"]["objective"]


@settings(deadline=None, max_examples=2)
@given(seed=st.integers(0, 10_000), again=st.booleans())
def test_whatever_is_decided_the_plan_of_kinds_is_right(seed: int, again: bool) -> None:
    """With any pins and forbids, and after a plan before, the checker finds nothing wrong with the plan."""
    rng = np.random.default_rng(seed)
    store, profile = of_one_division(90, spread=0.0, classes=3, seed=seed), load()
    city = City(store, profile, DATED)
    o = city.organizations
    small = o.index[o["action"].eq("joint")].to_numpy(dtype=object)
    drawn = iter(rng.permutation(small).tolist())

    def some(number: int, most: int) -> tuple[tuple[str, ...], ...]:
        sizes = rng.integers(2, most + 1, number)
        return tuple(tuple(str(next(drawn)) for _ in range(k)) for k in sizes)

    before = None
    if again:
        joint = [j["organizations"] for u in plan(city)["ledger_units"] for j in u["joint"]]
        before = Previous(tuple(map(tuple, joint[: int(rng.integers(1, len(joint)))])), {})
    decisions = Decisions(
        pin=some(int(rng.integers(0, 4)), 3), forbid=some(int(rng.integers(0, 5)), 4)
    )
    made = plan(city, constraints=decisions, previous=before)
    assert verify(made, store, profile)["faults"] == []
    together = [set(j["organizations"]) for u in made["ledger_units"] for j in u["joint"]]
    assert all(any(set(p) <= g for g in together) for p in decisions.pin)
    assert not any(set(f) <= g for f in decisions.forbid for g in together)


def test_where_nobody_is_alike_nothing_is_planned_by_kinds() -> None:
    """Organizations that differ are left to the rest of the solver."""
    assert solved(cases.problem(60, 1)) is None


def test_a_street_of_one_kind_is_planned_at_once_and_proven() -> None:
    """Three hundred organizations at one spot in one class make units of five, proven to be the best."""
    store, profile = of_one_division(300, spread=0.0, classes=1), load()
    made = plan(City(store, profile, DATED))
    assert verify(made, store, profile)["faults"] == []
    (unit,) = [u for u in made["ledger_units"] if u["id"] == f"street:{STREET}"]
    assert unit["status"] == "optimal"
    assert unit["gap"] == 0
    assert {len(j["organizations"]) for j in unit["joint"]} == {5}

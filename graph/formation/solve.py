"""The planner: a frozen problem in, plans with certificates out (FORMATION; SOLVER.md for what was measured).

``solve(problem, stop, seed, params)``: ledger unit by ledger unit, component by component: column generation with cuts, local
search, windows, a last proof. Without a time limit only limits that count steps bind.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from graph.errors import PlanError
from graph.formation import pricing
from graph.formation.generation import Generation, Limits
from graph.formation.instance import TOGETHER
from graph.formation.local import Descent
from graph.formation.primal import Search
from graph.formation.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.formation.instance import Instance
    from graph.formation.problem import Component, LedgerUnit, Problem

    Ints = NDArray[np.int64]

PAYS = 10
"""A turn of all searches is followed by another where it gains one part in so many of what is left."""
EXACT = 25
"""Small organizations up to which a component is worked on until it is proven."""


@dataclass(frozen=True)
class Parameters:
    """How hard to try.

    Attributes
    ----------
    gap : float
        Fraction of a component's cost below which the search for a better plan ends; 0 searches to the end of its steps.
    seconds : float or None
        Wall-clock time for all ledger units; ``None``: only steps count.
    limits : Limits
        Steps of column generation.
    sweeps, cycles, windows, nodes : int
        Noisy sweeps of a cycle of local search, cycles, windows re-solved, and branch-and-bound nodes of each integer program.
    pool, turns : int
        Joint units that an integer program chooses from; times that local search, windows and it take turns.
    """

    gap: float = 0.0005
    seconds: float | None = None
    limits: Limits = field(default_factory=Limits)
    sweeps: int = 12
    cycles: int = 2
    windows: int = 60
    pool: int = 600
    turns: int = 1
    nodes: int = 40


@dataclass(frozen=True, eq=False)
class Solved:
    """One ledger unit's plan, positions in the city; costs in integers of 1e-6 (FORMATION).

    Attributes
    ----------
    joint : list of (organizations, cost)
    attached : list of (organization, unit, cost)
    uncovered : list of organizations
    prices : list of (organization, p); hosts : list of (unit, places, seats); cuts : list of (three organizations, σ)
    objective, bound : int
    status : str
        ``optimal``, ``feasible``, ``time_limit`` or ``not_started``.
    deterministic : bool
        ``False`` where a solver had to be ended by the clock.
    reasons : dict
        Why organizations are left uncovered: keys of :data:`graph.formation.wording.REASONS`.
    """

    unit: LedgerUnit
    joint: list[tuple[list[int], int]]
    attached: list[tuple[int, int, int]]
    uncovered: list[int]
    prices: list[tuple[int, int]]
    hosts: list[tuple[int, int, int]]
    cuts: list[tuple[list[int], int]]
    objective: int
    bound: int
    status: str
    deterministic: bool
    reasons: dict[int, str]


@dataclass(frozen=True, eq=False)
class Result:
    """Plans of all ledger units, in the problem's order."""

    units: list[Solved]


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    parameters: Parameters | None = None,
    progress: Callable[[int, int, float], None] | None = None,
) -> Result:
    """Plan every ledger unit.

    Parameters
    ----------
    problem : Problem
    seed : int
        Of the windows' choice.
    parameters : Parameters, optional
    progress : callable, optional
        Called with (ledger units done, all, gap so far).

    Raises
    ------
    PlanError
        A pin can't be kept, or a decision joins what can't be joined.
    """
    parameters = parameters or Parameters()
    began = time.monotonic()
    solved: dict[int, Solved] = {}
    objective = bound = 0
    # the largest first: with a time limit, what is quick comes after what is long
    order = sorted(range(len(problem.units)), key=lambda x: (-len(problem.units[x].rows), x))
    left = sum(len(u.rows) for u in problem.units)
    for done, x in enumerate(order):
        unit = problem.units[x]
        if progress is not None:
            progress(done, len(order), (objective - bound) / objective if objective else 0.0)
        deadline: float | None = None
        if parameters.seconds is not None:
            now = time.monotonic() - began
            share = (parameters.seconds - now) * (len(unit.rows) / max(left, 1)) ** 0.8
            deadline = began + now + share
            if now >= parameters.seconds and len(unit.rows):
                solved[x] = _not_started(problem, unit)
                left -= len(unit.rows)
                objective += solved[x].objective
                continue
        solved[x] = _unit(problem, unit, seed, parameters, deadline)
        left -= len(unit.rows)
        objective += solved[x].objective
        bound += solved[x].bound
    return Result([solved[x] for x in range(len(problem.units))])


def _not_started(problem: Problem, unit: LedgerUnit) -> Solved:
    """Return a unit whose turn never came: accepted units stand, all others are uncovered, bound 0."""
    parts = problem.parts(unit)
    rows = [r for c in parts.components for r in c.rows.tolist()] + parts.isolated.tolist()
    cost = sum(int(c.instance.alone.sum()) for c in parts.components)
    cost += int(parts.isolated_cost.sum()) + sum(c for _, c in parts.accepted)
    joint = [(sorted(r.tolist()), c) for r, c in parts.accepted]
    low = sum(c for _, c in parts.accepted)
    prices = [(r, 0) for r in sorted(rows)]
    return Solved(unit, joint, [], sorted(rows), prices, [], [], cost, low, "not_started", True, {})


def _unit(
    problem: Problem, unit: LedgerUnit, seed: int, parameters: Parameters, deadline: float | None
) -> Solved:
    parts = problem.parts(unit)
    out = Solved(unit, [], [], [], [], [], [], 0, 0, "optimal", True, {})
    accepted = sum(cost for _, cost in parts.accepted)
    out.joint.extend((sorted(rows.tolist()), cost) for rows, cost in parts.accepted)
    out.uncovered.extend(parts.isolated.tolist())
    out.reasons.update(dict.fromkeys(parts.isolated.tolist(), "no_partner"))
    out.prices.extend(zip(parts.isolated.tolist(), parts.isolated_cost.tolist(), strict=True))
    alone = int(parts.isolated_cost.sum())
    objective, bound = accepted + alone, accepted + alone
    proven, timed_out, hung = True, False, False
    for component in parts.components:
        late = False

        def stop() -> bool:
            nonlocal late
            late = late or (deadline is not None and time.monotonic() > deadline)
            return late

        cost, low, optimal, clock = _component(component, out, seed, parameters, stop)
        objective += cost
        bound += low
        proven &= optimal
        timed_out |= late
        hung |= clock
    out.joint.sort()
    out.attached.sort()
    out.uncovered.sort()
    out.prices.sort()
    status = "optimal" if proven else ("time_limit" if timed_out else "feasible")
    return Solved(
        unit, out.joint, out.attached, out.uncovered, out.prices, out.hosts, out.cuts,
        objective, bound, status, not hung, out.reasons,
    )  # fmt: skip


def _component(
    component: Component,
    out: Solved,
    seed: int,
    parameters: Parameters,
    stop: Callable[[], bool],
) -> tuple[int, int, bool, bool]:
    """Plan one component into ``out``; return its cost, its bound, whether it is proven, whether a clock ended a solver."""
    i = component.instance
    generation = Generation(i, parameters.limits, stop, seed)
    generated = generation.run()
    search = Search(generation, generated, stop)
    windows = Windows(search, seed)
    exact = i.n <= EXACT
    least = 0 if exact else int(parameters.gap * max(generated.certificate.bound, 0))

    def open_() -> bool:
        return search.plan.cost - search.certificate.bound > least

    if exact:
        if open_():
            Descent(search, least).run(parameters.sweeps)
        search.prove(100_000)
    else:
        for turn in range(parameters.turns):
            before = search.plan.cost
            if open_():
                Descent(search, least).run(parameters.sweeps, 1 if turn else parameters.cycles)
            if open_():
                windows.run(parameters.windows, parameters.nodes, least)
            if open_():
                search.pool(parameters.nodes, parameters.pool)
            left = search.plan.cost - search.certificate.bound
            if not open_() or (before - search.plan.cost) * PAYS < left:
                break
        if open_():
            search.prove(parameters.nodes)
    plan, c = search.plan, search.certificate
    must = np.flatnonzero(i.must)
    kept = np.isin(must, plan.alone, invert=True)
    if not kept.all():
        raise PlanError(
            "a pinned set can't be part of any feasible unit: too few or too many members or organizations, no method, or a forbid"
            " against it; take it out or change it",
            "有必须联建的一组无法构成可行的党组织（党员数、单位数、方式或禁止项），请去掉或修改",
        )
    rows, hosts = component.rows.tolist(), component.hosts.tolist()
    size = (plan.group >= 0).sum(axis=1)
    cost = pricing.costs_of(i, generation.tables, plan.group, size).tolist()
    for group, k, value in zip(plan.group.tolist(), size.tolist(), cost, strict=True):
        out.joint.append((sorted(rows[x] for x in group[:k]), value))
    for e in plan.attached.tolist():
        out.attached.append((rows[i.attach_org[e]], hosts[i.attach_host[e]], int(i.attach_cost[e])))
    out.uncovered.extend(rows[x] for x in plan.alone.tolist())
    for x in plan.alone.tolist():
        out.reasons[rows[x]] = _reason(i, x)
    out.prices.extend(zip(rows, c.prices.tolist(), strict=True))
    for u in np.flatnonzero((c.places > 0) | (c.seats > 0)).tolist():
        out.hosts.append((hosts[u], int(c.places[u]), int(c.seats[u])))
    for three, sigma in zip(c.triple.tolist(), c.sigma.tolist(), strict=True):
        out.cuts.append(([rows[x] for x in three], sigma))
    return plan.cost, c.bound, search.proven or plan.cost == c.bound, search.timed_out


def _reason(instance: Instance, x: int) -> str:
    """Say why an organization stays uncovered."""
    partner = (instance.flags[x] & TOGETHER) > 0
    sets = instance.sets
    for s in sets.of[sets.of_start[x] : sets.of_start[x + 1]]:
        partner[sets.member[sets.start[s] : sets.start[s + 1]]] = True
    partner[x] = False
    if not partner.any():
        return "others_first" if (instance.attach_org == x).any() else "no_partner"
    best = np.sort(instance.members[partner])[::-1][: instance.model.max_organizations - 1]
    enough = int(best.sum() + instance.members[x]) >= instance.model.min_members
    return "others_first" if enough else "too_few"

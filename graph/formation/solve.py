"""The planner: a frozen problem in, plans with certificates out (FORMATION; SOLVER.md for what was measured).

``solve(problem, stop, seed, params)``: ledger unit by ledger unit, component by component: column generation with cuts, local
search, windows, a last proof. Without a time limit only limits that count steps bind.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from graph.errors import ClusterError, PlanError
from graph.formation.solver import alike, pricing
from graph.formation.solver.dive import Dive
from graph.formation.solver.generation import Generation, Limits
from graph.formation.solver.local import Descent
from graph.formation.solver.primal import Search
from graph.formation.solver.windows import Windows
from graph.formation.spreading.course import Course
from graph.formation.spreading.crew import Here
from graph.formation.spreading.tasks import Tasks, placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.formation.problem import Component, LedgerUnit, Problem
    from graph.formation.solver.choice import Plan
    from graph.formation.solver.generation import Generated
    from graph.formation.spreading.course import Standing
    from graph.formation.spreading.crew import Crew, Outcome
    from graph.formation.spreading.tasks import Task

    Ints = NDArray[np.int64]

GAP = 0.0005
"""Fraction of its cost within which a component's plan of its bound is good enough, unless told otherwise …"""
LARGE_GAP = 0.002
"""… and in a large city, where the last part of a gap would take as long as all before it."""
LARGE = 150_000
"""Small organizations from which on a city is large."""
TAIL = 0.02
"""Where more than :data:`GAP` may be left: the least part of a component's gap that a round of cuts has to close."""
TURNS = 4
"""Times that the searches are gone through, each with a dive, where no gap is good enough."""
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
    pool : int
        Joint units that an integer program chooses from.
    turns : int
        Times that the searches are gone through.
    dives : bool
        Whether each time begins with a dive.
    """

    gap: float = GAP
    seconds: float | None = None
    limits: Limits = field(default_factory=Limits)
    sweeps: int = 12
    cycles: int = 2
    windows: int = 60
    pool: int = 600
    turns: int = 1
    nodes: int = 40
    dives: bool = False

    @classmethod
    def within(
        cls, gap: float | None = None, seconds: float | None = None, *, small: int = 0
    ) -> Parameters:
        """Return how hard to try for a gap.

        What is left of a gap takes ever more work, so that where more may be left, a round of cuts has to gain more for its steps;
        dives gain little before the last of it, and are for those only who want none left.

        Parameters
        ----------
        gap : float or None
            ``None``: :data:`GAP`, or :data:`LARGE_GAP` for many organizations.
        seconds : float or None
        small : int
            Small organizations that are planned.
        """
        if gap is None:
            gap = GAP if small < LARGE else LARGE_GAP
        if not gap:
            return cls(gap=gap, seconds=seconds, turns=TURNS, dives=True)
        if gap <= GAP:
            return cls(gap=gap, seconds=seconds)
        limits = Limits(pay=Limits.pay * (gap / GAP) ** 2, tail=TAIL)
        return cls(gap=gap, seconds=seconds, limits=limits)


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
    why : str or None
        Of one ``not_started``: a key of :data:`graph.formation.wording.REASONS`.
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
    why: str | None = None


@dataclass(frozen=True, eq=False)
class Result:
    """Plans of all ledger units, in the problem's order.

    Attributes
    ----------
    units : list of Solved
    stopped : str or None
        Why some were never begun: ``asked`` (whoever waits said so), ``time``, ``cluster`` (there was nobody left to work).
    lost : list of str
        Ids of ledger units whose planning was tried and failed.
    """

    units: list[Solved]
    stopped: str | None = None
    lost: list[str] = field(default_factory=list)


POLL = 0.2
"""Seconds between two looks at whether to stop."""
GRACE = 10.0
"""Seconds that who works elsewhere gets to hand over what it has, once the run is stopped."""


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    parameters: Parameters | None = None,
    progress: Callable[[Standing], None] | None = None,
    crew: Crew | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Result:
    """Plan every ledger unit.

    Whoever works, a ledger unit is planned from its own task alone, so that one input and seed give one plan.

    Parameters
    ----------
    problem : Problem
    seed : int
        Of the windows' choice.
    parameters : Parameters, optional
    progress : callable, optional
        Told how far the plan is.
    crew : Crew, optional
        Who works; default: this process.
    stopped : callable, optional
        Whether to stop now: what was begun ends with what it has, the rest is ``not_started``.

    Raises
    ------
    PlanError
        A pin can't be kept, or a decision joins what can't be joined.
    """
    run = _Run(problem, parameters or Parameters(), stopped or (lambda: False), progress)
    return run.through(crew or Here(seed, run.parameters, run.stopped, run.partly))


class _Run:
    """One run over all ledger units."""

    def __init__(
        self,
        problem: Problem,
        parameters: Parameters,
        stopped: Callable[[], bool],
        progress: Callable[[Standing], None] | None,
    ) -> None:
        self.problem, self.parameters, self.stopped = problem, parameters, stopped
        self._progress = progress
        self.tasks = Tasks(problem)
        self.course = Course([len(u.rows) for u in problem.units], parameters.seconds)
        self.solved: dict[int, Solved] = {}
        self.lost: list[str] = []

    def through(self, crew: Crew) -> Result:
        waiting, running = deque(self.course.order), set[int]()
        why: str | None = None
        patience = 0.0
        while waiting or running:
            self._tell(crew)
            if why is None:
                why = "asked" if self.stopped() else "time" if self.course.over() else None
                if why is not None:
                    crew.end()
                    patience = time.monotonic() + GRACE
            if why is not None and (not running or time.monotonic() > patience):
                break
            try:
                while why is None and waiting and len(running) < crew.size:
                    x = waiting.popleft()
                    running.add(x)
                    crew.begin(x, self.tasks.task(x), self.course.begin(x, crew.size))
                outcome = crew.next(POLL)
            except ClusterError:
                why = why or "cluster"
                break
            if outcome is not None:
                running.remove(outcome.x)
                self._take(outcome)
        for x in [*running, *waiting]:
            self._leave(x)
        self._tell(crew)
        units = [self.solved[x] for x in range(len(self.problem.units))]
        left = sum(s.status == "not_started" for s in units) > len(self.lost)
        return Result(units, why if left else None, sorted(self.lost))

    def _leave(self, x: int) -> None:
        """Settle a ledger unit whose turn never came."""
        unit = self.problem.units[x]
        if len(unit.rows):
            self._put(x, _not_started(self.tasks, x, "not_started"), 0.0)
        else:  # nobody to plan for: that is its plan
            found = plan_task(self.tasks.task(x), 0, self.parameters, lambda: False)
            self._put(x, placed(found, unit), 0.0)

    def _take(self, outcome: Outcome) -> None:
        unit = self.problem.units[outcome.x]
        if outcome.found is not None:
            self._put(outcome.x, placed(outcome.found, unit), outcome.seconds)
            return
        self.lost.append(unit.id)
        self._put(outcome.x, _not_started(self.tasks, outcome.x, outcome.lost or "lost"), 0.0)

    def _put(self, x: int, s: Solved, seconds: float) -> None:
        self.solved[x] = s
        covered = len(s.unit.rows) - len(s.uncovered)
        self.course.end(x, covered, s.objective, s.bound, seconds)

    def partly(self, x: int, objective: int, bound: int) -> None:
        """Take in what a ledger unit that is worked on here has come to so far."""
        self.course.partly(x, objective, bound)
        if self._progress is not None:
            self._progress(self.course.standing(1))

    def _tell(self, crew: Crew) -> None:
        if self._progress is not None:
            self._progress(self.course.standing(crew.size))


def _not_started(tasks: Tasks, x: int, reason: str) -> Solved:
    """Return a ledger unit that has no plan: accepted units stand, all others are uncovered, bound 0."""
    unit = tasks.problem.units[x]
    joint = tasks.accepted(x)
    left = np.isin(unit.rows, [r for some, _ in joint for r in some], invert=True)
    rows = unit.rows[left].tolist()
    low = sum(cost for _, cost in joint)
    cost = low + int(tasks.alone(x)[left].sum())
    prices = [(r, 0) for r in rows]
    return Solved(unit, joint, [], rows, prices, [], [], cost, low, "not_started", True, reason)


def plan_task(
    task: Task,
    seed: int,
    parameters: Parameters,
    ended: Callable[[], bool],
    told: Callable[[int, int], None] | None = None,
) -> Solved:
    """Plan one ledger unit from its task.

    Parameters
    ----------
    ended : callable
        Says when to be content with what there is.
    told : callable, optional
        Is told what it costs so far, and what it costs at least.

    Raises
    ------
    PlanError
        A decision can't be kept.
    """
    return _unit(task, task.unit, seed, parameters, ended, told or (lambda *_: None))


def _unit(
    problem: Problem,
    unit: LedgerUnit,
    seed: int,
    parameters: Parameters,
    ended: Callable[[], bool],
    told: Callable[[int, int], None],
) -> Solved:
    parts = problem.parts(unit)
    out = Solved(unit, [], [], [], [], [], [], 0, 0, "optimal", True)
    accepted = sum(cost for _, cost in parts.accepted)
    out.joint.extend((sorted(rows.tolist()), cost) for rows, cost in parts.accepted)
    out.uncovered.extend(parts.isolated.tolist())
    out.prices.extend(zip(parts.isolated.tolist(), parts.isolated_cost.tolist(), strict=True))
    alone = int(parts.isolated_cost.sum())
    objective, bound = accepted + alone, accepted + alone
    proven, timed_out, hung = True, False, False
    for component in parts.components:
        late = False

        def stop() -> bool:
            nonlocal late
            late = late or ended()
            return late

        def so_far(cost: int, low: int) -> None:
            told(objective + cost, bound + low)  # noqa: B023 - asked within this turn only

        cost, low, optimal, clock = _component(component, out, seed, parameters, stop, so_far)
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
        objective, bound, status, not hung,
    )  # fmt: skip


def _component(
    component: Component,
    out: Solved,
    seed: int,
    parameters: Parameters,
    stop: Callable[[], bool],
    told: Callable[[int, int], None],
) -> tuple[int, int, bool, bool]:
    """Plan one component into ``out``; return its cost, its bound, whether it is proven, whether a clock ended a solver."""
    i = component.instance
    generation = Generation(i, parameters.limits, stop, seed)
    exact = i.n <= EXACT
    by_kinds = None
    if not exact:
        by_kinds = alike.solve(i, generation.tables, limit=parameters.limits.start, stop=stop)
    first: list[Plan] = []

    def allowed(so_far: Generated) -> int:
        """Return what a plan may cost above its bound."""
        return 0 if exact else int(parameters.gap * max(so_far.certificate.bound, 0))

    def planned(so_far: Generated) -> int:
        """Plan from what there is before cuts, by quiet sweeps; return what that costs."""
        quick = Search(generation, so_far, stop)
        Descent(quick, allowed(so_far)).run(1, 0)
        first.append(quick.plan)
        return quick.plan.cost

    early = None if exact or not parameters.gap else planned
    generated = generation.run(by_kinds, parameters.gap, early)
    search = Search(generation, generated, stop)
    for plan in first:
        search.take(plan.group, plan.attached, plan.alone)
    windows = Windows(search, seed)
    least = allowed(generated)
    known = None if by_kinds is None else by_kinds.plan
    if known is not None:
        search.take(known.group, known.attached, known.alone)
        search.proven = known.proven
    search.timed_out = by_kinds is not None and by_kinds.timed_out

    def open_() -> bool:
        told(search.plan.cost, search.certificate.bound)
        return not search.proven and search.plan.cost - search.certificate.bound > least

    if exact:
        if open_():
            Descent(search, least).run(parameters.sweeps)
        search.prove(100_000)
    else:
        for turn in range(parameters.turns):
            if parameters.dives and open_():
                Dive(search, seed + turn if turn else None).run()
            if open_():
                Descent(search, least).run(parameters.sweeps, 1 if turn else parameters.cycles)
            if open_():
                windows.run(parameters.windows, parameters.nodes, least)
            if open_():
                search.pool(parameters.nodes, parameters.pool, again=turn > 0)
        if not search.proven:
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
    out.prices.extend(zip(rows, c.prices.tolist(), strict=True))
    for u in np.flatnonzero((c.places > 0) | (c.seats > 0)).tolist():
        out.hosts.append((hosts[u], int(c.places[u]), int(c.seats[u])))
    for three, sigma in zip(c.triple.tolist(), c.sigma.tolist(), strict=True):
        out.cuts.append(([rows[x] for x in three], sigma))
    return plan.cost, c.bound, search.proven or plan.cost == c.bound, search.timed_out

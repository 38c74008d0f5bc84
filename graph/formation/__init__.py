"""Joint formation (联合组建): the planning problem of FORMATION, and its independent check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.city import City
    from graph.formation.decisions import Decisions, Previous
    from graph.formation.spreading.course import Standing

__all__ = ["plan"]


def plan(
    city: City,
    ledger_unit_ids: Sequence[str] | None = None,
    *,
    seed: int = 0,
    gap: float | None = None,
    seconds: float | None = None,
    constraints: Decisions | None = None,
    previous: Previous | None = None,
    scope: Sequence[str] | None = None,
    progress: Callable[[Standing], None] | None = None,
    workers: int | None = 1,
    cluster: str | None = None,
    stopped: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """Plan joint formation and prove how good the plan is (FORMATION).

    Parameters
    ----------
    city : graph.city.City
    ledger_unit_ids : sequence of str, optional
        Default: all of the city.
    seed : int
        One input and seed give one plan, unless ``seconds`` ends it.
    gap : float, optional
        Fraction of a component's cost at which the search ends; default: :meth:`graph.formation.solve.Parameters.within`.
    seconds : float, optional
        Wall-clock limit; default: only limits that count steps.
    constraints, previous : optional
        Decisions of people; the plan that this one continues.
    scope : sequence of str, optional
        What was asked for, where it is not the whole city; stated in the plan.
    progress : callable, optional
        Told how far the plan is.
    workers : int or None
        Processes of this machine that plan ledger units at once; 1: this one; ``None``: as many as pay.
    cluster : str, optional
        Address of a Dask scheduler whose workers plan instead. The plan is the same, whoever works.
    stopped : callable, optional
        Whether to stop now: what was begun ends with what it has, the rest is ``not_started``.

    Returns
    -------
    dict
        The plan file's object, ``lianjian.plan/1``.

    Raises
    ------
    PlanError
        A decision can't be kept.
    ClusterError
        The cluster can't be reached, or runs another version.
    """
    from graph.formation.problem import build
    from graph.formation.result import plan_object
    from graph.formation.solve import Parameters, solve
    from graph.formation.spreading.spread import crew

    problem = build(city, ledger_unit_ids, constraints, previous)
    sizes = [len(u.rows) for u in problem.units]
    parameters = Parameters.within(gap, seconds, small=sum(sizes))
    with crew(workers, cluster, sizes, seed, parameters) as who:
        result = solve(
            problem, seed=seed, parameters=parameters, progress=progress, crew=who, stopped=stopped
        )
    named = list(scope) if scope is not None else None
    if named is None and ledger_unit_ids is not None:
        named = list(ledger_unit_ids)
    return plan_object(problem, result, parameters, seed, named)

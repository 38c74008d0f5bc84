"""Checks a plan and its certificate without the program that made them.

FORMATION's conditions are checked as they stand there: every small organization of a ledger unit exactly once, every joint unit
feasible and at its cost, every attachment allowed and within capacity, and prices that no feasible joint unit, attachment or
uncovered organization undercuts. The groups that nobody looked at are searched completely (:mod:`.search`).

Shares nothing with the planner: only the model, the errors, the profile and the store are imported (an import contract says so).

Modules: ``shape`` (the file's JSON, typed) · ``facts``, ``jurisdiction``, ``superiors``, ``coordinates``, ``sectors`` (the store,
read) · ``costs``, ``ledger_unit`` (what columns cost) · ``decisions`` (pins, forbids, accepted units, the former plan) ·
``grouping``, ``lists``, ``formed``, ``status``, ``totals`` (the plan) · ``certificate``, ``undercut``, ``search`` (its prices) ·
``check`` (all of it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.formation.verify.file import load_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.policy.profile import Profile
    from graph.store.base import Store

__all__ = ["load_plan", "verify"]


def verify(
    plan: dict[str, Any],
    store: Store,
    profile: Profile,
    *,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """Check a plan against the store and the rules: see :func:`graph.formation.verify.check.verify`."""
    from graph.formation.verify import check  # numba and pandas only where a plan is checked

    return check.verify(plan, store, profile, progress=progress)

"""The best plans of one component in order of cost, by partition (Murty, Oper. Res. 16, 1968; Lawler, Manage. Sci. 18, 1972).

A plan that costs at most ``bound + slack`` holds only columns whose reduced cost is at most ``slack``. So all plans up to that
cost are choices among those columns, which fall apart into blocks that share no organization and no host; the best few of a
block are found by fixing some columns of a plan and excluding one, and the best few of all are sums of these. Where a block is
too large to be searched, windows of it are, and the answer says from which cost on it may not be complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.formation.questions.field import Field
from graph.formation.questions.ground import Column, Ground, cost_of
from graph.formation.solver import pricing
from graph.formation.solver.generation import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]

ROOM = 60_000
"""Joint units among which the best plans are looked for."""
FIRST = 50_000
"""Slack above the plan's own with which the search begins, in 1e-6; it grows until enough plans are found."""
WINDOW = 30
"""Organizations of a window where a block is too large."""
SMALL_WINDOW = 12
"""Organizations of a window of which all columns are looked at, where a larger one gave nothing."""
ALL = 2**50
"""A slack that no column exceeds."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """Plans of one component in order of cost.

    Attributes
    ----------
    plans : list of (cost, columns)
        Distinct; the present plan is among them where it belongs.
    complete : int
        Every plan that costs at most this is among ``plans``; :data:`ALL` where any that is not costs no less than the last of as
        many as were asked for.
    bound : int
        No plan costs less.
    """

    plans: list[tuple[int, frozenset[Column]]]
    complete: int
    bound: int


def ranked(g: Ground, number: int, without: Column | None = None) -> Ranked:
    """Return the ``number`` best plans, those that hold ``without`` left out.

    Without a time limit and by steps only: one input gives one answer.
    """
    low = g.certificate.bound
    base = max(g.cost - low, 0)
    most = int(g.instance.caps.sum()) - low  # where leaving all alone would do, anything may
    extra, found = FIRST, None
    while True:
        slack = base + extra if base + extra < most else ALL
        field = _field(g, slack, without)
        if field is None:
            break
        plans = field.best(number)
        if plans is None:
            break
        enough = len(plans) >= number and plans[number - 1][0] <= low + slack
        found = Ranked(plans, ALL if enough or slack == ALL else low + slack, low)
        if found.complete == ALL:
            return found
        extra *= 4
    nearby = _windows(g, number, without, WINDOW)
    if not nearby:
        nearby = _windows(g, number, without, SMALL_WINDOW)
    if found is None:
        return Ranked(nearby, low - 1, low)
    known = {columns for _, columns in found.plans}
    merged = found.plans + [p for p in nearby if p[1] not in known]
    return Ranked(sorted(merged, key=_order)[:number], found.complete, low)


def _order(plan: tuple[int, frozenset[Column]]) -> tuple[int, list[Column]]:
    return plan[0], sorted(plan[1])


def _field(g: Ground, slack: int, without: Column | None) -> Field | None:
    """Return all columns of a reduced cost up to ``slack``; ``None`` where they are too many."""
    i, c = g.instance, g.certificate
    found = pricing.search(
        g.tables, pricing.cut_tables(i.n, c.triple, c.sigma), c.prices - i.away, g.starts,
        tol=-slack - 1, keep=pricing.EVERYTHING, once=True, limit=Limits().start, room=ROOM,
    )  # fmt: skip
    if found.overflow or not found.complete.all():
        return None
    return Field(g, found.group, slack, without)


def _windows(
    g: Ground, number: int, without: Column | None, most: int
) -> list[tuple[int, frozenset[Column]]]:
    """Return the best plans that differ from the present one inside one window (of ``most`` organizations) of it."""
    i = g.instance
    owner = np.zeros(i.n, dtype=np.int64)
    columns = sorted(g.plan)
    for at, column in enumerate(columns):
        owner[list(column.members)] = at
    left = np.ones(i.n, dtype=bool)
    out: dict[frozenset[Column], int] = {}
    centres = [without.members[0]] if without is not None else range(i.n)
    for centre in centres:
        if not left[centre]:
            continue
        window = _window(i, owner, centre, left, most)
        left[window] = False
        inside = {columns[x] for x in np.unique(owner[window]).tolist()}
        rest = g.plan - inside
        free = np.zeros(i.n, dtype=bool)
        free[window] = True
        field = _inside(g, free, rest, without, ALL if most == SMALL_WINDOW else None)
        if field is None:
            continue
        fixed = sum(cost_of(i, g.tables, c) for c in rest)
        for cost, some in field.best(number) or []:
            out[some | rest] = cost + fixed
    return sorted(((cost, plan) for plan, cost in out.items()), key=_order)[:number]


def _window(i: Instance, owner: Ints, centre: int, left: NDArray[np.bool_], most: int) -> list[int]:
    """Return whole columns nearest to a centre, none that was in a window before."""
    near = i.d[centre].astype(np.int64).copy()
    near[centre] = -1
    out: list[int] = []
    for x in np.argsort(near, kind="stable").tolist():
        if not left[x] or x in out:
            continue
        column = np.flatnonzero(owner == owner[x]).tolist()
        if out and len(out) + len(column) > most:
            break
        out += column
    return out


def _inside(
    g: Ground,
    free: NDArray[np.bool_],
    rest: frozenset[Column],
    without: Column | None,
    slack: int | None,
) -> Field | None:
    """Return the columns inside a window up to ``slack``, by default a little above the plan's own."""
    i, c = g.instance, g.certificate
    sizes = np.diff(g.starts.start)
    keep = np.logical_and.reduceat(free[g.starts.member], g.starts.start[:-1])
    starts = pricing.Starts(
        np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64),
        g.starts.member[np.repeat(keep, sizes)],
        g.starts.bonus[keep],
    )
    if slack is None:
        slack = 4 * FIRST + max(0, g.cost - c.bound)
    for _ in range(4):
        found = pricing.search(
            g.tables._replace(free=g.tables.free & free),
            pricing.cut_tables(i.n, c.triple, c.sigma), c.prices - i.away, starts,
            tol=-slack - 1, keep=pricing.EVERYTHING, once=True, limit=Limits().start, room=ROOM,
        )  # fmt: skip
        if not found.overflow and found.complete.all():
            return Field(g, found.group, slack, without, rest)
        slack //= 4
    return None

"""Exact pricing: the joint units that cost less than their members' prices, by bounded depth-first search.

For a group g of size k under a method of surcharge σ, with w(i) = p(i) − σ and D = divisor[k] (here k − 1), the unit
undercuts its prices by more than ``tol`` exactly if, in integers,

    D·(Σ w(i) − λ − tol − cuts(g)) − 2·Σ d(i,j) > 0,

for ⌊2Σd/D⌋ < V and 2Σd/D < V are the same for an integer V. Two bounds make the search short:

* *Seeds* (SOLVER.md). The left side is at most Σ_i (D·w(i) − Σ_j d(i,j)) − D·(λ + tol), so some member i has
  k·Σ_j d(i,j) < D·(k·w(i) − λ − tol). Searching from every such i, with that budget of distance, misses nothing.
* *Gains.* Adding j to a partial group gains at most D·w(j) − 2·Σ d(j, chosen), minus half of each cut that j would complete
  (half, because two additions may share one cut), minus the r − 1 least distances from j (each distance between two that are
  added is met from either end): the sum of the r greatest gains bounds what r more can bring.

A group is searched under its cheapest method only, and only in the first of that method's sets that holds it, so that none
is found twice from one seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numba as nb
import numpy as np

from graph.formation.solver.instance import NEVER
from graph.formation.solver.kernel import (
    KEEP,
    LIMIT,
    ONCE,
    OVERFLOW,
    THRESHOLD,
    WRITTEN,
    Out,
    cheapest,
    costs,
    search_all,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.instance import Instance

EVERYTHING = -1
"""``keep`` that gives every group; a positive one gives the best so many of each start, 0 none."""
NO_LIMIT = 2**62


class Tables(NamedTuple):
    """An :class:`~graph.formation.solver.instance.Instance` as compiled code takes it."""

    d: NDArray[np.int32]
    flags: NDArray[np.uint8]
    set_start: NDArray[np.int64]
    set_member: NDArray[np.int32]
    set_surcharge: NDArray[np.int64]
    of_start: NDArray[np.int64]
    of: NDArray[np.int32]
    members: NDArray[np.int64]
    free: NDArray[np.bool_]
    divisor: NDArray[np.int64]
    close: NDArray[np.int64]
    apart_start: NDArray[np.int64]
    apart: NDArray[np.int32]
    surcharge: int
    new_unit: int
    least: int
    most: int
    largest: int


class Cuts(NamedTuple):
    """Subset-row cuts with their prices, and which of them each organization is in."""

    triple: NDArray[np.int32]
    sigma: NDArray[np.int64]
    start: NDArray[np.int64]
    of: NDArray[np.int32]


class Starts(NamedTuple):
    """Where searches begin: CSR of members, and what the unit saves for holding the start entirely (moves)."""

    start: NDArray[np.int64]
    member: NDArray[np.int32]
    bonus: NDArray[np.int64]


class Found(NamedTuple):
    """What a search found.

    Attributes
    ----------
    group : int32[g, largest]
        Members (−1 padded), in no order; ``size`` int64[g] of them; ``violation`` int64[g] = prices − cuts − cost.
    worst : int64[s]
        For each start, a bound on the greatest violation of any group found from it (``tol`` where there is none above).
    complete : bool[s]
        Whether the start was searched to the end, so that ``worst`` is attained.
    overflow : bool
        Whether groups were left out because there was no room.
    work : int
        Candidates looked at: the unit of every step limit.
    """

    group: NDArray[np.int32]
    size: NDArray[np.int64]
    violation: NDArray[np.int64]
    worst: NDArray[np.int64]
    complete: NDArray[np.bool_]
    overflow: bool
    work: int


def tables(instance: Instance) -> Tables:
    """Return the instance's arrays for compiled code; pinned organizations only stand in starts."""
    free = instance.grouped.copy()
    for block in instance.pinned:
        free[block] = False
    sizes = [len(a) for a in instance.apart]
    model = instance.model
    return Tables(
        d=instance.d,
        flags=instance.flags,
        set_start=instance.sets.start,
        set_member=instance.sets.member,
        set_surcharge=instance.sets.surcharge,
        of_start=instance.sets.of_start,
        of=instance.sets.of,
        members=instance.members,
        free=free,
        divisor=model.divisor,
        close=_close(instance),
        apart_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        apart=np.concatenate([*instance.apart, np.zeros(0, dtype=np.int32)]).astype(np.int32),
        surcharge=model.surcharge[0],
        new_unit=model.new_unit,
        least=model.min_members,
        most=model.max_members,
        largest=model.max_organizations,
    )


def _close(instance: Instance) -> NDArray[np.int64]:
    """Return sums of the least distances of each organization: int64[largest, n], row t of the t least."""
    n, most = instance.n, instance.model.max_organizations
    out = np.zeros((most, n), dtype=np.int64)
    count = min(most - 1, n - 1)
    for first in range(0, n, 512):
        rows = np.arange(first, min(first + 512, n))
        block = instance.d[rows].astype(np.int64)
        block[np.arange(len(rows)), rows] = np.iinfo(np.int64).max
        least = (
            np.sort(np.partition(block, count - 1, axis=1)[:, :count], axis=1)
            if count
            else block[:, :0]
        )
        out[1 : count + 1, rows] = np.cumsum(least, axis=1).T
    out[count + 1 :] = out[count]
    return out


def cut_tables(n: int, triple: NDArray[np.int32], sigma: NDArray[np.int64]) -> Cuts:
    """Return the cuts whose price is positive, by organization."""
    keep = sigma > 0
    triple, sigma = triple[keep], sigma[keep]
    flat = triple.ravel()
    order = np.argsort(flat, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=n))]).astype(np.int64)
    return Cuts(
        np.ascontiguousarray(triple, dtype=np.int32),
        np.ascontiguousarray(sigma, dtype=np.int64),
        start,
        (order // 3).astype(np.int32),
    )


def search(
    t: Tables,
    cuts: Cuts,
    prices: NDArray[np.int64],
    starts: Starts,
    *,
    tol: int,
    keep: int,
    once: bool = False,
    limit: int = NO_LIMIT,
    room: int | None = None,
) -> Found:
    """Find the joint units whose prices exceed their cost by more than ``tol``.

    Parameters
    ----------
    t, cuts : Tables, Cuts
        The instance and the priced cuts.
    prices : int64[n]
        Price of each organization less what moving it costs.
    starts : Starts
        Where to search from; seeds of one organization, or sets that are held entirely.
    tol : int
        Least violation, exclusive; negative to enumerate units of a reduced cost below ``-tol``.
    keep : int
        The best so many groups of each start; 0 none (:attr:`Found.worst` only), :data:`EVERYTHING` all.
    once : bool
        Give each group from one seed only; without it a group is given from each seed that its lemma allows.
    limit : int
        Work after which a start is cut off.
    room : int, optional
        Groups to give at most; needed with :data:`EVERYTHING`.
    """
    number = len(starts.start) - 1
    size = room if room is not None else number * max(keep, 0)
    out = Out(
        np.empty((size, t.largest), dtype=np.int32),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int64),
    )
    worst = np.empty(number, dtype=np.int64)
    complete = np.empty(number, dtype=np.bool_)
    state = np.zeros(12, dtype=np.int64)
    state[KEEP], state[ONCE], state[THRESHOLD], state[LIMIT] = keep, once, tol, limit
    work = search_all(
        t, cuts, prices, starts.start, starts.member, starts.bonus, state, out, worst, complete
    )
    n = int(state[WRITTEN])
    return Found(
        out.group[:n],
        out.size[:n],
        out.violation[:n],
        worst,
        complete,
        bool(state[OVERFLOW]),
        int(work),
    )


def costs_of(
    instance: Instance, t: Tables, group: NDArray[np.int32], size: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the cost of joint units in 1e-6, moves included; −1 where no method joins one or a limit or decision is broken.

    Pinned sets aside: a unit that holds part of one is not feasible, whatever this says.
    """
    out = np.empty(len(size), dtype=np.int64)
    costs(t, group, size, out)
    if instance.away.any():
        padded = np.append(instance.away, 0)
        paid = padded[group].sum(axis=1)  # the padding −1 takes the 0 at the end
        where = np.full(instance.n + 1, -1)
        for number, block in enumerate(instance.former):
            where[block] = number
            inside = (where[group] == number) & (group >= 0)
            paid[inside.sum(axis=1) == len(block)] -= instance.away[block].sum()
        out = np.where(out < 0, out, out + paid)
    return out


@nb.njit(cache=True, nogil=True)
def best_offers(start, host, cost, prices, members, places, seats, offered, most):  # type: ignore[no-untyped-def]
    """Return the attachments that undercut a price by most, but those offered: ``most`` of each organization or kind.

    Parameters
    ----------
    start : int64[k + 1]
        Where each one's attachments begin among ``host`` and ``cost``, and where the last one's end.
    prices, members : int64[k]

    Returns
    -------
    int64[c]
        Positions, one's best first, the first of those that are as good.
    """
    n = len(start) - 1
    out = np.empty(n * most, dtype=np.int64)
    gain, best = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    number = 0
    for x in range(n):
        held = 0
        for e in range(start[x], start[x + 1]):
            g = prices[x] - cost[e] - places[host[e]] - members[x] * seats[host[e]]
            if g <= 0 or offered[e] or (held == most and g <= gain[held - 1]):
                continue
            at = held if held < most else most - 1
            while at > 0 and gain[at - 1] < g:
                gain[at], best[at] = gain[at - 1], best[at - 1]
                at -= 1
            gain[at], best[at] = g, e
            held = min(held + 1, most)
        out[number : number + held] = best[:held]
        number += held
    return out[:number]


def unseen(known: set[bytes], rows: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Return which rows stand for the first time, and know them from now on: bool[r]."""
    fresh = np.zeros(len(rows), dtype=bool)
    for x, row in enumerate(rows):
        key = row.tobytes()
        if key not in known:
            known.add(key)
            fresh[x] = True
    return fresh


def starts(instance: Instance, t: Tables) -> Starts:
    """Return where searches have to begin so that every feasible unit is found at its cost.

    A unit that holds no pinned set and no former unit entirely is found from one of its members; any other one from the
    union of those that it holds.
    """
    blocks = [frozenset(b.tolist()) for b in instance.pinned]
    former = [frozenset(b.tolist()) for b in instance.former if instance.away[b].any()]

    def whole(some: frozenset[int]) -> frozenset[int]:
        for block in blocks:
            if block & some:
                some |= block
        return some

    units = sorted({whole(b) for b in blocks + former}, key=sorted)
    units = [u for u in units if len(u) <= t.largest and _joinable(t, sorted(u))]
    unions, fresh = set(units), set(units)
    while fresh:
        found = {a | b for a in fresh for b in units if len(a | b) <= t.largest} - unions
        fresh = {u for u in found if _joinable(t, sorted(u))}
        unions |= fresh
    held = [sorted(u) for u in sorted(unions, key=sorted) if all(instance.grouped[x] for x in u)]
    singles = np.flatnonzero(t.free)
    bonus = [
        sum(int(instance.away[list(f)].sum()) for f in former if f <= frozenset(u)) for u in held
    ]
    sizes = [1] * len(singles) + [len(u) for u in held]
    member = [*singles.tolist(), *(x for u in held for x in u)]
    return Starts(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.array(member, dtype=np.int32),
        np.array([0] * len(singles) + bonus, dtype=np.int64),
    )


def some_starts(of: Starts, touched: NDArray[np.bool_]) -> Starts:
    """Return the starts that hold an organization of some: ``touched`` bool[n]."""
    sizes = np.diff(of.start)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    inside = touched[of.member]
    kept = np.bincount(owner[inside], minlength=len(sizes)) > 0
    return Starts(
        np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64),
        of.member[kept[owner]],
        of.bonus[kept],
    )


def starts_within(of: Starts, free: NDArray[np.bool_]) -> Starts:
    """Return the starts whose members are all among some: ``free`` bool[n]."""
    sizes = np.diff(of.start)
    if not len(sizes):
        return of
    keep = np.logical_and.reduceat(free[of.member], of.start[:-1])
    return Starts(
        np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64),
        of.member[np.repeat(keep, sizes)],
        of.bonus[keep],
    )


def _joinable(t: Tables, some: list[int]) -> bool:
    """Whether some method joins these, limits of members aside."""
    group = np.array(some, dtype=np.int32)
    _, owner = cheapest(t, group, len(some))
    return bool(owner != -2 and not (t.flags[np.ix_(group, group)] & NEVER).any())

"""The cheapest choice among the columns of at most 64 organizations, by depth-first search over sets of bits.

Every column's cost is at least its prices (less what it pays for cuts and hosts), so what a partial choice costs above them,
less what cuts and hosts could still give back, is a bound on whatever completes it. With good prices little is left to search:
windows take milliseconds that an integer program takes a second for, and a small component is proven without trusting one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.certificate import Certificate
    from graph.formation.solver.choice import Columns
    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]

MOST = 64
"""Organizations that a set of bits holds."""


@dataclass(frozen=True, eq=False)
class Answer:
    """Positions of groups and attachments, organizations left alone; whether any was found, and whether all were tried."""

    groups: Ints
    attached: Ints
    alone: Ints
    found: bool
    complete: bool


@nb.njit(cache=True, nogil=True)
def _bits(x):  # type: ignore[no-untyped-def]
    n = 0
    while x:
        x &= x - np.uint64(1)
        n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _cut_room(left, used, cut, sigma):  # type: ignore[no-untyped-def]
    """Return what cuts could still give back: unused ones of which two organizations are left."""
    total = np.int64(0)
    for c in range(len(sigma)):
        if not used[c] and _bits(cut[c] & left) >= 2:
            total += sigma[c]
    return total


@nb.njit(cache=True, nogil=True)
def _search(  # type: ignore[no-untyped-def]
    mask, worth, reduced, host, members, start, of, everything, places, seats, q, r, cut, sigma,
    best, limit, chosen,
):  # fmt: skip
    """Fill ``chosen`` with the cheapest choice below ``best``; return (its worth, how many, nodes)."""
    n = len(start) - 1
    left = np.zeros(n + 1, dtype=np.uint64)
    value = np.zeros(n + 1, dtype=np.int64)
    low = np.zeros(n + 1, dtype=np.int64)
    branch = np.zeros(n + 1, dtype=np.int64)
    at = np.zeros(n + 1, dtype=np.int64)
    taken = np.full(n + 1, -1, dtype=np.int64)
    used = np.zeros((n + 1, len(sigma)), dtype=np.bool_)
    number = -1
    nodes = 0
    back = np.int64(0)  # what hosts could give back
    for h in range(len(places)):
        back += q[h] * places[h] + r[h] * seats[h]
    left[0] = everything
    depth = 0
    fresh = True
    while depth >= 0:
        if fresh:
            fresh = False
            nodes += 1
            if left[depth] == 0:
                if value[depth] < best:
                    best = value[depth]
                    number = depth
                    for x in range(depth):
                        chosen[x] = taken[x]
                depth -= 1
                continue
            low[depth] = value[depth] - back - _cut_room(left[depth], used[depth], cut, sigma)
            if low[depth] >= best or nodes > limit:
                depth -= 1
                continue
            # the organization with the fewest columns that could still pay
            fewest = len(of) + 1
            branch[depth] = -1
            for x in range(n):
                if not (left[depth] >> np.uint64(x)) & np.uint64(1):
                    continue
                count = 0
                for k in range(start[x], start[x + 1]):
                    j = of[k]
                    if low[depth] + reduced[j] >= best:
                        break
                    if mask[j] & ~left[depth]:
                        continue
                    if host[j] >= 0 and (places[host[j]] < 1 or seats[host[j]] < members[j]):
                        continue
                    count += 1
                    if count >= fewest:
                        break
                if count < fewest:
                    fewest = count
                    branch[depth] = x
                    if count == 0:
                        break
            if fewest == 0:
                depth -= 1
                continue
            at[depth] = start[branch[depth]]
        # take back what was chosen here
        j = taken[depth]
        if j >= 0:
            taken[depth] = -1
            if host[j] >= 0:
                h = host[j]
                places[h] += 1
                seats[h] += members[j]
                back += q[h] + r[h] * members[j]
        moved = False
        k = at[depth]
        while k < start[branch[depth] + 1] and nodes <= limit:
            j = of[k]
            k += 1
            if low[depth] + reduced[j] >= best:
                break
            if mask[j] & ~left[depth]:
                continue
            h = host[j]
            if h >= 0:
                if places[h] < 1 or seats[h] < members[j]:
                    continue
                places[h] -= 1
                seats[h] -= members[j]
                back -= q[h] + r[h] * members[j]
            at[depth] = k
            taken[depth] = j
            left[depth + 1] = left[depth] & ~mask[j]
            value[depth + 1] = value[depth] + worth[j]
            for c in range(len(sigma)):
                used[depth + 1, c] = used[depth, c] or (
                    host[j] < 0 and _bits(cut[c] & mask[j]) >= 2
                )
            taken[depth + 1] = -1
            depth += 1
            fresh = True
            moved = True
            break
        if not moved:
            depth -= 1
    return best, number, nodes


def solve(
    instance: Instance,
    certificate: Certificate,
    columns: Columns,
    reduced: tuple[Ints, Ints, Ints],
    places: Ints,
    seats: Ints,
    *,
    below: int,
    limit: int,
) -> Answer:
    """Return the cheapest choice that costs less than ``below`` above its prices.

    Parameters
    ----------
    reduced : (int64[g], int64[a], int64[n])
        Reduced costs (all ≥ 0) of groups, attachments, and of organizations left alone.
    places, seats : int64[h]
        What is free at the hosts.
    below : int
        What the choice has to undercut: Σ (cost − prices) of the present one.
    limit : int
        Nodes.

    Returns
    -------
    Answer
        ``found`` unset: nothing cheaper, or (``complete`` unset) none in so many nodes.
    """
    i, c = instance, certificate
    orgs = columns.organizations
    n, g, a = len(orgs), len(columns.cost), len(columns.attached)
    at = np.zeros(i.n + 1, dtype=np.int64)
    at[orgs] = np.arange(n)
    bit = np.append(np.uint64(1) << at[:-1].astype(np.uint64), np.uint64(0))
    who, host = i.attach_org[columns.attached], i.attach_host[columns.attached]
    mask = np.concatenate([np.bitwise_or.reduce(bit[columns.group], axis=1), bit[who], bit[orgs]])
    padded = np.append(c.prices, 0)
    worth = np.concatenate(
        [
            columns.cost - padded[columns.group].sum(axis=1),
            i.attach_cost[columns.attached] - c.prices[who],
            (i.alone - c.prices)[orgs],
        ]
    )
    rc = np.concatenate(reduced)
    hosts, local = np.unique(host, return_inverse=True)
    at_host = np.concatenate([np.full(g, -1), local, np.full(n, -1)]).astype(np.int64)
    people = np.concatenate([np.zeros(g), i.members[who], np.zeros(n)]).astype(np.int64)
    # columns of each organization, the cheapest first
    row = np.concatenate(
        [np.nonzero(columns.group >= 0)[0], g + np.arange(a), g + a + np.arange(n)]
    )
    col = np.concatenate([at[columns.group[columns.group >= 0]], at[who], np.arange(n)])
    order = np.lexsort((row, rc[row], col))
    start = np.concatenate([[0], np.cumsum(np.bincount(col, minlength=n))]).astype(np.int64)
    inside = np.isin(c.triple, orgs)
    touched = inside.sum(axis=1) >= 2
    cut = np.where(inside[touched], bit[c.triple[touched]], np.uint64(0))
    chosen = np.full(n + 1, -1, dtype=np.int64)
    everything = np.bitwise_or.reduce(bit[orgs]) if n else np.uint64(0)
    _, number, nodes = _search(
        mask, worth.astype(np.int64), rc.astype(np.int64), at_host, people, start, row[order].astype(np.int64),
        everything, places[hosts].copy(), seats[hosts].copy(), c.places[hosts], c.seats[hosts],
        np.bitwise_or.reduce(cut, axis=1) if len(cut) else np.zeros(0, dtype=np.uint64),
        c.sigma[touched], np.int64(below), np.int64(limit), chosen,
    )  # fmt: skip
    some = np.sort(chosen[: max(number, 0)])
    return Answer(
        some[some < g],
        some[(some >= g) & (some < g + a)] - g,
        orgs[some[some >= g + a] - g - a],
        number >= 0,
        bool(nodes <= limit),
    )

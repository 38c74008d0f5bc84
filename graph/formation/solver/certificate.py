"""Prices that prove a bound: whatever duals a solver gives, rounded to integers and repaired until every condition holds.

FORMATION, *The certificate*. For any prices, lowering each organization's by the worst violation that a search from it finds
gives prices that no feasible joint unit undercuts (a Lagrangian bound; Farley, Oper. Res. 38, 1990): so the bound is valid
at any time, converged or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.formation.solver import pricing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Certificate:
    """Prices in integers of 1e-6 (FORMATION) and the bound that they give.

    Attributes
    ----------
    prices : int64[n]
    places, seats : int64[h] ≥ 0
    triple, sigma : int32[c, 3], int64[c] > 0
    bound : int
    """

    prices: Ints
    places: Ints
    seats: Ints
    triple: NDArray[np.int32]
    sigma: Ints
    bound: int


def host_caps(instance: Instance, places: Ints, seats: Ints) -> Ints:
    """Return the most that each organization's price may be for its attachments and for being left alone: int64[n]."""
    cap = instance.caps
    who, host = instance.attach_org, instance.attach_host
    value = instance.attach_cost + places[host] + instance.members[who] * seats[host]
    np.minimum.at(cap, who, value)
    return cap


def evened(instance: Instance, prices: Ints, cap: Ints) -> Ints:
    """Return prices that keep to their caps.

    Of a pinned set, every column holds all or none, so that only the sum of its prices counts: a solver may state any of them far
    above its cap and another as far below zero. The sum is spread below the caps before what is left above them is cut off.
    """
    p = prices.copy()
    for block in instance.pinned:
        below = max(0, int(cap[block].sum() - p[block].sum()))
        share, rest = divmod(below, len(block))
        p[block] = cap[block] - share - (np.arange(len(block)) < rest)
    return np.minimum(p, cap)


HURRIED = 20_000
"""Candidates that one start of a proof looks at once the time is over."""


def rounded_down(values: NDArray[np.float64]) -> Ints:
    """Return prices that raise the bound, rounded down."""
    return np.floor(np.clip(values, -1e12, 1e12) + 1e-3).astype(np.int64)


def rounded(values: NDArray[np.float64]) -> Ints:
    """Return prices that lower the bound, rounded up; what is nothing but noise of a solver is nothing."""
    return np.where(values < 1.0, 0, np.ceil(values - 1e-3)).astype(np.int64)


def value(instance: Instance, prices: Ints, places: Ints, seats: Ints, sigma: Ints) -> int:
    """Return the bound that prices state."""
    hosts = int(places @ instance.places) + int(seats @ instance.seats)
    return int(prices.sum()) - int(sigma.sum()) - hosts


def certify(
    instance: Instance,
    t: pricing.Tables,
    starts: pricing.Starts,
    prices: Ints,
    places: Ints,
    seats: Ints,
    triple: NDArray[np.int32],
    sigma: Ints,
    *,
    limit: int = pricing.NO_LIMIT,
) -> Certificate:
    """Repair prices until they prove their bound.

    Parameters
    ----------
    prices : int64[n]
        Rounded down; lowered here where a condition fails.
    places, seats, sigma : int64
        Rounded up.
    limit : int
        Work after which the search from one start is cut off and its bound is taken for its worst violation.
    """
    keep = sigma > 0
    triple, sigma = triple[keep], sigma[keep]
    p = evened(instance, prices, host_caps(instance, places, seats))
    cuts = pricing.cut_tables(instance.n, triple, sigma)
    found = pricing.search(
        t, cuts, p - instance.away, starts, tol=0, keep=0, once=True, limit=limit
    )
    first = starts.member[starts.start[:-1]]
    lower = np.zeros(instance.n, dtype=np.int64)
    np.maximum.at(lower, first, np.maximum(found.worst, 0))
    p = p - lower
    return Certificate(p, places, seats, triple, sigma, value(instance, p, places, seats, sigma))

"""Microaggregation as a problem of the planner's core: groups of at least three records, least sum of squared errors.

The cost of a group is Σ over its pairs of d² / size (SOLVER, *Outside benchmark*): the core's cost function with other divisors, no
surcharge and no cost of a unit. Everybody may be with everybody, one member each, at least three; more than five never pays
twice three.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graph.formation import costs
from graph.formation.solver.instance import TOGETHER, Instance, sets
from graph.policy.profile import load

LEAST = 3
MOST = 2 * LEAST - 1
ALONE = 2_000
"""Squared error that leaving a record out would cost: more than any record's share of any good group."""


def records(path: Path) -> NDArray[np.float64]:
    """Return a table's rows, each column standardised (mean 0, standard deviation 1 over all rows, as in the figures compared)."""
    x = np.loadtxt(path, delimiter=",", skiprows=1)
    return np.asarray((x - x.mean(axis=0)) / x.std(axis=0))


def squared(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squared distances of all pairs of records."""
    length = (x**2).sum(axis=1)
    out = np.maximum(length[:, None] + length[None, :] - 2 * x @ x.T, 0.0)
    np.fill_diagonal(out, 0.0)
    return np.asarray((out + out.T) / 2)


def problem(x: NDArray[np.float64]) -> Instance:
    """Return the instance; distances are rounded down to 1e-6 and capped at 2,147, so that its bound holds for the data's."""
    n = len(x)
    model = costs.model(load().formation)
    model = replace(
        model,
        divisor=2 * np.arange(MOST + 1, dtype=np.int64),
        surcharge=(0, 0, 0, 0),
        new_unit=0,
        min_members=LEAST,
        max_organizations=MOST,
        max_members=MOST,
    )
    model.divisor[0] = 1
    flags = np.full((n, n), TOGETHER, dtype=np.uint8)
    np.fill_diagonal(flags, 0)
    none = np.zeros(0, dtype=np.int64)
    return Instance(
        members=np.ones(n, dtype=np.int64),
        d=np.minimum(squared(x) * costs.MICRO, 2**31 - 1).astype(np.int32),
        flags=flags,
        sets=sets(n, []),
        places=none,
        seats=none,
        attach_org=none.astype(np.int32),
        attach_host=none.astype(np.int32),
        attach_cost=none,
        alone=np.full(n, ALONE * costs.MICRO, dtype=np.int64),
        away=np.zeros(n, dtype=np.int64),
        former=(),
        pinned=(),
        apart=(),
        grouped=np.ones(n, dtype=bool),
        model=model,
    )


def squared_error(x: NDArray[np.float64], groups: list[list[int]]) -> float:
    """Return Σ over groups of the squared distances to their means; every record once, each group of at least three."""
    assert sorted(r for g in groups for r in g) == list(range(len(x)))
    assert min(map(len, groups)) >= LEAST
    return float(sum(((x[g] - x[g].mean(axis=0)) ** 2).sum() for g in groups))

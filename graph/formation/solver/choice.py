"""The integer program: of some columns, the cheapest that hold every organization once. HiGHS, by steps.

Costs are reduced by the certificate's prices (every organization is held once, so that shifts all plans alike): what is left
are small whole numbers, on which a tolerance means something. The result is recomputed by whoever asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from graph.formation.solver.master import Solver, overlap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.certificate import Certificate
    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]

SCALE = 1e-3
"""Of the integers of 1e-6 in the solver's objective."""
BACKSTOP = 120.0
"""Seconds after which a solver that hangs is ended; a plan that it touched says so."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A feasible plan of one component: every organization once.

    Attributes
    ----------
    group : int32[g, width]
        Joint units, −1 padded.
    attached : int64[a]
        Positions of attachments in the instance.
    alone : int64[u]
        Organizations left uncovered.
    cost : int
        In 1e-6.
    """

    group: NDArray[np.int32]
    attached: Ints
    alone: Ints
    cost: int


@dataclass(frozen=True, eq=False)
class Columns:
    """What may be chosen: joint units with their costs, attachments by position, organizations (all may stay alone)."""

    organizations: Ints
    group: NDArray[np.int32]
    cost: Ints
    attached: Ints


@dataclass(frozen=True, eq=False)
class Choice:
    """What was chosen of :class:`Columns` (positions), and whether nothing cheaper can be chosen of them."""

    groups: Ints
    attached: Ints
    alone: Ints
    proven: bool
    timed_out: bool


def choose(
    instance: Instance,
    certificate: Certificate,
    columns: Columns,
    places: Ints,
    seats: Ints,
    *,
    nodes: int,
    seconds: float = BACKSTOP,
    start: tuple[Ints, Ints] | None = None,
) -> Choice | None:
    """Choose the cheapest columns; ``None`` where no plan was found within the steps.

    Parameters
    ----------
    places, seats : int64[h]
        What is free at the hosts.
    nodes : int
        Branch-and-bound nodes.
    start : (int64[…], int64[…]), optional
        A plan to begin with: positions of groups and attachments in ``columns``.
    """
    orgs = columns.organizations
    n, g, a = len(orgs), len(columns.cost), len(columns.attached)
    at = np.full(instance.n + 1, -1, dtype=np.int64)
    at[orgs] = np.arange(n)
    padded = np.append(certificate.prices, 0)
    who, host = instance.attach_org[columns.attached], instance.attach_host[columns.attached]
    hosts = np.unique(host)
    cost = np.concatenate(
        [
            columns.cost - padded[columns.group].sum(axis=1),
            instance.attach_cost[columns.attached] - certificate.prices[who],
            (instance.alone - certificate.prices)[orgs],
        ]
    )
    inside = columns.group >= 0
    row, _ = np.nonzero(inside)
    held = overlap(instance.n, columns.group, certificate.triple).tocoo()
    k = np.searchsorted(hosts, host)
    rows = np.concatenate([at[columns.group[inside]], at[who], n + 2 * k, n + 2 * k + 1, np.arange(n),
                           n + 2 * len(hosts) + held.col])  # fmt: skip
    cols = np.concatenate(
        [row, g + np.arange(a), g + np.arange(a), g + np.arange(a), g + a + np.arange(n), held.row]
    )
    values = np.concatenate([
        np.ones(len(row)), np.ones(a), np.ones(a), instance.members[who].astype(float), np.ones(n), held.data.astype(float),
    ])  # fmt: skip
    number = n + 2 * len(hosts) + len(certificate.sigma)
    order = np.lexsort((rows, cols))
    limits = np.column_stack([places[hosts], seats[hosts]]).ravel().astype(float)

    lp = highspy.HighsLp()
    total = g + a + n
    lp.num_col_, lp.num_row_ = total, number
    lp.col_cost_ = cost * SCALE
    lp.col_lower_, lp.col_upper_ = np.zeros(total), np.ones(total)
    lp.row_lower_ = np.concatenate([np.ones(n), np.full(number - n, -highspy.kHighsInf)])
    lp.row_upper_ = np.concatenate([np.ones(n), limits, np.ones(len(certificate.sigma))])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate(
        [[0], np.cumsum(np.bincount(cols, minlength=total))]
    ).astype(np.int32)
    lp.a_matrix_.index_ = rows[order].astype(np.int32)
    lp.a_matrix_.value_ = values[order]
    lp.integrality_ = [highspy.HighsVarType.kInteger] * total
    solver = Solver(
        mip_rel_gap=0.0, mip_abs_gap=0.9 * SCALE, mip_max_nodes=int(nodes), time_limit=float(seconds),
    )  # fmt: skip
    solver.passModel(lp)
    if start is not None:
        x = np.zeros(total)
        x[start[0]] = 1.0
        x[g + start[1]] = 1.0
        done = np.zeros(instance.n + 1, dtype=bool)
        done[columns.group[start[0]]] = True
        done[who[start[1]]] = True
        x[g + a :] = ~done[orgs]
        hint = highspy.HighsSolution()
        hint.col_value = list(x)
        solver.setSolution(hint)
    solver.run()
    status = solver.getModelStatus()
    timed_out = status == highspy.HighsModelStatus.kTimeLimit
    x = np.asarray(solver.getSolution().col_value)
    if len(x) != total:
        return None
    picked = x > 0.5
    choice = Choice(
        np.flatnonzero(picked[:g]),
        np.flatnonzero(picked[g : g + a]),
        orgs[picked[g + a :]],
        status == highspy.HighsModelStatus.kOptimal,
        timed_out,
    )
    return choice if feasible(instance, columns, choice, places, seats) else None


def feasible(
    instance: Instance, columns: Columns, choice: Choice, places: Ints, seats: Ints
) -> bool:
    """Whether every organization is held once and no host is over its limits (nothing a solver says is trusted)."""
    times = np.zeros(instance.n + 1, dtype=np.int64)
    np.add.at(times, columns.group[choice.groups].ravel(), 1)
    at = columns.attached[choice.attached]
    who, host = instance.attach_org[at], instance.attach_host[at]
    np.add.at(times, who, 1)
    np.add.at(times, choice.alone, 1)
    n = np.bincount(host, minlength=len(places))
    m = np.bincount(host, weights=instance.members[who], minlength=len(places))
    return bool(
        (times[columns.organizations] == 1).all() and (n <= places).all() and (m <= seats).all()
    )

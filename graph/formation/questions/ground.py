"""One component with a plan's columns and prices that hold: what other plans of it are measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graph.formation.solver import pricing
from graph.formation.solver.certificate import Certificate, certify
from graph.formation.solver.generation import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]

ALONE = -2


class Column(NamedTuple):
    """A joint unit (``host`` −1), an attachment, or one organization left alone (``host`` −2); ascending positions."""

    members: tuple[int, ...]
    host: int = -1


@dataclass(frozen=True, eq=False)
class Ground:
    """One component, prices that are valid for it, and the columns of its present plan.

    Attributes
    ----------
    instance : Instance
    tables, starts
        For pricing.
    certificate : Certificate
        Whatever prices were given, repaired until they prove their bound.
    plan : frozenset of Column
    cost : int
        Of ``plan``, in 1e-6.
    """

    instance: Instance
    tables: pricing.Tables
    starts: pricing.Starts
    certificate: Certificate
    plan: frozenset[Column]
    cost: int


def ground(
    instance: Instance,
    plan: Iterable[Column],
    prices: Ints,
    places: Ints,
    seats: Ints,
    cuts: Sequence[tuple[tuple[int, int, int], int]],
) -> Ground:
    """Return a component with its plan and prices that hold; integers of 1e-6.

    Parameters
    ----------
    prices, places, seats : int64[n], int64[h], int64[h]
    cuts : sequence of (three positions, price)
    """
    t = pricing.tables(instance)
    starts = pricing.starts(instance, t)
    triple = np.array([c for c, _ in cuts], dtype=np.int32).reshape(-1, 3)
    sigma = np.array([s for _, s in cuts], dtype=np.int64)
    held = certify(
        instance, t, starts, prices, np.maximum(places, 0), np.maximum(seats, 0),
        triple, np.maximum(sigma, 0), limit=Limits().start,
    )  # fmt: skip
    columns = frozenset(plan)
    cost = sum(cost_of(instance, t, c) for c in columns)
    return Ground(instance, t, starts, held, columns, cost)


def cost_of(instance: Instance, t: pricing.Tables, column: Column) -> int:
    """Return what a column costs in 1e-6; −1 where it is not feasible."""
    if column.host == ALONE:
        return int(instance.alone[column.members[0]])
    if column.host >= 0:
        at = (instance.attach_org == column.members[0]) & (instance.attach_host == column.host)
        return int(instance.attach_cost[at][0]) if at.any() else -1
    if len(column.members) > t.largest:
        return -1
    group = np.full((1, t.largest), -1, dtype=np.int32)
    group[0, : len(column.members)] = column.members
    size = np.array([len(column.members)], dtype=np.int64)
    return int(pricing.costs_of(instance, t, group, size)[0])

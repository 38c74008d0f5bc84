"""One ledger unit as a task of its own: small, without store or city, so that any process can plan it (issue: beyond one machine).

Positions in a task are its own; :func:`placed` turns what was found back into positions of the city.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graph.formation.decisions import Decisions, Previous
from graph.formation.problem import LedgerUnit, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from graph.formation.solve import Solved

    Ints = NDArray[np.int64]
    Sets = tuple[tuple[str, ...], ...]


class Task(Problem):
    """A problem of one ledger unit: its small organizations first, then those that its hosts cover.

    Parameters
    ----------
    problem : Problem
        The city's.
    unit : LedgerUnit
        Of ``problem``; or a part of one.
    decisions, previous
        Those of ``problem`` that concern the unit.
    """

    def __init__(
        self,
        problem: Problem,
        unit: LedgerUnit,
        decisions: Decisions,
        previous: Previous | None,
    ) -> None:
        start, covered = problem.hosts_of(unit)
        unique, at = np.unique(covered, return_inverse=True)
        n = len(unit.rows)
        rows = np.concatenate([unit.rows, unique])
        self.model = problem.model
        self.decisions = decisions
        self.previous = previous
        self.codes = problem.codes[rows]
        self.unit_codes = problem.unit_codes[unit.hosts]
        self.m = problem.m[rows]
        self.features = problem.features.take(rows)
        self.places = problem.places[unit.hosts]
        self.seats = problem.seats[unit.hosts]
        self.units = [LedgerUnit(unit.id, unit.name, np.arange(n), np.arange(len(unit.hosts)))]
        self._cover_start, self._cover = start, n + at.astype(np.int64)

    @property
    def unit(self) -> LedgerUnit:
        """The ledger unit."""
        return self.units[0]


class Tasks:
    """The tasks of a problem, each made when it is asked for.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._home = {
            code: x
            for x, unit in enumerate(problem.units)
            for code in problem.codes[unit.rows].tolist()
        }
        d, p = problem.decisions, problem.previous
        self._pin, self._forbid, self._accept = (
            self._by_unit(s) for s in (d.pin, d.forbid, d.accept)
        )
        self._joint = self._by_unit(() if p is None else p.joint)
        self._attached: dict[int, dict[str, str]] = {}
        for code, host in {} if p is None else p.attached.items():
            if code in self._home:
                self._attached.setdefault(self._home[code], {})[code] = host

    def _by_unit(self, some: Sets) -> dict[int, list[tuple[str, ...]]]:
        """Return sets of codes by the ledger units of their organizations."""
        found: dict[int, list[tuple[str, ...]]] = {}
        for one in some:
            for x in sorted({self._home[c] for c in one if c in self._home}):
                found.setdefault(x, []).append(one)
        return found

    def task(self, x: int) -> Task:
        """Return the task of the problem's ``x``-th ledger unit."""
        decisions = self.problem.decisions.only(
            self._pin.get(x, ()), self._forbid.get(x, ()), self._accept.get(x, ())
        )
        return Task(self.problem, self.problem.units[x], decisions, self._previous(x))

    def _previous(self, x: int) -> Previous | None:
        if self.problem.previous is None:
            return None
        return Previous(tuple(self._joint.get(x, ())), self._attached.get(x, {}))

    def alone(self, x: int) -> Ints:
        """Return what each organization of a ledger unit costs uncovered, without looking at any pair."""
        model, unit = self.problem.model, self.problem.units[x]
        cost = np.full(len(unit.rows), model.uncovered, dtype=np.int64)
        codes = self.problem.codes[unit.rows].tolist()
        at = {c: k for k, c in enumerate(codes)}
        for code in _members(self._joint.get(x, ())):
            if code in at:
                cost[at[code]] += model.moved
        for code in self._attached.get(x, ()):
            cost[at[code]] += model.moved
        return cost

    def accepted(self, x: int) -> list[tuple[list[int], int]]:
        """Return a ledger unit's accepted units (positions in the city, ascending) with their costs, looking at their pairs only.

        Raises
        ------
        PlanError
            One of them is not feasible.
        """
        accept = tuple(self._accept.get(x, ()))
        if not accept:
            return []
        problem, unit = self.problem, self.problem.units[x]
        some = set(_members(accept))
        # who was with them counts: a companion that is left behind makes them moved
        joint = [g for g in self._joint.get(x, ()) if some.intersection(g)]
        some.update(_members(joint))
        rows = unit.rows[np.isin(problem.codes[unit.rows], sorted(some))]
        forbid = tuple(s for s in self._forbid.get(x, ()) if some.issuperset(s))
        part = LedgerUnit(unit.id, unit.name, rows, unit.hosts[:0])
        previous = None
        if problem.previous is not None:
            attached = {c: u for c, u in self._attached.get(x, {}).items() if c in some}
            previous = Previous(tuple(joint), attached)
        task = Task(problem, part, problem.decisions.only((), forbid, accept), previous)
        found = task.parts(task.unit).accepted
        return [(sorted(rows[block].tolist()), cost) for block, cost in found]


def placed(found: Solved, unit: LedgerUnit) -> Solved:
    """Return a task's plan with the city's positions.

    Parameters
    ----------
    found : Solved
        Of the unit's task.
    unit : LedgerUnit
        Of the city's problem.
    """
    rows, hosts = unit.rows.tolist(), unit.hosts.tolist()
    return replace(
        found,
        unit=unit,
        joint=[([rows[r] for r in some], cost) for some, cost in found.joint],
        attached=[(rows[r], hosts[u], cost) for r, u, cost in found.attached],
        uncovered=[rows[r] for r in found.uncovered],
        prices=[(rows[r], p) for r, p in found.prices],
        hosts=[(hosts[u], q, r) for u, q, r in found.hosts],
        cuts=[([rows[r] for r in three], sigma) for three, sigma in found.cuts],
    )


def _members(some: Iterable[Sequence[str]]) -> list[str]:
    return [c for one in some for c in one]

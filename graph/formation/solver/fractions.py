"""The program of kinds in fractions: how often each pattern and each attachment of a kind is taken, by HiGHS.

As :mod:`.master`, with a row a kind that counts its organizations; columns grow, and each solution starts from the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.formation.costs import MICRO
from graph.formation.solver import certificate
from graph.formation.solver.master import Solver

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


ITERATIONS = 300_000
"""Simplex iterations of one program: what it says then is a price as any other, and proves what it proves."""


def held_kinds(pattern: NDArray[np.int32]) -> tuple[Ints, Ints, Ints]:
    """Return which kinds patterns hold and how many of each: int64 pattern, kind, number; by pattern.

    Parameters
    ----------
    pattern : int32[c, width]
        The kinds of each pattern's organizations, ascending, −1 padded.
    """
    first = pattern >= 0
    first[:, 1:] &= pattern[:, 1:] != pattern[:, :-1]
    column, at = np.nonzero(first)
    kind = pattern[column, at].astype(np.int64)
    size = (pattern >= 0).sum(axis=1)
    last = np.r_[column[1:] != column[:-1], True] if len(column) else np.zeros(0, dtype=bool)
    ends = np.where(last, size[column], np.r_[at[1:], 0] if len(at) else at)
    return column.astype(np.int64), kind, (ends - at).astype(np.int64)


class Fractions:
    """The program; whoever is of a kind may be left alone.

    Parameters
    ----------
    times : int64[k]
        Organizations of each kind.
    alone : int64[k]
        What leaving one of a kind uncovered costs.
    places, seats : int64[h]
        What is free at the hosts.
    """

    def __init__(self, times: Ints, alone: Ints, places: Ints, seats: Ints) -> None:
        self.solved = 0
        self._kinds, self._places, self._seats = len(times), places, seats
        # of each host's places; that of its seats is the next
        self._row = np.full(len(places), -1, dtype=np.int64)
        self._rows = self._columns = len(times)
        self._pattern = self._offer = np.zeros(0, dtype=np.int64)
        self._lp = Solver.simplex(simplex_iteration_limit=ITERATIONS)
        k = len(times)
        none, empty = np.zeros(0, dtype=np.int32), np.zeros(0)
        rhs = times.astype(np.float64)
        self._lp.addRows(k, rhs, rhs, 0, np.zeros(k, dtype=np.int32), none, empty)
        index = np.arange(k, dtype=np.int32)
        ones = np.ones(k)
        self._lp.addCols(k, alone / MICRO, np.zeros(k), np.full(k, np.inf), k, index, index, ones)

    def add(self, column: Ints, kind: Ints, number: Ints, cost: Ints) -> None:
        """Add patterns, as :func:`held_kinds` tells them, with their costs."""
        self._pattern = np.concatenate([self._pattern, self._columns + np.arange(len(cost))])
        self._add(cost, column, kind, number)

    def attach(self, kind: Ints, host: Ints, members: Ints, cost: Ints) -> None:
        """Add attachments of kinds to hosts; hosts get their rows with the first of theirs."""
        fresh = np.unique(host[self._row[host] < 0])
        if len(fresh):
            limits = np.stack([self._places[fresh], self._seats[fresh]], 1).ravel() / 1.0
            m = len(limits)
            none, empty = np.zeros(0, dtype=np.int32), np.zeros(0)
            self._lp.addRows(
                m, np.full(m, -np.inf), limits, 0, np.zeros(m, dtype=np.int32), none, empty
            )
            self._row[fresh] = self._rows + 2 * np.arange(len(fresh))
            self._rows += m
        self._offer = np.concatenate([self._offer, self._columns + np.arange(len(host))])
        at = self._row[host]
        index = np.column_stack([kind, at, at + 1]).ravel()
        ones = np.ones(len(kind), dtype=np.int64)
        value = np.column_stack([ones, ones, members]).ravel()
        self._add(cost, np.repeat(np.arange(len(kind)), 3), index, value)

    def solve(
        self,
    ) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], tuple[Ints, Ints, Ints]]:
        """Solve: values of patterns and attachments; prices of kinds (rounded down), of places and of seats (rounded up).

        Nothing a solver says is trusted: where it says nothing, prices of nothing prove a bound of nothing.
        """
        self.solved += 1
        self._lp.run()
        solution = self._lp.getSolution()
        value = np.asarray(solution.col_value)
        dual = np.asarray(solution.row_dual) * MICRO
        if len(dual) != self._rows:
            dual, value = np.zeros(self._rows), np.zeros(self._columns)
        p = certificate.rounded_down(dual[: self._kinds])
        there = self._row >= 0
        places = np.zeros(len(self._row), dtype=np.int64)
        seats = places.copy()
        places[there] = certificate.rounded(np.maximum(-dual[self._row[there]], 0.0))
        seats[there] = certificate.rounded(np.maximum(-dual[self._row[there] + 1], 0.0))
        return (value[self._pattern], value[self._offer]), (p, places, seats)

    def _add(self, cost: Ints, owner: Ints, index: Ints, value: Ints) -> None:
        self._lp.add_columns(cost, owner, index, value.astype(np.float64))
        self._columns += len(cost)

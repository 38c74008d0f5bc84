"""Gaussian elimination of what is published, modulo a prime, and what it determines.

Rows are sets of columns (a count is the sum of the finest counts in it). A system is kept in echelon form, each row with
its pivot; rows are added last and taken back in that order. What a system determines is read from a random vector that it sends
to 0: a set is determined exactly where its columns of every such vector add up to 0, so one vector tells all sets at once. It is
never wrong about what is determined, and wrong about what is not in one of 2³¹ looks: then a cell too many is suppressed. Modulo
the prime the same is determined as over the rationals, unless the prime divides a minor of the sets' matrix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

PRIME = 2_147_483_647
SEED = 2016


class Sets:
    """Sets of columns, one after another.

    Attributes
    ----------
    start, column : numpy.ndarray of int64
        Set ``i`` is ``column[start[i] : start[i + 1]]``.
    """

    def __init__(self, sets: list[Ints]) -> None:
        self.start = np.zeros(len(sets) + 1, dtype=np.int64)
        np.cumsum([len(s) for s in sets], out=self.start[1:])
        self.column = np.concatenate([np.zeros(0, np.int64), *sets]).astype(np.int64)

    def __len__(self) -> int:
        return len(self.start) - 1

    def sums(self, weights: Ints) -> Ints:
        """Return the sum of each set's weights."""
        total = np.zeros(len(self.column) + 1, dtype=np.int64)
        np.cumsum(weights[self.column], out=total[1:])
        return np.asarray(total[self.start[1:]] - total[self.start[:-1]])


class System:
    """What is published, in echelon form.

    Parameters
    ----------
    sets : Sets
        Those that may be published.
    width : int
        Columns.
    """

    def __init__(self, sets: Sets, width: int) -> None:
        self.sets = sets
        self.width = width
        self.rank = 0
        self._free = np.random.default_rng(SEED).integers(1, PRIME, width, dtype=np.int64)
        # columns that few sets have make rows that stay short
        self._few = np.bincount(sets.column, minlength=width).astype(np.int64)
        self._pivot = np.zeros(width, dtype=np.int64)
        self._start = np.zeros(width + 1, dtype=np.int64)
        self._column = np.zeros(max(1024, 4 * len(sets.column)), dtype=np.int64)
        self._value = np.zeros_like(self._column)
        self._work = np.zeros(width, dtype=np.int64)
        self._hidden = np.zeros(width, dtype=np.bool_)

    def hide(self, columns: Bools) -> None:
        """Begin anew without some columns: who asks knows them."""
        self._hidden = columns
        self.rank = 0

    def add(self, some: Ints) -> None:
        """Add sets by position."""
        self._insert(self.sets.start, self.sets.column, some)

    def know(self, columns: Ints) -> None:
        """Add single columns: who asks knows them."""
        n = len(columns)
        self._insert(np.arange(n + 1, dtype=np.int64), columns, np.arange(n, dtype=np.int64))

    def back(self, rank: int) -> None:
        """Take back what was added since the rank was this."""
        self.rank = rank

    def _insert(self, start: Ints, column: Ints, some: Ints) -> None:
        done = 0
        while done < len(some):
            done, self.rank = _insert(
                start, column, some, done, self._hidden, self._few, self._work,
                self._pivot, self._start, self._column, self._value, self.rank,
            )  # fmt: skip
            if done < len(some):
                self._column = np.concatenate([self._column, np.zeros_like(self._column)])
                self._value = np.concatenate([self._value, np.zeros_like(self._value)])

    def vector(self) -> Ints:
        """Return a random vector that all that is published sends to 0."""
        out = np.where(self._hidden, 0, self._free)
        _solve(out, self._pivot, self._start, self._column, self._value, self.rank)
        return out

    def determined(self, sets: Sets) -> Bools:
        """Return which sets are determined, wholly known ones too."""
        return np.asarray(_zero(sets.start, sets.column, self.vector()), dtype=np.bool_)


@nb.njit(cache=True)
def _insert(start, column, some, done, hidden, few, work, pivot, at, columns, values, rank):  # type: ignore[no-untyped-def]
    """Add sets until the room for rows ends; return how many are added, and the rank."""
    width = len(work)
    while done < len(some):
        if at[rank] + width > len(columns):
            break
        one = some[done]
        for e in range(start[one], start[one + 1]):
            if not hidden[column[e]]:
                work[column[e]] = 1
        for i in range(rank):
            f = work[pivot[i]]
            if f:
                for e in range(at[i], at[i + 1]):
                    c = columns[e]
                    work[c] = (work[c] + (PRIME - f) * values[e]) % PRIME
        best = -1
        for c in range(width):
            if work[c] and (best < 0 or few[c] < few[best]):
                best = c
        if best >= 0:
            scale = _inverse(work[best])
            end = at[rank]
            for c in range(width):
                if work[c]:
                    columns[end] = c
                    values[end] = work[c] * scale % PRIME
                    work[c] = 0
                    end += 1
            pivot[rank] = best
            rank += 1
            at[rank] = end
        done += 1
    return done, rank


@nb.njit(cache=True)
def _inverse(value):  # type: ignore[no-untyped-def]
    """Return the inverse modulo the prime (Fermat)."""
    out, power, left = 1, value, PRIME - 2
    while left:
        if left & 1:
            out = out * power % PRIME
        power = power * power % PRIME
        left >>= 1
    return out


@nb.njit(cache=True)
def _solve(vector, pivot, at, columns, values, rank):  # type: ignore[no-untyped-def]
    """Set the pivots' entries so that every row sends the vector to 0: later rows have none of the earlier pivots."""
    for i in range(rank - 1, -1, -1):
        p = pivot[i]
        vector[p] = 0
        total = 0
        for e in range(at[i], at[i + 1]):
            total = (total + values[e] * vector[columns[e]]) % PRIME
        vector[p] = (PRIME - total) % PRIME


@nb.njit(cache=True)
def _zero(start, column, vector):  # type: ignore[no-untyped-def]
    out = np.zeros(len(start) - 1, dtype=np.bool_)
    for i in range(len(start) - 1):
        total = 0
        for e in range(start[i], start[i + 1]):
            total += vector[column[e]]
        out[i] = total % PRIME == 0
    return out

"""The restricted master: a linear program over the columns found so far, by HiGHS.

What HiGHS says is never passed on: its duals are starting points that :mod:`.certificate` rounds and repairs in
integers, its primal values and its objective hints for the search of a plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy.sparse import csr_array

from graph.formation.costs import MICRO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.instance import Instance

EPS = 1e-6
"""Value from which on a solution has some of a column."""


@dataclass(frozen=True, eq=False)
class Solution:
    """An optimal solution of the restricted master, in units of 1e-6 (floats: nothing here is trusted).

    Attributes
    ----------
    prices : float64[n]; places, seats : float64[h] ≥ 0; sigma : float64[c] ≥ 0
        Duals of the rows.
    groups : float64[g]; attached : float64[a]; alone : float64[n]
        Values of the columns, in the order in which they were added.
    cost : float
    """

    prices: NDArray[np.float64]
    places: NDArray[np.float64]
    seats: NDArray[np.float64]
    sigma: NDArray[np.float64]
    groups: NDArray[np.float64]
    attached: NDArray[np.float64]
    alone: NDArray[np.float64]
    cost: float


class Solver(highspy.Highs):
    """HiGHS without its Python callbacks, which print a banner that no option silences."""

    def __init__(self, **options: bool | int | float | str) -> None:
        super(highspy.Highs, self).__init__()
        fixed: dict[str, bool | int | float | str] = {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
        }
        for key, value in (fixed | options).items():
            self.setOptionValue(key, value)

    @classmethod
    def simplex(cls, **options: bool | int | float | str) -> Solver:
        """Return one for masters: by simplex, so that each solution starts from the last."""
        return cls(
            solver="simplex",
            primal_feasibility_tolerance=1e-9,
            dual_feasibility_tolerance=1e-9,
            **options,
        )

    def add_columns(
        self,
        cost: NDArray[np.int64],
        owner: NDArray[np.int64],
        index: NDArray[np.int64],
        value: NDArray[np.float64],
    ) -> None:
        """Add columns of 0 and more with costs in 1e-6; ``owner``, ascending, says whose each entry (row, value) is."""
        m = len(cost)
        self.addCols(
            m,
            cost / MICRO,
            np.zeros(m),
            np.full(m, np.inf),
            len(index),
            np.searchsorted(owner, np.arange(m)).astype(np.int32),
            index.astype(np.int32),
            value.astype(np.float64),
        )


def overlap(n: int, group: NDArray[np.int32], triple: NDArray[np.int32]) -> csr_array:
    """Return ⌊|g ∩ C|/2⌋ of every group and triple: a sparse int64[g, c]."""
    inside = group >= 0
    row, _ = np.nonzero(inside)
    ones = np.ones(len(row), dtype=np.int64)
    groups = csr_array((ones, (row, group[inside])), shape=(len(group), n))
    which = np.repeat(np.arange(len(triple)), 3)
    cuts = csr_array(
        (np.ones(len(which), dtype=np.int64), (triple.ravel(), which)), shape=(n, len(triple))
    )
    held = csr_array(groups @ cuts)
    held.data //= 2
    held.eliminate_zeros()
    return held


class Master:
    """Columns and rows grow; :meth:`solve` starts from where the last one ended."""

    def __init__(self, instance: Instance, alone: NDArray[np.int64]) -> None:
        self._instance = instance
        n = instance.n
        width = instance.model.max_organizations
        self.group = np.zeros((0, width), dtype=np.int32)
        self.size = np.zeros(0, dtype=np.int64)
        self.cost = np.zeros(0, dtype=np.int64)
        self.attached = np.zeros(0, dtype=np.int64)
        self.triple = np.zeros((0, 3), dtype=np.int32)
        self._group_col = np.zeros(0, dtype=np.int64)
        self._attached_col = np.zeros(0, dtype=np.int64)
        self._host_row: dict[int, tuple[int, int]] = {}
        self._cut_row: list[int] = []
        self.work = 0
        """Steps of all solutions: simplex iterations by rows, each about as long as a look at one candidate in pricing."""
        self._columns = n
        self._rows = n
        self._lp = Solver.simplex()
        ones = np.ones(n)
        empty = np.zeros(0)
        none = np.zeros(0, dtype=np.int32)
        self._lp.addRows(n, ones, ones, 0, np.zeros(n, dtype=np.int32), none, empty)
        index = np.arange(n, dtype=np.int32)
        self._lp.addCols(n, alone / MICRO, np.zeros(n), np.full(n, np.inf), n, index, index, ones)

    def charge_alone(self, alone: NDArray[np.int64]) -> None:
        """Set what leaving an organization uncovered costs (lower at first: prices settle sooner)."""
        n = self._instance.n
        self._lp.changeColsCost(n, np.arange(n, dtype=np.int32), alone / MICRO)

    def add_groups(
        self, group: NDArray[np.int32], size: NDArray[np.int64], cost: NDArray[np.int64]
    ) -> None:
        """Add joint units (members −1 padded)."""
        if not len(size):
            return
        inside = group >= 0
        owner, _ = np.nonzero(inside)
        index = group[inside].astype(np.int64)
        value = np.ones(len(index))
        if self._cut_row:
            held = self.held(group).tocoo()
            owner = np.concatenate([owner, held.row])
            index = np.concatenate([index, np.array(self._cut_row, dtype=np.int64)[held.col]])
            value = np.concatenate([value, held.data.astype(np.float64)])
            order = np.argsort(owner, kind="stable")
            owner, index, value = owner[order], index[order], value[order]
        self._lp.add_columns(cost, owner, index, value)
        self._group_col = np.concatenate(
            [self._group_col, np.arange(self._columns, self._columns + len(size))]
        )
        self._columns += len(size)
        self.group = np.concatenate([self.group, group])
        self.size = np.concatenate([self.size, size])
        self.cost = np.concatenate([self.cost, cost])

    def add_attachments(self, which: NDArray[np.int64]) -> None:
        """Add attachments, by their position in the instance; hosts get their rows with the first of theirs."""
        if not len(which):
            return
        i = self._instance
        none, empty = np.zeros(0, dtype=np.int32), np.zeros(0)
        for u in np.unique(i.attach_host[which]).tolist():
            if u not in self._host_row:
                self._lp.addRow(-np.inf, float(i.places[u]), 0, none, empty)
                self._lp.addRow(-np.inf, float(i.seats[u]), 0, none, empty)
                self._host_row[u] = (self._rows, self._rows + 1)
                self._rows += 2
        rows = np.array([self._host_row[int(u)] for u in i.attach_host[which]], dtype=np.int64)
        who = i.attach_org[which]
        index = np.column_stack([who, rows]).ravel()
        value = np.column_stack([np.ones(len(who)), np.ones(len(who)), i.members[who]]).ravel()
        owner = np.repeat(np.arange(len(who)), 3)
        self._lp.add_columns(i.attach_cost[which], owner, index, value)
        self._attached_col = np.concatenate(
            [self._attached_col, np.arange(self._columns, self._columns + len(who))]
        )
        self._columns += len(who)
        self.attached = np.concatenate([self.attached, which])

    def add_cuts(self, triple: NDArray[np.int32]) -> None:
        """Add subset-row cuts: of the units holding two or three of three organizations, at most one."""
        held = overlap(self._instance.n, self.group, triple).tocsc()
        m = len(triple)
        self._lp.addRows(
            m,
            np.full(m, -np.inf),
            np.ones(m),
            held.nnz,
            held.indptr[:-1].astype(np.int32),
            self._group_col[held.indices].astype(np.int32),
            held.data.astype(np.float64),
        )
        self._cut_row.extend(range(self._rows, self._rows + m))
        self._rows += m
        self.triple = np.concatenate([self.triple, triple])

    def held(self, group: NDArray[np.int32]) -> csr_array:
        """Return ⌊|g ∩ C|/2⌋ of groups and all cuts: a sparse int64[g, c]."""
        return overlap(self._instance.n, group, self.triple)

    def solve(self, iterations: int) -> Solution | None:
        """Solve; ``None`` where HiGHS gave no optimum within so many simplex iterations."""
        self._lp.setOptionValue("simplex_iteration_limit", int(iterations))
        self._lp.run()
        self.work += max(0, int(self._lp.getInfo().simplex_iteration_count)) * self._rows
        if self._lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._lp.getSolution()
        value = np.asarray(solution.col_value)
        dual = np.asarray(solution.row_dual) * MICRO
        i = self._instance
        places = np.zeros(len(i.places))
        seats = np.zeros(len(i.places))
        for u, (a, b) in self._host_row.items():
            places[u], seats[u] = -dual[a], -dual[b]
        return Solution(
            prices=dual[: i.n],
            places=np.maximum(places, 0.0),
            seats=np.maximum(seats, 0.0),
            sigma=np.maximum(-dual[np.array(self._cut_row, dtype=np.int64)], 0.0),
            groups=value[self._group_col],
            attached=value[self._attached_col],
            alone=value[: i.n],
            cost=float(self._lp.getInfo().objective_function_value) * MICRO,
        )

    # -- columns of all kinds, by their numbers in the program, which stay as they are until groups are dropped ------------
    def positive(self, solution: Solution) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the columns that a solution has some of, and how much."""
        n = self._instance.n
        column = np.concatenate([self._group_col, self._attached_col, np.arange(n)])
        value = np.concatenate([solution.groups, solution.attached, solution.alone])
        some = value > EPS
        return column[some], value[some]

    def parted(
        self, column: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return which columns are joint units (rows of :attr:`group`), which attachments, and which organizations alone."""
        return (
            np.flatnonzero(np.isin(self._group_col, column)),
            self.attached[np.isin(self._attached_col, column)],
            np.sort(column[column < self._instance.n]),
        )

    def members(self, column: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return whom each column holds: int32[c, width], −1 padded."""
        n, width = self._instance.n, self.group.shape[1]
        out = np.full((len(column), width), -1, dtype=np.int32)
        alone = column < n
        out[alone, 0] = column[alone]
        for of, who in (
            (self._group_col, self.group),
            (self._attached_col, self._instance.attach_org[self.attached, None]),
        ):
            at = np.searchsorted(of, column)
            mine = np.zeros(len(column), dtype=bool)
            inside = at < len(of)
            mine[inside] = of[at[inside]] == column[inside]
            out[mine, : who.shape[1]] = who[at[mine]]
        return out

    def hold(self, column: NDArray[np.int64], *, held: bool = True) -> None:
        """Have columns whole in every solution from now on, or leave them free again."""
        m = len(column)
        low = np.full(m, float(held))
        self._lp.changeColsBounds(m, column.astype(np.int32), low, np.full(m, np.inf))

    def drop_groups(self, drop: NDArray[np.bool_]) -> None:
        """Forget joint units so that the program stays small."""
        gone = self._group_col[drop]
        if not len(gone):
            return
        self._lp.deleteCols(len(gone), gone.astype(np.int32))
        kept = self._group_col[~drop]
        self._group_col = kept - np.searchsorted(gone, kept)
        self._attached_col = self._attached_col - np.searchsorted(gone, self._attached_col)
        self._columns -= len(gone)
        self.group, self.size, self.cost = self.group[~drop], self.size[~drop], self.cost[~drop]

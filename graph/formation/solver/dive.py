"""Diving: columns of the master's solution are held one after another, with new columns for what is left (branch and price).

A restricted master that is rounded ends with organizations left over, for which there are no columns: so pricing goes on below each
column that is held. One that makes the rest much dearer is given up for the next best (strong diving; Sadykov, Vanderbeck,
Pessoa, Tahiri and Uchoa, INFORMS J. Comput. 31, 2019). A dive finds plans that differ from the present one in a hundred units at
once, which no window does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.formation.solver import exact, pricing
from graph.formation.solver.certificate import Certificate
from graph.formation.solver.choice import Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.master import Solution
    from graph.formation.solver.primal import Search

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

WHOLE = 1 - 1e-6
"""Value from which on a column is held at once."""
HALF = 0.5
"""Value from which on several columns are held together."""
STRIDES = 40
"""Part of the columns between none and one that are held together."""
JUMP = 10_000
"""Part of the bound by which one column may make the rest dearer without another being tried."""
NOISE = 0.5
"""Part of its value that a column may lose to noise."""
TRIES = 4
"""Columns tried at most before the least dear of them is held."""
FEW = 48
"""Organizations left for whom the rest is chosen among all columns …"""
WIDER = 8
"""… within a jump of the solution, four times as many, and so on so many times …"""
COLUMNS = 20_000
"""… as far as these are so few …"""
NODES = 100_000
"""… and searched in so many nodes."""
ROUNDS = 30
"""Pricings below one column at most."""
START = 20_000
"""Candidates that one start of a pricing looks at."""
SHARE = 4
"""Part of the steps so far that a dive may take: one that needs more is left."""
LEAST = 4_000_000
"""Steps that a dive may take in any case."""


class Dive:
    """One dive for a search, from the master's solution down to a plan.

    Parameters
    ----------
    search : Search
    seed : int, optional
        Of the noise on the columns' values that leads another way down; none: by the values as they are.
    """

    def __init__(self, search: Search, seed: int | None = None) -> None:
        self._random = None if seed is None else np.random.default_rng(seed)
        self.search = search
        self.instance = search.instance
        self.generation = search.generation
        self.master = search.generated.master
        self._free = np.ones(self.instance.n + 1, dtype=bool)
        self._held: list[Ints] = []
        self._tol = max(1, int(np.median(search.certificate.prices)) // 2_000)
        self._end = self.generation.steps + max(LEAST, self.generation.steps // SHARE)

    def run(self) -> None:
        """Dive, and take the plan if it is cheaper."""
        solution = self.master.solve(self.generation.limits.iterations)
        try:
            few = FEW
            while solution is not None and solution.cost < self.search.plan.cost:
                if self._free.sum() - 1 <= few:
                    if self._last(solution):
                        return
                    few //= 2
                else:
                    solution = self._below(solution)
        finally:
            self.master.hold(self._columns(), held=False)

    def _columns(self) -> Ints:
        return np.concatenate([np.zeros(0, dtype=np.int64), *self._held])

    def _over(self) -> bool:
        return self.search.stop() or self.generation.steps > self._end

    # -- one step ------------------------------------------------------------------------------------------------------
    def _below(self, solution: Solution) -> Solution | None:
        """Hold what the solution says; return the solution of what is left."""
        master = self.master
        column, value = master.positive(solution)
        free = self._free[master.members(column)].all(axis=1)
        column, value = column[free], value[free]
        whole = column[value >= WHOLE]
        if len(whole):
            return self._hold(whole)
        if self._random is not None:
            value = value * (1 - self._random.random(len(value)) * NOISE)
        order = np.argsort(-value, kind="stable")
        column, value = column[order], value[order]
        several = self._apart(column[value > HALF])[: 1 + len(column) // STRIDES]
        most = solution.cost + self.search.certificate.bound / JUMP
        if len(several) > 1:
            found = self._hold(several)
            if found is not None and found.cost <= most:
                return found
            self._release()
        best: tuple[float, Ints] | None = None
        for at in range(min(TRIES, len(column))):
            if self._over():
                return None
            one = column[at : at + 1]
            found = self._hold(one)
            if found is not None and found.cost <= most:
                return found
            self._release()
            if found is not None and (best is None or found.cost < best[0]):
                best = found.cost, one
        return None if best is None else self._hold(best[1])

    def _apart(self, column: Ints) -> Ints:
        """Return the first of some columns that share no organization."""
        members = self.master.members(column)
        taken = np.zeros(self.instance.n + 1, dtype=bool)
        keep = np.zeros(len(column), dtype=bool)
        for x, some in enumerate(members):
            if not taken[some[some >= 0]].any():
                taken[some] = True
                keep[x] = True
        return column[keep]

    def _hold(self, column: Ints) -> Solution | None:
        members = self.master.members(column)
        self._held.append(column)
        self._free[members[members >= 0]] = False
        self.master.hold(column)
        return self._priced()

    def _release(self) -> None:
        """Give up what was held last."""
        column = self._held.pop()
        members = self.master.members(column)
        self._free[members[members >= 0]] = True
        self.master.hold(column, held=False)

    def _priced(self) -> Solution | None:
        """Add columns for what is left until there are none, and solve."""
        g, i, master = self.generation, self.instance, self.master
        free = self._free[:-1]
        t = g.tables._replace(free=g.tables.free & free)
        starts = pricing.starts_within(g.starts, free)
        for _ in range(ROUNDS):
            solution = master.solve(g.limits.iterations)
            if solution is None or self._over():
                return None
            p, places, seats, sigma = g.prices(solution)
            found = pricing.search(
                t,
                pricing.cut_tables(i.n, master.triple, sigma),
                p - i.away,
                starts,
                tol=self._tol,
                keep=3,
                once=True,
                limit=START,
            )
            g.work += found.work
            if not g.add(found.group, found.size) + g.attach(p, places, seats, 3):
                return solution
        return master.solve(g.limits.iterations)

    def _last(self, solution: Solution) -> bool:
        """Choose for the few that are left among all columns within ever more of the solution; return whether that ended."""
        g, i, master, search = self.generation, self.instance, self.master, self.search
        rows, attached, alone = master.parted(self._columns())
        group = master.group[rows]
        free = np.flatnonzero(self._free[:-1])
        p, places, seats, sigma = g.prices(solution)
        c = Certificate(p, places, seats, master.triple, sigma, 0)
        who, host = i.attach_org[attached], i.attach_host[attached]
        left = i.places - np.bincount(host, minlength=len(i.places))
        room = i.seats - np.bincount(host, i.members[who], len(i.seats)).astype(np.int64)
        paid = int(
            search.cost_of(group).sum() + i.attach_cost[attached].sum() + i.alone[alone].sum()
        )
        slack = max(1, int(search.certificate.bound / JUMP))
        for _ in range(WIDER):
            columns, reduced = self._columns_within(free, c, slack)
            if columns is None:
                return False
            below = int(solution.cost) + slack - paid - int(p[free].sum())
            found = exact.solve(i, c, columns, reduced, left, room, below=below, limit=NODES)
            if found.found:
                search.take(
                    np.concatenate([group, columns.group[found.groups]]),
                    np.concatenate([attached, columns.attached[found.attached]]),
                    np.sort(np.concatenate([alone, found.alone])),
                )
                return True
            if not found.complete:
                return False
            slack *= 4
        return False

    def _columns_within(
        self, free: Ints, c: Certificate, slack: int
    ) -> tuple[Columns | None, tuple[Ints, Ints, Ints]]:
        """Return the columns of some organizations that cost at most ``slack`` above their prices, and what each does."""
        g, i = self.generation, self.instance
        mask = self._free[:-1]
        found = pricing.search(
            g.tables._replace(free=g.tables.free & mask),
            pricing.cut_tables(i.n, c.triple, c.sigma),
            c.prices - i.away,
            pricing.starts_within(g.starts, mask),
            tol=-slack - 1,
            keep=pricing.EVERYTHING,
            once=True,
            limit=g.limits.start,
            room=COLUMNS,
        )
        g.work += found.work
        cost = self.search.cost_of(found.group)
        good = cost >= 0
        above = i.attach_cost - c.prices[i.attach_org] + c.places[i.attach_host]
        above += i.members[i.attach_org] * c.seats[i.attach_host]
        pays = np.flatnonzero(mask[i.attach_org] & (above <= slack))
        reduced = (
            np.maximum(-found.violation[good], 0),
            np.maximum(above[pays], 0),
            np.maximum((i.alone - c.prices)[free], 0),
        )
        if found.overflow:
            return None, reduced
        return Columns(free, found.group[good], cost[good], pays), reduced

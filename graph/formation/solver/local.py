"""Local search: sweeps of :mod:`graph.formation.solver.exchange` over the organizations of one component.

Before column generation it makes plans from nothing, whose joint units give the first prices a meaning; after it, it betters the
plan where columns cost above their prices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.formation.solver import exchange, pricing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.choice import Plan
    from graph.formation.solver.instance import Instance
    from graph.formation.solver.pricing import Tables
    from graph.formation.solver.primal import Search

    Ints = NDArray[np.int64]

NOISE = 60
"""Noise of the first noisy sweep of a cycle, in thousandths of what joint units cost."""
CYCLES = 3
"""Cycles of noisy sweeps at most; fewer for many organizations."""
WINDOWS = 6_000
"""Windows that all cycles together may look at, beyond a first cycle."""
FEW = 1_000
"""Organizations up to which noisy sweeps look at everybody."""
VAIN = 2
"""Quiet sweeps in a row without a gain after which the search goes on with noise, or ends."""
WASTE = 1_000
"""What a column costs above its prices (in 1e-6) for its organizations to be looked at."""


class Local:
    """A plan of one component while it is searched; at first everybody is alone.

    Parameters
    ----------
    instance, t : Instance, Tables
    seed : int
        Of all that is drawn.
    """

    def __init__(self, instance: Instance, t: Tables, seed: int) -> None:
        i = self.instance = instance
        self._tables = t
        self._random = np.random.default_rng(seed)
        self._order = exchange.cheapest_first(i)
        self._rules = exchange.rules(i, t, self._order, seed)
        self._back = np.empty(len(self._order), dtype=np.int64)
        self._back[self._order] = np.arange(len(self._order))
        none = np.zeros(0, dtype=np.int64)
        self.put(np.zeros((0, t.largest), dtype=np.int32), none)

    def put(self, group: NDArray[np.int32], attached: Ints) -> None:
        """Begin anew from a plan: its joint units and attachments."""
        i, t = self.instance, self._tables
        inside = group >= 0
        unit = np.full(i.n, -1, dtype=np.int64)
        unit[group[inside]] = np.nonzero(inside)[0]
        rows = np.full((i.n, t.largest), -1, dtype=np.int32)
        rows[: len(group)] = group
        size = np.zeros(i.n, dtype=np.int64)
        size[: len(group)] = inside.sum(axis=1)
        worth = np.zeros(i.n, dtype=np.int64)
        worth[: len(group)] = pricing.costs_of(i, t, group, size[: len(group)])
        who, host = i.attach_org[attached], i.attach_host[attached]
        at = np.full(i.n, -1, dtype=np.int64)
        at[who] = self._back[attached]
        places, seats = i.places.copy(), i.seats.copy()
        np.subtract.at(places, host, 1)
        np.subtract.at(seats, host, i.members[who])
        random = self._random.integers(1, 2**63, 1).astype(np.uint64)
        self._state = exchange.State(unit, at, rows, size, worth, places, seats, random)

    def know(self, group: NDArray[np.int32]) -> None:
        """Take companions in these joint units (the best first) for neighbours."""
        if self._rules.near.shape[1]:
            exchange.companions(group, self._rules.near)

    def sweep(self, centres: Ints, noise: int = 0) -> tuple[int, int]:
        """Divide a window around each centre anew, in random order; return what that gained and the work."""
        order = self._random.permutation(centres)
        gained, work = exchange.run(self._tables, self._rules, self._state, order, noise)
        return int(gained), int(work)

    def columns(self) -> tuple[NDArray[np.int32], Ints, Ints]:
        """Return the plan: joint units, attachments, who is alone."""
        s = self._state
        some = s.size > 0
        inside = np.arange(s.group.shape[1]) < s.size[some, None]
        group = np.where(inside, s.group[some], -1).astype(np.int32)
        attached = np.sort(self._order[s.at[s.at >= 0]])
        return group, attached, np.flatnonzero((s.unit < 0) & (s.at < 0))


class Descent:
    """Betters a search's plan by quiet and noisy sweeps."""

    def __init__(self, search: Search, least: int) -> None:
        self.search = search
        self.local = search.generation.local
        self._least = least
        self.local.know(search.promising())
        self._begin(search.plan)

    def run(self, sweeps: int, cycles: int = CYCLES) -> None:
        """Sweep until the plan costs no more than ``least`` above its bound, or nothing is gained any more.

        Quiet sweeps first; where these end above ``least``, ``cycles`` of ``sweeps`` of ever less noise, each from the best plan.
        """
        cycles = min(cycles, 1 + WINDOWS // (sweeps * self.search.instance.n))
        if self._quiet():
            return
        for _ in range(cycles):
            self._begin(self.search.plan)
            for sweep in range(sweeps):
                if self._enough():
                    return
                self._sweep(NOISE * (sweeps - sweep) // sweeps)
            if self._quiet():
                return

    def _begin(self, plan: Plan) -> None:
        self.local.put(plan.group, plan.attached)
        self._cost = plan.cost

    def _enough(self) -> bool:
        search = self.search
        return search.stop() or search.plan.cost - search.certificate.bound <= self._least

    def _quiet(self) -> bool:
        vain = 0
        while vain < VAIN:
            if self._enough():
                return True
            vain = 0 if self._sweep(0) > 0 else vain + 1
        return False

    def _sweep(self, noise: int) -> int:
        """Look at whoever is in a column that costs above its prices; return what the search's plan gained."""
        search, before = self.search, self.search.plan.cost
        waste, owner = search.columns_of()
        some = waste[owner] > WASTE
        if noise and search.instance.n <= FEW:
            some[:] = True  # what is best in itself may stand in the way
        gained, work = self.local.sweep(np.flatnonzero(some), noise)
        search.generation.work += work
        self._cost -= gained
        if self._cost < before:
            search.take(*self.local.columns())
        return before - search.plan.cost

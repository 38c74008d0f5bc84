"""Large-neighbourhood search: parts of a plan that cost most above their prices, re-solved around one organization after another.

Windows are searched over *all* columns inside them whose reduced cost could pay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.formation.solver import pricing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.primal import Search

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

WINDOW = 36
"""Organizations of a window."""
WIDE = 60
"""Organizations of a window around one that is left uncovered."""
VAIN = 15
"""Windows in a row without a gain after which the rest is not looked at."""
COLUMNS = 3_000
"""Joint units that a window chooses from."""


class Windows:
    """Improves the plan of a search.

    Parameters
    ----------
    search : Search
    seed : int
        Of the choice among neighbours that are about as near.
    """

    def __init__(self, search: Search, seed: int) -> None:
        self.search = search
        self.instance = search.instance
        self._promising = search.promising()
        self._random = np.random.default_rng(seed)

    def run(self, rounds: int, nodes: int, least: int) -> None:
        """Re-solve windows around what costs most above its prices.

        Parameters
        ----------
        rounds : int
            How many at most; fewer where all have been looked at in vain.
        nodes : int
            Nodes of each.
        least : int
            What the plan may cost above its bound for the search to end.
        """
        n, search = self.instance.n, self.search
        last = np.full(n, -1, dtype=np.int64)  # when an organization was last looked at in vain
        waste, owner = search.columns_of()
        vain = 0
        for number in range(rounds):
            if search.stop() or search.plan.cost - search.certificate.bound <= least:
                return
            score = waste[owner].astype(float)
            age = number - last[last >= 0]
            score[last >= 0] *= 0.02 + 0.9 * np.minimum(1.0, age / 60.0)
            centre = int(np.argmax(score))
            if score[centre] <= 1.0 or vain == VAIN:
                return
            size = WIDE if centre in search.plan.alone else WINDOW
            window = self._window(centre, owner, size)
            before = search.plan.cost
            self._resolve(window, int(waste[np.unique(owner[window])].sum()), nodes)
            if search.plan.cost < before:
                waste, owner = search.columns_of()
                last[window] = -1
                vain = 0
            else:
                last[window] = number
                vain += 1
                if len(window) == n:
                    return

    def _window(self, centre: int, owner: Ints, size: int) -> Ints:
        """Return the organizations of the plan's columns nearest to a centre's: whole columns, pinned sets included."""
        i = self.instance
        own = np.flatnonzero(owner == owner[centre])
        near = i.d[own].astype(np.int64).min(axis=0)
        near[self._companions(own)] //= 4
        near += self._random.integers(0, 60_000, i.n)  # a second visit looks a little elsewhere
        near[own] = -1
        taken = np.zeros(i.n, dtype=bool)
        number = 0
        for x in np.argsort(near, kind="stable").tolist():
            if taken[x]:
                continue
            column = np.flatnonzero(owner == owner[x])
            if number + len(column) > size and number:
                break
            taken[column] = True
            number += len(column)
        return np.flatnonzero(taken)

    def _companions(self, own: Ints) -> Ints:
        """Return who is with some of these in a joint unit that costs next to nothing above its prices."""
        group = self._promising
        mask = np.zeros(self.instance.n + 1, dtype=bool)
        mask[own] = True
        some = group[mask[group].any(axis=1)]
        return np.unique(some[some >= 0])

    def _resolve(self, window: Ints, slack: int, nodes: int) -> None:
        """Re-solve a window over all columns that could pay: what it costs above its prices is all there is to gain."""
        mask = np.zeros(self.instance.n, dtype=bool)
        mask[window] = True
        found = self._inside(mask, slack)
        if found is None:
            return
        pays = self.search.attach_reduced <= slack
        attached = np.flatnonzero(mask[self.instance.attach_org] & pays)
        self._choose(window, *found, attached, nodes)

    def _choose(
        self,
        window: Ints,
        group: NDArray[np.int32],
        cost: Ints,
        attached: Ints,
        nodes: int,
    ) -> None:
        i, search, plan = self.instance, self.search, self.search.plan
        mask = np.zeros(i.n, dtype=bool)
        mask[window] = True
        rest = ~mask[plan.group[:, 0]]
        here = mask[i.attach_org[plan.attached]]
        own = plan.group[~rest]  # so that the present plan stays possible
        search.solve(
            window,
            np.concatenate([group, own]),
            np.concatenate([cost, search.cost_of(own)]),
            np.union1d(attached, plan.attached[here]),
            plan.group[rest],
            plan.attached[~here],
            plan.alone[~mask[plan.alone]],
            nodes,
        )

    def _inside(self, free: Bools, slack: int) -> tuple[NDArray[np.int32], Ints] | None:
        """Return the joint units inside a window whose reduced cost is at most ``slack``, the least where there are many."""
        search = self.search
        starts = pricing.starts_within(search.generation.starts, free)
        t = search.generation.tables
        t = t._replace(free=t.free & free)
        slack = min(slack, int(np.median(self.instance.alone)) // 50)
        while slack > 0:
            found = search.enumerate(t, starts, slack, 5 * COLUMNS)
            if found is not None:
                group, cost = found
                if len(cost) <= COLUMNS:
                    return found
                least = np.argsort(search.reduced(group, cost), kind="stable")[:COLUMNS]
                return group[least], cost[least]
            slack //= 3
        return None

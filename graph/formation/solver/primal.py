"""The search for a plan: the pool's columns in their order, what betters it, then a proof by all columns within the gap.

SOLVER.md has a restricted master MIP in the place of the local search (:mod:`.local`), which finds better plans
in a hundredth of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.formation.solver import exact, pricing
from graph.formation.solver.choice import BACKSTOP, Columns, Plan, choose

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.formation.solver.certificate import Certificate
    from graph.formation.solver.generation import Generated, Generation
    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

NODES = 500
"""Nodes of the search over few organizations for one of an integer program's."""
MOST_NODES = 1_000_000
PARTS = (2, 4, 8, 16)
"""Parts of the gap within which all columns are asked for."""
PROOF = 1_500
"""Columns of a last integer program: HiGHS takes minutes for more where many cost the same."""


class Search:
    """Plans of one component, ever cheaper."""

    def __init__(
        self, generation: Generation, generated: Generated, stop: Callable[[], bool]
    ) -> None:
        self.instance: Instance = generation.instance
        self.generation = generation
        self.certificate: Certificate = generated.certificate
        self.generated = generated
        self.stop = stop
        self.timed_out = False
        self.proven = False
        i, c = self.instance, self.certificate
        self._padded = np.append(c.prices, 0)
        self.attach_reduced = (
            i.attach_cost - c.prices[i.attach_org] + c.places[i.attach_host] + i.members[i.attach_org] * c.seats[i.attach_host]
        )  # fmt: skip
        self._alone_reduced = i.alone - c.prices
        self.plan = self._greedy()
        self._chosen = -1
        """What the plan cost when columns were last chosen from the pool."""

    # -- first plans ---------------------------------------------------------------------------------------------------
    def _greedy(self) -> Plan:
        """Take the pool's columns in the order of the master's values, then of reduced cost."""
        i, master = self.instance, self.generated.master
        solution = self.generated.solution
        reduced = self.reduced(master.group, master.cost)
        x = np.zeros(len(master.cost)) if solution is None else solution.groups
        ax = np.zeros(len(master.attached)) if solution is None else solution.attached
        keys = np.concatenate([np.round(x, 6), np.round(ax, 6)])
        second = np.concatenate([reduced, self.attach_reduced[master.attached]])
        taken = np.zeros(i.n + 1, dtype=bool)
        places, seats = i.places.copy(), i.seats.copy()
        groups, attached = [], []
        for c in np.lexsort((np.arange(len(keys)), second, -keys)):
            if c < len(x):
                members = master.group[c][master.group[c] >= 0]
                if not taken[members].any():
                    taken[members] = True
                    groups.append(c)
            else:
                e = master.attached[c - len(x)]
                who, u = i.attach_org[e], i.attach_host[e]
                if not taken[who] and places[u] > 0 and seats[u] >= i.members[who]:
                    taken[who] = True
                    places[u] -= 1
                    seats[u] -= i.members[who]
                    attached.append(e)
        return self._plan(
            master.group[np.array(groups, dtype=np.int64)],
            np.array(attached, dtype=np.int64),
            np.flatnonzero(~taken[: i.n]),
        )

    def _plan(self, group: NDArray[np.int32], attached: Ints, alone: Ints) -> Plan:
        i = self.instance
        size = (group >= 0).sum(axis=1)
        cost = pricing.costs_of(i, self.generation.tables, group, size)
        total = int(cost.sum()) + int(i.attach_cost[attached].sum()) + int(i.alone[alone].sum())
        return Plan(group, attached, alone, total)

    def pool(self, nodes: int, most: int, *, again: bool = False) -> None:
        """Choose among the columns that cost least above their prices: all of them, as far as they are few, else the pool's.

        The pool's have nothing to say twice (``again`` is content without them), nor has anything where the plan is still the same.
        """
        i, master = self.instance, self.generated.master
        slack = self.plan.cost - self.certificate.bound
        if self.stop() or self.plan.cost == self._chosen:
            return
        found = self._least(slack, most)
        if found is None:
            if again:
                return
            reduced = self.reduced(master.group, master.cost)
            best = np.argsort(reduced, kind="stable")[:most]
            best = best[reduced[best] < slack]
            found = master.group[best], master.cost[best]
        none = np.zeros(0, dtype=np.int64)
        group = np.concatenate([found[0], self.plan.group])
        cost = np.concatenate([found[1], self.cost_of(self.plan.group)])
        pays = self.attach_reduced[master.attached] < slack
        attached = np.union1d(master.attached[pays], self.plan.attached)
        if len(attached) <= most:
            self._chosen = self.plan.cost
            self.solve(np.arange(i.n), group, cost, attached, group[:0], none, none, nodes)

    def _least(self, slack: int, most: int) -> tuple[NDArray[np.int32], Ints] | None:
        """Return all joint units of the least reduced costs, at most so many; ``None`` where there are too many even so.

        A plan of nothing but these is the best of all if it costs no more above its prices than what they were taken up to.
        """
        for part in PARTS:
            found = self.enumerate(
                self.generation.tables, self.generation.starts, slack // part, most
            )
            if found is not None:
                return found
        return None

    def take(self, group: NDArray[np.int32], attached: Ints, alone: Ints) -> None:
        """Take a plan if it is cheaper; every organization is in it once, which is checked."""
        i = self.instance
        times = np.bincount(group[group >= 0], minlength=i.n)
        times += np.bincount(i.attach_org[attached], minlength=i.n)
        times[alone] += 1
        host = i.attach_host[attached]
        used = np.bincount(host, minlength=len(i.places))
        people = np.bincount(
            host, weights=i.members[i.attach_org[attached]], minlength=len(i.seats)
        )
        if (times != 1).any() or (used > i.places).any() or (people > i.seats).any():
            raise AssertionError("a local search broke the plan")
        plan = self._plan(group, attached, alone)
        if plan.cost < self.plan.cost:
            self.plan = plan

    def promising(self) -> NDArray[np.int32]:
        """Return the pool's joint units that cost next to nothing above their prices, the best first."""
        master = self.generated.master
        reduced = self.reduced(master.group, master.cost)
        best = np.argsort(reduced, kind="stable")
        return np.ascontiguousarray(master.group[best[: 4 * self.instance.n]])

    # -- what windows need ------------------------------------------------------------------------------------------
    def columns_of(self) -> tuple[Ints, Ints]:
        """Return reduced costs of the plan's columns, and the column of each organization (groups, attached, alone)."""
        i, plan = self.instance, self.plan
        size = (plan.group >= 0).sum(axis=1)
        cost = pricing.costs_of(i, self.generation.tables, plan.group, size)
        reduced = np.concatenate(
            [
                self.reduced(plan.group, cost),
                self.attach_reduced[plan.attached],
                self._alone_reduced[plan.alone],
            ]
        )
        owner = np.zeros(i.n, dtype=np.int64)
        g, a = len(plan.group), len(plan.attached)
        inside = plan.group >= 0
        owner[plan.group[inside]] = np.nonzero(inside)[0]
        owner[i.attach_org[plan.attached]] = g + np.arange(a)
        owner[plan.alone] = g + a + np.arange(len(plan.alone))
        return reduced, owner

    def enumerate(
        self, t: pricing.Tables, starts: pricing.Starts, slack: int, room: int
    ) -> tuple[NDArray[np.int32], Ints] | None:
        """Return all joint units of a reduced cost up to ``slack``; ``None`` where they are more than ``room``."""
        i, c = self.instance, self.certificate
        found = pricing.search(
            t,
            pricing.cut_tables(i.n, c.triple, c.sigma),
            c.prices - i.away,
            starts,
            tol=-slack - 1,
            keep=pricing.EVERYTHING,
            once=True,
            limit=self.generation.limits.start,
            room=room,
        )
        self.generation.work += found.work
        if found.overflow or not found.complete.all():
            return None
        cost = self.cost_of(found.group)
        return found.group[cost >= 0], cost[cost >= 0]

    # -- the proof -----------------------------------------------------------------------------------------------------
    def prove(self, nodes: int) -> None:
        """Choose among all columns within the gap: the best of them is the best of all."""
        i = self.instance
        few = i.n <= exact.MOST
        room = self.generation.limits.columns if few else PROOF
        for _ in range(3 if few else 1):
            slack = self.plan.cost - self.certificate.bound
            if slack <= 0:
                self.proven = True
                return
            if self.stop():
                return
            t = self.generation.tables
            found = self.enumerate(t, self.generation.starts, slack, room)
            if found is None:
                return
            group, cost = found
            attached = np.flatnonzero(self.attach_reduced <= slack)
            if len(group) + len(attached) > room:
                return
            group = np.concatenate([group, self.plan.group])
            cost = np.concatenate([cost, self.cost_of(self.plan.group)])
            attached = np.union1d(attached, self.plan.attached)
            before = self.plan.cost
            proven = self.solve(
                np.arange(i.n), group, cost, attached, group[:0], attached[:0], attached[:0], nodes
            )
            if proven:
                self.proven = True
                return
            if self.plan.cost == before:
                return

    # -- parts ---------------------------------------------------------------------------------------------------------
    def cost_of(self, group: NDArray[np.int32]) -> Ints:
        """Return the cost of joint units."""
        size = (group >= 0).sum(axis=1)
        return pricing.costs_of(self.instance, self.generation.tables, group, size)

    def reduced(self, group: NDArray[np.int32], cost: Ints) -> Ints:
        """Return what joint units cost above their prices, cuts included."""
        c = self.certificate
        paid = self._padded[group].sum(axis=1)
        if len(c.sigma):
            from graph.formation.solver.master import overlap

            paid = paid - overlap(self.instance.n, group, c.triple) @ c.sigma
        return np.asarray(cost - paid, dtype=np.int64)

    def solve(
        self,
        open_: Ints,
        group: NDArray[np.int32],
        cost: Ints,
        attached: Ints,
        fixed: NDArray[np.int32],
        fixed_attached: Ints,
        fixed_alone: Ints,
        nodes: int,
    ) -> bool:
        """Choose for the open organizations, the rest fixed; take the plan if it is cheaper; return whether none is cheaper."""
        i = self.instance
        mask = np.zeros(i.n + 1, dtype=bool)
        mask[open_] = True
        mask[-1] = True  # the padding
        inside = mask[group].all(axis=1)
        group, cost = group[inside], cost[inside]
        attached = attached[mask[i.attach_org[attached]]]
        places = i.places - np.bincount(i.attach_host[fixed_attached], minlength=len(i.places))
        who = i.attach_org[fixed_attached]
        used = np.bincount(
            i.attach_host[fixed_attached], weights=i.members[who], minlength=len(i.seats)
        )
        seats = i.seats - used.astype(np.int64)
        columns = Columns(open_, group, cost, attached)
        if len(open_) <= exact.MOST:
            limit = min(nodes * NODES, MOST_NODES)
            if self._search(columns, places, seats, fixed, fixed_attached, fixed_alone, limit):
                return True
            if (
                len(open_) < i.n or len(group) > PROOF
            ):  # a window: elsewhere there may be more to gain
                return False
        choice = choose(
            i, self.certificate, columns, places, seats, nodes=nodes, seconds=BACKSTOP,
            start=self._start(columns, fixed, fixed_attached),
        )  # fmt: skip
        if choice is None:
            return False
        self.timed_out |= choice.timed_out
        plan = self._plan(
            np.concatenate([fixed, group[choice.groups]]),
            np.concatenate([fixed_attached, attached[choice.attached]]),
            np.sort(np.concatenate([fixed_alone, choice.alone])),
        )
        if plan.cost < self.plan.cost:
            self.plan = plan
        return choice.proven

    def _search(
        self,
        columns: Columns,
        places: Ints,
        seats: Ints,
        fixed: NDArray[np.int32],
        fixed_attached: Ints,
        fixed_alone: Ints,
        limit: int,
    ) -> bool:
        """Search the columns of few organizations for a cheaper plan; return whether all were tried."""
        i, orgs = self.instance, columns.organizations
        mask = np.zeros(i.n, dtype=bool)
        mask[orgs] = True
        outside = self._total(fixed, fixed_attached, fixed_alone)
        reduced = (
            np.maximum(self.reduced(columns.group, columns.cost), 0),
            np.maximum(self.attach_reduced[columns.attached], 0),
            np.maximum(self._alone_reduced[orgs], 0),
        )
        below = self.plan.cost - outside - int(self.certificate.prices[orgs].sum())
        found = exact.solve(
            i, self.certificate, columns, reduced, places, seats, below=below, limit=limit
        )
        if found.found:
            plan = self._plan(
                np.concatenate([fixed, columns.group[found.groups]]),
                np.concatenate([fixed_attached, columns.attached[found.attached]]),
                np.sort(np.concatenate([fixed_alone, found.alone])),
            )
            if plan.cost < self.plan.cost:
                self.plan = plan
        return found.complete

    def _total(self, group: NDArray[np.int32], attached: Ints, alone: Ints) -> int:
        i = self.instance
        return (
            int(self.cost_of(group).sum())
            + int(i.attach_cost[attached].sum())
            + int(i.alone[alone].sum())
        )

    def _start(
        self, columns: Columns, fixed: NDArray[np.int32], fixed_attached: Ints
    ) -> tuple[Ints, Ints] | None:
        """Return the present plan as positions in ``columns``, ``None`` where it does not fit with what is fixed."""
        plan = self.plan
        mask = np.zeros(self.instance.n, dtype=bool)
        mask[columns.organizations] = True
        where = {columns.group[g].tobytes(): g for g in range(len(columns.group))}
        inside = [g for g in plan.group if mask[g[0]]]
        groups = [where.get(np.ascontiguousarray(g).tobytes()) for g in inside]
        at = {int(e): k for k, e in enumerate(columns.attached)}
        of = [int(e) for e in plan.attached if mask[self.instance.attach_org[e]]]
        attached = [at.get(e) for e in of]
        if None in groups or None in attached:
            return None
        if len(inside) + len(fixed) != len(plan.group) or len(of) + len(fixed_attached) != len(
            plan.attached
        ):
            return None
        return np.array(groups, dtype=np.int64), np.array(attached, dtype=np.int64)

"""Columns of one component to choose from, and the best few choices of them (Murty, Oper. Res. 16, 1968)."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from graph.formation.questions.ground import ALONE, Column, Ground, cost_of
from graph.formation.solver import exact, pricing
from graph.formation.solver.choice import Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

NODES = 400_000
"""Nodes of one search."""
NEVER = 2**60
"""The reduced cost of an excluded column."""


class Field:
    """Columns to choose from, and the searches in them."""

    def __init__(
        self,
        g: Ground,
        group: NDArray[np.int32],
        slack: int,
        without: Column | None,
        fixed: frozenset[Column] = frozenset(),
    ) -> None:
        i, c = g.instance, g.certificate
        self.g, self.slack = g, slack
        own = g.plan - fixed
        held = {tuple(sorted(x for x in row if x >= 0)) for row in group.tolist()}
        more = [col.members for col in own if col.host == -1 and col.members not in held]
        members = sorted(held | set(more))
        self.group = np.full((len(members), g.tables.largest), -1, dtype=np.int32)
        for at, some in enumerate(members):
            self.group[at, : len(some)] = some
        size = np.array([len(some) for some in members], dtype=np.int64)
        cost = pricing.costs_of(i, g.tables, self.group, size)
        good = cost >= 0
        self.group, self.cost = self.group[good], cost[good]
        self.places, self.seats = i.places.copy(), i.seats.copy()
        closed = np.zeros(i.n, dtype=bool)
        for col in fixed:
            closed[list(col.members)] = True
            if col.host >= 0:
                self.places[col.host] -= 1
                self.seats[col.host] -= i.members[col.members[0]]
        self.open = np.flatnonzero(~closed)
        reduced = (
            i.attach_cost - c.prices[i.attach_org] + c.places[i.attach_host]
            + i.members[i.attach_org] * c.seats[i.attach_host]
        )  # fmt: skip
        mine = {(col.members[0], col.host) for col in own if col.host >= 0}
        pairs = zip(i.attach_org.tolist(), i.attach_host.tolist(), strict=True)
        taken = np.array([p in mine for p in pairs], dtype=bool)
        some = ((reduced <= slack) | taken) & ~closed[i.attach_org]
        self.attached = np.flatnonzero(some)
        self.columns: list[Column] = [
            *(Column(tuple(x for x in row if x >= 0)) for row in self.group.tolist()),
            *(
                Column((int(i.attach_org[e]),), int(i.attach_host[e]))
                for e in self.attached.tolist()
            ),
            *(Column((x,), ALONE) for x in range(i.n)),
        ]
        self.reduced = self._reduced(reduced)
        must = i.must
        for x in np.flatnonzero(must).tolist():
            self.reduced[len(self.group) + len(self.attached) + x] = NEVER
        self.at = {column: x for x, column in enumerate(self.columns)}
        self.value = np.concatenate([self.cost, i.attach_cost[self.attached], i.alone])
        self.banned = frozenset() if without is None else frozenset({self.at.get(without, -1)})

    def _reduced(self, attached: Ints) -> Ints:
        from graph.formation.solver.master import overlap

        i, c = self.g.instance, self.g.certificate
        paid = np.append(c.prices, 0)[self.group].sum(axis=1)
        if len(c.sigma):
            paid = paid - overlap(i.n, self.group, c.triple) @ c.sigma
        reduced = np.concatenate([self.cost - paid, attached[self.attached], i.alone - c.prices])
        return np.asarray(np.maximum(reduced, 0), dtype=np.int64)

    def best(self, number: int) -> list[tuple[int, frozenset[Column]]] | None:
        """Return the ``number`` best choices of these columns; ``None`` where they can't all be searched."""
        total: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        for block in self._blocks():
            if len(block) > exact.MOST:
                return None
            found = self._best_of(block, number)
            if found is None:
                return None
            sums = ((a + b, x + y) for a, x in total for b, y in found)
            total = heapq.nsmallest(number, sums)
        return [(cost, frozenset(self.columns[x] for x in some)) for cost, some in total]

    def _blocks(self) -> list[Ints]:
        """Return sets of organizations that share no column and no host with another."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        i = self.g.instance
        inside = self.group >= 0
        first = np.repeat(self.group[:, 0], inside.sum(axis=1)) if len(self.group) else np.zeros(0)
        a = np.concatenate([first, i.attach_org[self.attached]]).astype(np.int64)
        b = np.concatenate(
            [self.group[inside], i.n + i.attach_host[self.attached].astype(np.int64)]
        ).astype(np.int64)
        size = i.n + len(i.places)
        graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        own = label[self.open]
        order = np.argsort(own, kind="stable")
        cuts = np.flatnonzero(np.diff(own[order])) + 1
        return [np.sort(self.open[part]) for part in np.split(order, cuts)] if len(own) else []

    def _best_of(self, block: Ints, number: int) -> list[tuple[int, tuple[int, ...]]] | None:
        """Return the best choices within one block: fix some columns of a plan, exclude the next, and so on."""
        mask = np.zeros(self.g.instance.n + 1, dtype=bool)
        mask[block] = True
        mask[-1] = True  # the padding
        groups = np.flatnonzero(mask[self.group].all(axis=1))
        attached = np.flatnonzero(mask[self.g.instance.attach_org[self.attached]])
        first = self._cheapest(block, groups, attached, (), self.banned)
        if first is None:
            return None
        out: list[tuple[int, tuple[int, ...]]] = []
        heap: list[tuple[int, tuple[int, ...], tuple[int, ...], frozenset[int]]] = []
        if first[0] >= 0:
            heap.append((*first, (), self.banned))
        while heap and len(out) < number:
            cost, plan, fixed, banned = heapq.heappop(heap)
            out.append((cost, plan))
            if len(out) == number:
                break
            for x in (x for x in plan if x not in fixed):
                child = banned | {x}
                found = self._cheapest(block, groups, attached, fixed, child)
                if found is None:
                    return None
                if found[0] >= 0:
                    heapq.heappush(heap, (*found, fixed, child))
                fixed = (*fixed, x)
        return out

    def _cheapest(
        self,
        block: Ints,
        groups: Ints,
        attached: Ints,
        fixed: tuple[int, ...],
        banned: frozenset[int],
    ) -> tuple[int, tuple[int, ...]] | None:
        """Return (cost, columns) of the cheapest plan of a block, (−1, ()) where there is none, ``None`` where steps ran out."""
        i = self.g.instance
        shut = np.zeros(i.n + 1, dtype=bool)
        places, seats = self.places.copy(), self.seats.copy()
        for x in fixed:
            column = self.columns[x]
            shut[list(column.members)] = True
            if column.host >= 0:
                places[column.host] -= 1
                seats[column.host] -= i.members[column.members[0]]
        orgs, inside = block[~shut[block]], set(block.tolist())
        paid = int(self.value[list(fixed)].sum())
        if not len(orgs):
            return paid, tuple(sorted(fixed))
        g = len(self.group)
        groups = groups[~shut[self.group[groups]].any(axis=1)]
        attached = attached[~shut[i.attach_org[self.attached[attached]]]]
        at = (groups, g + attached, g + len(self.attached) + orgs)
        reduced = []
        for some in at:
            values = self.reduced[some].copy()
            values[np.isin(some, list(banned))] = NEVER
            reduced.append(values)
        columns = Columns(orgs, self.group[groups], self.cost[groups], self.attached[attached])
        # a plan within the slack costs no more in any block than the present one and the slack there
        own = sum(cost_of(i, self.g.tables, c) for c in self.g.plan if c.members[0] in inside)
        below = own + self.slack + 1 - paid - int(self.g.certificate.prices[orgs].sum())
        found = exact.solve(
            i, self.g.certificate, columns, (reduced[0], reduced[1], reduced[2]), places, seats,
            below=below, limit=NODES,
        )  # fmt: skip
        if not found.complete:
            return None
        if not found.found:
            return -1, ()
        picked = [
            *at[0][found.groups].tolist(),
            *at[1][found.attached].tolist(),
            *(g + len(self.attached) + found.alone).tolist(),
        ]
        return paid + int(self.value[picked].sum()), tuple(sorted((*fixed, *picked)))

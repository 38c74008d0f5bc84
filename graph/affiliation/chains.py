"""The forest of formal subordination as columns: roots, cycles, who lies on whose chain (AUDIT, *The graph of affiliation*).

:meth:`graph.store.base.Store.chain` answers for one entity; this module answers for all units at once. Nothing here walks
node by node in Python or recurses: chains may be thousands deep and a unit may have a hundred thousand subordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

COMMITTEES = ("党委", "工委")
"""Types of unit that head others: a root, and the committee of a street, zone or district, is one of these."""


@dataclass(frozen=True, eq=False)
class Forest:
    """All units and the formal links between them at one date.

    Build it with :meth:`of`. Nodes are numbered: the units that a row defines first, in the order of ``units``, then those
    that are only referred to (*missing*), by code. "Above" means reachable over one formal link or more, all superiors
    followed; every unit is taken to lie on its own chain.

    Attributes
    ----------
    ids : numpy.ndarray of object, shape (nodes,)
        Codes.
    defined : int
        How many of the nodes a row defines (they come first).
    lower, upper : numpy.ndarray of int64, shape (links,)
        Node numbers of subordinate and superior, distinct pairs, by (lower, upper); a unit's link to itself is kept.
    """

    ids: NDArray[Any]
    defined: int
    lower: Ints
    upper: Ints

    @classmethod
    def of(cls, units: Iterable[str], links: pd.DataFrame) -> Forest:
        """Return the forest of units and the links between them.

        Parameters
        ----------
        units : iterable of str
            Codes that rows define, distinct.
        links : pandas.DataFrame
            ``source`` (subordinate) and ``target`` (superior): the store's edges of kind ``SUBORDINATE_TO``.
        """
        known = pd.Index(np.asarray(list(units), dtype=object))
        source = links["source"].to_numpy(dtype=object)
        target = links["target"].to_numpy(dtype=object)
        named = pd.Index(np.unique(np.concatenate([source, target]).astype(object)))
        index = known.append(named.difference(known))
        pairs = np.unique(
            np.stack([index.get_indexer(pd.Index(source)), index.get_indexer(pd.Index(target))]),
            axis=1,
        ).astype(np.int64)
        return cls(index.to_numpy(dtype=object), len(known), pairs[0], pairs[1])

    @property
    def size(self) -> int:
        """Return how many nodes there are, missing ones included."""
        return len(self.ids)

    @cached_property
    def index(self) -> pd.Index[Any]:
        """Return the codes as an index: ``forest.index.get_indexer(codes)`` numbers them (-1: no node)."""
        index: pd.Index[Any] = pd.Index(self.ids, dtype=object)
        return index

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.ids.tolist())}

    def number(self, code: str) -> int:
        """Return the number of the node with this code; ``KeyError`` where there is none."""
        return self._numbers[code]

    @cached_property
    def superiors(self) -> Ints:
        """Return each node's number of formal superiors (dangling ones and itself counted)."""
        return np.bincount(self.lower, minlength=self.size).astype(np.int64)

    @cached_property
    def itself(self) -> Bools:
        """Return which nodes are their own superior."""
        mask = np.zeros(self.size, dtype=bool)
        mask[self.lower[self.lower == self.upper]] = True
        return mask

    @cached_property
    def first_superior(self) -> Ints:
        """Return each node's only or least superior other than itself, -1 where it has none."""
        found = np.full(self.size, -1, dtype=np.int64)
        other = np.flatnonzero(self.lower != self.upper)[::-1]
        found[self.lower[other]] = self.upper[other]
        return found

    # -- reaching --------------------------------------------------------------------------------------------------
    @cached_property
    def _down(self) -> Any:
        """Return the links from superior to subordinate as a sparse matrix."""
        return self._matrix(self.upper, self.lower)

    def _matrix(self, rows: Ints, columns: Ints, size: int | None = None) -> Any:
        from scipy.sparse import csr_array

        size = self.size if size is None else size
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))

    def below(self, node: int, *, barred: Bools | None = None) -> Ints:
        """Return the nodes whose chain passes a node, that node included.

        Parameters
        ----------
        node : int
            The node's number.
        barred : numpy.ndarray of bool, shape (nodes,), optional
            Nodes that a chain may not pass on its way up (they may not be its beginning either).
        """
        from scipy.sparse.csgraph import breadth_first_order

        matrix = self._down if barred is None else self._without(barred, node)
        order = breadth_first_order(matrix, node, directed=True, return_predecessors=False)
        return np.asarray(order, dtype=np.int64)

    def _without(self, barred: Bools, kept: int) -> Any:
        open_ = ~barred
        open_[kept] = True
        pick = open_[self.lower] & open_[self.upper]
        return self._matrix(self.upper[pick], self.lower[pick])

    def toward(self, goals: Bools, barred: Bools | None = None) -> tuple[Bools, Ints]:
        """Return which nodes reach one of the goals, and over which superior they reach the nearest.

        Parameters
        ----------
        goals : numpy.ndarray of bool, shape (nodes,)
            Goals reach themselves.
        barred : numpy.ndarray of bool, shape (nodes,), optional
            Nodes that no way may pass or begin at.

        Returns
        -------
        reached : numpy.ndarray of bool, shape (nodes,)
        step : numpy.ndarray of int64, shape (nodes,)
            The next node on a shortest way to a goal; -1 for goals and for nodes that reach none.
        """
        from scipy.sparse.csgraph import breadth_first_order

        start = self.size  # one more node, above all goals
        goal = np.flatnonzero(goals)
        lower, upper = self.lower, self.upper
        if barred is not None:
            open_ = ~(barred[lower] | barred[upper])
            lower, upper = lower[open_], upper[open_]
        matrix = self._matrix(
            np.concatenate([upper, np.full(len(goal), start)]),
            np.concatenate([lower, goal]),
            self.size + 1,
        )
        order, before = breadth_first_order(matrix, start, directed=True, return_predecessors=True)
        reached = np.zeros(self.size, dtype=bool)
        reached[order[1:]] = True
        step = before[: self.size].astype(np.int64)
        step[(step == start) | ~reached] = -1
        return reached, step

    def way(self, node: int, step: Ints, most: int) -> list[int]:
        """Return the nodes from one node along ``step`` (see :meth:`toward`), at most ``most`` of them."""
        found = [node]
        while len(found) < most and (node := int(step[node])) >= 0:
            found.append(node)
        return found

    def pairs_above(self, heads: Ints) -> tuple[Ints, Ints]:
        """Return all pairs (node, head) where the head lies on the node's chain, heads on their own included.

        Costs one sweep over the subtree of each head: meant for committees, of which a chain passes a handful.
        """
        below = [self.below(int(head)) for head in heads]
        nodes = np.concatenate(below) if below else np.empty(0, dtype=np.int64)
        return nodes, np.repeat(heads, [len(part) for part in below]).astype(np.int64)

    # -- cycles and ends --------------------------------------------------------------------------------------------
    @cached_property
    def component(self) -> Ints:
        """Return each node's strongly connected component, numbered from 0."""
        from scipy.sparse.csgraph import connected_components

        return np.asarray(
            connected_components(self._down, directed=True, connection="strong")[1], dtype=np.int64
        )

    @cached_property
    def in_cycle(self) -> Bools:
        """Return which nodes lie in a cycle of two units or more."""
        return np.asarray(np.bincount(self.component, minlength=1)[self.component] >= 2, dtype=bool)

    @cached_property
    def ends(self) -> Bools:
        """Return the nodes from which formal subordination leads no further up."""
        return np.asarray(self.superiors == 0, dtype=bool)

    # -- roots ------------------------------------------------------------------------------------------------------
    def roots(
        self,
        *,
        named: Sequence[str],
        names: Sequence[str | None],
        types: Sequence[str | None],
        live: Bools,
        districts: Sequence[str | None],
    ) -> Ints:
        """Return the roots of the city (AUDIT).

        A root is a unit that the profile names, or the *only* unit of type 党委 or 工委 without a superior that has subordinates
        in more than one district. Read literally: subordinates are a unit's direct ones; only where no unit qualifies by
        those are subordinates at any depth taken. A unit whose superior dangles, or that is its own, has a superior.

        Parameters
        ----------
        named : sequence of str
            Codes or names from the profile.
        names, types, districts : sequences over the defined units
            ``None`` where unknown; a unit lies in the district of its row, else of its street.
        live : numpy.ndarray of bool, shape (defined,)
            Undissolved units; others are neither roots nor counted subordinates.

        Returns
        -------
        numpy.ndarray of int64
            Node numbers, ascending; empty where there is no root.
        """
        n = self.defined
        wanted = pd.Index(list(named), dtype=object)
        by_code = self.index[:n].isin(wanted)
        by_name = pd.Index(np.asarray(list(names), dtype=object)).isin(wanted)
        chosen = (by_code | by_name) & live
        committee = np.isin(np.asarray([t or "" for t in types], dtype=str), COMMITTEES)
        candidate = committee & live & (self.superiors[:n] == 0)
        code, _ = pd.factorize(np.asarray(list(districts), dtype=object))
        counted = np.full(self.size, -1, dtype=np.int64)
        counted[:n] = np.where(live, code, -1)

        spread = self._districts_directly_below(counted)[:n]
        qualified = np.flatnonzero(candidate & (spread >= 2))
        if not len(qualified):
            deep = (
                int(head)
                for head in np.flatnonzero(candidate)
                if self._districts_below(int(head), counted) >= 2
            )
            qualified = np.fromiter(deep, dtype=np.int64)
        if len(qualified) == 1:
            chosen[qualified] = True
        return np.flatnonzero(chosen).astype(np.int64)

    def _districts_directly_below(self, districts: Ints) -> Ints:
        pick = (districts[self.lower] >= 0) & (self.lower != self.upper)
        seen = np.unique(np.stack([self.upper[pick], districts[self.lower[pick]]]), axis=1)
        return np.bincount(seen[0], minlength=self.size).astype(np.int64)

    def _districts_below(self, head: int, districts: Ints) -> int:
        below = self.below(head)
        found = np.unique(districts[below[below != head]])
        return int((found >= 0).sum())

"""Is there a feasible joint unit that costs less than its prices? Every method, every size, every set that decisions make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graph.formation.verify.search import find_from, find_violations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.verify.decisions import Decisions
    from graph.formation.verify.ledger_unit import Desk

    Ints = NDArray[np.int64]

BATCH = 16
"""Groups that a search hands over at a time to be confirmed; the first is enough."""


class Undercut(NamedTuple):
    """A joint unit whose prices (less the cuts') exceed its cost, both in 1e-6."""

    organizations: tuple[str, ...]
    worth: int
    cost: int


class Context(NamedTuple):
    """Organizations among which a method joins any (or any that a mask allows): every group of it lies in one such."""

    method: str
    mask: NDArray[np.uint8] | None
    universe: Ints


@dataclass
class _Cuts:
    """Subset-row cuts as arrays: triples, prices, and by organization the cuts that it is in (compressed rows)."""

    triples: Ints
    prices: Ints
    start: Ints
    of: Ints

    @classmethod
    def build(
        cls, cuts: Sequence[tuple[tuple[str, ...], int]], position: Mapping[str, int]
    ) -> _Cuts:
        priced = [(t, v) for t, v in cuts if v > 0]
        triples = np.array([[position[c] for c in t] for t, _ in priced], dtype=np.int64)
        triples = triples.reshape(-1, 3)
        owner = np.repeat(np.arange(len(priced), dtype=np.int64), 3)
        start, of = _rows(triples.ravel(), owner, len(position))
        return cls(triples, np.array([v for _, v in priced], dtype=np.int64), start, of)


def undercut(
    desk: Desk,
    prices: Mapping[str, int],
    cuts: Sequence[tuple[tuple[str, ...], int]],
    decisions: Decisions,
) -> tuple[Undercut | None, int]:
    """Search all feasible joint units for one that costs less than its prices.

    Parameters
    ----------
    desk : Desk
    prices : mapping
        p in 1e-6 of the organizations that are not settled; others are in no joint unit.
    cuts : sequence of (three organizations, σ in 1e-6)
    decisions : Decisions

    Returns
    -------
    Undercut or None, int
        The first found, ``None`` where there is none at all; and how many search nodes that took.
    """
    search = Search(desk, prices, cuts, decisions)
    for context in contexts(desk, search.mask):
        hit = search.run(context)
        if hit is not None:
            return hit, search.visited
    return None, search.visited


class Search:
    """Prices, cuts and decisions of a ledger unit, laid out for the search; ``visited`` counts its nodes."""

    def __init__(
        self,
        desk: Desk,
        prices: Mapping[str, int],
        cuts: Sequence[tuple[tuple[str, ...], int]],
        decisions: Decisions,
    ) -> None:
        self.desk, self.decisions, self.prices, self.stated_cuts = desk, decisions, prices, cuts
        self.visited = 0
        self._starts_of: tuple[Context, tuple[Ints, Ints, Ints]] | None = None
        small = desk.small
        self.full = np.array([prices.get(c, 0) for c in small], dtype=np.int64)
        self.free = np.array(
            [c in prices and c not in decisions.host_of for c in small], dtype=bool
        )
        # in a joint unit without all its former companions an organization is moved: it has to be cheaper by that
        away = np.array([decisions.moves((c,), None) for c in small], dtype=np.int64)
        self.reduced = self.full - away
        self.single = self.free.copy()
        for c in decisions.blocks.keys() & desk.position.keys():
            if len(decisions.blocks[c]) > 1:
                self.single[desk.position[c]] = False
        self.bundles = self._bundles()
        self.cuts = _Cuts.build(cuts, desk.position)
        self.mask, self.ban_start, self.ban_member = self._bans()

    def _bundles(self) -> list[frozenset[int]]:
        """Return the sets that are worth more whole than by their members: pinned ones, and former units of two and more."""
        d = self.decisions
        sets = {b for b in d.blocks.values() if len(b) > 1}
        sets |= {b for b in d.companions.values() if len(b) > 1}
        out = set()
        for one in sets:
            whole = set(one)
            while (grown := whole.union(*(d.blocks.get(c, frozenset()) for c in whole))) != whole:
                whole = set(grown)
            at = [self.desk.position.get(c) for c in whole]
            inside = frozenset(x for x in at if x is not None and self.free[x])
            if len(inside) == len(whole) <= self.desk.formation.max_organizations:
                out.add(inside)
        return sorted(out, key=sorted)

    def _bans(self) -> tuple[NDArray[np.uint8] | None, Ints, Ints]:
        """Return forbidden pairs as a mask of pairs allowed (``None``: all), larger sets as compressed rows."""
        position = self.desk.position
        sets = [[position[c] for c in ban] for ban in self.decisions.bans if ban <= position.keys()]
        mask = None
        for pair in (s for s in sets if len(s) == 2):
            if mask is None:
                mask = np.ones(self.desk.d.shape, dtype=np.uint8)
            mask[pair[0], pair[1]] = mask[pair[1], pair[0]] = 0
        for one in (s for s in sets if len(s) == 1):
            self.free[one] = self.single[one] = False
        large = [s for s in sets if len(s) > 2]
        start = np.cumsum([0, *(len(s) for s in large)]).astype(np.int64)
        return mask, start, np.array([x for s in large for x in s], dtype=np.int64)

    def run(self, context: Context) -> Undercut | None:
        """Return a group of one context that undercuts, ``None`` where there is none."""
        for k in range(2, self.desk.formation.max_organizations + 1):
            limit = BATCH
            while True:
                groups = self.groups(context, k, limit)
                for group in groups:
                    hit = self._confirm(group)
                    if hit is not None:
                        return hit
                if len(groups) < limit:
                    break
                limit *= 8
        return None

    def groups(self, context: Context, k: int, limit: int, slack: int = 0) -> list[list[int]]:
        """Return groups of size ``k`` (positions) whose prices exceed their cost in a context less ``slack``.

        All of them where they are fewer than ``limit``.
        """
        desk = self.desk
        f = desk.formation
        mask = context.mask if context.mask is not None else np.zeros((1, 1), dtype=np.uint8)
        arguments = (
            desk.d, mask, context.mask is not None, context.universe[self.single[context.universe]],
            self.reduced, desk.m, f.min_members, f.max_members,
            desk.surcharge(context.method), desk.new_unit - slack, k,
            self.cuts.start, self.cuts.of, self.cuts.triples, self.cuts.prices,
            self.ban_start, self.ban_member, limit,
        )  # fmt: skip
        found, visited = find_violations(*arguments)
        self.visited += int(visited)
        groups: list[list[int]] = found.tolist()
        if self.bundles:
            start, member, worth = self._starts(context)
            found, visited = find_from(start, member, worth, *arguments)
            self.visited += int(visited)
            groups += found.tolist()
        return groups

    def _starts(self, context: Context) -> tuple[Ints, Ints, Ints]:
        """Return every union of bundles that may be together in a context: compressed rows, Σ p over each."""
        if self._starts_of is not None and self._starts_of[0] is context:
            return self._starts_of[1]  # the same for every size
        inside = set(context.universe.tolist())
        here = [b for b in self.bundles if b <= inside and self._together(b, context)]
        unions: dict[frozenset[int], None] = {}

        def grow(whole: frozenset[int], after: int) -> None:
            for x in range(after, len(here)):
                grown = whole | here[x]
                if len(grown) > self.desk.formation.max_organizations or grown in unions:
                    continue
                if whole and not self._together(grown, context):
                    continue
                unions[grown] = None
                grow(grown, x + 1)

        grow(frozenset(), 0)
        rows = [sorted(u) for u in unions]
        start = np.cumsum([0, *(len(r) for r in rows)]).astype(np.int64)
        member = np.array([x for r in rows for x in r], dtype=np.int64)
        worth = np.array([self._worth(r) for r in rows], dtype=np.int64)
        self._starts_of = (context, (start, member, worth))
        return self._starts_of[1]

    def _together(self, some: frozenset[int], context: Context) -> bool:
        return context.mask is None or all(context.mask[a, b] for a, b in combinations(some, 2))

    def _worth(self, some: Sequence[int]) -> int:
        """Return Σ p over a set less what moving costs in it."""
        codes = [self.desk.small[x] for x in some]
        return int(self.full[list(some)].sum()) - self.decisions.moves(codes, None)

    def _confirm(self, group: Sequence[int]) -> Undercut | None:
        """Return a group found if it is feasible in every respect and does undercut."""
        column = self.column([self.desk.small[x] for x in group])
        return column if column is not None and column.worth > column.cost else None

    def column(self, who: Sequence[str]) -> Undercut | None:
        """Return what a joint unit costs and is worth by the plain reading, ``None`` where it is not feasible."""
        f = self.desk.formation
        if not f.min_members <= self.desk.members(who) <= f.max_members:
            return None
        cost = self.desk.cost(who)
        if cost is None or self.decisions.broken(who, None):
            return None
        cost += self.decisions.moves(who, None)
        held = set(who)
        worth = sum(self.prices[c] for c in who)
        worth -= sum(v * (len(held & set(t)) // 2) for t, v in self.stated_cuts)
        return Undercut(tuple(sorted(who)), worth, cost)


def contexts(desk: Desk, allowed: NDArray[np.uint8] | None) -> Iterator[Context]:
    """Yield every context of every method; ``allowed`` is the mask of pairs that no decision forbids."""
    for method, mask in (("sector_and_area", desk.fits), ("trade", desk.division)):
        both = mask if allowed is None else mask & allowed
        for part in _components(both):
            yield Context(method, both, part)
    for shared in desk.shared:
        yield Context(shared.method, allowed, shared.members)


def _components(mask: NDArray[np.uint8]) -> list[Ints]:
    """Return the connected components of two and more of a pair relation."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not len(mask):
        return []
    _, label = connected_components(csr_array(mask), directed=False)
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [part.astype(np.int64) for part in np.split(order, cuts) if len(part) > 1]


def _rows(who: Ints, which: Ints, n: int) -> tuple[Ints, Ints]:
    """Return compressed rows of (who, which)."""
    start = np.zeros(n + 1, dtype=np.int64)
    np.add.at(start, who + 1, 1)
    return np.cumsum(start), which[np.argsort(who, kind="stable")]

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from graph.formation.verify.search import find_from, find_violations


class Problem:
    """A random context: dissimilarities, allowed pairs, prices, cuts, member limits and forbidden sets."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.n = n = int(rng.integers(4, 11))
        d = rng.integers(0, 1000, (n, n)).astype(np.int32)
        self.d = (d + d.T) // 2
        np.fill_diagonal(self.d, 0)
        self.mask = (rng.random((n, n)) < 0.7).astype(np.uint8)
        self.mask &= self.mask.T
        self.masked = bool(rng.random() < 0.5)
        self.prices = rng.integers(0, 900, n).astype(np.int64)
        self.members = rng.integers(1, 4, n).astype(np.int64)
        self.least, self.most = int(rng.integers(2, 8)), int(rng.integers(5, 16))
        number = int(rng.integers(0, 6))
        cuts = np.array([rng.choice(n, 3, replace=False) for _ in range(number)], dtype=np.int64)
        self.cuts = cuts.reshape(-1, 3)
        self.cut_prices = rng.integers(0, 300, number).astype(np.int64)
        self.bans = [rng.choice(n, 3, replace=False) for _ in range(int(rng.integers(0, 3)))]
        self.start = rng.choice(n, int(rng.integers(2, 4)), replace=False).astype(np.int64)
        self.surcharge, self.unit_cost = 50, int(rng.integers(-100, 300))

    def arguments(self, k: int, universe: Any) -> tuple[Any, ...]:
        """Return what the searches take."""
        start = np.zeros(self.n + 1, dtype=np.int64)
        np.add.at(start, self.cuts.ravel() + 1, 1)
        owner = np.repeat(np.arange(len(self.cuts)), 3)
        rows = owner[np.argsort(self.cuts.ravel(), kind="stable")].astype(np.int64)
        ban_start = np.arange(0, 3 * len(self.bans) + 1, 3, dtype=np.int64)
        ban_member = np.array([x for ban in self.bans for x in ban], dtype=np.int64)
        return (
            self.d, self.mask, self.masked, universe, self.prices, self.members, self.least, self.most, self.surcharge,
            self.unit_cost, k, np.cumsum(start), rows, self.cuts, self.cut_prices, ban_start, ban_member, 100_000,
        )  # fmt: skip

    def breaks(self, g: tuple[int, ...]) -> bool:
        """Return whether a group is allowed and worth more than it costs."""
        k, pairs = len(g), list(combinations(g, 2))
        if self.masked and not all(self.mask[a, b] for a, b in pairs):
            return False
        if not self.least <= sum(int(self.members[i]) for i in g) <= self.most:
            return False
        if any(set(ban.tolist()) <= set(g) for ban in self.bans):
            return False
        cost = 2 * sum(int(self.d[a, b]) for a, b in pairs) // (k - 1) + k * self.surcharge
        worth = sum(int(self.prices[i]) for i in g)
        worth -= sum(
            int(p) * (len({*c.tolist()} & set(g)) // 2)
            for c, p in zip(self.cuts, self.cut_prices, strict=True)
        )
        return worth > cost + self.unit_cost


@pytest.mark.parametrize("seed", range(40))
def test_search_is_complete(seed: int) -> None:
    """The bounded search finds exactly the groups that an enumeration of all groups finds, each once."""
    problem = Problem(seed)
    for k in range(2, 6):
        found, _ = find_violations(*problem.arguments(k, np.arange(problem.n)))
        expected = {g for g in combinations(range(problem.n), k) if problem.breaks(g)}
        assert {tuple(sorted(g)) for g in found.tolist()} == expected
        assert len(found) == len(expected)


@pytest.mark.parametrize("seed", range(40))
def test_search_from_a_set_is_complete(seed: int) -> None:
    """From a set that stays together, the search finds exactly the groups that hold all of it."""
    problem = Problem(seed)
    start = tuple(sorted(problem.start.tolist()))
    if problem.masked and not all(problem.mask[a, b] for a, b in combinations(start, 2)):
        problem.masked = False
    worth = np.array([problem.prices[problem.start].sum()], dtype=np.int64)
    rows = np.array([0, len(start)], dtype=np.int64)
    for k in range(len(start), 6):
        arguments = problem.arguments(k, np.arange(problem.n))
        found, _ = find_from(rows, problem.start, worth, *arguments)
        expected = {
            g
            for g in combinations(range(problem.n), k)
            if set(start) <= set(g) and problem.breaks(g)
        }
        assert {tuple(sorted(g)) for g in found.tolist()} == expected
        assert len(found) == len(expected)

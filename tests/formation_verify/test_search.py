from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from graph.formation.verify.search import find_violations


@pytest.mark.parametrize("seed", range(40))
def test_search_is_complete(seed: int) -> None:
    """The bounded search finds exactly the groups that an enumeration of all groups finds."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 11))
    d = rng.integers(0, 1000, (n, n)).astype(np.int32)
    d = (d + d.T) // 2
    np.fill_diagonal(d, 0)
    mask = (rng.random((n, n)) < 0.7).astype(np.uint8)
    mask &= mask.T
    masked = bool(rng.random() < 0.5)
    prices = rng.integers(0, 900, n).astype(np.int64)
    number = int(rng.integers(0, 6))
    cuts = np.array([rng.choice(n, 3, replace=False) for _ in range(number)], dtype=np.int64)
    cuts = cuts.reshape(-1, 3)
    cut_prices = rng.integers(0, 300, number).astype(np.int64)
    start = np.zeros(n + 1, dtype=np.int64)
    np.add.at(start, cuts.ravel() + 1, 1)
    rows = np.repeat(np.arange(number), 3)[np.argsort(cuts.ravel(), kind="stable")].astype(np.int64)
    surcharge, unit_cost = 50, 200
    for k in range(2, 6):
        found, _ = find_violations(
            d, mask, masked, np.arange(n), prices, surcharge, unit_cost, k,
            np.cumsum(start), rows, cuts, cut_prices, 100_000,
        )  # fmt: skip
        expected = set()
        for g in combinations(range(n), k):
            pairs = list(combinations(g, 2))
            if masked and not all(mask[a, b] for a, b in pairs):
                continue
            cost = 2 * sum(int(d[a, b]) for a, b in pairs) // (k - 1) + k * surcharge + unit_cost
            worth = sum(int(prices[i]) for i in g)
            worth -= sum(
                int(p) * (len({*c.tolist()} & set(g)) // 2)
                for c, p in zip(cuts, cut_prices, strict=True)
            )
            if worth > cost:
                expected.add(g)
        assert {tuple(sorted(g)) for g in found.tolist()} == expected
        assert len(found) == len(expected)

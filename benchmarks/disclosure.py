"""How long it takes to decide what of a city's counts may be published, and how much of them stays out.

An invented city of 15 districts, 240 streets, zones and departments, at 24 dates between which a hundredth of the organizations
moves or changes. Printed of each size: seconds for all dates; of the first date, the share of counts that are small, of those left
out beside them (by the public's eyes alone, and by those of every area's own office), and what of the organizations these hold;
of the last, how many figures are of the date itself and how far the others are from the count.

The peer is what suppresses the small counts alone: a lower bound of what must stay out, which protects nothing.
"""

from __future__ import annotations

import argparse
import time
from typing import Any
from unittest import mock

import numpy as np

from benchmarks._machine import header
from graph.disclosure import publishing
from graph.disclosure.cells import Cells
from graph.disclosure.publishing import Published, published
from graph.disclosure.suppression import suppress

DISTRICTS, STREETS, DEPARTMENTS = 15, 240, 30
CATEGORIES = (
    "organizations", "in_base", "outside_base", "covered", "uncovered",
    "separate", "joint", "work_coverage", "action_covered", "excluded", "outside", "unknown",
    "own_unit", "joint_unit", "none_due", "none_few", "none_zero", "none_unknown",
)  # fmt: skip
SORTS = (
    (0, 1, 3, 8, 12), (0, 1, 3, 8, 13), (0, 1, 4, 5, 14), (0, 1, 4, 6, 15), (0, 1, 4, 7, 16), (0, 2, 9),
    (0, 2, 10), (0, 1, 3, 11, 12), (0, 1, 4, 11, 17), (0, 1, 4, 11, 14), (0, 1, 4, 8, 15), (0, 2, 11),
)  # fmt: skip
SHARES = np.array([0.15, 0.25, 0.02, 0.20, 0.15, 0.10, 0.08, 0.01, 0.005, 0.005, 0.01, 0.02])
K = 5


def city(organizations: int, dates: int, seed: int) -> Cells:
    """Return the counts of an invented city."""
    rng = np.random.default_rng(seed)
    areas = ["city", *(f"district {d}" for d in range(DISTRICTS))]
    streets = len(areas)
    areas += [f"street {s}" for s in range(STREETS)]
    zones = len(areas)
    areas += [f"zone {d}" for d in range(DISTRICTS)]
    departments = len(areas)
    areas += [f"dept {d}" for d in range(DEPARTMENTS)]
    weights: dict[tuple[int, ...], float] = {}
    for s in range(STREETS):
        size = rng.lognormal(0, 0.8)
        base = (0, 1 + s % DISTRICTS, streets + s)
        weights[base] = 0.9 * size
        if rng.random() < 0.2:
            weights[(*base, zones + s % DISTRICTS)] = 0.2 * size
        for d in rng.integers(DEPARTMENTS, size=2):
            weights[(*base, departments + int(d))] = 0.01 * size
    share = np.outer(list(weights.values()), SHARES).ravel()
    share /= share.sum()
    now = rng.multinomial(organizations, share).astype(np.int64)
    counts = []
    for _ in range(dates):
        counts.append(now.reshape(len(weights), len(SORTS)))
        gone = np.minimum(rng.multinomial(organizations // 100, now / now.sum()), now)
        now = now - gone + rng.multinomial(gone.sum(), share)
    return Cells(
        tuple(areas), CATEGORIES, tuple(range(1, dates + 1)), tuple(weights), SORTS, np.array(counts)
    )  # fmt: skip


def public_only(candidates: Any, secrets: Any, knowers: Any, width: int) -> Any:
    """Suppress as if nobody knew the counts of an area of his own."""
    return suppress(candidates, secrets, knowers[:1], width)


def left_out(seen: Published) -> str:
    """Return what the first date has left out, in words."""
    values, out = seen.cells.values[0], seen.since[0] < 0
    beside = out & (values >= K)
    streets = slice(1 + DISTRICTS, 1 + DISTRICTS + STREETS)
    weight = values[streets][beside[streets]].sum() / values[streets].sum()
    share = beside.sum() / (values >= K).sum()
    return (
        f"{out.mean():.1%} of all counts, {share:.1%} of those of {K} and more, "
        f"with {weight:.1%} of what streets' counts hold"
    )


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--organizations", type=int, nargs="+", default=[20_000, 100_000, 1_000_000]
    )
    parser.add_argument("--dates", type=int, default=24)
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    header("What of a city's counts may be published", ["numpy", "numba", "scipy"])
    published(city(2_000, 2, 1), K)  # compiled
    for size in options.organizations:
        cells = city(size, options.dates, options.seed)
        begun = time.perf_counter()
        seen = published(cells, K)
        took = time.perf_counter() - begun
        with mock.patch.object(publishing, "suppress", public_only):
            public = published(city(size, 1, options.seed), K)
        values = cells.values
        small = (values[0] > 0) & (values[0] < K)
        print(
            f"\n{size:,} organizations, {values[0].size:,} counts at {options.dates} dates: {took:.1f} s"
        )
        print(f"  small: {small.mean():.1%} of all counts (what the peer leaves out)")
        print(f"  left out at the first date, by the public's eyes: {left_out(public)}")
        print(f"  left out at the first date, by every office's:     {left_out(seen)}")
        told = seen.since[-1] >= 0
        off = np.abs(seen.value[-1] - values[-1])[told] / np.maximum(values[-1][told], 1)
        same = (seen.value[-1] == values[-1])[told].mean()
        print(
            f"  at the last date: {told.mean():.1%} of all counts have a figure; of these {same:.1%} are the date's own, "
            f"the others off by {np.median(off[off > 0]):.1%} in the middle, {np.quantile(off[off > 0], 0.95):.1%} at 95 %"
        )


if __name__ == "__main__":
    main()

"""What somebody works out from published figures: by their kernel and by bounds, sharing no code with what publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from graph.disclosure.cells import Cells
from graph.disclosure.publishing import Published

Row = list[int]
Finest = tuple[int, int]


@dataclass
class System:
    """What is known of one date: sums of the finest counts (place and sort), and single ones of those."""

    finest: list[Finest]
    rows: list[Row]
    sums: list[int]
    truth: list[int]

    @classmethod
    def of(cls, seen: Published, at: int, insider: int | None = None) -> System:
        """Take all figures of this very date, and, for one who works in an area, its own counts."""
        cells = seen.cells
        finest = [
            (p, s) for p in range(len(cells.place_areas)) for s in range(len(cells.sort_categories))
        ]
        made = cls(finest, [], [], [int(cells.counts[at, p, s]) for p, s in finest])
        for a in range(len(cells.areas)):
            for c in range(len(cells.categories)):
                if seen.since[at, a, c] == at:
                    made.know(made.row(cells, a, c), int(seen.value[at, a, c]))
        if insider is not None:
            for n, (p, s) in enumerate(finest):
                if insider in cells.place_areas[p]:
                    made.know(
                        [int(m == n) for m in range(len(finest))], int(cells.counts[at, p, s])
                    )
        return made

    def row(self, cells: Cells, area: int, category: int, without: int | None = None) -> Row:
        """Return which of the finest counts a cell is the sum of; ``without`` what lies in an area."""
        return [
            int(
                area in cells.place_areas[p]
                and category in cells.sort_categories[s]
                and (without is None or without not in cells.place_areas[p])
            )
            for p, s in self.finest
        ]

    def know(self, row: Row, total: int) -> None:
        """Add an equation."""
        self.rows.append(row)
        self.sums.append(total)

    def interval(self, row: Row) -> tuple[float, float]:
        """Return the least and the greatest that a sum can be, counts being no negative numbers."""
        ends = []
        for sign in (1, -1):
            known: dict[str, Any] = {}
            if self.rows:
                known = {"A_eq": np.array(self.rows), "b_eq": np.array(self.sums)}
            found = linprog(sign * np.array(row, dtype=float), bounds=(0, 10_000), **known)
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends[0], ends[1]

    @cached_property
    def free(self) -> Any:
        """All directions in which the finest counts can go with every known sum staying as it is."""
        return self._kernel(np.arange(len(self.finest)))

    @cached_property
    def ways(self) -> Any:
        """Those in which the truth can go, either way, without a count below 0."""
        return self._kernel(np.flatnonzero(self.truth))

    def _kernel(self, some: Any) -> Any:
        known = np.array(self.rows, dtype=float).reshape(-1, len(self.finest))[:, some]
        if not len(some):
            return np.zeros((len(self.finest), 0))
        _, size, right = np.linalg.svd(known, full_matrices=True)
        free = right[int((size > 1e-9).sum()) :].T
        out = np.zeros((len(self.finest), free.shape[1]))
        out[some] = free
        return out

    def tells(self, row: Row, *, look: bool = True) -> bool:
        """Tell whether a sum is known for certain.

        It is where it follows from sums alone, and is not where the truth could be otherwise; between the two, or without ``look``,
        its least and greatest values are asked for.
        """
        if look:
            if _still(row, self.free):
                return True
            if not _still(row, self.ways):
                return False
        low, high = self.interval(row)
        return high - low < 1e-6


def _still(row: Row, directions: Any) -> bool:
    return not np.abs(np.array(row) @ directions).max(initial=0) > 1e-6


def found_out(seen: Published, *, insiders: bool = True, look: bool = True) -> Iterator[str]:
    """Yield each secret that somebody can work out: small counts, and changes by less than k, of a cell or of what lies outside
    an area, by everybody and by those who know that area; and cells for which nothing is told, by everybody.
    """
    cells, k = seen.cells, seen.k
    areas = range(len(cells.areas))
    for insider in [None, *areas] if insiders else [None]:
        who = "anybody" if insider is None else cells.areas[insider]
        systems = [System.of(seen, at, insider) for at in range(len(cells.dates))]
        for a in areas:
            if insider is not None and _within(cells, a, insider):
                continue
            for c in range(len(cells.categories)):
                what = f"{cells.areas[a]} {cells.categories[c]}"
                told: dict[int, int] = {}
                for at, system in enumerate(systems):
                    row = system.row(cells, a, c, insider)
                    truth = sum(n for n, r in zip(cells.counts[at].ravel(), row, strict=True) if r)
                    if system.tells(row, look=look):
                        told[at] = int(truth)
                        if 0 < truth < k:
                            yield f"{who}: {what} is {truth} at {at}"
                        if insider is None and seen.since[at, a, c] < 0:
                            yield f"{who}: {what}, suppressed at {at}, is {truth}"
                for at, now in told.items():
                    for before, then in told.items():
                        if before < at and 0 < abs(now - then) < k:
                            yield f"{who}: {what} went from {then} to {now} between {before} and {at}"


def nested(seen: Published) -> Iterator[str]:
    """Yield small differences of an area and one that lies in it, which anybody can work out."""
    cells = seen.cells
    for at in range(len(cells.dates)):
        system = System.of(seen, at)
        for outer in range(len(cells.areas)):
            for inner in range(len(cells.areas)):
                if outer == inner or not _within(cells, inner, outer):
                    continue
                for c in range(len(cells.categories)):
                    row = system.row(cells, outer, c, inner)
                    truth = sum(n for n, r in zip(cells.counts[at].ravel(), row, strict=True) if r)
                    if 0 < truth < seen.k and system.tells(row):
                        yield f"{cells.areas[outer]} without {cells.areas[inner]} is {truth} at {at}"


def _within(cells: Cells, inner: int, outer: int) -> bool:
    return all(outer in areas for areas in cells.place_areas if inner in areas)


CATEGORIES = ("all", "base", "outside", "covered", "uncovered")
SORTS = ((0, 1, 3), (0, 1, 4), (0, 2))


@st.composite
def hierarchies(draw: st.DrawFn, dates: int = 3) -> Cells:
    """Draw a city of up to three districts with up to three streets each, zones and departments across them."""
    areas = ["city"]
    places: list[tuple[int, ...]] = []
    across = draw(st.integers(0, 2))
    for d in range(draw(st.integers(1, 3))):
        areas.append(f"district {d}")
        district = len(areas) - 1
        for s in range(draw(st.integers(1, 3))):
            areas.append(f"street {d}.{s}")
            places.append((0, district, len(areas) - 1))
    streets = list(places)
    for n in range(across):
        areas.append(f"zone {n}")
        places += [(*street, len(areas) - 1) for street in streets if draw(st.booleans())]
    n_dates = draw(st.integers(1, dates))
    size = (len(places), len(SORTS))
    some = st.integers(0, 3) | st.integers(0, 14)
    first = draw(st.lists(some, min_size=size[0] * size[1], max_size=size[0] * size[1]))
    counts = [np.array(first, dtype=np.int64).reshape(size)]
    for _ in range(n_dates - 1):
        change = draw(
            st.lists(
                st.sampled_from([0, 0, 0, 1, -1, 2, -3, 6, -7, 9]),
                min_size=len(first),
                max_size=len(first),
            )
        )
        counts.append(np.maximum(0, counts[-1] + np.array(change).reshape(size)))
    return Cells(
        tuple(areas),
        CATEGORIES,
        tuple(range(1, n_dates + 1)),
        tuple(places),
        SORTS,
        np.array(counts),
    )

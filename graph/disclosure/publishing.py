"""Which counts anybody may see, date after date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.disclosure.elimination import Sets
from graph.disclosure.suppression import Knower, suppress

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from graph.disclosure.cells import Cells

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Published:
    """What anybody may see of some cells, by date, area and category.

    Attributes
    ----------
    value : numpy.ndarray of int64
        The figure that stands at a date; -1 where none was ever told: fewer than k, or left out for the sake of one that is.
    since : numpy.ndarray of int64
        Position of the date that the figure is of; -1 where there is none. An earlier date's figure stands on where the count has
        not changed, has changed by less than k, or can't be told for the sake of another.
    """

    cells: Cells
    k: int
    value: Ints
    since: Ints

    def figure(self, date: int, area: str, category: str) -> tuple[int, int] | None:
        """Return the figure that stands at a date and the date that it is of; ``None`` for fewer than k, or its complement.

        Raises
        ------
        ValueError
            There is no such area, category, or publication at or before the date.
        """
        cells = self.cells
        at = int(np.searchsorted(cells.dates, date, side="right")) - 1
        if at < 0:
            raise ValueError(f"nothing was published before {date}")
        where = at, cells.areas.index(area), cells.categories.index(category)
        if self.since[where] < 0:
            return None
        return int(self.value[where]), cells.dates[self.since[where]]


def published(cells: Cells, k: int) -> Published:
    """Return what may be published of counts, the same for everybody.

    Each date's figures follow from that date's counts and what went before: further dates change nothing of it.

    Parameters
    ----------
    cells : Cells
    k : int
        Counts of 1 … k - 1 are small.

    Raises
    ------
    ValueError
        ``k`` is below 2.
    """
    if k < 2:
        raise ValueError(f"k is {k}: from 2 on, something is small")
    value = np.full(cells.values.shape, -1, dtype=np.int64)
    since = np.full(cells.values.shape, -1, dtype=np.int64)
    past = _Past(cells, k)
    for at in range(len(cells.dates)):
        if at:
            value[at], since[at] = value[at - 1], since[at - 1]
        told = _told(cells, k, at, past, value[at])
        value[at][told] = cells.values[at][told]
        since[at][told] = at
    return Published(cells, k, value, since)


class _Past:
    """What somebody may know of earlier dates, and what has moved since by less than k.

    A count that was no secret at a date is taken to be known then, published or not. What is looked at is the count itself and what
    of it lies outside any other area, for those who know that area.
    """

    def __init__(self, cells: Cells, k: int) -> None:
        self.cells, self.k = cells, k
        self.outside: list[Ints] = []
        self.known: list[Bools] = []

    def moved(self, at: int) -> Bools:
        """Return which cells differ from what was known of them by 1 … k - 1, by area and category."""
        cells = self.cells
        pairs = cells.overlaps
        shared = pairs.shared @ (cells.in_category @ cells.counts[at].T).T
        self.outside.append(cells.values[at][pairs.of] - shared)
        out = np.zeros(cells.values[at].shape, dtype=np.bool_)
        for before, known in enumerate(self.known):
            out |= known & self._small(cells.values[at] - cells.values[before])
            beyond = known[pairs.of] & self._small(self.outside[at] - self.outside[before])
            np.logical_or.at(out, pairs.of, beyond)
        return out

    def _small(self, change: Ints) -> Bools:
        size = np.abs(change)
        return np.asarray((size > 0) & (size < self.k))


def _told(cells: Cells, k: int, at: int, past: _Past, standing: Ints) -> Bools:
    """Return which cells get a new figure at a date."""
    values = cells.values[at]
    secret = past.moved(at) | ((values > 0) & (values < k))
    past.known.append(~secret)
    may = ~secret & (values != standing)
    out = may & (values == 0)
    columns = _Columns(cells, at)
    area, category = np.nonzero(may & (values > 0))
    order = np.lexsort((category, area, -values[area, category]))
    area, category = area[order], category[order]
    candidates = Sets([columns.of(int(a), int(c)) for a, c in zip(area, category, strict=True)])
    secrets, knowers = _secrets(cells, k, at, past.outside[at], secret, columns)
    kept = suppress(candidates, secrets, knowers, columns.width)
    out[area[kept], category[kept]] = True
    return np.asarray(out, dtype=np.bool_)


class _Columns:
    """The finest counts of a date that are not 0, as columns."""

    def __init__(self, cells: Cells, at: int) -> None:
        counts = cells.counts[at]
        self._number = np.full(counts.shape, -1, dtype=np.int64)
        some = counts > 0
        self._number[some] = np.arange(some.sum())
        self.width = int(some.sum())
        self.counts = counts[some]
        self._places = _lists(cells.in_area)
        self._sorts = _lists(cells.in_category)
        self.place = np.nonzero(some)[0]

    def of(self, area: int, category: int, without: int | None = None) -> Ints:
        """Return the columns of a cell, but those of an area within it."""
        places = self._places[area]
        if without is not None:
            places = np.setdiff1d(places, self._places[without])
        found = self._number[np.ix_(places, self._sorts[category])].ravel()
        return np.asarray(found[found >= 0])

    def beside(self, area: int, category: int, other: int) -> Ints:
        """Return the columns of a cell, but those of another category within its own."""
        sorts = np.setdiff1d(self._sorts[category], self._sorts[other])
        found = self._number[np.ix_(self._places[area], sorts)].ravel()
        return np.asarray(found[found >= 0])

    def known(self, area: int) -> Bools:
        """Return which columns lie in an area."""
        return np.isin(self.place, self._places[area])


def _lists(membership: sparse.csr_array) -> list[Ints]:
    rows = membership.sorted_indices()
    return [
        rows.indices[a:b].astype(np.int64)
        for a, b in zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
    ]


def _secrets(
    cells: Cells, k: int, at: int, outside: Ints, secret: Bools, columns: _Columns
) -> tuple[Sets, list[Knower]]:
    """Return what somebody must not learn, and who: the public, and for each area one who knows all of it."""
    pairs, values = cells.overlaps, cells.values[at]
    sets = [columns.of(a, c) for a, c in zip(*np.nonzero(secret), strict=True)]
    rest = (outside > 0) & (outside < k)
    for pair, c in zip(*np.nonzero(rest & pairs.nested[:, None]), strict=True):
        sets.append(columns.of(pairs.of[pair], c, pairs.without[pair]))
    for c, other in cells.nested_categories:
        part = values[:, c] - values[:, other]
        small = np.flatnonzero((part > 0) & (part < k))
        sets += [columns.beside(int(a), c, other) for a in small]
    sets = [s for s in sets if len(s)]
    public = len(sets)
    # those who know an area take it out of every count that reaches beyond it: a small rest is as secret as a small count
    own: dict[int, list[int]] = {}
    seen: dict[tuple[int, int], int] = {}
    for pair, c in zip(*np.nonzero(rest), strict=True):
        cell = int(pairs.of[pair]), int(c)
        if cell not in seen:
            seen[cell] = len(sets)
            sets.append(columns.of(*cell))
        own.setdefault(int(pairs.without[pair]), []).append(seen[cell])
    secrets = Sets(sets)
    knowers = [Knower(np.zeros(columns.width, dtype=np.bool_), np.arange(public, dtype=np.int64))]
    size = np.asarray(cells.in_area.sum(axis=1)).ravel()
    for area in np.argsort(-size, kind="stable"):
        known = columns.known(int(area))
        if not known.any() or known.all():
            continue
        left = secrets.sums(np.where(known, 0, columns.counts)) > 0
        asked = np.flatnonzero(left[:public])
        more = np.array(own.get(int(area), []), dtype=np.int64)
        knowers.append(Knower(known, np.concatenate([asked, more]).astype(np.int64)))
    return secrets, knowers

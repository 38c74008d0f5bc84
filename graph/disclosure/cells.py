"""Counts by area, category and date, and the finest counts of which they are sums."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts of organizations: a *place* lies in several areas, a *sort* belongs to several categories.

    An area may lie in another or overlap with it, and so may categories; places and sorts don't overlap.

    Attributes
    ----------
    areas, categories : tuple of str
        Named in the order in which they are told; of cells of one size, the earlier is published rather than the later.
    dates : tuple of int
        Ascending.
    place_areas, sort_categories : tuple of tuple of int
        Of each place its areas, and of each sort its categories, by position.
    counts : numpy.ndarray of int64
        By date, place and sort.

    Raises
    ------
    ValueError
        A shape is wrong, a count negative, or the dates are not ascending.
    """

    areas: tuple[str, ...]
    categories: tuple[str, ...]
    dates: tuple[int, ...]
    place_areas: tuple[tuple[int, ...], ...]
    sort_categories: tuple[tuple[int, ...], ...]
    counts: Ints

    def __post_init__(self) -> None:
        shape = (len(self.dates), len(self.place_areas), len(self.sort_categories))
        if self.counts.shape != shape:
            raise ValueError(f"counts are {self.counts.shape}, dates, places and sorts {shape}")
        if (self.counts < 0).any():
            raise ValueError("a count is negative")
        if list(self.dates) != sorted(set(self.dates)):
            raise ValueError("dates have to ascend")

    @cached_property
    def in_area(self) -> sparse.csr_array:
        """Which places lie in which area: areas by places."""
        return _membership(self.place_areas, len(self.areas))

    @cached_property
    def in_category(self) -> sparse.csr_array:
        """Which sorts belong to which category: categories by sorts."""
        return _membership(self.sort_categories, len(self.categories))

    @cached_property
    def values(self) -> Ints:
        """The counts by date, area and category."""
        shape = (len(self.dates), len(self.areas), len(self.categories))
        out = np.zeros(shape, dtype=np.int64)
        for at, one in enumerate(self.counts):
            out[at] = self.in_area @ (self.in_category @ one.T).T
        return out

    @cached_property
    def nested_categories(self) -> list[tuple[int, int]]:
        """Pairs of categories of which the first holds all sorts of the second, and others."""
        c = self.in_category
        both = (c @ c.T).toarray()
        size = np.diag(both)
        inside = (both == size[None, :]) & (size[None, :] < size[:, None]) & (size[None, :] > 0)
        return [(int(a), int(b)) for a, b in zip(*np.nonzero(inside), strict=True)]

    @cached_property
    def overlaps(self) -> Overlaps:
        """Pairs of areas of which the first has places outside the second, and shares some with it."""
        a = self.in_area
        both = (a @ a.T).tocoo()
        size = np.asarray(a.sum(axis=1)).ravel()
        some = both.data < size[both.row]
        order = np.lexsort((both.col[some], both.row[some]))
        first, second = both.row[some][order], both.col[some][order]
        shared = a[first].multiply(a[second]).tocsr()
        return Overlaps(
            first.astype(np.int64),
            second.astype(np.int64),
            both.data[some][order] == size[second],
            shared,
        )


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Pairs of areas, by the first and the second.

    Attributes
    ----------
    of, without : numpy.ndarray of int64
        The two areas.
    nested : numpy.ndarray of bool
        Whether the second lies in the first.
    shared : scipy.sparse.csr_array
        Their common places: pairs by places.
    """

    of: Ints
    without: Ints
    nested: Bools
    shared: sparse.csr_array


def _membership(parts: tuple[tuple[int, ...], ...], wholes: int) -> sparse.csr_array:
    rows = [whole for part in parts for whole in part]
    columns = [at for at, part in enumerate(parts) for _ in part]
    ones: NDArray[Any] = np.ones(len(rows), dtype=np.int64)
    return sparse.csr_array((ones, (rows, columns)), shape=(wholes, len(parts)), dtype=np.int64)

"""Pairs of one ledger unit by distance and sector, in compiled code (FORMATION, *Candidate pair*).

Organizations are looked at in *buckets*: those whose sectors meet. A bucket of few is looked at pair by pair; in a larger one pairs
come from a grid and from shared places, and a place that holds more than a few of it is left to be told as a group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from graph.formation.costs import CLASS, DIVISION, GROUP, LINKED, OTHER, SECTION
from graph.formation.pairs import Features, levels
from graph.geo import project
from graph.sector import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.formation.costs import CostModel

    Ints = NDArray[np.int64]

TRADE = Level.DIVISION - 1
"""Column of a sector's division."""


FEW = 512
"""Members of a bucket up to which looking at all pairs is quicker than a grid."""


class Buckets(NamedTuple):
    """Organizations that have something in common, of ledger units in order: ``member[start[b]:start[b + 1]]`` in ``home[b]``."""

    start: Ints
    member: Ints
    home: Ints

    def of(self, first: int, last: int) -> tuple[Ints, Ints]:
        """Return the buckets of ledger units ``first`` up to ``last`` (not included): start and member."""
        low, high = np.searchsorted(self.home, [first, last]).tolist()
        return self.start[low : high + 1], self.member

    def larger(self, first: int, last: int, most: int) -> Iterator[Ints]:
        """Yield the buckets of some ledger units that have more than ``most`` members, ascending."""
        start, member = self.of(first, last)
        for b in np.flatnonzero(np.diff(start) > most).tolist():
            yield np.sort(member[start[b] : start[b + 1]])


def similar_column(model: CostModel) -> int:
    """Return the sector's column that two similar organizations have in common at the least; −1 where none need be."""
    if model.similar[OTHER - CLASS]:
        return -1
    if model.similar[SECTION - CLASS]:
        return Level.SECTION - 1
    if model.similar[DIVISION - CLASS]:
        return TRADE
    return Level.GROUP - 1 if model.similar[GROUP - CLASS] else Level.CLASS - 1


def _sorted_runs(who: Ints, *keys: Ints) -> tuple[Ints, Ints]:
    """Return who has equal keys (not negative, the first counts most), CSR: start and member, in the order of ``who``."""
    if not len(who):
        return np.zeros(1, dtype=np.int64), who
    key = np.zeros(len(who), dtype=np.int64)
    for one in keys:
        key *= int(one.max()) + 1
        key += one
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    return np.concatenate([[0], cuts, [len(who)]]).astype(np.int64), who[order]


def by_sector(f: Features, rows: Ints, home: Ints, column: int) -> tuple[Buckets, Buckets]:
    """Return who meets at a sector's column (−1: all of a ledger unit): those of one edition, and those across editions.

    Those of one edition meet by its own codes, those of two by the common ones: a bucket across editions holds those of one sector
    of the older one, with all of the newer one whom they are mapped to, and only pairs across count.
    """
    none = np.zeros(0, dtype=np.int64)
    across = Buckets(np.zeros(1, dtype=np.int64), none, none)
    if column < 0:
        start, member = _sorted_runs(rows, home[rows])
        return Buckets(start, member, home[member[start[:-1]]]), across
    own, common = f.own[:, column].astype(np.int64), f.common[:, column].astype(np.int64)
    edition = f.edition.astype(np.int64)
    some = rows[own[rows] >= 0]
    start, member = _sorted_runs(some, home[some], edition[some] + 1, own[some])
    same = Buckets(start, member, home[member[start[:-1]]])
    some = rows[common[rows] >= 0]
    if len(np.unique(edition[some])) > 1:
        runs, who = _sorted_runs(some, home[some], common[some])
        # within a run the older edition first, its own sectors together
        order = np.lexsort(
            (who, own[who], edition[who], np.repeat(np.arange(len(runs) - 1), np.diff(runs)))
        )
        who = who[order]
        start, member = _across(runs, who, edition, own)
        across = Buckets(start, member, home[member[start[:-1]]])
    return same, across


def crowded(
    f: Features, some: Buckets, first: int, last: int, most: int
) -> Iterator[tuple[int, Ints]]:
    """Yield what is left out of :class:`Nearby`: the kind of place, and more than ``most`` of one bucket that share one."""
    for members in some.larger(first, last, most):
        for kind in range(5):
            value = f.places[members, kind].astype(np.int64)
            start, who = _sorted_runs(members[value >= 0], value[value >= 0])
            for b in np.flatnonzero(np.diff(start) > most).tolist():
                yield kind, who[start[b] : start[b + 1]]


class Nearby:
    """Finds pairs, some ledger units after the other.

    Parameters
    ----------
    f : Features
        Of all organizations.
    model : CostModel
    rows : int64[n]
        Small organizations, by ledger unit, ascending in each.
    home : int64[…]
        The ledger unit of each organization, a number.
    most : int
        Members up to which whoever shares something is listed pair by pair; beyond, pairs that share one place and sector, one
        division, one association or one leading firm are left out.
    """

    def __init__(self, f: Features, model: CostModel, rows: Ints, home: Ints, most: int) -> None:
        self.f, self.model, self.most = f, model, most
        self.column = similar_column(model)
        self.same, self.across = by_sector(f, rows, home, self.column)
        self._divisions = () if self.column == TRADE else by_sector(f, rows, home, TRADE)
        self._links = [
            _linked(rows, home, start, value)
            for start, value in ((f.association_start, f.association), (f.leader_start, f.leader))
        ]
        self._place = project(f.lon, f.lat)

    def pairs(self, first: int, last: int, *, far: bool = True) -> tuple[Ints, Ints]:
        """Return the pairs that are near and similar, or (``far``) of one division; a few that are neither may come along.

        Parameters
        ----------
        first, last : int
            Ledger units, the last not included.

        Returns
        -------
        int64[k], int64[k]
            Positions, the lower first; each pair once.
        """
        f, m, most, column, place = self.f, levels(self.model), self.most, self.column, self._place
        every = far and column == TRADE
        a, b, k = np.empty(1 << 16, dtype=np.int64), np.empty(1 << 16, dtype=np.int64), 0
        for some, cross in ((self.same, False), (self.across, True)):
            a, b, k = _by_sector(
                f, m, *some.of(first, last), cross, place, most, every, a, b, k
            )  # fmt: skip
        if far:
            for some, cross in zip(self._divisions, (False, True), strict=False):
                a, b, k = _by_division(
                    f, m, *some.of(first, last), cross, place, column, most, a, b, k
                )
        before = k
        if self.model.similar[LINKED - CLASS]:
            for some in self._links:
                a, b, k = _by_links(f, m, *some.of(first, last), place, column, most, a, b, k)
        a, b = np.minimum(a[:k], b[:k]), np.maximum(a[:k], b[:k])
        if before == k:
            return a, b
        # who shares two associations comes twice
        x, y = np.unique(np.stack([a[before:], b[before:]]), axis=1)
        return np.concatenate([a[:before], x]), np.concatenate([b[:before], y])


def _linked(rows: Ints, home: Ints, start: Ints, value: NDArray[np.int32]) -> Buckets:
    """Return who shares an association, or a leading firm."""
    sizes = start[rows + 1] - start[rows]
    who = np.repeat(rows, sizes)
    offset = np.repeat(start[rows] - np.cumsum(sizes) + sizes, sizes)
    what = value[offset + np.arange(len(who))].astype(np.int64)
    begins, member = _sorted_runs(who, home[who], what)
    return Buckets(begins, member, home[member[begins[:-1]]])


@nb.njit(cache=True, nogil=True)
def _across(runs, who, edition, own):  # type: ignore[no-untyped-def]
    """Return, of runs with the older edition first, each of its sectors with all of the newer one: CSR."""
    start, member = np.empty(1 << 8, dtype=np.int64), np.empty(1 << 8, dtype=np.int64)
    k = number = 0
    for run in range(len(runs) - 1):
        low, high = runs[run], runs[run + 1]
        new = low
        while new < high and edition[who[new]] == edition[who[low]]:
            new += 1
        if new == high:
            continue
        x = low
        while x < new:
            y = x
            while y < new and own[who[y]] == own[who[x]]:
                y += 1
            start = _grown(start, number)
            start[number] = k
            number += 1
            for z in range(x, y):
                member = _grown(member, k)
                member[k] = who[z]
                k += 1
            for z in range(new, high):
                member = _grown(member, k)
                member[k] = who[z]
                k += 1
            x = y
    start = _grown(start, number)
    start[number] = k
    return start[: number + 1], member[:k]


@nb.njit(cache=True, nogil=True)
def _grown(some, k):  # type: ignore[no-untyped-def]
    """Return an array with room for one more."""
    if k < len(some):
        return some
    more = np.empty(2 * len(some), dtype=np.int64)
    more[:k] = some
    return more


# Arrays are taken out of ``f`` before inner loops: to count who holds them takes longer than what is done with them.


@nb.njit(cache=True, nogil=True)
def _meet_at(edition, own, common, i: int, j: int, column: int) -> bool:  # type: ignore[no-untyped-def]
    if column < 0:
        return True
    if edition[i] == edition[j]:
        return bool(own[i, column] >= 0 and own[i, column] == own[j, column])
    return bool(common[i, column] >= 0 and common[i, column] == common[j, column])


@nb.njit(cache=True, nogil=True)
def _within(place, i: int, j: int, most) -> bool:  # type: ignore[no-untyped-def]
    """Whether two may lie within the radius: on a plane in which nobody lies farther apart (a hair more is sorted out later)."""
    x, y = place[i, 0] - place[j, 0], place[i, 1] - place[j, 1]
    return bool(x * x + y * y <= most)  # false where a location is unknown


@nb.njit(cache=True, nogil=True)
def _share(places, i: int, j: int) -> bool:  # type: ignore[no-untyped-def]
    for kind in range(5):  # noqa: SIM110 - compiled: a generator is not
        if places[i, kind] == places[j, kind] and places[i, kind] >= 0:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _squared(m) -> float:  # type: ignore[no-untyped-def]
    most = m.radius * 0.01 + 0.01  # graph.geo.search_radius
    return float(most * most)


@nb.njit(cache=True, nogil=True)
def _by_sector(  # type: ignore[no-untyped-def]
    f, m, start, member, cross, place, most, every, a, b, k
):
    """Look at each bucket: pair by pair where it is small, by grid and places where it is not.

    ``every``: all pairs of a small bucket, near or not.
    """
    places, edition, near = f.places, f.edition, _squared(m)
    for bucket in range(len(start) - 1):
        some = member[start[bucket] : start[bucket + 1]]
        n = len(some)
        if n < 2:
            continue
        full = np.zeros((n, 5), dtype=np.bool_)
        crowd = n > most and _crowd(places, some, most, full)
        if n > max(most, FEW):
            a, b, k = _by_places(f, m, some, cross, place, most, full, a, b, k)
            a, b, k = _by_grid(f, m, some, cross, place, full, a, b, k)
            continue
        both = every and n <= most
        # columns of the bucket; who is in no place of a kind gets a number of his own there, so that equal means shared
        east, north, at = np.empty(n), np.empty(n), np.empty((5, n), dtype=np.int32)
        for x in range(n):
            i = some[x]
            east[x], north[x] = place[i, 0], place[i, 1]
            for kind in range(5):
                at[kind, x] = places[i, kind] if places[i, kind] >= 0 else -1 - x
        one, two, three, four, five = at[0], at[1], at[2], at[3], at[4]
        hit = np.empty(n, dtype=np.bool_)
        split = 0  # across editions the older one's stand first
        while cross and split < n and edition[some[split]] == edition[some[0]]:
            split += 1
        for x in range(split if cross else n):
            for y in range(max(x + 1, split), n):
                dx, dy = east[x] - east[y], north[x] - north[y]
                shared = (one[x] == one[y]) | (two[x] == two[y]) | (three[x] == three[y])
                shared |= (four[x] == four[y]) | (five[x] == five[y])
                hit[y] = both | shared | (dx * dx + dy * dy <= near)
            for y in range(max(x + 1, split), n):
                if not hit[y]:
                    continue
                if crowd and _told(places, full, some[x], some[y], x, 0):
                    continue
                if k == len(a):
                    a, b = _grown(a, k), _grown(b, k)
                a[k] = some[x]
                b[k] = some[y]
                k += 1
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _crowd(places, some, most, full) -> bool:  # type: ignore[no-untyped-def]
    """Mark in ``full`` whose place, of each kind, holds more than ``most`` of a bucket; return whether any does."""
    any_ = False
    n = len(some)
    value = np.empty(n, dtype=np.int64)
    for kind in range(5):
        for x in range(n):
            value[x] = places[some[x], kind]
        if value.max() < 0:
            continue
        order = np.argsort(value, kind="mergesort")
        low = 0
        while low < n:
            high = low + 1
            while high < n and value[order[high]] == value[order[low]]:
                high += 1
            if value[order[low]] >= 0 and high - low > most:
                any_ = True
                for x in range(low, high):
                    full[order[x], kind] = True
            low = high
    return any_


@nb.njit(cache=True, nogil=True)
def _by_places(f, m, some, cross, place, most, full, a, b, k):  # type: ignore[no-untyped-def]
    """Take pairs that share a place and lie apart."""
    places, edition, near = f.places, f.edition, _squared(m)
    n = len(some)
    value = np.empty(n, dtype=np.int64)
    for kind in range(5):
        for x in range(n):
            value[x] = places[some[x], kind]
        order = np.argsort(value, kind="mergesort")
        low = 0
        while low < n:
            high = low + 1
            while high < n and value[order[high]] == value[order[low]]:
                high += 1
            if value[order[low]] >= 0 and high - low <= most:
                for x in range(low, high):
                    for y in range(x + 1, high):
                        p = order[x]
                        i, j = some[p], some[order[y]]
                        if cross and edition[i] == edition[j]:
                            continue
                        if _told(places, full, i, j, p, kind) or _within(place, i, j, near):
                            continue
                        if k == len(a):
                            a, b = _grown(a, k), _grown(b, k)
                        a[k] = i
                        b[k] = j
                        k += 1
            low = high
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _told(places, full, i: int, j: int, p: int, kind: int) -> bool:  # type: ignore[no-untyped-def]
    """Whether two share a place of a kind before ``kind``, or one that holds too many."""
    for other in range(5):
        same = places[i, other] >= 0 and places[i, other] == places[j, other]
        if same and (other < kind or full[p, other]):
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _by_grid(f, m, some, cross, place, full, a, b, k):  # type: ignore[no-untyped-def]
    """Take pairs within the radius, from squares of its size and the squares beside them."""
    places, edition, near = f.places, f.edition, _squared(m)
    n = len(some)
    known = np.empty(n, dtype=np.int64)
    number = 0
    for x in range(n):
        if not np.isnan(place[some[x], 0]):
            known[number] = x
            number += 1
    if number < 2:
        return a, b, k
    west = south = np.inf
    north = -np.inf
    for x in range(number):
        row = some[known[x]]
        west = min(west, place[row, 0])
        south = min(south, place[row, 1])
        north = max(north, place[row, 1])
    side = max(np.sqrt(near), 1.0)
    wide = np.int64((north - south) / side) + 3
    key = np.empty(number, dtype=np.int64)
    for x in range(number):
        row = some[known[x]]
        east = np.int64((place[row, 0] - west) / side)
        key[x] = east * wide + np.int64((place[row, 1] - south) / side) + 1
    order = np.argsort(key, kind="mergesort")
    beside = 0
    for x in range(number):
        o = order[x]
        p = known[o]
        i = some[p]
        low = key[o] + wide - 1
        while beside < number and key[order[beside]] < low:
            beside += 1
        for part in range(2):
            y = x + 1 if part == 0 else beside
            last = key[o] + 1 if part == 0 else low + 2
            while y < number and key[order[y]] <= last:
                j = some[known[order[y]]]
                y += 1
                if cross and edition[i] == edition[j]:
                    continue
                if not _within(place, i, j, near) or _told(places, full, i, j, p, 0):
                    continue
                if k == len(a):
                    a, b = _grown(a, k), _grown(b, k)
                a[k] = i
                b[k] = j
                k += 1
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _by_division(f, m, start, member, cross, place, column, most, a, b, k):  # type: ignore[no-untyped-def]
    """Take pairs of one division that no sector's bucket has given: far ones, or all where buckets are finer."""
    places, near = f.places, _squared(m)
    edition, own, common = f.edition, f.own, f.common
    for bucket in range(len(start) - 1):
        some = member[start[bucket] : start[bucket + 1]]
        if len(some) > most:
            continue
        for x in range(len(some)):
            for y in range(x + 1, len(some)):
                i, j = some[x], some[y]
                if cross and edition[i] == edition[j]:
                    continue
                adjacent = _share(places, i, j) or _within(place, i, j, near)
                if adjacent and _meet_at(edition, own, common, i, j, column):
                    continue
                if k == len(a):
                    a, b = _grown(a, k), _grown(b, k)
                a[k] = i
                b[k] = j
                k += 1
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _by_links(f, m, start, member, place, column, most, a, b, k):  # type: ignore[no-untyped-def]
    """Take adjacent pairs that share a link and no sector, of each link with few members."""
    places, near = f.places, _squared(m)
    edition, own, common = f.edition, f.own, f.common
    sector = min(column, TRADE)
    for link in range(len(start) - 1):
        some = member[start[link] : start[link + 1]]
        if len(some) > most:
            continue
        for x in range(len(some)):
            for y in range(x + 1, len(some)):
                i, j = some[x], some[y]
                if _meet_at(edition, own, common, i, j, sector):
                    continue
                if _share(places, i, j) or _within(place, i, j, near):
                    if k == len(a):
                        a, b = _grown(a, k), _grown(b, k)
                    a[k] = i
                    b[k] = j
                    k += 1
    return a, b, k

"""Pairs of one ledger unit by distance and sector, in compiled code (FORMATION, *Candidate pair*).

Organizations are looked at in *buckets*: those whose sectors meet. A bucket of few is looked at pair by pair; in a larger one pairs
come from a grid and from shared places, and a place that holds more than a few of it is left to be told as a group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from graph.formation.costs import CLASS, DIVISION, GROUP, LINKED, OTHER, SECTION
from graph.formation.pairs import Features, centimetres, levels
from graph.geo import project, search_radius
from graph.sector import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.formation.costs import CostModel

    Ints = NDArray[np.int64]

TRADE = Level.DIVISION - 1
"""Column of a sector's division."""


class Buckets(NamedTuple):
    """Organizations by sector, CSR: ``member[start[b]:start[b + 1]]``, ascending; ``cross[b]``: only pairs across editions."""

    start: Ints
    member: Ints
    cross: NDArray[np.bool_]

    def each(self) -> Iterator[Ints]:
        """Yield the members of each bucket."""
        for b in range(len(self.cross)):
            yield self.member[self.start[b] : self.start[b + 1]]


def similar_column(model: CostModel) -> int:
    """Return the sector's column that two similar organizations have in common at the least; −1 where none need be."""
    if model.similar[OTHER - CLASS]:
        return -1
    if model.similar[SECTION - CLASS]:
        return Level.SECTION - 1
    if model.similar[DIVISION - CLASS]:
        return TRADE
    return Level.GROUP - 1 if model.similar[GROUP - CLASS] else Level.CLASS - 1


def buckets(f: Features, rows: Ints, column: int) -> Buckets:
    """Return who meets at a sector's column (−1: all of them), of ``rows`` (ascending).

    Those of one edition meet by its own codes, those of two by the common ones.
    """
    if column < 0:
        return Buckets(np.array([0, len(rows)]), rows, np.zeros(1, dtype=np.bool_))
    own, common, edition = f.own[rows, column], f.common[rows, column], f.edition[rows]
    found = [_runs(rows[own >= 0], (edition[own >= 0].astype(np.int64) << 32) + own[own >= 0])]
    cross = [np.zeros(len(found[0]), dtype=np.bool_)]
    if len(np.unique(edition[common >= 0])) > 1:
        mixed = list(_mixed(f, rows[common >= 0], column))
        found.append(mixed)
        cross.append(np.ones(len(mixed), dtype=np.bool_))
    parts = [part for some in found for part in some]
    sizes = np.array([len(p) for p in parts], dtype=np.int64)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
    member = np.concatenate(parts) if parts else rows[:0]
    return Buckets(start, member, np.concatenate(cross))


def _mixed(f: Features, rows: Ints, column: int) -> Iterator[Ints]:
    """Yield who meets across editions: those of one sector of the older one, with all of the newer one whom they are mapped to."""
    for part in _runs(rows, f.common[rows, column].astype(np.int64)):
        edition = f.edition[part]
        old, new = part[edition == edition.min()], part[edition == edition.max()]
        if edition.min() < edition.max():
            for own in np.unique(f.own[old, column]):
                yield np.sort(np.concatenate([old[f.own[old, column] == own], new]))


def _runs(rows: Ints, values: Ints) -> list[Ints]:
    """Return the rows of each value, two and more."""
    order = np.argsort(values, kind="stable")
    cuts = np.flatnonzero(np.diff(values[order])) + 1
    return [part for part in np.split(rows[order], cuts) if len(part) > 1]


def crowded(f: Features, some: Buckets, most: int) -> Iterator[tuple[int, Ints]]:
    """Yield what is left out of :func:`near_pairs`: the kind of place, and more than ``most`` of one bucket that share one."""
    for members in some.each():
        if len(members) > most:
            for kind in range(5):
                value = f.places[members, kind]
                at = value >= 0
                for part in _runs(members[at], value[at].astype(np.int64)):
                    if len(part) > most:
                        yield kind, np.sort(part)


class Nearby:
    """Finds pairs, one ledger unit after the other.

    Parameters
    ----------
    f : Features
        Of all organizations.
    model : CostModel
    most : int
        Members up to which whoever shares something is listed pair by pair; beyond, pairs that share one place and sector, one
        division, one association or one leading firm are left out.
    """

    def __init__(self, f: Features, model: CostModel, most: int) -> None:
        self.f, self.model, self.most = f, model, most
        self.column = similar_column(model)
        self._place = np.empty((len(f.lon), 2))

    def pairs(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the pairs that are near and similar, or of one division; a few that are neither may come along.

        Parameters
        ----------
        rows : int64[n]
            The small organizations of one ledger unit, ascending.

        Returns
        -------
        int64[k], int64[k]
            Positions, the lower first; each pair once.
        """
        f, model, most, column = self.f, self.model, self.most, self.column
        self._place[rows] = project(f.lon[rows], f.lat[rows])
        radius = search_radius(model.radius / 100)
        m = levels(model)
        a, b = np.empty(1 << 12, dtype=np.int64), np.empty(1 << 12, dtype=np.int64)
        some = buckets(f, rows, column)
        a, b, k = _by_sector(f, m, *some, self._place, radius, most, column == TRADE, a, b)
        if column != TRADE:
            a, b, k = _by_division(f, m, *buckets(f, rows, TRADE), column, most, a, b, k)
        a, b = a[:k], b[:k]
        low, high = np.minimum(a, b), np.maximum(a, b)
        if not model.similar[LINKED - CLASS]:
            return low, high
        linked = [self._linked(rows, start, value) for start, value in _links(f)]
        if any(len(x) for x, _ in linked):
            # who shares two associations comes twice
            x, y = (np.concatenate(side) for side in zip(*linked, strict=True))
            x, y = np.unique(np.stack([np.minimum(x, y), np.maximum(x, y)]), axis=1)
            low, high = np.concatenate([low, x]), np.concatenate([high, y])
        return low, high

    def _linked(self, rows: Ints, start: Ints, value: NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Return the adjacent pairs that share an association, or a leading firm, and no sector."""
        sizes = start[rows + 1] - start[rows]
        who = np.repeat(rows, sizes)
        offset = np.repeat(start[rows] - np.cumsum(sizes) + sizes, sizes)
        parts = _runs(who, value[offset + np.arange(len(who))].astype(np.int64))
        if not parts:
            return rows[:0], rows[:0]
        cuts = np.cumsum([0, *map(len, parts)]).astype(np.int64)
        a, b = np.empty(1 << 8, dtype=np.int64), np.empty(1 << 8, dtype=np.int64)
        a, b, k = _by_links(
            self.f, levels(self.model), cuts, np.concatenate(parts), self.column, self.most, a, b
        )
        return a[:k], b[:k]


def _links(f: Features) -> list[tuple[Ints, NDArray[np.int32]]]:
    return [(f.association_start, f.association), (f.leader_start, f.leader)]


@nb.njit(cache=True, nogil=True)
def _grown(some, k):  # type: ignore[no-untyped-def]
    """Return an array with room for one more."""
    if k < len(some):
        return some
    more = np.empty(2 * len(some), dtype=np.int64)
    more[:k] = some
    return more


@nb.njit(cache=True, nogil=True)
def _meet_at(f, i: int, j: int, column: int) -> bool:  # type: ignore[no-untyped-def]
    if column < 0:
        return True
    if f.edition[i] == f.edition[j]:
        return bool(f.own[i, column] >= 0 and f.own[i, column] == f.own[j, column])
    return bool(f.common[i, column] >= 0 and f.common[i, column] == f.common[j, column])


@nb.njit(cache=True, nogil=True)
def _within(f, m, i: int, j: int) -> bool:  # type: ignore[no-untyped-def]
    far = centimetres(f.lon[i], f.lat[i], f.lon[j], f.lat[j])
    return bool(0 <= far <= m.radius)


@nb.njit(cache=True, nogil=True)
def _adjacent(f, m, i: int, j: int) -> bool:  # type: ignore[no-untyped-def]
    for kind in range(5):
        if f.places[i, kind] >= 0 and f.places[i, kind] == f.places[j, kind]:
            return True
    return _within(f, m, i, j)


@nb.njit(cache=True, nogil=True)
def _by_sector(  # type: ignore[no-untyped-def]
    f, m, start, member, cross, place, radius, most, trade, a, b
):
    """Look at each bucket: pair by pair where it is small, by grid and places where it is not."""
    k = 0
    for bucket in range(len(cross)):
        some = member[start[bucket] : start[bucket + 1]]
        n = len(some)
        if n <= most:
            for x in range(n):
                i = some[x]
                for y in range(x + 1, n):
                    j = some[y]
                    if cross[bucket] and f.edition[i] == f.edition[j]:
                        continue
                    if trade or _adjacent(f, m, i, j):
                        a, b = _grown(a, k), _grown(b, k)
                        a[k], b[k] = i, j
                        k += 1
        else:
            full = np.zeros((n, 5), dtype=np.bool_)
            a, b, k = _by_places(f, m, some, cross[bucket], most, full, a, b, k)
            a, b, k = _by_grid(f, m, some, cross[bucket], place, radius, full, a, b, k)
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _by_places(f, m, some, cross, most, full, a, b, k):  # type: ignore[no-untyped-def]
    """Take pairs that share a place and lie apart; mark in ``full`` whose place holds too many."""
    n = len(some)
    for twice in range(2):
        for kind in range(5):
            value = np.empty(n, dtype=np.int64)
            for x in range(n):
                value[x] = f.places[some[x], kind]
            order = np.argsort(value, kind="mergesort")
            low = 0
            while low < n:
                high = low + 1
                while high < n and value[order[high]] == value[order[low]]:
                    high += 1
                if value[order[low]] >= 0:
                    if high - low > most:
                        for x in range(low, high):
                            full[order[x], kind] = True
                    elif twice == 1:
                        for x in range(low, high):
                            for y in range(x + 1, high):
                                p, q = order[x], order[y]
                                i, j = some[p], some[q]
                                if cross and f.edition[i] == f.edition[j]:
                                    continue
                                if _told(f, full, i, j, p, kind) or _within(f, m, i, j):
                                    continue
                                a, b = _grown(a, k), _grown(b, k)
                                a[k], b[k] = i, j
                                k += 1
                low = high
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _told(f, full, i: int, j: int, p: int, kind: int) -> bool:  # type: ignore[no-untyped-def]
    """Whether two share a place of a kind before ``kind``, or one that holds too many."""
    for other in range(5):
        same = f.places[i, other] >= 0 and f.places[i, other] == f.places[j, other]
        if same and (other < kind or full[p, other]):
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _by_grid(  # type: ignore[no-untyped-def]
    f, m, some, cross, place, radius, full, a, b, k
):
    """Take pairs within the radius, from squares of its size and the squares beside them."""
    n = len(some)
    known = np.empty(n, dtype=np.int64)
    number = 0
    for x in range(n):
        if not np.isnan(place[some[x], 0]):
            known[number] = x
            number += 1
    if number < 2:
        return a, b, k
    east, north = np.empty(number), np.empty(number)
    for x in range(number):
        row = some[known[x]]
        east[x], north[x] = place[row, 0], place[row, 1]
    west, south = east.min(), north.min()
    side = max(radius, 1.0)
    wide = np.int64((north.max() - south) / side) + 3
    key = np.empty(number, dtype=np.int64)
    for x in range(number):
        key[x] = np.int64((east[x] - west) / side) * wide + np.int64((north[x] - south) / side) + 1
    order = np.argsort(key, kind="mergesort")
    beside = 0
    least = radius * radius
    for x in range(number):
        o = order[x]
        low = key[o] + wide - 1
        while beside < number and key[order[beside]] < low:
            beside += 1
        for part in range(2):
            y = x + 1 if part == 0 else beside
            last = key[o] + 1 if part == 0 else low + 2
            while y < number and key[order[y]] <= last:
                q = order[y]
                dx, dy = east[o] - east[q], north[o] - north[q]
                if dx * dx + dy * dy <= least:
                    i, j = some[known[o]], some[known[q]]
                    apart = cross and f.edition[i] == f.edition[j]
                    apart = apart or _told(f, full, i, j, known[o], 0)
                    if not apart and _within(f, m, i, j):
                        a, b = _grown(a, k), _grown(b, k)
                        a[k], b[k] = i, j
                        k += 1
                y += 1
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _by_division(f, m, start, member, cross, column, most, a, b, k):  # type: ignore[no-untyped-def]
    """Take pairs of one division that no sector's bucket has given: far ones, or all where buckets are finer."""
    for bucket in range(len(cross)):
        some = member[start[bucket] : start[bucket + 1]]
        if len(some) > most:
            continue
        for x in range(len(some)):
            for y in range(x + 1, len(some)):
                i, j = some[x], some[y]
                if cross[bucket] and f.edition[i] == f.edition[j]:
                    continue
                if not (_meet_at(f, i, j, column) and _adjacent(f, m, i, j)):
                    a, b = _grown(a, k), _grown(b, k)
                    a[k], b[k] = i, j
                    k += 1
    return a, b, k


@nb.njit(cache=True, nogil=True)
def _by_links(f, m, start, member, column, most, a, b):  # type: ignore[no-untyped-def]
    """Take adjacent pairs that share a link and no sector, of each link with few members."""
    k = 0
    sector = min(column, TRADE)
    for link in range(len(start) - 1):
        some = member[start[link] : start[link + 1]]
        if len(some) > most:
            continue
        for x in range(len(some)):
            for y in range(x + 1, len(some)):
                i, j = some[x], some[y]
                if not _meet_at(f, i, j, sector) and _adjacent(f, m, i, j):
                    a, b = _grown(a, k), _grown(b, k)
                    a[k], b[k] = i, j
                    k += 1
    return a, b, k

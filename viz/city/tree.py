"""What lies in what, as ranges: the city's districts, their streets, what lies in streets, and in it organizations and units.

Every organization and unit is at the same depth: what lies in no district, street or place lies in one that says so. So the counts
of a node's children add up to its own, at each level. A street that rows put into two districts is a node in each; codes find both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.columns import Columns, Where, Words

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

LEVELS = ("district", "street", "place")
DISTRICT, STREET, PLACE = range(3)
NOWHERE = ("no_district", "no_street", "no_place")
"""What stands for the district, street or place of what lies in none."""


@dataclass(frozen=True, eq=False)
class Level:
    """The nodes of a level, in order of their codes within their parents.

    Attributes
    ----------
    key : numpy.ndarray of int32
        Position in the columns' list of keys; one beyond its end is nowhere.
    parent : numpy.ndarray of int32
        Node of the level above.
    first, last : numpy.ndarray of int64
        The places (nodes of the last level) in it, the last not included.
    """

    key: Numbers
    parent: Numbers
    first: Ints
    last: Ints

    def __len__(self) -> int:
        """Return how many nodes there are."""
        return len(self.key)


@dataclass(frozen=True, eq=False)
class Residents:
    """Organizations or units in the order of the places that they lie in, and of their codes.

    Attributes
    ----------
    order : numpy.ndarray of int64
        Their positions in the columns.
    place : numpy.ndarray of int32
        The node of each.
    begins : numpy.ndarray of int64
        Where each place's begin, and the end.
    """

    order: Ints
    place: Numbers
    begins: Ints

    @classmethod
    def of(cls, place: Ints, places: int) -> Residents:
        """Return residents by the place of each."""
        order = np.argsort(place, kind="stable")
        sorted_ = place[order].astype(np.int32)
        return cls(order, sorted_, np.searchsorted(sorted_, np.arange(places + 1)).astype(np.int64))

    def rank(self, some: Ints) -> Ints:
        """Return the position of some within their places."""
        out: Ints = some - self.begins[self.place[some]]
        return out


class Tree:
    """A city's nodes by level.

    Parameters
    ----------
    columns : viz.city.columns.Columns
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        ends = (len(columns.districts), len(columns.streets), len(columns.places))
        self.ends = ends
        paths = [_path(where, ends) for where in (columns.lies, columns.unit_lies)]
        leaves, at = np.unique(np.concatenate(paths), return_inverse=True)
        n = len(paths[0])
        place = leaves % (ends[2] + 1)
        street = leaves // (ends[2] + 1)
        self.levels = _levels(street, place, ends[1] + 1)
        size = len(leaves)
        self.organizations = Residents.of(at[:n], size)
        self.units = Residents.of(at[n:], size)

    def key(self, level: int, node: int) -> str | None:
        """Return a node's code; ``None`` of what is nowhere."""
        at = int(self.levels[level].key[node])
        if at == self.ends[level]:
            return None
        if level == PLACE:
            return self.columns.places[at][1]
        return (self.columns.districts if level == DISTRICT else self.columns.streets)[at]

    def kind(self, level: int, node: int) -> str | None:
        """Return what kind of place a node is; ``None`` of what is nowhere."""
        at = int(self.levels[level].key[node])
        if at == self.ends[level]:
            return None
        return self.columns.places[at][0] if level == PLACE else LEVELS[level]

    def name(self, level: int, node: int) -> str | None:
        """Return what a node is called, its code where no row says; ``None`` of what is nowhere."""
        key, kind = self.key(level, node), self.kind(level, node)
        if key is None or kind is None:
            return None
        return self.columns.names.get(("division" if level < PLACE else kind, key), key)

    def above(self, level: int, node: int) -> int:
        """Return the node of the level above."""
        return int(self.levels[level].parent[node])

    def code(self, level: int, node: int) -> str:
        """Return the code by which a node is asked for; of what is nowhere, one that says within what."""
        key = self.key(level, node)
        if key is not None:
            return key
        if level == STREET:
            return f"{NOWHERE[STREET]}:{self.code(DISTRICT, self.above(STREET, node))}"
        return NOWHERE[level]

    def id(self, level: int, node: int) -> str:
        """Return the same text for the same node of any view, another for each."""
        code, key = self.code(level, node), self.key(level, node)
        if level == PLACE:
            named = code if key is None else f"{self.kind(PLACE, node)}|{key}"
            return f"{self.id(STREET, self.above(PLACE, node))}|{named}"
        if key is None:
            return code
        if level == STREET and len(self.by_code.get(code, ())) > 1:
            # rows put it into several districts; it has its plain id in its own
            at = self.code(DISTRICT, self.above(STREET, node))
            if self.columns.parents.get(code) != at:
                return f"street:{code}@{at}"
        return f"{LEVELS[level]}:{code}"

    @cached_property
    def by_code(self) -> dict[str, list[tuple[int, int]]]:
        """Districts and streets by the codes that ask for them."""
        out: dict[str, list[tuple[int, int]]] = {}
        for level in (STREET, DISTRICT):
            for node in range(len(self.levels[level])):
                out.setdefault(self.code(level, node), []).append((level, node))
        # a code of both levels means the larger, as --in takes it
        return {code: [n for n in found if n[0] == found[-1][0]] for code, found in out.items()}

    @cached_property
    def by_place(self) -> dict[str, Ints]:
        """Nodes of places by code."""
        level = self.levels[PLACE]
        order = np.argsort(level.key, kind="stable")
        starts = np.searchsorted(level.key[order], np.arange(self.ends[PLACE] + 2))
        out: dict[str, list[Ints]] = {}
        keys = [*(key for _, key in self.columns.places), NOWHERE[PLACE]]
        for at, key in enumerate(keys):
            out.setdefault(key, []).append(order[starts[at] : starts[at + 1]])
        return {key: np.concatenate(found) for key, found in out.items()}

    def ordered(self, words: Words) -> Words:
        """Return a column of organizations in the order of the tree."""
        return words.take(self.organizations.order)


def _path(where: Where, ends: tuple[int, int, int]) -> Ints:
    """Return each path as one number whose order is that of the path."""
    out: Ints = where.district.astype(np.int64)
    for column, end in ((where.street, ends[1]), (where.place, ends[2])):
        out = out * (end + 1) + column
    return out


def _levels(street: Ints, place: Ints, streets: int) -> tuple[Level, Level, Level]:
    """Return districts, streets and places, from the sorted paths of places."""
    n = len(street)
    begins = _starts(street)
    up = street[begins] // streets
    tops = _starts(up)
    last = np.append(begins[1:], n).astype(np.int64)
    last_top = np.append(begins[tops][1:], n).astype(np.int64)
    everything = np.arange(n, dtype=np.int64)
    district = Level(
        up[tops].astype(np.int32), np.zeros(len(tops), np.int32), begins[tops], last_top
    )
    of = np.repeat(np.arange(len(tops)), np.diff(np.append(tops, len(begins))))
    middle = Level((street[begins] % streets).astype(np.int32), of.astype(np.int32), begins, last)
    of = np.repeat(np.arange(len(begins)), last - begins)
    leaf = Level(place.astype(np.int32), of.astype(np.int32), everything, everything + 1)
    return district, middle, leaf


def _starts(values: Ints) -> Ints:
    """Return where a value differs from the one before."""
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.r_[True, values[1:] != values[:-1]]).astype(np.int64)

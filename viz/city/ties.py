"""How organizations and units are tied: of each how many ties it has, and the k-core that it is in.

Ties are coverage and subordination, either way; a pair counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from viz.city.columns import Words
from viz.city.counting import Colouring

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.tree import Tree

    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]


CLASSES = {"degree": (0, 1, 2, 3, 6, 11, 101), "core": (0, 1, 2, 3, 4)}
"""Where classes of numbers of ties, and of cores, begin: the last has no end."""


@dataclass(frozen=True, eq=False)
class Ties:
    """Of organizations and of units, in the order of the tree.

    Attributes
    ----------
    degree : (numpy.ndarray of int32, numpy.ndarray of int32)
        Others that each is tied to.
    core : (numpy.ndarray of int32, numpy.ndarray of int32)
        The largest k such that it is in a part in which each is tied to k others of the part (Seidman, 1983).
    """

    degree: tuple[Numbers, Numbers]
    core: tuple[Numbers, Numbers]

    @classmethod
    def of(cls, columns: Columns, tree: Tree) -> Ties:
        """Return the ties of a city."""
        n = len(columns.units)
        a, b, whole = paired(columns)
        degree = np.bincount(a, minlength=whole) + np.bincount(b, minlength=whole)
        found = degree.astype(np.int32), cores(a, b, degree)
        sides = [(v[n:][tree.organizations.order], v[:n][tree.units.order]) for v in found]
        return cls(sides[0], sides[1])


def classed(name: str, numbers: tuple[Numbers, Numbers]) -> Colouring:
    """Return degrees or cores in classes, as a map is coloured by them."""
    begins = CLASSES[name]
    ends = [str(b) if b + 1 == e else f"{b}-{e - 1}" for b, e in pairwise(begins)]
    values = tuple(f"{name}-{told}" for told in (*ends, f"{begins[-1]}+"))
    sides = [
        Words(values, (np.searchsorted(begins, column, side="right") - 1).astype(np.int8))
        for column in numbers
    ]
    return Colouring(values, sides[0], sides[1])


def paired(columns: Columns) -> tuple[Ints, Ints, int]:
    """Return who is tied to whom, each pair once, and of how many: units by their position, after them organizations."""
    n = len(columns.units)
    whole = n + len(columns.organizations)
    (covering, covered), (lower, upper) = columns.covers, columns.superior
    a = np.concatenate([covering, lower]).astype(np.int64)
    b = np.concatenate([covered.astype(np.int64) + n, upper.astype(np.int64)])
    apart = a != b
    pairs = np.unique(np.minimum(a, b)[apart] * whole + np.maximum(a, b)[apart])
    return pairs // max(whole, 1), pairs % max(whole, 1), whole


def cores(a: Ints, b: Ints, degree: Ints) -> Numbers:
    """Return the core number of each node of a graph of pairs, by taking away what has too few ties.

    As Batagelj and Zaversnik, "An O(m) algorithm for cores decomposition of networks", 2003, but all of a k at once.
    """
    n = len(degree)
    left = degree.copy()
    core = np.zeros(n, dtype=np.int32)
    alive = degree > 0
    k = 1
    while alive.any():
        few = alive & (left < k)
        if not few.any():
            core[alive] = k
            k += 1
            continue
        alive &= ~few
        stay = alive[a] & alive[b]
        a, b = a[stay], b[stay]
        left = np.bincount(a, minlength=n) + np.bincount(b, minlength=n)
    return core

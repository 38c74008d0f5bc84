"""Communities: parts of a city that are tied more within themselves than with all others.

Ties are those of :mod:`viz.city.ties`, coverage and subordination, and nothing else: no person, no place, no sector. Found by
Louvain's method (Blondel, Guillaume, Lambiotte and Lefebvre, "Fast unfolding of communities in large networks", 2008), which looks
for the division of highest modularity: how many more ties lie within parts than would by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viz.city.parts import NONE, Parts, pairs, tints
from viz.city.ties import paired
from viz.city.tree import STREET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.counting import Colouring
    from viz.city.ties import Ties
    from viz.city.tree import Tree

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

SEED = 0
SIDE_BY_SIDE = 12
"""Of the communities of a street, those with most in it have different tints."""


@dataclass(frozen=True, eq=False)
class Communities:
    """A city's communities, the largest first.

    Attributes
    ----------
    parts : Parts
    hub : numpy.ndarray of int64
        Of each the unit that most is tied to, by its position in the order of the tree: what a community is named by.
    size : numpy.ndarray of int64, shape (communities, 2)
        Organizations and units of each.
    """

    parts: Parts
    hub: Ints
    size: Ints

    @property
    def colouring(self) -> Colouring:
        """Their tints."""
        return self.parts.colouring

    def having(self, some: Sequence[int]) -> tuple[Bools, Bools]:
        """Return which organizations and which units are of one of some communities."""
        wanted = np.array(some, dtype=np.int32)
        return np.isin(self.parts.organizations, wanted), np.isin(self.parts.units, wanted)

    @classmethod
    def of(cls, columns: Columns, tree: Tree, ties: Ties) -> Communities:
        """Return the communities of a city; what is tied to nothing is in none."""
        a, b, whole = paired(columns)
        part = _ordered(_louvain(a, b, whole))
        n = len(columns.units)
        units, organizations = (
            part[:n][tree.units.order],
            part[n:][tree.organizations.order],
        )
        number = int(part.max(initial=NONE)) + 1
        size = np.stack(
            [np.bincount(p[p != NONE], minlength=number) for p in (organizations, units)], axis=1
        )
        near = np.concatenate([pairs(part[a], part[b]), _in_one_street(tree, organizations, units)])
        return cls(
            Parts(organizations, units, tints(near, number)),
            _hubs(units, ties.degree[1], number),
            size,
        )


def _louvain(a: Ints, b: Ints, whole: int) -> Numbers:
    """Return a label of each node of a graph of pairs, of the same community the same one; :data:`NONE` without ties."""
    from scipy.sparse import csr_matrix
    from sknetwork.clustering import Louvain

    out = np.full(whole, NONE, dtype=np.int32)
    used = np.unique(np.concatenate([a, b]))
    if not len(used):
        return out
    at, to = np.searchsorted(used, a), np.searchsorted(used, b)
    ends = np.concatenate([at, to]), np.concatenate([to, at])
    ties = csr_matrix((np.ones(len(ends[0])), ends), shape=(len(used), len(used)))
    out[used] = Louvain(random_state=SEED).fit_predict(ties)
    return out


def _ordered(label: Numbers) -> Numbers:
    """Return labels as numbers from nought, of the largest first, of equals the one that comes first."""
    some = label != NONE
    if not some.any():
        return label
    unique, first, at, number = np.unique(
        label[some], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(unique), dtype=np.int32)
    rank[np.lexsort((first, -number))] = np.arange(len(unique))
    out = np.full(len(label), NONE, dtype=np.int32)
    out[some] = rank[at]
    return out


def _hubs(part: Numbers, degree: Numbers, number: int) -> Ints:
    """Return of each part the unit with most ties, of equals the first; every tie has a unit at one end."""
    some = np.flatnonzero(part != NONE)
    order = some[np.lexsort((some, -degree[some], part[some]))]
    found, first = np.unique(part[order], return_index=True)
    out = np.full(number, NONE, dtype=np.int64)
    out[found] = order[first]
    return out


def _in_one_street(tree: Tree, organizations: Numbers, units: Numbers) -> Ints:
    """Return pairs of communities of which each has much in one street."""
    street = tree.levels[STREET + 1].parent.astype(np.int64)
    part = np.concatenate([organizations, units])
    where = street[np.concatenate([tree.organizations.place, tree.units.place])]
    some = part != NONE
    found, number = np.unique(where[some] << 32 | part[some], return_counts=True)
    of, which = found >> 32, found & 0xFFFFFFFF
    order = np.lexsort((which, -number, of))
    of, which = of[order], which[order]
    out = [np.zeros((0, 2), dtype=np.int64)]
    for step in range(1, SIDE_BY_SIDE):
        here = of[:-step] == of[step:]
        rank = np.arange(len(of)) - np.searchsorted(of, of)
        here &= rank[step:] < SIDE_BY_SIDE
        out.append(pairs(which[:-step][here], which[step:][here]))
    return np.concatenate(out)

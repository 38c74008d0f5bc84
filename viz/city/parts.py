"""What hangs together, as parts of a whole that a picture tells apart: each has one of a few tints, near ones another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from viz.city.columns import OTHER, Words
from viz.city.counting import Colouring

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.ground import Ground
    from viz.city.tree import Residents

    Bools = NDArray[np.bool_]
    Codes = NDArray[np.int8]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

NONE = -1
"""The part of what is in none."""
TINTS = 12
"""Tints that there are: a colour and a pattern each. A map needs four, what lies around a part in two layouts some more."""
AROUND = 7
"""Nearest parts, by the mean of their points, that a part has another tint than."""


@dataclass(frozen=True, eq=False)
class Parts:
    """Which part each organization and unit is of, in the order of the tree.

    Attributes
    ----------
    organizations, units : numpy.ndarray of int32
        Positions of parts, :data:`NONE` in none.
    tint : numpy.ndarray of int8
        Of each part.
    """

    organizations: Numbers
    units: Numbers
    tint: Codes

    def __len__(self) -> int:
        """Return how many parts there are."""
        return len(self.tint)

    @cached_property
    def colouring(self) -> Colouring:
        """The tints of organizations and of units."""
        values = tuple(f"tint-{k + 1}" for k in range(TINTS))
        tint = np.append(self.tint, np.int8(OTHER))
        return Colouring(
            values, Words(values, tint[self.organizations]), Words(values, tint[self.units])
        )


def tints(near: Ints, parts: int) -> Codes:
    """Return a tint for each part such that those of a pair have different ones, as far as there are enough.

    Parts take their turn in their order, and the first tint that is free from one on that goes around with them: so all are in use.

    Parameters
    ----------
    near : numpy.ndarray of int64, shape (pairs, 2)
    """
    ends = np.concatenate([near, near[:, ::-1]])
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    begins = np.searchsorted(ends[:, 0], np.arange(parts + 1)).tolist()
    other = ends[:, 1].tolist()
    out = [OTHER] * parts
    for part in range(parts):
        taken = [out[one] for one in other[begins[part] : begins[part + 1]]]
        turn = [(part + k) % TINTS for k in range(TINTS)]
        out[part] = min(turn, key=taken.count) if taken else turn[0]
    return np.array(out, dtype=np.int8)


def pairs(a: Ints | Numbers, b: Ints | Numbers) -> Ints:
    """Return the pairs of two different parts among those at the same places of two columns, each once."""
    some = (a != b) & (a != NONE) & (b != NONE)
    low, high = np.minimum(a, b)[some].astype(np.int64), np.maximum(a, b)[some].astype(np.int64)
    found = np.unique(low << 32 | high)
    return np.stack([found >> 32, found & 0xFFFFFFFF], axis=1)


def beside(of: Residents, part: Numbers) -> Ints:
    """Return the parts that follow each other within a place, one resident between them at most: neighbours in the network."""
    some = np.flatnonzero(part != NONE)
    out = [np.zeros((0, 2), dtype=np.int64)]
    for step in (1, 2):
        a, b = some[:-step], some[step:]
        here = of.place[a] == of.place[b]
        out.append(pairs(part[a[here]], part[b[here]]))
    return np.concatenate(out)


def around(ground: Ground, part: Numbers, parts: int) -> Ints:
    """Return the parts that lie nearest to each other on the map, by the means of their organizations' points."""
    from scipy.spatial import cKDTree

    lon, lat = ground.organizations.lon, ground.organizations.lat
    some = (part != NONE) & np.isfinite(lon)
    number = np.bincount(part[some], minlength=parts)
    known = np.flatnonzero(number)
    if len(known) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    x, y = (np.bincount(part[some], weights=v[some], minlength=parts)[known] / number[known] for v in (lon, lat))  # fmt: skip
    at = np.stack([x * np.cos(np.radians(y.mean())), y], axis=1)
    _, near = cKDTree(at).query(at, k=min(AROUND + 1, len(known)))
    own = np.repeat(known, near.shape[1])
    return pairs(own, known[near.ravel()])

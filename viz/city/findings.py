"""What an audit found of a city's organizations and units, as columns of its map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from viz.city.columns import Words
from viz.city.counting import Colouring

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from graph.affiliation.standing import Standing
    from viz.city.columns import Columns
    from viz.city.tree import Tree

    Bools = NDArray[np.bool_]
    Codes = NDArray[np.int8]
    Ints = NDArray[np.int64]

GRAVITY = ("error", "warning", "note", "none")
"""What a thing is coloured by: the gravest of its findings; none of which the audit found nothing."""
_NONE = GRAVITY.index("none")


@dataclass(frozen=True, eq=False)
class Found:
    """An audit's findings, each with its subject's position in the order of the tree.

    Attributes
    ----------
    codes : tuple of str
    code : numpy.ndarray of int16
        Of each finding its position in ``codes``.
    gravity : numpy.ndarray of int8
        Its position in :data:`GRAVITY`.
    organization, unit : numpy.ndarray of int32
        Its subject; −1 where that is none.
    sizes : (int, int)
        Organizations and units that the map has.
    """

    codes: tuple[str, ...]
    code: NDArray[np.int16]
    gravity: Codes
    organization: NDArray[np.int32]
    unit: NDArray[np.int32]
    sizes: tuple[int, int]

    @classmethod
    def of(cls, columns: Columns, tree: Tree, found: Standing) -> Found:
        """Return the findings of an audit of the same city and date."""
        sides = [
            positions(keys, order, found.subject).astype(np.int32)
            for keys, order in (
                (columns.organizations, tree.organizations.order),
                (columns.units, tree.units.order),
            )
        ]
        of_severity = np.array([GRAVITY.index(s) for s in found.severities], dtype=np.int8)
        return cls(
            found.codes, found.code, of_severity[found.severity], sides[0], sides[1],
            (len(tree.organizations.order), len(tree.units.order)),
        )  # fmt: skip

    def without(self, some: Bools) -> Found:
        """Return all but some findings."""
        kept = ~some
        return replace(
            self, code=self.code[kept], gravity=self.gravity[kept], organization=self.organization[kept], unit=self.unit[kept]
        )  # fmt: skip

    @cached_property
    def colouring(self) -> Colouring:
        """The gravest finding of each organization and unit."""
        words = []
        for at, size in zip((self.organization, self.unit), self.sizes, strict=True):
            gravest = np.full(size, _NONE, dtype=np.int8)
            here = at >= 0
            np.minimum.at(gravest, at[here], self.gravity[here])
            words.append(Words(GRAVITY, gravest))
        return Colouring(GRAVITY, words[0], words[1])

    @cached_property
    def by_code(self) -> dict[str, tuple[Ints, Ints]]:
        """By the finding's code the organizations and the units that have it."""
        out = {}
        for number in np.unique(self.code).tolist():
            here = self.code == number
            sides = [np.unique(at[here & (at >= 0)]) for at in (self.organization, self.unit)]
            out[self.codes[number]] = sides[0], sides[1]
        return dict(sorted(out.items()))

    def having(self, codes: Sequence[str]) -> tuple[Bools, Bools]:
        """Return which organizations and units have one of some findings."""
        out = np.zeros(self.sizes[0], bool), np.zeros(self.sizes[1], bool)
        for code in codes:
            for side, at in zip(out, self.by_code.get(code, ()), strict=False):
                side[at] = True
        return out

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        return 2 * sum(c.nbytes for c in (self.code, self.gravity, self.organization, self.unit)) + sum(self.sizes)  # fmt: skip


def positions(keys: pa.Array, order: Ints, subjects: Sequence[str] | NDArray[np.object_]) -> Ints:
    """Return where some codes stand in the order of the tree; −1 of those that are none of the keys."""
    at = pd.Index(keys.to_pandas()).get_indexer(pd.Index(subjects, dtype=object))
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order))
    out: Ints = np.where(at >= 0, inverse[at] if len(order) else -1, -1)
    return out

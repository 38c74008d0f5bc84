"""With which import each organization and unit came last: what a view tells from since any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from viz.city.findings import positions
from viz.city.tree import PLACE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.tree import Tree

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

Told = tuple[list[str], "Ints"]
"""Keys, and the import that said last what holds of each."""


class Came(NamedTuple):
    """Which organizations or units came later than an import, in the order of the tree, and how many in each place."""

    came: Bools
    of_place: Ints


@dataclass(frozen=True, eq=False)
class Newest:
    """Imports by organization and by unit, in the order of the tree; 0 of what the store says nothing of."""

    organizations: Numbers
    units: Numbers
    _places: tuple[Numbers, Numbers]
    _number: int

    @classmethod
    def of(cls, columns: Columns, tree: Tree, organizations: Told, units: Told) -> Newest:
        """Return the columns of what a store says."""
        out = []
        for codes, residents, (keys, batches) in (
            (columns.organizations, tree.organizations, organizations),
            (columns.units, tree.units, units),
        ):
            newest = np.zeros(len(residents.order), dtype=np.int32)
            at = positions(codes, residents.order, keys)
            newest[at[at >= 0]] = batches[at >= 0]
            out.append(newest)
        places = tree.organizations.place, tree.units.place
        return cls(out[0], out[1], places, len(tree.levels[PLACE]))

    def since(self, batch: int) -> tuple[Came, Came]:
        """Return which organizations and which units came with a later import."""
        out = []
        for newest, place in zip((self.organizations, self.units), self._places, strict=True):
            came = newest > batch
            out.append(Came(came, np.bincount(place[came], minlength=self._number)))
        return out[0], out[1]

"""What an audit found of a city's organizations and units, as columns of its map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from viz.city.columns import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.tree import Tree

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

GRAVITY = ("error", "warning", "note", "none")
"""What a thing is coloured by: the gravest of its findings; none of which the audit found nothing."""
_NONE = GRAVITY.index("none")


@dataclass(frozen=True, eq=False)
class Found:
    """Findings by organization and unit, in the order of the tree.

    Attributes
    ----------
    organizations, units : Words
        The gravest of each (:data:`GRAVITY`).
    by_code : dict of str to (numpy.ndarray, numpy.ndarray)
        By the finding's code the organizations and the units that have it.
    elsewhere : int
        Findings whose subject is neither: a place, a ledger, a submission.
    """

    organizations: Words
    units: Words
    by_code: dict[str, tuple[Ints, Ints]]
    elsewhere: int

    @classmethod
    def of(cls, columns: Columns, tree: Tree, found: Iterable[tuple[str, str, str]]) -> Found:
        """Return the columns of findings: each a code, a severity and a subject."""
        rows = pd.DataFrame(list(found), columns=["code", "severity", "subject"])
        weight = rows["severity"].map(GRAVITY.index).to_numpy(dtype=np.int8)
        sides, known = [], np.zeros(len(rows), dtype=bool)
        for keys, order in (
            (columns.organizations, tree.organizations.order),
            (columns.units, tree.units.order),
        ):
            at = positions(keys, order, rows["subject"].tolist())
            gravest = np.full(len(order), _NONE, dtype=np.int8)
            here = at >= 0
            np.minimum.at(gravest, at[here], weight[here])
            known |= here
            sides.append((at, Words(GRAVITY, gravest)))
        code = rows["code"].to_numpy(dtype=object)
        by_code = {
            str(one): (
                np.unique(sides[0][0][(code == one) & (sides[0][0] >= 0)]),
                np.unique(sides[1][0][(code == one) & (sides[1][0] >= 0)]),
            )
            for one in sorted(set(code))
        }
        return cls(sides[0][1], sides[1][1], by_code, int((~known).sum()))

    def having(self, codes: Sequence[str]) -> tuple[Bools, Bools]:
        """Return which organizations and units have one of some findings."""
        out = np.zeros(len(self.organizations.codes), bool), np.zeros(len(self.units.codes), bool)
        for code in codes:
            for side, at in zip(out, self.by_code.get(code, ()), strict=False):
                side[at] = True
        return out


def positions(keys: pa.Array, order: Ints, subjects: list[str]) -> Ints:
    """Return where some codes stand in the order of the tree; −1 of those that are none of the keys."""
    at = pd.Index(keys.to_pandas()).get_indexer(pd.Index(subjects, dtype=object))
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order))
    out: Ints = np.where(at >= 0, inverse[at] if len(order) else -1, -1)
    return out

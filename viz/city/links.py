"""What is tied to what on a map: subordination and coverage between marks, with how many there are of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.tree import Tree

    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

SUBORDINATE, COVERS = "SUBORDINATE_TO", "COVERS"


@dataclass(frozen=True, slots=True)
class Link:
    """A tie between two marks (positions in a view), of a kind, and how many of the kind it stands for."""

    source: int
    target: int
    kind: str
    number: int


@dataclass(frozen=True, eq=False)
class _Ends:
    """Pairs of positions, and how often each stands for one."""

    source: Numbers
    target: Numbers
    number: Ints


class Links:
    """The ties of a city's units, between themselves and between the places that they lie in."""

    def __init__(self, columns: Columns, tree: Tree) -> None:
        unit_at, organization_at = _inverse(tree.units.order), _inverse(tree.organizations.order)
        lower, upper = columns.superior
        covering, covered = columns.covers
        self._single = {
            SUBORDINATE: _Ends(unit_at[lower], unit_at[upper], np.ones(len(lower), np.int64)),
            COVERS: _Ends(unit_at[covering], organization_at[covered], np.ones(len(covering), np.int64)),
        }  # fmt: skip
        of_unit, of_organization = tree.units.place, tree.organizations.place
        self._of_places = {
            SUBORDINATE: _together(of_unit, of_unit, self._single[SUBORDINATE]),
            COVERS: _together(of_unit, of_organization, self._single[COVERS]),
        }

    def between_places(self, mark: Numbers) -> list[Link]:
        """Return the ties between marks, where ``mark`` says which each place belongs to; −1 none. Most first."""
        return self._between(self._of_places, mark, mark)

    def between(self, unit_mark: Numbers, organization_mark: Numbers) -> list[Link]:
        """Return the ties between marks, where these say which each unit and organization belongs to; −1 none. Most first."""
        return self._between(self._single, unit_mark, organization_mark)

    @staticmethod
    def _between(of: dict[str, _Ends], units: Numbers, organizations: Numbers) -> list[Link]:
        out = []
        for kind, ends in of.items():
            source = units[ends.source]
            target = (units if kind == SUBORDINATE else organizations)[ends.target]
            some = np.flatnonzero((source >= 0) & (target >= 0) & (source != target))
            pair = source[some].astype(np.int64) << 32 | target[some]
            pairs, at = np.unique(pair, return_inverse=True)
            number = np.bincount(at, weights=ends.number[some], minlength=len(pairs))
            out += [
                Link(p >> 32, p & 0xFFFFFFFF, kind, int(n))
                for p, n in zip(pairs.tolist(), number.tolist(), strict=True)
            ]
        out.sort(key=lambda link: (-link.number, link.kind, link.source, link.target))
        return out


def _inverse(order: Ints) -> Numbers:
    out = np.empty(len(order), dtype=np.int32)
    out[order] = np.arange(len(order), dtype=np.int32)
    return out


def _together(source: Numbers, target: Numbers, ends: _Ends) -> _Ends:
    """Return ties between places, those of one pair as one; none within a place."""
    a, b = source[ends.source], target[ends.target]
    some = a != b
    pairs, number = np.unique(a[some].astype(np.int64) << 32 | b[some], return_counts=True)
    return _Ends((pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32), number.astype(np.int64))  # fmt: skip

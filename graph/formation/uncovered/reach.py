"""How far an organization is from the joint units of a plan: which it could be in, and at what radius."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graph.formation import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.problem import Problem

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

FAR = 2**62


class To(NamedTuple):
    """From one organization to each joint unit.

    Attributes
    ----------
    now : bool[g]
        Whether some method may join it to the unit at the present radius (whoever needs to know asks the method).
    alike : bool[g]
        Whether all are similar, so that a larger radius would do.
    centimetres : int64[g]
        The least radius at which all are adjacent; ``FAR`` where a location is unknown.
    """

    now: Bools
    alike: Bools
    centimetres: Ints


class Reach:
    """The joint units of a ledger unit's plan, positions in the city."""

    def __init__(self, problem: Problem, groups: list[list[int]]) -> None:
        self.problem = problem
        self.size: Ints = np.array([len(g) for g in groups], dtype=np.int64)
        self.start: Ints = np.concatenate([[0], np.cumsum(self.size)]).astype(np.int64)
        self.member: Ints = np.array([r for g in groups for r in g], dtype=np.int64)
        self.members: Ints = (
            np.add.reduceat(problem.m[self.member], self.start[:-1])
            if len(groups)
            else np.zeros(0, dtype=np.int64)
        )
        self._inside(groups)

    def _inside(self, groups: list[list[int]]) -> None:
        """Find at what radius each unit's own members are adjacent, and whether they are similar."""
        a, b, owner = [], [], []
        for g, rows in enumerate(groups):
            for x, i in enumerate(rows):
                for j in rows[x + 1 :]:
                    a.append(i)
                    b.append(j)
                    owner.append(g)
        found = pairs.pairs(
            self.problem.features, np.array(a, dtype=np.int64), np.array(b, dtype=np.int64), self.problem.model
        )  # fmt: skip
        self._reach = np.zeros(len(groups), dtype=np.int64)
        np.maximum.at(self._reach, np.array(owner, dtype=np.int64), _apart(found))
        self._alike = np.ones(len(groups), dtype=bool)
        np.logical_and.at(self._alike, np.array(owner, dtype=np.int64), found.alike)

    def to(self, row: int) -> To:
        """Return how one organization stands to each unit."""
        found = pairs.pairs(
            self.problem.features, np.full(len(self.member), row), self.member, self.problem.model
        )
        first = self.start[:-1]
        near = np.logical_and.reduceat(found.adjacent & found.alike, first)
        place = np.bitwise_and.reduceat(found.shared, first) != 0
        trade = np.logical_and.reduceat((found.meeting >= 2) | found.linked, first)
        alike = np.logical_and.reduceat(found.alike, first) & self._alike
        reach = np.maximum(np.maximum.reduceat(_apart(found), first), self._reach)
        return To(near | place | trade, alike, reach)


def _apart(found: pairs.Pairs) -> Ints:
    """Return the radius (centimetres) that each pair needs: 0 where a place is shared."""
    far = np.where(found.centimetres >= 0, found.centimetres, FAR)
    return np.where(found.shared != 0, 0, far).astype(np.int64)

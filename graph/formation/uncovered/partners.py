"""Whether an organization could be in any joint unit at all, whatever a plan makes of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.formation import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.pairs import Pairs
    from graph.formation.problem import LedgerUnit, Problem
    from graph.formation.wording import Leaning

    Ints = NDArray[np.int64]


class Partners:
    """The small organizations of a ledger unit with which one could form a unit; decisions aside."""

    def __init__(self, problem: Problem, leaning: Leaning, unit: LedgerUnit) -> None:
        self.problem, self.leaning = problem, leaning
        self.rows: Ints = unit.rows
        self.least = problem.model.min_members
        self.most = problem.model.max_organizations

    def any(self, row: int) -> bool:
        """Return whether some method joins it to one other."""
        found = self._pairs(row)
        return bool(joined(found).any())

    def enough(self, row: int) -> bool:
        """Return whether it is in some feasible joint unit."""
        found = self._pairs(row)
        others = self.rows[self.rows != row]
        m = self.problem.m
        need = self.least - int(m[row])
        if int(_best(m[others][joined(found)], self.most - 1)) < need:
            return False
        if any(_best(m[others][some], self.most - 1) >= need for some in self._sets(row, found)):
            return True
        near = others[found.adjacent & found.alike]
        return self._clique(near[np.argsort(-m[near], kind="stable")], need, self.most - 1)

    def _pairs(self, row: int) -> Pairs:
        others = self.rows[self.rows != row]
        return pairs.pairs(
            self.problem.features, np.full(len(others), row), others, self.problem.model
        )

    def _sets(self, row: int, found: Pairs) -> list[NDArray[np.bool_]]:
        """Return, for each place, division, association and leading firm of its own, who shares it."""
        out = [(found.shared >> kind & 1) > 0 for kind in range(5)]
        out.append(found.meeting >= 2)
        f = self.problem.features
        others = self.rows[self.rows != row]
        for start, value in (
            (f.association_start, f.association),
            (f.leader_start, f.leader),
        ):
            for own in value[start[row] : start[row + 1]]:
                shared = [own in value[start[r] : start[r + 1]] for r in others]
                out += [np.array(shared, dtype=bool)]
        return out

    def _clique(self, some: Ints, need: int, most: int) -> bool:
        """Return whether at most so many of these, adjacent and similar two by two, have so many members."""
        if need <= 0:
            return True
        m = self.problem.m
        if most == 0 or int(_best(m[some], most)) < need:
            return False
        for x, r in enumerate(some.tolist()):
            rest = some[x + 1 :]
            if int(m[r]) >= need:
                return True
            found = pairs.pairs(
                self.problem.features, np.full(len(rest), r), rest, self.problem.model
            )
            if self._clique(rest[found.adjacent & found.alike], need - int(m[r]), most - 1):
                return True
        return False


def joined(found: Pairs) -> NDArray[np.bool_]:
    """Return of which pairs some method joins the two."""
    return np.asarray(
        (found.adjacent & found.alike) | (found.shared != 0) | found.linked | (found.meeting >= 2)
    )


def _best(members: Ints, most: int) -> int:
    return int(np.sort(members)[::-1][:most].sum())

"""Where organizations stand in a plan, as objects with codes: the joint units, attachments and uncovered ones of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.formation.naming import new_code
from graph.formation.questions.ground import ALONE, Column, cost_of
from graph.formation.result import coin
from graph.formation.wording import Leaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.formation.problem import Problem
    from graph.formation.questions.standing import Part
    from graph.formation.solve import Solved

Object = dict[str, Any]


class Describe:
    """Describes the columns of one problem's plans."""

    def __init__(self, problem: Problem, leaning: Leaning | None = None) -> None:
        self.problem = problem
        self.leaning = leaning or Leaning(problem)

    def joint(self, rows: Sequence[int], cost: int) -> Object:
        """Return a joint unit of some organizations (positions in the city); its cost in 1e-6 goes out as a decimal."""
        codes = sorted(str(self.problem.codes[r]) for r in rows)
        return {
            "as": "joint",
            "id": new_code(codes),
            "organizations": codes,
            "method": self.leaning.method(list(rows)),
            "formal_members": int(self.problem.m[list(rows)].sum()),
            "cost": coin(cost),
        }

    def attached(self, row: int, unit: int, cost: int) -> Object:
        """Return an attachment."""
        return {
            "as": "attached",
            "organizations": [str(self.problem.codes[row])],
            "unit": str(self.problem.unit_codes[unit]),
            "cost": coin(cost),
        }

    def uncovered(self, row: int, cost: int) -> Object:
        """Return an organization left uncovered."""
        return {
            "as": "uncovered",
            "organizations": [str(self.problem.codes[row])],
            "cost": coin(cost),
        }

    def column(self, part: Part, column: Column) -> Object:
        """Return a component's column."""
        rows = part.rows(column)
        cost = cost_of(part.component.instance, part.ground.tables, column)
        if column.host == ALONE:
            return self.uncovered(rows[0], cost)
        if column.host >= 0:
            return self.attached(rows[0], part.unit(column), cost)
        return self.joint(rows, cost)

    def changes(
        self, parts: Sequence[Part], changed: Iterable[tuple[int, frozenset[Column]]]
    ) -> Object:
        """Return ``{forms, drops}``: what is in another plan only, and what is in the present one only."""
        forms: list[Object] = []
        drops: list[Object] = []
        for x, columns in changed:
            own = parts[x].ground.plan
            forms += [self.column(parts[x], c) for c in sorted(columns - own)]
            drops += [self.column(parts[x], c) for c in sorted(own - columns)]
        return {"forms": forms, "drops": drops}

    def solved(self, s: Solved, alone: int) -> list[Object]:
        """Return what a solved ledger unit holds; ``alone`` is what an uncovered organization costs, in 1e-6."""
        return [
            *(self.joint(rows, cost) for rows, cost in s.joint),
            *(self.attached(r, u, cost) for r, u, cost in s.attached),
            *(self.uncovered(r, alone) for r in s.uncovered),
        ]

"""A plan's ledger unit as it stands, in positions: what questions about a plan (why, why not, what else) begin with."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.errors import PlanError
from graph.formation.entries import entry_of
from graph.formation.questions.ground import ALONE, Column, Ground, cost_of, ground
from graph.formation.result import MICRO
from graph.formation.solver import pricing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.formation.problem import Component, LedgerUnit, Problem
    from graph.formation.questions.describing import Describe

Plan = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Part:
    """One component of a ledger unit with the plan's columns and valid prices."""

    component: Component
    ground: Ground

    def rows(self, column: Column) -> list[int]:
        """Return a column's organizations, positions in the city."""
        return [int(r) for r in self.component.rows[list(column.members)]]

    def unit(self, column: Column) -> int:
        """Return an attachment's unit, a position in the city's units."""
        return int(self.component.hosts[column.host])


class Standing:
    """One ledger unit's entry of a plan, in positions in the city.

    Attributes
    ----------
    problem : Problem
        Under the plan's own terms.
    entry : dict
        The plan's entry.
    joint, attached, alone
        Who stands where.

    Raises
    ------
    PlanError
        The entry does not fit what the store holds now.
    """

    def __init__(self, problem: Problem, unit: LedgerUnit, entry: Plan) -> None:
        self.problem, self.unit, self.entry = problem, unit, entry
        self._at = {
            str(c): int(r) for r, c in zip(unit.rows, problem.codes[unit.rows], strict=True)
        }
        self._host = {
            str(c): int(u) for u, c in zip(unit.hosts, problem.unit_codes[unit.hosts], strict=True)
        }
        self.joint = [[self._row(c) for c in g["organizations"]] for g in entry["joint"]]
        self.attached = [
            (self._row(a["organization"]), self._unit(a["unit"])) for a in entry["attached"]
        ]
        self.alone = [self._row(u["organization"]) for u in entry["uncovered"]]
        held = sorted(
            [r for g in self.joint for r in g] + [r for r, _ in self.attached] + self.alone
        )
        if held != sorted(self._at.values()):
            missing = sorted(set(self._at.values()) - set(held))
            raise self._stale(str(problem.codes[missing[0]]) if missing else unit.id)

    def _stale(self, what: str) -> PlanError:
        return PlanError(
            f"{what} stands otherwise in the store than when the plan of {self.unit.id} was made: plan again (without --from, or"
            " give the plan after --from with --out to continue it)",
            f"{what} 在库中的情况与 {self.unit.id} 的方案制定时不同：请重新生成方案（或用 --from 与 --out 延续原方案）",
        )

    def _row(self, code: str) -> int:
        if code not in self._at:
            raise self._stale(code)
        return self._at[code]

    def _unit(self, code: str) -> int:
        if code not in self._host:
            raise self._stale(code)
        return self._host[code]

    @cached_property
    def accepted(self) -> list[tuple[list[int], int]]:
        """Accepted units and their costs."""
        return [(sorted(rows.tolist()), cost) for rows, cost in self._parts.accepted]

    @cached_property
    def _parts(self) -> Any:
        return self.problem.parts(self.unit)

    @property
    def isolated(self) -> list[int]:
        """Organizations that can be in no column but alone."""
        rows: list[int] = self._parts.isolated.tolist()
        return rows

    @cached_property
    def parts(self) -> list[Part]:
        """The components with the plan's columns and prices."""
        return [self._part(c) for c in self._parts.components]

    def part_of(self, row: int) -> Part | None:
        """Return the component that an organization is in; ``None`` where it can only be alone, or is accepted."""
        for component in self._parts.components:
            if row in component.rows:
                return self._part(component)
        return None

    def costs(self) -> Iterator[tuple[list[str], float, int]]:
        """Yield each joint unit and attachment: its codes, the cost that the plan states, and what it costs in 1e-6."""
        joint = {min(rows): g for rows, g in zip(self.joint, self.entry["joint"], strict=True)}
        attached = {r: a for (r, _), a in zip(self.attached, self.entry["attached"], strict=True)}
        for rows, cost in self.accepted:
            g = joint[rows[0]]
            yield g["organizations"], g["cost"], cost
        for component in self._parts.components:
            tables = pricing.tables(component.instance)
            for column in self._columns(component):
                if column.host == ALONE:
                    continue
                cost = cost_of(component.instance, tables, column)
                first = int(component.rows[column.members[0]])
                if column.host >= 0:
                    a = attached[first]
                    yield [a["organization"], a["unit"]], a["cost"], cost
                else:
                    g = joint[first]
                    yield g["organizations"], g["cost"], cost

    def _columns(self, component: Component) -> list[Column]:
        at = {int(r): x for x, r in enumerate(component.rows)}
        host = {int(u): x for x, u in enumerate(component.hosts)}
        columns = [Column(tuple(sorted(at[r] for r in g))) for g in self.joint if g[0] in at]
        columns += [Column((at[r],), host[u]) for r, u in self.attached if r in at]
        columns += [Column((at[r],), ALONE) for r in self.alone if r in at]
        return columns

    def _part(self, component: Component) -> Part:
        at = {int(r): x for x, r in enumerate(component.rows)}
        host = {int(u): x for x, u in enumerate(component.hosts)}
        i = component.instance
        columns = self._columns(component)
        stated = self.entry["prices"]
        prices = np.array(
            [_micro(stated.get(str(self.problem.codes[r]), 0)) for r in component.rows],
            dtype=np.int64,
        )
        places, seats = np.zeros(len(host), dtype=np.int64), np.zeros(len(host), dtype=np.int64)
        for code, price in self.entry["unit_prices"].items():
            u = host.get(self._host.get(code, -1))
            if u is not None:
                places[u], seats[u] = _micro(price["places"]), _micro(price["seats"])
        cuts = []
        for cut in self.entry["cuts"]:
            three = [at.get(self._at.get(c, -1)) for c in cut["organizations"]]
            if None not in three:
                a, b, c = sorted(int(x) for x in three if x is not None)
                cuts.append(((a, b, c), _micro(cut["price"])))
        return Part(component, ground(i, columns, prices, places, seats, cuts))

    def isolated_cost(self, row: int) -> int:
        """Return what an organization costs that can only be alone, in 1e-6."""
        at = self.isolated.index(row)
        return int(self._parts.isolated_cost[at])

    def cost_of(self, part: LedgerUnit) -> int:
        """Return what the plan costs within a part of the ledger unit, in 1e-6."""
        inside = set(part.rows.tolist())
        own = sum(p.ground.cost for p in self.parts if int(p.component.rows[0]) in inside)
        return own + sum(self.isolated_cost(r) for r in self.isolated if r in inside)

    def describe(self, part: LedgerUnit, describe: Describe) -> list[dict[str, Any]]:
        """Return the plan's joint units, attachments and uncovered organizations within a part of the ledger unit."""
        inside = set(part.rows.tolist())
        out = [
            describe.column(p, c)
            for p in self.parts
            if int(p.component.rows[0]) in inside
            for c in sorted(p.ground.plan)
        ]
        out += [describe.uncovered(r, self.isolated_cost(r)) for r in self.isolated if r in inside]
        return out

    def narrowed(self, rows: Iterable[int]) -> LedgerUnit:
        """Return the part of the ledger unit that is connected with some organizations."""
        some = set(rows)
        parts = [c for c in self._parts.components if some & set(c.rows.tolist())]
        all_rows = [c.rows for c in parts] + [np.array(sorted(some), dtype=np.int64)]
        hosts = [c.hosts for c in parts] + [np.zeros(0, dtype=np.int64)]
        return dataclasses.replace(
            self.unit, rows=np.unique(np.concatenate(all_rows)), hosts=np.unique(np.concatenate(hosts))
        )  # fmt: skip


def standing(problem: Problem, plan: Plan, ledger_unit: str) -> Standing:
    """Return a ledger unit of a plan as it stands; ``PlanError`` where the plan does not hold it."""
    entry = entry_of(plan, ledger_unit)
    if entry is None:
        raise PlanError(
            f"the plan does not hold {ledger_unit}: give a plan of it, or none to plan it now",
            f"方案不含 {ledger_unit}：请给出包含它的方案，或不给方案（当场计算）",
        )
    unit = next(u for u in problem.units if u.id == ledger_unit)
    return Standing(problem, unit, entry)


def _micro(value: float) -> int:
    return round(value * MICRO)

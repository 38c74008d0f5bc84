"""Questions of :mod:`graph.patterns` put to the embedded store, as one statement.

Its text is made of the schema's names, of operators and of parameters; what was asked for stands in the parameters alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store import ddl
from graph.store.ddl import column, table

if TYPE_CHECKING:
    from graph.patterns.language import Condition, Order, Part, Pattern, Step

_COMPARED = {"=": "=", "!=": "<>", ">=": ">=", "<=": "<="}


def matching(
    db: Any, pattern: Pattern, date: int, limit: int, offset: int
) -> tuple[list[str], int]:
    """See :meth:`graph.store.base.Store.matching`."""
    text = _Text(date)
    fits = text.part(pattern.part, "n0")
    kind = pattern.part.kind
    origin = f"FROM {table(kind)} n0 WHERE {fits}"
    count = db.execute(f"SELECT count(*) {origin}", text.bindings).fetchone()[0]
    if not limit or offset >= count:
        return [], count
    order = _order(kind, pattern.order)
    size, first = text.bound(limit), text.bound(offset)
    rows = db.execute(
        f"SELECT n0.key {origin} ORDER BY {order} LIMIT {size} OFFSET {first}", text.bindings
    )
    return [key for (key,) in rows], count


def _order(kind: str, order: Order) -> str:
    down = " DESC" if order.descending else ""
    if order.by == "key":
        return f"n0.key{down}"
    at = _at(kind, order.by, "n0")
    return f"{at} IS NULL, {at}{down}, n0.key"


def _at(kind: str, prop: str, alias: str) -> str:
    """Return the column of a property; ``KeyError`` for one that the schema has not."""
    return (
        f"{alias}.key"
        if prop == "key"
        else column(load_schema().kinds[kind].properties[prop].name, alias)
    )


class _Text:
    """A statement under way: its parameters, the first of which is the date, and how many parts it has."""

    def __init__(self, date: int) -> None:
        self.bindings: list[Any] = [date]
        self.parts = 0

    def bound(self, value: Any) -> str:
        """Return the place of a parameter."""
        self.bindings.append(value)
        return f"?{len(self.bindings)}"

    def part(self, part: Part, alias: str) -> str:
        """Return the condition that a claim speaks for an entity that fits."""
        tests = [ddl.primary(alias, "?1")]
        tests += [self.condition(part.kind, c, alias) for c in part.where]
        tests += [self.step(part.kind, step, alias) for step in part.steps]
        return " AND ".join(tests)

    def condition(self, kind: str, condition: Condition, alias: str) -> str:
        """Return one condition; what is unknown fits none but ``unknown``."""
        at = _at(kind, condition.property, alias)
        several = (
            condition.property != "key"
            and load_schema().kinds[kind].properties[condition.property].type == "list"
        )
        wanted = [int(v) if isinstance(v, bool) else v for v in condition.values]
        match condition.operator:
            case "known":
                return f"{at} IS NOT NULL"
            case "unknown":
                return f"{at} IS NULL"
            case "between":
                return f"{at} BETWEEN {self.bound(wanted[0])} AND {self.bound(wanted[1])}"
            case "contains":
                return f"instr({at}, {self.bound(wanted[0])}) > 0"
            case "=" | "in" if several:
                some = (
                    f"instr(';' || {at} || ';', ';' || {self.bound(v)} || ';') > 0" for v in wanted
                )
                return f"({' OR '.join(some)})"
            case "in":
                return f"{at} IN (SELECT value FROM json_each({self.bound(json.dumps(wanted))}))"
            case operator:
                return f"{at} {_COMPARED[operator]} {self.bound(wanted[0])}"

    def step(self, kind: str, step: Step, alias: str) -> str:
        """Return the condition that so many of those that a relation leads to fit."""
        self.parts += 1
        there = f"n{self.parts}"
        bound = len(self.bindings)
        fits = self.part(step.to, there)
        out = step.direction == "out"
        found = []
        for b in ddl.branches(step.relation):
            here_at, here_kind, at, at_kind = (
                (b.source, b.source_kind, b.target, b.target_kind)
                if out
                else (b.target, b.target_kind, b.source, b.source_kind)
            )
            kinds = b.constants()
            ends = ("source_kind", "target_kind") if out else ("target_kind", "source_kind")
            if kinds.get(ends[0], kind) != kind or kinds.get(ends[1], step.to.kind) != step.to.kind:
                continue
            tests = [
                f"{here_at} = {alias}.key",
                f"{b.alias}.valid_from <= ?1",
                f"{b.alias}.valid_to > ?1",
                b.test,
            ]
            tests += [
                f"{k} = '{of}'"
                for name, k, of in zip(
                    ends, (here_kind, at_kind), (kind, step.to.kind), strict=True
                )
                if name not in kinds
            ]
            found.append(
                f"SELECT {there}.key AS k FROM {b.origin} CROSS JOIN {table(step.to.kind)} {there}"
                f" ON {there}.key = {at} WHERE {' AND '.join(tests)} AND {fits}"
            )
        if not found:
            del self.bindings[bound:]  # a statement takes as many as it names
            return "1" if not step.least else "0"
        if step.least <= 1:
            some = f"({' OR '.join(f'EXISTS ({one})' for one in found)})"
            return some if step.least else f"NOT {some}"
        return f"(SELECT count(DISTINCT k) FROM ({' UNION ALL '.join(found)})) >= {self.bound(step.least)}"

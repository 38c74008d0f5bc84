"""Questions of :mod:`graph.patterns` put to the Neo4j store, as Cypher.

Its text is made of the schema's names, of operators and of parameters; what was asked for stands in the parameters alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store.neo4j_names import claim, label, quoted
from graph.store.neo4j_revision import HEAD, asked, held, primary

if TYPE_CHECKING:
    from graph.patterns.language import Condition, Order, Part, Pattern, Step
    from graph.store.neo4j_server import Server

_COMPARED = {"=": "=", "!=": "<>", ">=": ">=", "<=": "<="}


def matching(
    server: Server,
    pattern: Pattern,
    as_of: int | None,
    revision: int | None,
    limit: int,
    offset: int,
) -> tuple[list[str], int]:
    """See :meth:`graph.store.base.Store.matching`."""
    text = _Text()
    kind = pattern.part.kind
    origin = f"{HEAD} MATCH (c0:{claim(kind)}) WHERE {text.part(pattern.part, 0)}"
    bindings = asked(as_of, revision) | text.bindings
    ((count,),) = server.rows(f"{origin} RETURN count(*)", **bindings)
    if not limit or offset >= count:
        return [], count
    rows = server.rows(
        f"{origin} RETURN c0.key ORDER BY {_order(kind, pattern.order)} SKIP $first LIMIT $most",
        **bindings,
        first=offset,
        most=limit,
    )
    return [key for (key,) in rows], count


def _order(kind: str, order: Order) -> str:
    down = " DESC" if order.descending else ""
    if order.by == "key":
        return f"c0.key{down}"
    at = _at(kind, order.by, "c0")
    return f"{at} IS NULL, {at}{down}, c0.key"


def _at(kind: str, prop: str, name: str) -> str:
    """Return the value of a property; ``KeyError`` for one that the schema has not."""
    return (
        f"{name}.key"
        if prop == "key"
        else f"{name}.{quoted(load_schema().kinds[kind].properties[prop].name)}"
    )


class _Text:
    """A statement under way: its parameters, and how many parts it has."""

    def __init__(self) -> None:
        self.bindings: dict[str, Any] = {}
        self.parts = 0

    def bound(self, value: Any) -> str:
        """Return a parameter."""
        name = f"p{len(self.bindings)}"
        self.bindings[name] = value
        return f"${name}"

    def part(self, part: Part, number: int) -> str:
        """Return the condition that a claim speaks for an entity that fits."""
        name = f"c{number}"
        tests = [primary(name)]
        tests += [self.condition(part.kind, c, name) for c in part.where]
        tests += [self.step(part.kind, step, name) for step in part.steps]
        return " AND ".join(tests)

    def condition(self, kind: str, condition: Condition, name: str) -> str:
        """Return one condition; what is unknown fits none but ``unknown``."""
        at = _at(kind, condition.property, name)
        several = (
            condition.property != "key"
            and load_schema().kinds[kind].properties[condition.property].type == "list"
        )
        wanted = condition.values
        match condition.operator:
            case "known":
                return f"{at} IS NOT NULL"
            case "unknown":
                return f"{at} IS NULL"
            case "between":
                return f"{self.bound(wanted[0])} <= {at} <= {self.bound(wanted[1])}"
            case "contains":
                return f"{at} CONTAINS {self.bound(wanted[0])}"
            case "=" | "in" if several:
                return f"any(x IN split({at}, ';') WHERE x IN {self.bound(list(wanted))})"
            case "in":
                return f"{at} IN {self.bound(list(wanted))}"
            case operator:
                return f"{at} {_COMPARED[operator]} {self.bound(wanted[0])}"

    def step(self, kind: str, step: Step, name: str) -> str:
        """Return the condition that so many of those that a relation leads to fit."""
        self.parts += 1
        n = self.parts
        relation = f"[r{n}:{quoted(step.relation)} WHERE {held(f'r{n}')}]"
        way = f"-{relation}->" if step.direction == "out" else f"<-{relation}-"
        found = (
            f"MATCH (h{n}:{label(kind)} {{key: {name}.key}}){way}(x{n}:{label(step.to.kind)})"
            f" MATCH (c{n}:{claim(step.to.kind)} {{key: x{n}.key}}) WHERE {self.part(step.to, n)}"
        )
        if step.least <= 1:
            return f"{'' if step.least else 'NOT '}EXISTS {{ {found} }}"
        return f"COUNT {{ {found} RETURN DISTINCT c{n}.key }} >= {self.bound(step.least)}"

"""What a question means, in plain Python: the specification that stores and columns are held against.

It is written to be read, not to be fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.schema import load_schema, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graph.patterns.language import Condition, Order, Part, Step

    Entities = Callable[[str], Mapping[str, Mapping[str, Any]]]
    """The values of each entity of a kind, by key."""
    Pairs = Callable[[str], Iterable[tuple[tuple[str, str], tuple[str, str]]]]
    """The ends (kind, key) of the edges of a kind."""


def fitting(part: Part, entities: Entities, pairs: Pairs) -> set[str]:
    """Return the keys of what fits a part of a question."""
    return {
        key
        for key, values in entities(part.kind).items()
        if all(_holds(part.kind, c, key, values) for c in part.where)
        and all(_leads(part.kind, key, step, entities, pairs) for step in part.steps)
    }


def ordered(
    keys: Iterable[str], order: Order, values: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Return keys in an order: unknown values last either way, equal ones by key."""
    out = sorted(keys)
    if order.by == "key":
        return out[::-1] if order.descending else out
    known = [key for key in out if values[key].get(order.by) is not None]
    known.sort(key=lambda key: values[key][order.by], reverse=order.descending)
    return known + [key for key in out if values[key].get(order.by) is None]


def _leads(kind: str, key: str, step: Step, entities: Entities, pairs: Pairs) -> bool:
    there = set()
    for source, target in pairs(step.relation):
        here, other = (source, target) if step.direction == "out" else (target, source)
        if here == (kind, key) and other[0] == step.to.kind:
            there.add(other[1])
    found = len(there & fitting(step.to, entities, pairs))
    return found >= step.least if step.least else found == 0


def _holds(kind: str, condition: Condition, key: str, values: Mapping[str, Any]) -> bool:
    value: Any = key
    type_ = "text"
    if condition.property != "key":
        value = values.get(condition.property)
        type_ = load_schema().kinds[kind].properties[condition.property].type
    if condition.operator in ("known", "unknown"):
        return (value is None) == (condition.operator == "unknown")
    if value is None:
        return False
    if type_ == "list":
        return any(_fits(element, condition) for element in parts(value))
    return _fits(value, condition)


def _fits(value: Any, condition: Condition) -> bool:
    wanted = condition.values
    match condition.operator:
        case "=":
            return bool(value == wanted[0])
        case "!=":
            return bool(value != wanted[0])
        case "in":
            return value in wanted
        case ">=":
            return bool(value >= wanted[0])
        case "<=":
            return bool(value <= wanted[0])
        case "between":
            return bool(wanted[0] <= value <= wanted[1])
        case "contains":
            return str(wanted[0]) in str(value)
        case _:
            raise ValueError(condition.operator)

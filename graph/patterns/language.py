"""What a question is: a kind, conditions, steps along relations, a place, a date, an order.

Meaning
-------
An entity *fits* a part of a question (:class:`Part`) if each of its conditions holds of it and each of its steps does. A step
holds if at least so many entities fit the step's own part among those that the relation leads to; with ``least = 0``, if none
does. Entities count once however many rows relate them, and one may be related to itself. An entity is there if a row defines it
at the date.

A condition on a value that is unknown does not hold, whatever it asks, except ``unknown``: what has no status is not "≠ 正常".
Of a list, one element that fits is enough. Texts are compared as they are written; ``contains`` is a part of the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Operator = Literal["=", "!=", "in", ">=", "<=", "between", "contains", "known", "unknown"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
Direction = Literal["out", "in"]

STEPS, CONDITIONS, VALUES, LONGEST, SHOWN = 4, 24, 1_000, 200, 12
"""At most: steps and conditions of a question, values of an ``in``, characters of a text, properties to be shown."""
LEAST_MOST = 1_000
"""The most that a step may ask for."""
USUAL, MOST = 100, 10_000
"""Results that are given unless asked, and at most; the true count is always said."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one property.

    Attributes
    ----------
    property : str
        A property of the kind, or ``key``.
    operator : Operator
    values : tuple
        None for ``known`` and ``unknown``, two for ``between``, one or more for ``in``, else one. Texts, ints, floats or bools;
        dates as ``yyyymmdd``.
    """

    property: str
    operator: Operator
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Entities of a kind of which conditions and steps hold."""

    kind: str
    where: tuple[Condition, ...] = ()
    steps: tuple[Step, ...] = ()

    def every(self) -> tuple[Part, ...]:
        """Return this part and all those that its steps lead to."""
        return (self, *(part for step in self.steps for part in step.to.every()))


@dataclass(frozen=True, slots=True)
class Step:
    """A step along a relation.

    Attributes
    ----------
    relation : str
        A kind of edge.
    direction : {"out", "in"}
        From its source to its target, or back.
    to : Part
        What it leads to.
    least : int
        How many there have to be; 0: none may be.
    """

    relation: str
    direction: Direction
    to: Part
    least: int = 1


@dataclass(frozen=True, slots=True)
class Order:
    """By which property results are ordered; equal ones and unknown values, which come last either way, by key."""

    by: str = "key"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A question.

    Attributes
    ----------
    part : Part
        What is asked for.
    within : str, optional
        A division's code or a ledger unit's id: only what lies or stands there.
    as_of : int, optional
        ``yyyymmdd``; the latest date without.
    order : Order
    show : tuple of str
        Properties that answers have beside key and name.
    limit : int
        Results at most; 0 asks for the count alone.
    """

    part: Part
    within: str | None = None
    as_of: int | None = None
    order: Order = field(default_factory=Order)
    show: tuple[str, ...] = ()
    limit: int = USUAL

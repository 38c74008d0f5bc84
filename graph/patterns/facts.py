"""A city at a date as columns, by which questions are answered: each part of one is a mask over a kind, each step a count.

A question is answered from its last steps back to its beginning, so that each relation is gone through once, whatever the city's
size; only what is shown is looked up by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.errors import InputError
from graph.patterns.values import first
from graph.patterns.vocabulary import KEY, properties

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from graph.patterns.language import Condition, Part, Pattern, Step
    from graph.patterns.values import Column

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Numbers = NDArray[np.int32]

Need = tuple[str, ...]
"""What a question rests on: ``("kind", kind)``, ``("column", kind, property)``, ``("relation", name, source, target)``,
``("order", kind, property)``, ``("place", kind)``, ``("submitter", "organization")``."""

LEDGER_UNITS = ("zone", "street", "district", "dept")


@dataclass(frozen=True, eq=False)
class Divisions:
    """The divisions of a city: their levels, and what lies above each."""

    levels: dict[str, str | None]
    parents: dict[str, str | None]

    @property
    def cities(self) -> list[str]:
        """The divisions of the highest level."""
        return [key for key, level in self.levels.items() if level == "市"]


@dataclass(eq=False)
class Facts:
    """What has been read of a city at a date.

    Attributes
    ----------
    as_of : int
    keys : dict
        The keys of each kind, by code point.
    columns : dict
        By kind and property.
    relations : dict
        Positions of the ends of each pair, once each, by relation and kinds of ends.
    places : dict
        By kind: columns of the divisions that its entities lie in, the smallest first.
    sorted : set
        Columns that have been put into their order.
    divisions : Divisions or None
    submitters : Column or None
        Who answers for each organization (:func:`graph.affiliation.submitters.answering`).
    """

    as_of: int
    keys: dict[str, pa.Array] = field(default_factory=dict)
    columns: dict[tuple[str, str], Column] = field(default_factory=dict)
    relations: dict[tuple[str, str, str], tuple[Numbers, Numbers]] = field(default_factory=dict)
    places: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    sorted: set[tuple[str, str]] = field(default_factory=set)
    divisions: Divisions | None = None
    submitters: Column | None = None

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        arrays = sum(int(k.nbytes) for k in self.keys.values())
        arrays += sum(c.nbytes for c in self.columns.values())
        arrays += 8 * sum(len(self.keys[kind]) for kind, _ in self.sorted)
        arrays += sum(a.nbytes + b.nbytes for a, b in self.relations.values())
        arrays += 0 if self.submitters is None else self.submitters.nbytes
        return arrays + sum(c.nbytes for some in self.places.values() for c in some)

    def lacks(self, needs: set[Need]) -> set[Need]:
        """Return which of these are still to be read."""
        return {need for need in needs if not self._has(need)}

    def _has(self, need: Need) -> bool:
        what, *rest = need
        match what:
            case "kind":
                return rest[0] in self.keys
            case "column":
                return (rest[0], rest[1]) in self.columns
            case "order":
                return (rest[0], rest[1]) in self.sorted
            case "relation":
                return (rest[0], rest[1], rest[2]) in self.relations
            case "submitter":
                return self.submitters is not None
        return rest[0] in self.places

    # -- answering -----------------------------------------------------------------------------------------------------
    def answer(
        self, pattern: Pattern, limit: int, offset: int = 0
    ) -> tuple[list[str], list[dict[str, Any]], int]:
        """Return keys and shown values of what fits a question, in its order, and how many fit in all.

        All that :func:`needs` names has to be there.

        Raises
        ------
        InputError
            There is no such place, or what is asked for lies in none.
        """
        kind = pattern.part.kind
        fits = self.fitting(pattern.part)
        if pattern.within is not None:
            fits &= self.inside(kind, pattern.within)
        found = np.flatnonzero(fits)
        rows = self._ordered(pattern, found, offset + limit)[offset : offset + limit]
        keys = self.keys[kind].take(rows).to_pylist() if len(rows) else []
        shown: list[dict[str, Any]] = [{} for _ in keys]
        for name in shown_by(pattern):
            named = properties(kind)[name]
            for row, value in zip(shown, self.columns[kind, name].take(rows), strict=True):
                row[name] = named.shown(value)
        return keys, shown, len(found)

    def _ordered(self, pattern: Pattern, found: Ints, number: int) -> Ints:
        order = pattern.order
        if order.by == KEY:
            return (found[::-1] if order.descending else found)[:number]
        rank = self.columns[pattern.part.kind, order.by].rank
        return first(rank, found, descending=order.descending, number=number)

    def fitting(self, part: Part) -> Bools:
        """Return which entities of a part's kind fit it."""
        out: Bools = np.ones(len(self.keys[part.kind]), dtype=bool)
        for condition in part.where:
            out &= self._where(part.kind, condition)
        for step in part.steps:
            out &= self._leads(part.kind, step)
        return out

    def _where(self, kind: str, condition: Condition) -> Bools:
        if condition.property != KEY:
            return self.columns[kind, condition.property].where(condition)
        from graph.patterns.values import Texts

        return Texts(self.keys[kind], None).where(condition)

    def _leads(self, kind: str, step: Step) -> Bools:
        out = step.direction == "out"
        ends = (kind, step.to.kind) if out else (step.to.kind, kind)
        pairs = self.relations[step.relation, ends[0], ends[1]]
        here, there = pairs if out else pairs[::-1]
        fits = here[self.fitting(step.to)[there]]
        size = len(self.keys[kind])
        if step.least <= 1:
            found: Bools = np.zeros(size, dtype=bool)
            found[fits] = True
            return found if step.least else ~found
        return np.asarray(np.bincount(fits, minlength=size) >= step.least)

    def inside(self, kind: str, code: str) -> Bools:
        """Return which entities of a kind lie in a division, stand in a ledger unit's ledger, or are whom a submitter answers for.

        Organizations as :meth:`graph.city.City.select` has it.

        Raises
        ------
        InputError
            There is no such place, or nothing of the kind lies in one.
        """
        word, colon, _ = code.partition(":")
        if colon and word in LEDGER_UNITS:
            return self._in_ledger(kind, code)
        divisions = self.divisions
        assert divisions is not None  # noqa: S101
        columns = self.places[kind]
        if not columns:
            raise InputError(
                f"in {code[:80]}: nothing of the kind {kind} lies in a division; leave the place out",
                f"范围 {code[:80]}：{kind} 不属于任何区划；请去掉范围",
            )
        size = len(self.keys[kind])
        if divisions.levels.get(code) == "市":
            if len(divisions.cities) == 1:
                return np.ones(size, dtype=bool)
            some = {key for key, parent in divisions.parents.items() if parent == code}
            return _any(columns[0], some)
        for column in columns:
            found = _any(column, {code})
            if found.any():
                return found
        if code not in divisions.levels:
            raise InputError(
                f"in {code[:80]}: no division or ledger unit; find a division by its name, and give its code",
                f"范围 {code[:80]}：没有该区划或台账单位；可按名称查找区划，再给出代码",
            )
        return np.zeros(size, dtype=bool)

    def _in_ledger(self, kind: str, code: str) -> Bools:
        if kind != "organization":
            raise InputError(
                f"in {code[:80]}: only organizations stand in a ledger unit's ledger; give a division's code",
                f"范围 {code[:80]}：只有单位列入台账单位的台账；请给出区划代码",
            )
        found = _any(self.columns["organization", "ledger_unit"], {code})
        if not found.any() and self.submitters is not None:
            found = _any(self.submitters, {code})
        if not found.any():
            raise InputError(
                f"in {code[:80]}: no ledger unit in which an organization stands",
                f"范围 {code[:80]}：没有单位列入该台账单位",
            )
        return found


def _any(column: Column, some: set[str]) -> Bools:
    from graph.patterns.language import Condition

    if not some:
        return np.zeros(len(column.rank), dtype=bool)
    return column.where(Condition("", "in", tuple(sorted(some))))


def shown_by(pattern: Pattern) -> tuple[str, ...]:
    """Return the properties that answers have: the name, those asked for, and those that conditions and order name."""
    known = properties(pattern.part.kind)
    asked = [c.property for c in pattern.part.where] + [pattern.order.by]
    return tuple(
        n for n in dict.fromkeys(("name", *pattern.show, *asked)) if n in known and n != KEY
    )


def needs(pattern: Pattern) -> set[Need]:
    """Return what a question's answer rests on."""
    out: set[Need] = set()
    kind = pattern.part.kind
    for part in pattern.part.every():
        out.add(("kind", part.kind))
        out |= {("column", part.kind, c.property) for c in part.where if c.property != KEY}
        for step in part.steps:
            ends = (part.kind, step.to.kind)
            if step.direction == "in":
                ends = ends[::-1]
            out.add(("relation", step.relation, *ends))
    out |= {("column", kind, name) for name in shown_by(pattern)}
    if pattern.order.by != KEY:
        out.add(("order", kind, pattern.order.by))
    if pattern.within is not None:
        word, colon, _ = pattern.within.partition(":")
        if colon and word in LEDGER_UNITS:
            if kind == "organization":
                out.add(("column", kind, "ledger_unit"))
                if word == "dept":  # one that keeps no ledger may answer for others' (S18)
                    out.add(("submitter", kind))
        else:
            out.add(("place", kind))
    return out

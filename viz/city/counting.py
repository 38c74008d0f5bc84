"""How many organizations and units of what each node holds, of all or of some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viz.city.columns import OTHER, OUTSIDE, STATES, Words
from viz.city.tree import PLACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.findings import Found
    from viz.city.tree import Tree

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

COUNTED = (
    "organizations",
    "units",
    "baseline",
    "baseline_covered",
    "base",
    "base_covered",
    "eligible",
    "eligible_covered",
)
"""What is counted of each node. The pairs are denominators and numerators of ``org_all``, ``org_operating``, ``org_eligible``."""
_BASELINE, _COVERED, _ELIGIBLE = (1 << bit for bit in (3, 4, 5))
_SORTS = 64
COLOURS = ("coverage", "type", "line", "sector", "status")
"""By what a map may be coloured: what coverage says; the type of units; the line of ledgers; the section of GB/T 4754; 经营状态."""

FINDING = "finding"
"""A further colour and filter, of a map that an audit's findings were put into."""


@dataclass(frozen=True, eq=False)
class Counts:
    """The counts of all places, and so of all that they lie in.

    Attributes
    ----------
    counted : numpy.ndarray of int64, shape (places, len(COUNTED))
    shares : numpy.ndarray of int64, shape (places, values of the colour)
        By the value that the map is coloured by; the last for unknown.
    """

    counted: Ints
    shares: Ints

    def of_level(self, tree: Tree, level: int) -> Counts:
        """Return the counts of a level's nodes."""
        first = tree.levels[level].first
        if level == PLACE or not len(first):
            return self
        return Counts(np.add.reduceat(self.counted, first), np.add.reduceat(self.shares, first))

    def sum(self, places: Bools) -> tuple[Ints, Ints]:
        """Return the counts of some places together."""
        return self.counted[places].sum(axis=0), self.shares[places].sum(axis=0)


class Counting:
    """What a city's residents count for, in the order of the tree."""

    def __init__(self, columns: Columns, tree: Tree) -> None:
        self._tree = tree
        self.state = tree.ordered(columns.state)
        self.line = tree.ordered(columns.line)
        self.status = tree.ordered(columns.status)
        self.section = tree.ordered(columns.section)
        self.type = columns.type.take(tree.units.order)
        order = tree.organizations.order
        bits = self.state.codes.astype(np.uint8)
        for bit, some in (
            (_BASELINE, columns.baseline), (_COVERED, columns.covered), (_ELIGIBLE, columns.eligible)
        ):  # fmt: skip
            bits |= (some[order] * bit).astype(np.uint8)
        self._sort = bits
        self._all: dict[str, Counts] = {}
        self.found: Found | None = None

    def words(self, colour: str) -> Words:
        """Return what organizations (units, for ``type``) are coloured by."""
        by = {
            "coverage": self.state, "type": self.type, "line": self.line, "sector": self.section, "status": self.status,
        }  # fmt: skip
        return self._found.organizations if colour == FINDING else by[colour]

    @property
    def _found(self) -> Found:
        assert self.found is not None  # noqa: S101 (whoever asks for findings has them put in before)
        return self.found

    def columns(self, colour: str) -> tuple[Words | None, Words | None]:
        """Return what organizations and what units are coloured by; ``None`` where that is not a thing of theirs."""
        if colour == FINDING:
            return self._found.organizations, self._found.units
        return (None, self.type) if colour == "type" else (self.words(colour), None)

    def some(self, wanted: Mapping[str, Sequence[str]]) -> Bools | None:
        """Return which organizations have one of some values of each column that is asked for; ``None`` where none is."""
        out: Bools | None = None
        for name, values in wanted.items():
            if name != "type":
                here = self._found.having(values)[0] if name == FINDING else _is(self.words(name), values)  # fmt: skip
                out = here if out is None else out & here
        return out

    def some_units(self, wanted: Mapping[str, Sequence[str]]) -> Bools | None:
        """Return which units have one of some types and findings; ``None`` where none is asked for."""
        out = _is(self.type, wanted["type"]) if "type" in wanted else None
        if FINDING in wanted:
            here = self._found.having(wanted[FINDING])[1]
            out = here if out is None else out & here
        return out

    def counts(
        self, colour: str, organizations: Bools | None = None, units: Bools | None = None
    ) -> Counts:
        """Return the counts of some organizations and units, all by default."""
        if organizations is None and units is None:
            if colour not in self._all:
                self._all[colour] = self._count(colour, None, None)
            return self._all[colour]
        return self._count(colour, organizations, units)

    def _count(self, colour: str, organizations: Bools | None, units: Bools | None) -> Counts:
        tree = self._tree
        n = len(tree.levels[PLACE])
        at = tree.organizations.place if organizations is None else tree.organizations.place[organizations]  # fmt: skip
        sort = self._sort if organizations is None else self._sort[organizations]
        of_sort = np.bincount(at * np.int64(_SORTS) + sort, minlength=n * _SORTS)
        counted = np.zeros((n, len(COUNTED)), dtype=np.int64)
        counted[:, _NOT_UNITS] = of_sort.reshape(n, _SORTS) @ _WEIGHTS
        unit_at = tree.units.place if units is None else tree.units.place[units]
        counted[:, COUNTED.index("units")] = np.bincount(unit_at, minlength=n)
        k = len(self.words(colour).values) + 1
        shares = np.zeros((n, k), dtype=np.int64)
        sides = ((tree.organizations.place, organizations), (tree.units.place, units))
        for words, (where, some) in zip(self.columns(colour), sides, strict=True):
            if words is None:
                continue
            code = words.codes
            if some is not None:
                code, where = code[some], where[some]
            code = np.where(code == OTHER, k - 1, code)
            shares += np.bincount(where * np.int64(k) + code, minlength=n * k).reshape(n, k)
        return Counts(counted, shares)


def _is(words: Words, values: Sequence[str]) -> Bools:
    codes = [words.values.index(value) for value in values if value in words.values]
    out: Bools = np.isin(words.codes, np.array(codes, dtype=np.int8))
    return out


def _weights() -> Ints:
    """Return for each sort of organization what it counts for."""
    sort = np.arange(_SORTS)
    baseline, covered, eligible = ((sort & bit) > 0 for bit in (_BASELINE, _COVERED, _ELIGIBLE))
    base = (sort & 7) != OUTSIDE
    columns = {
        "organizations": sort >= 0, "baseline": baseline, "baseline_covered": baseline & covered, "base": base,
        "base_covered": base & covered, "eligible": eligible, "eligible_covered": eligible & covered,
    }  # fmt: skip
    return np.stack([columns[name] for name in COUNTED if name != "units"], axis=1).astype(np.int64)


_NOT_UNITS = [at for at, name in enumerate(COUNTED) if name != "units"]
_WEIGHTS = _weights()
assert len(STATES) <= 8  # noqa: S101 (three bits of a sort)

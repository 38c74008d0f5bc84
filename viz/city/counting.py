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
    from viz.city.tree import Tree

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
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
GROUP = "group"
"""A further colour and filter, of a view that a plan was laid over."""
DEGREE, CORE, COMMUNITY = "degree", "core", "community"
"""Further colours: by how many things each is tied to, its k-core, and the community that it is of."""


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


@dataclass(eq=False)
class Colouring:
    """By what a map is coloured.

    Attributes
    ----------
    values : tuple of str
        Those of the legend; one that is unknown comes after them.
    organizations, units : Words or None
        In the order of the tree; ``None`` where it is no thing of theirs.
    whole : Counts or None
        The counts of all there is, once they were asked for.
    """

    values: tuple[str, ...]
    organizations: Words | None
    units: Words | None
    whole: Counts | None = None


class Counting:
    """What a city's residents count for, in the order of the tree."""

    def __init__(self, columns: Columns, tree: Tree) -> None:
        self._tree = tree
        self.state = tree.ordered(columns.state)
        self.line = tree.ordered(columns.line)
        self.status = tree.ordered(columns.status)
        self.section = tree.ordered(columns.section)
        self.type = columns.type.take(tree.units.order)
        by = {"coverage": self.state, "line": self.line, "sector": self.section, "status": self.status}  # fmt: skip
        self.colourings = {name: Colouring(words.values, words, None) for name, words in by.items()}
        self.colourings["type"] = Colouring(self.type.values, None, self.type)
        order = tree.organizations.order
        bits = self.state.codes.astype(np.uint8)
        for bit, some in (
            (_BASELINE, columns.baseline), (_COVERED, columns.covered), (_ELIGIBLE, columns.eligible)
        ):  # fmt: skip
            bits |= (some[order] * bit).astype(np.uint8)
        self._sort = bits

    def some(
        self, wanted: Mapping[str, Sequence[str]], by: Mapping[str, Colouring]
    ) -> tuple[Bools | None, Bools | None]:
        """Return which organizations and which units have one of some values of each column that is asked for.

        Parameters
        ----------
        wanted : mapping
            Values by column: by one that is a thing of organizations alone all units pass, and the other way around.
        by : mapping
            The columns.

        Returns
        -------
        tuple of numpy.ndarray of bool or None
            ``None`` where all pass.
        """
        out: list[Bools | None] = [None, None]
        for name, values in wanted.items():
            for side, words in enumerate((by[name].organizations, by[name].units)):
                if words is not None:
                    here = _is(words, values)
                    before = out[side]
                    out[side] = here if before is None else before & here
        return out[0], out[1]

    def counts(
        self, by: Colouring, organizations: Bools | None = None, units: Bools | None = None
    ) -> Counts:
        """Return the counts of some organizations and units, all by default, coloured by something."""
        if organizations is None and units is None:
            if by.whole is None:
                by.whole = self._count(by, None, None)
            return by.whole
        return self._count(by, organizations, units)

    def _count(self, by: Colouring, organizations: Bools | None, units: Bools | None) -> Counts:
        tree = self._tree
        n = len(tree.levels[PLACE])
        at = tree.organizations.place if organizations is None else tree.organizations.place[organizations]  # fmt: skip
        sort = self._sort if organizations is None else self._sort[organizations]
        of_sort = np.bincount(at * np.int64(_SORTS) + sort, minlength=n * _SORTS)
        counted = np.zeros((n, len(COUNTED)), dtype=np.int64)
        # whole numbers below 2**53 are exact in floating point, of which there are faster products
        counted[:, _NOT_UNITS] = of_sort.reshape(n, _SORTS).astype(np.float64) @ _WEIGHTS
        unit_at = tree.units.place if units is None else tree.units.place[units]
        counted[:, COUNTED.index("units")] = np.bincount(unit_at, minlength=n)
        k = len(by.values) + 1
        shares = np.zeros((n, k), dtype=np.int64)
        sides = (
            (by.organizations, tree.organizations.place, organizations),
            (by.units, tree.units.place, units),
        )
        for words, where, some in sides:
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


def _weights() -> Floats:
    """Return for each sort of organization what it counts for."""
    sort = np.arange(_SORTS)
    baseline, covered, eligible = ((sort & bit) > 0 for bit in (_BASELINE, _COVERED, _ELIGIBLE))
    base = (sort & 7) != OUTSIDE
    columns = {
        "organizations": sort >= 0, "baseline": baseline, "baseline_covered": baseline & covered, "base": base,
        "base_covered": base & covered, "eligible": eligible, "eligible_covered": eligible & covered,
    }  # fmt: skip
    return np.stack([columns[name] for name in COUNTED if name != "units"], axis=1).astype(
        np.float64
    )


_NOT_UNITS = [at for at, name in enumerate(COUNTED) if name != "units"]
_WEIGHTS = _weights()
assert len(STATES) <= 8  # noqa: S101 (three bits of a sort)

"""The figures of one subject at one date, from few of a city's columns: cities at several dates are never held side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.annual import Annual
from graph.coverage import Rate, Sets, rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City
    from graph.report.whose import Subject

    Bools = NDArray[np.bool_]

PART_COUNTS = (
    "units", "separate", "joint", "none", "none_due", "none_few", "none_zero", "none_unknown",
)  # fmt: skip
"""What is counted of each part, over the base of the rates: rows of :mod:`graph.annual`."""
LISTED = ("listed", "base", "excluded", "not_operating", "status_unknown", "not_in_baseline")
"""All that the ledgers list, and where it goes; the last: operating, but not in the frozen baseline."""


@dataclass(frozen=True, eq=False)
class Counting:
    """One subject at one date.

    Attributes
    ----------
    city : graph.city.City
    subject : Subject
    """

    city: City
    subject: Subject

    @cached_property
    def within(self) -> Bools:
        """Whom the report counts."""
        return self.subject.within(self.city)

    @cached_property
    def sets(self) -> Sets:
        """What counts for what."""
        return Sets.of(self.city)

    @cached_property
    def annual(self) -> Annual:
        """The statistical forms."""
        return Annual(self.city, self.within, self.sets.covered, self.sets.single)

    @cached_property
    def parts(self) -> NDArray[Any]:
        """In which part each organization is told."""
        return self.subject.parts(self.city)

    def rates(self) -> list[Rate]:
        """Return every rate."""
        return rates(self.sets, self.within)

    @cached_property
    def part_masks(self) -> dict[str, Bools]:
        """Which organizations each of :data:`PART_COUNTS` counts, whatever their part."""
        base = self.sets.base & self.within
        return {name: base & self.annual.masks[name] for name in PART_COUNTS}

    def by_part(self) -> dict[str, dict[str, int]]:
        """Return the counts of each part that has an organization, by part."""
        code, unique = pd.factorize(self.parts)
        size = len(unique)
        listed = np.bincount(code[self.within], minlength=size)
        counts = {
            name: np.bincount(code[some], minlength=size) for name, some in self.part_masks.items()
        }
        return {
            str(part): {"listed": int(listed[k])} | {n: int(c[k]) for n, c in counts.items()}
            for k, part in enumerate(unique)
            if listed[k]
        }

    @cached_property
    def listed_masks(self) -> dict[str, Bools]:
        """Which organizations each of :data:`LISTED` counts."""
        standing = self.city.standing
        here = self.within
        in_base = standing["in_base"].to_numpy(dtype=bool)
        excluded = standing["excluded"].to_numpy(dtype=bool)
        known = self.city.few("status")["status"].notna().to_numpy(dtype=bool)
        return {
            "listed": here,
            "base": here & self.sets.base,
            "excluded": here & excluded,
            "not_operating": here & known & ~in_base & ~excluded,
            "status_unknown": here & ~known & ~excluded,
            "not_in_baseline": here & in_base & ~self.sets.base,
        }

    def listed(self) -> dict[str, int]:
        """Return how many there are of each of :data:`LISTED`."""
        return {name: int(some.sum()) for name, some in self.listed_masks.items()}


@dataclass(frozen=True)
class Earlier:
    """What a report needs of the one before."""

    date: int
    forms: list[dict[str, Any]]
    rates: list[Rate]
    by_part: dict[str, dict[str, int]]
    listed: dict[str, int]

    @classmethod
    def of(cls, counting: Counting) -> Earlier:
        """Return a counting's figures, without its city."""
        return cls(
            counting.city.as_of,
            counting.annual.as_json(),
            counting.rates(),
            counting.by_part(),
            counting.listed(),
        )


@dataclass(frozen=True)
class Point:
    """One date of the trend: the base, and who of it is covered by a unit of its own and otherwise."""

    date: int
    units: int
    separate: int
    joint: int

    @classmethod
    def of(cls, found: list[Rate], date: int) -> Point:
        """Return the point that some rates make."""
        by = {r.id: r for r in found}
        return cls(
            date,
            by["org_operating"].denominator,
            by["single_rate"].numerator,
            by["joint_rate"].numerator,
        )

    @classmethod
    def at(cls, city: City, subject: Subject) -> Point:
        """Return the point of a city, from the few columns that units go by."""
        return cls.of(rates(Sets.formed(city), subject.within(city)), city.as_of)

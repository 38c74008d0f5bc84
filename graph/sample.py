"""A random sample for inspection, stratified by ledger unit, seeded and repeatable (S37).

The population are the organizations of the base as of a date, or those that are to be inspected: whom the cross-off has as
formed, or further. Each ledger unit gets its share of the sample by the method of the
largest remainder (ties by its id), and gives those of its organizations that come first in the order of a hash of seed and code. So
the same seed draws the same sample of the same city on every machine, and a city that has changed a little gives nearly the
same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from graph.columns import mask
from graph.errors import InputError

if TYPE_CHECKING:
    from graph.city import City

Population = Literal["base", "formed"]
"""Whom a sample is drawn from."""
LIMIT = 2**53
"""Seeds are below: up to there every number of JSON is exact, in browsers too."""


@dataclass(frozen=True)
class Stratum:
    """One ledger unit's part: how many organizations it has, and the codes drawn, in the order drawn."""

    id: str
    name: str
    population: int
    drawn: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """A sample with all that it takes to draw it again."""

    seed: int
    as_of: int
    within: str | None
    population: int
    strata: tuple[Stratum, ...]

    @property
    def size(self) -> int:
        """Return how many were drawn."""
        return sum(len(s.drawn) for s in self.strata)

    def __iter__(self) -> Iterator[tuple[Stratum, str]]:
        return ((s, code) for s in self.strata for code in s.drawn)


def draw(
    city: City,
    seed: int,
    *,
    size: int | None = None,
    share: float | None = None,
    within: str | None = None,
    whom: Population = "base",
) -> Sample:
    """Draw a sample.

    Parameters
    ----------
    seed : int
        0 to 2^63 − 1.
    size, share : int, float
        How many, or which part of the population (0 to 1, rounded up): one of the two.
    within : str, optional
        A division's code or a ledger unit's id.
    whom : str, optional
        ``base``, or ``formed``: of whom the cross-off says that a unit was formed, crossed off or not.

    Raises
    ------
    InputError
        Neither or both of size and share, more than there are, or nobody to draw from.
    """
    o = city.organizations
    if whom == "formed":
        from graph.board.inspections import formed

        picked = formed(city)
    else:
        picked = mask(o["in_base"])
    if within is not None:
        picked = picked & mask(city.select(within))
    rows = o.loc[picked, ["ledger_unit", "ledger_unit_name"]]
    n = _number(len(rows), size, share, whom)
    unit = rows["ledger_unit"].fillna("").to_numpy(dtype=object)
    ids, of = np.unique(unit.astype(str), return_inverse=True)
    counts = np.bincount(of, minlength=len(ids)).tolist()
    names = dict(zip(unit, rows["ledger_unit_name"], strict=True))
    codes = rows.index.to_numpy(dtype=object)
    order = np.argsort(of, kind="stable")
    ends = np.cumsum(counts)
    strata = []
    for k, quota in enumerate(_quotas(n, counts, ids.tolist())):
        some = codes[order[ends[k] - counts[k] : ends[k]]]
        first = sorted(some, key=lambda code: _rank(seed, code))[:quota]
        name = names[ids[k]]
        strata.append(
            Stratum(
                ids[k], name if isinstance(name, str) else "", counts[k], tuple(map(str, first))
            )
        )
    return Sample(seed, city.as_of, within, len(rows), tuple(strata))


def _number(population: int, size: int | None, share: float | None, whom: Population) -> int:
    if (size is None) == (share is None):
        raise InputError("give --size or --share, one of the two", "请给出 --size 或 --share 其一")
    if not population and whom == "formed":
        raise InputError(
            "nothing to inspect: the cross-off has no unit as formed here; `--whom base` draws from all of the base",
            "没有可检查的单位：销号表中没有已组建的；`--whom base` 从全部基数中抽取",
        )
    if not population:
        raise InputError("no organization of the base to draw from", "基数内没有可抽取的单位")
    if share is not None:
        if not 0 < share <= 1:
            raise InputError(
                f"a share of {share:g} is none; give more than 0 and at most 1",
                f"比例 {share:g} 无效；请给出大于 0、不超过 1 的数",
            )
        exact = Fraction(str(share)) * population
        return -(-exact.numerator // exact.denominator)
    assert size is not None  # noqa: S101 - one of the two, above
    if not 0 < size <= population:
        raise InputError(
            f"a sample of {size}: there are {population} organizations to draw from",
            f"抽取 {size} 家：可抽取的单位有 {population} 家",
        )
    return size


def _quotas(n: int, counts: list[int], ids: list[str]) -> list[int]:
    """Part a number by the largest remainder: none gets more than it has."""
    total = sum(counts)
    exact = [Fraction(n * c, total) for c in counts]
    out = [int(x) for x in exact]
    rest = sorted(range(len(counts)), key=lambda k: (out[k] - exact[k], ids[k]))
    for k in rest[: n - sum(out)]:
        out[k] += 1
    return out


def _rank(seed: int, code: Any) -> tuple[bytes, str]:
    digest = hashlib.blake2b(str(code).encode(), digest_size=8, key=seed.to_bytes(8, "big"))
    return digest.digest(), str(code)

"""GB/T 4754 codes as numbers that compare, by the verifier's own reading (FORMATION *Sector*, LEDGERS *行业代码*)."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Levels = tuple[str | None, str | None, str | None, str | None]
NOTHING: Levels = (None, None, None, None)
SECTION_LETTERS = "ABCDEFGHIJKLMNOPQRST"


@dataclass(frozen=True)
class Sectors:
    """The two editions' sections by division, the divisions' correspondence, and the crosswalk of classes if loaded."""

    sections: Mapping[tuple[str, str], str]
    successors: Mapping[str, tuple[str, ...]]
    crosswalk: Mapping[str, tuple[str, ...]]
    _seen: dict[tuple[object, object], tuple[Levels, Levels]] = field(default_factory=dict)

    def levels(self, code: str, edition: str) -> Levels:
        """Return (section, division, group, class) of a code in its own edition, ``None`` where it gives no such level."""
        text = "".join(unicodedata.normalize("NFKC", code).split()).upper()
        letter = text[:1] if text[:1] in SECTION_LETTERS else ""
        digits = text[len(letter) :]
        if len(digits) not in (0, 2, 3, 4) or not all(c in "0123456789" for c in digits):
            return NOTHING
        section = self.sections.get((edition, digits[:2])) if digits else None
        return (
            section or letter or None,
            digits[:2] if len(digits) >= 2 else None,
            digits[:3] if len(digits) >= 3 else None,
            digits[:4] if len(digits) >= 4 else None,
        )

    def common(self, code: str, edition: str) -> Levels:
        """Return the levels of a code in the edition of 2017; one-to-many keeps the common prefix."""
        own = self.levels(code, edition)
        digits = next((x for x in reversed(own[1:]) if x), None)
        if edition != "2011" or digits is None:
            return own
        new = sorted(
            {c for old, to in self.crosswalk.items() if old.startswith(digits) for c in to}
        )
        if not new:
            # not in the crosswalk: no more than the division that continues it is known
            digits = digits[:2]
            new = list(self.successors.get(digits, ()))
        if not new:
            return NOTHING
        prefix = _common_prefix(new)[: len(digits)]
        if len(prefix) >= 2:
            return self.levels(prefix, "2017")
        section = {self.sections.get(("2017", c[:2])) for c in new}
        return (section.pop() if len(section) == 1 else None, None, None, None)

    def numbers(
        self, codes: pd.Series, editions: pd.Series
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return int64[n, 4] in the own edition, int64[n, 4] in the common one, and the edition's number; -1 is unknown."""
        pairs = list(zip(codes, editions, strict=True))
        seen = self._seen
        for code, edition in pairs:
            if (code, edition) not in seen:
                known = isinstance(code, str)
                seen[code, edition] = (
                    (self.levels(code, str(edition)), self.common(code, str(edition)))
                    if known
                    else (NOTHING, NOTHING)
                )
        out = []
        for which in (0, 1):
            table = np.full((len(pairs), 4), -1, dtype=np.int64)
            for level in range(4):
                values = pd.Series([seen[p][which][level] for p in pairs], dtype="object")
                table[:, level] = pd.factorize(values)[0]
            out.append(table)
        edition_number = pd.factorize(editions)[0].astype(np.int64)
        return out[0], out[1], edition_number


def read(crosswalk: Mapping[str, tuple[str, ...]]) -> Sectors:
    """Return the project's table of both editions' sections and divisions, with a store's crosswalk of classes."""
    sections: dict[tuple[str, str], str] = {}
    successors: dict[str, tuple[str, ...]] = {}
    with files("graph.policy").joinpath("gbt4754.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["level"] != "division":
                continue
            sections[row["edition"], row["code"]] = row["section"]
            if row["edition"] == "2011" and row["successor_2017"]:
                successors[row["code"]] = (row["successor_2017"],)
    return Sectors(sections, successors, crosswalk)


def _common_prefix(codes: list[str]) -> str:
    """Return the longest text that all codes begin with."""
    low, high = min(codes), max(codes)
    same = next((k for k, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), None)
    return low[:same]

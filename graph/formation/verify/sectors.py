"""GB/T 4754 codes as numbers that compare, by the verifier's own reading (FORMATION *Sector*, LEDGERS *行业代码*)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

Levels = tuple[str | None, str | None, str | None, str | None]
NOTHING: Levels = (None, None, None, None)


@dataclass(frozen=True)
class Sectors:
    """The two editions' sections by division, the divisions' correspondence, and the crosswalk of classes if loaded."""

    sections: dict[tuple[str, str], str]
    successors: dict[str, tuple[str, ...]]
    crosswalk: dict[str, tuple[str, ...]]

    def levels(self, code: str, edition: str) -> Levels:
        """Return (section, division, group, class) of a code in its own edition, ``None`` where it gives no such level."""
        text = code.strip().upper()
        letter = text[:1] if text[:1].isalpha() else ""
        digits = text[len(letter) :]
        section = self.sections.get((edition, digits[:2])) if len(digits) >= 2 else None
        return (
            section or letter or None,
            digits[:2] if len(digits) >= 2 else None,
            digits[:3] if len(digits) >= 3 else None,
            digits[:4] if len(digits) >= 4 else None,
        )

    def common(self, code: str, edition: str) -> Levels:
        """Return the levels of a code in the edition of 2017; one-to-many keeps the common prefix."""
        own = self.levels(code, edition)
        if edition != "2011":
            return own
        digits = next((x for x in reversed(own[1:]) if x), None)
        if digits is None:
            return own
        new = [c for old in self._classes(digits) for c in self.crosswalk[old]]
        if not new:
            new = list(self.successors.get(digits[:2], ()))
        if not new:
            return NOTHING
        prefix = _common_prefix(new)[: len(digits)]
        section = {self.sections.get(("2017", c[:2])) for c in new}
        if len(prefix) >= 2:
            return self.levels(prefix, "2017")
        return (section.pop() if len(section) == 1 else None, None, None, None)

    def _classes(self, prefix: str) -> list[str]:
        if prefix in self.crosswalk:
            return [prefix]
        return [old for old in self.crosswalk if old.startswith(prefix)]

    def numbers(
        self, codes: pd.Series, editions: pd.Series
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return int64[n, 4] in the own edition, int64[n, 4] in the common one, and the edition's number; -1 is unknown."""
        pairs = list(zip(codes, editions, strict=True))
        seen: dict[tuple[object, object], tuple[Levels, Levels]] = {}
        for code, edition in pairs:
            if (code, edition) not in seen:
                known = isinstance(code, str) and code != ""
                seen[code, edition] = (
                    (self.levels(code, edition), self.common(code, edition))
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


def _common_prefix(codes: list[str]) -> str:
    """Return the longest text that all codes begin with."""
    low, high = min(codes), max(codes)
    same = next((k for k, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), None)
    return low[:same]

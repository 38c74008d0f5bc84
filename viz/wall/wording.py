"""The words of a wall map in one language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Return every text of a language by its key."""
    raw = files(__package__).joinpath("texts.json").read_text(encoding="utf-8")
    texts: dict[str, str] = json.loads(raw)[lang]
    return texts


@dataclass(frozen=True, slots=True)
class Words:
    """One language's texts."""

    lang: str

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``key`` with ``{name}`` filled in."""
        return catalogue(self.lang)[key].format(**values)


def per_cent(rate: float | None) -> str:
    """Return a rate as people read it; it is 100% only where nothing is missing, and 0% only where there is nothing.

    >>> per_cent(0.8251), per_cent(0.9999), per_cent(1.0), per_cent(None)
    ('82.5%', '99.9%', '100%', '—')
    """
    if rate is None:
        return "—"
    if rate >= 1:
        return "100%"
    return f"{min(max(rate * 100, 0.1 if rate else 0.0), 99.9):.1f}%"

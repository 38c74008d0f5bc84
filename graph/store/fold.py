"""What an entity's words come to: which rows are claims, which only repeat one (base: *corrections*, *repetition*).

Stores keep rows each in its way; what follows from them is told here, for all that keep them in a database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class Word:
    """One row as it was read. ``claim`` holds its values; ``own`` where that claim is this row."""

    claim: int
    batch: int
    sheet: int
    row: int
    ledger: int | str
    dated: int
    edition: int
    digest: int
    own: bool


@dataclass(slots=True)
class Entry:
    """A claim to be: its first word, those that repeat it, and the batch that replaced it."""

    first: Word
    again: list[Word] = field(default_factory=list)
    superseded: int | None = None


def entries(words: Sequence[Word]) -> list[Entry]:
    """Return what an entity's words, ordered as loaded, come to."""
    groups: dict[tuple[int, Any], list[Word]] = defaultdict(list)
    for w in words:
        groups[w.dated, w.ledger].append(w)
    days: dict[int, dict[Any, list[Entry]]] = defaultdict(dict)
    out: list[Entry] = []
    for dated, ledger in sorted(groups):
        found = _group(groups[dated, ledger])
        out += [e for e in found if e.superseded is not None]
        days[dated][ledger] = [e for e in found if e.superseded is None]
    standing: dict[Any, list[Entry]] = {}
    for _, said in sorted(days.items()):
        if _repeats(standing, said):
            for ledger, again in said.items():
                _absorb(standing[ledger], again)
        else:
            standing = said
            out += [e for found in said.values() for e in found]
    return out


def _group(words: Sequence[Word]) -> list[Entry]:
    """Let each batch replace what earlier ones said of one entity, ledger and date."""
    out: list[Entry] = []
    for batch, rows in groupby(words, key=lambda w: w.batch):
        hit: set[int] = set()
        for _, sheet in groupby(rows, key=lambda w: w.sheet):
            taken: set[int] = set()
            for w in sheet:
                for n, e in enumerate(out):
                    if e.superseded is None and e.first.digest == w.digest and n not in taken:
                        e.again.append(w)
                        break
                else:
                    n = len(out)
                    out.append(Entry(w))
                taken.add(n)
            hit |= taken
        for n, e in enumerate(out):
            if e.superseded is None and n not in hit:
                e.superseded = batch
    return out


def _repeats(standing: dict[Any, list[Entry]], said: dict[Any, list[Entry]]) -> bool:
    """Return whether one ledger alone says again, row for row, what it alone said before."""
    if len(said) != 1 or standing.keys() != said.keys():
        return False
    (before,), (now,) = standing.values(), said.values()
    return Counter(e.first.digest for e in before) == Counter(e.first.digest for e in now)


def _absorb(before: list[Entry], now: list[Entry]) -> None:
    left = list(before)
    for e in now:
        n = next(i for i, x in enumerate(left) if x.first.digest == e.first.digest)
        left.pop(n).again += [e.first, *e.again]

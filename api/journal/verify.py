"""What was done to a journal: nothing, a row altered, rows missing within, its end cut off, or all of it written anew."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from api.journal.rows import BEGINNING, seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.journal.anchor import Anchored, Head

Verdict = Literal["ok", "altered", "gap", "truncated", "rewritten"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes
    ----------
    verdict : str
        ``ok``; ``altered``: a row (or a line of the anchor) is not as it was written; ``gap``: rows are missing before others;
        ``truncated``: the last rows are missing; ``rewritten``: rows hang together, but not with what was anchored.
    sequence : int or None
        The first row that is bad; of an altered anchor the line. Of what was written anew under the right key the first anchored
        row that differs: the first that can be told.
    place : str
        ``journal`` or ``anchor``.
    rows : int
        Rows that were read.
    anchored : int
        The last row that an anchor vouches for; 0 for none.
    vouched : int
        The last row up to which rows and anchors agree.
    """

    verdict: Verdict
    sequence: int | None
    place: Literal["journal", "anchor"]
    rows: int
    anchored: int
    vouched: int

    @property
    def ok(self) -> bool:
        """Whether nothing was done to the journal."""
        return self.verdict == "ok"

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``--json``."""
        return {
            "verdict": self.verdict,
            "sequence": self.sequence,
            "place": self.place,
            "rows": self.rows,
            "anchored": self.anchored,
            "vouched": self.vouched,
        }


def verify(
    key: bytes,
    rows: Iterable[tuple[int, Sequence[Any], Any, bool]],
    anchored: Anchored,
    kept: Iterable[Head] = (),
) -> Finding:
    """Hold a journal against its key and its anchors.

    Parameters
    ----------
    key : bytes
    rows : iterable
        As :meth:`api.journal.file.File.as_found` yields them; read once.
    anchored : Anchored
        Read before the rows, for writers go on.
    kept : iterable of Head
        Heads from paper.
    """
    heads = sorted((*anchored.heads, *kept), key=lambda h: h.sequence)
    walk = _Walk(key, heads)
    for row in rows:
        walk.step(*row)
    top = heads[-1].sequence if heads else 0
    verdict, sequence = walk.verdict(top)
    if verdict == "ok" and anchored.bad is not None:
        return Finding("altered", anchored.bad, "anchor", walk.count, top, walk.vouched)
    return Finding(verdict, sequence, "journal", walk.count, top, walk.vouched)


class _Walk:
    """Rows from the first to the last, and what is wrong with them."""

    def __init__(self, key: bytes, heads: Sequence[Head]) -> None:
        self._key = key
        self._heads: dict[int, list[bytes]] = {}
        for head in heads:
            self._heads.setdefault(head.sequence, []).append(head.mac)
        self.count = 0
        self.last = 0
        self.vouched = 0
        self._before: tuple[bytes, ...] | None = (BEGINNING,)
        self._fault: tuple[Verdict, int] | None = None
        self._bad = 0
        self._mended = False  # a row after the first fault is as it was written
        self._differs: int | None = None
        self._resealed = False  # a row is as it was anchored, its seal is not

    def step(self, sequence: int, values: Sequence[Any], mac: Any, right: bool) -> None:
        """Take the next row."""
        self.count += 1
        if sequence != self.last + 1:
            self._found("gap", self.last + 1)
            self._before = None  # what it was chained to is gone
        self.last = sequence
        found = mac if isinstance(mac, bytes) else b""
        # an altered seal must not make the next row look altered, nor an altered row: either chain will do
        made = [seal(self._key, before, values) for before in self._before or ()]
        good = right and any(hmac.compare_digest(found, m) for m in made)
        if self._before is not None:
            if not good:
                self._bad += 1
                self._found("altered", sequence)
            elif self._fault is not None:
                self._mended = True
        for head in self._heads.get(sequence, ()):
            if found != head and head in made and len(made) == 1:
                self._resealed = True
            elif found != head:
                self._differs = self._differs or sequence
            elif self._fault is None and self._differs is None:
                self.vouched = sequence
        self._before = (found,) if good or not made else (found, made[-1])

    def verdict(self, top: int) -> tuple[Verdict, int | None]:
        """Return what was done, and from where on."""
        if self._fault is not None:
            kind, at = self._fault
            if self._differs is not None and self._differs < at:
                return "rewritten", self._differs
            anew = self._differs is not None or (self._resealed and self._bad > 1)
            if kind == "altered" and anew and not self._mended:
                return "rewritten", at
            return kind, at
        if self._differs is not None:
            return "rewritten", self._differs
        if top > self.last:
            return "truncated", self.last + 1
        return "ok", None

    def _found(self, kind: Verdict, at: int) -> None:
        if self._fault is None:
            self._fault = (kind, at)

"""Where a sheet's header is, and its headings as one row.

The block of one to five rows whose flattened headings the canonical sheets know best is the header. Where they know
fewer than two (a list that is no ledger), the first well-filled row is it, if it reads like headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.reading import words

HEAD = 200
"""Rows in which a header is looked for."""
_TALLEST = 5

Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Header:
    """First and last row of a header (from 0, both in) and the headings of all columns."""

    first: int
    last: int
    headings: tuple[str, ...]


class Head:
    """The first rows of a sheet with the merged ranges that touch them.

    Parameters
    ----------
    rows : sequence of sequences
        Cells' texts, ``""`` where empty; equally long.
    merges : sequence of (first row, first column, last row, last column)
        From 0, all in.
    """

    def __init__(self, rows: Sequence[Sequence[str]], merges: Sequence[Range] = ()) -> None:
        self.rows = rows
        self.squeezed = [[words.squeeze(t) for t in row] for row in rows]
        self.width = max(map(len, rows), default=0)
        self.spans: dict[tuple[int, int], Range] = {}
        self._covered: dict[tuple[int, int], tuple[int, int]] = {}
        for merge in merges:
            r0, c0, r1, c1 = merge
            if r0 >= len(rows) or c0 >= self.width:
                continue
            self.spans[r0, c0] = merge
            # a header is five rows at most: what reaches further down is a cell of the table
            for r in range(r0, min(r1, r0 + _TALLEST, len(rows) - 1) + 1):
                for c in range(c0, min(c1, self.width - 1) + 1):
                    self._covered[r, c] = (r0, c0)

    def filled(self, row: int) -> list[int]:
        """Return the columns of a row's own cells that hold text (covered parts of merged cells are not its own)."""
        return [
            c
            for c, text in enumerate(self.rows[row])
            if text and self._covered.get((row, c), (row, c)) == (row, c)
        ]

    def texts(self, row: int) -> list[str]:
        """Return the texts of a row's own cells."""
        return [self.rows[row][c] for c in self.filled(row)]

    def flat(self, first: int, last: int) -> tuple[str, ...]:
        """Return the headings of a block of rows, the parts of each joined by ``/`` from top to bottom."""
        table = [list(self.squeezed[r]) for r in range(first, last + 1)]
        for r in range(first, last + 1):
            self._spread(table, r - first, r)
        headings = []
        for c in range(self.width):
            parts: list[str] = []
            for row in table:
                if row[c] and (not parts or parts[-1] != row[c]):
                    parts.append(row[c])
            headings.append("/".join(parts)[:200])
        return tuple(headings)

    def _spread(self, table: list[list[str]], i: int, row: int) -> None:
        """Give a parent's text to the columns under it: those of its merged range, or, unmerged, the empty ones to its right."""
        own = table[i]
        for c in range(self.width):
            anchor = self._covered.get((row, c))
            if anchor is not None and anchor != (row, c) and row - anchor[0] <= i:
                own[c] = self.squeezed[anchor[0]][anchor[1]]
        if i + 1 == len(table):
            return
        below = [
            any(
                table[k][c] and not self._merged_into(row + k - i, c, row)
                for k in range(i + 1, len(table))
            )
            for c in range(self.width)
        ]
        parent, alone = "", False
        for c in range(self.width):
            if own[c]:
                parent, alone = own[c], (row, c) not in self._covered and below[c]
            elif not below[c]:
                alone = False
            elif alone and parent and (row, c) not in self._covered:
                own[c] = parent

    def _merged_into(self, row: int, column: int, parent_row: int) -> bool:
        anchor = self._covered.get((row, column))
        return anchor is not None and anchor[0] <= parent_row

    def closed(self, first: int, last: int) -> tuple[int, int]:
        """Return a block grown by the merged cells that reach out of it, five rows at most."""
        while True:
            grown = (first, last)
            for r in range(first, last + 1):
                for c in range(self.width):
                    anchor = self._covered.get((r, c))
                    if anchor is None:
                        continue
                    r0, _, r1, c1 = self.spans[anchor]
                    if r1 - r0 >= _TALLEST or (c1 - anchor[1] + 1 >= self.width > 1):
                        continue
                    first, last = min(first, r0), max(last, min(r1, len(self.rows) - 1))
            if last - first >= _TALLEST:
                return grown
            if (first, last) == grown:
                return first, last


def find(head: Head) -> Header | None:
    """Return the header of a sheet, or ``None`` where no row reads like one."""
    best: tuple[float, int, int] | None = None
    limit = min(len(head.rows), HEAD)
    heard = [sum(map(words.known, head.squeezed[r])) for r in range(limit)]
    for top in range(limit):
        if not any(heard[top : top + 3]):
            continue
        if best is not None and 4 * sum(heard[top : top + _TALLEST]) < best[0]:
            continue  # rows of data after a good header: none of them can do better
        own = head.texts(top)
        if not own or (len(own) < 2 and head.width > 1 and not words.known(words.squeeze(own[0]))):
            continue
        if words.is_label_line(own):
            continue
        for height in range(1, _TALLEST + 1):
            first, last = top, top + height - 1
            if last >= limit or (height > 1 and words.is_label_line(head.texts(last))):
                break
            score = _score(head, first, last)
            if best is None or score > best[0]:
                best = (score, first, last)
        if best is not None and top > best[2] + 60:
            break
    if best is not None and best[0] >= (2 if head.width > 1 else 1):
        return _grown(head, best[1], best[2])
    return _by_shape(head)


def _score(head: Head, first: int, last: int) -> float:
    """Return how many headings of a block are known, less what looks like data, a little less for each row more."""
    headings = head.flat(first, last)
    count = sum(1 for h in headings if words.known(h))
    filled = sum(1 for h in headings if h)
    if count < min(4, 0.25 * filled):
        return 0.0
    values = sum(1 for r in range(first, last + 1) for t in head.texts(r) if words.data_like(t))
    return count - 2 * values - 0.01 * (last - first)


def _grown(head: Head, first: int, last: int) -> Header:
    first, last = head.closed(first, last)
    while (
        first > 0 and last - first + 1 < _TALLEST and _is_parent_row(head, first - 1, first, last)
    ):
        first -= 1
    return Header(first, last, head.flat(first, last))


def _is_parent_row(head: Head, row: int, first: int, last: int) -> bool:
    """Say whether the row above a header groups its columns: several texts over headings, one at least merged."""
    own = head.filled(row)
    if len(own) < 2 or words.is_label_line(head.texts(row)):
        return False
    spans = [head.spans.get((row, c)) for c in own]
    if not any(s is not None and s[3] > s[1] for s in spans):
        return False
    if any(words.data_like(head.rows[row][c]) for c in own):
        return False
    headings = head.flat(first, last)
    return (
        all(headings[c] for c in own)
        and _score(head, row, last) >= _score(head, first, last) - 0.02
    )


def _by_shape(head: Head) -> Header | None:
    counts = [len(head.filled(r)) for r in range(min(len(head.rows), HEAD))]
    most = max(counts, default=0)
    if most < 2:
        return None
    for row, count in enumerate(counts):
        if count < max(2, 0.6 * most) or words.is_label_line(head.texts(row)):
            continue
        texts = head.texts(row)
        if (
            len(set(texts)) < len(texts)
            or any(words.data_like(t) or len(t) > 60 for t in texts)
            or not any(counts[row + 1 :])
        ):
            # two rows of headings may repeat words in the upper one
            first, last = head.closed(row, row)
            if last > first and not any(
                words.data_like(t) for r in range(first, last + 1) for t in head.texts(r)
            ):
                return Header(first, last, head.flat(first, last))
            return None
        first, last = head.closed(row, row)
        return Header(first, last, head.flat(first, last))
    return None

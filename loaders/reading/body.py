"""The rows below a header: which are data, and what the others say (totals, headings of sections, notes, repeated headers).

Works on Arrow batches, column by column; only rows that might be something else are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.privacy import mask_labelled
from loaders.reading import words
from loaders.reading.header import Header
from loaders.reading.model import Note, Section, TotalRow, TypeCode

_LABEL_COLUMNS = 8
"""Columns from the left in which a total's label is looked for."""
_KEPT = 10_000
"""Notes and sections that are kept with their text; a sheet that holds more is read as data."""

Kind = Literal["total", "section"]


@dataclass(slots=True)
class _Event:
    row: int
    kind: Kind
    label: str
    cells: dict[int, str]
    stated: int | None


@dataclass(slots=True)
class Findings:
    """What a sheet holds beside its data rows."""

    notes: list[Note]
    totals: list[TotalRow]
    sections: list[Section]
    stamp: Mapping[str, str]
    rows: int
    cells: Mapping[int, int]
    typed: frozenset[int]
    repeated_headers: int
    numbered_blanks: int
    examples: int
    width: int


@dataclass(slots=True)
class Body:
    """Reads a sheet's batches in their order and says of each row whether it is data.

    Parameters
    ----------
    header : Header or None
    head : sequence of sequences
        The sheet's first rows, the header's among them.
    across : mapping
        Row (from 0) → last column of the merged cell that begins in it at the left and spans columns.
    """

    header: Header | None
    head: Sequence[Sequence[str]]
    across: Mapping[int, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    stamp: dict[str, str] = field(default_factory=dict)
    keeps: list[NDArray[np.bool_]] = field(default_factory=list)
    repeated: int = 0
    numbered: int = 0
    examples: int = 0
    _events: list[_Event] = field(default_factory=list)
    _cells: dict[int, int] = field(default_factory=dict)
    _typed: set[int] = field(default_factory=set)
    _titles: set[str] = field(default_factory=set)
    _begin: int = 0
    _width: int = 0
    _seen: int = 0
    _serials: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Read what stands above the header and the row that numbers its columns."""
        if self.header is None:
            return
        self._begin = self.header.last + 1
        for row in range(self.header.first):
            self._line(row, self.head[row], "title")
        while self._begin < len(self.head) and _numbers_columns(self.head[self._begin]):
            self.notes.append(Note(self._begin + 1, "", "numbering"))
            self._begin += 1
        self._width = max((i + 1 for i, h in enumerate(self.header.headings) if h), default=0)
        self._serials = tuple(
            i
            for i, h in enumerate(self.header.headings)
            if (h.rpartition("/")[2] or self._over(i)).casefold() in words.SERIAL
        )

    def _over(self, column: int) -> str:
        """Return what stands above a column's empty heading: the other row of two, where a format tells of no merging."""
        assert self.header is not None  # noqa: S101
        rows = self.head[: self.header.first]
        return next((r[column] for r in reversed(rows) if column < len(r) and r[column]), "")

    def _line(self, row: int, cells: Sequence[str], kind: Literal["title", "note"]) -> None:
        texts = [c for c in cells if c]
        if not texts:
            return
        found = words.stamp(texts)
        for key, value in found.items():
            self.stamp.setdefault(key, mask_labelled(value))
        if kind == "title":
            self._titles.update(texts)
        if len(self.notes) < _KEPT:
            text = mask_labelled("  ".join(dict.fromkeys(texts)))[:500]
            self.notes.append(Note(row + 1, text, "stamp" if found else kind))

    # -- one batch --------------------------------------------------------------------------------------------

    def feed(self, batch: pa.RecordBatch) -> NDArray[np.bool_]:
        """Take the next batch and return which of its rows are data."""
        count, start = batch.num_rows, self._seen
        self._seen += count
        columns = {int(n[1:]): batch.column(n) for n in batch.schema.names if n[0] == "c"}
        types = {int(n[1:]): batch.column(n) for n in batch.schema.names if n[0] == "t"}
        valid = {i: _valid(a) for i, a in columns.items() if a.null_count < count}
        filled = np.zeros(count, dtype=np.int32)
        for mask in valid.values():
            filled += mask
        body = np.arange(start, start + count) >= self._begin
        keep = body & (filled > 0)
        width = max(self._width, max(valid, default=-1) + 1)
        suspects = self._suspects(columns, valid, filled, width) & keep
        for i in np.flatnonzero(suspects).tolist():
            row = {c: columns[c][i].as_py() for c, mask in valid.items() if mask[i]}
            if self._special(start + i, row, width):
                keep[i] = False
        for c, mask in valid.items():
            cells = int(np.count_nonzero(mask & keep))
            if cells:
                self._cells[c] = self._cells.get(c, 0) + cells
                self._width = max(self._width, c + 1)
        for c, codes in types.items():
            if c not in self._typed and c in valid:
                odd = codes.to_numpy(zero_copy_only=False) > TypeCode.TEXT
                if (odd & keep).any():
                    self._typed.add(c)
        self.keeps.append(keep)
        return keep

    def _suspects(
        self,
        columns: Mapping[int, pa.Array],
        valid: Mapping[int, NDArray[np.bool_]],
        filled: NDArray[np.int32],
        width: int,
    ) -> NDArray[np.bool_]:
        """Return which rows may be no data, by tests of whole columns."""
        found = np.zeros(len(filled), dtype=bool)
        if width >= 3:
            found |= filled == 1
        for c in sorted(valid)[:_LABEL_COLUMNS]:
            where = np.flatnonzero(_true(pc.match_substring(columns[c], "计")))
            if len(where):
                hits = _true(
                    pc.match_substring_regex(columns[c].take(pa.array(where)), words.TOTAL)
                )
                found[where[hits]] = True
        few = filled <= max(3, width // 4)
        if few.any():
            where = np.flatnonzero(few)
            for c in sorted(valid)[:3]:
                part = columns[c] if len(where) == len(few) else columns[c].take(pa.array(where))
                found[where[_true(pc.match_substring_regex(part, words.NOTE))]] = True
        for c in self._serials:
            if c in valid:
                found |= _true(pc.match_substring_regex(columns[c], words.EXAMPLE))
        if self.header is not None:
            for row in range(self.header.first, self.header.last + 1):
                cells = self.head[row]
                anchor = max(range(len(cells)), key=lambda c: len(cells[c]), default=None)
                if anchor is not None and cells[anchor] and anchor in valid:
                    found |= _true(pc.equal(columns[anchor], cells[anchor]))
        return found

    def _special(self, number: int, row: dict[int, str], width: int) -> bool:
        """Say whether a row (column → text) is no data, and note what it is."""
        items = sorted(row.items())
        first_column, first = items[0]
        if self._repeats_header(row):
            self.repeated += 1
            return True
        if any(words.is_example(row.get(c, "")) for c in self._serials):
            self.examples += 1
            return True
        for at, (c, text) in enumerate(items[:3]):
            if at and not items[at - 1][1].isdigit():
                break  # before a label only running numbers stand
            label = words.total_label(text)
            if label and not any(_is_code(t) for _, t in items):
                cells = {
                    k: v for k, v in row.items() if k != c and k not in [i for i, _ in items[:at]]
                }
                if self.across.get(number, -1) > c:
                    cells = {k: v for k, v in cells.items() if k > self.across[number]}
                self._events.append(_Event(number, "total", label[0], cells, label[1]))
                return True
        if len(items) > 1 and all(t in self._titles for _, t in items):
            return True  # the title of a printed page
        if (
            words.is_note(first)
            and len(items) <= max(3, width // 4)
            and not any(_is_code(t) for _, t in items)
        ):
            self._line(number, [t for _, t in items], "note")
            return True
        if len(items) > 1 or width < 3:
            return False
        if first in self._titles:
            return True
        return self._lone(number, first_column, first)

    def _lone(self, number: int, column: int, text: str) -> bool:
        heading = (
            self.header.headings[column]
            if self.header and column < len(self.header.headings)
            else ""
        )
        serial = heading.casefold() in words.SERIAL
        if text.isdigit() and (serial or not heading):
            self.numbered += 1
            return True
        if _is_code(text) or words.data_like(text):
            return False
        merged = self.across.get(number, -1) > column
        if not (merged or serial or words.looks_like_section(text)) or column > 1:
            return False
        if sum(1 for e in self._events if e.kind == "section") >= _KEPT:
            return False
        self._events.append(_Event(number, "section", text, {}, words.stated_count(text)))
        return True

    def _repeats_header(self, row: Mapping[int, str]) -> bool:
        if self.header is None:
            return False
        for number in range(self.header.first, self.header.last + 1):
            cells = self.head[number]
            own = sum(1 for c in cells if c)
            same = sum(1 for c, text in row.items() if c < len(cells) and cells[c] == text)
            if same == len(row) and same >= min(2, own):
                return True
        return False

    # -- the whole sheet --------------------------------------------------------------------------------------

    def finish(self) -> Findings:
        """Return what was found once the last batch is in."""
        data = (
            np.flatnonzero(np.concatenate(self.keeps))
            if self.keeps
            else np.zeros(0, dtype=np.int64)
        )
        totals, sections = _spans(self._events, data)
        if self._seen and not self._cells and not self.notes and self.header is None:
            self.notes.append(Note(1, "", "blank"))
        return Findings(
            notes=sorted(self.notes, key=lambda n: n.row),
            totals=totals,
            sections=sections,
            stamp=self.stamp,
            rows=len(data),
            cells=self._cells,
            typed=frozenset(self._typed),
            repeated_headers=self.repeated,
            numbered_blanks=self.numbered,
            examples=self.examples,
            width=self._width,
        )


def _spans(
    events: Sequence[_Event], data: NDArray[np.int64]
) -> tuple[list[TotalRow], list[Section]]:
    """Say which rows each total row and section heading is about (row numbers from 1)."""

    def between(after: int, before: int | None) -> tuple[int, int]:
        lo = int(np.searchsorted(data, after, side="right"))
        hi = len(data) if before is None else int(np.searchsorted(data, before))
        return (int(data[lo]) + 1, int(data[hi - 1]) + 1) if hi > lo else (0, 0)

    totals: list[TotalRow] = []
    sections: list[Section] = []
    whole = ("合计", "共计", "总计", "累计")
    sums = [e for e in events if e.kind == "total" and e.label != "小计"]
    last_any = last_sum = -1
    for i, event in enumerate(events):
        following = next((e.row for e in events[i + 1 :] if e.kind == "section"), None)
        if event.kind == "section":
            first, last = between(event.row, following)
            sections.append(Section(event.row + 1, event.label, first, last, event.stated))
            last_any = event.row
            continue
        everything = between(-1, event.row)
        grand = event.label in whole
        if event.label == "小计":
            span = between(last_any, event.row)
        elif event.label in ("总计", "累计") or len(sums) == 1:
            span = everything
        else:
            # several 合计: each is of the rows since the one before, and one without rows of its own sums them up
            span = between(last_sum, event.row)
            grand = span == everything or span == (0, 0)
            if span == (0, 0):
                span = everything
        if span == (0, 0):
            # the total stands above its rows
            span = between(
                event.row, None if grand else next((e.row for e in events[i + 1 :]), None)
            )
        totals.append(TotalRow(event.row + 1, event.label, event.cells, *span, grand, event.stated))
        last_any = event.row
        if event.label != "小计":
            last_sum = event.row
    return totals, sections


def _valid(array: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=bool)


def _true(array: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(array.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)


def _is_code(text: str) -> bool:
    return len(text) == 18 and text.isascii() and text.isalnum()


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Say whether a row numbers the columns: 1 2 3 …, (1) (2) …, 甲 乙 1 2 …, A B C …."""
    texts = [c.strip("()（）[]栏列 ") for c in cells if c]
    if len(texts) < 3:
        return False
    marks = "甲乙丙丁戊己庚辛"
    lead = 0
    while lead < len(texts) and lead < len(marks) and texts[lead] == marks[lead]:
        lead += 1
    if lead == 0 and texts[0] in ("次", "栏次", "列次", ""):
        lead = 1
    rest = texts[lead:]
    if not rest:
        return lead >= 3
    if all(t.isascii() and t.isdigit() and len(t) < 4 for t in rest):
        return [int(t) for t in rest] == list(
            range(int(rest[0]), int(rest[0]) + len(rest))
        ) and int(rest[0]) in (0, 1)
    return lead == 0 and all(len(t) == 1 and t == chr(65 + i) for i, t in enumerate(rest))

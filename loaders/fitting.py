"""Which entry of a mapping is about a sheet, and the sheet as that entry has it: under the header that it says, or left out.

A header is found by its words (:mod:`loaders.reading.header`). Where it is found wrongly, an entry names its rows; where such an
entry asks for headings (``when``, ``columns``), it is about sheets alone that have them there, so that one mapping reads every
ledger of a layout and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from loaders.reading import words

if TYPE_CHECKING:
    from loaders.mapping import CustomMapping, SheetMapping
    from loaders.reading.model import RawSheet

Said = tuple[str, str]
"""In Chinese and English."""


class Fitting(NamedTuple):
    """A sheet, the entry that is about it, and why it can't be read as that says.

    Attributes
    ----------
    raw : RawSheet
        Under the header that the entry says.
    entry : SheetMapping or None
    problem : (str, str) or None
        In Chinese and English: the place, and the way out.
    """

    raw: RawSheet
    entry: SheetMapping | None
    problem: Said | None = None


def fitted(raw: RawSheet, chosen: CustomMapping | None) -> Fitting:
    """Return a sheet as the first entry has it that is about it; as it was found, where none is."""
    found = raw.headings()
    for entry in () if chosen is None else chosen.sheets:
        if entry.header is not None and entry.named(raw.sheet, raw.file):
            there = raw.headings_of(*entry.header)
            if there is not None and entry.asks(there):
                problem = _no_header(raw, entry.header)
                return Fitting(raw if problem else raw.under(*entry.header), entry, problem)
            if not entry.asked:
                return Fitting(raw, entry, _too_short(raw, entry.header))
        elif entry.header is not None and not entry.asked:
            continue
        if entry.fits(found, raw.sheet, raw.file):
            return Fitting(raw, entry)
    return Fitting(raw, None)


def _no_header(raw: RawSheet, rows: tuple[int, int]) -> Said | None:
    """Say why rows are no header: nothing stands in one, or values do, which may be a person's."""
    for number in range(rows[0], rows[1] + 1):
        cells = [c for c in raw.first_rows[number - 1] if c]
        if not cells:
            return (
                f"第 {number} 行没有内容，不能作表头；请另选表头所在的行",
                f"row {number} is empty and can't be a header; say which row holds the headings",
            )
        if any(words.data_like(c) for c in cells):
            return (
                f"第 {number} 行含有代码、日期或数字，是数据而不是表头；请另选表头所在的行",
                f"row {number} holds codes, dates or numbers: data, no headings; say which row holds the headings",
            )
    return None


def _too_short(raw: RawSheet, rows: tuple[int, int]) -> Said:
    there = len(raw.first_rows)
    en = f"its header is said to be in row {rows[1]}, but {there} rows are there where a header may be; correct `header`"
    return f"表头应在第 {rows[1]} 行，而可作表头的只有前 {there} 行；请更正映射中的 header", en

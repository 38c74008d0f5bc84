"""Which entry of a mapping is about a sheet, and the sheet as that entry has it: under the header that it says, or left out.

A header is found by its words (:mod:`loaders.reading.header`). Where it is found wrongly, an entry names its rows; where such an
entry asks for headings (``when``, ``columns``), it is about sheets alone that have them there, so that one mapping reads every
ledger of a layout and nothing else.

A row that is said to be a header may be one of data all the same, with a person's name in it. Where no heading in it is known, it
is refused; where too few are known for a header to be found there (:func:`read_as_headings`), the others are left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from loaders.canonical import canonical, normal_heading
from loaders.reading import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.mapping import CustomMapping, SheetMapping
    from loaders.reading.model import RawSheet

Said = tuple[str, str]
"""In Chinese and English."""


class Fitting(NamedTuple):
    """A sheet, the entry that is about it, and why it can't be read as that says.

    Attributes
    ----------
    raw : RawSheet
        Under the header that the entry says; of one that may be a row of data, the headings alone that are known or named by the
        entry.
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
                problem = _no_header(raw, entry, entry.header)
                return Fitting(raw if problem else _under(raw, entry, entry.header), entry, problem)
            if not entry.asked:
                return Fitting(raw, entry, _too_short(raw, entry.header))
        elif entry.header is not None and not entry.asked:
            continue
        if entry.fits(found, raw.sheet, raw.file):
            return Fitting(raw, entry)
    return Fitting(raw, None)


def read_as_headings(headings: Sequence[str]) -> bool:
    """Say whether headings would be found to be a header: enough of them are known, and none is a value.

    What tells of persons counts for nothing here, for it stands in rows of data too (``党支部书记``); nor does what an entry names,
    for it may be a value (``男``).
    """
    filled = [h for h in headings if h]
    count = sum(map(is_known, filled))
    enough = max(min(2, len(filled)), min(4, 0.25 * len(filled)))
    return bool(filled) and count >= enough and not any(map(words.data_like, filled))


def header_reads(raw: RawSheet) -> bool:
    """Say whether the header that a sheet is under reads like headings, so that all of it may be shown."""
    return read_as_headings(raw.headings_of(*raw.header_rows) or ())


def is_known(heading: str, entry: SheetMapping | None = None) -> bool:
    """Say whether a text is a heading that ledgers have, or that an entry names."""
    known, normal = canonical(), normal_heading(heading)
    if known.knows(heading) or normal in known.idle:
        return True
    return entry is not None and normal in map(normal_heading, entry.headings)


def _under(raw: RawSheet, entry: SheetMapping, rows: tuple[int, int]) -> RawSheet:
    """Return a sheet under a header, without headings that nobody knows or names where it may be a row of data."""
    found = raw.under(*rows)
    if header_reads(found):
        return found
    columns = (c if is_known(c.header, entry) else replace(c, header="") for c in found.columns)
    return replace(found, columns=tuple(columns))


def _no_header(raw: RawSheet, entry: SheetMapping, rows: tuple[int, int]) -> Said | None:
    """Say why rows are no header: nothing stands in one, or values do, which may be a person's, or no heading is known."""
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
    if not any(is_known(h, entry) for h in raw.headings_of(*rows) or () if h):
        where = f"{rows[0]}" if rows[0] == rows[1] else f"{rows[0]}-{rows[1]}"
        return (
            f"第 {where} 行没有认得的列名，可能是数据而不是表头；请另选表头所在的行，或将其中一列改用模板的列名",
            (
                f"row {where} holds no heading that is known, and may be data; say which row holds the headings, or give one"
                " column the heading that the form has"
            ),
        )
    return None


def _too_short(raw: RawSheet, rows: tuple[int, int]) -> Said:
    there = len(raw.first_rows)
    en = f"its header is said to be in row {rows[1]}, but {there} rows are there where a header may be; correct `header`"
    return f"表头应在第 {rows[1]} 行，而可作表头的只有前 {there} 行；请更正映射中的 header", en

"""Sheets of a fault workbook: cells as they were, faulty ones marked, with comments and a list of all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from loaders.faults import Fault
from loaders.privacy import mask
from loaders.reading.model import RawSheet, TypeCode, letter
from loaders.scrub import Scrubber

if TYPE_CHECKING:
    from loaders.mapping import SheetPlan

COMMENTS = 5_000
"""Comments in one workbook; spreadsheet programs grow slow with more. Further faults are marked and listed. Chosen."""
LISTED = 50_000
"""Faults in the list beside the sheets. Chosen."""
MARKED = 20_000
"""Faulty cells of one sheet that a copy shows (some six seconds). Where there are more, a whole column is wrong and mended as such,
in the original. Chosen."""
FAULT_LIST = "导入问题清单"


class Listed(Protocol):
    """What is wrong in a sheet, cell by cell."""

    def __len__(self) -> int:
        """Return how much there is."""

    def listed(self, limit: int | None = None) -> list[Fault]:
        """Return it by (row, column), at most ``limit``."""


_SAMPLE = 300
_ROWS, _CELL = 1_048_576, 32_767


@dataclass(frozen=True, slots=True)
class SheetFaults:
    """One sheet of a faulty file: as read, how understood (``None``: not at all), what is wrong in it, whose 92… codes it shows."""

    raw: RawSheet
    plan: SheetPlan | None = None
    faults: Listed | None = None
    rural: Container[str] = frozenset()


@dataclass(slots=True)
class Marks:
    """A sheet's faults by cell, from 0."""

    rows: dict[int, dict[int, list[Fault]]] = field(default_factory=dict)
    omitted: int = 0

    @classmethod
    def of(cls, sheet: SheetFaults) -> Marks:
        """Return the faults of a sheet, at most :data:`MARKED` of them."""
        marks = cls()
        first = next((c.index for c in sheet.raw.columns if c.header), 0)
        if sheet.faults is None:
            return marks
        marks.omitted = max(0, len(sheet.faults) - MARKED)
        for fault in sheet.faults.listed(MARKED):
            # a fault of a row as a whole shows in its first column
            column = fault.index if fault.index >= 0 else first
            row = marks.rows.setdefault(max(fault.row - 1, 0), {})
            row.setdefault(column, []).append(fault)
        return marks


class SheetWriter:
    """Writes sheets into a workbook and keeps what the list of faults needs."""

    def __init__(self, book: Any, listed_as: str = FAULT_LIST) -> None:
        self.book = book
        self.listed_as = listed_as
        base: dict[str, Any] = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        fault: dict[str, Any] = {
            "bg_color": "#FFC7CE",
            "font_color": "#9C0006",
            "bold": True,
            "border": 2,
            "border_color": "#C00000",
        }
        self.formats: dict[tuple[str, bool], Any] = {}
        looks: dict[str, dict[str, Any]] = {
            "general": {},
            "text": {"num_format": "@"},
            "date": {"num_format": "yyyy-mm-dd", "align": "left"},
            "title": {"bold": True, "font_size": 12},
            "header": {
                "bold": True,
                "bg_color": "#DDEBF7",
                "border": 1,
                "text_wrap": True,
                "align": "center",
            },
        }
        for name, extra in looks.items():
            self.formats[name, False] = book.add_format({**base, **extra})
            self.formats[name, True] = book.add_format({**base, **extra, **fault})
        self.comments = 0
        self.listed: list[tuple[str, str, Fault]] = []
        self.total = self.omitted = 0
        self.activated = False
        self.hidden: list[Any] = []
        self.widths: dict[int, int] = {}

    def sheet(self, name: str, sheet: SheetFaults, *, whole: bool) -> None:
        """Write one sheet: all of it, or its lines above the rows, header and faulty rows."""
        raw, marks = sheet.raw, Marks.of(sheet)
        ws = self.book.add_worksheet(name)
        scrub = Scrubber(raw, sheet.plan, sheet.rural)
        self.widths = {}
        merged = self._merge(ws, raw, None if whole else raw.header_rows[1])
        self.omitted += marks.omitted
        first, last = raw.header_rows
        ended = raw.totals[-1].row if raw.totals else 0
        at = 0
        for number, cells in _rows(raw, None if whole else _wanted(raw, marks)):
            if whole:
                at = number
            if at >= _ROWS:
                break
            style = (
                "header" if first <= number + 1 <= last else ("title" if number + 1 < first else "")
            )
            self._row(ws, name, at, number, cells, scrub, marks, style, merged)
            at += 1
        self._look(ws, raw, sheet.plan, max(at, ended), last)
        if raw.hidden and not marks.rows:
            self.hidden.append(ws)
        if marks.rows:
            ws.set_tab_color("#C00000")
            if not self.activated:
                ws.activate()
                ws.set_first_sheet()
                self.activated = True

    def _row(
        self,
        ws: Any,
        name: str,
        at: int,
        number: int,
        cells: Mapping[int, tuple[str, int]],
        scrub: Scrubber,
        marks: Marks,
        style: str,
        merged: Mapping[tuple[int, int], tuple[int, int]],
    ) -> None:
        faulty = marks.rows.get(number, {})
        kept = scrub.row(cells, data=not style)
        for c in sorted({*kept, *faulty}):
            if merged.get((number, c), (number, c)) != (number, c):
                continue
            text, kind = kept.get(c, ("", TypeCode.EMPTY))
            faults = faulty.get(c, [])
            withheld = any(f.found is None for f in faults) and scrub.personal(faults)
            self._cell(ws, at, c, "" if withheld else text, kind, style, scrub, bool(faults))
            for fault in faults:
                self.total += 1
                if len(self.listed) < LISTED:
                    self.listed.append((name, f"{letter(c)}{at + 1}", fault))
            if faults and self.comments < COMMENTS:
                self.comments += 1
                note = _comment(faults)
                size = {"x_scale": 2.2, "y_scale": 0.35 + 0.22 * note.count("\n")}
                ws.write_comment(at, c, note, {"author": "Lianjian", "font_size": 9, **size})

    def _cell(
        self,
        ws: Any,
        row: int,
        column: int,
        text: str,
        kind: int,
        style: str,
        scrub: Scrubber,
        faulty: bool,
    ) -> None:
        text = text[:_CELL]
        if not style and row < _SAMPLE:
            self.widths[column] = max(self.widths.get(column, 0), shown(text))
        code = scrub.is_code(column) and not style
        # a faulty cell keeps its type, which may be the fault: as text, a number in a column of codes would pass for a code
        as_text = code and not faulty
        name = style or ("text" if code else "general")
        if kind == TypeCode.NUMBER and not as_text and not style:
            try:
                ws.write_number(row, column, float(text), self.formats[name, faulty])
            except (ValueError, TypeError):
                pass
            else:
                return
        if kind == TypeCode.DATE and not as_text and not style and (day := _day(text)) is not None:
            ws.write_datetime(row, column, day, self.formats["date", faulty])
        elif kind == TypeCode.BOOL and not style:
            ws.write_boolean(row, column, text == "TRUE", self.formats[name, faulty])
        elif text:
            ws.write_string(row, column, text, self.formats[name, faulty])
        else:
            ws.write_blank(row, column, None, self.formats[name, faulty])

    def _merge(
        self, ws: Any, raw: RawSheet, rows: int | None
    ) -> dict[tuple[int, int], tuple[int, int]]:
        """Repeat the merged ranges (those within so many rows) and return the first cell of each cell in one."""
        covered: dict[tuple[int, int], tuple[int, int]] = {}
        for r0, c0, r1, c1 in raw.merges:
            area = [(r, c) for r in range(r0, r1 + 1) for c in range(c0, c1 + 1)]
            if (
                len(area) < 2
                or len(covered) + len(area) > 200_000
                or any(a in covered for a in area)
            ):
                continue
            if r1 >= (_ROWS if rows is None else rows) or c1 >= 16_384:
                continue
            first, last = raw.header_rows
            style = "title" if r1 + 1 < first else ("header" if r1 + 1 <= last else "general")
            ws.merge_range(r0, c0, r1, c1, "", self.formats[style, False])
            covered.update(dict.fromkeys(area, (r0, c0)))
        return covered

    def _look(self, ws: Any, raw: RawSheet, plan: SheetPlan | None, rows: int, header: int) -> None:
        """Set what makes a sheet easy to mend: widths, a frozen header, drop-downs, no warnings about codes kept as text."""
        ws.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for column in raw.columns:
            longest = max(map(shown, column.header.split("/")), default=0)
            width = min(max(9, longest + 2, self.widths.get(column.index, 0) + 1), 40)
            ws.set_column(column.index, column.index, width)
        ws.set_landscape()
        ws.set_paper(8)  # A3
        if len(raw.columns) <= 20:
            ws.fit_to_pages(1, 0)
        else:
            ws.repeat_columns(0, 1)  # several pages wide: each begins with what names the row
        if header:
            ws.freeze_panes(header, 0)
            ws.repeat_rows(raw.header_rows[0] - 1, header - 1)
        for used in plan.columns if plan is not None else ():
            choices = used.column.enum
            if (
                len(used.indexes) == 1
                and choices
                and len(",".join(choices)) <= 255
                and not used.values
                and rows > header
            ):
                ws.data_validation(
                    header, used.indexes[0], rows, used.indexes[0],
                    {"validate": "list", "source": list(choices), "error_type": "warning"},
                )  # fmt: skip

    def list_faults(self) -> None:
        """Add the sheet that lists the faults, each with a way to its cell."""
        ws = self.book.add_worksheet(self.listed_as)
        header = ("工作表", "单元格", "列", "问题", "应填", "Problem", "Expected")
        ws.write_row(0, 0, header, self.formats["header", False])
        link = self.book.add_format(
            {"font_color": "#0563C1", "underline": 1, "font_size": 10, "font_name": "宋体"}
        )
        plain = self.formats["text", False]
        for row, (name, ref, fault) in enumerate(self.listed, 1):
            ws.write_string(row, 0, name, plain)
            if row <= 60_000:
                ws.write_url(row, 1, f"internal:'{name}'!{ref}", link, ref)
            for c, text in enumerate(
                (
                    fault.column,
                    fault.what["zh"],
                    fault.expected["zh"],
                    fault.what["en"],
                    fault.expected["en"],
                ),
                2,
            ):
                ws.write_string(row, c, mask(text)[0][:_CELL], plain)
        rest, below = self.total - len(self.listed), len(self.listed) + 1
        if rest:
            words = f"另有 {rest:,} 处已在表中标出 / {rest:,} more are marked in the sheets"
            ws.write_string(below, 0, words, plain)
        if self.omitted:
            words = (
                f"另有 {self.omitted:,} 处未列入本副本：若整列有误，请改原文件后重新导入 / "
                f"{self.omitted:,} more are not in this copy: where a whole column is wrong, mend the original"
            )
            ws.write_string(below + bool(rest), 0, words, plain)
        ws.autofilter(0, 0, max(len(self.listed), 1), len(header) - 1)
        ws.freeze_panes(1, 0)
        for c, width in enumerate((18, 9, 20, 32, 36, 36, 40)):
            ws.set_column(c, c, width)
        ws.set_landscape()
        ws.set_paper(9)
        ws.fit_to_pages(1, 0)
        for hidden in self.hidden if self.activated else ():
            hidden.hide()


def _comment(faults: Sequence[Fault]) -> str:
    """Return the words of a comment, Chinese first; what was found in the cell is not repeated: it stands there."""
    lines = []
    for fault in faults:
        what, expected = fault.what, fault.expected
        lines.append(f"问题：{what['zh']}")
        if expected["zh"]:
            lines.append(f"应填：{mask(expected['zh'])[0]}")
    for fault in faults:
        what, expected = fault.what, fault.expected
        lines.append(
            f"{what['en'][:1].upper()}{what['en'][1:]}."
            + (f" Expected: {mask(expected['en'])[0]}." if expected["en"] else "")
        )
    return "\n".join(lines)[:2000]


def shown(text: str) -> int:
    """Return how wide a text shows, a Chinese character counting two."""
    return sum(2 if c > "\u2e7f" else 1 for c in text[:200])


def _day(text: str) -> dt.datetime | None:
    try:
        day = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= 1900 else None


def _wanted(raw: RawSheet, marks: Marks) -> set[int]:
    notes = {n.row - 1 for n in raw.notes if n.kind in ("stamp", "title")}
    return {*range(raw.header_rows[1]), *notes, *marks.rows}


def _rows(
    raw: RawSheet, wanted: set[int] | None
) -> Iterator[tuple[int, Mapping[int, tuple[str, int]]]]:
    """Yield a sheet's rows (number from 0, cells by column); only those wanted, where some are."""
    import numpy as np
    import pyarrow as pa

    start = 0
    order = None if wanted is None else np.array(sorted(wanted), dtype=np.int64)
    for batch in raw.grid():
        count, here = batch.num_rows, start
        start += count
        numbers = np.arange(here, here + count)
        if order is not None:
            numbers = order[np.searchsorted(order, here) : np.searchsorted(order, here + count)]
            if not len(numbers):
                continue
            batch = batch.take(pa.array(numbers - here))
        columns = {
            int(n[1:]): batch.column(n).to_pylist() for n in batch.schema.names if n[0] == "c"
        }
        types = {int(n[1:]): batch.column(n).to_pylist() for n in batch.schema.names if n[0] == "t"}
        for i, number in enumerate(numbers.tolist()):
            yield (
                number,
                {
                    c: (values[i], types[c][i] if c in types else TypeCode.TEXT)
                    for c, values in columns.items()
                    if values[i] is not None
                },
            )

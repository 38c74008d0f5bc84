"""A sheet of a report's workbook: filled from above, each cell as what it is, columns as wide as what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.listing import HIGHEST, LINE, SPARE, printed, put, sheet_name, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDEST = 46
LEAN = 0.9
"""Of the width in digits that a text is counted with, what its letters take."""
BOLD = 1.1
"""By how much a heading's letters are wider."""


def _letter(column: int) -> str:
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def at(row: int, column: int) -> str:
    """Return a cell's name."""
    return f"{_letter(column)}{row + 1}"


def looks(book: Any) -> dict[str, Any]:
    """Return how cells look, by name."""
    box = {"border": 1, "border_color": "#B7B7B7", "valign": "vcenter"}
    return {
        name: book.add_format(look)
        for name, look in {
            "title": {"bold": True, "font_size": 15},
            "section": {"bold": True, "font_size": 12, "font_color": "#1F4E78"},
            "plain": {"font_color": "#404040", "text_wrap": True, "valign": "top"},
            "short": {"font_color": "#404040"},
            "head": {**box, "bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "align": "center"},
            "cell": {**box, "num_format": "@", "text_wrap": True},
            "id": {**box, "num_format": "@", "font_color": "#767676", "font_size": 9},
            "number": {**box, "num_format": "#,##0_)"},
            "signed": {**box, "num_format": "+#,##0;-#,##0;0"},
            "rate": {**box, "num_format": "0.00%"},
            "points": {**box, "num_format": "+0.00;-0.00;0.00"},
            "total": {**box, "num_format": "#,##0", "bold": True, "bg_color": "#F2F2F2"},
            "total_text": {**box, "num_format": "@", "bold": True, "bg_color": "#F2F2F2"},
            "total_rate": {**box, "num_format": "0.00%", "bold": True, "bg_color": "#F2F2F2"},
            "total_signed": {**box, "num_format": "+#,##0;-#,##0;0", "bold": True, "bg_color": "#F2F2F2"},
            "mark": {**box, "num_format": "@", "font_color": "#767676", "align": "right"},
            "total_mark": {**box, "num_format": "@", "font_color": "#767676", "align": "right", "bg_color": "#F2F2F2"},
            "good": {**box, "num_format": "#,##0", "font_color": "#1E6B34"},
            "bad": {"bg_color": "#F8CBAD", "font_color": "#9C0006"},
        }.items()
    }  # fmt: skip


class Sheet:
    """One sheet that is filled from above, and knows how wide its columns have to be."""

    def __init__(self, book: Any, looks: dict[str, Any], name: str) -> None:
        self.sheet = book.add_worksheet(sheet_name(name, 1))
        self.looks = looks
        self.row = 0
        self._widths: dict[int, float] = {}
        self._wrapped: list[tuple[int, int, int, float, float]] = []
        self._pages: list[int] = []
        printed(self.sheet, 1)
        self.sheet.hide_gridlines(2)

    def line(self, text: str, look: str = "plain", across: int = 0) -> None:
        """Write a line; one that may be long across so many columns, wrapped."""
        if across:
            self.sheet.merge_range(self.row, 0, self.row, across - 1, "", self.looks[look])
            self._wrapped.append((self.row, 0, across, text_width(text), 0))
        self.sheet.write_string(self.row, 0, text, self.looks[look])
        self.row += 1

    def page(self) -> None:
        """Begin a new page here, on paper."""
        self._pages.append(self.row)

    def head(self, texts: Sequence[str]) -> None:
        """Write a table's head."""
        for k, text in enumerate(texts):
            self.sheet.write_string(self.row, k, text, self.looks["head"])
            self._fit(k, min(text_width(text), 13))
            self._wrapped.append((self.row, k, 1, text_width(text) * BOLD, SPARE))
        self.row += 1

    def text(self, column: int, value: str | None, look: str = "cell") -> None:
        """Write text."""
        if value is None or value == "":
            self.sheet.write_blank(self.row, column, None, self.looks[look])
            return
        put(self.sheet, self.row, column, value, self.looks[look])
        self._fit(column, text_width(value))
        self._wrapped.append((self.row, column, 1, text_width(value), 0))

    def number(self, column: int, value: float | None, look: str = "number", more: int = 0) -> None:
        """Write a number, whose look has so many characters more."""
        if value is None:
            self.sheet.write_blank(self.row, column, None, self.looks[look])
        else:
            self.sheet.write_number(self.row, column, value, self.looks[look])
            self._fit(column, len(f"{value:,}") + 2 + more)

    def formula(
        self, column: int, formula: str, value: float | None, look: str = "number", more: int = 0
    ) -> None:
        """Write a formula of ours with its value: a reader that does not calculate shows it too; its look has so many more."""
        shown = "" if value is None else value
        self.sheet.write_formula(self.row, column, f"={formula}", self.looks[look], shown)
        self._fit(column, 9 + more)

    def _fit(self, column: int, width: float) -> None:
        self._widths[column] = max(self._widths.get(column, 6), min(width, WIDEST))

    def done(self) -> None:
        """Set the columns' widths, and the heights of rows that hold more than a line: not every program finds them by itself."""
        self.sheet.set_h_pagebreaks(self._pages)
        for column, width in self._widths.items():
            self.sheet.set_column(column, column, width + 1)
        heights: dict[int, float] = {}
        for row, column, across, width, spare in self._wrapped:
            room = sum(self._widths.get(c, 6) + 1 for c in range(column, column + across)) - 1
            lines = -(-width * LEAN // max(room, 1))
            if lines > 1 or spare:
                heights[row] = max(heights.get(row, 0), LINE * lines + spare)
        for row, height in heights.items():
            self.sheet.set_row(row, min(height, HIGHEST))

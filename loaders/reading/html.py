"""Tables of an HTML page (which many systems export under the name ``.xls``). Runs in the reading process."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

from loaders.reading.model import Limits
from loaders.reading.refusals import RefusalError
from loaders.reading.workbooks import Sheet

_BREAKS = frozenset(["br", "p", "div", "li"])
_HIDDEN = frozenset(["script", "style", "head", "title", "noscript"])
_PIECE = 1 << 20


class _Table:
    """One ``<table>`` being read; spans become merged ranges."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rows: list[list[str]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.caption = ""
        self._down: dict[int, tuple[int, str]] = {}
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._cells = 0

    def open_row(self) -> None:
        self.close_row()
        self._row = []

    def close_row(self) -> None:
        self.close_cell()
        if self._row is None:
            return
        self._take_over(len(self._row), at_end=True)
        self.rows.append(self._row)
        self._row = None

    def _take_over(self, column: int, *, at_end: bool = False) -> None:
        """Put in the cells that reach down from rows above, up to the next free column."""
        row = self._row
        if row is None or not self._down:
            return
        last = max(self._down)
        while column in self._down or (at_end and column <= last):
            left, text = self._down.get(column, (0, ""))
            row.append(text)
            if left > 1:
                self._down[column] = (left - 1, text)
            else:
                self._down.pop(column, None)
            column += 1

    def open_cell(self, colspan: int, rowspan: int) -> None:
        self.close_cell()
        if self._row is None:
            self._row = []
        self._take_over(len(self._row))
        self._cell, self._span = [], (max(colspan, 1), max(rowspan, 1))

    def close_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        text = "\n".join(" ".join(part.split()) for part in "".join(self._cell).split("\n"))
        self._cell = None
        colspan, rowspan = self._span
        start, number = len(self._row), len(self.rows)
        self._cells += colspan
        if start + colspan > self.limits.columns:
            raise RefusalError("too_large", detail=f"> {self.limits.columns:,} columns")
        if self._cells > self.limits.cells:
            raise RefusalError("too_large", detail=f"> {self.limits.cells:,} cells")
        self._row += [text.strip("\n")] + [""] * (colspan - 1)
        if (colspan, rowspan) != (1, 1) and len(self.merges) < self.limits.merges:
            self.merges.append((number, start, number + rowspan - 1, start + colspan - 1))
        if rowspan > 1:
            for i in range(colspan):
                # one column: the text holds for each row below it, as in a workbook
                below = text.strip("\n") if colspan == 1 and not _is_number(text) else ""
                self._down[start + i] = (min(rowspan, 1_048_576) - 1, below)

    def text(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def finish(self) -> None:
        self.close_row()
        width = max(map(len, self.rows), default=0)
        for row in self.rows:
            row += [""] * (width - len(row))


def _is_number(text: str) -> bool:
    return text.strip().replace(",", "").replace(".", "").isdigit()


class _Parser(HTMLParser):
    """Collects tables; a table within a cell is one of its own."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.open: list[_Table] = []
        self.done: list[_Table] = []
        self._silent = 0
        self._caption = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._silent += 1
        elif tag == "body":
            self._silent = 0
        elif tag == "table":
            if len(self.open) < 50:
                self.open.append(_Table(self.limits))
        elif self.open:
            table = self.open[-1]
            if tag == "tr":
                table.open_row()
            elif tag in ("td", "th"):
                known = dict(attrs)
                table.open_cell(_span(known.get("colspan")), _span(known.get("rowspan")))
            elif tag in _BREAKS:
                table.text("\n")
            elif tag == "caption":
                self._caption = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._silent = max(0, self._silent - 1)
        elif self.open:
            table = self.open[-1]
            if tag == "table":
                table.finish()
                self.done.append(self.open.pop())
            elif tag == "tr":
                table.close_row()
            elif tag in ("td", "th"):
                table.close_cell()
            elif tag == "caption":
                self._caption = False

    def handle_data(self, data: str) -> None:
        if self._silent or not self.open:
            return
        if self._caption:
            self.open[-1].caption += data
        else:
            # line breaks in the source are white space; those of tags were put in as such
            self.open[-1].text(data.replace("\r", " ").replace("\n", " "))

    def finish(self) -> list[_Table]:
        self.close()
        while self.open:
            self.open[-1].finish()
            self.done.append(self.open.pop())
        return self.done


def _span(text: str | None) -> int:
    digits = (text or "1").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else 1


def sheets(text: str, limits: Limits) -> Iterator[Sheet]:
    """Yield the tables of a page that hold more than layout: two cells with text at least.

    Raises
    ------
    RefusalError
        There is none, or one is too large.
    """
    parser = _Parser(limits)
    for at in range(0, len(text), _PIECE):
        parser.feed(text[at : at + _PIECE])
    tables = [t for t in parser.finish() if sum(1 for row in t.rows for c in row if c.strip()) >= 2]
    if not tables:
        raise RefusalError("no_table")
    for number, table in enumerate(tables, 1):
        name = " ".join(table.caption.split()) or (f"表{number}" if len(tables) > 1 else "")
        rows: list[Sequence[object]] = list(table.rows)
        yield Sheet(name, hidden=False, left=0, rows=iter(rows), merges=table.merges)


def page_of_archive(path: Path) -> tuple[str, str]:
    """Return the page within a web archive (``.mht``) and its encoding."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    pages = []
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                pages.append((payload, part.get_content_charset() or "utf-8"))
    if not pages:
        raise RefusalError("no_table")
    # the frame around the sheets holds no table; the sheet does
    data, charset = max(pages, key=lambda page: page[0].lower().count(b"<td"))
    try:
        return data.decode(charset, "replace"), charset
    except LookupError:
        return data.decode("gb18030", "replace"), "gb18030"

"""What stands beside the map: how far all of it is, the legend with scale bar and north arrow, notes, and the list of areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.wall import marks
from viz.wall.areas import level_name
from viz.wall.drawing import GREY, INK, fitted, width, wrapped
from viz.wall.paper import bar
from viz.wall.shading import NOBODY, SHADES, sample
from viz.wall.wording import per_cent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from viz.wall.areas import Area, Subject
    from viz.wall.drawing import Box, Page
    from viz.wall.paper import Scale, Sheet
    from viz.wall.wording import Words

BODY, SMALL, HEADING = 2.5, 2.15, 3.1
"""Sizes of letters in millimetres at A4: 7, 6 and 9 points."""
ROW = 3.5


class Flow:
    """Columns that are filled from the top, one after the other."""

    def __init__(self, columns: Sequence[Box]) -> None:
        self._columns = list(columns)
        self._at = 0
        self._y = self._columns[0][1]

    def room(self, high: float) -> Box | None:
        """Return a box of a height, ``None`` where there is no room for it any more."""
        while self._y + high > self._columns[self._at][3] + 1e-9:
            if self._at + 1 == len(self._columns):
                return None
            self._at += 1
            self._y = self._columns[self._at][1]
        left, _, right, _ = self._columns[self._at]
        top, self._y = self._y, self._y + high
        return left, top, right, self._y

    def rows(self, high: float) -> int:
        """Return for how many rows there is room."""
        here = int((self._columns[self._at][3] - self._y + 1e-9) // high)
        return here + sum(int((c[3] - c[1]) // high) for c in self._columns[self._at + 1 :])


class Panel:
    """The panel of a page."""

    def __init__(self, page: Page, sheet: Sheet, words: Words) -> None:
        self.page = page
        self.words = words
        self.s = sheet.letters
        self.flow = Flow(sheet.columns)

    def summary(self, subject: Subject) -> None:
        """Write how far all of it is."""
        totals, s = subject.totals, self.s
        self._heading(self.words("summary"))
        box = self.flow.room(8.6 * s)
        if box is not None:
            rate = totals["covered"] / totals["whole"] if totals["whole"] else None
            self.page.text(box[0], box[1] + 6.4 * s, per_cent(rate), 7 * s, bold=True)
            x = box[0] + width(per_cent(rate), 7 * s, bold=True) + 2 * s
            said = fitted(self.words(subject.definition), BODY * s, box[2] - x)
            self.page.text(x, box[1] + 3.2 * s, said, BODY * s)
            of = f"{totals['covered']:,} / {totals['whole']:,}"
            self.page.text(x, box[1] + 6.4 * s, of, BODY * s, colour=GREY)
        told = [(n, totals[n]) for n in ("organizations", "units", "pending", "under_way")]
        box = self.flow.room(8.2 * s)
        if box is not None:
            wide = (box[2] - box[0]) / len(told)
            for k, (name, number) in enumerate(told):
                x = box[0] + k * wide
                self.page.text(x, box[1] + 3.4 * s, f"{number:,}", 3.4 * s, bold=True)
                said = fitted(self.words(name), SMALL * s, wide)
                self.page.text(x, box[1] + 6.4 * s, said, SMALL * s, colour=GREY)

    def scale(self, scale: Scale) -> None:
        """Draw the scale bar, the scale and the north arrow."""
        s = self.s
        box = self.flow.room(11 * s)
        if box is None:
            return
        left, top, right, _ = box
        most = (right - left - 14 * s) * scale.of / 1000
        metres = bar(most)
        long = scale.millimetres(metres)
        y = top + 4 * s
        for k in range(4):
            part = (left + k * long / 4, y, left + (k + 1) * long / 4, y + 1.2 * s)
            self.page.box(part, fill=INK if k % 2 == 0 else "#ffffff", stroke=INK, width=0.15 * s)
        unit, of = ("km", 1000) if metres >= 1000 else ("m", 1)
        self.page.text(left, y - 0.9 * s, "0", SMALL * s)
        self.page.text(left + long, y - 0.9 * s, f"{metres / of:g} {unit}", SMALL * s, anchor="end")
        self.page.text(left, y + 4.4 * s, f"1:{scale.of:,}", BODY * s, bold=True)
        x, y = right - 4 * s, top + 0.6 * s
        self.page.shape([(x, y), (x + 2 * s, y + 6 * s), (x, y + 4.7 * s)], fill=INK, stroke=INK, width=0.15 * s)  # fmt: skip
        self.page.shape([(x, y), (x - 2 * s, y + 6 * s), (x, y + 4.7 * s)], fill="#ffffff", stroke=INK, width=0.15 * s)  # fmt: skip
        self.page.text(x, y + 8.9 * s, self.words("north"), BODY * s, anchor="middle", bold=True)

    def legend(self, subject: Subject, others: bool) -> None:
        """Say what colours, hatchings, symbols and lines mean."""
        words, s, page = self.words, self.s, self.page
        self._heading(words("legend"))
        self._line(words("rate", definition=words(subject.definition)))
        high = 1.0
        for how in SHADES:
            told = {"low": f"{how.least * 100:g}", "high": f"{high * 100:g}"}
            key = "from" if how is SHADES[0] else "below" if how is SHADES[-1] else "between"
            self._sample(how, words(key, **told))
            high = how.least
        if any(a.rate is None for a in subject.areas):
            self._sample(NOBODY, words("no_rate"))
        for kind in marks.KINDS:
            if (box := self._told(words(f"symbol_{kind}"))) is not None:
                middle = box[1] + ROW * s / 2
                marks.draw(page, marks.Symbol(kind, box[0] + 3 * s, middle, 2.4 * s, 1, 0))
        if (box := self._told(words("symbol_number"))) is not None:
            marks.draw(page, marks.Symbol(marks.UNIT, box[0] + 3 * s, box[1] + ROW * s / 2, 3.2 * s, 12, 0))  # fmt: skip
        lines: list[tuple[str, float, tuple[float, ...]]] = []
        if subject.held or any(a.held for a in subject.areas) or any(h for *_, h in subject.above):
            lines.append(("line_boundary", 0.5, ()))
        if any(a.rings and not a.held for a in subject.areas) or (
            subject.rings and not subject.held
        ):
            lines.append(("line_hull", 0.3, (1.6, 0.9)))
        if others:
            lines.append(("line_other", 0.15, ()))
        for key, wide, dashes in lines:
            if (box := self._told(words(key))) is not None:
                y = box[1] + ROW * s / 2
                drawn = tuple(d * s for d in dashes)
                colour = "#8b96a1" if key == "line_other" else INK
                page.line(
                    (box[0], y), (box[0] + 6 * s, y), stroke=colour, width=wide * s, dashes=drawn
                )

    def notes(self, notes: Sequence[str]) -> None:
        """Write what a reader has to know."""
        if not notes:
            return
        self._heading(self.words("notes"))
        for note in notes:
            self._line(f"· {note}")

    def areas(self, subject: Subject) -> int:
        """List the areas; returns how many rows had no room."""
        words, s, page = self.words, self.s, self.page
        name = level_name(subject.level)
        self._heading(words("list", level=words(name)))
        self._row(None, words("column_name"), *(words(f"column_{n}") for n in ("rate", "units", "pending")), head=True)  # fmt: skip
        rows = subject.areas
        room = self.flow.rows(ROW * s)
        left = 0
        if len(rows) + bool(subject.more) > room:
            left = len(rows) - max(room - 1 - bool(subject.more), 0)
            rows = rows[: len(rows) - left]
        for area in rows:
            self._area(area, name)
        for key, n in (("more_places", subject.more), ("more_rows", left)):
            if n and (box := self.flow.room(ROW * s)) is not None:
                said = fitted(words(key, n=f"{n:,}"), SMALL * s, box[2] - box[0])
                page.text(box[0], box[3] - s, said, SMALL * s, colour=GREY)
        return left

    def _area(self, area: Area, level: str) -> None:
        name = area.name or self.words(f"no_{level}")
        self._row(
            None if area.number is None else str(area.number), name, per_cent(area.rate), f"{area.units:,}",
            f"{area.pending + area.under_way:,}",
        )  # fmt: skip

    def _row(self, number: str | None, name: str, rate: str, units: str, pending: str, *, head: bool = False) -> None:  # fmt: skip
        s, page = self.s, self.page
        box = self.flow.room(ROW * s)
        if box is None:
            return
        left, _, right, bottom = box
        y = bottom - s
        size, colour = (SMALL * s, GREY) if head else (BODY * s, INK)
        columns = (right - 20 * s, right - 9.5 * s, right)
        if number is not None:
            page.text(left + 5 * s, y, number, size, anchor="end", bold=True)
        at = left + 6 * s
        page.text(at, y, fitted(name, size, columns[0] - 11 * s - at), size, colour=colour)
        for x, text in zip(columns, (rate, units, pending), strict=True):
            page.text(x, y, fitted(text, size, 10.5 * s), size, anchor="end", colour=colour)
        page.line(
            (left, bottom), (right, bottom), stroke="#c9d1d9", width=(0.25 if head else 0.1) * s
        )

    def _heading(self, text: str) -> None:
        s = self.s
        # a heading alone at the foot of a column heads nothing
        if self.flow.rows((5.4 + 2 * ROW) * s) == 0:
            return
        box = self.flow.room(5.4 * s)
        if box is not None:
            self.page.text(box[0], box[3] - 1.4 * s, text, HEADING * s, bold=True)

    def _line(self, text: str) -> None:
        for line in wrapped(text, SMALL * self.s, self._wide):
            box = self.flow.room(3.0 * self.s)
            if box is not None:
                self.page.text(box[0], box[3] - 0.7 * self.s, line, SMALL * self.s, colour=GREY)

    @property
    def _wide(self) -> float:
        left, _, right, _ = self.flow._columns[0]
        return right - left

    def _told(self, text: str) -> Box | None:
        """Write a line of the legend, and return the room for what it explains."""
        s = self.s
        lines = wrapped(text, SMALL * s, self._wide - 8 * s)
        box = self.flow.room((ROW + 2.7 * (len(lines) - 1)) * s)
        if box is not None:
            for k, line in enumerate(lines):
                self.page.text(box[0] + 8 * s, box[1] + (2.5 + 2.7 * k) * s, line, SMALL * s)
        return box

    def _sample(self, how: object, text: str) -> None:
        box = self._told(text)
        if box is not None:
            s = self.s
            sample(self.page, (box[0], box[1] + 0.45 * s, box[0] + 6 * s, box[1] + 3.1 * s), how, s)  # type: ignore[arg-type]

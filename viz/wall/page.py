"""The page: a map of areas shaded by how far they are, units and what is pending on it, and beside it all that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.model import iso
from viz.wall.areas import Subject, subject
from viz.wall.drawing import GREY, INK, Page, fitted
from viz.wall.map import Map, Told
from viz.wall.panel import Panel
from viz.wall.paper import LETTERS, Paper, Scale, Sheet, Turned, scale, sheet
from viz.wall.svg import FAMILIES
from viz.wall.wording import Words

if TYPE_CHECKING:
    from viz.city.view import CityMap
    from viz.wall.drawing import Box

ROOM = 5.0
"""Millimetres that are free around what the map is of, at A4."""
AREAS = {Paper.A0: 75, Paper.A1: 60, Paper.A2: 45, Paper.A3: 34, Paper.A4: 18}
"""Rows for which a sheet's list has room."""


@dataclass(frozen=True, eq=False)
class Wall:
    """A wall map, drawn.

    Attributes
    ----------
    scale : Scale or None
        ``None`` where nothing has coordinates.
    labels : dict of str to int
        Areas with their name on the map, with their number only, with neither; units with theirs.
    """

    page: Page
    sheet: Sheet
    scale: Scale | None
    subject: Subject
    labels: dict[str, int]
    boxes: list[Box]


def wall(
    city: CityMap, code: str | None, paper: Paper, turned: Turned | None, lang: str, told: Told
) -> Wall:
    """Draw a wall map.

    Parameters
    ----------
    turned : Turned or None
        ``None``: as is better for what is drawn.

    Raises
    ------
    InputError
        There is no such city, district or street.
    """
    words = Words(lang)
    found = subject(
        city, code, told.outlines, told.standings,
        most=AREAS[paper], definition=told.definition, only=told.only,
    )  # fmt: skip
    room = ROOM * LETTERS[paper]
    laid = [sheet(paper, t) for t in (Turned.LANDSCAPE, Turned.PORTRAIT) if turned in (None, t)]
    at = None
    if found.extent is None:
        chosen = laid[0]
    else:
        scales = [scale(found.extent, s.map, room) for s in laid]
        best = min(range(len(laid)), key=lambda k: (scales[k].of, k))
        chosen, at = laid[best], scales[best]
    name = found.name or found.code or words("whole")
    title = words("title", name=name)
    page = Page(chosen.width, chosen.height, fitted(title, 1, 60), lang)
    drawn = Map(page, chosen, at, found, words, told)
    if at is not None:
        drawn.draw(city)
    _frame(page, chosen, words, title, at, city.columns.as_of)
    panel = Panel(page, chosen, words)
    panel.summary(found)
    if at is not None:
        panel.scale(at)
    panel.legend(found, drawn.others)
    panel.notes(drawn.notes())
    panel.areas(found)
    _foot(page, chosen, words, told, found)
    return Wall(page, chosen, at, found, drawn.labels, drawn.boxes)


def _frame(page: Page, sheet: Sheet, words: Words, title: str, at: Scale | None, as_of: int) -> None:  # fmt: skip
    s = sheet.letters
    left, top, right, bottom = sheet.head
    page.text(left, top + 7.2 * s, fitted(title, 7.4 * s, right - left, bold=True), 7.4 * s, bold=True)  # fmt: skip
    said = {"date": iso(as_of), "paper": sheet.paper.value, "turned": words(sheet.turned.value)}
    line = words("head_no_scale", **said) if at is None else words("head", scale=f"{at.of:,}", **said)  # fmt: skip
    page.text(left, top + 12.4 * s, fitted(line, 3.2 * s, right - left), 3.2 * s, colour=GREY)
    page.line((left, bottom), (right, bottom), width=0.4 * s)
    page.box(sheet.map, stroke=INK, width=0.3 * s)


def _foot(page: Page, sheet: Sheet, words: Words, told: Told, found: Subject) -> None:
    s = sheet.letters
    left, top, right, _ = sheet.foot
    if told.ledgers is None:
        source = words("foot_no_source")
    else:
        first, last, n = told.ledgers
        source = words("foot_source", first=iso(first), last=iso(last), n=f"{n:,}")
    profile = words("foot_profile", profile=told.profile, definition=words(found.definition))
    font = words("font", families=", ".join(FAMILIES[:4]))
    page.line((left, top), (right, top), width=0.2 * s)
    for k, line in enumerate((f"{source}　{profile}", font)):
        page.text(left, top + (3.2 + 3.0 * k) * s, fitted(line, 2.1 * s, right - left), 2.1 * s, colour=GREY)  # fmt: skip

"""What a page consists of: shapes and texts, in millimetres from its upper left corner. Both writers draw the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
INK, GREY, PAPER = "#1f2933", "#5f6b76", "#ffffff"
POINTS_PER_MM = 72 / 25.4
_WIDE = 1.0
_NARROW = {**dict.fromkeys("ijl.,:;|'!·", 0.3), **dict.fromkeys("fIrt()[]-/ ", 0.4), **dict.fromkeys("mwMW@%—", 0.95)}  # fmt: skip
LONGEST = 200
"""Characters of a text; what is longer is cut, and ends in an ellipsis."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Rings that are filled, drawn, or both; of several, the even-odd rule says what lies inside."""

    rings: tuple[tuple[Point, ...], ...]
    fill: str | None = None
    stroke: str | None = None
    width: float = 0.2
    dashes: tuple[float, ...] = ()
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; ``x`` and ``y`` are of its baseline, ``size`` is that of an em."""

    x: float
    y: float
    text: str
    size: float
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False
    colour: str = INK
    halo: bool = False

    @property
    def box(self) -> Box:
        """What it takes at most."""
        wide = width(self.text, self.size, bold=self.bold)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, self.y - self.size * 0.88, left + wide, self.y + self.size * 0.14


@dataclass(eq=False)
class Page:
    """A page, the lower things first.

    Attributes
    ----------
    width, height : float
        Millimetres.
    title : str
    lang : str
    items : list of Shape or Text
    """

    width: float
    height: float
    title: str
    lang: str
    items: list[Shape | Text] = field(default_factory=list)

    def shape(self, *rings: tuple[Point, ...] | list[Point], **how: object) -> None:
        """Draw rings."""
        self.items.append(Shape(tuple(tuple(r) for r in rings), **how))  # type: ignore[arg-type]

    def box(self, box: Box, **how: object) -> None:
        """Draw a rectangle."""
        left, top, right, bottom = box
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], **how)

    def line(self, *points: Point, **how: object) -> None:
        """Draw a line."""
        self.shape(list(points), closed=False, **({"stroke": INK} | how))

    def text(self, x: float, y: float, text: str, size: float, **how: object) -> None:
        """Write a line of text."""
        self.items.append(Text(x, y, printable(text), size, **how))  # type: ignore[arg-type]


def printable(text: str) -> str:
    r"""Return a text of one line that any writer takes: what has no shape of its own shows that something stood there.

    >>> printable("甲\0乙\n丙")
    '甲�乙 丙'
    """
    shown = "".join(
        " " if c in "\n\r\t\u2028\u2029"
        else "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in ("Cc", "Cs", "Cn", "Co", "Cf")
        else c
        for c in text
    )  # fmt: skip
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of text is at most in usual fonts; no font is read for it, so that it is the same anywhere."""
    ems = 0.0
    for c in text:
        if unicodedata.east_asian_width(c) in "WFA" and c not in "—·":
            ems += _WIDE
        else:
            ems += _NARROW.get(c, 0.7 if c.isupper() else 0.58)
    return ems * size * (1.04 if bold else 1.0)


def fitted(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """Return a text that is no wider than so much; what is cut ends in an ellipsis."""
    text = printable(text)
    if width(text, size, bold=bold) <= most:
        return text
    while text and width(text + "…", size, bold=bold) > most:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, size: float, most: float) -> list[str]:
    """Return a text in lines no wider than so much: broken at spaces and between Chinese characters."""
    pieces: list[str] = []
    for c in printable(text):
        if pieces and c != " " and not _breaks(pieces[-1][-1], c):
            pieces[-1] += c
        else:
            pieces.append(c)
    lines = [""]
    for piece in pieces:
        if width(lines[-1] + piece, size) > most and lines[-1].strip():
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [fitted(line.rstrip(), size, most) for line in lines if line.strip()]


def _breaks(before: str, after: str) -> bool:
    """Whether a line may end between two characters."""
    if after in "，。；：、）》”！？,.;:)%…" or before in "（《“(":
        return False
    return before == " " or "W" in (unicodedata.east_asian_width(before), unicodedata.east_asian_width(after))  # fmt: skip

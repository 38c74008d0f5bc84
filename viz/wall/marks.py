"""Units and what is pending as symbols: a square of paper each has room for, with a number where one stands for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from viz.wall.drawing import INK, PAPER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.wall.drawing import Box, Page

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

UNIT, PENDING, UNDER_WAY = "unit", "pending", "under_way"
KINDS = (UNIT, PENDING, UNDER_WAY)
COLOURS = {UNIT: "#0b4f8a", PENDING: "#b3400a", UNDER_WAY: "#b3400a"}
"""Square, triangle, hollow triangle: shapes tell them apart, colours help."""
CELL = (15.2, 5.7)
"""Millimetres of a cell at A4: three symbols side by side, with the longest numbers."""
SIZE = {UNIT: 3.4, PENDING: 4.1, UNDER_WAY: 4.1}
"""Of a symbol with a number: there is less room in a triangle."""
LONG = 1.2
"""By how much one is larger whose number has three digits or more, so that these are read at arm's length."""
LONE = 2.1
"""Of one that stands for one alone."""


class Symbol(NamedTuple):
    """A symbol.

    Attributes
    ----------
    number : int
        How many it stands for.
    one : int
        Which of them it is where it stands for one alone: its position among its kind's points.
    """

    kind: str
    x: float
    y: float
    size: float
    number: int
    one: int

    @property
    def box(self) -> Box:
        """What it takes."""
        half = self.size / 2
        return self.x - half, self.y - half, self.x + half, self.y + half


@dataclass(frozen=True, eq=False)
class Marks:
    """Symbols, and how many points lie beyond the map."""

    symbols: list[Symbol]
    beyond: dict[str, int]


def marks(points: dict[str, tuple[Floats, Floats]], inside: Box, letters: float) -> Marks:
    """Return the symbols of points by kind, in millimetres: none touches another, none reaches beyond the map."""
    left, top, right, bottom = inside
    columns = max(1, int((right - left) // (CELL[0] * letters)))
    rows = max(1, int((bottom - top) // (CELL[1] * letters)))
    wide, high = (right - left) / columns, (bottom - top) / rows
    cells: dict[int, list[tuple[str, float, float, int, int]]] = {}
    beyond = {}
    for kind, (x, y) in points.items():
        here = np.flatnonzero((x >= left) & (x <= right) & (y >= top) & (y <= bottom))
        beyond[kind] = len(x) - len(here)
        column = np.minimum(((x[here] - left) / wide).astype(np.int64), columns - 1)
        row = np.minimum(((y[here] - top) / high).astype(np.int64), rows - 1)
        cell, first, back, number = np.unique(
            row * columns + column, return_index=True, return_inverse=True, return_counts=True
        )
        mean = [np.bincount(back, weights=v[here], minlength=len(cell)) / number for v in (x, y)]
        for k, at in enumerate(cell.tolist()):
            cells.setdefault(at, []).append(
                (kind, float(mean[0][k]), float(mean[1][k]), int(number[k]), int(here[first[k]]))
            )
    symbols = []
    for at in sorted(cells):
        x0, y0 = left + at % columns * wide, top + at // columns * high
        symbols += _side_by_side(cells[at], (x0, y0, x0 + wide, y0 + high), letters)
    return Marks(symbols, beyond)


def _side_by_side(
    some: list[tuple[str, float, float, int, int]], cell: Box, letters: float
) -> list[Symbol]:
    """Return the symbols of a cell: around the middle of what they stand for, within the cell."""
    sizes = [
        (LONE if one[3] == 1 else SIZE[one[0]] * (LONG if one[3] > 99 else 1)) * letters
        for one in some
    ]
    gap = 0.35 * letters
    wide, high = sum(sizes) + gap * (len(some) - 1), max(sizes)
    edge = 0.1 * letters
    x = float(np.mean([one[1] for one in some]))
    y = float(np.mean([one[2] for one in some]))
    x = min(max(x, cell[0] + edge + wide / 2), cell[2] - edge - wide / 2) - wide / 2
    y = min(max(y, cell[1] + edge + high / 2), cell[3] - edge - high / 2)
    out = []
    for (kind, _, _, number, one), size in zip(some, sizes, strict=True):
        out.append(Symbol(kind, x + size / 2, y, size, number, one))
        x += size + gap
    return out


def draw(page: Page, symbol: Symbol) -> None:
    """Draw a symbol, its number inside."""
    kind, x, y, size, number, _ = symbol
    half, colour = size / 2, COLOURS[kind]
    edge = size * 0.09
    if kind == UNIT:
        ring = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]  # fmt: skip
        page.shape(ring, fill=colour, stroke=PAPER, width=edge * 0.7)
    else:
        ring = [(x, y - half), (x + half, y + half * 0.9), (x - half, y + half * 0.9)]
        if kind == PENDING:
            page.shape(ring, fill=colour, stroke=PAPER, width=edge * 0.7)
        else:
            page.shape(ring, fill=PAPER, stroke=colour, width=edge)
    if number > 1:
        said = shown(number)
        digits = min(len(said), 4) - 1
        letters = size * ((0.62, 0.55, 0.44, 0.36) if kind == UNIT else (0.46, 0.39, 0.32, 0.27))[digits]  # fmt: skip
        # a triangle is wide at its foot, where a long number goes
        low = 0 if kind == UNIT else half * (0.34, 0.36, 0.46, 0.5)[digits]
        page.text(
            x, y + letters * 0.36 + low, said, letters, anchor="middle", bold=True,
            colour=INK if kind == UNDER_WAY else PAPER,
        )  # fmt: skip


def shown(number: int) -> str:
    """Return a number as it fits into a symbol.

    >>> shown(999), shown(1_240), shown(15_400)
    ('999', '1.2k', '15k')
    """
    if number < 1000:
        return str(number)
    return f"{number / 1000:.1f}k" if number < 10_000 else f"{number // 1000}k"

"""Names that leave each other room: each where it is free, the important first; what finds no room is told to whoever asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from viz.wall.drawing import Box


class Room:
    """What is taken of a map.

    Parameters
    ----------
    inside : Box
        Nothing reaches beyond it.
    side : float
        Of the squares by which what lies near is found.
    """

    def __init__(self, inside: Box, side: float) -> None:
        self.inside = inside
        self._side = side
        self._taken: dict[tuple[int, int], list[Box]] = {}

    def take(self, box: Box) -> None:
        """Say that a box is taken."""
        for square in self._squares(box):
            self._taken.setdefault(square, []).append(box)

    def is_free(self, box: Box) -> bool:
        """Whether a box lies inside and touches none that is taken."""
        left, top, right, bottom = self.inside
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            return False
        return not any(
            overlap(box, other)
            for square in self._squares(box)
            for other in self._taken.get(square, ())
        )

    def first(self, boxes: Iterable[Box]) -> Box | None:
        """Return the first of some boxes that is free, and take it."""
        for box in boxes:
            if self.is_free(box):
                self.take(box)
                return box
        return None

    def _squares(self, box: Box) -> Iterable[tuple[int, int]]:
        left, top, right, bottom = (int(v // self._side) for v in box)
        return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes have a point of their insides in common."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def about(x: float, y: float, wide: float, high: float, step: float, rings: int) -> Iterable[Box]:
    """Yield boxes of a size around a point, the nearest first: in the middle of it, then further and further away."""
    yield x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
    for ring in range(1, rings + 1):
        far = ring * step
        for dx, dy in ((0, -1), (0, 1), (1, 0), (-1, 0), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)):  # fmt: skip
            cx, cy = x + dx * far, y + dy * far
            yield cx - wide / 2, cy - high / 2, cx + wide / 2, cy + high / 2


def beside(symbol: Box, wide: float, high: float, gap: float) -> Iterable[Box]:
    """Yield boxes of a size beside a symbol: right, left, above, below."""
    left, top, right, bottom = symbol
    x, y = (left + right) / 2, (top + bottom) / 2
    yield right + gap, y - high / 2, right + gap + wide, y + high / 2
    yield left - gap - wide, y - high / 2, left - gap, y + high / 2
    yield x - wide / 2, top - gap - high, x + wide / 2, top - gap
    yield x - wide / 2, bottom + gap, x + wide / 2, bottom + gap + high

"""A picture of what lies in what: a rectangle for each node inside its parent's, as large as what lies in it.

An ordered treemap: rows of rectangles in the order of codes, broken where they are nearest to squares (the strip treemap of
Bederson, Shneiderman and Wattenberg, "Ordered and quantum treemaps", 2002). Order, not size, says where a node stands, so
that it stays there from one date to the next; the same input gives the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from viz.city.tree import DISTRICT, LEVELS, PLACE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.tree import Residents, Tree

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SIDE = 1000.0
"""Side of the whole picture."""
MARGIN = 0.03
"""What a rectangle keeps free on each side for its own edge, as a share of its shorter side."""
DECIMALS = 4


class Cells:
    """Rectangles of all nodes: left, top, width, height in a square of :data:`SIDE`, y downwards."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._before = np.diff(tree.organizations.begins)
        whole = self._whole = self._before + np.diff(tree.units.begins)
        self.levels: list[Floats] = []
        for level in range(len(LEVELS)):
            nodes = tree.levels[level]
            size = np.add.reduceat(whole, nodes.first) if len(nodes) else whole
            out = np.zeros((len(nodes), 4))
            if level == DISTRICT:
                spans = [(0, len(nodes), (0.0, 0.0, SIDE, SIDE))]
            else:
                up = self.levels[level - 1]
                edges = np.searchsorted(nodes.parent, np.arange(len(up) + 1)).tolist()
                spans = [(edges[p], edges[p + 1], _inner(*up[p].tolist())) for p in range(len(up))]
            sizes = size.tolist()
            for begin, end, within in spans:
                if end == begin:  # a city in which nothing is
                    continue
                out[begin:end] = strips(sizes[begin:end], within)
            self.levels.append(out)

    def touched(self, level: int, box: tuple[float, float, float, float]) -> Bools:
        """Return which nodes of a level reach into a box (left, top, right, bottom)."""
        left, top, right, bottom = box
        x, y, w, h = self.levels[level].T
        out: Bools = (x <= right) & (x + w >= left) & (y <= bottom) & (y + h >= top)
        return out

    def organizations(self, some: Ints) -> tuple[Floats, Floats]:
        """Return where some organizations stand (positions in the order of the tree)."""
        of = self._tree.organizations
        return self._stand(of, some, of.rank(some))

    def units(self, some: Ints) -> tuple[Floats, Floats]:
        """Return where some units stand, after the organizations of their places."""
        tree = self._tree
        before = self._before[tree.units.place[some]]
        return self._stand(tree.units, some, tree.units.rank(some) + before)

    def _stand(self, of: Residents, some: Ints, rank: Ints) -> tuple[Floats, Floats]:
        """Return places in a grid that fills a place's rectangle row by row."""
        place = of.place[some]
        number = self._whole[place]
        x, y, w, h = self.levels[PLACE][place].T
        columns = np.clip(np.ceil(np.sqrt(number * w / np.maximum(h, 1e-12))), 1, number)
        rows = np.ceil(number / columns)
        return (
            x + (rank % columns + 0.5) / columns * w,
            y + (rank // columns + 0.5) / rows * h,
        )


def _inner(x: float, y: float, w: float, h: float) -> tuple[float, float, float, float]:
    edge = MARGIN * min(w, h)
    return x + edge, y + edge, w - 2 * edge, h - 2 * edge


def strips(
    sizes: list[int], within: tuple[float, float, float, float]
) -> list[tuple[float, float, float, float]]:
    """Return rectangles of these sizes that fill a rectangle, row by row in their order."""
    x, y, w, h = within
    whole = float(sum(sizes))
    if not whole:
        return []
    scale = w * h / whole
    out: list[tuple[float, float, float, float]] = []
    begin, n, top = 0, len(sizes), y
    while begin < n:
        end = begin + 1
        area = least = most = float(sizes[begin])
        ratio = _worst(area, least, most, scale, w)
        while end < n:
            size = float(sizes[end])
            wider = area + size, min(least, size), max(most, size)
            worse = _worst(*wider, scale, w)
            if worse > ratio:
                break
            ratio, (area, least, most) = worse, wider
            end += 1
        height = area * scale / w
        left = x
        for one in sizes[begin:end]:
            width = one / area * w
            out.append((left, top, width, height))
            left += width
        top += height
        begin = end
    return out


def _worst(area: float, least: float, most: float, scale: float, width: float) -> float:
    """Return the longest ratio of sides in a row of rectangles (Bruls, Huizing and van Wijk, "Squarified treemaps", 2000)."""
    height = area * scale / width
    return max(most * scale / height**2, height**2 / (least * scale))

"""Sheets of paper, where on them what stands, and the scale: one of round numbers, true on paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from viz.wall.drawing import Box

    Floats = NDArray[np.float64]


class Paper(StrEnum):
    """A sheet of ISO 216."""

    A0 = "A0"
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A4 = "A4"


class Turned(StrEnum):
    """How a sheet lies."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


SIZES = {
    Paper.A0: (841, 1189),
    Paper.A1: (594, 841),
    Paper.A2: (420, 594),
    Paper.A3: (297, 420),
    Paper.A4: (210, 297),
}
"""Millimetres."""
LETTERS = {Paper.A0: 2.4, Paper.A1: 1.9, Paper.A2: 1.55, Paper.A3: 1.25, Paper.A4: 1.0}
"""How large letters and symbols are: a larger sheet is looked at from further away, and has more on it."""
ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
CLOSEST = 500
"""No map is of a larger scale than 1:500: ledgers give no places that exactly."""
BARS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, and where on it what stands; boxes in millimetres.

    Attributes
    ----------
    letters : float
        Millimetres that the design's unit is.
    map : Box
        The map's.
    columns : tuple of Box
        Where legend and list stand, one after the other.
    """

    paper: Paper
    turned: Turned
    width: float
    height: float
    letters: float
    head: Box
    map: Box
    columns: tuple[Box, ...]
    foot: Box


def sheet(paper: Paper, turned: Turned) -> Sheet:
    """Return how a sheet is laid out: legend and list at the right, or below on one that stands upright."""
    short, long = SIZES[paper]
    s = LETTERS[paper]
    wide, high = (long, short) if turned is Turned.LANDSCAPE else (short, long)
    edge, gap = 8.0 * max(1.0, s * 0.8), 4.0 * s
    head = (edge, edge, wide - edge, edge + 15 * s)
    foot = (edge, high - edge - 8.5 * s, wide - edge, high - edge)
    top, bottom = head[3] + 2 * s, foot[1] - 1.5 * s
    if turned is Turned.LANDSCAPE:
        side = 68 * s
        inside = (edge, top, wide - edge - side - gap, bottom)
        columns: tuple[Box, ...] = ((inside[2] + gap, top, wide - edge, bottom),)
    else:
        number = max(2, int((wide - 2 * edge + gap) // (62 * s + gap)))
        one = (wide - 2 * edge - (number - 1) * gap) / number
        split = bottom - max(92 * s, (bottom - top) * 0.3)
        inside = (edge, top, wide - edge, split - gap)
        columns = tuple(
            (edge + k * (one + gap), split, edge + k * (one + gap) + one, bottom)
            for k in range(number)
        )
    return Sheet(paper, turned, float(wide), float(high), s, head, inside, columns, foot)


@dataclass(frozen=True, slots=True)
class Scale:
    """From degrees to millimetres of a sheet: a plane that is true at its middle (:func:`graph.geo.metres` is as flat).

    Attributes
    ----------
    lon, lat : float
        What lies in the middle of the map.
    x, y : float
        Where that is.
    of : int
        One millimetre is so many on the ground: N of 1:N.
    """

    lon: float
    lat: float
    x: float
    y: float
    of: int

    def place(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return where points lie on the sheet."""
        from graph import geo  # which imports numpy: help is light

        per_degree = geo.METRES_PER_DEGREE * 1000 / self.of
        east = (lon - self.lon) * math.cos(math.radians(self.lat)) * per_degree
        return self.x + east, self.y - (lat - self.lat) * per_degree

    def millimetres(self, metres: float) -> float:
        """Return how long so many metres are on paper."""
        return metres * 1000 / self.of


def scale(extent: Box, inside: Box, room: float) -> Scale:
    """Return the largest round scale at which an extent (west, south, east, north) fits in a box with some room around it."""
    west, south, east, north = extent
    lon, lat = (west + east) / 2, (south + north) / 2
    from graph import geo

    wide = (east - west) * math.cos(math.radians(lat)) * geo.METRES_PER_DEGREE * 1000
    high = (north - south) * geo.METRES_PER_DEGREE * 1000
    left, top, right, bottom = inside
    needed = max(wide / (right - left - 2 * room), high / (bottom - top - 2 * room), CLOSEST)
    return Scale(lon, lat, (left + right) / 2, (top + bottom) / 2, rounded(needed))


def rounded(least: float) -> int:
    """Return the next round number.

    >>> rounded(12_600), rounded(500), rounded(99_999)
    (15000, 500, 100000)
    """
    tens: float = 10.0 ** math.floor(math.log10(least))
    found = next((f * tens for f in (*ROUND, 10.0) if f * tens >= least - 1e-9), 10.0 * tens)
    return round(found)


def bar(metres: float) -> int:
    """Return the longest round length of so many metres at most.

    >>> bar(1_900), bar(5_100)
    (1000, 5000)
    """
    tens: float = 10.0 ** math.floor(math.log10(max(metres, 1)))
    return max(round(b * tens) for b in BARS if b * tens <= max(metres, 1))

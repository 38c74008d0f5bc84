"""How far an area is, by colour and by hatching: whoever sees no colours, or prints in grey, reads the lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from viz.wall.drawing import INK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from viz.wall.drawing import Box, Page, Point


class Shade(NamedTuple):
    """A class of rates.

    Attributes
    ----------
    least : float
        Rates from it on, up to the class before.
    fill : str
    lines : tuple of float
        Angles of the hatching, in degrees.
    apart : float
        Millimetres between its lines at A4.
    """

    least: float
    fill: str
    lines: tuple[float, ...]
    apart: float


SHADES = (
    Shade(0.9, "#9ccdb8", (), 0.0),
    Shade(0.75, "#c4e2d3", (45.0,), 3.4),
    Shade(0.5, "#ece7cf", (45.0,), 1.8),
    Shade(0.25, "#f3d9b4", (45.0, 135.0), 2.6),
    Shade(0.0, "#f0bfa3", (45.0, 135.0), 1.5),
)
"""From a green that is done to a brown that is not: told apart by colour-blind readers too (after ColorBrewer's BrBG), light under
black letters."""
NOBODY = Shade(0.0, "#f1f2f4", (), 0.0)


def shade(rate: float | None) -> Shade:
    """Return the class of a rate."""
    return NOBODY if rate is None else next(s for s in SHADES if rate >= s.least)


def filled(page: Page, shape: Any, how: Shade, letters: float) -> None:
    """Fill an area (a shapely geometry in millimetres)."""
    import shapely

    polygons = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty]
    for polygon in polygons:
        page.shape(*rings(polygon), fill=how.fill)
    for angle in how.lines:
        lines = hatching(shape.bounds, angle, how.apart * letters)
        if not lines:
            continue
        cut = shapely.intersection(shapely.MultiLineString(lines), shape)
        for line in sorted(
            (tuple(map(tuple, np.asarray(p.coords).tolist())) for p in shapely.get_parts(cut) if p.geom_type == "LineString"),
        ):  # fmt: skip
            page.line(*line, stroke="#6b7a86", width=0.12 * letters)


def rings(polygon: Any) -> list[list[Point]]:
    """Return a polygon's rings."""
    return [
        [(float(x), float(y)) for x, y in np.asarray(r.coords)[:-1]]
        for r in (polygon.exterior, *polygon.interiors)
    ]


def hatching(bounds: Sequence[float], angle: float, apart: float) -> list[list[Point]]:
    """Return parallel lines over a box; those of neighbours meet."""
    left, top, right, bottom = bounds
    dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    far = [x * -dy + y * dx for x, y in corners]
    along = [x * dx + y * dy for x, y in corners]
    out: list[list[Point]] = []
    for k in range(math.ceil(min(far) / apart), math.floor(max(far) / apart) + 1):
        d = k * apart
        out.append([
            (a * dx - d * dy, a * dy + d * dx) for a in (min(along), max(along))
        ])  # fmt: skip
    return out


def sample(page: Page, box: Box, how: Shade, letters: float) -> None:
    """Draw a sample for the legend."""
    import shapely

    filled(page, shapely.box(*box), how, letters)
    page.box(box, stroke=INK, width=0.12 * letters)

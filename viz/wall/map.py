"""The map of a page, layer by layer: areas, what lies around them, symbols, names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.city.tree import DISTRICT
from viz.wall import marks
from viz.wall.areas import USUAL
from viz.wall.drawing import GREY, INK, fitted, width
from viz.wall.labels import Room, about, beside
from viz.wall.shading import filled, rings, shade
from viz.wall.wording import per_cent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from viz.city.view import CityMap
    from viz.wall.areas import Area, Rings, Subject
    from viz.wall.drawing import Box, Page
    from viz.wall.paper import Scale, Sheet
    from viz.wall.where import Only
    from viz.wall.wording import Words

    Floats = NDArray[np.float64]

NAME, RATE, UNIT = 2.7, 2.3, 1.9
"""Sizes of letters on the map in millimetres at A4."""
LOOKED_AT = 120
"""Places that are tried for a name."""
TOLD = 12
"""Numbers of areas that a note names."""


@dataclass(frozen=True, eq=False)
class Told:
    """What a page needs besides the city.

    Attributes
    ----------
    outlines : mapping
        Boundaries of divisions by code: polygons of rings in degrees.
    standings : mapping of str to str
        How far organizations are on the cross-off board, by code.
    names : callable
        Returns names of units by code.
    ledgers : tuple of int, or None
        The first and the last date of ledgers up to the map's, and how many dates there are.
    profile : str
    definition : str
        The rate that areas are shaded by.
    only : Only or None
        Whom the map is of, where that is no part of the city.
    """

    outlines: Mapping[str, list[Rings]]
    standings: Mapping[str, str]
    names: Callable[[list[str]], Mapping[str, str]]
    ledgers: tuple[int, int, int] | None
    profile: str
    definition: str = USUAL
    only: Only | None = None


class Map:
    """The map of a page, layer by layer."""

    def __init__(
        self, page: Page, sheet: Sheet, at: Scale | None, found: Subject, words: Words, told: Told
    ) -> None:
        self.page, self.sheet, self.found, self.words, self.told = page, sheet, found, words, told
        self.s = sheet.letters
        self.at = at
        self.others = False
        self.labels = {"names": 0, "numbers": 0, "none": 0, "units": 0}
        self.boxes: list[Box] = []
        self._unlabelled: list[str] = []
        self._beyond: dict[str, int] = {}

    def draw(self, city: CityMap) -> None:
        """Draw it."""
        import shapely

        frame = shapely.box(*self.sheet.map)
        self._others(frame)
        shapes = [(a, self._shape(a.rings, frame)) for a in self.found.areas]
        for area, shape in sorted(shapes, key=lambda x: 0.0 if x[1] is None else -x[1].area):
            if shape is not None:
                filled(self.page, shape, shade(area.rate), self.s)
        for area, shape in shapes:
            if shape is not None:
                self._outline(shape, 0.28 if not area.held else 0.35, area.held)
        for _, polygons, held in self.found.above:
            shape = self._shape(polygons, frame)
            if shape is not None:
                self._outline(shape, 0.6, held)
        own = self._shape(self.found.rings, frame)
        if own is not None:
            self._outline(own, 0.6, self.found.held)
        symbols = self._symbols()
        for symbol in symbols:
            marks.draw(self.page, symbol)
        room = Room(self.sheet.map, 12 * self.s)
        busy = Room(self.sheet.map, 12 * self.s)
        for symbol in symbols:
            busy.take(symbol.box)
        order = sorted(shapes, key=lambda x: (-x[0].organizations, x[0].number or 0))
        for area, shape in order:
            if area.number is not None:
                self._label(area, shape, room, busy)
        for name, polygons, _ in self.found.above:
            shape = self._shape(polygons, frame)
            if shape is not None:
                self._above(name, shape, room, busy)
        self._unit_names(city, symbols, room, busy)

    # -- areas -------------------------------------------------------------------------------------------------------
    def _shape(self, polygons: Sequence[Rings], frame: Any) -> Any | None:
        import shapely

        made = []
        for part in polygons:
            placed = [np.column_stack(self._place(r[:, 0], r[:, 1])) for r in part if len(r) > 2]
            if placed:
                made.append(shapely.Polygon(placed[0], placed[1:]))
        if not made:
            return None
        shape = shapely.make_valid(shapely.MultiPolygon(made))
        shape = shapely.intersection(shape, frame)
        return None if shape.is_empty or not shape.area else shape

    def _place(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        assert self.at is not None  # noqa: S101 - nothing is drawn without a scale
        return self.at.place(np.asarray(lon), np.asarray(lat))

    def _outline(self, shape: Any, wide: float, held: bool) -> None:
        import shapely

        dashes = () if held else (1.6 * self.s, 0.9 * self.s)
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                self.page.shape(*rings(part), stroke=INK, width=wide * self.s, dashes=dashes)

    def _others(self, frame: Any) -> None:
        """Draw the boundaries of what lies around."""
        shown = {a.code for a in self.found.areas} | self.found.codes
        for code in sorted(set(self.told.outlines) - shown):
            shape = self._shape(self.told.outlines[code], frame)
            if shape is not None and len(code) <= 6:
                import shapely

                self.others = True
                for part in shapely.get_parts(shape):
                    if part.geom_type == "Polygon":
                        self.page.shape(*rings(part), stroke="#8b96a1", width=0.15 * self.s)

    # -- symbols -----------------------------------------------------------------------------------------------------
    def _symbols(self) -> list[marks.Symbol]:
        found = self.found
        points = {
            marks.UNIT: self._place(found.units[0], found.units[1]),
            marks.PENDING: self._place(*found.pending),
            marks.UNDER_WAY: self._place(*found.under_way),
        }
        drawn = marks.marks(points, self.sheet.map, self.s)
        self._beyond = drawn.beyond
        return drawn.symbols

    # -- names -------------------------------------------------------------------------------------------------------
    def _label(self, area: Area, shape: Any | None, room: Room, busy: Room) -> None:
        """Write an area's name and rate, else its number and rate, else its number, where there is room."""
        if shape is not None:
            point = shape.representative_point()
            centre = shape.centroid if shape.contains(shape.centroid) else point
            x, y = float(centre.x), float(centre.y)
        elif area.point is not None:
            xs, ys = self._place(np.array([area.point[0]]), np.array([area.point[1]]))
            x, y = float(xs[0]), float(ys[0])
        else:
            self._left(area)
            return
        import shapely

        s, rate = self.s, per_cent(area.rate)
        reach = None if shape is None else shape.buffer(5 * s)
        whole = fitted(f"{area.number} {area.name}", NAME * s, 46 * s, bold=True)
        tries: tuple[tuple[str, list[tuple[str, float, bool]]], ...] = (
            ("names", [(whole, NAME * s, True), (rate, RATE * s, False)]),
            ("numbers", [(f"{area.number} · {rate}", RATE * s, True)]),
            ("numbers", [(str(area.number), RATE * s, True)]),
        )
        for how, lines in tries:
            wide = max(width(t, size, bold=bold) for t, size, bold in lines) + 0.8 * s
            high = sum(size * 1.12 for _, size, _ in lines) + 0.3 * s
            boxes = list(about(x, y, wide, high, 1.2 * s, 40))
            if reach is not None:
                boxes = [b for b in boxes if shapely.intersects_xy(reach, (b[0] + b[2]) / 2, (b[1] + b[3]) / 2)]  # fmt: skip
            box = next((b for b in boxes[:LOOKED_AT] if room.is_free(b) and busy.is_free(b)), None)
            if box is not None:
                room.take(box)
                self._lead(box, (x, y), shape)
                self._write(box, lines)
                self.labels[how] += 1
                return
        self._left(area)

    def _above(self, name: str, shape: Any, room: Room, busy: Room) -> None:
        """Write the name of a district over its streets, in larger grey letters."""
        size = 1.5 * NAME * self.s
        text = fitted(name, size, 50 * self.s, bold=True)
        at, wide = shape.centroid, width(text, size, bold=True)
        boxes = list(about(float(at.x), float(at.y), wide, size * 1.2, 2 * self.s, 12))
        box = next((b for b in boxes if room.is_free(b) and busy.is_free(b)), None)
        if box is not None:
            room.take(box)
            self.boxes.append(box)
            x = (box[0] + box[2]) / 2
            self.page.text(x, box[3] - 0.25 * size, text, size, anchor="middle", bold=True, colour=GREY, halo=True)  # fmt: skip

    def _lead(self, box: Box, at: tuple[float, float], shape: Any | None) -> None:
        """Draw a line from a label to what it names, where it stands beside it."""
        import shapely

        x, y = at
        if shape is not None:
            label = shapely.box(*box)
            if shapely.intersects(shape, label):
                return
            near = shapely.shortest_line(shape, label).coords
            x, y = near[0]
        end = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
        if np.hypot(end[0] - x, end[1] - y) > self.s:
            self.page.line(end, (x, y), stroke=INK, width=0.15 * self.s)

    def _left(self, area: Area) -> None:
        self.labels["none"] += 1
        self._unlabelled.append(str(area.number))

    def _write(self, box: Box, lines: Sequence[tuple[str, float, bool]], anchor: str = "middle") -> None:  # fmt: skip
        self.boxes.append(box)
        x, y = (box[0] + box[2]) / 2, box[1] + 0.1 * self.s
        for text, size, bold in lines:
            y += size * 1.12
            self.page.text(x, y - size * 0.2, text, size, anchor=anchor, bold=bold, halo=True)

    def _unit_names(self, city: CityMap, symbols: list[marks.Symbol], room: Room, busy: Room) -> None:  # fmt: skip
        """Write the names of units that stand alone, those that cover most first."""
        tree, s = city.tree, self.s
        alone = [m for m in symbols if m.kind == marks.UNIT and m.number == 1]
        # a city has too many for a few of them to say anything
        if not alone or self.found.level == DISTRICT or self.found.code is None:
            return
        covers = np.bincount(city.columns.covers[0], minlength=len(city.columns.units))
        own = tree.units.order[self.found.units[2][[m.one for m in alone]]]
        codes = [str(c) for c in city.columns.units.take(own).to_pylist()]
        names = self.told.names(codes)
        order = sorted(range(len(alone)), key=lambda k: (-int(covers[own[k]]), codes[k]))
        for k in order:
            name = fitted(names.get(codes[k]) or codes[k], UNIT * s, 46 * s)
            wide = width(name, UNIT * s) + 0.4 * s
            for box in beside(alone[k].box, wide, UNIT * s * 1.15, 0.3 * s):
                if room.is_free(box) and busy.is_free(box):
                    room.take(box)
                    self._write(box, [(name, UNIT * s, False)])
                    self.labels["units"] += 1
                    break

    # -- what is said ------------------------------------------------------------------------------------------------
    def notes(self) -> list[str]:
        """Return what a reader has to know of the map."""
        words, found, out = self.words, self.found, []
        if self.at is None:
            return [words("note_empty")]
        if self.told.only is not None:
            out.append(words("note_only", name=self.told.only.name))
        out.append(words("note_pending"))
        if self.labels["numbers"]:
            out.append(words("note_labels", n=f"{self.labels['numbers']:,}"))
        if self._unlabelled:
            some = ", ".join(self._unlabelled[:TOLD]) + (
                " …" if len(self._unlabelled) > TOLD else ""
            )
            out.append(words("note_unlabelled", n=f"{len(self._unlabelled):,}", numbers=some))
        if self.labels["units"]:
            out.append(words("note_units", n=f"{self.labels['units']:,}", of=f"{found.totals['units']:,}"))  # fmt: skip
        if any(found.nowhere.values()):
            out.append(words("note_nowhere", **{k: f"{v:,}" for k, v in found.nowhere.items()}))
        pending = self._beyond[marks.PENDING] + self._beyond[marks.UNDER_WAY]
        if self._beyond[marks.UNIT] or pending:
            out.append(words("note_beyond", units=f"{self._beyond[marks.UNIT]:,}", pending=f"{pending:,}"))  # fmt: skip
        if found.crossed_off:
            out.append(words("note_done", n=f"{found.crossed_off:,}"))
        outliers = 0 if self.told.only else sum(a.outliers for a in found.areas if not a.held)
        if outliers:
            out.append(words("note_outliers", n=f"{outliers:,}"))
        return out

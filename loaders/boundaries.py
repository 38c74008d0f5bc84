"""Boundaries of districts and streets from GeoJSON (RFC 7946): each feature to its division, its outline in four levels of detail.

Boundaries are nobody's records: they are drawn, never counted, and no organization is placed by them. What names no division of
this city is left out and said; what is no boundary refuses the file, all faults of it at once.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graph import geo
from graph.errors import InputError, in_chinese

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Rings = list[list[list[int]]]

LARGEST = 64 << 20
"""Bytes of a file at most: the streets of a large city, as surveyed, take a tenth of that."""
FEATURES, VERTICES = 5_000, 2_000_000
"""Of a file at most."""
DETAILS = (200, 50, 12, 3)
"""Metres that an outline may be off, the coarsest first: about a pixel of a map of the city, a district, a street, a block."""
SCALE = 100_000
"""Outlines are whole numbers of 1e-5 degrees, a metre."""
NAMED_BY = (
    "code", "adcode", "division", "division_code", "区划代码", "行政区划代码", "代码", "name", "NAME", "名称", "区划名称",
)  # fmt: skip
"""Properties that are looked at where none is named: the first whose value is a division."""
LEAST = 1e-10
"""Square degrees, a square metre: nothing smaller is a division."""
TOLD = 8
"""Faults that are told one by one."""
BEYOND = 1.0
"""Degrees beyond the profile's extent from which on a boundary is none of this city."""


@dataclass(frozen=True, slots=True)
class Divisions:
    """The divisions of a city, by which features are told.

    Attributes
    ----------
    names : mapping of str to str or None
        By code.
    """

    names: Mapping[str, str | None]

    def known(self, text: str) -> list[str]:
        """Return the codes that a value may mean: itself, without the zeros of statistics' twelve digits, or by name."""
        short = text
        if len(text) == 12 and text.isdigit():
            short = text[:9] if text.endswith("000") else text
            short = short[:6] if short.endswith("000") else short
        for code in (text, short):
            if code in self.names:
                return [code]
        return sorted(code for code, name in self.names.items() if name == text)


@dataclass(frozen=True, slots=True)
class Outline:
    """A boundary at one level of detail.

    Attributes
    ----------
    metres : int
        Of :data:`DETAILS`.
    box : tuple of float
        West, south, east, north.
    rings : list
        Polygons of rings of whole numbers: longitude and latitude of the first point in 1e-5 degrees, then the way to each next
        one. The last point is not the first once more.
    """

    metres: int
    box: tuple[float, float, float, float]
    rings: Rings


@dataclass(frozen=True, slots=True)
class Boundary:
    """The boundary of a division."""

    code: str
    name: str | None
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """What a file gave.

    Attributes
    ----------
    boundaries : list of Boundary
    left_out : list of str
        What features are called that name no division of this city.
    mended : list of str
        What divisions are called whose outline crossed itself.
    """

    boundaries: list[Boundary]
    left_out: list[str]
    mended: list[str]


@dataclass
class _Faults:
    """What is wrong with the features of a file, all of it."""

    path: Path
    said: list[tuple[str, str]] = field(default_factory=list)

    def add(self, number: int, name: str, en: str, zh: str) -> None:
        called = f" ({name})" if name else ""
        self.said.append(
            (
                f"feature {number}{called}: {en}",
                f"第 {number} 个要素{called and f'（{name}）'}：{zh}",
            )
        )

    def refuse(self) -> None:
        if not self.said:
            return
        more = len(self.said) - TOLD
        en = "; ".join(e for e, _ in self.said[:TOLD]) + (
            f"; and {more:,} more" if more > 0 else ""
        )
        zh = "；".join(z for _, z in self.said[:TOLD]) + (f"；另有 {more:,} 处" if more > 0 else "")
        raise InputError(
            f"{self.path}: {en}; nothing was taken", f"{self.path}：{zh}；未作任何改动"
        )


def read(
    path: Path,
    divisions: Divisions,
    extent: tuple[float, float, float, float],
    *,
    named_by: str | None = None,
    datum: str = geo.WGS84,
) -> Boundaries:
    """Read a file of boundaries.

    Parameters
    ----------
    extent : tuple of float
        West, south, east, north of where a city may lie, in WGS84.
    named_by : str, optional
        The property that is a division's code or name; without it the first of :data:`NAMED_BY` that is one.
    datum : {'WGS84', 'GCJ-02', 'BD-09'}
        Of the file's coordinates: RFC 7946 knows WGS84 alone, Chinese sources give GCJ-02.

    Raises
    ------
    InputError
        It can't be read, is too large, is no GeoJSON of polygons, or some of its features are no boundaries; names each of them.
    """
    faults = _Faults(path)
    features = _features(path)
    found: dict[str, Any] = {}
    first: dict[str, int] = {}
    left_out: list[str] = []
    mended: list[str] = []
    vertices = 0
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        properties = properties if isinstance(properties, dict) else {}
        name = _called(properties, named_by)

        def fault(en: str, zh: str, number: int = number, name: str = name) -> None:
            faults.add(number, name, en, zh)

        codes = _named(properties, divisions, named_by, fault)
        if codes is None:
            continue
        if not codes:
            left_out.append(name or str(number))
            continue
        code = codes[0]
        if code in first:
            fault(
                f"is {code}, as feature {first[code]} is; join the two into one MultiPolygon",
                f"与第 {first[code]} 个要素同为 {code}；请合并为一个 MultiPolygon",
            )
            continue
        first[code] = number
        parts = _parts(feature, fault)
        if parts is None:
            continue
        vertices += sum(len(ring) for part in parts for ring in part)
        if vertices > VERTICES:
            raise InputError(
                f"{path}: more than {VERTICES:,} points; simplify it first (to a metre or so)",
                f"{path}：顶点超过 {VERTICES:,} 个；请先简化（精度约一米即可）",
            )
        shape = _shape(parts, datum, extent, fault)
        if shape is None:
            continue
        shape, crossed = shape
        if crossed:
            mended.append(divisions.names[code] or code)
        found[code] = shape
    faults.refuse()
    if not found:
        raise InputError(
            f"{path}: none of its {len(features):,} features is a division of this city"
            f"{' (' + ', '.join(left_out[:3]) + ' …)' if left_out else ''};"
            " name the property that is a division's code or name by --property",
            f"{path}：{len(features):,} 个要素中没有本市的区划"
            f"{'（如 ' + '、'.join(left_out[:3]) + '）' if left_out else ''}；请用 --property 指明哪个属性是区划代码或名称",
        )
    return Boundaries(_detailed(found, divisions), left_out, mended)


# -- the file ----------------------------------------------------------------------------------------------------------
def _features(path: Path) -> list[Any]:
    """Return the features of a file."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(
                f"{path}: larger than {LARGEST >> 20} MiB; simplify it first (to a metre or so), or give districts and streets"
                " in files of their own",
                f"{path}：超过 {LARGEST >> 20} MiB；请先简化（精度约一米即可），或将区与街道分为不同文件",
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file", f"{path}：没有这个文件") from None
    except OSError as error:
        raise InputError(
            f"{path}: can't be read ({error.strerror})", f"{path}：无法读取（{in_chinese(error)}）"
        ) from None
    try:
        held = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InputError(
            f"{path}: no GeoJSON; save it as GeoJSON in UTF-8 from the map program that it comes from",
            f"{path}：不是 GeoJSON；请在原地图软件中另存为 UTF-8 编码的 GeoJSON",
        ) from None
    kind = held.get("type") if isinstance(held, dict) else None
    features = held.get("features") if kind == "FeatureCollection" else [held] if kind == "Feature" else None  # fmt: skip
    if not isinstance(features, list) or not features:
        raise InputError(
            f"{path}: a GeoJSON file of boundaries is a FeatureCollection with a Feature a division",
            f"{path}：边界文件应为 FeatureCollection，每个区划一个 Feature",
        )
    if len(features) > FEATURES:
        raise InputError(
            f"{path}: {len(features):,} features; {FEATURES:,} at most: leave out what lies below streets",
            f"{path}：{len(features):,} 个要素，最多 {FEATURES:,} 个：请去掉街道以下的要素",
        )
    return features


def _no_number(text: str) -> float:
    raise ValueError(text)


def _called(properties: Mapping[str, Any], named_by: str | None) -> str:
    """Return what a feature is called for a person, as far as it says; without what could disturb a terminal."""
    for key in (named_by, "name", "NAME", "名称", "区划名称", *NAMED_BY):
        value = properties.get(key) if key else None
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return "".join(c for c in str(value).strip()[:40] if c.isprintable())
    return ""


def _named(
    properties: Mapping[str, Any],
    divisions: Divisions,
    named_by: str | None,
    fault: Callable[[str, str], None],
) -> list[str] | None:
    """Return the division that a feature is, none where it is one of another city; ``None`` after a fault."""
    keys = [key for key in ([named_by] if named_by else NAMED_BY) if key in properties]
    if not keys:
        has = ", ".join(str(k)[:20] for k in list(properties)[:6]) or "-"
        said = f" {named_by}" if named_by else ""
        fault(
            f"has no property{said} that names its division; it has {has}: choose one by --property",
            f"没有{f'属性 {named_by}' if named_by else '可指明区划的属性'}；现有属性：{has}，请用 --property 指定",
        )
        return None
    for key in keys:
        value = properties[key]
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, str | int):
            continue
        codes = divisions.known(str(value).strip())
        if len(codes) == 1:
            return codes
        if codes:
            fault(
                f"{len(codes)} divisions are called that: {', '.join(codes[:4])}; give codes, in a property that --property names",
                f"有 {len(codes)} 个同名区划：{'、'.join(codes[:4])}；请给出代码，并用 --property 指明其属性",
            )
            return None
    return []


def _parts(
    feature: Mapping[str, Any], fault: Callable[[str, str], None]
) -> list[list[NDArray[np.float64]]] | None:
    """Return the polygons of a feature as rings of points; ``None`` after a fault."""
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        fault(
            f"is {kind if isinstance(kind, str) else 'without a geometry'}; a boundary is a Polygon or MultiPolygon",
            f"{f'几何类型为 {kind}' if isinstance(kind, str) else '没有几何'}；边界应为 Polygon 或 MultiPolygon",
        )
        return None
    assert isinstance(geometry, dict)  # noqa: S101
    held = geometry.get("coordinates")
    polygons: Any = [held] if kind == "Polygon" else held
    out = []
    try:
        for polygon in polygons:
            rings = [np.array([point[:2] for point in ring], dtype=np.float64) for ring in polygon]
            if not rings or any(r.ndim != 2 or r.shape[1] != 2 for r in rings):
                raise ValueError
            out.append(rings)
    except (TypeError, ValueError, OverflowError, IndexError, KeyError):
        out = []
    if not out or not all(np.isfinite(ring).all() for part in out for ring in part):
        fault(
            "its coordinates are no rings of longitude and latitude",
            "坐标不是由经度、纬度组成的环",
        )
        return None
    if any(len(np.unique(ring, axis=0)) < 3 for part in out for ring in part):
        fault(
            "a ring has fewer than three points, which is no outline", "有的环少于三个点，不成轮廓"
        )
        return None
    return out


def _shape(
    parts: Sequence[Sequence[NDArray[np.float64]]],
    datum: str,
    extent: tuple[float, float, float, float],
    fault: Callable[[str, str], None],
) -> tuple[Any, bool] | None:
    """Return a feature's area in WGS84, and whether it crossed itself; ``None`` after a fault."""
    import shapely

    every = np.concatenate([ring for part in parts for ring in part])
    if np.abs(every[:, 0]).max() > 180 or np.abs(every[:, 1]).max() > 90:
        swapped = np.abs(every[:, 0]).max() <= 90 and np.abs(every[:, 1]).max() <= 180
        fault(*_SWAPPED if swapped else _METRES)
        return None
    west, south, east, north = extent
    near = [west - BEYOND, south - BEYOND, east + BEYOND, north + BEYOND]
    if not _inside(every, near):
        if _inside(every[:, ::-1], near):
            fault(*_SWAPPED)
        else:
            x, y = every.mean(axis=0)
            fault(
                f"lies at {x:.2f}, {y:.2f}, outside this city ({west:g}–{east:g}, {south:g}–{north:g})",
                f"位于 {x:.2f}, {y:.2f}，不在本市范围内（{west:g}–{east:g}，{south:g}–{north:g}）",
            )
        return None
    polygons = []
    for part in parts:
        rings = []
        for ring in part:
            x, y = geo.to_wgs84(ring[:, 0], ring[:, 1], datum)
            rings.append(np.column_stack([x, y]))
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    shape = shapely.MultiPolygon(polygons)
    crossed = not shape.is_valid
    if crossed:
        shape = _areas(shapely.make_valid(shape))
    if shape.is_empty or shape.area < LEAST:
        fault("spans no area", "没有面积")
        return None
    return shape, crossed


_SWAPPED = (
    "latitude stands before longitude; GeoJSON wants longitude first",
    "纬度写在了经度之前；GeoJSON 要求经度在前",
)
_METRES = (
    "its coordinates are no degrees but metres of a plane; save it in longitude and latitude (EPSG:4326 or 4490)",
    "坐标不是经纬度，而是投影平面的米；请按经纬度（EPSG:4326 或 4490）保存",
)


def _inside(points: NDArray[np.float64], box: Sequence[float]) -> bool:
    low, high = points.min(axis=0), points.max(axis=0)
    return bool(low[0] >= box[0] and low[1] >= box[1] and high[0] <= box[2] and high[1] <= box[3])


def _areas(shape: Any) -> Any:
    """Return the polygons of whatever making an area valid gave."""
    import shapely

    parts = [p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts)


# -- levels of detail --------------------------------------------------------------------------------------------------
def _detailed(found: Mapping[str, Any], divisions: Divisions) -> list[Boundary]:
    """Return boundaries at each level of detail; what neighbours share stays shared: no gap opens between them."""
    import shapely

    codes = sorted(found)
    latitude = float(np.mean([found[c].centroid.y for c in codes]))
    flat = np.array([math.cos(math.radians(latitude)), 1.0]) * geo.METRES_PER_DEGREE
    plane = {code: shapely.transform(found[code], lambda xy: xy * flat) for code in codes}
    # divisions of one level are each other's neighbours: by the length of their code, districts and streets
    levels = Counter(len(code) for code in codes)
    outlines: dict[str, list[Outline]] = {code: [] for code in codes}
    for metres in DETAILS:
        for level in levels:
            some = [code for code in codes if len(code) == level]
            for code, shape in zip(
                some, _simplified([plane[c] for c in some], metres), strict=True
            ):
                rings = _rings(shape, flat, metres)
                if rings:
                    outlines[code].append(Outline(metres, _box(rings), rings))
    return [Boundary(code, divisions.names[code], tuple(outlines[code])) for code in codes]


def _simplified(shapes: Sequence[Any], metres: float) -> list[Any]:
    import shapely

    try:
        return list(shapely.coverage_simplify(np.array(shapes, dtype=object), metres))
    except (
        shapely.errors.GEOSException
    ):  # neighbours that lie over each other in odd ways: each alone
        return [shapely.simplify(s, metres) for s in shapes]


def _rings(shape: Any, flat: NDArray[np.float64], metres: float) -> Rings:
    """Return a shape's polygons as whole numbers; islands and holes smaller than what it may be off are left out."""
    import shapely

    parts = sorted(
        (p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty),
        key=lambda p: -float(p.area),
    )
    out: Rings = []
    for part in parts:
        if out and part.area < metres * metres:
            continue
        rings = [part.exterior, *(r for r in part.interiors if shapely.Polygon(r).area >= metres * metres)]  # fmt: skip
        packed = [_packed(np.asarray(r.coords, dtype=np.float64) / flat) for r in rings]
        if len(packed[0]) >= 6:
            out.append([p for p in packed if len(p) >= 6])
    return out


def _packed(ring: NDArray[np.float64]) -> list[int]:
    """Return a ring as its first point and the ways between the points, in 1e-5 degrees."""
    whole = np.rint(ring[:-1] * SCALE).astype(np.int64)
    keep = np.r_[True, (np.diff(whole, axis=0) != 0).any(axis=1)]
    whole = whole[keep]
    return [int(v) for v in np.r_[whole[:1], np.diff(whole, axis=0)].ravel()]


def _box(rings: Rings) -> tuple[float, float, float, float]:
    points = np.concatenate([np.cumsum(np.reshape(p[0], (-1, 2)), axis=0) for p in rings])
    low, high = points.min(axis=0) / SCALE, points.max(axis=0) / SCALE
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])

"""Datums and distance: WGS84, GCJ-02, BD-09, metres (FORMATION, *Exact readings: Distance*).

Every function takes numbers or arrays of degrees and returns what it was given; NaN means unknown and stays NaN.

GCJ-02 is the offset that Chinese maps carry, BD-09 a second one on top of it. Neither has a closed inverse, so the inverses
iterate ``x ← x + (given − forward(x))``. FORMATION stops when the step is below 1e-9°; here it goes on until
:data:`TOLERANCE`, so that what is rounded to 1e-7° does not depend on how many steps somebody else's loop took. The formulas
are applied everywhere, outside China too: a coordinate that is *stated* to be GCJ-02 was made by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.model import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Pair = tuple[Floats, Floats]

WGS84, GCJ02, BD09 = "WGS84", "GCJ-02", "BD-09"
DATUMS = (WGS84, GCJ02, BD09)

METRES_PER_DEGREE = 111319.49
"""FORMATION: metres per degree of the great circle."""

DECIMALS = 7
"""Coordinates are rounded to 1e-7 degrees (about a centimetre) after conversion."""

TOLERANCE = 1e-12
"""Degrees; an inverse ends when its step is below (FORMATION asks for 1e-9)."""

STEPS = 100
"""An inverse that needs more steps than this gives NaN (never seen between 85° S and 85° N)."""

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ-02 uses it
_BAIDU = np.pi * 3000.0 / 180.0
_POLAR = 89.0  # degrees from which on a degree of longitude says nothing of distance
_CHUNK = 1 << 16  # what fits a cache: the offset needs a dozen temporaries


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
    """Return GCJ-02 degrees of WGS84 degrees."""
    return _chunked(_gcj02, lon, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
    """Return WGS84 degrees of GCJ-02 degrees (not rounded)."""
    return _chunked(lambda x, y: _inverse(_gcj02, x, y), lon, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
    """Return BD-09 degrees of GCJ-02 degrees."""
    return _chunked(_bd09, lon, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
    """Return GCJ-02 degrees of BD-09 degrees."""
    return _chunked(lambda x, y: _inverse(_bd09, x, y), lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
    """Return BD-09 degrees of WGS84 degrees."""
    return _chunked(lambda x, y: _bd09(*_gcj02(x, y)), lon, lat)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
    """Return WGS84 degrees of BD-09 degrees (not rounded)."""
    return _chunked(lambda x, y: _inverse(_gcj02, *_inverse(_bd09, x, y)), lon, lat)


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str | NDArray[Any]) -> tuple[Any, Any]:
    """Return WGS84 degrees rounded to 1e-7, whatever the datum.

    Parameters
    ----------
    lon, lat : float or float64[n]
        Degrees; NaN where unknown.
    datum : str or object[n]
        One of :data:`DATUMS` for all, or one each. WGS84 stays as it is but for the rounding.

    Returns
    -------
    tuple
        Longitude and latitude; both NaN where either is unknown, or where the datum is none of :data:`DATUMS`.
    """
    x = np.array(lon, dtype=np.float64, ndmin=1)
    y = np.array(lat, dtype=np.float64, ndmin=1)
    named = np.broadcast_to(np.asarray(datum, dtype=object), x.shape)
    known = np.isfinite(x) & np.isfinite(y)
    readable = named == WGS84
    for name, convert in ((GCJ02, gcj02_to_wgs84), (BD09, bd09_to_wgs84)):
        of = named == name
        readable = readable | of
        pick = of & known
        if pick.any():
            x[pick], y[pick] = convert(x[pick], y[pick])
    bad = ~(known & readable & np.isfinite(x) & np.isfinite(y))
    x[bad] = y[bad] = np.nan
    x, y = np.round(x, DECIMALS), np.round(y, DECIMALS)
    if np.ndim(lon) == 0:
        return float(x[0]), float(y[0])
    return x, y


def centimetres(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Any:
    """Return the distance in whole centimetres (int64), −1 where a location is unknown.

    111319.49·√((Δlon·cos(mean latitude))² + Δlat²)·100 in double precision, rounded to the nearest whole number, halves to the
    even one: *this* is the rounding to 0.01 m that FORMATION means, and every limit (radius, far) is compared with it.
    """
    x1, y1, x2, y2 = (np.asarray(v, dtype=np.float64) for v in (lon1, lat1, lon2, lat2))
    x = (x1 - x2) * np.cos(np.radians((y1 + y2) / 2.0))
    y = y1 - y2
    far = np.rint(METRES_PER_DEGREE * np.sqrt(x * x + y * y) * 100.0)
    out = np.where(np.isnan(far), -1.0, far).astype(np.int64)
    return int(out) if out.ndim == 0 else out


def metres(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Any:
    """Return the distance in metres, rounded to 0.01 (see :func:`centimetres`); NaN where unknown."""
    cm = np.asarray(centimetres(lon1, lat1, lon2, lat2))
    out = np.where(cm < 0, np.nan, cm / 100.0)
    return float(out) if out.ndim == 0 else out


def project(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Return plane coordinates in metres whose Euclidean distances are never above :func:`metres` before rounding.

    East is scaled by the cosine of the latitude farthest from the equator, the least there is, so a KD-tree asked for
    :func:`search_radius` misses no pair within the radius; what it gives too much, :func:`centimetres` sorts out.

    Returns
    -------
    float64[n, 2]
        East and north, NaN rows where unknown.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(x) & np.isfinite(y)
    least = np.cos(np.radians(np.abs(y[known]).max())) if known.any() else 1.0
    out = np.stack([x * least, y], axis=-1) * METRES_PER_DEGREE
    out[~known] = np.nan
    return out


def search_radius(radius: float) -> float:
    """Return what to ask a tree over :func:`project` for, so that no pair within ``radius`` metres is missed.

    A distance of up to half a centimetre more still rounds to the radius; another half covers floating point.
    """
    return radius + 0.01


def inside(lon: ArrayLike, lat: ArrayLike, extent: tuple[float, float, float, float]) -> Any:
    """Say which WGS84 locations lie in ``(lon_min, lat_min, lon_max, lat_max)``; unknown ones don't."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    west, south, east, north = extent
    out = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return bool(out) if out.ndim == 0 else out


def surroundings(lon: float, lat: float, radius: float) -> Box:
    """Return a box of degrees that holds all within ``radius`` metres of a WGS84 location, whatever datum theirs are stated in.

    It reaches over the location in each of :data:`DATUMS`, with a twentieth more than the radius, for a datum stretches distances
    by less than that. What it holds too much, :func:`centimetres` sorts out.
    """
    north = search_radius(radius) / METRES_PER_DEGREE
    farthest = abs(lat) + north
    east = north / np.cos(np.radians(farthest)) if farthest < _POLAR else 360.0
    spare = max(north, east) / 20.0 + 1e-4
    found = [(lon, lat), wgs84_to_gcj02(lon, lat), wgs84_to_bd09(lon, lat)]
    x, y = [p[0] for p in found], [p[1] for p in found]
    return Box(
        min(x) - east - spare, min(y) - north - spare, max(x) + east + spare, max(y) + north + spare
    )


# -- the formulas --------------------------------------------------------------------------------------------------


def _gcj02(lon: Floats, lat: Floats) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY * np.sin(phi) ** 2
    meridian = _AXIS * (1.0 - _ECCENTRICITY) / (magic * np.sqrt(magic))
    parallel = _AXIS / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _bd09(lon: Floats, lat: Floats) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _inverse(forward: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    x, y = lon.copy(), lat.copy()
    step = np.full(x.shape, np.inf)
    for _ in range(STEPS):
        there_x, there_y = forward(x, y)
        dx, dy = lon - there_x, lat - there_y
        # what has arrived stays: a location's value must not depend on its neighbours in the array
        moving = ~(step < TOLERANCE)
        x = np.where(moving, x + dx, x)
        y = np.where(moving, y + dy, y)
        step = np.where(moving, np.maximum(np.abs(dx), np.abs(dy)), step)
        if not (step >= TOLERANCE).any():
            break
    lost = ~(step < TOLERANCE)
    x[lost] = y[lost] = np.nan
    return x, y


def _chunked(
    convert: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike
) -> tuple[Any, Any]:
    """Apply a conversion to what fits a cache at a time; numbers come back as numbers."""
    x = np.array(lon, dtype=np.float64, ndmin=1)
    y = np.array(lat, dtype=np.float64, ndmin=1)
    out_x, out_y = np.empty_like(x), np.empty_like(y)
    for start in range(0, len(x), _CHUNK):
        part = slice(start, start + _CHUNK)
        out_x[part], out_y[part] = convert(x[part], y[part])
    if np.ndim(lon) == 0:
        return float(out_x[0]), float(out_y[0])
    return out_x, out_y

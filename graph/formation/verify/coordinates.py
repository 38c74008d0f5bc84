"""WGS84 degrees of stated coordinates, by the verifier's own reading (FORMATION, *Exact readings: Distance*).

GCJ-02 and BD-09 have no closed inverse: ``x ← x + (given − forward(x))`` until the step is far below the 1e-9° that FORMATION
asks for, so that what is rounded to 1e-7° depends on the coordinate alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Pair = tuple[Floats, Floats]

_A, _EE = 6378245.0, 0.00669342162296594323  # Krasovsky's ellipsoid of 1940
_X = np.pi * 3000.0 / 180.0
_STILL = 1e-12
_STEPS = 100


def wgs84(lon: Floats, lat: Floats, datum: NDArray[np.object_]) -> Pair:
    """Return degrees rounded to 1e-7; both NaN where either is unknown or the datum is none that FORMATION names."""
    x, y = lon.copy(), lat.copy()
    known = np.isfinite(x) & np.isfinite(y)
    for forward, names in ((_to_bd, ("BD-09",)), (_to_gcj, ("BD-09", "GCJ-02"))):
        pick = np.isin(datum, names) & known
        if pick.any():
            x[pick], y[pick] = _invert(forward, x[pick], y[pick])
    lost = ~(known & np.isin(datum, ("WGS84", "GCJ-02", "BD-09")) & np.isfinite(x) & np.isfinite(y))
    x[lost] = y[lost] = np.nan
    return np.round(x, 7), np.round(y, 7)


def _invert(forward: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    x, y = lon.copy(), lat.copy()
    moving = np.ones(len(x), dtype=bool)
    for _ in range(_STEPS):
        fx, fy = forward(x[moving], y[moving])
        dx, dy = lon[moving] - fx, lat[moving] - fy
        x[moving] += dx
        y[moving] += dy
        # what has arrived stays: a location must not depend on its neighbours in the array
        moving[moving] = ~(np.maximum(np.abs(dx), np.abs(dy)) < _STILL)
        if not moving.any():
            break
    x[moving] = y[moving] = np.nan
    return x, y


def _to_gcj(lon: Floats, lat: Floats) -> Pair:
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
    magic = 1.0 - _EE * np.sin(phi) ** 2
    meridian = _A * (1.0 - _EE) / (magic * np.sqrt(magic))
    parallel = _A / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _to_bd(lon: Floats, lat: Floats) -> Pair:
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _X)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006

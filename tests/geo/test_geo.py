"""Datums, rounding and distance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import geo

LON = st.floats(73.0, 135.0)
LAT = st.floats(18.0, 54.0)
TO_AND_FRO = {
    "GCJ-02": (geo.wgs84_to_gcj02, geo.gcj02_to_wgs84),
    "BD-09": (geo.wgs84_to_bd09, geo.bd09_to_wgs84),
}


@pytest.mark.parametrize(
    ("convert", "given", "expected"),
    [
        # the worked example that the circulating coordtransform libraries carry in their own tests
        (geo.gcj02_to_bd09, (116.404, 39.915), (116.41036949371029, 39.92133699351022)),
        (geo.wgs84_to_gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ],
)
def test_conversions_give_known_values(convert, given, expected) -> None:  # type: ignore[no-untyped-def]
    """Forward conversions give the published values of a point in Beijing to 1e-9 degrees."""
    assert convert(*given) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("datum", TO_AND_FRO)
@given(lon=LON, lat=LAT)
def test_inverse_undoes_forward(datum: str, lon: float, lat: float) -> None:
    """There and back is the same place to a hundred-millionth of a degree, from either end."""
    there, back = TO_AND_FRO[datum]
    assert back(*there(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)
    assert there(*back(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)


@given(st.lists(st.tuples(LON, LAT), min_size=1, max_size=20))
def test_arrays_and_numbers_agree(points: list[tuple[float, float]]) -> None:
    """A place's conversion doesn't depend on what else stands in the array, to the last bit."""
    lon, lat = np.array(points).T
    many = geo.to_wgs84(lon, lat, "BD-09")
    for at, (x, y) in enumerate(points):
        assert (many[0][at], many[1][at]) == geo.to_wgs84(x, y, "BD-09")


def test_mixed_datums_and_gaps() -> None:
    """Each row is read in its own datum; half a location, or one of an unknown datum, is none."""
    lon = np.array([114.3, 114.3, 114.3, np.nan, 114.3])
    lat = np.array([30.5, 30.5, 30.5, 30.5, 30.5])
    datum = np.array(["WGS84", "GCJ-02", "BD-09", "WGS84", "CGCS"], dtype=object)
    x, y = geo.to_wgs84(lon, lat, datum)
    assert (x[0], y[0]) == (114.3, 30.5)
    assert (x[1], y[1]) == geo.to_wgs84(114.3, 30.5, "GCJ-02") != (114.3, 30.5)
    assert (x[2], y[2]) == geo.to_wgs84(114.3, 30.5, "BD-09") != (x[1], y[1])
    assert np.isnan(x[3:]).all()
    assert np.isnan(y[3:]).all()
    assert lon[1] == 114.3, "what was given is not written to"


@given(lon=LON, lat=LAT, datum=st.sampled_from(geo.DATUMS))
def test_result_has_seven_decimals(lon: float, lat: float, datum: str) -> None:
    """A converted coordinate is the float nearest to a number of seven decimals."""
    for value in geo.to_wgs84(lon, lat, datum):
        assert value == float(f"{value:.7f}")


def test_distance_by_hand() -> None:
    """One thousandth of a degree of latitude is 111.32 m; of longitude at 60° half of that; nowhere is unknown."""
    assert geo.metres(114.3, 30.5, 114.3, 30.501) == 111.32
    assert geo.metres(10.0, 60.0, 10.001, 60.0) == 55.66
    assert geo.centimetres(114.3, 30.5, 114.3, 30.501) == 11132
    assert geo.centimetres(np.nan, 30.5, 114.3, 30.501) == -1
    assert math.isnan(geo.metres(114.3, np.nan, 114.3, 30.5))


@given(LON, LAT, LON, LAT)
def test_distance_is_symmetric_and_zero_at_home(a: float, b: float, c: float, d: float) -> None:
    """Distance is the same both ways, never negative, and nothing from a place to itself."""
    assert geo.centimetres(a, b, c, d) == geo.centimetres(c, d, a, b) >= 0
    assert geo.centimetres(a, b, a, b) == 0


@given(
    st.lists(st.tuples(st.floats(114.0, 114.02), st.floats(30.4, 30.42)), min_size=2, max_size=12)
)
def test_projection_misses_no_pair(points: list[tuple[float, float]]) -> None:
    """Every pair within the radius by the formula is within the search radius on the plane."""
    lon, lat = np.array(points).T
    plane = geo.project(lon, lat)
    for i in range(len(points)):
        for j in range(i):
            radius = geo.metres(lon[i], lat[i], lon[j], lat[j])
            flat = math.dist(plane[i], plane[j])
            assert flat <= geo.search_radius(radius)


def test_projection_keeps_gaps() -> None:
    """An unknown location has no plane coordinates, and does not disturb those of others."""
    plane = geo.project([114.3, np.nan], [30.5, 80.0])
    assert np.isnan(plane[1]).all()
    assert plane[0] == pytest.approx(geo.project([114.3], [30.5])[0])


def test_inside() -> None:
    """A location on the edge of an extent is inside, an unknown one nowhere."""
    extent = (113.0, 29.0, 115.0, 31.0)
    assert geo.inside(113.0, 31.0, extent)
    assert not geo.inside(112.99, 30.0, extent)
    assert geo.inside([114.0, np.nan], [30.0, 30.0], extent).tolist() == [True, False]


@given(
    st.one_of(LON, st.floats(-179.0, 179.0)),
    st.floats(-80.0, 80.0),
    st.floats(1.0, 20_000.0),
    st.floats(0.0, 2 * math.pi),
    st.sampled_from(geo.DATUMS),
)
def test_surroundings_hold_all_datums(
    lon: float, lat: float, radius: float, way: float, datum: str
) -> None:
    """Whatever lies within a radius lies in the box, in the degrees of any datum; in a city the box is little more than needed."""
    degrees = radius / geo.METRES_PER_DEGREE
    x = lon + degrees * math.cos(way) / math.cos(math.radians(lat))
    y = lat + degrees * math.sin(way)
    forth = {"WGS84": lambda *p: p, "GCJ-02": geo.wgs84_to_gcj02, "BD-09": geo.wgs84_to_bd09}
    if (
        geo.centimetres(lon, lat, x, y) > 100 * radius
    ):  # by rounding, or where degrees of longitude differ
        x, y = lon, lat
    stated = forth[datum](x, y)
    west, south, east, north = geo.surroundings(lon, lat, radius)
    assert west <= stated[0] <= east
    assert south <= stated[1] <= north


def test_surroundings_are_small() -> None:
    """Round a place in a city the box reaches over the three datums, a kilometre and a half, and not much farther."""
    west, south, east, north = geo.surroundings(114.3, 30.6, 300.0)
    assert geo.metres(west, 30.6, east, 30.6) < 2_200
    assert geo.metres(114.3, south, 114.3, north) < 2_200


def test_surroundings_of_a_pole() -> None:
    """Near a pole every longitude is near."""
    box = geo.surroundings(10.0, 89.99, 5_000.0).on_earth()
    assert box is not None
    assert (box.west, box.east, box.north) == (-180.0, 180.0, 90.0)

"""Who is within so many metres: over every store, the same as a look at each row."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import geo
from graph.around import around
from graph.errors import InputError
from graph.model import Claims
from graph.policy.profile import load
from graph.store import open_store

if TYPE_CHECKING:
    from graph.store.base import Store

PROFILE = load("wuhan-2016")
DATED = 20160826
WHO = {"office": "某局", "reason": "核实", "decided": DATED}
Row = dict[str, Any]


def organization(key: str, lon: float | None, lat: float | None, **more: Any) -> Row:
    """An organization's row, in WGS84 unless it says otherwise."""
    return {"key": key, "name": f"企业{key}", "lon": lon, "lat": lat, "datum": "WGS84", **more}


def merge(code: str, kept: str) -> Row:
    """The row of a decision that two codes are one."""
    return {"key": f"merge|{code}", "type": "merge", "subject": kept, "object": code, **WHO}


def fill(store: Store, *parts: tuple[str, list[Row]]) -> None:
    """Import rows of some kinds."""
    with store.importing(at="t", dated=DATED, files=[]) as importer:
        for kind, rows in parts:
            frame = pd.DataFrame(
                [{"row": i + 2, "dated": DATED, **r} for i, r in enumerate(rows)], dtype=object
            )
            frame = frame.astype(
                {n: "float64" for n in ("lon", "lat") if n in frame} | {"row": int, "dated": int}
            )
            importer.add(Claims(kind, kind, DATED, "f", kind, frame))


def told(store: Store, key: str, metres: float, kind: str = "organization") -> list[Any]:
    """What is near, with its distance."""
    return [(x.key, x.metres) for x in around(store, PROFILE, kind, key, metres, DATED).near]


@pytest.mark.served
def test_nearest_first(store: Store) -> None:
    """Organizations and places come by distance, each read in its datum; the radius is met to the centimetre; no member is one."""
    there = geo.wgs84_to_bd09(114.301, 30.6)
    building = {
        "key": "building:1/1",
        "code": "1",
        "name": "大厦",
        "lon": 114.3,
        "lat": 30.6,
        "datum": "WGS84",
    }
    fill(
        store,
        ("organization", [
            organization("A", 114.3, 30.6),
            organization("C", 114.3, 30.602),
            organization("B", 114.3, 30.598),
            organization("Baidu", *there, datum="BD-09"),
            organization("far", 114.4, 30.6),
            organization("none", None, 30.6),
        ]),
        ("building", [building]),
        ("member", [{"key": "M", "status": "正式", "unit": "U", "employer": "A"}]),
    )  # fmt: skip
    edge = geo.metres(114.3, 30.6, 114.3, 30.602)
    east = geo.metres(114.3, 30.6, 114.301, 30.6)
    near = [("building:1/1", 0.0), ("Baidu", east), ("B", edge), ("C", edge)]
    assert told(store, "A", edge) == near
    assert told(store, "A", edge - 0.01) == near[:2]
    assert told(store, "building:1/1", 1, "building") == [("A", 0.0)]
    found = around(store, PROFILE, "organization", "A", 300, DATED)
    assert (found.lon, found.lat, found.assumed) == (114.3, 30.6, 0)


def test_merged_codes_are_one(store: Store) -> None:
    """Codes that were decided to be one are told once, where the one that stays lies, else where another does."""
    rows = [
        organization("A", 114.3, 30.6),
        organization("A2", 114.3, 30.6),
        organization("B", 114.3, 30.601),
        organization("B2", 114.3, 30.6001),
        organization("C", None, None),
        organization("C2", 114.3, 30.6),
        organization("D2", 114.3, 30.6),
    ]
    some = [merge("A2", "A"), merge("B2", "B"), merge("C2", "C"), merge("D2", "gone")]
    fill(store, ("organization", rows), ("decision", some))
    near = [("C", 0.0), ("D2", 0.0), ("B", geo.metres(114.3, 30.6, 114.3, 30.601))]
    assert told(store, "A", 200) == told(store, "A2", 200) == near
    assert [x for x, _ in told(store, "C", 200)] == ["A", "D2", "B"]


def test_without_coordinates(store: Store) -> None:
    """What has none is told so, with what can be asked for instead."""
    place = {
        "key": "market:1/1",
        "code": "1",
        "name": "市场",
        "lon": 114.3,
        "lat": 30.6,
        "datum": "WGS84",
    }
    fill(
        store,
        ("organization", [
            organization("A", None, None, market="market:1/1", building="building:1/9"),
            organization("B", 114.3, None),
            organization("C", 514.3, 30.0),
            organization("D", 114.3, 30.6),
        ]),
        ("market", [place]),
        ("unit", [{"key": "U", "name": "支部", "type": "党支部"}]),
    )  # fmt: skip
    with pytest.raises(InputError, match="lianjian neighbours market:1/1 --within 250"):
        around(store, PROFILE, "organization", "A", 250, DATED)
    for code in "BC":
        with pytest.raises(InputError, match="fill in 经度 and 纬度"):
            around(store, PROFILE, "organization", code, 250, DATED)
    with pytest.raises(InputError, match="belong to organizations and places"):
        around(store, PROFILE, "unit", "U", 250, DATED)
    assert told(store, "D", 250) == [("market:1/1", 0.0)]


POINTS = st.lists(
    st.tuples(
        st.floats(114.28, 114.32), st.floats(30.58, 30.62), st.sampled_from([None, *geo.DATUMS])
    ),
    min_size=1, max_size=25,
)  # fmt: skip


@given(POINTS, st.integers(1, 4_000))
def test_as_a_look_at_each(points: list[tuple[float, float, str | None]], metres: int) -> None:
    """Whatever the points and their datums, the answer is that of measuring each."""
    rows = [organization(f"O{i:02}", x, y, datum=d) for i, (x, y, d) in enumerate(points)]
    at = [geo.to_wgs84(x, y, d or PROFILE.datum) for x, y, d in points]
    far = [geo.metres(*at[0], *p) for p in at]
    expected = sorted((f, r["key"]) for f, r in zip(far[1:], rows[1:], strict=True) if f <= metres)
    with tempfile.TemporaryDirectory() as folder:
        for url in (":memory-model:", str(Path(folder) / "a.db")):
            store = open_store(url, create=True)
            fill(store, ("organization", rows))
            assert [(f, k) for k, f in told(store, "O00", metres)] == expected
            store.close()

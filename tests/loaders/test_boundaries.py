"""Boundaries from GeoJSON: which feature is which division, what is refused in whose words, and what levels of detail keep."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph import geo
from graph.errors import InputError
from loaders import boundaries
from loaders.boundaries import DETAILS, SCALE, Boundaries, Divisions, read

CITY = Divisions(
    {"429901": "甲区", "429902": "乙区", "429901001": "新华街道", "429902001": "新华街道", "429901002": "丙街道"}
)  # fmt: skip
EXTENT = (113.5, 29.9, 115.2, 31.4)
SQUARE = [[114.0, 30.0], [114.1, 30.0], [114.1, 30.1], [114.0, 30.1], [114.0, 30.0]]


def feature(rings: Any = None, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    """A feature: a square, where nothing else is said."""
    coordinates = [SQUARE] if rings is None else rings
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def written(folder: Path, *features: Any, text: str | None = None) -> Path:
    """A file of features."""
    path = folder / "b.geojson"
    held = json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False)
    path.write_text(held if text is None else text, encoding="utf-8")
    return path


def loaded(folder: Path, *features: Any, **how: Any) -> Boundaries:
    """What a file of features gives."""
    return read(written(folder, *features), CITY, EXTENT, **how)


def points(rings: Any) -> np.ndarray:
    """All points of an outline, in degrees."""
    return np.concatenate([np.cumsum(np.reshape(r, (-1, 2)), axis=0) for part in rings for r in part]) / SCALE  # fmt: skip


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"code": "429901"}, "429901"),
        ({"adcode": 429902}, "429902"),
        ({"code": 429901002.0}, "429901002"),
        ({"code": "429901002000"}, "429901002"),
        ({"code": "429902000000"}, "429902"),
        ({"code": "else", "name": "丙街道"}, "429901002"),
        ({"名称": " 甲区 "}, "429901"),
    ],
)
def test_a_feature_is_the_division_of_its_code_or_name(
    tmp_path: Path, properties: dict[str, Any], code: str
) -> None:
    """As text or number, as statistics write codes, by the first property that is one."""
    found = loaded(tmp_path, feature(**properties))
    assert [b.code for b in found.boundaries] == [code]
    assert found.boundaries[0].name == CITY.names[code]


def test_a_property_may_be_named(tmp_path: Path) -> None:
    """Then no other is looked at."""
    found = loaded(tmp_path, feature(code="429902", bezirk="甲区"), named_by="bezirk")
    assert found.boundaries[0].code == "429901"


def test_divisions_of_elsewhere_are_left_out_and_said(tmp_path: Path) -> None:
    """A province's file may be given; with nothing of this city in it, it is refused with what to try."""
    found = loaded(tmp_path, feature(code="429901"), feature(code="330100", name="他市"))
    assert (len(found.boundaries), found.left_out) == (1, ["他市"])
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, feature(name="他市"))
    assert "none of its 1 features is a division of this city (他市 …)" in caught.value.en
    assert "--property" in caught.value.zh


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (feature(kind="Point", rings=[1, 2], code="429901"), "is Point; a boundary is a Polygon"),
        ({"type": "Feature", "properties": {"code": "429901"}, "geometry": None}, "is without a geometry"),
        (feature([[[114.0, "x"], [1, 2], [3, 4]]], code="429901"), "no rings of longitude and latitude"),
        (feature([], code="429901"), "no rings"),
        (feature([[[114.0, 30.0], [114.1, 30.0], [114.0, 30.0]]], code="429901"), "fewer than three points"),
        (feature([[[114.0, 30.0], [114.1, 30.1], [114.2, 30.2], [114.0, 30.0]]], code="429901"), "spans no area"),
        (feature([[p[::-1] for p in SQUARE]], code="429901"), "latitude stands before longitude"),
        (feature([[[x * 1e5, y * 1e5] for x, y in SQUARE]], code="429901"), "metres of a plane"),
        (feature([[[x - 4, y] for x, y in SQUARE]], code="429901"), "lies at 110.04, 30.04, outside this city"),
        (feature(name="新华街道"), "2 divisions are called that: 429901001, 429902001; give codes"),
        (feature(colour="red"), "no property that names its division; it has colour"),
    ],
)  # fmt: skip
def test_what_is_no_boundary_is_refused_by_its_feature(
    tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    """With its number and name, what is wrong and the way out, in both languages; the good ones beside it are not taken."""
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, feature(code="429902"), wrong)
    assert f"{tmp_path / 'b.geojson'}: feature 2" in caught.value.en
    assert said in caught.value.en
    assert "nothing was taken" in caught.value.en
    assert "第 2 个要素" in caught.value.zh


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """As far as a person reads; of the rest their number."""
    with pytest.raises(InputError) as caught:
        loaded(
            tmp_path,
            feature(code="429901"),
            feature(code="429901", name="甲区"),
            *(feature(kind="Point", code=f"42990{n % 2 + 1}", name=f"F{n}") for n in range(20)),
        )
    assert "feature 2 (甲区): is 429901, as feature 1 is" in caught.value.en
    assert "and 13 more" in caught.value.en


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no GeoJSON"),
        ("[" * 20_000, "no GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "is a FeatureCollection with"),
        ('{"type": "Topology"}', "is a FeatureCollection with"),
        ("[1]", "is a FeatureCollection with"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "no GeoJSON"),
    ],
)
def test_what_is_no_file_of_boundaries_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Whatever it is, in words."""
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, text=text), CITY, EXTENT)
    assert said in caught.value.en


def test_a_coordinate_beyond_numbers_is_a_fault(tmp_path: Path) -> None:
    """A whole number of 400 digits is none of a place, and the feature is named."""
    far = feature([[[10**400, 30.0], [114.1, 30.1], [114.1, 30.0]]], code="429902")
    with pytest.raises(InputError) as refused:
        loaded(tmp_path, feature(code="429901"), far)
    assert "its coordinates are no rings" in refused.value.en


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read, or before its shapes are made; with what to do."""
    for name, most, said in (
        ("LARGEST", 10, "larger than"),
        ("FEATURES", 0, "features; 0 at most"),
        ("VERTICES", 3, "more than 3 points"),
    ):
        with monkeypatch.context() as m:
            m.setattr(boundaries, name, most)
            with pytest.raises(InputError) as caught:
                loaded(tmp_path, feature(code="429901"))
        assert said in caught.value.en


def test_an_outline_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    """And said to be; a bow tie is two triangles."""
    bow = [[114.0, 30.0], [114.1, 30.1], [114.1, 30.0], [114.0, 30.1], [114.0, 30.0]]
    found = loaded(tmp_path, feature([bow], code="429901"))
    assert found.mended == ["甲区"]
    assert len(found.boundaries[0].outlines[-1].rings) == 2


def test_another_datum_is_moved_to_wgs84(tmp_path: Path) -> None:
    """By the formulas that all coordinates are moved by."""
    moved = np.column_stack(geo.wgs84_to_gcj02(*np.array(SQUARE).T)).tolist()
    plain = loaded(tmp_path, feature(code="429901")).boundaries[0].outlines[-1]
    back = loaded(tmp_path, feature([moved], code="429901"), datum="GCJ-02").boundaries[0]
    assert np.abs(np.array(back.outlines[-1].box) - plain.box).max() < 2e-5


def wavy(x: float, turns: int) -> list[list[float]]:
    """A winding line from south to north."""
    return [[x + 0.01 * math.sin(k / 9) + 0.0004 * math.sin(k), 30.0 + 0.5 * k / turns] for k in range(turns + 1)]  # fmt: skip


def test_detail_follows_the_level_and_neighbours_stay_neighbours(tmp_path: Path) -> None:
    """Each level is as near as it says, a coarser one has fewer points, and what two share is one line: no gap opens."""
    line = wavy(114.5, 2000)
    west = [*line, [114.2, 30.5], [114.2, 30.0], line[0]]
    east = [*line, [114.8, 30.5], [114.8, 30.0], line[0]]
    found = loaded(tmp_path, feature([west], code="429901"), feature([east], code="429902"))
    sizes = []
    for n, metres in enumerate(DETAILS):
        one, other = (b.outlines[n] for b in found.boundaries)
        assert one.metres == metres
        shared = {tuple(p) for p in points(one.rings).round(5).tolist()} & {
            tuple(p) for p in points(other.rings).round(5).tolist()
        }
        inner = [p for p in points(one.rings).round(5).tolist() if p[0] > 114.3]
        assert all(tuple(p) in shared for p in inner)
        sizes.append(len(points(one.rings)))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 4
    finest = points(found.boundaries[0].outlines[-1].rings)
    true = np.array(line)
    for p in finest[finest[:, 0] > 114.3]:
        assert geo.METRES_PER_DEGREE * np.hypot(*(true - p).T).min() < 3 * DETAILS[-1]

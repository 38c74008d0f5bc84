"""The wall map: true to scale, nothing over another's name, nothing beyond the sheet, the same bytes, no value as markup."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.app import create_app
from api.asking.wall import wall as asked
from api.boundaries import Boundaries
from api.journal import Journal, Places
from api.settings import Settings, state_of
from graph import geo
from graph.city import City
from graph.errors import InputError
from graph.model import Claims
from graph.policy.profile import load
from graph.store import open_store
from loaders.boundaries import Boundary, Outline
from tests.browser.test_page import PAYLOADS
from tests.cli.commandline import Lianjian
from tests.cli.conftest import lianjian
from tests.cut.conftest import city
from tests.cut.test_cut import firm, unit
from viz.city.view import CityMap
from viz.wall import fonts
from viz.wall.drawing import Shape, Text, width, wrapped
from viz.wall.files import written
from viz.wall.labels import Room, beside, overlap
from viz.wall.map import Told
from viz.wall.marks import COLOURS, PENDING, UNDER_WAY, UNIT, marks
from viz.wall.page import Wall, wall
from viz.wall.paper import ROUND, SIZES, Paper, Turned, scale, sheet
from viz.wall.where import Only

__all__ = ["lianjian"]
PROFILE = load()
DATE = 20160801
SVG = "{http://www.w3.org/2000/svg}"
SQUARE = np.array([[114.20, 30.50], [114.24, 30.50], [114.24, 30.54], [114.20, 30.54]])


def is_set() -> bool:
    """Whether this machine has a Chinese font."""
    try:
        fonts.chinese()
    except InputError:
        return False
    return True


SET = pytest.mark.skipif(
    not is_set(), reason="no Chinese font (Debian: apt install fonts-noto-cjk)"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two streets of forty firms each, every second with a unit; one firm is formed on the board, one crossed off."""
    path = tmp_path_factory.mktemp("wall") / "city.db"
    firms, units = [], []
    for n in range(80):
        at = n % 2 + 1
        where = {
            "lon": 114.2 + 0.001 * (n % 37) + 0.05 * (at - 1),
            "lat": 30.5 + 0.001 * (n * 7 % 39),
            "datum": "WGS84",
        }
        own = f"B{n}" if n % 4 < 2 else None
        firms.append(firm(f"F{n:02}", at, unit=own, **where))
        if own:
            units.append(unit(own, at, street=f"42990{at}001", organization=f"F{n:02}"))
    steps = [
        {"key": "F02|已组建|2016-08-01|1", "organization": "F02", "state": "已组建", "basis": "文", "date": DATE},
        {"key": "F03|已销号|2016-08-01|1", "organization": "F03", "state": "已销号", "basis": "文", "date": DATE},
    ]  # fmt: skip
    sheets = [("organization", DATE, firms), ("unit", DATE, units), ("strike_off", DATE, steps)]
    city(path, sheets).close()
    return path


@pytest.fixture(scope="module")
def shown(store: Path) -> Iterator[CityMap]:
    """Its map."""
    opened = open_store(str(store))
    yield CityMap.of(City(opened, PROFILE))
    opened.close()


def told(**more: Any) -> Told:
    """What a page needs besides, a square as the first district's boundary."""
    given: dict[str, Any] = {
        "outlines": {"429901": [[SQUARE]]}, "standings": {"F02": "formed", "F03": "struck_off"},
        "names": lambda codes: {c: f"中共{c}支部委员会" for c in codes}, "ledgers": (20160101, DATE, 4), "profile": "示例",
    }  # fmt: skip
    return Told(**given | more)


def drawn(shown: CityMap, code: str | None, paper: Paper = Paper.A3, **more: Any) -> Wall:
    """A page."""
    return wall(shown, code, paper, more.pop("turned", None), more.pop("lang", "zh"), told(**more))


EVERY = [(code, paper, turned) for code in (None, "429901", "429902001") for paper in Paper for turned in Turned]  # fmt: skip


def test_a_known_distance_is_as_long_on_paper_as_the_scale_says(shown: CityMap) -> None:
    """The sides of a boundary, in metres on the ground and in millimetres on the page; the bar is as long as it says."""
    made = drawn(shown, "429901")
    assert made.scale is not None
    assert made.scale.of / 10 ** (len(str(made.scale.of)) - 1) in ROUND
    whole = next(i for i in made.page.items if isinstance(i, Shape) and i.width == 0.6 * made.sheet.letters)  # fmt: skip
    ring = sorted(set(whole.rings[0]))
    assert len(ring) == 4
    (left, _), (right, _) = ring[0], ring[-1]
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    wide = float(geo.metres(114.20, 30.52, 114.24, 30.52)) * 1000 / made.scale.of
    high = float(geo.metres(114.20, 30.50, 114.20, 30.54)) * 1000 / made.scale.of
    assert (right - left, bottom - top) == pytest.approx((wide, high), rel=0.001)
    words = [i.text for i in made.page.items if isinstance(i, Text)]
    assert f"1:{made.scale.of:,}" in words
    said = next(t for t in words if t.endswith((" km", " m")))
    metres = float(said.split()[0]) * (1000 if said.endswith("km") else 1)
    x0, *_, x1 = sorted(
        x for i in made.page.items if isinstance(i, Shape) and i.width == 0.15 * made.sheet.letters
        and len(i.rings[0]) == 4 and i.fill for x, _ in i.rings[0]
    )  # fmt: skip
    assert x1 - x0 == pytest.approx(metres * 1000 / made.scale.of)
    # the paper is as large as it says
    root = ET.fromstring(written(made, ".svg", DATE))
    assert root.get("width") == f"{int(made.page.width)}mm"
    assert root.get("viewBox") == f"0 0 {int(made.page.width)} {int(made.page.height)}"
    assert sorted((made.page.width, made.page.height)) == sorted(SIZES[Paper.A3])


@given(
    west=st.floats(113.7, 115), south=st.floats(29.9, 31.3), wide=st.floats(1e-5, 1.3), high=st.floats(1e-5, 1.3),
    paper=st.sampled_from(Paper), turned=st.sampled_from(Turned),
)  # fmt: skip
@settings(max_examples=60)
def test_whatever_an_extent_is_it_fits_and_the_next_larger_scale_would_not(
    west: float, south: float, wide: float, high: float, paper: Paper, turned: Turned
) -> None:
    """On every sheet, with room around it."""
    laid = sheet(paper, turned)
    made = scale((west, south, west + wide, south + high), laid.map, 5.0)
    x, y = made.place(np.array([west, west + wide]), np.array([south, south + high]))
    left, top, right, bottom = laid.map
    assert x[0] >= left + 4.99
    assert x[1] <= right - 4.99
    assert y[1] >= top + 4.99
    assert y[0] <= bottom - 4.99
    if made.of > 500:
        # a quarter more of the paper at most is what rounding costs
        used = max((x[1] - x[0]) / (right - left - 10), (y[0] - y[1]) / (bottom - top - 10))
        assert used > 0.74


@pytest.mark.parametrize(("code", "paper", "turned"), EVERY)
def test_every_mark_lies_within_the_page_and_no_name_over_another(
    shown: CityMap, code: str | None, paper: Paper, turned: Turned
) -> None:
    """On every sheet, lying and upright, in both languages: no text over another, either."""
    for lang in ("zh", "en"):
        made = drawn(shown, code, paper, turned=turned, lang=lang)
        page = made.page
        texts = [i for i in page.items if isinstance(i, Text)]
        for item in page.items:
            points = (
                [item.box[:2], item.box[2:]] if isinstance(item, Text) else itertools.chain(*item.rings)
            )  # fmt: skip
            for x, y in points:
                assert -1e-6 <= x <= page.width + 1e-6, item
                assert -1e-6 <= y <= page.height + 1e-6, item
        assert not [p for p in itertools.combinations(made.boxes, 2) if overlap(*p)]
        tight = [(t.box[0], t.y - t.size * 0.7, t.box[2], t.y) for t in texts]
        clashes = [(texts[a].text, texts[b].text) for a, b in itertools.combinations(range(len(texts)), 2)
                   if overlap(tight[a], tight[b])]  # fmt: skip
        assert clashes == []


def test_counts_are_those_of_coverage_and_of_the_board(shown: CityMap) -> None:
    """Pending has no unit and no step; what the board crossed off is said and not pending; areas add up to the whole."""
    found = drawn(shown, None).subject
    assert found.totals["organizations"] == 80
    assert (found.totals["covered"], found.totals["whole"]) == (40, 80)
    assert (found.totals["pending"], found.totals["under_way"], found.crossed_off) == (38, 1, 1)
    for name in ("organizations", "units", "pending", "under_way"):
        assert sum(getattr(a, name) for a in found.areas) == found.totals[name]
    plain = drawn(shown, None, standings={}).subject
    assert (plain.totals["pending"], plain.totals["under_way"], plain.crossed_off) == (40, 0, 0)
    assert len(found.units[0]) + found.nowhere["units"] == found.totals["units"]


def test_a_department_s_map_counts_its_own_organizations_alone_wherever_they_lie(
    shown: CityMap,
) -> None:
    """Three of two districts: their units and what is pending of them, under the ledger unit's name, as a note says."""
    only = Only("市教育局", ["F00", "F02", "F07"], ["B00", "B0"])
    made = drawn(shown, "dept:市教育局", only=only)
    totals = made.subject.totals
    assert (totals["organizations"], totals["units"], totals["pending"], totals["under_way"]) == (
        3,
        1,
        1,
        1,
    )
    assert sum(a.organizations for a in made.subject.areas) == 3
    words = " ".join(i.text for i in made.page.items if isinstance(i, Text))
    assert "市教育局组织覆盖挂图" in words
    assert "仅计 市教育局 台账内的单位" in words


def test_symbols_stand_for_all_points_and_touch_nothing(shown: CityMap) -> None:
    """Every point is counted by one symbol or said to lie beyond; none lies over another."""
    draw = np.random.default_rng(3)
    points = {k: (draw.uniform(-5, 105, 400), draw.uniform(-5, 75, 400)) for k in (UNIT, PENDING, UNDER_WAY)}  # fmt: skip
    made = marks(points, (0.0, 0.0, 100.0, 70.0), 1.0)
    for kind in points:
        number = sum(s.number for s in made.symbols if s.kind == kind)
        assert number + made.beyond[kind] == 400
    boxes = [s.box for s in made.symbols]
    assert not [p for p in itertools.combinations(boxes, 2) if overlap(*p)]
    assert all(b[0] >= 0 and b[1] >= 0 and b[2] <= 100 and b[3] <= 70 for b in boxes)
    page = drawn(shown, None).page
    assert {COLOURS[UNIT], COLOURS[PENDING]} <= {i.fill for i in page.items if isinstance(i, Shape)}


@given(
    st.lists(
        st.tuples(st.floats(0, 90), st.floats(0, 60), st.floats(1, 30), st.floats(1, 5)),
        max_size=60,
    )
)
@settings(max_examples=40)
def test_labels_never_overlap_whatever_is_to_be_named(
    asked: list[tuple[float, float, float, float]],
) -> None:
    """Each beside its symbol, inside, and free of all others."""
    inside = (0.0, 0.0, 100.0, 70.0)
    room = Room(inside, 12.0)
    found = [
        box
        for x, y, wide, high in asked
        if (box := room.first(beside((x, y, x + 2, y + 2), wide, high, 0.3))) is not None
    ]
    assert not [p for p in itertools.combinations(found, 2) if overlap(*p)]
    assert all(b[0] >= 0 and b[1] >= 0 and b[2] <= 100 and b[3] <= 70 for b in found)
    if asked and not found:
        x, y, wide, high = asked[0]  # had all the room there is
        assert not any(
            map(Room(inside, 12.0).is_free, beside((x, y, x + 2, y + 2), wide, high, 0.3))
        )


def test_text_is_broken_at_no_comma_and_never_wider_than_its_column() -> None:
    """Chinese between characters, English at spaces."""
    text = "待建：符合条件而尚无党组织（S2），无销号进展 pending, qualifies and has no unit"
    lines = wrapped(text, 2.0, 24.0)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 2.0) <= 24.0 for line in lines)
    assert not [line for line in lines if line[0] in "，。）,"]


def test_the_same_store_gives_the_same_bytes(shown: CityMap) -> None:
    """Whenever it is drawn; of a PDF the served file says as much."""
    first, again = (written(drawn(shown, "429901", Paper.A4), ".svg", DATE) for _ in range(2))
    assert first == again


def test_no_name_becomes_markup_or_an_operator(shown: CityMap) -> None:
    """Hostile names of units and of the profile are texts of the SVG as they are, and of the PDF within its strings."""
    hostile = itertools.cycle(PAYLOADS)
    names: dict[str, str] = {}

    def named(codes: list[str]) -> dict[str, str]:
        return {c: names.setdefault(c, next(hostile)) for c in codes}

    for code in ("429901", "429902"):
        for k, payload in enumerate(PAYLOADS):
            made = drawn(shown, code, Paper.A0, names=named, profile=payload)
            raw = written(made, ".svg", DATE).decode("utf-8")
            root = ET.fromstring(raw)
            assert {e.tag for e in root.iter()} <= {
                SVG + t for t in ("svg", "title", "rect", "path", "text")
            }
            known = {"x", "y", "d", "width", "height", "viewBox", "fill", "fill-rule", "stroke", "stroke-width",
                     "stroke-linejoin", "stroke-dasharray", "paint-order", "font-size", "font-weight", "font-family",
                     "text-anchor", "textLength", "lengthAdjust", "id", "role", "aria-labelledby",
                     "{http://www.w3.org/XML/1998/namespace}lang"}  # fmt: skip
            assert {a for e in root.iter() for a in e.attrib} <= known
            assert made.labels["units"]
            if k == 0 and code == "429901":
                assert any("<img src=x" in (t.text or "") for t in root.iter(SVG + "text"))


def test_without_a_chinese_font_a_pdf_is_refused_with_what_to_install(
    shown: CityMap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And an SVG is written all the same: it names fonts and those that may stand in for them."""
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    made = drawn(shown, "429901")
    with pytest.raises(InputError, match="fonts-noto-cjk") as refused:
        written(made, ".pdf", DATE)
    assert "请安装" in refused.value.zh
    assert "Noto Sans CJK SC" in written(made, ".svg", DATE).decode("utf-8")


def test_a_map_s_source_is_the_dates_of_its_ledgers_not_the_day_they_came(tmp_path: Path) -> None:
    """Ledgers of August that are imported years later are its source all the same; those of later dates are not."""
    store = city(tmp_path / "city.db", [])
    frame = pd.DataFrame(
        [{"row": 2, "dated": DATE, **firm("F1", 1, lon=114.2, lat=30.5, datum="WGS84")}]
    )
    with store.importing(at="2030-01-01T00:00:00", dated=20300101, files=["f.csv"]) as importer:
        importer.add(Claims("organization", "organization|甲", DATE, "f.csv", "", frame))
    later = frame.assign(dated=20170101)
    with store.importing(at="2030-01-02T00:00:00", dated=20300101, files=["g.csv"]) as importer:
        importer.add(Claims("organization", "organization|甲", 20170101, "g.csv", "", later))
    shown = CityMap.of(City(store, PROFILE, DATE))
    kept = Boundaries(state_of(str(tmp_path / "city.db")))
    made = asked(store, PROFILE, shown, kept, None, Paper.A4, None, "zh")
    text = written(made.wall, ".svg", DATE).decode("utf-8")
    assert "台账填报日期 2016-08-01 至 2016-08-01，共 1 个日期" in text
    store.close()


@SET
def test_what_is_served_is_what_the_command_writes(
    store: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """Byte for byte, boundaries too; a PDF holds its fonts; what is no division is refused; each is an export in the journal."""
    ring = [11420000, 3050000, 4000, 0, 0, 4000, -4000, 0]
    box = (114.20, 30.50, 114.24, 30.54)
    outlines = tuple(Outline(metres, box, [[ring]]) for metres in (200, 12, 3))
    state = state_of(str(store))
    Boundaries(state).load([Boundary("429901", "甲区", outlines)], "f")
    asked = ("wallmap", "--store", str(store), "--in", "429901", "--paper", "A4", "--lang", "zh", "--json")  # fmt: skip
    with TestClient(create_app(Settings(str(store))), base_url="http://127.0.0.1") as client:
        for kind in ("svg", "pdf"):
            out = tmp_path / f"w.{kind}"
            said = lianjian(*asked, "--out", str(out))
            assert said.code == 0, said.err
            answer = client.get(
                "/api/v1/wallmap", params={"in": "429901", "paper": "A4", "format": kind},
                headers={"accept-language": "zh"},
            )  # fmt: skip
            assert answer.status_code == 200
            assert answer.content == out.read_bytes()
            assert f"wallmap-429901.{kind}" in answer.headers["content-disposition"]
        refused = client.get("/api/v1/wallmap", params={"in": "330100", "format": "svg"})
        assert refused.status_code == 400
        assert "a city, district or street" in refused.text
    text = (tmp_path / "w.svg").read_text(encoding="utf-8")
    assert "边界（已载入）" in text
    assert f">1:{said.json['scale']:,}<" in text
    data = (tmp_path / "w.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/FontFile") == 2
    assert b"/MediaBox [0 0 841.89 595.28]" in data
    assert len(data) < 400_000
    wrong = lianjian("wallmap", "--store", str(store), "--in", "330100", "--out", str(tmp_path / "x.svg"))  # fmt: skip
    assert (wrong.code, "--in 330100" in wrong.err) == (2, True)
    rows = [r for r in Journal(Places.of(state)).rows() if r.operation == "wallmap"]
    assert {r.action for r in rows} == {"export"}
    assert len(rows) >= 4

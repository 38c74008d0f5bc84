"""The city map in a real browser: by mouse, by wheel, by keyboard, in both languages; what it draws is what the service counts."""

from __future__ import annotations

import json
import math
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.conftest import Opened
from tests.browser.test_application import (
    PAYLOADS,
    pytestmark,
    serious,
    served,
    undisturbed,
    visit,
)
from tests.cut.conftest import add, city
from tests.cut.test_cut import firm, unit
from tests.service.people import _quick

__all__ = ["_quick", "pytestmark"]

Window = Callable[..., Opened]
SAYS = {
    "zh": {"title": "全市地图", "up": "上一级", "open": "在地图中进入", "network": "归属图", "left": "未列入本视图"},
    "en": {"title": "The city on the map", "up": "One level up", "open": "Open on the map", "network": "What lies in what",
           "left": "Not in this view"},
}  # fmt: skip
PLACES = [("1", "429901001", 114.30, 30.50), ("2", "429901001", 114.32, 30.52), ("3", "429902001", 114.40, 30.55)]  # fmt: skip
"""Buildings: a code, a street, where they lie."""
EACH = 400
"""Organizations in each: more than a view has room for."""


def made(path: Path) -> Path:
    """Make a city of two districts, three buildings and 1,200 organizations; half came with the second import."""
    buildings = [
        {
            "key": f"building:{street}/{code}",
            "code": code,
            "name": f"{code}号楼",
            "street": street,
            "lon": lon,
            "lat": lat,
            "datum": "WGS84",
        }
        for code, street, lon, lat in PLACES
    ]
    firms = [
        firm(
            f"F{code}{n:03}",
            int(street[5]),
            street=street,
            building=f"building:{street}/{code}",
            unit=f"B{code}" if n % 4 == 0 else None,
            formal_members=n % 6,
            lon=lon + 0.006 * math.cos(n),
            lat=lat + 0.006 * math.sin(n),
            datum="WGS84",
        )
        for code, street, lon, lat in PLACES
        for n in range(EACH)
    ]
    bad = [
        firm(
            f"BAD{n}",
            1,
            name=text,
            category=text,
            street="429901001",
            building="building:429901001/9",
        )
        for n, text in enumerate(PAYLOADS)
    ]
    worse = [
        {
            "key": "building:429901001/9",
            "code": "9",
            "name": PAYLOADS[0],
            "street": "429901001",
            "lon": 114.31,
            "lat": 30.51,
        }
    ]
    units = [
        unit("CITY", None, type="党委"),
        *(
            unit(f"B{code}", int(street[5]), street=street, superior="CITY", type="联合党支部")
            for code, street, *_ in PLACES
        ),
    ]
    store = city(
        path,
        [
            ("building", 20160801, buildings + worse),
            ("unit", 20160801, units),
            ("organization", 20160801, firms[::2]),
        ],
    )
    add(store, 9, ("organization", 20160901, firms + bad))
    store.close()
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application over the city."""
    with served(made(tmp_path_factory.mktemp("map") / "town.db")) as url:
        yield url


def told(url: str, asked: str = "") -> dict[str, Any]:
    """What the service says of a view."""
    with urllib.request.urlopen(f"{url}api/v1/view?limit=1000&{asked}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def on_map(
    window: Window, url: str, place: str = "#/map", lang: str = "en", **options: Any
) -> Opened:
    """Open the map and wait until it is drawn and said."""
    opened = visit(window, url, place, lang, **options)
    drawn(opened)
    return opened


def drawn(opened: Opened) -> None:
    """Wait until the service has answered and the camera stands."""
    opened.page.wait_for_selector(".picture:not(.waiting) .net")
    opened.page.wait_for_timeout(150)
    opened.page.wait_for_selector(".picture:not(.waiting) .net[data-state=still]")


def spot(opened: Opened, view: dict[str, Any], at: list[float]) -> tuple[float, float]:
    """Where a point of the map must be on the screen when the whole city fills it, reckoned here by itself."""
    west, south, east, north = view["extent"]
    flat = math.cos(math.radians((south + north) / 2))
    box = opened.page.locator(".net").bounding_box()
    assert box is not None
    scale = min((box["width"] - 92) / ((east - west) * flat), (box["height"] - 92) / (north - south))  # fmt: skip
    x = (at[0] - (west + east) / 2) * flat * scale
    y = (at[1] - (south + north) / 2) * scale
    return box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 - y


def place_of(view: dict[str, Any], code: str) -> dict[str, Any]:
    """A building's mark."""
    return next(m for m in view["marks"] if m["code"] == f"building:{code}")


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.large)])
def test_by_mouse(town: str, window: Window, lang: str) -> None:
    """A mark stands where its point is; a click selects it here and in the table, another opens it; back, forward, reload stay."""
    opened, says, view = on_map(window, town, lang=lang), SAYS[lang], told(town)
    page = opened.page
    assert page.inner_text("h1") == says["title"]
    assert page.get_attribute(".net", "data-level") == "place"
    mark = place_of(view, "429902001/3")
    at = spot(opened, view, mark["geographic"])
    page.mouse.move(*at)
    page.wait_for_selector(".tip:has-text('3号楼')")
    page.mouse.click(*at)
    page.wait_for_selector(".chosen h2:has-text('3号楼')")
    assert "3号楼" in page.inner_text("tr[aria-selected=true]")
    assert f"{mark['counts']['organizations']}" in page.inner_text(".chosen .numbers")
    page.mouse.click(*at)
    page.wait_for_selector(".crumbs li:nth-child(4):has-text('3号楼')")
    drawn(opened)
    assert page.get_attribute(".net", "data-level") == "organization"
    assert (
        page.locator("tbody tr").count()
        == mark["counts"]["organizations"] + mark["counts"]["units"]
    )
    page.go_back()
    page.wait_for_selector(f"h1:has-text('{says['title']}')")
    page.go_forward()
    page.wait_for_selector(".crumbs li:nth-child(4)")
    page.reload()
    page.wait_for_selector(".crumbs li:nth-child(4):has-text('3号楼')")
    page.click(f"button:has-text('{says['up']}')")
    page.wait_for_selector(".crumbs li:nth-child(3) [aria-current=location]")
    undisturbed(opened, town)


@pytest.mark.parametrize("lang", [pytest.param("zh", marks=pytest.mark.large), "en"])
def test_by_keyboard_alone(town: str, window: Window, lang: str) -> None:
    """Arrows go to the mark that lies there, Enter opens, Backspace leaves, and each is said; signs zoom and fit."""
    opened = on_map(window, town, lang=lang)
    page, press = opened.page, opened.page.keyboard.press
    page.focus(".net")
    press("ArrowRight")
    page.wait_for_selector(".chosen h2")
    for _ in range(4):
        press("ArrowRight")
        page.wait_for_timeout(60)
    page.wait_for_selector(".chosen h2:has-text('3号楼')")
    assert "3号楼" in page.inner_text("#live")
    press("ArrowLeft")
    page.wait_for_selector(".chosen h2:not(:has-text('3号楼'))")
    press("ArrowRight")
    page.wait_for_selector(".chosen h2:has-text('3号楼')")
    press("Enter")
    page.wait_for_selector(".crumbs li:nth-child(4):has-text('3号楼')")
    assert opened.run("document.activeElement.className").startswith("net")
    opened.wait(f"document.getElementById('live').textContent.includes('{EACH + 1}')")
    press("Backspace")
    page.wait_for_selector(".crumbs li:nth-child(3) [aria-current=location]")
    page.focus("tbody a >> nth=1")
    page.wait_for_selector("tr[aria-selected=true]")
    undisturbed(opened, town)


@pytest.mark.large
def test_the_wheel_goes_in_and_out(town: str, window: Window) -> None:
    """What fills the picture is gone into, without a jump; what has become small is left."""
    opened, view = on_map(window, town), told(town)
    page = opened.page
    page.mouse.move(*spot(opened, view, place_of(view, "429902001/3")["geographic"]))
    for _ in range(12):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(750)
        if "in=" in page.url:
            break
    assert "in=429902" in page.url
    page.wait_for_selector(".crumbs li:nth-child(2):has-text('乙区')")
    for _ in range(20):
        page.mouse.wheel(0, 360)
        page.wait_for_timeout(750)
        if "in=" not in page.url:
            break
    assert "in=" not in page.url
    undisturbed(opened, town)


def test_the_overview_folds_away(town: str, window: Window) -> None:
    """What lies under the small map can be seen: it folds, stays so when the page is opened anew, and comes back."""
    opened = on_map(window, town, "#/map?in=429901")
    page = opened.page
    page.wait_for_selector(".minimap svg")
    page.click(".minimap button[aria-expanded=true]")
    page.wait_for_selector(".minimap svg", state="detached")
    page.reload()
    page.wait_for_selector(".minimap button[aria-expanded=false]")
    assert page.locator(".minimap svg").count() == 0
    page.focus(".minimap button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".minimap svg")
    undisturbed(opened, town)


def test_filters_and_numbers_open_to_their_rows(town: str, window: Window) -> None:
    """The legend filters and says how many; a number of a mark leads to as many rows; each filter goes with a click."""
    opened, view = on_map(window, town), told(town)
    page = opened.page
    states = [value["id"] for value in view["legend"]]
    eligible = view["totals"]["shares"][states.index("eligible")]
    row = page.locator(".legend button.value:has-text('qualifies, has no unit')")
    assert f"{eligible}" in row.inner_text()
    row.click()
    page.wait_for_selector(".chips button:has-text('qualifies, has no unit')")
    assert row.get_attribute("aria-pressed") == "true"
    assert "coverage=eligible" in page.url
    opened.wait(
        f"document.getElementById('live').textContent.includes(' {eligible:,} organizations')"
    )
    page.click(".chips button >> nth=0")
    page.wait_for_selector(".chips", state="detached")
    mark = place_of(view, "429901001/1")
    page.goto(f"{town}#/map?chosen={quote(mark['id'])}")
    drawn(opened)
    n = mark["shares"][states.index("eligible")]
    page.click(".chosen .shares li:has-text('qualifies, has no unit') a")
    page.wait_for_selector(".crumbs li:nth-child(4)")
    drawn(opened)
    assert page.locator("tbody tr").count() == n
    page.select_option(".controls select", "sector")
    page.wait_for_selector(".legend:has-text('not known')")
    assert "colour=sector" in page.url
    undisturbed(opened, town)


LEAVES = """() => {
  const net = document.querySelector('.net');
  const leave = () => { if (net.dataset.state === 'moving') location.hash = '#/'; };
  new MutationObserver(leave).observe(net, { attributeFilter: ['data-state'] });
}"""
"""Leaves the page at the first picture that is drawn on the way: nobody asks from outside as often as that is drawn."""


def test_left_in_flight(town: str, window: Window) -> None:
    """Who leaves while the camera is on its way leaves nothing behind that draws into a picture that is no more."""
    opened = on_map(window, town)
    page = opened.page
    opened.run(LEAVES)
    page.focus(".net")
    for key in "+-" * 10:  # a busy machine may have no time for a picture in between
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        if page.locator(".net").count() == 0:
            break
    page.wait_for_selector(".net", state="detached")
    page.wait_for_timeout(900)
    undisturbed(opened, town)


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.large)])
def test_what_is_left_out_is_said(town: str, window: Window, lang: str) -> None:
    """With its number, as the service counts it."""
    opened = on_map(window, town, lang=lang)
    (left,) = told(town)["left_out"]
    said = opened.page.inner_text(".notes")
    assert SAYS[lang]["left"] in said
    assert f"{left['organizations']:,}" in said
    undisturbed(opened, town)


STATES = """new Promise((done) => {
  const net = document.querySelector('.net');
  const seen = [];
  new MutationObserver(() => seen.push(net.dataset.state)).observe(net, { attributeFilter: ['data-state'] });
  document.querySelector('.choice button:nth-child(2)').click();
  setTimeout(() => done(seen), 1300);
})"""
"""What the picture says of itself from one layout to the other: a slow machine has few pictures in between."""


@pytest.mark.large
def test_layouts_change_into_one_another(town: str, window: Window) -> None:
    """Marks move from the one to the other; who wants no motion has the other at once."""
    seen = {}
    for motion in ("no-preference", "reduce"):
        opened = on_map(window, town, reduced_motion=motion)
        seen[motion] = "moving" in opened.run(STATES)
        drawn(opened)
        assert "layout=network" in opened.page.url
        assert opened.page.get_attribute(".net", "data-layout") == "network"
        undisturbed(opened, town)
    assert seen == {"no-preference": True, "reduce": False}


@pytest.mark.large
def test_the_slider_shows_the_city_of_a_date(town: str, window: Window) -> None:
    """Before the second import there are half as many organizations; the address holds the date."""
    opened = on_map(window, town)
    page = opened.page
    now, then = (told(town, asked)["totals"]["organizations"] for asked in ("", "as_of=2016-08-01"))
    assert now - len(PAYLOADS) == 2 * then == 3 * EACH
    page.focus("#map-date")
    page.keyboard.press("ArrowLeft")
    opened.wait(f"document.getElementById('live').textContent.includes(' {then:,} organizations')")
    assert "as_of=2016-08-01" in page.url
    page.click("[aria-label='Later import']")
    opened.wait(f"document.getElementById('live').textContent.includes(' {now:,} organizations')")
    assert "date" not in page.url
    undisturbed(opened, town)


def test_no_name_runs(town: str, window: Window) -> None:
    """Hostile names of places and organizations stay text in marks, tips, crumbs, panel and table (ROBUSTNESS C4)."""
    opened = on_map(
        window, town, "#/map?in=429901001&at=building:429901001/9&chosen=organization:BAD0"
    )
    page = opened.page
    assert page.locator("tbody tr").count() >= len(PAYLOADS)
    page.focus(".net")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    hostile = quote("<img src=x onerror=window.fired=1>")
    for place in (f"#/map?in={hostile}", f"#/map?at={hostile}", f"#/map?status={hostile}"):
        page.goto(town + place)
        page.wait_for_selector(".failure")
    assert opened.run("window.fired") is None
    for element in ("img", "script", "style", "iframe", "[onerror]", "[onload]"):
        assert page.locator(f"main {element}").count() == 0
    assert [t for t in opened.troubles if not re.search("40[04]", t)] == []
    undisturbed(opened, town, but="40")


@pytest.mark.parametrize(
    ("scheme", "lang"), [pytest.param("light", "zh", marks=pytest.mark.large), ("dark", "en")]
)
def test_accessible(town: str, window: Window, scheme: str, lang: str) -> None:
    """Axe finds nothing serious on the map of a city and of a place, selected and filtered; at 400 px nothing is cut."""
    opened = on_map(
        window, town, "#/map?kind=unit&chosen=street:429901001", lang=lang, color_scheme=scheme
    )
    page = opened.page
    assert serious(opened) == []
    page.goto(
        f"{town}#/map?in=429901001&at=building:429901001/9&layout=network&coverage=eligible,uncovered&colour=finding&chosen=organization:BAD0"
    )
    drawn(opened)
    for details in page.locator(".filters details").all():
        details.locator("summary").click()
    assert serious(opened) == []
    page.set_viewport_size({"width": 400, "height": 800})
    assert opened.run("document.getElementById('main').scrollWidth <= 400")
    # on a slow machine the audit is asked for again
    undisturbed(opened, town, but="503")

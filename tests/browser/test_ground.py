"""What lies under the city map in a real browser: boundaries and tiles; and each page's keys in the sheet."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.boundaries import Boundaries
from api.settings import state_of
from api.tiles import Tiles
from graph.policy.profile import load
from loaders.boundaries import Divisions, read
from tests.browser.conftest import Opened
from tests.browser.test_application import LANGUAGES, pytestmark, serious, served, undisturbed
from tests.browser.test_map import drawn, made, on_map
from tests.service.people import _quick

__all__ = ["_quick", "pytestmark"]

Window = Callable[..., Opened]
TILES = Tiles("https://tiles.example/{z}/{x}/{y}.png", "© 图商 <b>", "GCJ-02")
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
"""One red point, which a tile is full of."""
WATCHED = """() => {
    window.strengths = [];
    const net = document.querySelector('.net');
    new MutationObserver(() => window.strengths.push(net.dataset.strength)).observe(net, { attributeFilter: ['data-strength'] });
}"""
"""Keeps how strong tiles were on the way from one layout to the other."""
SAYS = {
    "zh": {"tiles": "街道底图", "moved": "GCJ-02", "network": "归属图", "boundaries": "2 个区、街道",
           "map": "在图中移到下一个标记", "everywhere": "各页通用", "dismiss": "不作问题"},
    "en": {"tiles": "Street map", "moved": "GCJ-02", "network": "What lies in what", "boundaries": "Outlines of 2 districts",
           "map": "to the next mark", "everywhere": "Everywhere", "dismiss": "dismiss"},
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map's city, with the boundaries of its two districts: one has a bay far into it."""
    folder = tmp_path_factory.mktemp("ground")
    path = made(folder / "town.db")
    west = [
        [114.28, 30.48],
        [114.36, 30.48],
        [114.36, 30.54],
        [114.35, 30.54],
        [114.35, 30.49],
        [114.34, 30.54],
        [114.28, 30.54],
    ]
    east = [[114.36, 30.48], [114.44, 30.48], [114.44, 30.58], [114.36, 30.58]]
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code, ring in (("429901", west), ("429902", east))
    ]  # fmt: skip
    file = folder / "b.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    found = read(file, Divisions({"429901": None, "429902": None}), load().extent)
    Boundaries(state_of(str(path))).load(found.boundaries, file.name)
    return path


@pytest.fixture(scope="module")
def tiled(store: Path) -> Iterator[str]:
    """The application, with tiles of another host."""
    with served(store, tiles=TILES) as url:
        yield url


@pytest.fixture(scope="module")
def plain(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application without tiles: another service, so on a copy of its own."""
    copy = tmp_path_factory.mktemp("plain") / "copy"
    shutil.copytree(store.parent, copy, ignore=shutil.ignore_patterns("*.lock"))
    with served(copy / store.name) as url:
        yield url


def test_the_board_lies_on_the_same_boundaries(plain: str, window: Window) -> None:
    """Each as one line under the marks, and said to be one, in place of nothing where none are loaded."""
    opened = window(locale="en-GB")
    page = opened.page
    page.goto(f"{plain}#/board")
    page.wait_for_selector(".sheet .boundary.district")
    assert page.locator(".sheet .boundary").count() == 2
    assert "boundaries of districts" in page.inner_text(".sheet")
    lines = [page.locator(".sheet .boundary").nth(k).bounding_box() for k in (0, 1)]
    (left, wide), (right, _) = sorted((line["x"], line["width"]) for line in lines if line)
    assert abs(left + wide - right) < 3
    undisturbed(opened, plain)


def answering(opened: Opened, *, lost: bool = False) -> list[str]:
    """Answer for the tiles' host; what it is asked for is told."""
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        if lost:
            route.fulfill(status=404)
        else:
            route.fulfill(body=PICTURE, content_type="image/png")

    opened.page.route("https://tiles.example/**", answer)
    return asked


def tiles_drawn(opened: Opened) -> tuple[int, float]:
    """How many tiles the picture has, and how strongly (what another host's pictures look like no script may read)."""
    net = opened.page.locator(".net")
    return int(net.get_attribute("data-tiles") or 0), float(net.get_attribute("data-strength") or 0)


def drawn_tiles(opened: Opened, wanted: Callable[[int, float], bool]) -> None:
    """Wait until the picture has tiles as they are wanted."""
    for _ in range(100):
        if wanted(*tiles_drawn(opened)):
            return
        opened.page.wait_for_timeout(50)
    raise AssertionError(f"never came: {tiles_drawn(opened)}")


def test_without_tiles_nobody_else_is_asked(plain: str, window: Window) -> None:
    """Boundaries are drawn in place of hulls and said to be; there is no switch, and no request leaves the host."""
    opened = on_map(window, plain)
    page = opened.page
    page.wait_for_selector(f".beneath:has-text('{SAYS['en']['boundaries']}')")
    assert page.locator(".beneath input").count() == 0
    polygon = page.evaluate(
        "() => fetch('/api/v1/ground?metres=3').then((a) => a.json()).then((g) => g.outlines.map((o) => o.rings[0][0].length / 2))"
    )
    assert sorted(polygon) == [4, 7]
    undisturbed(opened, plain)


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.large)])
def test_tiles_lie_under_the_map(tiled: str, window: Window, lang: str) -> None:
    """With their attribution as text; they fade on the way to the network, and whoever wants none of them keeps it so."""
    opened, says = window(locale=LANGUAGES[lang]), SAYS[lang]
    asked, page = answering(opened), opened.page
    page.goto(f"{tiled}#/map")
    drawn(opened)
    page.wait_for_selector(".attribution:has-text('© 图商 <b>')")
    assert says["moved"] in page.inner_text(".beneath")
    drawn_tiles(opened, lambda n, strength: n >= 4 and strength == 1)
    z, x, y = (int(part) for part in asked[0].removesuffix(".png").split("/")[-3:])
    # the middle of the city, moved by what GCJ-02 is off, lies in the tile that is asked for first
    assert abs((114.36 + 180) / 360 * 2**z - (x + 0.5)) < 2
    assert 0 < y < 2**z
    opened.run(WATCHED)
    page.click(f".choice button:has-text('{says['network']}')")
    drawn_tiles(opened, lambda n, strength: (n, strength) == (0, 0))
    drawn(opened)
    assert any(0 < float(strength) < 1 for strength in opened.run("window.strengths"))
    assert page.locator(".attribution").count() == 0
    page.go_back()
    drawn(opened)
    page.get_by_label(says["tiles"]).press("Space")
    page.wait_for_selector(".attribution", state="detached")
    before = len(asked)
    page.reload()
    drawn(opened)
    page.wait_for_timeout(300)
    assert not page.get_by_label(says["tiles"]).is_checked()
    assert len(asked) == before
    assert serious(opened) == []
    foreign = {r.split("/")[2] for r in opened.requests if not r.startswith((tiled, "data:", "blob:"))}  # fmt: skip
    assert foreign == {"tiles.example"}
    assert opened.troubles == []


def test_tiles_that_do_not_come_are_said_quietly(tiled: str, window: Window) -> None:
    """By the host's name; everything else is there, and no alert is raised."""
    opened = window(locale=LANGUAGES["en"])
    answering(opened, lost=True)
    opened.page.goto(f"{tiled}#/map")
    drawn(opened)
    opened.page.wait_for_selector(".beneath [role=status]:has-text('tiles.example does not come')")
    assert opened.page.locator("[role=alert]").count() == 0
    assert int(opened.page.get_attribute(".net", "data-marks") or 0) > 3


def test_the_page_lets_pictures_in_from_no_other_host(tiled: str, window: Window) -> None:
    """Not even where a script of ours asks: the policy names one host, and pictures alone."""
    opened = window(locale=LANGUAGES["en"])
    answering(opened)
    opened.page.goto(f"{tiled}#/map")
    drawn(opened)
    script = """(address) => new Promise((done) => {
        const picture = new Image();
        picture.onload = () => done('there');
        picture.onerror = () => done('refused');
        picture.src = address;
    })"""
    for host in ("tiles", "else"):
        opened.page.route(
            f"https://{host}.example/**",
            lambda route: route.fulfill(body=PICTURE, content_type="image/png"),
        )
    assert opened.page.evaluate(script, "https://tiles.example/1/1/1.png") == "there"
    assert opened.page.evaluate(script, "https://else.example/1/1/1.png") == "refused"
    assert (
        opened.page.evaluate(
            "fetch('https://tiles.example/1/1/1.png').then(() => 'there', () => 'refused')"
        )
        == "refused"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_page_tells_its_keys(plain: str, window: Window, lang: str) -> None:
    """The sheet has the page's own under its name, and what holds everywhere; m is the theme's, d the desk's."""
    opened, says = on_map(window, plain, lang=lang), SAYS[lang]
    page = opened.page
    page.keyboard.press("?")
    sheet = page.inner_text("dialog[open]")
    assert says["map"] in sheet
    assert says["everywhere"] in sheet
    page.keyboard.press("Escape")
    page.goto(f"{plain}#/desk")
    page.wait_for_selector(".rows li")
    theme = opened.run("document.documentElement.dataset.theme")
    page.keyboard.press("?")
    assert says["dismiss"] in page.inner_text("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    page.keyboard.press("d")
    page.wait_for_selector("dialog.ask[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.ask", state="detached")
    assert opened.run("document.documentElement.dataset.theme") == theme
    page.keyboard.press("m")
    opened.wait(f"document.documentElement.dataset.theme !== '{theme}'")

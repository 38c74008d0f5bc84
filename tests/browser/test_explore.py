"""The board on which one explores, in a real browser over a real service: by mouse, by keyboard, as files, as saved views."""

from __future__ import annotations

import contextlib
import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from openpyxl import load_workbook

from api.web import BUILT
from tests.browser.conftest import Opened
from tests.browser.test_application import (
    BY_KEYS,
    BY_MOUSE,
    LANGUAGES,
    MANY,
    PAYLOADS,
    made,
    serious,
    served,
    undisturbed,
)

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
MOST = 500
PATIENCE = 12_000
"""Milliseconds after which something never comes, on a machine with other work."""
PLACES = "new URLSearchParams(location.hash.split('?')[1]).get('at')"
"""Where an address says that things lie."""
SAYS = {
    "zh": {"open": "在关系探索中打开", "expand": "展开", "chosen": "已选 5 个", "box": "框选", "hide": "隐藏",
           "undone": "已撤销", "keys": "两者间的路径", "pinned": "已固定 1 个", "hidden": "已隐藏 1 个"},
    "en": {"open": "Open in Explore", "expand": "Expand", "chosen": "5 chosen", "box": "Rectangle", "hide": "Hide",
           "undone": "Undone", "keys": "path between", "pinned": "1 pinned", "hidden": "1 hidden"},
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application over the town."""
    with served(made(tmp_path_factory.mktemp("explore") / "town.db")) as url:
        yield url


def board(window: Window, url: str, *keys: str, lang: str = "en", **options: Any) -> Opened:
    """Open the page with some things on its board, and wait until they are drawn."""
    opened = window(locale=LANGUAGES[lang], **options)
    opened.page.set_default_timeout(PATIENCE)
    opened.page.goto(f"{url}#/explore" + (f"?show={quote_plus(' '.join(keys))}" if keys else ""))
    if keys:
        holds(opened, len(keys))
    else:
        opened.page.wait_for_selector(".start")
    return opened


def holds(opened: Opened, nodes: int, edges: int | None = None) -> None:
    """Wait until the board has so many things, and so many relations, all of them in their places."""
    more = "" if edges is None else f"[data-edges='{edges}']"
    opened.page.wait_for_selector(f"#board[data-nodes='{nodes}']{more}")
    # the address is written once all has come to rest
    opened.wait(f"{PLACES}?.split('.').filter(Boolean).length === {nodes}")


def told(opened: Opened, text: str) -> None:
    """Wait until the live region says it."""
    opened.wait(f"document.getElementById('live').textContent.includes({text!r})")


def middle(opened: Opened) -> tuple[float, float]:
    """Where the only thing of a board is drawn: a little left of the middle, for its name stands to the right."""
    box = opened.page.locator("#board").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2 - min(50, box["width"] * 0.05), box["y"] + box["height"] / 2


@BY_MOUSE
def test_by_mouse(town: str, window: Window, lang: str) -> None:
    """From an entity's page: choose, expand, drag, select by rectangle, hide, undo; back, forward and reload give it again."""
    opened, says = window(locale=LANGUAGES[lang]), SAYS[lang]
    page, mouse = opened.page, opened.page.mouse
    page.goto(f"{town}#/entity/unit:JOINT")
    page.click(f".panel a:has-text('{says['open']}')")
    holds(opened, 1)
    x, y = middle(opened)
    mouse.click(x, y)
    page.wait_for_selector(".side h2:has-text('光谷联合支部')")
    page.wait_for_selector(".side .values")
    assert "town.xlsx · unit · " in page.inner_text(".side")
    mouse.dblclick(x, y)
    holds(opened, 5, 4)
    page.click(f".tools-bar >> text={says['box']}")
    area = page.locator("#board").bounding_box()
    assert area is not None
    mouse.move(area["x"] + 3, area["y"] + 3)
    mouse.down()
    mouse.move(area["x"] + area["width"] - 3, area["y"] + area["height"] - 3, steps=4)
    mouse.up()
    page.wait_for_selector(f".side h2:has-text('{says['chosen']}')")
    assert page.locator("tr.picked").count() == 5
    page.click("tr:has-text('某街道工委') input >> nth=0")
    page.click(f".side button:has-text('{says['hide']}')")
    holds(opened, 1, 0)
    page.click(".tools-bar button >> nth=0")
    told(opened, says["undone"])
    holds(opened, 5, 4)
    page.reload()
    holds(opened, 5, 4)
    page.go_back()
    page.wait_for_selector(".panel h1:has-text('光谷联合支部')")
    page.go_forward()
    holds(opened, 5, 4)
    undisturbed(opened, town)


def test_what_is_dragged_is_pinned_and_stays(town: str, window: Window) -> None:
    """Where the mouse lets it go, also when all else is arranged anew; it can be taken back."""
    opened = board(window, town, "unit:JOINT")
    page = opened.page
    x, y = middle(opened)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y - 150, steps=5)
    page.mouse.up()
    opened.wait("location.hash.includes('*')")
    at = opened.run(PLACES)
    page.mouse.dblclick(x - 200, y - 150)
    holds(opened, 5, 4)
    page.click("text=Arrange anew")
    page.wait_for_timeout(300)
    holds(opened, 5, 4)
    assert opened.run(PLACES).split(".")[0] == at  # fmt: skip
    assert page.get_attribute(".side button:has-text('Pin')", "aria-pressed") == "true"
    page.keyboard.press("u")
    page.keyboard.press("u")
    holds(opened, 1)
    opened.wait("!location.hash.includes('*')")


@BY_KEYS
def test_by_keyboard_alone(town: str, window: Window, lang: str) -> None:
    """Search, arrows, space and the keys of the sheet do all that a mouse does, and say what came of it."""
    opened, says = board(window, town, lang=lang), SAYS[lang]
    page, press = opened.page, opened.page.keyboard.press
    press("/")
    page.keyboard.type("光谷联合", delay=10)
    page.wait_for_selector("[role=option]:has-text('光谷联合支部')")
    press("Enter")
    holds(opened, 1)
    page.focus("#board")
    press("ArrowRight")
    told(opened, "光谷联合支部")
    press("e")
    holds(opened, 5, 4)
    told(opened, "4")
    names = set()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowLeft") * 2:
        press(key)
        names.add(opened.run("document.getElementById('live').textContent.split(',')[0]"))
    assert len(names) >= 3
    press("Space")
    told(opened, names_at := opened.run("document.querySelector('.side h2').textContent.trim()"))
    assert names_at
    press("Space")
    press("p")  # nothing is chosen any more: it acts on the cursor, which has stayed
    told(opened, says["pinned"])
    press("p")
    press("h")
    told(opened, says["hidden"])
    page.wait_for_selector("#board[data-nodes='4']")
    for _ in range(3):
        press("u")
    holds(opened, 5, 4)
    press("r")
    opened.wait("location.hash.includes('*')")
    press("Control+z")
    press("u")
    holds(opened, 1)
    press("r")
    holds(opened, 5, 4)
    page.focus("input[aria-label*='JOINT'], tr:has-text('光谷联合支部') input")
    press("Space")
    page.focus("#board")
    press("c")
    holds(opened, 1)
    press("a")
    press("Escape")
    press("?")
    assert says["keys"] in page.inner_text("dialog[open]")
    press("Escape")
    undisturbed(opened, town)


def test_what_was_done_is_said_in_the_language_of_the_page(town: str, window: Window) -> None:
    """Whoever changes the language reads in the new one what came of the step before."""
    opened = board(window, town, "unit:STREET")
    page = opened.page
    page.keyboard.press("a")
    page.keyboard.press("e")
    page.wait_for_selector(".side .said:has-text('neighbours')")
    page.keyboard.press("l")
    page.wait_for_selector(".side .said:has-text('画出')")
    assert "neighbours" not in page.inner_text(".side .said")
    undisturbed(opened, town)


def test_a_step_that_can_be_taken_no_more_keeps_the_focus(town: str, window: Window) -> None:
    """Undo at the beginning, redo at the end and an empty board's *Clear* do nothing, and are still where the keyboard is."""
    opened = board(window, town, "unit:STREET")
    page, press = opened.page, opened.page.keyboard.press
    press("a")
    press("h")
    undo, redo = (f".tools-bar [aria-label={one}]" for one in ("Undo", "Redo"))
    for button in (undo, redo):
        page.wait_for_selector(f"{button}:not([aria-disabled])")
        page.focus(button)
        press("Enter")
        page.wait_for_selector(f"{button}[aria-disabled]")
        assert opened.run(f"document.activeElement.matches({button!r})")
    press("u")
    clear = ".tools-bar button:text-is('Clear')"
    page.wait_for_selector(f"{clear}:not([aria-disabled])")
    page.focus(clear)
    press("Enter")
    page.wait_for_selector(f"{clear}[aria-disabled]")
    assert opened.run("document.activeElement.textContent") == "Clear"
    undisturbed(opened, town)


def test_no_supernode_floods_the_board(town: str, window: Window) -> None:
    """A street with a thousand: a few of each kind and its count, more by kind, never above the cap, and it says so."""
    opened = board(window, town, "division:420101001")
    page = opened.page
    page.mouse.click(*middle(opened))
    page.wait_for_selector(f".around-kinds li:has-text('0 of {MANY:,}')")
    page.keyboard.press("e")
    holds(opened, 13, 12)
    told(opened, f"12 new ones drawn of {MANY:,}")
    page.click(".around-kinds button:has-text('+12')")
    holds(opened, 25, 24)
    assert (
        page.locator(".around-kinds button").count() == 1
    )  # the rest is more than there is room for
    page.keyboard.press("c")
    holds(opened, 1)
    undisturbed(opened, town)


def test_what_was_asked_of_another_date_is_not_drawn(town: str, window: Window) -> None:
    """Neighbours that are still under way when the date changes are of no use, and nothing is expanded."""
    opened = board(window, town, "unit:JOINT")
    page = opened.page
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/api/v1/neighbours/**", hold)
    page.focus("#board")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("e")
    page.fill(".tools-bar input[type=date]", "2016-09-01")
    opened.wait("location.hash.includes('as_of=2016-09-01')")
    page.unroute("**/api/v1/neighbours/**")
    assert held
    for route in held:
        with contextlib.suppress(Exception):  # some were given up by the page
            route.continue_()
    page.wait_for_timeout(600)
    assert page.get_attribute("#board", "data-nodes") == "1"
    page.focus("#board")
    page.keyboard.press("e")
    holds(opened, 5, 4)
    undisturbed(opened, town)


@pytest.mark.large
def test_a_full_board_says_so(town: str, window: Window) -> None:
    """Five hundred things are drawn; nothing more is added, and it is said what to do."""
    many = [f"organization:F{k:04}" for k in range(MOST - 1)]
    opened = board(window, town, "unit:STREET", *many)
    page = opened.page
    page.click("tr:has-text('某街道工委') input >> nth=0")
    page.wait_for_selector(".side button.main:disabled")
    page.focus("#board")
    page.keyboard.press("e")
    told(opened, f"{MOST} things are on the board, the most there may be")
    assert page.get_attribute("#board", "data-nodes") == str(MOST)
    undisturbed(opened, town)


def test_paths_and_neighbours_in_common(town: str, window: Window) -> None:
    """One least path, then all, each to be shown alone; what several have in common; filters by kind of relation."""
    opened = board(window, town, "organization:F0001", "organization:F0002")
    page = opened.page
    page.focus("#board")
    page.keyboard.press("a")
    page.click("text=Path between")
    told(opened, "2 steps apart; 1 of 2 least paths")
    holds(opened, 3, 2)
    page.keyboard.press("u")
    page.click("text=All least paths")
    told(opened, "2 of 2 least paths")
    holds(opened, 4, 4)
    assert page.locator(".paths button").count() == 2
    page.uncheck(".filters label:has-text('covers') input")
    page.wait_for_selector("#board[data-edges='2']")
    opened.wait("location.hash.includes('without=')")  # written after it is drawn
    page.reload()
    page.wait_for_selector("#board[data-nodes='4'][data-edges='2']")
    page.check(".filters label:has-text('covers') input")
    holds(opened, 4, 4)
    page.goto(
        f"{town}#/explore?show=organization%3AF0000+organization%3AF0001+organization%3AF0009"
    )
    holds(opened, 3, 0)
    page.focus("#board")
    page.keyboard.press("a")
    page.click("text=Neighbours in common")
    told(opened, "1 neighbours in common of 3")
    holds(opened, 4, 3)
    undisturbed(opened, town)


def saved(opened: Opened, what: str, place: Path) -> Path:
    """Save a file of the menu."""
    page = opened.page
    if not page.is_visible(".menu ul"):
        page.click(".menu summary")
    with page.expect_download() as saving:
        page.click(f".menu button:has-text('{what}')")
    path = place / saving.value.suggested_filename
    saving.value.save_as(path)
    return path


def test_what_is_drawn_leaves_as_files(town: str, window: Window, tmp_path: Path) -> None:
    """PNG, SVG with its legend, an offline page with its tables, GraphML and xlsx; no hostile name runs in any."""
    keys = [f"unit:BAD{k}" for k in range(len(PAYLOADS))]
    opened = board(window, town, "unit:JOINT", "unit:STREET", *keys)
    number = len(keys) + 2
    assert opened.run("window.fired") is None
    for element in ("img", "script", "style", "iframe", "[onerror]", "[onload]"):
        assert opened.page.locator(f"main {element}").count() == 0
    picture = saved(opened, "Picture (PNG)", tmp_path).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") > 1000
    svg = ET.parse(saved(opened, "Drawing (SVG)", tmp_path)).getroot()
    space = "{http://www.w3.org/2000/svg}"
    titles = [t.text for t in svg.iter(f"{space}title")]
    assert "光谷联合支部" in titles
    assert len(titles) == number + 1
    words = [str(t.text) for t in svg.iter(f"{space}text")]
    assert f"party unit {number}" in words
    assert any(w.startswith("subordinate to") for w in words)
    graphml = ET.parse(saved(opened, "GraphML", tmp_path)).getroot()
    assert len(list(graphml.iter("{http://graphml.graphdrawing.org/xmlns}node"))) == number
    assert saved(opened, "Excel", tmp_path).read_bytes().startswith(b"PK")
    page = saved(opened, "offline", tmp_path)
    with opened.page.expect_download() as saving:
        opened.page.click(".explore > .twin >> nth=0 >> text=Export .xlsx")
    saving.value.save_as(tmp_path / "twin.xlsx")
    rows = list(load_workbook(tmp_path / "twin.xlsx").worksheets[0].iter_rows())
    assert [len(rows), rows[0][0].value, rows[1][0].value] == [number + 1, "Name", "光谷联合支部"]
    assert {cell.data_type for row in rows for cell in row} == {"s", "n"}
    undisturbed(opened, town)
    alone = window()
    alone.page.goto(page.resolve().as_uri())
    assert alone.run("window.fired") is None
    assert alone.page.locator("tbody >> nth=0 >> tr").count() == number
    for element in ("img", "script", "iframe", "[onerror]", "[onload]"):
        assert alone.page.locator(element).count() == 0
    assert [r for r in alone.requests if not r.startswith("file:")] == []
    assert alone.troubles == []
    assert alone.run("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"  # fmt: skip


def test_the_tables_are_the_board_s_twins(town: str, window: Window) -> None:
    """They list what is drawn, choose with it, and leave as CSV."""
    opened = board(window, town, "unit:JOINT", "unit:STREET", "unit:CITY")
    page = opened.page
    twins = page.locator(".explore > .twin")
    assert [twins.nth(k).locator("tbody tr").count() for k in (0, 1)] == [3, 2]
    page.focus("#board")
    page.keyboard.press("a")
    assert page.locator("tr.picked").count() == 3
    with page.expect_download() as saving:
        page.click(".explore > .twin >> nth=0 >> text=Export CSV")
    read = list(csv.reader(io.StringIO(saving.value.path().read_text("utf-8-sig"))))
    assert [r[0] for r in read] == ["Name", "光谷联合支部", "某街道工委", "某市两新工委"]
    # a chain is drawn in levels: superiors above
    at = opened.run(PLACES).split(".")
    heights = [int(one.split("_")[1]) for one in at]
    assert heights == sorted(heights, reverse=True)


def test_a_view_is_saved_and_opened_by_its_link(town: str, window: Window) -> None:
    """With note, places and pins, in another window; changed in its place; once deleted its link says so."""
    opened = board(window, town, "unit:JOINT", "unit:STREET")
    page = opened.page
    page.focus("#board")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    opened.wait("location.hash.includes('*')")
    places = opened.run(PLACES)
    page.click("text=Saved views")
    assert "Nothing about a person" in page.inner_text("dialog")
    page.fill("dialog [name=name]", PAYLOADS[0])
    page.fill("dialog [name=note]", "call 13812345678")
    page.click("dialog form button.main")
    page.wait_for_selector("dialog .failure:has-text('telephone number')")
    page.fill("dialog [name=note]", "<b>check</b> in September")
    page.check("dialog [name=shared]")
    page.click("dialog form button.main")
    page.wait_for_selector(".views-kept li:has-text('<b>check</b>')")
    link = str(page.get_attribute(".views-kept a", "href"))
    assert "saved=" in link
    assert len(link) < 60
    page.keyboard.press("Escape")
    other = window(locale="zh-CN")
    other.page.goto(town + link)
    holds(other, 2, 1)
    assert other.run(PLACES) == places
    page.keyboard.press("h")
    page.wait_for_selector("#board[data-nodes='1']")
    page.click("text=Saved views")
    page.click("text=Save changes")
    page.wait_for_selector(".views-kept li:has-text('1 things')")
    page.click(".views-kept button:has-text('Delete')")
    page.click(".views-kept button:has-text('Really delete')")
    page.wait_for_selector("dialog .said:has-text('deleted')")
    page.wait_for_selector(".views-kept li", state="detached")
    undisturbed(opened, town, but="400")
    other.page.goto("about:blank")
    other.page.goto(town + link)
    other.page.wait_for_selector(".failure:has-text('没有可供您打开的这个视图')")
    assert other.run("window.fired") is None


@pytest.mark.parametrize(("scheme", "lang"), [("light", "zh"), ("dark", "en")])
def test_accessible(town: str, window: Window, scheme: str, lang: str) -> None:
    """Axe finds nothing serious on the empty page, the board, its menus and dialogues; at 400 px nothing sticks out."""
    opened = board(window, town, lang=lang, color_scheme=scheme)
    page = opened.page
    if lang == "zh":  # each view once is enough of it: axe takes a second
        assert serious(opened) == []
    page.goto(f"{town}#/explore?show=unit%3AJOINT+unit%3ASTREET+organization%3AF0001")
    holds(opened, 3)
    page.click("tr:has-text('光谷联合支部') input >> nth=0")
    page.wait_for_selector(".side .values")
    page.click(".menu summary")
    assert serious(opened) == []
    assert page.locator("h1").count() == 1
    page.click(".menu summary")
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_timeout(100)
    assert opened.run("document.querySelector('main').scrollWidth") <= 400
    page.click(".tools-bar .end > button >> nth=0")
    page.wait_for_selector("dialog[open]")
    assert serious(opened) == []

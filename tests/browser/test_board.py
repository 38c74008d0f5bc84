"""The planner's board in a real browser: list and map, a plan and its draft, the cross-off; by mouse and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from api.web import BUILT
from graph.board import making
from graph.store import open_store
from tests.audit.town import Town
from tests.browser.conftest import Opened
from tests.browser.test_application import AXE, PAYLOADS, serious, served, undisturbed, visit
from tests.service.people import _quick

if TYPE_CHECKING:
    from playwright.sync_api import Route

__all__ = ["_quick"]

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
STREET = "street:420101002"
SAYS = {
    "zh": {"again": "据此重新规划", "broken": "违反规则", "formed": "已组建", "undo": "撤销一步", "pin": "固定"},
    "en": {
        "again": "Plan again from here", "broken": "breaks a rule", "formed": "formed", "undo": "Undo", "pin": "pinned",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application over a street with six small firms in two buildings, and some with names that attack."""
    made = Town()
    made.unit("S12", type="工委", superior="D1", street="420101002", district="420101")
    for b in ("1", "2"):
        made.put("building", f"building:420101002/{b}", code=b, name=f"{b}号楼", street="420101002")
        for x, m in enumerate((1, 2, 1)):
            made.firm(
                f"K{b}{x}", name=f"光谷{b}{x}公司", formal_members=m, street="420101002", industry=f"521{b}",
                building=f"building:420101002/{b}", lon=114.3 + int(b) / 1000 + x / 5000, lat=30.6 + x / 5000, datum="WGS84",
            )  # fmt: skip
    made.firm("ALONE", formal_members=1, street="420101002", industry="0111", name="独家公司")
    for n, text in enumerate(PAYLOADS):
        made.firm(
            f"BAD{n}", name=text, formal_members=1, street="420101002", industry="0111", address=text,
            measures=text, lon=114.31, lat=30.61, datum="WGS84",
        )  # fmt: skip
    path: Path = tmp_path_factory.mktemp("board") / "town.db"
    store = open_store(str(path), create=True)
    made.load(store)
    store.close()
    with served(path) as url:
        yield url


@pytest.fixture
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application over a street of three firms without units, two formed on the board and one struck off."""
    made = Town()
    made.unit("S12", type="工委", superior="D1", street="420101002", district="420101")
    for n in range(3):
        made.firm(
            f"K2{n}", name=f"光谷2{n}公司", formal_members=1, street="420101002", industry="5211"
        )
    path: Path = tmp_path_factory.mktemp("inspected") / "town.db"
    store = open_store(str(path), create=True)
    made.load(store)
    making.advance(store, ["K20", "K21", "K22"], "formed", "某局", 20170106, "批复")
    for to in ("verified", "struck_off"):
        making.advance(store, ["K20"], to, "某局", 20170106, "批复")
    store.close()
    with served(path) as url:
        yield url


def board(window: Window, url: str, lang: str, tab: str = "", **options: object) -> Opened:
    """Open the board of the street."""
    opened = visit(window, url, f"#/board?in={STREET}&tab={tab}", lang, **options)
    opened.page.wait_for_selector("#tab-panel > *:not(.quiet)")
    return opened


def planned(opened: Opened) -> None:
    """Plan, and wait for the proposals."""
    opened.page.click(".planning button.main")
    opened.page.wait_for_selector(".cards .people li", timeout=60_000)


def verdict(opened: Opened, pattern: str) -> str:
    """Wait for what a draft comes to."""
    opened.page.wait_for_selector(f".verdict:has-text('{pattern}')")
    return opened.page.inner_text(".verdict")


@pytest.mark.large  # the planner's journey goes this way too (test_journeys.py)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_by_mouse(street: str, window: Window, lang: str) -> None:
    """A mark says why; a plan is made, opened, dragged, said to break a rule, undone, and planned again from a pin."""
    says = SAYS[lang]
    opened = board(window, street, lang)
    page = opened.page
    page.click("[data-code=K10]", force=True)
    page.wait_for_selector(".about h2:has-text('光谷10公司')")
    assert "S28" in page.inner_text(".about")
    page.click("#tab-plan")
    planned(opened)
    groups = page.locator(".card-of[data-group^=NEW]")
    first = page.locator(".card-of:has([data-code=K10])")
    first.locator("button[aria-expanded]").click()
    page.wait_for_selector(".apart table")
    assert "1号楼" in page.inner_text(".apart")
    assert int(page.get_attribute(".sheet svg[role=img]", "data-hulls") or 0) >= groups.count()
    page.set_viewport_size({"width": 1280, "height": 3000})
    page.click(".sheet .zoom button >> nth=0")
    seen = [
        page.get_attribute(at, "transform") for at in (".sheet .seen", ".sheet [data-code=K20]")
    ]
    page.locator(".people li[data-code=K11]").drag_to(
        page.locator(".card-of:has([data-code=K20]) h3")
    )
    verdict(opened, says["broken"])
    assert first.locator(".faults li").get_attribute("data-rule") == "min_members"
    # looked at as before, from where one was
    assert seen[0] != "translate(0.0 0.0) scale(1.000)"
    assert seen == [
        page.get_attribute(at, "transform") for at in (".sheet .seen", ".sheet [data-code=K20]")
    ]
    table = page.locator(".proposals > .twin")
    assert table.locator("tbody tr").count() == page.locator(".cards .people li[data-code]").count()
    table.locator("tr:has-text('K22') input").check()
    assert page.is_checked(".people li[data-code=K22] input")
    table.locator("tr:has-text('K22') input").uncheck()
    page.go_back()
    page.wait_for_selector(".verdict", state="detached")
    page.go_forward()
    verdict(opened, says["broken"])
    page.click(f"button:has-text('{says['undo']}')")
    page.wait_for_selector(".verdict", state="detached")
    page.check(".people li[data-code=K10] input")
    page.check(".people li[data-code=K20] input")
    page.locator(".act button").nth(0).click()
    assert says["pin"] in page.inner_text(".decisions")
    before = page.url
    page.click(f"button.main:has-text('{says['again']}')")
    opened.wait(
        f"location.href.split('job=')[1]?.slice(0, 32) !== {before.split('job=')[1][:32]!r}"
    )
    page.wait_for_selector(".card-of:has([data-code=K10]):has([data-code=K20])", timeout=60_000)
    page.wait_for_selector(".rates table")
    # S1's goal, and S2's of the eligible: each rate with its own, and none where the plan sets none
    goals = page.locator(".rates tbody tr td:nth-child(8)").all_inner_texts()
    assert goals == ["80%", "80%", "100%", "–", "–", "–"]
    with page.expect_download() as download:
        page.click(".files a[download='worklist.xlsx']")
    assert download.value.suggested_filename == "worklist.xlsx"
    page.reload()
    page.wait_for_selector(".card-of:has([data-code=K10]):has([data-code=K20])")
    undisturbed(opened, street)


def recorded(opened: Opened, code: str) -> None:
    """Record the next step of one organization, by keyboard."""
    page, press = opened.page, opened.page.keyboard.press
    page.focus(f".crossing tr[data-key={code}] input")
    press("Space")
    page.focus(".crossing .act button.main")
    press("Enter")
    page.wait_for_selector("dialog.recording textarea")
    page.keyboard.type("批复〔2017〕1号")
    press("Tab")
    page.keyboard.type("某街道党工委")
    press("Enter")
    page.wait_for_selector("dialog.recording", state="detached")


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.large)])
def test_by_keyboard_alone(street: str, window: Window, lang: str) -> None:
    """Tabs by arrows, a move to a new group with its verdict in the live region, a step recorded and taken back."""
    says = SAYS[lang]
    opened = board(window, street, lang)
    page, press = opened.page, opened.page.keyboard.press
    page.focus("#tab-open")
    press("ArrowRight")
    opened.wait("document.activeElement.id === 'tab-plan'")
    page.focus(".planning button.main")
    press("Enter")
    page.wait_for_selector(".cards .people li", timeout=60_000)
    page.focus(".people li[data-code=K12] input")
    press("Space")
    page.focus(".act select")
    press("End")
    press("Enter")
    page.wait_for_selector(".card-of.changed:has([data-code=K12])")
    opened.wait("/成本|cost|规则|rule/.test(document.querySelector('#live').textContent)")
    page.focus(".sheet .ground")
    press("+")
    press("ArrowLeft")
    press("0")
    page.focus("#tab-plan")
    press("ArrowRight")
    page.wait_for_selector(".crossing table")
    code = "K21" if lang == "zh" else "K22"
    recorded(opened, code)
    page.wait_for_selector(f"tr:has-text('光谷{code[1:]}公司') .state:has-text('{says['formed']}')")
    page.focus(f".crossing tr[data-key={code}] input")
    press("Space")
    page.focus(".crossing .act button:nth-of-type(2)")
    press("Enter")
    page.wait_for_selector("dialog.recording textarea")
    press("Escape")
    page.wait_for_selector("dialog.recording", state="detached")
    press("Enter")
    page.fill("dialog.recording textarea", "误记")
    page.fill("dialog.recording input[name=office]", "某街道党工委")
    press("Enter")
    page.wait_for_selector(f"tr:has-text('光谷{code[1:]}公司') .state.pending")
    page.locator(f".crossing .link:has-text('光谷{code[1:]}公司')").press("Enter")
    page.wait_for_selector(".history .taken")
    assert page.locator(".history li").count() == 2
    undisturbed(opened, street)


@pytest.mark.large
def test_a_long_board_is_read_as_far_as_it_is_looked_at(street: str, window: Window) -> None:
    """Of more than one answer holds, the next are loaded when asked for; whom a plan names is read by its ledger unit."""
    opened = visit(window, street)
    page = opened.page

    def long(route: Route) -> None:
        answer = route.fetch(url=route.request.url.replace("limit=3000", "limit=4"))
        told = answer.json()
        told["totals"]["organizations"] = 3_001
        route.fulfill(json=told)

    page.route("**/api/v1/board/list?*", long)
    opened.run(f"location.hash = '#/board?in={STREET}&tab=cross'")
    rows = page.locator(".crossing tbody tr:has(.link)")
    page.wait_for_selector(".crossing .more:has-text('4 of 3,001')")
    assert rows.count() == 4
    page.click(".crossing .more button")
    page.wait_for_selector(".crossing .more:has-text('8 of 3,001')")
    assert rows.count() == 8
    page.click(".crossing .lane button:has-text('pending')")
    page.wait_for_selector(".crossing .more:has-text('4 of')")
    page.click("#tab-plan")
    planned(opened)
    opened.wait(
        "[...document.querySelectorAll('.people li[data-code] .name')].every((n) => !/^(K|BAD)\\d+$/.test(n.textContent))"
    )
    assert page.locator(".people .name:text-is('光谷22公司')").count() == 1
    undisturbed(opened, street)


def test_what_is_refused_is_said_in_the_dialogue(street: str, window: Window) -> None:
    """A person's number is refused, not repeated, and what was typed stays."""
    opened = board(window, street, "en", "cross")
    page = opened.page
    page.check(".crossing tr[data-key=K10] input")
    page.click(".crossing .act button.main")
    page.fill("dialog.recording textarea", "13800138000")
    page.fill("dialog.recording input[name=office]", "某街道党工委")
    page.click("dialog.recording button[type=submit]")
    page.wait_for_selector("dialog.recording .failure")
    assert "13800138000" not in page.inner_text("dialog.recording .failure")
    assert page.input_value("dialog.recording textarea") == "13800138000"
    undisturbed(opened, street, but="400")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 400)])
def test_everybody_can_use_it(street: str, window: Window, scheme: str, width: int) -> None:
    """Axe finds nothing serious in any view, nothing is wider than the window, and names that attack run nothing."""
    opened = board(window, street, "en", color_scheme=scheme)
    page = opened.page
    page.set_viewport_size({"width": width, "height": 800})
    for tab, ready in (
        ("open", ".twin tbody tr"),
        ("plan", ".planning"),
        ("cross", ".crossing tbody tr"),
    ):
        page.click(f"#tab-{tab}")
        page.wait_for_selector(ready)
        if tab == "plan":
            planned(opened)
        opened.run(AXE.read_text(encoding="utf-8"))
        found = opened.run(
            "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)"
        )
        serious = [
            (v["id"], v["nodes"][0]["html"][:160])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert serious == []
        assert opened.run("document.documentElement.scrollWidth") <= width
    assert not re.search("dialog|alert", " ".join(opened.troubles))
    undisturbed(opened, street)


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.large)])
def test_an_inspection_by_keyboard_and_what_follows_from_it(
    inspected: str, window: Window, lang: str, tmp_path: Path
) -> None:
    """A sample is drawn, a result recorded, the firm is inspected with it; the look-back tells who is struck off without a unit."""
    opened = board(window, inspected, lang, "inspect")
    page = opened.page
    page.focus(".inspecting .bar button")
    page.keyboard.press("Enter")
    page.fill("dialog [name=size]", "2")
    page.fill("dialog [name=seed]", "7")
    page.fill("dialog [name=office]", PAYLOADS[0])
    page.keyboard.press("Enter")
    page.wait_for_selector(".inspecting tbody input[type=checkbox]")
    page.focus(".inspecting tbody input[type=checkbox]")
    page.keyboard.press("Space")
    page.click(".inspecting .act button.main")
    page.select_option("dialog [name=result]", "differs")
    page.fill("dialog [name=evidence]", PAYLOADS[1])
    page.fill("dialog [name=office]", "某区委组织部")
    page.keyboard.press("Enter")
    opened.wait("document.querySelector('.inspecting tbody')?.textContent.includes('≠')")
    assert "1" in page.inner_text(".inspecting [role=status]")
    assert PAYLOADS[1] in page.inner_text(".inspecting tbody")
    with page.expect_download() as coming:
        page.click(".inspecting .act button:has-text('.xlsx')")
    file = tmp_path / "sample.xlsx"
    coming.value.save_as(file)
    book = openpyxl.load_workbook(file)
    assert len(list(book.worksheets[0].rows)) == 3
    page.focus("#tab-inspect")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".looking tbody tr")
    assert "光谷20公司" in page.inner_text(".looking tbody >> nth=0")
    assert serious(opened) == []
    assert opened.run("window.fired") is None
    undisturbed(opened, inspected)


def test_the_wall_map_is_asked_for_where_one_looks(
    street: str, window: Window, tmp_path: Path
) -> None:
    """From the board: sheet, format and language are chosen, and the file has them."""
    opened = board(window, street, "en", "cross")
    page = opened.page
    page.focus(".board .head button[aria-haspopup=dialog]")
    page.keyboard.press("Enter")
    page.check("dialog [value=A4]")
    page.check("dialog [value=svg]")
    page.select_option("dialog [name=language]", "zh")
    with page.expect_download() as coming:
        page.click("dialog button.main")
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    assert file.suffix == ".svg"
    assert "组织覆盖挂图" in file.read_text(encoding="utf-8")
    page.wait_for_selector("dialog.wall", state="detached")
    undisturbed(opened, street)

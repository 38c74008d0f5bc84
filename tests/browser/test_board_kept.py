"""What a planner has on the board stays: the list and its place, the focus, and on paper what, where and as of when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from api.web import BUILT
from tests.browser.conftest import Opened
from tests.browser.test_application import undisturbed
from tests.browser.test_board import board, recorded, street
from tests.service.people import _quick

__all__ = ["_quick", "street"]

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
FILTER = ".crossing .twin input[type=search]"
ROWS = ".crossing .twin tbody tr"
HEARD = """() => {
  window.heard = [];
  const live = document.getElementById('live');
  new MutationObserver(() => heard.push(live.textContent)).observe(live, { childList: true, characterData: true, subtree: true });
}"""
LOST = """() => {
  window.lost = [];
  const look = () => {
    // as it is when a frame is drawn, which is when who listens is told
    if (document.activeElement === document.body) lost.push(document.getElementById('main').innerText.slice(0, 200));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
"""Notes each frame in which nothing has the focus."""


def test_a_recorded_step_leaves_the_list_where_it_is(street: str, window: Window) -> None:
    """After a step the filter, the rows and the focus are where they were, and what was recorded is the last that is said."""
    opened = board(window, street, "en", "cross")
    page = opened.page
    page.fill(FILTER, "光谷1")
    opened.wait(f"document.querySelectorAll({ROWS!r}).length === 3")
    assert "text=" in page.url
    opened.run(HEARD)
    opened.run("document.querySelector('.crossing .twin').same = true")
    recorded(opened, "K11")
    page.wait_for_selector(f"{ROWS}[data-key=K11] .state.formed")
    assert opened.run("document.querySelector('.crossing .twin').same")
    assert page.input_value(FILTER) == "光谷1"
    assert page.locator(ROWS).count() == 3
    assert opened.run("document.activeElement.closest('tr')?.dataset.key") == "K11"
    assert opened.run("heard.map((text) => text.trim())") == ["Recorded"]
    page.reload()
    page.wait_for_selector(ROWS)
    assert page.input_value(FILTER) == "光谷1"
    undisturbed(opened, street)


def test_the_cross_off_list_is_sorted_and_leaves_as_files(
    street: str, window: Window, tmp_path: Path
) -> None:
    """The list is sorted by its heads, and what the filter leaves goes into the clipboard's, CSV's and .xlsx's rows."""
    opened = board(window, street, "en", "cross")
    page = opened.page
    page.fill(FILTER, "光谷2")
    opened.wait(f"document.querySelectorAll({ROWS!r}).length === 3")
    head = page.locator(".crossing .twin th button:has-text('Organization')")
    head.click()
    head.click()
    shown = page.locator(f"{ROWS} .link").all_inner_texts()
    assert shown == ["光谷22公司", "光谷21公司", "光谷20公司"]
    with page.expect_download() as coming:
        page.click(".crossing .twin button:has-text('.xlsx')")
    file = tmp_path / "list.xlsx"
    coming.value.save_as(file)
    rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == shown
    assert [row[-1] for row in rows] == ["Code", "K22", "K21", "K20"]
    with page.expect_download():
        page.click(".crossing .twin button:has-text('CSV')")
    page.locator(".crossing .twin button:has-text('Copy')").wait_for()
    undisturbed(opened, street)


def test_paper_says_what_where_and_as_of_when(street: str, window: Window) -> None:
    """Printed, the list has its heading, jurisdiction, date, counts and filter, and all of its rows."""
    opened = board(window, street, "en", "cross")
    page = opened.page

    def long(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        told = answer.json()
        one = told["entries"][0]
        told["entries"] = [{**one, "code": f"N{n}", "name": f"光谷{n}"} for n in range(700)]
        told["totals"]["organizations"] = 700
        route.fulfill(json=told)  # type: ignore[attr-defined]

    page.route("**/api/v1/board/list?*", long)
    page.reload()
    page.wait_for_selector(".crossing .twin [role=status]:has-text('first 500 of 700')")
    page.fill(FILTER, "光谷")
    page.emulate_media(media="print")
    # as a button of the page prints: no task runs between the event and the picture
    n, told = opened.run(
        "(dispatchEvent(new Event('beforeprint')),"
        f" [document.querySelectorAll({ROWS!r}).length, document.querySelector('main').innerText])"
    )
    assert n == 700
    for said in (
        "Board",
        "Jurisdiction",
        "as of 2017",
        "pending",
        "filtered by: 光谷",
        "rows: 700",
    ):
        assert said in told
    assert "Export" not in told
    assert "Record" not in told
    opened.run("dispatchEvent(new Event('afterprint'))")
    opened.wait(f"document.querySelectorAll({ROWS!r}).length === 500")


def test_the_focus_goes_on_from_what_one_did(street: str, window: Window) -> None:
    """By keyboard alone, planning, moving, undoing, planning again and recording never leave the focus nowhere."""
    opened = board(window, street, "en", "plan")
    page, press = opened.page, opened.page.keyboard.press
    page.focus(".planning button.main")
    opened.run(LOST)
    press("Enter")
    page.wait_for_selector(".cards .people li", timeout=60_000)
    assert opened.run("document.activeElement.matches('.planning button.main')")
    page.focus(".people li[data-code=K12] input")
    press("Space")
    page.focus(".act select")
    press("End")
    press("Enter")
    page.wait_for_selector(".card-of.changed:has([data-code=K12])")
    assert opened.run("document.activeElement.closest('li')?.dataset.code") == "K12"
    page.focus(".act button:has-text('Undo')")
    press("Enter")
    page.wait_for_selector(".card-of.changed", state="detached")
    assert opened.run("document.activeElement.textContent") == "Undo"
    page.focus(".planning button.main")
    former = page.url
    press("Enter")
    page.wait_for_url(lambda url: "job=" in url and url != former)
    page.wait_for_selector(".cards .people li", timeout=60_000)
    assert opened.run("document.activeElement.matches('.planning button.main')")
    page.focus("#tab-plan")
    press("ArrowRight")
    page.wait_for_selector(ROWS)
    page.click(".crossing .lane button:has-text('pending')")
    recorded(opened, "K20")
    # it has left those that are pending: one goes on at the row in its place
    page.wait_for_selector(f"{ROWS}[data-key=K20]", state="detached")
    opened.wait(f"document.activeElement.closest({ROWS!r}) !== null")
    assert opened.run("lost") == []
    undisturbed(opened, street)


def test_what_is_busy_keeps_the_focus_and_is_not_done_twice(street: str, window: Window) -> None:
    """While a record is on its way its button keeps the focus, and pressing it again sends nothing."""
    opened = board(window, street, "en", "cross")
    page = opened.page
    page.focus(f"{ROWS}[data-key=K22] input")
    page.keyboard.press("Space")
    page.click(".crossing .act button.main")
    page.fill("dialog.recording textarea", "批复")
    page.fill("dialog.recording input[name=office]", "某街道党工委")
    held: list[object] = []
    page.route("**/api/v1/board/step", lambda route: held.append(route))  # noqa: PLW0108
    page.focus("dialog.recording button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.recording button[type=submit][aria-disabled=true]")
    page.keyboard.press("Enter")
    assert opened.run("document.activeElement.type") == "submit"
    held[0].continue_()  # type: ignore[attr-defined]
    page.wait_for_selector(f"{ROWS}[data-key=K22] .state.formed")
    assert len(held) == 1
    undisturbed(opened, street)


def test_what_went_wrong_is_said_for_a_page_in_the_language_that_is_read(
    street: str, window: Window
) -> None:
    """A deadline too early, a plan that is not there and a code that nobody has name no option, path or command; `l` turns them."""
    opened = board(window, street, "en", "cross")
    page = opened.page
    page.click(f"{ROWS}[data-key=K10] .link")
    page.click(".about button:has-text('Set measures')")
    page.fill("dialog.recording textarea", "培养")
    page.fill("dialog.recording [name=due]", "2016-12-30")
    page.fill("dialog.recording [name=responsible]", "甲区工商局")
    page.fill("dialog.recording [name=office]", "某街道党工委")
    page.keyboard.press("Enter")
    told = page.inner_text("dialog.recording .failure")
    assert "2016-12-30 lies before" in told
    assert "--" not in told
    page.keyboard.press("Escape")
    for place, en, zh in (
        ("#/board?tab=plan&job=abc", "there is no such job", "没有这个任务"),
        ("#/entity/organization:NOPE", "a search finds names too", "可搜索名称"),
        ("#/map?in=xxxx", "xxxx", "xxxx"),
    ):
        opened.run(f"location.hash = {place!r}")
        shown = page.wait_for_selector(f"main .failure:has-text('{en}')")
        assert shown is not None
        before = shown.inner_text()
        page.focus("#main")
        page.keyboard.press("l")
        page.wait_for_selector(f"main .failure:has-text('{zh}')")
        after = page.inner_text("main .failure")
        assert after.split("\n") != before.split("\n")
        assert not any(word in before + after for word in ("lianjian", "/api/", "--"))
        page.keyboard.press("l")
        page.wait_for_selector(f"main .failure:has-text('{en}')")
    undisturbed(opened, street, but="40")

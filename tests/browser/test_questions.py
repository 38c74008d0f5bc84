"""The question builder in a real browser: by mouse, by keyboard, in both languages, whatever names are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.browser.test_application import (
    BY_MOUSE,
    MANY,
    PAYLOADS,
    Window,
    _quick,
    focused,
    made,
    pytestmark,
    serious,
    served,
    undisturbed,
    visit,
)
from tests.service.people import PASSWORD, accounts_of

__all__ = ["_quick", "pytestmark"]

WORDS = {
    "en": {
        "condition": "Add a condition",
        "relation": "Add a relation",
        "property": "Property",
        "comparison": "Comparison",
        "many": "How many",
        "value": "Value of staff",
        "place": "Place",
        "save_as": "Name to save it under",
        "save": "Save",
        "fit": "{} fit",
        "undo": "Undo",
        "delete": "Delete",
        "further": "Load further ones",
        "copy": "Copy link",
    },
    "zh": {
        "condition": "添加条件",
        "relation": "添加关联",
        "property": "属性",
        "comparison": "比较",
        "value": "从业人数的值",
        "many": "数量",
        "place": "范围",
        "save_as": "保存名称",
        "save": "保存",
        "fit": "符合 {} 个",
        "undo": "撤销",
        "delete": "删除",
        "further": "继续载入",
        "copy": "复制链接",
    },
}
LARGE = {"kind": "organization", "where": [{"property": "staff", "is": ">=", "value": 990}]}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application over the town."""
    with served(made(tmp_path_factory.mktemp("questions") / "town.db")) as url:
        yield url


def at(asked: dict[str, Any]) -> str:
    """The place of a question in the application."""
    return f"#/questions?{urlencode({'q': json.dumps(asked, ensure_ascii=False)})}"


def counted(page: Any, text: str) -> None:
    """Wait until so many fit."""
    page.wait_for_selector(f".count strong:text-is('{text}')")


@BY_MOUSE
def test_by_mouse(town: str, window: Window, lang: str) -> None:
    """A question is built, counted while it is, saved, found by pinyin, opened, deleted and brought back; results lead on."""
    opened, says = visit(window, town, "#/questions", lang), WORDS[lang]
    page = opened.page
    counted(page, says["fit"].format(f"{MANY + len(PAYLOADS):,}"))
    assert page.locator(".answers tbody tr").count() == 100
    page.click(f"button:has-text('{says['further']}')")
    opened.wait("document.querySelectorAll('.answers tbody tr').length === 200")
    page.click(f"button:has-text('{says['condition']}')")
    page.get_by_label(says["property"], exact=True).select_option("staff")
    assert page.is_visible(".warning")  # nothing to compare with yet
    page.get_by_label(says["value"]).fill("990")
    counted(page, says["fit"].format(10))
    assert not page.is_visible(".warning")
    page.click(f"button:has-text('{says['relation']}')")
    page.get_by_label(says["many"]).select_option("none")
    counted(page, says["fit"].format(10))
    place = page.get_by_role("combobox", name=says["place"], exact=True)
    place.fill("一街")
    page.click(".finder [role=option]:has-text('一街道')")
    counted(page, says["fit"].format(10))
    assert "420101001" in page.url
    page.wait_for_selector(".sentence:has-text('一街道')")  # its name comes from the service
    # what is still being typed is no other question: not in another window, and not where the page goes away
    place.fill("二街")
    opened.run("document.activeElement.dispatchEvent(new FocusEvent('blur'))")
    page.reload()
    counted(page, says["fit"].format(10))
    assert "420101001" in page.url
    name = f"从业人数多{lang}"
    page.get_by_label(says["save_as"]).fill(name)
    page.get_by_role("button", name=says["save"], exact=True).click()
    page.wait_for_selector(f"h1:text-is('{name}')")
    page.fill("#search", f"cyrsd{lang}")
    page.click(".search .saved")
    page.wait_for_selector(f"h1:text-is('{name}')")
    counted(page, says["fit"].format(10))
    page.get_by_role("button", name=says["delete"], exact=True).click()
    page.wait_for_selector(f"button:text-is('{says['undo']}')")
    page.wait_for_selector(f".start a:text-is('{name}')", state="detached")
    page.click(f"button:text-is('{says['undo']}')")
    page.wait_for_selector(f".start a:text-is('{name}')")
    page.click(".answers tbody tr:first-child a")
    page.wait_for_selector(".panel h1:has-text('光谷990号公司')")
    undisturbed(opened, town)


def test_by_keyboard_alone(town: str, window: Window) -> None:
    """What is added has the focus, what is taken away gives it back, and a live region says how many fit."""
    opened, says = visit(window, town, at(LARGE)), WORDS["en"]
    page, press = opened.page, opened.page.keyboard.press
    counted(page, "10 fit")
    page.get_by_role("button", name=f"＋ {says['condition']}").focus()
    press("Enter")
    opened.wait("document.activeElement.getAttribute('aria-label') === 'Property'")
    page.keyboard.type("categ")
    page.wait_for_selector("[aria-label='Value of category']")
    press("Tab")
    page.get_by_role("combobox", name="Comparison").nth(1).select_option("contains")
    press("Tab")
    page.keyboard.type("xyz", delay=10)
    counted(page, "0 fit")
    assert page.inner_text("#live").strip() == "0 fit"
    press("Tab")
    assert (
        opened.run("document.activeElement.getAttribute('aria-label')")
        == "Remove the condition category"
    )
    press("Enter")
    counted(page, "10 fit")
    assert says["condition"] in focused(opened)
    place = page.get_by_role("combobox", name="Place", exact=True)
    place.focus()
    page.keyboard.type("yijie", delay=10)
    page.wait_for_selector(".finder [role=option][aria-selected=true]")
    press("Enter")
    opened.wait("location.hash.includes('420101001')")
    counted(page, "10 fit")
    undisturbed(opened, town)


def test_a_number_is_asked_as_it_is_typed(town: str, window: Window) -> None:
    """What it means on the way ("114.30" is 114.3) takes no digit from under whoever types on."""
    asked = {"kind": "organization", "where": [{"property": "lon", "is": ">="}]}
    opened = visit(window, town, at(asked))
    page = opened.page
    page.click(".clauses input[type=number]")
    page.keyboard.type("114.305", delay=30)
    opened.wait("decodeURIComponent(location.hash).includes('\"value\":114.305}')")
    assert page.input_value(".clauses input[type=number]") == "114.305"
    undisturbed(opened, town)


def test_a_list_shows_what_is_asked(town: str, window: Window) -> None:
    """Typed, it is asked at once; another question that is opened shows its own values in the same field."""

    def among(*values: int) -> str:
        found = {"property": "staff", "is": "in", "value": values}
        return at({"kind": "organization", "where": [found]})

    opened = visit(window, town, among(990))
    page = opened.page
    field = ".clauses input[placeholder]"
    page.wait_for_selector(field)
    page.fill(field, "991、992、")
    opened.wait("decodeURIComponent(location.hash).includes('[991,992]')")
    assert page.input_value(field) == "991、992、"
    opened.run(f"location.hash = {among(993)!r}")
    opened.wait(f"document.querySelector({field!r}).value === '993'")
    undisturbed(opened, town)


def test_what_is_copied_is_seen_to_be(town: str, window: Window) -> None:
    """A button that copies says so beside itself, in sight and not to screen readers alone; or that the browser refused."""
    opened = visit(window, town, at(LARGE), permissions=["clipboard-read", "clipboard-write"])
    page = opened.page
    counted(page, "10 fit")
    page.click(".twin button:has-text('Copy')")
    page.wait_for_selector(".twin .copied:has-text('copied, rows: 10')")
    opened.run("void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))")
    page.click(f"button:text-is('{WORDS['en']['copy']}')")
    page.wait_for_selector(".top .copied:has-text('did not let the page copy')")
    undisturbed(opened, town)


def test_loading_further_ones_keeps_the_focus(town: str, window: Window) -> None:
    """Whoever presses the button by keyboard presses it again, and is not at the top of the page meanwhile."""
    opened = visit(window, town, at({"kind": "organization"}))
    page = opened.page
    further = f"button:text-is('{WORDS['en']['further']}')"
    page.wait_for_selector(further)
    for n in (200, 300):
        page.focus(further) if n == 200 else None
        page.keyboard.press("Enter")
        opened.wait(f"document.querySelectorAll('.answers tbody tr').length === {n}")
        assert focused(opened) == WORDS["en"]["further"]
    undisturbed(opened, town)


def test_what_can_t_be_asked_is_said(town: str, window: Window) -> None:
    """A place that is none, in the service's words; back, and the question before is there again."""
    opened = visit(window, town, at(LARGE))
    page = opened.page
    counted(page, "10 fit")
    opened.run(f"location.hash = {at(LARGE | {'in': '无此街道'})!r}")
    page.wait_for_selector(".answers .failure:has-text('no division or ledger unit')")
    page.go_back()
    counted(page, "10 fit")
    assert not page.is_visible(".failure")
    undisturbed(opened, town, but="400")


@pytest.mark.parametrize(("scheme", "lang", "width"), [("light", "zh", 1280), ("dark", "en", 400)])
def test_accessible_and_within_the_window(
    town: str, window: Window, scheme: str, lang: str, width: int
) -> None:
    """Axe finds nothing serious in a deep question with all it can have; nothing stands beyond the window's edge."""
    deep = LARGE | {
        "in": "420101001",
        "show": ["status"],
        "order": {"by": "staff", "descending": True},
        "where": [
            {"property": "staff", "is": "between", "value": [1, 5000]},
            {"property": "name", "is": "contains"},
            {"property": "status", "is": "in", "value": ["正常"]},
            {"property": "category", "is": "=", "value": "私营企业"},
            {"property": "unit", "is": "=", "value": "JOINT"},
            {"property": "measures_due", "is": ">=", "value": "2016-08-26"},
        ],
        "related": [
            {
                "relation": "COVERS",
                "direction": "in",
                "kind": "unit",
                "at_least": 2,
                "related": [{"relation": "SUBORDINATE_TO", "kind": "unit", "none": True}],
            }
        ],
    }
    opened = visit(window, town, at(deep), lang, color_scheme=scheme)
    page = opened.page
    page.set_viewport_size({"width": width, "height": 800})
    counted(page, WORDS[lang]["fit"].format(0))
    assert page.locator("h1").count() == 1
    assert serious(opened) == []
    assert (
        opened.run(
            "document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth"
        )
        <= 0
    )
    undisturbed(opened, town)


def test_hostile_names_run_nothing(town: str, window: Window) -> None:
    """In results, in a question's name, in a value, in an address that somebody wrote."""
    opened = visit(
        window,
        town,
        at({"kind": "unit", "where": [{"property": "key", "is": "contains", "value": "BAD"}]}),
    )
    page = opened.page
    counted(page, f"{len(PAYLOADS)} fit")
    shown = page.inner_text(".answers tbody")
    assert any(text in shown for text in PAYLOADS if text.isascii() and len(text) > 8)
    for text in PAYLOADS[:6]:
        opened.run(
            f"location.hash = {at({'kind': 'unit', 'where': [{'property': 'name', 'is': 'contains', 'value': text}]})!r}"
        )
        opened.wait("document.querySelector('.answers').getAttribute('aria-busy') === 'false'")
    name = next(text for text in PAYLOADS if "<" in text and len(text) <= 80 and text.isprintable())
    page.get_by_label("Name to save it under").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector(".start a[aria-current]")
    assert " ".join(name.split()) in page.inner_text(".start")
    for hash_ in ("#/questions?q=%7B", "#/questions?q=[]&id=../../me", "#/questions?id=%3Cimg%3E"):
        opened.run(f"location.hash = {hash_!r}")
        page.wait_for_selector("h1")
    undisturbed(opened, town, but="40")


def test_the_address_is_a_link(town: str, window: Window) -> None:
    """What is copied opens the same question for whoever gets it, without what is saved here."""
    opened = visit(window, town, at(LARGE), permissions=["clipboard-read", "clipboard-write"])
    page = opened.page
    counted(page, "10 fit")
    page.get_by_role("button", name="Copy link").click()
    opened.wait("document.querySelector('#live').textContent.startsWith('Link')")
    link = str(opened.run("navigator.clipboard.readText()"))
    assert link.startswith(town)
    other = visit(window, link)
    counted(other.page, "10 fit")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export all as .xlsx").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    undisturbed(opened, town)


def test_a_viewer_is_offered_nothing_of_the_survey_and_no_file(
    tmp_path: Path, window: Window
) -> None:
    """What is to be done stands among properties and examples, and a file beside the count, for who may survey and export alone."""
    store = made(tmp_path / "town.db")
    accounts = accounts_of(store)
    for role in ("planner", "viewer"):
        accounts.add(role, role, None, PASSWORD)
    accounts.close()
    options = "[...document.querySelectorAll('#asked-order option')].map((one) => one.value)"
    with served(store) as url:
        for role, offered in (("planner", True), ("viewer", False)):
            opened = visit(window, url, "#/questions")
            page = opened.page
            page.fill("[name=name]", role)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_selector(".count strong:has-text('fit')")
            assert ("action" in opened.run(options)) is offered
            assert "covered" in opened.run(options)
            assert bool(page.locator("aside.start a[href*='action']").count()) is offered
            assert page.locator("aside.start a[href*='covered']").count()
            assert page.locator(".bar.top button").count() == (2 if offered else 1)
            page.click("text=Log out")
            page.wait_for_selector("form.login")

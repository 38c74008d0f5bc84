"""The auditor's desk in a real browser: findings walked through, opened, handled one by one and together; two dates; duplicates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from api.web import BUILT
from graph.model import Claims
from graph.store import open_store
from tests.browser.conftest import Opened
from tests.browser.test_application import PAYLOADS, focused, serious, served, undisturbed
from tests.browser.test_application import visit as opened_at

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
FIRMS = 130
FIRST, SECOND = 20160801, 20160826


def firm(k: int, **more: Any) -> dict[str, Any]:
    """Return an organization that is eligible and has no unit: a finding."""
    return {
        "key": f"F{k:03}", "name": f"光谷{k}号公司", "category": "私营企业", "line": "enterprise", "street": "420101001",
        "district": "420101", "address": f"光谷大道{k}号", "status": "正常", "staff": 20, "formal_members": 1,
        "lon": 114.3 + k / 10_000, "lat": 30.5, "datum": "WGS84",
    } | more  # fmt: skip


def made(path: Path) -> Path:
    """Make a town at two dates: a cycle, many eligible organizations without a unit, a pair of codes of one name, hostile names."""
    units = [
        {"key": "CITY", "name": "某市两新工委", "type": "工委"},
        {
            "key": "STREET",
            "name": "某街道工委",
            "type": "工委",
            "superior": "CITY",
            "district": "420101",
        },
        {
            "key": "LOOP1",
            "name": "甲总支",
            "type": "党总支",
            "superior": "LOOP2",
            "street": "420101001",
        },
        {
            "key": "LOOP2",
            "name": "乙总支",
            "type": "党总支",
            "superior": "LOOP1",
            "street": "420101001",
        },
    ]
    hostile = [
        {"key": f"BAD{k}", "name": text, "type": text, "superior": f"NONE{k}"}
        for k, text in enumerate(PAYLOADS)
    ]
    divisions = [
        {"key": "420101", "name": "甲区", "level": "区"},
        {"key": "420101001", "name": "一街道", "level": "街道", "parent": "420101"},
    ]
    twins = [firm(900 + k, name="孪生科技有限公司", address="孪生路1号") for k in (1, 2)]
    firms = [firm(k) for k in range(FIRMS)]
    store = open_store(str(path), create=True)
    for date, sheets in (
        (FIRST, (("division", divisions), ("unit", units[:2]), ("organization", firms[:100]))),
        (SECOND, (("unit", [*units, *hostile]), ("organization", [firm(0, name="光谷新名公司"), *firms[1:], *twins]))),
    ):  # fmt: skip
        said = {"at": "2016-08-26T00:00:00", "dated": date, "files": ["town.xlsx"]}
        with store.importing(**said) as importer:  # type: ignore[arg-type]
            for kind, rows in sheets:
                frame = pd.DataFrame(
                    [{"row": n + 2, "dated": date} | r for n, r in enumerate(rows)]
                )
                importer.add(Claims(kind, kind, date, "town.xlsx", kind, frame))
    store.close()
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application over the town."""
    with served(made(tmp_path_factory.mktemp("desk") / "town.db")) as url:
        yield url


def visit(
    window: Window, url: str, place: str = "#/desk", lang: str = "en", **options: Any
) -> Opened:
    """Open a view of the desk, and wait for what it shows."""
    opened = opened_at(window, url, place, lang, **options)
    opened.page.wait_for_selector(".rows li, .case .message, .twin, .pairs li, .empty")
    return opened


def counted(opened: Opened, state: str) -> int:
    """How many findings the facet says are in a state."""
    text = opened.page.inner_text(f".check:has(.stand.{state}) .n")
    return int(text.replace(",", ""))


def test_a_finding_is_opened_by_mouse_and_its_evidence_drawn(town: str, window: Window) -> None:
    """The cycle is drawn as a hierarchy with marks, the clause in both languages beside it, its rows as read."""
    opened = visit(window, town, "#/desk?code=cycle")
    page = opened.page
    assert page.locator(".rows li").count() == 1
    page.click(".rows a")
    page.wait_for_selector(".case .drawn .box.fault, .case .drawn .box.here")
    assert page.locator(".case .drawn .flag").count() == 2
    assert page.locator(".case .drawn .line.fault").count() == 2
    clause = page.inner_text(".clauses blockquote >> nth=0")
    assert "S34" in clause
    assert "no cycles" in clause
    assert "理顺" in clause
    rows = page.inner_text(".read")
    assert "town.xlsx · unit · row 4" in rows
    assert "甲总支" in rows
    page.reload()
    page.wait_for_selector(".case .drawn .flag")
    page.go_back()
    page.wait_for_selector(".rows a")
    undisturbed(opened, town)


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.large)])
def test_findings_are_worked_through_by_keyboard_alone(
    town: str, window: Window, lang: str
) -> None:
    """J and k walk, Enter opens, u goes back, x selects, c confirms, d dismisses only with a note; counts follow at once."""
    opened = visit(window, town, lang=lang, place="#/desk?code=eligible_uncovered")
    page, press = opened.page, opened.page.keyboard.press
    before = {state: counted(opened, state) for state in ("open", "confirmed", "dismissed")}
    press("j")
    press("j")
    press("k")
    second = page.inner_text(".row.now a")
    assert focused(opened) == second.strip()
    press("Enter")
    page.wait_for_selector(".case .message")
    assert second.strip() in page.inner_text(".message")
    press("j")
    opened.wait("location.hash.includes('id=')")
    page.wait_for_selector(f".case .message:not(:has-text({second.strip()!r}))")
    press("u")
    page.wait_for_selector(".row.now")
    press("d")
    page.wait_for_selector("dialog.ask[open]")
    press("Enter")  # a line break is no note
    press("Tab")
    press("Enter")
    page.wait_for_selector("dialog.ask .failure")
    page.fill("dialog.ask textarea", "已核实，不作问题")
    page.keyboard.press("Tab")
    press("Enter")
    page.wait_for_selector("dialog.ask", state="detached")
    page.wait_for_selector(".row.now.dismissed")
    opened.wait(
        f"document.querySelector('.check:has(.stand.dismissed) .n').textContent === '{before['dismissed'] + 1}'"
    )
    press("j")
    press("x")
    press("j")
    press("x")
    opened.wait("document.querySelector('.picked strong')?.textContent.includes('2')")
    press("c")
    page.fill("dialog.ask textarea", "请办理")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask", state="detached")
    opened.wait("document.querySelectorAll('.row.confirmed').length === 2")
    opened.wait(
        f"document.querySelector('.check:has(.stand.confirmed) .n').textContent === '{before['confirmed'] + 2}'"
    )
    press("?")
    assert "j\nk" in page.inner_text("dialog[open]")
    press("Escape")
    undisturbed(opened, town)


def test_many_are_handled_together_with_one_note(town: str, window: Window) -> None:
    """All that match are selected beyond those shown, recorded in parts with progress, and found again under their state."""
    opened = visit(window, town, "#/desk?code=eligible_uncovered&state=open")
    page = opened.page
    n = int("".join(c for c in page.inner_text(".head [role=status]") if c.isdigit()))
    assert n > 100
    assert page.locator(".rows li").count() >= 100
    page.click(".head input[type=checkbox]")
    page.click(f".picked button:has-text('{n}')") if page.locator(".rows li").count() < n else None
    opened.wait(f"document.querySelector('.picked strong').textContent.includes('{n}')")
    page.click(".picked button:has-text('Confirm')")
    page.fill("dialog.ask textarea", "一并核实")
    page.fill("dialog.ask input[name=office]", "某街道")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask", state="detached", timeout=30_000)
    assert f"Recorded: {n}" in page.inner_text("#live")
    page.goto(town + "#/desk?code=eligible_uncovered&state=confirmed")
    page.wait_for_selector(".row.confirmed")
    assert "一并核实" in page.inner_text(".rows li >> nth=5")
    undisturbed(opened, town)


def test_a_note_about_a_person_is_refused_and_kept_in_the_form(town: str, window: Window) -> None:
    """The service's words stand in the dialogue; what was typed is still there; nothing was recorded."""
    opened = visit(window, town, "#/desk?code=cycle&state=all")
    page = opened.page
    page.click(".rows a")
    page.click(".acts button:has-text('Dismiss')")
    page.fill("dialog.ask textarea", "联系 13800138000")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask .failure")
    assert "telephone" in page.inner_text("dialog.ask .failure")
    assert page.input_value("dialog.ask textarea") == "联系 13800138000"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.ask", state="detached")
    assert "Nobody" in page.inner_text(".case")
    undisturbed(opened, town, but="400")


def test_two_dates_are_compared_in_a_picture_and_a_table(town: str, window: Window) -> None:
    """What came is counted by kind, drawn by street with its shape, and listed; a street narrows the list by keyboard too."""
    opened = visit(window, town, "#/desk?part=changes", lang="zh")
    page = opened.page
    assert page.input_value(".between select >> nth=0") == "2016-08-01"
    chips = page.inner_text(".chips")
    assert "新列入" in chips
    assert "更名" in chips
    assert page.locator(".spot path.came").count() == 1
    page.click(".chips button:has-text('更名')")
    row = page.inner_text(".twin tbody tr >> nth=0")
    assert "光谷0号公司" in row
    assert "光谷新名公司" in row
    page.focus(".spot")
    page.keyboard.press("Enter")
    page.wait_for_selector(".spot.on")
    assert "street=420101001" in page.url
    undisturbed(opened, town)


def test_a_pair_is_decided_and_the_decision_undone(town: str, window: Window) -> None:
    """Weights are taken apart, both stand side by side; "two organizations" takes the pair away, undoing brings it back."""
    opened = visit(window, town, "#/desk?part=duplicates")
    page = opened.page
    page.click(".pair")
    page.wait_for_selector(".beside .side tbody tr")
    weights = page.inner_text(".weights")
    assert "same name" in weights
    assert "+45" in weights
    page.click(".beside button:has-text('Two organizations')")
    page.fill("dialog.ask input[name=office]", "某区市场监管局")
    page.fill("dialog.ask textarea", "核实")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector(".decisions li")
    page.wait_for_selector(".empty")
    page.click(".decisions button")
    page.fill("dialog.ask input[name=office]", "某区市场监管局")
    page.fill("dialog.ask textarea", "有误")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector(".decisions", state="detached")
    page.wait_for_selector(".pair")
    undisturbed(opened, town)


def test_an_entity_has_its_history_over_imports(town: str, window: Window) -> None:
    """Each import stands with its row, and what it changed; the key 4 opens it."""
    opened = opened_at(window, town, "#/entity/organization:F000", "en")
    page = opened.page
    page.wait_for_selector("#tab-history")
    page.keyboard.press("4")
    page.wait_for_selector(".timeline li")
    assert page.locator(".timeline > li").count() == 2
    latest = page.inner_text(".timeline > li >> nth=0")
    assert "光谷新名公司" in latest
    assert "town.xlsx" in latest
    undisturbed(opened, town)


def test_no_name_runs_at_the_desk(town: str, window: Window) -> None:
    """Hostile names stay text in the list, the case, its drawing and its rows."""
    opened = visit(window, town, "#/desk?code=dangling_reference&state=all")
    page = opened.page
    n = page.locator(".rows li").count()
    assert n >= len(PAYLOADS)
    for k in range(0, len(PAYLOADS), 3):
        page.goto(f"{town}#/desk?id=dangling_reference:NONE{k}")
        page.wait_for_selector(f".case .marks:has-text('NONE{k} ')")
        page.wait_for_selector(".case .drawn")
    assert opened.run("window.fired") is None
    for element in ("img", "script", "style", "iframe", "[onerror]", "[onload]"):
        assert page.locator(f"main {element}").count() == 0
    undisturbed(opened, town)


@pytest.mark.parametrize(
    ("scheme", "lang"), [("light", "en"), pytest.param("dark", "zh", marks=pytest.mark.large)]
)
def test_the_desk_is_accessible(town: str, window: Window, scheme: str, lang: str) -> None:
    """Axe finds nothing serious in any part; one heading of the first rank each; nothing is wider than a narrow screen."""
    opened = visit(window, town, lang=lang, color_scheme=scheme)
    page = opened.page
    for place, sign in (
        ("#/desk?state=all", ".rows li"), ("#/desk?id=cycle:LOOP1", ".case .drawn"), ("#/desk?part=checked", ".twin tbody tr"),
        ("#/desk?part=changes", ".spot"), ("#/desk?part=duplicates", ".pairs li"),
        ("#/entity/organization:F000?tab=history", ".timeline li"),
    ):  # fmt: skip
        page.goto(town + place)
        page.wait_for_selector(sign)
        if sign == ".pairs li" and page.locator(".beside").count() == 0:
            page.click(".pair")
            page.wait_for_selector(".beside .side tbody tr")
        assert serious(opened) == [], place
        assert page.locator("h1").count() == 1, place
    page.set_viewport_size({"width": 400, "height": 800})
    for place in ("#/desk?state=all", "#/desk?id=cycle:LOOP1", "#/desk?part=changes"):
        page.goto(town + place)
        page.wait_for_timeout(300)
        assert opened.run("document.documentElement.scrollWidth") <= 400, place

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


def text(opened: Opened, selector: str) -> str:
    """Return what a row says, drawn or not: what a browser leaves undrawn (``content-visibility``) has no inner text."""
    return (opened.page.text_content(selector) or "").strip()


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


@pytest.fixture
def own(tmp_path: Path) -> Iterator[str]:
    """The address of the application over a town in which nobody else does anything."""
    with served(made(tmp_path / "town.db")) as url:
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
    for part in ("line", "tip"):
        runs = opened.run(
            f"[...document.querySelectorAll('.case .drawn .{part}.fault')].map((p) => p.getAttribute('d'))"
        )
        assert len(set(runs)) == 2, part
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
    second = text(opened, ".row.now a")
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


def test_many_are_handled_together_with_one_note(own: str, window: Window) -> None:
    """All that match are selected beyond those shown, recorded in parts with progress, and found again under their state."""
    opened = visit(window, own, "#/desk?code=eligible_uncovered&state=open")
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
    page.goto(own + "#/desk?code=eligible_uncovered&state=confirmed")
    page.wait_for_selector(".rows:not(.stale) .row.confirmed")
    assert "一并核实" in text(opened, ".rows li >> nth=5")
    undisturbed(opened, own)


NEXT = ".case button:has-text('Next')"
PREVIOUS = ".case button:has-text('Previous')"


def opened_at_place(opened: Opened, at: int, of: int) -> str:
    """Wait until a finding is shown at a place of its list; return its id."""
    opened.page.wait_for_selector(f".case .bar .quiet:text-is('{at} / {of}')")
    opened.page.wait_for_selector(".case .message")
    return str(opened.run("new URLSearchParams(location.hash.split('?')[1]).get('id')"))


def confirmed(opened: Opened) -> None:
    """Confirm the finding that is open with its button, and wait until it stands so."""
    page = opened.page
    page.click(".acts button:has-text('Confirm')")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask", state="detached")
    page.wait_for_selector(".case .marks .stand.confirmed")


def test_next_leads_through_all_that_were_listed(own: str, window: Window) -> None:
    """What is done about findings ends the way through their list no sooner, and takes none out of its count."""
    opened = visit(window, own, "#/desk?code=eligible_uncovered&text=光谷12")
    page = opened.page
    n = page.locator(".rows li").count()
    assert n == 11
    page.click(".rows a")
    seen = [opened_at_place(opened, 1, n)]
    for at in range(2, n + 1):
        if at < 8:
            confirmed(opened)
        page.click(NEXT)
        seen.append(opened_at_place(opened, at, n))
    assert len(set(seen)) == n
    assert page.is_disabled(NEXT)
    undisturbed(opened, own)


def test_a_finding_far_down_has_its_neighbours_after_a_reload(own: str, window: Window) -> None:
    """Beyond what the list reads first, and handled so that the list holds it no more, the way on and back is there."""
    opened = visit(window, own, "#/desk?code=eligible_uncovered&id=eligible_uncovered:F119")
    page = opened.page
    page.wait_for_selector(f"{NEXT}:enabled")
    at, of = map(int, page.inner_text(".case .bar .quiet").split(" / "))
    assert at > 100
    page.click(NEXT)
    assert opened_at_place(opened, at + 1, of) == "eligible_uncovered:F120"
    page.click(PREVIOUS)
    opened_at_place(opened, at, of)
    confirmed(opened)
    page.reload()
    page.wait_for_selector(f"{NEXT}:enabled")
    page.click(NEXT)
    assert opened_at_place(opened, at, of - 1) == "eligible_uncovered:F120"
    page.click(PREVIOUS)
    assert opened_at_place(opened, at - 1, of - 1) == "eligible_uncovered:F118"
    undisturbed(opened, own)


@pytest.mark.parametrize("way", ["browser", "button", "reloaded"])
def test_whoever_leaves_a_finding_is_back_at_its_row(town: str, window: Window, way: str) -> None:
    """By the browser's Back as by the page's own, also after a reload and far down: the list begins nowhere anew."""
    opened = visit(window, town, "#/desk?code=eligible_uncovered&state=all")
    page = opened.page
    page.wait_for_selector(".rows li")
    opened.wait(
        "document.querySelector('.more')?.scrollIntoView(), document.querySelectorAll('.rows li').length > 120"
    )
    row = text(opened, ".rows li:nth-child(118) a")
    page.click(".rows li:nth-child(118) a")
    page.wait_for_selector(".case .message")
    if way == "reloaded":
        page.reload()
        page.wait_for_selector(f"{NEXT}:enabled")
    if way == "button":
        page.click(".case button:has-text('Findings')")
    else:
        page.go_back()
    page.wait_for_selector(".row.now:nth-child(118)")
    opened.wait("document.activeElement?.closest('.row.now')")
    assert focused(opened) == row
    undisturbed(opened, town)


def test_the_focus_goes_on_where_a_finding_was_handled(own: str, window: Window) -> None:
    """In an open finding to its heading, of several to the row where one was: never to nothing."""
    opened = visit(window, own, "#/desk?code=eligible_uncovered")
    page = opened.page
    page.click(".rows a")
    page.wait_for_selector(".case .message")
    confirmed(opened)
    opened.wait("document.activeElement?.tagName === 'H1'")
    page.go_back()
    page.wait_for_selector(".rows li")
    page.check(".rows li:nth-child(3) input")
    page.check(".rows li:nth-child(4) input")
    page.click(".picked button:has-text('Dismiss')")
    page.fill("dialog.ask textarea", "已核实")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask", state="detached")
    opened.wait("document.activeElement?.matches('.row.dismissed:nth-child(4) a')")
    undisturbed(opened, own)


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


def test_nothing_is_done_about_rows_that_the_filters_leave_out(town: str, window: Window) -> None:
    """Until the list of other filters is there, the rows of before can't be picked: they would stay so out of sight."""
    opened = visit(window, town, "#/desk?code=eligible_uncovered&state=all")
    page = opened.page
    waiting: list[Any] = []

    def hold(route: Any) -> None:
        waiting.append(route)

    page.route("**/api/v1/findings?*cycle*", hold)
    opened.run("location.hash = '#/desk?code=cycle&state=all'")
    page.wait_for_selector(".rows.stale")
    for key in ("x", "c"):
        page.keyboard.press(key)
    assert page.is_disabled(".head input[type=checkbox]")
    assert page.is_disabled(".rows li:first-child input")
    assert page.locator("dialog.ask, .picked").count() == 0
    for route in waiting:
        route.continue_()
    page.wait_for_selector(".rows:not(.stale)")
    assert page.locator(".rows li").count() == 1
    page.keyboard.press("x")
    page.wait_for_selector(".picked strong:has-text('1')")
    undisturbed(opened, town)


def test_resetting_the_filters_keeps_the_focus(town: str, window: Window) -> None:
    """The button has nothing more to do then, and is still where the keyboard is."""
    opened = visit(window, town, "#/desk?code=eligible_uncovered&state=all")
    opened.page.focus(".facets .bar button")
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_selector(".facets .bar button[aria-disabled]")
    opened.wait("location.hash === '#/desk'")
    assert opened.run("document.activeElement.matches('.facets .bar button')")
    undisturbed(opened, town)


def test_a_filter_that_is_chosen_while_one_types_stays(town: str, window: Window) -> None:
    """What is typed is asked for a moment later: by then another filter may have been chosen, and both hold."""
    opened = visit(window, town, "#/desk?state=all")
    page = opened.page
    page.wait_for_selector(".facets .check:has(.grave.error) input")
    page.fill(".listing input[type=search]", "光谷")
    opened.run("document.querySelector('.facets .check:has(.grave.error) input').click()")
    opened.wait("decodeURIComponent(location.hash).includes('text=光谷')")
    assert "severity=error" in page.url
    undisturbed(opened, town)


def test_what_could_not_be_recorded_is_said_in_the_language_of_the_page(
    town: str, window: Window
) -> None:
    """What failed on the way is worded by the page, not in the language in which it happened: it changes with the page's."""
    opened = visit(window, town, "#/desk?code=eligible_uncovered&state=all")
    page = opened.page
    page.route("**/api/v1/findings/handle", lambda route: route.abort())
    page.click(".rows li >> nth=0 >> input")
    page.click(".picked button:has-text('Reopen')")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask .failure:has-text('does not answer')")
    page.keyboard.press("Escape")
    page.wait_for_selector("main .failure:has-text('does not answer')")
    page.keyboard.press("l")
    page.wait_for_selector("main .failure:has-text('服务没有应答')")
    assert page.locator("text=does not answer").count() == 0
    undisturbed(opened, town, but="ERR_FAILED")


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


def decided(opened: Opened, button: str) -> None:
    """Record a decision with a button of a pair, or of a decision that is taken back."""
    page = opened.page
    page.click(button)
    page.fill("dialog.ask input[name=office]", "某区市场监管局")
    page.fill("dialog.ask textarea", "核实")
    page.click("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask", state="detached")


def test_a_decision_of_before_is_undone_and_its_pair_is_back(own: str, window: Window) -> None:
    """Also where the page has not seen the pair before; the focus is at what is left, then at the pair."""
    opened = visit(window, own, "#/desk?part=duplicates")
    page = opened.page
    page.click(".pair")
    page.wait_for_selector(".beside .side tbody tr")
    decided(opened, ".beside button:has-text('F901 stays')")
    page.wait_for_selector(".empty")
    opened.wait("document.activeElement?.matches('.duplicates > p')")
    page.reload()
    page.wait_for_selector(".empty")
    decided(opened, ".decisions button")
    page.wait_for_selector(".pair")
    page.wait_for_selector(".decisions", state="detached")
    opened.wait("document.activeElement?.matches('.pair')")
    undisturbed(opened, own)


BROKEN = """() => {
  const walk = document.createTreeWalker(document.querySelector('.twin tbody'), NodeFilter.SHOW_TEXT);
  const broken = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    for (const word of node.data.matchAll(/[A-Za-z]+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""
"""Words of a table that go over more than one line."""


def test_a_narrow_window_has_all_that_tells_things_apart(town: str, window: Window) -> None:
    """Codes of a pair stand beside its names, under nothing; words of the rules are whole."""
    opened = visit(window, town, "#/desk?part=duplicates")
    page = opened.page
    page.set_viewport_size({"width": 800, "height": 800})
    text = page.inner_text(".pair")
    assert "F901" in text
    assert "F902" in text
    meter, names = (
        page.locator(".pair meter").bounding_box(),
        page.locator(".pair .two").bounding_box(),
    )
    assert meter is not None
    assert names is not None
    assert meter["x"] + meter["width"] <= names["x"]
    assert opened.run("document.documentElement.scrollWidth") <= 800
    page.goto(town + "#/desk?part=checked")
    page.wait_for_selector(".twin tbody tr")
    assert page.evaluate(BROKEN) == []
    assert opened.run("document.documentElement.scrollWidth") <= 800
    undisturbed(opened, town)


@pytest.mark.parametrize(
    ("place", "asked", "sign"),
    [
        ("#/desk?id=cycle:LOOP1", "findings/open/*", ".case .message"),
        ("#/desk?part=checked", "findings/checked", ".twin tbody tr"),
        ("#/desk?part=changes", "changes/dates", ".spot"),
        ("#/desk?part=duplicates", "duplicates", ".pairs li"),
        ("#/entity/organization:F000", "show/*", ".panel h1"),
        ("#/entity/organization:F000", "neighbours/*", ".canvas [data-nodes]"),
        ("#/entity/organization:F000?tab=chain", "chain/*", "#tab-panel .drawn"),
        ("#/entity/organization:F000?tab=history", "timeline/*", ".timeline li"),
    ],
)
def test_what_could_not_be_asked_is_asked_again(
    town: str, window: Window, place: str, asked: str, sign: str
) -> None:
    """A service that was away for a moment leaves no page stuck: a button asks once more."""
    opened = window(locale="en-GB")
    page = opened.page
    page.route(f"**/api/v1/{asked}**", lambda route: route.abort())
    page.goto(town + place)
    page.wait_for_selector(".failure button")
    page.unroute(f"**/api/v1/{asked}**")
    page.click(".failure button")
    page.wait_for_selector(sign)
    page.wait_for_selector(".failure", state="detached")
    undisturbed(opened, town, but="ERR_FAILED")


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


def test_a_chinese_page_says_nothing_in_the_programs_words(town: str, window: Window) -> None:
    """Values of closed lists, properties that relations were read from, and what evidence says have their Chinese names."""
    opened = opened_at(window, town, "#/entity/organization:F000?tab=table", "zh")
    page = opened.page
    page.wait_for_selector("#tab-panel .twin tbody tr")
    text = page.inner_text("main")
    for word in ("非公企业", "所属区", "所属街道"):
        assert word in text
    for word in ("enterprise", "district", "street"):
        assert word not in text
    page.goto(town + "#/desk?id=eligible_uncovered:F001")
    page.wait_for_selector(".case .twin tbody tr")
    text = page.inner_text(".case .twin tbody")
    assert "正式党员数: 1" in text
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

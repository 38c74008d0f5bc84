"""Whole journeys, from logging in to the result: the planner's, the auditor's and the viewer's, by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.access.identity import Role
from api.cli.app import run
from api.web import BUILT
from loaders.synthetic import generate
from tests.browser.conftest import Opened
from tests.browser.hands import WAIT, Hand
from tests.browser.test_application import LANGUAGES, served, undisturbed
from tests.service.people import PASSWORD, _quick, accounts_of

__all__ = ["_quick"]

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
ORGANIZATIONS, LARGER, SEED = 400, 1500, 5
"""Of the city whose ledgers are loaded, and of the one that is looked at: more than a view of the map has room for."""
PEOPLE: tuple[Role, ...] = ("planner", "auditor", "viewer")
large = pytest.mark.large
BOTH = [("zh", False), ("en", True), pytest.param("en", False, marks=large), pytest.param("zh", True, marks=large)]  # fmt: skip
"""Language, and whether there is a keyboard alone."""
WAYS = pytest.mark.parametrize(("lang", "keys"), BOTH, ids=lambda v: v if isinstance(v, str) else ("mouse", "keys")[v])  # fmt: skip
SAYS = {
    "zh": {"undo": "撤销一步", "accept": "确认", "formed": "已组建"},
    "en": {"undo": "Undo", "accept": "Accept", "formed": "formed"},
}


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The ledgers of an invented city."""
    folder = tmp_path_factory.mktemp("ledgers") / "city"
    made = generate(folder, ORGANIZATIONS, SEED)
    return [folder / name for name in made.files]


def people(store: Path) -> None:
    """Give each of the three an account for the whole city."""
    accounts = accounts_of(store)
    for name in PEOPLE:
        accounts.add(name, name, None, PASSWORD)
    accounts.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application over the city, to which each of the three has an account."""
    store = tmp_path_factory.mktemp("city") / "city.db"
    faults = store.parent / "faults"
    generate(store.parent / "ledgers", LARGER, SEED)
    command = [
        "import",
        str(store.parent / "ledgers"),
        "--store",
        str(store),
        "--faults",
        str(faults),
    ]
    assert run([*command, "--date", "2016-08-26"]) == 1
    people(store)
    with served(store) as url:
        yield url


def enter(window: Window, url: str, who: str, lang: str, *, keys: bool) -> Hand:
    """Open the application, log in, and wait for the first page."""
    opened = window(locale=LANGUAGES[lang])
    opened.page.set_default_timeout(WAIT)
    opened.page.goto(url)
    hand = Hand(opened, keys)
    hand.write("input[name=name]", who)
    hand.write("input[name=password]", PASSWORD)
    opened.page.keyboard.press("Enter")
    hand.there("header nav a")
    hand.there("main h1:not(form h1)")
    # Chromium reports the answers by which the page learns that one has to log in (401), and that there is no store yet (503)
    said = ("401 (Unauthorized)", "503 (Service Unavailable)")
    opened.troubles[:] = [one for one in opened.troubles if not any(word in one for word in said)]
    return hand


def go(hand: Hand, page: str) -> None:
    """Go to a page by the navigation."""
    hand.press(f"header nav a[href='#/{page}']")
    hand.there(f"main[data-page={page}] h1")


@WAYS
def test_a_planner(
    ledgers: list[Path], window: Window, tmp_path: Path, lang: str, keys: bool
) -> None:
    """Ledgers in with their faults marked, the map, a plan, one organization moved, a unit accepted, the worklist, crossed off."""
    store = tmp_path / "new.db"
    people(store)
    with served(store) as url:
        hand = enter(window, url, "planner", lang, keys=keys)
        page, says = hand.opened.page, SAYS[lang]
        hand.there(".demo button")
        go(hand, "load")
        hand.files(".drop button", ledgers)
        hand.there(".acts .main:not([disabled])")
        assert page.locator(".sheet").count() > 5
        assert page.locator(".twin tbody tr").count() > 0
        hand.press(".acts .main")
        marked = hand.saved(".card a[download][href$='.xlsx']", tmp_path)
        assert "faults" in marked.name
        assert openpyxl.load_workbook(marked).sheetnames
        hand.there(".twin tbody tr")
        go(hand, "map")
        hand.there(".picture:not(.waiting) .net")
        go(hand, "board")
        hand.there(".twin tbody tr")
        hand.tab("#tab-open", "#tab-plan")
        hand.press(".planning button.main")
        hand.there(".proposals select")
        hand.choose(".proposals select", busiest(hand))
        hand.press(".card-of[data-group^=NEW] button[aria-expanded]")
        hand.there(".apart table")
        code = page.get_attribute(".card-of[data-group^=NEW] .people li >> nth=0", "data-code")
        if keys:
            hand.tick(f".people li[data-code='{code}'] input")
            hand.choose(".act select", "new")
            page.keyboard.press("Enter")
        else:
            page.set_viewport_size({"width": 1280, "height": 2400})
            groups = page.locator(".card-of[data-group^=NEW]")
            other = groups.nth(1) if groups.count() > 1 else page.locator(".card-of").last
            page.locator(f".people li[data-code='{code}']").drag_to(other.locator("h3"))
            page.set_viewport_size({"width": 1280, "height": 800})
        hand.there(".verdict")
        hand.press(f".act button:has-text('{says['undo']}')")
        page.wait_for_selector(".verdict", state="detached")
        hand.press(f".card-of button:has-text('{says['accept']}')")
        hand.there(".decisions li")
        first = page.url.split("job=")[1][:32]
        hand.press(".plan-head button.main")
        # the first plan's files stand there until the second one's do
        again = f".files a[download='worklist.xlsx']:not([href*='{first}'])"
        worklist = hand.saved(again, tmp_path)
        assert openpyxl.load_workbook(worklist).sheetnames
        hand.tab("#tab-plan", "#tab-cross")
        row = ".crossing tbody tr:has(input:not([disabled]))"
        name = hand.there(f"{row} .link").inner_text()
        hand.tick(f".crossing tr:has(.link:text-is('{name}')) input")
        hand.press(".crossing .act button.main")
        hand.write("dialog.recording textarea", "批复〔2017〕1号")
        hand.write("dialog.recording input[name=office]", "某街道党工委")
        hand.press("dialog.recording button[type=submit]")
        hand.there(f".crossing tr:has-text('{name}') .state:has-text('{says['formed']}')")
        undisturbed(hand.opened, url)


@WAYS
def test_an_auditor(city: str, window: Window, lang: str, keys: bool) -> None:
    """A unit by pinyin, its dossier and chain; a finding with clause and rows, confirmed; one dismissed; two dates; duplicates."""
    hand = enter(window, city, "auditor", lang, keys=keys)
    page, press = hand.opened.page, hand.opened.page.keyboard.press
    if keys:
        press("/")
        page.keyboard.type("qinglan")
    else:
        hand.write("#search", "qinglan")
    option = "[role=option]:has-text('党')"
    hand.there(option)
    if keys:
        for _ in range(20):
            if "党" in page.inner_text("[role=option][aria-selected=true]"):
                break
            press("ArrowDown")
        name = page.inner_text("[role=option][aria-selected=true] .name")
        press("Enter")
    else:
        name = page.inner_text(f"{option} >> nth=0 >> .name")
        page.click(f"{option} >> nth=0")
    hand.there(f".panel h1:has-text('{name}')")
    assert ".xlsx · " in page.inner_text(".panel")
    hand.tab("[role=tab][aria-selected=true]", "#tab-chain")
    hand.there(".drawn a")
    go(hand, "desk")
    hand.press(".rows li a")
    hand.there(".clauses blockquote")
    hand.there(".case .message")
    assert page.locator(".case .read, .case .twin tbody tr").count() > 0
    hand.press(".case .acts button.main")
    hand.write("dialog.ask textarea", "请办理")
    hand.press("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask", state="detached")
    hand.there(".case .stand.confirmed")
    before = page.url
    if keys:
        press("j")
    else:
        page.click(".case .bar button:not([disabled]) >> nth=1")
    hand.opened.wait(f"location.href !== {before!r}")
    hand.there(".clauses blockquote")
    hand.press(".case .acts button:nth-of-type(2)")
    hand.write("dialog.ask textarea", "已核实，不作问题")
    hand.press("dialog.ask button[type=submit]")
    page.wait_for_selector("dialog.ask", state="detached")
    hand.there(".case .stand.dismissed")
    hand.press(".parts a[href*='part=changes']")
    hand.there(".between select")
    hand.there(".chips button")
    hand.press(".chips button")
    hand.there(".twin tbody tr")
    hand.press(".parts a[href*='part=duplicates']")
    hand.press(".pairs .pair")
    hand.there(".beside .side tbody tr")
    undisturbed(hand.opened, city)


@WAYS
def test_a_viewer(city: str, window: Window, tmp_path: Path, lang: str, keys: bool) -> None:
    """The map, into a district, coloured and filtered; a search; explored with path and table; kept; an offline page that opens."""
    hand = enter(window, city, "viewer", lang, keys=keys)
    page, press = hand.opened.page, hand.opened.page.keyboard.press
    go(hand, "map")
    still(hand)
    if keys:
        hand.reach(".net")
        press("ArrowRight")
        hand.there(".chosen h2")
        press("Enter")
    else:
        page.click(".twin tbody tr a >> nth=0")
    hand.there(".crumbs li:nth-child(2)")
    still(hand)
    hand.choose(".controls select >> nth=0", "sector")
    hand.opened.wait("location.hash.includes('colour=sector')")
    still(hand)
    hand.press(".legend button.value")
    hand.there(".chips button")
    if keys:
        press("/")
        page.keyboard.type("qinglan")
    else:
        hand.write("#search", "qinglan")
    hand.there("[role=option]")
    press("Enter") if keys else page.click("[role=option] >> nth=0")
    hand.there(".panel h1")
    hand.press(".panel a[href*='explore']")
    nodes = count(hand, lambda n: n == 1)
    if keys:
        hand.reach("#board")
        press("ArrowRight")
        press("e")
    else:
        page.click(".explore > .twin input[type=checkbox] >> nth=0")
        hand.press(".side .one button.main")
    more = count(hand, lambda n: n > nodes)
    if keys:
        press("c")
    else:
        page.click(".side .one .bar button:not(.main) >> nth=0")
    count(hand, lambda n: n < more)
    press("u") if keys else hand.press(".tools-bar button >> nth=0")
    count(hand, lambda n: n == more)
    boxes = page.locator(".explore > .twin >> nth=0 >> tbody input")
    for k in [k for k in range(boxes.count()) if boxes.nth(k).is_checked() != (k < 2)]:
        hand.tick(f".explore > .twin >> nth=0 >> tbody tr:nth-child({k + 1}) input")
    hand.opened.wait("document.querySelectorAll('tr.picked').length === 2")
    hand.press(".side .one .bar button.main")
    hand.there(".side .paths button")
    hand.press("[aria-haspopup=dialog]:not([aria-label])")
    hand.write("dialog.saved input[name=name]", f"view {lang} {keys}")
    hand.press("dialog.saved form button.main")
    hand.there(".views-kept li")
    press("Escape")
    page.wait_for_selector("dialog.saved", state="detached")
    hand.press(".menu summary")
    file = hand.saved(".menu li:nth-child(3) button", tmp_path)
    undisturbed(hand.opened, city)
    alone = window()
    alone.page.goto(file.resolve().as_uri())
    assert alone.page.locator("tbody >> nth=0 >> tr").count() >= more
    assert alone.troubles == []
    assert [r for r in alone.requests if not r.startswith("file:")] == []


def busiest(hand: Hand) -> str:
    """Return the ledger unit for which a plan proposes most joint units."""
    job = hand.opened.page.url.partition("job=")[2][:32]
    result = hand.opened.run(f"fetch('/api/v1/jobs/{job}/result').then((r) => r.json())")
    return str(max(result["ledger_units"], key=lambda u: len(u["joint"]))["id"])


def still(hand: Hand) -> None:
    """Wait until the map is drawn and stands."""
    hand.there(".picture:not(.waiting) .net[data-state=still]")


def count(hand: Hand, wanted: Callable[[int], Any]) -> int:
    """Wait until the board has a number of things that is wanted, and return it."""
    for _ in range(200):
        found = hand.opened.page.locator("#board[data-nodes]")
        n = int(found.get_attribute("data-nodes") or 0) if found.count() else 0
        if n and wanted(n):
            return n
        hand.opened.page.wait_for_timeout(50)
    raise AssertionError(f"the board never has what is wanted, but {n} things")

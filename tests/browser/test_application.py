"""The web application in a real browser, over a real service: by mouse, by keyboard, in both languages, for everybody."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from api.web import BUILT
from graph.model import Claims
from graph.store import open_store
from tests.browser import test_page
from tests.browser.conftest import Opened
from tests.service.people import PASSWORD, _quick, accounts_of
from tests.service.working import firms, line

__all__ = ["_quick"]

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
ROOT = Path(__file__).parents[2]
AXE = ROOT / "viz/web/node_modules/axe-core/axe.min.js"
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
BY_MOUSE = pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.large)])
BY_KEYS = pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.large)])
SAYS = {
    "zh": {"city": "全市概况", "chain": "隶属链", "table": "表格", "keys": "快捷键", "below": "下级", "none": "没有找到"},
    "en": {"city": "The city", "chain": "Chain", "table": "Table", "keys": "Keyboard", "below": "What is below",
           "none": "nothing found"},
}  # fmt: skip
MANY = 1000
PAYLOADS = [text.replace("\ud800", "") for text in test_page.PAYLOADS]
"""Half a character is in no file that can be read."""


def made(path: Path) -> Path:
    """Make a town: a chain of three units, a street with a thousand organizations, and names that attack."""
    units = [
        {"key": "CITY", "name": "某市两新工委", "type": "工委"},
        {"key": "STREET", "name": "某街道工委", "type": "工委", "superior": "CITY"},
        {"key": "JOINT", "name": "光谷联合支部", "type": "联合党支部", "superior": "STREET"},
        *(
            {"key": f"BAD{k}", "name": text, "type": text, "superior": "BAD0" if k else "CITY"}
            for k, text in enumerate(PAYLOADS)
        ),
    ]
    divisions = [{"key": "420101001", "name": "一街道", "level": "街道"}]
    organizations: list[dict[str, Any]] = [
        *(
            {"key": f"BADORG{k}", "name": text, "category": text, "address": text, "unit": f"BAD{k}"}
            for k, text in enumerate(PAYLOADS)
        ),
        *(
            {"key": f"F{k:04}", "name": f"光谷{k}号公司", "category": "私营企业", "street": "420101001",
             "staff": k, "unit": "JOINT" if k < 3 else None}
            for k in range(MANY)
        ),
    ]  # fmt: skip
    for row in organizations:
        row["line"] = "enterprise"
    store = open_store(str(path), create=True)
    sheets: tuple[tuple[str, list[dict[str, Any]]], ...] = (
        ("division", divisions), ("unit", units), ("organization", organizations),
    )  # fmt: skip
    with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["town.xlsx"]) as importer:
        for kind, rows in sheets:
            frame = pd.DataFrame(
                [{"row": n + 2, "dated": 20160826} | r for n, r in enumerate(rows)]
            )
            importer.add(Claims(kind, kind, 20160826, "town.xlsx", kind, frame))
    store.close()
    return path


@contextlib.contextmanager
def served(store: Path, **settings: Any) -> Iterator[str]:
    """Serve a store on a port of its own and give the application's address."""
    with line(store, log="off", **settings) as (port, _):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application over the town."""
    with served(made(tmp_path_factory.mktemp("application") / "town.db")) as url:
        yield url


def visit(window: Window, url: str, place: str = "", lang: str = "en", **options: Any) -> Opened:
    """Open a view of the application, and wait for what it shows."""
    opened = window(locale=LANGUAGES[lang], **options)
    opened.page.goto(url + place)
    opened.page.wait_for_selector("main h1, main .failure, main form")
    return opened


def undisturbed(opened: Opened, url: str, *, but: str = "never") -> None:
    """Hold that the page reported no error (but those that a test provokes) and asked nobody but its own service."""
    assert [t for t in opened.troubles if but not in t] == []
    assert [r for r in opened.requests if not r.startswith((url, "data:", "blob:"))] == []


def focused(opened: Opened) -> str:
    """What has the focus: its id, else its text."""
    return str(opened.run("document.activeElement.id || document.activeElement.textContent.trim()"))


def drawn(opened: Opened) -> tuple[int, int]:
    """How many nodes and edges the picture has."""
    net = opened.page.wait_for_selector(".canvas [data-nodes]:not([data-nodes='0'])")
    assert net is not None
    return int(net.get_attribute("data-nodes") or 0), int(net.get_attribute("data-edges") or 0)


@BY_MOUSE
def test_by_mouse(town: str, window: Window, lang: str) -> None:
    """From the city to an entity, its chain, its neighbours and their tables; back, forward and reload give the views again."""
    opened, says = visit(window, town, lang=lang), SAYS[lang]
    page = opened.page
    assert page.inner_text("h1") == says["city"]
    assert f"{MANY + len(PAYLOADS):,}" in page.inner_text(".figures")
    page.click("#search")
    page.keyboard.type("光谷联合", delay=20)
    page.click("[role=option]:has-text('光谷联合支部')")
    page.wait_for_selector(".panel")
    assert "town.xlsx · unit · " in page.inner_text(".panel")
    assert drawn(opened) == (5, 4)
    page.click(f"[role=tab]:has-text('{says['chain']}')")
    page.wait_for_selector(".drawn a")
    heights = opened.run(
        "[...document.querySelectorAll('.drawn .box')].map((b) => +b.getAttribute('y'))"
    )
    names = opened.run(
        "[...document.querySelectorAll('.drawn a')].map((a) => a.getAttribute('aria-label').split(',')[0])"
    )
    ranked = [n for _, n in sorted(zip(heights, names, strict=True))]
    assert ranked == ["某市两新工委", "某街道工委", "光谷联合支部"]
    page.click(".drawn a[aria-label^='某街道工委']")
    page.wait_for_selector("h1:has-text('某街道工委')")
    page.go_back()
    page.wait_for_selector(".panel h1:has-text('光谷联合支部')")
    assert page.get_attribute("#tab-chain", "aria-selected") == "true"
    page.go_forward()
    page.wait_for_selector("h1:has-text('某街道工委')")
    page.go_back()
    page.wait_for_selector(".drawn a")
    page.reload()
    page.wait_for_selector(".drawn a")
    assert page.locator(".drawn a").count() == 3
    page.click(f"text={says['below']}")
    page.wait_for_selector(".drawn a")
    assert "down=1" in page.url
    assert opened.run("document.documentElement.lang")[:2] == lang
    undisturbed(opened, town)


def test_who_asks_may_be_known_before_the_page_has_settled(town: str, window: Window) -> None:
    """An answer that comes between the first drawing of a page and its first pause is not missed: the page goes on."""
    opened = window()
    page = opened.page
    me = page.request.get(f"{town}api/v1/me").text()
    page.add_init_script(
        f"""(() => {{
          const ask = window.fetch, me = {json.dumps(me)};
          window.requestAnimationFrame = () => 0;
          window.fetch = (where, how) =>
            String(where).endsWith('/api/v1/me') ? Promise.resolve(new Response(me)) : ask(where, how);
        }})()"""
    )
    page.goto(town)
    page.wait_for_selector("main h1")
    undisturbed(opened, town)


@BY_KEYS
def test_by_keyboard_alone(town: str, window: Window, lang: str) -> None:
    """Skip link, search, arrows, tabs, sheet of shortcuts, language and theme need no mouse, and say where one is."""
    opened, says = visit(window, town, lang=lang), SAYS[lang]
    page, press = opened.page, opened.page.keyboard.press
    press("Tab")
    assert opened.run("document.activeElement.className") == "skip"
    press("Enter")
    assert focused(opened) == "main"
    press("/")
    assert focused(opened) == "search"
    page.keyboard.type("gonggu?/ld", delay=5)
    page.wait_for_selector(".none")
    assert says["none"] in page.inner_text("#live")
    assert not page.is_visible("dialog")
    press("Escape")
    press("Escape")
    assert focused(opened) != "search"
    press("/")
    page.keyboard.type("光谷", delay=20)
    page.wait_for_selector("[role=option] >> nth=3")
    assert page.get_attribute("#search", "aria-expanded") == "true"
    before = page.get_attribute("#search", "aria-activedescendant")
    press("ArrowDown")
    press("ArrowDown")
    press("ArrowUp")
    assert page.get_attribute("#search", "aria-activedescendant") != before
    chosen = page.inner_text("[aria-selected=true][role=option] .name")
    press("Enter")
    page.wait_for_selector(f"h1:has-text('{chosen}')")
    assert focused(opened) == "main"
    assert chosen in page.inner_text("#live")
    press("1")
    page.wait_for_selector("#tab-chain[aria-selected=true]")
    press("3")
    page.wait_for_selector("#tab-table[aria-selected=true]")
    page.focus("#tab-table")
    press("ArrowRight")
    page.wait_for_selector("#tab-history[aria-selected=true]")
    press("ArrowRight")
    page.wait_for_selector("#tab-chain[aria-selected=true]")
    assert focused(opened) == "tab-chain"
    press("?")
    assert says["keys"] in page.inner_text("dialog[open]")
    press("Escape")
    page.wait_for_selector("dialog", state="hidden")
    theme = opened.run("document.documentElement.dataset.theme")
    press("m")
    assert opened.run("document.documentElement.dataset.theme") != theme
    press("l")
    other = SAYS["en" if lang == "zh" else "zh"]
    page.wait_for_selector(f"#tab-table:has-text('{other['table']}')")
    page.reload()
    page.wait_for_selector(f"#tab-table:has-text('{other['table']}')")
    assert opened.run("document.documentElement.dataset.theme") != theme
    undisturbed(opened, town)


def test_no_name_runs(town: str, window: Window) -> None:
    """Hostile names stay text in search, panel, chain, picture and tables (ROBUSTNESS C4); no text becomes an element."""
    opened = visit(window, town)
    page = opened.page
    page.fill("#search", "window.fired")
    page.wait_for_selector("[role=option] >> nth=3")
    for k in range(0, len(PAYLOADS), 4):
        for place in (f"#/entity/unit:BAD{k}", f"#/entity/organization:BADORG{k}?tab=table"):
            page.goto(town + place)
            page.wait_for_selector(".panel h1")
            page.wait_for_selector("tbody tr")
    for tab in ("chain&down=1", "neighbours", "table"):
        page.goto(f"{town}#/entity/unit:BAD0?tab={tab}")
        page.wait_for_selector("tbody tr")
    page.goto(town + "#/entity/unit:%3Cimg%20src%3Dx%20onerror%3Dwindow.fired%3D1%3E")
    page.wait_for_selector(".failure")
    assert "onerror=window.fired=1" in page.inner_text(".failure")
    assert opened.run("window.fired") is None
    for element in ("img", "script", "style", "iframe", "[onerror]", "[onload]"):
        assert page.locator(f"main {element}").count() == 0
    undisturbed(opened, town, but="404")


def test_no_supernode_floods_the_page(town: str, window: Window) -> None:
    """A street with a thousand organizations is drawn with a few and the count; more come when asked for, never above 300."""
    opened = visit(window, town, "#/entity/division:420101001")
    assert drawn(opened)[0] == 13
    group = ".groups li:has-text('organization')"
    assert f"12 of {MANY:,}" in opened.page.inner_text(f"{group} >> nth=0")
    for _ in range(6):
        opened.page.click(f"{group} button:has-text('more')")
    assert drawn(opened)[0] == 300
    assert opened.page.is_disabled(f"{group} button:has-text('more')")
    assert "300" in opened.page.inner_text(".groups .warning")
    opened.page.click(f"{group} button:has-text('fewer')")
    opened.page.wait_for_selector(".canvas [data-nodes='1']")
    undisturbed(opened, town)


def test_the_table_is_the_picture_s_twin(town: str, window: Window) -> None:
    """It lists what is drawn, sorts, filters, leaves as CSV without a formula; what is expanded is so after back and reload."""
    opened = visit(window, town, "#/entity/unit:JOINT")
    page = opened.page
    assert drawn(opened) == (5, 4)
    rows = page.locator(".twin >> nth=0 >> tbody tr")
    assert rows.count() == 5
    page.click(".twin >> nth=0 >> thead button >> nth=0")
    ascending = rows.all_inner_texts()
    page.click(".twin >> nth=0 >> thead button >> nth=0")
    assert rows.all_inner_texts() == ascending[::-1]
    page.fill(".twin >> nth=0 >> input", "街道")
    assert rows.count() == 1
    page.fill(".twin >> nth=0 >> input", "")
    with page.expect_download() as saving:
        page.click(".twin >> nth=0 >> text=Export CSV")
    read = list(csv.reader(io.StringIO(saving.value.path().read_text("utf-8-sig"))))
    assert len(read) == 6
    page.select_option(".groups select", label="某街道工委")
    page.click("text=Expand")
    page.wait_for_selector(".canvas [data-nodes='6']")
    assert rows.count() == 6
    opened.wait("location.hash.includes('open=unit%3ASTREET')")
    page.click(".groups .bar >> text=Open its page")
    page.wait_for_selector("h1:has-text('某街道工委')")
    page.go_back()
    page.wait_for_selector(".canvas [data-nodes='6']")
    page.reload()
    page.wait_for_selector(".canvas [data-nodes='6']")
    assert page.locator(".groups select option:checked").inner_text() == "某街道工委"
    page.click(".groups >> text=Close")
    page.wait_for_selector(".canvas [data-nodes='5']")
    opened.wait("!location.hash.includes('open=')")
    undisturbed(opened, town)


def test_the_picture_of_neighbours_is_explore_s(town: str, window: Window) -> None:
    """Around an entity too arrows lead from thing to thing, space chooses, and dashes in the legend tell relations apart."""
    opened = visit(window, town, "#/entity/organization:F0000")
    page = opened.page
    drawn(opened)
    assert opened.run("document.querySelector('.canvas canvas').getContext('2d') !== null")
    lines = page.locator(".groups .legend line")
    dashes = lines.evaluate_all("all => all.map((one) => one.getAttribute('stroke-dasharray'))")
    assert len(set(dashes)) == len(dashes) > 1
    before = page.input_value(".groups select")
    page.focus(".canvas [data-nodes]")
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Space")
    opened.wait(f"document.querySelector('.groups select').value !== {before!r}")
    undisturbed(opened, town)


def test_the_legend_of_neighbours_filters_them(town: str, window: Window) -> None:
    """A kind goes from picture, table and count, what the page is about stays, and the address keeps it; ticked it is back."""
    opened = visit(window, town, "#/entity/unit:JOINT")
    page = opened.page
    assert drawn(opened) == (5, 4)
    page.uncheck(".groups .legend label:has-text('organization') input")
    page.wait_for_selector(".canvas [data-nodes='2']")
    rows = page.locator(".twin >> nth=0 >> tbody tr")
    assert rows.count() == 2
    assert "organization" not in " ".join(rows.all_inner_texts())
    page.reload()
    page.wait_for_selector(".canvas [data-nodes='2']")
    page.uncheck(".groups .legend label:has-text('party unit') input")
    page.wait_for_selector(".canvas [data-nodes='1']")
    assert page.locator(".groups select option:checked").inner_text() in page.inner_text("h1")
    for kind in ("organization", "party unit"):
        page.check(f".groups .legend label:has-text('{kind}') input")
    page.wait_for_selector(".canvas [data-nodes='5']")
    page.uncheck(".groups .legend label:has-text('covers') input")
    opened.wait("location.hash.includes('without=COVERS')")
    assert drawn(opened) == (5, 1)
    undisturbed(opened, town)


def test_no_key_between_tabs_is_lost(town: str, window: Window) -> None:
    """Keys that come faster than the page is drawn each go one tab on; Home and End go to the ends."""
    opened = visit(window, town, "#/entity/unit:JOINT?tab=chain")
    page = opened.page
    page.focus("#tab-chain")
    fast = """keys => { for (const key of keys)
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })) }"""
    for keys, reached in (
        (["ArrowRight"] * 3, "history"),
        (["ArrowRight", "ArrowRight", "ArrowLeft"], "chain"),
        (["End", "ArrowLeft"], "table"),
        (["Home"], "chain"),
    ):
        page.evaluate(fast, keys)
        page.wait_for_selector(f"#tab-{reached}[aria-selected=true]")
        assert focused(opened) == f"tab-{reached}"
    undisturbed(opened, town)


def test_a_slow_answer_never_takes_the_place_of_a_newer_one(town: str, window: Window) -> None:
    """Who types on sees what was typed last: the former question is ended."""
    opened = visit(window, town)
    page = opened.page
    waiting: list[Any] = []
    page.route(
        re.compile("find"),
        lambda route: waiting.append(route) if "JOINT" in route.request.url else route.continue_(),
    )
    page.fill("#search", "JOINT")
    page.wait_for_timeout(300)
    page.fill("#search", "某街道")
    page.wait_for_selector("[role=option]:has-text('某街道工委')")
    assert len(waiting) == 1
    with contextlib.suppress(Exception):  # it was ended already
        waiting[0].continue_()
    page.wait_for_timeout(300)
    assert page.locator("[role=option]:has-text('联合')").count() == 0


def test_a_search_that_fails_says_so(town: str, window: Window) -> None:
    """Seen and heard, Enter waits for nothing, and the next search is answered as ever."""
    opened = visit(window, town)
    page = opened.page
    page.route("**/api/v1/find?*", lambda route: route.abort())
    page.fill("#search", "光谷")
    page.keyboard.press("Enter")
    page.wait_for_selector(".search .failed:has-text('does not answer')")
    opened.wait("document.getElementById('live').textContent.includes('does not answer')")
    page.unroute("**/api/v1/find?*")
    page.fill("#search", "光谷联")
    page.wait_for_selector(".search [role=option]:has-text('光谷联合支部')")
    assert not page.locator(".search .failed").count()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('光谷联合支部')")
    undisturbed(opened, town, but="ERR_FAILED")


def test_a_search_that_failed_is_said_in_the_language_of_the_page(
    town: str, window: Window
) -> None:
    """Whoever changes the language reads the reason in the new one."""
    opened = visit(window, town)
    page = opened.page
    page.route("**/api/v1/find?*", lambda route: route.abort())
    page.fill("#search", "光谷")
    page.wait_for_selector(".search .failed:has-text('does not answer')")
    opened.run("document.querySelector('header button[lang=\"zh-CN\"]').click()")
    page.wait_for_selector(".search .failed:has-text('服务没有应答')")
    undisturbed(opened, town, but="ERR_FAILED")


def serious(opened: Opened) -> list[str]:
    """What axe finds that is serious or critical."""
    if not opened.run("'axe' in window"):
        opened.run(AXE.read_text(encoding="utf-8"))
    found = opened.run("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{v['id']}: {n['html'][:200]} {n['failureSummary']}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "lang"), [("light", "zh"), ("dark", "en")])
def test_accessible(town: str, window: Window, scheme: str, lang: str) -> None:
    """Axe finds nothing serious in any view; each has one heading of the first rank, and landmarks."""
    opened = visit(window, town, lang=lang, color_scheme=scheme)
    page = opened.page
    assert serious(opened) == []
    page.fill("#search", "光谷")
    page.wait_for_selector("[role=option]")
    assert serious(opened) == []
    page.keyboard.press("Escape")
    for place, sign in (
        ("#/entity/unit:JOINT", ".canvas [data-nodes]"), ("#/entity/unit:JOINT?tab=chain", ".drawn a"),
        ("#/entity/organization:F0001?tab=table", "tbody tr"), ("#/load", ".drop"),
    ):  # fmt: skip
        page.goto(town + place)
        page.wait_for_selector(sign)
        assert serious(opened) == [], place
        assert page.locator("h1").count() == 1
        for landmark in ("header", "main", "nav", "[role=search]", "[role=status]"):
            assert page.locator(landmark).count() >= 1
    page.keyboard.press("?")
    assert serious(opened) == []


def test_the_first_run_takes_three_clicks(tmp_path: Path, window: Window) -> None:
    """Where there is no store: choose ledgers, watch them being read, open the city; the commands stand beside it."""
    ledger = tmp_path / "台账.csv"
    ledger.write_bytes(firms(1, 5))
    with served(tmp_path / "new.db") as url:
        opened = visit(window, url, lang="zh")
        page = opened.page
        text = page.inner_text("main")
        assert "lianjian import" in text
        assert "lianjian demo" in text
        with page.expect_file_chooser() as choosing:
            page.click(".drop button")
        choosing.value.set_files(ledger)
        page.click(".load .bar button.main", timeout=60_000)
        page.wait_for_selector(".figures", timeout=20_000)
        assert page.inner_text("h1") == SAYS["zh"]["city"]
        assert "5" in page.inner_text(".figures")
        assert [r for r in opened.requests if r.endswith("/events")]
        undisturbed(opened, url)


def test_logging_in_and_out(tmp_path: Path, window: Window) -> None:
    """Who has no session gets the form and no data; a wrong password is said; a viewer is offered no loading; leaving ends it."""
    store = made(tmp_path / "town.db")
    accounts = accounts_of(store)
    accounts.add("viewer", "viewer", None, PASSWORD)
    accounts.close()
    with served(store) as url:
        opened = visit(window, url, "#/entity/unit:JOINT")
        page = opened.page
        assert page.locator("#search, .panel").count() == 0
        assert serious(opened) == []
        undisturbed(opened, url)
        page.fill("[name=name]", "viewer")
        page.fill("[name=password]", "wrong password here")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]:has-text('password is wrong')")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".panel h1:has-text('光谷联合支部')")
        assert "Load ledgers" not in page.inner_text("header")
        assert page.context.cookies()[0]["httpOnly"]
        page.click("text=Log out")
        page.wait_for_selector("form.login")
        page.reload()
        page.wait_for_selector("form.login")
        undisturbed(opened, url, but="401")


@pytest.mark.large
def test_no_page_changes_how_another_looks(town: str, window: Window) -> None:
    """Whichever pages were opened before, one lies below the header, where and as wide as it does in a window of its own."""
    place = "JSON.stringify((r => [r.x, r.y, r.width])(document.querySelector('main > *').getBoundingClientRect()))"

    def lies(opened: Opened, name: str) -> str:
        opened.run(f"location.hash = '#/{name}'")
        opened.page.wait_for_selector(
            f"main[data-page='{name}'] h1, main[data-page='{name}'] button"
        )
        return str(opened.run(place))

    names = ("map", "explore", "board", "desk", "questions", "load")
    one_after_another = visit(window, town)
    for name in names:
        lies(one_after_another, name)
    for name in names:
        assert lies(one_after_another, name) == lies(visit(window, town), name), name

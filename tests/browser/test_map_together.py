"""What belongs together on the city map, in a real browser: proposed units, communities, and findings while they are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_application import PAYLOADS, pytestmark, serious, served, undisturbed
from tests.browser.test_map import Window, on_map, told
from tests.cut.conftest import city
from tests.cut.test_cut import firm, unit
from tests.service.people import _quick
from tests.service.planned import leave

__all__ = ["_quick", "pytestmark"]

AT = "#/map?in=429901001&at=building:429901001/1"
SAYS = {
    "zh": {"same": "同一拟建党组织", "unit": "拟由", "board": "挂图作战", "community": "社群"},
    "en": {"same": "one proposed unit", "unit": "Proposed unit of", "board": "on the board",
           "community": "Community around"},
}  # fmt: skip


def made(path: Path) -> Path:
    """Make a building of 16 small organizations that may be joined, two units that cover four others, and hostile names."""
    building = {"key": "building:429901001/1", "code": "1", "name": "1号楼", "street": "429901001"}
    place = {"street": "429901001", "building": building["key"], "datum": "WGS84"}
    small = [
        firm(f"S{n:02}", 1, formal_members=2, lon=114.3 + (n % 4) / 2e3, lat=30.5 + (n // 4) / 2e3, **place,
             **({"name": PAYLOADS[n]} if n < len(PAYLOADS) else {}))
        for n in range(16)
    ]  # fmt: skip
    covered = [
        firm(f"C{n}", 1, unit=f"U{n % 2}", lon=114.303, lat=30.5 + n / 2e3, **place)
        for n in range(4)
    ]
    units = [
        unit("CITY", None, type="工委"),
        *(unit(f"U{n}", 1, superior="CITY", name=PAYLOADS[n]) for n in range(2)),
    ]
    where = {"lon": 114.3, "lat": 30.5, "datum": "WGS84"}
    city(
        path,
        [
            ("building", 20160801, [building | where]),
            ("unit", 20160801, units),
            ("organization", 20160801, small + covered),
        ],
    ).close()
    return path


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A store and a plan of it, of which five and five are joined, and the last joins a unit."""
    joint = [
        {"id": f"NEW-{k}0000000", "organizations": [f"S{n:02}" for n in range(5 * k, 5 * k + 5)], "form": "区域联建",
         "why": {"zh": f"同在楼宇“1号楼”{k}", "en": f"all in the building 1号楼 {k}"}}
        for k in range(3)
    ]  # fmt: skip
    host = {"organization": "S15", "unit": "U0"}
    entry = {"id": "street:429901001", "name": "一街", "joint": joint, "attached": [host]}
    none: dict[str, Any] = {"separate": [], "work_coverage": [], "uncovered": []}
    made_up = {"as_of": "2016-08-01", "ledger_units": [entry | none]}
    return made(tmp_path_factory.mktemp("together") / "town.db"), made_up


@pytest.fixture(scope="module")
def town(plan: tuple[Path, dict[str, Any]]) -> Iterator[str]:
    """The address of the application over it; a job has left the plan."""
    store, found = plan
    leave(store.with_suffix(".service"), "f" * 32, found, by="local", within=[])
    with served(store) as url:
        yield url


@pytest.mark.parametrize(("lang", "scheme"), [("zh", "light"), ("en", "dark")])
def test_a_proposed_unit_is_seen_named_and_led_to(
    town: str, plan: tuple[Path, dict[str, Any]], window: Window, lang: str, scheme: str
) -> None:
    """By mouse: a colour is chosen and a member of a group selected; it names whom the plan joins, and leads to the board there."""
    opened = on_map(window, town, AT, lang, color_scheme=scheme)
    page, says = opened.page, SAYS[lang]
    page.select_option(".controls select >> nth=0", "group")
    page.wait_for_selector(".legend .looks")
    assert says["same"] in page.inner_text(".legend")
    group = next(g for e in plan[1]["ledger_units"] for g in e["joint"])
    code = group["organizations"][0]
    page.locator("tbody tr").filter(has_text=code).locator("td >> nth=1").click()
    page.wait_for_selector(".chosen .members li")
    assert says["unit"] in page.inner_text(".chosen h3")
    assert group["id"] in page.inner_text(".chosen .group")
    assert page.locator(".chosen .members li").count() == len(group["organizations"])
    assert group["why"][lang] in page.inner_text(".chosen .group")
    assert serious(opened) == []
    link = page.get_attribute(f".chosen .group > a:has-text('{says['board']}')", "href") or ""
    for part in ("#/board?", "tab=plan", f"job={'f' * 32}", f"group={group['id']}"):
        assert part in link
    assert opened.run("window.fired") is None
    undisturbed(opened, town)


OUTLINED = """(() => {
  const canvas = document.querySelector('.sigma-under');
  const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let n = 0;
  for (let k = 3; k < all.length; k += 4) n += all[k] > 0;
  return n;
})()"""


def test_groups_have_outlines_and_their_own_looks(town: str, window: Window) -> None:
    """Around the members of each group more is painted than without; groups side by side differ; the twin has them by name."""
    opened = on_map(window, town, AT)
    before = opened.run(OUTLINED)
    opened.page.select_option(".controls select >> nth=0", "group")
    opened.page.wait_for_selector(".legend .looks")
    opened.wait(f"{OUTLINED} > {before}")
    view = told(town, "in=429901001&at=building:429901001/1&colour=group")
    tints = [g["tint"] for g in view["groups"]]
    assert len(set(tints)) == len(tints) > 1
    for group in view["groups"]:
        assert opened.page.locator("tbody tr").filter(has_text=group["id"]).count() == group["organizations"]  # fmt: skip
    undisturbed(opened, town)


def test_communities_by_keyboard(town: str, window: Window) -> None:
    """Chosen, read and filtered with keys alone: the legend says what a community is and which there are, and shows one of them."""
    opened = on_map(window, town, AT, "en")
    page = opened.page
    page.focus(".controls select >> nth=0")
    page.keyboard.type("Comm")
    page.wait_for_selector(".legend .groups li")
    assert "colour=community" in page.url
    assert "nothing of people does" in page.inner_text(".legend")
    rows = page.locator(".map > .twin tbody tr, .map tbody tr")
    every = rows.count()
    page.focus(".legend .groups button >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chips button:has-text('Community around')")
    page.wait_for_selector(".legend .groups button[aria-pressed=true]")
    assert "community=" in page.url
    opened.wait(f"document.querySelectorAll('.map tbody tr').length < {every}")
    page.focus(".chips button >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chips", state="detached")
    page.goto(page.url + "&chosen=organization:C0")
    page.wait_for_selector(".chosen .group")
    assert SAYS["en"]["community"] in page.inner_text(".chosen .group")
    page.click(".chosen .group a:has-text('Only this community')")
    page.wait_for_selector(".chips")
    page.click(".chosen .group a:has-text('All of the map')")
    page.wait_for_selector(".chips", state="detached")
    assert serious(opened) == []
    assert opened.run("window.fired") is None
    undisturbed(opened, town)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_plan_the_legend_leads_to_planning(
    tmp_path: Path, window: Window, lang: str
) -> None:
    """It says that there is none and how many have no unit, shows them, and the link opens the board's planning of what is seen."""
    with served(made(tmp_path / "bare.db")) as url:
        opened = on_map(window, url, "#/map?in=429901001&colour=group", lang)
        opened.page.set_viewport_size({"width": 400, "height": 800})
        page = opened.page
        assert "16" in page.inner_text(".legend .notes")
        page.click(".legend .notes a >> nth=1")
        page.wait_for_selector(".chips")
        assert "coverage=eligible%2Cuncovered" in page.url
        page.go_back()
        page.click(".legend .notes a >> nth=0")
        page.wait_for_selector("[role=tabpanel]")
        assert "tab=plan" in page.url
        assert "in=street%3A429901001" in page.url
        undisturbed(opened, url)


def test_a_city_that_is_being_audited_is_asked_for_again(town: str, window: Window) -> None:
    """The page says how far it is, keeps the picture, and shows the findings once they are there."""
    opened = on_map(window, town)
    page = opened.page
    said = {
        "title": "being made",
        "detail": "rules: 3/53",
        "code": "being_made",
        "done": 3,
        "of": 53,
        "seconds": 7,
        "retry_after": 2,
    }
    told = {"preference-applied": "respond-async"}
    page.route(
        "**/view?*colour=finding*",
        lambda route: route.fulfill(status=202, json=said, headers=told),
        times=1,
    )
    page.select_option(".controls select >> nth=0", "finding")
    page.wait_for_selector(".making:has-text('3/53')")
    assert page.get_attribute(".making progress", "value") == "3"
    assert "3/53" in page.inner_text("#live")
    assert page.locator(".net").count() == 1
    page.wait_for_selector(".legend :text('gravest finding')", timeout=20_000)
    page.wait_for_selector(".making", state="detached")
    undisturbed(opened, town)

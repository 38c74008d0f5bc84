"""The first page in a real browser: an invented city by clicks, said to be one, and the way back to ledgers of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.web import BUILT
from tests.browser.conftest import Opened
from tests.browser.hands import Hand
from tests.browser.test_application import serious, served, undisturbed, visit

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
ASKED = {"zh": 4000, "en": 20_000}
"""Which of the two sizes is chosen."""
ELSEWHERE = """fetch('/api/v1/jobs/demo', {
  method: 'POST', body: '{"orgs": 20000}', headers: {'content-type': 'application/json'},
})"""
"""Asks for an invented city as another window would."""


@pytest.mark.parametrize(
    ("lang", "keys", "scheme"),
    [
        ("en", True, "dark"), pytest.param("zh", False, "light", marks=pytest.mark.large),
        pytest.param("en", False, "light", marks=pytest.mark.large), pytest.param("zh", True, "dark", marks=pytest.mark.large),
    ],
)  # fmt: skip
def test_an_invented_city_is_loaded_and_taken_back(
    window: Window, tmp_path: Path, lang: str, keys: bool, scheme: str
) -> None:
    """Three clicks at most; it is said to be invented; taken back, the page of an empty city is there again."""
    sizes: list[int] = []

    def smaller(route: Any) -> None:
        sizes.append(json.loads(route.request.post_data)["orgs"])
        route.continue_(post_data=json.dumps({"orgs": 60}))

    with served(tmp_path / "new.db") as url:
        opened = visit(window, url, lang=lang, color_scheme=scheme)
        hand, page = Hand(opened, keys), opened.page
        page.route("**/jobs/demo", smaller)
        hand.there(".demo")
        assert serious(opened) == []
        if ASKED[lang] == 20_000:
            if keys:
                hand.reach(".demo input:checked")
                page.keyboard.press("ArrowDown")
            else:
                page.click(".demo label:nth-of-type(2)")
        hand.press(".demo button")
        hand.press(".load .bar button.main")
        hand.there(".invented")
        assert sizes == [ASKED[lang]]
        hand.there(".figures li")
        assert serious(opened) == []
        hand.press(".invented button")
        hand.there(".invented [role=alert]")
        hand.press(".invented button.main")
        hand.there(".demo")
        undisturbed(opened, url)


def test_who_may_not_bring_in_a_city_is_not_offered_one(window: Window, tmp_path: Path) -> None:
    """Nor is it where a city is on its way in: that one is shown instead."""
    with served(tmp_path / "new.db") as url:
        opened = visit(window, url)
        page = opened.page
        me = {
            "name": "v",
            "role": "planner",
            "jurisdiction": "429901",
            "csrf": None,
            "expires": None,
            "store": False,
        }
        page.route("**/api/v1/me", lambda route: route.fulfill(json=me))
        page.reload()
        page.wait_for_selector(".load .drop")
        assert page.locator(".demo").count() == 0
        page.unroute("**/api/v1/me")
        opened.run(ELSEWHERE)
        page.reload()
        page.wait_for_selector(".load progress")
        page.click(".load .card button")
        page.wait_for_selector(".load strong")
        assert "stopped" in page.inner_text(".load strong")
        undisturbed(opened, url)

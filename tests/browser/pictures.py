"""The README's pictures of the application, made anew from an invented city: ``python -m tests.browser.pictures [FOLDER]``."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from api.cli.app import run
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.service.working import line

FOLDER = Path(__file__).parents[2] / "docs/images"
ORGANIZATIONS, SEED = 4000, 7
SIZE = {"width": 1280, "height": 800}
WAIT = 180_000
"""Milliseconds after which something never comes."""


def main(arguments: list[str]) -> int:
    """Make a city, serve it, and take a picture of each page; return the exit code."""
    folder = Path(arguments[0]) if arguments else FOLDER
    browser = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    if browser is None:
        sys.stderr.write(f"pictures: none of {', '.join(CHROMIUM)} is installed\n")
        return 3
    with tempfile.TemporaryDirectory() as place:
        store = Path(place) / "city.db"
        ledgers = f"{place}/ledgers"
        if run(["generate", ledgers, "--orgs", str(ORGANIZATIONS), "--seed", str(SEED)]):
            return 3
        asked = ["import", ledgers, "--store", str(store), "--date", "2016-08-26"]
        if run([*asked, "--faults", f"{place}/faults"]) > 1:
            return 3
        with line(store, log="off") as (port, _), sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=browser, args=FLAGS)
            page = started.new_context(viewport=SIZE, locale="en-GB").new_page()  # type: ignore[arg-type]
            page.set_default_timeout(WAIT)
            pictures(page, f"http://127.0.0.1:{port}/", folder)
            started.close()
    return 0


def pictures(page: Page, url: str, folder: Path) -> None:
    """Take each picture when its page has come to rest."""
    street = _street(page, url)
    page.goto(f"{url}#/map")
    page.wait_for_selector(".picture:not(.waiting) .net[data-state=still]")
    _taken(page, folder / "map.png")
    page.goto(f"{url}#/explore?show=division%3A{street}")
    page.wait_for_selector("#board[data-nodes='1']")
    page.check(".explore > .twin input[type=checkbox] >> nth=0")
    page.click(".side .one button.main")
    page.wait_for_selector("#board[data-nodes]:not([data-nodes='1'])")
    page.wait_for_selector(".side .said")
    _taken(page, folder / "explore.png")
    page.goto(f"{url}#/board?in=street%3A{street}&tab=plan")
    page.click(".planning button.main")
    page.wait_for_selector(".cards .people li")
    page.wait_for_selector(".rates table")
    _taken(page, folder / "board.png")
    page.goto(f"{url}#/desk")
    page.wait_for_selector(".rows li")
    _taken(page, folder / "desk.png")


def _street(page: Page, url: str) -> str:
    """Return the street with the most organizations, so that there is something to see."""
    answer = page.request.get(f"{url}api/v1/board/list?limit=1")
    areas: list[dict[str, Any]] = json.loads(answer.text())["areas"]
    streets = [a for a in areas if str(a["ledger_unit"]).startswith("street:")]
    return str(max(streets, key=lambda a: a["organizations"])["ledger_unit"]).partition(":")[2]


def _taken(page: Page, path: Path) -> None:
    page.evaluate("document.getElementById('main').scrollTo(0, 0)")
    page.wait_for_timeout(1500)  # what moves comes to rest
    page.mouse.move(2, 400)
    page.screenshot(path=str(path))
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

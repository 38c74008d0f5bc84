"""A headless Chromium that reports every request, every message and every alert of a page."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.viz.fixtures import city, district, district_path

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["city", "district", "district_path"]

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
]  # fmt: skip


@dataclass
class Opened:
    """A page, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def run(self, script: str) -> Any:
        """Return what a script of the test's own finds."""
        return self.page.evaluate(script)

    def wait(self, script: str) -> None:
        """Wait until a script finds something true; asked from outside, since the page's policy forbids to evaluate text."""
        for _ in range(100):
            if self.run(script):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never came true: {script}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of the system; skips where there is none."""
    path = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(CHROMIUM)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


WINDOWS = pytest.StashKey[list["Opened"]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails, say what its pages showed and reported: the next who reads it has only the text."""
    report = yield
    if report.failed and call.when == "call":
        for opened in item.stash.get(WINDOWS, []):
            with contextlib.suppress(Exception):  # what failed may be the page itself
                shown = opened.page.inner_text("body", timeout=1_000)
                told = [opened.page.url, *opened.troubles, *opened.requests[-15:], shown[:4_000]]
                report.sections.append(("a page of the test", "\n".join(told)))
    return report


@pytest.fixture
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Opened]]:
    """Give windows of their own, whose requests, errors and alerts are noted."""
    contexts = []
    windows = request.node.stash.setdefault(WINDOWS, [])

    def opening(**options: Any) -> Opened:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, accept_downloads=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        out = Opened(page)
        windows.append(out)
        page.on("request", lambda r: out.requests.append(r.url))
        page.on("pageerror", lambda e: out.troubles.append(f"error {e}"))
        page.on(
            "console",
            lambda m: out.troubles.append(f"console {m.text}") if m.type == "error" else None,
        )

        def dialog(d: Any) -> None:
            out.troubles.append(f"dialog {d.message}")
            d.dismiss()

        page.on("dialog", dialog)
        return out

    yield opening
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(window: Callable[..., Opened]) -> Callable[..., Opened]:
    """Open a file in a window of its own and wait until it is drawn."""

    def opening(path: Path, **options: Any) -> Opened:
        out = window(**options)
        out.page.goto(path.resolve().as_uri())
        out.page.wait_for_selector("html[data-ready='1']")
        return out

    return opening

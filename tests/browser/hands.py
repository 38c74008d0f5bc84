"""Somebody at the application: by mouse, or by keyboard alone, where Tab leads to whatever is pressed and nothing is clicked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.conftest import Opened

STOPS = 400
"""Stops of the Tab key after which an element is taken for one that can't be reached."""
WAIT = 120_000
"""Milliseconds after which something never comes, on a machine with other work."""
AWAY = """(e) => {
  const now = document.activeElement;
  if (e === now) return 0;
  const before = now && now !== document.body && e.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING;
  return before ? -1 : 1;
}"""
"""Where an element lies from the one that has the focus: before it, after it, or it is it."""


@dataclass
class Hand:
    """One person's hand.

    Attributes
    ----------
    opened : Opened
    keys : bool
        Whether it has a keyboard alone.
    """

    opened: Opened
    keys: bool

    def there(self, selector: str) -> Any:
        """Wait for an element, and return it."""
        return self.opened.page.wait_for_selector(selector, timeout=WAIT)

    def reach(self, selector: str) -> None:
        """Go to an element with the Tab key."""
        press = self.opened.page.keyboard.press
        for _ in range(STOPS):
            # looked for anew: a page that draws itself again puts another element in its place
            away = self.there(selector).evaluate(AWAY)
            if away == 0:
                return
            press("Tab" if away > 0 else "Shift+Tab")
        raise AssertionError(f"{selector}: not reached by Tab")

    def press(self, selector: str) -> None:
        """Press a button or follow a link."""
        if self.keys:
            self.reach(selector)
            self.opened.page.keyboard.press("Enter")
        else:
            self.there(selector)
            self.opened.page.click(selector)

    def tick(self, selector: str) -> None:
        """Tick a box, or take the tick away."""
        if self.keys:
            self.reach(selector)
            self.opened.page.keyboard.press("Space")
        else:
            self.there(selector)
            self.opened.page.click(selector)

    def write(self, selector: str, text: str) -> None:
        """Write into a field."""
        if self.keys:
            self.reach(selector)
        else:
            self.there(selector)
            self.opened.page.click(selector)
        self.opened.page.keyboard.type(text)

    def choose(self, selector: str, value: str) -> None:
        """Choose one of a list by its value; a keyboard goes down the list to it."""
        page = self.opened.page
        if not self.keys:
            self.there(selector)
            page.select_option(selector, value)
            return
        self.reach(selector)
        for _ in range(60):
            if page.input_value(selector) == value:
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"{selector}: {value} not reached by the arrow keys")

    def files(self, selector: str, paths: list[Path]) -> None:
        """Press the button that asks for files, and give them."""
        with self.opened.page.expect_file_chooser() as choosing:
            self.press(selector)
        choosing.value.set_files(paths)

    def saved(self, selector: str, folder: Path) -> Path:
        """Press what gives a file, and return the file."""
        with self.opened.page.expect_download(timeout=WAIT) as saving:
            self.press(selector)
        path = folder / saving.value.suggested_filename
        saving.value.save_as(path)
        return path

    def tab(self, here: str, wanted: str) -> None:
        """Go from one tab to another: with the arrow keys where there is no mouse."""
        if not self.keys:
            self.press(wanted)
            return
        self.reach(here)
        for _ in range(5):
            if self.opened.run(f"document.activeElement.matches({wanted!r})"):
                return
            self.opened.page.keyboard.press("ArrowRight")
        raise AssertionError(f"{wanted}: not reached by the arrow keys")

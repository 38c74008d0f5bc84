"""Blank ledgers and the campaign's calendar in a real browser: taken as files, filtered, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from api.web import BUILT
from tests.browser.conftest import Opened
from tests.browser.test_application import PAYLOADS, serious, served, undisturbed, visit
from tests.campaign.town import firm, put, town

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an application over a town in December, one of whose districts has a name that attacks."""
    path = tmp_path_factory.mktemp("campaign") / "town.db"
    store = town(path, firm("F1", formal_members=0, staff=120), firm("F2", "429902001"))
    put(store, "organization", "非公企业|street:429901001", 20161210, [firm("F1", formal_members=0, staff=120)])  # fmt: skip
    hostile = {"key": "429902", "name": PAYLOADS[1], "level": "区", "parent": "4299"}
    put(store, "division", "区划|市", 20161210, [hostile])
    store.close()
    with served(path) as url:
        yield url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_calendar(service: str, window: Window, lang: str, tmp_path: Path) -> None:
    """What is late comes first, by date; all entries on demand; files for calendar programs and of the ledgers are kept."""
    opened = visit(window, service, lang=lang)
    page = opened.page
    page.focus(".campaign summary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".campaign tbody tr", timeout=60_000)
    states = page.locator(".campaign tbody td:nth-child(4)").all_inner_texts()
    assert all(s.startswith(("‼", "●")) for s in states)
    assert PAYLOADS[1] in page.inner_text(".campaign tbody")
    pressing = len(states)
    # by keyboard alone: the choice of what is shown
    page.focus(".campaign select")
    page.keyboard.press("ArrowDown")
    opened.wait(f"document.querySelectorAll('.campaign tbody tr').length > {pressing}")
    assert "2016-11-21" in page.inner_text(".campaign") or "S37" in page.inner_text(".campaign")
    with page.expect_download() as coming:
        page.click(".campaign button:has-text('.ics')")
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    assert file.suffix == ".ics"
    assert f"SUMMARY;LANGUAGE={lang}" in file.read_text(encoding="utf-8")
    page.fill(".campaign input[type=date]", "2016-08-25")
    opened.wait("document.querySelector('.campaign [role=status]')?.textContent.startsWith('2016-08-25')")  # fmt: skip
    assert serious(opened) == []
    assert opened.run("window.fired") is None
    undisturbed(opened, service)


def test_blank_ledgers(service: str, window: Window, tmp_path: Path) -> None:
    """An annex by one click, another kind by choice; what is kept is a form with the town's places to choose from."""
    opened = visit(window, service, "#/load")
    page = opened.page
    page.wait_for_selector(".blank button")
    with page.expect_download() as coming:
        page.click(".blank button:has-text('附表1')")
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[0] == "非公企业"
    assert any(
        "一街道" in str(v.formula1) for v in book["非公企业"].data_validations.dataValidation
    )
    page.select_option(".blank select", "党组织")
    with page.expect_download() as coming:
        page.click(".blank label button")
    assert coming.value.suggested_filename == "党组织.xlsx"
    assert serious(opened) == []
    undisturbed(opened, service)

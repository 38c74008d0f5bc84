"""Loading ledgers in a real browser: look first, say what a column means, save it, import, mend, see what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.web import BUILT
from tests.browser.conftest import Opened
from tests.browser.test_application import serious, served, undisturbed, visit
from tests.loaders.city import HEADER, firm, text

Window = Callable[..., Opened]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BUILT / "index.html").exists(), reason="the application is not built: make web"
    ),
]
ODD = {"单位名称": "主体叫法", "从业人数": "多少人上班"}
"""Headings that nobody knows."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an application without a store yet."""
    with served(tmp_path_factory.mktemp("ledgers") / "new.db") as url:
        yield url


def odd(path: Path) -> Path:
    """Write a ledger with two unknown headings, one of persons, and a faulty cell."""
    rows = []
    for k in (1, 2, 3):
        row = firm(k, **({"正式党员数": "约5"} if k == 3 else {}))
        rows.append(
            [*(row.get(h, "") for h in HEADER), "张三丰", "<img src=x onerror=window.fired=1>"]
        )
    header = [ODD.get(h, h) for h in HEADER]
    path.write_text(text([*header, "法定代表人", "<b>备注</b>"], rows), encoding="utf-8")
    return path


def test_a_ledger_is_looked_at_corrected_saved_and_imported(
    service: str, window: Window, tmp_path: Path
) -> None:
    """Unknown columns are given a meaning by a list, kept by name, read again, and imported; faults have their way out."""
    opened = visit(window, service, "#/load")
    page = opened.page
    page.set_input_files("input[type=file]", odd(tmp_path / "街道 台账.csv"))
    page.wait_for_selector(".sheet", timeout=60_000)
    shown = page.inner_text(".ledgers")
    assert "lacks" in shown
    assert "法定代表人" in shown
    assert "张三丰" not in page.content()
    assert serious(opened) == []
    for canonical, heading in ODD.items():
        page.select_option(f"select[aria-label='What {heading} means']", canonical)
    assert page.is_disabled(".acts .main")
    assert page.input_value(".save input") == "街道台账"
    page.click(".save button[type=submit]")
    page.wait_for_selector(".acts .main:not([disabled])", timeout=60_000)
    assert "街道台账" in page.inner_text(".acts")
    assert "示例1公司" in page.inner_text(".columns")
    assert "张三丰" not in page.content()
    assert "approximate" in page.inner_text(".twin tbody")
    page.click(".acts .main")
    page.wait_for_selector(".card a[download]", timeout=60_000)
    figures = page.inner_text(".figures")
    assert "2 new or changed" in " ".join(figures.split())
    assert "1 stayed out" in " ".join(figures.split())
    with page.expect_download() as saving:
        page.click(".card a[download]")
    assert "faults" in saving.value.suggested_filename
    page.wait_for_selector(".twin tbody tr")
    page.reload()  # the address holds the import
    page.wait_for_selector(".card a[download]")
    assert page.inner_text(".figures") == figures
    page.wait_for_selector(".twin tbody tr")
    assert serious(opened) == []
    assert opened.run("window.fired") is None
    undisturbed(opened, service)


def test_what_is_no_ledger_is_said_by_keyboard_too(
    service: str, window: Window, tmp_path: Path
) -> None:
    """A file that can't be read is said with its way out, and one may choose again; nothing is stored."""
    opened = visit(window, service, "#/load", "zh")
    page = opened.page
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 this is none")
    page.focus(".drop button")
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Enter")
    choosing.value.set_files(tmp_path / "坏.xlsx")
    page.wait_for_selector(".ledgers .warning", timeout=60_000)
    assert "坏.xlsx" in page.inner_text(".ledgers")
    assert page.is_disabled(".acts .main")
    page.focus(".acts button:not(.main)")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drop")
    undisturbed(opened, service)

"""Loading ledgers in a real browser: look first, say what a column means, save it, import, mend, see what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from api.web import BUILT
from loaders.forms.kinds import chosen
from loaders.forms.sheets import FIRST_ROW, HEADINGS
from loaders.forms.writing import write_templates
from tests.browser.conftest import Opened
from tests.browser.hands import Hand
from tests.browser.test_application import serious, served, undisturbed, visit
from tests.loaders.city import HEADER, credit_code, firm, text
from tests.loaders.test_fitting import HIDDEN, MEANS, strange

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


def test_a_form_s_example_is_left_out_and_said(
    service: str, window: Window, tmp_path: Path
) -> None:
    """Of a form with its example and a row below, one row is read, and a line says that an example row was left out."""
    write_templates(tmp_path, chosen(["annex2"]))
    path = tmp_path / "社会组织.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["社会组织"]
    heads = [str(c.value or "").rstrip("*") for c in sheet[HEADINGS + 1]]
    row: dict[str, str | int] = {
        "统一社会信用代码": credit_code(77), "单位名称": "示范一协会", "类别": "社会团体",
        "经营状态": "正常", "从业人数": 4, "正式党员数": 1, "填报日期": "2016-08-20",
    }  # fmt: skip
    for heading, value in row.items():
        sheet.cell(FIRST_ROW + 1, heads.index(heading) + 1).value = value
    book.save(path)
    opened = visit(window, service, "#/load", "zh")
    page = opened.page
    page.set_input_files("input[type=file]", path)
    page.wait_for_selector(".acts .main:not([disabled])", timeout=60_000)
    page.click(".acts .main")
    page.wait_for_selector(".figures", timeout=60_000)
    assert page.inner_text(".figures").split()[:2] == ["1", "行数"]
    assert "社会组织.xlsx · 社会组织：示例行 1 行，未读入" in page.inner_text(".ledgers")
    undisturbed(opened, service)


def test_what_is_no_ledger_is_said_by_keyboard_too(
    service: str, window: Window, tmp_path: Path
) -> None:
    """A file that can't be read is said with its way out, one goes on at the step that one has come to, and may choose again."""
    opened = visit(window, service, "#/load", "zh")
    page = opened.page
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 this is none")
    page.wait_for_load_state("networkidle")  # what is drawn anew meanwhile would lose the focus
    with page.expect_file_chooser() as choosing:
        page.locator(".drop button").press("Enter")
    choosing.value.set_files(tmp_path / "坏.xlsx")
    page.wait_for_selector(".ledgers .warning", timeout=60_000)
    assert "坏.xlsx" in page.inner_text(".ledgers")
    assert opened.run("document.activeElement.matches('.steps li:nth-child(2)')")
    assert page.is_disabled(".acts .main")
    page.focus(".acts button:not(.main)")
    page.keyboard.press("Enter")
    page.wait_for_selector(".drop")
    assert opened.run("document.activeElement.matches('.steps li:nth-child(1)')")
    undisturbed(opened, service)


@pytest.mark.large
@pytest.mark.parametrize(
    ("lang", "keys"), [("en", False), ("zh", True), ("zh", False), ("en", True)]
)
def test_a_header_that_was_found_wrongly_is_said_and_saved(
    service: str, window: Window, tmp_path: Path, lang: str, keys: bool
) -> None:
    """Two rows are ticked, its headings stand there at once; another sheet is left out; the saved mapping reads both so."""
    opened = visit(window, service, "#/load", lang)
    hand, page = Hand(opened, keys), opened.page
    hand.files(".drop button", [strange(tmp_path / f"台账{lang}{keys}.xlsx")])
    first = ".sheet:has(.title:has-text('一季度'))"
    hand.there(f"{first} .columns")
    if page.get_attribute(first, "open") is None:
        hand.press(f"{first} summary")
    hand.press(f"{first} button[aria-expanded]")
    assert HIDDEN not in page.content()
    if lang == "en":
        assert serious(opened) == []
    hand.tick(f"{first} .first tr:nth-child(3) input")
    hand.tick(f"{first} .first tr:nth-child(4) input")
    hand.tick(f"{first} .first tr.on:not(:nth-child(3)):not(:nth-child(4)) input")
    assert page.locator(f"{first} tr.on").count() == 2
    hand.press(f"{first} .picker button.main")
    hand.there(f"{first} .heading:has-text('人手/其中党员')")
    opened.wait("document.activeElement.matches('.sheet summary')")
    notes = ".sheet:has(.title:has-text('说明'))"
    if page.get_attribute(notes, "open") is None:
        hand.press(f"{notes} summary")
    hand.press(f"{notes} button[aria-expanded]")
    hand.press(f"{notes} .picker .bar button:not(.main)")
    hand.there(f"{notes} summary:has-text('{'left out' if lang == 'en' else '不载入'}')")
    if page.get_attribute(first, "open") is None:
        hand.press(f"{first} summary")
    # what it is, and what each column means
    page.select_option(f"{first} .bar select", "organization")
    for heading, means in MEANS.items():
        page.select_option(f"{first} select[aria-label*='{heading}']", means)
    hand.tick(f"{first} .check input")
    hand.press(".save button[type=submit]")
    hand.press(".acts .main:not([disabled])")
    hand.there(".figures")
    hand.there(".twin tbody tr:has-text('一季度')")
    assert "3" in page.inner_text(".figures li >> nth=0")
    assert HIDDEN not in page.content()
    undisturbed(opened, service)

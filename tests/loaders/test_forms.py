"""Forms come back as they were filled in: through our writer, through LibreOffice, in every format that it saves."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from graph.affiliation.calendar import SEMI_MONTHLY, semi_monthly_period, submission_kinds
from graph.model import iso
from loaders.canonical import canonical
from loaders.forms.guidance import how
from loaders.forms.kinds import Ledger, chosen, ledgers
from loaders.forms.sheets import FIRST_ROW, ONE_PAGE, REPEATED
from loaders.forms.writing import workbook
from loaders.reading import RawSheet, read
from loaders.reading.words import is_example
from tests.loaders import forms

LEDGERS = ledgers()
OFFICE = shutil.which("soffice")
office = pytest.mark.skipif(OFFICE is None, reason="no LibreOffice (soffice)")


def drawn(data: st.DataObject, size: int, some: tuple[Ledger, ...] = LEDGERS) -> dict[str, Any]:
    """Draw rows for each ledger."""
    return {x.name: data.draw(forms.rows(x, size)) for x in some}


def filled(path: Path, some: tuple[Ledger, ...], held: dict[str, list[dict[str, Any]]]) -> Path:
    """Fill blank forms in below their example, as another program does."""
    path.write_bytes(workbook(some))
    book = openpyxl.load_workbook(path)
    for ledger in some:
        sheet = book[ledger.name]
        for number, row in enumerate(held[ledger.name], FIRST_ROW + 1):
            for at, column in enumerate(ledger.columns, 2):
                value = row[column.prop]
                cell = sheet.cell(number, at)
                if isinstance(value, bool):
                    value = "是" if value else "否"
                elif column.cell == "date" and value is not None:
                    value = dt.date(value // 10000, value // 100 % 100, value % 100)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def converted(path: Path, ending: str) -> Path:
    """Have LibreOffice open a file and save it anew."""
    folder = path.parent / "saved"
    # the processes' own character set holds no Chinese where no language is set: comma, quote, UTF-8
    how = f"{ending}:Text - txt - csv (StarCalc):44,34,76" if ending == "csv" else ending
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                str(OFFICE), f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
                how, "--outdir", str(folder), str(path),
            ],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    return folder / f"{path.stem}.{ending.partition(':')[0]}"


@settings(max_examples=2)
@given(data=st.data())
def test_what_is_written_comes_back(data: st.DataObject) -> None:
    """Any valid values of all kinds of ledgers, written in the forms' layout, are read as the same values without a mapping."""
    held = drawn(data, 5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forms.xlsx"
        path.write_bytes(workbook(LEDGERS, rows=held))
        assert forms.came_back(path, LEDGERS) == held
        with zipfile.ZipFile(path) as archive:
            sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
            assert not [n for n in sheets if b"<f>" in archive.read(n)]


@office
@settings(max_examples=1)
@given(data=st.data())
def test_what_is_saved_by_libreoffice_comes_back(data: st.DataObject) -> None:
    """Forms that are filled in and saved by LibreOffice give every value back, and their examples stay out."""
    held = drawn(data, 6)
    with tempfile.TemporaryDirectory() as folder:
        path = converted(filled(Path(folder) / "forms.xlsx", LEDGERS, held), "xlsx")
        assert forms.came_back(path, LEDGERS) == held
        assert {s.examples for s in read([str(path)]) if isinstance(s, RawSheet)} == {1}


@pytest.mark.large
@office
@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls", "csv"])
@settings(max_examples=3)
@given(data=st.data())
def test_every_format_that_libreoffice_saves_comes_back(data: st.DataObject, ending: str) -> None:
    """The same of every format that is read; a .csv has one sheet."""
    some = chosen(["annex2"]) if ending == "csv" else LEDGERS
    held = drawn(data, 6, some)  # of all forms together, more than that can't be drawn
    with tempfile.TemporaryDirectory() as folder:
        path = filled(Path(folder) / f"{some[0].name}.xlsx", some, held)
        assert forms.came_back(converted(path, ending), some) == held


def test_the_example_of_a_semi_monthly_report_is_one() -> None:
    """Whoever follows the form has reported: its 期次 is a due date, its 日期 in time, and its note says which date is meant."""
    found = 0
    for ledger in LEDGERS:
        told = {c.name: how(ledger, c) for c in ledger.columns}
        if SEMI_MONTHLY not in submission_kinds(told.get("种类", ("", "", ""))[2]):
            continue
        found += 1
        zh, en, period = told["期次"]
        due = semi_monthly_period(period)
        assert due is not None
        assert told["日期"][2] <= str(iso(due))
        assert ("应报日期" in zh, "due" in en) == (True, True)
    assert found == 1


def test_an_example_is_left_out_where_a_format_keeps_no_merging(tmp_path: Path) -> None:
    """序号 beside two rows of headings is a heading also where it comes from the upper row alone."""
    path = tmp_path / "附表2.csv"
    path.write_text(
        "附表2 社会组织调查摸底表,,,\n序号,单位基本情况,,\n,统一社会信用代码*,单位名称*,类别*\n"
        "示例,91429900XN0000001E,示例科技有限公司,社会团体\n1,91429900XN0000002C,甲协会,社会团体\n",
        encoding="utf-8",
    )
    (sheet,) = (s for s in read([str(path)]) if isinstance(s, RawSheet))
    assert (sheet.examples, sheet.rows) == (1, 1)


def test_no_column_is_a_person_s() -> None:
    """What forms ask for is known to the import, and none of it is a personal column."""
    for ledger in LEDGERS:
        for heading, columns in ledger.groups:
            for column in columns:
                whole = f"{heading}/{column.name}"
                assert canonical().find(ledger.sheet.id, whole) is not None, whole
                if column.name != "指导员":  # whether there is one, or a pseudonymous code
                    assert not canonical().personal.refuses(column.name), whole


@pytest.mark.parametrize(
    "word", ["示例", "（示例）", " 示 例 ", "例：", "例1", "Example", "样例行"]
)
def test_what_marks_an_example(word: str) -> None:
    """The running number's cell of a row that only shows how to fill in."""
    assert is_example(word)


@pytest.mark.parametrize("word", ["1", "", "案例", "示例科技有限公司", "例外", "甲"])
def test_what_marks_none(word: str) -> None:
    """Numbers, names and other words do not."""
    assert not is_example(word)


@pytest.mark.parametrize("ledger", [x for x in ledgers() if len(x.columns) > ONE_PAGE])
def test_the_first_of_a_form_s_two_pages_ends_with_a_heading_over_columns(
    ledger: Ledger, tmp_path: Path
) -> None:
    """A spreadsheet takes the largest scale at which two pages hold all, and would draw a heading that goes on off the table."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook([ledger]))
    sheet = openpyxl.load_workbook(path)[ledger.name]
    names = [get_column_letter(k + 1) for k in range(len(ledger.columns) + 1)]
    wide = [float(sheet.column_dimensions[name].width) for name in names]
    again = sum(wide[: REPEATED + 1])
    room = min(max(sum(wide[:k]), again + sum(wide[k:])) for k in range(REPEATED + 2, len(wide)))
    last = max(k for k in range(len(wide)) if sum(wide[: k + 1]) <= room * 1.01)
    ends = list(itertools.accumulate(len(columns) for _, columns in ledger.groups))
    assert last in ends

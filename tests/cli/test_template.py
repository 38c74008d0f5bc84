"""Blank ledgers: what they ask for, and that they load once they are filled in."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph.credit_code import check_digits
from loaders.canonical import canonical
from loaders.forms.checks import _check
from loaders.forms.guidance import EXAMPLE, choices, how
from loaders.forms.kinds import Ledger, ledgers
from loaders.forms.lists import LISTS_SHEET
from loaders.forms.sheets import FIRST_ROW, ONE_PAGE, REPEATED
from loaders.forms.writing import HELP_SHEET, workbook, write_templates
from loaders.reading import RawSheet, read
from loaders.recognition import recognise
from tests.cli.commandline import Lianjian
from tests.loaders.city import credit_code

LEDGERS = ledgers()


def _blank(ledger: Ledger, folder: Path) -> Path:
    path = folder / f"{ledger.name}.xlsx"
    path.write_bytes(workbook([ledger]))
    return path


def _filled(ledger: Ledger, folder: Path, *rows: dict[str, Any]) -> Path:
    path = _blank(ledger, folder)
    book = openpyxl.load_workbook(path)
    sheet = book[ledger.name]
    for number, row in enumerate(rows, FIRST_ROW + 1):
        for index, column in enumerate(ledger.columns, 2):
            sheet.cell(number, index).value = row.get(column.name)
    book.save(path)
    return path


def test_every_ledger(tmp_path: Path, lianjian: Lianjian) -> None:
    """One command writes a workbook for each ledger of LEDGERS and says what it wrote."""
    answer = lianjian("template", "blank", "--json")
    assert answer.code == 0
    names = [Path(f["path"]).stem for f in answer.json["files"]]
    assert names == [f["sheet"] for f in answer.json["files"]]
    wanted = "非公企业 社会组织 农村新型经营主体 区划 园区 楼宇 商业街区 市场 行业协会 龙头带动 党组织 党员 "
    wanted += "剔除 销号 报送 名录 网格"
    assert sorted(names) == sorted(wanted.split())
    assert sorted(p.stem for p in (tmp_path / "blank").iterdir()) == sorted(names)


def test_again(tmp_path: Path, lianjian: Lianjian) -> None:
    """The same folder again changes nothing; a ledger that was filled in is never written over."""
    assert lianjian("template", "blank").code == 0
    before = {p: p.read_bytes() for p in (tmp_path / "blank").iterdir()}
    assert lianjian("template", "blank").code == 0
    filled = tmp_path / "blank" / "园区.xlsx"
    filled.write_bytes(b"filled in")
    (tmp_path / "blank" / "楼宇.xlsx").unlink()
    answer = lianjian("template", "blank")
    assert answer.code == 2
    assert "园区.xlsx" in answer.err
    assert filled.read_bytes() == b"filled in"
    assert not (tmp_path / "blank" / "楼宇.xlsx").exists()
    assert all(
        p.read_bytes() == data
        for p, data in before.items()
        if p.name not in ("园区.xlsx", "楼宇.xlsx")
    )


def test_folder_that_can_not_be(tmp_path: Path, lianjian: Lianjian) -> None:
    """A folder that can't be made is one line and exit 2."""
    (tmp_path / "file").write_text("x")
    answer = lianjian("template", "file/sub")
    assert answer.code == 2
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    "ledger", LEDGERS, ids=lambda ledger: ledger.sheet.id + (ledger.line or "")
)
def test_template_is_recognised(ledger: Ledger, tmp_path: Path) -> None:
    """Each blank ledger, filled in by the examples it gives, is known as what it is, with every column."""
    row = {c.name: how(ledger, c)[2] or "x" for c in ledger.columns}
    (raw,) = [i for i in read([_filled(ledger, tmp_path, row)]) if isinstance(i, RawSheet)]
    assert (raw.sheet, raw.rows, raw.header_rows, raw.examples) == (ledger.name, 1, (2, 3), 1)
    plan = recognise([c.header for c in raw.columns], raw.sheet, raw.file, None, lambda _: ())
    assert plan is not None
    assert plan.kind.id == ledger.sheet.id
    assert not plan.unknown
    assert not plan.refused
    assert not plan.tied
    assert {c.column.name for c in plan.columns} == {c.name for c in ledger.columns}


@pytest.mark.parametrize(
    "ledger", LEDGERS, ids=lambda ledger: ledger.sheet.id + (ledger.line or "")
)
def test_looks_and_checks(ledger: Ledger, tmp_path: Path) -> None:
    """Two rows of headings, merged, frozen, protected; an example; codes are text; lists drop down; every column is explained."""
    book = openpyxl.load_workbook(_blank(ledger, tmp_path))
    sheet = book[ledger.name]
    assert str(sheet.freeze_panes)[1:] == "4"
    assert sheet.protection.sheet
    assert sheet.max_row == FIRST_ROW
    assert sheet["A4"].value == EXAMPLE
    merged = {str(m) for m in sheet.merged_cells.ranges}
    assert "A2:A3" in merged
    # what each page of a wide form begins with has a heading of its own
    parted = len(ledger.columns) > ONE_PAGE and len(ledger.groups[0][1]) > REPEATED + 1
    assert len(merged) == 1 + sum(len(columns) > 1 for _, columns in ledger.groups) + parted
    rules = {
        str(at).split(":")[0]: v
        for v in sheet.data_validations.dataValidation
        for at in v.sqref.ranges
    }
    for index, column in enumerate(ledger.columns, 2):
        cell = sheet.cell(3, index)
        assert cell.value == column.name + ("*" if column.required else "")
        assert cell.protection.locked
        assert cell.comment is not None
        assert cell.comment.text.startswith(column.name)
        rule = rules[f"{cell.column_letter}5"]
        assert rule.prompt
        assert all(str(at).endswith("1048576") for at in rule.sqref.ranges)
        if listed := choices(column, ledger.line):
            assert rule.type == "list"
            assert rule.formula1 == f'"{",".join(listed)}"'
        if column.cell == "industry":
            where = rule.formula1.partition("!")[2].replace("$", "")
            assert (book[LISTS_SHEET].sheet_state, "65") in {
                ("hidden", c.value) for (c,) in book[LISTS_SHEET][where]
            }
        if column.cell == "int":
            assert (rule.type, rule.operator, rule.formula1) == ("whole", "greaterThanOrEqual", "0")
        styles = [
            d for d in sheet.column_dimensions.values() if (d.min or 0) <= index <= (d.max or 0)
        ]
        assert [d.protection.locked for d in styles] == [False]
        if column.cell.startswith(("uscc", "code")):
            assert [d.number_format for d in styles] == ["@"]
    explained = [c.value for c in book[HELP_SHEET]["A"]]
    assert [c.name for c in ledger.columns] == explained[-len(ledger.columns) :]


def test_categories_by_line() -> None:
    """Each line's ledger offers its own categories only, and together they are all there are."""
    offered = {
        ledger.line: choices(next(c for c in ledger.columns if c.name == "类别"), ledger.line)
        for ledger in LEDGERS
        if ledger.line
    }
    assert "基金会" in offered["social"]
    assert "基金会" not in offered["enterprise"]
    assert {v for values in offered.values() for v in values} == {
        v for group in canonical().values["category"].values() for v in group
    }


def test_no_formula_cells_and_no_links() -> None:
    """Templates hold text and checks: no formula in a cell, nothing fetched from elsewhere."""
    import io

    for ledger in LEDGERS:
        with zipfile.ZipFile(io.BytesIO(workbook([ledger]))) as archive:
            for name in archive.namelist():
                data = archive.read(name)
                assert b"<f>" not in data
                assert b'TargetMode="External"' not in data


def test_check_formula() -> None:
    """The check of a credit code is the sum that GB 32100 asks for, within what a spreadsheet takes."""
    formula = _check("A2")
    assert len(formula) <= 255
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

    def sums_up(code: str) -> bool:
        # the formula in words: weights 3^(i-1) mod 31, the 18th counts as it is
        total = sum(alphabet.index(c) * (3**i % 31) for i, c in enumerate(code[:17]))
        return bool((total + alphabet.index(code[17])) % 31 == 0)

    for number in range(50):
        code = credit_code(number)
        assert sums_up(code)
        assert check_digits([code])[0]
        other = code[:17] + alphabet[(alphabet.index(code[17]) + 1 + number % 30) % 31]
        assert sums_up(other) == bool(check_digits([other])[0])


def test_filled_template_imports(tmp_path: Path, lianjian: Lianjian) -> None:
    """Templates filled in load without a fault, and their help sheets are no ledgers."""
    by_name = {ledger.name: ledger for ledger in LEDGERS}
    folder = tmp_path / "ledgers"
    write_templates(folder, LEDGERS)
    filled: dict[str, list[dict[str, Any]]] = {
        "区划": [
            {"代码": "420101", "名称": "甲区", "级别": "区"},
            {"代码": "420101001", "名称": "一街道", "级别": "街道", "上级": "420101"},
        ],
        "非公企业": [
            {
                "统一社会信用代码": credit_code(1),
                "单位名称": "示例科技有限公司",
                "类别": "私营企业",
                "所属街道": "一街道",
                "从业人数": 12,
                "正式党员数": 1,
                "经营状态": "正常",
                "填报日期": "2016-08-26",
            }
        ],
    }
    for name, rows in filled.items():
        (folder / f"{name}.xlsx").unlink()
        _filled(by_name[name], folder, *rows)
    answer = lianjian("import", "ledgers", "--json", "--date", "2016-08-26")
    assert answer.code == 0, answer.err
    sheets = [s for f in answer.json["files"] for s in f["sheets"]]
    assert {s["examples"] for s in sheets} == {1}
    assert len(sheets) == len(LEDGERS)
    assert answer.json["totals"] == {"rows": 3, "loaded": 3, "unchanged": 0, "quarantined": 0}


def test_kinds_and_places(tmp_path: Path, lianjian: Lianjian) -> None:
    """Some kinds into one workbook, with names of a store's places to choose from; an import says that the example stays out."""
    (tmp_path / "divisions.csv").write_text(
        "代码,名称,级别,上级\n4201,示例市,市,\n420101,甲区,区,4201\n420102,乙区,区,4201\n420101001,一街道,街道,420101\n"
        "420102001,三街道,街道,420102\n",
        encoding="utf-8",
    )
    assert lianjian("import", "divisions.csv").code == 0
    answer = lianjian(
        "template", "附表２", "building", "--in", "420101", "--out", "two.xlsx", "--json"
    )
    assert answer.code == 0, answer.err
    assert [f["sheet"] for f in answer.json["files"]] == ["楼宇", "社会组织"]
    book = openpyxl.load_workbook(tmp_path / "two.xlsx")
    listed = {v.formula1 for v in book["社会组织"].data_validations.dataValidation}
    assert {'"甲区"', '"一街道"'} <= listed
    assert "三街道" not in str(listed)
    told = lianjian("import", "two.xlsx", "--lang", "en")
    assert told.code == 0
    assert told.out.count("rows marked as an example, left out: 1") == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("附表3", "--out", "x"), "附表3"),
        (("a", "b"), "'a'"),
        (("annex1",), "--out"),
        (("annex1", "--in", "999", "--out", "x"), "999"),
    ],
)
def test_what_can_not_be(
    asked: tuple[str, ...], said: str, tmp_path: Path, lianjian: Lianjian
) -> None:
    """A kind that is none, no place to write to, a division that is none: one line that says so, and nothing is written."""
    (tmp_path / "divisions.csv").write_text("代码,名称,级别\n4201,示例市,市\n", encoding="utf-8")
    assert lianjian("import", "divisions.csv").code == 0
    answer = lianjian("template", *asked)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert said in answer.err
    assert not (tmp_path / "x").exists()

"""Blank ledgers: what they ask for, and that they load once they are filled in."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph.credit_code import check_digits
from loaders.canonical import canonical
from loaders.reading import RawSheet, read
from loaders.recognition import recognise
from loaders.template import HELP_SHEET, Ledger, choices, how, ledgers, workbook, write_templates
from tests.cli.commandline import Lianjian
from tests.loaders.city import credit_code

LEDGERS = ledgers()


def _blank(ledger: Ledger, folder: Path) -> Path:
    path = folder / f"{ledger.name}.xlsx"
    path.write_bytes(workbook(ledger))
    return path


def _filled(ledger: Ledger, folder: Path, *rows: dict[str, Any]) -> Path:
    path = _blank(ledger, folder)
    book = openpyxl.load_workbook(path)
    sheet = book[ledger.name]
    for number, row in enumerate(rows, 2):
        for index, column in enumerate(ledger.columns, 1):
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
    row = {c.name: how(c, ledger.line)[2] or "x" for c in ledger.columns}
    (raw,) = [i for i in read([_filled(ledger, tmp_path, row)]) if isinstance(i, RawSheet)]
    assert (raw.sheet, raw.rows, raw.header_rows) == (ledger.name, 1, (1, 1))
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
    """The header is frozen and starred, codes are text, lists drop down, and every column is explained."""
    book = openpyxl.load_workbook(_blank(ledger, tmp_path))
    sheet = book[ledger.name]
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == 1
    rules = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}
    for index, column in enumerate(ledger.columns, 1):
        cell = sheet.cell(1, index)
        assert cell.value == column.name + ("*" if column.required else "")
        rule = rules[f"{cell.column_letter}2"]
        assert rule.prompt
        assert str(rule.sqref).endswith("1048576")
        listed = choices(column, ledger.line)
        if listed:
            assert rule.type == "list"
            assert rule.formula1 == f'"{",".join(listed)}"'
        if column.cell.startswith(("uscc", "code")):
            styles = [
                d for d in sheet.column_dimensions.values() if (d.min or 0) <= index <= (d.max or 0)
            ]
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
        with zipfile.ZipFile(io.BytesIO(workbook(ledger))) as archive:
            for name in archive.namelist():
                data = archive.read(name)
                assert b"<f>" not in data
                assert b'TargetMode="External"' not in data


def test_check_formula() -> None:
    """The check of a credit code is the sum that GB 32100 asks for, within what a spreadsheet takes."""
    from loaders.template import _check

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
    write_templates(folder)
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
    assert answer.json["totals"] == {"rows": 3, "loaded": 3, "unchanged": 0, "quarantined": 0}

"""Findings written back into copies of the user's workbooks, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.commandline import Lianjian
from tests.loaders.city import credit_code

HEADER = ("党组织代码", "党组织名称", "类型", "上级党组织代码", "成立日期", "书记姓名", "备注")
ROWS: list[tuple[Any, ...]] = [
    ("U0001", "甲街道工委", "工委", None, "2010-06-01", "张三", None),
    ("U0002", "乙支部", "党支部", "U0003", "2010-06-01", "李四", "电话 13800138000"),
    ("U0003", "丙支部", "党支部", "U0002", "2010-06-01", "王五", None),
    ("U0004", "丁支部", "党支部", "U0009", "2010-06-01", "赵六", None),
]

MAPPING = """zh: 名单
en: list
sheets:
  - sheet: unit
    when: [归口]
    columns: {归口: 上级党组织代码}
"""


@pytest.fixture
def ledger(tmp_path: Path, lianjian: Lianjian) -> Path:
    """A workbook of units with a cycle and a dangling superior, a title row above its header, imported."""
    path = tmp_path / "台账" / "党组织.xlsx"
    path.parent.mkdir()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "党组织"
    sheet.append(["某街道党组织情况表"])
    for row in (HEADER, *ROWS):
        sheet.append(row)
    book.save(path)
    assert lianjian("import", str(path), "--date", "2016-08-26").code == 0
    return path


def comments(path: Path) -> dict[str, str]:
    """Return the comments of the copy's first sheet by cell."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


def test_each_finding_stands_on_its_cell(lianjian: Lianjian, ledger: Path) -> None:
    """The cells of the cycle and of the dangling code are marked, with id, words and clause; the original is not touched."""
    before = ledger.read_bytes()
    answer = lianjian("audit", "--code", "cycle", "--code", "dangling_reference", "--mark", "out", "--json")  # fmt: skip
    marked = answer.json["marked"]
    assert (marked["remarks"], marked["rows_changed_since"], marked["missing_files"]) == (3, 0, [])
    (copy,) = marked["copies"]
    assert Path(copy).name == "党组织.findings.xlsx"
    found = comments(Path(copy))
    assert sorted(found) == ["D4", "D5", "D6"]
    assert "cycle:U0002" in found["D4"]
    assert "dangling_reference:U0009" in found["D6"]
    assert ledger.read_bytes() == before


def test_nothing_about_a_person_comes_along(lianjian: Lianjian, ledger: Path) -> None:
    """Names and telephone numbers of the original are in no cell of the copy."""
    lianjian("audit", "--mark", "out")
    book = openpyxl.load_workbook(Path("out") / "党组织.findings.xlsx")
    text = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    assert "乙支部" in text
    for personal in ("张三", "李四", "王五", "赵六", "13800138000"):
        assert personal not in text


def test_a_mended_copy_clears_its_findings(lianjian: Lianjian, ledger: Path) -> None:
    """Repaired in the copy and imported as a correction, the cycle is gone; the copy's own list is no ledger."""
    lianjian("audit", "--mark", "out")
    path = Path("out") / "党组织.findings.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D4"] = "U0001"
    book.save(path)
    made = lianjian("import", str(path), "--date", "2016-08-26", "--json")
    assert made.json["totals"] == {"rows": 4, "loaded": 1, "unchanged": 3, "quarantined": 0}
    assert lianjian("audit", "--code", "cycle").code == 0


def test_a_row_that_has_changed_is_not_marked(lianjian: Lianjian, ledger: Path) -> None:
    """Where the file was changed since, remarks stay off rows of others; a file that is gone is named, with the way out."""
    book = openpyxl.load_workbook(ledger)
    book.worksheets[0].insert_rows(4)
    for at, value in enumerate(("U0008", "戊支部", "党支部", "U0001"), 1):
        book.worksheets[0].cell(4, at).value = value
    book.save(ledger)
    answer = lianjian("audit", "--code", "dangling_reference", "--mark", "out", "--json").json
    assert (answer["marked"]["remarks"], answer["marked"]["rows_changed_since"]) == (0, 1)
    ledger.rename(ledger.parent / "elsewhere.xlsx")
    gone = lianjian("audit", "--mark", "out")
    assert (gone.code, "--ledgers" in gone.err) == (2, True)
    Path("moved").mkdir()
    (ledger.parent / "elsewhere.xlsx").rename(Path("moved") / ledger.name)
    assert lianjian("audit", "--code", "cycle", "--mark", "out", "--ledgers", "moved").code == 0


def test_a_total_that_differs_is_marked_in_its_row(lianjian: Lianjian, tmp_path: Path) -> None:
    """A total row has no code, and is known by what it states: in its column while that stands, and as changed once it does not."""
    header = (
        "统一社会信用代码",
        "单位名称",
        "类别",
        "所属区",
        "从业人数",
        "正式党员数",
        "经营状态",
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(header)
    for k in (1, 2):
        sheet.append([credit_code(k), f"示例{k}公司", "私营企业", "甲区", 10, 0, "正常"])
    sheet.append(["合计", None, None, None, 30, 0, None])
    path = tmp_path / "台账.xlsx"
    book.save(path)
    assert lianjian("import", str(path), "--date", "2016-08-26").code == 0
    asked = ("audit", "--code", "total_mismatch", "--mark", "out", "--json")
    marked = lianjian(*asked).json["marked"]
    assert (marked["remarks"], marked["rows_changed_since"]) == (1, 0)
    assert "total_mismatch" in comments(Path(marked["copies"][0]))["E4"]
    sheet["E4"] = 20
    book.save(path)
    marked = lianjian(*asked).json["marked"]
    assert (marked["copies"], marked["rows_changed_since"]) == ([], 1)


def test_dismissed_findings_are_not_marked(lianjian: Lianjian, ledger: Path) -> None:
    """What was dismissed is no remark any more."""
    assert lianjian("finding", "cycle:U0002", "dismiss", "--note", "试点").code == 0
    answer = lianjian("audit", "--code", "cycle", "--mark", "out", "--json").json
    assert (answer["marked"]["copies"], answer["marked"]["remarks"]) == ([], 0)


def test_a_mapped_workbook_is_marked_with_its_mapping(
    lianjian: Lianjian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that was read through a saved mapping is marked through it too: the cell stands under its own heading."""
    monkeypatch.setenv("LIANJIAN_MAPPINGS", str(tmp_path / "maps"))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "党组织"
    sheet.append([*HEADER[:3], "归口", *HEADER[4:]])
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "名单.xlsx")
    mapping = tmp_path / "mine.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    how = ("--map", str(mapping))
    assert lianjian("import", "名单.xlsx", "--date", "2016-08-26", *how).code == 0
    answer = lianjian("audit", "--code", "cycle", "--mark", "out", *how, "--json").json
    assert answer["marked"]["remarks"] == 2
    assert sorted(comments(Path("out") / "名单.findings.xlsx")) == ["D3", "D4"]

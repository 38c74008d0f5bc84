"""The copy of a faulty file: what it marks, what it keeps, and what it leaves out."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import loaders.marking
import loaders.workbook
from graph.errors import InputError
from loaders import mapping
from loaders.faults import FaultBlock, FaultList
from loaders.fitting import fitted
from loaders.reading import RawSheet, read
from loaders.workbook import SheetFaults, write_faults
from tests.loaders.city import Desk, credit_code
from tests.loaders.reading.build import headings, one, text, xls, xlsx

HEADER = (
    "统一社会信用代码",
    "单位名称",
    "类别",
    "法定代表人",
    "所属区",
    "从业人数",
    "正式党员数",
    "经营状态",
    "指导员",
    "备注",
    "联系电话",
)
PHONE = "13800001111"


def row(number: int, **cells: Any) -> list[Any]:
    """Return a sound row; ``cells`` by heading change it."""
    sound: dict[str, Any] = {
        "统一社会信用代码": credit_code(number),
        "单位名称": f"示例{number}公司",
        "类别": "私营企业",
        "法定代表人": "张三丰",
        "所属区": "甲区",
        "从业人数": 10,
        "正式党员数": 1,
        "经营状态": "正常",
        "指导员": "是",
        "备注": None,
        "联系电话": PHONE,
    }
    return [(sound | cells)[h] for h in HEADER]


def copy_of(desk: Desk, path: Path) -> Path:
    """Import a file beside the city's divisions and return its marked copy."""
    desk.with_places()
    report = desk.load(path)
    assert len(report.fault_workbooks) == 1
    return Path(report.fault_workbooks[0])


def everything(path: Path) -> str:
    """Return all text in a workbook's members."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())


def marked(sheet: Any) -> set[str]:
    """Return the cells that carry a comment; each must be filled and bold as well."""
    found = {c.coordinate for r in sheet.iter_rows() for c in r if c.comment is not None}
    for ref in found:
        assert sheet[ref].fill.start_color.rgb == "FFFFC7CE"
        assert sheet[ref].font.b
    return found


def test_layout_and_marks(desk: Desk, tmp_path: Path) -> None:
    """The copy keeps rows, columns and merged cells; each faulty cell is marked and told in both languages."""
    path = xlsx(
        tmp_path / "台账.xlsx",
        ["附表1 台账"],
        [*HEADER[:5], "人员", None, *HEADER[7:]],
        [None] * 5 + ["从业人数", "正式党员数"],
        row(1),
        row(2, 从业人数="50余人"),
        [],
        row(3, 经营状态="不详", 统一社会信用代码=9.14e17),
        merges=["A1:K1", "F2:G2", *(f"{c}2:{c}3" for c in "ABCDEHIJK")],
    )
    copy = copy_of(desk, path)
    assert copy == tmp_path / "台账.faults.xlsx"
    sheet = openpyxl.load_workbook(copy)["Sheet1"]
    assert marked(sheet) == {"F5", "A7", "H7"}
    assert {str(m) for m in sheet.merged_cells.ranges} >= {"A1:K1", "F2:G2", "A2:A3"}
    words = sheet["F5"].comment.text
    assert "应填" in words
    assert "Expected" in words
    assert sheet["F5"].value == "50余人"
    assert sheet["F4"].value == 10
    assert sheet["A4"].number_format == "@"
    assert sheet.freeze_panes == "A4"
    original, again = one(path), next(i for i in read([copy]) if isinstance(i, RawSheet))
    assert headings(again) == headings(original)
    assert (again.header_rows, again.rows) == (original.header_rows, original.rows)


UNITS = ("党组织代码", "党组织名称", "类型", "上级党组织代码", "成立日期")


@pytest.mark.parametrize("made", [xlsx, xls, text])
def test_a_copy_that_nobody_mended_is_faulty_again(made: Any, desk: Desk, tmp_path: Path) -> None:
    """A faulty cell keeps its own type: a number stays one, in a cell where a code that is typed anew stays text."""
    path = made(
        tmp_path / f"党组织.{'csv' if made is text else made.__name__}",
        UNITS,
        ["A0000001", "甲支部", "党支部", None, "2010-06-01"],
        [10203003, "乙支部", "党支部", None, "2010-06-01"],
        [9.1429901e17, "丙支部", "党支部", None, "2010-06-01"],
        ["A0000004", "丁支部", "党支部", 10203003, "2010-06-01"],
        ["A0000005", "戊支部", 7, None, "2010.6"],
        ["A0000006", "#N/A", "党支部", True, 99_999_999],
    )
    desk.with_places()
    first = desk.load(path)
    (copy,) = first.fault_workbooks
    again = desk.load(Path(copy))
    faults = [(f.row, f.index, f.code) for f in first.faults()]
    assert [(f.row, f.index, f.code) for f in again.faults()] == faults
    assert again.batch is None
    sheet = openpyxl.load_workbook(copy).worksheets[0]
    assert {sheet[cell].number_format for cell in ("A2", "A3", "A4", "D5")} == {"@"}
    if made is not text:  # text tells no number from a code
        assert {(3, 0, "code_number"), (5, 3, "code_number")} <= set(faults)
        assert sheet["A3"].value == 10203003


def test_nobody_is_in_it(desk: Desk, tmp_path: Path) -> None:
    """Personal columns, phone and ID numbers in texts, names of instructors and individuals' codes stay behind."""
    individual = credit_code(7, "92")
    path = xlsx(
        tmp_path / "a.xlsx",
        HEADER,
        row(1, 备注=f"找王五 {PHONE}", 指导员="李四光", 从业人数=-1),
        row(2, 统一社会信用代码=individual, 单位名称="赵六小吃店"),
        row(3, 备注="110101199003074477"),
        ["填表人：钱七", None, None, "审核人：孙八"],
    )
    book = openpyxl.load_workbook(path)
    book.properties.creator = "周九"
    book.save(path)
    copy = copy_of(desk, path)
    inside = everything(copy)
    for word in (
        "张三丰",
        PHONE,
        "李四光",
        individual,
        "赵六",
        "110101199003074477",
        "钱七",
        "孙八",
        "周九",
    ):
        assert word not in inside
    sheet = openpyxl.load_workbook(copy)["Sheet1"]
    assert sheet["D1"].value == "法定代表人"
    assert [sheet.cell(r, 4).value for r in (2, 3, 4)] == [None] * 3
    assert sheet["I2"].value == "是"


def test_a_row_of_persons_that_is_said_to_be_a_header_stays_behind(tmp_path: Path) -> None:
    """Of it and of the rows above the copy has titles, stamps and known headings alone; of a header that reads like one, all."""
    persons = ["欧阳小明", "男", "单位名称", "群众", "欧阳小明书记", "上官文"]
    path = xlsx(
        tmp_path / "名单.xlsx",
        ["某街道名单"],
        ["填报单位：一街道", None, "填表人：慕容复"],
        ["司马南", "女", "党员", "群众", "有", "无"],
        persons,
        ["独孤求", "男", "甲公司", "群众", "无", "无"],
        HEADER[:6],
    )
    entries = [{"name": "*", "header": 4}, {"name": "*", "header": 6}]
    copies = []
    for entry in entries:
        chosen = mapping.parse({"sheets": [entry]}, "m", "m")
        raw = fitted(one(path), chosen).raw
        assert raw.header_rows == (entry["header"], entry["header"])
        copy = write_faults(path, [SheetFaults(raw)], tmp_path / "out")
        copies.append(openpyxl.load_workbook(copy).worksheets[0])
        copy.unlink()
    masked, read_so = copies
    shown = {c.coordinate: c.value for r in masked.iter_rows() for c in r if c.value}
    assert shown == {
        "A1": "某街道名单",
        "A2": "填报单位：一街道",
        "C2": "填表人：***",
        "C4": "单位名称",
        "C5": "甲公司",
        "C6": "类别",
    }
    assert [c.value for c in read_so[6]] == list(HEADER[:6])


def test_old_and_text_files_become_xlsx(desk: Desk, tmp_path: Path) -> None:
    """Whatever the faulty file was, its copy is an ``.xlsx`` that loads the rest once it is mended."""
    desk.with_places()
    rows = (HEADER, row(1), row(2, 从业人数="约50"))
    html = "".join(f"<tr>{''.join(f'<td>{c or str()}</td>' for c in r)}</tr>" for r in rows)
    (tmp_path / "c.xls").write_text(f"<table>{html}</table>", "utf-8")
    files = [
        xls(tmp_path / "a.xls", *rows),
        text(tmp_path / "b.csv", *rows, encoding="gb18030"),
        tmp_path / "c.xls",
    ]
    for path in files:
        copy = Path(desk.load(path).fault_workbooks[0])
        assert copy.name == f"{path.stem}.faults.xlsx"
        book = openpyxl.load_workbook(copy)
        book.worksheets[0]["F3"].value = 50
        book.save(copy)
        mended = desk.load(copy)
        assert mended.quarantined == 0
        assert not mended.fault_workbooks


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    """The same faults give the same file; a copy that was worked on is never written over."""
    path = xlsx(tmp_path / "a.xlsx", HEADER, row(1, 从业人数=-1))
    copy = copy_of(desk, path)
    before = copy.read_bytes()
    assert desk.load(path).fault_workbooks == [str(copy)]
    assert copy.read_bytes() == before
    copy.write_bytes(before + b"half mended")
    other = Path(desk.load(path).fault_workbooks[0])
    assert other.name == "a.faults-2.xlsx"
    assert copy.read_bytes() == before + b"half mended"
    assert other.read_bytes() == before


def test_large_file_gives_its_faulty_rows(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file too large to copy whole gives title, header and faulty rows, which load once mended, beside their original."""
    monkeypatch.setattr(loaders.workbook, "WHOLE", 10)
    path = xlsx(
        tmp_path / "a.xlsx",
        ["台账"],
        ["填报单位：一街道党工委"],
        HEADER,
        *(row(i, 从业人数=-1 if i in (5, 17) else 3) for i in range(30)),
    )
    copy = copy_of(desk, path)
    assert copy.name == "a.faults-rows.xlsx"
    book = openpyxl.load_workbook(copy)
    sheet = book["Sheet1"]
    assert marked(sheet) == {"F4", "F5"}
    assert sheet["A5"].value == credit_code(17)
    sheet["F4"].value = sheet["F5"].value = 4
    book.save(copy)
    both = desk.load(tmp_path)
    assert both.total("loaded") == 2
    assert both.quarantined == 2  # those of the original, as before


def test_more_faults_than_a_copy_shows(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a whole column is wrong, the copy shows so many cells and says how many more there are."""
    monkeypatch.setattr(loaders.workbook, "WHOLE", 10)
    monkeypatch.setattr(loaders.marking, "MARKED", 4)
    monkeypatch.setattr(loaders.marking, "COMMENTS", 3)
    monkeypatch.setattr(loaders.marking, "LISTED", 2)
    path = xlsx(tmp_path / "a.xlsx", HEADER, *(row(i, 从业人数=-1) for i in range(9)))
    book = openpyxl.load_workbook(copy_of(desk, path))
    sheet = book["Sheet1"]
    assert sheet.max_row == 5
    assert marked(sheet) == {"F2", "F3", "F4"}
    assert sheet["F5"].fill.start_color.rgb == "FFFFC7CE"
    below = [r[0].value for r in book["导入问题清单"].iter_rows(min_row=4)]
    assert [str(w).split(" ")[1] for w in below] == ["2", "5"]


def _made(tmp_path: Path, *texts: str) -> SheetFaults:
    rows = ([str(i), text, "x"] for i, text in enumerate(texts))
    raw = one(xlsx(tmp_path / "a.xlsx", ["代码", "名称", "级别"], *rows))
    faults = FaultList(raw.file, raw.sheet)
    faults.blocks.append(FaultBlock("required", "名称", 1, np.array([2]), [None], [None]))
    return SheetFaults(raw, None, faults)


_LEADS = st.sampled_from("=+-@\t＝＋－＠{'")
_FORMULAS = st.builds(str.__add__, _LEADS, st.text("A1()!|\"' cmd", min_size=1, max_size=12))


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_FORMULAS, min_size=20, max_size=60))
def test_text_stays_text(tmp_path: Path, texts: list[str]) -> None:
    """C5: whatever a cell begins with, it is text in the copy and no formula."""
    path = write_faults(tmp_path / "a.xlsx", [_made(tmp_path, *texts)], tmp_path / "out")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert "<f>" not in everything(path)
    path.unlink()
    for number, wanted in enumerate(texts, 2):
        cell = sheet.cell(number, 2)
        assert cell.data_type == "s"
        assert cell.value == wanted.strip()


@pytest.mark.parametrize("name", ["a'b[1]:*?", "x" * 60, "导入问题清单", ""])
def test_sheet_names(tmp_path: Path, name: str) -> None:
    """A page's caption of any kind becomes a sheet name that spreadsheets take."""
    page = f"<table><caption>{name}</caption><tr><td>代码<td>名称<td>级别</tr><tr><td>1<td>甲<td>区</tr></table>"
    (tmp_path / "a.html").write_text(page, "utf-8")
    found = [i for i in read([tmp_path / "a.html"]) if isinstance(i, RawSheet)]
    faults = FaultList(str(tmp_path / "a.html"), "")
    for raw in found:
        path = write_faults(
            tmp_path / "a.html", [SheetFaults(raw, None, faults), SheetFaults(raw, None, faults)]
        )
        names = openpyxl.load_workbook(path).sheetnames
        assert len({n.casefold() for n in names}) == 3
        assert all(0 < len(n) <= 31 for n in names)


def test_unwritable(tmp_path: Path) -> None:
    """A place that takes no files is one clear error, and nothing is left behind."""
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(InputError) as error:
        write_faults(tmp_path / "a.xlsx", [_made(tmp_path, "x")], tmp_path / "file")
    assert str(tmp_path / "file") in error.value.zh

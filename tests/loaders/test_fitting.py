"""A header that is found wrongly: a mapping says which rows it is, for every ledger of the layout; or that a sheet stays out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from graph.errors import InputError
from graph.policy.profile import load
from graph.store import open_store
from loaders import mapping as mappings
from loaders.pipeline import gather, import_readings
from loaders.preview import preview
from tests.loaders.city import firm

HIDDEN = "欧阳小明"
"""A person's name: in no preview, whatever is said to be a header."""
MEANS = {
    "代号": "统一社会信用代码", "叫法": "单位名称", "属性": "类别", "人手/多少": "从业人数", "人手/其中党员": "正式党员数",
    "区县": "所属区", "经营地址": "地址", "填报时间": "填报日期",
}  # fmt: skip


def strange(path: Path) -> Path:
    """Write a workbook whose header of two rows is hardly known, below a row that reads like one, and a sheet of notes."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("一季度")
    sheet.write_row(0, 0, ["某街道两新组织情况一览表"])
    sheet.write_row(1, 0, ["单位名称", "地址", "街道", "联系人"])
    sheet.write_row(
        2, 0, ["代号", "叫法", "属性", "人手", "", "区县", "经营地址", "填报时间", "谁管"]
    )
    sheet.write_row(3, 0, ["", "", "", "多少", "其中党员"])
    for k in (1, 2, 3):
        row = firm(k)
        cells = [row[h] for h in ("统一社会信用代码", "单位名称", "类别", "从业人数", "正式党员数")]
        sheet.write_row(3 + k, 0, [*cells, "甲区", f"一街{k}号", "2016-08-26", HIDDEN])
    book.add_worksheet("说明").write_row(0, 0, ["单位名称", "类别", "地址"])
    book.close()
    return path


def read(path: Path, entries: list[dict[str, Any]], tmp_path: Path) -> list[dict[str, Any]]:
    """Return the sheets of a preview with a mapping."""
    (tmp_path / "m.yaml").write_text(json.dumps({"sheets": entries}, ensure_ascii=False), "utf-8")
    said = preview([path], load(), mapping=str(tmp_path / "m.yaml")).as_json()
    sheets: list[dict[str, Any]] = said["files"][0]["sheets"]
    assert HIDDEN not in str(said)
    return sheets


def test_the_first_rows_are_shown_without_what_may_be_a_person(tmp_path: Path) -> None:
    """Rows that read like headings and titles as they stand, all else by its shape."""
    (first, _) = read(strange(tmp_path / "台账.xlsx"), [], tmp_path)
    rows = {r["row"]: r["cells"] for r in first["first_rows"]}
    assert rows[1][0] == {"text": "某街道两新组织情况一览表", "shape": "text"}
    assert [c["text"] for c in rows[2][:3]] == ["单位名称", "地址", "街道"]
    assert rows[4][3] == {"text": None, "shape": "text"}
    shapes = "code text text number number text text date text"
    assert " ".join(c["shape"] for c in rows[5]) == shapes
    assert {c["text"] for c in rows[5]} == {None}


def test_a_header_that_is_said_is_read_and_known_again_by_its_headings(tmp_path: Path) -> None:
    """Two rows become one heading each; the mapping that is saved reads the next ledger of the layout, and no other."""
    path = strange(tmp_path / "台账.xlsx")
    (sheet, _) = read(path, [{"name": "一季度", "header": [3, 4]}], tmp_path)
    assert (sheet["header_rows"], sheet["header_said"], sheet["rows"]) == ([3, 4], True, 3)
    assert [c["heading"] for c in sheet["columns"]][:5] == ["代号", "叫法", "属性", "人手/多少", "人手/其中党员"]  # fmt: skip
    entry = {
        "sheet": "organization",
        "header": [3, 4],
        "when": list(MEANS),
        "columns": MEANS,
        "absent": ["经营状态"],
    }
    (sheet, notes) = read(path, [entry], tmp_path)
    assert sheet["missing"] == []
    assert sheet["sample"][0]["cells"][1] == "示例1公司"
    assert sheet["entry"]["header"] == [3, 4]
    assert notes["header_said"] is False
    store = open_store(str(tmp_path / "a.db"), create=True)
    readings = gather([path], mapping=str(tmp_path / "m.yaml"))
    report = import_readings(readings, store, load(), fault_directory=tmp_path)
    assert report.total("loaded") == 3
    node = store.node("organization", str(firm(2)["统一社会信用代码"]))
    assert node is not None
    store.close()


def test_a_sheet_is_left_out_and_the_rest_is_complete(tmp_path: Path) -> None:
    """It is said of it why it stays out, and it counts as no sheet that is lacking."""
    path = strange(tmp_path / "台账.xlsx")
    entries: list[dict[str, Any]] = [
        {"leave_out": True, "name": "说明"},
        {
            "sheet": "organization",
            "header": [3, 4],
            "when": list(MEANS),
            "columns": MEANS,
            "absent": ["经营状态"],
        },
    ]
    (first, notes) = read(path, entries, tmp_path)
    assert (notes["left_out"], notes["kind"]) == (True, None)
    assert "mapping" in notes["problem"]["en"]
    assert first["left_out"] is False
    assert preview([path], load(), mapping=str(tmp_path / "m.yaml")).complete


@pytest.mark.parametrize(
    ("header", "zh", "en"),
    [
        (5, "第 5 行含有代码", "row 5 holds codes"),
        ([4, 5], "第 5 行", "row 5"),
        (60, "第 60 行", "row 60"),
    ],
)
def test_rows_that_are_no_header_are_said_with_their_place(
    tmp_path: Path, header: Any, zh: str, en: str
) -> None:
    """Rows of data, so that no name becomes a heading, and rows that are not there; the sheet stays out."""
    (sheet, _) = read(strange(tmp_path / "台账.xlsx"), [{"name": "一季度", "header": header}], tmp_path)  # fmt: skip
    assert zh in sheet["problem"]["zh"]
    assert en in sheet["problem"]["en"]
    assert sheet["kind"] is None


def people(path: Path) -> Path:
    """Write a list of persons and firms, without a number in its rows, and a sheet of another layout."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, ["单位名称", "类别", "地址", "联系人", "职务"])
    sheet.write_row(1, 0, [HIDDEN, "男", "党支部书记", "党员", f"{HIDDEN}书记"])
    sheet.write_row(2, 0, [HIDDEN, "男", "党支部书记", "企业", f"{HIDDEN}书记"])
    sheet.write_row(3, 0, [HIDDEN, "女", "党员", "群众", "有"])
    book.close()
    return path


@pytest.mark.parametrize("name", ["名单", "*"])
def test_a_row_of_persons_becomes_no_heading(tmp_path: Path, name: str) -> None:
    """Where no heading is known it is refused; where one is known or named by chance, the others are left out."""
    path = people(tmp_path / "名单.xlsx")
    (sheet,) = read(path, [{"name": name, "header": 2}], tmp_path)
    assert "row 2 holds no heading that is known" in sheet["problem"]["en"]
    assert "第 2 行没有认得的列名" in sheet["problem"]["zh"]
    assert {c["text"] for c in sheet["first_rows"][1]["cells"]} == {None}
    (sheet,) = read(path, [{"name": name, "header": 3}], tmp_path)
    assert [c["heading"] for c in sheet["columns"]] == ["", "", "", "企业", ""]
    assert {c["text"] for c in sheet["first_rows"][2]["cells"]} == {None}
    (sheet,) = read(path, [{"name": name, "header": 3, "when": ["男"]}], tmp_path)
    assert HIDDEN not in str(sheet)


def test_a_said_header_that_was_found_there_too_shows_no_person(tmp_path: Path) -> None:
    """The finder takes it for its shape; that a person says the same makes it no heading."""
    book = xlsxwriter.Workbook(str(tmp_path / "名单.xlsx"))
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, [HIDDEN, "男", "群众"])
    sheet.write_row(1, 0, ["李四", "女", "群众"])
    book.close()
    (found,) = read(tmp_path / "名单.xlsx", [{"header": 1}], tmp_path)
    assert "row 1 holds no heading" in found["problem"]["en"]


@pytest.mark.parametrize("header", [0, -1, [3, 2], [1, 6], [1, 2, 3], 201, "3", True, [], {"a": 1}])
def test_what_is_no_header_is_refused_by_the_mapping(header: Any) -> None:
    """Whichever entry it is in, with what is expected."""
    entries = [{"sheet": "unit", "columns": {}}, {"name": "一季度", "header": header}]
    with pytest.raises(InputError) as refused:
        mappings.parse({"sheets": entries}, "街道", "街道")
    assert "entry 2 (一季度)" in refused.value.en
    assert "第 2 项（一季度）" in refused.value.zh


def test_a_mapping_keeps_what_it_says_of_headers() -> None:
    """Written and read again it is the same."""
    entries = [
        {"leave_out": True, "name": "说明"}, {"header": [2, 3], "name": "x"},
        {"sheet": "organization", "header": 4, "columns": {"甲": "单位名称"}},
    ]  # fmt: skip
    made = mappings.parse({"sheets": entries}, "m", "m")
    assert mappings.parse(mappings.as_dict(made), "m", "m") == made
    assert made.sheets[2].header == (4, 4)


@pytest.mark.parametrize(("lost", "said"), [(True, "question marks"), (False, "none of a ledger")])
def test_chinese_that_became_question_marks_is_said(tmp_path: Path, lost: bool, said: str) -> None:
    """A table saved in a character set without Chinese: the way out is to save it anew, no mapping helps."""
    path = tmp_path / "名单.csv"
    rows = "甲,乙,丙\n武汉某某公司,1,?\n武汉另一公司,2,\n"
    path.write_bytes(rows.encode("ascii", "replace") if lost else rows.encode())
    (sheet,) = read(path, [], tmp_path)
    assert said in sheet["problem"]["en"]
    assert ("CSV UTF-8" in sheet["problem"]["zh"]) == lost

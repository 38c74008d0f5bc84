"""LEDGERS' table of how real ledgers differ, case by case, each with a tiny file of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph.errors import ReadError
from loaders.recognition import recognise
from tests.loaders.city import HEADER, Desk, codes, credit_code, firm, ledger, text

TWO_ROW_HEADER = (
    ("非公企业党建台账", *[None] * 8),
    ("填报单位（盖章）：一街道党工委    填报日期：2016年8月26日", *[None] * 8),
    (
        "序号",
        "企业名称",
        "统一社会\n信用代码",
        "类别",
        "所属区",
        "职工数",
        "党员人数",
        None,
        "经营状态",
    ),
    (None, None, None, None, None, None, "正式", "预备", None),
)


def workbook(path: Path, *rows: Any, merged: tuple[str, ...] = (), hidden: bool = False) -> Path:
    """Write rows as a workbook's only (or hidden second) sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if hidden:
        sheet = book.create_sheet("隐藏")
        sheet.sheet_state = "hidden"
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


def merged_header(folder: Path, total: int) -> Path:
    """Write a ledger with title, stamp, a merged header of two rows, a blank row, a total and a note."""
    return workbook(
        folder / "一街道.xlsx",
        *TWO_ROW_HEADER,
        (1, "示例1公司", credit_code(1), "私营企业", "甲区", 10, 1, 0, "正常"),
        (),
        (2, "示例2公司", credit_code(2), "私营企业", "甲区", 20, 2, 1, "正常"),
        ("合计", None, None, None, None, total, 3, 1, None),
        ("注：本表每半月报送一次",),
        merged=("A1:I1", "A2:I2", "G3:H3", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:F4", "I3:I4"),
    )  # fmt: skip


def test_titles_merged_header_stamp_and_totals(desk: Desk) -> None:
    """A ledger with title, stamp line, a merged header of two rows, blank rows, a total and a note loads its two rows."""
    report = desk.load(merged_header(desk.folder, 30))
    sheet = next(report.sheets())
    assert (sheet.rows, sheet.loaded, sheet.quarantined) == (2, 2, 0)
    assert not any(t.differs for t in sheet.totals)
    assert desk.firm(2)["probationary_members"] == 1
    assert desk.firm(1)["reported_by"] == "一街道党工委"
    assert desk.store.latest() == 20160826
    assert desk.store.status()["ledgers"] == ["非公企业|一街道党工委"]


def test_a_differing_total_is_a_finding_with_both_numbers(desk: Desk) -> None:
    """A total row that differs from its rows is reported with both numbers, and the audit finds it."""
    report = desk.load(merged_header(desk.folder, 31))
    differing = [t for t in next(report.sheets()).totals if t.differs]
    assert [(t.column, t.stated, t.counted) for t in differing] == [("职工数", 31.0, 30.0)]
    assert {code for code, _ in desk.audit()} >= {"total_mismatch"}
    desk.load(merged_header(desk.folder, 30))
    assert "total_mismatch" not in {code for code, _ in desk.audit()}


def test_hidden_sheets_are_read_and_said_to_be_hidden(desk: Desk) -> None:
    """A hidden sheet's rows load and the report says that the sheet is hidden."""
    path = workbook(
        desk.folder / "x.xlsx",
        HEADER,
        [firm().get(h) for h in HEADER],
        hidden=True,
    )
    report = desk.load(path)
    sheet = next(s for s in report.sheets() if s.kind)
    assert sheet.hidden
    assert sheet.loaded == 1


def test_other_wordings_full_width_and_spaces(desk: Desk) -> None:
    """Other wordings, full-width forms, spaces in names and line breaks in headings are read as what they mean."""
    header = [
        "企业 名称",
        "统一社会信用代码",
        "企业类型",
        "区县",
        "所属楼栋",
        "员工规模",
        "党员\n人数",
        "状态",
    ]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in credit_code(1))
    path = desk.folder / "台账.csv"
    path.write_text(
        text(
            header,
            [["示 例　１ 公司", wide, "民营企业", "甲区", "国际大厦", "１０人", "３", "存续"]],
        ),
        encoding="utf-8",
    )
    report = desk.with_places().load(path)
    assert report.quarantined == 0, report.faults()
    held = desk.firm(1)
    assert (held["name"], held["category"], held["status"]) == ("示例1公司", "私营企业", "正常")
    assert (held["staff"], held["formal_members"]) == (10, 3)


def test_an_unknown_column_gets_a_suggestion(desk: Desk) -> None:
    """从业人员数量 is not read, is listed with 从业人数 as suggestion, and what lacks 从业人数 does not load."""
    header = [h if h != "从业人数" else "从业人员数量" for h in HEADER]
    row = {**firm(), "从业人员数量": "10"}
    path = desk.folder / "台账.csv"
    path.write_text(text(header, [row]), encoding="utf-8")
    report = desk.load(path)
    sheet = next(report.sheets())
    assert [(u.heading, u.suggestion) for u in sheet.unknown] == [("从业人员数量", "从业人数")]
    assert (sheet.loaded, sheet.quarantined) == (0, 1)
    assert [f.code for f in report.faults()] == ["missing_column"]


BAD_CELLS = [
    ({"统一社会信用代码": credit_code(1)[:-1] + "_"}, "统一社会信用代码", "uscc_format"),
    ({"统一社会信用代码": credit_code(1)[:-1] + "0"}, "统一社会信用代码", "uscc_checksum"),
    ({"统一社会信用代码": credit_code(1)[:-1]}, "统一社会信用代码", "uscc_length"),
    ({"统一社会信用代码": "9.14E+17"}, "统一社会信用代码", "code_scientific"),
    ({"统一社会信用代码": ""}, "统一社会信用代码", "required"),
    ({"单位名称": "/"}, "单位名称", "required"),
    ({"从业人数": "-3"}, "从业人数", "negative"),
    ({"从业人数": "50余人"}, "从业人数", "approximate"),
    ({"从业人数": "约50"}, "从业人数", "approximate"),
    ({"从业人数": "许久"}, "从业人数", "not_integer"),
    ({"正式党员数": "1.5"}, "正式党员数", "not_integer"),
    ({"行业代码": "9999"}, "行业代码", "industry_unknown"),
    ({"行业代码": "软件"}, "行业代码", "industry_format"),
    ({"类别": "火星企业"}, "类别", "unknown_value"),
    ({"经营状态": "很好"}, "经营状态", "unknown_value"),
    ({"填报日期": "2016-02-30"}, "填报日期", "impossible_date"),
    ({"填报日期": "2016.8"}, "填报日期", "month_only"),
    ({"填报日期": "2999-01-01"}, "填报日期", "future_date"),
    ({"经度": "30.6", "纬度": "114.3"}, "经度", "outside_city"),
    ({"经度": "116.4", "纬度": "39.9"}, "经度", "outside_city"),
    ({"经度": "114.3", "纬度": ""}, "纬度", "half_coordinate"),
    ({"经度": "东边", "纬度": "30.6"}, "经度", "not_coordinate"),
]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    BAD_CELLS,
    ids=[f"{n}-{c}" for n, (_, _, c) in enumerate(BAD_CELLS)],
)
def test_a_bad_cell_keeps_its_row_out(
    desk: Desk, cells: dict[str, str], column: str, code: str
) -> None:
    """A row with a bad cell stays out with sheet, row, column, what was found and expected; the others load."""
    report = desk.load(ledger(desk.folder / "台账.csv", firm(2), firm(1, **cells), firm(3)))
    assert (3, column, code) in codes(report)
    assert (report.total("loaded"), report.quarantined) == (2, 1)
    fault = next(f for f in report.faults() if f.code == code)
    assert fault.expected["zh"]
    assert fault.expected["en"]
    assert set(desk.store.frame("organization")["key"]) == {credit_code(2), credit_code(3)}


def test_strict_loads_nothing_where_a_row_is_bad(desk: Desk) -> None:
    """With --strict one bad row keeps everything out."""
    path = ledger(desk.folder / "台账.csv", firm(1), firm(2, 从业人数="50余人"))
    report = desk.load(path, strict=True)
    assert report.withheld
    assert report.batch is None
    assert (report.total("loaded"), report.quarantined) == (0, 1)
    assert desk.store.batches() == []
    assert len(desk.store.frame("organization")) == 0


def test_the_same_organization_twice_in_one_ledger(desk: Desk) -> None:
    """One code in two rows of a ledger is one node; both rows are kept and their difference is a finding."""
    desk.load(ledger(desk.folder / "台账.csv", firm(1), firm(1, 从业人数="12")))
    assert len(desk.store.frame("organization")) == 1
    claims = desk.store.claims("organization")
    assert claims["staff"].tolist() == [10, 12]
    assert ("conflicting_sources", credit_code(1)) in desk.audit()


def test_the_same_organization_in_two_districts_ledgers(desk: Desk) -> None:
    """One code in two districts' ledgers is one node with both sources, a finding for the double listing and the difference."""
    desk.with_places()
    desk.load(
        ledger(desk.folder / "甲.csv", firm(1)),
        ledger(desk.folder / "乙.csv", firm(1, 所属区="乙区", 所属街道="三街道", 地址="三街1号")),
    )
    assert len(desk.store.frame("organization")) == 1
    found = desk.audit()
    assert ("listed_twice", credit_code(1)) in found
    assert ("conflicting_sources", credit_code(1)) in found


def test_same_name_and_address_under_two_codes(desk: Desk) -> None:
    """Same name and address under two codes stay two nodes and a proposed duplicate."""
    desk.load(
        ledger(desk.folder / "台账.csv", firm(1), firm(2, 单位名称="示例1公司", 地址="一街1号"))
    )
    assert len(desk.store.frame("organization")) == 2
    assert ("duplicate_organization", credit_code(1)) in desk.audit()


def test_a_dangling_reference_resolves_when_its_row_comes(desk: Desk) -> None:
    """References to a unit, building and street that are not there load as found and resolve when the rows come."""
    row = firm(1, 所属街道="一街道", 所在楼宇="国际大厦", 党组织代码="U1")
    desk.load(ledger(desk.folder / "台账.csv", row))
    assert {s for c, s in desk.audit() if c == "dangling_reference"} == {
        "甲区", "一街道", "国际大厦", "U1",
    }  # fmt: skip
    desk.with_places()
    unit = desk.folder / "党组织.csv"
    unit.write_text("党组织代码,党组织名称,类型\nU1,示例支部,党支部\n", encoding="utf-8")
    desk.load(unit)
    held = desk.firm(1)
    assert held["building"] == "building:420101001/001"
    assert (held["district"], held["street"]) == ("420101", "420101001")
    assert "dangling_reference" not in {code for code, _ in desk.audit()}
    again = desk.load(ledger(desk.folder / "台账.csv", row))
    assert again.batch is None


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    """A second import of the same files leaves no batch and says that all rows are there already."""
    desk.with_places()
    path = merged_header(desk.folder, 30)
    desk.load(path)
    before = desk.store.fingerprint()
    report = desk.load(path)
    assert report.batch is None
    assert report.as_json()["totals"] == {"rows": 2, "loaded": 0, "unchanged": 2, "quarantined": 0}
    assert desk.store.fingerprint() == before


def test_a_corrected_file_changes_only_what_it_corrects(desk: Desk) -> None:
    """A corrected file replaces the cell it corrects; the earlier value stays with its source until it is taken back."""
    desk.load(ledger(desk.folder / "八月.csv", firm(1), firm(2)))
    report = desk.load(ledger(desk.folder / "八月（更正）.csv", firm(1), firm(2, 从业人数="11")))
    assert (report.total("loaded"), report.total("unchanged")) == (1, 1)
    assert desk.firm(2)["staff"] == 11
    assert report.batch is not None
    desk.store.undo(report.batch)
    assert desk.firm(2)["staff"] == 10


def test_not_what_its_name_says_html(desk: Desk) -> None:
    """An .xls that is an HTML table is read as what it is."""
    cells = "".join(f"<td>{firm().get(h, '')}</td>" for h in HEADER)
    heads = "".join(f"<td>{h}</td>" for h in HEADER)
    path = desk.folder / "台账.xls"
    path.write_text(
        f"<html><meta charset='gbk'><table><tr>{heads}</tr><tr>{cells}</tr></table></html>",
        encoding="gbk",
    )
    assert desk.load(path).total("loaded") == 1


def test_not_what_its_name_says_utf16(desk: Desk) -> None:
    """An .xls that is UTF-16 text with tabs is read as what it is."""
    path = desk.folder / "台账.xls"
    lines = ["\t".join(HEADER), "\t".join(str(firm().get(h, "")) for h in HEADER)]
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-16-le"))
    assert desk.load(path).total("loaded") == 1


def test_gb18030(desk: Desk) -> None:
    """A ledger in GB18030 loads, rare characters and all, and the report names the encoding."""
    path = ledger(desk.folder / "台账.csv", firm(1, 单位名称="㐀𠮷公司"), encoding="gb18030")
    report = desk.load(path)
    assert desk.firm(1)["name"] == "㐀𠮷公司"
    assert next(report.sheets()).encoding == "gb18030"


def test_an_unreadable_file_is_one_sentence_with_the_way_out(desk: Desk) -> None:
    """A file that holds no table loads nothing and is refused in one sentence; a lock file is passed over."""
    bad = desk.folder / "台账.xlsx"
    bad.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ReadError) as refused:
        desk.load(bad)
    assert "\n" not in refused.value.text("zh")
    assert str(bad) in refused.value.text("zh")
    good = ledger(desk.folder / "好.csv", firm(1))
    (desk.folder / "~$好.xlsx").write_bytes(b"\x06user")
    report = desk.load(bad, good, desk.folder / "~$好.xlsx")
    assert not report.complete
    assert [r.file for r in report.refused] == [str(bad)]
    assert report.total("loaded") == 1
    assert [s.file for s in report.skipped] == [str(desk.folder / "~$好.xlsx")]


@pytest.mark.parametrize("blank", ["无", "/", "—", "-", "", "  "])
def test_what_stands_for_empty(desk: Desk, blank: str) -> None:
    """无, / , — and - are blank cells."""
    desk.load(ledger(desk.folder / "台账.csv", firm(1, 行业代码=blank, 地址=blank, 未建原因=blank)))
    assert not {"industry", "address", "no_unit_reason"} & set(desk.firm(1))


@pytest.mark.parametrize("written", ["3", "３", "3人", "3.0", " 3 ", "3名"])
def test_what_counts_as_three(desk: Desk, written: str) -> None:
    """3, ３ and 3人 are three."""
    desk.load(ledger(desk.folder / "台账.csv", firm(1, 正式党员数=written)))
    assert desk.firm(1)["formal_members"] == 3


@pytest.mark.parametrize(
    "written",
    ["2016.8.10", "2016年8月10日", "20160810", "42592", "2016/8/10", "2016-08-10 00:00:00"],
)
def test_days(desk: Desk, written: str) -> None:
    """A day in any of its forms, a date serial too, is that day."""
    desk.load(ledger(desk.folder / "台账.csv", firm(1, 完成时限=written)))
    assert desk.firm(1)["measures_due"] == 20160810


def test_a_month_where_a_month_is_enough(desk: Desk) -> None:
    """A month is kept as a month in a period and is a fault where a day is needed."""
    path = desk.folder / "报送.csv"
    path.write_text(
        "报送单位,种类,期次,日期,覆盖率\n甲区委组织部,半月报,2016年8月,2016-08-25,85%\n甲区委组织部,半月报,2016年9月,2016.9,0.9\n",
        encoding="utf-8",
    )
    report = desk.load(path)
    frame = desk.store.frame("submission")
    assert frame["period"].tolist() == ["2016-08"]
    assert frame["rate"].tolist() == [0.85]
    assert codes(report) == {(3, "日期", "month_only")}


def test_boundaries_become_outlines(desk: Desk) -> None:
    """GeoJSON with a division's code a feature becomes the division's outline, which a later 区划 sheet keeps."""
    square = [[[114.0, 30.0], [114.1, 30.0], [114.1, 30.1], [114.0, 30.0]]]
    path = desk.folder / "边界.geojson"
    features = [
        {"type": "Feature", "properties": {"代码": code}, "geometry": {"type": "Polygon", "coordinates": square}}
        for code in ("420101", "429999")
    ]  # fmt: skip
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    desk.with_places()
    report = desk.load(path)
    assert (report.total("loaded"), report.quarantined) == (1, 1)
    frame = desk.store.frame("division").set_index("key")
    assert json.loads(str(frame.at["420101", "outline"]))["coordinates"] == square
    assert frame.at["420101", "name"] == "甲区"
    assert desk.load(path).batch is None
    assert desk.load(desk.folder / "places").batch is None


@pytest.mark.parametrize(
    "rings",
    [
        [[[3e5, 3.4e6], [3.1e5, 3.4e6], [3.1e5, 3.5e6], [3e5, 3.4e6]]],
        [[[114.0, 30.0], [114.1, 30.0], [114.1, 30.1], [114.0, 30.1]]],
        [[[114.0, 30.0], [114.1, 30.0], [114.0, 30.0]]],
        [[[114.0, float("nan")]] * 4],
        [[114.0, 30.0]],
        [],
        None,
        "a text",
    ],
)
def test_boundaries_that_are_none_are_faults(desk: Desk, rings: Any) -> None:
    """Metres of a projection, open rings, and what is no ring at all, become nobody's outline."""
    path = desk.folder / "边界.geojson"
    shape = {"type": "Polygon", "coordinates": rings}
    path.write_text(
        json.dumps({"type": "Feature", "properties": {"代码": "420101"}, "geometry": shape}),
        encoding="utf-8",
    )
    desk.with_places()
    report = desk.load(path)
    assert (report.total("loaded"), report.quarantined) == (0, 1)
    assert [f.code for f in report.faults()] == ["not_coordinate"]


def test_a_short_heading_is_known_under_any_other() -> None:
    """所属区 under 所在地 is 所属区; 合计 under a heading that is no column stays unknown."""
    headings = ["所在地/所属区" if h == "所属区" else h for h in firm(1)]
    plan = recognise([*headings, "领导成员/合计"], "", "台账.csv")
    assert plan is not None
    assert [c.heading for c in plan.columns if c.column.prop == "district"] == ["所在地/所属区"]
    assert [s.heading for s in plan.unknown] == ["领导成员/合计"]


def mend(path: Path, cells: dict[str, Any]) -> None:
    """Type right values into a fault workbook's first sheet."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book.worksheets[0][place] = value
    book.save(path)


def test_faults_come_back_in_a_workbook_that_imports_mended(desk: Desk) -> None:
    """A marked copy is written for a faulty file; mended, it belongs to the original's ledger and completes it."""
    path = ledger(
        desk.folder / "台账.csv", firm(1), firm(2, 从业人数="50余人"), firm(3, 正式党员数="二")
    )
    first = desk.load(path)
    copy = Path(first.fault_workbooks[0])
    assert copy.name == "台账.faults.xlsx"
    sheet = openpyxl.load_workbook(copy).worksheets[0]
    marked = {c.coordinate for row in sheet.iter_rows() for c in row if c.comment is not None}
    assert marked == {"K3", "L4"}
    again = desk.load(copy)
    assert (again.batch, again.quarantined, again.total("unchanged")) == (None, 2, 1)
    mend(copy, {"K3": 50, "L4": 2})
    mended = desk.load(copy)
    assert (mended.total("loaded"), mended.total("unchanged"), mended.quarantined) == (2, 1, 0)
    assert (desk.firm(2)["staff"], desk.firm(3)["formal_members"]) == (50, 2)
    assert len(desk.store.status()["ledgers"]) == 1
    assert not {"listed_twice", "conflicting_sources"} & {code for code, _ in desk.audit()}


def test_a_folder_with_a_file_and_its_mended_copy_loads_each_row_once(desk: Desk) -> None:
    """Of a file and its newer copy in one folder the copy is read, and the file is passed over and named."""
    folder = desk.folder / "台账"
    folder.mkdir()
    path = ledger(folder / "甲.csv", firm(1), firm(2, 从业人数="50余人"))
    copy = Path(desk.load(path, fault_directory=folder).fault_workbooks[0])
    mend(copy, {"K3": 50})
    report = desk.load(folder)
    assert [s.file for s in report.skipped] == [str(path)]
    assert report.quarantined == 0
    assert len(desk.store.claims("organization")) == 2

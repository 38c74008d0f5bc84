"""Which rows are data, and what the others say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.reading import TypeCode
from loaders.reading.grid import number_texts
from tests.loaders.reading.build import CODES, HEADER, ROWS, cells, one, text, types, xls, xlsx


def test_totals(tmp_path: Path) -> None:
    """Subtotals and the grand total are no data; each names the rows that it totals and what it says of them."""
    path = xlsx(
        tmp_path / "a.xlsx",
        HEADER,
        ROWS[0],
        ROWS[1],
        ["小 计", None, None, 17, 4],
        ROWS[2],
        ["小计", None, None, 40, 2],
        ["合计：3家", None, None, 57, 6],
    )
    sheet = one(path)
    assert [r[0] for r in cells(sheet)] == [2, 3, 5]
    first, second, last = sheet.totals
    assert (first.row, first.label, first.first_row, first.last_row, first.grand) == (
        4,
        "小计",
        2,
        3,
        False,
    )
    assert dict(first.cells) == {3: "17", 4: "4"}
    assert (second.first_row, second.last_row) == (5, 5)
    assert (last.first_row, last.last_row, last.grand, last.stated) == (2, 5, True, 3)


def test_total_above_its_rows(tmp_path: Path) -> None:
    """A total right below the header is of the rows that follow."""
    sheet = one(
        xlsx(tmp_path / "a.xlsx", HEADER, ["全市合计", None, None, 17, 4], ROWS[0], ROWS[1])
    )
    (total,) = sheet.totals
    assert (total.first_row, total.last_row, total.grand) == (3, 4, True)
    assert sheet.rows == 2


def test_total_beside_running_number(tmp_path: Path) -> None:
    """A total row's label may stand behind a running number or in a merged cell."""
    path = xlsx(
        tmp_path / "a.xlsx",
        ["序号", *HEADER],
        [1, *ROWS[0]],
        [2, "合计", None, None, 12, 3],
        ["总计", None, None, None, 12, 3],
        merges=["A4:D4"],
    )
    sheet = one(path)
    assert sheet.rows == 1
    assert [t.label for t in sheet.totals] == ["合计", "总计"]
    assert dict(sheet.totals[0].cells) == {4: "12", 5: "3"}


@pytest.mark.parametrize(
    "name", ["武汉合计科技有限公司", "小计划文化公司", "共计会计师事务所", "总计算中心"]
)
def test_names_that_hold_a_total_word(tmp_path: Path, name: str) -> None:
    """An organization whose name holds a word of totals is an organization."""
    sheet = one(text(tmp_path / "a.csv", HEADER, ROWS[0], ["", name, "水塔街道", 3, 1]))
    assert sheet.rows == 2
    assert not sheet.totals


def test_blank_rows_and_running_numbers(tmp_path: Path) -> None:
    """Blank rows, and rows of a printed form that hold a running number only, are no data."""
    path = xlsx(
        tmp_path / "a.xlsx",
        ["序号", *HEADER],
        [1, *ROWS[0]],
        [],
        [2, *ROWS[1]],
        [3],
        [4],
        [None, " "],
    )
    sheet = one(path)
    assert [r[0] for r in cells(sheet)] == [2, 4]
    assert sheet.numbered_blanks == 2


def test_blank_lines_of_text_count(tmp_path: Path) -> None:
    """An empty line of a text file is a row, so that later rows keep their numbers."""
    path = tmp_path / "a.csv"
    path.write_text("代码,名称,级别\n\n001,甲,区\n\n\n002,乙,区\n", "utf-8")
    assert [r[0] for r in cells(one(path))] == [3, 6]


def test_repeated_header_and_title(tmp_path: Path) -> None:
    """Header, title and column numbers that a printed form repeats on each page are passed over."""
    page = (["非公企业台账"], HEADER, ["甲", "乙", 1, 2, 3])
    sheet = one(
        xlsx(tmp_path / "a.xlsx", *page, ROWS[0], *page[:2], ROWS[1], merges=["A1:E1", "A5:E5"])
    )
    assert [r[0] for r in cells(sheet)] == [4, 7]
    assert sheet.repeated_headers == 1
    assert "numbering" in [n.kind for n in sheet.notes]


def test_sections(tmp_path: Path) -> None:
    """A lone text over a group of rows is a section with the count that it states."""
    path = xlsx(
        tmp_path / "a.xlsx",
        HEADER,
        ["水塔街道（2家）"],
        ROWS[0],
        ROWS[1],
        ["一、民权街道"],
        ROWS[2],
        merges=["A2:E2", "A5:E5"],
    )
    sheet = one(path)
    first, second = sheet.sections
    assert (first.row, first.first_row, first.last_row, first.stated) == (2, 3, 4, 2)
    assert (second.text, second.first_row, second.last_row, second.stated) == (
        "一、民权街道",
        6,
        6,
        None,
    )


def test_lone_name_is_a_faulty_row(tmp_path: Path) -> None:
    """A row with nothing but a name stays data, to be found faulty, and isn't lost as a heading."""
    assert one(xlsx(tmp_path / "a.xlsx", HEADER, ROWS[0], [None, "武汉丁有限公司"])).rows == 2
    assert one(xlsx(tmp_path / "b.xlsx", HEADER, ROWS[0], [CODES[1]])).rows == 2


def test_notes_below(tmp_path: Path) -> None:
    """Notes and signatures below the table are no data, and no person named there is kept."""
    path = xlsx(
        tmp_path / "a.xlsx",
        HEADER,
        ROWS[0],
        ["注：本表由各街道填报。"],
        ["填表人：张三", None, "审核人：李四", "联系电话：13800000000"],
        merges=["A3:E3"],
    )
    sheet = one(path)
    assert sheet.rows == 1
    assert [n.row for n in sheet.notes] == [3, 4]
    for word in ("张三", "李四", "13800000000"):
        assert word not in repr(sheet)


def test_types(tmp_path: Path) -> None:
    """Numbers, dates, booleans and errors are text with a type; a code that became a number is seen as one."""
    path = xlsx(
        tmp_path / "a.xlsx",
        ["代码", "名称", "成立日期", "从业人数", "备用"],
        [9.14201056725e17, "甲", dt.date(2016, 8, 10), 3, True],
        ["007", "乙", "2016.8.10", 2.5, "x"],
        more=lambda _, sheet: sheet.write_formula(2, 4, "=1/0", None, "#DIV/0!"),
    )
    sheet = one(path)
    assert cells(sheet)[0][1:] == ("9.14201056725e+17", "甲", "2016-08-10", "3", "TRUE")
    assert cells(sheet)[1][1:] == ("007", "乙", "2016.8.10", "2.5", "#DIV/0!")
    assert types(sheet, 0) == [TypeCode.NUMBER, TypeCode.TEXT]
    assert types(sheet, 2) == [TypeCode.DATE, TypeCode.TEXT]
    assert types(sheet, 4) == [TypeCode.BOOL, TypeCode.ERROR]
    assert 1 not in sheet.typed


def test_errors_of_old_workbooks(tmp_path: Path) -> None:
    """An error value in an ``.xls`` is found too."""
    import xlwt

    path = xls(tmp_path / "a.xls", ["代码", "名称", "级别"], ["001", "甲", xlwt.Formula("1/0")])
    assert (
        one(path).rows == 1
    )  # a formula that no program has computed is blank, and nothing breaks


def test_merged_down(tmp_path: Path) -> None:
    """A text merged down several rows holds for each of them; a number stands for all and isn't repeated."""
    path = xlsx(
        tmp_path / "a.xlsx",
        HEADER,
        (*ROWS[0][:2], "水塔街道", 12, 3),
        (*ROWS[1][:2], None, None, 1),
        merges=["C2:C3", "D2:D3"],
    )
    assert [r[3:5] for r in cells(one(path))] == [("水塔街道", "12"), ("水塔街道", None)]


def test_hidden_sheet(tmp_path: Path) -> None:
    """A hidden sheet is read, and said to be hidden."""
    import xlsxwriter

    from tests.loaders.reading.build import sheets

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("封面", "区划"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["代码", "名称", "级别"])
            sheet.write_row(1, 0, ["420103", "江汉区", "区"])
        sheet.hide()
    assert [(s.sheet, s.hidden, s.rows) for s in sheets(path)] == [
        ("封面", False, 1),
        ("区划", True, 1),
    ]


def test_blank_sheet(tmp_path: Path) -> None:
    """An empty sheet has no columns and no rows."""
    sheet = one(xlsx(tmp_path / "a.xlsx"))
    assert (sheet.rows, sheet.columns) == (0, ())


def test_only_the_columns_asked_for(tmp_path: Path) -> None:
    """Columns that nobody asks for are never given out."""
    sheet = one(xlsx(tmp_path / "a.xlsx", HEADER, *ROWS))
    (table,) = sheet.chunks([1])
    assert table.column_names == ["row", "c1"]


def test_again(tmp_path: Path) -> None:
    """A sheet gives its rows as often as it is asked."""
    sheet = one(text(tmp_path / "a.csv", HEADER, *ROWS))
    assert cells(sheet) == cells(sheet)


@given(
    values=st.lists(
        st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15).map(float)
    )
)
def test_number_texts(values: list[float]) -> None:
    """The text of a number gives the number back, whole ones without a point."""
    for value, shown in zip(values, number_texts(values), strict=True):
        assert float(shown) == value
        assert ("." in shown or "e" in shown) or value.is_integer()
        if value.is_integer() and abs(value) < 1e16:
            assert shown.lstrip("-").isdigit()

"""Where the header is, and how several rows of it become one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.reading.header import Head, find
from tests.loaders.reading.build import HEADER, ROWS, cells, headings, one, text, xls, xlsx


def test_plain(tmp_path: Path) -> None:
    """A header in the first row is found, and rows keep the numbers that a spreadsheet shows."""
    sheet = one(xlsx(tmp_path / "a.xlsx", HEADER, *ROWS))
    assert sheet.header_rows == (1, 1)
    assert headings(sheet) == list(HEADER)
    assert cells(sheet)[0] == (2, "91420106MA4KL8X21A", "武汉甲科技有限公司", "水塔街道", "12", "3")
    assert [r[0] for r in cells(sheet)] == [2, 3, 4]


def test_title_stamp_and_merged_two_row_header(tmp_path: Path) -> None:
    """Title, stamp line and a two-row header with merged cells give ``党员人数/正式`` and the reporting office."""
    path = xlsx(
        tmp_path / "a.xlsx",
        ["附表1 非公企业台账"],
        ["填报单位（盖章）：水塔街道党工委", None, None, "填报日期：2016年8月26日"],
        ["统一社会信用代码", "单位名称", "职工数", "党员人数"],
        [None, None, None, "正式", "预备"],
        [ROWS[0][0], "武汉甲科技有限公司", 12, 3, 0],
        merges=["A1:E1", "A2:C2", "D2:E2", "A3:A4", "B3:B4", "C3:C4", "D3:E3"],
    )
    sheet = one(path)
    assert sheet.header_rows == (3, 4)
    assert headings(sheet) == [
        "统一社会信用代码",
        "单位名称",
        "职工数",
        "党员人数/正式",
        "党员人数/预备",
    ]
    assert dict(sheet.stamp) == {"填报单位": "水塔街道党工委", "填报日期": "2016年8月26日"}
    assert [n.kind for n in sheet.notes] == ["title", "stamp"]
    assert cells(sheet) == [(5, ROWS[0][0], "武汉甲科技有限公司", "12", "3", "0")]


def test_three_row_header_in_text(tmp_path: Path) -> None:
    """Without merged ranges, as text has none, three rows of headings are flattened all the same."""
    path = text(
        tmp_path / "a.csv",
        ["非公企业台账", "", "", "", "", ""],
        ["统一社会信用代码", "单位名称", "党员队伍", "", "", "经营状态"],
        ["", "", "党员人数", "", "职工数", ""],
        ["", "", "正式", "预备", "", ""],
        [ROWS[0][0], "武汉甲科技有限公司", 3, 1, 12, "正常"],
    )
    sheet = one(path)
    assert sheet.header_rows == (2, 4)
    assert headings(sheet) == [
        "统一社会信用代码",
        "单位名称",
        "党员队伍/党员人数/正式",
        "党员队伍/党员人数/预备",
        "党员队伍/职工数",
        "经营状态",
    ]
    assert [r[0] for r in cells(sheet)] == [5]


def test_group_row_above_known_headings(tmp_path: Path) -> None:
    """A merged row of groups over headings that are known by themselves is part of the header."""
    path = xlsx(
        tmp_path / "a.xlsx",
        ["企业基本情况", None, None, "人员情况"],
        HEADER,
        ROWS[0],
        merges=["A1:C1", "D1:E1"],
    )
    sheet = one(path)
    assert sheet.header_rows == (1, 2)
    assert headings(sheet)[3] == "人员情况/从业人数"


def test_old_workbook_has_merged_header(tmp_path: Path) -> None:
    """Merged ranges of an ``.xls`` count like those of an ``.xlsx``."""
    path = xls(
        tmp_path / "a.xls",
        ["代码", "名称", "党员人数", ""],
        ["", "", "正式", "预备"],
        ["001", "甲", 3, 1],
        merges=[(0, 1, 0, 0), (0, 1, 1, 1), (0, 0, 2, 3)],
    )
    sheet = one(path)
    assert headings(sheet) == ["代码", "名称", "党员人数/正式", "党员人数/预备"]
    assert cells(sheet) == [(3, "001", "甲", "3", "1")]


def test_line_breaks_and_full_width(tmp_path: Path) -> None:
    """Line breaks, spaces and full-width letters vanish from headings."""
    sheet = one(
        xlsx(
            tmp_path / "a.xlsx",
            ["统一社会\n信用代码", "单位 名称", "ＧＰＳ经度"],
            ["x1", "甲", "1"],
        )
    )
    assert headings(sheet) == ["统一社会信用代码", "单位名称", "GPS经度"]


def test_stamp_value_in_next_cell(tmp_path: Path) -> None:
    """A stamp's value may stand in the cell beside its label."""
    path = xlsx(
        tmp_path / "a.xlsx",
        ["填报单位（盖章）：", "水塔街道（盖章）", None, "填报日期：", "2016-08-26"],
        HEADER,
        ROWS[0],
    )
    assert dict(one(path).stamp) == {"填报单位": "水塔街道", "填报日期": "2016-08-26"}


def test_stamp_values_in_one_cell(tmp_path: Path) -> None:
    """Several labels in one cell are told apart, and persons named there are cut out of the note."""
    path = text(
        tmp_path / "a.csv",
        [
            "填报单位：水塔街道 填报日期：2016.8.26 填表人：张三 联系电话：13800000000",
            "",
            "",
            "",
            "",
        ],
        HEADER,
        ROWS[0],
    )
    sheet = one(path)
    assert dict(sheet.stamp) == {"填报单位": "水塔街道", "填报日期": "2016.8.26"}
    assert "张三" not in repr(sheet)
    assert "13800000000" not in repr(sheet)


def test_foreign_list(tmp_path: Path) -> None:
    """A list that is no ledger has its first well-filled row as header."""
    path = text(tmp_path / "a.csv", ["Register"], ["ident", "label", "amount"], ["a1", "甲", "3"])
    sheet = one(path)
    assert sheet.header_rows == (2, 2)
    assert headings(sheet) == ["ident", "label", "amount"]


def test_no_header(tmp_path: Path) -> None:
    """A table of values alone has no header, and all of its rows are data."""
    sheet = one(text(tmp_path / "a.csv", ["1", "2.5", "x"], ["2", "3.5", "y"]))
    assert sheet.header_rows == (0, 0)
    assert sheet.rows == 2


def test_values_that_are_headings_too(tmp_path: Path) -> None:
    """Words that are both values and headings (街道, 社区) don't make a row a header."""
    path = text(
        tmp_path / "a.csv",
        ["代码", "名称", "级别", "上级"],
        ["420103001", "民族", "街道", "420103"],
        ["420103001001", "社区", "社区", "420103001"],
    )
    sheet = one(path)
    assert sheet.header_rows == (1, 1)
    assert sheet.rows == 2


def test_header_without_rows(tmp_path: Path) -> None:
    """A blank form is a sheet with its columns and no rows."""
    sheet = one(xlsx(tmp_path / "a.xlsx", ["台账"], HEADER))
    assert sheet.rows == 0
    assert headings(sheet) == list(HEADER)


def test_data_beside_the_header(tmp_path: Path) -> None:
    """A column that holds data under no heading is kept, without a name."""
    sheet = one(xlsx(tmp_path / "a.xlsx", HEADER, (*ROWS[0], "13800000000")))
    assert [c.header for c in sheet.columns][-1] == ""
    assert sheet.columns[-1].cells == 1


_WORD = st.sampled_from(
    ["单位名称", "党员人数", "正式", "预备", "职工数", "所属区", "经营状态", "类别"]
)


@given(
    groups=st.lists(st.lists(_WORD, min_size=1, max_size=4, unique=True), min_size=2, max_size=5)
)
def test_merged_and_unmerged_flatten_alike(groups: list[list[str]]) -> None:
    """A two-row header flattens to parent/child alike, merged as in a workbook or with blanks as in text."""
    upper: list[str] = []
    lower: list[str] = []
    merges = []
    for n, children in enumerate(groups):
        start = len(upper)
        if len(children) == 1:
            upper.append(f"组{n}")
            lower.append("")
            merges.append((0, start, 1, start))
        else:
            upper += [f"组{n}"] + [""] * (len(children) - 1)
            lower += children
            merges.append((0, start, 0, start + len(children) - 1))
    expected = tuple(
        f"组{n}" if len(g) == 1 else f"组{n}/{c}" for n, g in enumerate(groups) for c in g
    )
    assert Head([upper, lower], merges).flat(0, 1) == expected
    assert Head([upper, lower]).flat(0, 1) == expected


@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(["", "单位名称", "1", "填报单位：甲", "合计", "类别"]),
            min_size=4,
            max_size=4,
        ),
        max_size=8,
    )
)
def test_any_rows(rows: list[list[str]]) -> None:
    """Whatever the rows hold, a header lies within them and names every column."""
    found = find(Head(rows))
    if found is not None:
        assert 0 <= found.first <= found.last < len(rows)
        assert len(found.headings) == 4


@pytest.mark.parametrize("above", [0, 1, 7, 40])
def test_lines_above(tmp_path: Path, above: int) -> None:
    """However many lines stand above, the header is found."""
    lines = [[f"说明文字第{i}条", None, None, None, None] for i in range(above)]
    assert one(xlsx(tmp_path / "a.xlsx", *lines, HEADER, *ROWS)).header_rows == (
        above + 1,
        above + 1,
    )

"""Listings as files: what a spreadsheet must not do to them (C5), and what stays when writing fails."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from tests.cli.commandline import Lianjian
from viz.listing import Column, Listing, json_chunks, shortened, write

COLUMNS = [Column("code", "代码"), Column("name", "名称"), Column("staff", "人数", "number")]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1", "＋1", "－1", "＠x"]
ROWS: list[list[Any]] = [
    ["00420106", "甲公司", 3],
    ["912345678901234567", "=HYPERLINK(1)", None],
    ["1E5", "http://example.invalid", -5.5],
]


def listing() -> Listing:
    """Three rows with what a spreadsheet likes to change."""
    return Listing("清单", COLUMNS, ROWS)


def test_xlsx(tmp_path: Path) -> None:
    """In a workbook codes are text, text is no formula and no link, numbers are numbers; header frozen, filter on."""
    assert write(tmp_path / "a.xlsx", [listing()]) == 3
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["清单"]
    values = [[c.value for c in row] for row in sheet.iter_rows()]
    assert values == [["代码", "名称", "人数"], *ROWS]
    assert [c.data_type for c in sheet[3]] == ["s", "s", "n"]
    assert sheet["A2"].number_format == "@"
    assert sheet["B4"].hyperlink is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C4"
    book.close()


def test_xlsx_is_the_same_twice(tmp_path: Path) -> None:
    """The same listing gives the same bytes."""
    for name in ("a.xlsx", "b.xlsx"):
        write(tmp_path / name, [listing()])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@given(
    st.sampled_from(FORMULAS),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5),
)
def test_csv_has_no_formulas(
    tmp_path_factory: pytest.TempPathFactory, head: str, tail: str
) -> None:
    """No text cell of a CSV begins like a formula, full-width forms included, and the text is kept behind the mark."""
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write(path, [Listing("x", COLUMNS[:2], [[head + tail, head]])])
    with path.open(encoding="utf-8-sig", newline="") as f:
        _, row = csv.reader(f)
    assert row == ["'" + head + tail, "'" + head]


def test_csv_leaves_numbers(tmp_path: Path) -> None:
    """A number below nought stays a number in a CSV; the file begins with a byte order mark."""
    write(tmp_path / "a.csv", [Listing("x", COLUMNS[2:], [[-5], [None], [2.5]])])
    assert (tmp_path / "a.csv").read_bytes() == '\ufeff人数\r\n-5\r\n""\r\n2.5\r\n'.encode()


def test_many_rows_go_on_in_a_further_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a sheet can't hold goes on in the next, with its header; a full sheet alone makes no empty one."""
    monkeypatch.setattr("viz.listing.XLSX_ROWS", 2)
    for count, sheets in ((2, [3]), (3, [3, 2]), (4, [3, 3]), (0, [1])):
        rows = ([str(n)] for n in range(count))
        assert write(tmp_path / "a.xlsx", [Listing("x", COLUMNS[:1], rows)]) == count
        book = openpyxl.load_workbook(tmp_path / "a.xlsx")
        assert [s.max_row for s in book] == sheets
        book.close()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """A row that can't be made leaves the former file whole and nothing beside it."""
    path = tmp_path / "a.csv"
    path.write_text("old", encoding="utf-8")

    def rows() -> Any:
        yield ["1"]
        raise InputError("no more")

    with pytest.raises(InputError, match="no more"):
        write(path, [Listing("x", COLUMNS[:1], rows())])
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_streams() -> None:
    """An iterator's items are written one by one, and the whole is one JSON object."""
    text = "".join(json_chunks({"a": iter([{"x": 1}, {"x": "二"}]), "b": [], "c": {"d": None}}))
    assert json.loads(text) == {"a": [{"x": 1}, {"x": "二"}], "b": [], "c": {"d": None}}
    assert json.loads("".join(json_chunks({"a": iter([])}))) == {"a": []}
    with pytest.raises(ValueError, match="JSON"):
        "".join(json_chunks({"a": float("nan")}))


def test_out_from_the_command_line(town: Path, lianjian: Lianjian) -> None:
    """--out writes what the command lists, says where on stderr, and leaves stdout to what it says besides."""
    answer = lianjian("chain", "91A", "--out", "c.csv")
    assert answer.code == 0
    assert "c.csv" in answer.err
    with Path("c.csv").open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f))
    assert rows[0][:3] == ["depth", "code", "name"]
    assert rows[1][2] == "'=公式公司"
    lianjian("chain", "91A", "--out", "c.json")
    assert json.loads(Path("c.json").read_text(encoding="utf-8"))["ends"] == ["CITY"]
    both = lianjian("chain", "91A", "--json", "--out", "d.json")
    assert both.json == json.loads(Path("d.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Decisions", "Decisions"),
        ("Which codes may stand for one organization", "Which codes may stand for one…"),
        ("中共 International Association unit", "中共 International Association…"),
        ("单位" * 16, "单位" * 15 + "…"),
        ("A" * 40, "A" * 30 + "…"),
    ],
)  # fmt: skip
def test_a_sheet_s_name_ends_after_a_word(name: str, shown: str) -> None:
    """A name that a workbook can't take is cut after a whole word, and says that it goes on."""
    assert shortened(name) == shown
    assert len(shortened(name)) <= 31


def test_rows_have_room_below_their_last_line(tmp_path: Path) -> None:
    """A row is higher than its lines of Chinese, which are 16 points apart, so that none touches a border, and never too high."""
    columns = [Column("n", "序号", "number", 5), Column("why", "理由", width=20)]
    rows = [[1, "甲"], [2, "甲\n乙\n丙"], [3, "甲" * 18], [4, "甲\n" * 60]]
    write(tmp_path / "a.xlsx", [Listing("清单", columns, rows)])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["清单"]
    heights = [float(sheet.row_dimensions[at].height or 0) for at in range(1, 6)]
    assert all(h >= 16 * lines + 4 for h, lines in zip(heights, (1, 1, 3, 2, 0), strict=True))
    assert max(heights) <= 409
    assert sheet["A2"].alignment.indent == 1


def test_a_listing_s_columns_are_as_wide_as_what_they_hold_and_its_headers_are_whole(
    tmp_path: Path,
) -> None:
    """Long text is wrapped in rows as high as it needs, headers have room for their lines, and a wide table takes more pages."""
    columns = [
        Column("code", "code"),
        Column("why", "why it no longer holds"),
        Column("n", "with an inspection found otherwise", "number"),
    ]
    row = ["91420106XN0000266J", "甲" * 60, 1]
    write(tmp_path / "a.xlsx", [Listing("list", columns, [row])])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["list"]
    wide = [float(sheet.column_dimensions[name].width) for name in "ABC"]
    assert 18 <= wide[0] < 22
    assert wide[1] <= 37
    assert float(sheet.row_dimensions[2].height or 0) >= 16 * 120 / wide[1]
    assert float(sheet.row_dimensions[1].height or 0) >= 16 * 3
    many = [Column(f"c{k}", f"column {k}") for k in range(20)]
    write(tmp_path / "b.xlsx", [Listing("list", many, [["甲" * 10] * 20])])
    assert openpyxl.load_workbook(tmp_path / "b.xlsx")["list"].page_setup.fitToWidth == 2

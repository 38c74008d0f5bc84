"""The calendar and the ledgers' summary on the command line: what they write, and what can't be."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.campaign.town import municipal, put, town
from tests.cli.commandline import Lianjian
from tests.loaders.city import credit_code


def _rows() -> list[dict[str, Any]]:
    header = "统一社会信用代码,单位名称,类别,登记层级,所属区,所属街道,所在楼宇,从业人数,正式党员数,经营状态,群团组织,完成时限,"
    header += "经度,纬度"
    cells = [
        (credit_code(1), "=1+1示例公司", "私营企业", "", "甲区", "一街道", "国际大厦", 12, 1, "正常", "工会;妇联", "2016-11-01",
         114.3, 30.6),
        (credit_code(2), "示例二公司", "外资企业", "", "", "二街道", "", 120, 4, "空壳", "", "", "", ""),
        (credit_code(3, "52"), "示例协会", "社会团体", "区级", "甲区", "", "", 3, 2, "正常", "", "", "", ""),
        (credit_code(4, "93"), "示例合作社", "农民合作社", "", "甲区", "一街道", "", 5, 0, "正常", "", "", "", ""),
    ]  # fmt: skip
    return [dict(zip(header.split(","), row, strict=True)) for row in cells]


def test_the_summary_goes_back_in(tmp_path: Path, lianjian: Lianjian) -> None:
    """The workbook has the annexes' layout: importing it changes nothing, not a value and not a date; text stays text."""
    (tmp_path / "区划.csv").write_text(
        "代码,名称,级别,上级\n4201,示例市,市,\n420101,甲区,区,4201\n420101001,一街道,街道,420101\n420101002,二街道,街道,420101\n"
    )
    (tmp_path / "楼宇.csv").write_text("代码,名称,所属街道\n001,国际大厦,一街道\n")
    rows = _rows()
    with (tmp_path / "台账.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert lianjian("import", "区划.csv", "楼宇.csv", "台账.csv", "--date", "2016-08-20").code == 0
    answer = lianjian("ledger", "--in", "420101", "--out", "sum.xlsx", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["totals"]["lines"] == {"enterprise": 2, "social": 1, "rural": 1}
    book = openpyxl.load_workbook(tmp_path / "sum.xlsx")
    names = ("台账汇总 SUMMARY", "重复列入 TWICE", "非公企业", "社会组织", "农村新型经营主体")
    assert tuple(book.sheetnames[:5]) == names
    (name,) = [c for row in book["非公企业"].iter_rows() for c in row if c.value == "=1+1示例公司"]
    assert name.data_type == "s"
    again = lianjian("import", "sum.xlsx", "--json")
    assert again.code == 0, again.err
    assert again.json["totals"] == {"rows": 4, "loaded": 0, "unchanged": 4, "quarantined": 0}
    assert (
        lianjian("ledger", "--in", "420101", "--out", "sum.xlsx").code == 0
    )  # its own file is written anew
    (tmp_path / "other.xlsx").write_bytes((tmp_path / "sum.xlsx").read_bytes()[:200])
    assert lianjian("ledger", "--out", "other.xlsx").code == 2


def test_a_summary_says_that_nothing_is_listed_twice(tmp_path: Path, lianjian: Lianjian) -> None:
    """Where no organization stands in two ledgers, the sheet has a line that says so below its headings."""
    town(tmp_path / "lianjian.db").close()
    assert lianjian("ledger", "--out", "sum.xlsx").code in (0, 1)
    sheet = openpyxl.load_workbook(tmp_path / "sum.xlsx")["重复列入 TWICE"]
    assert [row[0].value for row in sheet.iter_rows()] == [
        "统一社会信用代码",
        "没有单位重复列入台账",
    ]
    assert sheet.auto_filter.ref is None


@pytest.mark.parametrize(
    "asked",
    ["ledger", "board list", "coverage", "survey", "audit", "sample --size 2 --seed 1", "wallmap --paper A4 --out w.svg",
     "inspection draw --office 市委组织部 --date 2016-12-01 --size 2 --seed 1 --whom base", "calendar", "report --date 2016-12-01",
     "plan --time 5 --out p.json"],
)  # fmt: skip
def test_the_organs_committee_can_be_asked_for(
    asked: str, tmp_path: Path, lianjian: Lianjian
) -> None:
    """Whatever takes a ledger unit takes the office that sums up the municipal ledgers (S18) and keeps none itself."""
    store = town(tmp_path / "lianjian.db")
    listed = [municipal("S1", "市教育局"), municipal("S2", "市司法局"), municipal("S3", None)]
    put(store, "organization", "社会组织|市直", 20160820, listed)
    store.close()
    answer = lianjian(*asked.split(), "--in", "dept:市直机关工委")
    assert answer.code in (0, 1), answer.err
    assert "S3协会" not in answer.out


@pytest.mark.parametrize(
    "asked",
    [("calendar", "--out", "a.doc"), ("ledger", "--in", "999"), ("calendar", "--in", "999")],
)
def test_what_can_not_be(asked: tuple[str, ...], tmp_path: Path, lianjian: Lianjian) -> None:
    """An ending that is none, a division that is none: one line, exit 2."""
    town(tmp_path / "lianjian.db").close()
    answer = lianjian(*asked)
    assert (answer.code, answer.err.count("\n")) == (2, 1)


def test_another_s_calendar_stays(tmp_path: Path, lianjian: Lianjian) -> None:
    """It is refused before anything is asked of the store; one that the command wrote is written anew."""
    town(tmp_path / "lianjian.db").close()
    (tmp_path / "other.ics").write_text("BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\n")
    assert lianjian("calendar", "--out", "other.ics").code == 2
    assert "Other" in (tmp_path / "other.ics").read_text()
    assert {lianjian("calendar", "--out", "own.ics").code for _ in range(2)} <= {0, 1}

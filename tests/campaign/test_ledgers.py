"""Ledgers summed up: each organization once, whoever lists it; who owes one, and since when; and the way back in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.campaign.ledgers import Keeper, Summary
from graph.store.base import Store
from tests.campaign.town import at, firm, put, town
from tests.cli.commandline import Lianjian
from tests.loaders.city import credit_code

ONE, TWO, THREE = "street:429901001", "street:429902001", "street:429901002"
ON = 20160901


def keepers(store: Store, as_of: int = ON, within: str | None = "429901") -> dict[str, Keeper]:
    """Return who keeps ledgers of firms, by id."""
    return {k.id: k for k in Summary(at(store, as_of), within).keepers if k.line == "enterprise"}


def test_who_owes_one(tmp_path: Path) -> None:
    """A street without a ledger owes one from the day after its deadline; the district one of social organizations, too."""
    store = town(tmp_path / "a.db")
    found = keepers(store)
    assert {k: (x.state, x.organizations) for k, x in found.items()} == {
        ONE: ("received", 1),
        THREE: ("owed", 0),
    }
    assert found[THREE].as_json()["owed_since"] == "2016-08-26"
    assert keepers(store, 20160826)[THREE].state == "awaited"
    social = [k for k in Summary(at(store, ON), "429901").keepers if k.line == "social"]
    assert [(k.id, k.state, k.clause) for k in social] == [("district:429901", "owed", "S16")]


def test_who_reports_for_others(tmp_path: Path) -> None:
    """A ledger that names its keeper in words is the keeper's; one of another office leaves the street's own outstanding."""
    store = town(tmp_path / "a.db", ledger="非公企业|一街道党工委")
    assert keepers(store)[ONE].state == "received"
    put(store, "organization", "非公企业|甲区市场监管局", 20160821, [firm("F2", "429901002")])
    found = keepers(store)
    assert (found[THREE].state, found[THREE].organizations) == ("by_other", 1)
    assert found[THREE].ledgers == ("非公企业|甲区市场监管局",)


def test_what_stands_in_two_is_counted_once(tmp_path: Path) -> None:
    """Two streets list one organization: it is counted where it lies, and listed with both ledgers and their rows."""
    store = town(tmp_path / "a.db", firm("F1"), firm("F2"))
    put(store, "organization", f"非公企业|{THREE}", 20160821, [firm("F1"), firm("F3", "429901002")])
    found = Summary(at(store, ON), "429901")
    assert found.totals["organizations"] == 3
    assert [k.organizations for k in found.keepers if k.line == "enterprise"] == [2, 1]
    assert [(t["code"], t["counted_in"], len(t["listed_in"])) for t in found.twice] == [
        ("F1", ONE, 2)
    ]
    assert [row["key"] for row in found.rows("enterprise")] == ["F3", "F1", "F2"] or sorted(
        row["key"] for row in found.rows("enterprise")
    ) == ["F1", "F2", "F3"]


@settings(max_examples=8)
@given(data=st.data())
def test_nobody_is_counted_twice(data: st.DataObject) -> None:
    """However ledgers overlap, keepers' counts add up to the organizations there are, and those in two are exactly the listed ones."""
    streets = {"429901001": ONE, "429901002": THREE, "429902001": TWO}
    homes = data.draw(st.dictionaries(st.integers(1, 12).map(lambda n: f"F{n}"), st.sampled_from(sorted(streets)), min_size=1))  # fmt: skip
    lists = {s: data.draw(st.sets(st.sampled_from(sorted(homes)))) for s in sorted(streets)}
    some = sorted(set().union(*lists.values()))
    if not some:
        return
    with tempfile.TemporaryDirectory() as folder:
        store = town(Path(folder) / "a.db", *(firm(k, homes[k]) for k in sorted(lists["429901001"]) or [some[0]]))  # fmt: skip
        own = lists["429901001"] or {some[0]}
        for street in ("429901002", "429902001"):
            if lists[street]:
                rows = [firm(k, homes[k]) for k in sorted(lists[street])]
                put(store, "organization", f"非公企业|{streets[street]}", 20160821, rows)
        found = Summary(at(store, ON))
        held = [own, lists["429901002"], lists["429902001"]]
        everyone = set().union(*held)
        assert (
            found.totals["organizations"]
            == len(everyone)
            == sum(k.organizations for k in found.keepers)
        )
        assert found.totals["listed"] == sum(map(len, held))
        assert {t["code"] for t in found.twice} == {
            k for k in everyone if sum(k in h for h in held) > 1
        }
        assert sorted(r["key"] for r in found.rows("enterprise")) == sorted(everyone)
        store.close()


def _rows() -> list[dict[str, Any]]:
    header = "统一社会信用代码,单位名称,类别,登记层级,所属区,所属街道,所在楼宇,从业人数,正式党员数,经营状态,群团组织,完成时限,经度,纬度"
    cells = [
        (credit_code(1), "=1+1示例公司", "私营企业", "", "甲区", "一街道", "国际大厦", 12, 1, "正常", "工会;妇联", "2016-11-01", 114.3, 30.6),
        (credit_code(2), "示例二公司", "外资企业", "", "", "二街道", "", 120, 4, "空壳", "", "", "", ""),
        (credit_code(3, "52"), "示例协会", "社会团体", "区级", "甲区", "", "", 3, 2, "正常", "", "", "", ""),
        (credit_code(4, "93"), "示例合作社", "农民合作社", "", "甲区", "一街道", "", 5, 0, "正常", "", "", "", ""),
    ]  # fmt: skip
    return [dict(zip(header.split(","), row, strict=True)) for row in cells]


def test_the_summary_goes_back_in(tmp_path: Path, lianjian: Lianjian) -> None:
    """The workbook has the annexes' layout: importing it changes nothing, not a value and not a date; text stays text."""
    import csv

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


@pytest.mark.parametrize(
    "asked",
    [("calendar", "--out", "a.doc"), ("ledger", "--in", "999"), ("calendar", "--in", "999")],
)
def test_what_can_not_be(asked: tuple[str, ...], tmp_path: Path, lianjian: Lianjian) -> None:
    """An ending that is none, a division that is none: one line, exit 2."""
    town(tmp_path / "lianjian.db").close()
    answer = lianjian(*asked)
    assert (answer.code, answer.err.count("\n")) == (2, 1)

"""Columns that a later file lacks: what stood there ends, and who imports is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loaders.canonical import canonical
from loaders.pipeline import _Run
from loaders.preview import preview
from loaders.report import ImportReport
from tests.loaders.city import Desk, firm, ledger, text

NARROW = ("统一社会信用代码", "单位名称", "类别", "所属街道", "从业人数", "正式党员数", "经营状态")
"""What is asked of every ledger, and no more."""


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A city with three firms, of which two have coordinates."""
    there = {"经度": "114.3", "纬度": "30.6"}
    desk.with_places()
    desk.load(
        ledger(desk.folder / "八月.csv", firm(1, **there), firm(2, **there), firm(3, 地址=""))
    )
    return desk


def narrow(path: Path, *rows: dict[str, Any]) -> Path:
    """Write a ledger of few columns."""
    path.write_text(text(NARROW, rows), "utf-8")
    return path


def said(report: ImportReport) -> list[dict[str, Any] | None]:
    """Return what the sheets of an import say that they blank."""
    return [s["blanked"] for f in report.as_json()["files"] for s in f["sheets"]]


def test_what_ends_by_absent_columns_is_said_with_its_number(full: Desk) -> None:
    """Named are the columns that held something, in the ledgers' words, with how many had it, and since when."""
    path = narrow(full.folder / "一月.csv", firm(1), firm(3), firm(9))
    (blanked,) = said(full.load(path, date=20170106))
    assert blanked == {
        "columns": [
            {"column": "行业代码", "entities": 2}, {"column": "所属区", "entities": 2},
            {"column": "地址", "entities": 1}, {"column": "经度", "entities": 1},
            {"column": "纬度", "entities": 1},
        ],
        "entities": 2,
        "from": "2017-01-06",
    }  # fmt: skip
    assert full.firm(1).get("address") is None
    assert full.firm(1, 20170105)["address"] == "一街1号"
    assert said(full.load(path, date=20170106)) == [None]


def test_a_preview_says_it_before_anything_is_stored(full: Desk) -> None:
    """Held against a store, a preview tells the same of rows with a date of their own; without one it tells nothing."""
    path = full.folder / "一月.csv"
    path.write_text(text([*NARROW, "填报日期"], [firm(1, 填报日期="2017-01-06")]), "utf-8")
    before = full.store.fingerprint()
    found = [preview([path], full.profile, store=s).as_json() for s in (full.store, None)]
    seen = [p["files"][0]["sheets"][0]["blanked"] for p in found]
    assert (seen[0]["entities"], seen[0]["from"], seen[1]) == (1, "2017-01-06", None)
    assert full.store.fingerprint() == before
    assert said(full.load(path)) == [seen[0]]


def test_a_column_that_is_there_and_empty_is_a_statement(full: Desk) -> None:
    """Empty cells under a heading say that there is nothing; they are not pointed out."""
    rows = [firm(1, 地址="", 行业代码="", 填报日期="2017-01-06")]
    assert said(full.load(ledger(full.folder / "一月.csv", *rows))) == [None]


def test_what_another_sheet_of_the_import_says_is_not_blank(full: Desk) -> None:
    """Two sheets of one import, the one without columns that the other has: the values stand, and nothing is said."""
    wide = ledger(full.folder / "甲.csv", firm(1, 填报日期="2017-01-06", 经度="114.3", 纬度="30.6"))
    few = narrow(full.folder / "乙.csv", firm(1))
    assert said(full.load(wide, few, date=20170106)) == [None, None]


def test_keys_are_kept_only_while_a_sheet_is_to_come_that_lacks_a_column(
    full: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million rows of one sheet, or of whole ones, leave nothing in memory for what no other sheet asks."""
    held: list[int] = []
    storing = _Run._tell

    def told(run: _Run, stage: str, done: int) -> None:
        held.append(sum(map(len, run.brought.values())))
        storing(run, stage, done)

    monkeypatch.setattr(_Run, "_tell", told)
    wide = [c.name for c in canonical().sheets["organization"].columns if c.name != "填报日期"]
    whole, other = (full.folder / f"{name}.csv" for name in "甲乙")
    for path, key in ((whole, 1), (other, 2)):
        path.write_text(text(wide, [firm(key)]), "utf-8")
    assert said(full.load(whole, other, date=20170106)) == [None, None]
    (few,) = said(full.load(narrow(full.folder / "丙.csv", firm(1)), date=20170107))
    assert few is not None
    assert set(held) == {0}
    narrow(other, firm(2))
    assert said(full.load(whole, other, date=20170108))[0] is None
    assert max(held) == 1


def test_the_first_ledgers_of_a_store_blank_nothing(desk: Desk) -> None:
    """Where nothing stood, nothing ends."""
    desk.with_places()
    assert said(desk.load(narrow(desk.folder / "一.csv", firm(1)))) == [None]


def test_a_strict_import_that_is_withheld_blanks_nothing(full: Desk) -> None:
    """What was not loaded took nothing away."""
    path = narrow(full.folder / "一月.csv", firm(1), firm(2, 从业人数="若干"))
    report = full.load(path, date=20170106, strict=True)
    assert (report.withheld, said(report)) == (True, [None])
    assert json.dumps(report.as_json())

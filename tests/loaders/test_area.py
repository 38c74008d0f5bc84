"""An import by somebody with a jurisdiction: rows of the jurisdiction alone, and answers that tell of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph.cut.kept import Cuts
from loaders.area import area
from loaders.pipeline import gather, import_readings
from loaders.report import ImportReport
from tests.loaders.city import BUILDINGS, DIVISIONS, Desk, codes, credit_code, firm, ledger, text

UNIT = (
    "党组织代码",
    "党组织名称",
    "类型",
    "上级党组织代码",
    "所属区",
    "所属街道",
    "所属单位",
    "覆盖单位",
)
OUTSIDE = "outside_area"
HERE, THERE = {"所属区": "甲区", "所属街道": "一街道"}, {"所属区": "乙区", "所属街道": "三街道"}


def unit(code: str, **cells: Any) -> dict[str, Any]:
    """Return a row of 党组织."""
    return {"党组织代码": code, "党组织名称": f"{code}支部", "类型": "党支部"} | cells


def sheet(
    desk: Desk, name: str, header: Sequence[str], *rows: Mapping[str, Any] | Sequence[Any]
) -> Path:
    """Write a ledger."""
    path = desk.folder / f"{name}.csv"
    path.write_text(text(header, rows), encoding="utf-8")
    return path


def sent(desk: Desk, *paths: Path, code: str = "420101", **more: Any) -> ImportReport:
    """Import as somebody whose jurisdiction is 甲区."""
    options: dict[str, Any] = {"date": 20160901, "fault_directory": desk.folder} | more
    cuts = Cuts(str(desk.path), desk.profile, desk.folder / "cuts")
    with area(desk.store, cuts, code) as into:
        return import_readings(
            gather([str(p) for p in paths]), desk.store, desk.profile, area=into, **options
        )


def told(report: ImportReport) -> Any:
    """Return what a report says, without what a run alone has."""
    said = report.as_json()
    return said | {"fault_workbooks": len(said["fault_workbooks"])}


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A city of two districts: firm 1 and unit A here, firm 2 and unit B there, unit ROOT of neither."""
    desk.with_places()
    desk.load(ledger(desk.folder / "firms.csv", firm(1), firm(2, **THERE)))
    desk.load(sheet(desk, "units", UNIT, unit("ROOT"), unit("A", **HERE), unit("B", **THERE)))
    return desk


def test_rows_of_one_s_own_go_in_and_the_others_are_faults(two: Desk) -> None:
    """What is new or changed here is stored; what lies there, is there, or would leave is marked and changes nothing."""
    before = two.firm(2)
    report = sent(
        two,
        ledger(
            two.folder / "new.csv",
            firm(3, 填报日期="2016-09-01"), firm(1, 从业人数="11", 填报日期="2016-09-01"),
            firm(4, 填报日期="2016-09-01", **THERE), firm(2, 填报日期="2016-09-01"),
            firm(1, 填报日期="2016-09-02", **THERE), firm(5, 填报日期="2016-09-01", 所属街道="三街道"),
        ),
    )  # fmt: skip
    assert codes(report) == {
        (4, "所属区", OUTSIDE), (5, "统一社会信用代码", OUTSIDE), (6, "所属区", OUTSIDE), (7, "所属街道", OUTSIDE),
    }  # fmt: skip
    assert (report.total("loaded"), report.quarantined) == (2, 4)
    assert len(report.fault_workbooks) == 1
    assert two.firm(1)["staff"] == 11
    assert two.firm(3)
    assert not two.firm(4)
    assert two.firm(2) == before
    assert list(two.store.frame("returned", columns=[])["key"]) == []  # no ledger lists them


NAMED: list[tuple[tuple[int, dict[str, str]], tuple[int, dict[str, str]]]] = [
    ((2, THERE), (8, THERE)),
    ((2, {"所属区": "420102", "所属街道": "三街道"}), (8, {"所属区": "420109", "所属街道": "九街道"})),
    ((30, {"所属街道": "三街道"}), (30, {"所属街道": "九街道"})),
    ((31, {"所在楼宇": "building:420102001/001"}), (31, {"所在楼宇": "building:420102001/009"})),
    ((32, {"所在楼宇": "科技大厦"}), (32, {"所在楼宇": "无名大厦"})),
    ((33, {"党组织代码": "B"}), (33, {"党组织代码": "Z"})),
]  # fmt: skip
"""A firm and what its row names: something that is elsewhere, and something that is nowhere."""


def test_what_is_elsewhere_is_answered_as_what_is_nowhere(two: Desk) -> None:
    """Organizations, districts, streets, buildings and units: the same report but for the text that was sent."""
    answers = []
    for rows in zip(*NAMED, strict=True):
        path = two.folder / "new.csv"
        said = str(told(sent(two, ledger(path, *(firm(n, **{"党组织代码": ""} | c) for n, c in rows)))))  # fmt: skip
        for number, cells in rows:
            for text_ in (credit_code(number), *cells.values()):
                said = said.replace(f"'{text_}'", "…")
        answers.append(said)
        two.store.undo(two.store.batches()[-1].id)
    assert answers[0] == answers[1]
    assert answers[0].count(OUTSIDE) == 4


def test_a_superior_elsewhere_is_a_reference_whether_it_is_there_or_not(two: Desk) -> None:
    """Both rows are stored, and said of in the same words."""
    reports = [
        sent(two, sheet(two, f"u{code}", UNIT, unit(f"A{up}", 上级党组织代码=up, **HERE)))
        for code, up in (("1", "B"), ("2", "Z"))
    ]
    assert [r.total("loaded") for r in reports] == [1, 1]
    assert not any(codes(r) for r in reports)
    node = two.store.node("unit", "AB")
    assert node is not None
    assert node.properties["superior"] == "B"


def test_no_unit_of_the_city_is_taken_in_by_naming_it(two: Desk) -> None:
    """A unit without a place belongs where it covers somebody; whoever names it does not make it so."""
    report = sent(two, ledger(two.folder / "new.csv", firm(1, 党组织代码="ROOT")))
    assert codes(report) == {(2, "党组织代码", OUTSIDE)}


def test_a_unit_that_covers_others_too_is_nobody_s_to_change(two: Desk) -> None:
    """A unit without a place, whose organizations lie in two districts, is seen from both and written by neither."""
    two.load(sheet(two, "joint", UNIT, unit("J", 覆盖单位=f"{credit_code(1)};{credit_code(2)}")))
    two.load(sheet(two, "own", UNIT, unit("K", 覆盖单位=credit_code(1))))
    rows = [unit(code, 党组织名称="改名", 覆盖单位=credit_code(1)) for code in ("J", "K")]
    report = sent(two, sheet(two, "new", UNIT, *rows))
    assert codes(report) == {(2, "党组织代码", OUTSIDE)}


def test_units_records_and_tables_of_others_stay_as_they_are(two: Desk) -> None:
    """A foreign unit, its exclusion, the city's table of sectors and a division's parent: each a fault of its row."""
    firms = [(credit_code(n), "空壳", "2016-08-30") for n in (1, 2)]
    divisions = [
        ("420101", "甲区", "区", "4201"), ("420101", "甲区", "区", "420102"), ("420101003", "新街道", "街道", "420101"),
        ("420102001", "三街道", "街道", "420101"), ("4201", "示例市", "市", ""),
    ]  # fmt: skip
    buildings = [
        ("009", f"{street}楼", "", street, "", "", "", "") for street in ("一街道", "三街道")
    ]
    units = [
        unit("B", **HERE), unit("C", **THERE), unit("D", 覆盖单位=credit_code(1)), unit("E"),
    ]  # fmt: skip
    rows = (
        sheet(two, "党组织", UNIT, *units),
        sheet(two, "剔除", ("代码", "类型", "认定日期"), *firms),
        sheet(two, "区划", DIVISIONS[0], *divisions),
        sheet(two, "楼宇", BUILDINGS[0], *buildings),
    )
    report = sent(two, *rows)
    assert {(Path(f.file).stem, f.row, f.code) for f in report.faults()} == {
        ("党组织", 2, OUTSIDE), ("党组织", 3, OUTSIDE), ("党组织", 5, OUTSIDE), ("剔除", 3, OUTSIDE),
        ("区划", 3, OUTSIDE), ("区划", 5, OUTSIDE), ("区划", 6, OUTSIDE), ("楼宇", 3, OUTSIDE),
    }  # fmt: skip
    there = two.store.node("division", "420102001")
    assert there is not None
    assert there.properties["parent"] == "420102"


def test_a_ledger_of_others_gets_no_newer_edition(two: Desk) -> None:
    """A row of one's own under another office's name leaves what that office lists, listed."""
    two.load(ledger(two.folder / "b.csv", firm(6, 填报单位="乙区委组织部", **THERE)))
    report = sent(two, ledger(two.folder / "a.csv", firm(7, 填报单位="乙区委组织部", 填报日期="2016-09-01")))  # fmt: skip
    assert report.total("loaded") == 1
    assert two.gone(20160826, 20160901) == set()


def test_imports_are_numbered_as_they_are_seen(two: Desk) -> None:
    """The number of the report is the one by which the import is corrected, and tells nothing of how many others there are."""
    for n in range(3):
        two.load(ledger(two.folder / f"b{n}.csv", firm(20 + n, **THERE)))
    first = sent(two, ledger(two.folder / "a.csv", firm(1, 从业人数="12", 填报日期="2016-09-01")))
    assert first.batch == 4
    mended = ledger(two.folder / "c.csv", firm(1, 从业人数="13", 填报日期=""))
    again = sent(two, mended, corrects=first.batch, date=None)
    assert (again.batch, again.dated, two.firm(1)["staff"]) == (5, 20160901, 13)


def test_nothing_goes_in_after_a_change_that_was_not_seen(two: Desk) -> None:
    """Between the look at the city and the transaction another import came: this one is refused, to be done again."""
    from graph.errors import StoreBusyError

    path = ledger(two.folder / "new.csv", firm(3))
    cuts = Cuts(str(two.path), two.profile, two.folder / "cuts")
    with area(two.store, cuts, "420101") as into:
        two.load(ledger(two.folder / "b.csv", firm(3, **THERE)))
        with pytest.raises(StoreBusyError):
            import_readings(gather([str(path)]), two.store, two.profile, area=into)
    assert two.firm(3)["district"] == "420102"

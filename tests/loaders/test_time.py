"""Which date and ledger a row is of, and what earlier, later and correcting files do (LEDGERS, *Time*, *A ledger*)."""

from __future__ import annotations

import datetime as dt

import pytest

from graph.errors import UnknownIdError
from graph.model import today
from tests.loaders.city import Desk, credit_code, firm, ledger

AUGUST, SEPTEMBER, OCTOBER = 20160826, 20160910, 20161010


def of(day: str, number: int = 1, **cells: str) -> dict[str, str]:
    """Return a firm's row of a day."""
    return firm(number, **{"填报日期": day, **cells})


def test_a_later_ledger_is_a_change(desk: Desk) -> None:
    """A ledger of a later date changes what holds from its date on; before it the earlier one holds."""
    desk.load(ledger(desk.folder / "八月.csv", of("2016-08-26")))
    desk.load(ledger(desk.folder / "九月.csv", of("2016-09-10", 从业人数="12")))
    assert desk.firm(1, AUGUST)["staff"] == 10
    assert desk.firm(1, SEPTEMBER)["staff"] == 12
    assert desk.store.latest() == SEPTEMBER


def test_an_older_ledger_goes_into_history(desk: Desk) -> None:
    """An older ledger that comes after a newer one holds up to the next known date and changes nothing later."""
    desk.load(ledger(desk.folder / "九月.csv", of("2016-09-10", 从业人数="12")))
    now = desk.store.fingerprint()
    report = desk.load(ledger(desk.folder / "八月.csv", of("2016-08-26")))
    assert report.total("loaded") == 1
    assert desk.firm(1)["staff"] == 12
    assert desk.store.fingerprint() == now
    assert desk.firm(1, 20160909)["staff"] == 10


def test_corrects_dates_rows_as_the_batch_it_names(desk: Desk) -> None:
    """--corrects replaces what its batch said, at that batch's date, and makes no newer edition of the ledger."""
    first = desk.load(ledger(desk.folder / "八月.csv", of("2016-08-26"), of("2016-08-26", 2)))
    desk.load(
        ledger(desk.folder / "九月.csv", of("2016-09-10", 从业人数="12"), of("2016-09-10", 2))
    )
    report = desk.load(
        ledger(desk.folder / "更正.csv", of("2016-10-10", 从业人数="11")), corrects=first.batch
    )
    assert report.total("loaded") == 1
    assert desk.firm(1, AUGUST)["staff"] == 11
    assert desk.firm(1, OCTOBER)["staff"] == 12
    assert "missing_from_ledger" not in {code for code, _ in desk.audit()}


def test_corrects_of_no_batch_is_an_error(desk: Desk) -> None:
    """--corrects with a number that no import has loads nothing."""
    with pytest.raises(UnknownIdError):
        desk.load(ledger(desk.folder / "八月.csv", firm(1)), corrects=7)
    assert desk.store.batches() == []


def test_dates_come_from_the_row_else_the_option_else_today(desk: Desk) -> None:
    """A row's date is 填报日期, else --date, else today."""
    blank = firm(1, 填报日期="")
    desk.load(ledger(desk.folder / "一.csv", blank, of("2016-09-10", 2)), date=AUGUST)
    claims = desk.store.claims("organization").set_index("key")["dated"]
    assert claims.to_dict() == {credit_code(1): AUGUST, credit_code(2): SEPTEMBER}
    desk.load(ledger(desk.folder / "二.csv", firm(3, 填报日期="")), date=None)
    assert desk.store.latest() == today()


def test_today_is_not_the_future(desk: Desk) -> None:
    """A 填报日期 of today loads, one of tomorrow is a fault."""
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    rows = [of(dt.date.today().isoformat()), of(tomorrow.isoformat(), 2)]
    report = desk.load(ledger(desk.folder / "一.csv", *rows))
    assert [(f.row, f.code) for f in report.faults()] == [(3, "future_date")]


def test_an_organization_that_a_newer_ledger_lacks_stays(desk: Desk) -> None:
    """An organization missing from a newer edition is a finding, never a deletion; unchanged rows count as listed."""
    desk.load(ledger(desk.folder / "八月.csv", of("2016-08-26"), of("2016-08-26", 2)))
    report = desk.load(ledger(desk.folder / "九月.csv", of("2016-09-10"), of("2016-09-10", 3)))
    assert report.as_json()["totals"]["unchanged"] == 1
    assert len(desk.store.frame("organization")) == 3
    assert {s for c, s in desk.audit() if c == "missing_from_ledger"} == {credit_code(2)}


@pytest.mark.parametrize(
    "fault",
    [
        {"从业人数": "50余人"},
        {"所属街道": "", "所属区": ""},
        {"填报日期": "2016-13-40"},
        {"类别": "?"},
    ],
)
def test_a_row_that_stays_out_is_listed_all_the_same(desk: Desk, fault: dict[str, str]) -> None:
    """A faulty row whose code is readable lists its organization in the newer edition; its values stay those of the one before."""
    desk.load(ledger(desk.folder / "八月.csv", *(of("2016-08-26", n) for n in (1, 2, 3))))
    faulty = of("2016-09-10", 2, **fault)
    report = desk.load(ledger(desk.folder / "九月.csv", of("2016-09-10"), faulty))
    assert report.quarantined == 1
    assert desk.store.batches()[-1].loaded + desk.store.batches()[-1].unchanged == 1
    assert {s for c, s in desk.audit() if c == "missing_from_ledger"} == {credit_code(3)}
    assert desk.gone(AUGUST, SEPTEMBER) == {credit_code(3)}
    assert desk.firm(2)["staff"] == 10
    assert desk.store.latest() == SEPTEMBER
    desk.load(ledger(desk.folder / "十月.csv", of("2016-10-10")))
    assert desk.gone(SEPTEMBER, OCTOBER) == {credit_code(2)}


def test_an_unreadable_code_lists_nobody(desk: Desk) -> None:
    """A row whose code is what is wrong with it says nothing about anybody."""
    desk.load(ledger(desk.folder / "八月.csv", of("2016-08-26"), of("2016-08-26", 2)))
    faulty = of("2016-09-10", 2, 统一社会信用代码=credit_code(2)[:-1] + "?")
    desk.load(ledger(desk.folder / "九月.csv", of("2016-09-10"), faulty))
    assert {s for c, s in desk.audit() if c == "missing_from_ledger"} == {credit_code(2)}
    assert len(desk.store.claims("returned")) == 0


def test_a_mended_row_leaves_no_difference(desk: Desk) -> None:
    """Once the faulty row is mended, the store says what it would have said without the fault."""
    desk.load(ledger(desk.folder / "八月.csv", of("2016-08-26"), of("2016-08-26", 2)))
    faulty = of("2016-09-10", 2, 从业人数="50余人")
    path = ledger(desk.folder / "九月.csv", of("2016-09-10"), faulty)
    desk.load(path)
    assert desk.load(path).batch is None
    desk.load(ledger(path, of("2016-09-10"), of("2016-09-10", 2, 从业人数="50")))
    assert desk.firm(2)["staff"] == 50
    assert desk.store.replaced("organization").empty
    assert desk.gone(AUGUST, SEPTEMBER) == set()


def test_ledgers_are_told_by_kind_and_office_else_ledger_unit(desk: Desk) -> None:
    """A ledger is the kind of sheet and 填报单位, else the ledger unit in which its rows lie; file names don't matter."""
    desk.with_places()
    rows = [
        firm(1),
        firm(2, 所属街道="", 所属区="甲区", 所在楼宇="科技大厦"),
        firm(3, 类别="民办学校", 登记层级="区级", 所属街道=""),
        firm(4, 类别="社会团体", 登记层级="市级", 业务主管单位="市教育局"),
        firm(5, 类别="基金会", 登记层级="市级"),
        firm(6, 类别="家庭农场"),
        firm(7, 填报单位="甲区委组织部"),
    ]
    desk.load(ledger(desk.folder / "混合.csv", *rows))
    claims = desk.store.claims("organization").set_index("key")["ledger"]
    assert [claims[credit_code(n)] for n in range(1, 8)] == [
        "非公企业|street:420101001",
        "非公企业|street:420102001",
        "社会组织|district:420101",
        "社会组织|dept:市教育局",
        "社会组织|dept:市民政局",
        "农村新型经营主体|street:420101001",
        "非公企业|甲区委组织部",
    ]


def test_a_ledger_keeps_its_name_when_its_street_becomes_known(desk: Desk) -> None:
    """Rows loaded under a street's name before its row came belong to the same ledger afterwards."""
    path = ledger(desk.folder / "一.csv", firm(1, 所属区=""))
    desk.load(path)
    desk.with_places()
    assert desk.load(path).batch is None
    assert len(desk.store.claims("organization")) == 1


def test_a_ledger_keeps_its_rows_when_their_zone_becomes_known(desk: Desk) -> None:
    """A row loaded before its park's row came is in one ledger only, and another ledger's row about it is in another."""
    desk.with_places()
    path = ledger(desk.folder / "一.csv", firm(1, 所属街道="二街道", 所在园区="甲园"))
    desk.load(path)
    parks = desk.folder / "园区.csv"
    parks.write_text("代码,名称,级别,所属区,所属街道\nP1,甲园,省级,甲区,二街道\n", encoding="utf-8")
    desk.load(parks)
    assert desk.load(path).batch is None
    desk.load(ledger(desk.folder / "二.csv", firm(1, 所属区="乙区", 所属街道="三街道")))
    assert desk.store.claims("organization")["ledger"].tolist() == [
        "非公企业|street:420101002",
        "非公企业|street:420102001",
    ]


def test_undo_takes_an_import_back(desk: Desk) -> None:
    """After undo all answers are as before, late resolutions included."""
    desk.load(ledger(desk.folder / "一.csv", firm(1, 所在楼宇="国际大厦")))
    before = desk.store.fingerprint()
    desk.with_places()
    assert desk.firm(1)["building"] == "building:420101001/001"
    desk.store.undo(desk.store.batches()[-1].id)
    assert desk.store.fingerprint() == before

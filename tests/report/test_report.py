"""Figures of reports against a second count, what holds of them, and the rows behind each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.asking.report import Counted
from graph.annual import SUMS
from graph.campaign.timetable import Timetable
from graph.city import City
from graph.decisions.baseline import freeze
from graph.errors import InputError
from graph.model import parse_date
from graph.policy.profile import Profile, load
from graph.report import report as module
from graph.report.report import Report, report
from graph.store import open_store
from graph.store.base import Store
from loaders.pipeline import import_paths
from tests.campaign.town import at, firm, put, received, town
from tests.loaders.city import credit_code
from tests.report.cities import DISTRICTS, SHEETS, Recount, generate
from viz.report.book import TREND
from viz.report.wording import Words, received_lines

DATE, BEFORE = 20161025, "2016-10-10"
SEEDS = range(1, 6)


def made(folder: Path, seed: int) -> Store:
    """Return a store with a generated city."""
    generate(folder / f"ledgers{seed}", seed)
    store = open_store(str(folder / f"{seed}.db"), create=True)
    told = import_paths([folder / f"ledgers{seed}"], store, load(), date=20160801)
    assert not told.faults()
    return store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the module's own."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def city(folder: Path) -> Iterator[Store]:
    """One generated city."""
    store = made(folder, 9)
    yield store
    store.close()


@pytest.fixture(scope="module")
def bulletin(city: Store) -> Report:
    """Its bulletin."""
    return report(city, load(), DATE)


def figures(form: dict[str, Any], which: str) -> dict[str, dict[str, int]]:
    """Return a form's figures by row and column."""
    ids = [c["id"] for c in form["columns"]]
    return {r["id"]: dict(zip(ids, r[which], strict=True)) for r in form["rows"]}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bulletin_is_what_a_second_count_of_the_ledgers_gives(
    tmp_path: Path, seed: int
) -> None:
    """Every figure of every form, now and before, every submitter's, and the whole trend: plain pandas over the files."""
    store = made(tmp_path, seed)
    said = report(store, load(), DATE).as_json()
    store.close()
    ledgers = tmp_path / f"ledgers{seed}"
    now, before = Recount.of(ledgers, "2016-10-25"), Recount.of(ledgers, BEFORE)
    assert said["previous"] == BEFORE
    assert {f["line"] for f in said["forms"]} == set(SHEETS.values())
    for form in said["forms"]:
        assert figures(form, "values") == now.form(form["line"])
        former = before.form(form["line"])
        for row, values in figures(form, "before").items():
            assert values == {c: former[row].get(c, 0) for c in values}
    offices = set(now.rows["office"])
    assert {p["id"] for p in said["parts"]} == offices
    for part in said["parts"]:
        assert part["counts"] == now.part(part["id"])
        assert part["before"] == before.part(part["id"])
    listed = {one["id"]: one["value"] for one in said["listed"]}
    assert listed["listed"] == len(now.rows)
    assert listed["base"] == int(now.rows["base"].sum())
    assert listed["excluded"] == int(now.rows["taken"].sum())
    assert [p["date"] for p in said["trend"]] == [
        "2016-08-25", "2016-09-10", "2016-09-25", "2016-10-10", "2016-10-25",
    ]  # fmt: skip
    for point in said["trend"]:
        rows = Recount.of(ledgers, point["date"]).rows
        rows = rows[rows["base"]]
        assert point["units"] == len(rows)
        assert point["separate"] == int(rows["own"].sum())
        assert point["joint"] == int((rows["covered"] & ~rows["own"]).sum())
    # the campaign moved something, or nothing was compared
    assert any(p["counts"] != p["before"] for p in said["parts"])


def test_submitters_reports_make_the_bulletin(city: Store, bulletin: Report) -> None:
    """Each organization is in one submitter's report: their forms add up to the city's, and each is its row of the bulletin."""
    whole = {p["id"]: p["counts"] for p in bulletin.as_json()["parts"]}
    total = {f["line"]: figures(f, "values")["units"]["total"] for f in bulletin.as_json()["forms"]}
    summed = dict.fromkeys(total, 0)
    for within in (*DISTRICTS, "dept:市直机关工委", "dept:市民政局"):
        said = report(city, load(), DATE, within, earlier=False).as_json()
        part = whole[within if ":" in within else f"district:{within}"]
        assert sum(p["counts"]["listed"] for p in said["parts"]) == part["listed"]
        rates = {r["id"]: r for r in said["rates"]}
        assert rates["org_operating"]["denominator"] == part["units"]
        assert rates["single_rate"]["numerator"] == part["separate"]
        for form in said["forms"]:
            summed[form["line"]] += figures(form, "values")["units"]["total"]
        assert said["subject"]["office"]
    assert summed == total


def test_every_figure_opens_to_as_many_rows(bulletin: Report) -> None:
    """Counts are the rows that they list, sums the sums over them; each row names its file and line (S46)."""
    said = bulletin.as_json()
    for form in said["forms"]:
        for row, values in figures(form, "values").items():
            for column, value in values.items():
                rows = list(bulletin.rows(f"{form['line']}.{row}.{column}"))
                if row.startswith("staff"):
                    assert sum(r["staff"] for r in rows) == value
                elif row.startswith("members"):
                    assert sum(r["members"] + (r["probationary"] or 0) for r in rows) == value
                elif row == "joint_units":
                    assert bool(rows) == bool(value)
                else:
                    assert len(rows) == value
    for part in said["parts"]:
        for name, value in part["counts"].items():
            assert len(list(bulletin.rows(f"part.{name}.{part['id']}"))) == value
    for kind in ("rates", "targets"):
        for one in said[kind]:
            figure = f"{kind[:-1]}.{one['id']}"
            assert len(list(bulletin.rows(figure))) == one["numerator"]
            assert len(list(bulletin.rows(f"{figure}.of"))) == one["denominator"]
    for one in said["board"]:
        assert len(list(bulletin.rows(f"board.{one['state']}"))) == one["value"]
    for one in said["listed"]:
        rows = list(bulletin.rows(f"listed.{one['id']}"))
        assert len(rows) == one["value"]
        assert all(r["source"]["file"] and r["source"]["row"] >= 2 for r in rows)


def test_a_figure_s_number_is_what_is_printed(bulletin: Report) -> None:
    """Of joint units and of staff and members too, where it is another than how many organizations the rows are."""
    said = bulletin.as_json()
    differ = set()
    for form in said["forms"]:
        for row, values in figures(form, "values").items():
            for column, value in values.items():
                told = Counted(bulletin, f"{form['line']}.{row}.{column}").as_json()
                assert told["number"] == value
                assert told["counted"] == len(list(told["organizations"]))
                if told["number"] != told["counted"]:
                    differ.add(row)
    assert differ == {"joint_units", *SUMS}
    for one in said["listed"]:
        assert Counted(bulletin, f"listed.{one['id']}").as_json()["number"] == one["value"]


def test_the_trend_s_figures_are_those_of_the_reports_of_its_dates(
    city: Store, bulletin: Report
) -> None:
    """By the numbers that the workbook prints above them, each opens to as many rows in the report of its date."""
    for point in bulletin.as_json()["trend"]:
        then = report(city, load(), parse_date(point["date"]), earlier=False)
        for name in ("units", "separate", "joint"):
            assert then.number(TREND[name]) == point[name] == len(list(then.rows(TREND[name])))


def test_what_the_board_counts_opens_to_its_rows(tmp_path: Path) -> None:
    """Each state of the cross-off has a number; a step of an organization elsewhere is not counted."""
    store = town(tmp_path / "a.db", firm("F1"), firm("F2"), firm("F3", "429902001"))
    steps = [
        {
            "key": f"{code}|已组建|2016-09-02",
            "organization": code,
            "state": "已组建",
            "basis": "批复",
            "date": 20160902,
        }
        for code in ("F1", "F3")
    ]
    put(store, "strike_off", "销号|429901", 20160902, steps)
    found = report(store, load(), 20160910, "429901", earlier=False)
    assert {one["state"]: one["value"] for one in found.as_json()["board"]}["formed"] == 1
    assert [r["code"] for r in found.rows("board.formed")] == ["F1"]
    assert list(found.rows("board.rechecked")) == []


@pytest.mark.parametrize(
    "figure",
    ["", "x", "enterprise", "enterprise.x", "enterprise.units.x", "rate.x", "rate.org_all.x", "part.units.nobody",
     "part.x.district:429901", "target.S1", "listed.x", "listed.base.of", "board.pending", "board.formed.of"],
)  # fmt: skip
def test_a_figure_that_is_none_is_refused(bulletin: Report, figure: str) -> None:
    """And it is said where figures' numbers stand."""
    with pytest.raises(InputError, match="no figure"):
        bulletin.counted(figure)


def test_identities_hold_or_say_why(bulletin: Report) -> None:
    """Units = own + joint + none in every form, parts make the whole; all of it over the figures as they are told."""
    said = bulletin.as_json()
    assert len(said["identities"]) == 3 * len(said["forms"]) + 4
    assert all(i["holds"] and i["why"] is None for i in said["identities"])
    assert all(i["whole"] == sum(i["parts"]) for i in said["identities"])


def test_what_keeps_an_identity_from_holding_is_said(tmp_path: Path) -> None:
    """An organization listed after the baseline was frozen is in the forms and not in the rates: by how many, and why."""
    store = made(tmp_path, 3)
    freeze(store, "市委组织部", 20160826, None)
    (tmp_path / "later").mkdir()
    rows = (tmp_path / "ledgers3" / "非公企业.csv").read_text(encoding="utf-8-sig").splitlines()
    head = rows[0].split(",")
    cells = dict(zip(head, rows[1].split(","), strict=True)) | {
        "统一社会信用代码": credit_code(777777), "单位名称": "后来的单位", "经营状态": "正常", "填报日期": "2016-09-01",
    }  # fmt: skip
    text = "\n".join((rows[0], ",".join(cells[h] for h in head)))
    (tmp_path / "later" / "非公企业.csv").write_text(text, encoding="utf-8")
    import_paths([tmp_path / "later"], store, load())
    said = report(store, load(), DATE, earlier=False).as_json()
    store.close()
    failing = [i for i in said["identities"] if not i["holds"]]
    assert [i["id"] for i in failing] == ["lines"]
    assert sum(failing[0]["parts"]) - failing[0]["whole"] == 1
    assert "冻结" in failing[0]["why"]["zh"]
    assert {one["id"]: one["value"] for one in said["listed"]}["not_in_baseline"] == 1


def test_late_and_missing_reports_are_the_calendar_s(city: Store, bulletin: Report) -> None:
    """Of the city all, of a district its own office's and nobody else's."""
    overdue = bulletin.as_json()["received"]["overdue"]
    offices = {o["office"] for o in overdue}
    assert {f"{n}委组织部" for n in DISTRICTS.values()} < offices
    assert any(o["received"] is None for o in overdue)
    assert all(o["days"] > 0 for o in overdue)
    own = report(city, load(), DATE, "429901", earlier=False).as_json()["received"]
    assert own["overdue"] == [o for o in overdue if o["office"] == "甲区委组织部"]


def test_whatever_came_late_is_in_the_report_as_in_the_calendar(tmp_path: Path) -> None:
    """An annex, a work plan and a department's report that came late, beside a semi-monthly one, each with its own days."""
    store = town(tmp_path / "a.db")
    office = "甲区委组织部"
    put(store, "submission", "报送|市委组织部", 20160820, [
        received(office, "工作方案", "2016-08", 20160902), received(office, "附表1", "2016-08-26", 20160901),
        received(office, "半月报", "2016-08-25", 20160825), received(office, "半月报", "2016-09-10", 20160912),
        received("市教育局", "专项责任报告", "2016-11", 20161202),
    ])  # fmt: skip
    on = 20161210
    said = report(store, load(), on, earlier=False).as_json()["received"]
    late = {(o["office"], o["what"], o["due"]): (o["received"], o["days"]) for o in said["overdue"]}
    assert late[office, "工作方案", "2016-08-26"] == ("2016-09-02", 7)
    assert late[office, "附表1", "2016-08-26"] == ("2016-09-01", 6)
    assert late[office, "附表2", "2016-08-26"] == (None, 106)
    assert late[office, "半月报", "2016-09-10"] == ("2016-09-12", 2)
    assert late["市教育局", "专项责任报告", "2016-11-30"] == ("2016-12-02", 2)
    calendar = {
        (s.name, e.deadlines[0].date)
        for e in Timetable(at(store, on)).entries
        for s in e.standings
        if (e.kind == "report" or e.id == "M3b") and e.state_of(s, on) in ("late", "done_late")
    }
    assert {(name, int(due.replace("-", ""))) for name, _, due in late} == calendar
    found = {one["code"]: one["found"] for one in said["checked"]}
    assert sum(found.values()) == len(said["overdue"])
    store.close()


def test_a_day_that_no_clause_gives_is_among_what_was_chosen(city: Store, bulletin: Report) -> None:
    """The day of the districts' plans (S12) stands among the chosen values, and in what is said of each that is late by it."""
    said = bulletin.as_json()
    (day,) = [c for c in said["chosen"] if c["key"] == "deadlines.S12"]
    assert (day["clause"], day["value"]) == ("S12", ("2016-08-26",))
    plans = [o for o in said["received"]["overdue"] if o["what"] == "工作方案"]
    assert plans
    assert all("选定期限" in o["message"]["zh"] for o in plans)
    others = [o for o in said["received"]["overdue"] if o["what"] != "工作方案"]
    assert not any("选定期限" in o["message"]["zh"] for o in others)
    assert any(day["why"]["zh"] in line for line in received_lines(Words("zh"), said))


def test_the_report_before_is_the_latest_due_or_the_one_asked_for(city: Store) -> None:
    """Before the first there is none; a date that is not earlier is refused."""
    assert report(city, load(), 20160825).as_json()["previous"] is None
    asked = report(city, load(), DATE, since=20160901).as_json()
    assert (asked["previous"], asked["trend"][1]["date"]) == ("2016-09-01", "2016-09-01")
    with pytest.raises(InputError, match="--since"):
        report(city, load(), DATE, since=DATE)
    with pytest.raises(InputError):
        report(city, load(), DATE, "nowhere")


def moved(folder: Path) -> Store:
    """Return a town in which one firm moves to the other street, and one is listed late in a street of its own."""
    store = town(folder / "a.db", firm("F1"), firm("F2", "429901002"))
    put(store, "organization", "非公企业|street:429901001", 20160915, [firm("F1"), firm("F2")])
    put(store, "organization", "非公企业|street:429902001", 20160920, [firm("F9", "429902001")])
    return store


def test_an_area_may_be_younger_than_the_report_before(tmp_path: Path) -> None:
    """A ledger unit that nobody stood in by then has no report before, and no point in the trend until it was there."""
    said = report(moved(tmp_path), load(), 20160925, "street:429902001").as_json()
    assert (said["subject"]["kind"], said["previous"]) == ("area", None)
    assert {one["id"]: one["value"] for one in said["listed"]}["listed"] == 1
    assert [p["date"] for p in said["trend"]] == ["2016-09-25"]


@pytest.mark.parametrize("earlier", [True, False])
def test_a_part_that_only_the_report_before_had_opens_to_no_rows(
    tmp_path: Path, earlier: bool
) -> None:
    """It is printed with a 0, and the 0 leads to its rows like any other figure; parts of neither are none."""
    store = moved(tmp_path)
    if earlier:
        parts = report(store, load(), 20160925, "429901").as_json()["parts"]
        assert {p["id"]: (p["before"]["listed"], p["counts"]["listed"]) for p in parts} == {
            "street:429901001": (1, 2), "street:429901002": (1, 0),
        }  # fmt: skip
    found = report(store, load(), 20160925, "429901", earlier=earlier)
    assert list(found.rows("part.listed.street:429901002")) == []
    assert len(list(found.rows("part.listed.street:429901001"))) == 2
    with pytest.raises(InputError, match="no figure"):
        found.counted("part.listed.street:429902001")


@pytest.mark.parametrize("since", [None, 20150101])
def test_of_a_large_city_one_earlier_date_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: int | None
) -> None:
    """The report before, or where nothing was listed by then the latest of the trend; never all of them (ADR 0051)."""
    read: list[int] = []

    class Read(City):
        def __init__(self, store: Store, profile: Profile, as_of: int) -> None:
            read.append(as_of)
            super().__init__(store, profile, as_of)

    monkeypatch.setattr(module, "City", Read)
    monkeypatch.setattr(module, "TREND_UP_TO", 1)
    found = report(moved(tmp_path), load(), DATE, since=since)
    assert (read, len(found.trend)) == ([DATE, 20161010], 2)
    assert (found.previous is None) == (since is not None)

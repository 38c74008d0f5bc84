"""What is due, done and late: by the rows, by both deadlines, and as a file for calendar programs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.affiliation.findings import audit
from graph.campaign.entries import STATES, Entry, Standing, deadlines
from graph.campaign.timetable import Timetable
from graph.errors import InputError
from graph.model import iso
from graph.policy.profile import load
from graph.report.received import received as received_of
from graph.report.whose import Subject
from graph.store.base import Store
from tests.campaign.town import at, firm, put, received, town
from viz.icalendar import PRODUCT, calendar
from viz.overwriting import refuse_other_kind

DAYS = st.dates(dt.date(2016, 7, 1), dt.date(2017, 3, 1)).map(
    lambda d: d.year * 10000 + d.month * 100 + d.day
)
OFFICE = "甲区委组织部"
ON_TIME = 20160901


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three reports of the first district: in time, late, undated; an annex late; a strike-off that was not looked at again."""
    made = town(
        tmp_path / "a.db",
        firm("F1"),
        firm("F2", formal_members=0, staff=120),
        firm("F3", "429902001"),
    )
    put(made, "submission", "报送|市委组织部", 20161220, [
        received(OFFICE, "半月报", "2016-08-25", 20160825), received(OFFICE, "半月报", "2016-09-10", 20160912),
        received(OFFICE, "半月报", "2016-09-25", None), received(OFFICE, "附表1", "2016-08-26", 20160901),
        received("市教育局", "专项责任报告", "2016-11", 20161129),
    ])  # fmt: skip
    put(made, "strike_off", "销号|甲", 20161205, [
        {"key": f"F1|{s}|{d}", "organization": "F1", "state": s, "basis": "批复", "date": d}
        for s, d in (("已组建", 20161001), ("已核实", 20161010), ("已销号", 20161011))
    ])  # fmt: skip
    return made


def states(store: Store, as_of: int, who: str = "district:429901") -> dict[str, str]:
    """Return how one jurisdiction stands to each entry."""
    found = Timetable(at(store, as_of)).entries
    return {e.id: e.state_of(s, as_of) for e in found for s in e.standings if s.id == who}


def test_what_came_and_what_did_not(store: Store) -> None:
    """In time, late, without a date, half of it, not at all; what is to come is due two weeks before its day."""
    found = states(store, 20161221)
    reports = ("08-25", "09-10", "09-25", "10-10", "12-25")
    told = [found[f"S47-2016-{day}"] for day in reports]
    assert told == ["done", "done_late", "done", "late", "due"]
    assert found["M3b"] == "late"
    (annexes,) = [e for e in Timetable(at(store, 20161221)).entries if e.id == "M3b"]
    (own,) = [s for s in annexes.standings if s.id == "district:429901"]
    assert (own.done, own.of, own.missing) == (1, 2, ("附表2",))
    assert found["S12-plan"] == "late"
    assert states(store, 20161221, "dept:市教育局") == {"S48": "done"}
    assert states(store, 20161221, "dept:市财政局") == {"S48": "late"}


def test_nobody_is_late_where_nothing_was_written_down(store: Store, tmp_path: Path) -> None:
    """Without a 报送 sheet what is past is untold of everyone, in the file too, and the report lists nothing (ADR 0052)."""
    bare, on = town(tmp_path / "bare.db"), 20170105
    handed_in = {"S12-plan", "M3b", "S48", *(f"S47-{iso(day)}" for day in load().semi_monthly)}
    entries = [e for e in Timetable(at(bare, on)).entries if e.id in handed_in]
    assert len(entries) == len(handed_in)
    assert {s.name for e in entries for s in e.standings} >= {OFFICE, "市教育局"}
    assert {e.state_of(s, on) for e in entries for s in e.standings} == {"untold"}
    assert {(s.done, s.of, s.missing) for e in entries for s in e.standings} == {(None, None, ())}
    assert {e.state(on) for e in entries} == {"untold"}
    assert (
        "逾期" not in icalendar.Calendar.from_ical(calendar(entries, on, "zh")).to_ical().decode()
    )
    said = received_of(at(bare, on), Subject.of(at(bare, on), None))
    assert said["overdue"] == []
    assert all("报送" in one["not_checked"]["zh"] for one in said["checked"])
    bare.close()
    assert (
        "late" in states(store, 20161221).values()
    )  # where there is a sheet, what it doesn't name has not come


def test_what_the_city_tells(store: Store) -> None:
    """Inspection and look-back by the cross-off's rows, targets against both deadlines; a day that no row tells of is untold."""
    on = 20161210
    put(
        store,
        "organization",
        "非公企业|street:429901001",
        on,
        [firm("F1"), firm("F2", formal_members=0, staff=120)],
    )
    entries = {e.id: e for e in Timetable(at(store, on), "429901").entries}
    (inspected,), (looked,), (large,) = (entries[k].standings for k in ("M5", "M6", "S4"))
    assert (inspected.done, inspected.of, looked.done, looked.of) == (1, 1, 0, 1)
    assert (large.done, large.of) == (0, 1)
    assert [d.date for d in entries["S4"].deadlines] == [20161130, 20161231]
    assert [entries["S4"].state_of(large, on, d) for d in entries["S4"].deadlines] == [
        "late",
        "due",
    ]
    assert {entries["M1"].state(on), entries["M2"].state(on)} == {"untold"}
    assert set(states(store, on, "district:429902")) <= set(entries)


def test_a_survey_is_told_by_grids_alone(store: Store) -> None:
    """Without grids nothing is recorded, whatever ledgers list; with them those that say so are surveyed, others not yet (S13)."""
    survey = next(m.id for m in load().milestones if m.clause == "S13")
    assert set(states(store, ON_TIME).values()) >= {"untold"}
    assert {
        states(store, ON_TIME, who)[survey] for who in ("district:429901", "district:429902")
    } == {"untold"}
    said = ("已排查", " 已摸底 ", "排查中", "未排查", "", "不清楚")
    put(store, "grid", "网格|甲", 20160820, [
        {"key": f"G{n}", "street": "429901001", "state": state} for n, state in enumerate(said)
    ])  # fmt: skip
    (entry,) = [e for e in Timetable(at(store, ON_TIME), "429901").entries if e.id == survey]
    assert [(s.done, s.of, s.kept) for s in entry.standings] == [(2, 6, False)]


def test_the_city_s_own_code_means_the_city(store: Store) -> None:
    """It has every entry that the whole has, reports and annexes too."""
    whole, asked = (Timetable(at(store, 20161221), within).as_json() for within in (None, "4299"))
    assert asked == whole | {"in": "4299"}
    assert any(e["kind"] == "report" for e in asked["entries"])


def test_a_day_that_no_clause_gives_is_told_as_chosen(store: Store) -> None:
    """The districts' plans are due "after the meeting" (S12): the day taken for it is marked, with why, and no other is."""
    entries = Timetable(at(store, ON_TIME)).entries
    chosen = {e.id: d.chosen for e in entries for d in e.deadlines if d.chosen}
    assert list(chosen) == ["S12-plan"]
    (said,) = [e.as_json(ON_TIME) for e in entries if e.id == "S12-plan"]
    assert set(said["deadlines"][0]["chosen"]) == {"zh", "en"}
    for at_lang, words in enumerate(("选定期限", "chosen date")):
        file = calendar(entries, ON_TIME, "en" if at_lang else "zh")
        events = icalendar.Calendar.from_ical(file).walk("VEVENT")
        marked = [e for e in events if words in str(e["summary"])]
        assert [str(e["uid"]) for e in marked] == ["S12-plan-0@lianjian"]
        assert chosen["S12-plan"][at_lang] in str(marked[0]["description"])


def test_another_s_calendar_is_not_written_over(store: Store, tmp_path: Path) -> None:
    """A file of another program stays; one's own is made anew."""
    own, other = tmp_path / "own.ics", tmp_path / "other.ics"
    own.write_bytes(calendar(Timetable(at(store, ON_TIME)).entries, ON_TIME, "zh"))
    refuse_other_kind(own, [PRODUCT])
    refuse_other_kind(tmp_path / "new.ics", [PRODUCT])
    for text in ("BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\n", f"PRODID:{PRODUCT}", "{}"):
        other.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="something else"):
            refuse_other_kind(other, [PRODUCT])


def test_reports_are_late_where_the_audit_finds_them(store: Store) -> None:
    """Two ways to the same: what the audit's rules find is what the calendar calls late."""
    on = 20161221
    table = Timetable(at(store, on))
    found = audit(at(store, on), store, ["report_late", "submission_missing"]).findings
    missing = {
        (f.subject, str(f.evidence[0].get("period"))) for f in found if f.code == "report_late"
    }
    late = {
        (s.name, e.id.removeprefix("S47-"))
        for e in table.entries for s in e.standings
        if e.id.startswith("S47") and e.state_of(s, on) in ("late", "done_late")
        and s.name in {n for n, _ in missing}
    }  # fmt: skip
    assert late == missing
    assert len(late) >= 7


def test_whose_calendar(store: Store) -> None:
    """A street hands in no reports; a district that is none is refused in one sentence."""
    street = Timetable(at(store, 20161221), "429901001")
    assert {s.id for e in street.entries for s in e.standings} == {"429901001"}
    assert not [e for e in street.entries if e.kind == "report"]
    with pytest.raises(InputError, match="429999"):
        _ = Timetable(at(store, 20161221), "429999").entries


@given(
    days=st.lists(DAYS, min_size=1, max_size=2, unique=True),
    start=DAYS,
    on=st.none() | DAYS,
    first=DAYS,
    later=DAYS,
)
def test_states_over_time(
    days: list[int], start: int, on: int | None, first: int, later: int
) -> None:
    """What is kept is never late, what is not stays late once it is, and of two deadlines the later is never missed first."""
    entry = Entry("x", "milestone", ("S1",), "", "", min(start, *days), deadlines(days))
    first, later = sorted((first, later))
    kept, left = Standing("a", "", kept=True, on=on), Standing("a", "", kept=False)
    assert entry.state_of(kept, later) in ("done", "done_late")
    before, after = (entry.state_of(left, day) for day in (first, later))
    assert STATES.index(after) <= STATES.index(before)
    assert (after == "late") == (later > min(days))
    both = [entry.state_of(left, later, d) for d in entry.deadlines]
    assert both == sorted(both, key=STATES.index)


def test_a_calendar_file(store: Store) -> None:
    """Events of whole days with identities that neither date nor language changes; the same question gives the same bytes."""
    files: dict[tuple[int, str], dict[str, Any]] = {}
    for on in (20160901, 20161221):
        for lang in ("zh", "en"):
            entries = Timetable(at(store, on)).entries
            data = calendar(entries, on, lang)
            assert data == calendar(entries, on, lang)
            assert all(len(line) <= 75 for line in data.split(b"\r\n"))
            events = icalendar.Calendar.from_ical(data).walk("VEVENT")
            files[on, lang] = {str(e["uid"]): e for e in events}
            assert len(files[on, lang]) == len(events) == sum(len(e.deadlines) for e in entries)
    known = set(files[20160901, "zh"])
    assert known <= set(files[20161221, "en"]) == set(files[20161221, "zh"])
    ids = {i for e in Timetable(at(store, 20160901)).entries for i in [e.id]}
    assert {f"M{n}" for n in range(1, 7)} | {"S48", "S47-2016-12-25", "S1"} <= ids
    event = files[20161221, "zh"]["M5-0@lianjian"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (dt.date(2016, 11, 21), dt.date(2016, 12, 6))
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert "组织检查验收" in event["summary"]
    assert "inspection" in files[20161221, "en"]["M5-0@lianjian"]["summary"]
    assert load().semi_monthly[0] == 20160825

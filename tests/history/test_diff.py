"""What changed, what was corrected, what the rules changed: told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.city import City
from graph.errors import InputError
from graph.history.diff import Diff, diff
from graph.model import Claims
from graph.policy.profile import load
from graph.store import open_store
from tests.audit.town import Town

if TYPE_CHECKING:
    from graph.store.base import Store

A, B = 20160826, 20161120
PROFILE = load()


def town(date: int = A) -> Town:
    """The audit's sound town, with a joint branch over three firms, as of a date."""
    out = Town()
    out.as_of = date
    out.joint("J", 1, 1, 2)
    return out


def happened(found: Diff) -> set[tuple[str, str, str | None]]:
    """Return (event, id, code or value after)."""
    return {(e.event, e.id, e.after if isinstance(e.after, str) else None) for e in found.events}


def changed(found: Diff) -> list[tuple[str, str, Any, Any]]:
    """Return (id, property, before, after)."""
    return [(c["id"], c["property"], c["before"], c["after"]) for c in found.changed()]


def test_nothing_changed(store: Store) -> None:
    """A newer edition that says the same is no change."""
    town().load(store)
    town(B).load(store)
    found = diff(store, PROFILE, A, B)
    assert found.totals() == {"changed": 0, "added": {}, "events": {}, "corrected": 0}


def test_changed_in_the_world(store: Store) -> None:
    """A later row that says otherwise is a change, with both rows and since when."""
    town().load(store)
    later = town(B)
    later.firm("F1", staff=11, name="新名企业")
    later.load(store)
    found = diff(store, PROFILE, A, B)
    (name, staff) = list(found.changed())
    assert (name["id"], name["property"], name["before"], name["after"]) == (
        "F1", "name", "企业F1", "新名企业",
    )  # fmt: skip
    assert (staff["before"], staff["after"], staff["since"]) == (10, 11, "2016-11-20")
    assert staff["sources"]["before"]["batch"] == 1
    assert staff["sources"]["after"] == {
        "file": "非公企业|420101001.csv", "sheet": "organization", "row": 2, "batch": 2,
    }  # fmt: skip
    assert happened(found) == {("renamed", "F1", "新名企业")}
    assert found.totals()["corrected"] == 0


@pytest.mark.served
def test_corrected(store: Store) -> None:
    """The same fact of the same date said otherwise by a later import is a correction and no change of the world."""
    town().load(store)
    right = town()
    right.firm("F1", staff=12)
    right.load(store)
    town(B).load(store)
    found = diff(store, PROFILE, A, B)
    (one,) = found.corrected()
    assert (one["id"], one["property"], one["before"], one["after"]) == ("F1", "staff", 10, 12)
    assert (one["dated"], one["batch"]) == ("2016-08-26", 2)
    assert one["sources"]["before"]["batch"] == 1
    # the later edition says 10 again: that is the world's change
    assert changed(found) == [("F1", "staff", 12, 10)]


def test_corrected_before(store: Store) -> None:
    """What was put right before the earlier date was the present, of a fact that no longer held then, is no news."""
    town().load(store)
    right = town()
    right.firm("F1", staff=12)
    right.load(store)
    for date, staff in ((20160910, 13), (B, 13)):
        later = town(date)
        later.firm("F1", staff=staff)
        later.load(store)
    assert diff(store, PROFILE, 20160910, B).totals()["corrected"] == 0
    assert diff(store, PROFILE, A, 20160910).totals()["corrected"] == 1


def test_found_place_is_no_correction(store: Store) -> None:
    """A building's name that became its key when its row came is not taken for a correction."""
    first, second = town(), town()
    first.firm("F1", building="一楼宇")
    first.load(store)
    second.firm("F1", building="building:420101001/001", staff=12)
    second.load(store)
    assert [c["property"] for c in diff(store, PROFILE, A, B).corrected()] == ["staff"]


def test_units_come_and_go(store: Store) -> None:
    """Formed, dissolved, renamed, moved, under another superior: each is told by its name."""
    town().load(store)
    later = town(B)
    later.unit("NEW", superior="S11", founded=20161001)
    later.unit("OLD", superior="S11", founded=20160101)
    later.unit("B1", dissolved=20161010)
    later.unit("B2", name="又名支部")
    later.unit("B3", superior="S12", street="420101002", district="420101")
    later.load(store)
    found = diff(store, PROFILE, A, B)
    assert happened(found) == {
        ("formed", "NEW", "2016-10-01"),
        ("recorded_late", "OLD", "2016-11-20"),
        ("dissolved", "B1", "2016-10-10"),
        ("renamed", "B2", "又名支部"),
        ("moved", "B3", None),
        ("resubordinated", "B3", None),
        ("uncovered", "F1", None),
        ("left_unit", "F1", None),
    }
    (moved,) = [e for e in found.events if e.event == "moved"]
    assert moved.before == {"district": "420102", "street": "420102001"}
    assert moved.after == {"district": "420101", "street": "420101002"}


def test_merged_and_succeeded(store: Store) -> None:
    """What a dissolved unit covered tells its heir: merged into a unit there was, succeeded by a new one of its own."""
    town().load(store)
    later = town(B)
    later.unit("B1", dissolved=20161010)
    later.firm("F1", unit="J")
    later.unit("B3", dissolved=20161010)
    later.unit("B3X", superior="S21", organization="F3", founded=20161010, district="420102")
    later.unit("S12", dissolved=20161010)
    later.unit("S12X", type="工委", superior="D1", founded=20161010, district="420101")
    later.load(store)
    found = diff(store, PROFILE, A, B)
    heirs = {(e.event, e.id, e.after) for e in found.events if e.event in ("merged", "succeeded")}
    assert heirs == {("merged", "B1", "J"), ("succeeded", "B3", "B3X")}
    (merged,) = [e for e in found.events if e.event == "merged"]
    assert merged.evidence == ({"edge": "COVERS", "from": "J", "to": "F1"},)
    assert ("joined_unit", "F1", "J") in happened(found)
    assert not [e for e in found.events if e.event in ("covered", "uncovered")]


def test_heir_of_what_stood_under_it(store: Store) -> None:
    """A committee without organizations of its own goes on in the one under which all that was under it stands."""
    town().load(store)
    later = town(B)
    later.unit("S21", dissolved=20161010)
    later.unit("S2X", type="工委", superior="D2", founded=20161010, district="420102")
    later.unit("B3", superior="S2X")
    later.load(store)
    found = diff(store, PROFILE, A, B)
    assert ("succeeded", "S21", "S2X") in happened(found)


def test_organizations_come_and_go(store: Store) -> None:
    """Newly listed, closed and going on under another code, out of the base, in it again, no longer listed."""
    first = town()
    first.firm("G1", status="停业")
    first.firm("G2")
    first.load(store)
    later = town(B)
    later.firm("G1")
    later.firm("F3", status="注销")
    later.firm("F3N", name="企业F3", street="420102001", district="420102")
    later.firm("F2", status="空壳")
    later.load(store)
    found = diff(store, PROFILE, A, B)
    assert happened(found) >= {
        ("entered_base", "G1", None),
        ("closed", "F3", "注销"),
        ("left_base", "F3", None),
        ("added", "F3N", None),
        ("succeeded", "F3", "F3N"),
        ("left_base", "F2", None),
        ("unlisted", "G2", "2016-11-20"),
    }
    assert found.totals()["added"] == {"organization": 1}


def test_scope(store: Store) -> None:
    """A district's differences are those of its organizations and units, at either date."""
    town().load(store)
    later = town(B)
    later.firm("F1", staff=11)
    later.firm("F3", staff=11, district="420101", street="420101001")
    later.unit("B3", name="又名支部")
    later.load(store)
    ids = {c[0] for c in changed(diff(store, PROFILE, A, B, within="420102"))}
    assert ids == {"F3", "B3"}
    assert {c[0] for c in changed(diff(store, PROFILE, A, B, within="420101"))} == {
        "F1",
        "F3",
        "B3",
    }
    with pytest.raises(InputError, match="no division"):
        _ = diff(store, PROFILE, A, B, within="999999").changes


def test_rules(store: Store) -> None:
    """Another profile changes who is judged how, and which settings say so; the facts stay."""
    town().load(store)
    strict = load("wuhan-2016", {"min_members": 4})
    found = diff(store, strict, A, A, against=PROFILE).by_rules()
    assert found is not None
    assert [(v["key"], v["before"], v["after"]) for v in found["values"]] == [
        ("formation.min_members", 3, 4)
    ]
    assert found["organizations"] == []
    eligible = load("wuhan-2016", {"eligible_min_members": 3})
    found = diff(store, eligible, A, A, against=PROFILE).by_rules()
    assert found is not None
    assert {o["id"] for o in found["organizations"]} == {"JF0", "JF1", "JF2"}
    rate = next(r for r in found["rates"] if r["id"] == "org_eligible")
    assert (rate["before"]["denominator"], rate["after"]["denominator"]) == (9, 6)


def test_earlier_first(store: Store) -> None:
    """Dates the wrong way round are refused."""
    town().load(store)
    with pytest.raises(InputError, match="earlier date first"):
        diff(store, PROFILE, B, A)


KEYS = st.sampled_from(["a", "b", "c", "d"])
ROWS = st.dictionaries(
    KEYS,
    st.fixed_dictionaries(
        {"staff": st.one_of(st.none(), st.integers(0, 2)), "unit": st.sampled_from([None, "U", "U;V", "V;U"])}
    ),
    max_size=4,
)  # fmt: skip


@given(first=ROWS, second=ROWS, fixed=ROWS)
@settings(max_examples=40, deadline=None)
def test_every_difference_and_no_other(
    first: dict[str, Any], second: dict[str, Any], fixed: dict[str, Any]
) -> None:
    """Changes are what two frames, compared cell by cell, differ in; corrections what the same date said before and after."""
    store = open_store(":memory-model:")
    for date, rows in ((A, first), (B, second), (A, fixed)):
        with store.importing(at="t", dated=date, files=["f"]) as batch:
            frame = pd.DataFrame(
                [
                    {"key": k, "row": n, "dated": date, "name": k, "line": "enterprise", **r}
                    for n, (k, r) in enumerate(rows.items())
                ]
            )
            if len(frame):
                batch.add(Claims("organization", "L", date, "f", "", frame))

    def cells(date: int) -> dict[tuple[str, str], Any]:
        frame = store.frame("organization", date).set_index("key")
        return {
            (str(k), n): None if pd.isna(v) else (frozenset(v.split(";")) if n == "unit" else v)
            for n in ("staff", "unit")
            for k, v in frame[n].items()
        }

    old, new = cells(A), cells(B)
    found = diff(store, PROFILE, A, B)
    expected = {at for at in old if old[at] != new[at]}
    assert {(i, p) for i, p, _, _ in changed(found)} == expected
    assert set(found.new.get("organization", [])) == {k for k, _ in new.keys() - old.keys()}

    def said(row: dict[str, Any], name: str) -> Any:
        value = row[name]
        return frozenset(value.split(";")) if name == "unit" and value else value

    wrong = {
        (k, n)
        for k in first.keys() & fixed.keys()
        for n in ("staff", "unit")
        if said(first[k], n) != said(fixed[k], n)
    }
    assert {(c["id"], c["property"]) for c in found.corrected()} == wrong


def test_as_of_views_differ(store: Store) -> None:
    """Chain, coverage and audit of the earlier date stay as they were when a later edition comes."""
    from graph.affiliation.findings import audit
    from graph.coverage import Sets, rates

    town().load(store)

    def view(date: int) -> tuple[Any, Any, Any]:
        city = City(store, PROFILE, date)
        findings = [(f.code, f.subject, f.message["en"]) for f in audit(city, store).findings]
        chain = store.chain("organization", "F3", date).as_json()
        return chain, rates(Sets.of(city)), findings

    before = view(A)
    later = town(B)
    later.unit("B3", superior="S12")
    later.unit("B1", dissolved=20161010)
    later.load(store)
    assert view(A) == before
    chain, covered, findings = view(B)
    assert [n["id"] for n in chain["nodes"]] == ["F3", "B3", "S12", "D1", "ROOT"]
    assert covered != before[1]
    assert ("must_be_separate", "F1") in {(c, s) for c, s, _ in findings}

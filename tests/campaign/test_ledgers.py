"""Ledgers summed up: each organization once, whoever lists it; who owes one, and since when; and the way back in."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.access.jurisdictions import known
from graph.affiliation.findings import audit
from graph.board.listing import Board
from graph.campaign import ledgers
from graph.campaign.ledgers import Keeper, Summary
from graph.errors import InputError
from graph.formation.scope import ledger_units
from graph.model import Source
from graph.part import part_for
from graph.patterns.answering import ask
from graph.patterns.language import Part, Pattern
from graph.policy.profile import load
from graph.report.whose import Subject
from graph.store.base import Store
from tests.campaign.town import at, firm, municipal, put, town

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


def test_the_city_s_own_code_means_the_city(tmp_path: Path) -> None:
    """It is no street's: everybody owes as in the whole, and municipal social organizations are there."""
    store = town(tmp_path / "a.db")
    bureau = {
        "key": "S1",
        "line": "social",
        "name": "市协会",
        "level": "市级",
        "status": "正常",
        "district": "429901",
    }
    put(store, "organization", "社会组织|市民政局", 20160821, [bureau])
    whole, asked = (Summary(at(store, ON), within).as_json() for within in (None, "4299"))
    assert asked == whole | {"in": "4299"}
    assert asked["totals"]["lines"]["social"] == 1
    assert {k["state"] for k in asked["keepers"]} >= {"received", "owed"}


def test_rows_of_what_stands_in_two_are_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, the store is asked once; each comes with both ledgers and their rows."""
    some = [firm(f"F{n}") for n in range(5)]
    store = town(tmp_path / "a.db", *some)
    put(store, "organization", f"非公企业|{THREE}", 20160821, some)
    found, read, asked = Summary(at(store, ON), "429901"), type(store).sources, []

    def counted(self: Store, kind: str, claims: list[int]) -> dict[int, Source]:
        asked.append(len(claims))
        return read(self, kind, claims)

    monkeypatch.setattr(type(store), "sources", counted)
    assert [(t["code"], t["name"], t["counted_in"]) for t in found.twice] == [
        (f"F{n}", f"F{n}公司", ONE) for n in range(5)
    ]
    assert asked == [10]
    assert {x["source"]["row"] for x in found.twice[3]["listed_in"]} == {5}
    assert len({x["source"]["file"] for x in found.twice[3]["listed_in"]}) == 2


def test_more_than_a_sheet_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a row is written, with the way out: none is dropped unsaid."""
    store = town(tmp_path / "a.db", firm("F1"), firm("F2"))
    found = Summary(at(store, ON))
    monkeypatch.setattr(ledgers, "_AT_ONCE", 1)
    assert [(row["key"], row["staff"], row["dated"]) for row in found.rows("enterprise")] == [
        ("F1", 9, 20160820), ("F2", 9, 20160820),
    ]  # fmt: skip
    monkeypatch.setattr(ledgers, "MOST_ROWS", 1)
    with pytest.raises(InputError, match="--in"):
        found.rows("enterprise")


@settings(max_examples=5)
@given(data=st.data())
def test_nobody_is_counted_twice(data: st.DataObject) -> None:
    """However ledgers overlap, keepers' counts add up to the organizations there are, and those in two are those listed so."""
    streets = {"429901001": ONE, "429901002": THREE, "429902001": TWO}
    firms = st.integers(1, 12).map(lambda n: f"F{n}")
    homes = data.draw(st.dictionaries(firms, st.sampled_from(sorted(streets)), min_size=1))
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


def test_a_ledger_that_is_asked_for_is_owed_where_it_is_not_there(tmp_path: Path) -> None:
    """By its keeper's id, whether anything of it is listed or not; in a jurisdiction's store it may be another's: refused."""
    store = town(tmp_path / "a.db")
    for within, line in (("district:429901", "social"), (THREE, "enterprise"), (TWO, "enterprise")):
        found = Summary(at(store, ON), within)
        owed = [(k.id, k.line, k.state) for k in found.keepers]
        assert owed == [(within, line, "owed")]
        assert found.totals["organizations"] == 0
        with pytest.raises(InputError):
            _ = Summary(at(store, ON), within, whole=False).keepers
    with pytest.raises(InputError):
        _ = Summary(at(store, ON), "street:429909009").keepers


def test_the_civil_affairs_bureau_owes_one_where_there_are_municipal_organizations(
    tmp_path: Path,
) -> None:
    """Whoever supervises those that are listed so far (S17)."""
    store = town(tmp_path / "a.db")
    bureau = "dept:市民政局"
    assert bureau not in {k.id for k in Summary(at(store, ON)).keepers}
    row = {
        "key": "S1", "line": "social", "name": "市协会", "level": "市级", "supervisor": "市教育局", "status": "正常",
        "district": "429901",
    }  # fmt: skip
    put(store, "organization", "社会组织|市教育局", 20160821, [row])
    found = {k.id: (k.state, k.clause) for k in Summary(at(store, ON)).keepers}
    assert found[bureau] == ("owed", "S17")
    assert bureau not in {k.id for k in Summary(at(store, ON), "429901").keepers}


def test_who_sums_up_ledgers_gets_those_of_all_for_whom_it_answers(tmp_path: Path) -> None:
    """The organs work committee (S18) keeps no ledger: its id means the departments' organizations, wherever a command takes it."""
    store = town(tmp_path / "a.db")
    committee, bureau = "dept:市直机关工委", "dept:市民政局"
    listed = [municipal("S1", "市教育局"), municipal("S2", "市司法局"), municipal("S3", None)]
    put(store, "organization", "社会组织|市直", 20160820, listed)
    city = at(store, ON)
    found = city.select(committee)
    assert set(found.index[found]) == {"S1", "S2"}
    own = Subject.of(city, committee).within(city)
    assert own.tolist() == found.tolist()
    summary = Summary(city, committee)
    assert {k.id for k in summary.keepers} == {"dept:市教育局", "dept:市司法局"}
    assert {row["key"] for row in summary.rows("social")} == {"S1", "S2"}
    assert {row["code"] for row in Board(city, committee).rows()} == {"S1", "S2"}
    part = part_for(store, load(), ON, within=committee)
    assert set(part.organizations.index[part.select(committee)]) == {"S1", "S2"}
    subjects = {f.subject for f in audit(city, store, within=committee).findings}
    assert {"S1", "S2"} <= subjects
    assert not {"S3", "F1"} & subjects
    assert set(ledger_units(city, [committee])) == {"dept:市教育局", "dept:市司法局"}
    asked = Pattern(Part("organization"), within=committee)
    assert ask(store, lambda: city, asked, ON).keys == ["S1", "S2"]
    # one that keeps a ledger of its own is meant as its ledger unit, and nobody else answers for anyone
    assert set(city.organizations.index[city.select(bureau)]) == {"S3"}
    assert ask(store, lambda: city, replace(asked, within=bureau), ON).keys == ["S3"]
    with pytest.raises(InputError, match="dept:市总工会"):
        ask(store, lambda: city, replace(asked, within="dept:市总工会"), ON)
    with pytest.raises(InputError, match="dept:市总工会"):
        city.select("dept:市总工会")
    # no account is given more than a ledger or a place
    with pytest.raises(InputError, match="dept:市直机关工委"):
        known(store, load(), committee)
    assert known(store, load(), bureau) == bureau
    store.close()


def test_a_committee_that_keeps_a_ledger_itself_is_meant_as_its_ledger_unit(tmp_path: Path) -> None:
    """Where it supervises an organization of its own, its id is that ledger's, as any department's is."""
    store = town(tmp_path / "a.db")
    listed = [municipal("S1", "市教育局"), municipal("S2", "市直机关工委")]
    put(store, "organization", "社会组织|市直", 20160820, listed)
    city = at(store, ON)
    assert set(city.organizations.index[city.select("dept:市直机关工委")]) == {"S2"}
    asked = Pattern(Part("organization"), within="dept:市直机关工委")
    assert ask(store, lambda: city, asked, ON).keys == ["S2"]
    store.close()

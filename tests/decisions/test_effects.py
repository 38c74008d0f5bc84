"""What decisions change: who is one organization, who is in the base, which departure is approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.affiliation.findings import audit
from tests.audit.town import AS_OF, Town
from tests.decisions.conftest import city, decide

if TYPE_CHECKING:
    from graph.store.base import Store


def codes(store: Store, *rules: str, as_of: int = AS_OF) -> set[tuple[str, str]]:
    """Return (code, subject) of what some rules find."""
    result = audit(city(store, as_of), store, rules)
    return {(f.code, f.subject) for f in result.findings}


def test_a_merge_makes_one_organization_of_two(store: Store, town: Town) -> None:
    """The merged code is no row of its own; its unit covers the one that stays, and fills what is blank there."""
    town.load(store)
    decide(store, "merge", "G1", "G2")
    found = city(store)
    o = found.organizations
    assert "G2" not in o.index
    one = o.loc["G1"]
    assert (one["m"], one["staff"], one["covered"]) == (2, 7, True)
    assert "G1" in set(found.covers.loc[found.covers["unit"].eq("BJ"), "organization"])


def test_conflicting_values_stay_visible(store: Store, town: Town) -> None:
    """Where merged codes disagree, the one that stays is shown and the other is a source that disagrees."""
    town.load(store)
    assert ("conflicting_sources", "G1") not in codes(store, "conflicting_sources")
    decide(store, "merge", "G1", "G2")
    assert ("conflicting_sources", "G1") in codes(store, "conflicting_sources")


@pytest.mark.parametrize("type_", ["merge", "distinct"])
def test_a_decided_pair_is_proposed_no_more(store: Store, town: Town, type_: str) -> None:
    """Two codes decided to be one, or two, are no longer a possible duplicate; undoing the batch brings it back."""
    town.load(store)
    finding = {("duplicate_organization", "G1")}
    assert codes(store, "duplicate_organization") == finding
    batch = decide(store, type_, "G1", "G2")
    assert codes(store, "duplicate_organization") == set()
    store.undo(batch)
    assert codes(store, "duplicate_organization") == finding


def test_of_three_alike_two_may_be_distinct(store: Store, town: Town) -> None:
    """A pair decided to be two hides neither from a third of the same name and address."""
    town.firm("G3", name="同名企业", address="一街9号")
    town.load(store)
    decide(store, "distinct", "G1", "G2")
    result = audit(city(store), store, ["duplicate_organization"])
    assert [e["node"] for e in result.findings[0].evidence] == ["G1", "G2", "G3"]
    decide(store, "distinct", "G1", "G3")
    result = audit(city(store), store, ["duplicate_organization"])
    assert [e["node"] for e in result.findings[0].evidence] == ["G2", "G3"]


def test_an_exclusion_takes_out_of_the_base_from_its_date(store: Store, town: Town) -> None:
    """Before its date an exclusion changes nothing; an exclusion lifted later is in force in between."""
    town.as_of = 20160826
    town.load(store)
    decide(store, "exclude", "F1", date=20160901, detail="空壳")
    decide(store, "include", "F1", date=20161101)
    inside = [bool(city(store, d).organizations.at["F1", "in_base"]) for d in (20160831, 20160901, 20161031, 20161101)]  # fmt: skip
    assert inside == [True, False, False, True]


def test_an_inclusion_lifts_rows_decided_before_it(store: Store, town: Town) -> None:
    """A 剔除 row of before the inclusion is lifted, one decided after it holds again."""
    town.put("exclusion", "F1", organization="F1", type="空壳", office="某局", decided=20160901)
    town.load(store)
    assert not city(store).organizations.at["F1", "in_base"]
    decide(store, "include", "F1", date=20161001)
    # the rows of the town are dated at its as-of
    assert city(store).organizations.at["F1", "in_base"]
    town.rows = {}
    town.as_of = 20170110
    town.put("exclusion", "F1", organization="F1", type="僵尸", office="某局", decided=20170101)
    town.load(store)
    assert not city(store, 20170110).organizations.at["F1", "in_base"]


def test_a_decided_exclusion_has_its_evidence(store: Store, town: Town) -> None:
    """A shell that a decision excludes is not excluded without evidence; a unit that covers it is found."""
    town.firm("F1", status="空壳")
    town.load(store)
    rules = ("excluded_without_evidence", "covers_excluded")
    assert codes(store, *rules) == {(rules[0], "F1"), (rules[1], "B1")}
    decide(store, "exclude", "F1", detail="空壳")
    assert codes(store, *rules) == {(rules[1], "B1")}


def test_an_approved_departure_is_listed_apart(store: Store, town: Town) -> None:
    """A unit of another street's chain is a finding until its departure is decided; then it is a departure with that reason."""
    town.unit("B1", superior="S12")
    town.load(store)
    assert codes(store, "wrong_place") == {("wrong_place", "B1")}
    decide(store, "departure", "B1")
    result = audit(city(store), store, ["wrong_place"])
    assert len(result.findings) == 0
    (apart,) = result.departures
    assert "核实" in apart.message["zh"]
    assert any(s.file == "lianjian decide departure" for s in apart.sources)


def test_decisions_survive_a_new_import(store: Store, town: Town) -> None:
    """Ledgers that come again, changed or not, leave decisions as they are."""
    town.load(store)
    decide(store, "merge", "G1", "G2")
    decide(store, "exclude", "F1", detail="僵尸")
    town.load(store)
    town.as_of = 20170110
    town.firm("F1", staff=11)
    town.load(store)
    o = city(store, 20170110).organizations
    assert "G2" not in o.index
    assert not o.at["F1", "in_base"]


def test_a_merge_into_a_code_taken_back_merges_nothing(store: Store) -> None:
    """Where the import of the code that stays was undone, the other is an organization of its own again."""
    first, second = Town(), Town()
    first.firm("G2")
    second.rows = {}
    second.firm("G1")
    first.load(store)
    second.load(store)
    decide(store, "merge", "G1", "G2")
    assert "G2" not in city(store).organizations.index
    store.undo(2)
    assert "G2" in city(store).organizations.index

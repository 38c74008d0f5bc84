"""Which decisions are refused, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.decisions import Decision, making, read
from graph.decisions.record import history
from graph.errors import InputError, UnknownIdError
from graph.model import today
from tests.audit.town import AS_OF, Town
from tests.decisions.conftest import city, decide

if TYPE_CHECKING:
    from graph.store.base import Store


@pytest.fixture(autouse=True)
def _loaded(store: Store, town: Town) -> None:
    town.put("exclusion", "X1", organization="X1", type="空壳", office="某局", decided=20160901)
    town.firm("F9", status="停业")
    town.load(store)


@pytest.mark.parametrize(
    ("type_", "given", "word"),
    [
        ("merge", {"object": "G1"}, "same code twice"),
        ("merge", {"object": "NONE"}, "NONE"),
        ("merge", {"object": "B1"}, "B1"),
        ("departure", {}, "G1"),
        ("exclude", {}, "--kind"),
        ("exclude", {"detail": "停业"}, "停业"),
        ("include", {}, "nothing to lift"),
        ("include", {"subject": "F9"}, "停业"),
        ("distinct", {"object": "G2", "reason": " "}, "--reason"),
        ("distinct", {"object": "G2", "office": ""}, "--office"),
        ("distinct", {"object": "G2", "decided": today() + 10000}, "after today"),
    ],
)
def test_what_cannot_be_is_refused(
    store: Store, type_: Any, given: dict[str, Any], word: str
) -> None:
    """An unknown code, no reason, a date to come, a wrong kind: each is named, and nothing is written."""
    values = {"subject": "G1", "office": "某局", "decided": AS_OF, "reason": "核实", **given}
    before = store.fingerprint()
    with pytest.raises((InputError, UnknownIdError), match=word):
        making.decide(store, Decision(type_, **values))
    assert store.fingerprint() == before


@pytest.mark.parametrize("first", ["merge", "distinct"])
@pytest.mark.parametrize("second", ["merge", "distinct"])
def test_a_contradiction_names_the_earlier_decision(store: Store, first: str, second: str) -> None:
    """Deciding a pair again, either way round, names who decided what, and how to take it back."""
    batch = decide(store, first, "G1", "G2", date=20170101)
    with pytest.raises(InputError, match=f"decided {first} on 2017-01-01.*undo {batch}"):
        decide(store, second, "G2", "G1")


def test_a_chain_of_merges_can_be_neither_a_ring_nor_parted(store: Store) -> None:
    """What is merged already is merged no further, and codes of one organization can't be told apart pair by pair."""
    decide(store, "merge", "F1", "G1")
    decide(store, "merge", "F2", "F1")
    assert read(store, AS_OF).merged == {"G1": "F2", "F1": "F2"}
    with pytest.raises(InputError, match="merged into F2"):
        decide(store, "merge", "G1", "F3")
    with pytest.raises(InputError, match="decided merge"):
        decide(store, "distinct", "G1", "F2")
    assert set(city(store).organizations.index).isdisjoint({"G1", "F1"})


def test_distinct_codes_are_not_merged_by_way_of_a_third(store: Store) -> None:
    """Two codes decided to be two can't become one through a code merged into one of them."""
    decide(store, "distinct", "G1", "G2")
    decide(store, "merge", "F1", "G1")
    with pytest.raises(InputError, match="decided distinct"):
        decide(store, "merge", "F1", "G2")


def test_a_withdrawn_decision_held_until_then(store: Store) -> None:
    """Withdrawing ends a decision from its date; the history keeps both, and one may decide anew."""
    decide(store, "merge", "G1", "G2", date=20160901)
    making.withdraw(store, "pair|G1|G2", "某局", 20161001, "查明为两家")
    assert [len(read(store, d)) for d in (20160831, 20160901, 20161001)] == [0, 1, 0]
    decide(store, "distinct", "G1", "G2", date=20161002)
    told = [(d.type, d.withdrawn) for d, _ in history(store, "pair|G1|G2")]
    assert told == [("merge", False), ("merge", True), ("distinct", False)]
    with pytest.raises(InputError, match="before that one"):
        making.withdraw(store, "pair|G1|G2", "某局", 20160915, "补登")
    with pytest.raises(InputError, match="no such decision"):
        making.withdraw(store, "pair|G1|G3", "某局", AS_OF, "无")


@pytest.mark.served
def test_undo_erases_a_decision(store: Store) -> None:
    """After undo the store is as if it had never been decided."""
    before = store.fingerprint(AS_OF)
    batch = decide(store, "include", "X1")
    assert store.fingerprint(AS_OF) != before
    store.undo(batch)
    assert store.fingerprint(AS_OF) == before

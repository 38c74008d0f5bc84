"""The baseline: frozen once with a fingerprint, changed by decisions only; rates and findings follow it (S21, S27)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from graph.affiliation.findings import audit
from graph.coverage import Coverage
from graph.decisions import baseline, read
from graph.errors import InputError
from graph.model import Claims
from tests.audit.town import Town
from tests.decisions.conftest import city, decide

if TYPE_CHECKING:
    from graph.store.base import Store

FROZEN, LATER = 20160826, 20170105


@pytest.fixture(autouse=True)
def _loaded(store: Store, town: Town) -> None:
    """The town as of the freeze, and the freeze."""
    town.firm("F8", status="空壳")
    town.as_of = FROZEN
    town.load(store)


def later(town: Town, store: Store) -> None:
    """Import the town's next edition."""
    town.as_of = LATER
    town.load(store)


def drift(store: Store) -> dict[str, str]:
    """Return what the audit finds of the baseline, by code."""
    result = audit(city(store, LATER), store, ["baseline_drift"])
    return {f.subject: f.evidence[0].get("baseline", "altered") for f in result.findings}


def rate(store: Store, definition: str, as_of: int = LATER) -> tuple[int, int]:
    """Return a rate's numerator and denominator."""
    found = {d["id"]: d for d in Coverage(city(store, as_of)).definitions()}[definition]
    return found["numerator"], found["denominator"]


def test_a_freeze_holds_every_listed_organization(store: Store) -> None:
    """Frozen are all codes listed on the day, shells too; the fingerprint is the hash of the sorted list."""
    found, _ = baseline.freeze(store, "市委组织部", FROZEN)
    codes = sorted(store.frame("organization", FROZEN, [])["key"])
    assert sorted(found.frozen) == codes
    assert "F8" in codes
    assert found.fingerprint == hashlib.sha256("".join(c + "\n" for c in codes).encode()).hexdigest()  # fmt: skip
    at = baseline.at(store, LATER, read(store, LATER))
    assert at is not None
    assert at.intact
    assert baseline.at(store, FROZEN - 1, read(store)) is None


def test_a_baseline_is_frozen_once(store: Store) -> None:
    """A second freeze is refused and says how the first is taken back; after that it is as if it had never been."""
    before = store.fingerprint(LATER)
    _, batch = baseline.freeze(store, "市委组织部", FROZEN)
    with pytest.raises(InputError, match=f"2016-08-26 by 市委组织部.*undo {batch}"):
        baseline.freeze(store, "市委组织部", LATER)
    store.undo(batch)
    assert store.fingerprint(LATER) == before
    with pytest.raises(InputError, match="no organization is listed"):
        baseline.freeze(store, "市委组织部", 20000101)


def test_rates_use_what_of_the_baseline_operates(store: Store, town: Town) -> None:
    """What comes later counts in no rate until a decision adds it; what is removed counts no more; shells stay in the whole."""
    whole, operating = rate(store, "org_all")[1], rate(store, "org_operating")[1]
    assert (whole, operating) == (11, 10)
    baseline.freeze(store, "市委组织部", FROZEN)
    town.firm("NEW", formal_members=4)
    later(town, store)
    assert rate(store, "org_all")[1] == whole
    assert rate(store, "org_operating")[1] == operating
    decide(store, "baseline_add", "NEW", date=LATER)
    assert (rate(store, "org_all")[1], rate(store, "org_operating")[1]) == (12, 11)
    decide(store, "baseline_remove", "F1", date=LATER)
    assert rate(store, "org_operating") == (rate(store, "org_all")[0], 10)
    assert city(store, LATER).organizations.at["NEW", "action"] == "separate"


def test_drift_is_what_no_decision_explains(store: Store, town: Town) -> None:
    """Entered, left: found until a decision says so; excluded or suspended ones are no drift."""
    _, frozen = baseline.freeze(store, "市委组织部", FROZEN)
    later(town, store)
    assert drift(store) == {}
    town.firm("NEW")
    town.drop("organization", "G1")
    town.firm("F3", status="停业")
    later(town, store)
    town.as_of = LATER + 5
    town.load(store)
    result = audit(city(store, LATER + 5), store, ["baseline_drift"])
    assert [f.subject for f in result.findings] == ["G1", "NEW"]
    decide(store, "baseline_add", "NEW", date=LATER + 5)
    decide(store, "baseline_remove", "G1", date=LATER + 5)
    assert len(audit(city(store, LATER + 5), store, ["baseline_drift"]).findings) == 0
    assert frozen


def test_what_was_missing_at_the_freeze_has_not_left_since(store: Store, town: Town) -> None:
    """An organization that a newer edition lacked before the freeze is missing from its ledger, and no drift."""
    town.drop("organization", "G1")
    later(town, store)
    baseline.freeze(store, "市委组织部", LATER)
    result = audit(city(store, LATER), store, ["baseline_drift", "missing_from_ledger"])
    assert [(f.code, f.subject) for f in result.findings] == [("missing_from_ledger", "G1")]


def test_a_merge_keeps_the_baseline(store: Store, town: Town) -> None:
    """Two codes of the baseline that become one count once, and are no drift."""
    baseline.freeze(store, "市委组织部", FROZEN)
    later(town, store)
    decide(store, "merge", "G1", "G2", date=LATER)
    assert drift(store) == {}
    assert rate(store, "org_all")[1] == 10


def test_an_altered_freeze_is_found(store: Store, town: Town) -> None:
    """A code that got into the frozen set by another way than the freeze shows by the fingerprint."""
    baseline.freeze(store, "市委组织部", FROZEN)
    later(town, store)
    rows = pd.DataFrame({"key": ["INTRUDER"], "row": [2], "dated": [FROZEN], "frozen": pd.array([FROZEN], "Int64")})  # fmt: skip
    with store.importing(at="2016-09-01T00:00:00", dated=FROZEN, files=["x"]) as importer:
        importer.add(Claims("baseline", "x", FROZEN, "x", "x", rows))
    assert drift(store) == {"INTRUDER": "gone", "baseline": "altered"}


def test_the_single_rate_is_compared_with_that_of_the_freeze(store: Store, town: Town) -> None:
    """A district whose single rate is what it was is found, one in which it rose is not (S27)."""
    baseline.freeze(store, "市委组织部", FROZEN)
    place = {"street": "420101001", "district": "420101"}
    town.unit("BN", superior="S11", organization="G1", founded=20161001, **place)
    later(town, store)
    result = audit(city(store, LATER), store, ["single_rate_not_risen"])
    assert [f.subject for f in result.findings] == ["420102"]
    assert result.findings[0].state == "overdue"
    early = audit(city(store, FROZEN), store, ["single_rate_not_risen", "baseline_drift"])
    assert [c.not_checked_reason is None for c in early.checked] == [False, True]


@pytest.mark.served
def test_a_change_must_change_something(store: Store) -> None:
    """Adding what is in, removing what is not, and changing what was never frozen are refused."""
    with pytest.raises(InputError, match="no baseline was frozen"):
        decide(store, "baseline_add", "F1", date=LATER)
    baseline.freeze(store, "市委组织部", FROZEN)
    with pytest.raises(InputError, match="nothing to add"):
        decide(store, "baseline_add", "F1", date=LATER)
    decide(store, "baseline_remove", "F1", date=LATER)
    with pytest.raises(InputError, match="baseline_remove"):
        decide(store, "baseline_remove", "F1", date=LATER)
    with pytest.raises(InputError, match="by 2016-08-25"):
        decide(store, "baseline_remove", "F2", date=FROZEN - 1)

"""Findings as work: who they are across runs, what people did about them, and how long that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.affiliation import handling
from graph.affiliation.findings import AuditResult, audit
from graph.city import City
from graph.errors import InputError, UnknownIdError
from graph.policy.profile import load
from tests.audit.cases import CASES
from tests.audit.town import AS_OF, Town

if TYPE_CHECKING:
    from graph.store.base import Store


def run(store: Store, as_of: int = AS_OF) -> AuditResult:
    """Audit as of a date."""
    return audit(City(store, load(), as_of), store)


def do(store: Store, id_: str, state: Any, as_of: int = AS_OF, **more: Any) -> int:
    """Do something about a finding; return the batch."""
    found = run(store, as_of).findings.locate(id_)
    return handling.handle(store, found, id_, state, as_of, **more)[1]


@pytest.fixture
def town(store: Store) -> Town:
    """A town with one unit without superior, loaded."""
    town = Town()
    town.unit("B1", superior=None)
    town.load(store)
    return town


@pytest.mark.large
def test_identities_tell_all_findings_apart() -> None:
    """Over all cases of all rules, no two findings have one id, and each id finds its finding."""
    for case in CASES:
        town = Town()
        case.change(town)
        findings = town.audit(case.code).findings
        ids = [f.id for f in findings]
        assert len(set(ids)) == len(ids), case.code
        assert all(f.id.startswith(f"{f.code}:") for f in findings)
        for finding in list(findings)[:20]:
            located = findings.locate(finding.id)
            assert located is not None
            assert located[0] == finding


def test_a_dismissed_finding_stays_so_until_its_evidence_changes(store: Store, town: Town) -> None:
    """It does not count for the exit code, whatever rows move; when the evidence changes it is open again, and says so."""
    before = run(store)
    assert (before.worst, before.states()["open"]) == ("error", len(before.findings))
    do(store, "orphan:B1", "dismissed", note="直属上级待批")
    after = run(store)
    assert after.states() == {
        "open": len(before.findings) - 1, "confirmed": 0, "dismissed": 1, "repaired": 0,
    }  # fmt: skip
    assert before.severities()["error"] - after.severities()["error"] == 1
    moved = Town()
    moved.unit("A0", superior="S11")
    moved.rows = {("unit", "A0"): moved.rows["unit", "A0"], **town.rows}
    moved.as_of = AS_OF + 1
    moved.load(store)
    assert run(store, AS_OF + 1).states()["dismissed"] == 1
    town.unit("B1", type="党总支")
    town.as_of = AS_OF + 2
    town.load(store)
    result = run(store, AS_OF + 2)
    assert result.states()["dismissed"] == 0
    found = result.findings.locate("orphan:B1")
    assert found is not None
    assert found[0].handling is not None
    assert (found[0].handling["state"], found[0].handling["evidence_changed"]) == ("open", True)
    assert run(store, AS_OF).states()["dismissed"] == 1


@pytest.mark.served
def test_what_is_not_said_anew_stays(store: Store, town: Town) -> None:
    """Office, due date and note are kept from step to step; undo takes the last step back."""
    do(store, "orphan:B1", "confirmed", office="某街道党工委", due=20170201)
    batch = do(store, "orphan:B1", "repaired", note="已补报")
    done = handling.read(store, AS_OF)["orphan:B1"]
    assert (done.state, done.office, done.due, done.note) == ("repaired", "某街道党工委", 20170201, "已补报")  # fmt: skip
    assert run(store).severities()["error"] == run(store).findings.severities()["error"]
    store.undo(batch)
    assert handling.read(store, AS_OF)["orphan:B1"].state == "confirmed"


def test_work_on_findings_is_no_input(store: Store, town: Town) -> None:
    """A plan's fingerprint of its input stays what it was when people work on findings."""
    before = store.fingerprint(AS_OF)
    do(store, "orphan:B1", "confirmed")
    assert store.fingerprint(AS_OF) == before


def test_a_mended_finding_is_closed_by_the_ledger(store: Store, town: Town) -> None:
    """What was called repaired and is found no more can still be looked up and reopened."""
    do(store, "orphan:B1", "repaired")
    town.unit("B1", superior="S11")
    town.as_of = AS_OF + 1
    town.load(store)
    result = run(store, AS_OF + 1)
    assert result.findings.locate("orphan:B1") is None
    assert result.states()["repaired"] == 0
    assert handling.read(store, AS_OF + 1)["orphan:B1"].state == "repaired"


def test_what_cannot_be_done_is_refused(store: Store, town: Town) -> None:
    """A finding that there is not, a dismissal without a reason, and work before later work are refused."""
    with pytest.raises(UnknownIdError, match="orphan:B2"):
        do(store, "orphan:B2", "confirmed")
    with pytest.raises(InputError, match="--note"):
        do(store, "orphan:B1", "dismissed")
    do(store, "orphan:B1", "confirmed")
    found = run(store).findings.locate("orphan:B1")
    with pytest.raises(InputError, match="2017-01-05"):
        handling.handle(store, found, "orphan:B1", "open", AS_OF - 1)

"""What is done about a finding is the same to who sees a jurisdiction and to who sees the city, as far as both see its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

from api.asking import handling as asking
from api.stores import _Within, whole_of
from graph.affiliation import handling
from graph.affiliation.findings import audit
from graph.affiliation.handling import Handling
from graph.city import City
from graph.cut.cutting import cut
from graph.errors import InputError
from graph.model import Claims
from graph.policy.profile import load
from graph.store import open_store
from graph.store.base import Store
from tests.cut.conftest import Sheet, city
from tests.cut.test_cut import FIRMS, UNITS, unit

PROFILE = load()
DATE = 20160801
DISMISS = asking.Action.DISMISS


class Both:
    """A city, and what its first district sees of it now."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, list[Store]()
        self.whole = city(folder / "city.db", [UNITS, FIRMS])

    def seen(self, code: str = "429901") -> Store:
        """Cut the city as it is now."""
        path = str(self._folder / f"cut{len(self._made)}.db")
        cut(self.whole, PROFILE, code, path, "test")
        self._made.append(open_store(path))
        return self._made[-1]

    def listed(self, *sheets: Sheet) -> None:
        """Bring in further ledgers, of a later date."""
        for n, (kind, dated, rows) in enumerate(sheets):
            name = f"later{n}.csv"
            with self.whole.importing(
                at="2016-09-02T00:00:00", dated=dated, files=[name]
            ) as importer:
                importer.add(claims(kind, name, dated, rows))

    def close(self) -> None:
        for store in (self.whole, *self._made):
            store.close()


def claims(kind: str, name: str, dated: int, rows: list[dict[str, Any]]) -> Claims:
    """Rows as an import takes them."""
    frame = pd.DataFrame([{"row": at + 2, "dated": dated, **r} for at, r in enumerate(rows)])
    return Claims(kind, f"{kind}|甲", dated, name, "", frame)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    """A city of two districts."""
    made = Both(tmp_path)
    yield made
    made.close()


def changed(store: Store) -> dict[str, bool]:
    """Of each finding that something was done about and that is found: whether its evidence is told to have changed."""
    found = audit(City(store, PROFILE), store).findings
    return {f.id: f.handling["evidence_changed"] for f in found if f.handling}


def done(both: Both, id_: str) -> None:
    """Dismiss a finding as the first district's account does."""
    store = cast("Store", _Within(both.seen(), both.whole))
    asking.handle(store, PROFILE, id_, DISMISS, None, note="x", whole=whole_of(store))


@pytest.mark.parametrize(("code", "seen"), [("429901", 3), ("429902", 1)])
def test_what_the_city_did_is_not_stale_in_a_district(both: Both, code: str, seen: int) -> None:
    """Everything that the city finds is dismissed there; no district is told that any evidence has changed."""
    found = audit(City(both.whole, PROFILE), both.whole).findings
    made = []
    for finding in found:
        located = found.locate(finding.id)
        assert located is not None
        made.append(
            Handling(finding.id, finding.code, finding.subject, "dismissed", DATE, located[1], "x")
        )
    handling.write(both.whole, "dismissed", DATE, lambda: [(one, one) for one in made])
    there = changed(both.seen(code))
    assert len(there) >= seen
    assert not any(there.values())


def test_what_a_district_did_is_not_stale_in_the_city(both: Both) -> None:
    """A chain that leaves the district, and one that ends nowhere: dismissed there, dismissed in the city and in the next cut."""
    ids = ["detached:FAR", "detached:LOST", "dangling_reference:NOWHERE"]
    for id_ in ids:
        done(both, id_)
    for store in (both.whole, both.seen()):
        assert {i: at for i, at in changed(store).items() if i in ids} == dict.fromkeys(ids, False)
    kept = both.seen().frame("handling")["evidence"]
    assert not any("ALONE" in text for text in kept)


def test_the_same_done_twice_is_refused_on_what_is_seen(both: Both) -> None:
    """A district is told that its dismissal stands, though the city's evidence has more to it."""
    done(both, "detached:FAR")
    with pytest.raises(InputError, match="stands already"):
        done(both, "detached:FAR")


def test_evidence_that_changes_is_told_to_who_sees_it(both: Both) -> None:
    """A change within the district reopens in both; one beyond it reopens in the city alone."""
    for id_ in ("detached:FAR", "detached:LOST"):
        done(both, id_)
    both.listed(
        ("unit", 20160901, [
            unit("LOST", 1, superior="NOWHERE2"), unit("FAR", 1, superior="ALONE2"),
            unit("ALONE", 2), unit("ALONE2", 2),
        ]),
    )  # fmt: skip
    assert changed(both.whole) == {"detached:LOST": True, "detached:FAR": True}
    assert changed(both.seen()) == {"detached:LOST": True, "detached:FAR": False}


def test_what_is_done_about_offices_and_nobody_s_codes_is_seen_where_it_belongs(
    tmp_path: Path,
) -> None:
    """A district sees what is done about its own office, and about a code that nobody has if only its rows name it."""

    def row(code: str, subject: str, evidence: str) -> dict[str, Any]:
        return {
            "key": f"{code}:{subject}", "code": code, "subject": subject, "state": "confirmed", "decided": 20160801,
            "evidence": evidence,
        }  # fmt: skip

    done: Sheet = ("handling", 20160801, [
        row("report_late", "甲区委组织部", "[]"), row("report_late", "乙区委组织部", "[]"),
        row("dangling_reference", "ONE", '[["0","F1"],["1","F2"]]'),
        row("dangling_reference", "BOTH", '[["0","F1"],["1","F3"]]'),
        row("dangling_reference", "OLD", "0123456789abcdef"),
    ])  # fmt: skip
    whole = city(tmp_path / "city.db", [UNITS, FIRMS, done])
    seen = {}
    for code in ("429901", "429902"):
        cut(whole, PROFILE, code, str(tmp_path / code), "test")
        store = open_store(str(tmp_path / code))
        seen[code] = set(handling.read(store))
        store.close()
    whole.close()
    assert seen["429901"] == {"report_late:甲区委组织部", "dangling_reference:ONE"}
    assert seen["429902"] == {"report_late:乙区委组织部"}

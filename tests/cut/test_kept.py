"""Cuts are kept: made once for each state of the city, and renewed by whoever imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.cut.kept import Cuts
from graph.policy.profile import load
from graph.store import open_store
from graph.store.base import Store
from tests.cut.conftest import add, city
from tests.cut.test_cut import FIRMS, UNITS, firm

ONE, TWO = "429901", "429902"


def firms(path: str) -> list[str]:
    """Return the firms that a cut holds."""
    store = open_store(path)
    try:
        return list(store.frame("organization", None, [])["key"])
    finally:
        store.close()


@pytest.fixture
def whole(tmp_path: Path) -> Store:
    """A city of two districts."""
    return city(tmp_path / "city.db", [UNITS, FIRMS])


def test_until_an_import_has_renewed_them_cuts_of_before_it_are_seen(
    whole: Store, tmp_path: Path
) -> None:
    """Nobody waits while they are made, except who is to write; once they are renewed, or nobody is at it, the import is seen."""
    at_it = True
    cuts = Cuts(whole.url, load(), tmp_path / "cuts", lambda: at_it)
    before = cuts.path(whole, ONE)
    add(whole, 9, ("organization", 20160901, [firm("F7", 1)]))
    assert cuts.path(whole, ONE) == before
    assert "F7" in firms(cuts.path(whole, ONE, now=True))
    assert "F7" in firms(cuts.path(whole, ONE))
    add(whole, 10, ("organization", 20160902, [firm("F8", 1)]))
    assert "F8" not in firms(cuts.path(whole, ONE))
    at_it = False
    assert "F8" in firms(cuts.path(whole, ONE))
    whole.close()


def test_a_decision_is_seen_at_once_whoever_imports(whole: Store, tmp_path: Path) -> None:
    """What is decided while an import is under way is in the decider's next answer."""
    cuts = Cuts(whole.url, load(), tmp_path / "cuts", lambda: True)
    before = cuts.path(whole, ONE)
    add(whole, 9, ("organization", 20160901, [firm("F7", 1)]), file="lianjian decide exclude")
    assert cuts.path(whole, ONE) != before
    whole.close()


def test_cuts_that_are_in_use_are_renewed_together(
    whole: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another process, the importer's own first; afterwards none is left to make, but of a jurisdiction that nobody asks for."""
    for code in (ONE, TWO):
        Cuts(whole.url, load(), tmp_path / "cuts").path(whole, code)
    add(whole, 9, ("organization", 20160901, [firm("F7", 1), firm("F8", 2)]))
    told: list[tuple[int, int]] = []
    other = Cuts(whole.url, load(), tmp_path / "cuts")
    other.renew(whole, f"{TWO}001", lambda done, of: told.append((done, of)))
    assert told == [(0, 3), (1, 3), (2, 3)]
    cuts = Cuts(whole.url, load(), tmp_path / "cuts")
    monkeypatch.setattr(Cuts, "_make", lambda *_: pytest.fail("made again"))
    found = [firms(cuts.path(whole, code)) for code in (ONE, TWO, f"{TWO}001")]
    assert [("F7" in f, "F8" in f) for f in found] == [(True, False), (False, True), (False, True)]
    whole.close()


def test_a_renewal_is_no_use(whole: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has asked for in a month is not made any more."""
    cuts = Cuts(whole.url, load(), tmp_path / "cuts")
    cuts.path(whole, ONE)
    monkeypatch.setattr("graph.cut.kept.USED", -1.0)
    add(whole, 9, ("organization", 20160901, [firm("F7", 1)]))
    told: list[int] = []
    cuts.renew(whole, None, lambda _, of: told.append(of))
    assert told == []
    whole.close()

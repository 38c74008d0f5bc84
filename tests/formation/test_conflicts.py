"""Decisions that can't be kept are refused before any planning, by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.city import City
from graph.errors import PlanError
from graph.formation import plan
from graph.formation.decisions import Decisions
from graph.policy.profile import load
from graph.store.memory import MemoryStore
from tests.audit.town import Town


@pytest.fixture(scope="module")
def drawn() -> City:
    """Return a town: seven small firms in one building, one far away of another trade, a unit with one place, a firm of three."""
    town = Town()
    town.put("building", "building:420101002/1", code="1", name="1号楼", street="420101002")
    for x in range(7):
        town.firm(
            f"K{x}", formal_members=1 + x % 2, street="420101002", industry="5211", building="building:420101002/1"
        )  # fmt: skip
    town.firm("FAR", formal_members=1, street="420101002", industry="0111")
    town.firm("ELSEWHERE", formal_members=1, street="420101001")
    town.firm("BIG", formal_members=3, street="420101002")
    for x in range(4):
        town.firm(f"H{x}", formal_members=1, street="420101002", industry="5211", unit="HH")
    town.unit("HH", type="联合党支部", superior="S12", street="420101002", district="420101")
    return City(town.load(MemoryStore()), load(), town.as_of)


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        (Decisions(pin=(("K0", "K1"),), forbid=(("K1", "K0"),)), ["pin: K0, K1", "forbid: K1, K0"]),
        (Decisions(pin=(("K0", "K1"), ("K1", "K2")), forbid=(("K0", "K2"),)), ["forbid: K0, K2"]),
        (Decisions(pin=(("K0", "HH"),), forbid=(("K0", "HH"),)), ["pin: K0, HH", "forbid: K0, HH"]),
        (Decisions(pin=(("K0", "HH"), ("K1", "HH"))), ["K0, K1 to HH", "1 free places"]),
        (Decisions(pin=(("K0", "HH"), ("K0", "K1"))), ["K0, K1", "K0 is pinned to HH"]),
        (Decisions(pin=(("K0", "HH"), ("K0", "B1"))), ["K0", "HH", "B1"]),
        (Decisions(pin=(("K0", "B1"),)), ["K0, B1", "street:420101002"]),
        (Decisions(pin=(("K0", "ELSEWHERE"),)), ["K0 street:420101002, ELSEWHERE street:420101001"]),
        (Decisions(pin=(("K0", "BIG"),)), ["K0, BIG", "BIG has 3 formal members"]),
        (Decisions(pin=(("K0", "H0"),)), ["H0 is covered already"]),
        (Decisions(pin=(("K0", "K1", "K2", "K3", "K4", "K5"),)), ["K0, K1, K2, K3, K4, K5", "5"]),
        (Decisions(pin=(("K0", "K1", "K2"), ("K2", "K3", "K4", "K5"))), ["2 pins taken together"]),
        (Decisions(pin=(("K0", "FAR"),)), ["pin: K0, FAR", "no method", "--why-not K0 FAR"]),
        (Decisions(pin=(("K0", "K1", "HH"),)), ["K0, K1, HH", "HH is a unit"]),
        (Decisions(accept=(("K0", "K2"),)), ["accept: K0, K2", "2 formal members"]),
        (Decisions(accept=(("K1", "FAR"),)), ["accept: K1, FAR", "no method"]),
        (Decisions(accept=(("K0", "K1"),), forbid=(("K0", "K1"),)), ["accept: K0, K1", "forbid"]),
        (Decisions(accept=(("K0", "K1"), ("K1", "K2"))), ["K1 stands in two accepted units"]),
        (Decisions(accept=(("K0", "K1", "K2", "K3", "K4", "K5"),)), ["6 organizations, 5 at most"]),
        (Decisions(pin=(("K0", "K1"),), accept=(("K1", "K2"),)), ["pin: K0, K1", "accept: K1, K2"]),
        (Decisions(pin=(("K0", "NOBODY"),)), ["NOBODY", "lianjian find"]),
    ],
)  # fmt: skip
def test_what_can_not_be_kept_is_named(drawn: City, decisions: Decisions, words: list[str]) -> None:
    """A decision that contradicts another one, or that no plan could keep, is refused in one line that names both sides."""
    with pytest.raises(PlanError) as error:
        plan(drawn, constraints=decisions)
    assert all(w in str(error.value) for w in words), str(error.value)
    assert error.value.zh != error.value.en
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("pins", "forbids", "words"),
    [
        ("# together\n\nK0 K1\nK0 BIG  # too\n", "", ["pin.txt, line 4: ", "K0, BIG", "3 formal members"]),
        ("K0 NOBODY\n", "\nK1 NOONE\n", ["pin.txt, line 1; ", "forbid.txt, line 2: ", "NOBODY, NOONE"]),
        ("\nK0 K1\n", "K3 K4\nK1 K0\n", ["pin.txt, line 2; ", "forbid.txt, line 2: ", "K0, K1"]),
        ('[["K0", "K1"], ["K0", "FAR"]]', "", ["pin.txt, set 2: ", "no method"]),
        ("K0 K2\n", "K0 K1\nK0 K3\nK0 K4\nK0 K5\nK0 K6\n", ["pin.txt, line 1: ", "no feasible joint unit"]),
        ("K0\n", "", ["pin.txt, line 1: ", "fewer than two"]),
        ("K0\nK0 K1\nK2\n", "\nK4\n", ["pin.txt, lines 1, 3; ", "forbid.txt, line 2: ", "fewer than two"]),
        ("K0\n" * 50, "", ["lines 1, 2, 3", "20 and 30 more"]),
        ('[["K0", "K1"], ["K0"], []]', "", ["pin.txt, sets 2, 3: "]),
    ],
)  # fmt: skip
def test_a_decision_is_named_with_its_file_and_line(
    drawn: City, tmp_path: Path, pins: str, forbids: str, words: list[str]
) -> None:
    """What can't be kept is told with the file and line where it was written, the codes and the reason."""
    pin, forbid = tmp_path / "pin.txt", tmp_path / "forbid.txt"
    pin.write_text(pins, encoding="utf-8")
    forbid.write_text(forbids, encoding="utf-8")
    with pytest.raises(PlanError) as error:
        plan(drawn, constraints=Decisions.read(pin, forbid, None))
    assert all(w in error.value.en for w in words), error.value.en
    assert f"{pin} 第" in error.value.zh


def test_a_pin_that_nobody_could_complete_is_named(drawn: City) -> None:
    """A pinned pair of two members whose possible thirds are all forbidden is refused by name, not found out by the solver."""
    forbid = tuple(("K0", f"K{x}") for x in (1, 3, 4, 5, 6))
    with pytest.raises(PlanError, match="pin: K0, K2: no feasible joint unit"):
        plan(drawn, constraints=Decisions(pin=(("K0", "K2"),), forbid=forbid))


def test_a_decision_that_is_carried_out_already_binds_nobody(drawn: City) -> None:
    """An accepted unit all of whose organizations are covered by now is no error and changes nothing."""
    done = plan(drawn, constraints=Decisions(accept=(("H0", "H1"),)))
    assert done["ledger_units"] == plan(drawn)["ledger_units"]

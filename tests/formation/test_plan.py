"""The planner against the oracle that tries everything, and against the verifier that shares no code with it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from graph.city import City
from graph.errors import PlanError
from graph.formation import plan
from graph.formation.decisions import Decisions, Previous
from graph.formation.verify import verify
from graph.policy.profile import load
from graph.store.memory import MemoryStore
from tests.audit.town import Town
from tests.formation import oracle
from tests.formation_verify.cities import AS_OF, city

SMALL = 12
"""Small organizations of a ledger unit up to which the oracle is quick."""


def _drawn(seed: int, draw: random.Random) -> tuple[City, oracle.Reading]:
    store = city(seed, draw.choice([12, 20, 30]), draw.choice([2, 3]))
    return City(store, load(), AS_OF), oracle.read(store, load(), AS_OF)


def _same(made: dict[str, Any], drawn: City, reading: oracle.Reading, **decided: Any) -> int:
    """Hold a plan to verifier and oracle; return how many ledger units were compared."""
    assert verify(made, drawn.store, drawn.profile)["faults"] == []
    compared = 0
    for entry in made["ledger_units"]:
        n = len(reading.lists(entry["id"])["small"])
        assert entry["status"] == "optimal"
        if 0 < n <= SMALL:
            best = oracle.optimum(reading, entry["id"], **decided)
            assert round(entry["objective"] * 1e6) == best.objective, entry["id"]
            compared += 1
    return compared


@pytest.mark.parametrize("first", range(0, 12, 4))
def test_small_ledger_units_cost_what_the_oracle_says(first: int) -> None:
    """A plan of small ledger units is optimal to the last millionth, says so, and its certificate holds."""
    compared = 0
    for seed in range(first, first + 4):
        drawn, reading = _drawn(seed, random.Random(seed))
        compared += _same(plan(drawn), drawn, reading)
    assert compared >= 8


def _decided(
    base: dict[str, Any], reading: oracle.Reading, draw: random.Random
) -> tuple[Decisions, Previous]:
    """Draw decisions against and with a plan, and a former plan."""
    pin, forbid, accept, joint = [], [], [], []
    attached: dict[str, str] = {}
    for entry in base["ledger_units"]:
        small = list(reading.lists(entry["id"])["small"])
        hosts = [u for u, home in reading.hosts.items() if home == entry["id"]]
        for g in entry["joint"]:
            some = tuple(g["organizations"])
            if draw.random() < 0.4:
                forbid.append(some if draw.random() < 0.5 else some[:2])
            elif draw.random() < 0.4:
                accept.append(some)
        left = [c for c in small if not any(c in some for some in accept)]
        if draw.random() < 0.4 and len(left) > 3:
            pin.append(tuple(draw.sample(left, 2)))
        forbid += [(a["organization"], a["unit"]) for a in entry["attached"] if draw.random() < 0.4]
        draw.shuffle(small)
        while len(small) > 2:
            k = draw.choice([2, 2, 3])
            joint.append((*sorted(small[:k]), *(["GONE"] if draw.random() < 0.2 else [])))
            small = small[k:]
        if small and hosts:
            attached[small[0]] = draw.choice(hosts)
    return Decisions(tuple(pin), tuple(forbid), tuple(accept)), Previous(tuple(joint), attached)


@pytest.mark.parametrize("first", range(0, 12, 4))
def test_decisions_and_a_former_plan_bind_as_the_oracle_reads_them(first: int) -> None:
    """Pins, forbids, accepted units and moves give the oracle's optimum, or a refusal where it finds no plan."""
    compared = 0
    for seed in range(first, first + 4):
        draw = random.Random(seed)
        drawn, reading = _drawn(seed, draw)
        decisions, before = _decided(plan(drawn), reading, draw)
        decided = {
            "constraints": decisions.as_json(),
            "previous": {"joint": [list(g) for g in before.joint], "attached": before.attached},
        }
        try:
            made = plan(drawn, constraints=decisions, previous=before)
        except PlanError:
            ids = reading.ledger_units()
            found = [oracle.optimum(reading, i, **decided).objective for i in ids]
            assert None in found, seed
            continue
        compared += _same(made, drawn, reading, **decided)
    assert compared >= 3


def _street(*members: int, **values: Any) -> City:
    """Return a town with firms of so many members in its second street, where no unit has room."""
    town = Town()
    for x, m in enumerate(members):
        town.firm(f"K{x}", formal_members=m, street="420101002", industry="5211", **values)
    town.unit("S12", type="工委", superior="D1", street="420101002", district="420101")
    return City(town.load(MemoryStore()), load(), town.as_of)


def _entry(made: dict[str, Any], unit: str = "street:420101002") -> dict[str, Any]:
    return next(e for e in made["ledger_units"] if e["id"] == unit)


def test_four_firms_by_hand() -> None:
    """Two pairs of one class, each in a building of its own, form two units of cost 1/2; each leans on its building."""
    town = Town()
    for b in ("1", "2"):
        town.put("building", f"building:420101002/{b}", code=b, name=f"{b}号楼", street="420101002")
        for m in (1, 2):
            town.firm(
                f"K{b}{m}", formal_members=m, street="420101002", industry="5211" if b == "1" else "6510",
                building=f"building:420101002/{b}",
            )  # fmt: skip
    drawn = City(town.load(MemoryStore()), load(), town.as_of)
    made = plan(drawn, ["street:420101002"])
    entry = _entry(made)
    assert [(g["organizations"], g["cost"], g["anchor"]) for g in entry["joint"]] == [
        (["K11", "K12"], 0.5, "building:420101002/1"),
        (["K21", "K22"], 0.5, "building:420101002/2"),
    ]
    first = entry["joint"][0]
    assert first["method"] == "sector_and_area"
    assert first["form"] == "区域联建"
    assert first["superior"] == "S12"
    assert first["fragile"] is True
    assert (entry["objective"], entry["gap"], entry["status"]) == (1.0, 0.0, "optimal")
    assert made["scope"] == ["street:420101002"]


def test_nobody_to_group_is_a_plan_too() -> None:
    """A city without small organizations has an empty, valid plan."""
    drawn = _street()
    made = plan(drawn)
    assert made["totals"]["small"] == 0
    assert made["totals"]["gap"] == 0
    assert all(e["status"] == "optimal" and e["joint"] == [] for e in made["ledger_units"])
    assert verify(made, drawn.store, drawn.profile)["valid"]


def test_one_alone_gets_a_fallback() -> None:
    """A single small organization is uncovered, at 10, with a reason and a way to be looked after."""
    entry = _entry(plan(_street(2)))
    assert entry["objective"] == entry["bound"] == 10.0
    (alone,) = entry["uncovered"]
    assert alone["organization"] == "K0"
    assert alone["reason"]["code"] == "no_partner"
    assert alone["fallback"]["form"] == "派驻帮建"


def test_two_members_are_too_few() -> None:
    """Two organizations of one member each can't form a unit of three, and the plan says that."""
    entry = _entry(plan(_street(1, 1)))
    assert [u["reason"]["code"] for u in entry["uncovered"]] == ["too_few", "too_few"]


def test_same_input_and_seed_give_the_same_plan() -> None:
    """Planning twice, in whatever order ledger units are named, gives one plan to the last letter."""
    drawn = _drawn(3, random.Random(3))[0]
    ids = list(drawn.ledger_units.index)
    first, again = plan(drawn, ids, scope=["x"]), plan(drawn, ids[::-1], scope=["x"])
    assert first == again


def test_no_time_leaves_every_unit_not_started() -> None:
    """With no time at all nothing is planned, every bound is 0, and the plan is valid all the same."""
    drawn = _drawn(2, random.Random(2))[0]
    made = plan(drawn, seconds=0.0)
    with_some = [e for e in made["ledger_units"] if e["uncovered"]]
    assert with_some
    assert all(e["status"] == "not_started" and e["bound"] == 0 for e in with_some)
    assert verify(made, drawn.store, drawn.profile)["faults"] == []


def test_a_pin_across_ledger_units_is_refused() -> None:
    """A pin of organizations of two ledger units names them and whose ledger it is about."""
    town = Town()
    town.firm("K1", formal_members=1, street="420101001")
    town.firm("K2", formal_members=2, street="420101002")
    drawn = City(town.load(MemoryStore()), load(), town.as_of)
    with pytest.raises(PlanError, match="K2"):
        plan(drawn, constraints=Decisions(pin=(("K1", "K2"),)))


def test_a_decision_about_nobody_is_refused() -> None:
    """A decision that names a code which is neither small nor a unit is refused by name."""
    with pytest.raises(PlanError, match="NOBODY"):
        plan(_street(1, 2), constraints=Decisions(forbid=(("K0", "NOBODY"),)))


def test_a_pin_is_kept_also_where_breaking_it_would_cover_more() -> None:
    """One pinned to a unit with two free seats gets them, though two others could have one each."""
    town = Town()
    town.unit("S12", type="工委", superior="D1", street="420101002", district="420101")
    town.firm("H", formal_members=48, street="420101002", unit="HU", industry="5211")
    town.unit("HU", superior="S12", organization="H", street="420101002", district="420101")
    for code, m in (("K1", 2), ("K2", 1), ("K3", 1)):
        town.firm(code, formal_members=m, street="420101002", industry="5211")
    drawn = City(town.load(MemoryStore()), load(), town.as_of)
    decisions = Decisions(pin=(("K1", "HU"),), forbid=(("K1", "K2"), ("K1", "K3")))
    made = plan(drawn, constraints=decisions)
    entry = _entry(made)
    assert [(a["organization"], a["unit"]) for a in entry["attached"]] == [("K1", "HU")]
    assert [u["organization"] for u in entry["uncovered"]] == ["K2", "K3"]
    assert entry["status"] == "optimal"
    assert verify(made, drawn.store, drawn.profile)["faults"] == []


def test_prices_of_a_pinned_set_are_spread_below_their_caps() -> None:
    """Where a solver states one of a pinned set's prices far above its cap and another below zero, no part of their sum is lost."""
    from types import SimpleNamespace

    from graph.formation.solver.certificate import evened

    instance = SimpleNamespace(pinned=(np.array([0, 2]),))
    cap = np.array([10, 10, 10])
    spread = evened(instance, np.array([1007, 4, -1000]), cap)  # type: ignore[arg-type]
    assert spread[[0, 2]].sum() == 7
    assert (spread <= cap).all()
    assert spread[1] == 4
    assert evened(instance, np.array([1007, 4, -900]), cap).tolist() == [10, 4, 10]  # type: ignore[arg-type]

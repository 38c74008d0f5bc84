"""Why organizations stay uncovered, and that the relaxation which the plan names would cover them: it is applied."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from graph.city import City
from graph.formation import plan
from graph.formation.decisions import Decisions
from graph.policy.profile import load
from graph.store.memory import MemoryStore
from tests.audit.town import Town
from tests.formation_verify.cities import AS_OF, city

Object = dict[str, Any]
SEEDS = (1, 3, 5)
LIMITS = ("radius", "max_organizations", "max_members")


def _entry(made: Object, unit: str) -> Object:
    return next(e for e in made["ledger_units"] if e["id"] == unit)


def _applied(
    drawn: City, decisions: Decisions, organization: str, r: Object
) -> tuple[City, Decisions]:
    """Return the city and the decisions with one relaxation applied."""
    if r["kind"] in LIMITS:
        return City(drawn.store, load(overrides={r["kind"]: str(r["value"])}), AS_OF), decisions
    changed = drawn if r["sets"] else City(drawn.store, load(), AS_OF)
    if r["kind"] == "members":
        changed.organizations.loc[organization, "m"] += r["value"]
        if not r["joins"]:
            changed.organizations.loc[organization, "action"] = "separate"
    elif r["kind"] == "place":
        changed.units.loc[r["unit"], "free_places"] += 1
    lifted = [tuple(s) for s in r["sets"]]
    return changed, Decisions(
        decisions.pin,
        tuple(s for s in decisions.forbid if s not in lifted),
        tuple(s for s in decisions.accept if s not in lifted),
    )


def _covers(made: Object, unit: str, organization: str) -> bool:
    entry = _entry(made, unit)
    held = {c for g in entry["joint"] for c in g["organizations"]}
    held |= {a["organization"] for a in entry["attached"]}
    return organization in held | {s["organization"] for s in entry["separate"]}


def _against_some(base: Object, drawn: City, draw: random.Random) -> Decisions:
    """Return decisions that leave one covered organization of each ledger unit no place: units accepted, hosts forbidden."""
    forbid: list[tuple[str, ...]] = []
    accept: list[tuple[str, ...]] = []
    for entry in base["ledger_units"]:
        held = sorted(c for g in entry["joint"] for c in g["organizations"])
        held += sorted(a["organization"] for a in entry["attached"])
        if not held:
            continue
        out = draw.choice(held)
        groups = [tuple(g["organizations"]) for g in entry["joint"]]
        accept += [g for g in groups if out not in g]
        forbid += [g for g in groups if out in g]
        if draw.random() < 0.7:
            forbid += [(out, str(u)) for u in drawn.units.index[drawn.units["host"]]]
    return Decisions((), tuple(forbid), tuple(accept))


def test_every_relaxation_covers_whom_it_is_for() -> None:
    """With a relaxation applied and its place pinned, the organization is covered, all others stay so, and it costs less."""
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        size = (20, 30)[seed % 2]
        drawn = City(city(seed, size, 2), load(), AS_OF)
        decisions = _against_some(plan(drawn), drawn, random.Random(seed))
        made = plan(drawn, constraints=decisions)
        for entry in made["ledger_units"]:
            for u in entry["uncovered"]:
                who = u["organization"]
                for r in (u["relaxation"], *u["other_relaxations"]):
                    changed, left = _applied(drawn, decisions, who, r)
                    pins: tuple[tuple[str, ...], ...] = ()
                    if r["unit"] is not None:
                        pins = ((who, r["unit"]),)
                    elif r["joins"]:
                        pins = ((who, *r["joins"]),)
                    pinned = Decisions(
                        pins, left.forbid, tuple(a for a in left.accept if a not in pins)
                    )
                    told = (seed, who, r)
                    after = plan(changed, [entry["id"]], constraints=pinned)
                    assert _covers(after, entry["id"], who), told
                    fewer = len(entry["uncovered"]) - len(_entry(after, entry["id"])["uncovered"])
                    assert fewer >= 1, told
                    assert _entry(after, entry["id"])["objective"] < entry["objective"] - 1, told
                    kinds[r["kind"]] += 1
    print(dict(kinds))
    assert {"radius", "members", "forbid"} <= kinds.keys()


@pytest.mark.parametrize("seed", range(4))
def test_a_smaller_radius_would_not_do(seed: int) -> None:
    """Where a wider radius is named, one metre less leaves the organization out of the place that it would have."""
    drawn = City(city(seed, 20, 2), load(), AS_OF)
    made = plan(drawn)
    for entry in made["ledger_units"]:
        for u in entry["uncovered"]:
            every = (u["relaxation"], *u["other_relaxations"])
            for r in (r for r in every if r["kind"] == "radius" and r["joins"]):
                rules = load(overrides={"radius": str(r["value"] - 1)})
                after = _entry(plan(City(drawn.store, rules, AS_OF), [entry["id"]]), entry["id"])
                held = [set(g["organizations"]) for g in after["joint"]]
                assert {u["organization"], *r["joins"]} not in held, (seed, u["organization"], r)


def _uncovered(town: Town, decisions: Decisions | None = None) -> dict[str, Object]:
    drawn = City(town.load(MemoryStore()), load(), town.as_of)
    entry = _entry(plan(drawn, constraints=decisions), "street:420101002")
    return {u["organization"]: u for u in entry["uncovered"]}


def _firms(**firms: int) -> Town:
    town = Town()
    town.put("building", "building:420101002/1", code="1", name="1号楼", street="420101002")
    for code, m in firms.items():
        town.firm(
            code, formal_members=m, street="420101002", industry="5211", building="building:420101002/1"
        )  # fmt: skip
    return town


def test_one_too_few_needs_one_member_more() -> None:
    """Two of one member each lack one member between them; each alone would need two."""
    found = _uncovered(_firms(K1=1, K2=1))["K1"]
    assert found["reason"]["code"] == "too_few"
    assert found["relaxation"] == {
        "kind": "members", "value": 1, "now": 2, "size": 0.333333, "joins": ["K2"], "unit": None, "sets": [],
        "text": {
            "zh": "若与其合计再增加 1 名正式党员（现共 2 名），可与企业K2联建",
            "en": "with 1 more formal member between them (2 now), it could form a unit with 企业K2",
        },
    }  # fmt: skip


def test_a_forbid_is_named_as_what_keeps_two_apart() -> None:
    """Two that fit but for a forbid are uncovered by decision, and lifting that forbid is what would cover them."""
    found = _uncovered(_firms(K1=1, K2=2), Decisions(forbid=(("K1", "K2"),)))
    for code, other in (("K1", "K2"), ("K2", "K1")):
        assert found[code]["reason"]["code"] == "decision"
        assert found[code]["relaxation"]["kind"] == "forbid"
        assert found[code]["relaxation"]["sets"] == [["K1", "K2"]]
        assert found[code]["relaxation"]["joins"] == [other]


def test_an_accepted_unit_is_named_as_what_keeps_a_third_out() -> None:
    """One that fits only into an accepted unit is uncovered by decision; with that unit opened it is covered."""
    accept = (("K1", "K2"),)
    found = _uncovered(_firms(K1=1, K2=2, K3=1), Decisions(accept=accept))["K3"]
    assert found["reason"]["code"] == "decision"
    assert (found["relaxation"]["kind"], found["relaxation"]["sets"]) == ("accept", [["K1", "K2"]])
    assert found["relaxation"]["joins"] == ["K1", "K2"]
    assert _uncovered(_firms(K1=1, K2=2, K3=1)) == {}


def test_a_full_unit_nearby_is_a_lack_of_capacity() -> None:
    """One whose only neighbour is a unit of five lacks a place there: one place, or six organizations a unit, covers it."""
    town = _firms(K1=1)
    for x in range(5):
        town.firm(
            f"H{x}", formal_members=1, street="420101002", industry="5211", unit="HH",
            building="building:420101002/1",
        )  # fmt: skip
    town.unit("HH", type="联合党支部", superior="S12", street="420101002", district="420101")
    found = _uncovered(town)["K1"]
    assert found["reason"]["code"] == "capacity"
    assert (found["relaxation"]["kind"], found["relaxation"]["unit"]) == ("place", "HH")
    assert (found["relaxation"]["value"], found["relaxation"]["now"]) == (1, 5)
    limit = next(r for r in found["other_relaxations"] if r["kind"] == "max_organizations")
    assert (limit["value"], limit["now"], limit["unit"]) == (6, 5, "HH")
    store = town.load(MemoryStore())
    freed = City(store, load(), town.as_of)
    freed.units.loc["HH", "free_places"] = 1
    wider = City(store, load(overrides={"max_organizations": "6"}), town.as_of)
    for changed in (freed, wider):
        (there,) = _entry(plan(changed), "street:420101002")["attached"]
        assert (there["organization"], there["unit"]) == ("K1", "HH")


def test_a_plan_out_of_time_says_that_its_turn_never_came() -> None:
    """Where time was over, the relaxation is to plan again without a limit."""
    drawn = City(_firms(K1=1, K2=2).load(MemoryStore()), load(), 20170105)
    entry = _entry(plan(drawn, seconds=0.0), "street:420101002")
    assert [u["relaxation"]["kind"] for u in entry["uncovered"]] == ["time", "time"]

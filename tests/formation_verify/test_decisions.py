"""People's decisions, a former plan and other numbers: read as the exhaustive optimum reads them, and held to."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from graph.formation.verify import check
from graph.policy.profile import load
from tests.formation import oracle
from tests.formation_verify.cities import AS_OF, city
from tests.formation_verify.conftest import case
from tests.formation_verify.plans import plan_of


def decide(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return random decisions that can be kept, and a former plan, for the city of a seed."""
    store, profile, plan = case(seed)
    rng = np.random.default_rng(seed)
    reading = oracle.read(store, profile, AS_OF)
    constraints: dict[str, Any] = {"pin": [], "forbid": [], "accept": []}
    previous: dict[str, Any] = {"joint": [], "attached": []}
    for entry in plan["ledger_units"]:
        columns, _ = reading.columns(entry["id"])
        joint = [c for c in columns if c.kind == "joint"]
        attached = [c for c in columns if c.kind == "attached"]
        taken: set[str] = set()
        for key in ("accept", "pin", "former"):
            fitting = [c for c in joint if taken.isdisjoint(c.organizations)]
            if not fitting:
                continue
            column = fitting[int(rng.integers(len(fitting)))]
            if key == "former":
                previous["joint"].append({"organizations": list(column.organizations)})
            else:
                taken |= set(column.organizations)
                some = column.organizations if key == "accept" else column.organizations[:2]
                constraints[key].append(list(some))
        with_others = {c for g in previous["joint"] for c in g["organizations"]}
        fitting = [c for c in attached if taken.isdisjoint(c.organizations)]
        fitting = [c for c in fitting if with_others.isdisjoint(c.organizations)]
        if fitting:
            column = fitting[int(rng.integers(len(fitting)))]
            previous["attached"].append(
                {"organization": column.organizations[0], "unit": column.unit}
            )
            pick = fitting[int(rng.integers(len(fitting)))]
            constraints["pin" if rng.random() < 0.5 else "forbid"].append(
                [pick.organizations[0], pick.unit]
            )
        for _ in range(2):
            fitting = [c for c in joint if taken.isdisjoint(c.organizations)]
            if fitting:
                column = fitting[int(rng.integers(len(fitting)))]
                constraints["forbid"].append(list(column.organizations[: int(rng.integers(2, 4))]))
    return constraints, previous


def plain(previous: dict[str, Any]) -> dict[str, Any]:
    """Return a former plan as the oracle reads it."""
    return {
        "joint": [g["organizations"] for g in previous["joint"]],
        "attached": {a["organization"]: a["unit"] for a in previous["attached"]},
    }


@pytest.mark.parametrize("seed", [0, 4, 6, 9, 14, 34, 51, 109])
def test_decisions_and_the_former_plan_are_read_alike(seed: int) -> None:
    """A plan that is optimal under random decisions passes; the certificate's search knows which groups they exclude."""
    store, profile, _ = case(seed)
    constraints, previous = decide(seed)
    try:
        plan = plan_of(store, profile, AS_OF, constraints, plain(previous))
    except AssertionError:
        pytest.skip("no plan keeps these decisions")
    plan["previous"] = previous
    answer = check.verify(plan, store, profile)
    assert answer["faults"] == []
    # without them, the same plan is another problem's: what it costs, or what it leaves out, differs
    bare = copy.deepcopy(plan)
    bare["constraints"], bare["previous"] = {}, None
    assert any(constraints.values())
    assert not check.verify(bare, store, profile)["valid"]


@pytest.mark.parametrize("seed", [0, 4, 34, 51])
def test_a_plan_against_a_decision_is_found(seed: int) -> None:
    """What a plan does is forbidden, pinned elsewhere or not accepted: each is named."""
    store, profile, plan = case(seed)
    units = [g["organizations"] for e in plan["ledger_units"] for g in e["joint"]]
    alone = [x["organization"] for e in plan["ledger_units"] for x in e["uncovered"]]
    host = min(oracle.read(store, profile, AS_OF).hosts)
    for constraints, code in (
        ({"forbid": [units[0]]}, "against_decision"),
        ({"pin": [[units[0][0], units[1][0]]]}, "against_decision"),
        ({"pin": [[units[0][0], host]]}, "against_decision"),
        ({"pin": [[alone[0], units[0][0]]]}, "against_decision"),
        ({"accept": [[*units[0][:-1], alone[0]]]}, "not_accepted"),
    ):
        changed = copy.deepcopy(plan) | {"constraints": constraints}
        answer = check.verify(changed, store, profile)
        assert not answer["valid"]
        assert code in {f["code"] for f in answer["faults"]}, constraints


OVERRIDES: list[dict[str, object]] = [
    {"radius": 700.01, "far": 3333.33},
    {"max_organizations": 2},
    {"min_members": 4, "max_organizations": 4},
    {"weight_adjacency": 0.333333, "similarity_class": 0.4, "similarity_division": 0.1},
    {"adjacency_building": 0.7, "adjacency_community": 0.1, "similar": 0.75},
    {"surcharge_area": 0, "surcharge_trade": 0, "new_unit": 0.25, "attach": 0.1, "uncovered": 3},
    {"gbt4754_edition": "2017", "datum": "WGS84"},
    {"radius": 0},
]


@pytest.mark.parametrize("overrides", OVERRIDES, ids=",".join)
def test_a_plan_under_other_numbers_is_checked_under_them(overrides: dict[str, object]) -> None:
    """A plan made with ``--set`` is verified under its own parameters, which the answer names."""
    store, profile = city(4, 36), load(overrides=overrides)
    plan = plan_of(store, profile, AS_OF)
    plan["parameters"] = dict(overrides) | {"gap": 0.0005}
    answer = check.verify(plan, store, load())
    assert answer["faults"] == []
    assert answer["parameters"].keys() == overrides.keys()
    plan["parameters"] = {}
    assert not check.verify(plan, store, load())["valid"]


def test_a_changed_store_is_said_and_no_fault() -> None:
    """Where the store has changed since, the answer says so; what still fits stays valid."""
    store, profile, plan = case(4)
    answer = check.verify(copy.deepcopy(plan) | {"input_fingerprint": "another"}, store, profile)
    assert answer["store_changed"]
    assert answer["valid"]

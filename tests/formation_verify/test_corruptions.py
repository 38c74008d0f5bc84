"""A valid plan passes; whatever is changed in it is found, and named by what it breaks."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.formation.verify import check, facts, ledger_unit, sectors
from tests.formation_verify.cities import AS_OF
from tests.formation_verify.conftest import SEEDS, case

Entry = dict[str, Any]
Plan = dict[str, Any]
MILLIONTH = 1e-6


def verify(seed: int, plan: Any) -> dict[str, Any]:
    """Return the answer to a plan of a seed's city."""
    store, profile, _ = case(seed)
    return check.verify(plan, store, profile)


def codes(answer: dict[str, Any]) -> set[str]:
    """Return the codes of the faults found."""
    return {fault["code"] for fault in answer["faults"]}


def fresh(seed: int) -> Plan:
    """Return a valid plan to be changed."""
    return copy.deepcopy(case(seed).plan)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_valid_plan_passes(seed: int) -> None:
    """A plan of optimal groups and dual prices has no fault, and its figures are recomputed to the millionth."""
    plan = fresh(seed)
    answer = verify(seed, plan)
    assert answer["faults"] == []
    assert answer["valid"]
    assert not answer["store_changed"]
    assert answer["parameters"] == {}
    for key in ("objective", "bound"):
        assert answer[key] == pytest.approx(plan["totals"][key], abs=1e-9)
    assert all(unit["optimal"] for unit in answer["ledger_units"])


# -- every kind of lie ---------------------------------------------------------------------------------------------
# A corruption changes the plan and says whether it found something to change; it is given every ledger unit in turn.

Corruption = Callable[[Plan, Entry], bool]
CORRUPTIONS: list[tuple[str, set[str], Corruption]] = []


def breaks(*expected: str) -> Callable[[Corruption], Corruption]:
    """Register a corruption with the faults that it must raise."""

    def register(change: Corruption) -> Corruption:
        CORRUPTIONS.append((change.__name__[1:], set(expected), change))
        return change

    return register


def _first(entry: Entry, key: str, least: int = 1) -> Any:
    return entry[key][0] if len(entry[key]) >= least else None


@breaks("not_once")
def _a_member_dropped(plan: Plan, entry: Entry) -> bool:
    unit = next((g for g in entry["joint"] if len(g["organizations"]) > 2), None)
    if unit is None:
        return False
    unit["organizations"].pop()
    return True


@breaks("not_once")
def _a_unit_dropped(plan: Plan, entry: Entry) -> bool:
    return bool(entry["joint"] and entry["joint"].pop())


@breaks("not_once")
def _a_unit_twice(plan: Plan, entry: Entry) -> bool:
    entry["joint"] += copy.deepcopy(entry["joint"][:1])
    return bool(entry["joint"])


@breaks("not_small")
def _a_member_twice_in_a_unit(plan: Plan, entry: Entry) -> bool:
    if not entry["joint"]:
        return False
    entry["joint"][0]["organizations"].append(entry["joint"][0]["organizations"][0])
    return True


@breaks("not_once", "wrong_objective")
def _an_uncovered_one_forgotten(plan: Plan, entry: Entry) -> bool:
    return bool(entry["uncovered"] and entry["uncovered"].pop())


@breaks("not_once", "wrong_objective")
def _an_attachment_forgotten(plan: Plan, entry: Entry) -> bool:
    return bool(entry["attached"] and entry["attached"].pop())


@breaks("not_once")
def _covered_and_uncovered_at_once(plan: Plan, entry: Entry) -> bool:
    if not entry["joint"]:
        return False
    who = entry["joint"][0]["organizations"][0]
    entry["uncovered"].append({"organization": who, "reason": "x", "fallback": "y"})
    return True


@breaks("not_small")
def _one_of_another_ledger_unit(plan: Plan, entry: Entry) -> bool:
    other = next((e for e in plan["ledger_units"] if e is not entry and e["prices"]), None)
    if other is None or not entry["joint"]:
        return False
    entry["joint"][0]["organizations"][0] = min(other["prices"])
    return True


@breaks("not_small", "wrong_objective")
def _two_units_exchange_members(plan: Plan, entry: Entry) -> bool:
    other = next((e for e in plan["ledger_units"] if e is not entry and e["joint"]), None)
    if other is None or not entry["joint"]:
        return False
    a, b = entry["joint"][0]["organizations"], other["joint"][0]["organizations"]
    a[0], b[0] = b[0], a[0]
    return True


@breaks("wrong_size")
def _a_unit_too_large(plan: Plan, entry: Entry) -> bool:
    some = [c for g in entry["joint"] for c in g["organizations"]]
    some += [x["organization"] for x in entry["attached"] + entry["uncovered"]]
    if len(some) < 6 or not entry["joint"]:
        return False
    entry["joint"] = [entry["joint"][0] | {"organizations": some}]
    entry["attached"], entry["uncovered"] = [], []
    return True


@breaks("wrong_size")
def _a_unit_of_one(plan: Plan, entry: Entry) -> bool:
    if not entry["joint"]:
        return False
    entry["joint"][0]["organizations"] = entry["joint"][0]["organizations"][:1]
    return True


@breaks("not_small")
def _an_empty_unit(plan: Plan, entry: Entry) -> bool:
    if not entry["joint"]:
        return False
    entry["joint"].append(entry["joint"][0] | {"organizations": []})
    return True


@breaks("wrong_method")
def _another_method(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    if unit is None:
        return False
    unit["method"] = "sector_and_area" if unit["method"] != "sector_and_area" else "trade"
    return True


@breaks("wrong_form")
def _another_form(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    if unit is None:
        return False
    unit["form"] = "区域联建" if unit["form"] != "区域联建" else "龙头带建"
    return True


@breaks("wrong_anchor")
def _an_anchor_of_others(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    return unit is not None and unit.update(anchor="building:nowhere/1") is None


@breaks("wrong_superior")
def _a_superior_that_is_none(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    return unit is not None and unit.update(superior="NOBODY") is None


@breaks("wrong_superior")
def _no_superior_where_there_is_one(plan: Plan, entry: Entry) -> bool:
    unit = next((g for g in entry["joint"] + entry["separate"] if g["superior"]), None)
    return unit is not None and unit.update(superior=None) is None


@breaks("wrong_superior")
def _a_committee_of_another_place(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    if unit is None:
        return False
    unit["superior"] = next(c for c in ("GW1", "GW2", "QW") if c != unit["superior"])
    return True


@breaks("wrong_superior")
def _a_separate_one_under_nobody(plan: Plan, entry: Entry) -> bool:
    one = next((x for x in entry["separate"] if x["superior"]), None)
    return one is not None and one.pop("superior") is not None


@breaks("wrong_id")
def _a_code_of_its_own(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    return unit is not None and unit.update(id="NEW-00000000") is None


@breaks("wrong_id", "same_id")
def _two_units_of_one_code(plan: Plan, entry: Entry) -> bool:
    if len(entry["joint"]) < 2:
        return False
    entry["joint"][1]["id"] = entry["joint"][0]["id"]
    return True


@breaks("wrong_clauses")
def _a_clause_too_many(plan: Plan, entry: Entry) -> bool:
    one = _first(entry, "joint") or _first(entry, "attached")
    return one is not None and one.update(clauses=["S28", "S29", "S41"]) is None


@breaks("wrong_clauses")
def _a_clause_too_few(plan: Plan, entry: Entry) -> bool:
    one = _first(entry, "separate") or _first(entry, "split")
    return one is not None and one.update(clauses=[]) is None


@breaks("wrong_members")
def _one_member_more(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    return unit is not None and unit.update(formal_members=unit["formal_members"] + 1) is None


@breaks("wrong_members")
def _not_fragile(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    return unit is not None and unit.update(fragile=not unit["fragile"]) is None


@breaks("wrong_cost")
def _a_unit_a_millionth_dearer(plan: Plan, entry: Entry) -> bool:
    unit = _first(entry, "joint")
    return unit is not None and unit.update(cost=unit["cost"] + MILLIONTH) is None


@breaks("wrong_cost")
def _an_attachment_a_millionth_cheaper(plan: Plan, entry: Entry) -> bool:
    one = _first(entry, "attached")
    return one is not None and one.update(cost=one["cost"] - MILLIONTH) is None


@breaks("not_attachable")
def _attached_to_no_host(plan: Plan, entry: Entry) -> bool:
    one = _first(entry, "attached")
    return one is not None and one.update(unit="NOBODY") is None


@breaks("over_capacity")
def _a_host_over_capacity(plan: Plan, entry: Entry) -> bool:
    """All that may be attached anywhere go to hosts, whatever room there is."""
    store, profile, _ = case(plan["seed"])
    read = facts.read(store, profile, AS_OF)
    agenda = read.agenda(profile.formation.min_members)
    table = sectors.read(read.crosswalk)
    laid = ledger_unit.desk(read, agenda, profile.formation, table, entry["id"])
    for u, host in enumerate(laid.hosts):
        fits = [c for x, c in enumerate(laid.small) if laid.host_sum[x, u] >= 0]
        places, seats = laid.free(host)
        fits = [c for c in fits if laid.attach(c, host) is not None]
        if len(fits) <= places and laid.members(fits) <= seats:
            continue
        entry["joint"] = []
        entry["attached"] = [
            {"organization": c, "unit": host, "cost": (laid.attach(c, host) or 0) / 1e6}
            for c in fits
        ]
        entry["uncovered"] = [
            {"organization": c, "reason": "x", "fallback": "y"} for c in laid.small if c not in fits
        ]
        return True
    return False


@breaks("price_above_cap")
def _a_price_above_its_cap(plan: Plan, entry: Entry) -> bool:
    if not entry["prices"]:
        return False
    entry["prices"][min(entry["prices"])] = 10 + MILLIONTH
    return True


@breaks("group_undercuts")
def _a_price_that_a_group_undercuts(plan: Plan, entry: Entry) -> bool:
    if not entry["joint"]:
        return False
    entry["prices"][entry["joint"][0]["organizations"][0]] += 0.01
    return True


@breaks("attachment_undercuts")
def _a_price_that_an_attachment_undercuts(plan: Plan, entry: Entry) -> bool:
    if not entry["attached"]:
        return False
    entry["prices"][entry["attached"][0]["organization"]] += 0.01
    return True


@breaks("wrong_prices", "wrong_bound")
def _a_price_missing(plan: Plan, entry: Entry) -> bool:
    return bool(entry["prices"] and entry["prices"].popitem())


@breaks("wrong_prices")
def _a_price_of_another_ledger_unit(plan: Plan, entry: Entry) -> bool:
    entry["prices"]["SOMEBODY"] = 1.0
    return True


@breaks("not_a_millionth")
def _a_price_finer_than_a_millionth(plan: Plan, entry: Entry) -> bool:
    if not entry["prices"]:
        return False
    entry["prices"][min(entry["prices"])] += 4e-7
    return True


@breaks("wrong_cut")
def _a_cut_below_zero(plan: Plan, entry: Entry) -> bool:
    cut = _first(entry, "cuts")
    return cut is not None and cut.update(price=-MILLIONTH) is None


@breaks("wrong_cut")
def _a_cut_of_two(plan: Plan, entry: Entry) -> bool:
    cut = _first(entry, "cuts")
    return cut is not None and cut.update(organizations=cut["organizations"][:2]) is None


@breaks("wrong_cut")
def _a_cut_of_the_same_one(plan: Plan, entry: Entry) -> bool:
    cut = _first(entry, "cuts")
    return cut is not None and cut.update(organizations=cut["organizations"][:1] * 3) is None


@breaks("wrong_bound")
def _a_cut_forgotten(plan: Plan, entry: Entry) -> bool:
    before = len(entry["cuts"])
    entry["cuts"] = [c for c in entry["cuts"] if not c["price"]]
    return len(entry["cuts"]) < before


@breaks("wrong_unit_price")
def _a_host_priced_below_zero(plan: Plan, entry: Entry) -> bool:
    for price in entry["unit_prices"].values():
        price["places"] = -1.0
        return True
    return False


@breaks("wrong_unit_price")
def _a_price_of_no_host(plan: Plan, entry: Entry) -> bool:
    entry["unit_prices"]["NOBODY"] = {"places": 0.5, "seats": 0.0}
    return True


@breaks("wrong_bound", "attachment_undercuts")
def _host_prices_forgotten(plan: Plan, entry: Entry) -> bool:
    before, entry["unit_prices"] = entry["unit_prices"], {}
    return bool(before)


@breaks("wrong_objective")
def _an_objective_a_millionth_lower(plan: Plan, entry: Entry) -> bool:
    entry["objective"] -= MILLIONTH
    return True


@breaks("wrong_bound")
def _a_bound_a_millionth_higher(plan: Plan, entry: Entry) -> bool:
    entry["bound"] += MILLIONTH
    return True


@breaks("wrong_gap")
def _a_gap_a_millionth_lower(plan: Plan, entry: Entry) -> bool:
    entry["gap"] -= MILLIONTH
    return True


@breaks("wrong_separate")
def _one_to_form_separately_forgotten(plan: Plan, entry: Entry) -> bool:
    return bool(entry["separate"] and entry["separate"].pop())


@breaks("wrong_separate")
def _a_small_one_to_form_separately(plan: Plan, entry: Entry) -> bool:
    if not entry["prices"]:
        return False
    entry["separate"].append(
        {"organization": min(entry["prices"]), "formal_members": 3, "clauses": []}
    )
    return True


@breaks("wrong_members")
def _a_separate_one_with_more_members(plan: Plan, entry: Entry) -> bool:
    one = _first(entry, "separate")
    return one is not None and one.update(formal_members=one["formal_members"] + 1) is None


@breaks("wrong_split")
def _a_split_forgotten(plan: Plan, entry: Entry) -> bool:
    before, entry["split"] = entry["split"], []
    return bool(before)


@breaks("wrong_split")
def _a_split_from_another_unit(plan: Plan, entry: Entry) -> bool:
    one = _first(entry, "split")
    return one is not None and one.update(unit="NOBODY") is None


@breaks("wrong_work_coverage")
def _work_coverage_forgotten(plan: Plan, entry: Entry) -> bool:
    return bool(entry["work_coverage"] and entry["work_coverage"].pop())


@breaks("malformed")
def _uncovered_without_a_reason(plan: Plan, entry: Entry) -> bool:
    one = _first(entry, "uncovered")
    return one is not None and one.update(reason="") is None


@breaks("wrong_status")
def _begun_and_not_started(plan: Plan, entry: Entry) -> bool:
    entry["status"] = "not_started"
    return bool(entry["prices"])


@breaks("malformed")
def _a_status_of_its_own(plan: Plan, entry: Entry) -> bool:
    entry["status"] = "perfect"
    return True


@breaks("not_optimal")
def _optimal_although_it_is_not(plan: Plan, entry: Entry) -> bool:
    """All of it right but for the claim: the first unit is given up, and every figure follows."""
    if not entry["joint"]:
        return False
    unit = entry["joint"].pop(0)
    entry["uncovered"] += [
        {"organization": c, "reason": "x", "fallback": "y"} for c in unit["organizations"]
    ]
    more = 10 * len(unit["organizations"]) - unit["cost"]
    for figures in (entry, plan["totals"]):
        figures["objective"] = round(figures["objective"] + more, 6)
        figures["gap"] = 1 - figures["bound"] / figures["objective"]
    return True


@breaks("wrong_total")
def _totals_a_millionth_lower(plan: Plan, entry: Entry) -> bool:
    plan["totals"]["objective"] -= MILLIONTH
    return True


@breaks("wrong_total")
def _a_total_gap_a_millionth_lower(plan: Plan, entry: Entry) -> bool:
    plan["totals"]["gap"] -= MILLIONTH
    return True


@breaks("wrong_total")
def _totals_without_a_bound(plan: Plan, entry: Entry) -> bool:
    return plan["totals"].pop("bound") is not None


@breaks("wrong_total")
def _more_covered_than_there_are(plan: Plan, entry: Entry) -> bool:
    plan["totals"]["covered"] = 10**6
    return True


@breaks("missing_ledger_unit", "wrong_total")
def _a_ledger_unit_forgotten(plan: Plan, entry: Entry) -> bool:
    plan["ledger_units"].remove(entry)
    return bool(entry["objective"])


@breaks("listed_twice")
def _a_ledger_unit_twice(plan: Plan, entry: Entry) -> bool:
    plan["ledger_units"].append(copy.deepcopy(entry))
    return True


@breaks("unknown_ledger_unit")
def _a_ledger_unit_of_another_city(plan: Plan, entry: Entry) -> bool:
    entry["id"] = "street:999999999"
    return True


@breaks("unknown_format")
def _a_format_of_tomorrow(plan: Plan, entry: Entry) -> bool:
    plan["format"] = "lianjian.plan/2"
    return True


@breaks("other_profile")
def _a_profile_of_another_city(plan: Plan, entry: Entry) -> bool:
    plan["profile"] = "elsewhere-2020"
    return True


@breaks("bad_parameter")
def _a_parameter_out_of_range(plan: Plan, entry: Entry) -> bool:
    plan["parameters"]["max_organizations"] = 10**400
    return True


ENOUGH = 4
"""Ledger units, of whatever city, in which a corruption is tried."""


@pytest.mark.parametrize(
    ("expected", "change"), [pytest.param(e, c, id=name) for name, e, c in CORRUPTIONS]
)
def test_a_corruption_is_named(expected: set[str], change: Corruption) -> None:
    """Each way to falsify a plan raises its own fault, in several ledger units."""
    done = 0
    for seed in SEEDS:
        for at in range(len(case(seed).plan["ledger_units"])):
            plan = fresh(seed)
            plan["seed"] = seed
            if done == ENOUGH or not change(plan, plan["ledger_units"][at]):
                continue
            done += 1
            found = verify(seed, plan)
            assert not found["valid"]
            assert expected <= codes(found), (seed, at, found["faults"])
    assert done, "nothing to corrupt"


# -- every number, every value -------------------------------------------------------------------------------------

UNCHECKED = {"seed", "versions", "why", "name", "reason", "fallback", "means", "parameters", "previous"}  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths to all values within a plan that are checked."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, below in value.items():
            if key not in UNCHECKED:
                yield from leaves(below, (*path, key))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from leaves(below, (*path, at))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """Return what stands at a path."""
    for key in path:
        value = value[key]
    return value


def put(plan: Plan, path: tuple[Any, ...], value: Any) -> None:
    """Replace what stands at a path."""
    at(plan, path[:-1])[path[-1]] = value


@settings(max_examples=60)
@given(data=st.data())
def test_no_number_can_be_off_by_a_millionth(data: st.DataObject) -> None:
    """Whatever number of a plan is changed by one millionth or more, the plan is no longer valid."""
    seed = data.draw(st.sampled_from(SEEDS))
    plan = fresh(seed)
    numbers = [p for p in leaves(plan) if isinstance(at(plan, p), float)]
    path = data.draw(st.sampled_from(numbers))
    by = data.draw(st.integers(-2_000_000, 2_000_000).filter(bool)) * MILLIONTH
    put(plan, path, round(at(plan, path) + by, 9))
    assert not verify(seed, plan)["valid"], (path, by)


def restated(plan: Plan, entry: Entry, more: float) -> None:
    """Let bound and gaps, of a ledger unit and of all, follow prices that come to so much more."""
    for figures in (entry, plan["totals"]):
        figures["bound"] = round(figures["bound"] + more, 6)
        objective = figures["objective"]
        figures["gap"] = (objective - figures["bound"]) / objective if objective else 0.0


@settings(max_examples=40)
@given(data=st.data())
def test_no_price_can_be_raised_beyond_what_is_open(data: st.DataObject) -> None:
    """Whichever price is raised by more than the gap leaves open, with all figures restated, a column that costs less is named."""
    seed = data.draw(st.sampled_from(SEEDS))
    plan = fresh(seed)
    entry = data.draw(st.sampled_from([e for e in plan["ledger_units"] if e["prices"]]))
    who = data.draw(st.sampled_from(sorted(entry["prices"])))
    open_ = max(0, round((entry["objective"] - entry["bound"]) * 1e6))
    more = (open_ + data.draw(st.integers(1, 2_000_000))) * MILLIONTH
    entry["prices"][who] = round(entry["prices"][who] + more, 6)
    restated(plan, entry, more)
    found = verify(seed, plan)
    named = [
        f
        for f in found["faults"]
        if f["code"] in ("group_undercuts", "attachment_undercuts", "price_above_cap")
    ]
    assert named, (who, more, found["faults"])
    assert named[0]["ledger_unit"] == entry["id"]
    assert who in named[0]["organizations"]


@settings(max_examples=40)
@given(data=st.data())
def test_no_cut_or_host_can_be_priced_below_what_it_is_needed_for(data: st.DataObject) -> None:
    """A cut's or host's price lowered so far that the bound passes the objective, all figures restated, is found."""
    seed = data.draw(st.sampled_from(SEEDS))
    plan = fresh(seed)
    priced = [
        (entry, one, key)
        for entry in plan["ledger_units"]
        for one, key in [
            *((cut, "price") for cut in entry["cuts"]),
            *((p, k) for p in entry["unit_prices"].values() for k in ("places", "seats")),
        ]
        if one[key] > entry["objective"] - entry["bound"] + MILLIONTH
    ]
    entry, one, key = data.draw(st.sampled_from(priced))
    open_ = max(0, round((entry["objective"] - entry["bound"]) * 1e6))
    less = data.draw(st.integers(open_ + 1, round(one[key] * 1e6))) * MILLIONTH
    one[key] = round(one[key] - less, 6)
    # a host's places and seats count as often as they are free; a cut once
    bound = verify(seed, plan)["ledger_units"][plan["ledger_units"].index(entry)]["bound"]
    restated(plan, entry, bound - entry["bound"])
    found = verify(seed, plan)
    assert bound > entry["objective"]
    assert codes(found) & {"group_undercuts", "attachment_undercuts"}, (less, found["faults"])


@settings(max_examples=60)
@given(data=st.data())
def test_nobody_can_be_dropped_doubled_or_moved(data: st.DataObject) -> None:
    """Whoever is taken out of a plan, stands in it twice, or changes places with one of other members, is missed, seen or named."""
    seed = data.draw(st.sampled_from(SEEDS))
    plan = fresh(seed)
    entry = data.draw(st.sampled_from([e for e in plan["ledger_units"] if e["joint"]]))
    seats: list[tuple[Any, Any]] = [
        (g["organizations"], x) for g in entry["joint"] for x in range(len(g["organizations"]))
    ]
    for key in ("attached", "uncovered"):
        seats += ((one, "organization") for one in entry[key])
    here, at_ = data.draw(st.sampled_from(seats))
    there, into = data.draw(st.sampled_from(seats))
    members = _members(seed)
    way = data.draw(st.sampled_from(["drop", "double", "move", "swap"]))
    if way == "drop" and isinstance(at_, int):
        del here[at_]
    elif way == "move" and isinstance(into, int) and here is not there and isinstance(at_, int):
        there.append(here.pop(at_))
    elif way == "swap" and here is not there and members[here[at_]] != members[there[into]]:
        here[at_], there[into] = there[into], here[at_]
    elif here[at_] != there[into]:
        here[at_] = there[into]
    else:
        return
    found = verify(seed, plan)
    assert not found["valid"], way
    assert {f["ledger_unit"] for f in found["faults"]} & {entry["id"], None}


def _members(seed: int) -> dict[str, int]:
    store, profile, _ = case(seed)
    m = facts.read(store, profile, AS_OF).organizations["m"].fillna(0)
    return {str(code): int(n) for code, n in m.items()}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=4) | st.just("\ud800")
    | st.sampled_from([0, -1, 10**400, -(10**400), math.inf, 1e308, 1e9, "O001", "", "optimal"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=100)
@given(data=st.data())
def test_whatever_a_file_holds_is_a_fault_and_no_exception(data: st.DataObject) -> None:
    """Any value of a plan replaced by any JSON gives an answer that can be printed, and no plan that is not the same is valid."""
    seed = data.draw(st.sampled_from(SEEDS))
    plan = fresh(seed)
    path = data.draw(st.sampled_from(list(leaves(plan))))
    value = data.draw(ANYTHING)
    before = at(plan, path)
    put(plan, path, value)
    answer = verify(seed, plan)
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    text.encode()
    if answer["valid"]:
        assert _harmless(path, before, value), (path, before, value)


def _harmless(path: tuple[Any, ...], before: Any, value: Any) -> bool:
    """Return whether a change leaves the plan what it is: the same value, or one that nothing depends on."""
    key = path[-1]
    if value == before or (value in ({}, [], None, False) and before in ({}, [], None)):
        return True
    return (
        key == "input_fingerprint"  # another state of the store: said, no fault
        or (key == "id" and value is None)  # it follows from the members
        or (key == "status" and value in ("optimal", "feasible", "time_limit"))
        or (key == "constraints" and isinstance(value, dict))
        or (key == "profile" and value == before)
    )


@pytest.mark.parametrize(
    "plan", [{}, {"format": "lianjian.plan/1"}, {"ledger_units": [None, 1, {}]}]
)
def test_hardly_a_plan(plan: Plan) -> None:
    """What has next to nothing of a plan gets its faults, and no figures where none can be computed."""
    answer = verify(SEEDS[0], plan)
    assert not answer["valid"]
    assert answer["objective"] is None

"""Rates by every definition, their parts, a plan's effect, and the annual table."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from graph.city import City
from graph.coverage import Coverage, Rate, asked
from graph.policy.profile import load
from tests.audit.town import Town
from tests.survey.reckoning import city, gap, rates, reckon, towns

GOALS = {"org_all": 0.8, "org_operating": 0.8, "org_eligible": 1.0}
"""What the plan asks for: S1 leaves open of whom, S2 asks for all that are eligible."""


def counted(entries: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return numerator and denominator by definition."""
    return {e["id"]: (e["numerator"], e["denominator"]) for e in entries}


@settings(max_examples=40)
@given(towns())
def test_rates_agree_with_a_second_count(town: Town) -> None:
    """Every rate's numerator and denominator are what the rows say, one by one, and no rate passes 1."""
    found = Coverage(city(town)).as_json()
    assert counted(found["definitions"]) == rates(list(reckon(town).values()))
    for entry in found["definitions"]:
        assert 0 <= entry["numerator"] <= entry["denominator"]
        expected = entry["numerator"] / entry["denominator"] if entry["denominator"] else None
        assert entry["rate"] == expected
        goal = GOALS.get(entry["id"])
        assert entry.get("goal") == goal
        if goal is not None:
            assert entry["gap"] == gap(
                entry["numerator"], entry["denominator"], Fraction(str(goal))
            )
        else:
            assert "gap" not in entry


@settings(max_examples=15)
@given(towns())
def test_parts_make_the_whole(town: Town) -> None:
    """Over kinds of sheet, over districts and over ledger units each rate's numbers add up to the city's."""
    found = Coverage(city(town)).as_json()
    whole = counted(found["definitions"])
    for kind in ("sheet", "district", "ledger_unit"):
        parts = [counted(p["definitions"]) for p in found["by"] if p["kind"] == kind]
        for id_, (numerator, denominator) in whole.items():
            assert sum(p[id_][0] for p in parts) == numerator
            assert sum(p[id_][1] for p in parts) == denominator


@settings(max_examples=15)
@given(towns())
def test_rows_show_what_every_number_counts(town: Town) -> None:
    """Each number is the number of rows that say they count in it (S46), and each row names file, sheet and row."""
    coverage = Coverage(city(town))
    rows = list(coverage.rows())
    for entry in coverage.definitions():
        assert entry["numerator"] == sum(entry["id"] in r["counts_in"] for r in rows)
        assert entry["denominator"] == sum(entry["id"] in r["counts_of"] for r in rows)
    assert all(r["source"]["row"] >= 2 and r["source"]["file"] for r in rows)


@settings(max_examples=25)
@given(towns())
def test_annual_table_adds_up(town: Town) -> None:
    """单位数 = 单独 + 联合 + 未建, and 未建 = 应建未建 + 个别 + 没有 (+ 不详), in every column; the columns are subsets."""
    of = reckon(town)
    for table in Coverage(city(town)).as_json()["annual"]:
        rows = {r["id"]: r["values"] for r in table["rows"]}
        for k in range(len(table["columns"])):
            assert rows["units"][k] == rows["separate"][k] + rows["joint"][k] + rows["none"][k]
            reasons = ("none_due", "none_few", "none_zero", "none_unknown")
            assert rows["none"][k] == sum(rows[name][k] for name in reasons)
            assert rows["units"][k] <= rows["units"][0]
        mine = [r for r in of.values() if r.base and r.row["line"] == table["line"]]
        assert rows["units"][0] == len(mine)
        assert rows["separate"][0] == sum(r.own and not r.dangling for r in mine)
        assert rows["joint_qualified"][0] == sum(
            r.covered and not r.dangling and not r.own and (r.m or 0) >= 3 for r in mine
        )
        assert rows["none_few"][0] == sum(
            r.m in (1, 2) and not (r.covered and not r.dangling) for r in mine
        )
        assert rows["staff"][0] == sum(r.row["staff"] or 0 for r in mine)


def test_a_joint_branch_with_one_organization_left_is_a_joint_unit() -> None:
    """Who is in it is covered jointly, and the form says by how many units: not by none."""
    town = Town()
    town.unit("J1", type="联合党支部", superior="S11")
    town.firm("A", formal_members=1, unit="J1")
    table = next(t for t in Coverage(city(town)).as_json()["annual"] if t["line"] == "enterprise")
    rows = {r["id"]: r["values"][0] for r in table["rows"]}
    assert (rows["joint"], rows["joint_units"]) == (1, 1)


def test_functional_units_are_a_switch() -> None:
    """A functional unit covers nobody by default (S31); where the profile counts it, it does, and the other side is shown."""
    town = Town()
    town.firm("N1", unit="FUN")
    town.unit("FUN", type="功能型党组织", superior="S11")
    out = Coverage(city(town)).as_json()
    assert counted(out["definitions"])["org_operating"] == (6, 7)
    assert out["functional"]["organizations"] == 1
    assert counted(out["functional"]["otherwise"])["org_operating"] == (7, 7)
    town.settings = {"functional_counts": True}
    counts = Coverage(city(town)).as_json()
    assert counted(counts["definitions"])["org_operating"] == (7, 7)
    assert counted(counts["definitions"])["joint_rate"] == (1, 7)
    assert counted(counts["functional"]["otherwise"])["org_operating"] == (6, 7)


def small_town() -> Town:
    """Return the sound town with a joint unit, two small firms, a large one, a shell that is covered, and one without members."""
    town = Town()
    town.joint("J1", 3, 1, 1)
    town.firm("A", formal_members=1)
    town.firm("B", formal_members=2)
    town.firm("C", formal_members=4)
    town.firm("Z", instructor=None)
    town.firm("SHELL", status="空壳", unit="J1")
    return town


def small_plan() -> dict[str, Any]:
    """Return a plan for it."""
    return {
        "ledger_units": [
            {
                "joint": [{"organizations": ["A", "B"]}],
                "attached": [],
                "separate": [{"organization": "C"}],
                "split": [{"unit": "J1", "organizations": ["J1F0"]}],
                "work_coverage": [{"organization": "Z"}],
                "uncovered": [],
            }
        ]
    }


def test_plan_adds_what_it_forms() -> None:
    """A joint unit of two, one new unit of its own, one split off and one work coverage move the rates by just that."""
    out = Coverage(city(small_town()), plan=small_plan()).as_json()
    moved = {e["id"]: (e["numerator"], e["after"]["numerator"]) for e in out["definitions"]}
    assert moved == {
        "org_all": (10, 13),
        "org_operating": (9, 12),
        "org_eligible": (9, 12),
        "single_rate": (6, 8),
        "joint_rate": (3, 4),
        "work_rate": (13, 14),
    }
    operating = next(e for e in out["definitions"] if e["id"] == "org_operating")
    assert (operating["denominator"], operating["gap"], operating["after"]["gap"]) == (13, 2, 0)
    assert out["plan"]["adds"]["joint"] == 2
    assert out["plan"]["unknown"] == []
    streets = [p for p in out["by"] if p["id"] == "street:420101001"]
    later = {e["id"]: e["after"]["numerator"] for e in streets[0]["definitions"]}
    assert later["org_operating"] == 1 + 3 + 3


@pytest.mark.parametrize(
    ("goal", "gap_", "after", "said"), [(None, 3, 0, "100%"), (0.9, 2, 0, "90%")]
)
def test_of_the_eligible_all_are_asked_for(
    goal: float | None, gap_: int, after: int, said: str
) -> None:
    """S2's goal is a value of the profile: the gap, the gap after a plan and the target's words go by it, not by S1's 80 %."""
    town = small_town()
    if goal is not None:
        town.settings = {"eligible_goal": goal}
    found = Coverage(city(town), plan=small_plan())
    one = next(e for e in found.definitions() if e["id"] == "org_eligible")
    assert (one["numerator"], one["denominator"], one["goal"]) == (9, 12, goal or 1)
    assert (one["gap"], one["after"]["gap"]) == (gap_, after)
    for words in asked("S2", found.city.profile).values():
        assert said in words
    assert load().settings["eligible_goal"].clause == "S2"


def test_plan_s_strangers_are_named() -> None:
    """Organizations of a plan that the store does not hold are named and add nothing."""
    plan = {"ledger_units": [{"attached": [{"organization": "NOBODY", "unit": "B1"}]}]}
    out = Coverage(city(Town()), plan=plan).as_json()
    assert out["plan"]["unknown"] == ["NOBODY"]
    assert all(e["after"]["numerator"] == e["numerator"] for e in out["definitions"])


def test_targets_count_what_is_known() -> None:
    """S3 counts firms of 50 that are known to have a member; one of unknown number is in the whole and not in the part."""
    town = Town()
    town.firm("N1", staff=50, formal_members=1)
    town.firm("N2", staff=50)
    town.firm("N3", staff=50, formal_members=None)
    town.firm("N4", staff=10, federation_member=True)
    found = {t["id"]: (t["numerator"], t["denominator"]) for t in Coverage(city(town)).targets()}
    assert found["S3"] == (1, 3)
    assert found["S43"] == (0, 1)
    assert found["S7"] == (1, 1)


def test_nobody_to_count_is_no_rate() -> None:
    """Where a denominator is 0 the rate is null, not 0."""
    none = Coverage(city(Town()), _nowhere(city(Town()))).as_json()
    assert [e["rate"] for e in none["definitions"]] == [None] * 6
    assert none["spread"] is None


def _nowhere(of: City) -> Any:
    return of.organizations["m"].isna()


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"), [(4, 5, 0), (79, 100, 1), (0, 7, 6), (0, 0, 0)]
)
def test_gap_is_exact(numerator: int, denominator: int, expected: int) -> None:
    """The gap to 80 % is the least number of organizations that reaches it, without a rounded rate in between."""
    assert Rate("org_all", numerator, denominator).gap(0.8) == expected

"""The survey: what is to be done with whom, by which clause, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from graph.errors import InputError
from graph.survey import survey
from tests.audit.town import Town, found
from tests.survey.reckoning import city, reckon, towns

FINDING_OF = {"S3": "target_50", "S4": "target_100", "S9": "target_rural"}


def surveyed(town: Town, code: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the survey's rows by code."""
    return {row["code"]: row for row in survey(city(town), code).rows()}


@settings(max_examples=40)
@given(towns())
def test_survey_agrees_with_a_second_count(town: Town) -> None:
    """Action, clauses and what is unmet are what the rows say, read one by one."""
    rows = surveyed(town)
    plain = reckon(town)
    assert {k: r["action"] for k, r in rows.items()} == {k: r.action for k, r in plain.items()}
    assert {k: r["in_base"] for k, r in rows.items()} == {k: r.base for k, r in plain.items()}
    assert {k: r["clauses"] for k, r in rows.items()} == {
        k: list(r.clauses) for k, r in plain.items()
    }
    assert {k: r["unmet"] for k, r in rows.items()} == {
        k: [c for c, broken in r.clauses.items() if broken] for k, r in plain.items()
    }


@settings(max_examples=15)
@given(towns())
def test_unmet_clauses_are_what_the_audit_finds(town: Town) -> None:
    """The survey's unmet clauses and the audit's findings on the same clauses name the same organizations."""
    rows = surveyed(town)
    codes = (
        "target_50", "target_100", "target_rural", "no_work_coverage", "no_measures",
        "must_be_separate", "eligible_uncovered", "split_from_joint",
    )  # fmt: skip
    of: dict[str, set[str]] = {code: set() for code in codes}
    for code, subject in found(town.audit(*codes)):
        of[code].add(subject)
    unmet = {c: {k for k, r in rows.items() if c in r["unmet"]} for c in
             ("S2", "S3", "S4", "S9", "S19", "S25", "S26", "S30")}  # fmt: skip
    for clause, code in FINDING_OF.items():
        assert unmet[clause] == of[code]
    assert unmet["S2"] == of["must_be_separate"] | of["eligible_uncovered"]
    assert unmet["S25"] == of["must_be_separate"] | of["split_from_joint"]
    assert unmet["S26"] == of["split_from_joint"]
    assert unmet["S19"] == of["no_measures"]
    assert unmet["S30"] == of["no_work_coverage"]


@settings(max_examples=15)
@given(towns())
def test_totals_are_the_rows_added_up(town: Town) -> None:
    """Totals count the rows: by action, by clause, by clear; and the parts of a city make the whole."""
    whole = survey(city(town))
    rows, totals = list(whole.rows()), whole.totals
    assert totals["organizations"] == len(rows)
    assert sum(totals["actions"].values()) == len(rows)
    for clause, count in totals["clauses"].items():
        assert count == sum(clause in r["clauses"] for r in rows)
    for number, count in totals["clears"].items():
        assert count == sum(r["in_base"] and int(number) in r["clears"] for r in rows)
    plain = reckon(town)
    complete = sum(
        r["in_base"]
        and {1, 2, 3, 4, 5} <= set(r["clears"])
        and (6 in r["clears"] or plain[r["code"]].covered or plain[r["code"]].dangling)
        for r in rows
    )
    assert totals["clears_complete"] == complete


def test_in_selects_by_division_and_by_ledger_unit() -> None:
    """A district's survey holds its organizations, a zone's ledger those that stand in it."""
    town = Town()
    assert set(surveyed(town, "420102")) == {"F3"}
    assert set(surveyed(town, "zone:Z1")) == {"F2"}
    assert set(surveyed(town, "dept:市民政局")) == {"X3"}


def test_in_of_nothing_known_names_what_was_asked() -> None:
    """An unknown code is refused with its text and what is near."""
    with pytest.raises(InputError, match="42010") as refused:
        survey(city(Town()), "42010")
    assert "420101" in refused.value.zh


def test_every_reason_is_said_in_both_languages() -> None:
    """Each action's reason names the number, the status or what is missing that it rests on."""
    town = Town()
    town.firm("SEP", formal_members=3)
    town.firm("SMALL", formal_members=2)
    town.firm("ZERO")
    town.firm("SHELL", status="空壳")
    town.firm("OUT", status="停业")
    town.firm("LOST", unit="GONE", formal_members=5)
    town.firm("STRUCK")
    town.put("exclusion", "STRUCK", organization="STRUCK", type="影子", decided=20160901)
    town.firm("BLANK", staff=None, street=None)
    town.joint("J1", 3, 1, 1)
    why = {code: row["why"] for code, row in surveyed(town).items()}
    assert why["SEP"]["zh"] == "有正式党员 3 名，须单独建立党组织（S25）"
    assert why["SMALL"]["en"] == "2 formal members, fewer than 3: may form jointly (S28)"
    assert why["ZERO"]["zh"] == "没有正式党员，先实现党的工作覆盖（S10、S30）"
    assert why["SHELL"]["zh"] == "经营状态为“空壳”，列为剔除（S41）"
    assert why["OUT"]["en"] == "its status 停业 keeps it out of the base"
    assert why["LOST"]["en"].startswith("its 党组织代码 names a unit that no row defines")
    assert why["STRUCK"]["zh"] == "已剔除（S41）"
    assert "从业人数、台账单位" in why["BLANK"]["zh"]
    assert why["J1F0"]["zh"] == "有正式党员 3 名，由联合党组织覆盖，应单独组建（S26）"
    assert why["J1F1"]["en"] == "covered by a joint unit"
    assert why["F1"]["en"] == "has a unit of its own"


def test_object_has_the_contract_s_shape() -> None:
    """The JSON object holds organizations with code, base, action, clauses and clears, and totals."""
    answer = survey(city(Town())).as_json()
    row = json.loads(json.dumps(next(iter(answer["organizations"]))))
    assert {"code", "in_base", "action", "clauses", "clears"} <= set(row)
    assert row["clears"] == [1, 2, 3, 4, 5]
    assert answer["totals"]["organizations"] == 6
    assert [c["key"] for c in answer["chosen"]] == ["eligible_min_members"]

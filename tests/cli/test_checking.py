"""survey, coverage and audit from the command line: shapes, exit codes, scopes, worklists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph.store import open_store
from tests.audit.town import Town
from tests.cli.commandline import Lianjian


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The audit's sound town with an orphan, a firm that has to form separately and a code of four digits."""
    town = Town()
    town.firm("N1", formal_members=3, name="=1+1", district="420101")
    town.firm("0042", street="420102001", district="420102", formal_members=1)
    town.unit("B1", superior=None)
    path = tmp_path / "lianjian.db"
    store = open_store(str(path), create=True)
    town.load(store)
    store.close()
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan file that lets N1 form separately."""
    path = tmp_path / "plan.json"
    unit = {"id": "street:420101001", "separate": [{"organization": "N1"}]}
    path.write_text(
        json.dumps({"format": "lianjian.plan/1", "ledger_units": [unit]}), encoding="utf-8"
    )
    return path


def codes(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return (code, subject)."""
    return {(f["code"], f["subject"]) for f in findings}


def test_survey_prints_the_object(city: Path, lianjian: Lianjian) -> None:
    """`survey --json` names each organization's action, clauses and clears; totals add them up."""
    answer = lianjian("survey", "--json")
    assert answer.code == 0
    rows = {o["code"]: o for o in answer.json["organizations"]}
    assert rows["N1"]["action"] == "separate"
    assert rows["N1"]["clauses"] == ["S2", "S19", "S25", "S30", "S45"]
    assert rows["0042"]["clears"] == [1, 2, 3, 4, 5, 6]
    assert answer.json["totals"]["actions"]["joint"] == 1


def test_survey_of_a_street_lists_in_a_file(city: Path, lianjian: Lianjian) -> None:
    """`survey --in STREET --out F.xlsx` keeps codes as text and formulas as words, under a filter and a frozen header."""
    assert lianjian("survey", "--in", "420102001", "--out", "s.xlsx").code == 0
    sheet = openpyxl.load_workbook("s.xlsx").worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["0042", "F3"]
    assert sheet["A2"].data_type == "s"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref
    assert lianjian("survey", "--out", "all.xlsx").code == 0
    every = openpyxl.load_workbook("all.xlsx").worksheets[0]
    names = [row[1] for row in every.iter_rows(min_row=2)]
    assert [c.value for c in names if str(c.value).startswith("=")] == ["=1+1"]
    assert all(c.data_type == "s" for c in names)


@pytest.mark.parametrize("command", ["survey", "coverage", "audit", "report"])
def test_unknown_place_is_one_line(command: str, city: Path, lianjian: Lianjian) -> None:
    """A code that names no place is an input error (2) in one line that names it."""
    answer = lianjian(command, "--in", "999999")
    assert (answer.code, answer.out) == (2, "")
    assert "999999" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("command", ["survey", "coverage", "audit", "report"])
def test_missing_store_is_an_environment_error(command: str, lianjian: Lianjian) -> None:
    """Without a store each command exits 3 and says so in one line."""
    answer = lianjian(command)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.count("\n") == 1


def test_coverage_shows_every_definition(city: Path, lianjian: Lianjian) -> None:
    """`coverage --json` gives id, numerator, denominator and rate of every definition, and the parts by three kinds."""
    answer = lianjian("coverage", "--json")
    assert answer.code == 0
    definitions = {d["id"]: d for d in answer.json["definitions"]}
    assert {"org_all", "org_operating", "org_eligible", "single_rate", "work_rate"} <= set(
        definitions
    )
    one = definitions["org_operating"]
    assert (one["numerator"], one["denominator"], one["rate"]) == (6, 8, 0.75)
    assert (one["gap"], one["default"]) == (1, True)
    assert {p["kind"] for p in answer.json["by"]} == {"sheet", "district", "ledger_unit"}
    assert answer.json["baseline"] == {"frozen": False, "organizations": 8}


def test_coverage_prints_what_is_chosen(city: Path, lianjian: Lianjian) -> None:
    """The page says which definition the profile means, what a person chose, and that no baseline is frozen."""
    out = lianjian("coverage").out
    assert "By org_operating: 6 of 8 = 75.00 %; 1 organizations short of 80.00 %" in out
    assert "Chosen, not given: the definition of a rate that names none = org_operating" in out
    assert "No baseline has been frozen" in out


def test_coverage_after_a_plan(city: Path, plan: Path, lianjian: Lianjian) -> None:
    """`coverage --plan` states the rates after the plan beside those before."""
    answer = lianjian("coverage", "--plan", str(plan), "--json")
    one = next(d for d in answer.json["definitions"] if d["id"] == "org_operating")
    assert (one["numerator"], one["after"]["numerator"], one["after"]["gap"]) == (6, 7, 0)
    assert answer.json["plan"]["adds"]["separate"] == 1
    page = lianjian("coverage", "--plan", str(plan))
    assert "The plan adds 1: 87.50 %, 0 short of the goal" in page.out


@pytest.mark.parametrize("text", ["", "{}", "[]", "\udcff"])
def test_coverage_refuses_what_is_no_plan(text: str, city: Path, lianjian: Lianjian) -> None:
    """A file that is no plan, or none at all, is an input error in one line that names it."""
    if text:
        Path("p.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    answer = lianjian("coverage", "--plan", "p.json")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "p.json" in answer.err


@pytest.mark.parametrize(
    "units", ["x", [{"joint": [{"organizations": [5, None]}]}], [{"joint": [1]}]]
)
def test_coverage_refuses_a_plan_that_names_nobody(
    units: Any, city: Path, lianjian: Lianjian
) -> None:
    """A plan whose lists hold no codes is an input error in one line."""
    spoilt = {"format": "lianjian.plan/1", "ledger_units": units}
    Path("p.json").write_text(json.dumps(spoilt), encoding="utf-8")
    answer = lianjian("coverage", "--plan", "p.json")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)


def test_coverage_rows_lead_to_sources(city: Path, lianjian: Lianjian) -> None:
    """`coverage --rows` lists each organization with the numbers it counts in and the row it was read from (S46)."""
    rows = {r["code"]: r for r in lianjian("coverage", "--rows", "--json").json["rows"]}
    assert "org_operating" in rows["F1"]["counts_in"]
    assert rows["F1"]["units"] == ["B1"]
    assert rows["N1"]["counts_in"] == ["work_rate"]
    assert rows["N1"]["source"]["file"].endswith(".csv")
    assert lianjian("coverage", "--rows", "--out", "rows.csv").code == 0
    head, *lines = Path("rows.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith("code,name")
    assert len(lines) == 8


def test_audit_exits_1_on_errors(city: Path, lianjian: Lianjian) -> None:
    """`audit --json` gives findings and what was checked, and exits 1 where there is an error or a warning."""
    answer = lianjian("audit", "--json")
    assert answer.code == 1
    assert codes(answer.json["findings"]) == {
        ("orphan", "B1"), ("must_be_separate", "N1"), ("eligible_uncovered", "0042"),
    }  # fmt: skip
    assert set(answer.json) >= {"findings", "checked"}
    orphan = next(f for f in answer.json["findings"] if f["code"] == "orphan")
    assert set(orphan) == {
        "code", "severity", "subject", "evidence", "sources", "clause", "message", "due", "state", "repair",
        "id", "handling",
    }  # fmt: skip
    assert (orphan["due"], orphan["state"]) == (["2016-11-20"], "overdue")
    assert orphan["repair"]["to"] == "S11"
    checked = {c["code"]: c for c in answer.json["checked"]}
    assert len(checked) == 51
    assert checked["no_recheck"]["not_checked"]["en"] == "not checked: no 销号 sheet loaded"
    assert "of" in checked["cycle"]["statement"]["en"]


def test_notes_alone_exit_0(city: Path, lianjian: Lianjian) -> None:
    """Findings that are all notes are no reason to exit 1."""
    answer = lianjian("audit", "--code", "target_50", "--code", "incomplete_clears", "--json")
    assert answer.code == 0


def test_unknown_finding_code_is_refused(city: Path, lianjian: Lianjian) -> None:
    """A finding code that is none is an input error."""
    answer = lianjian("audit", "--code", "no_such")
    assert answer.code == 2
    assert "no_such" in answer.err


def test_audit_in_a_district(city: Path, lianjian: Lianjian) -> None:
    """`audit --in` finds and counts what belongs to the district, and nothing of its neighbour."""
    answer = lianjian("audit", "--in", "420102", "--json")
    assert codes(answer.json["findings"]) == {("eligible_uncovered", "0042")}
    checked = {c["code"]: c for c in answer.json["checked"]}
    assert checked["orphan"]["checked"] == 3  # D2, S21, B3
    assert checked["orphan"]["found"] == 0
    whole = {c["code"]: c for c in lianjian("audit", "--in", "4201", "--json").json["checked"]}
    assert whole["orphan"]["checked"] == 16


def test_findings_are_a_worklist(city: Path, lianjian: Lianjian) -> None:
    """`audit --out F.xlsx` holds findings and what was checked, and the terminal says what could not be checked."""
    answer = lianjian("audit", "--out", "f.xlsx", "--lang", "zh")
    assert answer.code == 1
    assert "no_recheck: 未检查：未导入销号表" in answer.out
    book = openpyxl.load_workbook("f.xlsx")
    assert book.sheetnames == ["审计问题", "检查情况"]
    rows = list(book["审计问题"].iter_rows(min_row=2, values_only=True))
    assert [(r[1], r[3]) for r in rows] == [
        ("eligible_uncovered", "0042"), ("must_be_separate", "N1"), ("orphan", "B1"),
    ]  # fmt: skip
    assert rows[0][0] == "错误"
    assert rows[2][10] == "党组织 B1 的“上级党组织代码”由 空 改为 S11"
    assert book["审计问题"].auto_filter.ref
    assert book["审计问题"].freeze_panes == "A2"


def test_json_file_counts_its_rows(city: Path, lianjian: Lianjian) -> None:
    """`--out F.json` holds the object of `--json`, and the line about it counts what it holds."""
    answer = lianjian("audit", "--out", "f.json")
    found = json.loads(Path("f.json").read_text(encoding="utf-8"))
    assert len(found["findings"]) == 3
    assert "f.json" in answer.err
    assert lianjian("audit", "--json").json == found

"""Every rule of the audit on a tiny town: the fault is found, the near miss is not, and nothing else is."""

from __future__ import annotations

import json

import pytest

from graph.schema import load_schema
from tests.audit.cases import CASES, Case
from tests.audit.town import Town, found


def _name(case: Case) -> str:
    return f"{case.code}: {case.says}"


def test_sound_town_has_no_findings() -> None:
    """The town that all cases change has nothing wrong with it."""
    assert found(Town().audit()) == set()


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_case_finds_exactly_what_it_says(case: Case) -> None:
    """A change of the sound town is found as the case says, and nothing beside it."""
    town = Town()
    case.change(town)
    assert found(town.audit()) == case.expected


@pytest.mark.parametrize("case", [case for case in CASES if case.cleared], ids=_name)
def test_repair_clears_what_it_says(case: Case) -> None:
    """The ledger edits that the findings propose, carried out, leave a town without a finding."""
    town = Town()
    case.change(town)
    edits = [f.repair for f in town.audit().findings if "none" not in f.repair]
    assert edits
    for repair in [edit for k, edit in enumerate(edits) if edit not in edits[:k]]:
        kind = {"党组织": "unit", "台账": "organization"}[repair["sheet"]]
        columns = {p.zh: p.name for p in load_schema().kinds[kind].properties.values()}
        row = town.rows[kind, repair["key"]]
        assert row.get(columns[repair["column"]]) == repair["from"]
        row[columns[repair["column"]]] = repair["to"]
    assert found(town.audit()) == set()


def test_members_are_counted_and_never_named() -> None:
    """Findings about members have the unit as subject, a count, and rows as sources; no member's code stands anywhere in them."""
    town = Town()
    town.joint("J1", 1, 1, 1)
    town.member("SECRET1", "B1;J1", "F2")
    town.member("SECRET2", "B1;J1", "F2")
    codes = ("counted_twice", "member_outside_coverage", "count_mismatch", "functional_counted")
    findings = list(town.audit(*codes).findings)
    assert {(f.code, f.subject) for f in findings if "twice" in f.code} == {
        ("counted_twice", "B1"), ("counted_twice", "J1"),
    }  # fmt: skip
    for finding in findings:
        assert "SECRET" not in json.dumps(finding.as_json(), ensure_ascii=False)
        assert all(source.row >= 2 for source in finding.sources)
    assert any("2" in f.message["en"] for f in findings)


def test_no_root_is_said_and_orphans_are_notes() -> None:
    """In one district's ledger there is no root: line and place are not checked, with the reason, and orphans are notes."""
    town = Town()
    for key in ("ROOT", "ORGANS", "EDU", "CIVIL", "D2", "S21", "B3", "B5", "B6"):
        town.drop("unit", key)
    town.unit("D1", superior=None)
    result = town.audit("orphan", "detached", "wrong_place", "wrong_line", "skips_level")
    assert [(f.code, f.subject, f.severity) for f in result.findings] == [("orphan", "D1", "note")]
    for entry in result.checked[1:]:
        assert entry.as_json()["not_checked"] == {
            "zh": "未检查：没有根：请在规则档案中指定",
            "en": "not checked: no root, name one in the profile",
        }


def test_what_is_dated_later_is_told_from_what_is_not_loaded() -> None:
    """Rows that are all dated after the as-of are said to be so; only a sheet that is not there is said not to be loaded."""
    town = Town()
    row = {"office": "甲区委组织部", "type": "半月报", "period": "2016-09-10", "rate": 0.5}
    town.extra.append(("submission", "S", row, "报送|甲区委组织部", 20161010))
    town.as_of = 20160910
    said = {
        e.code: e.as_json()["not_checked"] for e in town.audit("rate_differs", "no_recheck").checked
    }
    assert said["rate_differs"] == {
        "zh": "未检查：截至 2016-09-10 没有报送记录",
        "en": "not checked: no 报送 row dated by 2016-09-10",
    }
    assert said["no_recheck"] == {
        "zh": "未检查：未导入销号表",
        "en": "not checked: no 销号 sheet loaded",
    }


def test_a_named_root_is_one() -> None:
    """A unit that the profile names ends the chains, whatever its type and spread."""
    town = Town()
    for key in ("ROOT", "ORGANS", "EDU", "CIVIL", "D2", "S21", "B3", "B5", "B6"):
        town.drop("unit", key)
    town.unit("D1", superior=None)
    town.settings = {"roots": ["D1"]}
    assert found(town.audit("orphan", "detached", "wrong_place")) == set()


@pytest.mark.parametrize(
    ("date", "state", "severity"),
    [(20161120, "not_due", "note"), (20161121, "overdue", "error")],
)
def test_before_its_deadline_a_finding_is_a_note(date: int, state: str, severity: str) -> None:
    """Affiliation is to be put right by 2016-11-20: until then a missing superior is a note, after it an error."""
    town = Town()
    town.as_of = date
    town.unit("B1", superior=None)
    (finding,) = town.audit("orphan").findings
    assert (finding.state, finding.severity, finding.due) == (state, severity, ("2016-11-20",))


def test_targets_are_held_against_both_deadlines() -> None:
    """A target's finding names the responsible party's date and the goal's (S40), and is overdue after the first."""
    town = Town()
    town.as_of = 20161215
    town.firm("N1", staff=50)
    (finding,) = town.audit("target_50").findings
    assert finding.due == ("2016-11-30", "2016-12-31")
    assert (finding.state, finding.severity) == ("overdue", "error")


def test_findings_come_in_one_order() -> None:
    """Findings are ordered by code, subject, clause and message, however rows were loaded, and each index gives the same one."""
    town = Town()
    for key in ("N3", "N1", "N2"):
        town.firm(key, formal_members=3, instructor=None, measures=None)
    findings = town.audit().findings
    keys = [(f.code, f.subject, f.clause, f.message["en"]) for f in findings]
    assert keys == sorted(keys)
    assert [findings[k] for k in range(len(findings))] == list(findings) == findings[:]
    town.rows = dict(reversed(town.rows.items()))
    assert [(f.code, f.subject) for f in town.audit().findings] == [k[:2] for k in keys]


def test_every_finding_has_what_a_finding_needs() -> None:
    """Each finding has a clause, both languages, evidence that names its subject or what it is about, and a repair or a reason."""
    town = Town()
    town.unit("B1", superior="S12")
    town.firm("N1", formal_members=3, instructor=None)
    town.joint("J1", 3, 1, 1, 1, 1, 1)
    town.firm("J1F5", status="注销")
    for finding in town.audit().findings:
        assert finding.clause
        assert finding.message["zh"] != finding.message["en"]
        assert finding.subject in json.dumps(finding.evidence)
        assert finding.sources
        repair = finding.repair
        assert set(repair) == {"sheet", "key", "column", "from", "to"} or set(repair["none"]) == {
            "zh", "en",
        }  # fmt: skip


def test_units_alone_are_audited() -> None:
    """A hierarchy of units that cover nobody, with no organization in the store, is audited for its structure."""
    town = Town()
    town.rows = {
        key: {**values, "organization": None}
        for key, values in town.rows.items()
        if key[0] == "unit"
    }
    result = town.audit()
    assert {(f.code, f.severity) for f in result.findings if f.subject == "ROOT"} == set()
    assert "cycle" not in {f.code for f in result.findings}
    assert next(c for c in result.checked if c.code == "self_superior").checked == len(town.rows)

"""Decisions by the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commandline import Lianjian

WHO = ("--office", "某局", "--date", "2016-09-01", "--reason", "核实")


def test_a_decision_is_listed_withdrawn_and_undone(lianjian: Lianjian, town: Path) -> None:
    """A merge is recorded with office, date and reason, listed, ended from a date, and erased by undo."""
    made = lianjian("decide", "merge", "91A", "91B", *WHO, "--json")
    assert made.code == 0
    assert made.json | {"batch": 2} == {
        "id": "pair|91A|91B", "type": "merge", "subject": "91A", "object": "91B", "detail": None, "office": "某局",
        "decided": "2016-09-01", "reason": "核实", "withdrawn": False, "batch": 2,
    }  # fmt: skip
    assert [d["id"] for d in lianjian("decide", "list", "--json").json["decisions"]] == ["pair|91A|91B"]  # fmt: skip
    when = ("--office", "某局", "--date", "2016-10-01", "--reason", "查明为两家")
    ended = lianjian("decide", "withdraw", "pair|91A|91B", *when)
    assert ended.code == 0
    assert "undo 3" in ended.out
    assert lianjian("decide", "list", "--json").json["decisions"] == []
    assert len(lianjian("decide", "list", "--all", "--json").json["decisions"]) == 2
    assert lianjian("undo", "3").code == 0
    assert len(lianjian("decide", "list", "--json").json["decisions"]) == 1


def test_a_decision_needs_office_date_and_reason(lianjian: Lianjian, town: Path) -> None:
    """Each that is missing is named; nothing about a person gets in; an unknown code is named."""
    for at, name in ((0, "--office"), (2, "--date"), (4, "--reason")):
        answer = lianjian("decide", "distinct", "91A", "91B", *WHO[:at], *WHO[at + 2 :])
        assert (answer.code, name in answer.err) == (2, True)
    person = lianjian("decide", "exclude", "91A", "--kind", "空壳", *WHO[:5], "联系人 13800138000")
    assert (person.code, "13800138000" in person.err) == (2, False)
    assert "telephone" in person.err
    unknown = lianjian("decide", "include", "91Z", *WHO)
    assert (unknown.code, "91Z" in unknown.err) == (2, True)
    assert lianjian("decide", "list", "--all", "--json").json["decisions"] == []


def test_an_exclusion_shows_in_survey(lianjian: Lianjian, town: Path) -> None:
    """What a decision excludes, the survey calls excluded."""
    assert lianjian("decide", "exclude", "91C", "--kind", "空壳", *WHO).code == 0
    found = lianjian("survey", "--json").json["organizations"]
    assert {o["code"]: o["action"] for o in found}["91C"] == "excluded"


def test_a_merged_code_leads_to_the_one_that_stays(lianjian: Lianjian, town: Path) -> None:
    """`show`, `find` and `status` follow a merge and name its office and date; the kind before the code asks for its own rows."""
    assert lianjian("decide", "merge", "91A", "91B", *WHO).code == 0
    followed = lianjian("show", "91B", "--as-of", "2016-09-01", "--json").json
    assert followed["id"] == "91A"
    assert [(d["object"], d["office"], d["decided"]) for d in followed["merged"]] == [("91B", "某局", "2016-09-01")]  # fmt: skip
    said = "91B is merged into 91A, as 某局 decided on 2016-09-01"
    for asked in ("91A", "91B", "organization:91B"):
        assert said in lianjian("show", asked, "--lang", "en").out
    assert lianjian("show", "organization:91B", "--json").json["id"] == "91B"
    assert lianjian("show", "91B", "--as-of", "2016-08-31", "--json").json["merged"] == []
    found = lianjian("find", "91B", "--json").json["results"]
    assert {r["id"]: r["merged_into"] for r in found} == {"91B": "91A"}
    assert said in lianjian("find", "91B", "--lang", "en").out
    assert lianjian("status", "--json").json["merged"] == {"91B": "91A"}
    assert said in lianjian("status", "--lang", "en").out

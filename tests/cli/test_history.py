"""diff from the command line, and every view as of two dates."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from graph.store import open_store
from tests.audit.town import Town
from tests.cli.commandline import Lianjian

A, B = "2016-08-26", "2016-11-20"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The audit's sound town at two dates: in between a branch moved, another was dissolved, a firm grew."""
    first, second = Town(), Town()
    first.as_of, second.as_of = 20160826, 20161120
    second.unit("B3", superior="S12")
    second.unit("B1", dissolved=20161010)
    second.firm("F2", staff=200)
    path = tmp_path / "lianjian.db"
    store = open_store(str(path), create=True)
    first.load(store)
    second.load(store)
    store.close()
    return path


def test_diff_prints_the_object(city: Path, lianjian: Lianjian) -> None:
    """`diff A B --json` tells events, changes with both rows, corrections and totals."""
    answer = lianjian("diff", A, B, "--json")
    assert answer.code == 0
    found = answer.json
    assert (found["from"], found["to"], found["rules"]) == (A, B, None)
    events = {(e["event"], e["id"]) for e in found["events"]}
    assert events == {
        ("dissolved", "B1"), ("resubordinated", "B3"), ("left_unit", "F1"), ("uncovered", "F1"),
    }  # fmt: skip
    staff = next(c for c in found["changed"] if c["property"] == "staff")
    assert (staff["id"], staff["before"], staff["after"], staff["since"]) == ("F2", 10, 200, B)
    assert found["totals"] == {
        "changed": 3,
        "added": {},
        "events": {"dissolved": 1, "resubordinated": 1, "left_unit": 1, "uncovered": 1},
        "corrected": 0,
    }


def test_diff_as_a_file(city: Path, lianjian: Lianjian) -> None:
    """`diff --out F.xlsx` has a sheet for events, new entries, changes and corrections; `--against` adds the rules' two."""
    Path("strict.toml").write_text(
        'name = "strict"\nextends = "wuhan-2016"\n[coverage]\neligible_min_members = { value = 5, unit = "members" }\n',
        encoding="utf-8",
    )
    answer = lianjian(
        "diff", A, B, "--profile", "strict.toml", "--against", "wuhan-2016", "--out", "d.xlsx"
    )
    assert answer.code == 0, answer.err
    book = openpyxl.load_workbook("d.xlsx")
    assert book.sheetnames == [
        "Events", "New entries", "Changed", "Corrected", "Rules", "Changed by the rules",
    ]  # fmt: skip
    assert book["Changed"].max_row == 4
    assert [c.value for c in book["Rules"][2]][:1] == ["coverage.eligible_min_members"]
    assert "3 values changed" in answer.out
    assert "1 settings differ" in answer.out


def test_diff_refuses(city: Path, lianjian: Lianjian) -> None:
    """Dates the wrong way round, no dates and unknown divisions are input errors, in one line."""
    for wrong in ((B, A), (A, "tomorrow"), (A, B, "--in", "999999")):
        answer = lianjian("diff", *wrong)
        assert (answer.code, answer.out) == (2, "")


def test_every_view_as_of(city: Path, lianjian: Lianjian) -> None:
    """chain, audit, coverage, survey, show, map and export read the city as it stood at either date."""
    views = {}
    for date in (A, B):
        chain = lianjian("chain", "F3", "--as-of", date, "--json").json
        audit = lianjian("audit", "--as-of", date, "--code", "must_be_separate", "--json").json
        rates = lianjian("coverage", "--as-of", date, "--json").json["definitions"]
        survey = lianjian("survey", "--as-of", date, "--json").json["organizations"]
        shown = lianjian("show", "F2", "--as-of", date, "--json").json["values"]
        assert (
            lianjian(
                "export", "--in", "420101", "--as-of", date, "--format", "json", "--out", "e.json"
            ).code
            == 0
        )
        assert lianjian("map", "S12", "--as-of", date, "--hops", "1", "--out", "m.html").code == 0
        views[date] = (
            [n["id"] for n in chain["nodes"]],
            [f["subject"] for f in audit["findings"]],
            next(r["numerator"] for r in rates if r["id"] == "org_operating"),
            next(o["action"] for o in survey if o["code"] == "F1"),
            next(v["value"] for v in shown if v["property"] == "staff"),
            '"staff": 200' in json.dumps(json.loads(Path("e.json").read_text())),
            "党组织B3" in Path("m.html").read_text(encoding="utf-8"),
        )
    assert views[A] == (["F3", "B3", "S21", "D2", "ROOT"], [], 6, "covered", 10, False, False)
    assert views[B] == (["F3", "B3", "S12", "D1", "ROOT"], ["F1"], 5, "separate", 200, True, True)


@pytest.fixture
def registered(tmp_path: Path) -> Path:
    """The sound town with a register that has one firm more, and two firms of one name and address."""
    town = Town()
    town.firm("G1", name="甲区远帆商贸有限公司", address="一街7号")
    town.firm("G2", name="远帆商贸（甲区）有限责任公司", address="一街7号")
    town.put("register", "市工商局|NEW", register="市工商局", organization="NEW", name="新企业")
    path = tmp_path / "lianjian.db"
    store = open_store(str(path), create=True)
    town.load(store)
    store.close()
    return path


def test_duplicates(registered: Path, lianjian: Lianjian) -> None:
    """`duplicates` names both codes with the weights, as an object and as a file."""
    found = lianjian("duplicates", "--json").json
    (pair,) = found["pairs"]
    assert (pair["a"], pair["b"]) == ("G1", "G2")
    assert pair["score"] == sum(e["weight"] for e in pair["evidence"]) >= found["least"]
    assert lianjian("duplicates", "--in", "420102", "--json").json["pairs"] == []
    answer = lianjian("duplicates", "--out", "d.xlsx")
    assert (answer.code, "1 pairs proposed" in answer.out) == (0, True)
    assert openpyxl.load_workbook("d.xlsx").worksheets[0]["B2"].value == "G1"


def test_reconcile(registered: Path, lianjian: Lianjian) -> None:
    """`reconcile` exits 1 where ledgers and registers differ; an unknown register is an input error."""
    answer = lianjian("reconcile", "--json")
    assert (answer.code, answer.json["totals"]["missing"]) == (1, 1)
    assert answer.json["entries"][0]["code"] == "NEW"
    assert lianjian("reconcile", "--out", "r.csv").code == 1
    assert "NEW" in Path("r.csv").read_text(encoding="utf-8-sig")
    assert lianjian("reconcile", "--register", "民政").code == 2


def test_reconcile_says_how_many_registers_it_compared(
    registered: Path, lianjian: Lianjian
) -> None:
    """Of two registers both are compared, or the one that is asked for."""
    store = open_store(str(registered))
    town = Town()
    town.put("register", "市民政局|OTHER", register="市民政局", organization="OTHER", name="另一家")
    town.load(store)
    store.close()
    for asked, number in (((), 2), (("--register", "市工商局"), 1)):
        assert f"registers compared: {number};" in lianjian("reconcile", *asked).out
        assert f"比对 {number} 个名录" in lianjian("reconcile", *asked, "--lang", "zh").out


def test_sample(registered: Path, lianjian: Lianjian) -> None:
    """`sample` prints the seed that draws it again; without one it makes one up."""
    first = lianjian("sample", "--share", "0.5", "--json").json
    again = lianjian("sample", "--share", "0.5", "--seed", str(first["seed"]), "--json").json
    assert again == first
    assert first["size"] == sum(s["drawn"] for s in first["strata"]) == len(first["sample"])
    answer = lianjian("sample", "--size", "2", "--seed", "7", "--out", "s.xlsx")
    assert "--seed 7 --as-of 2017-01-05" in answer.out
    assert openpyxl.load_workbook("s.xlsx").worksheets[0].max_row == 3
    assert lianjian("sample").code == 2


def test_show_names_who_said_otherwise(city: Path, lianjian: Lianjian) -> None:
    """`show` tells since when a value holds and what was said before, as an object and as a table."""
    staff = next(
        v for v in lianjian("show", "F2", "--json").json["values"] if v["property"] == "staff"
    )
    assert (staff["value"], staff["since"], staff["disputed"]) == (200, B, False)
    (before,) = staff["otherwise"]
    assert (before["how"], before["value"], before["until"]) == ("earlier", 10, B)
    assert "Said otherwise" not in lianjian("show", "F1").out
    assert "earlier" in lianjian("show", "F2").out

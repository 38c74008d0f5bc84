"""``candidates`` and ``plan`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.cli.app import run
from graph.formation.comparison import compare
from graph.store import open_store
from tests.audit.town import Town


@pytest.fixture
def town(tmp_path: Path) -> str:
    """Return the path of a store: six small firms in one building, one to split off a joint unit."""
    made = Town()
    for x, m in enumerate((1, 2, 1, 2, 1, 2)):
        made.firm(f"K{x}", formal_members=m, building="building:420101001/001", industry="5211")
    made.joint("JJ", 4, 1)
    path = str(tmp_path / "town.db")
    store = open_store(path, create=True)
    made.load(store)
    store.close()
    return path


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_plan_on_stdout_is_one_object(town: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json a plan is one JSON object and nothing else, and carries what DESIGN lists."""
    assert run(["plan", "--store", town, "--json", "--in", "street:420101001"]) == 0
    plan = _json(capsys)
    assert plan["format"] == "lianjian.plan/1"
    assert plan["constraints"] == {"pin": [], "forbid": [], "accept": []}
    assert plan["previous"] is None
    (entry,) = plan["ledger_units"]
    assert {c for g in entry["joint"] for c in g["organizations"]} <= {f"K{x}" for x in range(6)}
    (split,) = entry["split"]
    assert (split["unit"], split["organizations"]) == ("JJ", ["JJF0"])
    assert split["remaining"] == {"organizations": 1, "formal_members": 1, "enough": False}


def test_a_plan_file_verifies(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that plan --out wrote is valid by verify, also with another radius."""
    for extra in ([], ["--set", "radius=800", "--seed", "3"]):
        path = str(tmp_path / "plan.json")
        assert run(["plan", "--store", town, "--out", path, *extra]) == 0
        capsys.readouterr()
        assert run(["verify", path, "--store", town, "--json"]) == 0
        assert _json(capsys)["valid"] is True


def test_a_worklist_has_a_sheet_for_each_ledger(town: str, tmp_path: Path) -> None:
    """A plan as a workbook holds an overview and a sheet for each ledger unit with something to do."""
    path = tmp_path / "plan.xlsx"
    assert run(["plan", "--store", town, "--out", str(path), "--lang", "en"]) == 0
    names = openpyxl.load_workbook(path).sheetnames
    assert names[0] == "Plan"
    assert any("420101001" in name for name in names[1:])


def test_a_worklist_is_for_an_office(town: str, tmp_path: Path) -> None:
    """Sheets are set up for paper with the header on each page, say names beside codes, and the overview sums up."""
    path, plan = tmp_path / "plan.xlsx", tmp_path / "plan.json"
    options = ["--out", str(path), "--out", str(plan), "--lang", "zh"]
    assert run(["plan", "--store", town, *options]) == 0
    book = openpyxl.load_workbook(path)
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$1:$1"
    head, *rows = book["方案"].iter_rows(values_only=True)
    totals = json.loads(plan.read_text(encoding="utf-8"))["totals"]
    last = dict(zip(head, rows[-1], strict=True))
    assert last["台账单位"] == "合计"
    assert (last["联合组建"], last["工作覆盖"]) == (totals["joint_units"], totals["work_coverage"])
    (street,) = [s for s in book if "420101001" in s.title]
    head, *rows = street.iter_rows(values_only=True)
    first = dict(zip(head, rows[0], strict=True))
    assert first["序号"] == 1
    codes = str(first["单位代码"]).split("\n")
    assert str(first["单位名称"]).split("\n") == [f"企业{code}" for code in codes]
    named = [dict(zip(head, row, strict=True)) for row in rows]
    (split,) = [row for row in named if row["应采取"] == "从联合党组织分出"]
    assert split["党组织"] == "党组织JJ（JJ）"


def test_a_plan_as_a_ledger_covers_whom_it_groups(town: str, tmp_path: Path) -> None:
    """--ledger writes 党组织 rows that cover every grouped organization, and the split unit without the one that leaves."""
    plan, ledger = tmp_path / "plan.json", tmp_path / "units.xlsx"
    assert run(["plan", "--store", town, "--out", str(plan), "--ledger", str(ledger)]) == 0
    book = openpyxl.load_workbook(ledger)
    head, *rows = book["党组织"].iter_rows(values_only=True)
    units = [dict(zip(head, row, strict=True)) for row in rows]
    entries = json.loads(plan.read_text(encoding="utf-8"))["ledger_units"]
    for g in (g for e in entries for g in e["joint"]):
        (unit,) = [u for u in units if u["党组织代码"] == g["id"]]
        assert unit["类型"] == "联合党支部"
        assert str(unit["覆盖单位"]).split(";") == g["organizations"]
    (old,) = [u for u in units if u["党组织代码"] == "JJ"]
    assert "JJF0" not in str(old["覆盖单位"])
    # the ledger comes whole, so that nobody is missing from its newer edition
    head, *rows = book["非公企业"].iter_rows(values_only=True)
    firms = {
        row["统一社会信用代码"]: row for row in (dict(zip(head, r, strict=True)) for r in rows)
    }
    assert {"JJF0", "JJF1", "K0"} <= firms.keys()
    assert str(firms["JJF0"]["党组织代码"]).startswith("NEW-")
    assert firms["JJF1"]["党组织代码"] == "JJ"


def test_decisions_come_from_files(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pin of two keeps them together, a forbid apart, and a plan can be continued from its own file."""
    pin, forbid, first = tmp_path / "pin.txt", tmp_path / "forbid.json", tmp_path / "first.json"
    pin.write_text("K0, K2\n", encoding="utf-8")
    forbid.write_text('[["K1", "K3"]]', encoding="utf-8")
    options = ["--pin", str(pin), "--forbid", str(forbid)]
    assert run(["plan", "--store", town, "--out", str(first), *options]) == 0
    capsys.readouterr()
    assert run(["plan", "--store", town, "--json", "--from", str(first), *options]) == 0
    plan = _json(capsys)
    units = [set(g["organizations"]) for e in plan["ledger_units"] for g in e["joint"]]
    assert any({"K0", "K2"} <= g for g in units)
    assert not any({"K1", "K3"} <= g for g in units)
    assert plan["previous"]["joint"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["plan", "--in", "nowhere"], "nowhere"),
        (["plan", "--set", "radius"], "KEY=VALUE"),
        (["plan", "--set", "radiu=3"], "radius"),
        (["plan", "--from", "no.json"], "no.json"),
        (["plan", "--pin", "no.txt"], "no.txt"),
        (["plan", "--out", "plan.txt"], ".json"),
        (["candidates", "--of", "NOBODY"], "lianjian find"),
    ],
)
def test_bad_input_is_one_line(
    town: str, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What can't be used is named in one line on stderr, exit 2."""
    assert run([*options, "--store", town, "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert "Traceback" not in said.err


def test_candidates_say_what_two_share(town: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Candidates are pairs with adjacency, similarity and what is shared; what shares a place is a group too."""
    assert run(["candidates", "--store", town, "--json"]) == 0
    found = _json(capsys)
    assert len(found["pairs"]) == found["totals"]["pairs"] == 15
    first = found["pairs"][0]
    assert (first["adjacency"], first["similarity"], first["dissimilarity"]) == (0.0, 0.0, 0.0)
    assert first["shared"] == ["building:420101001/001", "class:5211"]
    (group,) = found["groups"]
    assert group["key"] == "building:420101001/001"


def test_a_plan_for_a_person_names_what_its_units_lean_on(
    town: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --out and --json, the units are listed with the place that they lean on."""
    assert run(["plan", "--store", town, "--in", "street:420101001", "--lang", "en"]) == 0
    assert "building" in capsys.readouterr().out.lower()


def test_what_was_not_begun_has_no_gap(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without time for all the gap is that of the ledger units that were planned; the others show none."""
    path, book = tmp_path / "plan.json", tmp_path / "plan.xlsx"
    options = ["--store", town, "--lang", "en"]
    assert run(["plan", "--time", "0", "--out", str(path), "--out", str(book), *options]) == 1
    assert "that were planned)" in capsys.readouterr().out
    head, *rows = openpyxl.load_workbook(book)["Plan"].iter_rows(values_only=True)
    named = [dict(zip(head, row, strict=True)) for row in rows]
    begun = [row["gap"] is not None for row in named[:-1]]
    assert begun == [row["status"] != "not started" for row in named[:-1]]
    assert named[-1]["gap"] is None
    assert run(["verify", str(path), *options]) == 0
    said = capsys.readouterr().out
    assert "100.0000 %" not in said
    assert "that were planned)" in said


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_decisions_may_be_saved_by_any_editor(
    encoding: str, town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of decisions with a Chinese comment is read as UTF-8, as Windows' UTF-16 and as GBK."""
    pin = tmp_path / "pin.txt"
    pin.write_bytes("K0，K2 # 同一楼宇的两家\n".encode(encoding))
    assert run(["plan", "--store", town, "--json", "--pin", str(pin)]) == 0
    assert _json(capsys)["constraints"]["pin"] == [["K0", "K2"]]


def test_a_workbook_of_decisions_is_refused_with_the_way_out(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Codes in a workbook are no text: the message says how to save them."""
    pin = tmp_path / "pin.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["K0", "K2"])  # type: ignore[union-attr]
    book.save(pin)
    assert run(["plan", "--store", town, "--pin", str(pin), "--lang", "en"]) == 2
    assert "a set a line" in capsys.readouterr().err


def test_decisions_that_change_nothing_are_told(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file without a decision, and one about another ledger unit than those planned, are named beside the plan."""
    empty, pin = tmp_path / "empty.txt", tmp_path / "pin.txt"
    empty.write_text("# 暂无\n", encoding="utf-8")
    pin.write_text("K0 K2\n", encoding="utf-8")
    options = [
        "--pin",
        str(pin),
        "--forbid",
        str(empty),
        "--in",
        "street:420102001",
        "--lang",
        "en",
    ]
    assert run(["plan", "--store", town, "--json", *options]) == 0
    said = capsys.readouterr().err
    assert "empty.txt holds no decision" in said
    assert "1 of 1 decisions concern no ledger unit that is planned" in said


def test_a_plan_of_a_part_is_not_written_over_the_whole(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Going on from a city's plan in one street can't replace the city's file."""
    path = tmp_path / "plan.json"
    assert run(["plan", "--store", town, "--out", str(path)]) == 0
    before = path.read_bytes()
    again = ["plan", "--store", town, "--from", str(path), "--out", str(path), "--lang", "en"]
    assert run([*again, "--in", "street:420101001"]) == 2
    assert "give the new plan another name" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert run(again) == 0


def test_who_is_covered_by_now_is_not_called_lost(
    town: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Organizations that a newer plan has none to plan for are settled; only who is left uncovered is no longer covered."""
    assert run(["plan", "--store", town, "--json", "--in", "street:420101001"]) == 0
    before = _json(capsys)
    after = json.loads(json.dumps(before))
    (entry,) = after["ledger_units"]
    done, lost = entry["joint"].pop()["organizations"], entry["attached"] or entry["joint"]
    gone = lost.pop()
    codes = gone.get("organizations") or [gone["organization"]]
    entry["uncovered"] += [{"organization": c} for c in codes]
    found = compare(before, after)
    assert found["settled"] == sorted(done)
    assert found["no_longer_covered"] == sorted(codes)


def test_a_plan_that_was_cut_off_is_called_so(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that begins as a plan and ends in the middle is damaged, not something else."""
    path = tmp_path / "plan.json"
    assert run(["plan", "--store", town, "--out", str(path)]) == 0
    whole = path.read_bytes()
    within = whole.rindex("员".encode()) + 1
    for cut in (len(whole) - 200, within):
        path.write_bytes(whole[:cut])
        for command in (["verify", str(path)], ["plan", "--from", str(path)]):
            capsys.readouterr()
            assert run([*command, "--store", town, "--lang", "en"]) == 2
            said = capsys.readouterr().err
            assert "damaged or cut off (at line " in said
            assert "give a whole copy, or make it again" in said


def test_verify_says_that_a_plan_is_another_citys(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan most of whose organizations the store has never heard of is invalid, and the reason is told in one line."""
    path = tmp_path / "plan.json"
    assert run(["plan", "--store", town, "--out", str(path)]) == 0
    path.write_text(path.read_text(encoding="utf-8").replace('"K', '"Q'), encoding="utf-8")
    capsys.readouterr()
    assert run(["verify", str(path), "--store", town, "--lang", "en"]) == 1
    assert "the plan of another city" in capsys.readouterr().err


def test_who_stands_in_another_ledger_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Candidates and plan of a street say how many small organizations there stand in other ledgers; those of a ledger don't."""
    made = Town()
    for x in range(2):
        made.firm(f"K{x}", formal_members=2, building="building:420101001/001", industry="5211")
        made.social(f"V{x}", formal_members=2, building="building:420101001/001")
        for y in range(4):
            made.social(f"W{x}{y}", formal_members=2, street="420101002")
    path = str(tmp_path / "town.db")
    store = open_store(path, create=True)
    made.load(store)
    store.close()
    for command in ("candidates", "plan"):
        assert run([command, "--store", path, "--in", "420101001"]) == 0
        assert "(district:420101 2" in capsys.readouterr().out
        assert run([command, "--store", path, "--in", "street:420101001"]) == 0
        assert "district:420101" not in capsys.readouterr().out


def test_candidates_of_one_name_the_units_with_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`candidates --of` lists the existing units that the organization could be attached to, with room, cost and reason."""
    made = Town()
    made.firm("K", formal_members=1, building="building:420101001/001")
    made.joint("JJ", 1, 2)
    path = str(tmp_path / "town.db")
    store = open_store(path, create=True)
    made.load(store)
    store.close()
    assert run(["candidates", "--store", path, "--of", "K", "--json"]) == 0
    hosts = {h["unit"]: h for h in _json(capsys)["hosts"]}
    assert (hosts["JJ"]["free_places"], hosts["JJ"]["free_seats"]) == (3, 47)
    assert hosts["JJ"]["covered"] == ["JJF0", "JJF1"]
    assert run(["candidates", "--store", path, "--of", "K", "--lang", "zh"]) == 0
    assert "可挂靠的党组织" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chosen_values_are_labelled(
    lang: str, town: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan for people names the values that were chosen by what they are, in groups; their keys stand in the object only."""
    options = ["plan", "--store", town, "--in", "street:420101001"]
    assert run([*options, "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert run([*options, "--json"]) == 0
    made = _json(capsys)
    assert len(made["chosen"]) > 20
    for c in made["chosen"]:
        assert c["key"] not in {w.strip() for w in said.replace("=", " = ").split(" = ")}
    words = {"zh": "同一楼宇 = 0；", "en": "a shared building = 0; "}
    assert words[lang] in said
    assert {"zh": "总成本", "en": "Total cost"}[lang] in said


@pytest.mark.parametrize(
    "command",
    [
        "survey",
        "plan",
        "candidates",
        "coverage",
        "audit --in 420101",
        "plan --why K0",
        "survey --in 420101001",
    ],
)
def test_a_date_before_all_ledgers_is_named(
    command: str, town: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of a date on which nothing was listed yet, a city's questions name the first date that there is."""
    for lang, words in (("en", "nothing was listed on that date"), ("zh", "该日尚未列入任何单位")):
        options = ["--store", town, "--as-of", "2010-01-01", "--lang", lang]
        assert run([*command.split(), *options]) == 2
        said = capsys.readouterr()
        assert words in said.err
        first = said.err.split("--as-of ")[2].split()[0]
        assert run(["survey", "--store", town, "--as-of", first]) == 0
        assert "420101001" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda p: p["ledger_units"][1].pop("objective"), "ledger_units[1].objective"),
        (lambda p: p["ledger_units"][0].update(gap="much"), "ledger_units[0] "),
        (lambda p: p.update(ledger_units={}), "ledger_units "),
        (lambda p: p.update(as_of="soon"), "as_of "),
        (lambda p: p.update(format="lianjian.plan/2"), "lianjian.plan/1: update it"),
    ],
)
def test_a_plan_to_go_on_from_says_where_it_is_damaged(
    change: Callable[[dict[str, Any]], Any],
    where: str,
    town: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A plan that lacks something, or holds it of another type, is called damaged at that place, with the way out."""
    path = tmp_path / "plan.json"
    assert run(["plan", "--store", town, "--out", str(path)]) == 0
    plan = json.loads(path.read_text(encoding="utf-8"))
    change(plan)
    path.write_text(json.dumps(plan), encoding="utf-8")
    capsys.readouterr()
    assert run(["plan", "--store", town, "--from", str(path), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert where in said
    assert "make it again" in said or "plan again" in said


def test_a_plans_ledger_prints_so_that_it_can_be_read(town: str, tmp_path: Path) -> None:
    """Units on one page across A4 with the header on each, columns as wide as they need; what no row fills takes no column."""
    ledger = tmp_path / "units.xlsx"
    assert run(["plan", "--store", town, "--ledger", str(ledger)]) == 0
    book = openpyxl.load_workbook(ledger)
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == "$1:$1"
        assert max(d.width for d in sheet.column_dimensions.values()) < 25
    units, firms = book["党组织"], book["非公企业"]
    assert units.page_setup.fitToWidth in (None, 1)  # one is what a workbook means without it
    head, *rows = firms.iter_rows(values_only=True)
    filled = {h for x, h in enumerate(head) if any(row[x] is not None for row in rows)}
    assert {"统一社会信用代码", "单位名称", "正式党员数"} <= filled
    assert "联合发展次数" not in head

"""``plan --why``, ``--why-not``, ``--alternatives``, and what ``--set`` and ``--from`` change, from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from api.cli.app import run
from graph.store import open_store
from tests.audit.town import Town

STREET = "street:420101002"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of a store: six small firms in two buildings, a unit with room, one alone, one to form separately."""
    made = Town()
    made.unit("S12", type="工委", superior="D1", street="420101002", district="420101")
    for b in ("1", "2"):
        made.put("building", f"building:420101002/{b}", code=b, name=f"{b}号楼", street="420101002")
        for x, m in enumerate((1, 2, 1)):
            made.firm(
                f"K{b}{x}", formal_members=m, street="420101002", industry="5211" if b == "1" else "5212",
                building=f"building:420101002/{b}",
            )  # fmt: skip
    made.firm("H", formal_members=4, street="420101002", unit="HU", building="building:420101002/1")
    made.unit("HU", superior="S12", organization="H", street="420101002", district="420101")
    made.firm("ALONE", formal_members=1, street="420101002", industry="0111")
    made.firm("BIG", formal_members=3, street="420101002")
    made.firm("NONE", formal_members=0, street="420101002")
    made.joint("JJ", 4, 1)
    path = str(tmp_path_factory.mktemp("town") / "town.db")
    store = open_store(path, create=True)
    made.load(store)
    store.close()
    return path


@pytest.fixture(scope="module")
def plan_file(town: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of the town's plan."""
    path = str(tmp_path_factory.mktemp("plan") / "plan.json")
    assert run(["plan", "--store", town, "--out", path]) == 0
    return path


def _asked(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert run(["plan", "--json", *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_why_adds_up(town: str, plan_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The parts of a place's cost add up to it, and the next best place is dearer by what its changes cost."""
    capsys.readouterr()
    for code in ("K10", "K11", "K20", "ALONE"):
        found = _asked(capsys, "--why", code, "--store", town, "--from", plan_file)
        parts = sum(p["value"] for p in found["cost_parts"])
        assert round(parts, 6) == found["stands"]["cost"], code
        following = found["next_best"]
        changes = sum(x["cost"] for x in following["forms"]) - sum(
            x["cost"] for x in following["drops"]
        )
        if following["place"] is not None:
            assert round(changes, 6) == following["dearer"] >= 0
            assert following["proven"]
            assert code in following["place"]["organizations"]


def test_why_takes_pairs_apart(town: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of each pair, adjacency and similarity say where they come from, and half of each makes the dissimilarity."""
    found = _asked(capsys, "--why", "K20", "--store", town)
    assert found["pairs"]
    for pair in found["pairs"]:
        a, s = pair["adjacency"], pair["similarity"]
        assert pair["dissimilarity"] == pytest.approx((a["value"] + s["value"]) / 2, abs=2e-6)
        assert {a["by"], s["by"]} == {"building", "class"}
        assert [p["name"] for p in a["places"]] == ["2号楼"]
        assert s["sector"]["code"] == "5212"


@pytest.mark.parametrize(
    ("code", "place"),
    [("BIG", "separate"), ("NONE", "work_coverage"), ("JJF0", "split"), ("H", "covered"), ("ALONE", "uncovered")],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everyone_stands_somewhere(
    town: str, code: str, place: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is asked about gets an answer, small or not, in words and as an object."""
    assert _asked(capsys, "--why", code, "--store", town)["stands"]["as"] == place
    assert run(["plan", "--why", code, "--store", town, "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert code in said
    assert "{" not in said


def test_why_follows_a_merge(town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked about a merged code, --why and --why-not answer for the one that stays, naming the decision's office and date."""
    path = str(tmp_path / "town.db")
    shutil.copy(town, path)
    who = ["--office", "某局", "--date", "2016-08-26", "--reason", "核实"]
    assert run(["decide", "merge", "K10", "ALONE", *who, "--store", path]) == 0
    capsys.readouterr()
    found = _asked(capsys, "--why", "ALONE", "--store", path)
    assert [(d["object"], d["subject"]) for d in found["merged"]] == [("ALONE", "K10")]
    assert _asked(capsys, "--why", "K10", "--store", path) == found | {"merged": []}
    pair = _asked(capsys, "--why-not", "ALONE", "K22", "--store", path)
    assert _asked(capsys, "--why-not", "K10", "K22", "--store", path) == pair | {"merged": []}
    assert run(["plan", "--why", "ALONE", "--store", path, "--lang", "en"]) == 0
    assert "ALONE is merged into K10, as 某局 decided on 2016-08-26" in capsys.readouterr().out


def test_why_not_names_the_rule_or_the_price(
    town: str, plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two that no rule keeps apart get the cheapest plan that joins them; others get the rule."""
    found = _asked(capsys, "--why-not", "K10", "K22", "--store", town, "--from", plan_file)
    assert found["forbidden"] == []
    cheapest = found["cheapest"]
    assert {"K10", "K22"} <= set(cheapest["unit"]["organizations"])
    assert cheapest["dearer"] == round(cheapest["cost"] - cheapest["plan_cost"], 6) >= 0
    assert cheapest["proven"]
    for pair, rule in (
        (("K10", "F1"), "not_small"),
        (("K10", "JJF1"), "not_small"),
        (("K10", "ALONE"), "method"),
    ):
        found = _asked(capsys, "--why-not", *pair, "--store", town)
        assert found["cheapest"] is None
        assert rule in [r["rule"] for r in found["forbidden"]], pair
    for lang in ("zh", "en"):
        assert run(["plan", "--why-not", "K10", "K22", "--store", town, "--lang", lang]) == 0
        assert "{" not in capsys.readouterr().out


def test_why_not_costs_what_the_pinned_plan_costs(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What --why-not says a group would cost is the objective of the plan that has it pinned."""
    found = _asked(capsys, "--why-not", "K10", "K22", "--store", town)
    pin = tmp_path / "pin.txt"
    pin.write_text("K10 K22\n", encoding="utf-8")
    made = _asked(capsys, "--pin", str(pin), "--in", STREET, "--store", town)
    assert made["totals"]["objective"] == found["cheapest"]["cost"]


def test_alternatives_come_in_order(
    town: str, plan_file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Alternatives of one ledger unit are ranked by cost, each with what it forms instead; the workbook holds them too."""
    found = _asked(
        capsys, "--alternatives", "4", "--in", STREET, "--store", town, "--from", plan_file
    )
    costs = [a["cost"] for a in found["alternatives"]]
    assert len(costs) == 4
    assert costs == sorted(costs)
    assert costs[0] >= found["objective"]
    assert all(a["proven"] for a in found["alternatives"])
    book = tmp_path / "other.xlsx"
    for lang in ("zh", "en"):
        options = ["--alternatives", "2", "--in", STREET, "--store", town, "--lang", lang]
        assert run(["plan", *options, "--out", str(book)]) == 0
        assert "{" not in capsys.readouterr().out
    assert book.stat().st_size > 0


def test_a_changed_value_is_compared_with_the_plan_without_it(
    town: str, plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --set the difference in covered organizations, units and cost stands under ``compared``, and in words."""
    made = _asked(capsys, "--set", "max_organizations=2", "--store", town)
    compared = made["compared"]
    assert compared["changed"]["max_organizations"] == {"before": 5, "after": 2}
    base = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    for name in ("covered", "joint_units", "objective"):
        x = compared["figures"][name]
        assert x["before"] == base["totals"][name]
        assert x["after"] == made["totals"][name]
    for lang in ("zh", "en"):
        options = ["--set", "radius=800", "--from", plan_file, "--store", town, "--lang", lang]
        assert run(["plan", *options]) == 0
        assert "800" in capsys.readouterr().out


def test_a_plan_continued_says_whom_it_moves(
    town: str, plan_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Moved organizations are counted and listed with where they were; verify checks that list."""
    made = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    entry = next(e for e in made["ledger_units"] if e["id"] == STREET)
    assert made["totals"]["moved"] == 0
    group = entry["joint"][0]["organizations"]
    forbid, out = tmp_path / "forbid.txt", tmp_path / "after.json"
    forbid.write_text(" ".join(group), encoding="utf-8")
    options = ["--from", plan_file, "--forbid", str(forbid), "--store", town]
    assert run(["plan", *options, "--out", str(out), "--lang", "en"]) == 0
    assert "moved" in capsys.readouterr().out
    after = json.loads(out.read_text(encoding="utf-8"))
    moved = [m for e in after["ledger_units"] for m in e["moved"]]
    assert len(moved) == after["totals"]["moved"] > 0
    assert {m["organization"] for m in moved} & set(group)
    assert all(m["before"] != m["after"] for m in moved)
    assert run(["verify", str(out), "--store", town]) == 0
    next(e for e in after["ledger_units"] if e["moved"])["moved"].pop()
    out.write_text(json.dumps(after), encoding="utf-8")
    assert run(["verify", str(out), "--store", town]) == 1


def test_a_plan_continued_keeps_its_scope(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --in a plan of one ledger is continued as a plan of that ledger, and says so; what lies outside it is refused."""
    path = tmp_path / "street.json"
    assert run(["plan", "--store", town, "--in", STREET, "--out", str(path)]) == 0
    capsys.readouterr()
    again = ["plan", "--store", town, "--from", str(path), "--lang", "en"]
    assert run([*again, "--json"]) == 0
    said = capsys.readouterr()
    made = json.loads(said.out)
    assert made["scope"] == [STREET]
    assert [e["id"] for e in made["ledger_units"]] == [STREET]
    assert made["compared"]["ledger_units"] == 1
    assert STREET in said.err
    assert run([*again, "--in", "street:420101001"]) == 2
    said = capsys.readouterr()
    assert "street:420101001 lies outside it" in said.err
    assert run([*again, "--alternatives", "1"]) == 0


@pytest.mark.parametrize("changed", [False, True], ids=["the same store", "another store"])
def test_a_falsified_cost_is_refused(
    town: str, plan_file: str, tmp_path: Path, changed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan whose costs are not what its units cost is not continued; of another store's only the sums can be told."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    entry = next(e for e in plan["ledger_units"] if e["id"] == STREET)
    unit = entry["joint"][0]
    cost, unit["cost"] = unit["cost"], 0.1
    if changed:
        plan["input_fingerprint"] = "0" * 64
    else:
        entry["objective"] += 0.1 - cost
    path = tmp_path / "cheap.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    capsys.readouterr()
    assert run(["plan", "--from", str(path), "--store", town, "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "altered" in said.err
    assert (STREET if changed else unit["organizations"][0]) in said.err


def test_an_answer_goes_over_no_plan(
    town: str, plan_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer is written over an earlier answer, but over no plan, no other object and no other workbook."""
    text = Path(plan_file).read_text(encoding="utf-8")
    plan, other, book = (tmp_path / n for n in ("plan.json", "pins.json", "worklist.xlsx"))
    plan.write_text(text, encoding="utf-8")
    other.write_text('[["K10", "K11"]]', encoding="utf-8")
    assert run(["plan", "--store", town, "--out", str(book)]) == 0
    for path in (plan, other, book):
        before = path.read_bytes()
        capsys.readouterr()
        assert (
            run(["plan", "--why", "K10", "--store", town, "--out", str(path), "--lang", "en"]) == 2
        )
        assert "another name" in capsys.readouterr().err
        assert path.read_bytes() == before
    for name in ("answer.json", "answer.xlsx"):
        for code in ("K10", "K20"):
            assert run(["plan", "--why", code, "--store", town, "--out", str(tmp_path / name)]) == 0
    assert run(["plan", "--store", town, "--out", str(plan)]) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--why", "NOBODY"], "NOBODY"),
        (["--why-not", "K10", "NOBODY"], "NOBODY"),
        (["--why-not", "K10", "K10"], "two different"),
        (["--why", "K10", "--alternatives", "2"], "one question"),
        (["--alternatives", "2"], "--in"),
        (["--alternatives", "2", "--in", "420101"], "one ledger unit"),
        (["--why", "K10", "--ledger", "x.xlsx"], "--ledger"),
    ],
)
def test_a_wrong_question_is_one_line(
    town: str, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What can't be asked is named in one line on stderr, exit 2."""
    assert run(["plan", *options, "--store", town, "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert len(said.err.splitlines()) == 1


def test_a_plan_file_is_explained_under_its_own_terms(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan made with another radius and a forbid is explained with these; other terms beside it are refused."""
    path, forbid = tmp_path / "plan.json", tmp_path / "forbid.txt"
    forbid.write_text("K10 K11", encoding="utf-8")
    options = ["--set", "radius=20000", "--forbid", str(forbid), "--store", town]
    assert run(["plan", *options, "--out", str(path)]) == 0
    capsys.readouterr()
    found = _asked(capsys, "--why-not", "K10", "K11", "--store", town, "--from", str(path))
    assert [r["rule"] for r in found["forbidden"]] == ["forbid"]
    assert (
        run(["plan", "--why", "K10", "--from", str(path), "--set", "radius=3", "--store", town])
        == 2
    )


@pytest.mark.parametrize(
    "question",
    [
        ["plan", "--from"],
        ["plan", "--why", "K10", "--from"],
        ["coverage", "--plan"],
        ["map", "--in", "420101", "--out", "m.html", "--plan"],
        ["map", "K10", "--out", "m.html", "--plan"],
    ],
)
def test_a_plan_of_another_city_is_refused(
    town: str,
    plan_file: str,
    tmp_path: Path,
    question: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A plan whose organizations the store does not have is refused by name: continued, explained, counted or drawn."""
    monkeypatch.chdir(tmp_path)
    text = Path(plan_file).read_text(encoding="utf-8")
    other = tmp_path / "other.json"
    other.write_text(text.replace('"K', '"Q').replace('"ALONE', '"QLONE'), encoding="utf-8")
    capsys.readouterr()
    assert run([*question, str(other), "--store", town, "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert "another city" in said.err
    assert "QLONE" in said.err or "Q10" in said.err
    assert said.out == ""
    assert not (tmp_path / "m.html").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plan, entry: entry.pop("prices"),
        lambda plan, entry: entry["joint"].append({"organizations": [7]}),
        lambda plan, entry: entry.update(objective="much"),
        lambda plan, entry: plan.update(as_of="soon"),
        lambda plan, entry: plan.update(ledger_units={}),
        lambda plan, entry: entry["cuts"].append({"organizations": ["K10"], "price": 1.0}),
    ],
    ids=[
        "no prices",
        "a joint unit of a number",
        "a word for a number",
        "no date",
        "no list",
        "a cut of one",
    ],
)
def test_a_spoilt_plan_file_is_one_line(
    town: str, plan_file: str, tmp_path: Path, spoil: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan file that lacks something, or has it of another type, is named in one line, exit 2."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    spoil(plan, next(e for e in plan["ledger_units"] if e["id"] == STREET))
    path = tmp_path / "spoilt.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    capsys.readouterr()
    assert run(["plan", "--why", "K10", "--from", str(path), "--store", town, "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "spoilt.json" in said.err
    assert len(said.err.splitlines()) == 1


def test_a_plan_that_the_store_has_outgrown_says_so(
    town: str, plan_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An entry whose small organizations are not those of the store is refused with the way out."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    entry = next(e for e in plan["ledger_units"] if e["id"] == STREET)
    entry["joint"] = entry["joint"][1:]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    capsys.readouterr()
    assert run(["plan", "--why", "K10", "--from", str(path), "--store", town, "--lang", "en"]) == 2
    assert "plan again" in capsys.readouterr().err


def test_why_of_a_unit(town: str, plan_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked about a unit, --why tells who is in it and why: one that the plan forms, with what it costs, or one that is there."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    entry = next(e for e in plan["ledger_units"] if e["id"] == STREET)
    capsys.readouterr()
    unit = entry["joint"][0]
    found = _asked(capsys, "--why", unit["id"], "--store", town, "--from", plan_file)
    assert [m["organization"] for m in found["members"]] == unit["organizations"]
    assert round(sum(p["value"] for p in found["cost_parts"]), 6) == found["cost"] == unit["cost"]
    assert found["superior"] == unit["superior"] == "S12"
    host = _asked(capsys, "--why", "HU", "--store", town, "--from", plan_file)
    attached = [a["organization"] for a in entry["attached"] if a["unit"] == "HU"]
    assert [a["organization"] for a in host["attached"]] == attached
    assert [m["organization"] for m in host["members"]] == ["H"]
    assert (host["as"], host["free_places"]) == ("existing", 4)
    assert _asked(capsys, "--why", "JJ", "--store", town)["split"] == ["JJF0"]
    for code in (unit["id"], "HU", "JJ", "S12"):
        for lang in ("zh", "en"):
            options = ["--why", code, "--store", town, "--from", plan_file, "--lang", lang]
            assert run(["plan", *options]) == 0
            said = capsys.readouterr().out
            assert code in said
            assert "{" not in said


def test_why_of_a_code_that_no_plan_explains(
    town: str, plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A planned unit's code without its plan, or of another plan, and a code of nothing are refused with the way out."""
    for options, word in (
        (["--why", "NEW-01234567"], "--from PLAN"),
        (["--why", "NEW-01234567", "--from", plan_file], "one of its organizations"),
        (["--why", "NOTHING"], "lianjian find NOTHING"),
    ):
        assert run(["plan", *options, "--store", town, "--lang", "en"]) == 2
        assert word in capsys.readouterr().err


def test_alternatives_say_who_stands_elsewhere(
    town: str, plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each alternative names whom it has elsewhere, from where to where, and says where it costs the same."""
    found = _asked(
        capsys, "--alternatives", "4", "--in", STREET, "--store", town, "--from", plan_file
    )
    for x in found["alternatives"]:
        dropped = {c: p for p in x["drops"] for c in p["organizations"]}
        formed = {c: p for p in x["forms"] for c in p["organizations"]}
        assert x["moves"]
        for m in x["moves"]:
            assert m["before"] == dropped[m["organization"]]
            assert m["after"] == formed[m["organization"]]
    options = ["--alternatives", "4", "--in", STREET, "--store", town, "--lang", "en"]
    assert run(["plan", *options, "--from", plan_file]) == 0
    said = capsys.readouterr().out
    assert all(f"Alternative {rank}, " in said for rank in range(1, 5))


def test_a_plan_without_small_ones_may_be_another_citys(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever a plan names counts: those who form separately or are told of only, too, where it groups nobody."""
    path = tmp_path / "plan.json"
    lists = {k: [{"organization": f"{k}-Q"}] for k in ("separate", "work_coverage", "uncovered")}
    plan = {"format": "lianjian.plan/1", "ledger_units": [{"id": "street:1", **lists}]}
    path.write_text(json.dumps(plan), encoding="utf-8")
    assert run(["coverage", "--plan", str(path), "--store", town, "--lang", "en"]) == 2
    assert "3 of its 3 organizations" in capsys.readouterr().err

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.app import run
from graph.store import open_store
from tests.cli.commandline import Answer, Lianjian
from tests.formation_verify.cities import city
from tests.formation_verify.conftest import case


@pytest.fixture
def lianjian(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Lianjian:
    """A city in the default store, its valid plan in ``plan.json``, and a way to run a command line."""
    for name in ("LIANJIAN_STORE", "LIANJIAN_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIANJIAN_LANG", "en")
    monkeypatch.chdir(tmp_path)
    store = open_store("lianjian.db", create=True)
    city(4, 40, store=store)
    store.close()
    Path("plan.json").write_text(json.dumps(case(4).plan, ensure_ascii=False), encoding="utf-8")

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = run(arguments)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


def test_a_valid_plan(lianjian: Lianjian) -> None:
    """A valid plan ends with 0, says what was checked in both languages, and its object holds the contract's keys."""
    answer = lianjian("verify", "plan.json")
    assert answer.code == 0
    assert "The plan is valid" in answer.out
    assert "superiors, codes of planned units, clauses" in answer.out
    assert "Not checked: why organizations are uncovered" in answer.out
    assert "The store has changed" not in answer.out
    assert "方案有效" in lianjian("verify", "plan.json", "--lang", "zh").out
    found = lianjian("verify", "plan.json", "--json").json
    assert found["valid"] is True
    assert found["faults"] == []
    assert found.keys() >= {"valid", "objective", "bound", "gap", "faults"}
    assert found["gap"] == pytest.approx(1 - found["bound"] / found["objective"], abs=1e-8)


def test_a_plan_with_faults(lianjian: Lianjian) -> None:
    """A plan with faults ends with 1, and each fault has code, ledger unit, organizations and both languages."""
    plan = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    entry = next(e for e in plan["ledger_units"] if e["joint"])
    entry["joint"][0]["cost"] += 1e-6
    plan["parameters"] = {"max_organizations": 5, "radius": 400}
    plan["input_fingerprint"] = "another"
    Path("plan.json").write_text(json.dumps(plan), encoding="utf-8")
    answer = lianjian("verify", "plan.json")
    assert answer.code == 1
    assert "The plan is not valid" in answer.out
    assert "radius = 400" in answer.out
    assert "The store has changed" in answer.out
    found = lianjian("verify", "plan.json", "--json")
    assert found.code == 1
    fault = next(f for f in found.json["faults"] if f["code"] == "wrong_cost")
    assert fault["ledger_unit"] == entry["id"]
    assert fault["organizations"] == entry["joint"][0]["organizations"]
    assert fault["message"].keys() == {"zh", "en"}
    assert fault["message"]["en"].startswith(f"{entry['id']}: the cost of ")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "null", '{"format": "other"}', "[" * 100_000, "\x00", '{"format": 1e999}'],
    ids=["empty", "list", "cut", "null", "other", "deep", "zero", "infinite"],
)
def test_no_plan(lianjian: Lianjian, text: str) -> None:
    """A file that holds no plan is one clear line and ends with 2."""
    Path("plan.json").write_text(text, encoding="utf-8")
    answer = lianjian("verify", "plan.json")
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("lianjian: plan plan.json: not a plan")
    assert answer.err.count("\n") == 1


def test_no_file_no_text_no_store(lianjian: Lianjian) -> None:
    """A missing file or bytes that are no text end with 2, a missing store with 3; a plan of tomorrow's format with 1."""
    assert lianjian("verify", "nowhere.json").code == 2
    assert "no such file" in lianjian("verify", "nowhere.json").err
    Path("bytes.json").write_bytes(b"\xff\xfe\x00")
    assert "can't be read" in lianjian("verify", "bytes.json").err
    assert lianjian("verify", ".").code == 2
    assert lianjian("verify", "plan.json", "--store", "nowhere.db").code == 3
    Path("next.json").write_text('{"format": "lianjian.plan/2"}', encoding="utf-8")
    assert lianjian("verify", "next.json").code == 1


def test_a_plan_by_a_profile_of_ones_own(lianjian: Lianjian) -> None:
    """A plan made by a profile that is not the project's asks for its file, and is checked by it."""
    plan = json.loads(Path("plan.json").read_text(encoding="utf-8")) | {"profile": "mine"}
    Path("plan.json").write_text(json.dumps(plan), encoding="utf-8")
    answer = lianjian("verify", "plan.json")
    assert answer.code == 2
    assert "--profile" in answer.err
    Path("mine.toml").write_text('name = "mine"\nextends = "wuhan-2016"\n', encoding="utf-8")
    assert lianjian("verify", "plan.json", "--profile", "mine.toml").code == 0

"""The demonstration: the whole way, twice the same, and nothing found but what was planted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from api.cli.app import run
from tests.cli.commandline import Lianjian

pytestmark = pytest.mark.xdist_group("demo")  # one makes the demonstrations, once
SMALL = ("--orgs", "300", "--seed", "11")


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two demonstrations of one seed, in folders of different names."""
    one = tmp_path_factory.mktemp("one") / "demo"
    other = tmp_path_factory.mktemp("other") / "another name"
    assert run(["demo", str(one), *SMALL, "--lang", "en"]) == 0
    assert run(["demo", str(other), *SMALL, "--lang", "en"]) == 0
    return one, other


def test_one_seed_one_result(folders: tuple[Path, Path]) -> None:
    """Two runs of one seed give the same files, byte by byte, all but the store and its journal."""
    one, other = (
        {p.relative_to(f): p.read_bytes() for p in sorted(f.rglob("*")) if p.is_file()}
        for f in folders
    )
    assert one.keys() == other.keys()
    differing = {
        str(name)
        for name in one
        if one[name] != other[name] and name.parts[0] != "lianjian.service"
    }
    assert differing <= {"lianjian.db", "lianjian.db-wal", "lianjian.db-shm"}
    for name in ("plan.json", "audit.json", "street.html", "exports/street.gexf", "plan.xlsx"):
        assert Path(name) in one


def test_what_was_planted_is_found_and_nothing_else(folders: tuple[Path, Path]) -> None:
    """Against the truth of the generated city the audit's precision and recall are 1."""
    folder = folders[0]
    truth = json.loads((folder / "ledgers/truth.json").read_text(encoding="utf-8"))
    found = json.loads((folder / "audit.json").read_text(encoding="utf-8"))["findings"]

    def pairs(rows: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
        return Counter((r["code"], r["subject"]) for r in rows)

    assert pairs(found) == pairs(truth)
    assert len(truth) > 100


def test_its_plan_is_valid(folders: tuple[Path, Path], lianjian: Lianjian) -> None:
    """The verifier accepts the plan against the store that the demonstration left."""
    answer = lianjian(
        "verify",
        str(folders[0] / "plan.json"),
        "--store",
        str(folders[0] / "lianjian.db"),
        "--json",
    )
    assert answer.code == 0
    assert answer.json["valid"] is True


@pytest.mark.large
def test_it_says_what_it_made(folders: tuple[Path, Path], lianjian: Lianjian) -> None:
    """It ends with every file that it made and three commands, which work from where it was started."""
    folder = folders[0]
    answer = lianjian("demo", str(folder), *SMALL, "--json")
    assert answer.code == 0
    assert all(Path(made["path"]).exists() for made in answer.json["made"])
    assert len(answer.json["next"]) == 3
    assert answer.json["serve"].startswith("lianjian serve --store ")
    for command in answer.json["next"]:
        name, *arguments = command.split()
        assert name == "lianjian"
        out = ["--out", str(folder / "tried.html")] if arguments[0] == "map" else []
        assert lianjian(*arguments, *out).code == 0, command


def test_a_folder_of_others_is_left_alone(tmp_path: Path, lianjian: Lianjian) -> None:
    """A folder that holds files of someone else's is refused in one line, and they stay."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    answer = lianjian("demo", str(tmp_path), *SMALL, "--lang", "en")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "not the demo's" in answer.err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.large
def test_only_its_own_files_are_replaced(
    tmp_path: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second demo leaves a user's files and the store of the settings alone, and refuses a store that was worked with."""
    theirs = tmp_path / "theirs.db"
    monkeypatch.setenv("LIANJIAN_STORE", str(theirs))
    folder = tmp_path / "demo"
    small = ("demo", str(folder), "--orgs", "50", "--seed", "1")
    assert lianjian(*small).code == 0
    (folder / "mine.txt").write_text("kept", encoding="utf-8")
    assert lianjian(*small).code == 0
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "kept"
    assert not theirs.exists()
    freeze = ("baseline", "freeze", "--office", "市委组织部", "--date", "2016-12-20")
    assert lianjian(*freeze, "--store", str(folder / "lianjian.db")).code == 0
    refused = lianjian(*small)
    assert refused.code == 2
    assert "lianjian.db" in refused.err
    assert (folder / "plan.json").exists()

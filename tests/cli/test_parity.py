"""Every command, asked of a city in an embedded store and of the same city on a server: one answer."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.app import run
from tests.cli.commandline import Answer, Lianjian

DOCUMENTED = Path(__file__).parents[2] / "docs/cli.md"
ELSEWHERE = {
    "demo", "copy", "serve", "journal list", "journal head", "journal verify", "user add", "user list", "user password",
    "user disable", "user enable", "token create", "token list", "token revoke", "backup", "restore", "boundaries load",
    "boundaries list", "boundaries remove",
}  # fmt: skip
"""Commands with a store that are asked nothing here: one makes its own, one has two, one answers elsewhere, some tell of the file
beside it."""
WHO = ("--office", "某局", "--reason", "核实")


def commands() -> set[str]:
    """Every documented command that takes ``--store``."""
    parts = DOCUMENTED.read_text(encoding="utf-8").split("\n## ")[1:]
    return {p.splitlines()[0] for p in parts if "`--store`" in p} - ELSEWHERE


def question(asked: tuple[str, ...]) -> str:
    """The command that a command line begins with."""
    return (
        " ".join(asked[:2])
        if asked[0] in ("decide", "baseline", "board", "inspection")
        else asked[0]
    )


def told(answer: Answer, url: str) -> tuple[int, str, str]:
    """An answer without what differs by right: the store's name and the clock's time."""
    plain = (
        re.sub(r'"at": "[^"]*"', '"at": ""', t).replace(url, "S") for t in (answer.out, answer.err)
    )
    out, err = plain
    return answer.code, out, err


@pytest.mark.parametrize(
    ("seed", "orgs"),
    [
        (1, 60),
        *(
            pytest.param(s, n, marks=pytest.mark.large)
            for s, n in ((2, 60), (3, 400), (4, 400), (5, 400))
        ),
    ],
)
def test_every_command_answers_alike(
    seed: int,
    orgs: int,
    lianjian: Lianjian,
    neo4j_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is asked of a generated city, answers, messages and exit codes are the same from both stores."""
    folders = {str(tmp_path / "a.db"): tmp_path / "here", neo4j_url: tmp_path / "there"}
    assert run(["generate", "city", "--orgs", str(orgs), "--seed", str(seed)]) == 0
    for folder in folders.values():
        shutil.copytree("city", folder / "city")
    asked: list[str] = []

    def both(*arguments: str) -> Answer:
        asked.append(question(arguments))
        answers = []
        for url, folder in folders.items():
            monkeypatch.chdir(folder)
            answers.append((lianjian(*arguments, "--store", url, "--json"), url))
        (first, _), (other, _) = answers
        assert told(*answers[1]) == told(*answers[0]), arguments
        assert other.code == first.code
        return first

    _load(both, folders)
    codes, units = _ask(both)
    _decide(both, codes, units)
    _plan(both)
    both("undo", "1")
    both("status")
    for name in ("map.html", "cut.graphml", "plan.json"):
        here, there = ((f / name).read_bytes() for f in folders.values())
        assert here == there, name
    assert set(asked) == commands()


def _load(both: Callable[..., Answer], folders: dict[str, Path]) -> None:
    """Import a city, once more, and a correction of it."""
    assert both("import", "city").code == 1
    for folder in folders.values():
        path = next((folder / "city").glob("32*.csv"))
        (folder / "again").mkdir()
        shutil.copy(path, folder / "again")
        rows = path.read_bytes().splitlines(keepends=True)
        (folder / "more").mkdir()
        (folder / "more" / path.name).write_bytes(b"".join(rows[:-3]))
    both("preview", "again")
    both("import", "again")
    both("import", "more", "--corrects", "1")
    both("status")


def _ask(both: Callable[..., Answer]) -> tuple[list[str], list[str]]:
    """Ask all that changes nothing; return codes of organizations and of some units."""
    codes = [o["code"] for o in both("survey").json["organizations"]]
    units = [r["id"] for r in both("find", "支部", "--limit", "9").json["results"]]
    both("report")
    both("report", "--rows", "rate.org_all")
    for text in (
        codes[0],
        codes[1].lower(),
        "公司",
        "gongsi",
        "%",
    ):
        both("find", text)
    for one in (codes[0], units[0], "nowhere"):
        both("show", one)
        both("chain", one)
        both("neighbours", one, "--hops", "2")
        both("neighbours", one, "--within", "2000")
    wide = both("neighbours", codes[0], "--within", "100000").json["results"]
    place = next(r["id"] for r in wide if r["kind"] != "organization")
    both("neighbours", place, "--within", "5000", "--limit", "7")
    both("neighbours", codes[0], "--within", "300", "--as-of", "2016-09-01")
    both("chain", units[-1], "--down")
    for a, b in ((codes[0], codes[1]), (codes[0], units[0])):
        both("path", a, b)
    for name in ("coverage", "audit", "duplicates", "reconcile", "candidates"):
        both(name)
    both("audit", "--as-of", "2016-09-01")
    small = [
        {"property": "formal_members", "is": "<=", "value": 2},
        {"property": "covered", "is": "=", "value": False},
    ]
    for question in (
        {"kind": "organization", "where": small, "show": ["name", "formal_members", "action"]},
        {
            "kind": "unit",
            "related": [{"relation": "COVERS", "kind": "organization", "at_least": 2}],
        },
        {
            "kind": "organization",
            "related": [{"relation": "COVERS", "direction": "in", "kind": "unit", "none": True}],
        },
        {"kind": "organization", "where": [{"property": "nothing", "is": "="}]},
    ):
        both("ask", json.dumps(question))
    both("diff", "2016-08-26", "2016-11-20")
    both("template", "annex1", "--out", "forms")
    both("calendar", "--as-of", "2016-12-01")
    both("ledger")
    both("sample", "--size", "9", "--seed", "4")
    both("wallmap", "--paper", "A4", "--out", "wall.svg")
    both("map", codes[0], "--hops", "2", "--out", "map.html")
    both("export", codes[0], "--hops", "2", "--format", "graphml", "--out", "cut.graphml")
    return codes, units


def _decide(both: Callable[..., Answer], codes: list[str], units: list[str]) -> None:
    """Record what offices decide, and work on a finding."""
    early, late = ("--date", "2016-09-01"), ("--date", "2016-10-01")
    both("baseline", "freeze", "--office", "某局", "--date", "2016-08-26", "--confirm")
    both("baseline", "remove", codes[0], *WHO, *early)
    both("baseline", "add", codes[0], *WHO, *late)
    both("baseline", "show")
    both("decide", "merge", codes[0], codes[1], *WHO, *early)
    both("decide", "distinct", codes[2], codes[3], *WHO, *early)
    both("decide", "exclude", codes[4], "--kind", "空壳", *WHO, *early)
    both("decide", "include", codes[4], *WHO, *late)
    findings = both("audit").json["findings"]
    both("finding", findings[0]["id"], "confirm", "--office", "某局", "--due", "2016-11-20")
    both("finding", "list")
    both("decide", "departure", units[0], *WHO, *early)
    both("decide", "withdraw", f"pair|{codes[2]}|{codes[3]}", *WHO, *late)
    both("decide", "list", "--all")
    both("coverage", "--rows")
    _board(both)


def _board(both: Callable[..., Answer]) -> None:
    """Record on the board, and take one step back."""
    pending = [e["code"] for e in both("board", "list").json["entries"] if e["state"] == "pending"]
    office, day = ("--office", "某局"), ("--date", "2017-02-01")
    both("board", "step", "formed", *pending[:3], *office, *day, "--evidence", "批复")
    both("board", "step", "struck_off", pending[0], *office, *day, "--evidence", "批复")
    both("board", "back", pending[0], *office, *day, "--reason", "误记")
    told = ("--measures", "联合组建", "--due", "2017-03-01", "--responsible", "某街道办事处")
    both("board", "measure", pending[0], *told, *office, *day)
    both("board", "show", pending[0])
    both("board", "list", "--state", "formed")
    drawn = both("inspection", "draw", "--size", "2", "--seed", "4", *office, *day).json
    items = both("inspection", "show", drawn["id"]).json["items"]
    found = (drawn["id"], items[0]["code"], *office, *day)
    both("inspection", "record", *found, "--result", "as_stated", "--evidence", "现场核实")
    both("board", "step", "struck_off", items[0]["code"], *office, *day, "--evidence", "批复")
    both("board", "lookback")
    both("inspection", "record", *found, "--result", "differs", "--evidence", "复查不符")
    both("inspection", "back", *found, "--reason", "误记")
    both("inspection", "list")
    both("audit")


def _plan(both: Callable[..., Answer]) -> None:
    """Plan, and have the plan verified."""
    both("plan", "--out", "plan.json", "--seed", "1")
    assert both("verify", "plan.json").json["valid"]

"""Maps and exports as of a date: what held then, and nothing of what came later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from api.cli.app import run
from graph.model import Claims
from graph.store import open_store

STREET = "420101001"
EARLIER, LATER = 20160826, 20161120


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A firm that is renamed and goes over from one unit to another, and a second firm that only the later ledger lists."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lianjian.db"
    opened = open_store(str(path), create=True)
    divisions = [
        {"key": "420101", "name": "甲区", "level": "区"},
        {"key": STREET, "name": "乙街道", "level": "街道", "parent": "420101"},
    ]
    units = [{"key": k, "name": f"{k}支部", "type": "党支部", "founded": 20100701} for k in ("U1", "U2")]  # fmt: skip
    firm = {
        "line": "enterprise",
        "street": STREET,
        "district": "420101",
        "status": "正常",
        "staff": 9,
    }
    editions: dict[int, list[dict[str, Any]]] = {
        EARLIER: [{**firm, "key": "F1", "name": "旧名公司", "unit": "U1"}],
        LATER: [
            {**firm, "key": "F1", "name": "新名公司", "unit": "U2"},
            {**firm, "key": "F2", "name": "后来公司", "unit": "U2"},
        ],
    }
    for dated, firms in editions.items():
        with opened.importing(at="t", dated=dated, files=["f"]) as importer:
            for kind, rows in (("division", divisions), ("unit", units), ("organization", firms)):
                frame = pd.DataFrame(rows).assign(row=range(2, len(rows) + 2), dated=dated)
                importer.add(Claims(kind, kind, dated, "f", "", frame))
    opened.close()
    return path


def exported(*asked: str) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Return the names of the organizations that an export holds, and who covers whom."""
    assert run(["export", *asked, "--format", "json", "--out", "a.json"]) == 0
    found = json.loads(Path("a.json").read_text("utf-8"))
    names = {n["id"].partition(":")[2]: n["name"] for n in found["nodes"] if n["kind"] == "organization"}  # fmt: skip
    covers = {(e["source"], e["target"]) for e in found["links"] if e["kind"] == "COVERS"}
    return names, {(a.partition(":")[2], b.partition(":")[2]) for a, b in covers}


@pytest.mark.parametrize("asked", [("F1",), ("--in", STREET), ()])
def test_an_export_is_as_of_its_date(store: Path, asked: tuple[str, ...]) -> None:
    """One entity, a jurisdiction and everything: names and coverage are those of the date, and who came later is not there."""
    then, covered = exported(*asked, "--as-of", "2016-08-26")
    assert (then, covered) == ({"F1": "旧名公司"}, {("U1", "F1")})
    now, covered = exported(*asked)
    assert now == {"F1": "新名公司", "F2": "后来公司"}
    assert covered == {("U2", "F1"), ("U2", "F2")}


@pytest.mark.parametrize("asked", [("F1",), ("--in", STREET)])
def test_a_map_is_as_of_its_date(store: Path, asked: tuple[str, ...]) -> None:
    """A page says its date and holds nothing of a later edition."""
    assert run(["map", *asked, "--as-of", "2016-08-26", "--out", "then.html"]) == 0
    assert run(["map", *asked, "--out", "now.html"]) == 0
    then, now = (Path(f"{n}.html").read_text("utf-8") for n in ("then", "now"))
    assert ("2016-08-26" in then, "旧名公司" in then) == (True, True)
    assert [name for name in ("新名公司", "后来公司") if name in then] == []
    assert ("2016-11-20" in now, "新名公司" in now, "旧名公司" in now) == (True, True, False)


@pytest.mark.parametrize("asked", [("F1",), ("--in", STREET)])
def test_nothing_is_drawn_before_the_first_ledger(store: Path, asked: tuple[str, ...]) -> None:
    """Before the first edition there is nothing to draw or write, and the answer says so."""
    assert run(["export", *asked, "--as-of", "2016-01-01", "--out", "a.graphml"]) == 2
    assert run(["map", *asked, "--as-of", "2016-01-01", "--out", "a.html"]) == 2

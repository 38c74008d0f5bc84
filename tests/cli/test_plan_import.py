"""From plan to affiliation: a plan's ledger imported into the city that it was made for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.app import run

NEXT = "2017-02-01"
"""A day after all that the generated ledgers say."""


def _json(capsys: pytest.CaptureFixture[str], *command: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*command, "--json"]) in (0, 1)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def _findings(capsys: pytest.CaptureFixture[str], store: str) -> set[tuple[str, str]]:
    found = _json(capsys, "audit", "--store", store, "--as-of", NEXT)["findings"]
    return {(f["code"], f["subject"]) for f in found}


@pytest.mark.parametrize(
    ("orgs", "seed"),
    [
        (500, 2),
        *(pytest.param(n, s, marks=pytest.mark.large) for n, s in ((500, 3), (900, 5), (3000, 4))),
    ],
)
def test_an_imported_plan_covers_whom_it_planned_and_adds_no_finding(
    orgs: int, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exactly the planned organizations become covered, splits move, and the audit finds nothing new but units left too small."""
    city, store, units = (
        str(tmp_path / "city"),
        str(tmp_path / "city.db"),
        str(tmp_path / "units.xlsx"),
    )
    assert run(["generate", city, "--orgs", str(orgs), "--seed", str(seed)]) == 0
    assert run(["import", city, "--store", store]) in (0, 1)
    before = _findings(capsys, store)
    made = _json(capsys, "plan", "--store", store, "--ledger", units)
    action = {
        o["code"]: o["action"] for o in _json(capsys, "survey", "--store", store)["organizations"]
    }
    assert run(["import", units, "--store", store, "--date", NEXT]) == 0
    entries = made["ledger_units"]
    joined = {c for e in entries for g in e["joint"] for c in g["organizations"]}
    joined |= {a["organization"] for e in entries for a in e["attached"]}
    joined |= {s["organization"] for e in entries for s in e["separate"]}
    split = {c: s["unit"] for e in entries for s in e["split"] for c in s["organizations"]}
    assert any(e["attached"] for e in entries)
    assert split
    for g in (g for e in entries for g in e["joint"]):
        assert g["superior"], g["organizations"]
        assert g["form"] in {"区域联建", "同业共建", "龙头带建"}
        assert g["anchor"] is not None or g["method"] in {"sector_and_area", "trade"}
    after = {
        o["code"]: o["action"] for o in _json(capsys, "survey", "--store", store)["organizations"]
    }
    assert {c for c in after if after[c] == "covered" != action[c]} == joined
    assert {c for c in after if after[c] != action[c]} == joined
    for code, unit in split.items():
        chain = _json(capsys, "chain", code, "--store", store)
        direct = [e["from"] for e in chain["edges"] if e["to"] == code]
        assert unit not in direct
        assert [u.startswith("NEW-") for u in direct] == [True], code
    new = _findings(capsys, store) - before
    assert {code for code, _ in new} <= {"no_instructor", "too_few_members"}
    too_few = {unit for code, unit in new if code == "too_few_members"}
    left = {s["unit"] for e in entries for s in e["split"] if not s["remaining"]["enough"]}
    assert too_few <= left

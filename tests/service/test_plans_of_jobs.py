"""Plans of jobs for questions: the same as the whole file, with one ledger unit at a time in memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from api import pieces
from api.plans import Plans
from api.waiting import AskAgainError
from graph.errors import PlanError
from graph.formation.entries import Filed, code_of, entry_of, home_in


def entry(number: int, size: int = 3) -> dict[str, Any]:
    """A ledger unit with groups, one of which bears the code that its ledger gave it."""
    return {
        "id": f"street:武汉{number:04}",
        "joint": [{"organizations": [f"甲{number}-{k}", f"乙{number}-{k}"]} for k in range(size)]
        + [{"id": f"联合\u2028{number}", "organizations": [f"丙{number}"]}],
        "attached": [{"organization": f"丁{number}", "unit": "U1"}],
        "uncovered": [{"organization": f"戊{number}", "reason": "远"}],
    }


def plan(units: int, size: int = 3) -> dict[str, Any]:
    """A plan with what stands before and after its ledger units."""
    return {
        "format": "lianjian.plan/1", "profile": "武汉", "as_of": "2016-08-26",
        "ledger_units": [entry(n, size) for n in range(units)], "previous": {"joint": [], "attached": []},
    }  # fmt: skip


@pytest.mark.parametrize("how", ["a line each", "indented", "escaped", "other line ends"])
def test_a_plan_that_is_read_as_it_is_asked_for_is_the_same(tmp_path: Path, how: str) -> None:
    """However its file is written: all values, each ledger unit by its id, and where each unit would be formed."""
    made, path = plan(40), tmp_path / "plan.json"
    text = json.dumps(made, ensure_ascii=how == "escaped", indent=2 if how == "indented" else None)
    if how == "other line ends":
        text = json.dumps(made, ensure_ascii=False, indent=1).replace("\n", "\r\n")
    path.write_bytes(text.encode())
    plans = Plans()
    found = plans.of("job", path)
    units = found["ledger_units"]
    assert isinstance(units, Filed)
    assert found | {"ledger_units": list(units)} == made
    for one in made["ledger_units"]:
        assert entry_of(found, one["id"]) == one
        for group in one["joint"]:
            assert home_in(found, code_of(group)) == home_in(made, code_of(group)) == one["id"]
    assert entry_of(found, "street:nowhere") is entry_of(made, "street:nowhere") is None
    assert home_in(found, "NEW-00000000") is home_in(made, "NEW-00000000") is None
    plans.close()


def test_a_question_about_a_long_plan_holds_little_of_it(tmp_path: Path) -> None:
    """Noting where what stands takes a piece of the file at a time, and one ledger unit of it no more than itself."""
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan(2_000, 20), ensure_ascii=False), encoding="utf-8")
    size, plans = path.stat().st_size, Plans()
    tracemalloc.start()
    found = plans.of("job", path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    assert entry_of(found, "street:武汉1999") == entry(1999, 20)
    later = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    # codes of units to be formed stay, a piece and what is read of it goes
    assert peak < 6 * size + 12 * pieces.PIECE
    assert later < 1 << 18
    plans.close()


def test_a_plan_that_is_long_is_waited_for_like_all_that_is_made(tmp_path: Path) -> None:
    """Once for all who ask; then it is there, also where the file has gone since, as far as it is not read again."""
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan(3)), encoding="utf-8")
    slow = Plans(patience=0)
    with slow._plans._one, pytest.raises(AskAgainError, match="megabytes"):
        slow.of("job", path)
    slow._plans._patience = 20
    found = slow.of("job", path)
    path.unlink()
    with pytest.raises(PlanError, match="any more"):
        list(found["ledger_units"])
    with pytest.raises(PlanError, match="any more"):
        slow.of("other", path)
    slow.close()


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"ledger_units": 3}', '{"ledger_units": [{"id": "a"}]}', '{"ledger_units": [{'],
)
def test_a_file_that_is_no_plan_is_said(tmp_path: Path, text: str) -> None:
    """Without a word of what it holds."""
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    plans = Plans()
    with pytest.raises(PlanError, match="damaged"):
        plans.of("job", path)
    plans.close()

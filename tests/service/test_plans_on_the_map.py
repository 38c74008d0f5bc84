"""Plans are read for the map ledger unit by ledger unit, beside the requests."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import api.pieces
from api.maps import Maps
from api.pieces import pieces
from api.proposals import Proposals
from graph.errors import PlanError, StoreBusyError
from graph.policy.profile import load
from tests.cut.conftest import city
from tests.cut.test_cut import firm
from viz.city.proposal import Outline

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=60)
@given(
    st.dictionaries(st.text(max_size=4), JSON, max_size=4),
    st.lists(JSON, max_size=4),
    st.integers(1, 9),
    st.sampled_from([None, 1]),
)
def test_pieces_are_what_the_whole_is(
    others: dict[str, Any], some: list[Any], piece: int, indent: int | None
) -> None:
    """However little is read at a time, and however the file is laid out."""
    whole = others | {"ledger_units": some}
    text = json.dumps(whole, ensure_ascii=False, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.pieces, "PIECE", piece)
        found = list(pieces(io.StringIO(text), "ledger_units", lambda: None))
    assert [value for name, value in found if name == "ledger_units"] == some
    others.pop("ledger_units", None)
    assert {name: value for name, value in found if name != "ledger_units"} == others


BROKEN = (
    "",
    "[]",
    '{"ledger_units": {}}',
    '{"ledger_units": [1 2]}',
    '{"a": 1',
    '{"ledger_units": [{}',
)


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_broken_off_is_no_plan(text: str) -> None:
    """A file that ends too early, or is something else, is refused."""
    with pytest.raises(PlanError, match="verify"):
        Outline.of(pieces(io.StringIO(text), "ledger_units", lambda: None))


def written(path: Path, units: int, each: int) -> int:
    """Write a plan of ledger units with so many joint units of four organizations each; return its bytes."""
    with path.open("w", encoding="utf-8") as out:
        out.write('{"format": "lianjian.plan/1", "as_of": "2016-08-01", "ledger_units": [')
        for u in range(units):
            joint = [
                {"id": f"NEW-{u * each + k:08x}", "organizations": [f"S{u * each * 4 + k * 4 + n:07}" for n in range(4)],
                 "form": "area", "superior": "CITY", "formal_members": 9, "cost": 0.25, "clauses": ["S29"],
                 "why": {"zh": f"同在第 {k} 号楼宇，行业相近，距离不超过五百米",
                         "en": f"all in building {k}, of kindred trades, within 500 m"}}
                for k in range(each)
            ]  # fmt: skip
            entry = {"id": f"street:{u:09}", "name": f"第 {u} 街", "status": "optimal", "joint": joint,
                     "attached": [], "separate": [], "work_coverage": [], "uncovered": []}  # fmt: skip
            out.write((",\n" if u else "\n") + json.dumps(entry, ensure_ascii=False))
        out.write("\n]}\n")
    return path.stat().st_size


@pytest.mark.parametrize(
    ("units", "each"), [(30, 60), pytest.param(250, 1_000, marks=pytest.mark.large)]
)
def test_a_plan_takes_a_fraction_of_its_file(tmp_path: Path, units: int, each: int) -> None:
    """Its columns take less than its text does, and reading it hardly more than a ledger unit at a time."""
    path = tmp_path / "plan.json"
    size = written(path, units, each)
    tracemalloc.start()
    with path.open(encoding="utf-8") as file:
        plan = Outline.of(pieces(file, "ledger_units", lambda: None))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(plan), len(plan.codes)) == (units * each, units * each * 4)
    assert plan.nbytes < 0.8 * size
    # numbers of all, and of the rest a ledger unit and a piece of the file at a time
    assert peak < size / 4 + 12 * api.pieces.PIECE
    last = plan[len(plan) - 1]
    assert (last.id, last.members[-1]) == (f"NEW-{units * each - 1:08x}", f"S{units * each * 4 - 1:07}")  # fmt: skip


def test_who_asks_for_a_plan_that_takes_long_is_told_how_far_it_is(tmp_path: Path) -> None:
    """The request is not held; the plan is read once for all who ask, and other dates take it as it was read."""
    store = city(tmp_path / "city.db", [("organization", 20160801, [firm(f"S{n:07}", 1) for n in range(8)])])  # fmt: skip
    path = tmp_path / "plan.json"
    written(path, 3, 2)
    maps, slow = Maps(), Proposals(patience=0)
    shown = maps.of(store, load(), 20160801)
    with slow._plans._one, pytest.raises(StoreBusyError, match="being read"):
        slow.of(store, shown, "a", path)
    begun = time.monotonic()
    while not len(slow) and time.monotonic() - begun < 20:
        time.sleep(0.01)
    found = slow.of(store, shown, "a", path)
    assert (len(found.groups), found.elsewhere, found.parts.organizations.max()) == (6, 16, 1)
    path.unlink()
    later = maps.of(store, load(), 20160901)
    patient = Proposals()
    patient._read = slow._read
    assert patient.of(store, later, "a", path).groups is found.groups
    with pytest.raises(PlanError, match="any more"):
        patient.of(store, later, "b", path)
    slow.close()
    patient.close()
    maps.close()
    store.close()

"""What is recorded on the board, over every store there is: steps, measures, and what survey and audit make of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from graph.affiliation.findings import audit
from graph.board import inspecting, making, record
from graph.board.inspections import Inspections
from graph.board.listing import Board
from graph.city import City
from graph.errors import InputError, StoreBusyError, UnknownIdError
from graph.patterns.answering import ask
from graph.patterns.parsing import parse
from graph.policy.profile import load
from graph.store import open_store
from tests.audit.town import AS_OF, Town
from tests.decisions.conftest import decide

if TYPE_CHECKING:
    from graph.store.base import Store

DAY = 20170106


@pytest.fixture(autouse=True)
def _loaded(store: Store) -> None:
    """The town with three firms that have no unit, one of which has a 销号 row from a ledger."""
    town = Town()
    for code, m in (("J1", 1), ("J2", 2), ("S1", 4), ("W1", 0)):
        blank = (
            {"measures": None, "measures_due": None, "responsible": None} if code == "J1" else {}
        )
        town.firm(code, formal_members=m, unit=None, name=f"{code}公司", **blank)
    town.put(
        "strike_off",
        "J2|已组建|2016-11-01",
        organization="J2",
        state="已组建",
        basis="批复",
        date=20161101,
    )
    town.load(store)


def board(store: Store, as_of: int | None = None) -> dict[str, dict[str, object]]:
    """Return the board's entries by code."""
    return {r["code"]: r for r in Board(City(store, load(), as_of)).rows()}


def codes(store: Store, code: str) -> set[str]:
    """Return whom a finding is about."""
    return {f.subject for f in audit(City(store, load()), store, [code]).findings}


def test_the_board_lists_who_has_no_unit_and_why(store: Store) -> None:
    """Each with its action, clauses and reason; who has members is pending, work coverage is no matter of crossing off."""
    found = board(store)
    assert {c: (r["action"], r["state"]) for c, r in found.items() if c in ("J1", "J2", "S1", "W1")} == {
        "J1": ("joint", "pending"), "J2": ("joint", "formed"), "S1": ("separate", "pending"), "W1": ("work_coverage", None),
    }  # fmt: skip
    assert "S28" in found["J1"]["clauses"]  # type: ignore[operator]
    assert "S25" in found["S1"]["why"]["zh"]  # type: ignore[index]


@pytest.mark.served
def test_several_are_recorded_at_once_or_none(store: Store) -> None:
    """One batch; one that is not so far keeps all from being recorded, and is named."""
    making.advance(store, ["J1", "S1"], "formed", "某街道党工委", DAY, "批复〔2017〕1号")
    assert {board(store)[c]["state"] for c in ("J1", "J2", "S1")} == {"formed"}
    making.advance(store, ["J1"], "verified", "某区委组织部", DAY, "现场核实")
    before = len(store.batches())
    with pytest.raises(InputError, match=r"J1.*order"):
        making.advance(store, ["J1", "J2"], "verified", "某区委组织部", DAY, "现场核实")
    assert len(store.batches()) == before


def test_what_a_step_rests_on_is_looked_at_while_nobody_else_writes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another's step that comes between the look and the writing is not lost: the later one is refused, in the usual words."""
    plain = store.importing

    def held(**how: Any) -> Any:
        monkeypatch.setattr(store, "importing", plain)
        making.advance(store, ["J1"], "formed", "甲", DAY, "批复")
        return plain(**how)

    monkeypatch.setattr(store, "importing", held)
    with pytest.raises(InputError, match=r"J1.*order"):
        making.advance(store, ["J1", "S1"], "formed", "乙", DAY, "批复")
    assert [s.office for s in record.of(store, ["J1"], record.ALWAYS).past] == ["甲"]
    assert record.of(store, ["S1"], record.ALWAYS).state == "pending"


def test_of_two_who_write_at_once_one_is_told(store: Store) -> None:
    """Two connections, one step: it is recorded once, and who was later is told that it is there, or that the store is held."""
    if store.url == ":memory-model:":
        pytest.skip("a model has no second connection")
    ready = Barrier(2)

    def step(office: str) -> str:
        other = open_store(store.url)
        try:
            ready.wait(60)
            making.advance(other, ["J1"], "formed", office, DAY, "批复")
        except (InputError, StoreBusyError):
            return ""
        finally:
            other.close()
        return office

    with ThreadPoolExecutor(2) as pool:
        done = [office for office in pool.map(step, ("甲", "乙")) if office]
    assert [s.office for s in record.of(store, ["J1"], record.ALWAYS).past] == done
    assert len(done) == 1


def test_a_strike_off_taken_back_and_made_anew_on_one_day_stands(store: Store) -> None:
    """The history has all five steps; the audit sees that it is struck off, and asks for the look afterwards."""
    for to in ("verified", "struck_off"):
        making.advance(store, ["J2"], to, "某局", DAY, "核实")
    assert "J2" in codes(store, "no_recheck")
    making.take_back(store, ["J2"], "某局", DAY, "依据有误")
    assert "J2" not in codes(store, "no_recheck")
    made = making.advance(store, ["J2"], "struck_off", "某局", DAY, "批复更正")
    assert "J2" in codes(store, "no_recheck")
    assert [s.to for s in record.of(store, ["J2"]).past] == [
        "formed", "verified", "struck_off", "back", "struck_off",
    ]  # fmt: skip
    making.advance(store, ["J2"], "rechecked", "某局", DAY, "现场")
    assert "J2" not in codes(store, "no_recheck")
    making.take_back(store, ["J2"], "某局", DAY, "误记")
    assert "J2" in codes(store, "no_recheck")
    store.undo(made.batch)
    assert board(store)["J2"]["state"] == "verified"


@pytest.mark.served
def test_who_is_inspected_and_found_as_stated_is_verified_with_it(store: Store) -> None:
    """One batch holds result and step (S22, S37), and undo takes both back."""
    id_ = inspecting.keep(
        City(store, load()), store, "某区委组织部", DAY, 7, whom="formed", size=1
    ).id
    made = inspecting.found(store, id_, ["J2"], "as_stated", "现场核实", "某区委组织部", DAY)
    assert [(s.organization, s.to, s.text) for s in made.steps] == [("J2", "verified", "现场核实")]
    assert record.of(store, ["J2"], record.ALWAYS).state == "verified"
    assert [r["result"] for r in Inspections(City(store, load())).rows(id_)] == ["as_stated"]
    store.undo(made.batch)
    assert record.of(store, ["J2"], record.ALWAYS).state == "formed"
    assert [r["result"] for r in Inspections(City(store, load())).rows(id_)] == [None]


def test_measures_of_the_board_answer_what_the_ledger_left_blank(store: Store) -> None:
    """Survey and audit take them as the ledger's; a later record takes their place, and both stay in the history."""
    assert "J1" in codes(store, "no_measures")
    making.measure(store, "J1", "与邻近企业联合组建", 20170301, "某街道办事处", "某街道党工委", DAY)
    assert "J1" not in codes(store, "no_measures")
    assert "J1" in codes(store, "measures_late")
    entry = board(store)["J1"]
    assert "S19" not in entry["unmet"]  # type: ignore[operator]
    assert entry["measures"] == {
        "measures": "与邻近企业联合组建", "due": "2017-03-01", "responsible": "某街道办事处", "late": True, "on_board": True,
    }  # fmt: skip
    making.measure(store, "J1", "挂靠组建", 20170401, "某街道办事处", "某街道党工委", DAY + 1)
    assert [m.measures for m in record.measures_of(store, "J1")] == [
        "与邻近企业联合组建",
        "挂靠组建",
    ]
    assert board(store, AS_OF)["J1"]["measures"] is None


def test_questions_know_the_measures_of_the_board(store: Store) -> None:
    """Whoever asks who has none is not told of whom the board has some for, by whichever way it is answered."""
    none = {"kind": "organization", "where": [{"property": "measures", "is": "unknown"}]}

    def without() -> set[str]:
        at = store.latest()
        return set(ask(store, lambda: City(store, load(), at), parse(none), at).keys)

    assert "J1" in without()
    making.measure(store, "J1", "与邻近企业联合组建", 20170301, "某街道办事处", "某街道党工委", DAY)
    assert "J1" not in without()
    assert City(store, load(), None).few("measures")["measures"]["J1"] == "与邻近企业联合组建"


def test_a_merged_code_follows_the_one_that_stays(store: Store) -> None:
    """Its steps count for that one; a record about it is refused with the way out."""
    decide(store, "merge", "J1", "J2", date=DAY)
    assert board(store)["J1"]["state"] == "formed"
    with pytest.raises(InputError, match="merged into J1"):
        making.advance(store, ["J2"], "verified", "某局", DAY, "核实")
    making.advance(store, ["J1"], "verified", "某局", DAY, "核实")
    assert board(store)["J1"]["state"] == "verified"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"office": " "}, "--office"),
        ({"evidence": ""}, "--evidence"),
        ({"date": 29991231}, "after today"),
        ({"codes": []}, "1 to"),
        ({"codes": ["NOBODY"]}, "NOBODY"),
    ],
)
def test_what_is_missing_is_named(store: Store, change: dict[str, object], says: str) -> None:
    """No office, no evidence, a day to come, nobody, or a code that nobody has."""
    asked = {"codes": ["J1"], "to": "formed", "office": "某局", "date": DAY, "evidence": "批复"}
    with pytest.raises((InputError, UnknownIdError), match=says):
        making.advance(store, **(asked | change))  # type: ignore[arg-type]

"""Inspection (S37): samples that are kept, what was found, and what follows for the cross-off (S22); the look-back (S38)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.board import inspecting, making, record
from graph.board.inspections import Inspections
from graph.board.lookback import Lookback
from graph.city import City
from graph.errors import InputError, UnknownIdError
from graph.policy.profile import load
from graph.sample import draw
from graph.store import open_store
from tests.audit.town import Town
from tests.decisions.conftest import decide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.store.base import Store

DAY = 20170106
OFFICE = "某区委组织部"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The embedded store with the town, three firms of which have no unit: what every store does is in test_making."""
    store = open_store(str(tmp_path / "lianjian.db"), create=True)
    town = Town()
    for code, m in (("J1", 1), ("J2", 2), ("S1", 4)):
        town.firm(code, formal_members=m, unit=None, name=f"{code}公司")
    town.load(store)
    making.advance(store, ["J1", "J2"], "formed", "某街道党工委", DAY, "批复〔2017〕1号")
    yield store
    store.close()


def city(store: Store) -> City:
    """The city at its latest date."""
    return City(store, load(), store.latest())


def drawn(store: Store, seed: int = 7) -> str:
    """Draw all that are formed; return the sample."""
    return inspecting.keep(city(store), store, OFFICE, DAY, seed, whom="formed", share=1.0).id


def state(store: Store, code: str) -> str:
    """How far an organization is."""
    return record.of(store, [code], record.ALWAYS).state


def test_a_sample_is_of_those_that_are_formed_and_is_drawn_again_by_its_seed(store: Store) -> None:
    """Who is pending is not inspected; what the sample keeps draws the same codes, and the same sample is drawn once."""
    id_ = drawn(store)
    head = Inspections(city(store)).head(id_)
    assert (head["whom"], head["seed"], head["asked"], head["drawn"], head["recorded"]) == (
        "formed",
        7,
        "1",
        2,
        0,
    )
    again = draw(city(store), head["seed"], share=float(head["asked"]), whom=head["whom"])
    assert (
        {code for _, code in again}
        == {r["code"] for r in Inspections(city(store)).rows(id_)}
        == {"J1", "J2"}
    )
    with pytest.raises(InputError, match="drawn already"):
        drawn(store)


def test_nobody_skips_the_inspection_of_who_was_drawn(store: Store) -> None:
    """Before the result `verified` is refused, with the way out; who was not drawn is recorded as ever."""
    id_ = drawn(store)
    with pytest.raises(InputError, match=rf"J1: drawn for inspection {id_}"):
        making.advance(store, ["J1"], "verified", "某局", DAY, "核实")
    for to in ("formed", "verified"):
        making.advance(store, ["S1"], to, "某局", DAY, "批复")
    assert state(store, "S1") == "verified"


def test_what_was_found_otherwise_is_not_struck_off_until_it_is_inspected_again(
    store: Store,
) -> None:
    """A later result as stated clears it."""
    id_ = drawn(store)
    inspecting.found(store, id_, ["J1"], "as_stated", "现场核实", OFFICE, DAY)
    inspecting.found(store, id_, ["J1"], "differs", "名册只有一人", OFFICE, DAY)
    with pytest.raises(InputError, match="J1: the inspection of 2017-01-06 found otherwise"):
        making.advance(store, ["J1"], "struck_off", "某局", DAY, "批复")
    inspecting.found(store, id_, ["J1"], "as_stated", "复查属实", OFFICE, DAY)
    making.advance(store, ["J1"], "struck_off", "某局", DAY, "批复")
    assert state(store, "J1") == "struck_off"


def test_a_result_is_taken_back_with_the_step_that_came_with_it(store: Store) -> None:
    """The history keeps both; once a later step rests on it, that one comes first."""
    id_ = drawn(store)
    inspecting.found(store, id_, ["J1", "J2"], "as_stated", "现场核实", OFFICE, DAY)
    inspecting.take_back(store, id_, ["J1"], OFFICE, DAY, "误记")
    rows = {r["code"]: r for r in Inspections(city(store)).rows(id_)}
    assert (state(store, "J1"), rows["J1"]["result"]) == ("formed", None)
    assert [h["result"] for h in rows["J1"]["history"]] == ["as_stated", "back"]
    making.advance(store, ["J2"], "struck_off", "某局", DAY, "批复")
    with pytest.raises(InputError, match="J2: later steps rest on this result"):
        inspecting.take_back(store, id_, ["J2"], OFFICE, DAY, "误记")
    with pytest.raises(InputError, match="J1: no result stands"):
        inspecting.take_back(store, id_, ["J1"], OFFICE, DAY, "误记")


def test_progress_is_counted_by_ledger_unit(store: Store) -> None:
    """Each street's drawn and recorded add up to the sample's; who asks for a street gets its items alone."""
    id_ = drawn(store)
    inspecting.found(store, id_, ["J2"], "not_found", "门牌无此单位", OFFICE, DAY)
    found = Inspections(city(store))
    head, areas = found.head(id_), found.areas(id_)
    for name in ("drawn", "recorded", "as_stated", "differs", "not_found"):
        assert sum(a[name] for a in areas) == head[name]
    assert (head["recorded"], head["not_found"]) == (1, 1)
    (home,) = {str(a["ledger_unit"]) for a in areas}
    assert len(list(Inspections(city(store), home).rows(id_))) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"office": " "}, "--office"),
        ({"evidence": ""}, "--evidence"),
        ({"date": 29991231}, "after today"),
        ({"date": 20170101}, "give that date or a later one"),
        ({"codes": ["S1"]}, "S1: not drawn in"),
        ({"codes": ["NOBODY"]}, "NOBODY"),
        ({"sample": "all/2017-01-06/8"}, "J1: not drawn in"),
    ],
)
def test_a_result_that_can_not_be_is_refused_in_words(
    store: Store, change: dict[str, object], says: str
) -> None:
    """No office or evidence, another day, nobody of the sample; nothing is recorded."""
    asked = {
        "sample": drawn(store), "codes": ["J1"], "result": "as_stated", "evidence": "现场", "office": OFFICE, "date": DAY,
    }  # fmt: skip
    before = len(store.batches())
    with pytest.raises((InputError, UnknownIdError), match=says):
        inspecting.found(store, **(asked | change))  # type: ignore[arg-type]
    assert len(store.batches()) == before


def test_nothing_to_inspect_is_said(store: Store) -> None:
    """Where nothing is formed there is no sample, and the way out is named."""
    making.take_back(store, ["J1", "J2"], "某局", DAY, "误记")
    with pytest.raises(InputError, match="--whom base"):
        drawn(store)


def test_a_merged_code_s_result_is_the_one_s_that_stays(store: Store) -> None:
    """Its item is listed under that code, and its result can be recorded there."""
    id_ = drawn(store)
    decide(store, "merge", "S1", "J1", date=DAY)
    inspecting.found(store, id_, ["S1"], "differs", "两证一家", OFFICE, DAY)
    rows = {r["code"]: r["result"] for r in Inspections(city(store)).rows(id_)}
    assert rows == {"S1": "differs", "J2": None}


# -- the look-back ---------------------------------------------------------------------------------------------------------
def struck(store: Store, *codes: str) -> None:
    """Strike organizations off."""
    for to in ("formed", "verified", "struck_off"):
        some = [c for c in codes if to != "formed" or state(store, c) == "pending"]
        if some:
            making.advance(store, some, to, "某局", DAY, "批复")


def test_who_was_struck_off_and_has_no_unit_is_told_with_reason_and_row(store: Store) -> None:
    """The look-back (S38): the board says so, the ledgers do not; what was not struck off is not in it."""
    struck(store, "J1")
    found = Lookback(city(store)).as_json()
    (row,) = found["rows"]
    assert (row["code"], row["reasons"], row["state"]) == ("J1", ["without_unit"], "struck_off")
    assert row["source"]["row"]
    assert found["totals"]["no_longer"] == found["totals"]["struck_off"] == 1
    assert [a["no_longer"] for a in found["areas"]] == [1]


def test_one_that_holds_is_no_row_and_is_counted_as_looked_at_once_it_is(store: Store) -> None:
    """A firm of the town with a unit of three members and more."""
    covered = next(
        str(code) for code, o in City(store, load(), None).organizations.iterrows()
        if o["own_unit"] and o["m"] >= 3 and o["in_base"]
    )  # fmt: skip
    struck(store, covered)
    assert Lookback(city(store)).as_json()["rows"] == []
    making.advance(store, [covered], "rechecked", "某局", DAY, "回头看")
    totals = Lookback(city(store)).as_json()["totals"]
    assert (totals["struck_off"], totals["rechecked"], totals["to_recheck"]) == (1, 1, 0)


def test_an_inspection_since_that_found_otherwise_is_a_reason(store: Store) -> None:
    """Beside what the ledgers say."""
    id_ = drawn(store)
    inspecting.found(store, id_, ["J1"], "as_stated", "现场核实", OFFICE, DAY)
    making.advance(store, ["J1"], "struck_off", "某局", DAY, "批复")
    inspecting.found(store, id_, ["J1"], "not_found", "人去楼空", OFFICE, DAY)
    (row,) = Lookback(city(store)).as_json()["rows"]
    assert row["reasons"] == ["without_unit", "inspected_otherwise"]

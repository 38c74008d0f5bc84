"""The cross-off state machine (S22), against a walk along a line of five states."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from graph.affiliation import calendar
from graph.board import making, record
from graph.board.states import BACK, STATES, WORDS, Step, following, meaning, standing
from graph.errors import InputError
from graph.store import open_store
from tests.audit.town import Town

FIRST = 20161001


def step(to: str | None, date: int = FIRST, number: int = 0) -> Step:
    """Return a row of one organization."""
    return Step("F1", to, date, "批复", "某局", number)


class Board(RuleBasedStateMachine):
    """Somebody who records steps, some of them wrong, and takes some back, on a few days."""

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store(":memory-model:", create=True)
        town = Town()
        town.firm("F1")
        town.load(self.store)
        self.day, self.at, self.recorded = 20170106, 0, 0

    @initialize(days=st.integers(0, 5))
    def begin(self, days: int) -> None:
        """It may begin on any day."""
        self.day += days

    @rule(to=st.sampled_from(STATES[1:]))
    def reach(self, to: Any) -> None:
        """The next state is recorded; any other is refused, and leaves nothing."""
        batches = len(self.store.batches())
        if STATES.index(to) == self.at + 1:
            made = making.advance(self.store, ["F1"], to, "某局", self.day, "批复")
            self.at, self.recorded = self.at + 1, self.recorded + 1
            assert [state for _, state in made.made] == [STATES[self.at]]
            return
        with pytest.raises(InputError):
            making.advance(self.store, ["F1"], to, "某局", self.day, "批复")
        assert len(self.store.batches()) == batches

    @rule()
    def back(self) -> None:
        """The last step is taken back; where there is none, that is refused."""
        if not self.at:
            with pytest.raises(InputError, match="no step"):
                making.take_back(self.store, ["F1"], "某局", self.day, "误记")
            return
        making.take_back(self.store, ["F1"], "某局", self.day, "误记")
        self.at, self.recorded = self.at - 1, self.recorded + 1

    @rule()
    def tomorrow(self) -> None:
        """A day passes."""
        self.day += 1 if self.day % 100 < 28 else 0

    @precondition(lambda self: self.recorded)
    @rule()
    def too_early(self) -> None:
        """Nothing is recorded before what was recorded last."""
        with pytest.raises(InputError):
            making.take_back(self.store, ["F1"], "某局", 20170105, "误记")

    @invariant()
    def stands(self) -> None:
        """The store says how far it is, and keeps every step ever recorded, those taken back too."""
        found = record.of(self.store, ["F1"])
        assert (found.state, len(found.past)) == (STATES[self.at], self.recorded)
        assert [s.to for s in found.steps] == list(STATES[1 : self.at + 1])
        assert not found.skipped


TestBoard = Board.TestCase
TestBoard.settings = settings(max_examples=12, stateful_step_count=14)


@given(st.lists(st.tuples(st.sampled_from([*STATES, BACK, None]), st.integers(0, 3)), max_size=8))
def test_whatever_ledgers_say_has_a_state(rows: list[tuple[str | None, int]]) -> None:
    """Rows in whatever order lead somewhere, the same in each order; a jump is said, and only a jump."""
    steps = [Step("F1", to, FIRST + day, None, None, 0, n) for n, (to, day) in enumerate(rows)]
    found = standing(steps)
    assert found == standing(reversed(steps))
    assert found.state == (found.steps[-1].to if found.steps else "pending")
    ranks = [STATES.index(str(s.to)) for s in found.steps]
    assert ranks == sorted(set(ranks))
    assert found.skipped == (ranks != list(range(1, len(ranks) + 1)))


def test_each_word_of_a_sheet_means_its_state() -> None:
    """As the audit reads them."""
    assert {meaning(word): word for word in WORDS.values()} == WORDS
    assert meaning("完成销号") == "struck_off"
    assert meaning("不详") is None
    assert calendar.strike_off_state(WORDS[BACK]) == calendar.REVERSED


def test_a_ledger_takes_its_last_step_back() -> None:
    """Of one day, what takes a step back comes after it."""
    found = standing([step(BACK), step("formed"), step("verified")])
    assert (found.state, len(found.past)) == ("formed", 3)
    assert standing([step("struck_off")]).skipped


def test_the_last_state_has_none_after_it() -> None:
    """Looked at again is the end."""
    assert [following(s) for s in STATES] == [*STATES[1:], None]

"""The cross-off state machine (S22): pending → formed → verified → struck off → looked at again.

None is skipped, and each can be taken back with a reason: what offices record here keeps to it. Ledgers may say anything:
their rows are followed as far as they make sense, and what they skipped is said (``skipped``), never filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from graph.affiliation import calendar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

State = Literal["pending", "formed", "verified", "struck_off", "rechecked"]
STATES: tuple[State, ...] = ("pending", "formed", "verified", "struck_off", "rechecked")
BACK = "back"
"""What a row is that takes the last step back."""
WORDS: dict[str, str] = {
    "pending": calendar.PENDING,
    "formed": calendar.FORMED,
    "verified": calendar.VERIFIED,
    "struck_off": calendar.STRUCK_OFF,
    "rechecked": calendar.RECHECKED,
    BACK: calendar.REVERSED,
}
"""The word of a 销号 sheet for each state, and for a step taken back."""
LABELS: dict[str, tuple[str, str]] = {
    "pending": ("待建", "pending"),
    "formed": ("已组建", "formed"),
    "verified": ("已核实", "inspected"),
    "struck_off": ("已销号", "struck off"),
    "rechecked": ("已回头看", "looked at again"),
    BACK: ("撤回", "taken back"),
}
"""What each is called, in Chinese and English."""
_MEANS = {word: state for state, word in WORDS.items()}
_RANK = {state: at for at, state in enumerate((*STATES, BACK))}


@dataclass(frozen=True, slots=True)
class Step:
    """One 销号 row: of a ledger, or recorded on the board.

    Attributes
    ----------
    organization : str
    to : str or None
        A state, or ``back``; ``None`` for a word that means none.
    date : int
        ``yyyymmdd``; 0 where the row has none.
    text : str or None
        The evidence; of a step taken back, the reason.
    office : str or None
    number : int
        Counts the organization's rows where it was recorded on the board; 0: a ledger's.
    claim : int
        The store's number of the row, 0 for one not written yet.
    """

    organization: str
    to: str | None
    date: int
    text: str | None
    office: str | None
    number: int = 0
    claim: int = 0

    @property
    def order(self) -> tuple[int, int, int, int]:
        """By date; of one day, ledgers' rows in the order of states, then what was recorded as it was."""
        rank = _RANK.get(self.to or "", -1) if not self.number else 0
        return self.date, self.number, rank, self.claim


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an organization is.

    Attributes
    ----------
    state : State
    steps : tuple of Step
        The rows that led there, the latest last; those taken back are not among them.
    past : tuple of Step
        All rows in order.
    skipped : bool
        A ledger jumped over a state on the way.
    """

    state: State
    steps: tuple[Step, ...] = ()
    past: tuple[Step, ...] = ()
    skipped: bool = False

    @property
    def last(self) -> Step | None:
        """The row that led to the state; ``None`` before any did."""
        return self.steps[-1] if self.steps else None


NOTHING = Standing("pending")


def meaning(word: str | None) -> str | None:
    """Return the state (or ``back``) that a 销号 状态 means; ``None`` for a word not known.

    >>> meaning("已组建"), meaning("撤销销号"), meaning("？")
    ('formed', 'back', None)
    """
    return _MEANS.get(calendar.strike_off_state(word) or "")


def following(state: State) -> State | None:
    """Return the state that comes next; ``None`` after the last."""
    at = STATES.index(state) + 1
    return STATES[at] if at < len(STATES) else None


def standing(steps: Iterable[Step]) -> Standing:
    """Return how far rows of one organization lead.

    A row of a later state leads there; one of the state it is in, or of an earlier one, changes nothing; 待建 begins anew; 撤回
    takes the last step back.
    """
    past: Sequence[Step] = sorted(steps, key=lambda s: s.order)
    way: list[Step] = []
    for step in past:
        if step.to == BACK:
            way = way[:-1]
        elif step.to == "pending":
            way = []
        elif step.to in STATES and _RANK[step.to] > _at(way):
            way.append(step)
    skipped = any(_RANK[str(s.to)] != at for at, s in enumerate(way, start=1))
    return Standing(STATES[_at(way)], tuple(way), tuple(past), skipped)


def _at(way: Sequence[Step]) -> int:
    return _RANK[str(way[-1].to)] if way else 0

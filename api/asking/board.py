"""The cross-off board: who has no unit and how far each is, steps and measures as offices record them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from api.asking.dates import date
from api.asking.deciding import impersonal
from graph.errors import UnknownIdError, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.board.listing import Board
    from graph.board.lookback import Lookback
    from graph.board.making import Recorded
    from graph.board.record import Measures
    from graph.board.states import Standing
    from graph.policy.profile import Profile
    from graph.store.base import Store


class Reached(StrEnum):
    """A state that a step leads to."""

    FORMED = "formed"
    VERIFIED = "verified"
    STRUCK_OFF = "struck_off"
    RECHECKED = "rechecked"


class InState(StrEnum):
    """A state in which entries are listed."""

    PENDING = "pending"
    FORMED = "formed"
    VERIFIED = "verified"
    STRUCK_OFF = "struck_off"
    RECHECKED = "rechecked"


def board(
    store: Store,
    profile: Profile,
    as_of: int,
    within: str | None = None,
    state: InState | None = None,
) -> Board:
    """Give the board of a city, a division or a ledger unit; its ``as_json()`` is what both sides say.

    Raises
    ------
    InputError
        ``within`` is no division's code and no ledger unit's id.
    """
    from graph.board.listing import Board
    from graph.city import City

    return Board(City(store, profile, as_of), within, None if state is None else state.value)


def lookback(store: Store, profile: Profile, as_of: int, within: str | None = None) -> Lookback:
    """Give what was struck off and no longer holds; its ``as_json()`` is what both sides say.

    Raises
    ------
    InputError
        ``within`` is no division's code and no ledger unit's id.
    """
    from graph.board.lookback import Lookback
    from graph.city import City

    return Lookback(City(store, profile, as_of), within)


@dataclass(frozen=True, eq=False)
class Entry:
    """One organization of the board with all that was recorded of it."""

    code: str
    name: str | None
    standing: Standing
    measures: list[Measures]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        from graph.board.listing import told_step

        return {
            "code": self.code,
            "name": self.name,
            "state": self.standing.state,
            "skipped": self.standing.skipped,
            "history": [told_step(step) for step in self.standing.past],
            "measures": [m.as_json() for m in self.measures],
        }


def entry(store: Store, code: str, as_of: int | None) -> Entry:
    """Tell how far one organization is, by which steps, and what was to be done about it.

    Raises
    ------
    UnknownIdError
        No organization has the code.
    """
    from graph.board import record
    from graph.decisions.record import merges

    at = date(store, as_of)
    code = code.removeprefix("organization:")
    merged = merges(store, at)
    code = merged.merged.get(code, code)
    node = store.node("organization", code, at)
    if node is None:
        raise UnknownIdError(
            f"{code}: no organization has this code",
            f"{code}：没有这个单位代码",
            way=Way.find(code),
        )
    codes = [code, *(str(m.object) for m in merged.merged_into(code))]
    measures = [m for one in codes for m in record.measures_of(store, one) if m.decided <= at]
    return Entry(
        code, node.properties.get("name"), record.of(store, codes, at),
        sorted(measures, key=lambda m: m.decided),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Stepped:
    """Steps that were recorded, and the batch that ``undo`` takes back."""

    recorded: Recorded

    @property
    def batch(self) -> int:
        """The batch."""
        return self.recorded.batch

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        from graph.board.listing import told_step

        return {
            "steps": [
                told_step(step)
                | {"organization": step.organization, "state": state, "on_board": True}
                for step, state in self.recorded.made
            ],
            "batch": self.recorded.batch,
        }


def step(
    store: Store, codes: Sequence[str], to: Reached, office: str, on: int, evidence: str
) -> Stepped:
    """Record that organizations have reached a state.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`graph.board.making.advance`, or a text holds a person's number.
    """
    impersonal(office, evidence)
    from graph.board import making

    return Stepped(making.advance(store, codes, to.value, office, on, evidence))


def back(store: Store, codes: Sequence[str], office: str, on: int, reason: str) -> Stepped:
    """Record that the last step of organizations is taken back.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`graph.board.making.take_back`, or a text holds a person's number.
    """
    impersonal(office, reason)
    from graph.board import making

    return Stepped(making.take_back(store, codes, office, on, reason))


@dataclass(frozen=True, eq=False)
class Measured:
    """Measures that were recorded, and the batch that ``undo`` takes back."""

    measures: Measures
    batch: int

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return self.measures.as_json() | {"batch": self.batch}


def measure(
    store: Store, code: str, measures: str, due: int, responsible: str, office: str, on: int
) -> Measured:
    """Record what is to be done about an organization.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`graph.board.making.measure`, or a text holds a person's number.
    """
    impersonal(measures, responsible, office)
    from graph.board import making

    return Measured(*making.measure(store, code, measures, due, responsible, office, on))

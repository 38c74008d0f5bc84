"""Decisions of offices: one organization or two, in the base or not, a departure approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.asking.dates import date
from graph.errors import InputError

if TYPE_CHECKING:
    from graph.decisions import Decision
    from graph.decisions.record import Type
    from graph.store.base import Store


def impersonal(*texts: str | None) -> None:
    """Refuse a text that holds a person's number: decisions and notes are kept, and shown to others.

    Raises
    ------
    InputError
        The number itself is not repeated.
    """
    from loaders.privacy import mask

    for text in texts:
        if text and mask(text)[1]:
            raise InputError(
                "the text holds an ID or telephone number; leave it out: nothing about a person is stored",
                "文字中含身份证号或电话号码；请去掉：本系统不存个人信息",
            )


@dataclass(frozen=True, eq=False)
class Written:
    """A decision that was recorded, and the batch that ``undo`` takes back."""

    decision: Decision
    batch: int

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return self.decision.as_json() | {"batch": self.batch}


def decide(
    store: Store,
    type_: Type,
    subject: str,
    office: str,
    decided: int,
    reason: str,
    *,
    other: str | None = None,
    detail: str | None = None,
) -> Written:
    """Record a decision.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`graph.decisions.making.decide`, or a text holds a person's number.
    """
    impersonal(office, reason)
    from graph.decisions import Decision, making

    decision = Decision(type_, subject, office.strip(), decided, reason.strip(), other, detail)
    return Written(decision, making.decide(store, decision))


def withdraw(store: Store, key: str, office: str, decided: int, reason: str) -> Written:
    """Record that a decision no longer holds from a date on.

    Raises
    ------
    InputError
        As :func:`graph.decisions.making.withdraw`, or a text holds a person's number.
    """
    impersonal(office, reason)
    from graph.decisions import making

    return Written(*making.withdraw(store, key, office, decided, reason))


@dataclass(frozen=True, eq=False)
class Recorded:
    """Decisions with the batch of each."""

    decisions: list[tuple[Decision, int]]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each decision as JSON has it."""
        return [d.as_json() | {"batch": batch} for d, batch in self.decisions]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {"decisions": self.rows}


def recorded(store: Store, as_of: int | None, *, all_: bool = False) -> Recorded:
    """List the decisions that hold at a date, or all that were ever made."""
    from graph.decisions.record import history, known, read

    if all_:
        return Recorded([pair for key in known(store) for pair in history(store, key)])
    standing = list(read(store, date(store, as_of)).standing.values())
    sources = store.sources("decision", [d.claim for d in standing])
    return Recorded([(d, sources[d.claim].batch) for d in standing])

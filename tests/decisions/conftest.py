"""Decisions over every store there is, in a town without a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from graph.city import City
from graph.decisions import Decision, making
from graph.policy.profile import load
from tests.audit.town import AS_OF, Town

if TYPE_CHECKING:
    from graph.store.base import Store


@pytest.fixture
def town() -> Town:
    """The town, with two firms of one name and address, the second covered and with members."""
    town = Town()
    town.firm("G1", name="同名企业", address="一街9号", formal_members=2, staff=None)
    town.firm("G2", name="同名企业", address="一街9号", formal_members=1, staff=7, unit="BJ")
    town.joint("BJ", 1, 1)
    return town


def decide(store: Store, type_: Any, *codes: str, date: int = AS_OF, **more: Any) -> int:
    """Make a decision; return its batch."""
    other = codes[1] if len(codes) > 1 else None
    decision = Decision(type_, codes[0], "某局", date, "核实", other, **more)
    return making.decide(store, decision)


def city(store: Store, as_of: int = AS_OF) -> City:
    """Return the town as of a date."""
    return City(store, load(), as_of)


Decide = Callable[..., int]

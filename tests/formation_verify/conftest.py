"""Many corruptions of few plans: what is read from a store, and what columns cost, is computed once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from graph.formation.verify import facts, ledger_unit
from graph.policy.profile import Profile, load
from graph.store.base import Store
from tests.formation_verify.cities import AS_OF, city
from tests.formation_verify.plans import plan_of


class Case(NamedTuple):
    """A city and a valid plan of it."""

    store: Store
    profile: Profile
    plan: dict[str, Any]


SEEDS = (4, 6, 51)
"""Cities whose plans hold joint units of every method, attachments, priced hosts, priced cuts, splits and a gap."""


@cache
def case(seed: int) -> Case:
    """Return an invented city of one street and a valid plan of it."""
    store, profile = city(seed, 40), load()
    return Case(store, profile, plan_of(store, profile, AS_OF))


@pytest.fixture(scope="session", autouse=True)
def _once() -> Iterator[None]:
    """Let what follows from the city alone (what is read from its store, what columns cost) be found once."""
    read, lay_out = facts.read, ledger_unit.desk
    readings: dict[Any, Any] = {}
    desks: dict[Any, Any] = {}

    def read_once(store: Store, profile: Profile, as_of: int) -> Any:
        key = (id(store), profile.formation, profile.ledgers, profile.audit, as_of)
        if key not in readings:
            readings[key] = (store, read(store, profile, as_of))
        return readings[key][1]

    def lay_out_once(found: Any, agenda: Any, formation: Any, table: Any, unit: str) -> Any:
        key = (id(found), formation, unit)
        if key not in desks:
            desks[key] = (found, lay_out(found, agenda, formation, table, unit))
        return desks[key][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.formation.verify.facts.read", read_once)
        patch.setattr("graph.formation.verify.check.desk", lay_out_once)
        yield

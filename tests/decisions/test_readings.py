"""Planner and verifier read decisions each by their own code, and alike."""

from __future__ import annotations

import numpy as np
import pytest

from graph.city import City
from graph.decisions import Decision
from graph.decisions.record import write
from graph.formation import plan, verify
from graph.formation.verify import facts
from graph.policy.profile import load
from graph.store.base import Store
from tests.formation_verify.cities import AS_OF, city


def decided(seed: int) -> Store:
    """Return an invented city in which a third of the organizations are merged, excluded or included."""
    store = city(seed, 60)
    codes = list(store.frame("organization", AS_OF, [])["key"])
    rng = np.random.default_rng(seed)
    rng.shuffle(codes)
    made = [
        Decision("merge", a, "某局", AS_OF, "核实", b)
        for a, b in zip(codes[:12:2], codes[1:12:2], strict=True)
    ]
    made.append(Decision("merge", codes[12], "某局", AS_OF, "核实", codes[0]))
    made += [Decision("exclude", c, "某局", AS_OF, "核实", detail="空壳") for c in codes[13:17]]
    made += [Decision("include", c, "某局", AS_OF, "核实") for c in store.frame("exclusion", AS_OF)["organization"]]  # fmt: skip
    write(store, made, "decisions")
    return store


@pytest.mark.parametrize("seed", range(6))
def test_both_readings_agree(seed: int) -> None:
    """Who is there, who is in the base, covered, of how many members and where: the two readings are equal."""
    store, profile = decided(seed), load()
    mine = City(store, profile, AS_OF).organizations
    other = facts.read(store, profile, AS_OF).organizations.loc[mine.index]
    assert len(other) == len(mine) < 60
    assert other["m"].equals(mine["m"].astype(float))
    assert (other["base"] == (mine["in_base"] & ~mine["unknown"])).all()
    assert (other["covered"] == (mine["covered"] | mine["dangling"])).all()
    assert (other["own"] == mine["own_unit"].notna()).all()
    assert other["ledger_unit"].fillna("").eq(mine["ledger_unit"].fillna("")).all()


@pytest.mark.parametrize("seed", [4, 6])
def test_a_plan_under_decisions_is_valid(seed: int) -> None:
    """The plan of a city with decisions passes the verifier, and one made before them does not."""
    store, profile = decided(seed), load()
    bare = plan(City(city(seed, 60), profile, AS_OF))
    assert verify.verify(plan(City(store, profile, AS_OF)), store, profile)["valid"]
    assert not verify.verify(bare, store, profile)["valid"]

"""A rate opened down to its rows: each row's place in it adds up to the rate, and the reason fits the place."""

from __future__ import annotations

from collections import Counter

import pytest

from graph.city import City
from graph.coverage import DEFINITIONS, Coverage
from graph.decisions import baseline
from graph.errors import InputError
from graph.policy.profile import load
from tests.formation_verify.cities import AS_OF, city

INSIDE = {"dangling", "own_unit", "not_single", "covered", "functional", "means", "nothing"}
COUNTED = INSIDE - {"dangling", "nothing"}


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_rows_add_up_to_the_rate(seed: int, frozen: bool) -> None:
    """By every definition, numerator and denominator are the counts of rows that say so, each with a reason of its place."""
    store = city(seed, 80)
    if frozen:
        baseline.freeze(store, "某部", AS_OF)
    coverage = Coverage(City(store, load(), AS_OF))
    rates = {d["id"]: d for d in coverage.definitions()}
    for definition in DEFINITIONS:
        rows = list(coverage.rows(definition.id))
        counted = Counter(row["counts"] for row in rows)
        rate = rates[definition.id]
        assert counted["numerator"] == rate["numerator"]
        assert counted["numerator"] + counted["denominator"] == rate["denominator"]
        assert {row["why"] for row in rows if row["counts"] != "outside"} <= INSIDE
        assert {row["why"] for row in rows if row["counts"] == "outside"}.isdisjoint(INSIDE)
        assert {row["why"] for row in rows if row["counts"] == "numerator"} <= COUNTED


def test_an_unknown_definition_is_named() -> None:
    """A definition that there is not is refused with those there are."""
    coverage = Coverage(City(city(1, 20), load(), AS_OF))
    with pytest.raises(InputError, match="org_operating"):
        coverage.rows("org_some")

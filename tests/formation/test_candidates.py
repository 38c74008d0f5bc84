"""Candidate pairs against a naive reading of FORMATION."""

from __future__ import annotations

from itertools import combinations

import pytest

from graph.city import City
from graph.errors import InputError, UnknownIdError
from graph.formation.candidates import Candidates
from graph.policy.profile import load
from tests.formation import oracle
from tests.formation_verify.cities import AS_OF, city


@pytest.mark.parametrize("seed", range(4))
def test_every_candidate_pair_is_listed_and_no_other(seed: int) -> None:
    """On demand, all pairs that some method joins are listed, with the dissimilarity that the oracle finds."""
    store = city(seed, 30)
    reading = oracle.read(store, load(), AS_OF)
    made = Candidates(City(store, load(), AS_OF))
    listed = {(r["a"], r["b"]): r for r in made.rows(made.all())}
    expected = {}
    for unit in reading.ledger_units():
        for i, j in combinations(reading.lists(unit)["small"], 2):
            if reading.methods((i, j)):
                expected[i, j] = reading.pair(i, j)[0]
    assert {pair: round(r["dissimilarity"] * 1e6) for pair, r in listed.items()} == expected
    near = {(r["a"], r["b"]) for r in made.rows(made.near())}
    assert near == {pair for pair in expected if reading.pair(*pair)[1]}
    by_default = {(r["a"], r["b"]) for r in made.rows(made.listed())}
    assert near <= by_default <= expected.keys()
    only_shared = {pair for pair in expected if pair not in near and reading.level(*pair) < 2}
    assert by_default == expected.keys() - only_shared
    some = next(iter(expected), None)
    if some is not None:
        mine = {frozenset((r["a"], r["b"])) for r in made.rows(made.of(some[0]))}
        assert mine == {frozenset(pair) for pair in expected if some[0] in pair}


def test_groups_hold_small_organizations_of_one_ledger_unit() -> None:
    """A group's organizations stand in one ledger, are two and more, and some method joins every two of them."""
    store = city(1, 40)
    reading = oracle.read(store, load(), AS_OF)
    made = Candidates(City(store, load(), AS_OF))
    groups = [g.as_json(made.codes, made.m) for g in made.groups()]
    assert groups
    for g in groups:
        codes = g["organizations"]
        assert len(codes) > 1
        assert {reading.organizations[c]["ledger_unit"] for c in codes} == {g["ledger_unit"]}
        assert all(
            g["method"] in reading.methods(pair) or reading.pair(*pair)[1]
            for pair in combinations(codes, 2)
        )


def test_an_unknown_or_covered_organization_has_no_candidates() -> None:
    """Asking for the candidates of nobody, or of one that is not to be grouped, says so with the way out."""
    made = Candidates(City(city(1, 30), load(), AS_OF))
    with pytest.raises(UnknownIdError, match="lianjian find"):
        made.of("NOBODY")
    other = next(c for c, small in zip(made.codes, made.small, strict=True) if not small)
    with pytest.raises(InputError, match="survey"):
        made.of(str(other))

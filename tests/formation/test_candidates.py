"""Candidate pairs against a naive reading of FORMATION."""

from __future__ import annotations

from itertools import combinations

import pytest

from graph.city import City
from graph.errors import InputError, UnknownIdError
from graph.formation import candidates
from graph.formation.attachable import attachable
from graph.formation.candidates import Candidates
from graph.policy.profile import load
from graph.store.memory import MemoryStore
from tests.audit.town import Town
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


SETTINGS: list[dict[str, object]] = [
    {},
    {"similar": 0.25},
    {"similar": 0.75, "radius": 300},
    {"similar": 1.0},
    {"similarity_linked": 0.9, "radius": 2000},
    {"similarity_division": 0.6, "similar": 0.5},
]
"""Other rules of who is similar and near: each finds its pairs another way."""


@pytest.mark.parametrize("most", [2, 4, 10_000])
@pytest.mark.parametrize("settings", SETTINGS, ids=[str(s) for s in SETTINGS])
def test_what_is_not_listed_stands_in_a_group(
    settings: dict[str, object], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs by distance and sector are listed once each and no other; those left out are many that share something, in a group."""
    monkeypatch.setattr(candidates, "MOST_LISTED", most)
    left = 0
    for seed in range(3):
        made = Candidates(City(city(seed, 120, 1), load(overrides=settings), AS_OF))
        listed = [(r["a"], r["b"]) for r in made.rows(made.listed())]
        assert len(set(listed)) == len(listed)
        wanted = {
            (r["a"], r["b"])
            for r in made.rows(made.all())
            if (r["adjacent"] and r["similar"]) or _division(r["shared"])
        }
        assert set(listed) <= wanted
        together = {
            pair
            for g in made.groups()
            if len(g.rows) > most
            for pair in combinations(made.codes[g.rows].tolist(), 2)
        }
        assert wanted - set(listed) <= together
        left += len(wanted) - len(listed)
    assert (left == 0) == (most == 10_000)


def _division(shared: list[str]) -> bool:
    return any(one.partition(":")[0] in ("division", "group", "class") for one in shared)


def test_a_building_of_two_thousand_is_a_group_and_no_two_million_pairs() -> None:
    """Two thousand firms of one class in one building are told as one group by place and sector, and hardly a pair is listed."""
    town = Town()
    street = "420101002"
    town.put("building", f"building:{street}/1", code="1", name="电子城", street=street)
    for x in range(2_000):
        town.firm(
            f"K{x:04d}", formal_members=1 + x % 2, street=street, industry="5211", building=f"building:{street}/1",
            lon=114.3 + x * 1e-7, lat=30.5,
        )  # fmt: skip
    town.firm("Z", formal_members=1, street=street, industry="5212", lon=114.3, lat=30.5)
    made = Candidates(City(town.load(MemoryStore()), load(), town.as_of))
    listed = list(made.rows(made.listed()))
    assert [(r["a"], r["b"]) for r in listed] == [(f"K{x:04d}", "Z") for x in range(2_000)]
    some = {(g.method, g.kind): len(g.rows) for g in made.groups() if len(g.rows) >= 2_000}
    assert some == {
        ("area", "building"): 2_000,
        ("sector_and_area", "building"): 2_000,
        ("trade", "division"): 2_001,
    }
    slices = [len(a) for a, _, _ in made.all()]
    assert sum(slices) == 2_001 * 2_000 // 2
    assert max(slices) <= candidates.SLICE


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


@pytest.mark.parametrize("seed", [4, 6, 51])
def test_units_with_room_are_those_that_an_attachment_is_allowed_to(seed: int) -> None:
    """Of each small organization, the units listed and what joining them costs are the oracle's attachments, the cheapest first."""
    store = city(seed, 40)
    reading = oracle.read(store, load(), AS_OF)
    drawn = City(store, load(), AS_OF)
    seen = 0
    for unit in reading.ledger_units():
        for code in reading.lists(unit)["small"]:
            expected = {
                h: cost for h in reading.hosts if (cost := reading.attach(code, h)) is not None
            }
            listed = attachable(drawn, code)
            assert {x["unit"]: round(x["cost"] * 1e6) for x in listed} == expected
            assert [x["cost"] for x in listed] == sorted(x["cost"] for x in listed)
            seen += len(listed)
    assert seen

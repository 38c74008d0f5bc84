"""A part of a city tells of its organizations what the whole city tells."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.city import City
from graph.errors import LianjianError
from graph.formation.candidates import Candidates
from graph.model import Claims
from graph.part import Part, part_for
from graph.policy.profile import load
from graph.store.base import Store
from graph.store.memory import MemoryStore
from tests.formation_verify.cities import AS_OF, city

RULES = load()


def told(city: City, within: str | None, of: str | None = None) -> Any:
    """Return all that is said of the candidates of a scope, refusals too."""
    try:
        made = Candidates(city, None if within is None else city.select(within))
        if of is not None:
            return list(made.rows(made.of(of))), made.beside(of)
        listed = list(made.rows(made.ordered(made.listed())))
        shared = [g.as_json(made.codes, made.m) for g in made.groups()]
        return listed, list(made.rows(made.all())), shared, int(made.asked.sum())
    except LianjianError as e:
        return str(e)


def agree(store: Store, whole: City, scopes: list[str], codes: list[str]) -> None:
    """Assert that parts tell what the whole tells, of candidates and of each organization in them."""
    asked = [(code, None) for code in scopes] + [(None, code) for code in codes]
    for within, of in asked:
        part = part_for(store, RULES, whole.as_of, within=within, of=of)
        assert told(part, within, of) == told(whole, within, of), (within, of)
        some = whole.organizations.loc[part.organizations.index]
        assert some.equals(part.organizations), (within, of)


@settings(max_examples=3)
@given(seed=st.integers(0, 10_000))
def test_parts_of_any_city(seed: int) -> None:
    """Whatever the city: candidates of each division, ledger unit and organization are those that the whole city gives."""
    store = city(seed, 24, 3)
    whole = City(store, RULES, AS_OF)
    divisions = store.frame("division", AS_OF)["key"].tolist()
    scopes = [*whole.ledger_units.index, *divisions, "street:nowhere", "zone:nowhere", "nowhere"]
    agree(store, whole, scopes, [*whole.organizations.index[::3], "nobody"])


def test_parts_on_every_store(store: Store) -> None:
    """Whatever the store, at a date before the last too."""
    city(7, 24, 3, store=store)
    again = store.frame("organization", AS_OF).drop(columns=["valid_from", "claim"]).head(9)
    later = again.assign(row=range(2, 11), dated=AS_OF + 300, street="420101002", building=None)
    with store.importing(at="t", dated=AS_OF + 300, files=[]) as importer:
        importer.add(Claims("organization", "L", AS_OF + 300, "f", "", later))
    for date in (AS_OF, AS_OF + 300):
        whole = City(store, RULES, date)
        scopes = [str(unit) for unit in whole.ledger_units.index]
        agree(
            store, whole, [*scopes, "420101", "420101001002"], list(whole.organizations.index[:4])
        )


def decide(store: Store, subject: str, merged: str) -> None:
    """Decide that two codes are one organization."""
    from graph.decisions.record import Decision, write

    write(
        store, [Decision("merge", subject, "某局", AS_OF, "核实", merged)], "lianjian decide merge"
    )


@pytest.mark.parametrize("seed", range(2))
def test_merged_codes_stay_together(seed: int) -> None:
    """What was decided to be one organization is one in each part, whichever of its codes lies there."""
    store = city(seed, 24, 3)
    for subject, merged in (("O001", "O014"), ("O002", "O001"), ("O005", "O020")):
        decide(store, subject, merged)
    whole = City(store, RULES, AS_OF)
    assert "O014" not in whole.organizations.index
    scopes = [str(unit) for unit in whole.ledger_units.index]
    agree(store, whole, [*scopes, "420101001"], ["O001", "O002", "O005", "O014"])


def test_a_part_leaves_the_rest_unread() -> None:
    """A street's part is its organizations with what covers them, not the city."""
    store = city(3, 60, 3)
    part = Part(store, AS_OF, store.inside([("division", "420101003")], AS_OF))
    assert 0 < len(part.organizations) < 45


def test_a_merged_code_of_another_line_brings_its_place() -> None:
    """An organization that takes its place or level from a code merged into it stands in the ledger unit's part."""
    store = MemoryStore()

    def put(kind: str, *rows: dict[str, Any]) -> None:
        frame = pd.DataFrame([{"row": n + 2, "dated": AS_OF, **r} for n, r in enumerate(rows)])
        with store.importing(at="t", dated=AS_OF, files=[]) as importer:
            importer.add(Claims(kind, "L", AS_OF, "f", kind, frame))

    put(
        "division",
        {"key": "D", "name": "区", "level": "区"},
        {"key": "S", "name": "街道", "level": "街道", "parent": "D"},
    )
    common = {
        "name": "甲",
        "category": "行业协会",
        "staff": 5,
        "formal_members": 1,
        "status": "正常",
    }
    put(
        "organization",
        *(
            {"key": key, "line": line, "building": "楼", **common, **more}
            for key, line, more in (
                ("K", "social", {"building": None}),
                ("M", "enterprise", {"street": "S"}),
                ("P", "social", {"street": "S"}),
                ("O1", "social", {"building": None}),
                ("O2", "enterprise", {"level": "市级"}),
                ("O3", "social", {"level": "市级"}),
            )
        ),
    )
    decide(store, "K", "M")
    decide(store, "O1", "O2")
    whole = City(store, RULES, AS_OF)
    assert whole.organizations["ledger_unit"].value_counts().tolist() == [2, 2]
    agree(store, whole, [str(unit) for unit in whole.ledger_units.index], ["K", "P", "O1"])
    for unit in whole.ledger_units.index:
        assert len(told(part_for(store, RULES, AS_OF, within=unit), unit)[1]) == 1

"""The city in counts over HTTP: exact within one's jurisdiction, nothing small beyond it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access.identity import Identity
from api.app import create_app
from api.cli.app import run
from api.routes import models
from api.settings import Settings
from api.wire import Problem
from graph.city import City
from graph.coverage import Sets, rates
from graph.policy.profile import load
from graph.store import open_store
from tests.service.people import put_in

SEED = 7
K = load().disclosure.small_count


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of 900 organizations, imported."""
    folder = tmp_path_factory.mktemp("counts")
    store = folder / "city.db"
    assert run(["generate", str(folder / "ledgers"), "--orgs", "900", "--seed", str(SEED)]) == 0
    assert run(["import", str(folder / "ledgers"), "--store", str(store)]) in (0, 1)
    return store


class Asked:
    """The service, asked by one whose jurisdiction it is told."""

    def __init__(self, client: TestClient, asker: dict[str, Any]) -> None:
        self.client, self.asker = client, asker

    def __call__(self, jurisdiction: str | None, query: str = "") -> dict[str, Any]:
        self.asker["jurisdiction"] = jurisdiction
        answer = self.client.get(f"/api/v1/overview{query}")
        assert answer.status_code == 200, answer.text
        models.Overview.model_validate(answer.json())
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def asked(city: Path) -> Iterator[Asked]:
    """A service in which anybody may be the asker."""
    asker: dict[str, Any] = {"jurisdiction": None}
    app = create_app(Settings(str(city)))

    put_in(app, lambda: Identity("somebody", "planner", asker["jurisdiction"]))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield Asked(client, asker)


def of_kind(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the areas of a kind."""
    return [a for a in found["areas"] if a["kind"] == kind]


def test_the_whole_city_s_office_sees_what_the_ledgers_say(asked: Asked, city: Path) -> None:
    """Each area's counts and rate are those of coverage and survey, exactly."""
    found = asked(None)
    assert all(a["exact"] for a in found["areas"])
    store = open_store(str(city))
    whole = City(store, load())
    sets = Sets.of(whole)
    for area in [*of_kind(found, "district"), *of_kind(found, "zone"), *of_kind(found, "dept")]:
        if area["id"].startswith("no_"):
            continue
        within = whole.select(area["id"]).to_numpy(dtype=bool)
        rate = next(r for r in rates(sets, within) if r.id == "org_operating")
        counts = {c: f["value"] for c, f in area["counts"].items()}
        assert (counts["covered"], counts["in_base"]) == (rate.numerator, rate.denominator)
        assert area["rate"] == rate.rate
        assert counts["organizations"] == within.sum()
        actions = whole.organizations.loc[within, "action"].value_counts()
        assert {c[7:]: n for c, n in counts.items() if c.startswith("action:") and n} == dict(
            actions
        )
    store.close()


def test_a_district_s_office_sees_its_own_exactly_and_nothing_small_beyond(asked: Asked) -> None:
    """Own streets to the last one; of others no count below five, and some are left out beside them."""
    whole, district = asked(None), of_kind(asked(None), "district")[0]["id"]
    found = asked(district)
    assert found["jurisdiction"] == district
    left_out = beside = 0
    for truth, area in zip(whole["areas"], found["areas"], strict=True):
        if area["id"] == district or area["above"] == district:
            assert area["exact"]
        if area["exact"]:
            assert area["counts"] == truth["counts"]
            continue
        for category, figure in area["counts"].items():
            real = truth["counts"][category]["value"]
            assert figure is None or not 0 < figure["value"] < K
            left_out += figure is None and 0 < real < K
            beside += figure is None and real >= K
    assert not of_kind(found, "city")[0]["exact"]
    assert left_out
    assert beside


def test_beyond_their_areas_all_offices_see_one_table(asked: Asked) -> None:
    """Two that compare notes, and one that asks twice, have what anybody has."""
    districts = [a["id"] for a in of_kind(asked(None), "district")][:3]
    public = asked(None, "?outside=true")["areas"]
    assert not any(a["exact"] for a in public)
    for district in districts:
        for _ in range(2):
            for area, seen in zip(public, asked(district)["areas"], strict=True):
                assert seen["exact"] or seen == area


def test_a_rate_is_told_where_both_its_counts_are(asked: Asked) -> None:
    """And then it is theirs."""
    told = 0
    for area in asked(None, "?outside=true")["areas"]:
        part, whole = area["counts"]["covered"], area["counts"]["in_base"]
        if part is None or whole is None or part["of"] != whole["of"] or not whole["value"]:
            assert area["rate"] is None
        else:
            told += 1
            assert area["rate"] == part["value"] / whole["value"]
    assert told


def test_a_jurisdiction_that_holds_nobody_sees_what_anybody_does(asked: Asked) -> None:
    """A code that the ledgers don't have (any more) opens nothing."""
    assert asked("429999")["areas"] == asked(None, "?outside=true")["areas"]


def test_the_threshold_is_printed_as_chosen(asked: Asked) -> None:
    """With its value and on what grounds."""
    chosen = asked(None)["chosen"]
    assert [(c["key"], c["value"]) for c in chosen] == [("small_count", K)]
    assert chosen[0]["why"]["zh"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_before_the_first_import_there_is_nothing_to_tell(asked: Asked, lang: str) -> None:
    """The refusal says of which date the first figures are."""
    answer = asked.client.get(
        "/api/v1/overview?as_of=1990-01-01", headers={"accept-language": lang}
    )
    said = Problem.model_validate(answer.json())
    assert (answer.status_code, said.code) == (400, "input")
    first = re.findall(r"\d{4}-\d\d-\d\d", said.detail)[-1]
    assert asked(None, f"?as_of={first}")["published"] == first

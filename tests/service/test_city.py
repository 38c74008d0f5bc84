"""A generated city over HTTP: for whomever one asks, the command line's answer in the declared shape."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from starlette.testclient import TestClient

from api.access.identity import Identity
from api.app import create_app
from api.cli.app import run
from api.routes import models
from api.routes.models import planning, surveying, views
from api.settings import Settings
from api.wire import Problem
from graph.store import open_store
from tests.cli.commandline import Lianjian
from tests.service.people import put_in
from tests.service.planned import leave

if TYPE_CHECKING:
    from api.access.identity import Role

SEED = 11
KINDS = ("organization", "unit", "building", "division", "association")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of 300 organizations, imported."""
    folder = tmp_path_factory.mktemp("city")
    store = folder / "city.db"
    assert run(["generate", str(folder / "ledgers"), "--orgs", "300", "--seed", str(SEED)]) == 0
    assert run(["import", str(folder / "ledgers"), "--store", str(store)]) in (0, 1)
    return store


@pytest.fixture(scope="module")
def asked(city: Path) -> Iterator[TestClient]:
    """A service over it."""
    with TestClient(create_app(Settings(str(city))), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture(scope="module")
def some(city: Path) -> list[str]:
    """Three of each kind, named so that nobody else can be meant."""
    store = open_store(str(city))
    draw = random.Random(SEED)
    keys = [
        key if ":" in key else f"{kind}:{key}"
        for kind in KINDS
        for key in draw.sample(sorted(store.frame(kind, columns=["name"])["key"]), 3)
    ]
    store.close()
    return keys


def test_whomever_one_asks_about_the_answer_is_the_command_line_s(
    asked: TestClient, some: list[str], city: Path, lianjian: Lianjian
) -> None:
    """Dossiers, chains, what is around and what lies near: the same object, or the same refusal."""
    near = 0
    for code in some:
        for command, url, model in (
            (("show", code), f"/show/{code}", models.Dossier),
            (("chain", code), f"/chain/{code}", models.Chain),
            (("chain", code, "--down"), f"/chain/{code}?down=true", models.Chain),
            (("neighbours", code), f"/neighbours/{code}", models.Connected),
            (("neighbours", code, "--within", "400", "--limit", "9"), f"/nearby/{code}?within=400&limit=9", models.Nearby),
        ):  # fmt: skip
            printed = lianjian(*command, "--store", str(city), "--json")
            answer = asked.get(f"/api/v1{url}")
            if printed.code:
                assert answer.status_code == 400, url
                assert answer.json()["detail"] in printed.err
                continue
            assert answer.json() == printed.json, url
            model.model_validate(answer.json())
            near += "nearby" in url
    assert near


def test_a_connection_between_any_two_is_the_command_line_s(
    asked: TestClient, some: list[str], city: Path, lianjian: Lianjian
) -> None:
    """The shortest paths from each to the next."""
    for a, b in pairwise(some):
        printed = lianjian("path", a, b, "--store", str(city), "--json")
        answer = asked.get("/api/v1/path", params={"a": a, "b": b}).json()
        assert answer == printed.json
        models.Paths.model_validate(answer)


def test_what_planners_ask_is_answered_as_the_command_line_does(
    asked: TestClient, city: Path, lianjian: Lianjian
) -> None:
    """Of a whole city: survey, rates with rows and reports, candidates, and why its small organizations stand where they stand."""
    survey = asked.get("/api/v1/survey").json()
    small = [o["code"] for o in survey["organizations"] if o["action"] == "joint"]
    home = next(o["ledger_unit"] for o in survey["organizations"] if o["code"] == small[0])
    for command, url, model in (
        (("survey",), "/survey", surveying.Survey),
        (("coverage", "--rows", "--reported"), "/coverage?rows=true&reported=true", surveying.Coverage),
        (("candidates",), "/candidates", planning.Candidates),
        (("candidates", "--in", home), f"/candidates?in={home}", planning.Candidates),
        (("candidates", "--of", small[0]), f"/candidates?of={small[0]}", planning.Candidates),
        (("plan", "--why", small[0]), f"/plan/why/{small[0]}", planning.Why),
        (("plan", "--why-not", small[0], small[1]), f"/plan/why-not?a={small[0]}&b={small[1]}", planning.WhyNot),
        (("plan", "--alternatives", "4", "--in", home), f"/plan/alternatives?in={home}&number=4", planning.Alternatives),
    ):  # fmt: skip
        printed = lianjian(*command, "--store", str(city), "--json")
        answer = asked.get(f"/api/v1{url}")
        assert answer.json() == printed.json, url
        model.model_validate(answer.json())
    assert asked.get("/api/v1/coverage?reported=true").json()["reported"]


def test_the_city_s_map_is_opened_down_to_an_organization_s_dossier(asked: TestClient) -> None:
    """Each view leads to the next by the parameters that its marks say; counts are coverage's; what is known already isn't sent."""
    question: dict[str, str] = {"limit": "20"}
    for level in ("district", "street", "place", "organization"):
        answer = asked.get("/api/v1/view", params=question)
        assert answer.status_code == 200, answer.text
        views.CityView.model_validate(answer.json())
        found = answer.json()
        if "in" not in question:
            rates = {r["id"]: r for r in asked.get("/api/v1/coverage").json()["definitions"]}
            assert found["totals"]["base"] == rates["org_operating"]["denominator"]
            assert found["totals"]["base_covered"] == rates["org_operating"]["numerator"]
        again = asked.get(
            "/api/v1/view", params=question, headers={"if-none-match": answer.headers["etag"]}
        )
        assert again.status_code == 304
        mark = next(m for m in found["marks"] if m["level"] == level and m["code"] is not None)
        question = mark["opens"] | {"limit": "20"}
    shown = asked.get(f"/api/v1/show/{mark['opens']['id']}").json()
    assert (shown["id"], shown["name"]) == (mark["code"], mark["name"])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("query", ["box=2,2,1,1", "in=nowhere", "at=nowhere", "status=nowhere"])
def test_a_view_of_what_there_is_not_is_refused_in_words(
    asked: TestClient, query: str, lang: str
) -> None:
    """400, in the one shape, with the name of the parameter."""
    answer = asked.get(f"/api/v1/view?{query}", headers={"accept-language": lang})
    said = Problem.model_validate(answer.json())
    assert (answer.status_code, said.code) == (400, "input")
    assert said.detail.startswith(query.partition("=")[0])


@pytest.mark.parametrize("query", ["colour=finding", "finding=orphan"])
def test_findings_on_the_map_are_for_auditors(city: Path, tmp_path: Path, query: str) -> None:
    """As the audit itself: other roles have the map without them."""
    for role, status in (("viewer", 403), ("planner", 403), ("auditor", 200)):
        app = create_app(Settings(str(city), state=str(tmp_path / role)))
        who = Identity(role, cast("Role", role))
        put_in(app, lambda who=who: who)  # type: ignore[misc]
        with TestClient(app, base_url="http://127.0.0.1") as client:
            assert client.get(f"/api/v1/view?{query}").status_code == status, role
            assert client.get("/api/v1/view").status_code == 200


def test_who_asked_before_shows_nobody_findings(city: Path, tmp_path: Path) -> None:
    """The map that was audited for an auditor tells a viewer, who gets it too, of no finding."""
    app = create_app(Settings(str(city), state=str(tmp_path / "own")))
    asking = [Identity("a", "auditor"), Identity("v", "viewer")]
    put_in(app, lambda: asking[0])
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/api/v1/view?colour=finding").json()["values"]["finding"]
        assert "finding" not in client.get("/api/v1/view").json()["values"]
        asking.pop(0)
        assert "finding" not in client.get("/api/v1/view").json()["values"]


def test_the_map_shows_the_plans_that_one_may_see(city: Path, tmp_path: Path) -> None:
    """One's own, the newest unless another is named; nobody else's; without one nothing is proposed; others see none."""
    store = open_store(str(city))
    codes = sorted(store.frame("organization", columns=["name"])["key"])[:7]
    store.close()
    state = tmp_path / "state"
    for id_, by, some in (("a1", "p", codes[:3]), ("a2", "p", codes[3:]), ("b1", "q", codes)):
        joint = [{"id": f"NEW-{id_}", "organizations": some, "form": "trade"}]
        entry = {"id": "street:1", "name": "一街", "joint": joint, "attached": [], "separate": [],
                 "work_coverage": [], "uncovered": []}  # fmt: skip
        leave(state, id_, {"as_of": "2016-08-26", "ledger_units": [entry]}, by=by, within=["429901"])  # fmt: skip
    asking = [Identity("p", "planner")]
    app = create_app(Settings(str(city), state=str(state)))
    put_in(app, lambda: asking[0])
    with TestClient(app, base_url="http://127.0.0.1") as client:

        def seen(query: str = "colour=group") -> dict[str, Any]:
            answer = client.get(f"/api/v1/view?{query}")
            assert answer.status_code == 200, answer.text
            views.CityView.model_validate(answer.json())
            found: dict[str, Any] = answer.json()
            return found

        newest, first = seen(), seen("colour=group&plan=a1")
        assert [(v["plan"]["job"], v["totals"]["shares"][0]) for v in (newest, first)] == [("a2", 4), ("a1", 3)]  # fmt: skip
        assert [p["job"] for p in newest["plan"]["plans"]] == ["a2", "a1"]
        assert newest["plan"]["within"] == ["429901"]
        assert seen("group=joint&plan=a1")["totals"]["organizations"] == 3
        assert seen("")["plan"] is None
        assert client.get("/api/v1/view?colour=group&plan=b1").status_code == 404
        asking[0] = Identity("r", "planner")
        assert (seen()["plan"], seen()["totals"]["shares"][0]) == (None, 0)
        for role in ("viewer", "auditor"):
            asking[0] = Identity("p", role)
            for query in ("colour=group", "group=joint", "colour=group&plan=a1"):
                assert client.get(f"/api/v1/view?{query}").status_code == 403, (role, query)
            assert client.get("/api/v1/view?colour=community").status_code == 200

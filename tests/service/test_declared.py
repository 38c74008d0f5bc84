"""What the OpenAPI document and HTTP itself promise of every answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from starlette.testclient import TestClient

from api.app import create_app
from api.routes.models.auditing import Diff
from api.settings import Settings
from api.wire import KINDS, PROBLEM, Problem
from tests.cut.conftest import city
from tests.cut.test_cut import firm
from tests.robustness.fuzzing import operations


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/session", "DELETE, POST"),
        ("DELETE", "/me", "GET"),
        ("PUT", "/jobs/audit", "POST"),
        ("PUT", "/jobs/0", "DELETE, GET"),
        ("PUT", "/finding/list", "GET"),
        ("PUT", "/export/selection", "POST"),
        ("PUT", "/finding/orphan:U0012", "GET, POST"),
    ],
)
def test_a_method_that_is_none_is_answered_with_those_there_are(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    """405 has `Allow` (RFC 9110): all operations of the path, also where a wider path would have it too."""
    answer = client.request(method, f"/api/v1{path}")
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/map?in=429903", "/export?in=429903", "/export?in=429903&format=json"]
)
def test_a_division_that_no_row_describes_is_drawn_by_its_code(tmp_path: Path, path: str) -> None:
    """Organizations name the district, the list of divisions does not: that is no fault of the program."""
    store = tmp_path / "lianjian.db"
    city(store, [("organization", 20160801, [firm("F1", 3)])]).close()
    with TestClient(create_app(Settings(str(store))), base_url="http://127.0.0.1") as client:
        answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200
    assert "F1" in answer.text


def test_an_export_as_json_is_declared_as_json(client: TestClient) -> None:
    """An object, no text of bytes."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for path in ("/api/v1/export", "/api/v1/export/{id}"):
        content = paths[path]["get"]["responses"]["200"]["content"]
        assert content["application/json"]["schema"] == {"type": "object"}


# -- the document ------------------------------------------------------------------------------------------------------
@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    """The service's OpenAPI document."""
    return create_app(Settings(str(tmp_path / "lianjian.db"))).openapi()


def test_the_document_is_one_of_openapi_3_1(document: dict[str, Any]) -> None:
    """By the specification's own schema, without anything of later versions."""
    assert document["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(document).validate()


def test_each_operation_says_every_error_with_an_example(document: dict[str, Any]) -> None:
    """Those of all, those of who asks, and those of a body which is too large or too slow; each in the one shape."""
    for operation in operations(document).values():
        answers = operation["responses"]
        needed = {"400", "429", "500", "503", "507"}
        needed |= {"401", "403"} if operation["security"] else set()
        needed |= {"408", "413"} if "requestBody" in operation else set()
        errors = {status for status in answers if status >= "400"}
        assert needed <= errors, operation["operationId"]
        for status in errors:
            said = Problem.model_validate(answers[status]["content"][PROBLEM]["example"])
            assert said.status == int(status)
            assert said.code in {code for _, s, code, _, _ in KINDS if s == said.status} | {
                "parameter"
            }
            assert any(p in said.instance for p in document["paths"])


def test_each_parameter_and_each_body_has_an_example(document: dict[str, Any]) -> None:
    """Or a default, which is one."""
    for operation in operations(document).values():
        for parameter in operation.get("parameters", ()):
            assert {"examples", "default"} & parameter["schema"].keys(), parameter
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["example"], operation["operationId"]


def test_each_link_leads_to_an_operation_with_what_it_takes(document: dict[str, Any]) -> None:
    """Its parameters are those of the operation, its body's names those of the body's shape."""
    found = operations(document)
    links = [
        link
        for operation in found.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 80
    for link in links:
        target = found[link["operationId"]]
        assert set(link.get("parameters", ())) <= {p["name"] for p in target.get("parameters", ())}
        if "requestBody" in link:
            shape = target["requestBody"]["content"]["application/json"]["schema"]
            shape = document["components"]["schemas"].get(
                shape.get("$ref", "").rsplit("/", 1)[-1], shape
            )
            assert set(link["requestBody"]) <= set(shape["properties"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/jobs/plan", {"seed": False}),
        ("/jobs/plan", {"gap": True}),
        ("/jobs/plan", {"time": "5"}),
        ("/undo", {"batch": True}),
        ("/undo", {"batch": "1"}),
        ("/baseline/freeze", {"office": "某局", "date": "2016-08-26", "confirm": "yes"}),
    ],
)
def test_a_value_of_another_type_is_refused(
    client: TestClient, path: str, body: dict[str, Any]
) -> None:
    """Nothing is taken for a number or a yes that is none."""
    answer = client.post(f"/api/v1{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter")


def test_a_row_that_changed_is_shown_with_its_import(tmp_path: Path) -> None:
    """As the shape of what changed between two dates declares it."""
    store = tmp_path / "lianjian.db"
    rows = [
        ("organization", on, [firm("F1", 3, staff=n)]) for on, n in ((20160801, 9), (20160820, 8))
    ]
    city(store, rows).close()
    with TestClient(create_app(Settings(str(store))), base_url="http://127.0.0.1") as client:
        answer = client.get("/api/v1/diff?from=2016-08-01&to=2016-08-20")
    found = Diff.model_validate(answer.json())
    after = next(one.sources.after for one in found.changed if one.property == "staff")
    assert after is not None
    assert after.batch > 0

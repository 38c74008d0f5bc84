"""What the OpenAPI document and HTTP itself promise of every answer."""

from __future__ import annotations

import copy
import http.client
import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from starlette.requests import Request
from starlette.testclient import TestClient

from api.app import create_app
from api.routes.models.auditing import Diff
from api.settings import Settings
from api.wire import KINDS, PROBLEM, Problem, stated
from tests.cut.conftest import city
from tests.cut.test_cut import firm
from tests.robustness.fuzzing import operations
from tests.service.working import JOBS, line


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/session", "DELETE, POST"),
        ("DELETE", "/me", "GET, HEAD"),
        ("HEAD", "/session", "DELETE, POST"),
        ("PUT", "/jobs/audit", "POST"),
        ("PUT", "/jobs/0", "DELETE, GET, HEAD"),
        ("PUT", "/finding/list", "GET, HEAD"),
        ("PUT", "/export/selection", "POST"),
        ("PUT", "/finding/orphan:U0012", "GET, HEAD, POST"),
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
    "path",
    ["/healthz", "/readyz", "/metrics", "/", "/api/v1/status", "/api/v1/openapi.json", "/api/v1/show/91B", "/api/v1/show/nobody",
     "/nothing", "/api/v1/export?in=429903", "/api/v1/survey", "/api/v1/view?limit=0"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_head_is_answered_as_get(client: TestClient, path: str, encoding: str) -> None:
    """With its status and headers (RFC 9110, 9.3.2), and no body."""
    asked = {"accept-encoding": encoding}
    with client.stream("GET", path, headers=asked) as whole:
        head = client.head(path, headers=asked)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        told = [
            {k: v for k, v in answer.headers.items() if k not in ("x-request-id", "content-length")}
            for answer in (head, whole)
        ]
        assert told[0] == told[1]
        # counts count themselves; errors have the request's number in them
        if path != "/metrics" and whole.status_code < 400:
            assert head.headers.get("content-length") == whole.headers.get("content-length")


def test_head_of_what_goes_on_and_on_ends(tmp_path: Path) -> None:
    """Over a real line: the headers of a job's events come, nothing else, and the next request on it is answered."""
    with line(tmp_path / "a.db", jobs=0) as (port, _):
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        json_ = {"content-type": "application/json"}
        wire.request("POST", f"{JOBS}/audit", "{}", json_)
        job = json.loads(wire.getresponse().read())["id"]
        for path, kind in (
            (f"{JOBS}/{job}/events", "text/event-stream"),
            (JOBS, "application/json"),
        ):
            wire.request("HEAD", path)
            answer = wire.getresponse()
            assert (answer.status, answer.read()) == (200, b"")
            assert answer.headers["content-type"].startswith(kind)
        wire.request("GET", "/healthz")
        assert json.loads(wire.getresponse().read()) == {"ok": True}
        wire.close()


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


def test_the_document_is_the_same_however_often_it_is_asked_for(tmp_path: Path) -> None:
    """Nothing is written into it twice."""
    app = create_app(Settings(str(tmp_path / "lianjian.db")))
    first = copy.deepcopy(app.openapi())
    assert app.openapi() == first
    assert app.openapi() == first


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


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/jobs/plan", r'{"in":["\ud800"]}', "in[0]"),
        ("/jobs/plan", r'{"set":{"\ud800":"1"}}', r"set.\ud800"),
        ("/jobs/plan", r'{"pins":[["a"],["b","\udc00\ud800"]]}', "pins[1][1]"),
        ("/jobs/audit", r'{"code":["\ud800"]}', "code[0]"),
        ("/question", r'{"kind":"\ud800"}', "kind"),
        ("/question", r'{"kind":"organization","show":["\ud800"]}', "show[0]"),
        ("/question", r'{"\ud800":1,"kind":"organization"}', r"\ud800"),
        ("/question", r'"\ud800"', "the body"),
        ("/question", '{"kind":"\ud800"}', "kind"),
        ("/findings/handle", r'{"ids":["\ud800"],"action":"confirm"}', "ids[0]"),
        ("/views/saved", r'{"name":"甲","note":"\udfff","things":[]}', "note"),
        ("/session", r'{"name":"\ud800","password":"a"}', "name"),
    ],
)
def test_half_a_character_is_refused(client: TestClient, path: str, body: str, where: str) -> None:
    """400 that says where, in both languages, for what JSON can write and UTF-8 can't, in whatever body and however escaped."""
    raw = body.encode("utf-8", "surrogatepass")
    for lang in ("en", "zh"):
        headers = {"content-type": "application/json", "accept-language": lang}
        answer = client.post(f"/api/v1{path}", content=raw, headers=headers)
        said = Problem.model_validate(answer.json())
        assert (said.status, said.code) == (400, "parameter")
        where = "请求体" if (where, lang) == ("the body", "zh") else where
        assert said.detail.startswith(f"{where}{'：' if lang == 'zh' else ':'}")


def test_half_a_character_in_a_form_is_refused(client: TestClient) -> None:
    """So it is in JSON that a field of a form holds."""
    answer = client.post(
        "/api/v1/jobs/preview",
        files=[("file", ("a.csv", b"x"))],
        data={"layout": r'[{"kind":"\ud800"}]'},
    )
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("layout[0].kind: ")


def test_a_whole_pair_is_a_character(client: TestClient) -> None:
    """Escaped as two halves, as JSON writes what lies beyond the first plane."""
    raw = rb'{"kind":"organization","where":[{"property":"name","is":"=","value":"\ud83d\ude00"}]}'
    answer = client.post(
        "/api/v1/question", content=raw, headers={"content-type": "application/json"}
    )
    assert "surrogate" not in answer.text
    assert answer.status_code == 200


def test_an_error_says_whatever_it_quotes(client: TestClient) -> None:
    """What no UTF-8 can write is written as JSON would."""
    request = Request({"type": "http", "path": "/", "headers": [], "state": {}, "app": client.app})
    said = Problem.model_validate_json(
        bytes(stated(request, 400, "input", ("t", "t"), ("\ud800: none", "\ud800: none")).body)
    )
    assert said.detail == r"\ud800: none"


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("GET", "/view?group=@@", None, "group"),
        ("GET", "/view?group=joint&group=@@", None, "group[1]"),
        ("GET", "/path?b=91B", None, "a"),
        ("POST", "/jobs/plan", {"in": [1]}, "in[0]"),
        ("POST", "/jobs/plan", {"pins": [[1, 2]]}, "pins[0][0], pins[0][1]"),
        ("POST", "/jobs/plan", {"set": {"radius": []}}, "set.radius"),
        ("POST", "/jobs/plan", {"set": {"a\nb" + "c" * 90: []}}, "set.a\ufffdb" + "c" * 37 + "…"),
        ("POST", "/jobs/plan", {"from": 5}, "from"),
        ("POST", "/jobs/plan", {"more": 5}, "more"),
        ("POST", "/jobs/plan", [], "the body"),
        ("POST", "/undo", {}, "batch"),
        ("POST", "/views/saved", {"name": "甲", "things": [{}]}, "things[0].id"),
        ("POST", "/findings/handle", {"ids": [7], "action": "confirm"}, "ids[0]"),
        ("POST", "/jobs/plan", {"in": [1] * 50}, ", ".join(f"in[{n}]" for n in range(8)) + ", …"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_none_is_named(
    client: TestClient, method: str, path: str, body: Any, where: str
) -> None:
    """As who asked wrote it, with its place where there are several; not by what the program takes it for."""
    answer = client.request(method, f"/api/v1{path}", json=body)
    said = Problem.model_validate(answer.json())
    assert (said.status, said.code) == (400, "parameter")
    assert said.detail.partition(": ")[0] == where


def test_a_body_that_is_no_json_is_named_in_both_languages(client: TestClient) -> None:
    """It is the body that is wrong, not a parameter of the number of a character."""
    for lang, name in (("en", "the body:"), ("zh", "请求体：")):
        headers = {"content-type": "application/json", "accept-language": lang}
        answer = client.post("/api/v1/undo", content=b'{"batch": ', headers=headers)
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith(name)


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

"""The service's lookups: the command line's answers, in shapes that its document declares, with errors of one shape."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from api import web
from api.app import HEADERS, create_app
from api.routes import models
from api.settings import Settings
from api.wire import PROBLEM, Problem
from graph.model import Claims
from graph.store import open_store
from tests.cli.commandline import Lianjian

SAME = [
    (("find", "光谷"), "/find?text=光谷", models.Found),
    (("find", "公司", "--limit", "1"), "/find?text=公司&limit=1", models.Found),
    (("find", "nobody"), "/find?text=nobody", models.Found),
    (("show", "91B"), "/show/91B", models.Dossier),
    (("show", "unit:DIST"), "/show/unit:DIST", models.Dossier),
    (("show", "LOOP1", "--as-of", "2020-01-01"), "/show/LOOP1?as_of=2020-01-01", models.Dossier),
    (("chain", "91B"), "/chain/91B", models.Chain),
    (("chain", "CITY", "--down"), "/chain/CITY?down=true", models.Chain),
    (("chain", "LOOP1"), "/chain/LOOP1", models.Chain),
    (("path", "91A", "91B"), "/path?a=91A&b=91B", models.Paths),
    (("path", "91C", "LOOP1"), "/path?a=91C&b=LOOP1", models.Paths),
    (("neighbours", "JOINT"), "/neighbours/JOINT", models.Connected),
    (("neighbours", "JOINT", "--hops", "2"), "/neighbours/JOINT?hops=2", models.Connected),
    (("status",), "/status", models.Holdings),
]  # fmt: skip


@pytest.mark.parametrize(("command", "url", "model"), SAME, ids=[url for _, url, _ in SAME])
def test_an_answer_is_what_the_command_line_prints(
    client: TestClient,
    lianjian: Lianjian,
    command: tuple[str, ...],
    url: str,
    model: type[models.Answer],
) -> None:
    """The same object, to the last character, and as the OpenAPI document says."""
    printed = lianjian(*command, "--json")
    answer = client.get(f"/api/v1{url}")
    assert answer.status_code == 200
    expected = printed.json
    if "store" in expected:  # where it lies is not told
        expected["store"] = Path(expected["store"]).name
    assert answer.json() == expected
    assert answer.headers["content-type"] == "application/json"
    model.model_validate(answer.json())


WRONG = [
    ("/show/U9999", 404, "unknown_id", ("show", "U9999")),
    ("/show/DIST", 409, "ambiguous_id", ("show", "DIST")),
    ("/show/91A?as_of=2010-01-01", 404, "unknown_id", ("show", "91A", "--as-of", "2010-01-01")),
    ("/chain/U9999", 404, "unknown_id", ("chain", "U9999")),
    ("/path?a=91A&b=DIST", 409, "ambiguous_id", ("path", "91A", "DIST")),
    ("/path?a=91A", 400, "parameter", None),
    ("/neighbours/JOINT?hops=7", 400, "parameter", None),
    ("/nearby/91A?within=300", 400, "input", ("neighbours", "91A", "--within", "300")),
    ("/find?text=x&as_of=yesterday", 400, "input", None),
    ("/survey?as_of=9999-12-31", 400, "input", None),
    ("/find", 400, "parameter", None),
    ("/find?text=x&limit=0", 400, "parameter", None),
    ("/show/" + "9" * 201, 400, "parameter", None),
    ("/nothing", 404, "no_path", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "status", "code", "command"), WRONG, ids=[w[0][:40] for w in WRONG]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_has_one_shape_and_the_command_line_s_words(
    client: TestClient,
    lianjian: Lianjian,
    url: str,
    status: int,
    code: str,
    command: Any,
    lang: str,
) -> None:
    """What is wrong and the way out, in the language asked for."""
    answer = client.get(f"/api/v1{url}", headers={"accept-language": f"fr, {lang};q=0.9"})
    said = Problem.model_validate(answer.json())
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == lang
    assert (answer.status_code, said.status, said.code) == (status, status, code)
    assert said.title != said.detail
    if command is not None:
        assert " ".join(said.detail.split()) in lianjian(*command, "--lang", lang).err


def test_an_answer_that_the_asker_has_is_not_sent_again(client: TestClient) -> None:
    """Its tag comes back with nothing else; another language's answer or another question has another tag."""
    first = client.get("/api/v1/show/91B")
    tag = first.headers["etag"]
    again = client.get("/api/v1/show/91B", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/api/v1/show/91C", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/survey", "/api/v1/show/91B"])
def test_an_answer_is_the_same_however_it_is_packed(built: TestClient, path: str) -> None:
    """Compressed or not it has one weak tag (RFC 9110, 8.8.1), any way to write which is known again; all say what they vary by."""
    tags = set()
    for encoding in ("gzip", "identity"):
        answer = built.get(path, headers={"accept-encoding": encoding})
        assert answer.status_code == 200
        tags.add(answer.headers["etag"])
        assert {"Accept-Encoding", "Accept-Language"} <= varies(answer)
    (tag,) = tags
    assert tag.startswith('W/"')
    for said in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = built.get(path, headers={"if-none-match": said})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert varies(again) == varies(answer)
    assert built.get(path, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        ("gzip", True),
        ("GZIP;Q=0.3", True),
        ("br, gzip;q=0.1", True),
        ("gzip, identity;q=0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0, *", False),
        ("x-gzip", False),
        ("br", False),
        ("", False),
    ],
)
def test_an_answer_is_compressed_for_who_takes_it_so(
    built: TestClient, said: str, packed: bool
) -> None:
    """A weight of 0 says that one does not (RFC 9110, 12.4.2); what it holds is the same."""
    answer = built.get("/api/v1/survey", headers={"accept-encoding": said})
    assert (answer.headers.get("content-encoding") == "gzip") == packed
    assert answer.json()["totals"]


@pytest.mark.parametrize(
    ("said", "lang"),
    [
        ("zh;Q=0.9, en;q=0.1", "zh"), ("en;q=0, *", "zh"), ("fr, *;q=0.5, en;q=0.1", "zh"), ("zh; q = 1, en;q=0.9", "zh"),
        ("*", "en"), ("zh;q=0", "en"), ("zh;q=0, en;q=0", "en"), ("zh;q=nan", "en"), ("zh;q=2, en;q=0.1", "en"),
        ("zh;q=0.5, en;q=0.5", "zh"), ("en-GB, zh-Hant;q=0.9", "en"), (";;,=,q", "en"),
    ],
)  # fmt: skip
def test_words_are_in_the_language_that_is_liked_most(
    client: TestClient, said: str, lang: str
) -> None:
    """By weights, however written; whatever else one takes (`*`) means what is not named."""
    answer = client.get("/api/v1/show/nobody", headers={"accept-language": said})
    assert answer.headers["content-language"] == lang


@pytest.mark.parametrize("body", [b'{"limit": ' + b"9" * 5_000 + b"}", b"[" * 60_000])
def test_a_body_that_its_reader_gives_up_on_is_said_to_be_none(
    client: TestClient, body: bytes
) -> None:
    """Numbers and depths beyond what can be read: the body is named, as with any other that is no JSON."""
    answer = client.post(
        "/api/v1/question",
        content=body,
        headers={"content-type": "application/json", "accept-language": "en"},
    )
    said = Problem.model_validate(answer.json())
    assert (answer.status_code, said.code) == (400, "parameter")
    assert said.detail.startswith("the body")


def varies(answer: Any) -> set[str]:
    """Return what an answer varies by, which it says once."""
    said = [name.strip() for name in answer.headers["vary"].split(",")]
    assert len(said) == len(set(said))
    return set(said)


@pytest.fixture
def built(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Ask a service that has the application."""
    monkeypatch.setattr(web, "BUILT", tmp_path / "web")
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_bytes(b'<!doctype html><div id="app"></div>')
    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        yield client


def test_every_answer_has_the_headers_that_a_browser_keeps_to(client: TestClient) -> None:
    """No script, no frame, no guessing of types; errors too."""
    for url in ("/api/v1/show/91B", "/api/v1/show/nobody", "/nothing", "/healthz"):
        answer = client.get(url)
        assert {k: answer.headers.get(k) for k in HEADERS} == HEADERS, url


@pytest.mark.parametrize(
    "host",
    ["city.example", "city.example:80", "[::2]", "127.0.0.1:8765:1", "a@127.0.0.1", "", "汉"],
)
@pytest.mark.parametrize("path", ["/api/v1/status", "/", "/healthz"])
def test_a_page_that_takes_this_machine_s_address_for_its_own_is_not_answered(
    client: TestClient, host: str, path: str
) -> None:
    """A name that is not this machine's is refused, whatever it resolves to, in the one shape and with the way out."""
    for lang, name in (("en", "Not under this name"), ("zh", "不以该名称提供服务")):
        asked = {b"host": host.encode(), b"accept-language": lang.encode()}
        answer = client.get(path, headers=asked)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == PROBLEM
        said = Problem.model_validate(answer.json())
        assert (said.code, said.title) == ("host", name)
        assert "--name" in said.detail
        assert b"town.xlsx" not in answer.content


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST:1", "localhost:", "[::1]:8765"])
def test_this_machine_s_own_names_are_answered(client: TestClient, host: str) -> None:
    """With any port, however written."""
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_requests_side_by_side_get_their_own_answers(client: TestClient) -> None:
    """Sixteen at once over two connections: each its own entity."""
    codes = ["91A", "91B", "91C", "CITY"] * 16
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda c: client.get(f"/api/v1/show/{c}").json()["id"], codes))
    assert answers == codes


def test_what_is_imported_meanwhile_is_answered(client: TestClient, town: Path) -> None:
    """Connections that stay open see what another process has written."""
    assert client.get("/api/v1/show/LATE").status_code == 404
    store = open_store(str(town))
    rows = pd.DataFrame(
        [{"row": 2, "dated": 20170101, "key": "LATE", "name": "后来的支部", "type": "党支部"}]
    )
    with store.importing(
        at="2017-01-01T00:00:00", dated=20170101, files=["later.xlsx"]
    ) as importer:
        importer.add(Claims("unit", "unit|later", 20170101, "later.xlsx", "unit", rows))
    store.close()
    assert client.get("/api/v1/show/LATE").json()["name"] == "后来的支部"


def test_a_store_that_is_missing_or_damaged_is_said_and_comes_back(
    tmp_path: Path, town: Path
) -> None:
    """503 with the cause and when to ask again; once it is there, answers, without a new start."""
    path = tmp_path / "elsewhere.db"
    with TestClient(create_app(Settings(str(path))), base_url="http://localhost") as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert Problem.model_validate(answer.json()).code == "store_missing"
        path.write_bytes(b"no store" * 1000)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "store")
        path.write_bytes(town.read_bytes())
        assert client.get("/readyz").status_code == 200


def test_the_document_is_openapi_3_1_and_says_every_error(client: TestClient) -> None:
    """Each operation has a summary, an answer's shape, examples of its parameters, and the one shape of errors."""
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            responses = operation["responses"]
            assert "422" not in responses
            for status, response in responses.items():
                if int(status) >= 400:
                    schema = response["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}, path
    names = document["components"]["schemas"]
    assert "Problem" in names
    assert "Dossier" in names


def test_of_a_supernode_the_first_of_each_relation_come_with_their_number(tmp_path: Path) -> None:
    """`each` bounds the answer, not the count; what is between those that are given is given too."""
    store = open_store(str(tmp_path / "street.db"), create=True)
    division = pd.DataFrame(
        [{"row": 2, "dated": 20160826, "key": "420101001", "name": "一街道", "level": "街道"}]
    )
    firms = pd.DataFrame(
        [
            {"row": n, "dated": 20160826, "key": f"F{n:03}", "name": f"公司{n}", "line": "enterprise", "category": "私营企业",
             "street": "420101001", "unit": "GONE"}
            for n in range(2, 102)
        ]
    )  # fmt: skip
    with store.importing(
        at="2016-08-26T00:00:00", dated=20160826, files=["street.xlsx"]
    ) as importer:
        importer.add(Claims("division", "division", 20160826, "street.xlsx", "a", division))
        importer.add(Claims("organization", "organization", 20160826, "street.xlsx", "b", firms))
    store.close()
    app = create_app(Settings(str(tmp_path / "street.db")))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        whole = client.get("/api/v1/neighbours/420101001").json()
        first = client.get("/api/v1/neighbours/420101001?each=7").json()
        shown = client.get("/api/v1/show/420101001?relations=5").json()
        refused = client.get("/api/v1/neighbours/420101001?each=7&hops=2")
    assert "groups" not in whole
    assert len(whole["nodes"]) == 101
    models.Connected.model_validate(first)
    assert first["groups"] == [
        {"kind": "LOCATED_IN", "direction": "in", "other": "organization", "count": 100}
    ]
    assert sorted(n["id"] for n in first["nodes"]) == [
        "420101001",
        *(f"F{n:03}" for n in range(2, 9)),
    ]
    assert len(first["edges"]) == 7
    models.Dossier.model_validate(shown)
    assert (len(shown["relations"]), shown["relations_found"]) == (5, 100)
    assert (refused.status_code, refused.json()["code"]) == (400, "input")

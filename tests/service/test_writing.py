"""What is written over HTTP: as the command writes it, with its checks and words, and by nobody else's page."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.routes import models
from api.routes.models import auditing as models_audit
from api.settings import Settings
from api.wire import Problem
from graph.model import Claims
from graph.store import open_store
from tests.cli.commandline import Lianjian

WHO = ("--office", "某局", "--date", "2016-09-01", "--reason", "核实")
BY = {"office": "某局", "date": "2016-09-01", "reason": "核实"}
LATER = ("--office", "某局", "--date", "2016-10-01", "--reason", "查明")
BY_LATER = {"office": "某局", "date": "2016-10-01", "reason": "查明"}

Step = tuple[tuple[str, ...], str, dict[str, Any], Any]
STEPS: list[Step] = [
    (
        ("decide", "distinct", "91A", "91C", *WHO),
        "/decide/distinct",
        {"a": "91A", "b": "91C", **BY},
        models_audit.Decision,
    ),
    (
        ("decide", "merge", "91A", "91B", *WHO),
        "/decide/merge",
        {"kept": "91A", "merged": "91B", **BY},
        models_audit.Decision,
    ),
    (
        ("decide", "withdraw", "pair|91A|91B", *LATER),
        "/decide/withdraw",
        {"decision": "pair|91A|91B", **BY_LATER},
        models_audit.Decision,
    ),
    (
        ("decide", "exclude", "91D", "--kind", "僵尸", *WHO),
        "/decide/exclude",
        {"code": "91D", "kind": "僵尸", **BY},
        models_audit.Decision,
    ),
    (
        ("decide", "include", "91D", *LATER),
        "/decide/include",
        {"code": "91D", **BY_LATER},
        models_audit.Decision,
    ),
    (
        ("decide", "departure", "JOINT", *WHO),
        "/decide/departure",
        {"unit": "JOINT", **BY},
        models_audit.Decision,
    ),
    (
        ("finding", "cycle:LOOP1", "confirm", "--office", " 某局 ", "--due", "2016-12-01"),
        "/finding/cycle:LOOP1",
        {"action": "confirm", "office": " 某局 ", "due": "2016-12-01"},
        models_audit.Handled,
    ),
    (
        ("finding", "cycle:LOOP1", "dismiss", "--note", "试点", "--as-of", "2016-10-02"),
        "/finding/cycle:LOOP1",
        {"action": "dismiss", "note": "试点", "as_of": "2016-10-02"},
        models_audit.Handled,
    ),
    (
        ("baseline", "freeze", "--office", "某委", "--date", "2016-08-26"),
        "/baseline/freeze",
        {"office": "某委", "date": "2016-08-26"},
        models_audit.Frozen,
    ),
    (
        ("baseline", "remove", "91C", *WHO),
        "/baseline/remove",
        {"code": "91C", **BY},
        models_audit.Decision,
    ),
    (
        ("baseline", "add", "91C", *LATER),
        "/baseline/add",
        {"code": "91C", **BY_LATER},
        models_audit.Decision,
    ),
    (("undo", "4"), "/undo", {"batch": 4}, models.Import),
]


@pytest.fixture
def town(town: Path) -> Path:
    """The town, with one organization more, in the base."""
    store = open_store(str(town))
    row = {
        "row": 2,
        "dated": 20160826,
        "key": "91D",
        "name": "丁公司",
        "line": "enterprise",
        "status": "正常",
    }
    with store.importing(at="2016-08-26T01:00:00", dated=20160826, files=["more.xlsx"]) as importer:
        importer.add(
            Claims("organization", "more", 20160826, "more.xlsx", "more", pd.DataFrame([row]))
        )
    store.close()
    return town


@pytest.fixture
def other(town: Path) -> Iterator[tuple[TestClient, Path]]:
    """A service over a copy of the town, so that the command line has its own."""
    path = town.with_name("served.db")
    shutil.copy(town, path)
    app = create_app(Settings(str(path)))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made, path


def _state(path: Path) -> dict[str, Any]:
    """All that a store holds of what people write, and its fingerprint."""
    store = open_store(str(path))
    frames = {
        kind: store.frame(kind, 20990101).drop(columns="claim").to_csv()
        for kind in ("decision", "handling", "freeze", "baseline", "organization", "unit")
    }
    batches = [(b.id, b.dated, b.files, b.loaded, b.undone) for b in store.batches()]
    held = {"frames": frames, "batches": batches, "fingerprint": store.fingerprint(20990101)}
    store.close()
    return held


def _plain(answer: Any) -> Any:
    """An answer without the clock's time."""
    return json.loads(re.sub(r'"at": "[^"]*"', '"at": ""', json.dumps(answer)))


def test_what_is_written_is_what_the_command_writes(
    town: Path, other: tuple[TestClient, Path], lianjian: Lianjian
) -> None:
    """Step by step the same answer, in the declared shape, and in the end the same store."""
    client, path = other
    for command, url, body, model in STEPS:
        printed = lianjian(*command, "--json")
        assert printed.code == 0, (command, printed.err)
        answer = client.post(f"/api/v1{url}", json=body)
        assert answer.status_code == 200, (url, answer.text)
        assert _plain(answer.json()) == _plain(printed.json), command
        assert answer.headers["cache-control"] == "no-store"
        model.model_validate(answer.json())
    assert _state(path) == _state(town)


WRONG: list[tuple[tuple[str, ...], str, dict[str, Any], int]] = [
    (
        ("decide", "merge", "91A", "91Z", *WHO),
        "/decide/merge",
        {"kept": "91A", "merged": "91Z", **BY},
        404,
    ),
    (
        ("decide", "merge", "91A", "91A", *WHO),
        "/decide/merge",
        {"kept": "91A", "merged": "91A", **BY},
        400,
    ),
    (
        ("decide", "distinct", "91A", "91B", "--office", " ", *WHO[2:]),
        "/decide/distinct",
        {"a": "91A", "b": "91B", **BY, "office": " "},
        400,
    ),
    (
        ("decide", "distinct", "91A", "91B", *WHO[:4], "--reason", ""),
        "/decide/distinct",
        {"a": "91A", "b": "91B", **BY, "reason": ""},
        400,
    ),
    (
        ("decide", "exclude", "91A", "--kind", "坏", *WHO),
        "/decide/exclude",
        {"code": "91A", "kind": "坏", **BY},
        400,
    ),
    (("decide", "include", "91A", *WHO), "/decide/include", {"code": "91A", **BY}, 400),
    (("decide", "departure", "91A", *WHO), "/decide/departure", {"unit": "91A", **BY}, 404),
    (
        ("decide", "withdraw", "pair|91A|91B", *WHO),
        "/decide/withdraw",
        {"decision": "pair|91A|91B", **BY},
        400,
    ),
    (
        ("decide", "include", "91A", *WHO[:2], "--date", "2999-01-01", *WHO[4:]),
        "/decide/include",
        {"code": "91A", **BY, "date": "2999-01-01"},
        400,
    ),
    (
        ("baseline", "freeze", "--office", "某委", "--date", "1999-01-01"),
        "/baseline/freeze",
        {"office": "某委", "date": "1999-01-01"},
        400,
    ),
    (("baseline", "add", "91A", *WHO), "/baseline/add", {"code": "91A", **BY}, 400),
    (("finding", "LOOP1", "confirm"), "/finding/LOOP1", {"action": "confirm"}, 404),
    (("finding", "cycle:LOOP9", "confirm"), "/finding/cycle:LOOP9", {"action": "confirm"}, 404),
    (("finding", "cycle:LOOP1", "dismiss"), "/finding/cycle:LOOP1", {"action": "dismiss"}, 400),
    (
        ("finding", "cycle:LOOP1", "confirm", "--note", "电话 13800138000"),
        "/finding/cycle:LOOP1",
        {"action": "confirm", "note": "电话 13800138000"},
        400,
    ),
    (
        ("decide", "merge", "91A", "91B", *WHO[:4], "--reason", "问 13800138000"),
        "/decide/merge",
        {"kept": "91A", "merged": "91B", **BY, "reason": "问 13800138000"},
        400,
    ),
    (("undo", "99"), "/undo", {"batch": 99}, 404),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("command", "url", "body", "status"), WRONG, ids=[f"{n} {w[1]}" for n, w in enumerate(WRONG)]
)
def test_what_the_command_refuses_is_refused_in_its_words(
    town: Path,
    client: TestClient,
    lianjian: Lianjian,
    command: tuple[str, ...],
    url: str,
    body: dict[str, Any],
    status: int,
    lang: str,
) -> None:
    """Nothing is written, and nothing about a person is repeated."""
    answer = client.post(f"/api/v1{url}", json=body, headers={"accept-language": lang})
    said = Problem.model_validate(answer.json())
    assert answer.status_code == status
    printed = lianjian(*command, "--lang", lang)
    assert printed.code == 2
    assert " ".join(said.detail.split()) in printed.err
    assert "13800138000" not in answer.text
    assert len(client.get("/api/v1/status").json()["batches"]) == 2


MERGE = {"kept": "91A", "merged": "91B", **BY}
UNSOUND: list[tuple[str, Any]] = [
    ("/decide/merge", {**MERGE, "reazon": "x"}),
    ("/decide/merge", {k: v for k, v in MERGE.items() if k != "office"}),
    ("/decide/merge", {**MERGE, "date": "soon"}),
    ("/decide/merge", {**MERGE, "date": 20160901}),
    ("/decide/merge", {**MERGE, "kept": ["91A"]}),
    ("/decide/merge", {**MERGE, "kept": ""}),
    ("/decide/merge", {**MERGE, "office": "\ud800"}),
    ("/decide/merge", [MERGE]),
    ("/decide/merge", None),
    ("/finding/cycle:LOOP1", {"action": "forget"}),
    ("/baseline/freeze", {"office": "某委", "date": "2016-08-26", "confirm": "perhaps"}),
    ("/undo", {"batch": 0}),
    ("/undo", {"batch": "1; drop"}),
    ("/undo", {"batch": 10**30}),
]


@pytest.mark.parametrize(("url", "body"), UNSOUND)
def test_a_body_that_is_none_is_said_in_the_one_shape(
    client: TestClient, url: str, body: Any
) -> None:
    """A misspelt name, a missing one, a value of another kind: 400, and nothing is written."""
    raw = json.dumps(body)
    answer = client.post(f"/api/v1{url}", content=raw, headers={"content-type": "application/json"})
    assert (answer.status_code, Problem.model_validate(answer.json()).code) == (400, "parameter")
    assert len(client.get("/api/v1/status").json()["batches"]) == 2


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
@pytest.mark.parametrize(("url", "body"), [("/decide/merge", MERGE), ("/undo", {"batch": 1})])
def test_a_page_of_elsewhere_can_t_have_a_browser_write(
    client: TestClient, url: str, body: dict[str, Any], kind: str | None
) -> None:
    """What a browser sends from there is refused, JSON or not; and when it asks, it is not told that it may."""
    headers = {"origin": "http://city.example"} | ({} if kind is None else {"content-type": kind})
    answer = client.post(f"/api/v1{url}", content=json.dumps(body).encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    asked = client.options(
        f"/api/v1{url}",
        headers={"origin": "http://city.example", "access-control-request-method": "POST"},
    )
    assert asked.status_code == 405
    assert not [h for h in asked.headers if h.startswith("access-control-")]
    state = client.get("/api/v1/status").json()
    assert [b["undone"] for b in state["batches"]] == [False, False]


@pytest.mark.parametrize("told", [True, False])
def test_a_body_that_is_too_large_is_refused(client: TestClient, *, told: bool) -> None:
    """413 in the one shape, whether its length is told before or not."""
    raw = json.dumps({**MERGE, "reason": "长" * 100_000}).encode()
    answer = client.post(
        "/api/v1/decide/merge",
        content=raw if told else (raw[k : k + 9_000] for k in range(0, len(raw), 9_000)),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 413
    assert Problem.model_validate(answer.json()).code == "too_large"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("url", ["/decide/merge", "/baseline/freeze", "/undo"])
def test_reading_never_writes(client: TestClient, url: str) -> None:
    """What writes is asked for by POST alone."""
    assert client.get(f"/api/v1{url}").status_code == 405


def test_a_store_that_another_holds_is_said_and_not_written(town: Path, client: TestClient) -> None:
    """503 and when to ask again; once it is free, the same request is done."""
    holder = open_store(str(town))
    held = holder.importing(at="2016-09-01T00:00:00", dated=20160901, files=["x"])
    with contextlib.suppress(_Enough), held:
        busy = client.post("/api/v1/decide/merge", json=MERGE)
        assert (busy.status_code, busy.json()["code"]) == (503, "store_busy")
        assert busy.headers["retry-after"] == "5"
        assert client.get("/api/v1/decide/list").json() == {"decisions": []}
        raise _Enough
    holder.close()
    assert client.post("/api/v1/decide/merge", json=MERGE).status_code == 200


class _Enough(Exception):  # noqa: N818 - ends an import without a trace
    pass


def test_what_was_written_is_answered_at_once(client: TestClient) -> None:
    """By every connection: a decision shows in the list and in the dossier; undone, it is gone."""

    def get(url: str) -> Any:
        return client.get(f"/api/v1{url}").json()

    batch = client.post("/api/v1/decide/merge", json=MERGE).json()["batch"]
    assert get("/decide/list?as_of=2016-09-01")["decisions"][0]["batch"] == batch
    assert get("/show/91B?as_of=2016-09-01")["id"] == "91A"
    assert client.post("/api/v1/undo", json={"batch": batch}).json()["undone"] is True
    assert get("/decide/list?all=true")["decisions"] == []
    assert get("/show/91B?as_of=2016-09-01")["id"] == "91B"

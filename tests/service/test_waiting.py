"""What is being made: who can be told meanwhile is told how far it is, and anybody else waits and gets the error there was."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import beside, waiting, wire
from api.beside import Beside, Making, Words
from api.latest import Latest
from api.waiting import AskAgainError, ChangedError
from graph.errors import InputError

TOLD = {"prefer": "wait=1, Respond-Async"}
WORDS = Words(("made {}", "在做 {}"), ("others", "其他"), ("changed", "变了"))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Nothing that is made beside requests comes to its end before this is set."""
    let = threading.Event()
    make = Beside._make

    def slow(self: Any, making: Making[Any], *more: Any) -> None:
        making.reached(3, 9)
        let.wait(30)
        make(self, making, *more)

    monkeypatch.setattr(beside.Beside, "_make", slow)
    monkeypatch.setattr(waiting, "SOON", 0.0)
    monkeypatch.setattr(waiting, "LONG", 0.0)
    yield let
    let.set()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/view", None),
        ("GET", "/view?colour=finding", None),
        ("GET", "/wallmap?format=svg", None),
        ("GET", "/findings", None),
        ("GET", "/findings/checked", None),
        ("POST", "/question", {"kind": "organization"}),
        ("GET", "/question/values?kind=organization&property=category", None),
    ],
)
def test_who_can_be_told_is_told_how_far_an_answer_is(
    client: TestClient, held: threading.Event, method: str, path: str, body: Any
) -> None:
    """202 with what is being made and when to ask again, which nothing keeps; others get 503; once it is there both get it."""

    def ask(headers: dict[str, str]) -> Any:
        return client.request(method, f"/api/v1{path}", headers=headers, json=body)

    zh = ask(TOLD | {"accept-language": "zh"})
    assert zh.status_code == 202, zh.text
    said = wire.Coming.model_validate(zh.json())
    assert (said.code, said.done, said.of, said.retry_after) == ("being_made", 3, 9, 1)
    assert "正在" in said.detail
    assert zh.headers["preference-applied"] == "respond-async"
    assert (zh.headers["retry-after"], zh.headers["cache-control"]) == ("1", "no-store")
    plain = ask({})
    assert (plain.status_code, plain.json()["code"]) == (503, "being_made")
    assert plain.headers["retry-after"] == wire.RETRY
    held.set()
    waiting.SOON = waiting.LONG = 30.0  # as the fixture will undo
    assert [ask(h).status_code for h in (TOLD, {})] == [200, 200]


def test_what_is_being_made_is_no_look(client: TestClient, held: threading.Event) -> None:
    """Of findings that were not there yet the journal has no row."""
    journal = client.app.state.journal  # type: ignore[attr-defined]
    rows, read = [0], journal.read

    def counted(*given: Any, **more: Any) -> Any:
        rows.append(1)
        return read(*given, **more)

    journal.read = counted
    assert client.get("/api/v1/findings", headers=TOLD).status_code == 202
    assert sum(rows) == 0
    held.set()
    waiting.SOON = 30.0
    assert client.get("/api/v1/findings", headers=TOLD).status_code == 200
    assert sum(rows) == 1


def test_an_operation_that_says_nothing_of_it_keeps_to_its_error(client: TestClient) -> None:
    """Where the document has no 202, an answer that goes on changing is 503 for everybody."""

    def raising(*_: Any, **__: Any) -> Any:
        raise ChangedError("changed", "变了")

    client.app.state.kept.answer = raising  # type: ignore[attr-defined]
    assert client.get("/api/v1/survey", headers=TOLD).status_code == 503


def test_what_may_be_being_made_is_in_the_document(client: TestClient) -> None:
    """With its shape, its headers and the preference that asks for it; no other operation has them."""
    document = client.get("/api/v1/openapi.json").json()
    found = set()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = [p["name"] for p in operation.get("parameters", ())]
            content = operation["responses"].get("202", {}).get("content", {})
            if content.get("application/json", {}).get("schema") == {"$ref": wire.COMING}:
                assert {"Retry-After", "Preference-Applied"} <= operation["responses"]["202"]["headers"].keys()  # fmt: skip
                assert named.count("Prefer") == 1
                found.add(path.removeprefix("/api/v1"))
            else:
                assert "Prefer" not in named, path
    assert found == {
        "/view", "/wallmap", "/findings", "/findings/checked", "/findings/open/{id}", "/question", "/question/values",
        "/coverage", "/plan/why/{id}", "/plan/why-not", "/plan/alternatives", "/plan/groups",
    }  # fmt: skip


# -- what is made beside requests ----------------------------------------------------------------------------------------
def _beside(patience: float = 20.0) -> Beside[str, str]:
    return Beside(Latest(9, 1_000, lambda _: ""), "made", WORDS, patience)


def test_what_is_refused_is_not_made() -> None:
    """Whoever may have nothing made gets what is kept, and else the refusal."""
    things, made = _beside(), []

    def refuse() -> None:
        raise InputError("no", "不")

    def make(*_: Any) -> str:
        made.append("a")
        return "a"

    def get(before: Any) -> str:
        return things.get("a", lambda: b"1", make, len, before=before)[1]

    with pytest.raises(InputError):
        get(refuse)
    assert (get(None), get(refuse), made) == ("a", "a", ["a"])


def test_who_comes_when_two_are_made_waits_for_room() -> None:
    """It is told only where that takes too long, and begun as soon as one of them is done."""
    things, let = _beside(0.2), threading.Event()

    def make(making: Making[str], _: bytes) -> str:
        let.wait(20)
        making.reached(1, 2)
        return "made"

    def get(key: str) -> str:
        return things.get(key, lambda: b"1", make, len)[1]

    for key in ("a", "b"):
        with pytest.raises(AskAgainError, match="made 0/…"):
            get(key)
    with pytest.raises(AskAgainError, match="others"):
        get("c")
    threading.Timer(0.05, let.set).start()
    things._patience = 20.0
    assert get("c") == "made"
    assert [get(key) for key in ("a", "b")] == ["made", "made"]


def test_what_the_store_changed_under_is_made_of_the_newer_state() -> None:
    """It is begun anew by itself, and given up in words where the store goes on changing."""
    things, states = _beside(), iter([b"1", b"2", *(bytes([n]) for n in range(100, 140))])

    def make(_: Making[str], state: bytes) -> str:
        if state != b"2":
            raise ChangedError(*WORDS.changed)
        return "made"

    assert things.get("a", lambda: next(states), make, len) == (b"2", "made")
    with pytest.raises(ChangedError, match="changed"):
        things.get("b", lambda: next(states), make, len)


def test_one_that_does_not_do_is_made_once_more() -> None:
    """What is kept is used as far as it has what is asked for."""
    things = _beside()

    def get(wanted: str) -> str:
        return things.get(
            "a", lambda: b"1", lambda *_: wanted, len, enough=lambda one: wanted in one
        )[1]  # fmt: skip

    assert [get("abc"), get("b"), get("xy"), get("y")] == ["abc", "abc", "xy", "xy"]


def test_a_thread_that_makes_it_itself_waits_for_all_of_it() -> None:
    """However long it takes, and in that very thread."""
    things = _beside(0.0)
    here = threading.get_ident()
    _, made = things.get("a", lambda: b"1", lambda *_: str(threading.get_ident()), len, here=True)
    assert made == str(here)

"""The journal around the service and the command line: a row is there before what it records leaves, or nothing leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import apsw
import pytest
from fastapi import APIRouter, Request
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from api.access import permissions
from api.app import create_app
from api.cli.commands import GROUPS
from api.cli.journaling import CODES, OTHERS, who
from api.journal import Action, Journal, Places
from api.journal.operations import OPERATIONS, Recorded, complete
from api.journal.stores import in_store, recorded
from api.settings import Settings
from api.stores import writing
from graph.errors import JournalError, SchemaError
from graph.model import now
from graph.store import open_store
from tests.aside import run_aside
from tests.cli.commandline import Lianjian


@pytest.fixture
def journal(town: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """The journal beside the town's store; not there yet."""
    for name in ("LIANJIAN_STATE", "LIANJIAN_JOURNAL_KEY_FILE", "LIANJIAN_JOURNAL_ANCHOR"):
        monkeypatch.delenv(name, raising=False)
    return Journal(Places.of(town.with_suffix(".service"), {}))


def told(journal: Journal) -> list[tuple[str, str, str, str]]:
    """What the rows say was done, the newest first."""
    return [(r.action, r.operation, r.subjects, r.outcome) for r in journal.rows()]


def test_the_row_is_there_before_the_answer_leaves(town: Path, journal: Journal) -> None:
    """When the first byte of an answer with members' counts is sent, another process reads its row already."""
    app = create_app(Settings(str(town)))
    seen: list[tuple[str, int]] = []
    scope: Scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/api/v1/show/91B",
        "raw_path": b"/api/v1/show/91B", "query_string": b"", "scheme": "http", "root_path": "",
        "headers": [(b"host", b"127.0.0.1")], "server": ("127.0.0.1", 1), "client": ("127.0.0.1", 2),
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        db = apsw.Connection(str(journal.places.file), flags=apsw.SQLITE_OPEN_READONLY)
        found = db.execute("SELECT count(*) FROM journal WHERE subjects = '91B'").fetchone()
        assert found is not None
        seen.append((message["type"], int(str(found[0]))))
        db.close()

    async def ask() -> None:
        await app(scope, receive, send)

    run_aside(ask())
    assert seen[0] == ("http.response.start", 1)
    assert {n for _, n in seen} == {1}


def test_looks_at_counts_are_recorded_and_others_are_not(
    client: TestClient, journal: Journal
) -> None:
    """A dossier is one row, whether it was sent anew or is known; what is not there, and answers without counts, are none."""
    tag = client.get("/api/v1/show/91B").headers["etag"]
    assert client.get("/api/v1/show/91B", headers={"if-none-match": tag}).status_code == 304
    client.get("/api/v1/show/nobody")
    client.get("/api/v1/find", params={"text": "张三"})
    client.get("/api/v1/chain/91A")
    client.get("/healthz")
    client.get("/api/v1/openapi.json")
    assert told(journal) == [("look", "show", "91B", "answered")] * 2


def test_a_look_by_head_is_recorded_as_any(
    client: TestClient, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the journal, and in the log by its operation: that an answer was not sent says nothing of what its headers tell."""
    assert client.head("/api/v1/show/91B").status_code == 200
    assert told(journal) == [("look", "show", "91B", "answered")]
    assert '"operation": "show"' in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_row_no_answer(town: Path, journal: Journal, lang: str) -> None:
    """Where the journal can't be written the answer is a 503 with the way out, and holds nothing of what was asked for."""
    (town.with_suffix(".service") / "journal.db").mkdir(parents=True)
    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        answer = client.get("/api/v1/show/91B", headers={"accept-language": lang})
        assert answer.status_code == 503
        assert answer.json()["code"] == "journal"
        assert "LIANJIAN_JOURNAL_KEY_FILE" in answer.json()["detail"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "光谷" not in answer.text
        assert client.get("/api/v1/chain/91A").status_code == 200


def test_an_operation_that_the_table_does_not_know_is_not_served() -> None:
    """The service refuses to be made, and names it."""
    with pytest.raises(SchemaError, match="newcomer"):
        complete([*OPERATIONS, "newcomer"])


def test_the_table_knows_no_operation_that_is_not_there(town: Path) -> None:
    """Nothing is left over in it, and it names parameters that the operations have."""
    app = create_app(Settings(str(town)))
    found = {o["operationId"]: o for p in app.openapi()["paths"].values() for o in p.values()}
    assert set(app.state.permissions) - {"openapi"} == set(OPERATIONS)
    assert set(found) == set(OPERATIONS) - {
        "page",
        "asset",
    }  # files of the application, not answers
    for name, how in OPERATIONS.items():
        has = {p["name"] for p in found.get(name, {}).get("parameters", [])}
        assert set(how.subjects if how else ()) <= has, name


def test_writes_over_http(town: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A route's write is intent and outcome, failed where it raised; one that answers without a row is held back."""
    app = create_app(Settings(str(town)))
    router = APIRouter(tags=["decisions"])

    @router.post("/mark/{id}")
    def marks(request: Request, id: str, fail: bool = False) -> dict[str, Any]:  # noqa: A002
        with (
            writing(request, "U0001") as store,
            store.importing(at=now(), dated=20160826, files=["a"]),
        ):
            if fail:
                raise JournalError("no", "否")
        return {"secret": id}

    @router.post("/forgets")
    def forgets() -> dict[str, Any]:
        return {"secret": 1}

    app.include_router(router)
    app.state.permissions = permissions.table(app)
    table = dict(OPERATIONS) | {
        "marks": Recorded(Action.WRITE, ("id",)),
        "forgets": Recorded(Action.DECIDE),
    }
    monkeypatch.setattr("api.journal.serving.OPERATIONS", table)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        assert client.post("/mark/91A").json() == {"secret": "91A"}
        assert client.post("/mark/91A?fail=true").status_code == 503
        held = client.post("/forgets")
    assert held.status_code == 503
    assert "secret" not in held.text
    about = ("write", "marks", "91A U0001")
    assert told(journal) == [(*about, o) for o in ("failed", "intent", "done", "intent")]


def test_the_command_line_writes_to_the_same_journal(
    town: Path, journal: Journal, lianjian: Lianjian
) -> None:
    """Decisions, batches taken back and files are rows of the system's user; what only asks makes no journal."""
    assert lianjian("show", "91A", "--json").code == 0
    assert lianjian("map", "nobody").code == 2
    assert not journal.places.file.parent.exists()
    why = ("--office", "某局", "--date", "2016-08-27", "--reason", "张三说的")
    assert lianjian("decide", "exclude", "91C", "--kind", "空壳", *why).code == 0
    assert lianjian("undo", "2").code == 0
    assert lianjian("find", "光谷", "--out", "found.xlsx").code == 0
    assert lianjian("map", "91A", "--out", "a.html").code == 0
    assert lianjian("export", "91A", "--format", "csv").code == 0
    assert told(journal)[::-1] == [
        ("decide", "decide exclude", "91C", "intent"),
        ("decide", "decide exclude", "91C", "done"),
        ("undo", "undo", "batch:2", "intent"),
        ("undo", "undo", "batch:2", "done"),
        ("export", "find", "", "answered"),
        ("export", "map", "91A", "answered"),
        ("export", "export", "91A", "answered"),
    ]
    assert {r.name for r in journal.rows()} == {who().name}
    assert who().name.startswith("local:")
    raw = journal.places.file.read_bytes()
    assert not any(t.encode() in raw for t in ("张三", "某局", "光谷", "空壳"))


def test_a_copy_is_recorded_where_it_comes_from(
    town: Path, journal: Journal, lianjian: Lianjian
) -> None:
    """A whole city that leaves is in the journal of the store it leaves."""
    assert lianjian("copy", "--from", str(town), "--to", "other.db").code == 0
    assert told(journal) == [("copy", "copy", "", o) for o in ("done", "intent")]


def test_without_a_row_no_file_and_no_write(
    town: Path, journal: Journal, lianjian: Lianjian
) -> None:
    """Exit 3 with the way out; the store is as it was, and no file is left."""
    town.with_suffix(".service").write_text("a file where the folder belongs")
    answer = lianjian("survey", "--out", "survey.xlsx")
    assert answer.code == 3
    assert "LIANJIAN_STATE" in answer.err
    assert not Path("survey.xlsx").exists()
    answer = lianjian("undo", "1")
    assert answer.code == 3
    assert lianjian("show", "91A").code == 0


def test_list_head_and_verify(town: Path, journal: Journal, lianjian: Lianjian) -> None:
    """The newest first, by time, code and name; a head for paper; exit 1 where the end is missing."""
    assert lianjian("journal", "verify").code == 0
    assert lianjian("journal", "head", "--json").json["sequence"] == 0
    for code in ("91A", "91B"):
        assert lianjian("map", code, "--out", f"{code}.html").code == 0
    listed = lianjian("journal", "list", "--json").json["rows"]
    assert [(r["sequence"], r["subjects"]) for r in listed] == [(2, ["91B"]), (1, ["91A"])]
    assert [
        r["sequence"] for r in lianjian("journal", "list", "--of", "91A", "--json").json["rows"]
    ] == [1]
    assert lianjian("journal", "list", "--by", "nobody", "--json").json["rows"] == []
    since = listed[0]["time"]
    assert len(lianjian("journal", "list", "--since", since, "--json").json["rows"]) == 1
    assert lianjian("journal", "list", "--since", "yesterday").code == 2
    assert lianjian("journal", "list", "--out", "rows.json").code == 0
    assert len(json.loads(Path("rows.json").read_text("utf-8"))["rows"]) == 2
    head = lianjian("journal", "head").out.strip()
    assert lianjian("journal", "verify", "--head", head).code == 0
    db = apsw.Connection(str(journal.places.file))
    db.execute("DROP TRIGGER kept")
    db.execute("DELETE FROM journal WHERE sequence = 2")
    db.close()
    answer = lianjian("journal", "verify", "--json")
    assert answer.code == 1
    assert (answer.json["verdict"], answer.json["sequence"]) == ("truncated", 2)
    assert "截断" in lianjian("journal", "verify", "--lang", "zh").out
    assert lianjian("journal", "verify", "--head", "nonsense").code == 2


def test_a_write_that_died_is_settled_by_the_store(
    town: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the next start the batch is looked for: one that is there was done, one that is not was not."""
    store = open_store(str(town))
    with monkeypatch.context() as dying:
        dying.setattr(Journal, "_outcome", staticmethod(_dies))
        with pytest.raises(_Died):
            recorded(store, journal, who(), "undo").undo(1)
        with (
            pytest.raises(_Died),
            recorded(store, journal, who(), "import").importing(
                at="2026-01-01T00:00:00", dated=20260101, files=["x.csv"]
            ),
        ):
            pass
    store.close()
    with TestClient(create_app(Settings(str(town)))):
        pass
    assert [(r.operation, r.outcome) for r in journal.rows()][:2] == [
        ("import", "settled_failed"),
        ("undo", "settled_done"),
    ]


class _Died(Exception):  # noqa: N818 - stands for the end of the process
    pass


def _dies(*_: object) -> None:
    raise _Died


def test_what_a_store_can_t_tell_stays_open(town: Path) -> None:
    """Only imports and batches taken back can be looked for."""
    from api.journal import Intent

    store = open_store(str(town))
    assert in_store(store)(Intent(1, "account", "user add")) is None
    store.close()


def _holds_text(hint: Any) -> bool:
    return hint is str or any(map(_holds_text, get_args(hint)))


def test_each_text_on_the_command_line_is_a_code_or_is_left_out() -> None:
    """A command with a new parameter says which of the two it is."""
    functions = [
        function
        for group in GROUPS
        for command in group.commands.values()
        for function in (command.values() if isinstance(command, dict) else [command])
    ]
    texts = {
        name
        for function in functions
        for name, hint in get_type_hints(function).items()
        if _holds_text(hint)
    }
    assert len(texts) > 20
    assert texts <= CODES | OTHERS
    assert not CODES & OTHERS


@pytest.mark.parametrize(
    "url", ["/status?format=xlsx", "/duplicates?format=csv", "/decide/list?format=xlsx"]
)
def test_a_listing_that_leaves_as_a_file_is_an_export(
    town: Path, journal: Journal, url: str
) -> None:
    """Whatever its answer holds; as JSON it is none."""
    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        assert client.get(f"/api/v1{url}").status_code == 200
        assert client.get(f"/api/v1{url.partition('?')[0]}").status_code == 200
    assert [row[0] for row in told(journal)] == ["export"]


@pytest.mark.parametrize(
    ("url", "action"),
    [
        ("/map/91A", "look"), ("/map/91A?format=html", "export"), ("/map/91B?hops=1&format=html", "export"),
        ("/export/91A?format=graphml", "export"), ("/export/91A?format=csv", "export"),
    ],
)  # fmt: skip
def test_a_picture_that_leaves_as_a_file_is_an_export(
    town: Path, journal: Journal, url: str, action: str
) -> None:
    """A page to be kept is taken out like a table; the same as an answer is looked at."""
    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        answer = client.get(f"/api/v1{url}")
    assert ("content-disposition" in answer.headers) == (action == "export")
    assert [row[0] for row in told(journal)] == [action]

"""What answers do not tell: where things lie on the machine, and how much others do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.access.identity import Identity
from api.app import create_app
from api.jobs.records import Records
from api.journal import Places
from api.redaction import Redaction
from api.settings import Settings
from graph.store import open_store
from tests.cut.conftest import city
from tests.cut.test_cut import FIRMS, UNITS
from tests.service.people import put_in
from tests.service.test_jobs import added
from tests.service.working import JOBS, service

AUDITOR = Identity("district", "auditor", "429901")
LANGS = ("en", "zh")
WITHIN = {"office": "甲区", "date": "2016-08-26", "reason": "x"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A city of two districts, in a folder whose name shows wherever it is told."""
    folder = tmp_path / "室 内:部 files"
    folder.mkdir()
    city(folder / "city.db", [UNITS, FIRMS]).close()
    return folder / "city.db"


@contextmanager
def asking(store: Path, who: Identity = AUDITOR) -> Iterator[TestClient]:
    """Ask as somebody."""
    app = create_app(Settings(str(store)))
    put_in(app, lambda: who)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def pathless(client: TestClient, store: Path, url: str, status: int) -> None:
    """Hold an answer to its status, and to telling nothing of where anything lies, in both languages."""
    for lang in LANGS:
        answer = client.get(f"/api/v1{url}", headers={"accept-language": lang})
        assert answer.status_code == status, answer.text
        said = json.dumps(answer.json(), ensure_ascii=False)
        told = [*store.parts[1:], *store.parent.name.split(), ".db", ".service", "cuts"]
        assert not [part for part in told if part in said], said


def test_a_damaged_cut_is_said_without_its_place(store: Path) -> None:
    """503 for who has the jurisdiction, and no path."""
    with asking(store) as client:
        assert client.get("/api/v1/show/F1").status_code == 200
    (cut,) = (store.with_suffix(".service") / "cuts").glob("*.db")
    raw = bytearray(cut.read_bytes())
    raw[100:] = b"\xff" * (len(raw) - 100)
    cut.write_bytes(raw)
    with asking(store) as client:
        pathless(client, store, "/show/F1", 503)


def test_a_full_disk_is_said_without_a_path(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """507 where there is no room for a cut; 503 where its folder can't be made."""
    real = apsw.Connection

    def small(name: str, *more: Any, **others: Any) -> Any:
        db = real(name, *more, **others)
        if "cuts" in name:
            db.execute("PRAGMA max_page_count = 3")
        return db

    with asking(store) as client, monkeypatch.context() as full:
        full.setattr(apsw, "Connection", small)
        pathless(client, store, "/show/F1", 507)
    (store.with_suffix(".service") / "cuts").rmdir()
    (store.with_suffix(".service") / "cuts").write_text("")
    with asking(store) as client:
        pathless(client, store, "/show/F1", 503)


@pytest.mark.parametrize("name", ["journal.db", "jobs.db", "accounts.db"])
def test_a_file_of_the_service_that_is_none_is_not_named(store: Path, name: str) -> None:
    """The journal's, the jobs' and the accounts': each in its words, without the path."""
    state = store.with_suffix(".service")
    state.mkdir()
    (state / name).write_text("this is no database, and never was one")
    client = TestClient(
        create_app(Settings(str(store))), base_url="http://127.0.0.1", raise_server_exceptions=False
    )
    with client:
        pathless(client, store, "/jobs" if name == "jobs.db" else "/show/F1", 503)


def test_a_store_that_is_gone_is_not_named(store: Path) -> None:
    """Nor is it where all is well: the store has its name alone."""
    whole = Identity("city", "administrator")
    with asking(store, whole) as client:
        assert client.get("/api/v1/status").json()["store"] == "city.db"
        store.rename(store.with_name("away.db"))
    with asking(store, whole) as client:
        pathless(client, store, "/find?text=F1", 503)


parts = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)


@given(st.lists(parts, min_size=2, max_size=5), parts, st.sampled_from(LANGS))
def test_no_path_goes_through(folders: list[str], name: str, lang: str) -> None:
    """Whatever folders there are: an absolute path in a text is gone, known or not, and what stands after it stays."""
    known = Redaction("/srv/a b/city.db", Path("/srv/a b/state/cuts"), [Path("/srv/a b/state")])
    path = f"/{'/'.join(folders)}/{name}.db"
    for text in (path, "/srv/a b/city.db", "/srv/a b/state/cuts/0a.db", "/srv/a b/state/x.db"):
        said = known(f"{text}: damaged, chmod 600 {text}", lang)
        assert re.fullmatch(
            r"(the store|a file of the service|存储|服务的文件): damaged, chmod 600 \1", said
        )


@pytest.mark.parametrize(
    "text",
    [
        "see /api/v1/openapi.json", "GET /api/v1/jobs lists yours", "street:420106007/91A and/or 5/minute",
        "U9999: no entity has this code; `lianjian find U9999` searches names too", "2016/08/26", "登录（POST /api/v1/session）",
    ],
)  # fmt: skip
def test_what_is_no_path_stays(text: str) -> None:
    """Addresses of the service, codes, rates and dates are as they were."""
    settings = Settings("lianjian.db")
    assert Redaction.of(settings, Places.of(settings.state, {}))(text, "en") == text


def test_a_job_tells_no_path(store: Path) -> None:
    """Neither in its error and notes, nor in its progress, nor in its events."""
    with service(store, jobs=1) as client:
        jobs = client.app.state.jobs  # type: ignore[attr-defined]
        jobs._look = lambda *, first: None
        id_ = added(jobs.records, "audit", 1)
        claimed = jobs.records.claim(2)
        jobs.records.tell(id_, f"{store}: another process writes to it", 0, None)
        held = client.get(f"{JOBS}/{id_}").json()
        assert held["progress"]["stage"] == "the store: another process writes to it"
        words = {"en": f"{store}: damaged", "zh": f"{store}：已损坏"}
        jobs.records.end(
            id_, claimed.attempt, "failed", error=words, notes=[f"{store.parent}/in/1.csv: odd"]
        )
        events = client.get(f"{JOBS}/{id_}/events").text
        over = client.get(f"{JOBS}/{id_}").json()
    assert over["error"] == {"en": "the store: damaged", "zh": "存储：已损坏"}
    assert store.parent.name not in events + json.dumps(over, ensure_ascii=False)
    assert "the store: another process" in events


# -- how much others do ------------------------------------------------------------------------------------------------
def test_a_jurisdiction_is_told_no_number_of_the_city_s_batches(store: Path) -> None:
    """What it records is answered without one, whatever others recorded before; who sees the city gets it."""
    with asking(store) as client:
        own = client.post("/api/v1/decide/exclude", json={"code": "F1", "kind": "空壳", **WITHIN})
        handled = client.post("/api/v1/finding/detached:FAR", json={"action": "confirm"})
    assert (own.status_code, handled.status_code) == (200, 200), own.text + handled.text
    assert own.json()["batch"] is None
    assert handled.json()["batch"] is None
    with asking(store, Identity("city", "administrator")) as client:
        body = {"code": "F3", "kind": "空壳", **WITHIN}
        whole = client.post("/api/v1/decide/exclude", json=body).json()
    assert whole["batch"] == 6
    opened = open_store(str(store))
    assert len(opened.batches()) == whole["batch"]
    opened.close()


def test_one_s_jobs_are_told_without_a_count_of_all(tmp_path: Path) -> None:
    """However many others ask for between: pages go on from a job's id, and events are counted for each job alone."""

    def seen(between: int) -> tuple[list[Any], list[Any]]:
        records = Records(tmp_path / f"jobs{between}.db")
        mine = []
        for n in range(3):
            mine.append(added(records, "audit", n))
            for k in range(between):
                added(records, "plan", 100 * (n + 1) + k)
        for id_ in mine:
            records.tell(id_, "reading", 1, 2)
        page = [mine.index(j.id) for j in records.page(None, mine[2], 99) if j.id in mine]
        numbers = [e[0] for id_ in mine for e in records.events(id_, 0)]
        records.close()
        return page, numbers

    assert seen(0) == seen(7) == ([1, 0], [1, 2] * 3)


def test_a_page_after_somebody_else_s_job_is_none(tmp_path: Path) -> None:
    """As an id that there is not: nothing tells whether it was asked for before or after."""
    with service(tmp_path / "a.db", Identity("anna", "planner")) as client:
        other = added(client.app.state.jobs.records, "audit", 1)  # type: ignore[attr-defined]
        for before in (other, "0" * 32):
            assert client.get(JOBS, params={"before": before}).status_code == 404


def test_the_record_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    """Its events are numbered anew, job by job, in their order; following goes on after them."""
    path = tmp_path / "jobs.db"
    records = Records(path)
    ids = [added(records, "audit", n) for n in range(2)]
    for id_ in ids:
        records.tell(id_, "reading", 1, 2)
    expected = [records.events(id_, 0) for id_ in ids]
    records.close()
    db = apsw.Connection(str(path))
    db.execute(
        "ALTER TABLE event RENAME TO new; DROP INDEX event_kind;"
        "CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,"
        " body TEXT NOT NULL) STRICT; CREATE INDEX event_job ON event (job, kind, id);"
        "INSERT INTO event (job, at, kind, body) SELECT job, at, kind, body FROM new ORDER BY number, job; DROP TABLE new;"
        "PRAGMA user_version = 1"
    )
    db.close()
    records = Records(path)
    assert [records.events(id_, 0) for id_ in ids] == expected
    records.tell(ids[0], "checking", 1, 2)
    assert [e[0] for e in records.events(ids[0], 0)] == [1, 2, 3]
    records.close()

"""Jobs: the command line's answers from outside the request, one writer at a time, followed, kept apart and found again."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.access.identity import Identity
from api.app import create_app
from api.cli.app import run
from api.jobs.records import Records
from api.jobs.service import Jobs
from api.routes.models.jobs import JobAnswer
from api.settings import Settings
from api.wire import Problem
from graph.errors import ServiceError
from graph.store import open_store
from tests.cli.commandline import Lianjian
from tests.service.people import PASSWORD, accounts_of, unnumbered
from tests.service.working import JOBS, LONG, firms, line, loaded, over, sent, service

ANNA, BO = Identity("anna", "planner"), Identity("bo", "planner")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of 300 organizations, imported."""
    folder = tmp_path_factory.mktemp("city")
    store = folder / "city.db"
    assert run(["generate", str(folder / "ledgers"), "--orgs", "300", "--seed", "11"]) == 0
    assert run(["import", str(folder / "ledgers"), "--store", str(store)]) in (0, 1)
    return store


@pytest.fixture(scope="module")
def asked(city: Path) -> Iterator[TestClient]:
    """A service over it."""
    with service(city) as client:
        yield client


def test_an_import_is_the_command_line_s(
    tmp_path: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same object, the same store, and the marked copy of a faulty ledger under that ledger's own name."""
    ledgers = {"一街道.csv": firms(1, 20), "二街道.csv": firms(30, 3, 从业人数="50余人")}
    for name, content in ledgers.items():
        Path(name).write_bytes(content)
    printed = lianjian("import", *ledgers, "--json", "--date", "2016-08-26")
    with service(tmp_path / "other.db") as client:
        lock = ("~$一街道.csv", b"Office was here")
        said = loaded(client, *ledgers.items(), lock, date="2016-08-26")
        JobAnswer.model_validate(said)
        assert (said["state"], said["exit_code"]) == ("done_with_findings", 1)
        url = f"{JOBS}/{said['id']}"
        answer = client.get(f"{url}/result")
        skipped = answer.json().pop("skipped")
        assert [s["path"] for s in skipped] == ["~$一街道.csv"]
        assert answer.json() | {"skipped": []} == printed.json
        assert answer.headers["content-type"] == "application/json"
        assert [f["name"] for f in said["files"]] == ["二街道.faults.xlsx"]
        copy = client.get(f"{url}/files/二街道.faults.xlsx")
        assert copy.content == Path("二街道.faults.xlsx").read_bytes()
        assert quote("二街道.faults.xlsx") in copy.headers["content-disposition"]
        stores = [open_store(str(tmp_path / name)) for name in ("lianjian.db", "other.db")]
        assert stores[0].fingerprint(20160826) == stores[1].fingerprint(20160826)
        for store in stores:
            assert store.batches()[0].files == ("一街道.csv", "二街道.csv")
            store.close()
        left = [p.name for p in (tmp_path / "other.service" / "jobs" / said["id"]).iterdir()]
        assert "in" not in left, "the uploaded ledgers were kept"


def test_a_plan_is_the_command_line_s_and_is_verified_and_continued(
    asked: TestClient, city: Path, lianjian: Lianjian
) -> None:
    """The same plan; `verify` finds it valid, as a job's and as an upload; with decisions it goes on from it."""
    made = asked.post(f"{JOBS}/plan", json={"seed": 5, "set": {"radius": 600}})
    said = over(asked, made.json()["id"])
    assert said["state"] == "done", said
    assert made.headers["location"] == f"{JOBS}/{said['id']}"
    assert [f["name"] for f in said["files"]] == ["plan.json", "units.xlsx", "worklist.xlsx"]
    plan = asked.get(f"{JOBS}/{said['id']}/result").json()
    printed = lianjian("plan", "--seed", "5", "--set", "radius=600", "--store", str(city), "--json")
    assert plan == printed.json
    written = asked.get(f"{JOBS}/{said['id']}/files/plan.json")
    compared = plan.pop("compared")
    assert compared["changed"]["radius"] == {"before": 500.0, "after": 600.0}
    assert json.loads(written.content) == plan
    by_id = asked.post(f"{JOBS}/verify", json={"from": said["id"]}).json()
    upload = asked.post(f"{JOBS}/verify", files={"file": ("p.json", written.content)}).json()
    for check in (by_id, upload):
        assert over(asked, check["id"])["state"] == "done"
        assert asked.get(f"{JOBS}/{check['id']}/result").json()["valid"] is True
    joint = next(g for u in plan["ledger_units"] for g in u["joint"])["organizations"]
    again = asked.post(f"{JOBS}/plan", json={"from": said["id"], "forbids": [joint]}).json()
    assert over(asked, again["id"])["state"] == "done"
    after = asked.get(f"{JOBS}/{again['id']}/result").json()
    assert after["constraints"]["forbid"] == [joint]
    assert after["previous"]["joint"]
    groups = [g["organizations"] for u in after["ledger_units"] for g in u["joint"]]
    assert joint not in groups


@pytest.mark.skipif(sys.platform != "linux", reason="what makes way at once is Linux's")
@pytest.mark.parametrize(
    ("said", "policy"), [("background", "SCHED_IDLE"), ("normal", "SCHED_OTHER")]
)
def test_jobs_make_way_unless_they_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, policy: str
) -> None:
    """The process of a job is idle beside all else, or an equal among equals, as the service was set."""
    monkeypatch.setenv("LIANJIAN_JOB_PRIORITY", said)
    with service(tmp_path / "made.db") as client:
        id_ = client.post(f"{JOBS}/demo", json={"orgs": 2_000}).json()["id"]
        records = client.app.state.jobs.records  # type: ignore[attr-defined]
        until = time.monotonic() + LONG
        while records.progress(id_) is None and time.monotonic() < until:
            time.sleep(0.02)
        (job,) = records.running()
        assert os.sched_getscheduler(job.pid) == getattr(os, policy)


def test_audits_and_exports_are_the_command_line_s(
    asked: TestClient, city: Path, lianjian: Lianjian, tmp_path: Path
) -> None:
    """Findings and figures as `audit --json` has them, and an export that has the same bytes."""
    audit = asked.post(f"{JOBS}/audit", json={}).json()
    export = asked.post(f"{JOBS}/export", json={"format": "csv"}).json()
    said = over(asked, audit["id"])
    assert (said["state"], [f["name"] for f in said["files"]]) == (
        "done_with_findings", ["audit.xlsx"],
    )  # fmt: skip
    printed = lianjian("audit", "--store", str(city), "--json")
    assert asked.get(f"{JOBS}/{audit['id']}/result").json() == printed.json
    assert over(asked, export["id"])["state"] == "done"
    out = tmp_path / "out"
    assert lianjian("export", "--format", "csv", "--out", str(out), "--store", str(city)).code == 0
    for name in ("nodes.csv", "edges.csv"):
        found = asked.get(f"{JOBS}/{export['id']}/files/{name}").content
        assert found == (out / name).read_bytes()


def test_a_job_that_fails_says_why_in_both_languages(
    asked: TestClient, lianjian: Lianjian, city: Path
) -> None:
    """The command line's words, and no result to fetch."""
    answer = asked.post(f"{JOBS}/audit", json={"in": "999999"})
    said = over(asked, answer.json()["id"])
    assert said["state"] == "failed"
    for spoken in ("zh", "en"):
        printed = lianjian("audit", "--in", "999999", "--store", str(city), "--lang", spoken).err
        assert said["error"][spoken] in printed
    refused = asked.get(f"{JOBS}/{said['id']}/result")
    assert (refused.status_code, refused.json()["code"]) == (409, "job_state")


WRONG: list[tuple[str, dict[str, Any], int, str]] = [
    ("plan", {"gap": 2}, 400, "parameter"),
    ("plan", {"nonsense": 1}, 400, "parameter"),
    ("plan", {"as_of": "yesterday"}, 400, "input"),
    ("plan", {"from": "no-such-job"}, 404, "no_job"),
    ("verify", {"from": "no-such-job"}, 404, "no_job"),
    ("verify", {}, 400, "input"),
    ("audit", {"as_of": "2016-13-40"}, 400, "input"),
    ("export", {"format": "exe"}, 400, "parameter"),
]


@pytest.mark.parametrize(("kind", "body", "status", "code"), WRONG)
def test_what_can_t_be_asked_is_refused_and_makes_no_job(
    asked: TestClient, city: Path, kind: str, body: dict[str, Any], status: int, code: str
) -> None:
    """One shape of errors, and nothing on the disk."""
    folder = city.with_suffix(".service") / "jobs"
    before = sorted(p.name for p in folder.glob("*"))
    answer = asked.post(f"{JOBS}/{kind}", json=body)
    assert answer.status_code == status
    assert Problem.model_validate(answer.json()).code == code
    assert sorted(p.name for p in folder.glob("*")) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "tomorrow"}, {"date": "2999-01-01"}, {"strict": "perhaps"}, {"corrects": "-1"},
        {"map": "../../etc/passwd"}, {"map": "a.yaml"}, {"store": "elsewhere.db"},
    ],
)  # fmt: skip
def test_a_form_s_fields_are_those_of_the_command(tmp_path: Path, fields: dict[str, str]) -> None:
    """Others, paths among them, are refused before anything is kept."""
    with service(tmp_path / "a.db") as client:
        answer = client.post(f"{JOBS}/import", files={"file": ("a.csv", firms(1, 1))}, data=fields)
        assert answer.status_code == 400
        assert next(iter(fields)) in answer.json()["detail"]
        assert client.get(JOBS).json()["jobs"] == []
        assert not list((tmp_path / "a.service" / "jobs").iterdir())


def test_somebody_else_s_job_looks_like_none(tmp_path: Path) -> None:
    """To each operation the same status and words as for an id that there is not; an administrator sees it."""
    store = tmp_path / "a.db"
    with service(store, ANNA) as client:
        id_ = loaded(client, ("a.csv", firms(1, 2)))["id"]
        assert [j["id"] for j in client.get(JOBS).json()["jobs"]] == [id_]
        assert client.get(f"{JOBS}/{id_}").json()["asked_by"] == "anna"
    asking = [
        ("GET", "/{}"), ("GET", "/{}/events"), ("GET", "/{}/result"), ("GET", "/{}/files/plan.json"),
        ("POST", "/{}/cancel"), ("DELETE", "/{}"),
    ]  # fmt: skip
    missing = "0" * 32
    with service(store, BO) as client:
        assert client.get(JOBS).json()["jobs"] == []
        for method, path in asking:
            foreign = client.request(method, JOBS + path.format(id_))
            none = client.request(method, JOBS + path.format(missing))
            assert foreign.status_code == none.status_code == 404, path
            assert unnumbered(foreign).replace(id_, missing) == unnumbered(none)
        body = {"from": id_}
        for kind in ("plan", "verify"):
            assert client.post(f"{JOBS}/{kind}", json=body).status_code == 404
    with service(store) as client:
        assert [j["id"] for j in client.get(JOBS).json()["jobs"]] == [id_]


def test_jobs_are_listed_page_by_page_the_newest_first(tmp_path: Path) -> None:
    """Each once, whatever comes in between."""
    records = Records(tmp_path / "jobs.db")
    ids = [added(records, "audit", n) for n in range(7)]
    records.close()
    (tmp_path / "a.service").mkdir()
    (tmp_path / "jobs.db").rename(tmp_path / "a.service" / "jobs.db")
    seen: list[str] = []
    with service(tmp_path / "a.db", jobs=1) as client:
        page = client.get(JOBS, params={"limit": 3}).json()
        seen += [j["id"] for j in page["jobs"]]
        added(client.app.state.jobs.records, "audit", 7)  # type: ignore[attr-defined]
        while page["next"] is not None:
            page = client.get(JOBS, params={"limit": 3, "before": page["next"]}).json()
            seen += [j["id"] for j in page["jobs"]]
    assert seen == ids[::-1]


def added(records: Records, kind: Any, number: int) -> str:
    """Put a job into the queue that needs no files."""
    id_ = f"{number:032x}"
    records.add(id_, kind, asked_by="local", lang="en", asked={}, command=["status"], uploads=[])
    return id_


@given(
    steps=st.lists(
        st.one_of(
            st.sampled_from(["import", "plan", "audit"]), st.just("claim"), st.just("end"), st.just("cancel")
        ),
        max_size=40,
    ),
    readers=st.integers(1, 3),
)  # fmt: skip
def test_one_writer_at_a_time_and_so_many_readers(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], readers: int
) -> None:
    """Whatever is asked, ended and cancelled in whatever order; each kind in the order of asking, none begun twice."""
    records = Records(tmp_path_factory.mktemp("jobs") / "jobs.db")
    begun: list[str] = []
    number = 0
    for step in steps:
        if step == "claim":
            while (job := records.claim(readers)) is not None:
                begun.append(job.id)
                running = [j.kind for j in records.running()]
                assert running.count("import") <= 1
                assert len(running) - running.count("import") <= readers
        elif step == "end":
            for job in records.running()[:1]:
                assert records.end(job.id, job.attempt, "done")
                assert not records.end(job.id, job.attempt, "failed"), "it was over"
        elif step == "cancel":
            waiting = [j for j in records.page(None, None, 100) if j.state == "queued"]
            if waiting:
                assert records.ask_to_stop(waiting[0].id).state == "cancelled"
        else:
            added(records, step, number)
            number += 1
    assert len(begun) == len(set(begun))
    for writing in (True, False):
        order = [i for i in begun if (records.get(i).kind == "import") == writing]
        assert order == sorted(order)
    records.close()


def test_a_process_of_an_earlier_attempt_may_not_go_on(tmp_path: Path) -> None:
    """A job that was put back and begun anew is its new process's alone."""
    records = Records(tmp_path / "jobs.db")
    id_ = added(records, "import", 1)
    first = records.claim(1)
    assert first is not None
    records.requeue(id_)
    second = records.claim(1)
    assert second is not None
    assert records.confirm(id_, first.attempt, 11) is None
    assert records.confirm(id_, second.attempt, 12) is not None
    assert records.confirm(id_, second.attempt, 13) is None
    assert not records.end(id_, first.attempt, "done")
    assert records.end(id_, second.attempt, "done")
    records.close()


def test_imports_wait_for_one_another(tmp_path: Path) -> None:
    """Of three that are sent at once, each begins when the one before is over; all are in, in the order of sending."""
    with service(tmp_path / "a.db") as client:
        ids = [sent(client, (f"{n}.csv", firms(10 * n, 3)))["id"] for n in (1, 2, 3)]
        assert client.get(f"{JOBS}/{ids[2]}").json()["state"] == "queued"
        records = client.app.state.jobs.records  # type: ignore[attr-defined]
        said = [over(client, i) for i in ids]
        assert [s["state"] for s in said] == ["done"] * 3
        at, done = (
            [b["at"] for i in ids for _, _, b in records.events(i, 0) if b.get("state") == state]
            for state in ("running", "done")
        )
        assert done[0] <= at[1]
        assert done[1] <= at[2]
    store = open_store(str(tmp_path / "a.db"))
    assert [b.files for b in store.batches()] == [("1.csv",), ("2.csv",), ("3.csv",)]
    store.close()


def test_an_import_waits_for_one_of_the_command_line(tmp_path: Path) -> None:
    """It says for whom it waits, and goes in when that is over."""
    from graph.store import sqlite_file

    loaded_first = tmp_path / "a.db"
    with service(loaded_first) as client:
        assert loaded(client, ("1.csv", firms(1, 2)))["state"] == "done"
        other = open_store(str(loaded_first))
        with other.importing(at="t", dated=20160826, files=["x"]):
            id_ = sent(client, ("2.csv", firms(5, 2)))["id"]
            until = time.monotonic() + 60
            while "under way" not in str(client.get(f"{JOBS}/{id_}").json()["progress"]):
                assert time.monotonic() < until
                time.sleep(0.1)
        other.close()
        assert over(client, id_)["state"] == "done"
    assert sqlite_file.BUSY_MS > 0


def test_files_are_deleted_and_that_it_was_stays(tmp_path: Path) -> None:
    """204, then 409 for what is gone; the job is still listed. One that is not over keeps its files."""
    with service(tmp_path / "a.db") as client:
        said = loaded(client, ("a.csv", firms(1, 2)))
        url = f"{JOBS}/{said['id']}"
        again = client.post(f"{url}/cancel")
        assert (again.status_code, again.json()["code"]) == (409, "job_state")
        assert client.delete(url).status_code == 204
        assert client.get(f"{url}/result").status_code == 409
        assert client.get(url).json()["kept"] is False
        assert not (tmp_path / "a.service" / "jobs" / said["id"]).exists()
        waiting = added(client.app.state.jobs.records, "audit", 9)  # type: ignore[attr-defined]
        assert client.delete(f"{JOBS}/{waiting}").status_code in (204, 409)


def events(port: int, path: str, last: str | None = None) -> list[dict[str, str]]:
    """Follow a job over a raw line to its end and return the events."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
    head += f"Last-Event-ID: {last}\r\n" if last else ""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall((head + "Connection: close\r\n\r\n").encode())
        said = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
    top, _, body = said.partition("\r\n\r\n")
    assert "text/event-stream" in top
    lines = [x for x in body.split("\r\n") if x]
    text = "".join(lines[1::2]) if "chunked" in top else body
    found = []
    for block in text.replace("\r", "").split("\n\n"):
        fields = dict(x.split(": ", 1) for x in block.splitlines() if ": " in x[1:])
        if fields:
            found.append(fields)
    return found


def test_a_job_is_followed_to_its_end_and_taken_up_again(tmp_path: Path) -> None:
    """Over a real line: numbered events in the command line's words, the job last; after the last one seen, only the rest."""
    import urllib.request

    boundary = "x" * 20
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    ).encode() + firms(1, 30) + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip
    with line(tmp_path / "a.db") as (port, _):
        base = f"http://127.0.0.1:{port}"
        asked = urllib.request.Request(
            f"{base}{JOBS}/import", body, {"content-type": f"multipart/form-data; boundary={boundary}"}
        )  # fmt: skip
        with urllib.request.urlopen(asked, timeout=30) as answer:
            id_ = json.load(answer)["id"]
        all_ = events(port, f"{JOBS}/{id_}/events")
        numbers = [int(e["id"]) for e in all_ if "id" in e]
        assert numbers == sorted(set(numbers))
        states = [json.loads(e["data"])["state"] for e in all_ if e["event"] == "state"]
        assert states == ["queued", "running", "done"]
        stages = {json.loads(e["data"])["stage"] for e in all_ if e["event"] == "progress"}
        assert stages & {"reading", "checking", "storing"}, stages
        assert all_[-1]["event"] == "end"
        assert json.loads(all_[-1]["data"])["state"] == "done"
        rest = events(port, f"{JOBS}/{id_}/events", last=str(numbers[-2]))
        assert [e.get("id") for e in rest] == [str(numbers[-1]), None]


@pytest.mark.parametrize("last", ["9" * 20, str(2**63), str(2**63 - 1)])
def test_a_number_beyond_all_events_is_followed_by_the_end(tmp_path: Path, last: str) -> None:
    """A job that is over ends its events, whatever was said to be the last one that was seen."""
    with service(tmp_path / "a.db") as client:
        id_ = loaded(client, ("a.csv", firms(1, 1)))["id"]
        said = client.get(f"{JOBS}/{id_}/events", headers={"last-event-id": last})
        assert (said.status_code, said.text.count("event: ")) == (200, 1)
        assert "event: end" in said.text


def test_what_a_job_left_is_known_by_its_tag_however_it_is_packed(tmp_path: Path) -> None:
    """One weak tag, which is known again; a part is a part of what is not packed, and what is none is passed over."""
    with service(tmp_path / "a.db") as client:
        id_ = loaded(client, ("a.csv", firms(1, 30, 正式党员数="若干")))["id"]
        (copy,) = client.get(f"{JOBS}/{id_}").json()["files"]
        for path in ("result", f"files/{copy['name']}"):
            url = f"{JOBS}/{id_}/{path}"
            found = [client.get(url, headers={"accept-encoding": e}) for e in ("gzip", "identity")]
            (tag,) = {one.headers["etag"] for one in found}
            assert tag.startswith('W/"')
            assert "last-modified" not in found[0].headers
            (whole,) = {one.content for one in found}
            again = client.get(url, headers={"if-none-match": tag})
            assert (again.status_code, again.content) == (304, b"")
            part = client.get(url, headers={"range": "bytes=2-5"})
            assert (part.status_code, part.content) == (206, whole[2:6])
            for asked in (
                {"range": "bytes=2-5", "if-range": tag}, {"range": f"bytes={len(whole)}-"},
                {"range": "bytes=5-2"}, {"range": "pages=1"},
            ):  # fmt: skip
                answer = client.get(url, headers=asked)
                assert (answer.status_code, answer.content) == (200, whole), asked


def test_who_follows_hears_that_the_line_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing happens a comment comes now and then; and following ends when the service does."""
    from fastapi import routing

    monkeypatch.setattr(routing, "_PING_INTERVAL", 0.2)
    monkeypatch.setattr(Jobs, "_look", lambda self, *, first: None)  # nothing is begun
    with line(tmp_path / "a.db") as (port, jobs):
        id_ = added(jobs.records, "audit", 1)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
            wire.sendall(f"GET {JOBS}/{id_}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            said = b""
            while b": ping" not in said:
                said += wire.recv(4096)
            jobs.leave()
            while not said.endswith(b"0\r\n\r\n"):
                more = wire.recv(4096)
                assert more
                said += more


def test_who_may_no_longer_follow_hears_no_more(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that is revoked and a session that is ended from elsewhere end their streams in a moment; another's goes on."""
    monkeypatch.setattr(Jobs, "_look", lambda self, *, first: None)  # nothing is begun
    monkeypatch.setattr("api.routes.jobs.STANDS", 0.2)
    accounts = accounts_of(town)
    for name in ("one", "two", "three"):
        accounts.add(name, "administrator", None, PASSWORD)
    token, text = accounts.create_token("one")
    shown = {
        "one": f"Authorization: Bearer {text}",
        "two": f"Cookie: lianjian={accounts.login('two', PASSWORD).credential.cookie}",
        "three": f"Authorization: Bearer {accounts.create_token('three')[1]}",
    }
    with line(town) as (port, jobs), contextlib.ExitStack() as wires:
        id_ = added(jobs.records, "audit", 1)
        following = {}
        for name, header in shown.items():
            wire = wires.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            head = f"GET {JOBS}/{id_}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n\r\n"
            wire.sendall(head.encode())
            while b"queued" not in (said := wire.recv(4096)):
                assert said
            following[name] = wire
        accounts.revoke(token.id)
        accounts.disable("two")
        for name in ("one", "two"):
            said = b""
            while not said.endswith(b"0\r\n\r\n"):
                more = following[name].recv(4096)
                assert more
                said += more
            assert b"event: end" not in said
        jobs.records.tell(id_, "reading", 1, 2)
        assert b"reading" in following["three"].recv(4096)
    accounts.close()


def test_what_waited_goes_on_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that was asked for before the service ended is done by the next."""
    store = tmp_path / "a.db"
    settings = Settings(str(store), state=str(tmp_path / "a.service"))
    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "_look", lambda self, *, first: None)  # it ends before it begins any
        with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
            id_ = sent(client, ("a.csv", firms(1, 4)))["id"]
            assert client.get(f"{JOBS}/{id_}").json()["state"] == "queued"
    with service(store) as client:
        assert over(client, id_)["state"] == "done"


def test_an_upload_that_never_became_a_job_is_swept(tmp_path: Path) -> None:
    """What a crash between upload and queue left is gone after the next start; the files of jobs stay."""
    store = tmp_path / "a.db"
    with service(store) as client:
        id_ = loaded(client, ("a.csv", firms(1, 2)))["id"]
    orphan = tmp_path / "a.service" / "jobs" / ("f" * 32) / "in"
    orphan.mkdir(parents=True)
    (orphan / "1.csv").write_bytes(b"x")
    with service(store) as client:
        assert not orphan.exists()
        assert client.get(f"{JOBS}/{id_}/result").status_code == 200


def test_the_second_service_on_one_store_is_told_who_holds_it(
    town: Path, lianjian: Lianjian
) -> None:
    """`serve` ends with 3 and names the process; after the first has ended it would start; with a folder of its own it may."""
    import os

    settings = Settings(str(town), state=str(town.with_suffix(".service")))
    first = Jobs(settings)
    first.begin()
    second = Jobs(settings)
    with pytest.raises(ServiceError, match=str(os.getpid())):
        second.begin()
    answer = lianjian("serve", "--port", "0")
    assert answer.code == 3
    assert f"process {os.getpid()}" in answer.err
    other = Jobs(Settings(str(town), state=str(town.with_suffix(".other"))))
    other.begin()
    assert other.close() == 0
    assert first.close() == 0
    second.begin()
    second.close()


def test_a_service_that_can_t_keep_jobs_answers_all_else(town: Path) -> None:
    """A record that is none: 503 with the reason, in one shape; look-ups go on."""
    folder = town.with_suffix(".service")
    folder.mkdir()
    for spoil in (b"no database" * 1000, b""):
        (folder / "jobs.db").unlink(missing_ok=True)
        if spoil:
            (folder / "jobs.db").write_bytes(spoil)
        else:
            (folder / "jobs.db").mkdir()
        with service(town) as client:
            assert client.get("/api/v1/chain/91B").status_code == 200
            for method, path in (("GET", ""), ("POST", "/audit"), ("GET", "/x/events")):
                answer = client.request(method, JOBS + path, json={} if method == "POST" else None)
                assert answer.status_code == 503
                assert Problem.model_validate(answer.json()).code == "jobs"
                assert "retry-after" in answer.headers


def test_nobody_fills_the_queue(tmp_path: Path) -> None:
    """429 for the fifty-first of one account; another's is taken."""
    from api.jobs.errors import TooManyJobsError
    from api.jobs.records import WAITING

    records = Records(tmp_path / "jobs.db")
    for n in range(WAITING):
        added(records, "audit", n)
    with pytest.raises(TooManyJobsError):
        added(records, "audit", WAITING)
    records.add("other", "audit", asked_by="bo", lang="en", asked={}, command=[], uploads=[])
    records.close()

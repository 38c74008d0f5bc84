"""The service at work: what it counts, what it logs and does not, how it ends."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import settings as settings_
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.access.accounts import Accounts
from api.access.identity import ROLES, Identity
from api.app import HEADERS, create_app
from api.jobs.folders import RECORD
from api.jobs.model import STATES
from api.jobs.records import Records
from api.operation.log import Log, routed
from api.settings import Settings
from api.wire import Problem
from graph.errors import InputError
from tests.cli.conftest import made_town
from tests.service.people import PASSWORD, bearer, log_in, settings, tokens_by_role
from tests.service.working import firms, over, service

ROOT = Path(__file__).parents[2]
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(client: TestClient, **asked: Any) -> Samples:
    """What Prometheus reads: the value of each name and labels."""
    answer = client.get("/metrics", **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (s.name, tuple(sorted(s.labels.items()))): s.value
        for family in text_string_to_metric_families(answer.text)
        for s in family.samples
    }


def requests(samples: Samples, operation: str, status: str) -> float:
    """How many requests of an operation ended in a class of statuses."""
    return samples.get(
        ("lianjian_requests_total", (("operation", operation), ("status", status))), 0
    )


# -- metrics -------------------------------------------------------------------------------------------------------


def test_requests_are_counted_by_operation_and_class(client: TestClient) -> None:
    """Each once, with its seconds; what came to no operation under one name."""
    for _ in range(3):
        client.get("/api/v1/show/91B")
    client.get("/api/v1/show/nobody")
    client.get("/nothing")
    found = scraped(client)
    assert requests(found, "show", "2xx") == 3
    assert requests(found, "show", "4xx") == 1
    assert requests(found, "none", "4xx") == 1
    assert found["lianjian_request_seconds_count", (("operation", "show"),)] == 4
    assert 0 < found["lianjian_request_seconds_sum", (("operation", "show"),)] < 60
    assert found["lianjian_requests_under_way", ()] == 1  # this one
    assert requests(scraped(client), "metrics", "2xx") == 1


def test_stores_jobs_imports_and_the_process_are_told(town: Path) -> None:
    """As they are when asked."""
    town.with_suffix(".service").mkdir()
    records = Records(town.with_suffix(".service") / RECORD)
    records.add("a" * 32, "audit", asked_by="local", lang="en", asked={}, command=[], uploads=[])
    records.ask_to_stop("a" * 32)
    records.close()
    with service(town) as client:
        client.get("/api/v1/status")
        found = scraped(client)
        assert found["lianjian_jobs", (("state", "cancelled"),)] == 1
        assert {labels[0][1] for name, labels in found if name == "lianjian_jobs"} == set(STATES)
        assert found["lianjian_imports", (("state", "active"),)] == 1
        assert found["lianjian_store_up", ()] == 1
        assert found["lianjian_stores_open", (("state", "idle"),)] >= 1
        assert found["lianjian_stores_open", (("state", "used"),)] == 0
        assert found["process_resident_memory_bytes", ()] > 1 << 20
        client.post("/api/v1/undo", json={"batch": 1})
        assert scraped(client)["lianjian_imports", (("state", "undone"),)] == 1


def test_cuts_are_counted_with_their_seconds(town: Path) -> None:
    """One that is made counts, one that is kept does not."""
    accounts = Accounts(town.with_suffix(".service"))
    accounts.add("one", "viewer", "DIST", PASSWORD)
    accounts.close()
    app = create_app(settings(town))
    told = app.state.stores.cuts._made
    told(0.3)
    text = app.state.metrics
    found = text.registry.get_sample_value("lianjian_cut_seconds_count")
    assert found == 1
    assert text.registry.get_sample_value("lianjian_cut_seconds_sum") == pytest.approx(0.3)


def test_a_store_that_is_gone_is_said_and_the_rest_told(client: TestClient, town: Path) -> None:
    """Who watches sees it; the question itself is answered."""
    scraped(client)
    client.app.state.stores.close()  # type: ignore[attr-defined]
    town.write_bytes(b"no store at all" * 100)
    found = scraped(client)
    assert found["lianjian_store_up", ()] == 0
    assert not [name for name, _ in found if name == "lianjian_imports"]
    assert requests(found, "metrics", "2xx") == 1


def test_metrics_are_for_who_sees_the_whole_city(town: Path) -> None:
    """With accounts: 401 without one, 400 for whoever has a jurisdiction, however high; without accounts the machine's own."""
    tokens = tokens_by_role(town)
    accounts = Accounts(town.with_suffix(".service"))
    accounts.add("part", "administrator", "DIST", PASSWORD)
    _, part = accounts.create_token("part")
    accounts.close()
    with TestClient(create_app(settings(town)), base_url="http://127.0.0.1:8765") as client:
        assert client.get("/metrics").status_code == 401
        for role in ROLES:
            answer = client.get("/metrics", headers=bearer(tokens[role]))
            assert answer.status_code == 200, role
        within = client.get("/metrics", headers=bearer(part))
        assert (within.status_code, "lianjian_" in within.text) == (400, False)


def test_without_accounts_a_proxy_s_scraper_is_refused(client: TestClient) -> None:
    """What comes through a proxy is not this machine."""
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"}).status_code == 403
    assert client.get("/metrics").status_code == 200


def test_two_services_in_a_process_count_for_themselves(town: Path) -> None:
    """Each application has its own registry."""
    first, second = (
        TestClient(create_app(settings(town)), base_url="http://127.0.0.1") for _ in range(2)
    )
    first.get("/healthz")
    assert requests(scraped(first), "healthz", "2xx") == 1
    assert requests(scraped(second), "healthz", "2xx") == 0


# -- the log -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Busy:
    """What a service that was asked for everything said on stderr, what must not be in it, and what Prometheus read then."""

    said: str
    secret: list[str]
    samples: Samples
    operations: set[str]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    """Every operation, one of them by every role; wrong logins, tokens in addresses."""
    town = made_town(tmp_path_factory.mktemp("busy") / "lianjian.db")
    tokens = tokens_by_role(town)
    said = io.StringIO()

    def cannot(*_: object) -> None:
        raise OSError

    with contextlib.redirect_stderr(said), pytest.MonkeyPatch.context() as patch, TestClient(
        create_app(settings(town)), base_url="http://127.0.0.1:8765", raise_server_exceptions=False
    ) as client:  # fmt: skip
        patch.setattr(
            "api.jobs.service.children.start", cannot
        )  # what jobs say is in their folders
        log_in(client, "viewer")
        cookie = client.cookies["lianjian"]
        client.cookies.clear()
        document = client.get("/api/v1/openapi.json").json()
        for path, methods in document["paths"].items():
            for method in methods:
                # who may not is logged alike, whatever is asked
                asking = (
                    tokens.values() if path.endswith("/show/{id}") else [tokens["administrator"]]
                )
                for token in asking:
                    client.request(
                        method, path.replace("{id}", "91B"),
                        params={"in": "420106", "text": "光谷软件", "a": "91A", "b": "JOINT"},
                        json={"code": "91B", "reason": "核实秘密", "office": "某局"} if method != "get" else None,
                        headers=bearer(token) | {"user-agent": "Agent-4711"},
                    )  # fmt: skip
        client.get(f"/api/v1/me?access_token={tokens['viewer']}")
        client.get(
            "/api/v1/show/甲支部",
            headers=bearer(tokens["viewer"]) | {"x-request-id": "theirs-4711"},
        )
        client.post("/api/v1/session", json={"name": "nobody-4711", "password": "geheim-4711"})
        samples = scraped(client, headers=bearer(tokens["administrator"]))
        operations = {*client.app.state.permissions}  # type: ignore[attr-defined]
    secret = [
        "91A", "91B", "JOINT", "420106", "光谷", "甲支部", "公式", "核实", "某局", "4711", PASSWORD, cookie,
        cookie.split(".")[-1], *tokens.values(), *(t.rsplit("_")[-1] for t in tokens.values()), "/api/v1/", "openapi.json",
        "access_token",
    ]  # fmt: skip
    return Busy(said.getvalue(), secret, samples, operations)


def lines(text: str) -> list[dict[str, Any]]:
    """The events on stderr: every line is one."""
    return [json.loads(line) for line in text.splitlines()]


def test_the_log_of_a_busy_service_holds_no_value(busy: Busy) -> None:
    """No code, name, text, path, token or agent is in it, however often and by whom everything is asked."""
    events = lines(busy.said)
    assert len(events) > 60
    # a request's own number is drawn at random: now and then four of its sixteen digits are anybody's
    number = re.compile(r'"request": "[0-9a-f]{16}"')
    said, plain = (
        number.sub("", text) for text in (busy.said, json.dumps(events, ensure_ascii=False))
    )
    assert not [s for s in busy.secret if s in said or s in plain]
    assert {"show", "find", "audit", "merge", "login"} <= {e.get("operation") for e in events}
    assert {e["name"] for e in events if e["event"] == "request"} == {*ROLES, None}


def test_labels_come_from_closed_lists(busy: Busy) -> None:
    """After asking for everything, no label holds more than an operation, a class, a state, a bucket or the version."""
    known = {
        "operation": {*busy.operations, "none"},
        "status": {"1xx", "2xx", "3xx", "4xx", "5xx", "none"},
        "state": {*STATES, "idle", "used", "active", "undone"},
    }
    for _, labels in busy.samples:
        for name, value in labels:
            assert value in known.get(name, {value}), (name, value)
    assert {n for _, labels in busy.samples for n, _ in labels} <= {*known, "le", "version"}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service over the town, for several tests."""
    town = made_town(tmp_path_factory.mktemp("watched") / "lianjian.db")
    app = create_app(settings(town))
    with TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as client:
        yield client


TOLD = {
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "level": "info|error", "event": "request", "operation": r"None|[a-z_]+",
    "status": r"[2-5]\d\d", "milliseconds": r"\d+\.\d", "request": "[0-9a-f]{16}", "name": "None|local",
}  # fmt: skip
"""All that a line about a request may hold, where nobody has an account."""
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.sampled_from(
        [
            '"}\n{"event": "request", "operation": "forged"}', "\r\nx: y", "%s%n{0}{name}", "\x1b[2J", "\u2028{\u202e", "党员张三",
            "a" * 5000,
        ]
    ),
)  # fmt: skip


@settings_(max_examples=30)
@given(text=HOSTILE, code=st.sampled_from(["91B", "LOOP1", "none"]))
def test_no_text_of_a_request_comes_into_the_log(watched: TestClient, text: str, code: str) -> None:
    """Whatever stands in path, query, body or header, each line is one object of fields whose values are the service's own."""
    body = {"code": code, "kind": text, "reason": text, "office": text, "date": text}
    with contextlib.redirect_stderr(io.StringIO()) as said:
        watched.get(f"/api/v1/show/{quote(text, safe='')}")
        watched.get("/api/v1/find", params={"text": text, text: text})
        watched.post("/api/v1/decide/exclude", json=body)
        watched.post(f"/api/v1/{quote(text, safe='')}", content=text.encode())
        watched.get("/healthz", headers={"user-agent": quote(text), "x-request-id": quote(text)})
    events = lines(said.getvalue())
    assert [e["operation"] for e in events][1::3] == ["find", "healthz"]
    assert len(events) == 5
    for event in events:
        assert event.keys() == TOLD.keys()
        for name, value in event.items():
            assert re.fullmatch(TOLD[name], str(value)), (name, value)
        assert event["operation"] in {None, *watched.app.state.permissions}  # type: ignore[attr-defined]


def test_a_line_is_an_event_with_its_fields(
    client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    """Time, level, operation, status, milliseconds, the request's id, the account's name; the id is the answer's header too."""
    capfd.readouterr()
    answer = client.get("/api/v1/show/nobody", headers={"x-request-id": "mine"})
    (event,) = lines(capfd.readouterr().err)
    assert set(event) == {"time", "level", "event", "operation", "status", "milliseconds", "request", "name"}  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"])
    assert (event["level"], event["event"], event["operation"]) == ("info", "request", "show")
    assert (event["status"], event["name"]) == (404, "local")
    assert 0 < event["milliseconds"] < 60_000
    assert re.fullmatch(r"[0-9a-f]{16}", event["request"])
    assert answer.headers["x-request-id"] == event["request"]
    assert answer.json()["request_id"] == event["request"]


def test_a_fault_is_logged_by_its_frames_and_answered_by_its_number(
    client: TestClient, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it happened and of which kind, through what led to it; never what it was about. The answer has every header."""

    def broken(*_: object, **__: object) -> None:
        try:
            raise KeyError("光谷软件公司 91B")
        except KeyError as error:
            raise RuntimeError("91B: geheim-4711") from error

    monkeypatch.setattr("api.routes.lookup.dossier", broken, raising=False)
    monkeypatch.setattr("api.stores.Stores.one", broken)
    capfd.readouterr()
    answer = client.get("/api/v1/show/91B", headers={"accept-language": "zh"})
    said = capfd.readouterr().err
    fault, request = lines(said)
    assert answer.status_code == 500
    problem = Problem.model_validate(answer.json())
    assert problem.request_id == fault["request"] == request["request"]
    assert problem.request_id in problem.detail
    assert (fault["event"], fault["level"], request["level"]) == ("fault", "error", "error")
    assert fault["kinds"] == ["KeyError", "RuntimeError"]
    assert any(re.search(r"test_operation\.py:\d+ broken$", frame) for frame in fault["frames"])
    assert "91B" not in said
    assert "4711" not in said
    assert "光谷" not in json.dumps(fault, ensure_ascii=False)
    for name in (*HEADERS, "vary", "x-request-id"):
        assert name in answer.headers, name


@pytest.mark.parametrize("form", ["text", "off"])
def test_other_forms(town: Path, capfd: pytest.CaptureFixture[str], form: Any) -> None:
    """A line for a person's eye with the same fields, or nothing."""
    app = create_app(Settings(str(town), log=form))
    with TestClient(app, base_url="http://127.0.0.1:8765") as client:
        capfd.readouterr()
        client.get("/api/v1/show/91B")
    said = capfd.readouterr().err
    if form == "off":
        assert said == ""
    else:
        assert re.fullmatch(
            r"\S+Z info request operation=show status=200 milliseconds=\S+ request=[0-9a-f]{16} name=local\n", said
        )  # fmt: skip


def test_a_form_that_is_none_is_refused() -> None:
    """By the setting's name, with what there is."""
    with pytest.raises(InputError, match="LIANJIAN_LOG=xml: give one of json, text, off"):
        Settings.of("x.db", environment={"LIANJIAN_LOG": "xml"})
    assert Settings.of("x.db", environment={"LIANJIAN_LOG": "text"}).log == "text"


def test_what_libraries_and_threads_say_comes_without_values(
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """The server's fixed words, others' names, a traceback's frames; and all is as before afterwards."""
    root = logging.getLogger()
    before, hook = root.handlers[:], threading.excepthook
    for name in ("uvicorn", "uvicorn.error"):  # a server of another test may have set them up
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
        request.addfinalizer(
            partial(logging.getLogger(name).setLevel, logging.getLogger(name).level)
        )
        logging.getLogger(name).setLevel(logging.NOTSET)

    def fail() -> None:
        raise ValueError("91B geheim")

    with routed(Log("json")):
        logging.getLogger("uvicorn.error").warning("Invalid %s received.", "geheim")
        logging.getLogger("asyncio").error("Task with geheim in it")
        try:
            fail()
        except ValueError as error:
            logging.getLogger("uvicorn.error").error("Exception in it\n geheim", exc_info=error)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    said = capfd.readouterr().err
    first, second, third, fourth = lines(said)
    assert "geheim" not in said
    assert first["said"] == "Invalid %s received."
    assert (second["logger"], "said" in second) == ("asyncio", False)
    assert (third["said"], third["kinds"]) == ("Exception in it", ["ValueError"])
    assert (fourth["event"], fourth["kinds"]) == ("fault", ["ValueError"])
    assert (root.handlers, threading.excepthook) == (before, hook)


def test_a_stderr_that_is_gone_stops_no_request(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer leaves all the same."""

    class Gone:
        def write(self, _: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr("api.operation.log.sys.stderr", Gone())
    assert client.get("/api/v1/show/91B").status_code == 200


# -- the end -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(store: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`lianjian serve` in a process of its own, and its port."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0", "--json", "--store", str(store)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = ""
        while not said.endswith("}\n"):
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            said += line
        yield process, int(json.loads(said)["url"].split(":")[2].split("/")[0])
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


BOUNDARY = "x4711"
HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


class Line(http.client.HTTPConnection):
    """An upload whose first half is on the line."""

    rest: bytes


@contextlib.contextmanager
def begun(port: int, body: bytes) -> Iterator[Line]:
    """Begin one."""
    with contextlib.closing(Line("127.0.0.1", port, timeout=60)) as line:
        line.putrequest("POST", "/api/v1/jobs/import")
        line.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        line.putheader("Content-Length", str(len(body)))
        line.endheaders()
        half = len(body) // 2
        line.send(body[:half])
        line.rest = body[half:]
        yield line


def answered(line: Line) -> str:
    """The id of the job that an upload became."""
    with line.getresponse() as answer:
        assert answer.status == 202
        return str(json.load(answer)["id"])


def under_way(store: Path) -> list[Path]:
    """Files of uploads that are on the disk so far."""
    return list((store.with_suffix(".service") / "jobs").glob("*/in/*"))


def refused(port: int) -> bool:
    """Whether nobody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def until(what: Any, seconds: float = 20) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


def test_what_is_under_way_is_finished_and_nothing_new_begun(town: Path) -> None:
    """SIGTERM in the middle of an upload, while somebody listens to a job: new connections are refused, who listens is let go,
    the upload is taken whole, the process ends with 0 and its log in lines; both jobs are done when the next service looks.
    """
    body = HEAD + firms(1, 50) + TAIL
    with served(town, LIANJIAN_GRACE="30") as (process, port):
        with begun(port, HEAD + firms(1000, 2000) + TAIL) as line:
            line.send(line.rest)
            first = answered(line)
        base = f"http://127.0.0.1:{port}/api/v1/jobs"
        with urllib.request.urlopen(f"{base}/{first}/events", timeout=60) as stream:
            stream.readline()
            with begun(port, body) as line:
                assert until(lambda: len(under_way(town)) > 0)
                process.send_signal(signal.SIGTERM)
                stream.read()
                assert until(lambda: refused(port)), "it still listens"
                assert process.poll() is None
                line.send(line.rest)
                second = answered(line)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0
    events = lines(err)
    assert (events[0]["event"], events[-1]["event"]) == ("serving", "stopped")
    assert [e["status"] for e in events if e.get("operation") == "import_job"] == [202, 202]
    with service(town) as client:
        for id_ in (first, second):
            assert over(client, id_)["state"] == "done"


def test_who_was_told_to_end_is_not_ready(town: Path) -> None:
    """503 with the way out from then on, so that a proxy asks elsewhere; the process still lives."""
    with service(town) as client:
        assert client.get("/readyz").status_code == 200
        client.app.state.jobs.leave()  # type: ignore[attr-defined]
        answer = client.get("/readyz", headers={"accept-language": "zh"})
        assert (answer.status_code, answer.json()["code"]) == (503, "service")
        assert "即将停止" in answer.json()["detail"]
        assert client.get("/healthz").status_code == 200


def test_what_takes_longer_than_the_grace_is_cut_off(town: Path) -> None:
    """An upload that never ends holds the service for its grace and no longer; nothing of it is left, nor of a traceback."""
    body = HEAD + firms(1, 50) + TAIL
    with served(town, LIANJIAN_GRACE="1") as (process, port), begun(port, body):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as garbage:
            garbage.sendall(b"GEHEIM /91B\x00 nothing\r\n\r\n")
            assert b" 400 " in garbage.recv(4096)
        assert until(lambda: under_way(town))
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        assert 0.9 < time.monotonic() - began < 30
        assert process.returncode == 0
    assert "GEHEIM" not in err
    cut = [e for e in lines(err) if e.get("operation") == "import_job"]
    assert [(e["event"], e["level"], e["status"]) for e in cut] == [("request", "error", None)]
    assert not under_way(town)


def test_identity_has_no_more_than_a_name_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    """A jurisdiction and a role stay out: fields are named one by one."""
    Log("json")("request", name=Identity("office", "viewer", "420106").name)
    assert "420106" not in capfd.readouterr().err

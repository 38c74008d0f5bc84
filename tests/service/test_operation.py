"""The service at work: what it counts, what it logs and does not, how it ends."""

from __future__ import annotations

import contextlib
import http.client
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
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.access.accounts import Accounts
from api.access.identity import ROLES, Identity
from api.app import HEADERS, create_app
from api.jobs.model import STATES
from api.operation.log import Log, routed
from api.settings import Settings
from api.wire import Problem
from graph.errors import InputError
from tests.service.people import PASSWORD, bearer, log_in, settings, tokens_by_role
from tests.service.working import firms, loaded, service

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


def test_stores_jobs_imports_and_the_process_are_told(tmp_path: Path) -> None:
    """As they are when asked."""
    with service(tmp_path / "a.db") as client:
        assert loaded(client, ("a.csv", firms(1, 5)))["state"] == "done"
        client.get("/api/v1/status")
        found = scraped(client)
        assert found["lianjian_jobs", (("state", "done"),)] == 1
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


def test_metrics_are_an_administrator_s(town: Path) -> None:
    """With accounts: 401 without one, 403 for other roles, 400 for one of a district; without accounts the machine's own."""
    tokens = tokens_by_role(town)
    accounts = Accounts(town.with_suffix(".service"))
    accounts.add("part", "administrator", "DIST", PASSWORD)
    _, part = accounts.create_token("part")
    accounts.close()
    with TestClient(create_app(settings(town)), base_url="http://127.0.0.1:8765") as client:
        assert client.get("/metrics").status_code == 401
        for role in ROLES:
            answer = client.get("/metrics", headers=bearer(tokens[role]))
            assert answer.status_code == (200 if role == "administrator" else 403), role
        assert client.get("/metrics", headers=bearer(part)).status_code == 400


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


def test_labels_come_from_closed_lists(town: Path) -> None:
    """After asking for everything, no label holds more than an operation, a class, a state, a bucket or the version."""
    with busy(town) as (client, _, app):
        found = scraped(client, headers=bearer(app))
    known = {
        "operation": {*client.app.state.permissions, "none"},  # type: ignore[attr-defined]
        "status": {"1xx", "2xx", "3xx", "4xx", "5xx", "none"},
        "state": {*STATES, "idle", "used", "active", "undone"},
    }
    for _, labels in found:
        for name, value in labels:
            assert value in known.get(name, {value}), (name, value)
    assert {n for _, labels in found for n, _ in labels} <= {*known, "le", "version"}


# -- the log -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def busy(town: Path) -> Iterator[tuple[TestClient, list[str], str]]:
    """A service that was asked for everything; what must not be in its log; an administrator's token."""
    tokens = tokens_by_role(town)
    with TestClient(
        create_app(settings(town)), base_url="http://127.0.0.1:8765", raise_server_exceptions=False
    ) as client:
        log_in(client, "viewer")
        cookie = client.cookies["lianjian"]
        client.cookies.clear()
        document = client.get("/api/v1/openapi.json").json()
        for path, methods in document["paths"].items():
            for method in methods:
                if path == "/metrics":
                    continue
                for token in tokens.values():
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
        secret = [
            "91A", "91B", "JOINT", "420106", "光谷", "甲支部", "公式", "核实", "某局", "4711", PASSWORD, cookie,
            cookie.split(".")[-1], *tokens.values(), *(t.rsplit("_")[-1] for t in tokens.values()), "/api/v1/", "openapi.json",
            "access_token",
        ]  # fmt: skip
        yield client, secret, tokens["administrator"]


def lines(text: str) -> list[dict[str, Any]]:
    """The events on stderr: every line is one."""
    return [json.loads(line) for line in text.splitlines()]


def test_the_log_of_a_busy_service_holds_no_value(
    town: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every operation asked by every role, wrong logins, tokens in addresses: no code, name, text, path, token or agent is in it."""
    capfd.readouterr()
    with busy(town) as (_, secret, _):
        pass
    said = capfd.readouterr().err
    events = lines(said)
    assert len(events) > 100
    plain = json.dumps(events, ensure_ascii=False)
    assert not [s for s in secret if s in said or s in plain]
    assert {"show", "find", "audit", "merge", "login"} <= {e.get("operation") for e in events}
    assert {e["name"] for e in events if e["event"] == "request"} == {*ROLES, None}


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
) -> None:
    """The server's fixed words, others' names, a traceback's frames; and all is as before afterwards."""
    root = logging.getLogger()
    before, hook = root.handlers[:], threading.excepthook

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


@contextlib.contextmanager
def begun(port: int, body: bytes) -> Iterator[http.client.HTTPConnection]:
    """An upload whose first half is on the line."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        _begin(line, body)
        yield line


def _begin(line: http.client.HTTPConnection, body: bytes) -> None:
    line.putrequest("POST", "/api/v1/jobs/import")
    line.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    line.putheader("Content-Length", str(len(body)))
    line.endheaders()
    line.send(body[: len(body) // 2])


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
    """SIGTERM in the middle of an upload: new connections are refused, the upload is taken whole, its job kept for the next
    service, and the process ends well with its log in lines."""
    body = HEAD + firms(1, 50) + TAIL
    with served(town, LIANJIAN_GRACE="30") as (process, port), begun(port, body) as line:
        assert until(lambda: under_way(town))
        process.send_signal(signal.SIGTERM)
        assert until(lambda: refused(port)), "it still listens"
        assert process.poll() is None
        line.send(body[len(body) // 2 :])
        with line.getresponse() as answer:
            job = json.load(answer)
            assert answer.status == 202
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0
    told = [(e["event"], e.get("operation")) for e in lines(err)]
    assert told == [("serving", None), ("request", "import_job"), ("stopped", None)]
    with service(town) as client:
        end = until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "done", 60)
        assert end, client.get(f"/api/v1/jobs/{job['id']}").json()


def test_what_takes_longer_than_the_grace_is_cut_off(town: Path) -> None:
    """An upload that never ends holds the service for its grace and no longer; nothing of it is left, nor of a traceback."""
    body = HEAD + firms(1, 50) + TAIL
    with served(town, LIANJIAN_GRACE="1") as (process, port), begun(port, body):
        assert until(lambda: under_way(town))
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        assert 0.9 < time.monotonic() - began < 30
        assert process.returncode == 0
    cut = [e for e in lines(err) if e.get("operation") == "import_job"]
    assert [(e["event"], e["level"], e["status"]) for e in cut] == [("request", "error", None)]
    assert not under_way(town)


def test_who_listens_to_a_job_is_let_go_and_the_job_goes_on(tmp_path: Path) -> None:
    """ADR 0031: the stream of events ends with the service, at once; the job is done when the next one looks."""
    store = tmp_path / "a.db"
    with service(store) as client:
        loaded(client, ("a.csv", firms(1, 5)))
    with served(store, LIANJIAN_GRACE="30") as (process, port):
        base = f"http://127.0.0.1:{port}/api/v1/jobs"
        body = HEAD + firms(1000, 5000) + TAIL
        with begun(port, body) as line:
            line.send(body[len(body) // 2 :])
            with line.getresponse() as answer:
                id_ = json.load(answer)["id"]
        with urllib.request.urlopen(f"{base}/{id_}/events", timeout=60) as stream:
            stream.readline()
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            stream.read()
        process.communicate(timeout=60)
        assert time.monotonic() - began < 20
        assert process.returncode == 0
    with service(store) as client:
        assert until(lambda: client.get(f"/api/v1/jobs/{id_}").json()["state"] == "done", 90)


def test_identity_has_no_more_than_a_name_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    """A jurisdiction and a role stay out: fields are named one by one."""
    Log("json")("request", name=Identity("office", "viewer", "420106").name)
    assert "420106" not in capfd.readouterr().err

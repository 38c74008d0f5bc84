"""A service that works on jobs, asked in this process or over a real line, and small ledgers to send it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.testclient import TestClient

from api.access.identity import Identity
from api.app import create_app
from api.heads import PatientProtocol
from api.settings import Settings
from tests.loaders.city import HEADER, firm, text
from tests.service.people import put_in

JOBS = "/api/v1/jobs"
LONG = 90.0
"""Seconds after which a job that should be over is taken for stuck, on a machine with other work."""


def firms(first: int, n: int, **cells: Any) -> bytes:
    """Return a 非公企业 ledger of so many invented firms."""
    return text(HEADER, [firm(i, **cells) for i in range(first, first + n)]).encode()


@contextlib.contextmanager
def service(store: Path, asker: Identity | None = None, **settings: Any) -> Iterator[TestClient]:
    """Ask a service over a store, as whom one likes; its jobs are stopped with it."""
    made = Settings(str(store), state=str(store.with_suffix(".service")), **settings)
    app = create_app(made)

    if asker is not None:
        put_in(app, lambda: asker)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        try:
            yield client
        finally:
            stopped(app.state.jobs)


def stopped(jobs: Any) -> None:
    """Stop whatever a test left running."""
    if jobs._records is None:
        return
    for job in jobs.records.page(None, None, 1000):
        if not job.over:
            jobs.stop(job)
    until = time.monotonic() + 20
    while jobs.records.running() and time.monotonic() < until:
        time.sleep(0.05)


def over(client: TestClient, id_: str, seconds: float = LONG) -> dict[str, Any]:
    """Wait until a job is over and return what is said of it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        said: dict[str, Any] = client.get(f"{JOBS}/{id_}").json()
        if said["state"] not in ("queued", "running"):
            return said
        time.sleep(0.05)
    raise AssertionError(f"not over after {seconds:g} s: {said}")


def sent(client: TestClient, *files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    """Send ledgers to be imported and return the job."""
    answer = client.post(f"{JOBS}/import", files=[("file", f) for f in files], data=fields)
    assert answer.status_code == 202, answer.text
    said: dict[str, Any] = answer.json()
    return said


def loaded(client: TestClient, *files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    """Send ledgers and wait until they are in."""
    return over(client, sent(client, *files, **fields)["id"])


@contextlib.contextmanager
def line(store: Path, **settings: Any) -> Iterator[tuple[int, Any]]:
    """Give the port of a real server over a store, and its jobs."""
    made = Settings(str(store), state=str(store.with_suffix(".service")), **settings)
    app = create_app(made)
    config = uvicorn.Config(
        app, http=PatientProtocol, port=0, log_level="critical", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield port, app.state.jobs
    finally:
        stopped(app.state.jobs)
        app.state.jobs.leave()
        server.should_exit = True
        thread.join(timeout=20)

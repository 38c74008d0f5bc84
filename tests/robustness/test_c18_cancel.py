"""C18: a job that is cancelled is really gone, with all that it started, and what it was to change is whole."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from starlette.testclient import TestClient

from api.cli.app import run
from graph.store import open_store
from tests.service.working import JOBS, LONG, firms, loaded, over, sent, service

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups are Unix's")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city whose plan takes a while."""
    folder = tmp_path_factory.mktemp("city")
    store = folder / "city.db"
    assert run(["generate", str(folder / "ledgers"), "--orgs", "3000", "--seed", "3"]) == 0
    assert run(["import", str(folder / "ledgers"), "--store", str(store)]) in (0, 1)
    return store


def begun(client: TestClient, id_: str, word: str = "") -> tuple[int, dict[str, Any]]:
    """Wait until a job has a process and says a word; return the process and what is said."""
    records = client.app.state.jobs.records  # type: ignore[attr-defined]
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        said = client.get(f"{JOBS}/{id_}").json()
        pid = records.get(id_).pid
        if pid is not None and said["progress"] and word in said["progress"]["stage"]:
            return pid, said
        assert said["state"] in ("queued", "running"), said
        time.sleep(0.02)
    raise AssertionError("it never said so")


def gone(pid: int) -> None:
    """Assert that a process and its whole group are no more."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, 0)
            time.sleep(0.05)
            continue
        assert not psutil.pid_exists(pid)
        return
    raise AssertionError("something of it still runs")


def test_a_cancelled_plan_leaves_its_best_so_far(city: Path) -> None:
    """As Ctrl-C does: a plan that `verify` finds valid, with units that were not begun; no process is left."""
    with service(city) as client:
        asked = {"gap": 0, "time": 3600}
        id_ = client.post(f"{JOBS}/plan", json=asked).json()["id"]
        pid, _ = begun(client, id_, "covered")
        answer = client.post(f"{JOBS}/{id_}/cancel").json()
        assert answer["stopping"] is True
        said = over(client, id_)
        assert said["state"] == "cancelled"
        assert {"plan.json", "worklist.xlsx"} <= {f["name"] for f in said["files"]}
        gone(pid)
        made = client.get(f"{JOBS}/{id_}/result").json()
        assert "not_started" in made["totals"]["status"]
        check = client.post(f"{JOBS}/verify", json={"from": id_}).json()
        assert over(client, check["id"])["state"] == "done"
        assert client.get(f"{JOBS}/{check['id']}/result").json()["valid"] is True


def test_a_cancelled_audit_ends(city: Path) -> None:
    """Its process is gone at once, it is cancelled and leaves nothing; the next job runs."""
    with service(city, jobs=1) as client:
        id_ = client.post(f"{JOBS}/audit", json={}).json()["id"]
        pid, _ = begun(client, id_)
        client.post(f"{JOBS}/{id_}/cancel")
        said = over(client, id_, 20)
        assert (said["state"], said["files"], said["result"]) == ("cancelled", [], False)
        gone(pid)
        again = client.post(f"{JOBS}/audit", json={"in": "999999"}).json()["id"]
        assert over(client, again)["state"] == "failed"


def test_a_cancelled_import_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    """Not a row of it is in; the next import goes in."""
    with service(tmp_path / "a.db") as client:
        loaded(client, ("1.csv", firms(1, 5)))
        id_ = sent(client, ("2.csv", firms(100, 20_000)))["id"]
        pid, _ = begun(client, id_, "ing")
        client.post(f"{JOBS}/{id_}/cancel")
        assert over(client, id_)["state"] == "cancelled"
        gone(pid)
        assert not (tmp_path / "a.service" / "jobs" / id_ / "in").exists()
        store = open_store(str(tmp_path / "a.db"))
        assert [b.files for b in store.batches()] == [("1.csv",)]
        store.close()
        assert loaded(client, ("3.csv", firms(200, 5)))["state"] == "done"


def test_one_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    """A process that hangs (it is stopped with SIGSTOP here) is ended after the time that it has, and what it started too."""
    with service(tmp_path / "a.db", stop_seconds=0.5) as client:
        id_ = sent(client, ("1.csv", firms(1, 20_000)))["id"]
        pid, _ = begun(client, id_)
        os.killpg(pid, signal.SIGSTOP)
        while psutil.Process(pid).status() != psutil.STATUS_STOPPED:
            time.sleep(0.01)
        asked = time.monotonic()
        client.post(f"{JOBS}/{id_}/cancel")
        assert over(client, id_, 20)["state"] == "cancelled"
        assert time.monotonic() - asked >= 0.5
        gone(pid)


def test_one_that_waits_is_cancelled_at_once(city: Path) -> None:
    """It never begins."""
    with service(city, jobs=1) as client:
        first = client.post(f"{JOBS}/audit", json={}).json()["id"]
        second = client.post(f"{JOBS}/audit", json={}).json()["id"]
        begun(client, first)
        said = client.post(f"{JOBS}/{second}/cancel").json()
        assert (said["state"], said["started"]) == ("cancelled", None)
        client.post(f"{JOBS}/{first}/cancel")
        assert over(client, first)["state"] == "cancelled"
        assert client.get(f"{JOBS}/{second}").json()["state"] == "cancelled"


@pytest.fixture(autouse=True)
def _no_process_left() -> Iterator[None]:
    """Whatever a test began has ended with it."""
    yield
    left = [p for p in psutil.Process().children(recursive=True) if "api.jobs.work" in p.cmdline()]
    assert left == []

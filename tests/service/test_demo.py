"""An invented city through the service: made and imported as the command line does, only where nothing is, all of it or nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access.identity import Identity
from api.cli.app import run
from graph.store import open_store
from tests.cli.commandline import Lianjian
from tests.service.working import JOBS, firms, loaded, over, service

SMALL = 60
"""Organizations of an invented city that is made in a moment."""


def asked_for(client: TestClient, **body: Any) -> dict[str, Any]:
    """Ask for an invented city and return the job."""
    answer = client.post(f"{JOBS}/demo", json={"orgs": SMALL, "seed": 3} | body)
    assert answer.status_code == 202, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_it_is_the_city_of_the_command_line_and_says_that_it_is_invented(
    tmp_path: Path, lianjian: Lianjian
) -> None:
    """What `generate` and `import` give; copies of faulty ledgers have the ledgers' names; a second is refused."""
    with service(tmp_path / "a.db") as client:
        said = over(client, asked_for(client)["id"])
        assert said["state"] == "done_with_findings", said
        assert (said["kind"], said["asked"]["orgs"]) == ("demo", SMALL)
        assert said["files"]
        assert all(".faults" in f["name"] for f in said["files"])
        report = client.get(f"{JOBS}/{said['id']}/import").json()
        held = client.get("/api/v1/status").json()
        assert held["invented"] is True
        names = {Path(f["path"]).name for f in report["files"]}
        assert set(held["batches"][0]["files"]) <= names
        refused = client.post(f"{JOBS}/demo", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_empty")
    assert run(["generate", "ledgers", "--orgs", str(SMALL), "--seed", "3"]) == 0
    assert run(["import", "ledgers", "--store", "b.db", "--date", "2016-08-26"]) == 1
    printed = lianjian("status", "--store", "b.db", "--json").json
    assert printed["invented"] is True
    for what in ("kinds", "edges", "ledgers", "latest"):
        assert printed[what] == held[what]
    assert sorted(Path(f).name for f in printed["batches"][0]["files"]) == sorted(
        Path(f).name for f in held["batches"][0]["files"]
    )


def test_ledgers_of_ones_own_are_not_invented_and_keep_it_out(tmp_path: Path) -> None:
    """Also where they came while the invented city waited for its turn; taken back, they make room for it."""
    with service(tmp_path / "a.db") as client:
        assert loaded(client, ("a.csv", firms(1, 3)))["state"] == "done"
        held = client.get("/api/v1/status").json()
        assert held["invented"] is False
        assert client.post(f"{JOBS}/demo", json={}).status_code == 409
        assert client.post("/api/v1/undo", json={"batch": held["batches"][0]["id"]}).is_success
        begun = client.post(f"{JOBS}/import", files=[("file", ("b.csv", firms(1, 3)))]).json()
        late = asked_for(client)
        assert over(client, begun["id"])["state"] == "done"
        ended = over(client, late["id"])
        assert ended["state"] == "failed"
        assert "already" in ended["error"]["en"]
        assert "已有" in ended["error"]["zh"]


@pytest.mark.parametrize(
    ("asker", "status"),
    [
        (Identity("vera", "viewer"), 403),
        (Identity("ada", "auditor"), 403),
        (Identity("dora", "planner", "429901"), 400),
    ],
)
def test_who_may_not_import_a_city_may_not_invent_one(
    tmp_path: Path, asker: Identity, status: int
) -> None:
    """By role; and a planner of one district, for a city lies in none."""
    with service(tmp_path / "a.db", asker) as client:
        answer = client.post(f"{JOBS}/demo", json={})
        assert answer.status_code == status, answer.text
        assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize("body", [{"orgs": 10}, {"orgs": 10**6}, {"seed": -1}, {"orgs": "few"}])
def test_a_size_that_is_none_is_refused(tmp_path: Path, body: dict[str, Any]) -> None:
    """Before anything is made."""
    with service(tmp_path / "a.db") as client:
        answer = client.post(f"{JOBS}/demo", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter")
        assert client.get(JOBS).json()["jobs"] == []


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_one_that_is_cut_off_leaves_nothing(tmp_path: Path, how: str) -> None:
    """Stopped or killed while it is made: the store is as empty as before, no file stays, and it can be asked for again."""
    with service(tmp_path / "a.db") as client:
        job = asked_for(client, orgs=20_000)
        until = time.monotonic() + 60
        while not client.get(f"{JOBS}/{job['id']}").json()["progress"]:
            assert time.monotonic() < until
            time.sleep(0.02)
        if how == "stopped":
            assert client.post(f"{JOBS}/{job['id']}/cancel").is_success
        else:
            app: Any = client.app
            os.kill(app.state.jobs.records.get(job["id"]).pid, signal.SIGKILL)
        ended = over(client, job["id"])
        assert ended["state"] == {"stopped": "cancelled", "killed": "interrupted"}[how]
        assert ended["batch"] is None
        assert not (tmp_path / "a.service" / "jobs" / job["id"] / "in").exists()
        assert over(client, asked_for(client)["id"])["state"] == "done_with_findings"
    store = open_store(str(tmp_path / "a.db"))
    assert store.status()["kinds"]["organization"] >= SMALL
    assert len(store.batches()) == 1
    store.close()

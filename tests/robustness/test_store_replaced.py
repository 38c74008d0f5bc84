"""A store's file that is moved, deleted or replaced under a running service: nothing is answered from it, or written into it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.journal import Journal, Places
from graph.errors import StoreError
from graph.store import open_store
from tests.cli.conftest import made_town
from tests.robustness.stores import load, rows
from tests.service.working import firms, over, sent, service

API = "/api/v1"
PARTS = ("", "-wal", "-shm")
LOOKS = (
    "/readyz",
    f"{API}/find?text=公司",
    f"{API}/show/91A",
    f"{API}/survey?limit=2",
    f"{API}/decide/list",
)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A town that a service is begun over."""
    return made_town(tmp_path / "town.db")


@pytest.fixture(params=[0, 1], ids=["by itself", "by a reader"])
def asked(town: Path, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A service that has been asked: its connections are open."""
    with service(town, readers=request.param) as client:
        for path in LOOKS:
            assert client.get(path).status_code == 200, path
        yield client


def moved(store: Path, to: str) -> Path:
    """Move a store's file with its log, as a person does who puts it away."""
    for part in PARTS:
        if (there := Path(f"{store}{part}")).exists():
            there.rename(f"{store.with_name(to)}{part}")
    return store.with_name(to)


def decide(client: TestClient, code: str = "91B") -> Any:
    """Have an organization left out."""
    body = {"office": "某局", "date": "2016-09-01", "reason": "核实", "code": code, "kind": "僵尸"}
    return client.post(f"{API}/decide/exclude", json=body)


def decided(store: Path) -> int:
    """Return how many decisions a file holds, for whoever opens it anew."""
    with contextlib.closing(open_store(str(store))) as opened:
        return len(opened.frame("decision"))


def outcomes(store: Path) -> list[str]:
    """Return what the journal says of writes, the oldest first."""
    with contextlib.closing(Journal(Places.of(str(store.with_suffix(".service"))))) as journal:
        return [r.outcome for r in journal.rows() if r.outcome in ("intent", "done", "failed")][
            ::-1
        ]


def told(client: TestClient) -> int:
    """Return how many decisions the service says that there are."""
    return len(client.get(f"{API}/decide/list").json()["decisions"])


@pytest.mark.parametrize(
    "left", [None, b"", b"no database at all " * 500], ids=["nothing", "empty", "garbage"]
)
def test_where_the_file_is_gone_nothing_is_answered_or_written(
    asked: TestClient, town: Path, left: bytes | None
) -> None:
    """Reading, writing and readiness say 503, and the journal holds no write that was done; put back, all goes on."""
    away = moved(town, "away.db")
    if left is not None:
        town.write_bytes(left)
    for path in LOOKS:
        answer = asked.get(path)
        assert answer.status_code == 503, path
        if not left:
            assert (
                "put it back" in asked.get(path, headers={"accept-language": "en"}).json()["detail"]
            )
    assert decide(asked).status_code == 503
    assert "done" not in outcomes(town)
    town.unlink(missing_ok=True)
    moved(away, town.name)
    for path in LOOKS:
        assert asked.get(path).status_code == 200, path
    assert told(asked) == 0
    assert decide(asked).status_code == 200
    assert (told(asked), decided(town)) == (1, 1)


def test_where_another_store_is_put_there_it_is_the_one(asked: TestClient, town: Path) -> None:
    """The service answers from it and writes into it, as the command line does; what was kept of the former is not told."""
    assert decide(asked).status_code == 200
    assert told(asked) == 1
    away = moved(town, "away.db")
    made_town(town)
    assert told(asked) == 0
    assert decide(asked, "91A").status_code == 200
    assert (decided(town), decided(away)) == (1, 1)
    with contextlib.closing(open_store(str(town))) as store:
        assert list(store.frame("decision")["subject"]) == ["91A"]
    assert outcomes(town) == ["intent", "done"] * 2


def test_what_is_kept_is_not_the_former_s_though_its_imports_are_alike(
    asked: TestClient, town: Path
) -> None:
    """Two stores with the same imports, of which one lists somebody else: the answers are those of the one that is there."""
    before = asked.get(f"{API}/survey?limit=9").json()
    moved(town, "away.db")
    shutil.copy(made_town(town.with_name("other.db")), town)
    with contextlib.closing(open_store(str(town))) as store:
        store.db.execute("UPDATE claim_organization SET p_name = '另一家公司'")  # type: ignore[attr-defined]
    after = asked.get(f"{API}/survey?limit=9").json()
    assert "另一家公司" in str(after)
    assert "另一家公司" not in str(before)


def test_an_import_makes_no_new_store_where_one_was(asked: TestClient, town: Path) -> None:
    """It is refused in clear words, also where it waited; a service that never had a store may make its first."""
    jobs: Any = asked.app.state.jobs  # type: ignore[attr-defined]
    there, jobs.there = jobs.there, lambda: None
    held = jobs.records.claim
    jobs.records.claim = lambda _: None  # it waits
    waiting = sent(asked, ("甲.csv", firms(0, 3)))["id"]
    jobs.there = there
    moved(town, "away.db")
    refused = asked.post(
        f"{API}/jobs/import",
        files=[("file", ("甲.csv", firms(0, 3)))],
        headers={"accept-language": "en"},
    )
    assert refused.status_code == 503
    assert "put it back or restore a backup" in refused.json()["detail"]
    jobs.records.claim = held
    said = over(asked, waiting)
    assert said["state"] == "failed"
    assert "put it back" in said["error"]["en"]
    assert not town.exists()
    assert asked.get(f"{API}/me").json()["store"] is True, "the first steps are not offered"


def test_the_first_import_makes_the_store(tmp_path: Path) -> None:
    """A service that was begun without one takes ledgers in."""
    with service(tmp_path / "new.db") as client:
        assert client.get("/readyz").status_code == 503
        assert over(client, sent(client, ("甲.csv", firms(0, 3)))["id"])["state"].startswith("done")
        assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("replaced", [False, True])
def test_what_is_being_written_is_not_kept_by_a_file_that_nobody_finds(
    tmp_path: Path, replaced: bool
) -> None:
    """A file that goes away between the first row and the last keeps nothing of them, and neither does what took its place."""
    made, other = tmp_path / "made.db", tmp_path / "other.db"
    for path in (made, other):
        store = open_store(str(path), create=True)
        load(store, rows(0, 3))
        store.close()
    store = open_store(str(made))
    away = made.with_name("away.db")

    def write() -> None:
        with store.importing(at="t", dated=20160826, files=["b.csv"]) as importer:
            importer.add(rows(10, 3))
            moved(made, away.name)
            if replaced:
                shutil.copy(other, made)

    with pytest.raises(StoreError, match="moved, deleted or replaced"):
        write()
    assert len(store.batches()) == 1
    with pytest.raises(StoreError, match="moved, deleted or replaced"):
        load(store, rows(20, 3))
    store.close()
    for path in (away, *([made] if replaced else [])):
        with contextlib.closing(open_store(str(path))) as opened:
            assert len(opened.batches()) == 1


def test_a_file_beside_the_former_s_log_is_neither_read_nor_written(
    asked: TestClient, town: Path
) -> None:
    """Its pages would be taken for the new file's: it is refused until the log is away, and the file stays as it is."""
    assert decide(asked).status_code == 200
    assert Path(f"{town}-wal").stat().st_size
    other = made_town(town.with_name("other.db"))
    town.rename(town.with_name("away.db"))
    shutil.copy(other, town)
    for path in LOOKS:
        answer = asked.get(path, headers={"accept-language": "en"})
        assert (answer.status_code, "former's log" in answer.text) == (503, True), path
    assert decide(asked).status_code == 503
    assert town.read_bytes() == other.read_bytes()
    town.unlink()
    town.with_name("away.db").rename(town)
    assert told(asked) == 1

"""One Neo4j server for a whole run of pytest, whoever asks first starts it; shared by the processes of pytest-xdist.

A test that uses it has it alone, and finds it empty. The process that pytest was called in holds the lock that keeps the server
alive (:mod:`tests.neo4j_server.guard`), so that it ends with the run, also where that is killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from tests.neo4j_server.jars import LTS, NEWEST, MissingError, Release
from tests.neo4j_server.server import Server, wipe
from tests.neo4j_server.tls import certify

RUN = pytest.StashKey[Path]()
HELD = pytest.StashKey[IO[str]]()
OWN = pytest.StashKey["Own"]()
STARTING = pytest.StashKey[threading.Thread]()
SERVERS = {"neo4j_shared", "neo4j_newest_shared", "neo4j_own"}
"""The fixtures that start one."""
STARTED: list[Server] = []
"""What this process started for its run; the guards end it."""


@dataclass(frozen=True)
class Running:
    """A server that runs: how to reach it.

    Parameters
    ----------
    url : str
        Its address for the store, without user and password.
    user, password : str
        Who may do everything there.
    pid : int
        The server's own process.
    """

    url: str
    user: str
    password: str
    pid: int

    def wipe(self, *, schema: bool = False) -> None:
        """See :func:`tests.neo4j_server.server.wipe`."""
        wipe(self.url, self.user, self.password, schema=schema)


class Own:
    """The server that a process has for itself, started by whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Server | None = None

    def started(self) -> Server:
        """Return it, running at first; it is started once, and whoever asks meanwhile waits."""
        with self._lock:
            if self._server is None:
                server = Server(
                    settings={
                        # a silent line counts as lost after two of these; a minute each else
                        "server.bolt.connection_keep_alive": "1s",
                        "server.bolt.connection_keep_alive_streaming_scheduling_interval": "1s",
                        # five seconds else
                        "dbms.security.auth_lock_time": "1s",
                        "db.memory.transaction.max": "8m",
                    }
                )
                server.configure(**certify(server.home, "OPTIONAL"))
                self._server = server.start()
            return self._server


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that a run's processes share; hold the lock in it where pytest was called."""
    shared: str | None = getattr(config, "workerinput", {}).get("neo4j_run")
    config.stash[OWN] = Own()
    config.stash[RUN] = Path(shared or tempfile.mkdtemp(prefix="lianjian-tests-"))
    if shared is None:
        config.stash[HELD] = (config.stash[RUN] / "alive").open("w")
        fcntl.flock(config.stash[HELD], fcntl.LOCK_EX)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist where the folder is."""
    node.workerinput["neo4j_run"] = str(node.config.stash[RUN])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a server, so that it can be chosen and left out by ``-m neo4j``.

    One process of pytest-xdist takes all of it (``--dist loadgroup``): a server's first questions of each sort are its slowest.
    """
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.neo4j)
        if item.get_closest_marker("neo4j") is not None:  # or by a parameter: a store of that kind
            item.add_marker(pytest.mark.xdist_group("neo4j"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start the servers that the chosen tests ask for, one after the other: the second and third while the first is tested."""
    config = item.config
    if STARTING in config.stash or not SERVERS & set(getattr(item, "fixturenames", ())):
        return
    wanted = SERVERS & {f for i in item.session.items for f in getattr(i, "fixturenames", ())}

    def start() -> None:
        # who asks for one that can't be had is told why then
        with contextlib.suppress(BaseException):
            if "neo4j_shared" in wanted:
                running(config.stash[RUN], LTS)
            if "neo4j_own" in wanted:
                config.stash[OWN].started()
            if "neo4j_newest_shared" in wanted:
                running(config.stash[RUN], NEWEST)

    config.stash[STARTING] = threading.Thread(target=start, daemon=True)
    config.stash[STARTING].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the lock: what was started ends."""
    if STARTING in config.stash:
        config.stash[STARTING].join()
    while STARTED:
        STARTED.pop().disown()
    if HELD in config.stash:
        config.stash[HELD].close()
        shutil.rmtree(config.stash[RUN], ignore_errors=True)


def running(run: Path, release: Release) -> Running:
    """Return the run's server of a release, starting it where nobody has; fails the test in one line where it can't be had."""
    told = run / f"{release.version}.json"
    with (run / f"{release.version}.starting").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not told.exists():
            try:
                server = Server(release, alive=run / "alive").start()
                STARTED.append(server)
                said = {
                    "url": server.url, "user": server.user, "password": server.password, "pid": server.pid,
                }  # fmt: skip
            except MissingError as e:
                said = {"missing": str(e)}
            with os.fdopen(os.open(told, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
                json.dump(said, out)
    said = json.loads(told.read_text(encoding="utf-8"))
    if "missing" in said:
        pytest.fail(said["missing"], pytrace=False)
    return Running(**said)


def alone(run: Path, server: Running, release: Release) -> Iterator[Running]:
    """Yield the server, empty, to one test at a time."""
    with (run / f"{release.version}.used").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        server.wipe()
        yield server


@pytest.fixture(scope="session")
def neo4j_shared(request: pytest.FixtureRequest) -> Running:
    """The run's server of the long-term version; tests take :func:`neo4j_server`."""
    return running(request.config.stash[RUN], LTS)


@pytest.fixture
def neo4j_server(request: pytest.FixtureRequest, neo4j_shared: Running) -> Iterator[Running]:
    """The server of the long-term version, empty and this test's alone."""
    yield from alone(request.config.stash[RUN], neo4j_shared, LTS)


@pytest.fixture(scope="session")
def neo4j_newest_shared(request: pytest.FixtureRequest) -> Running:
    """The run's server of the newest version; tests take :func:`neo4j_newest`."""
    return running(request.config.stash[RUN], NEWEST)


@pytest.fixture
def neo4j_newest(request: pytest.FixtureRequest, neo4j_newest_shared: Running) -> Iterator[Running]:
    """The server of the newest version, empty and this test's alone."""
    yield from alone(request.config.stash[RUN], neo4j_newest_shared, NEWEST)


@pytest.fixture(scope="session")
def neo4j_own(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server to stop, kill and starve: this process's alone, with little memory, little patience, and TLS for who wants it."""
    try:
        server = request.config.stash[OWN].started()
    except MissingError as e:
        pytest.fail(str(e), pytrace=False)
    yield server
    server.close()

"""A server to do harm to, and a bad line to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.robustness.proxy import Proxy

if TYPE_CHECKING:
    from tests.neo4j_server.server import Server


@pytest.fixture
def faulty(neo4j_own: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server of faults, running and empty; its user and password are set, and whatever waits does so for seconds only."""
    from graph.store import neo4j_revision, neo4j_server

    monkeypatch.setenv("LIANJIAN_NEO4J_USER", neo4j_own.user)
    monkeypatch.setenv("LIANJIAN_NEO4J_PASSWORD", neo4j_own.password)
    monkeypatch.setattr(neo4j_server, "CONNECT_S", 2.0)
    monkeypatch.setattr(neo4j_server, "RETRY_S", 2.0)
    monkeypatch.setattr(neo4j_server, "RETRY_WRITING_S", 2.0)
    monkeypatch.setattr(neo4j_server, "ROUND_S", 1.0)
    monkeypatch.setattr(neo4j_server, "PAUSE_S", 0.1)
    monkeypatch.setattr(neo4j_revision, "LEASE_MS", 2_000)
    monkeypatch.setattr(neo4j_revision, "BEAT_S", 0.5)
    if not neo4j_own.running():
        neo4j_own.start()
    neo4j_own.wipe()
    return neo4j_own


@pytest.fixture
def line(faulty: Server) -> Iterator[Proxy]:
    """A line to the server of faults; whole until a test says otherwise."""
    with Proxy(faulty.port) as proxy:
        yield proxy


@pytest.fixture
def patient(faulty: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much patience as in earnest, for what is to go well in the end, however busy the machine is."""
    from graph.store import neo4j_server

    for name in ("RETRY_S", "RETRY_WRITING_S"):
        monkeypatch.setattr(neo4j_server, name, 90.0)

"""What a command says of a Neo4j server that fails: one line, in the language asked for, and the code for the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.errors import StoreCorruptError, StoreError
from graph.store import neo4j_names, open_store
from tests.neo4j_server.server import HOST, free_port
from tests.robustness import stores

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.store.neo4j import Neo4jStore
    from tests.neo4j_server.fixtures import Running


def lianjian(*arguments: str, password: str) -> subprocess.CompletedProcess[str]:
    """Run a command as people do, in a process of its own: what any library prints is seen."""
    return subprocess.run(
        [Path(sys.executable).with_name("lianjian"), *arguments],
        env={**os.environ, "LIANJIAN_NEO4J_PASSWORD": password},
        cwd=stores.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("lang", "words"), [("en", "can't be reached"), ("zh", "无法连接服务器")])
def test_nobody_there(lang: str, words: str) -> None:
    """A command on a server that is not there ends with 3 and one line that names the address; the driver adds none."""
    url = f"neo4j://{HOST}:{free_port()}"
    done = lianjian("status", "--store", url, "--lang", lang, password="geheim-4711")
    assert (done.returncode, done.stdout) == (3, "")
    assert len(done.stderr.splitlines()) == 1
    assert url in done.stderr
    assert words in done.stderr
    assert "geheim-4711" not in done.stderr


def test_wrong_password(neo4j_server: Running) -> None:
    """A command with a wrong password ends with 3 and names the settings, not what is in them."""
    done = lianjian("status", "--store", neo4j_server.url, "--lang", "en", password="geheim-4711")
    assert (done.returncode, done.stdout) == (3, "")
    assert len(done.stderr.splitlines()) == 1
    assert "LIANJIAN_NEO4J_PASSWORD" in done.stderr
    assert "geheim-4711" not in done.stderr


@pytest.mark.parametrize(("version", "words"), [(-1, "an older version"), (1, "a newer version")])
def test_another_schema(neo4j_url: str, version: int, words: str) -> None:
    """A store that another version of the program made is refused, and left as it is."""
    store: Neo4jStore = open_store(neo4j_url, create=True)  # type: ignore[assignment]
    stores.load(store, stores.rows(0, 3))
    mark = f"MATCH (s:{neo4j_names.STORE}) SET s.version = $version"
    store.server.write([(mark, {"version": neo4j_names.VERSION + version})])
    with pytest.raises(StoreError, match=words):
        open_store(neo4j_url, create=True)
    assert store.server.rows("MATCH (o:OrganizationClaim) RETURN count(o)") == [[3]]
    store.close()


def test_data_of_another_program(neo4j_url: str) -> None:
    """A database that holds something else is never written to."""
    store: Neo4jStore = open_store(neo4j_url, create=True)  # type: ignore[assignment]
    store.server.write([("CREATE (:Film {title: 'Metropolis'})", {})])
    store.close()
    with pytest.raises(StoreError, match="another program"):
        open_store(neo4j_url, create=True)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ("MATCH ()-[r:COVERS]->() SET r.`_by` = 1", lambda s: s.edges("COVERS")),
        (
            "MATCH ()-[r:COVERS]->() REMOVE r.`_by`",
            lambda s: s.neighbours("organization", "F000001"),
        ),
        ("MATCH (c:OrganizationClaim) SET c.staff = '七'", lambda s: s.frame("organization")),
    ],
)
def test_values_of_another_program(
    neo4j_url: str, change: str, asked: Callable[[Neo4jStore], object]
) -> None:
    """What another program wrote over records is told where it is met, with the way out; it is never taken for something else."""
    store: Neo4jStore = open_store(neo4j_url, create=True)  # type: ignore[assignment]
    stores.load(store, stores.rows(0, 3))
    asked(store)
    store.server.write([(change, {})])
    with pytest.raises(StoreCorruptError, match="copy or import the city anew"):
        asked(store)
    store.close()

"""C11: nothing that a ledger says, or a person types, ever becomes part of a query."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import neo4j
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graph.store
from graph.errors import SchemaError
from graph.store import neo4j_names, open_store
from tests.robustness import stores

if TYPE_CHECKING:
    from graph.store.base import Store

HOSTILE = [
    "x'}) DETACH DELETE n //",
    'x"}) DETACH DELETE n //',
    "x` SET n:Pwned //",
    "\\u0027}) DETACH DELETE n //",
    "\\u0060 SET n:Pwned //",
    "`` /* */ $(labels) $key",
    "虚企'; MATCH (n) DETACH DELETE n; //",
    "\\",
    '*:* OR name:[a TO z] ~ ^2 && || ! ( ) { } " ? /',
]


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every query text that goes to the server from now."""
    sent: list[str] = []
    for sort in (neo4j.Transaction, neo4j.ManagedTransaction, neo4j.Session):
        run = sort.run

        def noting(self: Any, query: Any, *rest: Any, _run: Any = run, **named: Any) -> Any:
            sent.append(getattr(query, "text", query))
            return _run(self, query, *rest, **named)

        monkeypatch.setattr(sort, "run", noting)
    return sent


@pytest.fixture
def store(neo4j_url: str) -> Iterator[Store]:
    """An empty store on a Neo4j server."""
    store = open_store(neo4j_url, create=True)
    yield store
    store.close()


def ask(store: Store, text: str) -> None:
    """Put a text wherever a person can put one."""
    store.lookup(text)
    store.find(text)
    store.node("organization", text)
    store.having("organization", "name", text)
    store.history("organization", text)
    store.statements("organization", text)
    store.chain("organization", text)
    store.neighbours("organization", text)
    store.subgraph([("organization", text)])
    store.paths(("organization", text), ("organization", "F000001"))
    store.replaced("organization", key=text)


def said(store: Store, text: str) -> None:
    """Load a row that has a text wherever a ledger can have one."""
    claims = stores.rows(0, 2, name=text, unit=text, street="420101001")
    claims.frame["key"] = [text, f"{text}2"]
    claims = dataclasses.replace(claims, file=text, sheet=text, ledger=text)
    with store.importing(at=text, dated=stores.DATED, files=[text]) as importer:
        importer.add(claims)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_data(store: Store, text: str) -> None:
    """A text made to end a string or a name is stored, found and returned as it is, and nothing else happens."""
    stores.load(store, stores.rows(0, 3))
    before = store.frame("organization")
    said(store, text)
    node = store.node("organization", text)
    assert node is not None
    assert node.properties["name"] == text
    assert [n.key for n in store.having("organization", "name", text)] == [text, f"{text}2"]
    assert text in [n.key for n in store.find(text)]
    ask(store, text)
    after = store.frame("organization")
    assert (
        after[after["key"].isin(before["key"])].reset_index(drop=True)["name"].tolist()
        == before["name"].tolist()
    )
    assert len(after) == len(before) + 2


def test_query_texts_do_not_depend_on_data(store: Store, texts: list[str]) -> None:
    """The same questions and the same import with other texts send the very same queries."""
    stores.load(store, stores.rows(0, 3))
    sent: list[list[str]] = []
    for text in ("harmlos", *HOSTILE):
        del texts[:]
        said(store, text)
        ask(store, text)
        sent.append(sorted(set(texts)))
    assert sent[0]
    for other in sent[1:]:
        # a lookup that may be a place's bare code asks no more and no less than another
        assert other == sent[0]


@given(st.text(min_size=1, max_size=30))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_names_of_the_schema_are_quoted(name: str) -> None:
    """What neither the schema nor the store has as a name never becomes one."""
    if name in neo4j_names._closed():
        assert neo4j_names.quoted(name) == f"`{name}`"
    else:
        with pytest.raises(SchemaError):
            neo4j_names.quoted(name)


def test_no_name_of_the_schema_needs_care() -> None:
    """No name that may be quoted has a character that could end the quoting."""
    assert all(name.replace("_", "").isalnum() and name.isascii() for name in neo4j_names._closed())


def test_only_the_server_talks_to_the_driver() -> None:
    """One module imports the driver and hands texts to it: all others go through it."""
    importing = set()
    for path in Path(graph.store.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                named = [node.module or ""]
            if any(n.partition(".")[0] == "neo4j" for n in named):
                importing.add(path.name)
    assert importing == {"neo4j_server.py", "neo4j_faults.py"}

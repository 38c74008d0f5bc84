"""A smoke part of the contract on the newest calendar version of Neo4j; all of it runs on the long-term version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.store import open_store
from tests.robustness import stores

if TYPE_CHECKING:
    from graph.store.base import Store
    from tests.neo4j_server.fixtures import Running


def told(store: Store) -> dict[str, object]:
    """Import twice, correct, take back; return what the store then says."""
    stores.load(store, stores.rows(0, 30))
    stores.load(store, stores.rows(20, 20, unit="U2"))
    gone = stores.load(store, stores.rows(40, 20))
    store.undo(gone)
    as_of = stores.DATED
    return {
        "fingerprint": store.fingerprint(as_of),
        "kinds": store.status()["kinds"],
        "batches": [(b.id, b.loaded, b.unchanged, b.undone) for b in store.batches()],
        "frame": store.frame("organization", as_of).drop(columns="claim").to_csv(),
        "edges": store.edges("BELONGS_TO", as_of).shape,
        "found": [n.key for n in store.find("虚企1", as_of)],
        "lookup": store.lookup("F000003", as_of),
        "chain": store.chain("organization", "F000003", as_of),
        "neighbours": sorted(store.neighbours("organization", "F000003", as_of, 2).nodes),
        "paths": store.paths(("organization", "F000003"), ("organization", "F000004"), as_of),
    }


def test_newest_answers_as_the_model_does(
    neo4j_newest: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the newest version, imports, a correction, undo, columns, names, chains and paths answer as the in-memory model does."""
    monkeypatch.setenv("LIANJIAN_NEO4J_USER", neo4j_newest.user)
    monkeypatch.setenv("LIANJIAN_NEO4J_PASSWORD", neo4j_newest.password)
    model, store = open_store(":memory-model:"), open_store(neo4j_newest.url, create=True)
    expected, found = told(model), told(store)
    store.close()
    for question, answer in expected.items():
        assert found[question] == answer, question

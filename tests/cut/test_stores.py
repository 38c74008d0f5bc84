"""A jurisdiction sees the same of a city on a server as of one in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.cut.cutting import cut
from graph.policy.profile import load
from graph.store import copying, open_store
from graph.store.base import Store
from tests.cut.conftest import Sheet, city
from tests.cut.test_cut import FIRMS, UNITS, firm
from tests.cut.test_noninterference import said

pytestmark = pytest.mark.neo4j

MOVED: Sheet = ("organization", 20160901, [firm("F1", 2), firm("F3", 1, unit="B1")])


def test_a_cut_is_the_same_from_both_stores(neo4j_url: str, tmp_path: Path) -> None:
    """Everything that it says, of a city with moves in its history."""
    file = city(tmp_path / "city.db", [UNITS, FIRMS, MOVED])
    copying.copy(file.url, neo4j_url)
    server = open_store(neo4j_url)
    found = [_cut(whole, tmp_path / f"cut{n}.db") for n, whole in enumerate((file, server))]
    assert found[0] == found[1]


def _cut(whole: Store, path: Path) -> list[object]:
    cut(whole, load(), "429901", str(path), "test")
    whole.close()
    store = open_store(str(path))
    try:
        return said(store)
    finally:
        store.close()

"""An invented district in an embedded store, shared by the tests of pictures and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.city import City
from graph.policy.profile import load
from graph.store import open_store
from tests.viz.city import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.store.base import Store


@pytest.fixture(scope="session")
def district_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 1,500 organizations in 4 streets."""
    path = tmp_path_factory.mktemp("district") / "lianjian.db"
    store = open_store(str(path), create=True)
    fill(store, 1500, streets=4)
    store.close()
    return path


@pytest.fixture(scope="session")
def district(district_path: Path) -> Iterator[Store]:
    """The same, open."""
    store = open_store(str(district_path))
    yield store
    store.close()


@pytest.fixture(scope="session")
def city(district: Store) -> City:
    """The same, as a city."""
    return City(district, load("wuhan-2016"))

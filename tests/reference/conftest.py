"""Real public lists in one store, loaded through the mappings that come with the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph.city import City
from graph.policy.profile import load
from graph.store import open_store
from graph.store.base import Store
from loaders.pipeline import import_paths
from loaders.report import ImportReport

DATED = 20250620
LISTS = {
    "gbt4754": "gbt4754",
    "wuhan-divisions": "wuhan_divisions",
    "wuhan-enterprises": "wuhan_enterprises",
    "adult-colleges": "moe_adult_colleges",
    "industry-associations": "industry_associations",
    "public-bodies": "public_bodies_ch",
}
"""Mapping → folder, in the order in which an office would load them."""


@dataclass(frozen=True)
class Real:
    """The store with all lists, and what each import reported."""

    store: Store
    reports: dict[str, ImportReport]

    @property
    def city(self) -> City:
        """The city that the lists make."""
        return City(self.store, load())


@pytest.fixture(scope="session")
def real(reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """Load every list once."""
    folder = tmp_path_factory.mktemp("real")
    store = open_store(str(folder / "real.db"), create=True)
    reports = {
        mapping: import_paths(
            [reference_data / name],
            store,
            load(),
            mapping=mapping,
            date=DATED,
            fault_directory=folder,
        )
        for mapping, name in LISTS.items()
    }
    yield Real(store, reports)
    store.close()

"""A desk of one's own for every test that imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.city import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty store in a folder of its own."""
    made = Desk(tmp_path)
    yield made
    made.store.close()

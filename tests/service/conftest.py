"""The command line's town, and a service over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.cli.conftest import _surroundings, lianjian, town
from tests.service.people import _quick

__all__ = ["_quick", "_surroundings", "lianjian", "town"]


@pytest.fixture
def client(town: Path) -> Iterator[TestClient]:
    """Ask a service over the town, as a program on the same machine would."""
    app = create_app(Settings(str(town)))
    with TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as made:
        yield made

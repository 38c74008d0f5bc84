"""What every test may lean on: hypothesis profiles and the real public lists."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from graph.store.base import Store

pytest_plugins = ["tests.neo4j_server.fixtures"]

# ci (the default): the same examples on every machine; dev: new ones each time, with a blob to replay a failure
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", deadline=None, print_blob=True, max_examples=500)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which examples hypothesis draws and where the real lists are."""
    profile = config.getoption("hypothesis_profile", default="ci")
    seed = config.getoption("hypothesis_seed", default=None)
    drawn = "derandomized: examples follow from each test's text" if profile == "ci" else "random"
    return (
        f"hypothesis profile {profile} ({f'seed {seed}' if seed is not None else drawn}); "
        f"LIANJIAN_REFERENCE_DATA={os.environ.get('LIANJIAN_REFERENCE_DATA', '(unset)')}"
    )


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    from graph.store import open_store

    url = ":memory-model:" if request.param == "memory" else str(tmp_path / "lianjian.db")
    store = open_store(url, create=True)
    yield store
    store.close()


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of real public lists, or skip and say why."""
    named = os.environ.get("LIANJIAN_REFERENCE_DATA")
    if not named:
        pytest.skip("LIANJIAN_REFERENCE_DATA is not set: no real lists to read")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"LIANJIAN_REFERENCE_DATA names no folder: {named}")
    return folder

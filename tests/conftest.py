"""What every test may lean on: hypothesis profiles and the real public lists."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from graph.store.base import Store
    from tests.neo4j_server.fixtures import Running

# several processes of tests fill the machine for a quarter of an hour: jobs that make way for all of them would wait as long
os.environ.setdefault("LIANJIAN_JOB_PRIORITY", "normal")

pytest_plugins = ["tests.neo4j_server.fixtures"]

# ci (the default): the same examples on every machine; many: more of them (`make test-all`);
# dev: new ones each time, with a blob to replay a failure
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=35,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("many", settings.get_profile("ci"), max_examples=150)
settings.register_profile("dev", deadline=None, print_blob=True, max_examples=500)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let tests that drive a browser be asked once more (ADR 0058)."""
    parser.addoption(
        "--browsers-again",
        action="store_true",
        help="ask a test that drives a browser a second time where it fails; --max-suite-reruns says how many may",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make test-all` what asks a server for more than stores promise, but for what is marked ``served``.

    All that they promise is asked of the server in `tests/store`; what rests on it is the same code over the same answers.
    """
    again = config.getoption("--browsers-again")
    for item in items:
        if again and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))
        called = getattr(item, "callspec", None)
        if called is None or called.params.get("store") != "neo4j":
            continue
        if "tests/store" not in item.path.as_posix() and item.get_closest_marker("served") is None:
            item.add_marker(pytest.mark.large)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let groups hold (``xdist_group``): pytest-xdist 3.8 writes them where pytest 9.2 reads no ids any more."""
    if getattr(session.config.option, "loadgroup", False) and hasattr(pytest.Item, "id"):
        pytest.Item._nodeid = property(lambda item: item.nodeid, _regroup)  # type: ignore[attr-defined]


def _regroup(item: Any, nodeid: str) -> None:
    from _pytest.nodeid import coerce_node_id

    item._id = coerce_node_id(nodeid)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which examples hypothesis draws and where the real lists are."""
    profile = config.getoption("hypothesis_profile", default="ci")
    seed = config.getoption("hypothesis_seed", default=None)
    drawn = "random" if profile == "dev" else "derandomized: examples follow from each test's text"
    return (
        f"hypothesis profile {profile} ({f'seed {seed}' if seed is not None else drawn}); "
        f"LIANJIAN_REFERENCE_DATA={os.environ.get('LIANJIAN_REFERENCE_DATA', '(unset)')}"
    )


@pytest.fixture
def neo4j_url(neo4j_server: Running, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty Neo4j database that stores may be opened in: the environment has the password."""
    monkeypatch.setenv("LIANJIAN_NEO4J_USER", neo4j_server.user)
    monkeypatch.setenv("LIANJIAN_NEO4J_PASSWORD", neo4j_server.password)
    return neo4j_server.url


@pytest.fixture(params=["memory", "sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    from graph.store import open_store

    url = {"memory": ":memory-model:", "sqlite": str(tmp_path / "lianjian.db")}.get(request.param)
    store = open_store(url or request.getfixturevalue("neo4j_url"), create=True)
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

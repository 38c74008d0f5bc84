"""Whatever is asked, the service answers as its OpenAPI document says: schemathesis, over all operations, as several people."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from api.access.identity import Role
from tests.robustness.fuzzing import DISTRICT, Asked, ask, operations, service
from tests.service.people import _quick as quick

__all__ = ["quick"]

SEED = 20160826
OF_A_DISTRICT: tuple[Role, ...] = ("planner", "auditor")


def told(name: str, asked: Asked, began: float) -> None:
    """Say what was asked; fail with an example of all that was not as declared."""
    cases = ", ".join(f"{n:,} {phase}" for phase, n in sorted(asked.cases.items()))
    took = time.monotonic() - began
    print(f"{name}: {asked.cases.total():,} cases ({cases}), seed {SEED}, {took:.0f} s")
    assert not asked.faults, "\n\n".join(f"{k}\n{v}" for k, v in asked.faults.items())


def test_nothing_that_is_asked_of_the_whole_city_breaks_the_service(tmp_path: Path) -> None:
    """At least 2,000 cases as its administrator, and each operation gives what is asked for: no 5xx, nothing undeclared."""
    began = time.monotonic()
    with service(tmp_path, "administrator", None) as served:
        asked = ask(served, SEED, examples=2, steps=30)
        told("administrator", asked, began)
        assert asked.cases.total() >= 2_000
        assert set(asked.cases) == {"examples", "coverage", "fuzzing", "stateful"}
        assert asked.cases["stateful"] >= 150
        # an invented city is for a store that holds nothing: tests/service/test_demo.py
        assert set(operations(served.app.openapi())) == asked.ok | {"demo_job"}


@pytest.mark.large
@pytest.mark.parametrize("role", OF_A_DISTRICT)
def test_nothing_that_is_asked_of_a_district_breaks_the_service(tmp_path: Path, role: Role) -> None:
    """The same of who has a jurisdiction, also where the role does not allow it."""
    began = time.monotonic()
    with service(tmp_path, role, DISTRICT) as served:
        asked = ask(served, SEED, examples=2, steps=12, coverage=False)
        told(role, asked, began)
        assert asked.cases.total() >= 300
        assert asked.cases["stateful"] >= 50
        reads = {
            path["get"]["operationId"]
            for path in served.app.openapi()["paths"].values()
            if role in path.get("get", {}).get("x-roles", ())
        }
        assert reads - {"metrics"} <= asked.ok  # of the whole service


@pytest.mark.large
@pytest.mark.parametrize("role", ["administrator", *OF_A_DISTRICT, "viewer"])
def test_nothing_breaks_the_service_however_long_it_is_asked(tmp_path: Path, role: Role) -> None:
    """The same with far more random cases and longer searches, all edges of what is declared as each of the four."""
    began = time.monotonic()
    whole = role == "administrator"
    with service(tmp_path, role, None if whole else DISTRICT) as served:
        asked = ask(served, SEED, examples=40, steps=300, thorough=whole)
        told(role, asked, began)
        assert asked.cases.total() >= 5_000

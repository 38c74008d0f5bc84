"""Hierarchies no recursion survives: a chain of 5,000, a cycle of 4,000, a unit with 100,000 below it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd
import pytest

from graph.affiliation.findings import AuditResult, audit
from graph.city import City
from graph.history.diff import diff
from graph.model import Claims
from graph.policy.profile import load
from graph.store import open_store
from graph.store.base import Store

DEEP, RING, WIDE = 5_000, 4_000, 100_000
DATE = 20170105


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A root, a chain below it, a cycle that a branch hangs on, and a unit with very many branches."""
    above: dict[str, str | None] = {"ROOT": None, "C00000": "ROOT"}
    above |= {f"C{i:05d}": f"C{i - 1:05d}" for i in range(1, DEEP)}
    above |= {f"R{i:05d}": f"R{(i + 1) % RING:05d}" for i in range(RING)}
    above |= {"HANGS": "R00000", "WIDE": "ROOT"}
    above |= {f"W{i:06d}": "WIDE" for i in range(WIDE)}
    frame = pd.DataFrame({"key": list(above), "superior": list(above.values()), "dated": DATE})
    frame["name"], frame["founded"], frame["row"] = frame["key"], 20000101, range(len(frame))
    frame["type"] = ["工委" if k in ("ROOT", "WIDE") else "党支部" for k in above]
    opened = open_store(str(tmp_path_factory.mktemp("depth") / "a.db"), create=True)
    with opened.importing(at="t", dated=DATE, files=["f"]) as batch:
        batch.add(Claims("unit", "党组织|", DATE, "f", "", frame))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def result(store: Store) -> AuditResult:
    """The structural rules over it."""
    city = City(store, load("wuhan-2016", {"roots": ["ROOT"]}))
    codes = (
        "orphan",
        "self_superior",
        "cycle",
        "several_superiors",
        "detached",
        "dangling_reference",
    )
    return audit(city, store, codes)


def test_deep_chain(store: Store) -> None:
    """A chain of 5,000 is answered station by station, up and down, in both stores' order."""
    up = store.chain("unit", f"C{DEEP - 1:05d}")
    assert [n.depth for n in up.nodes] == list(range(DEEP + 1))
    assert (up.nodes[-1].id, up.ends, up.cycles) == ("ROOT", ("ROOT",), ())
    down = store.chain("unit", "C00000", down=True)
    assert (len(down.nodes), down.ends) == (DEEP, (f"C{DEEP - 1:05d}",))


def test_wide_unit(store: Store) -> None:
    """A unit with 100,000 subordinates lists each once, by (depth, id)."""
    down = store.chain("unit", "WIDE", down=True)
    assert len(down.nodes) == WIDE + 1
    assert [n.id for n in down.nodes[1:3]] == ["W000000", "W000001"]
    assert len(down.ends) == WIDE


def test_cycle_in_a_chain(store: Store) -> None:
    """A cycle of 4,000 is followed once and reported as one."""
    up = store.chain("unit", "HANGS")
    assert len(up.nodes) == RING + 1
    assert [len(c) for c in up.cycles] == [RING]


def test_findings(result: AuditResult) -> None:
    """One finding for the cycle, whatever its length; the units of the cycle and what hangs on it are detached, nobody else."""
    found = {(c.code, c.found) for c in result.checked}
    assert found == {
        ("orphan", 0), ("self_superior", 0), ("cycle", 1), ("several_superiors", 0), ("detached", 1),
        ("dangling_reference", 0),
    }  # fmt: skip
    subjects = [(f.code, f.subject) for f in result.findings]
    assert subjects == [("cycle", "R00000"), ("detached", "HANGS")]


def test_bounded(result: AuditResult) -> None:
    """A finding's evidence, sources and wording stay short."""
    for finding in result.findings:
        assert len(finding.evidence) <= 25
        assert len(finding.sources) <= 50
        assert len(json.dumps(finding.as_json())) < 20_000


def test_unchanged(store: Store) -> None:
    """The difference of a date with itself is empty, and found without walking."""
    found = diff(store, load(), DATE, DATE)
    assert found.totals() == {"changed": 0, "added": {}, "events": {}, "corrected": 0}

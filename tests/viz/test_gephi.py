"""What Gephi's own importers make of our files: the program that most people open them with, not a reader of ours."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from graph.city import City
from tests.neo4j_server import jars
from tests.viz.graphs import parallel
from viz import selection
from viz.exports import export
from viz.extract import Extract, GraphExtract
from viz.palette import NODES
from viz.positions import positions
from viz.rows import Rows

READ = Path(__file__).parents[1] / "gephi" / "read.js"


@pytest.fixture(scope="module")
def toolkit() -> Path:
    """Gephi's jars, fetched once and held against their sums; skips where they can't be had."""
    try:
        return jars.ready(jars.GEPHI)
    except jars.MissingError as e:
        pytest.skip(str(e))


def opened(toolkit: Path, extract: Extract, folder: Path, format_: str) -> dict[str, Any]:
    """Return what Gephi holds after it opened an export."""
    (path,) = export(extract, folder / f"a.{format_}", format_)
    done = subprocess.run(
        [jars.java_home() / "bin" / "java", "-Djava.awt.headless=true", f"-Duser.home={folder}", "-cp", f"{toolkit}/*",
         jars.GEPHI.main, str(READ), str(path), str(folder / "read.json")],
        capture_output=True, text=True, timeout=180, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    found: dict[str, Any] = json.loads((folder / "read.json").read_text("utf-8"))
    return found


def complaints(found: dict[str, Any]) -> list[str]:
    """Return what Gephi's import report has beyond news such as the format's version."""
    return [p for p in found["problems"] if not p.startswith("INFO")]


def test_gephi_opens_gexf_as_the_picture_is(toolkit: Path, city: City, tmp_path: Path) -> None:
    """A street's nodes with their names, colours and places, every relation by its kind, directed; and nothing to complain of."""
    extract = selection.jurisdiction(city, "420101002")
    found = opened(toolkit, extract, tmp_path, "gexf")
    assert complaints(found) == []
    nodes, at = dict(Rows(extract).nodes()), positions(extract)
    assert {n: v["label"] for n, v in found["nodes"].items()} == {
        n: v["name"] for n, v in nodes.items()
    }
    for n, held in found["nodes"].items():
        look = NODES["missing" if nodes[n].get("missing") else nodes[n]["kind"]]
        assert "#" + "".join(f"{c:02x}" for c in held["colour"]) == look.colour.lower()
        x, y = at.get(n, (0.0, 0.0))
        assert held["at"] == pytest.approx([x, -y], rel=1e-4, abs=1e-3)  # Gephi's axis points up
    assert Counter(tuple(e) for e in found["edges"]) == Counter(
        (a, b, v["kind"], True) for _, a, b, v in Rows(extract).edges()
    )


def test_gephi_keeps_parallel_relations(toolkit: Path, tmp_path: Path) -> None:
    """Two relations between the same two organizations are two edges there."""
    found = opened(toolkit, GraphExtract(parallel()), tmp_path, "gexf")
    pair = [e[2] for e in found["edges"] if e[:2] == ["organization:91A", "organization:91B"]]
    assert sorted(pair) == ["LED_BY", "SUPERVISED_BY"]


def test_gephi_opens_graphml_whole(toolkit: Path, city: City, tmp_path: Path) -> None:
    """No node and no relation of a street is lost on the way, and there is nothing to complain of."""
    extract = selection.jurisdiction(city, "420101002")
    found = opened(toolkit, extract, tmp_path, "graphml")
    assert complaints(found) == []
    assert {n: v["kind"] for n, v in found["nodes"].items()} == {
        n: v["kind"] for n, v in Rows(extract).nodes()
    }
    assert len(found["edges"]) == extract.size[1]

"""The commands ``map`` and ``export``: what they take, what they write, what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.app import run
from viz import views


@pytest.fixture
def lianjian(
    district_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """Run a command line on the invented district in a folder of its own; return exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIANJIAN_STORE", str(district_path))
    monkeypatch.setenv("LIANJIAN_LANG", "en")

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_map_of_a_jurisdiction(lianjian: Any) -> None:
    """Map --in CODE draws a jurisdiction under a name made of its code, and map CODE of a division is the same page."""
    code, out, _ = lianjian("map", "--in", "420101002", "--json")
    assert code == 0
    found = json.loads(out)
    assert set(found) == {"id", "as_of", "file", "nodes", "edges", "views", "left_out"}
    assert found["file"] == "map-420101002.html"
    once = Path("map-420101002.html").read_bytes()
    assert "紫" in once.decode() or "晨光街道" in once.decode()
    assert lianjian("map", "420101002", "--out", "b.html")[0] == 0
    assert Path("b.html").read_bytes() == once


def test_map_of_a_ledger_unit(lianjian: Any) -> None:
    """Map --in takes a ledger unit's id."""
    code, out, _ = lianjian("map", "--in", "street:420101002", "--json")
    assert code == 0
    assert json.loads(out)["nodes"] > 100


@pytest.mark.parametrize(
    "focus", ["914200000000", "S02", "building:420101001/302", "X000", "420101001"]
)
def test_map_of_each_kind(lianjian: Any, focus: str) -> None:
    """An organization, a unit, a building, an association and a division each have a picture of their own."""
    code, out, _ = lianjian("map", focus, "--out", "a.html", "--json")
    assert code == 0
    assert json.loads(out)["nodes"] > 3
    assert Path("a.html").stat().st_size < 4_000_000


def test_hops_is_exact(lianjian: Any) -> None:
    """Export ID --hops 1 holds the entity and its direct neighbours, no more."""
    assert lianjian("export", "914200000003", "--hops", "1", "--format", "json", "--out", "a.json")[0] == 0  # fmt: skip
    data = json.loads(Path("a.json").read_text("utf-8"))
    ids = {n["id"] for n in data["nodes"]}
    touched = {
        e["source"] if e["target"] == "organization:914200000003" else e["target"]
        for e in data["links"]
        if "organization:914200000003" in (e["source"], e["target"])
    }
    assert ids == touched | {"organization:914200000003"}
    assert {"division:420101", "division:420101001"} <= ids


def test_format_by_name(lianjian: Any) -> None:
    """Without --format the file's ending says it; without either it is GraphML; csv is a folder, or two files beside each other."""
    for out, files in (
        ("a.gexf", ["a.gexf"]),
        ("a.xlsx", ["a.xlsx"]),
        ("a.csv", ["a-nodes.csv", "a-edges.csv"]),
    ):
        code, text, _ = lianjian("export", "914200000003", "--out", out, "--json")
        assert code == 0
        assert json.loads(text)["files"] == files
    _, text, _ = lianjian("export", "914200000003", "--json")
    assert json.loads(text)["files"] == ["export-914200000003.graphml"]
    _, text, _ = lianjian("export", "--in", "420101001", "--format", "csv", "--out", "d", "--json")
    assert json.loads(text)["files"] == ["d/nodes.csv", "d/edges.csv"]


def test_everything(lianjian: Any) -> None:
    """Export without an ID or --in writes all that the store holds, members and instructors apart."""
    code, text, _ = lianjian("export", "--format", "json", "--json")
    assert code == 0
    found = json.loads(text)
    data = json.loads(Path(found["files"][0]).read_text("utf-8"))
    assert len(data["nodes"]) == found["nodes"]
    assert {n["kind"] for n in data["nodes"]} == {
        "association", "building", "division", "organization", "park", "unit",
    }  # fmt: skip
    assert "ZD-0001" not in Path(found["files"][0]).read_text("utf-8")
    assert "INSTRUCTED_BY" not in {e["kind"] for e in data["links"]}


def test_map_too_large_for_one_page(lianjian: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More organizations than a page can hold are drawn as places with their numbers, and the page says how to look inside."""
    monkeypatch.setattr(views, "MOST", 100)
    assert lianjian("map", "--in", "420101", "--out", "a.html")[0] == 0
    text = Path("a.html").read_text("utf-8")
    assert "lianjian map --in" in text
    assert "organization:9142" not in text
    assert Path("a.html").stat().st_size < 1_200_000


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("map",), "--in CODE"),
        (("map", "S01", "--in", "420101"), "not both"),
        (("export", "--hops", "1"), "--hops goes with an ID"),
        (("map", "--in", "999999"), "999999"),
        (("map", "nowhere"), "lianjian find nowhere"),
        (("map", "101"), "building:420101001/101"),
        (("export", "101"), "building:420101001/101"),
        (("map", "S01", "--out", "no/a.html"), "no/a.html"),
        (("map", "S01", "--out", "a.pdf"), ".html"),
        (("map", "S01", "--out", "folder.html"), "folder.html"),
        (("export", "S01", "--out", "folder.html", "--format", "gexf"), "folder.html"),
        (("export", "S01", "--format", "dot"), "dot"),
        (("export", "S01", "--format", "xlsx", "--out", "a.txt"), ".xlsx"),
        (("export", "S01", "--format", "gexf", "--out", "a.xlsx"), "a name that ends in .gexf"),
        (("export", "S01", "--format", "json", "--out", "a"), "a name that ends in .json"),
        (("export", "S01", "--format", "csv", "--out", "a.json"), "a name that ends in .csv"),
        (
            ("export", "S01", "--out", "a.doc"),
            ".graphml, .gexf, .csv, .xlsx, .json, .cypher; see `lianjian export --help`",
        ),
        (("export", "S01", "--out", "a"), ".graphml, .gexf"),
        (("map", "S01", "--hops", "0"), "--hops"),
    ],
)
def test_errors_are_one_line(lianjian: Any, arguments: tuple[str, ...], word: str) -> None:
    """Whatever is wrong with the command line is one line that names it, exit 2, and nothing is written."""
    Path("folder.html").mkdir()
    code, _, err = lianjian(*arguments)
    assert code == 2
    assert word in err
    assert err.count("\n") == 1
    assert sorted(p.name for p in Path().iterdir()) == ["folder.html"]

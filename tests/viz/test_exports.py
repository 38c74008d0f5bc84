"""Files for other programs: what is written is what other programs read back."""

from __future__ import annotations

import csv
import json
import re
import tempfile
import tracemalloc
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pytest
from hypothesis import given, settings
from openpyxl import load_workbook

from graph.city import City
from graph.errors import InputError
from tests.viz.graphs import ORG, OTHER, STREET, UNIT, graph, graphs, parallel
from viz import selection
from viz.exports import FORMATS, export
from viz.extract import Extract, GraphExtract
from viz.rows import Rows, lexical
from viz.scene import identity

XML_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
GEXF = {"g": "http://gexf.net/1.3", "v": "http://gexf.net/1.3/viz"}


def written(extract: Extract, format_: str) -> list[Path]:
    """Write into a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    return export(extract, folder / ("out" if format_ == "csv" else f"out.{format_}"), format_)


def values(extract: Extract) -> dict[str, dict[str, Any]]:
    """Return what every format has to hold of the nodes, as XML can hold it."""
    return {
        XML_BAD.sub("\ufffd", n): {k: XML_BAD.sub("\ufffd", v) if isinstance(v, str) else v for k, v in known.items()}
        for n, known in Rows(extract).nodes()
    }  # fmt: skip


def ties(extract: Extract) -> Counter[tuple[str, str, str]]:
    """Return (source, target, kind) of every edge."""
    return Counter((a, b, v["kind"]) for _, a, b, v in Rows(extract).edges())


@given(graphs())
@settings(max_examples=40)
def test_graphml_by_networkx(drawn: Any) -> None:
    """GraphML read by networkx is the same graph: ids, every known value with its type, every parallel edge."""
    extract = GraphExtract(drawn)
    (path,) = written(extract, "graphml")
    back = nx.read_graphml(path, force_multigraph=True)
    assert {n: dict(a) for n, a in back.nodes(data=True)} == values(extract)
    assert Counter((a, b, d["kind"]) for a, b, d in back.edges(data=True)) == ties(extract)


@given(graphs())
@settings(max_examples=25)
def test_graphml_by_igraph(drawn: Any) -> None:
    """GraphML read by igraph is the same graph, up to its habits: unknown booleans become false, integers floats."""
    extract = GraphExtract(drawn)
    (path,) = written(extract, "graphml")
    back = igraph.Graph.Read_GraphML(str(path))
    expected = values(extract)
    assert [v["id"] for v in back.vs] == list(expected)
    for v in back.vs:
        for name, value in expected[v["id"]].items():
            assert v[name] == value or v[name] == pytest.approx(value), name
    ids = [v["id"] for v in back.vs]
    found = Counter((ids[e.source], ids[e.target], e["kind"]) for e in back.es)
    assert found == ties(extract)


@given(graphs())
@settings(max_examples=40)
def test_gexf_by_networkx(drawn: Any) -> None:
    """GEXF 1.3 read by networkx has every node with every known value, and every parallel edge with its relation."""
    extract = GraphExtract(drawn)
    (path,) = written(extract, "gexf")
    back = nx.read_gexf(path)
    expected = values(extract)
    assert set(back.nodes) == set(expected)
    for n, a in back.nodes(data=True):
        assert {k: a[k] for k in expected[n]} == expected[n]
    found = ET.parse(path).findall(".//g:edge", GEXF)
    assert Counter((e.get("source"), e.get("target"), e.get("kind")) for e in found) == ties(extract)  # fmt: skip
    assert back.number_of_edges() == len(found)


def test_gexf_is_gephis_dialect() -> None:
    """GEXF names 1.3, declares each attribute that it uses, and gives lives, colours and positions in the viz module."""
    extract = GraphExtract(parallel())
    (path,) = written(extract, "gexf")
    root = ET.parse(path).getroot()
    assert root.get("version") == "1.3"
    whole = root.find("g:graph", GEXF)
    assert whole is not None
    assert (whole.get("timeformat"), whole.get("mode")) == ("date", "dynamic")
    for kind, tag in (("node", "g:nodes"), ("edge", "g:edges")):
        declared = {
            a.get("id") for a in root.findall(f".//g:attributes[@class='{kind}']/g:attribute", GEXF)
        }
        used = {a.get("for") for a in root.findall(f".//{tag}//g:attvalue", GEXF)}
        assert used
        assert used <= declared
    nodes = {n.get("id"): n for n in root.findall(".//g:node", GEXF)}
    unit = nodes["unit:U1"]
    assert (unit.get("start"), unit.get("end")) == ("2010-06-01", "2016-01-01")
    assert nodes["organization:91A"].get("start") is None
    places = set()
    for n in nodes.values():
        at, colour = n.find("v:position", GEXF), n.find("v:color", GEXF)
        assert at is not None
        assert colour is not None
        assert 0 <= int(colour.get("r") or "-1") <= 255
        places.add((at.get("x"), at.get("y")))
    assert len(places) == len(nodes)
    pair = [
        e for e in root.findall(".//g:edge", GEXF) if (e.get("source"), e.get("target")) == ("organization:91A", "organization:91B")
    ]  # fmt: skip
    assert sorted(str(e.get("kind")) for e in pair) == ["LED_BY", "SUPERVISED_BY"]
    assert {e.get("start") for e in pair} == {"2016-08-26"}
    assert {e.get("end") for e in pair} == {None}


def test_unknown_is_left_out() -> None:
    """A value that nobody knows is absent from every format: no false, no nought, no empty attribute."""
    extract = GraphExtract(parallel())
    (path,) = written(extract, "json")
    a, b = (n for n in json.loads(path.read_text("utf-8"))["nodes"] if n["kind"] == "organization")
    assert "creative" not in a
    assert "staff" not in b
    assert b["creative"] is True
    (path,) = written(extract, "graphml")
    assert "false" not in path.read_text("utf-8")
    (path,) = written(extract, "gexf")
    assert "false" not in path.read_text("utf-8")


def test_json_is_node_link() -> None:
    """JSON is what networkx's node_link_graph reads, parallel edges by their keys."""
    extract = GraphExtract(parallel())
    (path,) = written(extract, "json")
    back = nx.node_link_graph(json.loads(path.read_text("utf-8")), edges="links")
    assert isinstance(back, nx.MultiDiGraph)
    assert back.nodes["organization:91A"]["staff"] == 12
    assert back.number_of_edges("organization:91A", "organization:91B") == 2


@given(graphs())
@settings(max_examples=30)
def test_spreadsheets_hold_text(drawn: Any) -> None:
    """In .csv and .xlsx no cell from data is a formula, no row is lost, and codes stay text."""
    extract = GraphExtract(drawn)
    nodes, edges = extract.size
    tables = written(extract, "csv")
    for path, number in zip(tables, (nodes, edges), strict=True):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as f:
            header, *rows = csv.reader(f)
        assert len(rows) == number
        for row in rows:
            for name, cell in zip(header, row, strict=True):
                if name not in ("staff", "lon"):
                    assert not cell.startswith(tuple("=+-@\t\r＝＋－＠")), (name, cell)
    (path,) = written(extract, "xlsx")
    book = load_workbook(path)
    assert book.sheetnames == ["nodes", "edges"]
    for sheet, number in zip(book, (nodes, edges), strict=True):
        assert sheet.max_row == number + 1
        assert sheet.freeze_panes == "A2"
        for cells in sheet.iter_rows(min_row=2):
            assert "f" not in {c.data_type for c in cells}
            assert not any(c.hyperlink for c in cells)
    book.close()


def test_csv_headers_are_gephis() -> None:
    """nodes.csv and edges.csv have the columns by which Gephi's spreadsheet import knows them."""
    nodes, edges = written(GraphExtract(parallel()), "csv")
    assert [nodes.name, edges.name] == ["nodes.csv", "edges.csv"]
    with nodes.open(encoding="utf-8-sig", newline="") as f:
        assert next(csv.reader(f))[:3] == ["Id", "Label", "Kind"]
    with edges.open(encoding="utf-8-sig", newline="") as f:
        first = next(iter(csv.DictReader(f)))
    assert {"Source", "Target", "Type", "Kind"} <= set(first)
    assert first["Type"] == "Directed"


@pytest.mark.parametrize("format_", FORMATS)
def test_same_bytes(format_: str, city: City) -> None:
    """The same jurisdiction gives the same bytes, however often it is asked for."""
    once, again = (
        [p.read_bytes() for p in written(selection.jurisdiction(city, "420101002"), format_)]
        for _ in range(2)
    )
    assert once == again


def test_jurisdiction_is_its_subgraph(city: City) -> None:
    """What --in exports, in columns, is the subgraph that the store itself induces on the same nodes."""
    columns = selection.jurisdiction(city, "420101002")
    induced = GraphExtract(city.store.subgraph([n for n, _ in columns.nodes()], city.as_of))
    assert list(Rows(columns).nodes()) == list(Rows(induced).nodes())
    assert list(Rows(columns).edges()) == list(Rows(induced).edges())
    assert columns.size == induced.size


def test_jurisdiction_holds_what_lies_in_it(city: City) -> None:
    """--in a street holds all of its organizations and no other's, the units up to the root, its places up to the city."""
    found = {n for n, _ in selection.jurisdiction(city, "420101002").nodes()}
    chosen = city.select("420101002")
    assert {k for kind, k in found if kind == "organization"} == set(chosen.index[chosen])
    assert {("unit", "S02"), ("unit", "D1"), ("unit", "ROOT"), ("division", "4201")} <= found
    assert ("unit", "S01") not in found
    assert all(k.startswith("building:420101002/") for kind, k in found if kind == "building")


def test_everything_is_every_node(city: City) -> None:
    """An export without a jurisdiction holds every node and every edge that touches no person."""
    nodes, edges = selection.jurisdiction(city, None).size
    held = city.store.status()
    people = ("member", "leading")
    assert nodes == sum(n for k, n in held["kinds"].items() if k not in people)
    assert edges == sum(n for k, n in held["edges"].items() if k != "INSTRUCTED_BY") - repeated(city)  # fmt: skip


def repeated(city: City) -> int:
    """Return how many edges say again, by another property, what one says."""
    covers = city.store.edges("COVERS", city.as_of)
    return int(covers.duplicated(["source", "target"]).sum())


@pytest.mark.parametrize("format_", FORMATS)
def test_no_person_is_exported(format_: str) -> None:
    """An instructor's pseudonym stands in no file; that there is one does."""
    extract = GraphExtract(graph({ORG: {"instructor": "ZD-0042"}, OTHER: {"instructor": "否"}}, []))
    assert values(extract)["organization:91A"]["instructor"] == "是"
    assert values(extract)["organization:91B"]["instructor"] == "否"
    for path in written(extract, format_):
        assert b"ZD-0042" not in path.read_bytes()


def test_memory_does_not_follow_the_file(city: City, tmp_path: Path) -> None:
    """Writing a jurisdiction as GraphML takes a small part of the file's size, its columns apart."""
    extract = selection.jurisdiction(city, "420101")
    export(extract, tmp_path / "warm.graphml", "graphml")
    tracemalloc.start()
    export(extract, tmp_path / "a.graphml", "graphml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    size = (tmp_path / "a.graphml").stat().st_size
    assert size > 1_500_000
    assert peak < 6_000_000  # a chunk's columns as objects; grows with neither nodes nor edges


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder in the way, a missing folder, a file where a folder is needed: each one line that names the place."""
    extract = GraphExtract(parallel())
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    for path, format_ in (
        (tmp_path / "folder", "gexf"),
        (tmp_path / "no" / "a.gexf", "gexf"),
        (tmp_path / "file", "csv"),
        (tmp_path / "nul\0", "json"),
        (tmp_path / "nul\0", "csv"),
        (tmp_path / ("x" * 300), "json"),
    ):
        with pytest.raises(InputError) as caught:
            export(extract, path, format_)
        assert caught.value.en.count("\n") == 0
        assert caught.value.zh != caught.value.en
    assert (tmp_path / "file").read_text() == "kept"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails halfway, the old file stays and no part of the new one is left."""
    path = tmp_path / "a.json"
    path.write_text("old")

    def fail(self: Rows) -> Any:
        yield "e0", "a", "b", {"kind": "COVERS"}
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Rows, "edges", fail)
    with pytest.raises(InputError, match="No space left"):
        export(GraphExtract(parallel()), path, "json")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_lexical_is_xml_schema() -> None:
    """Booleans and numbers are spelled as XML Schema does."""
    assert [lexical(v) for v in (True, False, 3, 2.5, "甲")] == ["true", "false", "3", "2.5", "甲"]
    assert identity(STREET) == "division:420101001"
    assert identity(("building", "building:4201/1")) == "building:4201/1"
    assert identity(UNIT) == "unit:U1"

"""The commands that read a store: their JSON, their tables, and what they say of codes that are not there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from graph.model import Claims
from graph.store import open_store
from tests.cli.commandline import Lianjian


def test_chain_json(town: Path, lianjian: Lianjian) -> None:
    """A chain's JSON has the keys that AUDIT lists, each node once at its least depth, the end named."""
    answer = lianjian("chain", "91A", "--json")
    assert answer.code == 0
    found = answer.json
    assert set(found) == {"id", "direction", "as_of", "nodes", "edges", "ends", "cycles"}
    assert [(n["id"], n["depth"]) for n in found["nodes"]] == [
        ("91A", 0),
        ("JOINT", 1),
        ("STREET", 2),
        ("DIST", 3),
        ("CITY", 4),
    ]
    assert found["ends"] == ["CITY"]
    assert found["as_of"] == "2016-08-26"


def test_chain_cycle_is_said(town: Path, lianjian: Lianjian) -> None:
    """A cycle is followed once and named in words too."""
    assert lianjian("chain", "LOOP1", "--json").json["cycles"] == [["LOOP1", "LOOP2"]]
    assert "LOOP1, LOOP2" in lianjian("chain", "LOOP1").out


def test_chain_down(town: Path, lianjian: Lianjian) -> None:
    """Down from a unit lists units only."""
    nodes = lianjian("chain", "unit:DIST", "--down", "--json").json["nodes"]
    assert [n["id"] for n in nodes] == ["DIST", "STREET", "JOINT"]


def test_ambiguous_code(town: Path, lianjian: Lianjian) -> None:
    """A bare code that fits several entities lists them, and each of the names listed is then understood."""
    answer = lianjian("show", "DIST")
    assert answer.code == 2
    assert "organization:DIST" in answer.err
    assert "unit:DIST" in answer.err
    assert lianjian("show", "unit:DIST", "--json").json["kind"] == "unit"
    assert lianjian("show", "organization:DIST", "--json").json["kind"] == "organization"


@pytest.mark.parametrize("command", ["chain", "show", "neighbours", "map", "export"])
def test_unknown_code(town: Path, lianjian: Lianjian, command: str) -> None:
    """A code that nothing has is one line with the way out, exit 2, and nothing is written."""
    before = sorted(town.parent.iterdir())
    answer = lianjian(command, "nowhere")
    assert answer.code == 2
    assert "lianjian find nowhere" in answer.err
    assert answer.err.count("\n") == 1
    assert sorted(town.parent.iterdir()) == before


@pytest.mark.parametrize(
    "arguments",
    [("status",), ("chain", "X"), ("find", "X"), ("undo", "1"), ("map", "X"), ("path", "A", "B")],
)
def test_missing_store(lianjian: Lianjian, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Where no store is, one line names the place, exit 3, and none is made."""
    answer = lianjian(*arguments, "--store", "gone.db")
    assert answer.code == 3
    assert "gone.db" in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "gone.db").exists()


def test_store_from_environment(
    town: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LIANJIAN_STORE names the store where --store doesn't."""
    monkeypatch.setenv("LIANJIAN_STORE", str(town))
    town.rename(moved := town.with_name("moved.db"))
    assert lianjian("status").code == 3
    assert lianjian("status", "--store", str(moved)).code == 0


@pytest.mark.parametrize("command", ["show", "chain", "neighbours", "map"])
def test_before_the_first_listing(town: Path, lianjian: Lianjian, command: str) -> None:
    """A code asked for before its first listing is said to come later, and when."""
    answer = lianjian(command, "91A", "--as-of", "2016-08-01")
    assert answer.code == 2
    assert "91A: first listed on 2016-08-26" in answer.err
    assert "no entity" not in answer.err


def test_show_in_words(town: Path, lianjian: Lianjian) -> None:
    """A ledger line is shown by its name; in JSON it stays the schema's value."""
    assert "非公企业" in lianjian("show", "91A", "--lang", "zh").out
    assert "enterprise" not in lianjian("show", "91A", "--lang", "zh").out
    values = lianjian("show", "91A", "--json").json["values"]
    assert "enterprise" in [v["value"] for v in values]


def test_show_names_sources(town: Path, lianjian: Lianjian) -> None:
    """Each value of a dossier has its file, sheet and row, each relation its words."""
    found = lianjian("show", "91C", "--json").json
    staff = next(v for v in found["values"] if v["property"] == "staff")
    assert staff["value"] == 12
    assert staff["source"] == {"file": "town.xlsx", "sheet": "organization", "row": 4}
    relations = lianjian("show", "91A", "--json").json["relations"]
    assert [(r["kind"], r["direction"], r["id"]) for r in relations] == [("COVERS", "in", "JOINT")]
    assert "town.xlsx · organization · 2" in lianjian("show", "91A").out


def test_path(town: Path, lianjian: Lianjian) -> None:
    """The shortest connection of two companions leads through the unit that covers both."""
    found = lianjian("path", "91A", "91B", "--json").json
    assert found["length"] == 2
    assert [[s["to"] for s in one] for one in found["paths"]] == [["JOINT", "91B"]]
    assert found["capped"] is False
    assert "no connection" in lianjian("path", "91A", "LOOP1").out
    assert lianjian("path", "91A", "91A", "--json").json["length"] == 0


def test_neighbours(town: Path, lianjian: Lianjian) -> None:
    """Within one edge there is the unit, within two its other organization and its superior."""
    near = lianjian("neighbours", "91A", "--json").json
    assert sorted(n["id"] for n in near["nodes"]) == ["91A", "JOINT"]
    wider = lianjian("neighbours", "91A", "--hops", "2", "--json").json
    assert sorted(n["id"] for n in wider["nodes"]) == ["91A", "91B", "JOINT", "STREET"]


def test_within(town: Path, lianjian: Lianjian, tmp_path: Path) -> None:
    """Within some metres come organizations and places, the nearest first; a cut list, and a datum that was assumed, are said."""
    store = open_store(str(town))
    rows = [
        {"row": n + 2, "dated": 20160826, "key": f"N{n}", "name": f"近{n}", "lon": 114.3, "lat": 30.6 + n / 1000}
        for n in range(4)
    ]  # fmt: skip
    with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["p.xlsx"]) as importer:
        importer.add(Claims("organization", "near", 20160826, "p.xlsx", "p", pd.DataFrame(rows)))
    store.close()
    found = lianjian("neighbours", "N1", "--within", "150", "--json").json
    assert [(x["id"], x["metres"]) for x in found["results"]] == [("N0", 111.27), ("N2", 111.27)]
    assert (found["found"], found["more"], found["within"]) == (2, False, 150)
    assert found["assumed_datum"] == {"datum": "GCJ-02", "of": 3}
    cut = lianjian("neighbours", "N1", "--within", "300", "--limit", "1")
    assert cut.code == 0
    assert "N0" in cut.out
    assert "N2" not in cut.out
    assert "within 300 m of N1: 3 " in cut.out
    assert "only the nearest 1 are listed" in cut.out
    assert "read as GCJ-02 (4;" in cut.out
    written = lianjian("neighbours", "N1", "--within", "300", "--out", "near.csv")
    assert written.code == 0
    assert "N3" in (tmp_path / "near.csv").read_text(encoding="utf-8-sig")
    assert (
        "周围 150 米之内：2 个"
        in lianjian("neighbours", "N1", "--within", "150", "--lang", "zh").out
    )
    for wrong, said in (
        (("91A", "--within", "9"), "no coordinates in its ledger row"),
        (("JOINT", "--within", "9"), "lianjian neighbours JOINT"),
        (("N1", "--within", "9", "--hops", "2"), "give --hops or --within"),
        (("N1", "--within", "0"), "give 1 or more"),
        (("nowhere", "--within", "9"), "lianjian find nowhere"),
    ):
        answer = lianjian("neighbours", *wrong)
        assert answer.code == 2, wrong
        assert said in answer.err
        assert answer.err.count("\n") == 1


def test_find(town: Path, lianjian: Lianjian) -> None:
    """Names are found by a part, by pinyin and by code; a cut list says so; nothing found is no error."""
    assert [r["id"] for r in lianjian("find", "光谷", "--json").json["results"]] == ["91B", "91C"]
    cut = lianjian("find", "光谷", "--limit", "1", "--json").json
    assert (len(cut["results"]), cut["more"]) == (1, True)
    assert lianjian("find", "nothing of this name").code == 0
    assert lianjian("find", "guanggu", "--json").json["results"]


def test_names_steer_no_terminal(town: Path, lianjian: Lianjian) -> None:
    """Control characters of a name are shown, not obeyed, and markup stays as it is."""
    out = lianjian("show", "JOINT").out
    assert "\x1b" not in out
    assert "[bold]联合\N{REPLACEMENT CHARACTER}[31m支部" in out


def test_status_and_undo(town: Path, lianjian: Lianjian) -> None:
    """Status lists imports and kinds; after an undo the import is marked and its entities are gone."""
    before = lianjian("status", "--json").json
    assert before["latest"] == "2016-08-26"
    assert "loaded (rows and stated totals)" in lianjian("status").out
    assert "入库（行及所列合计数）" in lianjian("status", "--lang", "zh").out
    assert before["kinds"] == {"organization": 4, "unit": 6}
    taken = lianjian("undo", "1")
    assert taken.code == 0
    assert "town.xlsx" in taken.out
    after = lianjian("status", "--json").json
    assert after["kinds"] == {}
    assert [b["undone"] for b in after["batches"]] == [True]
    assert lianjian("undo", "77").code == 2


def test_map_page(town: Path, lianjian: Lianjian) -> None:
    """A map is one page under the name asked for, or under one made of the code."""
    answer = lianjian("map", "91A", "--out", "a.html", "--json")
    assert answer.code == 0
    assert answer.json["file"] == "a.html"
    assert "光谷软件公司" in Path("a.html").read_text(encoding="utf-8")
    assert lianjian("map", "unit:DIST", "--json").json["file"] == "map-DIST.html"
    assert lianjian("map", "91A", "--out", "a.pdf").code == 2


@pytest.mark.parametrize("format_", ["graphml", "gexf", "csv", "xlsx", "json", "cypher"])
def test_export(town: Path, lianjian: Lianjian, format_: str) -> None:
    """Each format writes the files that it names."""
    found = lianjian("export", "91A", "--hops", "2", "--format", format_, "--json").json
    assert found["nodes"] == 4
    assert all(Path(p).stat().st_size for p in found["files"])


def test_output_folder_missing(town: Path, lianjian: Lianjian) -> None:
    """An --out in a folder that is not there is one line, exit 2."""
    for arguments in (("map", "91A", "--out", "no/a.html"), ("chain", "91A", "--out", "no/a.csv")):
        answer = lianjian(*arguments)
        assert answer.code == 2
        assert "no/a." in answer.err
        assert answer.err.count("\n") == 1


def test_chinese_throughout(town: Path, lianjian: Lianjian) -> None:
    """Asked for Chinese, headers and labels are Chinese; JSON keys stay."""
    out = lianjian("chain", "91A", "--lang", "zh").out
    assert "代码" in out
    assert "党组织" in out
    assert "nodes" in lianjian("chain", "91A", "--lang", "zh", "--json").json

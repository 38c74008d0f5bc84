"""A Cypher script that a real server runs is the graph it was made of, whatever its text holds."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import neo4j
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j.exceptions import ClientError

from graph.city import City
from graph.errors import SchemaError
from graph.model import Claims
from graph.store import open_store
from graph.store.neo4j_script import literal, script
from tests.neo4j_server.fixtures import Running
from tests.viz.graphs import ORG, OTHER, any_text, graph, graphs, parallel
from viz import selection
from viz.exports import export
from viz.extract import Extract, GraphExtract
from viz.rows import Rows

on_server = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture
def session(neo4j_server: Running) -> Iterator[neo4j.Session]:
    """A session of an empty database that is no store."""
    neo4j_server.wipe(schema=True)
    with (
        neo4j.GraphDatabase.driver(
            neo4j_server.url, auth=(neo4j_server.user, neo4j_server.password)
        ) as driver,
        driver.session() as opened,
    ):
        yield opened


def written(extract: Extract, folder: Path) -> list[str]:
    """Return the statements of a script; each is one line."""
    (path,) = export(extract, folder / "a.cypher", "cypher")
    lines = path.read_text("utf-8").split("\n")
    assert lines.pop() == ""
    assert lines.pop(0).startswith("//")
    assert all(line.endswith(";") for line in lines)
    return [line.removesuffix(";") for line in lines]


def run(session: neo4j.Session, statements: list[str]) -> None:
    """Run a script as cypher-shell does, a statement after the other."""
    for text in statements:
        session.run(text).consume()


def nodes(session: neo4j.Session) -> dict[str, dict[str, Any]]:
    """Return the properties of all nodes by id."""
    found = [dict(r["n"]) for r in session.run("MATCH (n) RETURN n")]
    return {values.pop("id"): values for values in found}


def ties(session: neo4j.Session) -> Counter[tuple[Any, ...]]:
    """Return ends, type and properties of all relationships."""
    text = "MATCH (a)-[e]->(b) RETURN a.id AS a, b.id AS b, type(e) AS kind, properties(e) AS held"
    return Counter(
        (r["a"], r["b"], r["kind"], *sorted((k, v) for k, v in r["held"].items() if k != "id"))
        for r in session.run(text)
    )


def expected(extract: Extract) -> Counter[tuple[Any, ...]]:
    """Return the same of an extract."""
    return Counter(
        (a, b, v["kind"], *sorted((k, held) for k, held in v.items() if k != "kind"))
        for _, a, b, v in Rows(extract).edges()
    )


def told(text: Any) -> Any:
    """Return a value as UTF-8 holds it: half a surrogate pair is a question mark."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else text


@given(drawn=graphs())
@on_server
def test_a_server_that_runs_the_script_holds_the_graph(
    session: neo4j.Session, tmp_path: Path, drawn: Any
) -> None:
    """Nodes with every known value and its type, every parallel relationship; run twice it is the same graph."""
    extract = GraphExtract(drawn)
    statements = written(extract, tmp_path)
    session.run("MATCH (n) DETACH DELETE n").consume()
    for _ in range(2):
        run(session, statements)
        assert nodes(session) == {
            n: {k: told(v) for k, v in known.items() if v != ""}
            for n, known in Rows(extract).nodes()
        }
        assert ties(session) == expected(extract)


@given(texts=st.lists(any_text | st.text(alphabet="\\'u0027\"`;/*\n\r\t\x00\x07\u2028{}$+", max_size=16), max_size=40))  # fmt: skip
@on_server
def test_no_text_leaves_its_literal(session: neo4j.Session, texts: list[str]) -> None:
    r"""Quotes, backslashes before a u, comments, ends of lines and control characters come back as they were."""
    whole = [told(t) for t in (*texts, "\\u0027", "\\\\u0027", "\\\x07", "\\u005cu0027")]
    text = f"RETURN [{','.join(map(literal, whole))}] AS found"
    assert "\n" not in text
    record = session.run(text).single()
    assert record is not None
    assert record["found"] == whole


def test_parts_that_overlap_make_one_graph(
    session: neo4j.Session, city: City, tmp_path: Path
) -> None:
    """Two streets' scripts, one after the other, hold what both hold, and their common superiors once."""
    parts = [selection.jurisdiction(city, code) for code in ("420101001", "420101002")]
    for k, extract in enumerate(parts):
        (tmp_path / str(k)).mkdir()
        run(session, written(extract, tmp_path / str(k)))
    assert nodes(session) == {n: v for extract in parts for n, v in Rows(extract).nodes()}
    assert set(ties(session)) == {tie for extract in parts for tie in expected(extract)}


def test_labels_and_types_are_those_that_people_know(
    session: neo4j.Session, tmp_path: Path
) -> None:
    """A unit is a PartyUnit, covering is COVERS, and an id is looked up by a constraint."""
    run(session, written(GraphExtract(parallel()), tmp_path))
    text = "MATCH (u:PartyUnit {id: 'unit:U1'})-[:COVERS]->(o:Organization) RETURN count(o) AS n"
    record = session.run(text).single()
    assert record is not None
    assert record["n"] == 2
    assert {tuple(r["properties"]) for r in session.run("SHOW CONSTRAINTS YIELD properties")} == {
        ("id",)
    }


def test_a_store_of_ours_is_left_as_it_is(
    neo4j_url: str, session: neo4j.Session, tmp_path: Path
) -> None:
    """The first statement fails with words that say why, and nothing was changed."""
    store = open_store(neo4j_url, create=True)
    with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["a.csv"]) as importer:
        rows = pd.DataFrame([{"row": 2, "dated": 20160826, "key": "U1", "name": "甲支部"}])
        importer.add(Claims("unit", "unit", 20160826, "a.csv", "a", rows))
    store.close()
    before = session.run("MATCH (n) RETURN count(n) AS n").single()
    with pytest.raises(
        ClientError, match=r"a store of Lianjian: take another · 本数据库是联建的存储"
    ):
        run(session, written(GraphExtract(parallel()), tmp_path))
    after = session.run("MATCH (n) RETURN count(n) AS n").single()
    assert before == after


def test_what_the_schema_lacks_is_no_part_of_a_script() -> None:
    """A kind, a type or a key from elsewhere is refused: a name can't be a piece of Cypher."""
    for made, tied in (
        ([("x`) DETACH DELETE n //", "a", {})], []),
        ([("unit", "a", {"x: 1}) //": 1})], []),
        ([], [(("unit", "a"), ("unit", "b"), "X]->() DELETE a //", {})]),
    ):
        with pytest.raises(SchemaError):
            script(made, tied, io.StringIO())


def test_a_number_stays_one_where_neo4j_can_hold_it(session: neo4j.Session, tmp_path: Path) -> None:
    """Integers of 64 bits, floats with all their digits; what is larger is text, and unknown values are no properties."""
    large = graph(
        {
            ORG: {"staff": 2**63 - 1, "lon": 0.1, "creative": False},
            OTHER: {"lon": 1e-300, "formal_members": 2**63},
        },
        [],
    )
    run(session, written(GraphExtract(large), tmp_path))
    found = nodes(session)
    assert found["organization:91A"]["staff"] == 2**63 - 1
    assert found["organization:91A"]["creative"] is False
    assert [found[f"organization:{key}"]["lon"] for key in ("91A", "91B")] == [0.1, 1e-300]
    assert found["organization:91B"]["formal_members"] == str(2**63)
    assert not {"staff", "creative"} & set(found["organization:91B"])


@pytest.mark.parametrize("odd", ["|", "|¦", "|¦‖¶§", "|¦‖¶§\ue000"])
def test_separators_are_none_of_the_text(session: neo4j.Session, tmp_path: Path, odd: str) -> None:
    """Names that hold what separates values come back whole."""
    extract = GraphExtract(graph({ORG: {"name": f"甲{odd}乙"}, OTHER: {"name": odd}}, []))
    run(session, written(extract, tmp_path))
    assert {v["name"] for v in nodes(session).values()} == {f"甲{odd}乙", odd}

"""What the server makes of the store's hot queries: it looks up by index, and never goes through all of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from graph.model import Box, Claims
from graph.schema import load_schema
from graph.store import neo4j_names, open_store

if TYPE_CHECKING:
    from graph.store.base import Store

THROUGH_ALL = (
    "AllNodesScan",
    "NodeByLabelScan",
    "RelationshipTypeScan",
    "AllRelationshipsScan",
    "IndexScan",
)
Asked = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def store(neo4j_url: str) -> Iterator[Store]:
    """A street of a city on a server."""
    store = open_store(neo4j_url, create=True)
    load(store, 0, 400)
    yield store
    store.close()


def load(store: Store, first: int, n: int) -> None:
    """Load units, organizations and a building."""
    units: list[dict[str, Any]] = [
        {"key": f"U{i}", "name": f"第{i}支部", "superior": f"U{i // 5}"}
        for i in range(first, first + n)
    ]
    some: list[dict[str, Any]] = [
        {"key": f"O{i}", "name": f"江岸企业{i}", "unit": f"U{i}", "street": "420106007", "building": "building:1/1",
         "lon": 114 + i / 1000, "lat": 30 + i / 1000}
        for i in range(first, first + n)
    ]  # fmt: skip
    place = [{"key": "building:1/1", "code": "1", "name": "大厦", "street": "420106007"}]
    with store.importing(at="t", dated=20160826, files=[]) as importer:
        for kind, rows in (("unit", units), ("organization", some), ("building", place)):
            frame = pd.DataFrame(
                [{"row": i + 2, "dated": 20160826, **r} for i, r in enumerate(rows)]
            )
            importer.add(Claims(kind, kind, 20160826, "f", kind, frame))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """All that is sent to the server from now on."""
    import neo4j

    out: Asked = []
    real = neo4j.ManagedTransaction.run

    def run(self: Any, query: Any, parameters: Any = None, **more: Any) -> Any:
        if "EXPLAIN" not in str(query):
            out.append((str(query), parameters or more))
        return real(self, query, parameters, **more)

    monkeypatch.setattr(neo4j.ManagedTransaction, "run", run)
    return out


def operators(store: Any, text: str, values: dict[str, Any]) -> list[str]:
    """The operators of a query's plan."""
    with store.server._driver.session() as session:
        # plans made for another test's few rows are none for these
        plan = session.run(f"CYPHER replan=force EXPLAIN {text}", values).consume().plan
    todo, out = [plan], []
    while todo:
        at = todo.pop()
        out.append(at["operatorType"].partition("@")[0] + " " + str(at["args"].get("Details", "")))
        todo += at.get("children", [])
    return out


QUESTIONS: dict[str, Callable[[Store], object]] = {
    "chain of an organization": lambda s: s.chain("organization", "O9"),
    "chain of a unit": lambda s: s.chain("unit", "U9"),
    "subtree": lambda s: s.chain("unit", "U1", down=True),
    "neighbourhood": lambda s: s.neighbours("organization", "O9", hops=2),
    "cut": lambda s: s.subgraph([("organization", "O9"), ("unit", "U9")]),
    "shortest connections": lambda s: s.paths(("organization", "O9"), ("unit", "U1")),
    "an entity": lambda s: s.node("organization", "O9"),
    "a code": lambda s: s.lookup("1"),
    "a value": lambda s: s.having("decision", "type", "merge"),
    "a Chinese name": lambda s: s.find("江岸企业"),
    "pinyin": lambda s: s.find("jianganqiye39"),
    "some organizations": lambda s: s.frame("organization", of=["O9", "O10"]),
    "those of a value": lambda s: s.frame("exclusion", of=["O9"], by="organization"),
    "municipal organizations": lambda s: s.frame("organization", of=["市级"], by="level"),
    "who covers some": lambda s: s.edges("COVERS", of=["O9", "O10"], end="target"),
    "whom some cover": lambda s: s.edges("COVERS", of=["U9", "U10"]),
    "where some lie": lambda s: s.edges("LOCATED_IN", of=["O9", "building:1/1"]),
    "what lies in a street": lambda s: s.inside([("division", "420106007")]),
    "what lies in a street and has a value": lambda s: s.inside(
        [("division", "420106007")], having=("line", "social")
    ),
    "what lies in a box": lambda s: s.within(Box(114.0, 30.0, 114.4, 30.4)),
    "the first in a box": lambda s: s.within(Box(114.0, 30.0, 114.4, 30.4), limit=9),
    "history": lambda s: s.history("organization", "O9"),
    "statements": lambda s: s.statements("organization", "O9"),
    "claims by number": lambda s: s.said("organization", [1, 2]),
    "sources": lambda s: s.sources("organization", [1, 2]),
}


def test_hot_questions_use_indexes(store: Store, asked: Asked) -> None:
    """What is asked of one entity is looked up by an index, in each of the queries it takes."""
    for name, question in QUESTIONS.items():
        asked.clear()
        question(store)
        assert asked, name
        for text, values in list(asked):
            found = operators(store, text, values)
            assert not [o for o in found if o.startswith(THROUGH_ALL)], (name, text)
            by_index = any("Seek" in o or "Contains" in o or "fulltext" in o for o in found)
            assert by_index, (name, text)
    boxes_are_sought_in_the_indexes_over_points(store, asked)
    structure_is_one_look_at_each_unit(store, asked)
    asked.clear()
    finds_by_parts_of_names(store, asked)


def boxes_are_sought_in_the_indexes_over_points(store: Store, asked: Asked) -> None:
    """A box is a range of the point index over each kind that has points, and no text of the question but the schema's."""
    asked.clear()
    assert len(store.within(Box(114.0, 30.0, 114.01, 30.01))[0]) == 11
    text, values = asked[-1]
    found = operators(store, text, values)
    sought = [o for o in found if o.startswith("NodeIndexSeekByRange") and "POINT INDEX" in o]
    assert len(sought) == len(load_schema().located)
    assert values["west"] == 114.0
    assert "114" not in text


def structure_is_one_look_at_each_unit(store: Store, asked: Asked) -> None:
    """Broken structure is found in one pass over the units, each expanded and its row looked up; no path is walked."""
    asked.clear()
    assert store.structure().headless == ()
    ((text, values),) = asked
    found = operators(store, text, values)
    assert [o for o in found if o.startswith(THROUGH_ALL)] == ["NodeByLabelScan u:PartyUnit"]
    assert not [o for o in found if "Shortest" in o or "VarLength" in o or "Cartesian" in o]


def finds_by_parts_of_names(store: Store, asked: Asked) -> None:
    """A Chinese name is looked up in the full-text index with the analyzer for Chinese, pinyin in the index over its parts."""
    assert len(store.find("岸企业", limit=500)) == 400
    assert "db.index.fulltext.queryNodes" in asked[0][0]
    for text in ("岸企业399", "jaqy399", "ANQIYE399"):
        asked.clear()
        assert [n.key for n in store.find(text)] == ["O399"]
        assert any("NodeIndexContainsScan" in o for o in operators(store, *asked[0]))


def test_writing_uses_indexes(store: Store, asked: Asked) -> None:
    """Rows about entities that are known are written by looking these up, a transaction for thousands of rows."""
    load(store, 300, 200)
    writing = [(t, v) for t, v in asked if "UNWIND" in t]
    assert len(writing) > 9
    for text, values in writing:
        found = operators(store, text, values)
        assert not [o for o in found if o.startswith(THROUGH_ALL)], text


def test_every_kind_has_its_indexes(store: Any) -> None:
    """Constraints and indexes on the server are those that follow from the schema, and serve."""
    rows = store.server.rows(
        "SHOW INDEXES YIELD name, state, type, labelsOrTypes, properties RETURN name, state, properties"
    )
    there = {name: state for name, state, _ in rows if name.startswith("lianjian_")}
    assert there == dict.fromkeys(neo4j_names.definitions(), "ONLINE")
    assert {f"lianjian_{kind}_key" for kind in load_schema().kinds} <= there.keys()


USUAL = ("organization", "unit", "leading", "decision", "stated_total")


@pytest.mark.parametrize(
    "kind",
    [k if k in USUAL else pytest.param(k, marks=pytest.mark.large) for k in load_schema().kinds],
)
@pytest.mark.large
def test_every_kind_is_asked_and_written(neo4j_url: str, kind: str) -> None:
    """Every question can be asked of every kind: no name of the schema makes a query that the server refuses."""
    store = open_store(neo4j_url, create=True)
    properties = load_schema().kinds[kind].properties
    one = {"text": "甲", "list": "甲;乙", "int": 3, "date": 20160826, "bool": True, "float": 1.5}
    values = {n: (p.enum[0] if p.enum else one[p.type]) for n, p in properties.items()}
    frame = pd.DataFrame([{"row": 2, "dated": 20160826, "key": "K", **values}])
    for staff in (frame, frame.drop(columns=[next(iter(properties))])):
        with store.importing(at="t", dated=20160826, files=[]) as importer:
            importer.add(Claims(kind, "L", 20160826, "f", "", staff))
    assert len(store.replaced(kind)) == 1
    assert len(store.claims(kind)) == len(store.frame(kind)) == len(store.history(kind, "K")) == 1
    assert len(store.statements(kind, "K")) == 2
    found = store.node(kind, "K")
    assert found is not None
    assert found.properties == dict(list(values.items())[1:])
    store.chain(kind, "K") if load_schema().kinds[kind].role == "node" else None
    store.neighbours(kind, "K")
    for name, p in properties.items():
        if p.edge is not None and p.edge.target in load_schema().kinds:
            store.unresolved(kind, name)
    store.undo(2)
    assert store.frame(kind)[[*properties]].iloc[0].to_dict() == values
    store.close()

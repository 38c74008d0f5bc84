r"""A part of a city as a Cypher script, for a Neo4j database of one's own: to look at in Bloom or Browser, to ask in Cypher.

The script is plain text for ``cypher-shell -f``: one statement a line, each with a batch of rows, since a script that is carried
about has no parameters. Text is made harmless by :func:`literal`, names by the schema alone. It may be run again, and parts that
overlap may be run one after the other: nodes are merged by ``id``, relationships by their ends, type and ``id``. In a database that
is itself a store of Lianjian it stops at its first statement, for there the same labels stand for entities with a history.

A batch is one text, which the server splits: a parser that meets a literal for each value takes a second for 100 rows, and more
than twice as long for twice as many. What is unknown is empty between two separators, and so is text that is empty.

Source: Neo4j's operations manual (cypher-shell), Cypher manual (string literals; ``\u`` escapes are read before anything else is).
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from graph.store.neo4j_names import STORE, label, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Node = tuple[str, str, Mapping[str, Any]]
    Edge = tuple[tuple[str, str], tuple[str, str], str, Mapping[str, Any]]
    Values = Mapping[str, Any]

Of = TypeVar("Of")
ROWS = 1_000
"""Rows of a statement, which is a transaction: half a megabyte or so."""
FROM, TO = "->a", "->b"
"""Where a relationship leads from and to: columns of a row that are no properties of it."""
OWN = ("id", "kind", "missing", "via")
"""Keys that stand beside the schema's."""
LARGEST = 2**63 - 1
"""Neo4j's integers have 64 bits."""
_SEPARATORS = "|¦‖¶§"
_PRIVATE = range(
    0xE000, 0xF900
)  # characters that stand for nothing: some of 6,400 is not in a batch
_ESCAPES = {"\\": "\\\\", "\\u": "\\\\'+'u", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# U+2028 and U+2029 end a line for some readers; the others are control characters that no editor shows
_SPECIAL = re.compile("\\\\u|[\\\\'\x00-\x1f\x7f-\x9f\u2028\u2029]")


def script(nodes: Iterable[Node], edges: Iterable[Edge], out: TextIO) -> None:
    r"""Write a script that makes nodes and relationships.

    Parameters
    ----------
    nodes : iterable of (kind, id, properties)
        Known values only; an id is unique within its kind.
    edges : iterable of ((kind, id), (kind, id), type, properties)
        From, to, the schema's kind of edge.
    out : text stream
        UTF-8, ``\n`` at the end of a line.

    Raises
    ------
    SchemaError
        A kind, type or key that the schema doesn't have.
    """
    out.write(
        "// 联建 Lianjian: run it with `cypher-shell -f FILE`, in a database of its own; it may be run again\n"
        f"OPTIONAL MATCH (s:{quoted(STORE)}) WITH count(s) AS n RETURN CASE n WHEN 0 THEN date() "
        "ELSE date('this database is a store of Lianjian: take another · 本数据库是联建的存储：请换一个 ' + n) END AS begun;\n"
    )
    declared: set[str] = set()
    for kind, rows in _batches((kind, {"id": id_, **values}) for kind, id_, values in nodes):
        if kind not in declared:
            declared.add(kind)
            out.write(
                f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label(kind)}) REQUIRE n.id IS UNIQUE;\n"
            )
        out.write(_made(kind, rows))
    ties = _batches(
        ((a_kind, type_, b_kind), {FROM: a, TO: b, "id": _told(values), **values})
        for (a_kind, a), (b_kind, b), type_, values in edges
    )
    out.writelines(_tied(way, rows) for way, rows in ties)


def _batches(rows: Iterable[tuple[Of, Values]]) -> Iterator[tuple[Of, list[Values]]]:
    """Yield rows of one sort together, :data:`ROWS` at most; what is held meanwhile is less than that of each sort."""
    held: dict[Of, list[Values]] = {}
    for of, row in rows:
        batch = held.setdefault(of, [])
        batch.append(row)
        if len(batch) == ROWS:
            yield of, held.pop(of)
    yield from held.items()


def _made(kind: str, rows: Sequence[Values]) -> str:
    """Return the statement that makes nodes of a kind."""
    names = _names(rows)
    key = f"{{id: v[i + {names.index('id')}]}}"
    return f"{_head(names, rows)} MERGE (n:{label(kind)} {key}) SET n = {_map(names, rows)};\n"


def _tied(way: tuple[str, str, str], rows: Sequence[Values]) -> str:
    """Return the statement that makes relationships of a type between two kinds."""
    a, type_, b = way
    names = _names(rows)
    return (
        f"{_head(names, rows)} MATCH (a:{label(a)} {{id: v[i]}}) MATCH (b:{label(b)} {{id: v[i + 1]}})"
        f" MERGE (a)-[e:{quoted(type_)} {{id: v[i + 2]}}]->(b) SET e = {_map(names, rows)};\n"
    )


def _names(rows: Sequence[Values]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _head(names: Sequence[str], rows: Sequence[Values]) -> str:
    """Return how a statement begins: ``v``, all values of its rows, and ``i``, where each row begins among them."""
    told = [_told_as(row.get(name)) for row in rows for name in names]
    letters = set().union(*map(set, told))
    between = next(c for c in _separators() if c not in letters)
    text = literal(between.join(told))
    return f"WITH split({text}, '{between}') AS v UNWIND range(0, size(v) - 1, {len(names)}) AS i"


def _separators() -> Iterator[str]:
    yield from _SEPARATORS
    yield from map(chr, _PRIVATE)


def _told_as(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _map(names: Sequence[str], rows: Sequence[Values]) -> str:
    """Return the properties of a row by name, each read as what all rows have there; what is null is none."""
    read = []
    for k, name in enumerate(names):
        if name in (FROM, TO):
            continue
        text = f"v[i + {k}]"
        form = _form([row[name] for row in rows if name in row])
        read.append(f"{_key(name)}: " + form.format(text))
    return "{" + ", ".join(read) + "}"


def _form(values: Sequence[Any]) -> str:
    """Return how text is made what some values are: Cypher's own functions give null for what is empty."""
    if all(isinstance(v, bool) for v in values):
        return "toBoolean({0})"
    if all(isinstance(v, int) and not isinstance(v, bool) and abs(v) <= LARGEST for v in values):
        return "toInteger({0})"
    if all(isinstance(v, float) and math.isfinite(v) for v in values):
        return "toFloat({0})"
    return "CASE {0} WHEN '' THEN null ELSE {0} END"


def _told(values: Values) -> str:
    """Return what tells relationships of one type between the same two ends apart."""
    return f"{values.get('via', '')} {values.get('valid_from', '')}–{values.get('valid_to', '')}".strip()


def literal(text: str) -> str:
    r"""Return text as a Cypher literal of one line.

    Cypher reads ``\uXXXX`` before it looks for quotes, also behind an escaped backslash: where a ``u`` follows a backslash, text
    is cut between them and put together again by ``+``. Control characters are such escapes themselves.
    """
    return f"'{_SPECIAL.sub(_escaped, text)}'"


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"


@cache
def _key(name: str) -> str:
    return name if name in OWN else quoted(name)

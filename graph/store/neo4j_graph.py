"""The graph out of the Neo4j store: chains, neighbourhoods, cuts and paths, as patterns that the server follows.

Patterns are ``SHORTEST`` ones: a walk that names each way to a unit does not end where units have several superiors.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from graph.model import OPEN, Chain, ChainNode
from graph.schema import load_schema
from graph.store.base import HUBS
from graph.store.neo4j_columns import damaged
from graph.store.neo4j_names import (
    claim,
    drawn,
    has_entities,
    kinds_by_label,
    label,
    made_by,
    quoted,
)
from graph.store.neo4j_revision import HEAD, asked, held, primary
from graph.store.networks import around_too_much, induced, loops, structure

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx

    from graph.model import Structure
    from graph.store.neo4j_server import Server

Key = tuple[str, str]
Step = tuple[Key, str, Literal["out", "in"], Key]
_PARCEL = 5_000
FROM_ONE_END = "CYPHER statefulShortestPlanningMode=all_if_possible"
"""Shortest paths to whatever is reached are walked from their beginning; a planner left alone may look at all ends first where it
thinks that there are few, and keeps to that while they become many."""


@cache
def chain_query(kind: str, *, down: bool) -> str:
    """Return the question for a chain (:func:`chain`): first what it begins with, then its units.

    Rows are (key, depth, whether no row defines it, name, type, the next keys, the date). What begins at an entity of another kind
    than units has those that cover it as its next ones.
    """
    up, back = "-[{0}:{1} WHERE {2}]->", "<-[{0}:{1} WHERE {2}]-"
    step, next_step = (
        (back if down else up).format(name, "SUBORDINATE_TO", held(name)) for name in "rs"
    )
    start = f"(o:{label(kind)} {{key: $key}})"
    first, reached, least = next_step, start, 1
    if kind != "unit":
        first = back.format("q", "COVERS", held("q"))
        reached, least = f"{start}{first}()", 0
    return (
        f"{FROM_ONE_END} {HEAD} CALL (v, d) {{ OPTIONAL MATCH (c:{claim(kind)} {{key: $key}}) WHERE {primary('c')}"
        " RETURN $key AS key, 0 AS depth,"
        f" {_station(kind)}, COLLECT {{ MATCH {start}{first}(y) RETURN DISTINCT y.key }} AS next UNION ALL"
        f" MATCH p = ANY SHORTEST {reached}((){step}()){{{least},}}(x:{label('unit')})"
        f" OPTIONAL MATCH (c:{claim('unit')} {{key: x.key}}) WHERE {primary('c')} RETURN x.key AS key, length(p) AS depth,"
        f" {_station('unit')}, COLLECT {{ MATCH (x){next_step}(y) RETURN DISTINCT y.key }} AS next"
        " } RETURN key, depth, unknown, name, type, next, d"
    )


def _station(kind: str) -> str:
    """Return what a chain shows of an entity."""
    properties = load_schema().kinds[kind].properties
    name, type_, category = (
        f"c.{quoted(p)}" if p in properties else "NULL" for p in ("name", "type", "category")
    )
    return f"c IS NULL AS unknown, {name} AS name, coalesce({type_}, {category}) AS type"


def chain(
    server: Server, kind: str, key: str, as_of: int | None, revision: int | None, *, down: bool
) -> Chain:
    """See :meth:`graph.store.base.Store.chain`."""
    rows = server.rows(chain_query(kind, down=down), **asked(as_of, revision), key=key)
    (_, _, unknown, name, type_, further, date), *units = rows
    first = ChainNode(key, key, "missing", None, 0)
    if not unknown:
        first = ChainNode(key, name or key, kind, type_, 0)
    nodes: dict[str, ChainNode] = {}
    steps: dict[str, list[str]] = {}
    edges: set[tuple[str, str, str]] = set()
    if kind == "unit":
        nodes[key], steps[key] = first, further
    elif down:
        units = []
    else:
        edges |= {(u, key, "COVERS") for u in further}
    for code, depth, unknown, name, type_, further, _ in units:
        if code in nodes:  # a loop leads back to where it began
            continue
        nodes[code] = (
            ChainNode(code, code, "missing", None, depth)
            if unknown
            else ChainNode(code, name or code, "unit", type_, depth)
        )
        steps[code] = further
    for a, further in steps.items():
        edges |= {(b, a, "SUBORDINATE_TO") if down else (a, b, "SUBORDINATE_TO") for b in further}
    ends = [a for a, further in steps.items() if not further] if steps else [key]
    return Chain(
        key, "down" if down else "up", date,
        tuple(sorted((nodes | {key: first}).values(), key=lambda n: (n.depth, n.id))),
        tuple(sorted(edges)), tuple(sorted(ends)), _loops(steps),
    )  # fmt: skip


@cache
def above_query() -> str:
    """Return the question for the superiors of some units (:func:`above`)."""
    return (
        f"{HEAD} UNWIND $keys AS key MATCH (:{label('unit')} {{key: key}})-[r:SUBORDINATE_TO WHERE {held('r')}]->(y)"
        " RETURN DISTINCT y.key"
    )


def above(
    server: Server, units: Iterable[str], as_of: int | None, revision: int | None
) -> set[str]:
    """See :meth:`graph.store.base.Store.above`."""
    seen = set(units)
    level = seen
    while level:
        rows = server.rows(above_query(), **asked(as_of, revision), keys=sorted(level))
        level = {key for (key,) in rows} - seen
        seen |= level
    return seen


def _loops(steps: dict[str, list[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components of two and more, and nodes above themselves (Tarjan, by networkx)."""
    if sum(map(len, steps.values())) < len(steps) and not any(a in b for a, b in steps.items()):
        # fewer steps than nodes and none on its own: a loop of a connected graph would need as many
        return ()
    return loops((a, b) for a, further in steps.items() for b in further)


@cache
def knots_query() -> str:
    """Return the question for units that are no plain leaves: code, superiors, whether a row defines it."""
    link = quoted("SUBORDINATE_TO")
    known = f"EXISTS {{ MATCH (c:{claim('unit')} {{key: u.key}}) WHERE {primary('c')} }}"
    return (
        f"{HEAD} MATCH (u:{label('unit')}) WITH v, d, u,"
        f" COLLECT {{ MATCH (u)-[r:{link} WHERE {held('r')}]->(b) RETURN DISTINCT b.key }} AS over,"
        f" EXISTS {{ MATCH (u)<-[q:{link} WHERE {held('q')}]-() }} AS heads"
        f" WHERE heads OR size(over) > 1 OR (size(over) = 0 AND {known}) RETURN u.key, over, {known}"
    )


def knots(server: Server, as_of: int | None, revision: int | None) -> Structure:
    """See :meth:`graph.store.base.Store.structure`."""
    rows = server.rows(knots_query(), **asked(as_of, revision))
    return structure((code, over, known) for code, over, known in rows)


# -- places ------------------------------------------------------------------------------------------------------


@cache
def inside_query(kind: str, prop: str | None) -> str:
    """Return the question for what lies in places of a kind: their keys are ``$some``; ``$value`` is what a property has to be."""
    step = f"(()<-[r:{quoted('LOCATED_IN')} WHERE {held('r')}]-())"
    only = ""
    if prop is not None:
        only = f" MATCH (c:{claim('organization')} {{key: key}}) WHERE {primary('c')} AND c.{quoted(prop)} = $value"
    return (
        f"{FROM_ONE_END} {HEAD} CALL (v, d) {{ UNWIND $some AS value MATCH p = ANY SHORTEST (x:{label(kind)} {{key: value}})"
        f"{step}{{1,}}(o:{label('organization')}) RETURN DISTINCT o.key AS key }}{only} RETURN key"
    )


def inside(
    server: Server,
    places: Iterable[Key],
    as_of: int | None,
    revision: int | None,
    having: tuple[str, str] | None,
) -> list[str]:
    """See :meth:`graph.store.base.Store.inside`."""
    prop, value = having or (None, None)
    of_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in sorted(set(places)):
        if has_entities(kind):
            of_kind[kind].append(key)
    found: set[str] = set()
    for kind, keys in of_kind.items():
        bindings = asked(as_of, revision) | {"some": keys, "value": value}
        found |= {key for (key,) in server.rows(inside_query(kind, prop), **bindings)}
    return sorted(found)


# -- neighbourhoods ----------------------------------------------------------------------------------------------


@cache
def _types(kinds: frozenset[str] | None = None) -> str:
    return "|".join(quoted(edge) for edge in drawn() if kinds is None or edge in kinds)


@cache
def around_query(
    kind: str,
    hops: int,
    kinds: frozenset[str] | None = None,
    *,
    bounded: bool = False,
    spared: bool = False,
) -> str:
    """Return the question for what lies within some hops of any of ``$keys``, over edges of some kinds; ``$most`` of each hop.

    Hop by hop, each entity once: a planner that thinks that the server holds little would begin a shortest path at every node.
    With ``spared``, what has more than ``$through`` neighbours is not gone through, and comes again with their number.
    """
    hop = (
        " CALL (v, d, l{0}) {{ UNWIND l{0} AS n MATCH (n)-[r:{2} WHERE {3}]-(x)"
        " WITH DISTINCT x{4} RETURN collect(x) AS l{1} }}"
    )
    end = " LIMIT $most" if bounded else ""
    further = hop if not spared else (
        " CALL (v, d, l{0}) {{ UNWIND l{0} AS n MATCH (n)-[r:{2} WHERE {3}]-(x) WHERE x <> n WITH n, collect(DISTINCT x) AS near"
        " WITH collect(CASE WHEN size(near) > $through THEN [labels(n)[0], n.key, size(near)] END) AS h{1},"
        " collect(CASE WHEN size(near) <= $through THEN near END) AS some"
        " CALL (some) {{ UNWIND some AS near UNWIND near AS x WITH DISTINCT x{4} RETURN collect(x) AS l{1} }} RETURN h{1}, l{1} }}"
    )  # fmt: skip
    walk = "".join(
        (further if x else hop).format(x, x + 1, _types(kinds), held("r"), end)
        for x in range(int(hops))
    )
    reached = " + ".join(f"l{x}" for x in range(int(hops) + 1))
    hubs = " + ".join(["[]", *(f"h{x}" for x in range(2, int(hops) + 1) if spared)])
    return (
        f"{HEAD} UNWIND $keys AS key MATCH (a:{label(kind)} {{key: key}}) WITH v, d, collect(a) AS l0{walk}"
        f" WITH {reached} AS reached, {hubs} AS hubs CALL (reached, hubs) {{"
        " UNWIND reached AS x RETURN DISTINCT labels(x)[0] AS kind, x.key AS key, null AS number"
        " UNION UNWIND hubs AS h RETURN DISTINCT h[0] AS kind, h[1] AS key, h[2] AS number }"
        " RETURN kind, key, number"
    )


def ring(
    server: Server,
    nodes: Iterable[Key],
    as_of: int | None,
    hops: int,
    revision: int | None,
    over: frozenset[str] | None = None,
) -> set[Key]:
    """See :meth:`graph.store.base.Store.ring`."""
    return _around(server, nodes, as_of, hops, revision, over)[0]


def _around(
    server: Server,
    nodes: Iterable[Key],
    as_of: int | None,
    hops: int,
    revision: int | None,
    over: frozenset[str] | None = None,
    most: int | None = None,
    through: int | None = None,
) -> tuple[set[Key], dict[Key, int]]:
    """Return what lies within some hops, and what was not gone through: see :meth:`graph.store.base.Store.neighbours`."""
    kinds = kinds_by_label()
    starts = set(nodes)
    seen, hubs = set(starts), dict[Key, int]()
    if over is not None and over.isdisjoint(drawn()):
        return seen, hubs
    of_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in sorted(seen):
        if has_entities(kind) and hops > 0:
            of_kind[kind].append(key)
    for kind, keys in of_kind.items():
        for start in range(0, len(keys), _PARCEL):
            some = keys[start : start + _PARCEL]
            text = around_query(
                kind, hops, over, bounded=most is not None, spared=through is not None
            )
            # one more than there may be: so that it is known that there are more
            bound = {} if most is None else {"most": most + 1}
            bound |= {} if through is None else {"through": through}
            for name, key, number in server.rows(
                text, **asked(as_of, revision), keys=some, **bound
            ):
                if number is None:
                    seen.add((kinds[name], key))
                elif (kinds[name], key) not in starts:  # where one began is come upon again
                    hubs[kinds[name], key] = number
            if most is not None and len(seen) > most:
                raise around_too_much(most, hops)
    return seen, hubs


def neighbours(
    server: Server,
    start: Key,
    as_of: int | None,
    hops: int,
    revision: int | None,
    most: int | None,
    through: int | None,
) -> nx.MultiDiGraph[Any]:
    """See :meth:`graph.store.base.Store.neighbours`."""
    found, hubs = _around(server, [start], as_of, hops, revision, None, most, through)
    out = subgraph(server, found, as_of, revision)
    out.graph[HUBS] = dict(sorted(hubs.items()))
    return out


@cache
def _ties_query(kind: str) -> str:
    return (
        f"{HEAD} UNWIND $keys AS key MATCH (a:{label(kind)} {{key: key}})-[r:{_types()}]->(b) WHERE {held('r')}"
        f" RETURN key, labels(b)[0], b.key, type(r), r.`_by`, r.valid_from, coalesce(r.valid_to, {OPEN})"
    )


@cache
def _known_query(kind: str) -> str:
    names = ", ".join(f"c.{quoted(n)}" for n in load_schema().kinds[kind].properties)
    return f"{HEAD} UNWIND $keys AS key MATCH (c:{claim(kind)} {{key: key}}) WHERE {primary('c')} RETURN key, {names}"


def subgraph(
    server: Server, nodes: Iterable[Key], as_of: int | None, revision: int | None
) -> nx.MultiDiGraph[Any]:
    """See :meth:`graph.store.base.Store.subgraph`."""
    wanted = set(nodes)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in sorted(wanted):
        by_kind[kind].append(key)
    labels, made, declared = kinds_by_label(), made_by(), load_schema().kinds
    known: dict[Key, dict[str, Any]] = {}
    ties: set[tuple[Key, Key, str, str, int, int]] = set()
    for kind, keys in by_kind.items():
        for start in range(0, len(keys), _PARCEL):
            bindings = asked(as_of, revision) | {"keys": keys[start : start + _PARCEL]}
            if kind in declared:
                for key, *values in server.rows(_known_query(kind), **bindings):
                    pairs = zip(declared[kind].properties, values, strict=True)
                    known[kind, key] = {n: v for n, v in pairs if v is not None}
            if has_entities(kind):
                for key, name, other, edge, number, begin, end in server.rows(
                    _ties_query(kind), **bindings
                ):
                    b = (labels[name], other)
                    if b in wanted:  # a hub's others are not kept
                        if number not in made:
                            raise damaged(server)
                        ties.add(((kind, key), b, edge, made[number][1], begin, end))
    return induced(wanted, known, sorted(ties))


# -- paths -------------------------------------------------------------------------------------------------------


@cache
def paths_query(a: str, b: str) -> str:
    """Return the question for the steps of all shortest connections between two entities: each step once, with its place."""
    step = f"((x)-[r:{_types()} WHERE {held('r')}]-(y))"
    return (
        f"{HEAD} MATCH p = ALL SHORTEST (a:{label(a)} {{key: $a}}){step}{{1,}}(b:{label(b)} {{key: $b}})"
        " UNWIND range(0, size(r) - 1) AS n WITH DISTINCT n, x[n] AS x, r[n] AS r, y[n] AS y"
        " RETURN DISTINCT n, labels(x)[0], x.key, type(r), startNode(r) = x, labels(y)[0], y.key"
    )


def paths(
    server: Server, a: Key, b: Key, as_of: int | None, cap: int, revision: int | None
) -> tuple[list[list[Step]], bool]:
    """See :meth:`graph.store.base.Store.paths`."""
    if a == b:
        return [[]], False
    if not (has_entities(a[0]) and has_entities(b[0])):
        return [], False
    labels = kinds_by_label()
    near: dict[Key, set[Step]] = defaultdict(set)
    rows = server.rows(paths_query(a[0], b[0]), **asked(as_of, revision), a=a[1], b=b[1])
    for _, ka, x, edge, out, kb, y in rows:
        one, other = (labels[ka], x), (labels[kb], y)
        near[one].add((one, edge, "out" if out else "in", other))
    if not near:
        return [], False
    # all steps lie on shortest connections: walked in their order, the first `cap` are the first of all
    found: list[list[Step]] = []
    stack: list[tuple[Key, list[Step]]] = [(a, [])]
    while stack and len(found) <= cap:
        at, steps = stack.pop()
        if at == b:
            found.append(steps)
            continue
        stack += [(s[3], [*steps, s]) for s in sorted(near[at], reverse=True)]
    return found[:cap], len(found) > cap

"""The graph out of the embedded store: chains, ties, neighbourhoods, cuts and paths."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from graph.model import Chain, ChainNode, Located, Source
from graph.schema import load_schema
from graph.store import ddl
from graph.store.base import HUBS
from graph.store.ddl import column, table
from graph.store.networks import (
    around_too_much,
    between_too_much,
    induced,
    loops,
    structure,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import networkx as nx

    from graph.model import Box, Structure

Key = tuple[str, str]
Step = tuple[Key, str, Literal["out", "in"], Key]
Tie = tuple[Key, Key, str, str, int, int]
BOTH = ("source", "target")

_UNIT = f"LEFT JOIN claim_unit c ON c.key = {{0}} AND {ddl.primary('c', '?2')}"
_HELD = "e.valid_from <= ?2 AND e.valid_to > ?2"
UP = (
    f"SELECT e.target, c.id, c.p_name, c.p_type FROM edge e {_UNIT.format('e.target')}"
    f" WHERE e.kind = 'SUBORDINATE_TO' AND e.source = ?1 AND {_HELD} ORDER BY e.target"
)
DOWN = (
    f"SELECT e.source, c.id, c.p_name, c.p_type FROM edge e {_UNIT.format('e.source')}"
    f" WHERE e.kind = 'SUBORDINATE_TO' AND e.target = ?1 AND {_HELD} ORDER BY +e.source"  # by target, not by order
)
COVERING = (  # two lookups: a union would sort
    (
        f"SELECT e.source, c.id, c.p_name, c.p_type FROM edge e {_UNIT.format('e.source')}"
        f" WHERE e.kind = 'COVERS' AND e.target = ?1 AND {_HELD}"
    ),
    (
        "SELECT c.key, c.id, c.p_name, c.p_type FROM claim_unit c WHERE c.p_organization = ?1"
        f" AND {ddl.primary('c', '?2')}"
        " AND c.p_organization NOT GLOB '*[' || char(0x2e80) || '-' || char(0x9fff) || ']*'"
    ),
)


@cache
def _station_of(kind: str) -> str:
    """Return the query for what a chain shows of an entity: name and type."""
    properties = load_schema().kinds[kind].properties
    name, *types = (column(p) if p in properties else "NULL" for p in ("name", "type", "category"))
    return (
        f"SELECT {name}, coalesce({types[0]}, {types[1]}) FROM {table(kind)} c"
        f" WHERE c.key = ?1 AND {ddl.primary('c', '?2')}"
    )


def within(
    db: Any, box: Box, date: int, kinds: Sequence[str], limit: int | None
) -> tuple[list[Located], bool]:
    """See :meth:`graph.store.base.Store.within`: by the index over points, which a store of an earlier version may not have."""
    at = box.on_earth()
    out: list[Located] = []
    if at is None:
        return out, False
    for kind in kinds:
        left = -1 if limit is None else limit + 1 - len(out)
        rows = db.execute(within_query(kind), (date, *at, left))
        out += [Located(kind, *row) for row in rows]
        if limit is not None and len(out) > limit:
            return out[:limit], True
    return out, False


def within_query(kind: str) -> str:
    """Return the question for what lies in a box (``?2`` … ``?5``: west, south, east, north) at ``?1``, ``?6`` at the most."""
    return (
        f"SELECT c.key, coalesce(c.p_name, c.key), c.p_lon, c.p_lat, c.p_datum FROM {table(kind)} c"
        f" WHERE c.p_lat BETWEEN ?3 AND ?5 AND c.p_lon BETWEEN ?2 AND ?4 AND {ddl.primary('c', '?1')}"
        " ORDER BY +c.key LIMIT ?6"  # not in the order of the index over keys: all of a kind would be gone through
    )


def chain(db: Any, kind: str, key: str, date: int, *, down: bool) -> Chain:
    """See :meth:`graph.store.base.Store.chain`."""
    me = db.execute(_station_of(kind), (key, date)).fetchone()
    first = ChainNode(key, key, "missing", None, 0)
    if me is not None:
        first = ChainNode(key, me[0] or key, kind, me[1], 0)
    nodes = {key: first}
    edges: list[tuple[str, str, str]] = []
    ends: list[str] = []
    queue: deque[str] = deque()
    again = False
    if kind == "unit":
        queue.append(key)
    elif not down:
        for sql in COVERING:
            for code, claim, name, type_ in db.execute(sql, (key, date)):
                edges.append((code, key, "COVERS"))
                if code not in nodes:
                    nodes[code] = _station(code, claim, name, type_, 1)
        queue.extend(sorted(n for n in nodes if n != key))
    if kind != "unit" and not queue:
        ends.append(key)
    query = DOWN if down else UP
    while queue:
        a = queue.popleft()
        found = db.execute(query, (a, date)).fetchall()
        if not found:
            ends.append(a)
        depth = nodes[a].depth + 1
        for b, claim, name, type_ in found:
            edges.append((b, a, "SUBORDINATE_TO") if down else (a, b, "SUBORDINATE_TO"))
            if b in nodes:
                again = True
            else:
                nodes[b] = _station(b, claim, name, type_, depth)
                queue.append(b)
    formal = ((a, b) for a, b, kind_ in edges if kind_ == "SUBORDINATE_TO")
    return Chain(
        key, "down" if down else "up", date,
        tuple(sorted(nodes.values(), key=lambda n: (n.depth, n.id))),
        tuple(sorted(set(edges))), tuple(sorted(ends)), loops(formal) if again else (),
    )  # fmt: skip


ABOVE = (
    "WITH RECURSIVE up(key) AS (SELECT value FROM json_each(?1) UNION"
    " SELECT e.target FROM up CROSS JOIN edge e"
    f" WHERE e.kind = 'SUBORDINATE_TO' AND e.source = up.key AND {_HELD}) SELECT key FROM up"
)


def above(db: Any, units: Iterable[str], date: int) -> set[str]:
    """See :meth:`graph.store.base.Store.above`."""
    return {key for (key,) in db.execute(ABOVE, (json.dumps(sorted(set(units))), date))}


def _station(
    code: str, claim: int | None, name: str | None, type_: str | None, depth: int
) -> ChainNode:
    if claim is None:
        return ChainNode(code, code, "missing", None, depth)
    return ChainNode(code, name or code, "unit", type_, depth)


_OVER = f"FROM edge e WHERE e.kind = 'SUBORDINATE_TO' AND e.source = {{}} AND {_HELD}"
_UNDER = f"FROM edge e WHERE e.kind = 'SUBORDINATE_TO' AND e.target = {{}} AND {_HELD}"
_DEFINED = ddl.primary("c", "?2")
KNOTS = (
    "SELECT n.key, n.defined, e.target FROM (SELECT c.key, 1 AS defined FROM claim_unit c WHERE "
    f"{_DEFINED} AND ((SELECT count(DISTINCT e.target) {_OVER.format('c.key')}) <> 1"
    f" OR EXISTS (SELECT 1 {_UNDER.format('c.key')}))"
    f" UNION ALL SELECT DISTINCT e.target, 0 FROM edge e WHERE e.kind = 'SUBORDINATE_TO' AND {_HELD}"
    f" AND NOT EXISTS (SELECT 1 FROM claim_unit c WHERE c.key = e.target AND {_DEFINED})) n"
    f" LEFT JOIN edge e ON e.kind = 'SUBORDINATE_TO' AND e.source = n.key AND {_HELD}"
)
"""Units that are no plain leaves: code, whether a row defines it, a superior; a row for each of these."""


def knots(db: Any, date: int) -> Structure:
    """See :meth:`graph.store.base.Store.structure`."""
    over: dict[str, set[str]] = defaultdict(set)
    defined = {}
    for code, known, superior in db.execute(KNOTS, (None, date)):
        defined[code] = bool(known)
        if superior is not None:
            over[code].add(superior)
    return structure((code, over.get(code, ()), known) for code, known in defined.items())


# -- ties --------------------------------------------------------------------------------------------------------


@cache
def _tie_query(ends: tuple[str, ...], kinds: frozenset[str], over: frozenset[str] | None) -> str:
    """Return the query for all edges, but those of persons and records, whose ends are in ``temp.wanted``, or nothing.

    Only such as may begin (or end) at entities of ``kinds``: most edges can't, and each costs its start. It is one, since a thread
    of a service waits for its turn among others after each.
    """
    selects = [
        b.select(end)
        for kind in load_schema().edges
        if kind not in ddl.PERSONAL_EDGES and (over is None or kind in over)
        for b in ddl.branches(kind)
        for end in ends
        if b.constants().get(f"{end}_kind") in {None, *kinds}
    ]
    head = "SELECT source_kind, source, target_kind, target, kind, via, valid_from, valid_to FROM "
    return " UNION ALL ".join(head + f"({s})" for s in selects)


def ties(
    db: Any,
    keys: Iterable[Key],
    date: int,
    *,
    ends: tuple[str, ...] = BOTH,
    over: frozenset[str] | None = None,
) -> list[Tie]:
    """Return the edges (of some kinds) that begin (or end) at these nodes, sorted: in one query, however many nodes there are."""
    return sorted(set(_tied(db, set(keys), date, ends, over)))


def _tied(
    db: Any, wanted: set[Key], date: int, ends: tuple[str, ...], over: frozenset[str] | None
) -> Iterator[Tie]:
    """Yield these edges as they come, some of them twice."""
    sql = _tie_query(ends, frozenset(kind for kind, _ in wanted), over)
    _want(db, wanted)
    for ak, a, bk, b, *rest in db.execute(sql, (date,)) if sql else ():
        yield ((ak, a), (bk, b), *rest)


def want(db: Any, kinds: Iterable[str], keys: Iterable[str]) -> None:
    """Put entities of some keys, of whichever kind, into ``temp.wanted``."""
    some = set(keys)
    _want(db, ((kind, key) for kind in kinds for key in some))


def _want(db: Any, keys: Iterable[Key]) -> None:
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS wanted(kind TEXT, key TEXT, PRIMARY KEY(key, kind)) WITHOUT ROWID;"
        "DELETE FROM temp.wanted"
    )
    with db:
        db.executemany("INSERT OR IGNORE INTO temp.wanted VALUES(?, ?)", keys)


@cache
def inside_query(prop: str | None) -> str:
    """Return the query for what lies in the places of ``?2`` (JSON, ``[[kind, key], …]``) at ``?1``; ``prop`` has to be ``?3``."""
    held = ddl.primary("c", "?1")
    between, last = [], []
    for b in ddl.branches("LOCATED_IN"):
        kinds = b.constants()
        if b.claim_kind == "organization":
            only = "" if prop is None else f" AND {column(prop)} = ?3"
            last.append(
                f"SELECT c.key FROM at CROSS JOIN {b.origin} ON {b.target} = at.key"
                f" WHERE at.kind = '{kinds['target_kind']}' AND {held}{only}"
            )
        elif b.claim_kind in ddl.ends("LOCATED_IN", "target"):
            between.append(
                f"SELECT '{b.claim_kind}', c.key FROM at CROSS JOIN {b.origin} ON {b.target} = at.key"
                f" WHERE at.kind = '{kinds['target_kind']}' AND {held}"
            )
    start = "SELECT value ->> 0, value ->> 1 FROM json_each(?2)"
    return (
        f"WITH RECURSIVE at(kind, key) AS ({' UNION '.join([start, *between])}) {' UNION '.join(last)}"
        " ORDER BY 1"
    )


def inside(db: Any, places: Iterable[Key], date: int, having: tuple[str, str] | None) -> list[str]:
    """See :meth:`graph.store.base.Store.inside`."""
    prop, value = having or (None, None)
    bindings: list[Any] = [date, json.dumps(sorted(set(places)))]
    if prop is not None:
        bindings.append(value)
    return [key for (key,) in db.execute(inside_query(prop), bindings)]


def ring(
    db: Any,
    nodes: Iterable[Key],
    date: int,
    hops: int,
    over: frozenset[str] | None = None,
) -> set[Key]:
    """See :meth:`graph.store.base.Store.ring`."""
    return _around(db, nodes, date, hops, over)[0]


def _around(
    db: Any,
    nodes: Iterable[Key],
    date: int,
    hops: int,
    over: frozenset[str] | None = None,
    most: int | None = None,
    through: int | None = None,
) -> tuple[set[Key], dict[Key, int]]:
    """Return what lies within some hops, and what was not gone through: see :meth:`graph.store.base.Store.neighbours`."""
    seen = set(nodes)
    last = set(seen)
    hubs: dict[Key, int] = {}
    for hop in range(hops):
        found: set[Key] = set()
        if hop and through is not None:
            near: dict[Key, set[Key]] = defaultdict(set)
            for a, b, *_ in _tied(db, last, date, BOTH, over):
                for n, other in ((a, b), (b, a)):
                    if n in last and other != n:
                        near[n].add(other)
            hubs |= {n: len(some) for n, some in near.items() if len(some) > through}
            found.update(*(some for n, some in near.items() if n not in hubs))
            found -= seen
            if most is not None and len(seen) + len(found) > most:
                raise around_too_much(most, hops)
        else:
            for a, b, *_ in _tied(db, last, date, BOTH, over):
                found.update(n for n in (a, b) if n not in seen)
                if most is not None and len(seen) + len(found) > most:
                    raise around_too_much(most, hops)
        last = found
        seen |= found
    return seen, hubs


def neighbours(
    db: Any, start: Key, date: int, hops: int, most: int | None = None, through: int | None = None
) -> nx.MultiDiGraph[Any]:
    """See :meth:`graph.store.base.Store.neighbours`."""
    found, hubs = _around(db, [start], date, hops, None, most, through)
    out = subgraph(db, found, date)
    out.graph[HUBS] = dict(sorted(hubs.items()))
    return out


def subgraph(db: Any, nodes: Iterable[Key], date: int) -> nx.MultiDiGraph[Any]:
    """See :meth:`graph.store.base.Store.subgraph`."""
    wanted = set(nodes)
    found = ties(db, wanted, date, ends=("source",))
    return induced(wanted, _known(db, {k for k, _ in wanted}, date), found)


def origins(db: Any, nodes: Iterable[Key], date: int) -> dict[Key, Source]:
    """See :meth:`graph.store.base.Store.origins`."""
    wanted = set(nodes)
    sql = _origins_query(frozenset(kind for kind, _ in wanted) & frozenset(load_schema().kinds))
    _want(db, wanted)
    rows = db.execute(sql, (date,)) if sql else ()
    return {(kind, key): Source(*rest) for kind, key, *rest in rows}


@cache
def _origins_query(kinds: frozenset[str]) -> str:
    return " UNION ALL ".join(
        f"SELECT w.kind, w.key, c.batch, s.file, s.sheet, c.row FROM temp.wanted w CROSS JOIN {table(kind)} c ON c.key = w.key"
        f" CROSS JOIN sheet s ON s.id = c.sheet WHERE w.kind = '{kind}' AND {ddl.primary('c', '?1')}"
        for kind in sorted(kinds)
    )


def _known(db: Any, kinds: Iterable[str], date: int) -> dict[Key, dict[str, Any]]:
    """Return the properties of the nodes in ``temp.wanted``, unknown ones left out."""
    out: dict[Key, dict[str, Any]] = {}
    for kind in kinds:
        declared = load_schema().kinds.get(kind)
        if declared is None:
            continue
        names = list(declared.properties)
        bools = {n for n, p in declared.properties.items() if p.type == "bool"}
        rows = db.execute(
            f"SELECT c.key, {', '.join(column(n) for n in names)} FROM temp.wanted w CROSS JOIN {table(kind)} c ON c.key = w.key"
            f" WHERE w.kind = ?1 AND {ddl.primary('c', '?2')}",
            (kind, date),
        )
        for key, *values in rows:
            out[kind, key] = {
                n: bool(v) if n in bools else v
                for n, v in zip(names, values, strict=True)
                if v is not None
            }
    return out


def paths(
    db: Any, a: Key, b: Key, date: int, cap: int, most: int | None = None
) -> tuple[list[list[Step]], bool]:
    """See :meth:`graph.store.base.Store.paths`: from both ends, ring by ring, from where the fewer stand."""
    if a == b:
        return [[]], False
    near: dict[Key, set[tuple[Key, str, Literal["out", "in"]]]] = defaultdict(set)
    far = ({a: 0}, {b: 0})
    rings = [{a}, {b}]
    met: set[Key] = set()
    while rings[0] and rings[1] and not met:
        side = int(len(rings[1]) < len(rings[0]))
        own, other = far[side], far[1 - side]
        step = own[next(iter(rings[side]))] + 1
        found: set[Key] = set()
        for x, y, kind, *_ in _tied(db, rings[side], date, BOTH, None):
            near[x].add((y, kind, "out"))
            near[y].add((x, kind, "in"))
            found.update(n for n in (x, y) if n not in own)
            if most is not None and len(own) + len(other) + len(found) > most:
                raise between_too_much(most)
        own.update(dict.fromkeys(found, step))
        rings[side] = found
        met = found & other.keys()
    if not met:
        return [], False
    return _first(near, a, b, _between(near, far, met), cap)


def _between(
    near: Mapping[Key, set[tuple[Key, str, Literal["out", "in"]]]],
    far: tuple[dict[Key, int], dict[Key, int]],
    met: set[Key],
) -> dict[Key, int]:
    """Return the entities on shortest connections, each with its distance from the first end."""
    one = next(iter(met))
    length = far[0][one] + far[1][one]
    out: dict[Key, int] = {}
    for side, own in enumerate(far):
        back = deque(met)
        seen = set(met)
        while back:
            y = back.popleft()
            out[y] = length - own[y] if side else own[y]
            for x, _, _ in near[y]:
                if own.get(x) == own[y] - 1 and x not in seen:
                    seen.add(x)
                    back.append(x)
    return out


def _first(
    near: Mapping[Key, set[tuple[Key, str, Literal["out", "in"]]]],
    a: Key,
    b: Key,
    at: Mapping[Key, int],
    cap: int,
) -> tuple[list[list[Step]], bool]:
    """Return the first connections: walked in sorted order along what leads to the end, the first ``cap`` are the first of all."""
    out: list[list[Step]] = []
    stack: list[tuple[Key, list[Step]]] = [(a, [])]
    while stack and len(out) <= cap:
        x, steps = stack.pop()
        if x == b:
            out.append(steps)
            continue
        further = [(x, kind, way, y) for y, kind, way in near[x] if at.get(y) == at[x] + 1]
        stack += [(s[3], [*steps, s]) for s in sorted(further, reverse=True)]
    return out[:cap], len(out) > cap

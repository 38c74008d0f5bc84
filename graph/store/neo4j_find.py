"""Finding in the Neo4j store: by code, by a value, by name, part of a name, pinyin and initials (base: *find*), in a box."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from graph.model import Located
from graph.schema import load_schema
from graph.store.neo4j_names import NAMES, claim, quoted
from graph.store.neo4j_revision import HEAD, asked, held, points, primary

if TYPE_CHECKING:
    from graph.model import Box
    from graph.store.neo4j_server import Server

Key = tuple[str, str]
_CHINESE = re.compile("[\u4e00-\u9fa5]{2,}")
"""What the full-text index narrows down exactly: it takes names apart into pairs of neighbouring characters."""

_PLACE = (
    " CASE WHEN $text IN split(c.`_spelled`, '\n')[3..5] THEN 0 WHEN split(c.`_spelled`, '\n')[0] = $text THEN 1"
    " WHEN split(c.`_spelled`, '\n')[0] STARTS WITH $text THEN 2 WHEN split(c.`_spelled`, '\n')[0] CONTAINS $text THEN 3"
    " WHEN any(part IN split(c.`_spelled`, '\n')[1..3] WHERE part CONTAINS $text) THEN 4 END"
).replace("'\n'", "'\\n'")
"""How well a name fits, least first; nothing where it does not."""


@cache
def _nodes() -> tuple[str, ...]:
    return tuple(k for k, declared in load_schema().kinds.items() if declared.role == "node")


@cache
def find_query(*, chinese: bool) -> str:
    """Return the question for names that hold ``$text``: narrowed by the full-text index (Chinese), or by that over parts."""
    kinds = [(kind, load_schema().kinds[kind]) for kind in _nodes()]
    if chinese:
        parts = [
            (
                f"CALL db.index.fulltext.queryNodes('{NAMES}', $phrase) YIELD node AS c"
                " RETURN c, $kinds[labels(c)[0]] AS kind"
            )
        ]
        for kind, declared in kinds:
            parts.append(f"MATCH (c:{claim(kind)} {{key: $text}}) RETURN c, '{kind}' AS kind")
            if "code" in declared.properties:
                parts.append(f"MATCH (c:{claim(kind)} {{code: $text}}) RETURN c, '{kind}' AS kind")
    else:
        parts = [
            f"MATCH (c:{claim(kind)}) WHERE c.`_spelled` CONTAINS $text RETURN c, '{kind}' AS kind"
            for kind, _ in kinds
        ]
    return (
        # the indexes come with the first revision
        f"{HEAD} WITH v, d WHERE v > 0 CALL () {{ {' UNION '.join(parts)} }} WITH c, kind, v, d WHERE {primary('c')}"
        f" WITH kind, c.key AS key, {_PLACE} AS place WHERE place IS NOT NULL"
        " RETURN DISTINCT place, kind, key ORDER BY place, kind, key LIMIT $limit"
    )


def find(
    server: Server, text: str, as_of: int | None, limit: int, revision: int | None
) -> list[Key]:
    """Return what is found, best first (base: :meth:`~graph.store.base.Store.find`)."""
    wanted = text.strip().lower()
    if not wanted or "\n" in wanted:  # names are kept in one line
        return []
    # whoever asks in the middle of its own import may be the first, and have no indexes yet
    chinese = revision is None and _CHINESE.fullmatch(wanted) is not None
    bindings: dict[str, Any] = asked(as_of, revision) | {"text": wanted, "limit": limit}
    if chinese:
        kinds = {claim(k).strip("`"): k for k in _nodes()}
        bindings |= {"phrase": f'"{wanted}"', "kinds": kinds}
    rows = server.rows(find_query(chinese=chinese), **bindings)
    return [(kind, key) for _, kind, key in rows]


@cache
def lookup_query() -> str:
    """Return the question for what a code may mean."""
    parts = []
    for kind in _nodes():
        parts.append(f"MATCH (c:{claim(kind)} {{key: $code}}) RETURN c, '{kind}' AS kind")
        if "code" in load_schema().kinds[kind].properties:
            parts.append(f"MATCH (c:{claim(kind)} {{code: $code}}) RETURN c, '{kind}' AS kind")
    # all that hold at the date, those that do not speak for their entity too
    return (
        f"{HEAD} CALL () {{ {' UNION ALL '.join(parts)} }} WITH c, kind, v, d WHERE {held('c')} AND c.`_superseded` IS NULL"
        " RETURN DISTINCT kind, c.key"
    )


@cache
def nodes_query(kind: str, prop: str) -> str:
    """Return the question for entities of a kind that have ``$value`` as their key or a property, with where it was read."""
    from graph.store.neo4j_names import SHEET

    names = ", ".join(f"c.{quoted(n)}" for n in load_schema().kinds[kind].properties)
    return (
        f"{HEAD} MATCH (c:{claim(kind)} {{{quoted(prop)}: $value}}) WHERE {primary('c')}"
        f" MATCH (s:{quoted(SHEET)} {{id: c.`_sheet`}})"
        f" RETURN c.key, c.valid_from, c.valid_to, c.`_batch`, s.file, s.sheet, c.`_row`, {names} ORDER BY c.key"
    )


@cache
def within_query(kinds: tuple[str, ...], *, pointed: bool, capped: bool) -> str:
    """Return the question for what lies in a box (``$west``, ``$south``, ``$east``, ``$north``), by the indexes over points.

    Without ``pointed`` it is asked of the numbers that rows state, by going through all of a kind.
    """
    low = "point({longitude: $west, latitude: $south})"
    high = "point({longitude: $east, latitude: $north})"
    at = f"point.withinBBox(c.`_at`, {low}, {high}) AND " if pointed else ""
    parts = " UNION ALL ".join(
        # the numbers decide, so that no edge depends on what a point makes of them
        f"MATCH (c:{claim(kind)}) WHERE {at}$west <= c.lon <= $east AND $south <= c.lat <= $north AND {primary('c')}"
        f" RETURN '{kind}' AS kind, c.key AS key, coalesce(c.name, c.key) AS name, c.lon AS lon, c.lat AS lat, c.datum AS datum"
        for kind in kinds
    )
    return (
        f"{HEAD} CALL (v, d) {{ {parts} }} RETURN kind, key, name, lon, lat, datum"
        f" ORDER BY kind, key{' LIMIT $most' if capped else ''}"
    )


def within(
    server: Server,
    box: Box,
    as_of: int | None,
    revision: int | None,
    kinds: tuple[str, ...],
    limit: int | None,
) -> tuple[list[Located], bool]:
    """See :meth:`graph.store.base.Store.within`."""
    asked_for = box.on_earth()
    if asked_for is None or not kinds:
        return [], False
    shown, pointed = points(server)
    bindings: dict[str, Any] = asked(as_of, shown if revision is None else revision)
    bindings |= asked_for._asdict()
    if limit is not None:
        bindings |= {"most": limit + 1}  # one more tells whether there are more
    text = within_query(kinds, pointed=pointed, capped=limit is not None)
    rows = server.rows(text, **bindings)
    return [Located(*row) for row in rows[:limit]], limit is not None and len(rows) > limit

"""Which relationships a claim's values make, and how they are written and ended in the Neo4j store (base: *edges*)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from graph.model import OPEN
from graph.schema import load_schema, parts
from graph.store.neo4j_names import by, implied_end, label, open_ends, quoted, rules
from graph.store.neo4j_revision import seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.schema import EdgeRule
    from graph.store.neo4j_server import Statement

ALL_RANKS = "member"
"""The kind whose claims make edges even where another row speaks for the entity."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where relationships of one sort lead: their type, the kinds of their ends, and the property that makes them.

    ``back`` says that they begin at the end that the property names.
    """

    edge: str
    source: str
    target: str
    via: str
    claim_kind: str
    back: bool = False


Ends = tuple[str, str]


@cache
def columns(kind: str) -> tuple[str, ...]:
    """Return the properties of a kind that its edges are made from."""
    names: dict[str, None] = {}
    for name, rule in rules(kind):
        names |= {name: None} | ({rule.source: None} if rule.source else {})
    return tuple(names)


def made(kind: str, key: str, values: Mapping[str, Any]) -> Iterator[tuple[Place, Ends]]:
    """Yield the edges that a claim's values make, each once."""
    properties = load_schema().kinds[kind].properties
    for name, rule in rules(kind):
        text = values.get(name)
        source = key if rule.source is None else values.get(rule.source)
        if not text or not source:
            continue
        here, there = _ends(kind, rule)
        several = properties[name].type == "list"
        for value in dict.fromkeys(parts(text)) if several else (str(text),):
            if _names(rule, value):
                a, b = ((there, value), (here, str(source)))
                if not rule.reverse:
                    a, b = b, a
                yield Place(rule.kind, a[0], b[0], name, kind, rule.reverse), (a[1], b[1])


def _ends(kind: str, rule: EdgeRule) -> tuple[str, str]:
    """Return the kinds of the end that a claim is about, and of the one that its value names."""
    here = kind if rule.source is None else load_schema().edges[rule.kind].source[0]
    return here, rule.target or implied_end(rule.kind)


def _names(rule: EdgeRule, value: str) -> bool:
    """Return whether a value names the other end, and is neither an office's name nor a mere yes or no."""
    if rule.when == "code":
        return not any("\u2e80" <= c <= "\u9fff" for c in value)
    if rule.when == "office":
        return value not in ("是", "否")
    return True


class Edges:
    """Relationships to be written in one transaction, by where they lead."""

    def __init__(self) -> None:
        self._made: dict[Place, list[tuple[Any, ...]]] = defaultdict(list)
        self._ended: dict[tuple[str, str, bool, str], list[list[Any]]] = defaultdict(list)

    def make(
        self, kind: str, key: str, claim: int, values: Mapping[str, Any], start: int, stop: int
    ) -> None:
        """Make the edges of a claim that stands from one date to another."""
        end = None if stop == OPEN else stop
        for place, (a, b) in made(kind, key, values):
            self._made[place].append((a, b, claim, start, end))

    def make_all(
        self,
        kind: str,
        keys: Sequence[str],
        claims: Sequence[int],
        cells: Mapping[str, Sequence[Any]],
        starts: Sequence[int],
    ) -> None:
        """Make the edges of claims of different entities, a column at a time; they stand from a date on."""
        properties = load_schema().kinds[kind].properties
        for name, rule in rules(kind):
            if name not in cells or (rule.source is not None and rule.source not in cells):
                continue
            here, there = _ends(kind, rule)
            sources = keys if rule.source is None else cells[rule.source]
            some = zip(sources, cells[name], claims, starts, strict=True)
            if properties[name].type == "list":
                pairs = [
                    (a, b, claim, start)
                    for a, text, claim, start in some
                    if text and a
                    for b in dict.fromkeys(parts(text))
                    if _names(rule, b)
                ]
            else:
                pairs = [x for x in some if x[1] and x[0]]
                if rule.when is not None:
                    pairs = [x for x in pairs if _names(rule, x[1])]
            if rule.reverse:
                place = Place(rule.kind, there, here, name, kind, back=True)
                self._made[place] += [(b, a, claim, start, None) for a, b, claim, start in pairs]
            else:
                place = Place(rule.kind, here, there, name, kind)
                self._made[place] += [(a, b, claim, start, None) for a, b, claim, start in pairs]

    def end(self, kind: str, key: str, claim: int, values: Mapping[str, Any]) -> int:
        """End the edges of a claim; return how many there are at most."""
        n = 0
        for place, (a, b) in made(kind, key, values):
            # from the end that is the claim's own: the other may be of another kind by now, and have a million
            rule = load_schema().kinds[kind].properties[place.via].edge
            back = rule is not None and rule.reverse
            own = (place.target, b) if back else (place.source, a)
            self._ended[place.edge, own[0], back, kind].append([own[1], claim])
            n += 1
        return n

    def join(self, others: Edges) -> None:
        """Take in what others make and end."""
        for place, some in others._made.items():
            self._made[place] += some
        for where, rows in others._ended.items():
            self._ended[where] += rows

    def ends(self, revision: int, there: dict[str, set[str]]) -> Iterator[Statement]:
        """Yield what makes sure of the entities at their ends: all before anything that leads there is made.

        ``there`` are entities, by kind, that have been made sure of already; those made sure of here come to it.
        """
        for place, rows in self._by_place():
            for n, kind in enumerate((place.source, place.target)):
                known = there.setdefault(kind, set())
                if new := {r[n] for r in rows} - known:
                    known |= new
                    yield _entities(kind, new, revision)

    def statements(self, revision: int) -> Iterator[Statement]:
        """Yield what ends and makes them, the latter in groups of those that have one end in common."""
        for (edge, kind, back, claim_kind), some in sorted(self._ended.items()):
            way = f"<-[r:{quoted(edge)}]-()" if back else f"-[r:{quoted(edge)}]->()"
            yield (
                (
                    f"WITH $revision AS v UNWIND $rows AS row MATCH (n:{label(kind)} {{key: row[0]}}){way}"
                    f" WHERE r.`_claim` = row[1] AND r.`_by` IN $by AND {seen('r')} SET r.`_until` = v"
                ),
                {"rows": _distinct(some), "by": by(claim_kind), "revision": revision},
            )
        for place, rows in self._by_place():
            (number,) = by(place.claim_kind, place.via)
            groups = _groups(rows, 0 if place.back else 1)
            yield _joining(place), {"groups": groups, "by": number, "revision": revision}

    def _by_place(self) -> list[tuple[Place, list[tuple[Any, ...]]]]:
        """Return what is made in the one order that all transactions lock ends in: so fewer stand in each other's way."""
        return [(place, self._made[place]) for place in sorted(self._made) if self._made[place]]


def _joining(place: Place) -> str:
    """Return the statement that makes relationships: each end that many lead to is looked up once for all of a group."""
    one, other = (
        f"({n}:{label(k)} {{key: $}})" for n, k in (("a", place.source), ("b", place.target))
    )
    if not place.back:
        one, other = other, one
    return (
        f"UNWIND $groups AS g MATCH {one.replace('$', 'g[0]')} UNWIND g[1] AS row MATCH {other.replace('$', 'row[0]')}"
        # four numbers, as many as one record of the server's holds; `valid_to` where they do not stand on
        f" CREATE (a)-[:{quoted(place.edge)} {{`_by`: $by, `_claim`: row[1], valid_from: row[2], valid_to: row[3],"
        " `_since`: $revision}]->(b)"
    )


def _groups(rows: Sequence[tuple[Any, ...]], end: int) -> list[list[Any]]:
    """Return rows by one of their first two values, the keys of both ends: ``[key, [[other key, claim, start, stop], …]]``."""
    out: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        out[row[end]].append((row[1 - end], *row[2:]))
    return [[key, out[key]] for key in sorted(out)]


def _distinct(rows: Iterable[list[Any]]) -> list[list[Any]]:
    return [list(r) for r in sorted({tuple(r) for r in rows})]


def _entities(kind: str, keys: set[str], revision: int) -> Statement:
    """Return the statement that makes sure of entities which something refers to, or of which something is said."""
    return (
        (
            f"UNWIND $keys AS key MERGE (n:{label(kind)} {{key: key}})"
            " ON CREATE SET n.name = key, n.`_since` = $revision"
        ),
        {"keys": sorted(keys), "revision": revision},
    )


def settle(edge: str) -> Iterator[tuple[str, str]]:
    """Yield, for an edge whose target may be of several kinds, (a kind that targets have, the query for those with wrong ones).

    A target is of the first kind that any row defines it as, else of the implied one. The queries take ``$revision`` and return the
    target's key and the number of the right kind among :func:`~graph.store.neo4j_names.open_ends`, that of none one past the last.
    """
    from graph.store.neo4j_names import claim

    kinds = open_ends(edge)
    if not kinds:
        return
    whens = " ".join(
        f"WHEN EXISTS {{ MATCH (c{n}:{claim(k)} {{key: b.key}}) WHERE {seen(f'c{n}')} AND c{n}.`_superseded` IS NULL }} THEN {n}"
        for n, k in enumerate(kinds)
    )
    for n, kind in enumerate((*kinds, implied_end(edge))):
        yield (
            kind,
            (
                f"WITH $revision AS v MATCH (b:{label(kind)}) WHERE EXISTS {{ MATCH (b)<-[r:{quoted(edge)}]-() WHERE {seen('r')} }}"
                f" WITH b, CASE {whens} ELSE {len(kinds)} END AS right WHERE right <> {n} RETURN b.key, right ORDER BY b.key"
            ),
        )


def move(edge: str, old: str, new: str) -> str:
    """Return the statement that leads relationships to entities of another kind: ``$keys``, ``$revision``."""
    return (
        f"WITH $revision AS v UNWIND $keys AS key MATCH (b:{label(old)} {{key: key}})<-[r:{quoted(edge)}]-(a) WHERE {seen('r')}"
        f" MERGE (n:{label(new)} {{key: key}}) ON CREATE SET n.name = key, n.`_since` = v"
        f" CREATE (a)-[s:{quoted(edge)}]->(n) SET s = properties(r), s.`_since` = v, r.`_until` = v"
    )

"""Chains, paths, what is connected with an entity and what lies around it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.asking.lookup import identify
from graph.errors import InputError
from graph.model import iso
from graph.store.base import HUBS, MOST_AROUND, MOST_BETWEEN, MOST_THROUGH

if TYPE_CHECKING:
    import networkx as nx

    from graph.around import Around, Near
    from graph.model import Chain
    from graph.policy.profile import Profile
    from graph.store.base import Store

PATHS = 100
"""The most shortest connections that are listed."""
FARTHEST = 100_000
"""The most metres that are looked around: more than any city is wide."""
NEAREST = 500
"""Of what lies near, so many are listed unless more are asked for."""
HOPS = 6
"""The most edges that are gone around."""


def chain(store: Store, code: str, as_of: int | None, *, down: bool = False) -> Chain:
    """Follow formal subordination up to its ends, or down.

    Raises
    ------
    UnknownIdError, AmbiguousIdError
        As :func:`api.asking.lookup.identify`.
    """
    return store.chain(*identify(store, code, as_of), as_of, down=down)


@dataclass(frozen=True, eq=False)
class Paths:
    """The shortest connections between two entities: ``steps`` of each, and whether there are more than :data:`PATHS`."""

    a: str
    b: str
    as_of: int
    steps: list[list[dict[str, str]]]
    capped: bool

    @property
    def length(self) -> int | None:
        """Steps of each; ``None`` where nothing connects the two."""
        return len(self.steps[0]) if self.steps else None

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "a": self.a,
            "b": self.b,
            "as_of": iso(self.as_of),
            "length": self.length,
            "paths": self.steps,
            "cap": PATHS,
            "capped": self.capped,
        }


def paths(store: Store, a: str, b: str, as_of: int) -> Paths:
    """List the shortest connections between two entities.

    Raises
    ------
    UnknownIdError, AmbiguousIdError
        As :func:`api.asking.lookup.identify`.
    TooMuchError
        As :meth:`graph.store.base.Store.paths`.
    """
    begin, end = identify(store, a, as_of), identify(store, b, as_of)
    found, capped = store.paths(begin, end, as_of, PATHS, most=MOST_BETWEEN)
    steps = [
        [
            {
                "from": x[1],
                "from_kind": x[0],
                "to": y[1],
                "to_kind": y[0],
                "kind": kind,
                "direction": way,
            }
            for x, kind, way, y in one
        ]
        for one in found
    ]
    return Paths(begin[1], end[1], as_of, steps, capped)


@dataclass(frozen=True, eq=False)
class Connected:
    """What is connected with an entity within some edges.

    Attributes
    ----------
    left_out : list of dict
        What has too many neighbours to go through, with how many.
    """

    kind: str
    key: str
    as_of: int
    hops: int
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    groups: list[dict[str, Any]] | None = None
    left_out: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say; ``groups`` only where the first of each were asked for."""
        said = {
            "id": self.key,
            "kind": self.kind,
            "as_of": iso(self.as_of),
            "hops": self.hops,
            "nodes": self.nodes,
            "edges": self.edges,
            "left_out": self.left_out,
        }
        return said if self.groups is None else said | {"groups": self.groups}


def connected(store: Store, code: str, as_of: int, hops: int, each: int | None = None) -> Connected:
    """List what is connected with an entity within so many edges.

    Parameters
    ----------
    store : Store
    code : str
    as_of : int
    hops : int
    each : int, optional
        Of the neighbours by each relation, direction and kind, the first so many, and how many there are.

    Raises
    ------
    InputError
        ``each`` with more than one hop.
    TooMuchError
        As :meth:`graph.store.base.Store.neighbours`.
    UnknownIdError, AmbiguousIdError
        As :func:`api.asking.lookup.identify`.
    """
    if each is not None and hops > 1:
        raise InputError(
            "each: counts what is one edge away; leave hops at 1", "each：只统计一步之内；hops 请用 1"
        )  # fmt: skip
    kind, key = identify(store, code, as_of)
    found: nx.MultiDiGraph[Any] = store.neighbours(
        kind,
        key,
        as_of,
        hops,
        most=MOST_AROUND if each is None else MOST_BETWEEN,
        through=MOST_THROUGH,
    )
    hubs = hubs_of(found)
    groups = None
    if each is not None:
        found, groups = _first(found, (kind, key), each)
    return Connected(kind, key, as_of, hops, nodes_of(found), edges_of(found), groups, hubs)


def hubs_of(found: nx.MultiDiGraph[Any]) -> list[dict[str, Any]]:
    """Return what a neighbourhood was not followed through, with how many neighbours each has."""
    return [
        {"id": n[1], "name": found.nodes[n].get("name") or n[1], "kind": n[0], "neighbours": number}
        for n, number in found.graph.get(HUBS, {}).items()
    ]


def nodes_of(found: nx.MultiDiGraph[Any]) -> list[dict[str, Any]]:
    """Return a graph's nodes as answers have them."""
    return [
        {
            "id": n[1],
            "name": d.get("name") or n[1],
            "kind": "missing" if d.get("missing") else n[0],
            "type": d.get("type"),
        }
        for n, d in found.nodes(data=True)
    ]


def edges_of(found: nx.MultiDiGraph[Any]) -> list[dict[str, Any]]:
    """Return a graph's edges as answers have them."""
    return [
        {
            "from": x[1],
            "from_kind": x[0],
            "to": y[1],
            "to_kind": y[0],
            "kind": d["kind"],
            "via": d["via"],
        }
        for x, y, d in found.edges(data=True)
    ]


def _first(
    found: nx.MultiDiGraph[Any], focus: tuple[str, str], each: int
) -> tuple[nx.MultiDiGraph[Any], list[dict[str, Any]]]:
    """Return a neighbourhood with the first so many of each group, by code, and the groups with their counts."""
    members: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    for x, y, d in found.edges(data=True):
        if focus not in (x, y):
            continue
        other, direction = (y, "out") if x == focus else (x, "in")
        kind = "missing" if found.nodes[other].get("missing") else other[0]
        members.setdefault((d["kind"], direction, kind), set()).add(other)
    kept = {focus}
    for group in members.values():
        kept.update(heapq.nsmallest(each, group))
    told = [
        {"kind": relation, "direction": direction, "other": other, "count": len(group)}
        for (relation, direction, other), group in sorted(members.items())
    ]
    return found.subgraph(kept), told


@dataclass(frozen=True, eq=False)
class Nearby:
    """The organizations and places within some metres of one, the nearest ``limit`` of them listed."""

    found: Around
    datum: str
    as_of: int
    within: int
    limit: int

    @property
    def listed(self) -> tuple[Near, ...]:
        """The nearest."""
        return self.found.near[: self.limit]

    @property
    def more(self) -> bool:
        """Whether more were found than are listed."""
        return len(self.found.near) > self.limit

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        found = self.found
        return {
            "id": found.key,
            "kind": found.kind,
            "name": found.name,
            "as_of": iso(self.as_of),
            "lon": found.lon,
            "lat": found.lat,
            "within": self.within,
            "assumed_datum": {"datum": self.datum, "of": found.assumed},
            "found": len(found.near),
            "limit": self.limit,
            "more": self.more,
            "results": [
                {
                    "id": x.key,
                    "name": x.name,
                    "kind": x.kind,
                    "metres": x.metres,
                    "lon": x.lon,
                    "lat": x.lat,
                }
                for x in self.listed
            ],
        }


def nearby(
    store: Store, profile: Profile, code: str, as_of: int, metres: int, limit: int
) -> Nearby:
    """List the organizations and places within so many metres, the nearest first.

    Raises
    ------
    InputError
        The entity has no coordinates.
    """
    from graph.around import around

    found = around(store, profile, *identify(store, code, as_of), metres, as_of)
    return Nearby(found, profile.datum, as_of, metres, limit)

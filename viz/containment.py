"""What lies in what: the tree of places and divisions of a graph, and where organizations and units are at home in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx

Key = tuple[str, str]

CONTAINERS = frozenset({"division", "park", "building", "commercial_street", "market"})
PLANNED = "PLANNED"
"""The kind of edge by which a plan proposes that a unit cover an organization (:mod:`viz.plans`)."""
COVERING = ("COVERS", PLANNED)
NEAREST: tuple[str, ...] = (
    "building", "market", "commercial_street", "park", "community", "street", "district", "parent",
)  # fmt: skip
"""Properties that name a place, from the smallest to the largest."""
DEEPEST = 30
"""Places in places; a longer row of them is a fault of the ledgers, and is cut."""


@dataclass(frozen=True)
class Containment:
    """Places as a forest.

    Attributes
    ----------
    parent : dict
        Place to the place it lies in, ``None`` at the top.
    children : dict
        The reverse, each list in order; ``None`` has the tops.
    home : dict
        Organization or unit to the smallest place that holds it and all it covers or has below it; ``None`` for nowhere.
    residents : dict
        The reverse, each list in order.
    """

    parent: dict[Key, Key | None]
    children: dict[Key | None, list[Key]]
    home: dict[Key, Key | None]
    residents: dict[Key | None, list[Key]] = field(default_factory=dict)

    def path(self, place: Key | None) -> list[Key]:
        """Return a place and all that it lies in, the largest first."""
        out = []
        while place is not None:
            out.append(place)
            place = self.parent[place]
        return out[::-1]

    def within(self, place: Key | None) -> Iterator[Key]:
        """Yield a place and all places in it, each before those that it holds; ``None`` is all there are."""
        stack: list[Key] = [place] if place is not None else self.children.get(None, [])[::-1]
        while stack:
            at = stack.pop()
            yield at
            stack += self.children.get(at, [])[::-1]

    def common(self, places: Iterable[Key | None]) -> Key | None:
        """Return the smallest place that holds all of these; ``None`` where none does."""
        shared: list[Key] | None = None
        for place in places:
            path = self.path(place)
            if shared is None:
                shared = path
            else:
                n = 0
                while n < min(len(path), len(shared)) and path[n] == shared[n]:
                    n += 1
                shared = shared[:n]
            if not shared:
                return None
        return shared[-1] if shared else None


def contain(graph: nx.MultiDiGraph[Any]) -> Containment:
    """Return the tree of places in a graph; a circle of places that contain each other is cut at its least key."""
    where: dict[Key, dict[str, Key]] = defaultdict(dict)
    covers: dict[Key, list[Key]] = defaultdict(list)
    below: dict[Key, list[Key]] = defaultdict(list)
    for a, b, kind, data in sorted(graph.edges(keys=True, data=True), key=lambda e: e[:3]):
        if kind == "LOCATED_IN" and b[0] in CONTAINERS:
            where[a].setdefault(str(data.get("via") or ""), b)
        elif kind in COVERING:
            covers[a].append(b)
        elif kind == "SUBORDINATE_TO" and a != b:
            below[b].append(a)
    places = sorted(n for n in graph.nodes if n[0] in CONTAINERS)
    parent: dict[Key, Key | None] = {p: _nearest(where.get(p, {}), p) for p in places}
    for p in places:
        seen = {p}
        at = parent[p]
        while at is not None:
            if at in seen:
                parent[min(seen)] = None
                break
            if len(seen) == DEEPEST:
                parent[p] = None
                break
            seen.add(at)
            at = parent[at]
    children: dict[Key | None, list[Key]] = defaultdict(list)
    for p in places:
        children[parent[p]].append(p)
    tree = Containment(parent, dict(children), {})
    for n in sorted(graph.nodes):
        if n[0] == "organization":
            tree.home[n] = _nearest(where.get(n, {}), n)
    _settle_units(graph, tree, where, covers, below)
    for n in sorted(tree.home):
        tree.residents.setdefault(tree.home[n], []).append(n)
    return tree


def _nearest(named: dict[str, Key], me: Key) -> Key | None:
    return next((named[v] for v in NEAREST if v in named and named[v] != me), None)


def _settle_units(
    graph: nx.MultiDiGraph[Any],
    tree: Containment,
    where: dict[Key, dict[str, Key]],
    covers: dict[Key, list[Key]],
    below: dict[Key, list[Key]],
) -> None:
    """Give each unit the smallest place that holds what it covers, those below it, and the place it names itself."""
    units = sorted(n for n in graph.nodes if n[0] == "unit")
    done: dict[Key, Key | None] = {}

    def own(u: Key) -> list[Key]:
        homes = [tree.home[o] for o in covers.get(u, ()) if o in tree.home]
        if not homes:
            homes = [_nearest(where.get(u, {}), u)]
        return [h for h in homes if h is not None]

    for first in units:
        stack = [(first, False)]
        open_: set[Key] = set()
        while stack:
            u, ready = stack.pop()
            if u in done:
                continue
            if ready:
                lower = [done[v] for v in below.get(u, ()) if v in done]
                homes = [*own(u), *(h for h in lower if h is not None)]
                done[u] = tree.common(homes) if homes else None
            elif u not in open_:
                open_.add(u)
                stack.append((u, True))
                stack += [(v, False) for v in below.get(u, ()) if v not in done and v not in open_]
    tree.home.update(done)

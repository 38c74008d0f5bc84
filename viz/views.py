"""From a graph to a scene: one picture where it is small enough, else places as one node with counts that open into their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graph.store.base import HUBS
from viz import forces, layout
from viz.containment import CONTAINERS, COVERING, Containment, contain
from viz.extract import GraphExtract
from viz.gathering import GROUP, gather
from viz.notes import further_down, left_out, not_through, taken_together, too_many
from viz.outline import outline
from viz.scene import LIMIT, Hull, Key, Line, Mark, Scene, Thing, View, Words, identity
from viz.things import things

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    from graph.model import Source
    from viz.extract import Extract

MARKS = 110
"""An overview opens boxes in boxes while it has fewer marks than this."""
MOST = 30_000
"""Organizations that one page can hold; of more than these it shows places and numbers."""
HIERARCHY = 400
"""All within some hops is drawn as a hierarchy up to this many nodes, as boxes beyond."""
HELD = 100
"""So it is with more organizations than this that lie in drawn places: a line from each to its place would tell nothing."""


def around(
    graph: nx.MultiDiGraph[Any],
    focus: Key,
    *,
    as_of: str,
    hops: int | None = None,
    sources: Mapping[Key, Source] | None = None,
    cut: Mapping[Key, int] | None = None,
) -> Scene:
    """Return the picture of an entity and what hangs on it.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As :func:`viz.selection.around` gives it.
    focus : (kind, key)
        The entity: marked, and always drawn.
    as_of : str
        ISO date, for the legend.
    hops : int, optional
        How far the graph reaches; ``None`` is the entity's own picture.
    sources : mapping, optional
        Where each entity was read.
    cut : mapping, optional
        Units left out below a drawn one.
    """
    name = str((graph.nodes[focus].get("name") if focus in graph else None) or focus[1])
    title = (name, name) if hops is None else (f"{name}：{hops} 步之内", f"{name}: within {hops} hops")  # fmt: skip
    builder = _Builder(graph, title, focus, sources or {}, cut or {})
    if graph.number_of_nodes() > LIMIT:
        return builder.pages(as_of)
    homes = (home for n, home in builder.tree.home.items() if n[0] == "organization")
    held = sum(home is not None for home in homes)
    many = graph.number_of_nodes() > HIERARCHY or held > HELD
    if focus[0] in CONTAINERS or (hops is not None and many):
        return builder.pages(as_of)
    # a chain is a hierarchy whosever picture it stands in; forces are for what has none
    if focus[0] in ("organization", "unit") or any(n[0] == "unit" for n in graph.nodes):
        points, boxes = layout.layered(graph)
    else:
        points, boxes = forces.spring(graph), {}
    return builder.scene(as_of, [builder.view("start", title, points, boxes, set(graph.nodes))])


def inside(
    extract: Extract,
    name: str,
    *,
    as_of: str,
    sources: Mapping[Key, Source] | None = None,
) -> Scene:
    """Return the picture of a jurisdiction: each place as a box with what lies in it, the units above what they cover."""
    title = (f"{name}：组织与党组织", f"{name}: organizations and units")
    if isinstance(extract, GraphExtract):
        return _Builder(extract.graph, title, None, sources or {}, {}).pages(as_of)
    if len(extract.frames.get("organization", ())) > MOST:
        graph, unseen = outline(extract)
        return _Builder(graph, title, None, sources or {}, {}, unseen).pages(as_of)
    return _Builder(extract.graph(), title, None, sources or {}, {}).pages(as_of)


class _Builder:
    """The views of one page over one graph."""

    def __init__(
        self,
        graph: nx.MultiDiGraph[Any],
        title: Words,
        focus: Key | None,
        sources: Mapping[Key, Source],
        cut: Mapping[Key, int],
        unseen: Mapping[Key, int] | None = None,
    ) -> None:
        self.graph = graph
        self.title = title
        self.focus = focus
        self.sources = sources
        self.cut = cut
        self.tree: Containment = contain(graph)
        self.unseen = unseen or {}
        self.whole = sum(n[0] == "organization" for n in graph.nodes) + sum(self.unseen.values())
        self.groups: dict[Key, Words] = {}
        self.opened: set[Key] = set()
        self.counts: dict[Key, int] = {}

    # -- pages of boxes --------------------------------------------------------------------------------------------

    def pages(self, as_of: str) -> Scene:
        """Return boxes in boxes; where there are too many marks, an overview and a view for each place in it."""
        if self.graph.number_of_nodes() > LIMIT:
            self.groups = gather(self.graph, self.tree, self.focus)
        views: list[View] = []
        waiting: list[Key | None] = [None]
        seen: set[Key | None] = {None}
        while waiting:
            place = waiting.pop(0)
            view, closed = self._boxes(place)
            views.append(view)
            # the boxes of an overview open too: a street with all that it holds, where the overview has its buildings
            boxes = {p for c in closed for p in self.tree.path(c)[:-1] if self._opens(p)}
            doors = {p for p in closed if self._inside(p)}
            new = [p for p in sorted(doors | boxes) if p not in seen]
            seen.update(new)
            waiting += new
        return self.scene(as_of, views)

    def _boxes(self, place: Key | None) -> tuple[View, set[Key]]:
        tree = self.tree
        inner = set(tree.within(place))
        people = {n for p in inner for n in tree.residents.get(p, ())}
        base = inner | people
        if place is None:
            base |= set(self.graph.nodes)
        else:
            base |= self._context(base)
        closed: set[Key] = set()
        notes: list[Words] = []
        hidden: dict[Key, Key] = {}
        if len(base) > LIMIT:
            closed, hidden = self._close(place, inner)
            base = {n for n in base if n not in hidden}
            base -= {d for p in closed for d in tree.within(p) if d != p}
            whole = self.graph.number_of_nodes() if place is None else len(inner | people)
            notes.append(taken_together(whole))
        if self.unseen:
            # leaves whose organizations aren't on this page are one mark each, whatever the size of the picture
            closed |= {p for p in inner & base if not tree.children.get(p) and p in self.unseen}
            notes.append(too_many(self.whole, self.graph, closed))
        base = self._trimmed(base, inner, notes)
        main = layout.nested(self.graph, tree, place, base, closed)
        rest = base - set(main.points)
        units = [n for n in rest if n[0] == "unit"]
        rows = layout.layers(self.graph.subgraph(units))
        other = layout.layers(self.graph.subgraph(rest - set(units)))
        body = layout.stacked(
            [
                *(layout.layer(r, max(1600.0, main.width)) for r in rows),
                main,
                *(layout.layer(r, max(1600.0, main.width)) for r in other),
            ],
            gap=30.0,
        )
        name = self._name(place) if place is not None else self.title
        at = "start" if place is None else identity(place)
        return self.view(at, name, body.points, body.boxes, base, closed, hidden, notes), closed

    def _inside(self, place: Key) -> bool:
        """Return whether a place holds anything that this page can draw."""
        tree = self.tree
        return place not in self.unseen or bool(
            tree.children.get(place) or tree.residents.get(place)
        )

    def _trimmed(self, base: set[Key], inner: set[Key], notes: list[Words]) -> set[Key]:
        """Return at most :data:`LIMIT` nodes, and say how many are left out: first those with the fewest ties."""
        over = len(base) - LIMIT
        if over <= 0:
            return base
        spare = [n for n in base - inner if n != self.focus]
        spare.sort(key=lambda n: (self.graph.degree(n) if n in self.graph else 0, n))
        notes.append(left_out(min(over, len(spare))))
        return base - set(spare[:over])

    def _context(self, base: set[Key]) -> set[Key]:
        """Return what a place's own view shows beside the place: superiors to the top, associations, offices."""
        out: set[Key] = set()
        stack = [n for n in base if n[0] in ("unit", "organization")]
        while stack:
            n = stack.pop()
            if n not in self.graph:
                continue
            near = [b for _, b, k in self.graph.out_edges(n, keys=True) if k != "LOCATED_IN"]
            if n[0] == "organization":
                near = [b for b in near if b[0] != "organization"]
                near += [a for a, _, k in self.graph.in_edges(n, keys=True) if k in COVERING]
            elif n not in base:
                near = [b for b in near if b[0] == "unit"]
            else:
                near = [b for b in near if b[0] != "organization"]
            for m in near:
                if m not in out and m not in base:
                    out.add(m)
                    stack.append(m)
        return out

    def _close(self, place: Key | None, inner: set[Key]) -> tuple[set[Key], dict[Key, Key]]:
        """Return which places to draw as one node, and which node stands for each that is hidden by that."""
        tree = self.tree
        opened: set[Key | None] = {place}
        closed = set(tree.children.get(place, ()))
        while True:
            # places that hold places go on being boxes, level by level, while the picture stays readable
            deeper = {p for p in closed if tree.children.get(p)}
            further = {c for p in deeper for c in tree.children[p]}
            heads = sum(len(tree.residents.get(p, ())) for p in (opened | deeper))
            few = len(closed) - len(deeper) + len(further) + heads + len(opened) <= MARKS
            if not deeper or not (few or len(closed) == 1):
                break
            opened |= deeper
            closed = (closed - deeper) | further
        hidden: dict[Key, Key] = {}
        for p in sorted(closed):
            for d in tree.within(p):
                if d != p:
                    hidden[d] = p
                for n in tree.residents.get(d, ()):
                    if n != self.focus:
                        hidden[n] = p
        return closed & (inner | closed), hidden

    # -- one view --------------------------------------------------------------------------------------------------

    def view(
        self,
        at: str,
        title: Words,
        points: Mapping[Any, layout.Point],
        boxes: Mapping[Any, layout.Box],
        shown: set[Key],
        closed: set[Key] | None = None,
        hidden: Mapping[Key, Key] | None = None,
        notes: list[Words] | None = None,
    ) -> View:
        """Return a picture of ``shown`` at ``points``, the edges of what is ``hidden`` led to what stands for it."""
        closed, hidden, notes = closed or set(), hidden or {}, list(notes or ())
        below = {n: self.cut[n] for n in shown if n in self.cut}
        if below:
            notes.append(further_down(sum(below.values())))
        marks = []
        for n in sorted(shown):
            x, y = points[n]
            count = self._count(n) if n in closed or (n in boxes and n in self.tree.parent) else 0
            marks.append(
                Mark(
                    id=identity(n),
                    x=x,
                    y=y,
                    focus=n == self.focus,
                    count=count,
                    below=below.get(n, 0),
                    opens=identity(n) if self._door(n, closed, boxes) else None,
                )
            )
        self.opened |= shown
        hulls = tuple(
            Hull(identity(n), self._hull(n), boxes[n]) for n in sorted(boxes, key=lambda n: (_area(boxes[n]), n), reverse=True)
        )  # fmt: skip
        return View(
            at, title, tuple(marks), self._lines(shown, hidden, set(boxes)), hulls, tuple(notes)
        )

    def _hull(self, n: Key) -> str:
        return "planned" if n in self.graph and self.graph.nodes[n].get("planned") else n[0]

    def _door(self, n: Key, closed: set[Key], boxes: Mapping[Any, layout.Box]) -> bool:
        """Return whether a mark opens into a picture of its own."""
        if n in closed:
            return self._inside(n)
        return bool(closed) and n in boxes and self._opens(n)

    def _opens(self, place: Key) -> bool:
        """Return whether a box has a picture of its own: one that holds everything would be the same again."""
        return place in self.tree.parent and self._count(place) < self.whole

    def _count(self, place: Key) -> int:
        """Return how many organizations lie in a place."""
        if place not in self.counts:
            here = sum(n[0] == "organization" for n in self.tree.residents.get(place, ()))
            here += self.unseen.get(place, 0)
            below = (self._count(p) for p in self.tree.children.get(place, ()))
            self.counts[place] = here + sum(below)
        return self.counts[place]

    def _lines(
        self, shown: set[Key], hidden: Mapping[Key, Key], boxes: set[Key]
    ) -> tuple[Line, ...]:
        found: dict[tuple[Key, Key, str], list[Any]] = {}
        near = self.graph.edges(shown | set(hidden), keys=True, data=True)
        for a, b, kind, data in sorted(near, key=lambda e: e[:3]):
            x, y = hidden.get(a, a), hidden.get(b, b)
            if x not in shown or y not in shown or (x == y and (a, b) != (x, y)):
                continue
            inside = kind == "LOCATED_IN" and self._told(x, y, shown, boxes)
            if kind == "LOCATED_IN" and inside and (x, y) != (a, b):
                continue  # a hidden node's place is the box that its place stands in
            held = found.setdefault((x, y, str(data.get("kind") or kind)), [0, data, inside])
            held[0] += 1
        used: Counter[tuple[str, ...]] = Counter()
        out = []
        for (x, y, kind), (number, data, inside) in sorted(found.items(), key=lambda e: e[0]):
            bend = 0
            if not inside:
                pair = tuple(sorted((identity(x), identity(y))))
                used[pair] += 1
                bend = used[pair] // 2 * (1 if used[pair] % 2 else -1)
            out.append(
                Line(
                    identity(x), identity(y), kind, str(data.get("via") or "") if number == 1 else "",
                    bend, inside, number,
                )
            )  # fmt: skip
        return tuple(out)

    def _told(self, n: Key, place: Key, shown: set[Key], boxes: set[Key]) -> bool:
        """Return whether the picture says by other means that ``n`` lies in a place: by its box, or through a smaller place."""
        at = self.tree.parent.get(n) if n in self.tree.parent else self.tree.home.get(n)
        between = False
        while at is not None:
            if at == place:
                return between or place in boxes
            between = between or at in shown
            at = self.tree.parent[at]
        return False

    def _name(self, n: Key) -> Words:
        if n in self.groups:
            return self.groups[n]
        name = str((self.graph.nodes[n].get("name") if n in self.graph else None) or n[1])
        return name, name

    def scene(self, as_of: str, views: list[View]) -> Scene:
        """Return the views as a page, with all that its marks stand for."""
        held = [n for n in sorted(self.opened) if n not in self.groups]
        hubs = list(self.graph.graph.get(HUBS, {}).items())
        if hubs and views:
            hub, number = hubs[0]
            note = not_through(self._name(hub)[0], number, len(hubs) - 1)
            views = [replace(views[0], notes=(*views[0].notes, note)), *views[1:]]
        known = things(self.graph, held, self.sources)
        known += [
            Thing(identity(n), GROUP, n[1], words)
            for n, words in sorted(self.groups.items())
            if n in self.opened
        ]
        return Scene(self.title, as_of, tuple(views), {t.id: t for t in known})


def _area(box: layout.Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])

"""The one view model of every picture: what is drawn, where, under which name, and what a click opens.

A scene knows nothing of pyvis, HTML or files; :mod:`viz.page` and :mod:`viz.exports` draw the same one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from viz import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

Key = tuple[str, str]

LIMIT = 1000
"""Above this many nodes places are drawn as one node with counts (EXPLORER)."""
GROUPING = ("building", "market", "commercial_street", "park", "community", "street", "district")
HIDDEN = frozenset({"name", "kind", "outline", "missing", "valid_from", "valid_to", "claim"})


@dataclass(frozen=True)
class SceneNode:
    """One mark: ``id`` is ``kind:key``, ``details`` are (Chinese label, English label, value)."""

    id: str
    kind: str
    key: str
    label: str
    type: str
    x: float
    y: float
    missing: bool = False
    focus: bool = False
    count: int = 0
    opens: str | None = None
    details: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class SceneEdge:
    """One line. ``bend`` tells parallel edges apart: 0 straight, then 1, -1, 2, -2 and so on."""

    source: str
    target: str
    kind: str
    via: str
    bend: int = 0


@dataclass(frozen=True)
class Hull:
    """A labelled box (left, top, right, bottom) round what lies in a place or belongs to a joint unit."""

    id: str
    label: str
    kind: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """One picture of at most :data:`LIMIT` marks, with what it leaves out said in ``notes`` (Chinese, English)."""

    id: str
    title: tuple[str, str]
    nodes: tuple[SceneNode, ...]
    edges: tuple[SceneEdge, ...]
    hulls: tuple[Hull, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Scene:
    """All views of one page; the first is the one that opens."""

    title: tuple[str, str]
    as_of: str
    views: tuple[View, ...]
    notes: tuple[tuple[str, str], ...] = field(default=())


def around(graph: nx.MultiDiGraph[Any], focus: Key, *, as_of: str, hops: int) -> Scene:
    """Return the picture of an entity and what is within some edges of it, as a hierarchy."""
    name = _name(graph, focus)
    title = (f"{name}：{hops} 步之内", f"{name}: within {hops} hops")
    if graph.number_of_nodes() > LIMIT:
        return Scene(title, as_of, _grouped(graph, title, focus))
    view = _view(graph, "start", title, layout.layered(graph), focus=focus)
    return Scene(title, as_of, (view,))


def inside(graph: nx.MultiDiGraph[Any], name: str, *, as_of: str) -> Scene:
    """Return the picture of a jurisdiction: each place as a box with what lies in it, the units above."""
    title = (f"{name}：组织与党组织", f"{name}: organizations and units")
    if graph.number_of_nodes() > LIMIT:
        return Scene(title, as_of, _grouped(graph, title, None))
    return Scene(title, as_of, (_boxed(graph, "start", title, None),))


# -- views -------------------------------------------------------------------------------------------------------


def _boxed(graph: nx.MultiDiGraph[Any], at: str, title: tuple[str, str], focus: Key | None) -> View:
    groups = _groups(graph)
    positions, frames = layout.boxes(groups)
    placed = {n for members in groups.values() for n in members} | set(groups)
    rest = [n for n in graph.nodes if n not in placed]
    positions |= layout.above(positions, graph, rest)
    hulls = tuple(
        Hull(identity(g), _name(graph, g), g[0], frames[g]) for g in sorted(frames, key=str)
    )
    positions = {n: p for n, p in positions.items() if n in graph}
    return _view(graph, at, title, positions, focus=focus, hulls=hulls)


def _view(
    graph: nx.MultiDiGraph[Any],
    at: str,
    title: tuple[str, str],
    positions: Mapping[Any, layout.Point],
    *,
    focus: Key | None = None,
    hulls: tuple[Hull, ...] = (),
    notes: tuple[tuple[str, str], ...] = (),
    counts: Mapping[Key, tuple[int, str]] | None = None,
) -> View:
    nodes = []
    for n, a in sorted(graph.nodes(data=True), key=lambda item: str(item[0])):
        x, y = positions[n]
        count, opens = (counts or {}).get(n, (0, None))
        kind = str(a.get("kind") or n[0])
        label = _name(graph, n)
        nodes.append(
            SceneNode(
                id=identity(n),
                kind=kind,
                key=n[1],
                label=f"{label}（{count}）" if count else label,
                type=str(a.get("type") or a.get("category") or a.get("level") or ""),
                x=x,
                y=y,
                missing=bool(a.get("missing")),
                focus=n == focus,
                count=count,
                opens=opens,
                details=_details(kind, a),
            )
        )
    return View(at, title, tuple(nodes), _edges(graph), hulls, notes)


def _grouped(
    graph: nx.MultiDiGraph[Any], title: tuple[str, str], focus: Key | None
) -> tuple[View, ...]:
    """Draw places as one node with counts, each opening into a view of its own of at most LIMIT nodes."""
    import networkx as nx

    groups = _groups(graph)
    hidden = {n: g for g, members in groups.items() for n in members if n != focus}
    overview: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    keep = [n for n in sorted(graph.nodes, key=str) if n not in hidden]
    units = [n for n in keep if n[0] == "unit" and n != focus]
    if len(keep) > LIMIT:
        # A branch that only covers organizations of one place goes with its place.
        for u in units:
            homes = {hidden.get(o) for _, o, k in graph.out_edges(u, keys=True) if k == "COVERS"}
            below = any(k == "SUBORDINATE_TO" for _, _, k in graph.in_edges(u, keys=True))
            if len(homes) == 1 and None not in homes and not below:
                hidden[u] = homes.pop()  # type: ignore[assignment]
        keep = [n for n in keep if n not in hidden]
    for n in [*keep, *groups]:
        overview.add_node(n, **(graph.nodes[n] if n in graph else {"kind": n[0], "name": n[1]}))
    seen: set[tuple[Key, Key, str]] = set()
    for a, b, kind, data in sorted(graph.edges(keys=True, data=True), key=str):
        x, y = hidden.get(a, a), hidden.get(b, b)
        if x != y and (x, y, kind) not in seen and x in overview and y in overview:
            seen.add((x, y, kind))
            overview.add_edge(x, y, key=kind, kind=kind, via=data.get("via", ""))
    members: dict[Key, list[Key]] = defaultdict(list)
    for n, g in hidden.items():
        members[g].append(n)
    cut = overview.number_of_nodes() - LIMIT
    notes = [
        (
            f"共 {graph.number_of_nodes()} 个节点，超过 {LIMIT}：场所合并为一个节点并标出数量，点击可打开。",
            f"{graph.number_of_nodes()} nodes, more than {LIMIT}: places are drawn as one node with a count; click to open.",
        )
    ]
    if cut > 0:
        small = sorted(groups, key=lambda g: (len(members[g]), str(g)))[:cut]
        overview.remove_nodes_from(small)
        hiding = sum(len(members[g]) for g in small)
        notes.append(
            (
                f"另有 {len(small)} 个最小的场所（{hiding} 个节点）未画出，见表格。",
                f"{len(small)} of the smallest places ({hiding} nodes) are not drawn; the table lists them.",
            )
        )
    counts = {g: (len(m), identity(g)) for g, m in members.items()}
    views = [
        _view(
            overview, "start", title, layout.layered(overview), focus=focus,
            notes=tuple(notes), counts=counts,
        )
    ]  # fmt: skip
    for g in sorted(members, key=str):
        views.extend(_parts(graph, g, sorted(members[g], key=str)))
    return tuple(views)


def _parts(graph: nx.MultiDiGraph[Any], group: Key, members: list[Key]) -> Iterable[View]:
    """Yield a place's own views: one, or several numbered ones where it holds more than LIMIT nodes."""
    name = _name(graph, group)
    step = LIMIT - 100
    total = -(-len(members) // step)
    for k in range(total):
        part = members[k * step : (k + 1) * step]
        around_them = {
            u
            for n in part
            for u, _, kind in graph.in_edges(n, keys=True)
            if kind == "COVERS" and u[0] == "unit"
        }
        nodes = [*part, *sorted(around_them - set(part), key=str)[: LIMIT - len(part) - 1]]
        sub = graph.subgraph([*nodes, *([group] if group in graph else [])])
        number = f" {k + 1}/{total}" if total > 1 else ""
        at = identity(group) + (f"#{k + 1}" if k else "")
        notes = []
        if k + 1 < total:
            notes.append(
                (f"后续见 {identity(group)}#{k + 2}", f"goes on in {identity(group)}#{k + 2}")
            )
        view = _boxed(sub, at, (name + number, name + number), None)
        yield View(view.id, view.title, view.nodes, view.edges, view.hulls, tuple(notes))


# -- pieces ------------------------------------------------------------------------------------------------------


def identity(node: Key) -> str:
    """Return a node's id in pictures and exports: ``kind:key``; places carry their kind in the key already."""
    kind, key = node
    return key if key.startswith(f"{kind}:") else f"{kind}:{key}"


def _name(graph: nx.MultiDiGraph[Any], n: Key) -> str:
    return str((graph.nodes[n].get("name") if n in graph else None) or n[1])


def _groups(graph: nx.MultiDiGraph[Any]) -> dict[Key, list[Key]]:
    """Return each organization's smallest place (building before park before community …) with its members, sorted."""
    where: dict[Key, dict[str, Key]] = defaultdict(dict)
    for a, b, kind, data in graph.edges(keys=True, data=True):
        if kind == "LOCATED_IN" and a[0] == "organization":
            where[a].setdefault(str(data.get("via") or b[0]), b)
    out: dict[Key, list[Key]] = defaultdict(list)
    for n in sorted(graph.nodes, key=str):
        if n[0] != "organization":
            continue
        found = next((where[n][via] for via in GROUPING if via in where[n]), None)
        if found is not None:
            out[found].append(n)
    return dict(out)


def _edges(graph: nx.MultiDiGraph[Any]) -> tuple[SceneEdge, ...]:
    """Return the edges; several between one pair, in either direction, bend apart."""
    used: Counter[tuple[str, ...]] = Counter()
    out = []
    for a, b, kind, data in sorted(graph.edges(keys=True, data=True), key=lambda e: str(e[:3])):
        pair = tuple(sorted((identity(a), identity(b))))
        n = used[pair]
        used[pair] += 1
        bend = (n + 1) // 2 * (1 if n % 2 else -1)
        label = str(data.get("kind") or kind)
        out.append(SceneEdge(identity(a), identity(b), label, str(data.get("via") or ""), bend))
    return tuple(out)


def _details(kind: str, attributes: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    schema = load_schema()
    properties = schema.kinds[kind].properties if kind in schema.kinds else {}
    out = []
    for name, p in properties.items():
        value = attributes.get(name)
        if name in HIDDEN or value is None or value != value or value == "":
            continue
        out.append((p.zh, p.en, _shown(p.type, value)))
    return tuple(out)


def _shown(kind: str, value: Any) -> str:
    if kind == "bool":
        return "是" if value else "否"
    if kind == "date":
        n = int(value)
        return f"{n // 10000:04d}-{n // 100 % 100:02d}-{n % 100:02d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

"""Positions, computed once and the same for the same input.

A chain is drawn as a hierarchy (Sugiyama, Tagawa and Toda 1981: layers, then order by barycentres), a place as what lies in it
(boxes packed on shelves). Coordinates are in pixels of the picture at scale 1, y downwards.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx

Point = tuple[float, float]

STEP_X, STEP_Y = 130.0, 120.0
ROW = 24
"""A layer of more nodes than this goes on in a further row."""
SWEEPS = 12
PLACE_LAYER = {"building": 1, "market": 1, "commercial_street": 1, "association": 1, "park": 2}
DIVISION_LAYER = {"社区": 3, "村": 3, "街道": 4, "乡镇": 4, "区": 5, "市": 6}


def depths(graph: nx.MultiDiGraph[Any]) -> dict[Any, int]:
    """Return each unit's depth below the tops of formal subordination (0 for a top; a cycle's members stand together)."""
    import networkx as nx

    units = [n for n, a in graph.nodes(data=True) if a.get("kind") == "unit"]
    tree: nx.DiGraph[Any] = nx.DiGraph()
    tree.add_nodes_from(units)
    inside = set(units)
    tree.add_edges_from(
        (b, a)
        for a, b, k in graph.edges(keys=True)
        if k == "SUBORDINATE_TO" and a in inside and b in inside and a != b
    )
    whole = nx.condensation(tree)
    depth: dict[int, int] = {}
    for c in nx.lexicographical_topological_sort(whole):
        depth[c] = max((depth[p] + 1 for p in whole.predecessors(c)), default=0)
    part = whole.graph["mapping"]
    return {n: depth[part[n]] for n in units}


def layers(graph: nx.MultiDiGraph[Any]) -> list[list[Any]]:
    """Return the nodes by layer, root on top: offices, units by depth, organizations, places from small to large."""
    depth = depths(graph)
    below = max(depth.values(), default=-1) + 1
    rank: dict[Any, int] = {}
    for n, a in graph.nodes(data=True):
        kind = a.get("kind")
        if kind == "unit":
            rank[n] = depth[n]
        elif kind == "office":
            rank[n] = -1
        elif kind == "division":
            rank[n] = below + DIVISION_LAYER.get(str(a.get("level")), 4)
        else:
            rank[n] = below + PLACE_LAYER.get(str(kind), 0)
    rows: dict[int, list[Any]] = defaultdict(list)
    for n in sorted(graph.nodes, key=str):
        rows[rank[n]].append(n)
    return [rows[r] for r in sorted(rows)]


def layered(graph: nx.MultiDiGraph[Any]) -> dict[Any, Point]:
    """Return positions of a hierarchy: ``{node: (x, y)}``."""
    rows = layers(graph)
    near: dict[Any, list[Any]] = {n: [] for n in graph.nodes}
    for a, b in graph.edges():
        if a != b:
            near[a].append(b)
            near[b].append(a)
    x: dict[Any, float] = {}
    for row in rows:
        x.update(_spread(row))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            centre = {
                n: (sum(x[m] for m in near[n]) / len(near[n]) if near[n] else x[n]) for n in row
            }
            ordered = sorted(row, key=lambda n: (centre[n], x[n], str(n)))
            row[:] = ordered
            x.update(_spread(ordered))
    out: dict[Any, Point] = {}
    y = 0.0
    for row in rows:
        lines = math.ceil(len(row) / ROW)
        width = math.ceil(len(row) / lines)
        for k in range(lines):
            line = row[k * width : (k + 1) * width]
            shift = STEP_X / 2 if k % 2 else 0.0
            for n, at in _spread(line).items():
                out[n] = (round(at + shift, 1), round(y, 1))
            y += STEP_Y * (0.7 if k < lines - 1 else 1.0)
    return out


def _spread(row: Sequence[Any]) -> dict[Any, float]:
    middle = (len(row) - 1) / 2
    return {n: (k - middle) * STEP_X for k, n in enumerate(row)}


Box = tuple[float, float, float, float]


def boxes(
    groups: Mapping[Any, Sequence[Any]], width: float = 2400.0
) -> tuple[dict[Any, Point], dict[Any, Box]]:
    """Pack groups as boxes on shelves, the members of each in a grid.

    Parameters
    ----------
    groups : mapping
        Group to its members, in the order to draw them; the group's own node stands above its members.
    width : float
        Where a shelf ends.

    Returns
    -------
    positions, boxes
        ``{member or group: (x, y)}`` and ``{group: (left, top, right, bottom)}``.
    """
    cell_x, cell_y, pad, head = 110.0, 70.0, 40.0, 60.0
    at: dict[Any, Point] = {}
    frame: dict[Any, Box] = {}
    left = top = 0.0
    tall = 0.0
    for g in sorted(groups, key=lambda g: (-len(groups[g]), str(g))):
        members = groups[g]
        columns = max(1, math.ceil(math.sqrt(len(members) * 1.6)))
        rows = math.ceil(len(members) / columns) if members else 0
        w, h = columns * cell_x + 2 * pad, rows * cell_y + 2 * pad + head
        if left > 0 and left + w > width:
            left, top, tall = 0.0, top + tall + pad, 0.0
        frame[g] = (left, top, left + w, top + h)
        at[g] = (round(left + w / 2, 1), round(top + pad, 1))
        for k, n in enumerate(members):
            cx = left + pad + (k % columns + 0.5) * cell_x
            cy = top + pad + head + (k // columns + 0.5) * cell_y
            at[n] = (round(cx, 1), round(cy, 1))
        left += w + pad
        tall = max(tall, h)
    return at, frame


def above(
    at: dict[Any, Point], graph: nx.MultiDiGraph[Any], rest: Iterable[Any]
) -> dict[Any, Point]:
    """Place what lies in no box in layers above the boxes, each node over the middle of its neighbours."""
    rest = list(rest)
    sub = graph.subgraph(rest)
    known = {n: p[0] for n, p in at.items()}
    top = min((p[1] for p in at.values()), default=0.0)
    rows = layers(sub)
    out: dict[Any, Point] = {}
    y = top - STEP_Y * 1.5
    for row in reversed(rows):
        centre = {}
        for n in row:
            xs = [known[m] for m in _around(graph, n) if m in known]
            centre[n] = sum(xs) / len(xs) if xs else 0.0
        ordered = sorted(row, key=lambda n: (centre[n], str(n)))
        lines = max(1, math.ceil(len(ordered) / ROW))
        size = math.ceil(len(ordered) / lines) if ordered else 0
        for k in range(lines):
            line = ordered[k * size : (k + 1) * size]
            last = -math.inf
            for n in line:
                last = max(centre[n], last + STEP_X)
                out[n] = (last, round(y, 1))
            if line:
                drift = sum(out[n][0] - centre[n] for n in line) / len(line)
                for n in line:
                    out[n] = (round(out[n][0] - drift, 1), out[n][1])
                    known[n] = out[n][0]
            y -= STEP_Y * 0.8
        y -= STEP_Y * 0.4
    return out


def _around(graph: nx.MultiDiGraph[Any], n: Any) -> list[Any]:
    return sorted({*graph.successors(n), *graph.predecessors(n)} - {n}, key=str)

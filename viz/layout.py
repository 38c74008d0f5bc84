"""Positions, computed once and the same for the same input.

A chain is drawn as a hierarchy (Sugiyama, Tagawa and Toda 1981: layers, then order by barycentres), a place as the box of what
lies in it, box in box, the rest by forces (:mod:`viz.forces`). Coordinates are pixels of the picture at scale 1, y downwards.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from viz.containment import COVERING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx

    from viz.containment import Containment

Point = tuple[float, float]
Box = tuple[float, float, float, float]

CELL_X, CELL_Y = 124.0, 96.0
"""Room of one mark with its label of three lines."""
CLOSED = 1.75
"""Room of a place drawn as one mark, whose picture is seen from further away."""
STEP_Y = 120.0
PAD, HEAD = 22.0, 46.0
"""Inside a box: the margin, and the line of its title."""
TITLE = 0.028
"""A title's room as a part of its box's width, so that it can be read when the whole box is in sight."""
ASIDE = 190.0
"""Places stand so far to the right of a hierarchy, so that the lines to them don't run along it."""
ABREAST = 5
"""Organizations of a unit side by side below it."""
SWEEPS = 12
NARROW, WIDE = 1300.0, 3400.0
"""A layer wider than this goes on in a further row: the less there is to draw, the sooner, so that it is drawn large."""
PLACE_LAYER = {"building": 1, "market": 1, "commercial_street": 1, "association": 1, "park": 2}
DIVISION_LAYER = {"社区": 3, "村": 3, "街道": 4, "乡镇": 4, "区": 5, "市": 6}


@dataclass
class Block:
    """A rectangle of marks, its corner at the origin: where they are, and the boxes drawn round some of them."""

    width: float
    height: float
    points: dict[Any, Point] = field(default_factory=dict)
    boxes: dict[Any, Box] = field(default_factory=dict)

    def put(self, other: Block, x: float, y: float) -> None:
        """Take another block's marks and boxes in, moved by (x, y)."""
        for n, (px, py) in other.points.items():
            self.points[n] = (round(px + x, 1), round(py + y, 1))
        for n, (left, top, right, bottom) in other.boxes.items():
            self.boxes[n] = (
                round(left + x, 1), round(top + y, 1), round(right + x, 1), round(bottom + y, 1),
            )  # fmt: skip


# -- blocks ------------------------------------------------------------------------------------------------------


def cell(n: Any, room: float = 1.0) -> Block:
    """Return the block of one mark; ``room`` widens it for what is seen from further away."""
    width, height = CELL_X * room, CELL_Y * room
    return Block(width, height, {n: (width / 2, 30.0 * room)})


def team(unit: Any, organizations: Sequence[Any]) -> Block:
    """Return a unit above the organizations that it covers; several are framed."""
    columns = min(len(organizations), ABREAST)
    rows = math.ceil(len(organizations) / columns)
    width, height = columns * CELL_X, (rows + 1) * CELL_Y
    out = Block(width, height, {unit: (width / 2, 30.0)})
    for k, n in enumerate(organizations):
        out.points[n] = ((k % columns + 0.5) * CELL_X, 30.0 + CELL_Y * (1 + k // columns))
    if len(organizations) > 1:
        out.boxes[unit] = (5.0, 4.0, width - 5.0, height - 4.0)
    return out


def shelves(blocks: Iterable[Block], width: float | None = None) -> Block:
    """Pack blocks on shelves from the tallest to the lowest, those of one height in the order given."""
    some = sorted(blocks, key=lambda b: -b.height)
    area = sum(b.width * b.height for b in some)
    limit = width or max([math.sqrt(area * 1.9), *(b.width for b in some)], default=0.0)
    out = Block(0.0, 0.0)
    x = y = tall = 0.0
    for b in some:
        if x > 0 and x + b.width > limit + 0.5:
            x, y, tall = 0.0, y + tall, 0.0
        out.put(b, x, y)
        x += b.width
        tall = max(tall, b.height)
        out.width = max(out.width, x)
    out.height = y + tall
    return out


def stacked(blocks: Iterable[Block], gap: float = 0.0) -> Block:
    """Put blocks below each other, centred."""
    some = [b for b in blocks if b.points]
    out = Block(max((b.width for b in some), default=0.0), 0.0)
    for k, b in enumerate(some):
        out.height += gap if k else 0.0
        out.put(b, (out.width - b.width) / 2, out.height)
        out.height += b.height
    return out


def framed(place: Any, inside: Block) -> Block:
    """Return a place as a box: its own mark in the corner, its title beside it, and what lies in it."""
    width = max(inside.width, 2 * CELL_X) + 2 * PAD
    head = max(HEAD, width * TITLE)
    out = Block(width + 16, head + inside.height + PAD + 16)
    out.put(inside, 8 + (width - inside.width) / 2, 8 + head)
    out.points[place] = (8 + head / 2, 8 + head / 2)
    out.boxes[place] = (8.0, 8.0, 8 + width, out.height - 8)
    return out


def nested(
    graph: nx.MultiDiGraph[Any],
    tree: Containment,
    place: Any,
    shown: set[Any],
    closed: set[Any],
) -> Block:
    """Return a place as a box with the boxes of its places in it.

    Parameters
    ----------
    graph, tree
        The picture's graph, and what lies in what.
    place : node or None
        ``None`` is whatever lies in no place: without a frame.
    shown : set
        The nodes that this picture draws.
    closed : set
        Places drawn as one mark.
    """
    inner: list[Block] = []
    for child in tree.children.get(place, []):
        if child in closed:
            inner.append(cell(child, CLOSED))
        elif child in shown:
            inner.append(nested(graph, tree, child, shown, closed))
    residents = [n for n in tree.residents.get(place, []) if n in shown]
    units = [n for n in residents if n[0] == "unit"]
    free = {n for n in residents if n[0] != "unit"}
    heads = []
    for u in units:
        mine = sorted({b for _, b, k in graph.out_edges(u, keys=True) if k in COVERING} & free)
        if mine:
            free -= set(mine)
            inner.append(team(u, mine))
        else:
            heads.append(u)
    inner += [cell(n) for n in sorted(free)]
    body = stacked([layer(row) for row in layers(graph.subgraph(heads))] + [shelves(inner)])
    return body if place is None else framed(place, body)


def layer(row: Sequence[Any], width: float = 1600.0) -> Block:
    """Return marks side by side, on further lines where they are too wide."""
    columns = max(1, min(len(row), int(width // CELL_X)))
    lines = [row[k : k + columns] for k in range(0, len(row), columns)]
    return stacked(
        Block(
            len(line) * CELL_X, CELL_Y, {n: ((k + 0.5) * CELL_X, 30.0) for k, n in enumerate(line)}
        )
        for line in lines
    )


# -- hierarchies -------------------------------------------------------------------------------------------------


def depths(graph: nx.MultiDiGraph[Any]) -> dict[Any, int]:
    """Return each unit's depth below the tops of formal subordination (0 for a top; a cycle's members stand together)."""
    import networkx as nx

    units = sorted(n for n in graph.nodes if n[0] == "unit")
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
    for c in nx.topological_sort(whole):
        depth[c] = max((depth[p] + 1 for p in whole.predecessors(c)), default=0)
    part = whole.graph["mapping"]
    return {n: depth[part[n]] for n in units}


def layers(graph: nx.MultiDiGraph[Any]) -> list[list[Any]]:
    """Return the nodes by layer, root on top: offices, units by depth, organizations, places from small to large."""
    depth = depths(graph)
    bottom = max(depth.values(), default=-1) + 1
    rank: dict[Any, int] = {}
    for n, a in graph.nodes(data=True):
        kind = n[0]
        if kind == "unit":
            rank[n] = depth[n]
        elif kind == "office":
            rank[n] = -1
        elif kind == "division":
            rank[n] = bottom + DIVISION_LAYER.get(str(a.get("level")), 4)
        else:
            rank[n] = bottom + PLACE_LAYER.get(str(kind), 0)
    rows: dict[int, list[Any]] = defaultdict(list)
    for n in sorted(graph.nodes):
        rows[rank[n]].append(n)
    return [rows[r] for r in sorted(rows)]


def layered(graph: nx.MultiDiGraph[Any]) -> tuple[dict[Any, Point], dict[Any, Box]]:
    """Return a hierarchy: positions, and boxes round units with several organizations.

    The organizations of a unit that has no unit below it stand under it, and move with it.
    """
    teams = _teams(graph)
    under = {o: u for u, some in teams.items() for o in some}
    block = {n: team(n, teams[n]) if n in teams else cell(n) for n in graph.nodes if n not in under}
    rows = [[n for n in row if n in block] for row in layers(graph)]
    rows = [row for row in rows if row]
    near: dict[Any, list[Any]] = {n: [] for n in block}
    for a, b in graph.edges():
        x, y = under.get(a, a), under.get(b, b)
        if x != y:
            near[x].append(y)
            near[y].append(x)
    at: dict[Any, float] = {}
    for row in rows:
        at.update(_spread(row, block))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            centre = {
                n: sum(at[m] for m in near[n]) / len(near[n]) if near[n] else at[n] for n in row
            }
            row.sort(key=lambda n: (centre[n], at[n], n))
            at.update(_spread(row, block))
    out = Block(0.0, 0.0)
    y = 0.0
    area = sum(b.width * b.height for b in block.values())
    wide = min(WIDE, max(NARROW, 1.6 * math.sqrt(area)))
    for row in rows:
        lines = _lines(row, block, wide)
        for k, line in enumerate(lines):
            tall = max(block[n].height for n in line)
            for n, x in _spread(line, block).items():
                # a single mark hangs over or under the middle of what it is tied to
                shift = _lean(n, near, out) - x if len(line) == 1 and len(lines) == 1 else 0.0
                if n[0] == "division":
                    shift = ASIDE - x if len(line) == 1 else ASIDE
                out.put(block[n], x + shift - block[n].width / 2, y)
            y += tall + (0.0 if k < len(lines) - 1 else STEP_Y - CELL_Y + 10)
    return out.points, out.boxes


def _lean(n: Any, near: Mapping[Any, list[Any]], out: Block) -> float:
    xs = [out.points[m][0] for m in near[n] if m in out.points]
    return sum(xs) / len(xs) if xs else 0.0


def _teams(graph: nx.MultiDiGraph[Any]) -> dict[Any, list[Any]]:
    """Return the units without units below them and the organizations that they cover, each organization once."""
    taken: set[Any] = set()
    out: dict[Any, list[Any]] = {}
    for u in sorted(n for n in graph.nodes if n[0] == "unit"):
        if any(k == "SUBORDINATE_TO" for _, _, k in graph.in_edges(u, keys=True)):
            continue
        mine = sorted({b for _, b, k in graph.out_edges(u, keys=True) if k in COVERING} - taken)
        if mine:
            out[u] = mine
            taken |= set(mine)
    return out


def _spread(row: Sequence[Any], block: Mapping[Any, Block]) -> dict[Any, float]:
    """Return where the middle of each block comes, the row's middle at 0."""
    x = -sum(block[n].width for n in row) / 2
    out = {}
    for n in row:
        out[n] = x + block[n].width / 2
        x += block[n].width
    return out


def _lines(row: Sequence[Any], block: Mapping[Any, Block], wide: float) -> list[list[Any]]:
    total = sum(block[n].width for n in row)
    limit = total / math.ceil(total / wide)
    out: list[list[Any]] = [[]]
    x = 0.0
    for n in row:
        if out[-1] and x + block[n].width > limit + CELL_X / 2:
            out.append([])
            x = 0.0
        out[-1].append(n)
        x += block[n].width
    return out

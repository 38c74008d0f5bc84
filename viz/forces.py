"""Positions by forces (Fruchterman and Reingold 1991), for what is neither a chain nor a place.

Every pair repels, so a picture of at most about a thousand marks; the start is a sunflower in the order of the nodes, so that
the same graph gives the same picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

ROUNDS = 200
DISTANCE = 150.0
"""Pixels that an edge tends to be long."""


def spring(graph: nx.MultiDiGraph[Any]) -> dict[Any, tuple[float, float]]:
    """Return ``{node: (x, y)}`` in pixels."""
    import numpy as np

    nodes = sorted(graph.nodes)
    n = len(nodes)
    if n < 2:
        return dict.fromkeys(nodes, (0.0, 0.0))
    number = {node: k for k, node in enumerate(nodes)}
    ends = sorted({tuple(sorted((number[a], number[b]))) for a, b in graph.edges() if a != b})
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    angle = np.arange(n) * 2.399963229728653  # the golden angle
    at = np.stack([np.cos(angle), np.sin(angle)], 1) * (DISTANCE * np.sqrt(np.arange(n) + 0.5))[:, None]  # fmt: skip
    heat = DISTANCE * np.sqrt(n) / 4
    for turn in range(ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        square = np.maximum((apart**2).sum(2), 1.0)
        push = (apart * (DISTANCE**2 / square)[:, :, None]).sum(1)
        along = at[pairs[:, 0]] - at[pairs[:, 1]]
        pull = along * (np.sqrt((along**2).sum(1)) / DISTANCE)[:, None]
        np.add.at(push, pairs[:, 0], -pull)
        np.add.at(push, pairs[:, 1], pull)
        push -= at * 0.08 * DISTANCE / np.sqrt(n)  # what hangs together with nothing stays in sight
        size = np.maximum(np.sqrt((push**2).sum(1)), 1e-9)
        at += push / size[:, None] * np.minimum(size, heat * (1 - turn / ROUNDS))[:, None]
    return {
        node: (round(float(x), 1), round(float(y), 1))
        for node, (x, y) in zip(nodes, at, strict=True)
    }

"""Where nodes stand in a file for other programs: as in the picture, whatever the size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from viz import layout
from viz.containment import contain
from viz.extract import GraphExtract
from viz.scene import identity

if TYPE_CHECKING:
    from viz.extract import Extract

BOXED = 60_000
"""Up to so many nodes lie as their places hold them; more of them in one square, in the order of their ids."""


def positions(extract: Extract) -> dict[str, tuple[float, float]]:
    """Return ``{id: (x, y)}`` in pixels, y downwards."""
    number, _ = extract.size
    if number > BOXED:
        width = math.ceil(math.sqrt(number))
        return {
            identity(n): (k % width * layout.CELL_X, k // width * layout.CELL_Y)
            for k, (n, _) in enumerate(extract.nodes())
        }
    graph = extract.graph if isinstance(extract, GraphExtract) else extract.graph()
    tree = contain(graph)
    shown = set(graph.nodes)
    main = layout.nested(graph, tree, None, shown, set())
    rest = shown - set(main.points)
    rows = layout.layers(graph.subgraph(rest))
    body = layout.stacked([*(layout.layer(r) for r in rows if r[0][0] in ("unit", "office")), main,
                           *(layout.layer(r) for r in rows if r[0][0] not in ("unit", "office"))], gap=30.0)  # fmt: skip
    return {identity(n): p for n, p in body.points.items()}

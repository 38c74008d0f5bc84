"""How each kind looks: colour and shape together, so that colour never speaks alone.

Colours are Okabe and Ito's set for colour-blind readers (Color Universal Design, 2008); dark grounds use the same hues.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """Colour (``#rrggbb``), vis-network shape, size in pixels, and dashes for edges."""

    colour: str
    shape: str = "dot"
    size: int = 14
    dashes: bool = False


NODES: dict[str, Look] = {
    "organization": Look("#0072B2", "dot", 12),
    "unit": Look("#D55E00", "square", 14),
    "division": Look("#6B6B6B", "hexagon", 18),
    "park": Look("#009E73", "triangle", 18),
    "building": Look("#009E73", "box", 14),
    "commercial_street": Look("#56B4E9", "triangleDown", 16),
    "market": Look("#E69F00", "triangleDown", 16),
    "association": Look("#CC79A7", "star", 18),
    "office": Look("#8A5A00", "diamond", 16),
    "missing": Look("#B00020", "diamond", 12),
}

EDGES: dict[str, Look] = {
    "SUBORDINATE_TO": Look("#D55E00"),
    "DUALLY_MANAGED_BY": Look("#D55E00", dashes=True),
    "COVERS": Look("#0072B2"),
    "SUPERVISED_BY": Look("#8A5A00", dashes=True),
    "LOCATED_IN": Look("#8C8C8C", dashes=True),
    "MEMBER_OF": Look("#CC79A7"),
    "LED_BY": Look("#E69F00"),
}

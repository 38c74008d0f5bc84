"""How each kind looks: colour and shape together, so that colour never speaks alone.

Hues are Okabe and Ito's set for colour-blind readers (Color Universal Design, 2008), lighter on a dark ground where the contrast
asks for it. A shape is one SVG path in a square from -1 to 1: the page draws it on the canvas and in the legend.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How a kind of node looks: colours (``#rrggbb``), path, radius in pixels, and the nearest shape that GEXF knows."""

    colour: str
    dark: str
    path: str
    size: int
    gexf: str = "disc"


@dataclass(frozen=True)
class Stroke:
    """How a kind of edge looks: colours, width in pixels, and the lengths of dashes and gaps (none: one line)."""

    colour: str
    dark: str
    width: float = 1.2
    dashes: tuple[int, ...] = ()


NODES: dict[str, Look] = {
    "organization": Look(
        "#0072B2", "#3D9BD9", "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0Z", 11
    ),
    "unit": Look("#D55E00", "#F07D26", "M-.82-.82H.82V.82H-.82Z", 13, "square"),
    "division": Look("#5F6368", "#A9AEB4", "M-1 0L-.5-.87H.5L1 0L.5 .87H-.5Z", 14),
    "park": Look("#007A59", "#20B88D", "M0-1L1 .8H-1Z", 15, "triangle"),
    "building": Look(
        "#00694D", "#2FC79B",
        "M-.65-1H.65V1H-.65ZM-.35-.7V-.4H-.1V-.7ZM.1-.7V-.4H.35V-.7ZM-.35-.15V.15H-.1V-.15ZM.1-.15V.15H.35V-.15ZM-.2 .45V1H.2V.45Z",
        14, "square",
    ),
    "commercial_street": Look(
        "#2C7FB8", "#7CC4EE", "M-1-.5H1V-.1L.75 .1V.7H-.75V.1L-1-.1Z", 14, "square"
    ),
    "market": Look("#B87400", "#F0B23E", "M0-1L1-.15V.9H-1V-.15Z", 14, "triangle"),
    "association": Look(
        "#B5578F", "#E39AC4",
        "M0-1L.29-.31L1-.31L.42 .12L.65 .85L0 .42L-.65 .85L-.42 .12L-1-.31L-.29-.31Z", 16, "diamond",
    ),
    "planned": Look(
        "#00695C", "#26C6AE", "M-.85-.85H.85V.85H-.85ZM-.5-.5V.5H.5V-.5Z", 14, "square"
    ),
    "office": Look("#7A5200", "#C9A15A", "M0-1L1 0L0 1L-1 0Z", 14, "diamond"),
    "group": Look(
        "#0072B2", "#3D9BD9",
        "M-.9-.9H.4V.4H-.9ZM-.2 .6H.6V-.2H.9V.9H-.2Z", 14, "square",
    ),
    "missing": Look(
        "#B00020", "#FF7A85",
        "M-.9-.6L-.6-.9L0-.3L.6-.9L.9-.6L.3 0L.9 .6L.6 .9L0 .3L-.6 .9L-.9 .6L-.3 0Z", 11, "diamond",
    ),
}  # fmt: skip

EDGES: dict[str, Stroke] = {
    "SUBORDINATE_TO": Stroke("#D55E00", "#F07D26", 2.0),
    "DUALLY_MANAGED_BY": Stroke("#D55E00", "#F07D26", 1.6, (9, 4)),
    "COVERS": Stroke("#0072B2", "#3D9BD9", 1.4),
    "PLANNED": Stroke("#00695C", "#26C6AE", 2.0, (4, 3)),
    "SUPERVISED_BY": Stroke("#7A5200", "#C9A15A", 1.4, (5, 3)),
    "LOCATED_IN": Stroke("#767B80", "#9AA0A6", 1.0, (2, 4)),
    "MEMBER_OF": Stroke("#B5578F", "#E39AC4", 1.2, (9, 3, 2, 3)),
    "LED_BY": Stroke("#B87400", "#F0B23E", 1.6, (12, 3)),
}
OTHER = Stroke("#767B80", "#9AA0A6")

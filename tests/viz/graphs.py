"""Small graphs by hand and by hypothesis, shaped as a store shapes them."""

from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import strategies as st

Graph = nx.MultiDiGraph


def graph(nodes: dict[tuple[str, str], dict[str, Any]], edges: list[tuple[Any, ...]]) -> nx.MultiDiGraph[Any]:  # fmt: skip
    """Return a graph of nodes with properties and edges ``(source, target, kind, via)``."""
    out: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for n, values in nodes.items():
        out.add_node(n, **{"kind": n[0], "name": n[1], "type": None, **values})
    for a, b, kind, via in edges:
        out.add_edge(a, b, key=kind, kind=kind, via=via, valid_from=20160826, valid_to=99991231)
    return out


ORG, OTHER, UNIT, STREET = (
    ("organization", "91A"),
    ("organization", "91B"),
    ("unit", "U1"),
    ("division", "420101001"),
)


def parallel() -> nx.MultiDiGraph[Any]:
    """Return a unit tied to a street and an organization tied twice to another, each by two kinds of edges."""
    return graph(
        {
            ORG: {"name": "甲公司", "staff": 12, "creative": None, "formal_members": 3},
            OTHER: {"name": "乙公司", "creative": True, "lon": 114.5},
            UNIT: {
                "name": "联合党支部",
                "type": "联合党支部",
                "founded": 20100601,
                "dissolved": 20160101,
            },
            STREET: {"name": "一街道", "level": "街道"},
        },
        [
            (ORG, OTHER, "LED_BY", "leader"),
            (ORG, OTHER, "SUPERVISED_BY", "supervisor"),
            (UNIT, ORG, "COVERS", "covers"),
            (UNIT, OTHER, "COVERS", "covers"),
            (UNIT, STREET, "LOCATED_IN", "street"),
            (ORG, STREET, "LOCATED_IN", "street"),
        ],
    )


any_text = st.text(alphabet=st.characters(), max_size=12)
"""Any text a ledger may hold: control characters, noncharacters and half surrogate pairs too."""


@st.composite
def graphs(draw: st.DrawFn) -> nx.MultiDiGraph[Any]:
    """Draw a graph of organizations, units, divisions and buildings with any names and any edges that the schema has."""
    kinds = ("organization", "unit", "division", "building")
    numbers = draw(
        st.lists(
            st.tuples(st.sampled_from(kinds), st.integers(0, 9)),
            min_size=1,
            max_size=14,
            unique=True,
        )
    )
    keys = [(k, f"{k}:4201/{n}" if k == "building" else f"{k[0]}{n}") for k, n in numbers]
    nodes = {}
    for key in keys:
        values: dict[str, Any] = {"name": draw(any_text) or None}
        if key[0] == "organization":
            values["address"] = draw(any_text)
            values["creative"] = draw(st.sampled_from([None, True, False]))
            values["staff"] = draw(st.one_of(st.none(), st.integers(-5, 10**12)))
            values["lon"] = draw(
                st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
            )
        if key[0] == "unit":
            values["founded"] = draw(st.sampled_from([None, 19990101, 20160229]))
        if draw(st.booleans()):
            values["missing"] = True
        nodes[key] = values
    allowed = {
        ("unit", "unit"): "SUBORDINATE_TO",
        ("unit", "organization"): "COVERS",
        ("organization", "division"): "LOCATED_IN",
        ("organization", "building"): "LOCATED_IN",
        ("unit", "division"): "LOCATED_IN",
        ("building", "division"): "LOCATED_IN",
        ("division", "division"): "LOCATED_IN",
        ("organization", "organization"): "LED_BY",
    }
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=25, unique=True)
    )
    edges = []
    for a, b in pairs:
        if (a[0], b[0]) in allowed:
            via = {"division": "parent", "building": "street"}.get(a[0], "street")
            edges.append((a, b, allowed[a[0], b[0]], "building" if b[0] == "building" else via))
            if a[0] == b[0] == "unit" and draw(st.booleans()):
                edges.append((a, b, "DUALLY_MANAGED_BY", "second_manager"))
    return graph(nodes, edges)

"""A jurisdiction too large for one page, in outline: its places with the numbers of organizations in them, and its committees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.containment import CONTAINERS, NEAREST
from viz.extract import Key, impersonal

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from viz.extract import ColumnExtract

COMMITTEES = 2_000
"""Units with units below them that an outline draws."""


def outline(extract: ColumnExtract) -> tuple[nx.MultiDiGraph[Any], dict[Key, int]]:
    """Return the graph of places and of units that have units below them, and how many organizations each place holds itself."""
    import networkx as nx

    ties = extract.ties
    places = ties[ties["kind"].eq("LOCATED_IN") & ties["target_kind"].isin(list(CONTAINERS))]
    superior = ties[ties["kind"].eq("SUBORDINATE_TO")]
    lower = superior["target"].value_counts()
    committees = set(lower.index[:COMMITTEES])
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for kind in sorted(CONTAINERS | {"unit"}):
        frame = extract.frames.get(kind)
        if frame is None:
            continue
        rows = frame[frame.index.isin(committees)] if kind == "unit" else frame
        for key, values in zip(rows.index, rows.to_dict("records"), strict=True):
            known = impersonal(kind, {str(n): v for n, v in values.items() if _known(v)})
            name = str(known.get("name") or key)
            graph.add_node((kind, str(key)), **{"type": None, **known, "kind": kind, "name": name})
    for kind in CONTAINERS:
        for key in extract.bare.get(kind, ()):
            graph.add_node((kind, key), kind=kind, name=key, type=None, missing=True)
    for part in (places, superior):
        for ak, a, bk, b, relation, via in zip(
            part["source_kind"], part["source"], part["target_kind"], part["target"], part["kind"], part["via"], strict=True
        ):  # fmt: skip
            if (ak, a) in graph and (bk, b) in graph:
                graph.add_edge((ak, a), (bk, b), key=relation, kind=relation, via=via)
    return graph, _numbers(places)


def _numbers(places: pd.DataFrame) -> dict[Key, int]:
    """Return how many organizations have each place as the smallest that they lie in."""
    rows = places[places["source_kind"].eq("organization")]
    order = rows["via"].map({name: k for k, name in enumerate(NEAREST)}).fillna(len(NEAREST))
    nearest = rows.assign(order=order).sort_values(["source", "order"], kind="stable")
    nearest = nearest.drop_duplicates("source")
    out: dict[Key, int] = {}
    for kind, keys in nearest.groupby("target_kind", sort=True)["target"]:
        for key, number in keys.value_counts(sort=False).items():
            out[str(kind), str(key)] = int(number)
    return out


def _known(value: Any) -> bool:
    return value is not None and type(value).__name__ != "NAType" and value == value

"""A selection by ids: the things that are there for who asks, and what ties them to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.asking.connections import edges_of, nodes_of
from api.asking.lookup import identify
from graph.errors import InputError, UnknownIdError
from graph.model import iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    import networkx as nx

    from api.asking.pictures import Part
    from graph.store.base import Store

MOST = 500
"""Things of a selection at most: as many as a page draws."""


@dataclass(frozen=True, eq=False)
class Selection:
    """Things and what ties them.

    Attributes
    ----------
    as_of : int
    graph : networkx.MultiDiGraph
    outside : list of str
        Of what was asked for, what is not there, or not for who asks: told apart by nothing.
    """

    as_of: int
    graph: nx.MultiDiGraph[Any]
    outside: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return what the service says."""
        return {
            "as_of": iso(self.as_of),
            "nodes": nodes_of(self.graph),
            "edges": edges_of(self.graph),
            "outside": self.outside,
        }


def select(store: Store, ids: Sequence[str], as_of: int) -> Selection:
    """Return the things of some ids, with all edges between them.

    Parameters
    ----------
    store : Store
    ids : sequence of str
        ``kind:code``, or bare codes that only one has.
    as_of : int

    Raises
    ------
    InputError
        They are more than :data:`MOST`.
    AmbiguousIdError
        Several things have a bare code.
    """
    refuse_many(ids)
    schema = load_schema()
    drawn = {k for k, v in schema.kinds.items() if v.role == "node"}
    drawn |= {k for k, v in schema.implied.items() if v.role == "node"}
    found: dict[tuple[str, str], str] = {}
    bare: dict[tuple[str, str], str] = {}
    outside = []
    for one in dict.fromkeys(ids):
        try:
            found[identify(store, one, as_of)] = one
        except UnknownIdError:
            # an office has no row, and of what is missing only links tell: both are there if something in the selection names them
            kind, _, key = one.partition(":")
            if kind in drawn and key:
                bare[kind, key] = one
            else:
                outside.append(one)
    graph = store.subgraph({*found, *bare}, as_of)
    for node, one in bare.items():
        if node not in found and not (node in graph and graph.degree(node)):
            outside.append(one)
            if node in graph:
                graph.remove_node(node)
    return Selection(as_of, graph, outside)


def part(store: Store, ids: Sequence[str], as_of: int) -> Part:
    """Return a selection as what exports write.

    Raises
    ------
    InputError
        They are more than :data:`MOST`, or none of them is there.
    UnknownIdError
        One of them is not there.
    AmbiguousIdError
        Several things have a bare code.
    """
    from api.asking.pictures import Part
    from viz.extract import GraphExtract

    chosen = select(store, ids, as_of)
    if chosen.outside:
        identify(store, chosen.outside[0], as_of)  # says what is wrong with it
    return Part(GraphExtract(chosen.graph), as_of, None, "")


def refuse_many(ids: Sequence[str]) -> None:
    """Refuse a selection that is larger than a page draws.

    Raises
    ------
    InputError
        It is, or it is empty.
    """
    if not ids:
        raise InputError("ids: none is given", "ids：未给出任何代码")
    if len(ids) > MOST:
        raise InputError(
            f"ids: at most {MOST} at once; these are {len(ids)}, so select fewer",
            f"ids：一次至多 {MOST} 个；现有 {len(ids)} 个，请少选一些",
        )

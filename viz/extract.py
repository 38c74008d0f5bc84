"""What a picture or a file holds: nodes and edges in order, from a graph or from columns, without anything about a person.

A graph serves what is around one entity; columns serve a jurisdiction, so that memory follows the frames and not a million
small objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import networkx as nx
    import pandas as pd

Key = tuple[str, str]
Tie = tuple[Key, Key, str, dict[str, Any]]
"""Source, target, kind, and ``via``, ``valid_from``, ``valid_to`` where known."""

CHUNK = 5_000
"""Rows turned into objects at a time."""


@dataclass(frozen=True)
class GraphExtract:
    """A graph as :meth:`graph.store.base.Store.neighbours` shapes it."""

    graph: nx.MultiDiGraph[Any]

    @property
    def size(self) -> tuple[int, int]:
        """How many nodes and edges there are."""
        return self.graph.number_of_nodes(), self.graph.number_of_edges()

    def nodes(self) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Yield ``((kind, key), properties)``, ordered by both; unknown values left out."""
        for n in sorted(self.graph.nodes):
            data = self.graph.nodes[n]
            out = impersonal(n[0], data)
            out["name"] = str(data.get("name") or n[1])
            if data.get("missing"):
                out["missing"] = True
            yield n, out

    def edges(self) -> Iterator[Tie]:
        """Yield the edges, ordered by source, target and kind."""
        for a, b, kind, data in sorted(self.graph.edges(keys=True, data=True), key=_order):
            yield a, b, str(data.get("kind") or kind), dict(data)


@dataclass(frozen=True)
class ColumnExtract:
    """A part of a store, in columns.

    Parameters
    ----------
    frames : mapping
        Kind to its entities: index ``key`` (sorted), the schema's properties as columns.
    bare : mapping
        Kind to keys that no row defines: ``missing`` where the kind has ledgers of its own.
    ties : pandas.DataFrame
        ``source_kind``, ``source``, ``target_kind``, ``target``, ``kind``, ``via``, ``valid_from``, ``valid_to``, in order.
    """

    frames: Mapping[str, pd.DataFrame]
    bare: Mapping[str, list[str]]
    ties: pd.DataFrame

    @property
    def size(self) -> tuple[int, int]:
        """How many nodes and edges there are."""
        held = sum(len(f) for f in self.frames.values()) + sum(len(b) for b in self.bare.values())
        return held, len(self.ties)

    def nodes(self) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Yield ``((kind, key), properties)``, ordered by both; unknown values left out."""
        defined = load_schema().kinds
        for kind in sorted({*self.frames, *self.bare}):
            held = self._rows(kind)
            lacking = iter(sorted(self.bare.get(kind, ())))
            nothing = {"missing": True} if kind in defined else {}
            waiting = next(lacking, None)
            for key, values in held:
                while waiting is not None and waiting < key:
                    yield (kind, waiting), {"name": waiting, **nothing}
                    waiting = next(lacking, None)
                yield (kind, key), values
            while waiting is not None:
                yield (kind, waiting), {"name": waiting, **nothing}
                waiting = next(lacking, None)

    def _rows(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        frame = self.frames.get(kind)
        if frame is None:
            return
        names = [n for n in load_schema().kinds[kind].properties if n in frame.columns]
        for start in range(0, len(frame), CHUNK):
            part = frame.iloc[start : start + CHUNK]
            # None for whatever a column calls unknown, once a column instead of once a cell
            columns = [part[n].astype(object).where(part[n].notna(), None).tolist() for n in names]
            for key, *values in zip(part.index, *columns, strict=True):
                out = impersonal(kind, dict(zip(names, values, strict=True)))
                out["name"] = str(out.get("name") or key)
                yield str(key), out

    def edges(self) -> Iterator[Tie]:
        """Yield the edges, ordered by source, target and kind."""
        t = self.ties
        names = ("via", "valid_from", "valid_to")
        for start in range(0, len(t), CHUNK):
            p = t.iloc[start : start + CHUNK]
            for ak, a, bk, b, kind, *values in zip(
                p["source_kind"].tolist(), p["source"].tolist(), p["target_kind"].tolist(), p["target"].tolist(),
                p["kind"].tolist(), *(p[n].tolist() for n in names), strict=True,
            ):  # fmt: skip
                yield (ak, a), (bk, b), kind, dict(zip(names, values, strict=True))

    def graph(self) -> nx.MultiDiGraph[Any]:
        """Return the same as a graph, as :meth:`graph.store.base.Store.neighbours` shapes it."""
        import networkx as nx

        out: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        for n, values in self.nodes():
            out.add_node(n, **{"type": None, **values, "kind": n[0]})
        for a, b, kind, data in self.edges():
            out.add_edge(a, b, key=kind, kind=kind, **data)
        return out


Extract = GraphExtract | ColumnExtract


def impersonal(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity's known properties in the schema's order, pseudonyms of persons reduced to that there is one.

    Member and instructor records are never in maps or exports; they only count (AUDIT).
    """
    schema = load_schema()
    out: dict[str, Any] = {}
    for name in schema.kinds[kind].properties if kind in schema.kinds else ():
        value = values.get(name)
        if value is None or value != value or value == "":
            continue
        if (kind, name) in _personal() and value not in ("是", "否"):
            value = "是"
        out[name] = value
    return out


@cache
def _personal() -> frozenset[tuple[str, str]]:
    """Return the properties whose value may be a person's pseudonym."""
    schema = load_schema()
    people = {k for k, v in schema.kinds.items() if v.role == "person"}
    people |= {k for k, v in schema.implied.items() if v.role == "person"}
    return frozenset(
        (k.name, p.name)
        for k in schema.kinds.values()
        for p in k.properties.values()
        if p.edge is not None and people.intersection(schema.edges[p.edge.kind].target)
    )


@cache
def drawn_edges() -> tuple[str, ...]:
    """Return the kinds of edges that touch no person, in the schema's order."""
    schema = load_schema()
    people = {k for k, v in schema.kinds.items() if v.role == "person"}
    people |= {k for k, v in schema.implied.items() if v.role == "person"}
    return tuple(
        k for k, e in schema.edges.items() if not people.intersection({*e.source, *e.target})
    )


def _order(edge: tuple[Any, Any, Any, Any]) -> tuple[Key, Key, str]:
    return edge[0], edge[1], str(edge[2])

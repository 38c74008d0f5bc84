"""What a person reads about an entity in a picture: its name, its values in words, where each was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store.search import folded
from viz.extract import impersonal
from viz.scene import Thing, identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx

    from graph.model import Source

Key = tuple[str, str]

NOT_SHOWN = frozenset({"name", "outline"})


def things(
    graph: nx.MultiDiGraph[Any], nodes: Sequence[Key], sources: Mapping[Key, Source]
) -> list[Thing]:
    """Return what the marks of these entities stand for."""
    named = [str(graph.nodes[n].get("name") or n[1]) for n in nodes]
    return [
        _thing(n, name, graph.nodes[n], sources.get(n), f"{full} {initials}")
        for n, name, (_, full, initials) in zip(nodes, named, folded(named), strict=True)
    ]


def _thing(
    node: Key, name: str, attributes: Mapping[str, Any], source: Source | None, found_by: str
) -> Thing:
    kind, key = node
    schema = load_schema()
    known = impersonal(kind, attributes)
    properties = schema.kinds[kind].properties if kind in schema.kinds else {}
    return Thing(
        id=identity(node),
        kind="planned" if attributes.get("planned") else kind,
        key=key,
        name=(name, str(attributes.get("name_en") or name)),
        type=str(known.get("type") or known.get("category") or known.get("level") or ""),
        missing=bool(attributes.get("missing")),
        details=tuple(
            (n, _shown(properties[n].type, v)) for n, v in known.items() if n not in NOT_SHOWN
        ),
        source=(_file(source.file), source.sheet, source.row) if source else None,
        found_by=found_by,
        why=attributes.get("why") or ("", ""),
    )


def _file(path: str) -> str:
    """Return a file's name without its folders: a page goes from hand to hand, and where it was made is no one's business."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _shown(kind: str, value: Any) -> str:
    if kind == "bool":
        return "是" if value else "否"
    if kind == "date":
        n = int(value)
        return f"{n // 10000:04d}-{n // 100 % 100:02d}-{n % 100:02d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

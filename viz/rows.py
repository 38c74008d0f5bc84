"""Nodes and edges as the values that every format writes: ids, known values only, dates as ISO text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from graph.model import iso
from graph.schema import load_schema
from viz.scene import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from viz.extract import Extract

EDGE_FIELDS = ("kind", "via", "valid_from", "valid_to")
OFTEN = 1_000
"""Progress is told once in so many nodes or edges."""


@cache
def fields() -> dict[str, str]:
    """Return every node attribute and its type (``text``, ``int``, …), in the schema's order, ``name`` and ``kind`` first."""
    out = {"name": "text", "kind": "text", "key": "text", "missing": "bool"}
    for kind in load_schema().kinds.values():
        if kind.role != "node":
            continue
        for name, p in kind.properties.items():
            # One attribute, one type: a property that two kinds declare differently is text for both.
            out[name] = p.type if out.get(name, p.type) == p.type else "text"
    return out


class Rows:
    """An extract's nodes and edges, ready to be written; read as often as wanted."""

    def __init__(self, extract: Extract, progress: Callable[[int], None] | None = None) -> None:
        self.extract = extract
        self.progress = progress or (lambda _: None)
        self.done = 0

    def _tell(self) -> None:
        self.done += 1
        if self.done % OFTEN == 0:
            self.progress(self.done)

    def nodes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield ``(id, values)`` in order: known values only, by :func:`fields`' names and types."""
        types = fields()
        for n, known in self.extract.nodes():
            values: dict[str, Any] = {"name": known["name"], "kind": n[0], "key": n[1]}
            if known.get("missing"):
                values["missing"] = True
            for name, value in known.items():
                if name not in values:
                    values[name] = _plain(types.get(name, "text"), value)
            yield identity(n), values
            self._tell()

    def edges(self) -> Iterator[tuple[str, str, str, dict[str, str]]]:
        """Yield ``(id, source, target, values)`` in order; the id tells parallel edges apart."""
        for number, (a, b, kind, data) in enumerate(self.extract.edges()):
            values = {"kind": kind}
            if data.get("via"):
                values["via"] = str(data["via"])
            for name in EDGE_FIELDS[2:]:
                value = data.get(name)
                text = iso(int(value)) if value is not None and value == value else None
                if text:
                    values[name] = text
            yield f"e{number}", identity(a), identity(b), values
            self._tell()


def _plain(type_: str, value: Any) -> Any:
    if type_ == "int":
        return int(value)
    if type_ == "float":
        return float(value)
    if type_ == "bool":
        return bool(value)
    if type_ == "date":
        return iso(int(value)) or ""
    return str(value)


def lexical(value: Any) -> str:
    """Return a value as text, as XML Schema and other programs spell it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)

"""Reads ``schema.yaml``, the only declaration of kinds, and refuses contradictions.

``python -m graph.schema --write`` writes what is generated from it (``docs/schema.md``); ``--check`` fails where that is stale.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from graph.errors import SchemaError
from graph.generated import settle
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TYPES = ("text", "int", "float", "bool", "date", "list")
ROLES = ("node", "record", "person", "reference", "work")
WHEN = ("code", "office")


@dataclass(frozen=True, slots=True)
class EdgeRule:
    """The edge that a property's value makes (see the head of ``schema.yaml``)."""

    kind: str
    target: str | None = None
    reverse: bool = False
    when: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """One property: type, labels, whether a row must have it, its values where they are few, the edge it makes.

    ``called`` names those values that are the program's own words, in Chinese and English.
    """

    name: str
    type: str
    zh: str
    en: str
    required: bool = False
    enum: tuple[str, ...] = ()
    edge: EdgeRule | None = None
    called: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)

    def named(self, value: str) -> tuple[str, str]:
        """Return what a value is called in Chinese and English: itself where it is a ledger's own word."""
        return self.called.get(value, (value, value))

    def shown(self, value: Any) -> Any:
        """Return a stored value as JSON shows it: dates ISO 8601, lists as arrays, numbers plain; ``None`` unknown."""
        if value is None:
            return None
        if self.type == "date":
            return iso(int(value))
        if self.type == "list":
            return parts(value)
        plain = {"int": int, "float": float, "bool": bool}.get(self.type, str)
        return plain(value)

    def same(self, a: Any, b: Any) -> bool:
        """Say whether two stored values say the same: lists whatever their order."""
        if self.type == "list" and a is not None and b is not None:
            return set(parts(a)) == set(parts(b))
        return bool(a == b)


def parts(value: Any) -> list[str]:
    """Return the texts of a stored list; none of an unknown one."""
    return [] if value is None else [part for part in str(value).split(";") if part]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entity; ``key`` says how its entities are named."""

    name: str
    zh: str
    en: str
    role: str
    key: str
    label: str | None
    properties: dict[str, Property]


@dataclass(frozen=True, slots=True)
class EdgeKind:
    """One kind of relationship, read forwards and backwards."""

    name: str
    zh: str
    en: str
    reverse_zh: str
    reverse_en: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    one: bool


@dataclass(frozen=True, slots=True)
class Implied:
    """A kind of node that no sheet defines: it exists where something refers to it."""

    name: str
    zh: str
    en: str
    role: str


@dataclass(frozen=True, slots=True)
class Schema:
    """All kinds, by name, in the order of the file."""

    kinds: dict[str, Kind]
    edges: dict[str, EdgeKind]
    implied: dict[str, Implied]

    @property
    def located(self) -> tuple[str, ...]:
        """The kinds that have a point of their own (``lon`` and ``lat``), in code-point order; never persons or records."""
        return tuple(
            sorted(
                name
                for name, kind in self.kinds.items()
                if kind.role == "node" and kind.properties.keys() >= {"lon", "lat"}
            )
        )

    def named(self, rule: EdgeRule) -> tuple[str, ...]:
        """Return the kinds that a value making this edge may name."""
        if rule.target:
            return (rule.target,)
        declared = self.edges[rule.kind]
        return declared.source if rule.reverse else declared.target

    def pointed(self, kinds: Iterable[str] | None) -> tuple[str, ...]:
        """Return the kinds asked for, all of :attr:`located` where none are named; ``KeyError`` for one that has no point."""
        if kinds is None:
            return self.located
        asked = set(kinds)
        if strange := asked - {*self.located}:
            raise KeyError(min(strange))
        return tuple(sorted(asked))


@cache
def load_schema() -> Schema:
    """Return the schema of this version; ``SchemaError`` names the first contradiction."""
    text = (files("graph") / "schema.yaml").read_text(encoding="utf-8")
    return parse(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 - a safe loader


def parse(raw: dict[str, Any]) -> Schema:
    """Return the schema that a document declares.

    Raises
    ------
    SchemaError
        A key, type, role or reference that contradicts the rest; the message names kind and property.
    """
    kinds = {name: _kind(name, body) for name, body in raw["kinds"].items()}
    edges = {name: _edge(name, body) for name, body in raw["edges"].items()}
    implied = {
        name: Implied(name, body["zh"], body["en"], body["role"])
        for name, body in raw["implied"].items()
    }
    schema = Schema(kinds, edges, implied)
    _consistent(schema)
    return schema


def _only(where: str, body: dict[str, Any], allowed: set[str]) -> None:
    strange = sorted(set(body) - allowed)
    if strange:
        raise SchemaError(f"schema: {where} has an unknown key {strange[0]}")


def _kind(name: str, body: dict[str, Any]) -> Kind:
    _only(name, body, {"zh", "en", "role", "key", "label", "properties"})
    if body.get("role") not in ROLES:
        raise SchemaError(
            f"schema: {name} has the role {body.get('role')}; allowed: {', '.join(ROLES)}"
        )
    properties = {p: _property(f"{name}.{p}", p, v) for p, v in body["properties"].items()}
    label = body.get("label")
    if label is not None and label not in properties:
        raise SchemaError(f"schema: {name} is labelled by {label}, which it has not")
    return Kind(name, body["zh"], body["en"], body["role"], str(body["key"]), label, properties)


def _property(where: str, name: str, body: dict[str, Any]) -> Property:
    _only(where, body, {"type", "zh", "en", "required", "enum", "edge", "called"})
    if body.get("type") not in TYPES:
        raise SchemaError(
            f"schema: {where} has the type {body.get('type')}; allowed: {', '.join(TYPES)}"
        )
    edge = body.get("edge")
    if edge is not None:
        _only(f"{where}.edge", edge, {"kind", "target", "reverse", "when", "source"})
        if edge.get("when") not in (None, *WHEN):
            raise SchemaError(f"schema: {where}.edge has the condition {edge['when']}")
    called: dict[str, tuple[str, str]] = {}
    for value, said in body.get("called", {}).items():
        if value not in body.get("enum", ()) or len(said) != 2:
            raise SchemaError(
                f"schema: {where}.called has to name values of its enum in two languages"
            )
        called[value] = (str(said[0]), str(said[1]))
    return Property(
        name=name,
        type=body["type"],
        zh=body["zh"],
        en=body["en"],
        required=bool(body.get("required", False)),
        enum=tuple(body.get("enum", ())),
        edge=EdgeRule(**edge) if edge is not None else None,
        called=called,
    )


def _edge(name: str, body: dict[str, Any]) -> EdgeKind:
    _only(name, body, {"zh", "en", "reverse_zh", "reverse_en", "source", "target", "cardinality"})
    return EdgeKind(
        name=name,
        zh=body["zh"],
        en=body["en"],
        reverse_zh=body["reverse_zh"],
        reverse_en=body["reverse_en"],
        source=tuple(body["source"]),
        target=tuple(body["target"]),
        one=body.get("cardinality") == "one",
    )


def _consistent(schema: Schema) -> None:
    known = {*schema.kinds, *schema.implied}
    for edge in schema.edges.values():
        for end in (*edge.source, *edge.target):
            if end not in known:
                raise SchemaError(f"schema: {edge.name} joins {end}, which is no kind")
    for kind in schema.kinds.values():
        for p in kind.properties.values():
            if p.edge is None:
                continue
            where = f"{kind.name}.{p.name}"
            rule = p.edge
            if rule.kind not in schema.edges:
                raise SchemaError(f"schema: {where} makes {rule.kind}, which is no kind of edge")
            if rule.source is not None and rule.source not in kind.properties:
                raise SchemaError(
                    f"schema: {where} takes its source from {rule.source}, which is absent"
                )
            edge = schema.edges[rule.kind]
            other = (rule.target,) if rule.target else edge.target
            here = edge.source if rule.source is not None else (kind.name,)
            sources, targets = (other, here) if rule.reverse else (here, other)
            if not set(sources) <= set(edge.source) or not set(targets) <= set(edge.target):
                raise SchemaError(
                    f"schema: {where} makes {rule.kind} between kinds that it does not join"
                )


# -- what is generated -------------------------------------------------------------------------------------------


def document(schema: Schema) -> str:
    """Return ``docs/schema.md``."""
    out = [
        "# Schema 数据模式",
        "",
        "Generated from `graph/schema.yaml` by `python -m graph.schema --write`.",
    ]
    for kind in schema.kinds.values():
        out += [
            "",
            f"## {kind.name} {kind.zh}",
            "",
            f"{kind.en}; role {kind.role}; key {kind.key}",
            "",
        ]
        out += [
            "| property | 名称 | meaning | type | values | edge |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for p in kind.properties.values():
            star = "\\*" if p.required else ""
            values = " ".join(p.enum)
            edge = f"{p.edge.kind}{' (reversed)' if p.edge.reverse else ''}" if p.edge else ""
            out.append(f"| {p.name}{star} | {p.zh} | {p.en} | {p.type} | {values} | {edge} |")
    out += ["", "## Edges 关系", "", "| edge | 名称 | from | to | at most one | read backwards |"]
    out.append("| --- | --- | --- | --- | --- | --- |")
    for e in schema.edges.values():
        one = "yes" if e.one else ""
        out.append(
            f"| {e.name} | {e.zh} {e.en} | {', '.join(e.source)} | {', '.join(e.target)} | {one} |"
            f" {e.reverse_zh} {e.reverse_en} |"
        )
    return "\n".join(out) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check ``docs/schema.md``; return the exit code."""
    mode = "--write" if "--write" in arguments else "--check"
    return settle("docs/schema.md", document(load_schema()), mode)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""What the web application calls and draws each kind: names from the schema, colours and shapes from the palette.

``python -m viz.vocabulary`` prints it, and with ``questions`` what those are built of, which one page alone needs; the build of
the application reads both, so that nothing is said twice.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from graph.patterns import vocabulary as asked
from graph.patterns.language import CONDITIONS, SHOWN, STEPS
from graph.schema import load_schema
from viz import palette

if TYPE_CHECKING:
    from graph.schema import Property

_MORE = {"missing": {"zh": "缺少来源行", "en": "no row defines it"}}


def vocabulary() -> dict[str, Any]:
    """Return kinds of nodes and edges with their names in both languages and their looks, and what their properties are called."""
    schema = load_schema()
    names: dict[str, Any] = {
        **{kind: {"zh": k.zh, "en": k.en} for kind, k in schema.kinds.items() if k.role == "node"},
        **{
            kind: {"zh": k.zh, "en": k.en} for kind, k in schema.implied.items() if k.role == "node"
        },
        **_MORE,
    }
    return {
        "kinds": {
            kind: said | asdict(palette.NODES[kind])
            for kind, said in names.items()
            if kind in palette.NODES
        },
        "edges": {
            kind: {"zh": e.zh, "en": e.en, "reverse_zh": e.reverse_zh, "reverse_en": e.reverse_en}
            | asdict(palette.EDGES.get(kind, palette.OTHER))
            for kind, e in schema.edges.items()
        },
        "properties": {
            kind: {p.name: _named(p) for p in k.properties.values()}
            for kind, k in schema.kinds.items()
            if k.role in ("node", "record", "work")
        },
    }


def _named(p: Property) -> dict[str, Any]:
    """Return what a property is called, and those of its values that are the program's own words."""
    values = {value: {"zh": zh, "en": en} for value, (zh, en) in p.called.items()}
    return {"zh": p.zh, "en": p.en} | ({"values": values} if values else {})


def questions() -> dict[str, Any]:
    """Return what questions are built of: properties and operators by kind, and which relations lead where."""
    return {
        "properties": {
            kind: [
                {
                    "name": p.name, "type": p.type, "zh": p.zh, "en": p.en, "derived": p.derived, "surveyed": p.surveyed,
                    "operators": list(p.operators),
                    "values": [{"value": v, "zh": zh, "en": en} for v, zh, en in p.values],
                    "leads": _leads(kind, p.name),
                }
                for p in asked.properties(kind).values()
            ]
            for kind in asked.kinds()
        },
        "relations": {
            name: {"source": list(source), "target": list(target)}
            for name, (source, target) in asked.relations().items()
        },
        "most": {"steps": STEPS, "conditions": CONDITIONS, "shown": SHOWN},
    }  # fmt: skip


def _leads(kind: str, name: str) -> list[str]:
    """Return the kinds whose codes a property holds: they are found by name where one is typed."""
    if name == asked.KEY:
        return [kind]
    declared = load_schema().kinds[kind].properties.get(name)
    if declared is None or declared.edge is None:
        return []
    return [k for k in load_schema().named(declared.edge) if k in asked.kinds()]


if __name__ == "__main__":
    said = questions() if sys.argv[1:] == ["questions"] else vocabulary()
    json.dump(said, sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)

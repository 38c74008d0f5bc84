"""What the web application calls and draws each kind: names from the schema, colours and shapes from the palette.

``python -m viz.vocabulary`` prints it; the build of the application reads it, so that neither is said twice.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from graph.schema import load_schema
from viz import palette

_MORE = {"missing": {"zh": "缺少来源行", "en": "no row defines it"}}


def vocabulary() -> dict[str, Any]:
    """Return kinds of nodes and edges with their names in both languages and their looks."""
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
    }


if __name__ == "__main__":
    json.dump(vocabulary(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)

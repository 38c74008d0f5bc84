"""One self-contained page by pyvis: no network request, no script from data, positions ours, physics off.

pyvis's own template loads scripts from elsewhere and writes names into HTML unescaped; here it renders a template of ours
(auto-escaping, a Content-Security-Policy with a nonce of the file's own), with the script that pyvis ships for drawing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.files import write_text
from graph.schema import load_schema
from viz.containment import PLANNED
from viz.palette import EDGES, NODES, OTHER

if TYPE_CHECKING:
    from viz.scene import Scene, View

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "interaction": {
        "hover": True, "multiselect": False, "keyboard": False, "hideEdgesOnDrag": False,
        "tooltipDelay": 100, "zoomSpeed": 0.6,
    },
    "edges": {"smooth": False, "arrows": {"to": {"enabled": True, "scaleFactor": 0.45}}, "hoverWidth": 0},
    "layout": {"improvedLayout": False},
}  # fmt: skip
SCRIPTS = ("model.js", "picture.js", "panels.js", "table.js", "workbook.js", "main.js")


def render(scene: Scene, lang: str) -> str:
    """Return the page's HTML; the same scene and language give the same bytes.

    Parameters
    ----------
    scene : Scene
        At most :data:`viz.scene.LIMIT` marks a view.
    lang : str
        ``zh`` or ``en``: the language it opens in; the page can switch.
    """
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup
    from pyvis.network import Network

    first = scene.views[0]
    at = 0 if lang == "zh" else 1
    net = Network(directed=True, cdn_resources="in_line", heading="")
    # from_nx and add_node are quadratic and lose parallel edges (measured: 110 s for 20,000 nodes); fill the lists directly.
    net.nodes = [
        {"id": m.id, "label": scene.things[m.id].name[at], "x": m.x, "y": m.y} for m in first.marks
    ]
    net.edges = [{"id": k, "from": e.source, "to": e.target} for k, e in enumerate(first.lines)]
    net.options = {"physics": {"enabled": False}}
    net.heading = first.title[at]
    data = _script(_data(scene, lang))
    # of the one that is a module too, what it exports stands here for the others
    scripts = "".join(_asset(name).removeprefix("export ") for name in SCRIPTS)
    environment = Environment(loader=PackageLoader("viz", "assets"), autoescape=True)
    environment.globals.update(
        nonce=_nonce(data, scripts),
        lang=lang,
        css=Markup(_asset("page.css")),  # noqa: S704 - our own files, no data
        vis_js=Markup(_vis()),  # noqa: S704
        page_js=Markup(scripts),  # noqa: S704
        scene_json=Markup(data),  # noqa: S704 - escaped by _script
        options_json=Markup(_script(OPTIONS)),  # noqa: S704
    )
    net.templateEnv = environment
    net.path = "page.html.j2"
    return str(net.generate_html(name="page.html", notebook=False))


def write(scene: Scene, path: str | Path, lang: str) -> None:
    """Write the page, all or nothing, as UTF-8 whatever the locale."""
    write_text(path, render(scene, lang))


def _nonce(data: str, scripts: str) -> str:
    """Return the file's own nonce: a hash of all that the page holds, so that the same page has the same bytes.

    A nonce keeps a script out that data smuggled in, because data can't know it. Here nobody answers requests: the file is
    written once, and its data would have to contain a hash of itself to guess it. (A server must draw its nonces at random.)
    """
    return hashlib.sha256(f"lianjian-page\0{data}\0{scripts}".encode()).hexdigest()[:32]


# -- data --------------------------------------------------------------------------------------------------------


def _data(scene: Scene, lang: str) -> dict[str, Any]:
    schema = load_schema()
    texts = json.loads(_asset("texts.json"))
    kinds = {k: [v.zh, v.en] for k, v in schema.kinds.items() if v.role == "node"}
    kinds |= {k: [v.zh, v.en] for k, v in schema.implied.items() if v.role == "node"}
    kinds["group"] = [texts["zh"]["group"], texts["en"]["group"]]
    kinds["planned"] = [texts["zh"]["planned_kind"], texts["en"]["planned_kind"]]
    kinds["missing"] = [texts["zh"]["missing_kind"], texts["en"]["missing_kind"]]
    order = {thing: k for k, thing in enumerate(scene.things)}
    properties = {n for t in scene.things.values() for n, _ in t.details}
    properties |= {e.via for v in scene.views for e in v.lines}
    return {
        "lang": lang,
        "texts": texts,
        "as_of": scene.as_of,
        "kinds": kinds,
        "edge_kinds": {
            **{k: [v.zh, v.en, v.reverse_zh, v.reverse_en] for k, v in schema.edges.items()},
            PLANNED: [texts[x][f"planned_{way}"] for way in ("out", "back") for x in ("zh", "en")],
        },
        "properties": {
            k: {n: [p.zh, p.en] for n, p in v.properties.items() if n in properties}
            for k, v in schema.kinds.items()
            if v.role == "node"
        },
        "looks": {k: asdict(v) for k, v in NODES.items()},
        "strokes": {k: asdict(v) for k, v in {**EDGES, "": OTHER}.items()},
        "things": [
            [
                t.id, t.kind, t.key, t.name[0], t.name[1] if t.name[1] != t.name[0] else 0, t.type,
                int(t.missing), [x for pair in t.details for x in pair], t.source or 0, t.found_by, t.why if any(t.why) else 0,
            ]
            for t in scene.things.values()
        ],
        "views": [_view(v, order) for v in scene.views],
    }  # fmt: skip


def _view(view: View, order: dict[str, int]) -> dict[str, Any]:
    return {
        "id": view.id,
        "title": view.title,
        "notes": view.notes,
        "marks": [
            [order[m.id], m.x, m.y, int(m.focus), m.count, m.below, m.opens or 0]
            for m in view.marks
        ],
        "lines": [
            [order[e.source], order[e.target], e.kind, e.via, e.bend, int(e.inside), e.stands_for]
            for e in view.lines
        ],
        "hulls": [[order.get(h.id, -1), h.kind, *h.box, *h.title] for h in view.hulls],
    }


def _script(value: Any) -> str:
    """Return JSON that can stand inside a script element: no ``<``, ``>``, ``&`` or line separators of scripts."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    # half a surrogate pair can't be written as UTF-8
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def _asset(name: str) -> str:
    return (files("viz") / "assets" / name).read_text(encoding="utf-8")


@cache
def _vis() -> str:
    """Return vis-network as pyvis ships it; what could end a script element is spelled otherwise."""
    source = files("pyvis") / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
    return source.read_text(encoding="utf-8").replace("</script", "<\\/script")

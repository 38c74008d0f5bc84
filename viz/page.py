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

from graph.schema import load_schema
from viz.files import write_text
from viz.palette import EDGES, NODES

if TYPE_CHECKING:
    from viz.scene import Scene

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "multiselect": True, "keyboard": False, "hideEdgesOnDrag": True},
    "nodes": {
        "font": {"size": 13, "face": "Noto Sans CJK SC, sans-serif", "color": "#1b1b1b"},
        "widthConstraint": {"maximum": 120},
    },
    "edges": {"smooth": False},
    "layout": {"improvedLayout": False},
}


def render(scene: Scene, lang: str) -> str:
    """Return the page's HTML; the same scene and language give the same bytes.

    Parameters
    ----------
    scene : Scene
        At most :data:`viz.scene.LIMIT` nodes a view.
    lang : str
        ``zh`` or ``en``: the language it opens in; the page can switch.
    """
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup
    from pyvis.network import Network

    first = scene.views[0]
    net = Network(directed=True, cdn_resources="in_line", heading="")
    # from_nx and add_node are quadratic and lose parallel edges (measured: 110 s for 20,000 nodes); fill the lists directly.
    net.nodes = [{"id": n.id, "label": n.label, "x": n.x, "y": n.y} for n in first.nodes]
    net.edges = [{"id": k, "from": e.source, "to": e.target} for k, e in enumerate(first.edges)]
    net.options = {"physics": {"enabled": False}}
    net.heading = first.title[0 if lang == "zh" else 1]
    data = _script(_data(scene, lang))
    environment = Environment(loader=PackageLoader("viz", "assets"), autoescape=True)
    environment.globals.update(
        # The nonce only has to be unguessable by the data that the page holds: it depends on all of it.
        nonce=hashlib.sha256(("lianjian-page" + data).encode()).hexdigest()[:32],
        lang=lang,
        css=Markup(_asset("page.css")),  # noqa: S704 - our own files, no data
        vis_js=Markup(_vis()),  # noqa: S704
        page_js=Markup(_asset("page.js")),  # noqa: S704
        scene_json=Markup(data),  # noqa: S704 - escaped by _script
        options_json=Markup(_script(OPTIONS)),  # noqa: S704
    )
    net.templateEnv = environment
    net.path = "page.html.j2"
    return str(net.generate_html(name="page.html", notebook=False))


def write(scene: Scene, path: str | Path, lang: str) -> None:
    """Write the page, all or nothing, as UTF-8 whatever the locale."""
    write_text(path, render(scene, lang))


def _data(scene: Scene, lang: str) -> dict[str, Any]:
    schema = load_schema()
    kinds = {k: [v.zh, v.en] for k, v in schema.kinds.items() if v.role == "node"}
    kinds |= {k: [v.zh, v.en] for k, v in schema.implied.items()}
    return {
        "lang": lang,
        "texts": json.loads(_asset("texts.json")),
        "as_of": scene.as_of,
        "notes": scene.notes,
        "kinds": kinds,
        "edge_kinds": {k: [v.zh, v.en] for k, v in schema.edges.items()},
        "looks": {
            "nodes": {k: asdict(v) for k, v in NODES.items()},
            "edges": {k: asdict(v) for k, v in EDGES.items()},
        },
        "views": [asdict(v) for v in scene.views],
    }


def _script(value: Any) -> str:
    """Return JSON that can stand inside a script element: no ``<``, ``>``, ``&`` or line separators of scripts."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@cache
def _asset(name: str) -> str:
    return (files("viz") / "assets" / name).read_text(encoding="utf-8")


@cache
def _vis() -> str:
    """Return vis-network as pyvis ships it; what could end a script element is spelled otherwise."""
    source = files("pyvis") / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
    return source.read_text(encoding="utf-8").replace("</script", "<\\/script")

"""The graph for Gephi, Cytoscape, spreadsheets and programs, streamed: memory does not grow with the file.

Unknown values are left out, never written as a false boolean or a zero. The same graph gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from xml.sax.saxutils import quoteattr

from graph.errors import InputError
from graph.model import OPEN, iso
from graph.schema import load_schema
from viz.files import replacing
from viz.palette import EDGES, NODES
from viz.scene import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import networkx as nx

    Positions = Mapping[Any, tuple[float, float]]

FORMATS = ("graphml", "gexf", "csv", "xlsx", "json")
XML_TYPES = {
    "text": "string",
    "int": "long",
    "float": "double",
    "bool": "boolean",
    "date": "string",
    "list": "string",
}
GUARDED = tuple("=+-@\t\r＝＋－＠")
EDGE_FIELDS = ("kind", "via", "valid_from", "valid_to")


def export(
    graph: nx.MultiDiGraph[Any],
    path: str | Path,
    format: str,  # noqa: A002 - the option's name
    positions: Positions | None = None,
) -> list[Path]:
    """Write a graph as :meth:`graph.store.base.Store.neighbours` shapes it.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Nodes ``(kind, key)``.
    path : str or Path
        A file; for ``csv`` a folder that gets ``nodes.csv`` and ``edges.csv``.
    format : str
        One of :data:`FORMATS`.
    positions : mapping, optional
        Node to (x, y) in pixels, for ``gexf``.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        Unknown format, or the place can't be written.
    """
    writers: dict[str, Callable[[nx.MultiDiGraph[Any], Path], list[Path]]] = {
        "graphml": lambda g, p: _text_file(p, lambda out: _graphml(g, out)),
        "gexf": lambda g, p: _text_file(p, lambda out: _gexf(g, out, positions or {})),
        "json": lambda g, p: _text_file(p, lambda out: _json(g, out)),
        "csv": _csv,
        "xlsx": _xlsx,
    }
    if format not in writers:
        raise InputError(
            f"format {format}: unknown; choose one of {', '.join(FORMATS)}",
            f"格式 {format}：未知；可选 {'、'.join(FORMATS)}",
        )
    return writers[format](graph, Path(path))


# -- what is written ---------------------------------------------------------------------------------------------


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


def _nodes(graph: nx.MultiDiGraph[Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    types = fields()
    for n, a in sorted(graph.nodes(data=True), key=lambda item: str(item[0])):
        values: dict[str, Any] = {
            "name": a.get("name") or n[1],
            "kind": a.get("kind") or n[0],
            "key": n[1],
        }
        if a.get("missing"):
            values["missing"] = True
        for name, type_ in types.items():
            value = a.get(name)
            if name in values or value is None or value != value or value == "":
                continue
            values[name] = _plain(type_, value)
        yield n, values


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


def _edges(graph: nx.MultiDiGraph[Any]) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield (id, source, target, attributes), sorted; the id tells parallel edges apart."""
    rows = sorted(graph.edges(keys=True, data=True), key=lambda e: str(e[:3]))
    for number, (a, b, key, data) in enumerate(rows):
        values = {"kind": str(data.get("kind") or key)}
        for name in EDGE_FIELDS[1:]:
            value = data.get(name)
            if value is None or value == "" or value == OPEN:
                continue
            values[name] = iso(int(value)) or "" if name.startswith("valid") else str(value)
        yield f"e{number}", identity(a), identity(b), values


# -- XML ---------------------------------------------------------------------------------------------------------

_BAD = {c: None for c in range(32) if c not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


def _quote(value: Any) -> str:
    text = str(value).translate(_BAD)
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _escape(value: Any) -> str:
    text = str(value).translate(_BAD)
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    )


def _lexical(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _graphml(graph: nx.MultiDiGraph[Any], out: TextIO) -> None:
    types = fields()
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    )
    out.writelines(
        f'<key id="n_{name}" for="node" attr.name="{name}" attr.type="{XML_TYPES[type_]}"/>\n'
        for name, type_ in types.items()
    )
    out.writelines(
        f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="string"/>\n'
        for name in EDGE_FIELDS
    )
    out.write('<graph edgedefault="directed">\n')
    for n, values in _nodes(graph):
        body = "".join(
            f'<data key="n_{k}">{_escape(_lexical(v))}</data>' for k, v in values.items()
        )
        out.write(f"<node id={_quote(identity(n))}>{body}</node>\n")
    for number, a, b, attributes in _edges(graph):
        body = "".join(f'<data key="e_{k}">{_escape(v)}</data>' for k, v in attributes.items())
        out.write(f'<edge id="{number}" source={_quote(a)} target={_quote(b)}>{body}</edge>\n')
    out.write("</graph>\n</graphml>\n")


def _gexf(graph: nx.MultiDiGraph[Any], out: TextIO, positions: Positions) -> None:
    """GEXF 1.3: the relation in the edge's ``kind``, so that parallel edges survive Gephi's import."""
    types = fields()
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    )
    out.write("<meta><creator>Lianjian</creator></meta>\n")
    out.write(
        '<graph defaultedgetype="directed" mode="dynamic" timeformat="date" timerepresentation="interval">\n'
    )
    out.write('<attributes class="node">\n')
    out.writelines(
        f'<attribute id="{name}" title="{name}" type="{XML_TYPES[type_]}"/>\n'
        for name, type_ in types.items()
    )
    out.write(
        '</attributes>\n<attributes class="edge">\n<attribute id="via" title="via" type="string"/>\n</attributes>\n<nodes>\n'
    )
    for n, values in _nodes(graph):
        a = graph.nodes[n]
        out.write(
            f"<node id={_quote(identity(n))} label={_quote(values['name'])}{_interval(a)}><attvalues>"
        )
        out.writelines(
            f'<attvalue for="{k}" value={_quote(_lexical(v))}/>' for k, v in values.items()
        )
        out.write("</attvalues>")
        look = (
            NODES["missing" if values.get("missing") else str(values["kind"])]
            if values["kind"] in NODES
            else NODES["missing"]
        )
        r, g, b = (int(look.colour[k : k + 2], 16) for k in (1, 3, 5))
        out.write(f'<viz:color r="{r}" g="{g}" b="{b}"/><viz:size value="{look.size}"/>')
        if n in positions:
            x, y = positions[n]
            out.write(f'<viz:position x="{x}" y="{-y}" z="0.0"/>')
        out.write("</node>\n")
    out.write("</nodes>\n<edges>\n")
    for number, source, target, attributes in _edges(graph):
        line = EDGES.get(attributes["kind"])
        life = "".join(
            f' {name}="{attributes[key]}"'
            for name, key in (("start", "valid_from"), ("end", "valid_to"))
            if key in attributes
        )
        out.write(
            f'<edge id="{number}" source={_quote(source)} target={_quote(target)} kind={_quote(attributes["kind"])}'
            f" label={_quote(attributes['kind'])}{life}>"
        )
        if "via" in attributes:
            out.write(
                f'<attvalues><attvalue for="via" value={_quote(attributes["via"])}/></attvalues>'
            )
        if line:
            r, g, b = (int(line.colour[k : k + 2], 16) for k in (1, 3, 5))
            out.write(f'<viz:color r="{r}" g="{g}" b="{b}"/>')
        out.write("</edge>\n")
    out.write("</edges>\n</graph>\n</gexf>\n")


def _interval(attributes: Mapping[str, Any]) -> str:
    out = ""
    for name, key in (("start", "valid_from"), ("end", "valid_to")):
        value = attributes.get(key)
        text = iso(int(value)) if value is not None else None
        out += f' {name}="{text}"' if text else ""
    return out


# -- JSON, CSV, spreadsheets --------------------------------------------------------------------------------------


def _json(graph: nx.MultiDiGraph[Any], out: TextIO) -> None:
    """Node-link JSON, as networkx's ``node_link_graph(data, edges="links")`` reads it."""

    def dump(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    out.write('{"directed":true,"multigraph":true,"graph":{},"nodes":[')
    out.writelines(
        ("," if k else "") + "\n" + dump({"id": identity(n), **values})
        for k, (n, values) in enumerate(_nodes(graph))
    )
    out.write('\n],"links":[')
    out.writelines(
        ("," if k else "") + "\n" + dump({"source": a, "target": b, "key": number, **attributes})
        for k, (number, a, b, attributes) in enumerate(_edges(graph))
    )
    out.write("\n]}\n")


def guarded(value: Any) -> Any:
    """Return text that no spreadsheet takes for a formula (ROBUSTNESS C5); numbers stay as they are."""
    if isinstance(value, str) and value.startswith(GUARDED):
        return "'" + value
    return value


def _tables(graph: nx.MultiDiGraph[Any]) -> Iterator[tuple[str, list[str], Iterator[list[Any]]]]:
    names = [n for n in fields() if n not in ("name", "kind")]

    def node_rows() -> Iterator[list[Any]]:
        for n, v in _nodes(graph):
            yield [identity(n), v["name"], v["kind"], *(v.get(name) for name in names)]

    def edge_rows() -> Iterator[list[Any]]:
        for number, a, b, v in _edges(graph):
            yield [
                number,
                a,
                b,
                "Directed",
                v["kind"],
                v["kind"],
                *(v.get(f) for f in EDGE_FIELDS[1:]),
            ]

    yield "nodes", ["Id", "Label", "Kind", *names], node_rows()
    yield (
        "edges",
        ["Id", "Source", "Target", "Type", "Label", "Kind", *EDGE_FIELDS[1:]],
        edge_rows(),
    )


def _csv(graph: nx.MultiDiGraph[Any], folder: Path) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise InputError(
            f"{folder}: csv goes into a folder, and this can't be one ({e.strerror})",
            f"{folder}：csv 写入文件夹，而此处无法建立（{e.strerror}）",
        ) from None
    out = []
    for name, header, rows in _tables(graph):
        path = folder / f"{name}.csv"
        with replacing(path) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            writer = csv.writer(text)
            writer.writerow(header)
            for row in rows:
                writer.writerow(
                    [guarded(_lexical(v)) if isinstance(v, str | bool) else v for v in row]
                )
            text.flush()
            text.detach()
        out.append(path)
    return out


def _xlsx(graph: nx.MultiDiGraph[Any], path: Path) -> list[Path]:
    import datetime as dt

    import xlsxwriter

    with replacing(path) as raw:
        book = xlsxwriter.Workbook(
            raw,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        book.set_properties({"created": dt.datetime(2016, 8, 14)})
        bold = book.add_format({"bold": True, "bg_color": "#EDEDED"})
        for name, header, rows in _tables(graph):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(header) - 1, 18)
            sheet.write_row(0, 0, header, bold)
            last = 0
            for last, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    if isinstance(value, bool):
                        sheet.write_boolean(last, column, value)
                    elif isinstance(value, int | float):
                        sheet.write_number(last, column, value)
                    elif value:
                        sheet.write_string(last, column, value[:32767])
            sheet.autofilter(0, 0, last, len(header) - 1)
        book.close()
    return [path]


def _text_file(path: Path, write: Callable[[TextIO], None]) -> list[Path]:
    with replacing(path) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        write(text)
        text.flush()
        text.detach()
    return [path]

"""GraphML and GEXF, written as they come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TextIO
from xml.sax.saxutils import quoteattr

from viz.palette import EDGES, NODES
from viz.rows import EDGE_FIELDS, Rows, fields, lexical

if TYPE_CHECKING:
    from collections.abc import Mapping

    Positions = Mapping[str, tuple[float, float]]

XML_TYPES = {
    "text": "string",
    "int": "long",
    "float": "double",
    "bool": "boolean",
    "date": "string",
    "list": "string",
}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _clean(value: Any) -> str:
    """Return text without what XML 1.0 can't hold, even escaped: control characters, half surrogate pairs, two noncharacters."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", str(value))


def quoted(value: Any) -> str:
    """Return a value as a quoted attribute."""
    return quoteattr(_clean(value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def escaped(value: Any) -> str:
    """Return a value as an element's text."""
    text = _clean(value).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace("\r", "&#13;")


def graphml(rows: Rows, out: TextIO) -> None:
    """Write GraphML: typed attributes, parallel edges by their ids."""
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    )
    out.writelines(
        f'<key id="n_{name}" for="node" attr.name="{name}" attr.type="{XML_TYPES[type_]}"/>\n'
        for name, type_ in fields().items()
    )
    out.writelines(
        f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="string"/>\n'
        for name in EDGE_FIELDS
    )
    out.write('<graph edgedefault="directed">\n')
    for n, values in rows.nodes():
        body = "".join(f'<data key="n_{k}">{escaped(lexical(v))}</data>' for k, v in values.items())
        out.write(f"<node id={quoted(n)}>{body}</node>\n")
    for number, a, b, values in rows.edges():
        body = "".join(f'<data key="e_{k}">{escaped(v)}</data>' for k, v in values.items())
        out.write(f'<edge id="{number}" source={quoted(a)} target={quoted(b)}>{body}</edge>\n')
    out.write("</graph>\n</graphml>\n")


def gexf(rows: Rows, out: TextIO, positions: Positions) -> None:
    """Write GEXF 1.3: the relation in the edge's ``kind``, so that parallel edges survive Gephi's import.

    A unit lives from its founding to its dissolution, an edge while its ledgers say so; positions and colours are the picture's,
    Gephi's y axis pointing up.
    """
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">\n'
    )
    out.write("<meta><creator>Lianjian</creator></meta>\n")
    out.write(
        '<graph defaultedgetype="directed" mode="dynamic" timeformat="date" timerepresentation="interval">\n'
    )
    out.write('<attributes class="node" mode="static">\n')
    out.writelines(
        f'<attribute id="{name}" title="{name}" type="{XML_TYPES[type_]}"/>\n'
        for name, type_ in fields().items()
    )
    out.write(
        '</attributes>\n<attributes class="edge" mode="static">\n<attribute id="via" title="via" type="string"/>\n</attributes>\n'
    )
    out.write("<nodes>\n")
    for n, values in rows.nodes():
        life = _interval(values, "founded", "dissolved")
        body = "".join(
            f'<attvalue for="{k}" value={quoted(lexical(v))}/>' for k, v in values.items()
        )
        look = NODES.get("missing" if values.get("missing") else values["kind"], NODES["missing"])
        x, y = positions.get(n, (0.0, 0.0))
        out.write(
            f"<node id={quoted(n)} label={quoted(values['name'])}{life}><attvalues>{body}</attvalues>{_colour(look.colour)}"
            f'<viz:position x="{x}" y="{0.0 - y}" z="0.0"/><viz:size value="{look.size}.0"/>'
            f'<viz:shape value="{look.gexf}"/></node>\n'
        )
    out.write("</nodes>\n<edges>\n")
    for number, a, b, values in rows.edges():
        kind = quoted(values["kind"])
        line = EDGES.get(values["kind"])
        via = (
            f'<attvalues><attvalue for="via" value={quoted(values["via"])}/></attvalues>'
            if "via" in values
            else ""
        )
        out.write(
            f'<edge id="{number}" source={quoted(a)} target={quoted(b)} kind={kind} label={kind}'
            f"{_interval(values, 'valid_from', 'valid_to')}>{via}{_colour(line.colour) if line else ''}</edge>\n"
        )
    out.write("</edges>\n</graph>\n</gexf>\n")


def _colour(text: str) -> str:
    r, g, b = (int(text[k : k + 2], 16) for k in (1, 3, 5))
    return f'<viz:color r="{r}" g="{g}" b="{b}"/>'


def _interval(values: Mapping[str, Any], start: str, end: str) -> str:
    out = ""
    first, last = values.get(start), values.get(end)
    if first:
        out += f' start="{first}"'
    if last and not (first and last < first):  # an impossible life is the audit's to find
        out += f' end="{last}"'
    return out

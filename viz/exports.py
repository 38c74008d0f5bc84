"""The graph for Gephi, Cytoscape, Neo4j, spreadsheets and programs, streamed: memory does not grow with the file.

Unknown values are left out, never written as a false boolean or a zero. The same graph gives the same bytes.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from graph.errors import InputError
from graph.files import replacing
from viz import tables, xmlfiles
from viz.rows import Rows
from viz.scene import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from viz.extract import Extract

FORMATS = ("graphml", "gexf", "csv", "xlsx", "json", "cypher")


def export(
    extract: Extract,
    path: str | Path,
    format: str,  # noqa: A002 - the option's name
    progress: Callable[[int], None] | None = None,
) -> list[Path]:
    """Write nodes and edges as a file, or two.

    Parameters
    ----------
    extract : Extract
        What to write.
    path : str or Path
        A file; for ``csv`` a folder that gets ``nodes.csv`` and ``edges.csv``, or ``NAME.csv`` for ``NAME-nodes.csv`` and
        ``NAME-edges.csv``.
    format : str
        One of :data:`FORMATS`.
    progress : callable, optional
        Told now and then how many nodes and edges are written.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        Unknown format, or the place can't be written.
    """
    target = Path(path)
    rows = Rows(extract, progress)
    if format == "graphml":
        return _text_file(target, lambda out: xmlfiles.graphml(rows, out))
    if format == "gexf":
        from viz.positions import positions

        at = positions(extract)
        return _text_file(target, lambda out: xmlfiles.gexf(rows, out, at))
    if format == "json":
        return _text_file(target, lambda out: _json(rows, out))
    if format == "cypher":
        return _text_file(target, lambda out: _cypher(rows, out))
    if format == "csv":
        return tables.csv_files(rows, target)
    if format == "xlsx":
        return tables.workbook(rows, target)
    raise InputError(
        f"format {format}: unknown; choose one of {', '.join(FORMATS)}",
        f"格式 {format}：未知；可选 {'、'.join(FORMATS)}",
    )


def _json(rows: Rows, out: TextIO) -> None:
    """Node-link JSON, as networkx's ``node_link_graph(data, edges="links")`` reads it."""

    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    out.write('{"directed":true,"multigraph":true,"graph":{},"nodes":[')
    out.writelines(
        ("," if k else "") + "\n" + dump({"id": n, **values})
        for k, (n, values) in enumerate(rows.nodes())
    )
    out.write('\n],"links":[')
    out.writelines(
        ("," if k else "") + "\n" + dump({"source": a, "target": b, "key": number, **values})
        for k, (number, a, b, values) in enumerate(rows.edges())
    )
    out.write("\n]}\n")


def _cypher(rows: Rows, out: TextIO) -> None:
    """Write a script for a Neo4j database of one's own; its Cypher is the store's."""
    from graph.store.neo4j_script import script

    script(
        ((values["kind"], n, values) for n, values in rows.nodes()),
        (
            (
                (kind_of(a), a),
                (kind_of(b), b),
                values["kind"],
                {k: v for k, v in values.items() if k != "kind"},
            )
            for _, a, b, values in rows.edges()
        ),
        out,
    )


def _text_file(path: Path, write: Callable[[TextIO], None]) -> list[Path]:
    with replacing(path) as raw:
        # half a surrogate pair, which no encoding can hold, becomes a question mark
        text = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n")
        write(text)
        text.flush()
        text.detach()
    return [path]

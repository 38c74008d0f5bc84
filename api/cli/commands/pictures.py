"""Maps as one offline page, and files for other graph programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsOfOption, IdArgument, JsonOption, LangOption, StoreOption, ending
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session, identify
from graph.model import iso

if TYPE_CHECKING:
    import networkx as nx


class Format(StrEnum):
    """A format that ``export`` writes."""

    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def _page(text: str) -> Path:
    return ending(text, ".html", ".htm")


def _named(prefix: str, key: str, suffix: str) -> Path:
    """Return a file name in the present folder that any system takes."""
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in key)
    return Path(f"{prefix}-{safe}{suffix}")


def _around(
    session: Session, identifier: str, hops: int
) -> tuple[nx.MultiDiGraph[Any], tuple[str, str], int]:
    with session.store() as opened, progress(session.texts("progress.reading")):
        date = session.date(opened)
        focus = identify(opened, identifier, date)
        return opened.neighbours(*focus, date, hops), focus, date


def map_(
    identifier: IdArgument,
    hops: Annotated[int, typer.Option("--hops", min=1, max=6, help="option.hops")] = 2,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F.html", parser=_page, help="map.out"),
    ] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Draw an entity and what hangs on it as one page that needs no network."""
    from viz import page, scene

    session = Session.of(lang=lang, json=json, store=store, as_of=as_of)
    t = session.texts
    graph, focus, date = _around(session, identifier, hops)
    path = out or _named("map", focus[1], ".html")
    with progress(t("progress.drawing")):
        picture = scene.around(graph, focus, as_of=iso(date) or "", hops=hops)
        page.write(picture, path, t.lang)
    payload = {
        "id": focus[1],
        "as_of": iso(date),
        "file": str(path),
        "nodes": graph.number_of_nodes(),
        "edges": graph.number_of_edges(),
        "views": len(picture.views),
    }
    emit(session, payload, summary=[t("map.done", **payload)])
    return 0


def export(
    identifier: IdArgument,
    format_: Annotated[Format, typer.Option("--format", help="export.format")] = Format.GRAPHML,
    hops: Annotated[int, typer.Option("--hops", min=1, max=6, help="option.hops")] = 2,
    out: Annotated[Path | None, typer.Option("--out", metavar="PATH", help="export.out")] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Write an entity and what hangs on it for Gephi, Cytoscape or a spreadsheet."""
    from viz import exports, layout

    session = Session.of(lang=lang, json=json, store=store, as_of=as_of)
    t = session.texts
    graph, focus, date = _around(session, identifier, hops)
    folder = format_ is Format.CSV
    path = out or _named("export", focus[1], "" if folder else f".{format_.value}")
    with progress(t("progress.writing")):
        positions = layout.layered(graph) if format_ is Format.GEXF else None
        written = exports.export(graph, path, format_.value, positions)
    payload = {
        "id": focus[1],
        "as_of": iso(date),
        "format": format_.value,
        "files": [str(p) for p in written],
        "nodes": graph.number_of_nodes(),
        "edges": graph.number_of_edges(),
    }
    emit(
        session,
        payload,
        summary=[
            t(
                "export.done",
                files=", ".join(map(str, written)),
                nodes=payload["nodes"],
                edges=payload["edges"],
            )
        ],
    )
    return 0

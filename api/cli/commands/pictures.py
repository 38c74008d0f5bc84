"""Maps as one offline page, and files for other graph programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.asking.lookup import identify
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    ProfileOption,
    StoreOption,
    ending,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from graph.errors import InputError
from graph.model import iso

if TYPE_CHECKING:
    import networkx as nx

    from graph.model import Source
    from graph.store.base import Store
    from viz.extract import Extract

OptionalId = Annotated[str | None, typer.Argument(metavar="ID", help="argument.id")]
HopsOption = Annotated[int | None, typer.Option("--hops", min=1, max=6, help="option.reach")]


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
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in key)[:80].strip("-")
    return Path(f"{prefix}-{safe or 'map'}{suffix}")


@dataclass(frozen=True)
class _Part:
    """What a map or a file is asked to show."""

    extract: Extract
    date: int
    id: str | None
    title: str
    focus: tuple[str, str] | None = None
    cut: dict[tuple[str, str], int] | None = None
    sources: dict[tuple[str, str], Source] | None = None


def _ask(
    session: Session, identifier: str | None, within: str | None, hops: int | None, *, read: bool
) -> _Part:
    """Return what the command line asks for; ``read`` says whether to look up where each entity was read."""
    from viz import selection
    from viz.extract import GraphExtract

    if identifier is not None and within is not None:
        raise InputError(
            "give an ID or --in CODE, not both", "请只给出代码（ID）或 --in 区划代码其中之一"
        )
    if hops is not None and identifier is None:
        raise InputError(
            "--hops goes with an ID; --in takes all of a jurisdiction",
            "--hops 须与 ID 一起使用；--in 取整个辖区",
        )
    t = session.texts
    with session.store() as opened, progress(t("progress.reading")):
        date = session.date(opened)
        if identifier is not None:
            focus = identify(opened, identifier, date)
            if focus[0] == "division" and hops is None:
                within = focus[1]
            else:
                graph, cut = selection.around(opened, focus, date, hops)
                found = selection.sources(opened, graph.nodes, date) if read else None
                name = str(graph.nodes[focus].get("name") or focus[1])
                return _Part(GraphExtract(graph), date, focus[1], name, focus, cut, found)
        return _jurisdiction(session, opened, within, date, read=read)


def _jurisdiction(
    session: Session, store: Store, within: str | None, date: int, *, read: bool
) -> _Part:
    from graph.city import City
    from viz import selection

    city = City(store, session.profile(), date)
    part = selection.jurisdiction(city, within)
    if within is None:
        title = session.texts("map.whole")
    elif within in city.places.divisions.index:
        title = str(city.places.divisions.at[within, "name"] or within)
    else:
        title = str(city.ledger_units.at[within, "name"] or within)
    found = selection.sources(store, (n for n, _ in part.nodes()), date) if read else None
    return _Part(part, date, within, title, sources=found)


def _plan(path: Path) -> dict[str, Any]:
    from graph.formation.verify.file import load_plan

    return load_plan(path)


def _with_graph(part: _Part) -> tuple[_Part, nx.MultiDiGraph[Any]]:
    """Return a part with the graph that a plan can be drawn into; refused where one page can't hold its organizations."""
    from viz import views
    from viz.extract import GraphExtract

    if isinstance(part.extract, GraphExtract):
        return part, part.extract.graph
    number = len(part.extract.frames.get("organization", ()))
    if number > views.MOST:
        raise InputError(
            f"{number:,} organizations are too many to draw a plan among; give --in a district, street or zone",
            f"共 {number:,} 个组织，无法在一页上画出方案；请用 --in 给出区、街道或园区",
        )
    graph = part.extract.graph()
    return replace(part, extract=GraphExtract(graph)), graph


def map_(
    identifier: OptionalId = None,
    hops: HopsOption = None,
    within: InOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F.html", parser=_page, help="map.out"),
    ] = None,
    plan: Annotated[Path | None, typer.Option("--plan", metavar="F.json", help="map.plan")] = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Draw an entity and what hangs on it, or a jurisdiction, as one page that needs no network."""
    from graph.files import writable
    from viz import page, views
    from viz.extract import GraphExtract

    session = Session.of(lang=lang, json=json, store=store, as_of=as_of, profile=profile)
    t = session.texts
    if identifier is None and within is None:
        raise InputError(
            "map what? give an ID, or --in CODE for a jurisdiction",
            "要画什么？请给出代码（ID），或用 --in 给出辖区",
        )
    if out is not None:
        writable(out)
    proposed = None if plan is None else _plan(plan)
    part = _ask(session, identifier, within, hops, read=True)
    planned = None
    if proposed is not None:
        from viz.plans import propose

        part, graph = _with_graph(part)
        planned = propose(graph, proposed)
    path = out or _named("map", part.id or "", ".html")
    with progress(t("progress.drawing")):
        day = iso(part.date) or ""
        if part.focus is not None and isinstance(part.extract, GraphExtract):
            picture = views.around(
                part.extract.graph,
                part.focus,
                as_of=day,
                hops=hops,
                sources=part.sources,
                cut=part.cut,
            )
        else:
            picture = views.inside(part.extract, part.title, as_of=day, sources=part.sources)
        page.write(picture, path, t.lang)
    nodes, edges = part.extract.size
    payload: dict[str, Any] = {
        "id": part.id,
        "as_of": iso(part.date),
        "file": str(path),
        "nodes": nodes,
        "edges": edges,
        "views": len(picture.views),
    }
    if planned is not None:
        payload["planned"] = planned
    summary = [t("map.done", **payload)]
    if planned is not None:
        summary.append(t("map.planned", number=planned))
    emit(session, payload, summary=summary)
    return 0


def export(
    identifier: OptionalId = None,
    hops: HopsOption = None,
    within: InOption = None,
    format_: Annotated[Format | None, typer.Option("--format", help="export.format")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="PATH", help="export.out")] = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Write an entity and what hangs on it, a jurisdiction, or everything, for Gephi, Cytoscape or a spreadsheet."""
    from graph.files import writable
    from viz import exports

    session = Session.of(lang=lang, json=json, store=store, as_of=as_of, profile=profile)
    t = session.texts
    chosen = format_ or _by_name(out) or Format.GRAPHML
    if out is not None and chosen is not Format.CSV:
        writable(out)
    part = _ask(session, identifier, within, hops, read=False)
    suffix = "" if chosen is Format.CSV else f".{chosen.value}"
    path = out or _named("export", part.id or "all", suffix)
    nodes, edges = part.extract.size
    with progress(t("progress.writing")) as tick:
        written = exports.export(
            part.extract,
            path,
            chosen.value,
            progress=lambda done: tick(t("progress.writing"), done, nodes + edges),
        )
    payload: dict[str, Any] = {
        "id": part.id,
        "as_of": iso(part.date),
        "format": chosen.value,
        "files": [str(p) for p in written],
        "nodes": nodes,
        "edges": edges,
    }
    files = ", ".join(map(str, written))
    emit(session, payload, summary=[t("export.done", files=files, nodes=nodes, edges=edges)])
    return 0


def _by_name(out: Path | None) -> Format | None:
    ending_ = out.suffix.lower().lstrip(".") if out is not None else ""
    return Format(ending_) if ending_ in list(Format) else None

"""Maps as one offline page, and files for other graph programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.asking import pictures
from api.asking.pictures import HOPS, Format
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
from api.cli.usage import WrongValue
from api.settings import DEFAULT_PROFILE
from api.tables.wording import not_gone_through
from graph.model import iso

if TYPE_CHECKING:
    from graph.store.base import Store

OptionalId = Annotated[str | None, typer.Argument(metavar="ID", help="argument.id")]
HopsOption = Annotated[int | None, typer.Option("--hops", min=1, max=HOPS, help="option.reach")]


def _page(text: str) -> Path:
    return ending(text, ".html", ".htm")


def _ask(
    session: Session,
    identifier: str | None,
    within: str | None,
    hops: int | None,
    *,
    read: bool,
    judge: Callable[[Store], None] = lambda _: None,
) -> pictures.Part:
    """Return what the command line asks for.

    ``read`` says whether to look up where each entity was read; ``judge`` refuses what does not go with the store.
    """
    with session.store() as opened, progress(session.texts("progress.reading")):
        judge(opened)
        return pictures.part(
            opened, session.profile, session.as_of,
            identifier=identifier, within=within, hops=hops, read=read,
        )  # fmt: skip


def _plan(path: Path) -> dict[str, Any]:
    from graph.formation.verify.file import load_plan

    return load_plan(path)


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
    from viz import page

    session = Session.of(lang=lang, json=json, store=store, as_of=as_of, profile=profile)
    t = session.texts
    pictures.refuse_everything(identifier, within)
    if out is not None:
        writable(out)
    proposed = None if plan is None else _plan(plan)

    def judge(opened: Store) -> None:
        if proposed is not None:
            from graph.formation.planfile import refuse_other_city

            refuse_other_city(proposed, opened, str(plan))

    part = _ask(session, identifier, within, hops, read=True, judge=judge)
    path = out or Path(pictures.file_name("map", part.id, ".html"))
    with progress(t("progress.drawing")):
        drawn = pictures.draw(part, hops, proposed)
        page.write(drawn.scene, path, t.lang)
    nodes, edges = drawn.size
    payload: dict[str, Any] = {
        "id": part.id,
        "as_of": iso(part.as_of),
        "file": str(path),
        "nodes": nodes,
        "edges": edges,
        "views": len(drawn.scene.views),
        "left_out": pictures.hubs(part),
    }
    if drawn.planned is not None:
        payload["planned"] = drawn.planned
    summary = [t("map.done", **payload)]
    if drawn.planned is not None:
        summary.append(t("map.planned", number=drawn.planned))
    emit(session, payload, summary=[*summary, *not_gone_through(t, payload["left_out"])])
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
    """Write an entity and what hangs on it, a jurisdiction, or everything, for Gephi, Cytoscape, Neo4j or a spreadsheet."""
    from graph.files import writable

    session = Session.of(lang=lang, json=json, store=store, as_of=as_of, profile=profile)
    t = session.texts
    chosen = _format(format_, out)
    if out is not None and chosen is not Format.CSV:
        writable(out)
    part = _ask(session, identifier, within, hops, read=False)
    suffix = "" if chosen is Format.CSV else f".{chosen.value}"
    path = out or Path(pictures.file_name("export", part.id or "all", suffix))
    total = sum(part.extract.size)
    with progress(t("progress.writing")) as tick:
        written = pictures.export(
            part, path, chosen, lambda done: tick(t("progress.writing"), done, total)
        )
    payload = written.as_json()
    words = payload | {"files": ", ".join(payload["files"])}
    left = not_gone_through(t, payload["left_out"])
    emit(session, payload, summary=[t("export.done", **words), *left])
    return 0


def _format(given: Format | None, out: Path | None) -> Format:
    """Return the format to write: the one given, else the one that the file's name ends in, else GraphML.

    Raises
    ------
    InputError
        The name ends otherwise than files of the format that was given; a folder for ``csv`` is called as one likes.
    WrongValue
        No format is given, and the name ends in none.
    """
    from graph.errors import InputError

    if out is None:
        return given or Format.GRAPHML
    endings = {f".{f.value}": f for f in Format}
    named = endings.get(out.suffix.lower())
    if given is None:
        if named is None:
            raise WrongValue(
                "usage.ending", of="--out", value=repr(str(out)), others=tuple(endings)
            )
        return named
    if named is given or (given is Format.CSV and named is None):
        return given
    raise InputError(
        f"--format {given.value} and --out {out} contradict each other: give a name that ends in .{given.value},"
        " or leave --format away",
        f"--format {given.value} 与 --out {out} 矛盾：请给出以 .{given.value} 结尾的文件名，或去掉 --format",
    )

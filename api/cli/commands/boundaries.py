"""Boundaries of districts and streets for the maps of the service: whoever may write the state folder loads them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.journaling import recorded
from api.cli.options import JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit, note
from api.cli.progress import progress
from api.cli.session import Session
from graph.errors import InputError

if TYPE_CHECKING:
    from api.boundaries import Boundaries
    from loaders.boundaries import Divisions

TOLD = 5
"""Features that are named one by one."""


class Datum(StrEnum):
    """A datum of a file's coordinates."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


def load(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="boundaries.file")],
    named_by: Annotated[
        str | None, typer.Option("--property", metavar="NAME", help="boundaries.property")
    ] = None,
    datum: Annotated[Datum, typer.Option("--datum", help="boundaries.datum")] = Datum.WGS84,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Take outlines of divisions from GeoJSON."""
    from loaders.boundaries import read

    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    with progress(t("progress.reading")) as tick:
        found = read(
            source,
            _divisions(session),
            session.profile().extent,
            named_by=named_by,
            datum=datum.value,
        )
        tick(t("progress.storing"))
        with recorded(session.url):
            replaced = _held(session).load(found.boundaries, source.name)
    n = len(found.boundaries)
    payload = {
        "loaded": [{"code": b.code, "name": b.name} for b in found.boundaries],
        "replaced": replaced,
        "left_out": found.left_out,
        "mended": found.mended,
    }
    summary = [t("boundaries.loaded", n=f"{n:,}", replaced=f"{replaced:,}", file=source)]
    emit(session, payload, summary=summary)
    for key, some in (("boundaries.left_out", found.left_out), ("boundaries.mended", found.mended)):
        if some:
            note(t(key, n=f"{len(some):,}", names=_some(some)))
    return 1 if found.left_out else 0


def list_(
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List the boundaries that are held."""
    session = Session.of(lang=lang, json=json, out=out, store=store)
    t = session.texts
    rows = [one.as_json() for one in _held(session).all()]
    columns = [
        Column(n, t(f"boundaries.column.{n}"))
        for n in ("code", "name", "source", "loaded", "points")
    ]
    listing = Listing.of(t("boundaries.title"), columns, rows)
    emit(session, {"boundaries": rows}, [listing], [] if rows else [t("boundaries.none")])
    return 0


def remove(
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="[CODE]…", help="boundaries.codes")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="boundaries.all")] = False,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Take boundaries away."""
    session = Session.of(lang=lang, json=json, store=store)
    if bool(codes) == every:
        raise InputError(
            "give the codes of divisions whose boundaries go, or --all",
            "请给出要移除边界的区划代码，或用 --all 移除全部",
        )
    held = _held(session)
    with recorded(session.url):
        n = held.remove(None if every else codes)
    emit(session, {"removed": n}, summary=[session.texts("boundaries.removed", n=f"{n:,}")])
    return 0


def _held(session: Session) -> Boundaries:
    from api.boundaries import Boundaries
    from api.settings import state_of

    return Boundaries(state_of(session.url))


def _divisions(session: Session) -> Divisions:
    """Return the divisions of a city: those of the ledgers' list, and those that organizations alone name, without names."""
    from graph.columns import texts
    from loaders.boundaries import Divisions

    with session.store() as opened:
        date = opened.latest()
        listed = opened.frame("division", date, ["name"])
        named = opened.frame("organization", date, ["district", "street"])
    names: dict[str, str | None] = {}
    for column in ("district", "street"):
        names |= {str(c): None for c in named[column].dropna().unique()}
    names |= dict(zip(map(str, listed["key"]), texts(listed["name"]), strict=True))
    return Divisions(names)


def _some(names: list[str]) -> str:
    more = len(names) - TOLD
    return ", ".join(names[:TOLD]) + (f" … +{more:,}" if more > 0 else "")

"""Maps and files for other programs: what an entity, a jurisdiction or everything looks like."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.asking import pictures
from api.asking.pictures import HOPS, Format, file_name
from api.downloads import download, offered, streamed, zipped
from api.routes.asked import Code, Within, profile_of
from api.routes.models import auditing as models
from api.stores import reading, tried
from api.wire import Date, answered, failures, given_date, language

if TYPE_CHECKING:
    from pathlib import Path

router = APIRouter(prefix="/api/v1")

Hops = Annotated[
    int | None,
    Query(
        ge=1, le=HOPS, description="all within so many edges; else its own picture", examples=[2]
    ),
]


class Picture(StrEnum):
    """How a map is given."""

    JSON = "json"
    HTML = "html"


AsPicture = Annotated[
    Picture,
    Query(alias="format", description="the scene, or one page for any browser, offline, as a file"),
]
AsFile = Annotated[
    Format, Query(alias="format", description="`csv` is a .zip of nodes.csv and edges.csv")
]
PAGES = offered(".html")
FILES = offered(".graphml", ".zip", ".xlsx", ".json", ".cypher")


@router.get("/map", tags=["maps"], summary="A jurisdiction as a picture",
            response_model=models.Scene, responses=failures() | PAGES)  # fmt: skip
def map_inside(
    request: Request, within: Within = None, as_of: Date = None, format_: AsPicture = Picture.JSON
) -> Response:
    """Give each place as a box with what lies in it, the units above what they cover."""
    return _drawn(request, None, within, None, as_of, format_)


@router.get("/map/{id:path}", tags=["maps"], summary="An entity and what hangs on it as a picture",
            response_model=models.Scene, responses=failures(404, 409) | PAGES)  # fmt: skip
async def map_around(
    request: Request,
    id: Code,  # noqa: A002
    hops: Hops = None,
    as_of: Date = None,
    format_: AsPicture = Picture.JSON,
) -> Response:
    """Give an organization's or unit's hierarchy, or a place with what lies in it."""
    if format_ is Picture.JSON:
        told = await tried(request, "map", code=id, hops=hops, as_of=given_date(as_of))
        if told is not None:
            return answered(request, told)
    return await run_in_threadpool(_drawn, request, id, None, hops, as_of, format_)


def _drawn(
    request: Request, id_: str | None, within: str | None, hops: int | None, as_of: str | None, kind: Picture
) -> Response:  # fmt: skip
    pictures.refuse_everything(id_, within)
    with reading(request) as store:
        part = pictures.part(
            store, lambda: profile_of(request), given_date(as_of),
            identifier=id_, within=within, hops=hops, read=True,
        )  # fmt: skip
    drawn = pictures.draw(part, hops)
    if kind is Picture.JSON:
        return streamed(request, drawn.as_json())
    from viz import page

    # its nonce follows from what it holds: fit for a file that is kept, and it is never shown as a page of this service
    lang = language(request)
    name = file_name("map", part.id, ".html")
    return download(request, name, lambda path: page.write(drawn.scene, path, lang))


@router.get("/export", tags=["exports"], summary="A jurisdiction, or everything, as a file for other programs",
            response_class=Response, responses=failures(tagged=False) | FILES)  # fmt: skip
def export_inside(
    request: Request, within: Within = None, as_of: Date = None, format_: AsFile = Format.GRAPHML
) -> Response:
    """Give nodes and edges for Gephi, Cytoscape, a spreadsheet or networkx."""
    return _exported(request, None, within, None, as_of, format_)


@router.get("/export/{id:path}", tags=["exports"], summary="An entity and what hangs on it as a file for other programs",
            response_class=Response, responses=failures(404, 409, tagged=False) | FILES)  # fmt: skip
def export_around(
    request: Request,
    id: Code,  # noqa: A002
    hops: Hops = None,
    as_of: Date = None,
    format_: AsFile = Format.GRAPHML,
) -> Response:
    """Give nodes and edges for Gephi, Cytoscape, a spreadsheet or networkx."""
    return _exported(request, id, None, hops, as_of, format_)


def _exported(
    request: Request, id_: str | None, within: str | None, hops: int | None, as_of: str | None, kind: Format
) -> Response:  # fmt: skip
    with reading(request) as store:
        part = pictures.part(
            store, lambda: profile_of(request), given_date(as_of),
            identifier=id_, within=within, hops=hops, read=False,
        )  # fmt: skip

    def make(path: Path) -> None:
        if kind is Format.CSV:
            zipped(pictures.export(part, path.with_suffix(""), kind).files, path)
        else:
            pictures.export(part, path, kind)

    suffix = ".zip" if kind is Format.CSV else f".{kind.value}"
    return download(request, file_name("export", part.id or "all", suffix), make)

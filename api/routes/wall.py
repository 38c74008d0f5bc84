"""The wall map, as a file to be printed."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.permissions import known
from api.asking import wall as asking
from api.asking.pictures import file_name
from api.downloads import download, offered
from api.routes.asked import profile_of
from api.stores import reading
from api.wire import Date, city_date, failures, language
from viz.wall.paper import Paper, Turned

if TYPE_CHECKING:
    from pathlib import Path

router = APIRouter(prefix="/api/v1", tags=["maps"])


class AsWall(StrEnum):
    """How a wall map is given."""

    PDF = "pdf"
    SVG = "svg"


@router.get("/wallmap", summary="A city, a district or a street on one printable page",
            response_class=Response, responses=failures(tagged=False, made=True) | offered(".pdf", ".svg"))  # fmt: skip
def wallmap(
    request: Request,
    within: Annotated[
        str | None,
        Query(alias="in", min_length=1, max_length=200, description="a city's, district's or street's code, or a ledger unit's id",
              examples=["420106"]),
    ] = None,
    paper: Annotated[Paper, Query(description="the sheet", examples=["A3"])] = Paper.A3,
    turned: Annotated[
        Turned | None, Query(description="how it lies; without it as fits better", examples=["landscape"])
    ] = None,
    as_of: Date = None,
    format_: Annotated[
        AsWall, Query(alias="format", description="`svg` keeps text as text and needs no font", examples=["svg"])
    ] = AsWall.PDF,
) -> Response:  # fmt: skip
    """Give it with coverage by area, units, what is pending, a legend and a scale that is true on paper."""
    from viz.wall.files import written

    within, profile, lang = within or known(request).jurisdiction, profile_of(request), language(request)  # fmt: skip
    with reading(request) as store:
        shown = request.app.state.maps.of(store, profile, city_date(as_of, store))
        drawn = asking.wall(
            store, profile, shown, request.app.state.boundaries, within, paper, turned,
            "zh" if lang == "zh" else "en",
        )  # fmt: skip
    suffix = f".{format_.value}"

    def make(path: Path) -> None:
        path.write_bytes(written(drawn.wall, suffix, drawn.as_of))

    return download(request, file_name("wallmap", within, suffix), make)

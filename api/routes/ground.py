"""What lies under the city's map: tiles of a street map and boundaries of divisions, where there are some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from api.asking.view import box_of
from api.routes.asked import profile_of
from api.routes.models import ground as models
from api.wire import answer, failures

if TYPE_CHECKING:
    from api.boundaries import Boundaries
    from api.tiles import Tiles

router = APIRouter(prefix="/api/v1", tags=["ground"])

_NUMBER = r"-?[0-9]{1,4}(\.[0-9]{1,9})?"


@router.get("/ground", summary="What lies under the city's map: tiles and boundaries",
            response_model=models.Ground, responses=failures())  # fmt: skip
def ground(
    request: Request,
    box: Annotated[
        str | None,
        Query(pattern=f"^{_NUMBER}(,{_NUMBER}){{3}}$", max_length=64,
              description="only outlines that touch it: west,south,east,north in WGS84 degrees",
              examples=["114.2,30.5,114.4,30.6"]),
    ] = None,
    metres: Annotated[
        float, Query(ge=0, le=1_000_000, description="what a pixel is: nothing finer is of use", examples=[50])
    ] = 0.0,
) -> Response:  # fmt: skip
    """Give outlines of districts and streets, at the finest detail that is of use and that stays below 100 kB.

    They are the same for everybody: maps of public things. Nothing of the city's organizations is in them.
    """
    boundaries: Boundaries = request.app.state.boundaries
    tiles: Tiles | None = request.app.state.settings.tiles
    within = box_of(box)
    drawn = boundaries.drawn(within, metres)
    extent = profile_of(request).extent
    return answer(
        request,
        {
            "datum": "WGS84",
            "tiles": None if tiles is None else tiles.as_json(within or extent),
            "boundaries": drawn.held,
            "metres": drawn.metres,
            "scale": 1e-5,
            "outlines": [{"code": code, "rings": rings} for code, rings in drawn.outlines],
            "left_out": drawn.left_out,
        },
    )

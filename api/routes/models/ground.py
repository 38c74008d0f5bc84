"""What lies under the city's map."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.routes.models import Answer


class Shift(Answer):
    """How far tiles lie off WGS84 at the corners of a box, in degrees; between them evenly so."""

    box: list[float] = Field(description="west, south, east, north")
    lon: list[float] = Field(description="south-west, south-east, north-west, north-east")
    lat: list[float] = Field(description="south-west, south-east, north-west, north-east")


class MapTiles(Answer):
    """Where tiles of a street map come from."""

    address: str = Field(
        description="with {z}, {x}, {y}: Web Mercator, y from the north",
        examples=["https://tiles.example/{z}/{x}/{y}.png"],
    )
    host: str | None = Field(description="null: the service's own", examples=["tiles.example"])
    attribution: str = Field(description="to be read on the map", examples=["© …"])
    datum: Literal["WGS84", "GCJ-02"]
    shift: Shift | None = Field(description="null where they lie in WGS84")


class DivisionOutline(Answer):
    """The boundary of a division."""

    code: str = Field(examples=["420106"])
    rings: list[list[list[int]]] = Field(
        description="polygons of rings (outer, holes): longitude and latitude of the first point in units of `scale`,"
        " then the way to each next one; the last point is not the first once more"
    )


class Ground(Answer):
    """What lies under a map: tiles, and boundaries of divisions."""

    datum: Literal["WGS84"]
    tiles: MapTiles | None = Field(description="null: none are configured")
    boundaries: int = Field(description="that are held in all")
    metres: int | None = Field(description="what outlines may be off; null where there are none")
    scale: float = Field(description="degrees of one", examples=[0.00001])
    outlines: list[DivisionOutline] = Field(
        description="districts before streets, the larger first"
    )
    left_out: int = Field(description="outlines of the box for which there was no room")

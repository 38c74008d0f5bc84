"""What selections and saved views look like, and the bodies that ask for them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.asking.pictures import Format
from api.asking.selections import MOST
from api.routes.models import Answer, Thing, Tie
from api.routes.models.auditing import Body, Day

Id = Annotated[str, Field(min_length=1, max_length=200)]
Ids = Annotated[
    list[Id],
    Field(
        max_length=MOST + 1,  # one more is told in words of its own
        description="`kind:code`, as answers give kind and id; 500 at most",
        examples=[["unit:U0001", "unit:U0002"]],
    ),
]
When = Annotated[Day | None, Field(description="the date to read at; the latest by default")]
Layout = Literal["auto", "levels", "forces"]
Position = Annotated[int, Field(ge=0, le=MOST)]
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


# -- selections --------------------------------------------------------------------------------------------------------
class Select(Body):
    """Which things."""

    ids: Ids
    as_of: When = None


class SelectAsFile(Select):
    """Which things, and as what file."""

    format: Format = Field(
        default=Format.GRAPHML, description="`csv` is a .zip of nodes.csv and edges.csv"
    )


class Selection(Answer):
    """Things, and the edges between them."""

    as_of: str
    nodes: list[Thing]
    edges: list[Tie]
    outside: list[str] = Field(
        description="of the ids: not there, or outside of your area, which are not told apart"
    )


# -- saved views -------------------------------------------------------------------------------------------------------
class Placed(Body):
    """A thing of a drawing."""

    id: Id = Field(description="`kind:code`", examples=["unit:U0001"])
    x: Coordinate = Field(default=0.0)
    y: Coordinate = Field(default=0.0)
    pinned: bool = Field(default=False, description="stays where it is when others are arranged")
    by: list[Position | Id] = Field(
        default_factory=list, max_length=50,
        description="things whose expansion brought it, by their positions among the things, or by id; none: put there by itself",
    )  # fmt: skip


class PlacedThing(Placed):
    """A thing of a view that is kept."""

    by: list[Id] = Field(description="things whose expansion brought it; none: put there by itself")  # type: ignore[assignment]


class Drawing(Body):
    """A drawing to keep."""

    name: str = Field(max_length=1_000, examples=["光谷联合支部及其上级"])
    note: str = Field(
        default="", max_length=20_000, description="free text, without anything about a person"
    )
    shared: bool = Field(default=False, description="whoever has the link may open it")
    as_of: Annotated[
        str | None, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="null: the latest date")
    ] = None
    layout: Layout = "auto"
    without: list[Annotated[str, Field(max_length=60)]] = Field(
        default_factory=list, max_length=60, description="kinds of things and relations that are hidden"
    )  # fmt: skip
    things: list[Placed] = Field(
        max_length=MOST + 1,
        description="500 at most",
        examples=[[{"id": "unit:U0001", "x": 0, "y": 0, "pinned": True}]],
    )


class Listed(Answer):
    """A view that is kept."""

    id: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015"])
    name: str
    note: str
    shared: bool
    mine: bool = Field(description="whether it is the asker's to change")
    created: str
    changed: str
    number: int = Field(description="of things that were kept")


class SavedListing(Answer):
    """One's own views."""

    views: list[Listed]
    most: int = Field(description="how many one may keep")


class Saved(Listed):
    """A view, as far as who asks may see it."""

    as_of: str | None
    layout: Layout
    without: list[str]
    things: list[PlacedThing]
    outside: int = Field(
        description="how many of its things are not there, or outside of the asker's area, which are not told apart"
    )

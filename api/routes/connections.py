"""Chains, paths, what is connected with an entity and what lies around it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.asking import connections
from api.routes import models
from api.routes.asked import Code, profile_of
from api.stores import asked, reading
from api.wire import Date, answer, answered, date_of, failures, given_date

router = APIRouter(prefix="/api/v1", tags=["connections"])

End = Annotated[
    str,
    Query(min_length=1, max_length=200, description="a code, or `kind:code`", examples=["U0001"]),
]
Other = Annotated[
    str,
    Query(min_length=1, max_length=200, description="a code, or `kind:code`", examples=["U0002"]),
]


@router.get("/chain/{id:path}", summary="Formal subordination up to its ends, or down",
            response_model=models.Chain, responses=failures(404, 409))  # fmt: skip
async def chain(
    request: Request,
    id: Code,  # noqa: A002
    down: Annotated[bool, Query(description="what is below instead of above")] = False,
    as_of: Date = None,
) -> Response:
    """Give each unit once at its least depth, the ends, and cycles."""
    told = await asked(request, "chain", code=id, down=down, as_of=given_date(as_of))
    return answered(request, told)


@router.get("/path", summary="The shortest connections between two entities",
            response_model=models.Paths, responses=failures(404, 409))  # fmt: skip
async def path(request: Request, a: End, b: Other, as_of: Date = None) -> Response:
    """Give all shortest connections up to a cap, which the answer states."""
    told = await asked(request, "path", a=a, b=b, as_of=given_date(as_of))
    return answered(request, told)


@router.get("/neighbours/{id:path}", summary="What is connected with an entity within some edges",
            response_model=models.Connected, responses=failures(404, 409))  # fmt: skip
async def neighbours(
    request: Request,
    id: Code,  # noqa: A002
    hops: Annotated[int, Query(ge=1, le=connections.HOPS, description="edges")] = 1,
    each: Annotated[
        int | None,
        Query(
            ge=1,
            le=10_000,
            description="the first so many by relation and kind, and their number",
            examples=[300],
        ),
    ] = None,
    as_of: Date = None,
) -> Response:
    """Give nodes and edges around an entity."""
    told = await asked(
        request, "neighbours", code=id, hops=hops, each=each, as_of=given_date(as_of)
    )
    return answered(request, told)


@router.get("/nearby/{id:path}", summary="Organizations and places within some metres",
            response_model=models.Nearby, responses=failures(404, 409))  # fmt: skip
def nearby(
    request: Request,
    id: Code,  # noqa: A002
    within: Annotated[
        int, Query(ge=1, le=connections.FARTHEST, description="metres", examples=[300])
    ],
    limit: Annotated[
        int, Query(ge=1, le=100_000, description="the nearest so many")
    ] = connections.NEAREST,
    as_of: Date = None,
) -> Response:
    """Give them by distance, as `neighbours --within` lists them."""
    profile = profile_of(request)
    with reading(request) as store:
        found = connections.nearby(store, profile, id, date_of(as_of, store), within, limit)
    return answer(request, found.as_json())

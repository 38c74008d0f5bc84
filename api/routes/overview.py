"""The city in counts, for anyone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.permissions import known
from api.asking.overview import overview as asked
from api.routes import models
from api.routes.asked import profile_of
from api.stores import whole
from api.wire import Date, answer, date_of, failures

router = APIRouter(prefix="/api/v1", tags=["overview"])


@router.get("/overview", summary="The city in counts: exact within one's jurisdiction, no small ones beyond",
            response_model=models.Overview, responses=failures())  # fmt: skip
def overview(
    request: Request,
    outside: Annotated[
        bool, Query(description="nothing exact: as those see it whose jurisdiction none of it is")
    ] = False,
    as_of: Date = None,
) -> Response:
    """Give organizations by area, line, action and coverage; null is fewer than `small_count`, or the complement of such.

    A figure stands with its date until the count differs by `small_count` or more.
    """
    identity = known(request)
    profile = profile_of(request)
    with whole(request) as store:
        found = asked(
            store,
            profile,
            date_of(as_of, store),
            identity.jurisdiction,
            request.app.state.overview,
            outside=outside,
        )
    return answer(request, found.as_json())

"""Who is found, all that is known of one entity, and what the store holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.permissions import known
from api.asking import holdings, lookup
from api.downloads import AsTable, Table, listed, offered
from api.routes import models
from api.routes.asked import Code
from api.routes.models import desk
from api.stores import asked, reading
from api.tables import holdings as tables
from api.wire import Date, answer, answered, date_of, failures, given_date

router = APIRouter(prefix="/api/v1", tags=["lookup"])


@router.get("/find", summary="Find by name, part of a name, pinyin, initials or code",
            response_model=models.Found, responses=failures())  # fmt: skip
async def find(
    request: Request,
    text: Annotated[str, Query(min_length=1, max_length=200, examples=["光谷"])],
    limit: Annotated[int, Query(ge=1, le=10_000, description="results at most")] = 50,
    as_of: Date = None,
) -> Response:
    """Find organizations, units and places, the likeliest first; `more` tells whether there are more."""
    told = await asked(request, "find", text=text, limit=limit, as_of=given_date(as_of))
    return answered(request, told)


@router.get("/show/{id:path}", summary="All that is known of one entity",
            response_model=models.Dossier, responses=failures(404, 409))  # fmt: skip
async def show(
    request: Request,
    id: Code,  # noqa: A002
    relations: Annotated[
        int | None,
        Query(ge=0, le=100_000, description="the first so many, with their number", examples=[500]),
    ] = None,
    as_of: Date = None,
) -> Response:
    """Give every value with the row that states it, what was said otherwise, and its relations."""
    told = await asked(request, "show", code=id, relations=relations, as_of=given_date(as_of))
    return answered(request, told)


@router.get("/timeline/{id:path}", summary="What each import said of one entity",
            response_model=desk.Timeline, responses=failures(404, 409))  # fmt: skip
def timeline(request: Request, id: Code, as_of: Date = None) -> Response:  # noqa: A002
    """Give row after row what was new, what differed from what the same ledger said before, and who said it."""
    with reading(request) as store:
        found = lookup.timeline(store, id, date_of(as_of, store))
    return answer(request, found)


@router.get("/status", summary="What the store holds", response_model=models.Holdings,
            responses=failures() | offered(".xlsx", ".csv"))  # fmt: skip
def status(request: Request, format_: AsTable = Table.JSON) -> Response:
    """Tell kinds, edges, ledgers, merges, and imports one by one."""
    with reading(request) as store:
        held = holdings.holdings(store)
    told = held.as_json()
    if known(request).jurisdiction is not None:  # what is seen lies in no file that is theirs
        told["store"] = None
    elif "://" not in told["store"]:  # where it lies is the service's own business
        told["store"] = Path(told["store"]).name
    return listed(request, format_, "status", told, lambda t: tables.status(t, held))

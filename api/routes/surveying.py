"""Who is in the base and qualifies for what, and the rates that follow."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.asking import coverage as rates
from api.asking import survey as asking
from api.paging import Paged, costly
from api.routes.asked import Former, Within, profile_of
from api.routes.jobs import plan_from
from api.routes.models import surveying as models
from api.stores import reading
from api.wire import Date, city_date, failures
from graph.errors import InputError

router = APIRouter(prefix="/api/v1", tags=["survey"])


@router.get("/survey", summary="Who is in the base, who qualifies for what and by which clause",
            response_model=models.Survey, responses=failures())  # fmt: skip
def survey(request: Request, page: Paged, within: Within = None, as_of: Date = None) -> Response:
    """Give each organization's action with its clauses, and which of the six clears are done."""
    profile = profile_of(request)
    with reading(request) as store:
        date = city_date(as_of, store)
        return costly(
            request, store, "survey", (within, date),
            lambda: asking.survey(store, profile, date, within).as_json(),
            ("organizations",), page,
        )  # fmt: skip


@router.get("/coverage", summary="Every coverage rate by its definition, side by side",
            response_model=models.Coverage, responses=failures(404, made=True))  # fmt: skip
def coverage(
    request: Request,
    page: Paged,
    within: Within = None,
    rows: Annotated[bool, Query(description="list each organization with where it counts")] = False,
    definition: Annotated[
        str | None,
        Query(max_length=40, description="the same by this definition", examples=["org_operating"]),
    ] = None,
    reported: Annotated[
        bool, Query(description="the rates that offices reported, beside those recomputed")
    ] = False,
    former: Former = None,
    as_of: Date = None,
) -> Response:
    """Give the rates of the whole, of its parts and of what clauses ask for, before and after a plan; pages cut `rows`."""
    profile = profile_of(request)
    if page.limit is not None and not rows and definition is None:
        raise InputError(
            "limit: cuts rows; give rows=true too, or leave limit out",
            "limit：只用于 rows；请同时给出 rows=true，或去掉 limit",
        )
    plan = None if former is None else plan_from(request, former)
    with reading(request) as store:
        date = city_date(as_of, store)
        return costly(
            request, store, "coverage", (within, rows, definition, reported, former, date),
            lambda: rates.coverage(
                store, profile, date, within, rows=rows, definition=definition, reported=reported,
                plan=plan, named=former or "",
            ).as_json(),
            ("rows",), page,
        )  # fmt: skip

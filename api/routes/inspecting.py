"""Inspection (检查验收: S37): samples drawn and kept, what was found, and how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api.asking import inspection as asking
from api.asking.pictures import file_name
from api.downloads import AsTable, Table, costly_or_file, offered
from api.paging import Paged
from api.routes.asked import Within, own_where_above, profile_of
from api.routes.models import board as models
from api.stores import reading, scope_of, writing
from api.tables import inspection as tables
from api.wire import Date, city_date, failures, kept_nowhere
from graph.cut.scope import Whole
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(prefix="/api/v1/inspection", tags=["board"])
FILES = offered(".xlsx", ".csv")


@router.get("/list", summary="The samples that were drawn, and how far each is",
            response_model=models.Samples, responses=failures() | FILES)  # fmt: skip
def inspection_list(
    request: Request, within: Within = None, as_of: Date = None, format_: AsTable = Table.JSON
) -> Response:
    """Give them, the newest first, each with seed, date, office and counts of results."""
    profile = profile_of(request)
    with reading(request) as store:
        within = own_where_above(request, store, within)
        date = city_date(as_of, store)
        return costly_or_file(
            request, store, format_, "inspection_list", (within, date),
            lambda: asking.samples(store, profile, date, within), lambda found: found.as_json(),
            name=file_name("inspections", f"{within or ''}-{iso(date)}", ""), listings=tables.samples,
        )  # fmt: skip


@router.get("/show/{id:path}", summary="Who is in a sample, what was found, and how far it is by ledger unit",
            response_model=models.OneSample, responses=failures(404) | FILES)  # fmt: skip
def inspection_show(
    request: Request,
    id: Annotated[  # noqa: A002
        str, Path(max_length=300, description="the sample", examples=["420106/2016-11-21/7"])
    ],
    page: Paged,
    within: Within = None,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Give each organization with state, result, evidence and all that was recorded of it; `areas` count them."""
    profile = profile_of(request)
    with reading(request) as store:
        within = own_where_above(request, store, within)
        date = city_date(as_of, store)
        return costly_or_file(
            request, store, format_, "inspection_show", (id, within, date),
            lambda: asking.samples(store, profile, date, within), lambda found: found.as_json(id), ("items",), page,
            name=file_name("inspection", id.replace("/", "-"), ""),
            listings=lambda t, found: tables.items(t, found, id),
        )  # fmt: skip


@router.post("/draw", summary="Draw a sample of those to be inspected, and keep it",
             response_model=models.DrawnSample, responses=failures())  # fmt: skip
def inspection_draw(request: Request, body: models.Draw) -> Response:
    """Draw it, stratified by ledger unit; without a seed, one is drawn and told."""
    profile = profile_of(request)
    with writing(request, *([body.in_] if body.in_ else [])) as store:
        within = own_where_above(request, store, body.in_)
        made = asking.keep(
            store, profile, body.office, body.date,
            whom=body.whom, size=body.size, share=body.share, seed=body.seed, within=within,
        )  # fmt: skip
    return _told(request, made.as_json())


@router.post("/record", summary="Record what the inspection of organizations found",
             response_model=models.Inspected, responses=failures(404))  # fmt: skip
def inspection_record(request: Request, body: models.Inspection) -> Response:
    """Record it of all of them or of none; who is formed and found as stated becomes inspected (S22)."""
    with writing(request, *body.codes) as store:
        made = asking.record(
            store, body.sample, body.codes, body.result, body.evidence, body.office, body.date
        )
    return _told(request, made.as_json())


@router.post("/back", summary="Take back the last result of organizations of a sample",
             response_model=models.Inspected, responses=failures(404))  # fmt: skip
def inspection_back(request: Request, body: models.InspectionBack) -> Response:
    """Take it back from a date on, with a reason; the history keeps it."""
    with writing(request, *body.codes) as store:
        made = asking.take_back(store, body.sample, body.codes, body.office, body.date, body.reason)
    return _told(request, made.as_json())


def _told(request: Request, said: Mapping[str, Any]) -> Response:
    """Answer what was recorded; the city's number of it tells who sees a part how much is recorded elsewhere."""
    if not isinstance(scope_of(request), Whole):
        said = {**said, "batch": None}
    return kept_nowhere(said)

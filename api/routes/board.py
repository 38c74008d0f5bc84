"""The cross-off board: who has no unit, how far each is, and what offices record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from api.asking import board as asking
from api.asking.board import InState
from api.asking.pictures import file_name
from api.downloads import AsTable, Table, costly_or_file, offered
from api.paging import Paged, costly
from api.routes.asked import Code, Within, own_where_above, profile_of
from api.routes.models import board as models
from api.stores import reading, scope_of, writing
from api.tables import board as tables
from api.wire import Date, answer, city_date, date_of, failures, kept_nowhere
from graph.cut.scope import Whole
from graph.model import iso

if TYPE_CHECKING:
    from api.asking.board import Measured, Stepped

router = APIRouter(prefix="/api/v1/board", tags=["board"])


@router.get("/list", summary="Who has no unit, what each qualifies for and why, and how far it is",
            response_model=models.Board, responses=failures())  # fmt: skip
def board_list(
    request: Request,
    page: Paged,
    within: Within = None,
    state: Annotated[
        InState | None, Query(description="only organizations in this state", examples=["pending"])
    ] = None,
    as_of: Date = None,
) -> Response:
    """Give entries with action, clauses, reason, place, state and measures; `areas` count them by ledger unit."""
    profile = profile_of(request)
    with reading(request) as store:
        date = city_date(as_of, store)
        return costly(
            request, store, "board_list", (within, state, date),
            lambda: asking.board(store, profile, date, within, state).as_json(),
            ("entries",), page,
        )  # fmt: skip


@router.get("/lookback", summary="What was struck off and no longer holds, by who answers for it",
            response_model=models.Lookback, responses=failures() | offered(".xlsx", ".csv"))  # fmt: skip
def board_lookback(
    request: Request,
    page: Paged,
    within: Within = None,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Give the look-back (S38): each row with its reasons, the ledger's row and jurisdiction; `areas` count them."""
    profile = profile_of(request)
    with reading(request) as store:
        within = own_where_above(request, store, within)
        date = city_date(as_of, store)
        return costly_or_file(
            request, store, format_, "board_lookback", (within, date),
            lambda: asking.lookback(store, profile, date, within), lambda found: found.as_json(), ("rows",), page,
            name=file_name("lookback", f"{within or ''}-{iso(date)}", ""), listings=tables.lookback,
        )  # fmt: skip


@router.get("/show/{id:path}", summary="How far one organization is, by which steps, and its measures",
            response_model=models.History, responses=failures(404))  # fmt: skip
def board_show(request: Request, id: Code, as_of: Date = None) -> Response:  # noqa: A002
    """Give every step ever recorded, those taken back too."""
    with reading(request) as store:
        return answer(request, asking.entry(store, id, date_of(as_of, store)).as_json())


@router.post("/step", summary="Record that organizations have reached a state",
             response_model=models.Steps, responses=failures(404))  # fmt: skip
def board_step(request: Request, body: models.Take) -> Response:
    """Record it of all of them or of none; no state is skipped (S22)."""
    with writing(request, *body.codes) as store:
        made = asking.step(store, body.codes, body.to, body.office, body.date, body.evidence)
    return _told(request, made)


@router.post("/back", summary="Record that the last step of organizations is taken back",
             response_model=models.Steps, responses=failures(404))  # fmt: skip
def board_back(request: Request, body: models.Back) -> Response:
    """Take it back from a date on, with a reason; the history keeps it."""
    with writing(request, *body.codes) as store:
        made = asking.back(store, body.codes, body.office, body.date, body.reason)
    return _told(request, made)


@router.post("/measure", summary="Record what is to be done about an organization",
             response_model=models.Measured, responses=failures(404))  # fmt: skip
def board_measure(request: Request, body: models.Measure) -> Response:
    """Record measures, deadline and the department in charge (S19, S23)."""
    with writing(request, body.code) as store:
        made = asking.measure(
            store, body.code, body.measures, body.due, body.responsible, body.office, body.date
        )
    return _told(request, made)


def _told(request: Request, made: Stepped | Measured) -> Response:
    """Answer what was recorded; the city's number of it tells who sees a part how much is recorded elsewhere."""
    said = made.as_json()
    if not isinstance(scope_of(request), Whole):
        said["batch"] = None
    return kept_nowhere(said)

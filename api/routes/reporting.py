"""The semi-monthly report and the city's bulletin (S47), and the rows behind their figures."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.asking import report as asking
from api.asking.dates import listed_date
from api.downloads import AsTable, Table, costly_file, costly_or_file, offered
from api.paging import Paged, costly
from api.routes.asked import Within, own_where_above, profile_of
from api.routes.models import reporting as models
from api.stores import reading, whole
from api.wire import day, failures, language
from graph.model import iso

if TYPE_CHECKING:
    from pathlib import Path

    from api.asking.overview import Kept
    from graph.store.base import Store

router = APIRouter(prefix="/api/v1/report", tags=["reports"])


class AsReport(StrEnum):
    """How a report is given."""

    JSON = "json"
    XLSX = "xlsx"
    DOCX = "docx"


Day = Annotated[
    str | None, Query(max_length=20, description="the report's day; default the store's latest", examples=["2016-09-10"])
]  # fmt: skip
Since = Annotated[
    str | None,
    Query(max_length=20, description="the report before; default the latest of the 10th and 25th before", examples=["2016-08-25"]),
]  # fmt: skip


def _day(text: str | None, store: Store) -> int:
    return listed_date(store, None if text is None else day("date", text))


@router.get("", summary="The semi-monthly report of a submitter, or the city's bulletin",
            response_model=models.Report, responses=failures() | offered(".xlsx", ".docx"))  # fmt: skip
def report(
    request: Request,
    within: Within = None,
    since: Since = None,
    form: Annotated[
        AsReport,
        Query(alias="format", description="`xlsx`: a workbook with formulas; `docx`: a document", examples=["xlsx"]),
    ] = AsReport.JSON,
    date: Day = None,
) -> Response:  # fmt: skip
    """Give forms, rates, parts and trend, what changed since the report before, what came late, and what was chosen."""
    profile = profile_of(request)
    before = None if since is None else day("since", since)
    with reading(request) as store:
        whose = own_where_above(request, store, within)
        when = _day(date, store)
        if form is AsReport.JSON:
            return costly(
                request, store, "report", (whose, before, when),
                lambda: asking.report(store, profile, when, whose, since=before).as_json(),
            )  # fmt: skip
        from viz.report.files import write

        lang = language(request)

        def make(path: Path) -> None:
            found = asking.report(store, profile, when, whose, since=before)
            write(path, found.as_json(), found.rows, lang)

        return costly_file(request, store, f"report-{iso(when)}.{form.value}", make)


@router.get("/circulated", summary="The city's bulletin for circulation: every district's progress, small counts left out",
            response_model=models.Circulated, responses=failures() | offered(".xlsx", ".docx"))  # fmt: skip
def circulated(
    request: Request,
    since: Since = None,
    form: Annotated[
        AsReport,
        Query(alias="format", description="`xlsx`: a workbook with formulas; `docx`: a document", examples=["xlsx"]),
    ] = AsReport.JSON,
    date: Day = None,
) -> Response:  # fmt: skip
    """Give what every jurisdiction may know of every other: the same to all, taken from the table of `/overview`.

    A count is null where it is fewer than `small_count`, or the complement of such.
    """
    profile = profile_of(request)
    before = None if since is None else day("since", since)
    kept: Kept = request.app.state.overview
    with whole(request) as store:
        when = _day(date, store)

        def made() -> dict[str, Any]:
            return asking.circulated(
                store, profile, when, lambda: kept.table(store, profile), since=before
            )

        if form is AsReport.JSON:
            return costly(request, store, "circulated", (before, when), made)
        from viz.report.files import write

        lang = language(request)
        name = f"bulletin-{iso(when)}.{form.value}"
        return costly_file(request, store, name, lambda path: write(path, made(), None, lang))


@router.get("/rows", summary="The organizations that one figure of a report counts",
            response_model=models.Rows, responses=failures() | offered(".xlsx", ".csv"))  # fmt: skip
def report_rows(
    request: Request,
    page: Paged,
    figure: Annotated[
        str,
        Query(
            min_length=1, max_length=200, description="its number, as the report prints it",
            examples=["enterprise.none_due", "rate.org_operating"],
        ),
    ],
    within: Within = None,
    since: Since = None,
    as_file: AsTable = Table.JSON,
    date: Day = None,
) -> Response:  # fmt: skip
    """Give each with what counts of it, the units that cover it and its ledger's row."""
    from api.tables import report as tables

    profile = profile_of(request)
    before = None if since is None else day("since", since)
    with reading(request) as store:
        whose = own_where_above(request, store, within)
        when = _day(date, store)

        def counted() -> asking.Counted:
            found = asking.report(store, profile, when, whose, since=before, earlier=False)
            return asking.Counted(found, figure)

        return costly_or_file(
            request, store, as_file, "report_rows", (whose, figure, before, when),
            counted, lambda found: found.as_json(), ("organizations",), page,
            name="report-rows", listings=lambda t, found: [tables.rows(t, found.as_json()["organizations"])],
        )  # fmt: skip

"""The semi-monthly report and the city's bulletin (S47), and the rows behind their figures."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response

from api.access.rates import paying
from api.asking import report as asking
from api.asking.dates import listed_date
from api.downloads import AsTable, Table, download, listed, offered
from api.kept import while_unchanged
from api.paging import Paged, costly
from api.routes.asked import Within, own_where_above, profile_of
from api.routes.models import reporting as models
from api.stores import reading, whole
from api.waiting import ChangedError
from api.wire import day, failures, language
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api.asking.overview import Kept
    from graph.store.base import Store

T = TypeVar("T")
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


def _made(request: Request, store: Store, make: Callable[[], T]) -> T:
    """Return what a file is made of: counted among what takes much, and all of one state of the store.

    Raises
    ------
    ChangedError
        The store went on changing.
    """
    paying(request)()
    busy = ChangedError(
        "the store went on changing while the report was made; ask again when the import is done",
        "生成报告期间存储不断变化；请在导入完成后重试",
    )
    return while_unchanged(store, make, busy)[1]


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

        found = _made(
            request, store, lambda: asking.report(store, profile, when, whose, since=before)
        )
        payload = found.as_json()
        lang = language(request)

        def make(path: Path) -> None:
            write(path, payload, found.rows, lang)

        name = f"report-{payload['date']}.{form.value}"
        return download(request, name, make)


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

        said, lang = _made(request, store, made), language(request)
        name = f"bulletin-{said['date']}.{form.value}"
        return download(request, name, lambda path: write(path, said, None, lang))


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
    if page.limit is not None and as_file is not Table.JSON:
        raise InputError("limit: cuts JSON alone", "limit：只用于 JSON")
    with reading(request) as store:
        whose = own_where_above(request, store, within)
        when = _day(date, store)

        def counted() -> asking.Counted:
            found = asking.report(store, profile, when, whose, since=before, earlier=False)
            return asking.Counted(found, figure)

        if as_file is Table.JSON:
            return costly(
                request, store, "report_rows", (whose, figure, before, when),
                lambda: counted().as_json(), ("organizations",), page,
            )  # fmt: skip
        found = _made(request, store, counted).as_json()
        return listed(
            request,
            as_file,
            "report-rows",
            found,
            lambda t: [tables.rows(t, found["organizations"])],
        )

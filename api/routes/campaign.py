"""What offices hand in and keep to: blank ledgers, ledgers summed up, the campaign's calendar."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.permissions import known
from api.asking import campaign as asking
from api.asking import templates
from api.asking.pictures import file_name
from api.cli.texts import Texts
from api.downloads import AsTable, Table, costly_file, costly_or_file, download, offered, zipped
from api.routes.asked import Within, own_where_above, profile_of
from api.routes.models import campaign as models
from api.stores import reading
from api.tables import campaign as tables
from api.wire import Date, answer, city_date, failures, language
from graph.errors import StoreMissingError
from graph.model import iso

if TYPE_CHECKING:
    from graph.campaign.timetable import Timetable

router = APIRouter(prefix="/api/v1", tags=["campaign"])


class FormsAs(StrEnum):
    """How blank ledgers are given."""

    JSON = "json"
    XLSX = "xlsx"
    ZIP = "zip"


class CalendarAs(StrEnum):
    """How the calendar is given."""

    JSON = "json"
    XLSX = "xlsx"
    CSV = "csv"
    ICS = "ics"


@router.get("/template", summary="Blank ledgers with drop-downs, notes, checks and an example",
            response_model=models.BlankLedgers, responses=failures() | offered(".xlsx", ".zip"))  # fmt: skip
def template(
    request: Request,
    kind: Annotated[
        list[Annotated[str, Query(max_length=40)]] | None,
        Query(
            max_length=40,
            description="annex1, annex2, or a sheet's name; all by default",
            examples=[["annex1"]],
        ),
    ] = None,
    within: Within = None,
    format_: Annotated[
        FormsAs,
        Query(
            alias="format",
            description="`json` tells which there are, `xlsx` is one workbook of all, `zip` a workbook each",
            examples=["json"],
        ),
    ] = FormsAs.JSON,
) -> Response:
    """Give them; the places that drop down are those of the city, or of `in`."""
    from loaders.forms.writing import workbook, write_templates

    some = templates.kinds(kind or ())
    try:
        with reading(request) as store:
            places = templates.places(store, within)
    except StoreMissingError:  # ledgers are filled in before there is a city
        places = {}
    if format_ is FormsAs.JSON:
        return answer(request, {"kinds": templates.told(some)})
    name = f"{some[0].name if len(some) == 1 else '台账'}.{format_.value}"

    def make(path: Path) -> None:
        if format_ is FormsAs.XLSX:
            path.write_bytes(workbook(some, places))
        else:
            made = write_templates(path.parent / "forms", some, places)
            zipped([one for one, _ in made], path)

    return download(request, name, make)


@router.get("/ledger", summary="Ledgers summed up, each organization once; who owes one, and since when",
            response_model=models.LedgerSummary, responses=failures() | offered(".xlsx", ".csv"))  # fmt: skip
def ledger(
    request: Request, within: Within = None, as_of: Date = None, format_: AsTable = Table.JSON
) -> Response:
    """Give who keeps which ledger and what stands in two; as `xlsx` the organizations in the annexes' layout."""
    profile = profile_of(request)
    with reading(request) as store:
        within, whole = own_where_above(request, store, within), known(request).jurisdiction is None
        date = city_date(as_of, store)
        return costly_or_file(
            request, store, format_, "ledger", (within, date),
            lambda: asking.ledger(store, profile, date, within, whole=whole), lambda found: found.as_json(),
            name=file_name("ledger", f"{within or ''}-{iso(date)}", ""),
            listings=tables.ledger, workbook=asking.write_ledger,
        )  # fmt: skip


@router.get("/calendar", summary="Milestones, reports and targets: what is due, done and late",
            response_model=models.Calendar, responses=failures() | offered(".xlsx", ".csv", ".ics"))  # fmt: skip
def calendar(
    request: Request,
    within: Within = None,
    as_of: Date = None,
    format_: Annotated[
        CalendarAs,
        Query(
            alias="format",
            description="`ics` is for calendar programs (RFC 5545); `xlsx` and `csv` as `--out` writes them",
            examples=["json"],
        ),
    ] = CalendarAs.JSON,
) -> Response:
    """Give every entry with its deadlines, two where clauses differ, and how each jurisdiction stands to it."""
    profile = profile_of(request)
    with reading(request) as store:
        within, date = own_where_above(request, store, within), city_date(as_of, store)

        def made() -> Timetable:
            return asking.calendar(store, profile, date, within)

        name = file_name("calendar", f"{within or ''}-{iso(date)}", "")
        if format_ is CalendarAs.ICS:
            from viz.icalendar import calendar as written

            t = Texts(language(request))

            def write(path: Path) -> None:
                path.write_bytes(written(made().entries, date, t.lang, within))

            return costly_file(request, store, f"{name}.ics", write)
        return costly_or_file(
            request, store, Table(format_.value), "calendar", (within, date), made, lambda found: found.as_json(),
            name=name, listings=tables.calendar,
        )  # fmt: skip

"""An auditor's desk: findings filtered and counted, opened, handled several at once; what happened between two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.access.rates import paying
from api.asking import changes as asking_changes
from api.asking import desk, handling
from api.asking.pictures import file_name
from api.downloads import AsTable, Table, json_or_file, offered
from api.kept import Question
from api.paging import Paged, begins, costly, cursor_of, eyes_of, refuse_stale
from api.routes.asked import Within, profile_of
from api.routes.auditing import FindingId
from api.routes.models import desk as models
from api.stores import reading, scope_of, whole_of, writing
from api.tables import auditing as tables
from api.wire import Date, answer, city_date, day, failures, kept_nowhere
from graph.affiliation.board import Wanted
from graph.cut.scope import Whole
from graph.model import iso

if TYPE_CHECKING:
    from api.findings import Audits

router = APIRouter(prefix="/api/v1", tags=["findings"])
USUAL = 100
"""Findings of a page where no number is asked for."""


def _audits(request: Request) -> Audits:
    audits: Audits = request.app.state.audits
    return audits


Place = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="a division's code, or `none`",
        examples=["420106"],
    ),
]


@router.get("/findings", summary="Findings filtered and counted, the worst first",
            response_model=models.DeskList, responses=failures(made=True) | offered(".xlsx", ".csv"))  # fmt: skip
def findings(
    request: Request,
    page: Paged,
    code: Annotated[list[str] | None, Query(max_length=100, examples=[["orphan"]])] = None,
    severity: Annotated[
        list[str] | None, Query(max_length=3, description="error, warning, note", examples=[["error"]])
    ] = None,
    state: Annotated[
        list[handling.Standing] | None, Query(max_length=4, examples=[["open"]])
    ] = None,
    district: Place = None,
    street: Place = None,
    text: Annotated[
        str | None, Query(max_length=200, description="words of the subject's name or code, or of the finding", examples=["光谷"])
    ] = None,
    beside: Annotated[
        str | None,
        Query(min_length=1, max_length=500, description="a finding's id: `place` says where it stands in the whole list",
              examples=["orphan:U0012"])
    ] = None,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:  # fmt: skip
    """Give one page, and for each facet its values with counts: of what all other filters let pass; as a file, all of them.

    The audit is made once for what the store holds; what is done about findings makes no other one, and no cursor stale.
    """
    wanted = Wanted(
        frozenset(code or ()), frozenset(severity or ()), frozenset(str(s) for s in state or ()),
        district, street, text or "",
    )  # fmt: skip
    asked = (
        *(tuple(sorted(some)) for some in (wanted.code, wanted.severity, wanted.state)),
        district, street, wanted.text,
    )  # fmt: skip
    with reading(request) as store:
        date = city_date(as_of, store)
        question = Question("findings", eyes_of(request), (*asked, date))
        first = 0 if page.cursor is None else begins(page.cursor, question)
        audit = _audits(request).of(store, profile_of(request), date, before=paying(request))
        if page.cursor is not None:
            refuse_stale(page.cursor, audit.state)

        def said() -> Response:
            found = desk.listed(audit, store, wanted, first, page.limit or USUAL, beside)
            told: dict[str, Any] = {
                "as_of": iso(audit.as_of),
                "total": found.total,
                "matching": found.found,
                "findings": found.rows,
                "facets": found.facets,
            }
            if found.place is not None:
                told["place"] = found.place
            if found.after is not None:
                told["next"] = cursor_of(found.after, question, audit.state)
            return answer(request, told)

        name = file_name("findings", f"{street or district or ''}-{iso(audit.as_of)}", "")
        return json_or_file(
            request, format_, name, said, lambda t: tables.desk(t, desk.every(audit, store, wanted))
        )


@router.get("/findings/checked", summary="What was checked and found in order, rule by rule",
            response_model=models.DeskChecked, responses=failures(made=True))  # fmt: skip
def findings_checked(request: Request, as_of: Date = None) -> Response:
    """Give each rule's count and statement, or why it could not be applied."""
    from graph.affiliation.rules import RULES

    with reading(request) as store:
        at = city_date(as_of, store)
        audit = _audits(request).of(store, profile_of(request), at, before=paying(request))
    titles = {rule.code: rule.title.as_json() for rule in RULES}
    rows = [entry | {"title": titles[entry["code"]]} for entry in audit.checked]
    return answer(request, {"as_of": iso(audit.as_of), "checked": rows})


@router.get("/findings/open/{id:path}", summary="One finding with all that shows it",
            response_model=models.OpenedFinding, responses=failures(404, made=True))  # fmt: skip
def finding_opened(request: Request, id: FindingId, as_of: Date = None) -> Response:  # noqa: A002
    """Give evidence with names, clauses in full, source rows with the values as read, the repair, and the history."""
    with reading(request) as store:
        at = city_date(as_of, store)
        audit = _audits(request).of(store, profile_of(request), at, before=paying(request))
        found = desk.opened(audit, store, profile_of(request), id)
    return answer(request, found)


@router.post("/findings/handle", summary="Record the same about several findings",
             response_model=models.HandledTogether, responses=failures())  # fmt: skip
def handle_together(request: Request, body: models.HandleTogether) -> Response:
    """Confirm, dismiss, repair or reopen them as one batch; what can't be recorded of one stops none of the others."""
    with writing(request, *body.ids) as store:
        made = handling.handle_together(
            store, profile_of(request), body.ids, body.action, body.as_of,
            note=body.note, office=body.office, due=body.due, whole=whole_of(store),
        )  # fmt: skip
    said = made.as_json()
    if not isinstance(scope_of(request), Whole):
        said["batch"] = None
    return kept_nowhere(said)


@router.get("/changes/dates", tags=["audit"], summary="The dates at which ledgers were kept",
            response_model=models.LedgerDates, responses=failures())  # fmt: skip
def ledger_dates(request: Request) -> Response:
    """Give them, the latest first, with how many rows of organizations and units are of each: between two of them is compared."""
    with reading(request) as store:
        return costly(request, store, "ledger_dates", (), lambda: asking_changes.dates(store))


@router.get("/changes", tags=["audit"], summary="What happened between two dates, with names and places",
            response_model=models.Changes, responses=failures())  # fmt: skip
def changes(
    request: Request,
    page: Paged,
    earlier: Annotated[str, Query(alias="from", max_length=40, examples=["2016-08-26"])],
    later: Annotated[str, Query(alias="to", max_length=40, examples=["2016-11-20"])],
    within: Within = None,
) -> Response:
    """Give events in the words of the trade, counted in all and by street; pages cut the events."""
    start, end = day("from", earlier), day("to", later)
    profile = profile_of(request)
    with reading(request) as store:
        return costly(
            request, store, "changes", (within, start, end),
            lambda: asking_changes.changes(store, profile, start, end, within=within),
            ("events",), page,
        )  # fmt: skip

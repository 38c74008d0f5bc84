"""What is wrong, what changed, which codes may be one, and what was decided."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.access.permissions import known
from api.asking import auditing, baselines, deciding, handling, history, inspection
from api.asking import duplicates as pairs
from api.asking.pictures import file_name
from api.downloads import AsTable, Table, listed, offered
from api.routes.asked import Within, profile_of
from api.routes.models import auditing as models
from api.stores import reading
from api.tables import auditing as audit_tables
from api.tables import baselines as baseline_tables
from api.tables import deciding as decision_tables
from api.tables import duplicates as pair_tables
from api.tables import handling as work_tables
from api.tables import history as diff_tables
from api.tables import inspection as inspection_tables
from api.wire import Date, answer, day, failures, given_date
from graph.model import iso
from graph.sample import LIMIT

router = APIRouter(prefix="/api/v1", tags=["audit"])
FILES = offered(".xlsx", ".csv")

FindingId = Annotated[str, Path(max_length=500, description="as `audit` gives it", examples=["orphan:U0012"])]  # fmt: skip


@router.get("/audit", summary="What is wrong, and what was checked and found in order",
            response_model=models.Audit, responses=failures() | FILES)  # fmt: skip
def audit(
    request: Request,
    within: Within = None,
    code: Annotated[
        list[str] | None, Query(description="finding codes; all by default", examples=[["orphan"]])
    ] = None,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Give findings with evidence, source rows, clause and repair."""
    within = within or known(request).jurisdiction
    with reading(request) as store:
        found = auditing.audit(
            store, profile_of(request), given_date(as_of), codes=code, within=within
        )
        name = file_name("audit", f"{within or ''}-{iso(found.result.as_of)}", "")
        return listed(
            request, format_, name, found.as_json(), lambda t: audit_tables.audit(t, found)
        )


@router.get("/finding/list", summary="Findings as work: in a state, or all that something was done about",
            response_model=models.Worklist, responses=failures() | FILES)  # fmt: skip
def finding_list(
    request: Request,
    state: Annotated[handling.Standing | None, Query(examples=["open"])] = None,
    within: Within = None,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Give them with what was done about each."""
    with reading(request) as store:
        found = handling.worklist(
            store, profile_of(request), given_date(as_of), state=state, within=within
        )
    name = file_name("findings", f"{within or ''}-{state or ''}", "")
    return listed(request, format_, name, found.as_json(), lambda t: work_tables.worklist(t, found))


@router.get("/finding/{id:path}", summary="One finding, and all that was done about it",
            response_model=models.Case, responses=failures(404))  # fmt: skip
def finding(request: Request, id: FindingId, as_of: Date = None) -> Response:  # noqa: A002
    """Give evidence, sources, repair and history."""
    with reading(request) as store:
        found = handling.case(store, profile_of(request), id, given_date(as_of))
    return answer(request, found.as_json())


@router.get("/diff", summary="What changed between two dates",
            response_model=models.Diff, responses=failures() | FILES)  # fmt: skip
def diff(
    request: Request,
    earlier: Annotated[str, Query(alias="from", max_length=40, examples=["2016-08-26"])],
    later: Annotated[str, Query(alias="to", max_length=40, examples=["2016-11-20"])],
    within: Within = None,
    against: Annotated[
        str | None,
        Query(
            max_length=200,
            description="another profile that comes with the program: what it makes of the same facts",
            examples=["wuhan-2016"],
        ),
    ] = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Give what changed in the world, what was corrected, and what other rules make of it."""
    start, end = day("from", earlier), day("to", later)
    former = None if against is None else history.own_profile(against)
    with reading(request) as store:
        found = history.diff(store, profile_of(request), start, end, within=within, against=former)
        payload = found.as_json()
        name = file_name("diff", f"{within or ''}-{payload['from']}-{payload['to']}", "")
        return listed(
            request, format_, name, payload, lambda t: diff_tables.diff(t, found, payload)
        )


@router.get("/duplicates", summary="Which codes may stand for one organization",
            response_model=models.Duplicates, responses=failures() | FILES)  # fmt: skip
def duplicates(
    request: Request, within: Within = None, as_of: Date = None, format_: AsTable = Table.JSON
) -> Response:
    """Give pairs with what speaks for each; nothing is merged."""
    with reading(request) as store:
        found = pairs.duplicates(store, profile_of(request), given_date(as_of), within)
    name = file_name("duplicates", f"{within or ''}-{iso(found.as_of)}", "")
    return listed(
        request, format_, name, found.as_json(), lambda t: pair_tables.duplicates(t, found)
    )


@router.get("/reconcile", summary="Ledgers against external registers",
            response_model=models.Reconciliation, responses=failures() | FILES)  # fmt: skip
def reconcile(
    request: Request,
    register: Annotated[str | None, Query(max_length=200, examples=["市工商局登记名录"])] = None,
    within: Within = None,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Give what is missing, extra or conflicting, register by register."""
    with reading(request) as store:
        found = inspection.reconcile(
            store, profile_of(request), given_date(as_of), register, within
        )
        name = file_name("reconcile", f"{within or ''}-{iso(found.as_of)}", "")
        return listed(
            request, format_, name, found.as_json(),
            lambda t: inspection_tables.reconcile(t, found),
        )  # fmt: skip


@router.get("/sample", summary="A random sample for inspection",
            response_model=models.Sample, responses=failures() | FILES)  # fmt: skip
def sample(
    request: Request,
    size: Annotated[int | None, Query(ge=1, description="how many", examples=[100])] = None,
    share: Annotated[
        float | None, Query(description="which part; instead of a size", examples=[0.1])
    ] = None,
    seed: Annotated[
        int | None, Query(ge=0, lt=LIMIT, description="draws the same sample again", examples=[7])
    ] = None,
    within: Within = None,
    whom: Annotated[
        inspection.Whom,
        Query(
            description="`base`, or `formed`: whom the cross-off has as formed or further",
            examples=["base"],
        ),
    ] = inspection.Whom.BASE,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Draw it, stratified by ledger unit; without a seed, another one each time."""
    with reading(request) as store:
        found = inspection.sample(
            store, profile_of(request), given_date(as_of),
            size=size, share=share, seed=seed, within=within, whom=whom,
        )  # fmt: skip
    name = file_name("sample", f"{within or ''}-{found.drawn.seed}", "")
    return listed(
        request, format_, name, found.as_json(), lambda t: inspection_tables.sample(t, found)
    )


@router.get("/decide/list", summary="Decisions that hold, or all that were ever made",
            response_model=models.Decisions, responses=failures() | FILES)  # fmt: skip
def decisions(
    request: Request,
    all_: Annotated[bool, Query(alias="all", description="those withdrawn, too")] = False,
    as_of: Date = None,
    format_: AsTable = Table.JSON,
) -> Response:
    """Give them with office, date and reason, and the batch that takes each back."""
    with reading(request) as store:
        found = deciding.recorded(store, given_date(as_of), all_=all_)
    return listed(
        request, format_, "decisions", found.as_json(),
        lambda t: decision_tables.decisions(t, found),
    )  # fmt: skip


@router.get("/baseline/show", summary="The frozen baseline, and what changed since",
            response_model=models.Baseline, responses=failures() | FILES)  # fmt: skip
def baseline(request: Request, as_of: Date = None, format_: AsTable = Table.JSON) -> Response:
    """Give office, fingerprint and changes; as a file all its codes, too."""
    with reading(request) as store:
        found = baselines.baseline(store, given_date(as_of))
    name = file_name("baseline", iso(found.as_of), "")
    return listed(
        request, format_, name, found.as_json(),
        lambda t: baseline_tables.baseline(t, found, codes=True),
    )  # fmt: skip

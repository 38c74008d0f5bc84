"""What people write: decisions, work on findings, the baseline, an import taken back.

Each takes a JSON body, also where one value would fit a path: no page of elsewhere can have a browser send one, for a browser asks
first whether it may (CORS), and is not told so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from api.asking import baselines, deciding, handling, holdings
from api.routes import models
from api.routes.asked import profile_of
from api.routes.auditing import FindingId
from api.routes.models import auditing as bodies
from api.stores import scope_of, whole_of, writing
from api.wire import failures, kept_nowhere
from graph.cut.scope import Whole

if TYPE_CHECKING:
    from graph.decisions.record import Type

router = APIRouter(prefix="/api/v1", tags=["decisions"])


def _told(request: Request, made: deciding.Written | handling.Handled) -> Response:
    """Answer what was recorded; the city's number of it tells who sees a part how much is recorded elsewhere."""
    said = made.as_json()
    if not isinstance(scope_of(request), Whole):
        said["batch"] = None
    return kept_nowhere(said)


def _decided(
    request: Request, type_: Type, subject: str, body: bodies.Act, *, other: str | None = None, detail: str | None = None
) -> Response:  # fmt: skip
    codes = [subject] if other is None else [subject, other]
    with writing(request, *codes, all_of_it=type_.startswith("baseline")) as store:
        made = deciding.decide(
            store, type_, subject, body.office, body.date, body.reason, other=other, detail=detail
        )
    return _told(request, made)


@router.post("/decide/merge", summary="Record that two codes are one organization",
             response_model=bodies.Decision, responses=failures(404))  # fmt: skip
def merge(request: Request, body: bodies.Merge) -> Response:
    """Merge them: the code of `kept` stays."""
    return _decided(request, "merge", body.kept, body, other=body.merged)


@router.post("/decide/distinct", summary="Record that two codes are two organizations",
             response_model=bodies.Decision, responses=failures(404))  # fmt: skip
def distinct(request: Request, body: bodies.Distinct) -> Response:
    """Keep them from being proposed as duplicates again."""
    return _decided(request, "distinct", body.a, body, other=body.b)


@router.post("/decide/exclude", summary="Record that an organization is excluded from the base",
             response_model=bodies.Decision, responses=failures(404))  # fmt: skip
def exclude(request: Request, body: bodies.Exclude) -> Response:
    """Exclude it, with the kind of exclusion."""
    return _decided(request, "exclude", body.code, body, detail=body.kind)


@router.post("/decide/include", summary="Record that an exclusion is lifted",
             response_model=bodies.Decision, responses=failures(404))  # fmt: skip
def include(request: Request, body: bodies.OfOne) -> Response:
    """Let the organization be in the base again."""
    return _decided(request, "include", body.code, body)


@router.post("/decide/departure", summary="Record that a unit may depart from the principle of line and place",
             response_model=bodies.Decision, responses=failures(404))  # fmt: skip
def departure(request: Request, body: bodies.Departure) -> Response:
    """Have the audit list it apart from then on."""
    return _decided(request, "departure", body.unit, body)


@router.post("/decide/withdraw", summary="Record that a decision no longer holds from a date on",
             response_model=bodies.Decision, responses=failures())  # fmt: skip
def withdraw(request: Request, body: bodies.Withdraw) -> Response:
    """End it; before that date it stands."""
    with writing(request, body.decision) as store:
        taken = deciding.withdraw(store, body.decision, body.office, body.date, body.reason)
    return _told(request, taken)


@router.post("/baseline/freeze", summary="Freeze all organizations listed on a day as the baseline",
             response_model=bodies.Frozen, responses=failures())  # fmt: skip
def freeze(request: Request, body: bodies.Freeze) -> Response:
    """Freeze what all rates count from."""
    with writing(request, all_of_it=True) as store:
        made = baselines.freeze(store, body.office, body.date, body.reason, confirmed=body.confirm)
    return kept_nowhere(made.as_json())


@router.post("/baseline/add", summary="Record that an organization comes into the baseline",
             response_model=bodies.Decision, responses=failures(404))  # fmt: skip
def baseline_add(request: Request, body: bodies.OfOne) -> Response:
    """Change it from a date on."""
    return _decided(request, "baseline_add", body.code, body)


@router.post("/baseline/remove", summary="Record that an organization leaves the baseline",
             response_model=bodies.Decision, responses=failures(404))  # fmt: skip
def baseline_remove(request: Request, body: bodies.OfOne) -> Response:
    """Change it from a date on."""
    return _decided(request, "baseline_remove", body.code, body)


@router.post("/finding/{id:path}", summary="Record what is done about a finding",
             response_model=bodies.Handled, responses=failures(404))  # fmt: skip
def handle(request: Request, id: FindingId, body: bodies.Handle) -> Response:  # noqa: A002
    """Confirm, dismiss, repair or reopen it, with a note, an office in charge and a date."""
    with writing(request) as store:
        made = handling.handle(
            store, profile_of(request), id, body.action, body.as_of,
            note=body.note, office=body.office, due=body.due, whole=whole_of(store),
        )  # fmt: skip
    return _told(request, made)


@router.post("/undo", summary="Take one import back",
             response_model=models.Import, responses=failures(404))  # fmt: skip
def undo(request: Request, body: bodies.Undo) -> Response:
    """Undo it; later ones stay."""
    with writing(request, f"batch:{body.batch}", all_of_it=True) as store:
        taken = holdings.undo(store, body.batch)
    request.app.state.ahead.again()
    return kept_nowhere(taken.as_json())

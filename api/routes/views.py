"""The city's map, view by view."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints

from api.access.permissions import AUDITORS, PLANNERS, known
from api.access.rates import paying
from api.access.refusals import ForbiddenError
from api.asking import view as asking
from api.routes.asked import profile_of
from api.routes.jobs import plan_file, plan_job_of, plans
from api.routes.models import views as models
from api.stores import reading
from api.wire import Date, answer, city_date, failures
from viz.city.question import FEWEST, MOST, USUAL, Question

if TYPE_CHECKING:
    from api.jobs.model import Job

router = APIRouter(prefix="/api/v1", tags=["views"])


class Level(StrEnum):
    """How deep a view goes."""

    DISTRICT = "district"
    STREET = "street"
    PLACE = "place"
    ORGANIZATION = "organization"


class Layout(StrEnum):
    """What a box is of."""

    GEOGRAPHIC = "geographic"
    NETWORK = "network"


class Colour(StrEnum):
    """By what the shares of marks are counted."""

    COVERAGE = "coverage"
    TYPE = "type"
    LINE = "line"
    SECTOR = "sector"
    STATUS = "status"
    FINDING = "finding"
    GROUP = "group"
    COMMUNITY = "community"
    DEGREE = "degree"
    CORE = "core"


class Kind(StrEnum):
    """What is counted and shown."""

    ORGANIZATION = "organization"
    UNIT = "unit"


class State(StrEnum):
    """What coverage says of an organization."""

    SINGLE = "single"
    JOINT = "joint"
    ELIGIBLE = "eligible"
    UNCOVERED = "uncovered"
    OUTSIDE = "outside"


class Proposed(StrEnum):
    """What a plan says of an organization."""

    JOINT = "joint"
    ATTACHED = "attached"
    SEPARATE = "separate"
    WORK_COVERAGE = "work_coverage"
    ALONE = "alone"
    UNPLANNED = "unplanned"


class Line(StrEnum):
    """The ledger that an organization is of."""

    ENTERPRISE = "enterprise"
    SOCIAL = "social"
    RURAL = "rural"


Text = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Section = Annotated[str, StringConstraints(pattern="^[A-T]$")]
_NUMBER = r"-?[0-9]{1,4}(\.[0-9]{1,9})?"


@router.get("/view", summary="The city's map at any size: one view",
            response_model=models.CityView, responses=failures(404, made=True))  # fmt: skip
def view(
    request: Request,
    within: Annotated[
        str | None,
        Query(alias="in", min_length=1, max_length=200, description="a city's, district's or street's code, as marks open it",
              examples=["420106"]),
    ] = None,
    at: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="a place in it, as marks open it",
              examples=["building:420106007/001"]),
    ] = None,
    level: Annotated[
        Level | None, Query(description="how deep; without it as deep as there is room", examples=["place"])
    ] = None,
    box: Annotated[
        str | None,
        Query(pattern=f"^{_NUMBER}(,{_NUMBER}){{3}}$", max_length=64,
              description="only what lies in it: west,south,east,north in WGS84 degrees; left,top,right,bottom of a network",
              examples=["114.2,30.5,114.4,30.6"]),
    ] = None,
    layout: Annotated[Layout, Query(description="what the box is of; marks have their place in both")] = Layout.GEOGRAPHIC,
    colour: Annotated[Colour, Query(description="by what shares are counted")] = Colour.COVERAGE,
    kind: Annotated[
        Kind | None, Query(description="count and show nothing of the other kind", examples=["unit"])
    ] = None,
    coverage: Annotated[
        list[State] | None, Query(description="only organizations of which coverage says one of these", examples=[["eligible"]])
    ] = None,
    line: Annotated[
        list[Line] | None, Query(description="only organizations of these ledgers", examples=[["enterprise"]])
    ] = None,
    status: Annotated[
        list[Text] | None, Query(max_length=20, description="only organizations of these 经营状态", examples=[["正常"]])
    ] = None,
    sector: Annotated[
        list[Section] | None,
        Query(max_length=20, description="only organizations of these sections of GB/T 4754", examples=[["C"]])
    ] = None,
    type_: Annotated[
        list[Text] | None, Query(alias="type", max_length=20, description="only units of these types", examples=[["党支部"]])
    ] = None,
    finding: Annotated[
        list[Text] | None, Query(max_length=50, description="only what has one of these findings (auditors)", examples=[["orphan"]])
    ] = None,
    group: Annotated[
        list[Proposed] | None,
        Query(description="only organizations of which a plan says one of these (planners)", examples=[["joint"]]),
    ] = None,
    community: Annotated[
        list[Text] | None,
        Query(max_length=20, description="only what is of the community of one of these units", examples=[["U0001"]]),
    ] = None,
    plan: Annotated[
        str | None,
        Query(min_length=1, max_length=64, description="a job of one's own: the plan that it made, for `group`; the newest without",
              examples=["5f0c3a1e9b7d42f6a8c1d0e2b3f49587"]),
    ] = None,
    since: Annotated[
        int | None, Query(ge=0, le=2**31, description="an import's number: mark what came later", examples=[1])
    ] = None,
    as_of: Date = None,
    limit: Annotated[int, Query(ge=FEWEST, le=MOST, description="marks at most")] = USUAL,
) -> Response:  # fmt: skip
    """Give districts, streets, places, then organizations and units, as far as there is room, and say what is left out.

    Counts are those of `coverage`; a node's children add up to it. A mark's `opens` are the parameters of the view inside it (of
    an organization or unit: the `id` to show). Positions in both layouts are the same for the same city and date. Never above 1 MB.
    """
    wanted = {
        "coverage": coverage,
        "line": line,
        "status": status,
        "sector": sector,
        "type": type_,
        "finding": finding,
        "group": group,
        "community": community,
    }
    question = Question(
        within=within, at=at, level=level, box=asking.box_of(box), layout=layout, colour=colour, kind=kind,
        wanted={name: tuple(map(str, values)) for name, values in wanted.items() if values}, since=since, limit=limit,
    )  # fmt: skip
    if question.of_findings and known(request).role not in AUDITORS:
        raise ForbiddenError(AUDITORS)
    planned = None
    if question.of_plan:
        if known(request).role not in PLANNERS:
            raise ForbiddenError(PLANNERS)
        planned = _planned(request, plan)
    profile = profile_of(request)
    with reading(request) as store:
        date = city_date(as_of, store)
        found = asking.view(
            store, profile, date, request.app.state.maps, question, planned, paying(request)
        )
    return answer(request, found.as_json())


def _planned(request: Request, job: str | None) -> asking.Planned | None:
    """Return the plan of a job of the asker's, the newest by default; ``None`` where there is none."""
    there = plans(request)
    made = plan_job_of(request, job) if job is not None else next(iter(there), None)
    if made is None:
        return None
    told = {"plans": [_said(one) for one in there]} | _said(made)
    return asking.Planned(made.id, told, plan_file(request, made.id))


def _said(job: Job) -> dict[str, Any]:
    return {"job": job.id, "ended": job.ended, "within": [str(code) for code in job.asked.get("in", [])]}  # fmt: skip

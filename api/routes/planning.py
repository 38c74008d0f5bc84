"""Who fits with whom, and questions about a plan: why, why not, what else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.asking import candidates as asking
from api.asking.drafting import Conditions
from api.asking.questions import Desk, Terms, planned
from api.kept import Question
from api.paging import Paged, costly, eyes_of
from api.routes.asked import Code, Former, Within, profile_of
from api.routes.connections import End, Other
from api.routes.jobs import plan_from
from api.routes.models import board as boards
from api.routes.models import planning as models
from api.stores import reading
from api.wire import Date, city_date, failures, kept_nowhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.asking.questions import Answered
    from api.drafts import Drafts
    from api.kept import Kept
    from graph.city import City

router = APIRouter(prefix="/api/v1")

Seed = Annotated[int, Query(ge=0, le=2**31 - 1, description="one seed gives one plan")]
Gap = Annotated[
    float | None,
    Query(ge=0, le=1, description="fraction of the cost at which the search ends", examples=[0.01]),
]
Seconds = Annotated[
    float | None,
    Query(
        alias="time", ge=0, le=60, examples=[10],
        description="seconds of planning at most; without it steps are counted: tens of seconds where many hang together",
    ),
]  # fmt: skip
Unit = Annotated[
    str,
    Query(
        alias="in", min_length=1, max_length=200, description="a ledger unit's id", examples=["street:420106007"]
    ),
]  # fmt: skip


@router.get("/candidates", tags=["candidates"], summary="Which small organizations fit together, and why",
            response_model=models.Candidates, responses=failures(404))  # fmt: skip
def candidates(
    request: Request,
    page: Paged,
    within: Within = None,
    of: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="of one organization", examples=["U0001"]),
    ] = None,
    as_of: Date = None,
) -> Response:
    """Give pairs by distance and sector, and groups that share something; pages cut pairs, then groups."""
    profile = profile_of(request)
    with reading(request) as store:
        date = city_date(as_of, store)
        return costly(
            request, store, "candidates", (within, of, date),
            lambda: asking.candidates(store, profile, date, within, of).as_json(),
            ("pairs", "groups"), page,
        )  # fmt: skip


@router.get("/plan/why/{id:path}", tags=["plans"],
            summary="Why an organization or a unit is in the plan of its ledger unit as it is",
            response_model=models.Why | models.WhyUnit, responses=failures(404, made=True))  # fmt: skip
def why(
    request: Request,
    id: Code,  # noqa: A002
    seed: Seed = 0,
    gap: Gap = None,
    seconds: Seconds = None,
    former: Former = None,
    as_of: Date = None,
) -> Response:
    """Plan the ledger unit as it would be planned now, and give the place, what it costs, and what would be next best.

    The plan is kept for further questions about the ledger unit.
    """
    return _asked(
        request, "why", (id,), (seed, gap, seconds), former, as_of, lambda desk: desk.why(id)
    )


@router.get("/plan/why-not", tags=["plans"], summary="Why two organizations are not in one joint unit",
            response_model=models.WhyNot, responses=failures(404, made=True))  # fmt: skip
def why_not(
    request: Request,
    a: End,
    b: Other,
    seed: Seed = 0,
    gap: Gap = None,
    seconds: Seconds = None,
    former: Former = None,
    as_of: Date = None,
) -> Response:
    """Give the rules that forbid it, or what it would cost the plan."""
    return _asked(
        request,
        "why_not",
        (a, b),
        (seed, gap, seconds),
        former,
        as_of,
        lambda desk: desk.why_not(a, b),
    )


@router.get("/plan/alternatives", tags=["plans"], summary="The next best plans of one ledger unit",
            response_model=models.Alternatives, responses=failures(404, made=True))  # fmt: skip
def alternatives(
    request: Request,
    within: Within = None,
    number: Annotated[int, Query(ge=1, le=100, description="plans at most")] = 1,
    seed: Seed = 0,
    gap: Gap = None,
    seconds: Seconds = None,
    former: Former = None,
    as_of: Date = None,
) -> Response:
    """Give them in order of cost, with what each forms, drops and moves."""
    return _asked(
        request, "alternatives", (within, number), (seed, gap, seconds), former, as_of,
        lambda desk: desk.alternatives(number, [] if within is None else [within]),
    )  # fmt: skip


def _asked(
    request: Request,
    name: str,
    about: tuple[str | int | None, ...],
    terms: tuple[int, float | None, float | None],
    former: str | None,
    as_of: str | None,
    ask: Callable[[Desk], Answered],
) -> Response:
    """Answer a question about a plan that a job made, or that of one ledger unit as it would be made now."""
    from graph.formation.decisions import Decisions

    under = Terms(profile_of(request), Decisions(), *terms)
    kept: Kept = request.app.state.kept
    scope = eyes_of(request)
    made = None if former is None else plan_from(request, former)
    with reading(request) as store:
        date = city_date(as_of, store)

        def plan(city: City, unit: str, _: Terms) -> dict[str, Any]:
            """Plan a ledger unit once for all questions about it."""
            question = Question("plan", scope, (unit, *terms, date))
            return kept.object(store, question, lambda: planned(city, unit, under))

        def desk() -> Desk:
            if made is None:
                return Desk.now(store, under, date, plan)
            return Desk.about(
                store, made, under, named=f"job {former}", profile=request.app.state.settings.profile,
                as_of=None if as_of is None else date,
            )  # fmt: skip

        return costly(
            request, store, name, (*about, *terms, former, date), lambda: ask(desk()).as_json()
        )


@router.post("/plan/groups", tags=["plans"], summary="What groups that a person puts together cost, and which rules they break",
             response_model=boards.Groups, responses=failures(404, tagged=False, made=True))  # fmt: skip
def plan_groups(
    request: Request,
    body: boards.Trying,
    within: Unit,
    former: Former = None,
    as_of: Date = None,
) -> Response:
    """Weigh groups of one ledger unit without planning anything: nothing is recorded.

    Under the terms of a plan that a job made (its profile, decisions and what it continues), or as one would be made now.
    """
    from graph.formation.decisions import Decisions
    from graph.formation.questions.groups import Group

    made = None if former is None else plan_from(request, former)
    groups = [Group(tuple(dict.fromkeys(g.organizations)), g.unit) for g in body.groups]
    drafts: Drafts = request.app.state.drafts
    with reading(request) as store:
        date = city_date(as_of, store)

        def conditions() -> Conditions:
            if made is None:
                return Conditions(profile_of(request), date, Decisions())
            return Conditions.of(made, request.app.state.settings.profile)

        table = drafts.of(store, within, former, date, conditions)
        return kept_nowhere(table.weigh(store, groups, explain=body.explain))

"""The numbers that a person has to set, with their clauses: of the profiles that come with the program."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.asking import profiles
from api.routes.models import profiles as models
from api.wire import answer, failures

router = APIRouter(prefix="/api/v1/profile", tags=["profiles"])

Name = Annotated[
    str, Path(max_length=100, description="a name, never a file", examples=["wuhan-2016"])
]


@router.get("/list", summary="The profiles that come with the program",
            response_model=models.BuiltIn, responses=failures())  # fmt: skip
def profile_list(request: Request) -> Response:
    """Give names, titles and sources."""
    return answer(request, profiles.built_in().as_json())


@router.get("/show/{name:path}", summary="Every value with its unit and clause, and which are chosen",
            response_model=models.Shown, responses=failures(404))  # fmt: skip
def profile_show(request: Request, name: Name) -> Response:
    """Give settings, deadlines, milestones, definitions, rules and options."""
    return answer(request, profiles.shown(profiles.named(name)).as_json())


@router.get("/check/{name:path}", summary="Everything that is wrong with a profile",
            response_model=models.Checked, responses=failures(404))  # fmt: skip
def profile_check(request: Request, name: Name) -> Response:
    """Give its faults; there is none in those that come with the program."""
    return answer(request, profiles.checked(profiles.named(name)).as_json())

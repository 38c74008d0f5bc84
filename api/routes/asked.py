"""What routes share of a question: codes in paths and queries, and the profile that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query, Request

if TYPE_CHECKING:
    from graph.policy.profile import Profile

Code = Annotated[
    str,
    Path(
        max_length=200,
        description="a code, or `kind:code` where a bare one fits several",
        examples=["U0001"],
    ),
]
Within = Annotated[
    str | None,
    Query(
        alias="in",
        min_length=1,
        max_length=200,
        description="a division's code, or a ledger unit's id",
        examples=["420106", "street:420106007"],
    ),
]

Former = Annotated[
    str | None,
    Query(
        alias="from",
        min_length=1,
        max_length=64,
        description="a job of one's own: the plan that it made, under its own terms",
        examples=["5f0c3a1e9b7d42f6a8c1d0e2b3f49587"],
    ),
]


def profile_of(request: Request) -> Profile:
    """Return the profile that the service runs with."""
    profile: Profile = request.app.state.profile
    return profile

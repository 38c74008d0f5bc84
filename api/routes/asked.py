"""What routes share of a question: codes in paths and queries, and the profile that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query, Request

from api.access.permissions import known

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Store

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


ACROSS = ("zone:", "dept:")
"""Jurisdictions that no division is a part of."""


def own_where_above(request: Request, store: Store, within: str | None) -> str | None:
    """Return what ``in`` means to who asks: one's own jurisdiction by default, and where it lies in what is asked for.

    The store of a jurisdiction holds the divisions above it by name, and of their organizations its own alone: what were told as
    the city's, or as a street's district's, would be the jurisdiction's figures under another name. What a zone or a department
    keeps lies across divisions: of none of them has it all.
    """
    own = known(request).jurisdiction
    if own is None or within is None or within == own:
        return own if within is None else within
    code = within.rpartition(":")[2]
    asked = store.node("division", code)
    if asked is None:
        return within
    if asked.properties.get("level") == "市" or own.startswith(ACROSS):
        return own
    at, seen = own.rpartition(":")[2], set[str]()
    while at not in seen:
        seen.add(at)
        node = store.node("division", at)
        at = "" if node is None else str(node.properties.get("parent") or "")
    return own if code in seen and code != own.rpartition(":")[2] else within


def profile_of(request: Request) -> Profile:
    """Return the profile that the service runs with."""
    profile: Profile = request.app.state.profile
    return profile

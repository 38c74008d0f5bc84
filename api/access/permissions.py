"""Who may what: one table from operations to roles, without a default that opens.

An operation is a route's name (its id in the OpenAPI document). It has a row by the tag of its router, or one of its own, which
goes before. :func:`table` is made with the application: an operation without a row is refused there, so that no route can be
added unguarded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from api.access.identity import ROLES, Identity, Role
from api.access.refusals import ForbiddenError, UnidentifiedError
from api.wire import PROBLEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from fastapi import FastAPI

Roles = frozenset[Role]

EVERYONE: Roles = frozenset(ROLES)
PLANNERS: Roles = frozenset({"planner", "administrator"})
AUDITORS: Roles = frozenset({"auditor", "administrator"})
OFFICERS: Roles = PLANNERS | AUDITORS
ADMINISTRATORS: Roles = frozenset({"administrator"})
PUBLIC: Roles | None = None
"""In the table: also who has no account."""

BY_TAG: Mapping[str, Roles] = {
    "session": EVERYONE,
    "lookup": EVERYONE,
    "connections": EVERYONE,
    "maps": EVERYONE,
    "views": EVERYONE,
    "ground": EVERYONE,
    "questions": EVERYONE,
    "overview": EVERYONE,
    "profiles": EVERYONE,
    "survey": OFFICERS,
    "candidates": PLANNERS,
    "plans": PLANNERS,
    "imports": PLANNERS,
    "audit": AUDITORS,
    "findings": AUDITORS,
    "decisions": AUDITORS,
    "board": OFFICERS,
    "campaign": OFFICERS,
    "reports": OFFICERS,
    "exports": OFFICERS,
    "jobs": OFFICERS,
}
"""Roles by the tag of a router; an operation with several tags has the roles that all of them allow."""

BY_OPERATION: Mapping[str, Roles | None] = {
    "openapi": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "login": PUBLIC,
    "page": PUBLIC,  # the application itself, which holds no data: who has no account gets its page for logging in
    "asset": PUBLIC,
    "template": EVERYONE,  # blank; names of places alone
    "undo": ADMINISTRATORS,
    # who forms units records it; auditors read the board, so that nobody strikes off what they have inspected themselves
    "board_step": PLANNERS,
    "board_back": PLANNERS,
    "board_measure": PLANNERS,
    # whoever inspects does not form units: planners see samples and results
    "inspection_draw": AUDITORS,
    "inspection_record": AUDITORS,
    "inspection_back": AUDITORS,
    # who brings ledgers in sees what they changed
    "changes": OFFICERS,
    "ledger_dates": OFFICERS,
    # any role, so that a program that watches gets by with a viewer's token; but the operation refuses who has a jurisdiction: how
    # much is asked, imported and at work tells of the whole city
    "metrics": EVERYONE,
}
"""Roles of single operations, before those of their tags."""


class UnguardedError(Exception):
    """A route without a row, or one that can't be guarded: a fault of the program, found when the service is made."""


def roles_of(operation: str, tags: Iterable[str]) -> Roles | None:
    """Return the roles that may ask an operation; ``None`` where everyone may, also without an account.

    Raises
    ------
    UnguardedError
        It has no row.
    """
    if operation in BY_OPERATION:
        return BY_OPERATION[operation]
    allowed: Roles | None = None
    for tag in tags:
        if tag not in BY_TAG:
            raise UnguardedError(f"{operation}: no row for its tag {tag} in api.access.permissions")
        allowed = BY_TAG[tag] if allowed is None else allowed & BY_TAG[tag]
    if not allowed:
        raise UnguardedError(f"{operation}: no row in api.access.permissions")
    return allowed


def table(app: FastAPI) -> dict[str, Roles | None]:
    """Return the roles of every operation of an application.

    Raises
    ------
    UnguardedError
        A route has no row; two share a name; or one that is not for everyone is no operation (a mounted folder, a socket),
        which :func:`permitted` would not see.
    """
    from fastapi.routing import APIRoute, iter_route_contexts

    out: dict[str, Roles | None] = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        name = str(getattr(route, "name", "") or getattr(route, "path", "") or type(route).__name__)
        tags = [str(tag) for tag in getattr(route, "tags", None) or ()]
        if name in out:
            raise UnguardedError(f"{name}: two operations have this name")
        out[name] = roles_of(name, tags)
        if out[name] is not PUBLIC and not isinstance(route, APIRoute):
            raise UnguardedError(f"{name}: no operation, so that nobody would ask for its roles")
    return out


def public_paths(app: FastAPI) -> frozenset[tuple[str, str]]:
    """Return method and path of what is answered without an account.

    Raises
    ------
    UnguardedError
        As :func:`table`.
    """
    from fastapi.routing import iter_route_contexts

    open_to_all = {name for name, roles in table(app).items() if roles is PUBLIC}
    return frozenset(
        (method, str(context.path))
        for context in iter_route_contexts(app.routes)
        if getattr(context.original_route, "name", "") in open_to_all
        for method in getattr(context.original_route, "methods", None) or ()
    )


def document(openapi: dict[str, Any], permissions: Mapping[str, Roles | None], cookie: str) -> None:
    """Write into an OpenAPI document how one proves who one is, and which roles each operation needs."""
    openapi["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie},
    }
    shape = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    said = {
        "401": "Who asks is not known",
        "403": "Not for this role, or not from a page of this service",
    }
    for operations in openapi["paths"].values():
        for operation in operations.values():
            allowed = permissions[operation["operationId"]]
            answers = operation["responses"]
            answers.setdefault("429", {"description": "Too many requests", "content": shape})
            if allowed is None:
                operation["security"] = []
                continue
            operation["security"] = [{"token": []}, {"session": []}]
            operation["x-roles"] = sorted(allowed)
            for status, description in said.items():
                answers.setdefault(status, {"description": description, "content": shape})


def operation_of(request: Request) -> str:
    """Return the operation that a request was routed to."""
    return str(request.scope["route"].name)


def may(request: Request, tag: str) -> bool:
    """Say whether who asks has a role that a tag's operations are for: for what an operation gives to some of those who may ask it.

    Raises
    ------
    UnidentifiedError
        Nobody is known to ask.
    """
    return known(request).role in BY_TAG[tag]


def refuse_file(request: Request) -> None:
    """Refuse a file to be taken away to who may look but not export.

    Raises
    ------
    ForbiddenError
        Names the roles that may.
    """
    if not may(request, "exports"):
        raise ForbiddenError(BY_TAG["exports"])


async def permitted(request: Request) -> None:
    """Let a request pass to its operation: a dependency of every one.

    Raises
    ------
    UnidentifiedError
        Nobody is known to ask.
    ForbiddenError
        The role does not allow it; names the one that does.
    """
    allowed = request.app.state.permissions[operation_of(request)]
    if allowed is None:
        return
    identity = known(request)
    if identity.role not in allowed:
        raise ForbiddenError(allowed)


def known(request: Request) -> Identity:
    """Return who asks.

    Raises
    ------
    UnidentifiedError
        Nobody is known.
    """
    identity: Identity | None = getattr(request.state, "identity", None)
    if identity is None:
        raise UnidentifiedError
    return identity

"""The journal in the service: a row is there before an answer leaves, and an answer that can't be recorded does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api import wire
from api.access.identity import NOBODY
from api.access.permissions import known
from api.journal.accounts import RecordedAccounts
from api.journal.operations import OPERATIONS, Recorded
from api.journal.rows import READING, Action
from api.journal.stores import recorded
from graph.errors import JournalError, LianjianError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.access.identity import Identity
    from api.journal.journal import Intent, Journal
    from graph.store.base import Store

_ANSWERED = 400
"""Answers below this status hold what was asked for."""


def operation_of(request: Request) -> str | None:
    """Return the operation that a request was routed to; ``None`` where there is no such path."""
    return getattr(request.scope.get("route"), "name", None)


def written_through(request: Request, store: Store, *codes: str) -> Store:
    """Return a store whose imports and undos are recorded for a request: for routes that write by the store alone."""
    journal, operation, how = _how(request)
    request.state.journaled = True
    whom = [*_subjects(request, how), *codes]
    return recorded(store, journal, known(request), operation, whom, how.action)


def accounts_through(request: Request) -> RecordedAccounts:
    """Return the accounts for a request that changes them: what it does is recorded."""
    journal, operation, _ = _how(request)
    request.state.journaled = True
    identity: Identity | None = getattr(request.state, "identity", None)
    return RecordedAccounts(request.app.state.accounts, journal, operation, identity or NOBODY)


def written_beside(request: Request, *codes: str) -> AbstractContextManager[Intent]:
    """Return the ``with`` block in which a request writes to a file beside the store: an intent before it, an outcome after it."""
    journal, operation, how = _how(request)
    request.state.journaled = True
    whom = [*_subjects(request, how), *codes]
    return journal.write(known(request), operation, whom, action=how.action)


class Journaling:
    """Middleware, the innermost: looks and exports are recorded between the answer's making and its leaving.

    Parameters
    ----------
    app : ASGI application
    journal : Journal
    """

    def __init__(self, app: ASGIApp, journal: Journal) -> None:
        self._app = app
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held = False

        async def leave(message: Message) -> None:
            nonlocal held
            if held:
                return
            request = Request(scope)
            if (
                message["type"] == "http.response.start"
                and message["status"] < _ANSWERED
                # that something is being made tells nothing of it
                and not getattr(request.state, "coming", False)
            ):
                try:
                    await self._record(request)
                except LianjianError as error:
                    held = True
                    await wire.problem(request, error)(scope, receive, send)
                    return
            await send(message)

        await self._app(scope, receive, leave)

    async def _record(self, request: Request) -> None:
        operation = operation_of(request)
        if operation is None or not hasattr(request.scope.get("route"), "response_model"):
            return  # the OpenAPI document: no operation
        how = OPERATIONS[operation] if operation in OPERATIONS else _unknown(operation)
        file = getattr(request.state, "is_file", False)
        if how is None and not file:
            return
        if how is None or how.action in READING:
            how = how or Recorded(Action.EXPORT, ("in", "id"))
            action = Action.EXPORT if file else how.action
            await run_in_threadpool(
                self._journal.read,
                known(request),
                operation,
                _subjects(request, how),
                action=action,
            )
        elif not getattr(request.state, "journaled", False):
            _unknown(operation)


def _how(request: Request) -> tuple[Journal, str, Recorded]:
    operation = operation_of(request) or ""
    how = OPERATIONS.get(operation) or _unknown(operation)
    journal: Journal = request.app.state.journal
    return journal, operation, how


def _subjects(request: Request, how: Recorded) -> list[str]:
    given: dict[str, Any] = request.scope.get("path_params") or {}
    # what a body names is said by the route that read it
    found = [str(code) for code in getattr(request.state, "subjects", ())]
    for name in how.subjects:
        found += [str(given[name])] if name in given else request.query_params.getlist(name)
    return found


def _unknown(operation: str) -> Recorded:
    """Refuse what would leave without a row: a fault of the program, on the safe side."""
    raise JournalError(
        f"{operation}: nothing recorded this, so it is not answered; tell who runs the service",
        f"{operation}：未记入日志，故不予回答；请告知维护人员",
    )

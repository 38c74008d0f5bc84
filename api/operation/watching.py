"""Around every request: its id, the headers of every answer, its line in the log, its count; and the answer to a fault of ours."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from api import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.operation.log import Log
    from api.operation.metrics import Metrics

HEADER = "x-request-id"
VARY = ("Accept-Encoding", "Accept-Language")
"""Headers by which any answer may be another: also one that is too short to be compressed, and one that only says: as before."""
_FAULT = 500


class Watching:
    """ASGI middleware, the outermost.

    Parameters
    ----------
    app : ASGI application
    log : Log
    metrics : Metrics
    headers : mapping
        Of every answer, where it has no other of that name.
    """

    def __init__(
        self, app: ASGIApp, *, log: Log, metrics: Metrics, headers: Mapping[str, str]
    ) -> None:
        self._app = app
        self._log = log
        self._metrics = metrics
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        The id is always ours: one that a client sends would be a text of theirs in the log.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id_ = secrets.token_hex(8)
        state = scope.setdefault("state", {})
        state["request_id"] = id_
        begun, status = time.perf_counter(), None

        async def leave(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._head(message, id_)
            await send(message)

        self._metrics.under_way.inc()
        try:
            await self._app(scope, receive, leave)
        except Exception as error:  # noqa: BLE001 - whatever it is: passed on, the server would log it with all that it quotes
            self._log.fault(error, operation=_operation(scope), request=id_)
            if status is None:
                await self._broken(scope, receive, leave)
            # else the answer ends in the middle, and the server closes the line
        finally:
            seconds = time.perf_counter() - begun
            self._metrics.under_way.dec()
            self._metrics.answered(_operation(scope), status, seconds)
            identity = state.get("identity")
            self._log(
                "request",
                "error" if status is None or status >= _FAULT else "info",
                operation=_operation(scope),
                status=status,
                milliseconds=round(seconds * 1000, 1),
                request=id_,
                name=None if identity is None else identity.name,
            )

    async def _broken(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a fault of the program without telling what it was; the log has where."""
        await wire.broken(Request(scope))(scope, receive, send)

    def _head(self, message: Message, id_: str) -> None:
        """Give an answer the headers of every one."""
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        said = {name.strip().lower() for name in headers.get("vary", "").split(",")}
        for name in VARY:
            if name.lower() not in said:
                headers.add_vary_header(name)
        headers[HEADER] = id_


def _operation(scope: Scope) -> str | None:
    return getattr(scope.get("route"), "name", None)

"""How large a request's body may be, route by route; beyond it: 413 in the one shape, before the body is held anywhere.

The framework's own limit answers in plain text, from outside of what gives errors their shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api import wire
from api.jobs.uploads import too_large

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

USUAL = 64 << 10
"""Bytes of a body at most where a route says nothing else."""


class Bodies:
    """Middleware that holds bodies to their limits; the innermost, so that what it raises is answered like any error.

    Parameters
    ----------
    app : ASGI application
    limits : mapping
        Bytes by path, whose last part may be ``{id}``: any; ``None`` where a route counts by itself as it reads.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int | None]) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on with a body that is counted."""
        path = scope.get("path", "")
        most = self.limits.get(path, self.limits.get(f"{path.rpartition('/')[0]}/{{id}}", USUAL))
        if scope["type"] != "http" or most is None:
            await self.app(scope, receive, send)
            return
        limit = most
        request = Request(scope)
        said = request.headers.get("content-length", "0")
        if not (said.isascii() and said.isdigit()) or int(said) > limit:
            await wire.problem(request, too_large(limit))(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)

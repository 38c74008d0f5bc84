"""What a request's body may be: how large, route by route, and how slow; beyond it 413 or 408 in the one shape.

It is told before the body is held anywhere, and the connection ends with it. The framework's own limit answers in plain text, from
outside of what gives errors their shape, and knows no time.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api import wire
from api.jobs.errors import TooLargeError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from graph.errors import LianjianError

USUAL = 64 << 10
"""Bytes of a body at most where a route says nothing else."""
SLOWEST = 1024
"""Bytes a second that a body must come at in the end, beyond the time that any has: slower ones hold a place for nothing."""


class BodyRefusedError(HTTPException):
    """A body is not read on. It is one of HTTP's own, because the framework lets only those through from where it reads.

    Attributes
    ----------
    error : LianjianError
        What to say of it.
    """

    def __init__(self, status: int, error: LianjianError) -> None:
        super().__init__(status)
        self.error = error


class Bodies:
    """Middleware that holds bodies to their limits; the innermost, so that what it raises is answered like any error.

    Parameters
    ----------
    app : ASGI application
    limits : mapping
        Bytes by path, whose last part may be ``{id}``: any.
    seconds : float
        That any body has, however slow; beyond them it must have come at :data:`SLOWEST` or faster.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int], seconds: float) -> None:
        self.app = app
        self.limits = limits
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on with a body that is counted and timed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope.get("path", "")
        limit = self.limits.get(path, self.limits.get(f"{path.rpartition('/')[0]}/{{id}}", USUAL))
        request = Request(scope)
        said = request.headers.get("content-length", "0")
        if not (said.isascii() and said.isdigit()) or int(said) > limit:
            await wire.problem(request, _too_large(limit))(scope, receive, send)
            return
        begun, taken, through, answered = time.monotonic(), 0, False, asyncio.Event()

        async def counted() -> Message:
            nonlocal taken, through
            if through or answered.is_set():
                # what is waited for is that who asked goes away; the line has a time of its own (api.heads)
                return await receive()
            left = begun + self.seconds + taken / SLOWEST - time.monotonic()
            try:
                async with asyncio.timeout(max(left, 0.0)):
                    message = await receive()
            except TimeoutError:
                if answered.is_set():  # meanwhile: there is nothing to say any more
                    return {"type": "http.disconnect"}
                raise BodyRefusedError(408, _too_slow(taken)) from None
            taken += len(message.get("body", b""))
            through = not message.get("more_body", False)
            if taken > limit:
                raise BodyRefusedError(413, _too_large(limit))
            return message

        async def noted(message: Message) -> None:
            answered.set()
            await send(message)

        await self.app(scope, counted, noted)


def _too_large(most: int) -> TooLargeError:
    size = f"{most / (1 << 20):,.0f} MiB" if most >= 1 << 20 else f"{most:,} bytes"
    return TooLargeError(
        f"larger than {size}, the most that is taken at once; send the ledgers in several uploads",
        f"超过一次上传的上限 {size}；请分次上传台账",
    )


def _too_slow(taken: int) -> TooSlowError:
    return TooSlowError(
        f"only {taken:,} bytes of the body have come; send it again over a better line",
        f"请求体传输过慢，仅收到 {taken:,} 字节；请在网络较好时重新发送",
    )

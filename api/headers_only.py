"""HEAD, wherever there is GET (RFC 9110, 9.1): what watches a service asks so, and what looks whether something is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadersOnly:
    """Middleware that has HEAD answered as GET, and sends the headers of that alone.

    Whatever lies within knows of GET only: rights, limits and the journal are those of it. What would go on and on ends once its
    headers are there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        # a scope of its own: by that which is the server's it knows that no body follows
        asked = {**scope, "method": "GET"}

        async def leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                # the server tells who makes a body that nobody waits for it any more
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        try:
            await self.app(asked, receive, leave)
        finally:
            if "route" in asked:  # by which log and counts call the operation
                scope["route"] = asked["route"]

"""Under which names the service is asked: a page elsewhere that has its own name lead here is not answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.requests import Request

from api import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

SHOWN = 60
"""Characters of a name that is not this service's."""
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:]+)(?::\d*)?", re.IGNORECASE)


class Hosts:
    """Middleware that refuses what is addressed to another name, in the one shape of errors: the framework's has one of its own.

    Parameters
    ----------
    app : ASGI application
    names : sequence of str
        Those of this service (:func:`api.access.reach.answered_names`).
    """

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer why not."""
        if scope["type"] == "http":
            request = Request(scope)
            said = ", ".join(request.headers.getlist("host"))
            found = _HOST.fullmatch(said)
            if found is None or found[1].lower() not in self.names:
                shown = "".join(c for c in (found[1] if found else said)[:SHOWN] if c.isprintable())
                named = shown or "Host"
                refused = wire.stated(
                    request, 400, "host", ("Not under this name", "不以该名称提供服务"),
                    (
                        f"{named}: not a name of this service; use the address that it says, or start it with --name HOST",
                        f"{named}：不是本服务的名称；请用启动时显示的地址访问，或由维护人员以 --name 主机名 启动服务",
                    ),
                )  # fmt: skip
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)

"""What an asker takes, and how gladly: ``Accept-Language`` and ``Accept-Encoding`` by their weights (RFC 9110, 12.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware, GZipResponder, IdentityResponder

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

ANY = "*"


def weights(header: str) -> dict[str, float]:
    """Return what a header names, in small letters and its order, with weights; what can't be read is left out.

    >>> weights("zh-CN, en;q=0.5, *;Q=0")
    {'zh-cn': 1.0, 'en': 0.5, '*': 0.0}
    """
    out: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, rest = part.partition(";")
        mark, _, quality = rest.partition("=")
        try:
            weight = float(quality) if mark.strip() == "q" else 1.0
        except ValueError:
            continue
        if name.strip() and 0.0 <= weight <= 1.0:
            out.setdefault(name.strip(), weight)
    return out


class Compressing(GZipMiddleware):
    """Middleware that compresses answers for those who take them so; ``gzip;q=0`` says that one does not."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        taken = weights(Headers(scope=scope).get("accept-encoding", ""))
        made: IdentityResponder = IdentityResponder(self.app, self.minimum_size)
        if taken.get("gzip", taken.get(ANY, 0.0)):
            made = GZipResponder(self.app, self.minimum_size, self.compresslevel)
        await made(scope, receive, send)

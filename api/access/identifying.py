"""Finds out who sends a request, before anything else looks at it: a bearer token, a browser's session, or this machine.

What follows reads ``request.state.identity`` (an :class:`~api.access.identity.Identity`; ``None`` only where an operation is for
everyone), of a browser ``request.state.session``, and of the page ``request.state.nobody``. Answers that go on and on ask
:func:`stands` now and then.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from starlette.requests import Request

from api import wire
from api.access.credentials import PREFIX
from api.access.identity import LOCAL, Identity
from api.access.rates import address_of
from api.access.refusals import (
    ForeignPageError,
    ProxiedError,
    TokenInAddressError,
    UnidentifiedError,
)
from graph.errors import LianjianError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.access.accounts import Accounts, Session
    from api.access.rates import Rates

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110)."""
CSRF = "x-csrf-token"
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers by which a proxy says that somebody else asks."""
_TOKEN = re.compile(rf"{PREFIX}[0-9a-f]{{12}}_", re.IGNORECASE)
_NAMES = frozenset({"token", "access_token"})
NOT_COUNTED = "/healthz"
PAGE = "/"
"""The application, which is for everyone; it is told whether somebody is logged in, so that it asks nothing that is refused."""


class Identify:
    """ASGI middleware.

    Parameters
    ----------
    app : ASGI application
        Its state has ``accounts``, ``rates`` and ``public`` (:func:`api.access.permissions.public_paths`).
    local : bool
        Whether a service without accounts answers whoever asks: only where nobody but this machine can.
    cookie : str
        The session cookie's name.
    """

    def __init__(self, app: ASGIApp, *, local: bool, cookie: str) -> None:
        self.app = app
        self.local = local
        self.cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Identify, then go on; or answer why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing is said over sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        state = scope.setdefault("state", {})
        state["identity"] = state["session"] = state["stands"] = None
        state["nobody"] = False
        request = Request(scope)
        try:
            self._check(request, state)
        except TokenInAddressError as error:
            bare = Request({**scope, "path": "/", "raw_path": b"/", "query_string": b""})
            await wire.problem(bare, error)(scope, receive, send)
            return
        except LianjianError as error:
            await wire.problem(request, error)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _check(self, request: Request, state: dict[str, Any]) -> None:
        refuse_token_in_address(request)
        rates: Rates = request.app.state.rates
        method, path = request.method, request.scope["path"]
        unsafe, bearer = method not in SAFE, "authorization" in request.headers
        if unsafe and not bearer and _from_another_page(request):
            raise ForeignPageError
        if (method, path) in request.app.state.public:
            if path != NOT_COUNTED:
                rates.request(None, address_of(request))
            if path == PAGE:
                state["nobody"] = self._nobody(request)
            return
        try:
            identity, session = self._who(request)
        except UnidentifiedError:
            rates.request(None, address_of(request))
            raise
        rates.request(identity, address_of(request))
        if session is not None and unsafe:
            shown = request.headers.get(CSRF, "")
            if not hmac.compare_digest(shown.encode(), session.credential.csrf.encode()):
                raise ForeignPageError
        state["identity"], state["session"] = identity, session
        state["stands"] = lambda: self._who(request, anew=False)[0] == identity

    def _nobody(self, request: Request) -> bool:
        """Return whether it is known that nobody is logged in; where the accounts can't be read, who asks is told so later."""
        try:
            self._who(request, anew=False)
        except UnidentifiedError:
            return True
        except LianjianError:
            return False
        return False

    def _who(self, request: Request, *, anew: bool = True) -> tuple[Identity, Session | None]:
        accounts: Accounts = request.app.state.accounts
        if not accounts.exist():
            if not self.local:
                raise UnidentifiedError
            if any(name in request.headers for name in FORWARDED):
                raise ProxiedError
            return LOCAL, None
        said = request.headers.get("authorization")
        if said is not None:
            scheme, _, token = said.partition(" ")
            identity = accounts.by_token(token.strip()) if scheme.lower() == "bearer" else None
            if identity is None:
                raise UnidentifiedError(shown=True)
            return identity, None
        cookie = request.cookies.get(self.cookie)
        if cookie is None:
            raise UnidentifiedError
        session = accounts.by_cookie(cookie, used=anew)
        if session is None:
            raise UnidentifiedError(shown=True)
        return session.identity, session


def stands(request: Request) -> bool:
    """Return whether who asked is who they were: the session or token holds, with the same role and jurisdiction.

    It is no request of theirs: a session that only listens ends as one that is not used. Where the accounts can't be read,
    nobody is known.
    """
    look: Callable[[], bool] | None = getattr(request.state, "stands", None)
    try:
        return look is not None and look()
    except LianjianError:
        return False


def refuse_token_in_address(request: Request) -> None:
    """Refuse a token in path or query.

    Raises
    ------
    TokenInAddressError
        There is one.
    """
    query = request.scope["query_string"].decode("latin-1")
    if _TOKEN.search(request.scope["path"]) or _TOKEN.search(unquote(query)):
        raise TokenInAddressError
    if any(name.lower() in _NAMES for name, _ in parse_qsl(query, keep_blank_values=True)):
        raise TokenInAddressError


def _from_another_page(request: Request) -> bool:
    """Return whether a browser says that a page of another origin sends this (also where it needs no session)."""
    if request.headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")

"""Logging in and out, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field

from api.access import passwords
from api.access.accounts import moment
from api.access.credentials import Credential
from api.access.identity import Role
from api.access.permissions import known
from api.access.rates import address_of
from api.journal.serving import accounts_through
from api.routes.models import Answer
from api.wire import failures, kept_nowhere

if TYPE_CHECKING:
    from typing import Any

    from api.access.accounts import Session
    from api.access.identity import Identity
    from api.access.rates import Rates
    from api.settings import Settings

router = APIRouter(prefix="/api/v1", tags=["session"])


class Login(Answer):
    """What one logs in with."""

    name: str = Field(min_length=1, max_length=200, examples=["江汉区两新工委"])
    password: str = Field(
        min_length=1, max_length=passwords.LONGEST, examples=["correct horse battery staple"]
    )


class Me(Answer):
    """Who asks."""

    name: str = Field(
        description="the account's; `local` at a machine without accounts",
        examples=["江汉区两新工委"],
    )
    role: Role
    jurisdiction: str | None = Field(
        description="a division's code or a ledger unit's id; null is the whole city",
        examples=["420103"],
    )
    csrf: str | None = Field(
        description="what a browser's session sends as X-CSRF-Token with all but GET; null for others"
    )
    expires: str | None = Field(description="when a browser's session ends at the latest")
    store: bool = Field(
        description="false where nothing is loaded yet, so that there is nothing to ask about"
    )


@router.post("/session", summary="Log in", response_model=Me, responses=failures(401))
def login(request: Request, given: Annotated[Login, Body()]) -> Response:
    """Begin a browser's session: its cookie comes with the answer. One that the browser had ends."""
    settings, rates = _parts(request)
    accounts = accounts_through(request)
    rates.login(given.name, address_of(request))
    session = accounts.login(given.name, given.password)
    before = Credential.of_cookie(request.cookies.get(settings.cookie, ""))
    if before is not None:
        accounts.end(before)
    response = kept_nowhere(_me(request, session.identity, session))
    response.set_cookie(
        settings.cookie,
        session.credential.cookie,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
    return response


@router.delete(
    "/session", summary="Log out", status_code=204, response_model=None, responses=failures(401)
)
def logout(request: Request) -> Response:
    """End the browser's session; a token goes on to hold until it is revoked."""
    settings, _ = _parts(request)
    accounts = accounts_through(request)
    session: Session | None = request.state.session
    if session is not None:
        accounts.end(session.credential)
    response = Response(status_code=204)
    response.delete_cookie(
        settings.cookie, path="/", secure=settings.secure, httponly=True, samesite="strict"
    )
    return response


@router.get("/me", summary="Who one is, and what one may", response_model=Me,
            responses=failures(tagged=False))  # fmt: skip
def me(request: Request) -> Response:
    """Tell name, role and jurisdiction; a browser's session also gets its CSRF token."""
    return kept_nowhere(_me(request, known(request), request.state.session))


def _parts(request: Request) -> tuple[Settings, Rates]:
    state = request.app.state
    return state.settings, state.rates


def _me(request: Request, identity: Identity, session: Session | None) -> dict[str, Any]:
    return {
        "name": identity.name,
        "role": identity.role,
        "jurisdiction": identity.jurisdiction,
        "csrf": None if session is None else session.credential.csrf,
        "expires": None if session is None else moment(session.expires),
        "store": request.app.state.stores.holds(),
    }

"""Accounts for tests: one of each role, and clients that ask as them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from api.access import passwords
from api.access.accounts import Accounts
from api.access.identifying import Identify
from api.access.identity import ROLES, Identity
from api.settings import Settings, state_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

STRONG = (passwords.TIME_COST, passwords.MEMORY_KIB, passwords.LANES)
"""What passwords are hashed with outside of tests."""
PASSWORD = "correct horse battery staple"
CHINESE = "武汉两新组织联建工作密码2016"


@dataclass
class Clock:
    """Seconds that move when told to."""

    now: float = field(default=1_800_000_000.0)

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords with little memory; what is hashed how is the same."""
    monkeypatch.setattr(passwords, "TIME_COST", 1)
    monkeypatch.setattr(passwords, "MEMORY_KIB", 8)
    monkeypatch.setattr(passwords, "LANES", 1)
    caches = (passwords._hasher, passwords._dummy)  # a test may put others in their place
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def accounts_of(store: Path, clock: Clock | None = None) -> Accounts:
    """The accounts beside a store."""
    folder = state_of(str(store))
    return Accounts(folder) if clock is None else Accounts(folder, clock)


def tokens_by_role(store: Path) -> dict[str, str]:
    """Make an account of each role beside a store, and return a token of each."""
    accounts = accounts_of(store)
    out: dict[str, str] = {}
    for role in ROLES:
        accounts.add(role, role, None, PASSWORD)
        out[role] = accounts.create_token(role)[1]
    accounts.close()
    return out


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"authorization": f"Bearer {token}"}


def unnumbered(answer: Any) -> str:
    """Return an answer's text without the number of its request: the only thing in which two that are alike may differ."""
    number = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    return str(answer.text).replace(number, "<request>")


def headers_of(answer: Any) -> dict[str, str]:
    """Return an answer's headers without the number of its request."""
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> str:
    """Log in; return what proves that a page of ours sends the next request."""
    answer = client.post("/api/v1/session", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["csrf"])


def settings(store: Path, **others: object) -> Settings:
    """Settings over a store."""
    return Settings(str(store), **others)  # type: ignore[arg-type]


class _Put:
    """The innermost middleware: whoever a test says asks, whatever was found out before."""

    def __init__(self, app: ASGIApp, who: Callable[[], Identity]) -> None:
        self.app, self.who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["identity"] = self.who()
        await self.app(scope, receive, send)


def put_in(app: FastAPI, who: Callable[[], Identity]) -> None:
    """Have requests to an application be of somebody, without accounts."""
    classes: list[object] = [m.cls for m in app.user_middleware]
    at = classes.index(Identify)
    app.user_middleware.insert(at + 1, Middleware(_Put, who))

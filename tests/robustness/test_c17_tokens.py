"""C17: tokens, sessions and passwords are nowhere to be found, hold as long as they should, and tell nothing by being wrong."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access import passwords
from api.access.accounts import DAY, IDLE, SESSION, Accounts
from api.access.credentials import Credential
from api.app import create_app
from tests.service.people import (
    CHINESE,
    PASSWORD,
    Clock,
    _quick,
    accounts_of,
    bearer,
    log_in,
    settings,
)

__all__ = ["_quick"]
URL = "http://127.0.0.1"


class Running:
    """A service with two accounts, its clock and its file."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        store = folder / "lianjian.db"
        self.accounts: Accounts = accounts_of(store, self.clock)
        self.accounts.add("root", "administrator", None, PASSWORD)
        self.accounts.add("office", "viewer", None, CHINESE)
        app = create_app(settings(store), self.clock)
        self.client = TestClient(app, base_url=URL, raise_server_exceptions=False)

    def knows(self, token: str) -> bool:
        """Whether a token is answered."""
        return self.client.get("/api/v1/me", headers=bearer(token)).status_code == 200

    def logged_in(self) -> bool:
        """Whether the client's cookie is answered."""
        return self.client.get("/api/v1/me").status_code == 200

    def kept(self) -> bytes:
        """All bytes that are kept."""
        folder = self.accounts.path.parent
        return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """One."""
    made = Running(tmp_path)
    with made.client:
        yield made


def test_what_is_kept_opens_nothing(running: Running) -> None:
    """Neither password, token, cookie nor CSRF proof stands in the files, nor their secret parts."""
    _, token = running.accounts.create_token("office")
    csrf = log_in(running.client, "office", CHINESE)
    cookie = running.client.cookies["lianjian"]
    kept = running.kept()
    assert b"argon2id" in kept
    assert token[9:21].encode() in kept  # the id, by which it is found
    for secret in (PASSWORD, CHINESE, token, token.rsplit("_")[-1], cookie, cookie.split(".")[1], csrf):  # fmt: skip
        assert secret.encode() not in kept
        if secret not in (PASSWORD, CHINESE):
            assert bytes.fromhex(secret[-64:]) not in kept


def test_a_token_is_long_random_and_recognised() -> None:
    """256 bits each, by a prefix that programs that look for secrets can know; its kind of hash is not a token."""
    drawn = [Credential.new() for _ in range(200)]
    assert len({c.secret for c in drawn}) == len({c.id for c in drawn}) == 200
    for c in drawn:
        assert c.token.startswith("lianjian_")
        assert len(bytes.fromhex(c.secret)) == 32
        assert c.secret not in repr(c)
        assert Credential.of_token(c.token) == c
        assert Credential.of_cookie(c.token) is Credential.of_token(c.cookie) is None


def test_secrets_are_compared_in_constant_time(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same comparison is made whether or not there is a token of this id; none is found by its secret."""
    _, token = running.accounts.create_token("office")
    compared: list[tuple[int, int]] = []
    real = __import__("hmac").compare_digest

    def watched(a: bytes, b: bytes) -> bool:
        compared.append((len(a), len(b)))
        return bool(real(a, b))

    monkeypatch.setattr("api.access.credentials.hmac.compare_digest", watched)
    wrong_secret = token[:-1] + ("0" if token[-1] != "0" else "1")
    wrong_id = token.replace(token[9:21], "0" * 12)
    assert [running.accounts.by_token(t) is not None for t in (token, wrong_secret, wrong_id)] == [
        True, False, False,
    ]  # fmt: skip
    assert compared == [(32, 32)] * 3


@pytest.mark.parametrize("days", [1, 90])
def test_a_token_expires(running: Running, days: int) -> None:
    """To the second, and stays so."""
    _, token = running.accounts.create_token("office", days)
    running.clock.now += days * DAY - 1
    assert running.knows(token)
    running.clock.now += 1
    assert not running.knows(token)
    running.clock.now += 1000 * DAY
    assert not running.knows(token)


def test_a_session_expires(running: Running) -> None:
    """Unused after its idle time, used after a working day."""
    log_in(running.client, "office", CHINESE)
    running.clock.now += IDLE
    assert not running.logged_in()
    log_in(running.client, "office", CHINESE)
    began = running.clock.now
    while running.clock.now + IDLE / 2 < began + SESSION:
        running.clock.now += IDLE / 2
        assert running.logged_in()
    running.clock.now = began + SESSION
    assert not running.logged_in()


def test_what_is_revoked_by_another_process_holds_no_more_at_once(running: Running) -> None:
    """From the very next request: a token, a disabled account's token and session."""
    revoked, first = running.accounts.create_token("office")
    _, second = running.accounts.create_token("office")
    log_in(running.client, "office", CHINESE)
    other = Accounts(running.accounts.path.parent, running.clock)
    assert running.knows(first)
    other.revoke(revoked.id)
    assert not running.knows(first)
    assert running.knows(second)
    assert running.logged_in()
    other.disable("office")
    assert not running.knows(second)
    assert not running.logged_in()
    other.enable("office")
    assert not running.knows(second)
    assert not running.logged_in()


def test_a_new_password_ends_all_that_the_old_one_opened(running: Running) -> None:
    """Sessions and tokens: somebody may have had it."""
    _, token = running.accounts.create_token("office")
    log_in(running.client, "office", CHINESE)
    running.accounts.set_password("office", PASSWORD)
    assert not running.knows(token)
    assert not running.logged_in()
    wrong = running.client.post("/api/v1/session", json={"name": "office", "password": CHINESE})
    assert wrong.status_code == 401
    log_in(running.client, "office", PASSWORD)


def test_tokens_rotate_without_a_gap(running: Running) -> None:
    """The next one holds beside the one before, which is then revoked by itself."""
    old, first = running.accounts.create_token("office")
    _, second = running.accounts.create_token("office")
    assert running.knows(first)
    assert running.knows(second)
    running.accounts.revoke(old.id)
    assert (running.knows(first), running.knows(second)) == (False, True)


def test_a_login_never_takes_up_a_session_that_was_there(running: Running) -> None:
    """A cookie that somebody planted stays worthless, and the one that the browser had ends."""
    planted = "0" * 12 + "." + "0" * 64
    running.client.cookies.set("lianjian", planted, domain="127.0.0.1")
    log_in(running.client, "office", CHINESE)
    held = [c.value for c in running.client.cookies.jar if c.value != planted]
    assert len(held) == 1
    first = str(held[0])
    running.client.cookies.clear()
    running.client.cookies.set("lianjian", first)
    log_in(running.client, "office", CHINESE)
    running.client.cookies.clear()
    asked = running.client.get("/api/v1/me", headers={"cookie": f"lianjian={first}"})
    assert asked.status_code == 401


def test_wrong_logins_are_answered_alike(running: Running) -> None:
    """Unknown name, wrong password, disabled account: the same status, body and headers, in both languages."""
    running.accounts.add("gone", "viewer", None, PASSWORD)
    running.accounts.disable("gone")
    for lang in ("zh", "en"):
        answers = [
            running.client.post(
                "/api/v1/session",
                json={"name": name, "password": given},
                headers={"accept-language": lang},
            )
            for name, given in (
                ("nobody", PASSWORD), ("office", PASSWORD), ("gone", PASSWORD), ("gone", CHINESE), ("office", "x"),
            )
        ]  # fmt: skip
        assert {a.status_code for a in answers} == {401}
        assert len({a.content for a in answers}) == 1
        assert len({tuple(sorted(a.headers.items())) for a in answers}) == 1
        assert not any(a.cookies for a in answers)


def test_wrong_logins_take_as_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name's median time is within a third of a wrong password's, at the strength that is hashed with."""
    monkeypatch.undo()  # hash as outside of tests
    passwords._hasher.cache_clear()
    passwords._dummy.cache_clear()
    accounts = accounts_of(tmp_path / "x.db")
    accounts.add("office", "viewer", None, CHINESE)
    taken: dict[str, list[float]] = {"office": [], "nobody": []}
    for _ in range(9):
        for name, times in taken.items():
            before = time.thread_time()
            with pytest.raises(Exception, match="wrong"):
                accounts.login(name, PASSWORD)
            times.append(time.thread_time() - before)
    known, unknown = median(taken["office"]), median(taken["nobody"])
    assert 0.66 < unknown / known < 1.5
    passwords._hasher.cache_clear()
    passwords._dummy.cache_clear()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_token_in_an_address_is_refused_and_not_repeated(running: Running, lang: str) -> None:
    """By whatever name, also in the path, also where it would hold; the answer says to revoke it."""
    _, token = running.accounts.create_token("office")
    for url in (
        f"/api/v1/me?access_token={token}", f"/api/v1/me?q={token}", f"/api/v1/show/{token}", "/api/v1/me?token=x",
        f"/healthz?{token}", f"/api/v1/find?text={token.replace('_', '%5F')}", f"/api/v1/show/{token.replace('_', '%5f')}",
    ):  # fmt: skip
        answer = running.client.get(url, headers=bearer(token) | {"accept-language": lang})
        assert (answer.status_code, answer.json()["code"]) == (400, "token_in_address"), url
        assert token not in answer.text
        assert token.rsplit("_")[-1] not in answer.text
        assert "lianjian token revoke" in answer.json()["detail"]


def test_nothing_secret_is_logged_or_answered(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Over every operation, asked with good and bad secrets: no log line, no output and no answer has one."""
    caplog.set_level(logging.DEBUG)
    _, token = running.accounts.create_token("office")
    log_in(running.client, "office", CHINESE)
    cookie = running.client.cookies["lianjian"]
    app: Any = running.client.app
    seen = ""
    bad = token[:-4] + "0000"
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            for headers in ({}, bearer(token), bearer(bad)):
                answer = running.client.request(
                    method,
                    path.replace("{id}", "91B"),
                    headers=headers,
                    json={"name": "office", "password": CHINESE + "!"}
                    if method == "post"
                    else None,
                )
                seen += answer.text + str(answer.url)
    printed = capfd.readouterr()
    seen += caplog.text + printed.out + printed.err
    for secret in (token, bad, cookie, cookie.split(".")[1], CHINESE):
        assert secret not in seen

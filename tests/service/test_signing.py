"""Accounts, tokens and sessions in the journal: whatever becomes of them, whoever does it, and whoever is not let in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.journaling import who
from api.journal import Journal, Places
from tests.cli.commandline import Lianjian
from tests.service.people import CHINESE, PASSWORD, accounts_of, bearer, log_in, settings

TRIED = "my0ther-Passw0rd"
"""What somebody typed where the name belongs."""


@pytest.fixture
def journal(town: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """The journal beside the town's store; not there yet."""
    for name in ("LIANJIAN_STATE", "LIANJIAN_JOURNAL_KEY_FILE", "LIANJIAN_JOURNAL_ANCHOR"):
        monkeypatch.delenv(name, raising=False)
    return Journal(Places.of(town.with_suffix(".service"), {}))


@pytest.fixture
def guarded(town: Path) -> Iterator[TestClient]:
    """A service with an account."""
    accounts = accounts_of(town)
    accounts.add("office", "administrator", None, PASSWORD)
    accounts.close()
    app = create_app(settings(town))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def told(journal: Journal) -> list[tuple[str, str, str, str]]:
    """What the rows say, the oldest first: who, by which operation, about whom (kinds alone of what is drawn), and the outcome."""
    out = []
    for row in journal.rows():
        kinds = [
            c if c.startswith("account:") else c.partition(":")[0] for c in row.subjects.split()
        ]
        out.append((row.name, row.operation, " ".join(kinds), row.outcome))
    return out[::-1]


def typed(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD) -> None:
    """Have a password stand on stdin."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))


def test_what_the_command_line_does_to_accounts(
    town: Path, journal: Journal, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each creation, change and revocation is an intent and its outcome, about the account and the tokens that go with it."""
    typed(monkeypatch)
    assert lianjian("user", "add", "office", "--role", "administrator").code == 0
    typed(monkeypatch)
    assert lianjian("user", "add", "district", "--role", "viewer").code == 0
    token = lianjian("token", "create", "district", "--json").json
    assert lianjian("token", "revoke", token["id"]).code == 0
    assert lianjian("token", "create", "district").code == 0
    typed(monkeypatch, CHINESE)
    assert lianjian("user", "password", "district").code == 0
    assert lianjian("user", "disable", "district").code == 0
    assert lianjian("user", "enable", "district").code == 0
    assert lianjian("user", "disable", "office").code == 2
    assert lianjian("token", "revoke", token["token"]).code == 2
    assert lianjian("user", "list").code == 0
    me, one, two = who().name, "account:district", "account:office"
    ends = ("intent", "done")
    assert told(journal) == [
        *((me, "user add", two, e) for e in ends),
        *((me, "user add", one, e) for e in ends),
        *((me, "token create", f"{one} token", e) for e in ends),
        *((me, "token revoke", f"{one} token", e) for e in ends),
        *((me, "token create", f"{one} token", e) for e in ends),
        *((me, "user password", f"{one} token", e) for e in ends),
        *((me, "user disable", one, e) for e in ends),
        *((me, "user enable", one, e) for e in ends),
        *((me, "user disable", two, e) for e in ("intent", "failed")),
    ]
    assert {r.action for r in journal.rows()} == {"account"}
    assert f"token:{token['id']}" in {c for r in journal.rows() for c in r.subjects.split()}
    assert not hidden(journal, PASSWORD, CHINESE, token["token"], token["token"][-64:])


def hidden(journal: Journal, *texts: str) -> list[str]:
    """Which of some texts stand in the journal's file all the same."""
    path = journal.places.file
    parts = [path, path.with_name(f"{path.name}-wal")]
    raw = b"".join(p.read_bytes() for p in parts if p.exists())
    return [text for text in texts if text.encode() in raw]


def test_whoever_comes_goes_or_is_not_let_in(guarded: TestClient, journal: Journal) -> None:
    """Logging in and out is intent and outcome under one's name; a failure is nobody's row, about the account if there is one."""
    for name, password in (("office", "wrong"), (TRIED, PASSWORD)):
        refused = guarded.post("/api/v1/session", json={"name": name, "password": password})
        assert refused.status_code == 401
    log_in(guarded, " OFFICE")
    proof = log_in(guarded, "office")
    assert guarded.delete("/api/v1/session", headers={"x-csrf-token": proof}).status_code == 204
    ends = ("intent", "done")
    assert told(journal) == [
        ("", "login", "account:office", "failed"),
        ("", "login", "", "failed"),
        *(("office", "login", "session", e) for e in ends),
        *(("office", "login", "session", e) for e in ends),
        *(("office", "login", "session", e) for e in ends),  # the one that the browser had, ended
        *(("office", "logout", "session", e) for e in ends),
    ]
    assert {r.action for r in journal.rows()} == {"sign_in"}
    assert not hidden(journal, TRIED, PASSWORD)
    assert journal.verify().ok


def test_a_token_that_logs_out_ends_nothing(
    town: Path, guarded: TestClient, journal: Journal
) -> None:
    """It is answered, without a row."""
    accounts = accounts_of(town)
    token = accounts.create_token("office")[1]
    accounts.close()
    assert guarded.delete("/api/v1/session", headers=bearer(token)).status_code == 204
    assert told(journal) == []


def test_without_a_row_nobody_comes_in(
    town: Path, guarded: TestClient, journal: Journal, lianjian: Lianjian
) -> None:
    """Where the journal can't be written: no session, 503 for right and wrong passwords alike; no account, exit 3."""
    journal.places.file.mkdir(parents=True)
    for password in (PASSWORD, "wrong"):
        answer = guarded.post("/api/v1/session", json={"name": "office", "password": password})
        assert (answer.status_code, answer.json()["code"]) == (503, "journal")
        assert "set-cookie" not in answer.headers
    assert lianjian("user", "disable", "office").code == 3
    assert lianjian("token", "create", "office").code == 3
    accounts = accounts_of(town)
    assert accounts.all()[0].disabled is None
    assert accounts.tokens() == []
    accounts.close()

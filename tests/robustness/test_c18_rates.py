"""C18: whoever asks too often is told when to ask again; others are answered meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from hypothesis import HealthCheck, given
from hypothesis import settings as drawing
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.access import permissions
from api.access.identity import LOCAL, Identity
from api.access.rates import Rates
from api.access.refusals import TooManyError
from api.app import create_app
from api.journal.operations import OPERATIONS
from api.settings import Allowances
from api.wire import Problem
from tests.cut.conftest import city
from tests.cut.test_cut import FIRMS, UNITS
from tests.service.people import PASSWORD, Clock, _quick, accounts_of, bearer, settings

__all__ = ["_quick"]
URL = "http://127.0.0.1"
FEW = Allowances(login="3/minute;6/hour", address="8/minute", reads="5/minute", heavy="2/minute")
A, B = Identity("a", "planner"), Identity("b", "planner")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time by which requests are counted."""
    made = Clock()
    monkeypatch.setattr(time, "time", made)
    return made


@pytest.fixture
def tokens(tmp_path: Path) -> dict[str, str]:
    """Two accounts' tokens."""
    accounts = accounts_of(tmp_path / "lianjian.db")
    for name in "ab":
        accounts.add(name, "planner", None, PASSWORD)
    made = {name: accounts.create_token(name)[1] for name in "ab"}
    accounts.close()
    return made


@pytest.fixture
def client(tmp_path: Path, tokens: dict[str, str]) -> Iterator[TestClient]:
    """A service that allows little, with one operation that takes much."""
    app = create_app(settings(tmp_path / "lianjian.db", allowances=FEW))
    router = APIRouter(tags=["plans"])
    router.add_api_route("/api/v1/probe", lambda: {"ok": True}, name="probe")
    app.include_router(router)
    app.state.permissions = permissions.table(app)
    with TestClient(app, base_url=URL, raise_server_exceptions=False) as made:
        yield made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_too_many_requests_are_refused_by_identity(
    client: TestClient, tokens: dict[str, str], lang: str
) -> None:
    """429 in the one shape with Retry-After; another account from the same address is answered."""

    def asked(name: str) -> int:
        return client.get(
            "/api/v1/me", headers=bearer(tokens[name]) | {"accept-language": lang}
        ).status_code

    assert [asked("a") for _ in range(7)] == [200] * 5 + [429] * 2
    assert asked("b") == 200
    answer = client.get("/api/v1/me", headers=bearer(tokens["a"]) | {"accept-language": lang})
    said = Problem.model_validate(answer.json())
    assert (said.status, said.code) == (429, "too_many")
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= 60
    assert str(wait) in said.detail


def test_whoever_is_not_known_is_counted_by_address(client: TestClient) -> None:
    """Also who shows tokens that don't hold; that the process runs is always answered."""
    guesses = [bearer("lianjian_" + f"{n:012x}_" + "0" * 64) for n in range(7)]
    asked = [client.get("/api/v1/me", headers=h).status_code for h in guesses]
    assert asked == [401] * 5 + [429] * 2
    assert client.get("/api/v1/openapi.json").status_code == 429
    assert {client.get("/healthz").status_code for _ in range(20)} == {200}


def test_what_takes_much_has_a_limit_of_its_own(
    client: TestClient, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it, what takes little is still answered."""
    monkeypatch.setattr("api.journal.serving.OPERATIONS", dict(OPERATIONS) | {"probe": None})
    asked = [client.get("/api/v1/probe", headers=bearer(tokens["a"])).status_code for _ in range(3)]
    assert asked == [200, 200, 429]
    assert client.get("/api/v1/me", headers=bearer(tokens["a"])).status_code == 200
    assert client.get("/api/v1/probe", headers=bearer(tokens["b"])).status_code == 200


@pytest.mark.usefixtures("clock")  # no minute passes meanwhile
def test_what_has_to_be_made_first_counts_as_taking_much(
    tmp_path: Path, tokens: dict[str, str]
) -> None:
    """A question of a city that is not kept yet counts once, however much of it is read; what is kept is free."""
    path = tmp_path / "lianjian.db"
    rows = {"unit": UNITS[2], "organization": FIRMS[2]}
    city(
        path, [(kind, day, some) for day in (20160801, 20160901) for kind, some in rows.items()]
    ).close()
    few = Allowances(reads="100/minute", heavy="2/minute")
    with TestClient(
        create_app(settings(path, allowances=few)), base_url=URL, raise_server_exceptions=False
    ) as made:

        def ask(name: str, day: str) -> int:
            body = {"kind": "organization", "as_of": day}
            return made.post(
                "/api/v1/question", json=body, headers=bearer(tokens[name])
            ).status_code

        assert [ask("a", "2016-08-01") for _ in range(4)] == [200] * 4
        assert [ask("a", day) for day in ("2016-08-02", "2016-08-03", "2016-08-01")] == [
            200,
            429,
            200,
        ]
        assert ask("b", "2016-08-03") == 200
        # what another had made is there for all
        assert ask("a", "2016-08-03") == 200
        board = made.get("/api/v1/board/list", headers=bearer(tokens["a"]))
        assert (board.status_code, board.json()["code"]) == (429, "too_many")


@pytest.mark.usefixtures("clock")  # no minute passes meanwhile
@pytest.mark.parametrize(
    "path",
    [
        "board/lookback",
        "inspection/list",
        "inspection/show/x",
        "report/rows?figure=base",
        "calendar",
    ],
)
def test_a_file_counts_as_taking_much_wherever_it_is_made_for_who_asks(
    tmp_path: Path, tokens: dict[str, str], path: str
) -> None:
    """Nothing of it is kept, so that each is made; whether it then is there or not."""
    city(tmp_path / "lianjian.db", [UNITS, FIRMS]).close()
    few = Allowances(reads="100/minute", heavy="2/minute")
    with TestClient(
        create_app(settings(tmp_path / "lianjian.db", allowances=few)), base_url=URL
    ) as made:
        url = f"/api/v1/{path}{'&' if '?' in path else '?'}format=csv"
        asked = [made.get(url, headers=bearer(tokens["a"])).status_code for _ in range(3)]
    assert asked[0] == asked[1] != 429
    assert asked[2] == 429


def test_guessing_passwords_is_slow(
    tmp_path: Path, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default five a minute for a name from an address, however it is spelled; what is refused is not hashed; the name
    can still log in from elsewhere.
    """
    hashed: list[str | None] = []
    from api.access import passwords

    real = passwords.verified

    def watched(kept: str | None, shown: str) -> bool:
        hashed.append(kept)
        return real(kept, shown)

    monkeypatch.setattr(passwords, "verified", watched)
    app = create_app(settings(tmp_path / "lianjian.db"))

    def tried(client: TestClient, name: str, password: str) -> int:
        return client.post("/api/v1/session", json={"name": name, "password": password}).status_code

    with TestClient(app, base_url=URL, client=("10.0.0.1", 1)) as client:
        spelled = ["a", "A", " a", "ａ", "a ", "a", "a"]
        assert [tried(client, n, "wrong wrong wrong") for n in spelled] == [401] * 5 + [429] * 2
        assert tried(client, "a", PASSWORD) == 429
        assert len(hashed) == 5
        assert tried(client, "b", PASSWORD) == 200
    with TestClient(app, base_url=URL, client=("10.0.0.2", 1)) as client:
        assert tried(client, "a", PASSWORD) == 200


def test_guessing_names_is_slow_too(clock: Clock) -> None:
    """An address has so many attempts, whatever the names."""
    rates = Rates(FEW)
    for n in range(8):
        rates.login(f"name{n}", "10.0.0.1")
    with pytest.raises(TooManyError):
        rates.login("another", "10.0.0.1")
    rates.login("another", "10.0.0.2")


def test_the_longer_limit_holds_when_the_shorter_is_over(clock: Clock) -> None:
    """Three a minute, but six an hour."""
    rates = Rates(FEW)
    allowed = 0
    for _ in range(20):
        try:
            rates.login("a", "10.0.0.1")
            allowed += 1
        except TooManyError:
            pass
        clock.now += 90
    assert allowed == 6


def test_a_machine_s_owner_is_not_counted(clock: Clock) -> None:
    """Who sits at a service without accounts asks as often as they like."""
    rates = Rates(FEW)
    for _ in range(100):
        rates.request(LOCAL, "127.0.0.1")
        rates.heavy(LOCAL, "127.0.0.1")
    # an account of that name is not them
    for _ in range(5):
        rates.request(Identity("x", "administrator"), "127.0.0.1")
    with pytest.raises(TooManyError):
        rates.request(Identity("x", "administrator"), "127.0.0.1")


@drawing(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from([A, B]), st.floats(0, 40)), max_size=40),
    begin=st.floats(1.7e9, 1.8e9),
)
def test_who_waits_as_told_is_answered(
    clock: Clock, steps: list[tuple[Identity, float]], begin: float
) -> None:
    """After Retry-After the same question passes; nobody has more than twice the limit in a minute."""
    clock.now = begin
    rates = Rates(Allowances(reads="5/minute"))
    passed: dict[str, list[float]] = {"a": [], "b": []}
    for who, pause in steps:
        clock.now += pause
        try:
            rates.request(who, "10.0.0.1")
        except TooManyError as refused:
            clock.now += int(refused.headers["retry-after"])
            rates.request(who, "10.0.0.1")
        passed[who.name].append(clock.now)
    for times in passed.values():
        for last in times:
            assert sum(last - 60 < t <= last for t in times) <= 10

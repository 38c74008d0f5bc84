"""Who may ask what over HTTP: alone on a machine, logged in, by token; by role; from which page; from where."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from api.access import permissions, reach
from api.access.identity import ROLES
from api.access.permissions import UnguardedError
from api.app import HEADERS, create_app
from api.settings import Settings
from api.stores import Stores
from api.wire import Problem
from graph.errors import InputError, StoreError
from graph.store import open_store
from tests.cli.commandline import Lianjian
from tests.cut.conftest import add
from tests.cut.test_cut import firm
from tests.service.people import (
    PASSWORD,
    accounts_of,
    bearer,
    log_in,
    settings,
    tokens_by_role,
)

OWN = "http://127.0.0.1:8765"


def asking(made: Settings, **others: Any) -> TestClient:
    """A client of a service with these settings."""
    given: dict[str, Any] = {"base_url": OWN, "raise_server_exceptions": False} | others
    return TestClient(create_app(made), **given)


@pytest.fixture
def tokens(town: Path) -> dict[str, str]:
    """A token of each role."""
    return tokens_by_role(town)


@pytest.fixture
def guarded(town: Path, tokens: dict[str, str]) -> Iterator[TestClient]:
    """A service with accounts."""
    with asking(settings(town)) as client:
        yield client


def operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path with something in its blanks, and what the document says, of every operation."""
    out = []
    for path, at in app.openapi()["paths"].items():
        for method, operation in at.items():
            out.append((method.upper(), path.replace("{id}", "91B"), operation))
    return out


# -- alone on a machine ------------------------------------------------------------------------------------------


def test_without_accounts_whoever_sits_at_the_machine_may_everything(client: TestClient) -> None:
    """And is named as that."""
    assert client.get("/api/v1/me").json() == {
        "name": "local", "role": "administrator", "jurisdiction": None, "csrf": None, "expires": None, "store": True,
    }  # fmt: skip
    assert client.get("/api/v1/show/91B").status_code == 200


@pytest.mark.parametrize("place", ["file", "server"])
def test_a_store_that_holds_nothing_is_as_good_as_none(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is: without imports, and with all of them taken back; one that can't be asked is there, and says why."""
    path = tmp_path / "city.db"
    store = open_store(str(path), create=True)
    monkeypatch.setattr("api.stores.open_store", lambda _: store)
    monkeypatch.setattr(store, "close", lambda: None)
    stores = Stores(str(path) if place == "file" else "neo4j://db.example", 2, None)  # type: ignore[arg-type]
    assert not stores.holds()
    add(store, 1, ("organization", 20160801, [firm("F1", 1)]), "a.csv")
    assert stores.holds()
    store.undo(store.batches()[-1].id)
    assert not stores.holds()

    def lost() -> None:
        raise StoreError("it can't be reached", "无法连接")

    monkeypatch.setattr(store, "batches", lost)
    assert stores.holds()
    monkeypatch.undo()
    store.close()


def test_the_first_account_shuts_the_door_of_a_running_service(
    client: TestClient, town: Path
) -> None:
    """From the next request on."""
    assert client.get("/api/v1/show/91B").status_code == 200
    accounts_of(town).add("a", "viewer", None, PASSWORD)
    assert client.get("/api/v1/show/91B").status_code == 401
    log_in(client, "a")
    assert client.get("/api/v1/show/91B").status_code == 200


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-real-ip"])
def test_without_accounts_a_proxy_s_requests_are_refused(client: TestClient, header: str) -> None:
    """Somebody else asks through it."""
    answer = client.get("/api/v1/status", headers={header: "10.0.0.9"})
    assert (answer.status_code, answer.json()["code"]) == (403, "proxied")
    assert "--behind-proxy" in answer.json()["detail"]


def test_a_service_for_others_never_takes_anybody_for_local(town: Path) -> None:
    """Even where its accounts are gone: behind a proxy everybody comes from this machine."""
    for others in ({"behind_proxy": True}, {"names": ("city.example",)}, {"host": "192.168.1.5"}):
        with asking(settings(town, **others)) as client:
            assert client.get("/api/v1/me").status_code == 401, others


# -- nobody, somebody --------------------------------------------------------------------------------------------


def test_all_but_four_operations_need_to_know_who_asks(guarded: TestClient) -> None:
    """401 in the one shape, with the header that says how; unknown paths too."""
    app: Any = guarded.app
    answered = set()
    for method, path, operation in [*operations(app), ("GET", "/api/v1/nothing", {})]:
        answer = guarded.request(method, path)
        if answer.status_code != 401 or operation.get("operationId") == "login":
            answered.add(operation["operationId"])
            continue
        said = Problem.model_validate(answer.json())
        assert (said.status, said.code) == (401, "unidentified"), path
        assert answer.headers["www-authenticate"] == 'Bearer realm="lianjian"'
    assert answered == {"healthz", "readyz", "login"}
    assert guarded.get("/api/v1/openapi.json").status_code == 200


def test_each_operation_is_for_the_roles_that_its_document_says(
    guarded: TestClient, tokens: dict[str, str]
) -> None:
    """Every role over every operation: 403 where it has no row for it, and never else."""
    app: Any = guarded.app
    for method, path, operation in operations(app):
        for role in ROLES:
            answer = guarded.request(method, path, headers=bearer(tokens[role]))
            allowed = role in operation.get("x-roles", ROLES)
            assert (answer.status_code == 403) is not allowed, (path, role)
            assert answer.status_code != 401 or operation["operationId"] == "login"


@pytest.mark.parametrize(
    ("tag", "allowed"),
    [
        ("lookup", {"viewer", "planner", "auditor", "administrator"}),
        ("candidates", {"planner", "administrator"}),
        ("imports", {"planner", "administrator"}),
        ("audit", {"auditor", "administrator"}),
        ("decisions", {"auditor", "administrator"}),
    ],
)
def test_a_role_that_does_not_do_is_told_which_does(
    town: Path, tokens: dict[str, str], tag: str, allowed: set[str]
) -> None:
    """403 before parameters are looked at, in both languages."""
    app = create_app(settings(town))
    router = APIRouter(tags=[tag])
    router.add_api_route("/probe", lambda needed: {"ok": needed}, name="probe")
    app.include_router(router)
    app.state.permissions = permissions.table(app)
    with TestClient(app, base_url=OWN) as client:
        for role in ROLES:
            for lang in ("zh", "en"):
                answer = client.get(
                    "/probe", headers=bearer(tokens[role]) | {"accept-language": lang}
                )
                if role in allowed:
                    assert answer.status_code == 400
                    continue
                said = Problem.model_validate(answer.json())
                assert (said.status, said.code) == (403, "forbidden")
                assert all(r in said.detail for r in allowed)


def test_a_route_without_a_row_is_no_route(town: Path) -> None:
    """Neither an unknown tag, nor none, nor two of a name, nor what is no operation; a row of its own goes before the tag's."""

    def probed(**route: Any) -> None:
        app = create_app(settings(town))
        router = APIRouter()
        router.add_api_route("/probe", lambda: {"ok": True}, **route)
        app.include_router(router)
        permissions.table(app)

    probed(name="probe", tags=["lookup"])
    for wrong in (
        {"name": "probe"}, {"name": "probe", "tags": ["news"]}, {"name": "probe", "tags": ["lookup", "news"]},
        {"name": "find", "tags": ["lookup"]},
    ):  # fmt: skip
        with pytest.raises(UnguardedError, match=str(wrong["name"])):
            probed(**wrong)
    for mounted in (
        Mount("/files", PlainTextResponse("x"), name="files"),
        Route("/plain", lambda _: PlainTextResponse("x"), name="plain"),
    ):
        app = create_app(settings(town))
        app.router.routes.append(mounted)
        with pytest.raises(UnguardedError, match=mounted.name):
            permissions.table(app)


def test_an_operation_with_two_tags_is_for_those_that_both_allow() -> None:
    """No tag opens what another shuts; two that share nobody are refused."""
    assert permissions.roles_of("probe", ["lookup", "audit"]) == permissions.AUDITORS
    assert permissions.roles_of("probe", ["candidates", "audit"]) == permissions.ADMINISTRATORS


def test_an_administrator_may_everything() -> None:
    """Each row of the table has the role."""
    rows = [*permissions.BY_TAG.values(), *permissions.BY_OPERATION.values()]
    assert all(roles is None or "administrator" in roles for roles in rows)


# -- browsers ----------------------------------------------------------------------------------------------------


def test_a_session_begins_is_known_and_ends(guarded: TestClient) -> None:
    """Log in, ask, log out: the old cookie holds no more."""
    answer = guarded.post("/api/v1/session", json={"name": "planner", "password": PASSWORD})
    assert answer.headers["cache-control"] == "no-store"
    csrf = answer.json()["csrf"]
    me = guarded.get("/api/v1/me").json()
    assert me == answer.json()
    assert (me["name"], me["role"]) == ("planner", "planner")
    cookie = guarded.cookies["lianjian"]
    gone = guarded.delete("/api/v1/session", headers={"x-csrf-token": csrf})
    assert gone.status_code == 204
    assert "lianjian" not in guarded.cookies
    again = guarded.get("/api/v1/me", headers={"cookie": f"lianjian={cookie}"})
    assert (again.status_code, again.json()["code"]) == (401, "unidentified")
    assert 'error="invalid_token"' in again.headers["www-authenticate"]


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookie_is_for_this_host_and_no_script(
    town: Path, tokens: dict[str, str], secure: bool
) -> None:
    """HttpOnly and SameSite=Strict; with TLS also Secure and by a name that no other host can set; HSTS then."""
    made = settings(town, behind_proxy=True, names=("city.example",)) if secure else settings(town)
    with asking(made, base_url="https://city.example" if secure else OWN) as client:
        answer = client.post("/api/v1/session", json={"name": "viewer", "password": PASSWORD})
        name, *parts = answer.headers["set-cookie"].split("; ")
        assert {p.lower() for p in parts} == {"httponly", "path=/", "samesite=strict"} | (
            {"secure"} if secure else set()
        )
        assert name.startswith("__Host-lianjian=" if secure else "lianjian=")
        assert ("strict-transport-security" in answer.headers) is secure
        assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("shown", [None, "", "0" * 64, "é"])
def test_what_changes_something_needs_the_csrf_header(
    guarded: TestClient, shown: str | None
) -> None:
    """A session's cookie alone, or with another proof, changes nothing."""
    log_in(guarded, "viewer")
    headers = [] if shown is None else [(b"x-csrf-token", shown.encode())]
    answer = guarded.delete("/api/v1/session", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert guarded.get("/api/v1/me").status_code == 200


def test_one_session_s_proof_is_not_another_s(guarded: TestClient) -> None:
    """Each session has its own."""
    first = log_in(guarded, "viewer")
    assert log_in(guarded, "viewer") != first
    answer = guarded.delete("/api/v1/session", headers={"x-csrf-token": first})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}],
)
def test_another_page_can_t_log_in_or_change_anything(
    client: TestClient, headers: dict[str, str]
) -> None:
    """Not at a machine without accounts either; our own pages can."""
    for method, path in (("POST", "/api/v1/session"), ("DELETE", "/api/v1/session")):
        answer = client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert client.delete("/api/v1/session", headers={"origin": OWN}).status_code == 204


def test_a_token_needs_no_csrf_header(guarded: TestClient, tokens: dict[str, str]) -> None:
    """No browser sends it by itself; a token that does not hold is not helped by a cookie."""
    answer = guarded.delete("/api/v1/session", headers=bearer(tokens["viewer"]))
    assert answer.status_code == 204
    log_in(guarded, "viewer")
    for wrong in ("Bearer nonsense", "Basic dmlld2VyOng=", "Bearer", ""):
        assert guarded.get("/api/v1/me", headers={"authorization": wrong}).status_code == 401


def test_a_body_that_is_no_login_is_said(guarded: TestClient) -> None:
    """400 in the one shape; the password is not repeated."""
    bodies: list[Any] = [{}, {"name": "a"}, {"name": "a", "password": "secret", "more": 1}, [], "x"]
    for body in bodies:
        answer = guarded.post("/api/v1/session", json=body)
        assert answer.status_code == 400
        assert "secret" not in answer.text
        Problem.model_validate(answer.json())
    form = guarded.post("/api/v1/session", data={"name": "viewer", "password": PASSWORD})
    assert form.status_code == 400  # what a form of another page could send


def test_headers_are_constant(guarded: TestClient, tokens: dict[str, str]) -> None:
    """What browsers keep to is said of refusals too, of whatever kind."""
    answers = [
        guarded.get("/api/v1/me"),
        guarded.get("/api/v1/me", headers=bearer(tokens["viewer"])),
        guarded.delete("/api/v1/session", headers={"sec-fetch-site": "cross-site"}),
        guarded.get("/api/v1/me?access_token=x"),
        guarded.post("/api/v1/session", json={"name": "a", "password": "b"}),
    ]
    assert [a.status_code for a in answers] == [401, 200, 403, 400, 401]
    for answer in answers:
        assert {k: answer.headers.get(k) for k in HEADERS} == HEADERS
        assert "server" not in answer.headers
        assert "strict-transport-security" not in answer.headers


def test_an_accounts_file_that_is_damaged_opens_nothing(guarded: TestClient, town: Path) -> None:
    """503 with the way out, but the process still says that it runs."""
    accounts = accounts_of(town)
    for name in ("accounts.db-wal", "accounts.db-shm"):
        accounts.path.with_name(name).unlink(missing_ok=True)
    accounts.path.unlink()
    accounts.path.write_bytes(b"no database" * 1000)
    answer = guarded.get("/api/v1/me")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "no accounts of Lianjian; put a backup of it back" in answer.json()["detail"]
    assert "accounts.db" not in answer.text
    assert guarded.get("/healthz").status_code == 200


# -- from where --------------------------------------------------------------------------------------------------


def test_what_a_proxy_says_is_believed_of_a_proxy_only(town: Path) -> None:
    """The address that is counted is the one it forwards for; others can't make theirs up."""
    accounts_of(town).add("a", "viewer", None, PASSWORD)
    made = settings(town, behind_proxy=True, names=("city.example",), proxies=("10.0.0.0/24",))
    wrong = {"name": "a", "password": "wrong, wrong, wrong"}

    def tried(client: TestClient, address: str) -> int:
        headers = {"x-forwarded-for": address}
        return client.post("/api/v1/session", json=wrong, headers=headers).status_code

    with asking(made, base_url="https://city.example", client=("10.0.0.7", 1)) as client:
        assert [tried(client, "198.51.100.1") for _ in range(6)] == [401] * 5 + [429]
        assert tried(client, "198.51.100.2") == 401
    with asking(made, base_url="https://city.example", client=("10.0.1.7", 1)) as client:
        assert [tried(client, f"198.51.100.{n}") for n in range(6)] == [401] * 5 + [429]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "city.example", "localhost.test"])
def test_others_are_listened_for_only_with_accounts_tls_and_a_name(town: Path, host: str) -> None:
    """Each that is missing is refused with the way out."""
    accounts = accounts_of(town)
    made = settings(town, host=host)
    with pytest.raises(InputError, match="user add"):
        reach.refuse(made, accounts)
    accounts.add("a", "viewer", None, PASSWORD)
    with pytest.raises(InputError, match="--tls-cert"):
        reach.refuse(made, accounts)
    behind = settings(town, host=host, behind_proxy=True)
    with pytest.raises(InputError, match="--name"):
        reach.refuse(behind, accounts)
    reach.refuse(settings(town, host=host, behind_proxy=True, names=("city.example",)), accounts)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_this_machine_has_several_names(town: Path, host: str) -> None:
    """All of them are fine without accounts, but not before a proxy."""
    reach.refuse(settings(town, host=host), accounts_of(town))
    with pytest.raises(InputError, match="user add"):
        reach.refuse(settings(town, host=host, behind_proxy=True), accounts_of(town))


LOCAL = ("http://127.0.0.1:8765", "http://[::1]:8765")


@pytest.mark.parametrize(
    ("host", "names", "shown"),
    [
        ("127.0.0.1", (), "http://127.0.0.1:8765"),
        ("127.8.9.1", (), "http://127.8.9.1:8765"),
        ("localhost", (), "http://localhost:8765"),
        ("::1", (), "http://[::1]:8765"),
        ("[::1]", (), "http://[::1]:8765"),
        ("0:0:0:0:0:0:0:1", (), "http://[::1]:8765"),
        ("2001:DB8::7", (), "http://[2001:db8::7]:8765"),
        ("fe80::7%eth0", (), "http://[fe80::7]:8765"),
        ("::", ("city.example",), "http://city.example:8765"),
        ("[::]", ("city.example",), "http://city.example:8765"),
        ("0.0.0.0", ("city.example",), "http://city.example:8765"),
    ],
)
def test_the_address_that_is_shown_can_be_opened(
    town: Path, host: str, names: tuple[str, ...], shown: str
) -> None:
    """It is a URL whose host the service answers to, however the address to listen at was written."""
    accounts_of(town).add("a", "viewer", None, PASSWORD)
    made = settings(town, host=host, names=names)
    assert reach.shown(made, 8765) == shown
    behind = reach.shown(settings(town, host=host, names=names, behind_proxy=True), 8765)
    assert behind == (shown if host not in ("::", "[::]", "0.0.0.0") else LOCAL[":" in host])
    with asking(made, base_url=shown) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400


def test_names_are_answered_that_are_given(town: Path, tokens: dict[str, str]) -> None:
    """And no others."""
    made = settings(town, behind_proxy=True, names=("city.example",))
    with asking(made) as client:
        for name, status in (
            ("city.example", 401),
            ("city.example:443", 401),
            ("evil.example", 400),
        ):
            assert client.get("/api/v1/me", headers={"host": name}).status_code == status


ENVIRONMENT = {
    "LIANJIAN_NAMES": "City.example, city2.example", "LIANJIAN_TLS_CERT": "c.pem", "LIANJIAN_TLS_KEY": "k.pem",
    "LIANJIAN_BEHIND_PROXY": "1", "LIANJIAN_PROXIES": "10.0.0.5,10.1.0.0/16", "LIANJIAN_RATE_READS": "9/second",
    "LIANJIAN_STATE": "s", "LIANJIAN_HOST": "::1", "LIANJIAN_PORT": "1",
}  # fmt: skip


def test_settings_come_from_options_then_environment() -> None:
    """One place, the option first."""
    made = Settings.of("x.db", environment=ENVIRONMENT)
    assert made.names == ("city.example", "city2.example")
    assert (made.tls_cert, made.tls_key, made.behind_proxy) == ("c.pem", "k.pem", True)
    assert made.proxies == ("10.0.0.5", "10.1.0.0/16")
    assert (made.allowances.reads, made.allowances.heavy) == ("9/second", "30/minute")
    assert (made.state, made.host, made.port) == ("s", "::1", 1)
    first = Settings.of("x.db", environment=ENVIRONMENT, names=["a.example"], proxies=["10.9.9.9"])
    assert (first.names, first.proxies) == (("a.example",), ("10.9.9.9",))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANJIAN_NAMES", "*"), ("LIANJIAN_NAMES", "*.example"), ("LIANJIAN_NAMES", "https://city.example"),
        ("LIANJIAN_NAMES", "city.example:443"), ("LIANJIAN_PROXIES", "proxy"), ("LIANJIAN_PROXIES", "*"),
        ("LIANJIAN_PROXIES", "10.0.0.1/24"), ("LIANJIAN_BEHIND_PROXY", "perhaps"),
    ],
)  # fmt: skip
def test_settings_that_are_none_are_refused(name: str, value: str) -> None:
    """No wildcard, nothing that would be believed of everybody."""
    with pytest.raises(InputError):
        Settings.of("x.db", environment={name: value})


def test_a_rate_that_is_none_is_refused(town: Path) -> None:
    """Before anybody asks."""
    with pytest.raises(InputError, match="5/minute"):
        create_app(Settings.of(str(town), environment={"LIANJIAN_RATE_READS": "often"}))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "0.0.0.0"), "user add"),
        (("--behind-proxy",), "user add"),
        (("--name", "city.example"), "user add"),
        (("--tls-cert", "c.pem"), "--tls-key"),
        (("--tls-cert", "c.pem", "--tls-key", "k.pem"), "PEM"),
        (("--proxy", "everybody"), "everybody"),
    ],
)
def test_serve_refuses_before_it_listens(
    town: Path, lianjian: Lianjian, arguments: tuple[str, ...], said: str
) -> None:
    """In one line with the way out."""
    answer = lianjian("serve", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    cert, pem = folder / "c.pem", folder / "k.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, pem


def test_a_service_for_others_answers_by_tls(town: Path, tokens: dict[str, str]) -> None:
    """With a certificate on every address: a token is answered, nobody is not, and it leaves when told."""
    cert, key = certificate(town.parent)
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from api.cli import main; main()", "serve", "--host", "0.0.0.0", "--port", "0",
            "--name", "city.example", "--tls-cert", str(cert), "--tls-key", str(key), "--json", "--store", str(town),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        url = said["url"].replace("https://city.example:", "https://127.0.0.1:")
        assert url.startswith("https://127.0.0.1:")
        trusted = ssl.create_default_context(cafile=str(cert))
        asked = urllib.request.Request(f"{url}/me", headers=bearer(tokens["viewer"]))
        with urllib.request.urlopen(asked, timeout=30, context=trusted) as answer:
            assert json.load(answer)["role"] == "viewer"
            assert answer.headers["strict-transport-security"]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{url}/me", timeout=30, context=trusted)
    finally:
        process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=30)
    assert "Traceback" not in rest
    assert tokens["viewer"] not in rest

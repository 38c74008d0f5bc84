"""Whoever can't reach a Neo4j server, or is refused by it, is told why in a line, soon; nothing tried makes it worse."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from graph.errors import StoreError
from graph.store import open_store
from tests.neo4j_server.server import HOST, free_port
from tests.robustness import stores

if TYPE_CHECKING:
    from tests.neo4j_server.server import Server
    from tests.robustness.proxy import Proxy


def refused(url: str) -> StoreError:
    """Return what opening a store says, which is one line in either language and names the address."""
    with pytest.raises(StoreError) as e:
        open_store(url, create=True).close()
    for text in (e.value.en, e.value.zh):
        assert "\n" not in text
        assert url in text
        assert "neo4j.exceptions" not in text
    assert e.value.exit_code == 3
    return e.value


@pytest.fixture
def anybody(monkeypatch: pytest.MonkeyPatch) -> str:
    """A password that must not be in any message."""
    monkeypatch.setenv("LIANJIAN_NEO4J_PASSWORD", "geheim-4711")
    return "geheim-4711"


@pytest.mark.parametrize("scheme", ["neo4j", "bolt", "neo4j+s", "bolt+ssc"])
def test_nobody_there_is_told_at_once(scheme: str, anybody: str) -> None:
    """Where nobody listens, the address is named within two seconds: it may just be mistyped."""
    begin = time.monotonic()
    said = refused(f"{scheme}://{HOST}:{free_port()}")
    assert time.monotonic() - begin < 2
    assert "can't be reached" in said.en
    assert "refused" in said.en
    assert "无法连接" in said.zh
    assert anybody not in said.en + said.zh


def test_unknown_host_is_told_at_once(anybody: str) -> None:
    """A host that nobody knows is told from one that doesn't answer."""
    begin = time.monotonic()
    assert "not known" in refused("neo4j://no-such-host.invalid:7687").en
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("url", ["neo4j://u:secret-1@127.0.0.1:7687", "bolt://:secret-1@host"])
def test_password_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    """A password in an address ends up in shell histories and listings: it is refused, and the message does not repeat it."""
    with pytest.raises(StoreError, match="LIANJIAN_NEO4J_PASSWORD") as e:
        open_store(url)
    assert "secret-1" not in e.value.en + e.value.zh


@pytest.mark.parametrize("url", ["http://127.0.0.1:7474", "mysql://127.0.0.1", "neo4j+x://host"])
def test_other_schemes_are_told(url: str, anybody: str) -> None:
    """An address of something else is answered with one that would do."""
    with pytest.raises(StoreError) as e:
        open_store(url)
    assert "neo4j://" in e.value.en
    assert "neo4j://" in e.value.zh


def test_no_password_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a password, the setting is named before anything is sent."""
    monkeypatch.delenv("LIANJIAN_NEO4J_PASSWORD", raising=False)
    assert "LIANJIAN_NEO4J_PASSWORD" in refused(f"neo4j://{HOST}:{free_port()}").en


def test_a_server_of_something_else_is_told(anybody: str) -> None:
    """A port where something else answers (a web server, say) is told from one where nobody does."""
    import threading

    with socket.create_server((HOST, 0)) as listener:

        def answer() -> None:
            s, _ = listener.accept()
            with s:
                s.recv(100)
                s.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer).start()
        said = refused(f"bolt://{HOST}:{listener.getsockname()[1]}")
    assert "no Neo4j server answers" in said.en


def test_a_server_that_wants_tls_is_told(anybody: str) -> None:
    """A server that hangs up on whoever doesn't encrypt: the scheme that would do is named."""
    import threading

    with socket.create_server((HOST, 0)) as listener:

        def answer() -> None:
            s, _ = listener.accept()
            s.recv(100)
            s.close()

        threading.Thread(target=answer).start()
        said = refused(f"bolt://{HOST}:{listener.getsockname()[1]}")
    assert "+s://" in said.en


def test_wrong_password_is_tried_once(line: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused credentials are never tried again: the server would lock the right ones out too."""
    monkeypatch.setenv("LIANJIAN_NEO4J_PASSWORD", "wrong-4711")
    said = refused(f"neo4j://{HOST}:{line.port}")
    assert line.accepted == 1
    assert "LIANJIAN_NEO4J_PASSWORD" in said.en
    assert "wrong-4711" not in said.en + said.zh


def test_too_many_wrong_passwords(faulty: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """After wrong passwords the server refuses the right one too: that is told apart, and passes with time."""
    with monkeypatch.context() as m:
        m.setenv("LIANJIAN_NEO4J_PASSWORD", "wrong")
        for _ in range(3):
            refused(faulty.url)
    assert "wait" in refused(faulty.url).en
    time.sleep(1.2)
    open_store(faulty.url, create=True).close()


def test_unknown_database(faulty: Server) -> None:
    """A database that the server hasn't is named as what is wrong."""
    assert "no such database" in refused(f"{faulty.url}/nowhere").en


@pytest.mark.parametrize("scheme", ["neo4j", "bolt", "neo4j+ssc", "bolt+ssc"])
def test_schemes_that_fit(faulty: Server, scheme: str) -> None:
    """With and without routing and TLS, the same server is the same store."""
    store = open_store(f"{scheme}://{HOST}:{faulty.port}", create=True)
    stores.load(store, stores.rows(0, 3))
    assert len(store.batches()) == 1
    store.close()


@pytest.mark.parametrize("scheme", ["neo4j+s", "bolt+s"])
def test_a_certificate_that_nobody_vouches_for(
    faulty: Server, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate of an unknown authority is refused, and both ways out work: naming the authority, or trusting any."""
    url = f"{scheme}://{HOST}:{faulty.port}"
    said = refused(url)
    assert "SSL_CERT_FILE" in said.en
    assert "+ssc" in said.en
    monkeypatch.setenv("SSL_CERT_FILE", str(faulty.home / "certificates/bolt/public.crt"))
    open_store(url, create=True).close()


@pytest.mark.parametrize("scheme", ["neo4j+s", "bolt+s", "bolt+ssc"])
def test_a_server_without_tls(neo4j_server: Server, scheme: str, anybody: str) -> None:
    """A server that doesn't encrypt, asked to, is told from one that isn't there."""
    said = refused(neo4j_server.url.replace("neo4j", scheme))
    assert "TLS" in said.en
    assert f"{scheme.partition('+')[0]}://127" in said.en

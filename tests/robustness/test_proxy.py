"""The bad line does what tests of faults rely on, seen with a server that repeats what it hears."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.robustness.proxy import COMMIT, Proxy


class Echo(socketserver.ThreadingTCPServer):
    """Repeats what it hears, and remembers it."""

    daemon_threads = True

    def __init__(self) -> None:
        self.heard = b""
        super().__init__(("127.0.0.1", 0), EchoHandler)


class EchoHandler(socketserver.BaseRequestHandler):
    server: Echo

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            while data := self.request.recv(65536):
                self.server.heard += data
                self.request.sendall(data)


@pytest.fixture
def echo() -> Iterator[Echo]:
    """A server that repeats what it hears."""
    with Echo() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    """A line to it."""
    with Proxy(echo.server_address[1]) as proxy:
        yield proxy


def connect(proxy: Proxy) -> socket.socket:
    """Return a connection to the proxy."""
    s = socket.create_connection(("127.0.0.1", proxy.port), 5)
    s.settimeout(5)
    return s


def hear(s: socket.socket, size: int) -> bytes:
    """Return what comes until the line ends, or ``size`` bytes."""
    got = b""
    with contextlib.suppress(ConnectionError):
        while len(got) < size and (data := s.recv(65536)):
            got += data
    return got


def test_passes_all_bytes(proxy: Proxy) -> None:
    """Without faults, what is sent arrives, all of it and in order."""
    sent = bytes(range(256)) * 4096
    with connect(proxy) as s:
        threading.Thread(target=s.sendall, args=(sent,)).start()
        assert hear(s, len(sent)) == sent


def test_delays_answers(proxy: Proxy) -> None:
    """A delayed answer comes whole, and not before its time."""
    proxy.delay = 0.3
    with connect(proxy) as s:
        begin = time.monotonic()
        s.sendall(b"a")
        assert hear(s, 1) == b"a"
        assert time.monotonic() - begin >= 0.3


def test_drops_open_connections_and_takes_new_ones(proxy: Proxy) -> None:
    """Everybody connected is hung up on; whoever comes again is served."""
    with connect(proxy) as s:
        s.sendall(b"a")
        assert hear(s, 1) == b"a"
        proxy.drop()
        assert hear(s, 1) == b""
    with connect(proxy) as s:
        s.sendall(b"b")
        assert hear(s, 1) == b"b"


def test_refuses_and_comes_back_at_the_same_port(proxy: Proxy) -> None:
    """While refused, nobody can connect; afterwards at the same port again."""
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.heal()
    with connect(proxy) as s:
        s.sendall(b"a")
        assert hear(s, 1) == b"a"


def test_cuts_answers_short(proxy: Proxy) -> None:
    """Of a truncated answer exactly so many bytes arrive, then the line ends."""
    proxy.cut = 10
    with connect(proxy) as s:
        s.sendall(b"0123456789abcdef")
        assert hear(s, 16) == b"0123456789"
    proxy.heal()
    with connect(proxy) as s:
        s.sendall(b"0123456789abcdef")
        assert hear(s, 16) == b"0123456789abcdef"


def test_goes_silent(proxy: Proxy, echo: Echo) -> None:
    """On a silent line nothing arrives anywhere, and nobody is told."""
    proxy.silent = True
    with connect(proxy) as s:
        s.settimeout(0.2)
        s.sendall(b"a")
        with pytest.raises(TimeoutError):
            s.recv(1)
    assert echo.heard == b""


def test_loses_one_answer(proxy: Proxy, echo: Echo) -> None:
    """The request reaches the server, its answer does not come back; the next one passes."""
    asked: list[bytes] = []

    def first(data: bytes) -> bool:
        asked.append(data)
        return len(asked) == 1

    proxy.lose = first
    for expected in (b"", COMMIT):
        with connect(proxy) as s:
            s.sendall(COMMIT)
            assert hear(s, len(COMMIT)) == expected
    assert proxy.lost == 1
    assert echo.heard == COMMIT * 2


def test_no_server_ends_the_line(proxy: Proxy, echo: Echo) -> None:
    """Where no server is behind it, the client's connection is closed."""
    free = Proxy(1)
    with free, connect(free) as s:
        assert hear(s, 1) == b""

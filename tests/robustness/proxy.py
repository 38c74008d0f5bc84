"""A bad line to a server: a TCP proxy that passes, delays, cuts short, goes silent, hangs up or is not there.

It runs in a thread of its own, so that tests without any asyncio can put it between a driver and its server.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")
HOST = "127.0.0.1"
CHUNK = 65536

COMMIT = bytes.fromhex("0002b0120000")
"""A Bolt client's request to commit, as it stands on the line: a chunk of two bytes, and the end of the message."""


class Proxy:
    """Stands between clients and a server on this machine.

    Parameters
    ----------
    target : int
        The server's port.

    Attributes
    ----------
    port : int
        Where clients connect; stays the same when connections are refused for a while.
    delay : float
        Seconds that each piece of an answer is kept back.
    silent : bool
        Take what comes and pass nothing on, either way, as a line that is down without anybody noticing.
    cut : int or None
        Bytes of answers that a new connection passes before it is closed.
    lose : callable or None
        Is handed what clients say; where it returns true, that reaches the server, but the answer is lost with its connection.
    accepted, lost : int
        Connections so far, and answers lost.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.delay = 0.0
        self.silent = False
        self.cut: int | None = None
        self.lose: Callable[[bytes], bool] | None = None
        self.accepted = 0
        self.lost = 0
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.listen()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    # -- what a test does to the line -----------------------------------------------------------------------------

    def listen(self) -> None:
        """Take connections (again)."""
        self._do(self._listen)

    def refuse(self) -> None:
        """Take no more connections, and drop those that there are."""
        self._do(self._refuse)

    def drop(self) -> None:
        """Hang up on everybody at once, without a farewell."""
        self._do(self._drop)

    def heal(self) -> None:
        """Pass everything on from now."""
        self.delay, self.silent, self.cut, self.lose = 0.0, False, None, None
        self.listen()

    def close(self) -> None:
        """Drop everything and end."""
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # -- how -------------------------------------------------------------------------------------------------------

    def _do(self, what: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return asyncio.run_coroutine_threadsafe(what(), self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, HOST, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._drop()

    async def _drop(self) -> None:
        here = set(self._writers)
        for writer in here:
            writer.transport.abort()
        # the readers notice, and the tasks that serve them end; who comes meanwhile is somebody new
        while self._writers & here:
            await asyncio.sleep(0.005)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until either side hangs up."""
        self.accepted += 1
        self._writers.add(writer)
        line = _Line(self, reader, writer, self.cut)
        try:
            await line.run()
        finally:
            writer.transport.abort()
            self._writers.discard(writer)


class _Line:
    """One connection."""

    def __init__(
        self,
        proxy: Proxy,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        left: int | None,
    ) -> None:
        self.proxy, self.reader, self.writer, self.left = proxy, reader, writer, left
        self.losing = False

    async def run(self) -> None:
        try:
            reader, writer = await asyncio.open_connection(HOST, self.proxy.target)
        except OSError:
            return  # no server: the client sees its connection closed
        self.proxy._writers.add(writer)
        ways = [
            asyncio.ensure_future(self.requests(self.reader, writer)),
            asyncio.ensure_future(self.answers(reader, self.writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.transport.abort()
            self.proxy._writers.discard(writer)

    async def requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what the client says."""
        while data := await self.read(reader):
            if self.proxy.silent:
                continue
            if self.proxy.lose is not None and self.proxy.lose(data):
                self.losing = True
            writer.write(data)
            await writer.drain()

    async def answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what the server says, as far as it gets."""
        while data := await self.read(reader):
            if self.losing:
                self.proxy.lost += 1
                return
            if self.proxy.delay:
                await asyncio.sleep(self.proxy.delay)
            if self.proxy.silent:
                continue
            if self.left is not None:
                data = data[: self.left]
                self.left -= len(data)
            writer.write(data)
            await writer.drain()
            if self.left == 0:
                # what was written must arrive: aborting would take it back
                writer.close()
                await asyncio.sleep(0.05)
                return

    @staticmethod
    async def read(reader: asyncio.StreamReader) -> bytes:
        """Return what comes; nothing once the other side has hung up, in whatever way."""
        try:
            return await reader.read(CHUNK)
        except ConnectionError:
            return b""

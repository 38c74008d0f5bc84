"""The readers of a service: begun when first asked, each asked one thing at a time, and made anew where one is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from api import configuration
from api.readers import framing
from api.readers.process import ANSWERED, FAULT, NONE, REFUSED
from graph.errors import LianjianError, StoreBusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

PATIENCE = 30.0
"""Seconds that a question waits for a reader, and a reader's answer for, at most."""
TRIES = 2
"""Readers that are made for one question, where each ends instead of answering it."""
LEAVING = 2.0
"""Seconds that a reader has to end."""


class ReaderFaultError(RuntimeError):
    """A reader met what no answer is meant for: a fault of the program."""


class _LostError(Exception):
    """A reader ended instead of answering."""


class Readers:
    """Processes that read one store.

    All is asked in one event loop, without threads: a question that went by a thread would wait for Python's lock on its way to a
    reader and again on its way back.

    Parameters
    ----------
    url : str
        A path.
    most : int
        Processes; none where nothing is to be asked of them.
    """

    def __init__(self, url: str, most: int) -> None:
        self._url = str(Path(url).absolute())
        self.most = most
        self._room = asyncio.Semaphore(most)
        self._idle: list[_Reader] = []
        self._closed = False

    def begin(self) -> None:
        """Start them all: the first who ask needn't wait until a process is there."""
        self._idle += [_Reader(self._url) for _ in range(self.most - len(self._idle))]

    async def ask(self, question: str, arguments: Mapping[str, Any]) -> bytes | None:
        """Return what :func:`api.readers.questions.asked` says.

        Raises
        ------
        LianjianError
            As the question's function.
        StoreBusyError
            No reader is free, or the answer takes too long: it is given up.
        StoreError
            Readers end at once, again and again.
        ReaderFaultError
            The program failed.
        """
        message = pickle.dumps((question, arguments))
        async with self._slot():
            made = 0
            while (
                made < TRIES
            ):  # all that wait may have died at once; the last word is one that was just made
                new = not self._idle
                reader = await asyncio.to_thread(_Reader, self._url) if new else self._idle.pop()
                made += new
                try:
                    answer = await reader.ask(message)
                except _LostError:
                    reader.end()  # what it was asked may be asked again: it only reads
                except BaseException:
                    reader.end()
                    raise
                else:
                    self._back(reader)
                    return _said(answer)
        raise StoreError(
            "the store could not be read; ask again, and tell who runs the service if it stays so",
            "无法读取存储，请重试；如仍不行，请告知维护人员",
        )

    def close(self) -> None:
        """End those that nobody asks; the others end once they have answered."""
        self._closed = True
        idle, self._idle = self._idle, []
        for reader in idle:
            reader.leave()
        for reader in idle:
            reader.end(LEAVING)

    @contextlib.asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._room.acquire()
        except TimeoutError:
            raise _busy() from None
        try:
            yield
        finally:
            self._room.release()

    def _back(self, reader: _Reader) -> None:
        if self._closed:
            reader.end(LEAVING)
        else:
            self._idle.append(reader)


class _Line(asyncio.Protocol):
    """The service's end of a line to a reader."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._gone = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are of no class of asyncio's
        self._transport = cast("asyncio.WriteTransport", transport)

    async def ask(self, message: bytes) -> bytes:
        if self._gone or self._transport is None:
            raise _LostError
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(framing.framed(message))
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._held += data
        message = framing.taken(self._held)
        if message is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(message)

    def connection_lost(self, _: Exception | None) -> None:
        self._gone = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(_LostError())


class _Reader:
    """One process, and the line to it."""

    def __init__(self, url: str) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        self._line: _Line | None = None
        self._transport: asyncio.BaseTransport | None = None
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "PYTHONUTF8": "1",
        }
        environment.pop(configuration.NAME, None)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-P", "-m", "api.readers.process", str(theirs.fileno()), url],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                pass_fds=[theirs.fileno()],
            )

    async def ask(self, message: bytes) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE):
                if self._line is None:
                    loop = asyncio.get_running_loop()
                    self._transport, self._line = await loop.create_connection(
                        _Line, sock=self._socket
                    )
                return await self._line.ask(message)
        except TimeoutError:
            raise _busy() from None
        except OSError:
            raise _LostError from None

    def leave(self) -> None:
        """Tell it that nothing more comes."""
        with contextlib.suppress(OSError):  # it has ended
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._transport is None:
            self._socket.close()
        else:
            self._transport.close()

    def end(self, patience: float = 0.0) -> None:
        """See to it that it is over."""
        self.leave()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _said(answer: bytes) -> bytes | None:
    how, rest = answer[:1], answer[1:]
    if how == ANSWERED:
        return rest
    if how == NONE:
        return None
    if how == REFUSED:
        error = pickle.loads(rest)  # noqa: S301 - of a process of our own
        assert isinstance(error, LianjianError)  # noqa: S101
        raise error
    assert how == FAULT  # noqa: S101
    raise ReaderFaultError(rest.decode())


def _busy() -> StoreBusyError:
    return StoreBusyError(
        "the store's readers are all at work; ask again in a moment", "存储正忙，请稍后再试"
    )

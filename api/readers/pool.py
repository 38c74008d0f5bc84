"""The readers of a service: begun when first asked, each asked one thing at a time, and made anew where one is lost."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api import configuration
from api.readers import framing
from api.readers.process import ANSWERED, FAULT, NONE, REFUSED
from graph.errors import LianjianError, StoreBusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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

    Threads of the service may ask side by side.

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
        self._room = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._idle: list[_Reader] = []
        self._closed = False

    def begin(self) -> None:
        """Start them all: the first who ask needn't wait until a process is there."""
        with self._lock:
            self._idle += [_Reader(self._url) for _ in range(self.most - len(self._idle))]

    def ask(self, question: str, arguments: Mapping[str, Any]) -> bytes | None:
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
        with self._slot():
            made = 0
            while (
                made < TRIES
            ):  # all that wait may have died at once; the last word is one that was just made
                reader, new = self._taken()
                made += new
                try:
                    answer = reader.ask(message)
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
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.leave()
        for reader in idle:
            reader.end(LEAVING)

    @contextlib.contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._room.acquire(timeout=PATIENCE):
            raise _busy()
        try:
            yield
        finally:
            self._room.release()

    def _taken(self) -> tuple[_Reader, bool]:
        """Give a reader, and say whether it was made for this."""
        with self._lock:
            if self._idle:
                return self._idle.pop(), False
        return _Reader(self._url), True

    def _back(self, reader: _Reader) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(reader)
                return
        reader.end(LEAVING)


class _Reader:
    """One process, and the line to it."""

    def __init__(self, url: str) -> None:
        self._line, theirs = socket.socketpair()
        self._line.settimeout(PATIENCE)
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

    def ask(self, message: bytes) -> bytes:
        try:
            framing.send(self._line, message)
            answer = framing.receive(self._line)
        except TimeoutError:
            raise _busy() from None
        except OSError:
            answer = None
        if answer is None:
            raise _LostError
        return answer

    def leave(self) -> None:
        """Tell it that nothing more comes."""
        self._line.close()

    def end(self, patience: float = 0.0) -> None:
        """See to it that it is over."""
        self._line.close()
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

"""The parent's side of the reading process: asks for files, keeps the time, and turns a death into a refusal."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from loaders.reading.model import Limits
from loaders.reading.pipe import SCANNED, read_frame
from loaders.reading.refusals import RefusalError

_REUSE = 8 << 20
"""Bytes of a file after which the process is replaced: what a parser freed stays in its address space."""

_AT_ONCE = 2 << 20
"""Bytes of a workbook from which it is looked over and read at once."""
_START = "import sys; sys.path[:] = {path!r}; from loaders.reading.child import main; main()"


class ReadingProcess:
    """The processes that parse files: one that looks zipped workbooks over, one that reads.

    Both work at once on a large workbook; a small one, where there is nothing to gain, is looked over first, so that no
    parser meets what it can't bear. What is found on looking over counts, whatever happens to the other.
    """

    def __init__(self, limits: Limits) -> None:
        self._scanner, self._parser = _Process(limits), _Process(limits)

    def stop(self) -> None:
        """End the processes there are."""
        self._scanner.stop()
        self._parser.stop()

    def frames(
        self, path: Path, kind: str, encoding: str
    ) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield the frames that answer for one file.

        Raises
        ------
        RefusalError
            A process refused the file, died, or took too long.
        """
        request = {"path": str(path.absolute()), "kind": kind, "encoding": encoding}
        size = path.stat().st_size
        if kind in SCANNED:
            if size > _AT_ONCE:
                self._parser.ask(request)
            try:
                self._scanner.ask(request | {"task": "scan"})
                ((scanned, _),) = self._scanner.answers()
            except RefusalError:
                if size > _AT_ONCE:
                    self._parser.stop()
                raise
            if size <= _AT_ONCE:
                self._parser.ask(request)
            self._parser.tell(scanned["errors"])
        else:
            self._parser.ask(request)
        yield from self._parser.answers()
        if size > _REUSE:
            self._parser.stop()


class _Process:
    """One process, started when first asked and again after it died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._clock: _Clock | None = None

    def stop(self) -> None:
        """End the process if there is one."""
        if self._process is not None:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    _close(stream)
            self._process.wait()
            self._process = None

    def ask(self, request: dict[str, Any]) -> None:
        """Send a request; its time begins to count where its answers are waited for."""
        if self._process is None or self._process.poll() is not None:
            self.stop()
            # isolated from the user's environment variables; where to import from is told
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-I", "-c", _START.format(path=sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path.cwd(),
            )
        self._clock = _Clock(self._process, self._limits.seconds)
        self.tell(request | {"limits": dataclasses.asdict(self._limits)})

    def tell(self, what: Any) -> None:
        """Send one line of JSON."""
        process, clock = self._running()
        stream = cast(BinaryIO, process.stdin)
        with clock:
            try:
                stream.write(json.dumps(what).encode() + b"\n")
                stream.flush()
                return
            except OSError:
                pass
        raise self._death(process, clock.late)

    def answers(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield the frames that answer the last request."""
        process, clock = self._running()
        stream = cast(BinaryIO, process.stdout)
        finished = False
        try:
            while True:
                with clock:
                    try:
                        frame = read_frame(stream)
                    except (OSError, ValueError):
                        frame = None
                if frame is None:
                    raise self._death(process, clock.late)
                head, body = frame
                if head["frame"] == "done":
                    finished = True
                    return
                if head["frame"] == "refused":
                    finished = head["code"] not in ("crashed", "memory")
                    raise RefusalError(head["code"], **head["values"])
                yield head, body
        finally:
            if not finished:
                self.stop()

    def _running(self) -> tuple[subprocess.Popen[bytes], _Clock]:
        if self._process is None or self._clock is None:
            raise RefusalError("crashed", detail="no process")
        return self._process, self._clock

    def _death(self, process: subprocess.Popen[bytes], late: bool) -> RefusalError:
        code = process.wait()
        if late:
            return RefusalError("timeout", detail=f"{self._limits.seconds:g}")
        if code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = str(-code)
            if name in ("SIGABRT", "SIGKILL"):
                # an allocation that fails aborts the parser; a system out of memory kills it
                return RefusalError("memory", detail=f"{self._limits.memory / (1 << 30):.1f} GiB")
            return RefusalError("crashed", detail=name)
        return RefusalError("crashed", detail=f"exit {code}")


class _Clock:
    """Counts the time spent waiting for a process (not what is done with its answers) and ends it when that is up."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process, self._left = process, seconds
        self._timer: threading.Timer | None = None
        self._since = 0.0
        self.late = False

    def __enter__(self) -> None:
        self._since = time.monotonic()
        self._timer = threading.Timer(max(self._left, 0.0), self._end)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._left -= time.monotonic() - self._since

    def _end(self) -> None:
        self.late = True
        self._process.kill()


def _close(stream: Any) -> None:
    with contextlib.suppress(OSError):  # the other end is gone
        stream.close()

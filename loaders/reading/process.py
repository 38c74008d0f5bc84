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
from loaders.reading.pipe import read_frame
from loaders.reading.refusals import RefusalError

_REUSE = 8 << 20
"""Bytes of a file after which the process is replaced: what a parser freed stays in its address space."""

_START = "import sys; sys.path[:] = {path!r}; from loaders.reading.child import main; main()"


class ReadingProcess:
    """One process that parses files, started when first asked and again after it died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process without waiting for it."""
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

    def stop(self) -> None:
        """End the process if there is one."""
        if self._process is not None:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    _close(stream)
            self._process.wait()
            self._process = None

    def frames(
        self, path: Path, kind: str, encoding: str
    ) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield the frames that answer for one file.

        Raises
        ------
        RefusalError
            The process refused the file, died, or took too long.
        """
        self.start()
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RefusalError("crashed", detail="no process")
        clock = _Clock(process, self._limits.seconds)
        large = path.stat().st_size > _REUSE
        finished = False
        try:
            request = {
                "path": str(path.absolute()),
                "kind": kind,
                "encoding": encoding,
                "limits": dataclasses.asdict(self._limits),
            }
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
            except OSError:
                raise self._death(process, clock.late) from None
            while True:
                with clock:
                    try:
                        frame = read_frame(cast(BinaryIO, process.stdout))
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
            if not finished or large:
                self.stop()

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

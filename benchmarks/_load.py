"""An open-loop client: requests leave when they are due, whatever became of those before; time counts from when one was due.

A client that waits for an answer before it asks again slows down with the service, and leaves out of its figures just those
moments that are slow (Schroeder, Wierman & Harchol-Balter, *Open versus closed: a cautionary tale*, NSDI 2006).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from collections import deque
from typing import Any, cast
from urllib.parse import urlsplit

import httptools
import numpy as np
import uvloop

WAITING = 2_000
"""Requests under way at most; beyond them the service is lost, and every further one is an error."""
PATIENCE = 10.0
"""Seconds after which a request is given up, as an error."""


class Gone(OSError):  # noqa: N818 - no fault, but a reason to ask again
    """A connection was let go before a word of the answer."""


class _Line(asyncio.Protocol):
    """One connection, one answer at a time, read by httptools: a client that shares the machine must not be what is measured."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[tuple[int, int]] | None = None
        self._began = False
        self.open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, int]]:
        """Send a request; return what will be its status and its body's bytes."""
        self._parser, self._size, self._began = httptools.HttpResponseParser(self), 0, False
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._began = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(ConnectionError("no answer of HTTP"))

    def on_body(self, body: bytes) -> None:
        self._size += len(body)

    def on_message_complete(self) -> None:
        self.open = self.open and self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), self._size))

    def connection_lost(self, _: Exception | None) -> None:
        self._fail(ConnectionError("in the middle of an answer") if self._began else Gone())

    def _fail(self, error: OSError) -> None:
        self.open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
        self.transport.close()


class Client:
    """Connections to one address, kept open between requests."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.idle: deque[_Line] = deque()
        said = {"Host": parts.netloc, **headers}
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in said.items())

    async def get(self, path: str) -> tuple[int, int]:
        """Ask for a path; return status and bytes of the body as they came.

        A connection that the service has let go meanwhile is no fault of it: what got no word of an answer is asked once more.
        """
        request = f"GET {path} HTTP/1.1\r\n{self.headers}\r\n".encode()
        while self.idle:
            line = self.idle.pop()
            if line.open:
                with contextlib.suppress(Gone):
                    return await self._get(line, request)
                break
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(_Line, self.host, self.port)
        return await self._get(line, request)

    async def _get(self, line: _Line, request: bytes) -> tuple[int, int]:
        try:
            answer = await line.ask(request)
        except BaseException:
            line.transport.close()
            raise
        if line.open:
            self.idle.append(line)
        return answer


async def load(
    client: Client, asked: list[tuple[str, str]], rate: float, seconds: float, seed: int
) -> dict[str, Any]:
    """Send requests that are due at random moments (exponential gaps) and return what came of each."""
    rng = np.random.default_rng(seed)
    due = np.cumsum(rng.exponential(1 / rate, int(rate * seconds * 1.2) + 20))
    due = due[due < seconds]
    which = rng.integers(0, len(asked), len(due))
    results: list[tuple[str, float, float, int, int]] = []
    running: set[asyncio.Task[None]] = set()
    begun = time.perf_counter() + 0.1

    async def one(kind: str, path: str, at: float) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                status, size = await client.get(path)
        except (OSError, TimeoutError):
            status, size = 0, 0
        results.append((kind, at, time.perf_counter() - begun - at, status, size))

    for at, i in zip(due.tolist(), which.tolist(), strict=True):
        pause = begun + at - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        kind, path = asked[i]
        if len(running) >= WAITING:
            results.append((kind, at, PATIENCE, 0, 0))
            continue
        task = asyncio.create_task(one(kind, path, at))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return {"results": results}


def main() -> None:
    """Read what to ask from a file, ask it, and print what came of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("asked", help="JSON: headers, and a list of [kind, path]")
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    with open(options.asked, encoding="utf-8") as file:  # noqa: PTH123
        plan = json.load(file)
    client = Client(options.url, plan["headers"])
    asked = [(kind, path) for kind, path in plan["asked"]]
    print(json.dumps(uvloop.run(load(client, asked, options.rate, options.seconds, options.seed))))


if __name__ == "__main__":
    main()

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
from typing import Any
from urllib.parse import urlsplit

import h11
import numpy as np

WAITING = 2_000
"""Requests under way at most; beyond them the service is lost, and every further one is an error."""
PATIENCE = 10.0
"""Seconds after which a request is given up, as an error."""


class Gone(OSError):  # noqa: N818 - no fault, but a reason to ask again
    """A connection was let go before a word of the answer."""


class Client:
    """Connections to one address, kept open between requests."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.headers = [("Host", parts.netloc), *headers.items()]
        self.idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter, h11.Connection]] = (
            deque()
        )

    async def get(self, path: str) -> tuple[int, int]:
        """Ask for a path; return status and bytes of the body as they came.

        A connection that the service has let go meanwhile is no fault of it: what got no word of an answer is asked once more.
        """
        if self.idle:
            with contextlib.suppress(Gone):
                return await self._get(path, *self.idle.pop())
        reader, writer = await asyncio.open_connection(self.host, self.port)
        return await self._get(path, reader, writer, h11.Connection(h11.CLIENT))

    async def _get(
        self,
        path: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        talk: h11.Connection,
    ) -> tuple[int, int]:
        request = h11.Request(method="GET", target=path, headers=self.headers)
        writer.write((talk.send(request) or b"") + (talk.send(h11.EndOfMessage()) or b""))
        status = size = 0
        try:
            while True:
                event = talk.next_event()
                if event is h11.NEED_DATA:
                    talk.receive_data(await reader.read(1 << 16))
                elif isinstance(event, h11.Response):
                    status = event.status_code
                elif isinstance(event, h11.Data):
                    size += len(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    break
                else:
                    raise ConnectionError("closed in the middle of an answer")
        except (OSError, h11.RemoteProtocolError) as error:
            writer.close()
            raise (ConnectionError("in the middle of an answer") if status else Gone) from error
        except BaseException:
            writer.close()
            raise
        if talk.our_state is h11.DONE and talk.their_state is h11.DONE:
            talk.start_next_cycle()
            self.idle.append((reader, writer, talk))
        else:
            writer.close()
        return status, size


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
        except (OSError, TimeoutError, h11.ProtocolError):
            status, size = 0, 0
        results.append((kind, at, time.perf_counter() - begun - at, status, size))

    for at, i in zip(due.tolist(), which.tolist(), strict=True):
        pause = begun + at - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        if len(running) >= WAITING:
            results.append((asked[i][0], at, PATIENCE, 0, 0))
            continue
        task = asyncio.create_task(one(*asked[i], at))
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
    print(json.dumps(asyncio.run(load(client, asked, options.rate, options.seconds, options.seed))))


if __name__ == "__main__":
    main()

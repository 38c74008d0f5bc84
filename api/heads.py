"""How long a connection may be held that asks nothing, or does not come to the end of what it asks.

The server's own times begin after an answer. What comes before one it waits for without end: the first byte, the request's head,
and the rest of a body that was refused unread. While a request is worked on, its body is timed by :mod:`api.bodies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 over a connection that is closed where it has asked nothing whole for some time.

    Attributes
    ----------
    seconds : float
        From its opening, or from what comes after an answer, until a request's head is there.
    most : int
        Bytes of a head that comes in pieces.
    """

    seconds = 15.0
    most = 64 << 10

    _deadline: asyncio.TimerHandle | None = None
    _taken = 0
    _in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on; what leads to no request is not read for ever."""
        super().data_received(data)
        served = getattr(
            self, "cycle", None
        )  # before the first request there is none, whatever its type says
        if served is not None and not served.response_complete:
            return
        self._wait()
        if not self._in_body:
            self._taken += len(data)
            if self._taken > self.most:
                self._close()

    def send_400_response(self, msg: str) -> None:
        """Say of what is no request that it is none, in the one shape of errors."""
        del msg
        from api.wire import PROBLEM, unreadable

        body = unreadable()
        head = [
            b"HTTP/1.1 400 Bad Request",
            *(b": ".join(header) for header in self.server_state.default_headers),
            b"content-type: " + PROBLEM.encode(),
            b"content-language: en",
            b"content-length: " + str(len(body)).encode(),
            b"cache-control: no-store",
            b"x-content-type-options: nosniff",
            b"connection: close",
        ]
        self.transport.write(b"\r\n".join([*head, b"", body]))
        self.transport.close()

    def on_headers_complete(self) -> None:
        """Go on to the request: from here on its body is waited for."""
        self._done()
        self._in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that what follows is the next request."""
        self._in_body = False
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(self.seconds, self._close)

    def _done(self) -> None:
        self._taken = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

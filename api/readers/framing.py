"""Messages between the service and its readers: their length, then themselves, over a pair of sockets that nobody else has."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_LENGTH = struct.Struct("<Q")


def send(line: socket.socket, message: bytes) -> None:
    """Send a message.

    Raises
    ------
    OSError
        The other side is gone, or too slow.
    """
    line.sendall(framed(message))


def framed(message: bytes) -> bytes:
    """Return a message as it goes over the line."""
    return _LENGTH.pack(len(message)) + message


def taken(held: bytearray) -> bytes | None:
    """Take the first message out of what has come; ``None`` where more of it is to come."""
    if len(held) < _LENGTH.size:
        return None
    end = _LENGTH.size + _LENGTH.unpack_from(held)[0]
    if len(held) < end:
        return None
    message = bytes(memoryview(held)[_LENGTH.size : end])
    del held[:end]
    return message


def receive(line: socket.socket) -> bytes | None:
    """Return the next message; ``None`` where the other side has ended, also in the middle of one.

    Raises
    ------
    OSError
        It is too slow, or was lost.
    """
    head = _exactly(line, _LENGTH.size)
    return None if head is None else _exactly(line, _LENGTH.unpack(head)[0])


def _exactly(line: socket.socket, size: int) -> bytes | None:
    first = line.recv(size)  # nearly always all of it
    if len(first) == size:
        return first
    held = bytearray(first)
    while len(held) < size:
        more = line.recv(size - len(held))
        if not more:
            return None
        held += more
    return bytes(held)

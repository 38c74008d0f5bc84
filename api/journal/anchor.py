"""The anchor: heads of the journal in a second file, so that a journal cut short or written anew does not fit it."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.journal.places import unreadable, unwritable
from api.journal.rows import seal
from graph.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from api.journal.rows import Row

SEAL = 16
"""Bytes of a line's own seal."""
LINE = 200
"""Bytes that no line is longer than."""


@dataclass(frozen=True, slots=True)
class Head:
    """A row that was the last one once.

    Attributes
    ----------
    sequence : int
    time : str
        Of the row.
    mac : bytes
    """

    sequence: int
    time: str
    mac: bytes

    @classmethod
    def of(cls, row: Row) -> Head:
        """Return a row as a head."""
        return cls(row.sequence, row.time, row.mac)

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what ``journal head`` printed: sequence and seal, with or without the time between them.

        Raises
        ------
        InputError
            It is none.
        """
        parts = text.split()
        try:
            mac = bytes.fromhex(parts[-1])
            if len(parts) not in (2, 3) or len(mac) != 32:
                raise ValueError
            return cls(int(parts[0]), parts[1] if len(parts) == 3 else "", mac)
        except (ValueError, IndexError):
            raise InputError(
                f"--head {text[:100]}: give the line that `lianjian journal head` printed",
                f"--head {text[:100]}：请给出 `lianjian journal head` 打印的那一行",
            ) from None

    def __str__(self) -> str:
        """Return the line that is kept on paper."""
        return f"{self.sequence} {self.time} {self.mac.hex()}"


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an anchor file says.

    Attributes
    ----------
    heads : tuple of Head
        As written.
    bad : int or None
        The first line that is not as it was written, from 1.
    """

    heads: tuple[Head, ...]
    bad: int | None = None


def add(path: Path, key: bytes, head: Head) -> None:
    """Append a head as one line, which is on the disk when this returns.

    Raises
    ------
    JournalError
        It can't be written.
    """
    line = f"{head} {_seal(key, head)}\n".encode()
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _mended(handle)
            if os.write(handle, line) != len(line):
                raise OSError(0, "no room left")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise unwritable(path, error) from None


def read(path: Path, key: bytes) -> Anchored:
    """Read an anchor file; a last line that was cut off while it was written counts for nothing.

    Raises
    ------
    JournalError
        It is there and can't be read.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Anchored(())
    except OSError as error:
        raise unreadable(path, error) from None
    heads: list[Head] = []
    for number, line in enumerate(raw.split(b"\n")[:-1], 1):
        try:
            shown, _, sealed = line.decode("ascii").rpartition(" ")
            head = Head.parse(shown)
        except (UnicodeDecodeError, InputError):
            return Anchored(tuple(heads), number)
        if str(head) != shown or not hmac.compare_digest(sealed, _seal(key, head)):
            return Anchored(tuple(heads), number)
        heads.append(head)
    return Anchored(tuple(heads))


def newest(path: Path) -> int:
    """Return the sequence that the last line says, whether or not it is sound; 0 where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        lines = _tail(handle, os.fstat(handle).st_size, 2 * LINE).split(b"\n")[:-1]
    finally:
        os.close(handle)
    first = lines[-1].split(b" ")[0] if lines else b""
    return int(first) if first.isdigit() else 0


def _mended(handle: int) -> None:
    """Take away a last line that was cut off while it was written: the next would go on in the middle of it."""
    size = os.fstat(handle).st_size
    tail = _tail(handle, size)
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(handle, size - len(tail) + tail.rfind(b"\n") + 1)


def _tail(handle: int, size: int, of: int = LINE) -> bytes:
    os.lseek(handle, max(0, size - of), os.SEEK_SET)
    return os.read(handle, of)


def _seal(key: bytes, head: Head) -> str:
    return seal(key, b"anchor", [head.sequence, head.time, head.mac])[:SEAL].hex()

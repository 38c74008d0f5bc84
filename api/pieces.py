"""Long JSON files of ours read piece by piece: of a plan of a million organizations one ledger unit stands in memory at a time."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

PIECE = 1 << 18
"""Characters that are read at a time."""
_ENDS = frozenset(" \t\n\r,:]}")
"""What may follow a value."""
_BLANK = re.compile(r"[ \t\n\r]*")


def pieces(file: TextIO, name: str, progress: Callable[[], None]) -> Iterator[tuple[str, Any]]:
    """Yield the values of a JSON object by name; of the one list that is named, each item by itself.

    Parameters and errors are those of :func:`spans`.
    """
    for key, value, _, _ in spans(file, name, progress):
        yield key, value


def spans(
    file: TextIO, name: str, progress: Callable[[], None]
) -> Iterator[tuple[str, Any, int, int]]:
    """Yield the values of a JSON object by name, and between which bytes of UTF-8 they stand; of one list each item by itself.

    Line ends are counted as they are where the file was opened with ``newline=""``.

    Parameters
    ----------
    name : str
        The list's.
    progress : callable
        Called where more has been read; what it raises ends the reading.

    Raises
    ------
    ValueError
        It is no JSON object, or the value of that name no list.
    """
    text = _Text(file, progress)
    text.take("{")
    if text.taken("}"):
        return
    while True:
        key = text.value()
        text.take(":")
        if key == name:
            text.take("[")
            if not text.taken("]"):
                while True:
                    yield name, *text.spanned()
                    if text.taken("]"):
                        break
                    text.take(",")
        else:
            yield str(key), *text.spanned()
        if text.taken("}"):
            return
        text.take(",")


class _Text:
    """What was read and not yet taken."""

    def __init__(self, file: TextIO, progress: Callable[[], None]) -> None:
        self._file, self._progress = file, progress
        self._held, self._at = "", 0
        self._counted, self._bytes = 0, 0
        self._decode = json.JSONDecoder().raw_decode

    def _more(self) -> bool:
        """Read on, as much as is held and a piece at least, so that what is long is not tried often."""
        more = self._file.read(max(PIECE, len(self._held) - self._at))
        self._place()
        self._held, self._at, self._counted = self._held[self._at :] + more, 0, 0
        self._progress()
        return bool(more)

    def _next(self) -> str:
        """Return the next character that is no blank, without taking it; nothing at the end."""
        while True:
            found = _BLANK.match(self._held, self._at)
            self._at = self._at if found is None else found.end()
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def taken(self, mark: str) -> bool:
        """Take a character if it comes next."""
        if self._next() != mark:
            return False
        self._at += 1
        return True

    def take(self, mark: str) -> None:
        if not self.taken(mark):
            raise ValueError(f"no {mark} where one must be")

    def spanned(self) -> tuple[Any, int, int]:
        """Take a value whole, and say where it begins and ends."""
        self._next()
        begin = self._place()
        value = self.value()
        return value, begin, self._place()

    def _place(self) -> int:
        """Return how many bytes stand before what comes next."""
        self._bytes += len(self._held[self._counted : self._at].encode())
        self._counted = self._at
        return self._bytes

    def value(self) -> Any:
        """Take a value whole."""
        self._next()
        while True:
            try:
                value, end = self._decode(self._held, self._at)
            except ValueError:
                if not self._more():
                    raise
                continue
            # a number may go on behind what is held: with a point, an exponent, further digits
            if self._held[end : end + 1] in _ENDS or not self._more():
                self._at = end
                return value

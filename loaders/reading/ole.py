"""Just enough of the compound file format (MS-CFB) to say what an old Office file is, and where its errors are.

The parser proper (calamine) reads the cells. What stands here answers three questions before that: which
streams there are, whether the workbook stream is encrypted, and which cells hold an error value, since
the parser gives those back as blanks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks (end of chain, free, …), not sectors."""

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
"""Error values of a BIFF cell ([MS-XLS] 2.5.10)."""

_FORMULA, _EOF, _FILEPASS, _BOUNDSHEET, _BOOLERR, _BOF = 0x06, 0x0A, 0x2F, 0x85, 0x205, 0x809


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream of a compound file: its name, first sector and length in bytes."""

    name: str
    start: int
    size: int


class CompoundFile:
    """A compound file's directory and streams, read from bytes; ``ValueError`` where it is none.

    Every chain of sectors is followed once around at most, so a forged file can't make it loop.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or data[:8] != MAGIC:
            raise ValueError("no compound file")
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            raise ValueError("sector size")
        self._data = data
        self._size = 1 << shift
        self._mini_cutoff = struct.unpack_from("<I", data, 56)[0]
        self._fat = self._read_fat()
        directory_start, mini_fat_start = (
            struct.unpack_from("<I", data, 48)[0],
            struct.unpack_from("<I", data, 60)[0],
        )
        directory = self._chain(directory_start)
        self._mini_fat = _numbers(self._chain(mini_fat_start))
        self.entries: list[Entry] = []
        self._root: Entry | None = None
        for offset in range(0, len(directory) - 127, 128):
            length = struct.unpack_from("<H", directory, offset + 64)[0]
            kind = directory[offset + 66]
            if kind not in (1, 2, 5) or not 2 <= length <= 64:
                continue
            name = directory[offset : offset + length - 2].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", directory, offset + 116)
            entry = Entry(name, start, size)
            if kind == 5:
                self._root = entry
            else:
                self.entries.append(entry)

    def names(self) -> set[str]:
        """Return the names of all streams and storages."""
        return {entry.name for entry in self.entries}

    def stream(self, name: str) -> bytes:
        """Return a stream's bytes (``b""`` where it is not there or its chain is broken)."""
        for entry in self.entries:
            if entry.name == name:
                if entry.size >= self._mini_cutoff:
                    return self._chain(entry.start)[: entry.size]
                return self._mini_chain(entry.start)[: entry.size]
        return b""

    def _sector(self, number: int) -> bytes:
        offset = (number + 1) * self._size
        return self._data[offset : offset + self._size]

    def _read_fat(self) -> tuple[int, ...]:
        listed = list(struct.unpack_from("<109I", self._data, 76))
        following, limit = (
            struct.unpack_from("<I", self._data, 68)[0],
            len(self._data) // self._size,
        )
        for _ in range(limit):
            if following >= _END:
                break
            numbers = _numbers(self._sector(following))
            if not numbers:
                break
            listed += numbers[:-1]
            following = numbers[-1]
        sectors = dict.fromkeys(n for n in listed if n < limit)
        return _numbers(b"".join(self._sector(n) for n in sectors))

    def _chain(self, number: int) -> bytes:
        parts: list[bytes] = []
        seen: set[int] = set()
        while number < len(self._fat) and number not in seen:
            seen.add(number)
            parts.append(self._sector(number))
            number = self._fat[number]
        return b"".join(parts)

    def _mini_chain(self, number: int) -> bytes:
        if self._root is None:
            return b""
        store = self._chain(self._root.start)
        parts: list[bytes] = []
        seen: set[int] = set()
        while number < len(self._mini_fat) and number not in seen:
            seen.add(number)
            parts.append(store[number * 64 : number * 64 + 64])
            number = self._mini_fat[number]
        return b"".join(parts)


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, offset of the body, length) of each BIFF record from ``offset`` on."""
    unpack, end = struct.Struct("<HH").unpack_from, len(stream)
    while offset + 4 <= end:
        kind, length = unpack(stream, offset)
        yield kind, offset + 4, length
        offset += 4 + length


def encrypted(workbook: bytes) -> bool:
    """Say whether a workbook stream asks for a password (a FILEPASS record among its globals)."""
    for kind, _, _ in _records(workbook, 0):
        if kind == _FILEPASS:
            return True
        if kind == _EOF:
            return False
    return False


def error_cells(workbook: bytes) -> list[list[tuple[int, int, str]]]:
    """Return for each sheet, in the workbook's order, its error cells as (row, column, text), from 0."""
    starts = []
    for kind, body, length in _records(workbook, 0):
        if kind == _EOF:
            break
        if kind == _BOUNDSHEET and length >= 4:
            starts.append(struct.unpack_from("<I", workbook, body)[0])
    sheets: list[list[tuple[int, int, str]]] = []
    for start in starts:
        found: list[tuple[int, int, str]] = []
        depth = 0
        for kind, body, length in _records(workbook, start):
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth != 1 or body + length > len(workbook):
                continue
            elif kind == _BOOLERR and length >= 8 and workbook[body + 7] == 1:
                row, column = struct.unpack_from("<HH", workbook, body)
                found.append((row, column, ERRORS.get(workbook[body + 6], "#ERROR!")))
            elif (
                kind == _FORMULA
                and length >= 14
                and workbook[body + 12 : body + 14] == b"\xff\xff"
                and workbook[body + 6] == 2
            ):
                row, column = struct.unpack_from("<HH", workbook, body)
                found.append((row, column, ERRORS.get(workbook[body + 8], "#ERROR!")))
        sheets.append(found)
    return sheets

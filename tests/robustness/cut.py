"""A disk that forgets: a file system in memory for SQLite, whose power can be cut before any of its operations.

What was not synced may be lost (all of it, or any part in any order, as drives do). A name is durable once its file is synced,
a deletion once SQLite asks for its folder to be synced.
"""

from __future__ import annotations

import random
from typing import Any

import apsw


class PowerCutError(apsw.IOError):
    """The power is off."""


class Disk(apsw.VFS):
    """Files in memory, each as programs see it and as it would be found after a power cut.

    Parameters
    ----------
    files : dict of str to bytes
        What is there at the beginning, by file name.
    after : int
        Operations that change something until the power is cut.
    survives : float
        The chance of each write that was not synced to have reached the disk all the same.
    """

    def __init__(
        self, files: dict[str, bytes], after: int | None, survives: float = 0.0, seed: int = 0
    ) -> None:
        self.name = f"cut{id(self)}"
        self.live = {name: bytearray(data) for name, data in files.items()}
        self.durable = {name: bytearray(data) for name, data in files.items()}
        self.waiting: list[tuple[str, int, bytes | None]] = []
        self.left = after
        self.survives = survives
        self.random = random.Random(seed)
        self.done = 0
        super().__init__(self.name, "", maxpathname=0)

    def work(self) -> None:
        """Count an operation; cut the power when its time has come."""
        if self.left is not None and self.done >= self.left:
            raise PowerCutError("power cut")
        self.done += 1

    def alive(self) -> None:
        """Fail once the power is off."""
        if self.left is not None and self.done >= self.left:
            raise PowerCutError("power cut")

    def sync(self, name: str) -> None:
        """Make durable what was written to a file."""
        self.work()
        self.durable.setdefault(name, bytearray())
        for other, at, data in self.waiting:
            if other == name:
                self.put(self.durable[name], at, data)
        self.waiting = [w for w in self.waiting if w[0] != name]

    def found(self) -> dict[str, bytes]:
        """Return the files as they are after the cut."""
        for name in self.live.keys() - self.durable.keys():
            if self.random.random() < self.survives:
                self.durable[name] = bytearray()
        for name, at, data in self.waiting:
            if name in self.durable and self.random.random() < self.survives:
                self.put(self.durable[name], at, data)
        return {name: bytes(data) for name, data in self.durable.items()}

    @staticmethod
    def put(into: bytearray, at: int, data: bytes | None) -> None:
        """Write, or cut a file to a length."""
        if data is None:
            del into[at:]
            return
        if len(into) < at:
            into.extend(bytes(at - len(into)))
        into[at : at + len(data)] = data

    # -- what SQLite calls ---------------------------------------------------------------------------------------

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        """Open a file, making it where it is not there."""
        self.alive()
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        flags[1] = flags[0]
        path = path.rsplit("/", 1)[-1] if path else f"temporary{len(self.live)}"
        self.live.setdefault(path, bytearray())
        return File(self, path)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
        """Delete a file, for good where its folder is synced."""
        self.work()
        name = name.rsplit("/", 1)[-1]
        self.live.pop(name, None)
        self.waiting = [w for w in self.waiting if w[0] != name]
        if sync:
            self.durable.pop(name, None)

    def xAccess(self, name: str, flags: int) -> bool:  # noqa: N802
        """Say whether a file is there."""
        self.alive()
        return name.rsplit("/", 1)[-1] in self.live

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        """Return the name as it is."""
        return name


class File:
    """An open file of a :class:`Disk`."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk, self.name = disk, name

    def data(self) -> bytearray:
        """Return what is in it."""
        return self.disk.live.setdefault(self.name, bytearray())

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        """Read."""
        self.disk.alive()
        return bytes(self.data()[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write, for now."""
        self.disk.work()
        Disk.put(self.data(), offset, data)
        self.disk.waiting.append((self.name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        """Shorten, for now."""
        self.disk.work()
        Disk.put(self.data(), size, None)
        self.disk.waiting.append((self.name, size, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Write for good."""
        self.disk.sync(self.name)

    def xFileSize(self) -> int:  # noqa: N802
        """Return the size in bytes."""
        return len(self.data())

    def xLock(self, level: int) -> None:  # noqa: N802
        """Do nothing: nobody else is here."""

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """Do nothing: nobody else is here."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        """Return that nobody else is here."""
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: N802
        """Know of nothing special."""
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        """Return the size of what is written at once, in bytes."""
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        """Promise nothing."""
        return 0

    def xClose(self) -> None:  # noqa: N802
        """Let go."""

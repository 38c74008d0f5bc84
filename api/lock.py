"""A lock on a file that the system lets go of with the process, however it ends: SQLite's own, on every system.

A process number may be another's by the time it is read, and a lock file that is left behind locks for ever; this one does neither.
"""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, Any

import apsw

if TYPE_CHECKING:
    from pathlib import Path


class Lock:
    """One process's hold on a file.

    Parameters
    ----------
    path : pathlib.Path
        Made where it is not there; its folder is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db: Any | None = None

    def acquire(self, seconds: float = 0.0) -> bool:
        """Take the lock, waiting so long for it; return whether it was got.

        Raises
        ------
        OSError
            The file can't be made or written.
        """
        try:
            db = apsw.Connection(str(self.path))
        except apsw.Error:
            raise OSError(errno.EACCES, "can't be opened", str(self.path)) from None
        try:
            db.set_busy_timeout(int(seconds * 1000))
            db.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError:
            db.close(True)
            return False
        except apsw.Error:
            db.close(True)
            raise OSError(errno.EACCES, "can't be written", str(self.path)) from None
        self._db = db
        return True

    def release(self) -> None:
        """Let go."""
        db, self._db = self._db, None
        if db is not None:
            with contextlib.suppress(apsw.Error):
                db.close(True)


def held(path: Path) -> bool:
    """Return whether some process holds the lock of a file; a missing file is held by nobody."""
    if not path.exists():
        return False
    probe = Lock(path)
    try:
        if not probe.acquire():
            return True
    except OSError:
        return False  # its folder is being taken away
    probe.release()
    return False

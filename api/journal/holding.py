"""Who is still writing: a lock for each write under way, which the system lets go of when its process dies."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from api.journal.places import unwritable

if TYPE_CHECKING:
    from pathlib import Path


class Hold:
    """The lock of one write; kept until :meth:`release`, or the death of the process.

    Parameters
    ----------
    folder : pathlib.Path
    sequence : int
        The intent's row.
    """

    def __init__(self, folder: Path, sequence: int) -> None:
        self._path = folder / str(sequence)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise unwritable(self._path, error) from None
        _lock(self._handle)

    def release(self) -> None:
        """Let go; the outcome is in the journal by then, or the write is left to be settled."""
        with contextlib.suppress(OSError):  # a folder on its way out: the lock goes with the handle
            self._path.unlink(missing_ok=True)
        os.close(self._handle)


def abandoned(folder: Path, sequence: int) -> bool:
    """Say whether nobody holds the lock of a write; what is left of it is cleared away."""
    path = folder / str(sequence)
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        if not _lock(handle):
            return False
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return True
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Lock a file without waiting; say whether that worked."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

"""Who is still writing: a lock for each write under way, which the system lets go of when its process dies."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from api.journal.places import unwritable
from api.lock import Lock

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
        self._lock = Lock(folder / str(sequence))
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except OSError as error:
            raise unwritable(self._lock.path, error) from None

    def release(self) -> None:
        """Let go; the outcome is in the journal by then, or the write is left to be settled."""
        with contextlib.suppress(
            OSError
        ):  # a folder on its way out: the lock goes with the process
            self._lock.path.unlink(missing_ok=True)
        self._lock.release()


def abandoned(folder: Path, sequence: int) -> bool:
    """Say whether nobody holds the lock of a write; what is left of it is cleared away."""
    lock = Lock(folder / str(sequence))
    if not lock.path.exists():
        return True
    try:
        if not lock.acquire():
            return False
    except OSError:
        return False
    with contextlib.suppress(OSError):
        lock.path.unlink(missing_ok=True)
    lock.release()
    return True

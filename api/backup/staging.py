"""Where a backup is put together before it gets its name; what a process that was killed left there is taken away by the next."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from api.lock import Lock
from graph.errors import (
    InputError,
    LianjianError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    in_chinese,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX, SUFFIX = ".lianjian-", ".part"
ALIVE, CONTENT = "alive.lock", "content"
TRIES, PATIENCE = 20, 1.0
"""How often a folder is made where others take it away, and seconds that its lock is waited for."""
OLD = 60.0
"""Seconds after which a folder that never got its lock is nobody's."""


@contextlib.contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """Give an empty folder for the owner alone, for a ``with`` block; it is gone afterwards with what is left in it.

    Raises
    ------
    InputError, StoreFullError, StoreBusyError, StoreError
        There is no such parent, no right or no room to write in it, also within the block; names the parent.
    """
    if not parent.is_dir():
        raise InputError(
            f"{parent}: there is no such folder; make it or choose another",
            f"{parent}：文件夹不存在；请先建立或另选",
        )
    with said(parent):
        _sweep(parent)
        here, lock = _own(parent)
        try:
            yield here / CONTENT
        finally:
            _removed(here, lock)


@contextlib.contextmanager
def said(where: Path) -> Iterator[None]:
    """Say the system's refusals in words for a person."""
    try:
        yield
    except LianjianError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise full(where) from None
        raise StoreError(
            f"{where}: can't be written ({error.strerror}); nothing was changed",
            f"{where}：无法写入（{in_chinese(error)}）；未改动任何内容",
        ) from None


def full(where: Path) -> StoreFullError:
    """Return what to say where there is no room."""
    return StoreFullError(
        f"{where}: no room left; free some space and run the command again (nothing was changed)",
        f"{where}：空间不足；请腾出空间后重试（未改动任何内容）",
    )


def synced(path: Path) -> None:
    """Have a file, or a folder's names, on the disk before going on."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def placed(part: Path, target: Path) -> None:
    """Give a file or folder that is whole its name; raise ``FileExistsError`` where another has it by now."""
    if part.is_dir():
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        part.rename(target)
    else:
        try:
            os.link(part, target)  # a rename would take the place of another's file
        except FileExistsError:
            raise
        except OSError:  # a file system without second names
            if target.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
            part.rename(target)
        else:
            part.unlink()
    synced(target.parent)


def _own(parent: Path) -> tuple[Path, Lock]:
    """Make a folder and hold its lock.

    Another run may come upon it before it is held, and take it for nobody's: then there is the next.
    """
    why: OSError | None = None
    for _ in range(TRIES):
        here = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=SUFFIX, dir=parent))
        lock = Lock(here / ALIVE)
        try:
            if lock.acquire(PATIENCE) and lock.path.exists():
                (here / CONTENT).mkdir(mode=0o700)
                return here, lock
        except OSError as error:
            why = error
        _removed(here, lock)
    if why is not None:  # every time: there is no room, or no right
        raise why
    raise StoreBusyError(
        f"{parent}: other runs are in the way; run the command again in a moment",
        f"{parent}：与其他运行冲突；请稍后重试",
    )


def _sweep(parent: Path) -> None:
    """Take away what runs that were killed left."""
    for left in parent.glob(f"{PREFIX}*{SUFFIX}"):
        if left.is_symlink() or not left.is_dir():
            continue
        lock = Lock(left / ALIVE)
        with contextlib.suppress(OSError):
            if lock.path.exists():
                if lock.acquire():  # held while it goes, so that nobody else begins in it
                    _removed(left, lock)
            elif time.time() - left.stat().st_mtime > OLD:
                shutil.rmtree(left, ignore_errors=True)


def _removed(here: Path, lock: Lock) -> None:
    """Take a folder away, its lock last: what is killed meanwhile is still known to be nobody's."""
    with contextlib.suppress(OSError):
        for entry in here.iterdir():
            if entry == lock.path:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        lock.path.unlink(missing_ok=True)
    lock.release()
    with contextlib.suppress(OSError):
        lock.path.unlink(missing_ok=True)  # where an open file can't be taken away
    with contextlib.suppress(OSError):
        here.rmdir()

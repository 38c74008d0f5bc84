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

from api.lock import Lock, held
from graph.errors import InputError, LianjianError, StoreError, StoreFullError

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX, SUFFIX = ".lianjian-", ".part"
ALIVE = "alive.lock"
OLD = 60.0
"""Seconds after which a folder that never got its lock is nobody's."""


@contextlib.contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """Give an empty folder for the owner alone, for a ``with`` block; it is gone afterwards with what is left in it.

    Raises
    ------
    InputError, StoreFullError, StoreError
        There is no such parent, no right or no room to write in it, also within the block; names the parent.
    """
    if not parent.is_dir():
        raise InputError(
            f"{parent}: there is no such folder; make it or choose another",
            f"{parent}：文件夹不存在；请先建立或另选",
        )
    with said(parent):
        _sweep(parent)
        here = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=SUFFIX, dir=parent))
        lock = Lock(here / ALIVE)
        try:
            lock.acquire()
            content = here / "content"
            content.mkdir(mode=0o700)
            yield content
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
            f"{where}：无法写入（{error.strerror}）；未改动任何内容",
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


def _sweep(parent: Path) -> None:
    for left in parent.glob(f"{PREFIX}*{SUFFIX}"):
        if left.is_symlink() or not left.is_dir():
            continue
        mark = left / ALIVE
        with contextlib.suppress(OSError):
            abandoned = (
                not held(mark) if mark.exists() else time.time() - left.stat().st_mtime > OLD
            )
            if abandoned:
                _removed(left, Lock(mark))


def _removed(here: Path, lock: Lock) -> None:
    """Take a folder away, its lock last: what is killed meanwhile is still known to be nobody's."""
    for entry in here.iterdir():
        if entry == lock.path:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    lock.release()
    shutil.rmtree(here, ignore_errors=True)

"""Files and folders written all or nothing: a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from graph.errors import InputError, Way, in_chinese

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGUN: ContextVar[Callable[[], None] | None] = ContextVar("begun", default=None)
"""Is told before a file is begun that takes out what a store holds; what it raises leaves no file."""

PREFIX, SUFFIX = ".lianjian-", ".part"
"""Around the names of what is under way: nothing that reads a folder takes hidden names for what it holds."""


OUT = Way.another("--out")
"""Where a place can't be written: said after "or" and "please"."""


def writable(path: str | Path, way: Way = OUT) -> None:
    """Refuse a place that can't take a file, before any work goes into one.

    Parameters
    ----------
    path : path
    way : Way
        What the command that asks has for another place.

    Raises
    ------
    InputError
        It is a folder, its folder is missing, or the name is none; names the path.
    """
    target = Path(path)
    if "\0" in str(target):
        raise _refused(target, ValueError("not a file name"), way)
    try:
        if target.is_dir():
            raise InputError(
                f"{target}: a folder stands there, and this is to be a file; {way.en}",
                f"{target}：此处已有同名文件夹，而要写的是文件；请{way.zh}",
            )
        if not target.parent.is_dir():
            raise InputError(
                f"{target}: there is no folder {target.parent}; make it or {way.en}",
                f"{target}：文件夹 {target.parent} 不存在；请先建立或{way.zh}",
            )
        if not os.access(target.parent, os.W_OK):
            raise _refused(target, PermissionError(errno.EACCES, os.strerror(errno.EACCES)), way)
    except OSError as e:
        raise _refused(target, e, way) from None


@contextlib.contextmanager
def replacing(path: str | Path, way: Way = OUT) -> Iterator[BinaryIO]:
    """Give a binary file that takes the place of ``path`` when the block ends well, and vanishes otherwise.

    Parameters
    ----------
    path : path
    way : Way
        What the command that writes has for another place.

    Raises
    ------
    InputError
        The folder is missing or can't be written, or the disk is full; names the path.
    """
    target = Path(path)
    writable(target, way)
    told = BEGUN.get()
    if told is not None:
        told()
    try:
        # a name of its own: the target's may be as long as a name can be
        handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=target.parent)
    except OSError as e:
        raise _refused(target, e, way) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as f:
            yield f
            f.flush()
            os.fsync(f.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as e:
        raise InputError(
            f"{target}: writing failed ({e.strerror}); nothing was changed",
            f"{target}：写入失败（{in_chinese(e)}）；原文件未改动",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def filling(directory: str | Path, way: Way) -> Iterator[Path]:
    """Give an empty folder whose files are ``directory``'s when the block ends well; else nothing is left of it.

    A folder that is not there yet is put together beside its place, and gets its name by one step. One that is there and empty is
    kept, for it may be where somebody stands: its files are put together in it under a hidden name, and come forward together.

    Parameters
    ----------
    directory : path
        Not there, or empty.
    way : Way
        What the command that writes has for another place.

    Raises
    ------
    InputError
        There is no room or no right; names the directory.
    """
    target = Path(directory)
    there = target.is_dir()
    # the nearest folder above that is there: what is made within it is on the same file system
    home = target if there else next(p for p in target.absolute().parents if p.exists())
    try:
        part = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=SUFFIX, dir=home))
    except OSError as e:
        raise _refused(target, e, way) from None
    try:
        yield part
        if there:
            _come_forward(part, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.chmod(0o777 & ~_umask())
            part.rename(target)
    except OSError as e:
        raise InputError(
            f"{target}: writing failed ({e.strerror}); nothing was left there",
            f"{target}：写入失败（{in_chinese(e)}）；未留下任何文件",
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _come_forward(part: Path, target: Path) -> None:
    """Move what lies in a folder into the one above; all of it, or nothing where something stops it."""
    moved: list[Path] = []
    try:
        for entry in sorted(part.iterdir()):
            moved.append(target / entry.name)
            entry.rename(moved[-1])
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise


def _refused(target: Path, error: OSError | ValueError, way: Way) -> InputError:
    shown = str(target).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return InputError(
        f"{shown}: can't write there ({getattr(error, 'strerror', None) or 'no file name'}); {way.en}",
        f"{shown}：无法写入（{in_chinese(error) if isinstance(error, OSError) else '不是文件名'}）；请{way.zh}",
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str | Path, text: str, way: Way = OUT) -> None:
    """Write UTF-8 text, whatever the locale, all or nothing."""
    with replacing(path, way) as f:
        f.write(text.encode("utf-8"))

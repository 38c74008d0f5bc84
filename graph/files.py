"""Files written all or nothing: a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGUN: ContextVar[Callable[[], None] | None] = ContextVar("begun", default=None)
"""Is told before a file is begun that takes out what a store holds; what it raises leaves no file."""


def writable(path: str | Path) -> None:
    """Refuse a place that can't take a file, before any work goes into one.

    Raises
    ------
    InputError
        It is a folder, its folder is missing, or the name is none; names the path.
    """
    target = Path(path)
    if "\0" in str(target):
        raise _refused(target, "not a file name")
    try:
        if target.is_dir():
            raise InputError(
                f"{target}: a folder stands there; give --out a file's name",
                f"{target}：此处已有同名文件夹；请为 --out 给出文件名",
            )
        if not target.parent.is_dir():
            raise InputError(
                f"{target}: there is no folder {target.parent}; make it or choose another --out",
                f"{target}：文件夹 {target.parent} 不存在；请先建立或另选 --out",
            )
        if not os.access(target.parent, os.W_OK):
            raise _refused(target, "Permission denied")
    except OSError as e:
        raise _refused(target, e.strerror or "") from None


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Give a binary file that takes the place of ``path`` when the block ends well, and vanishes otherwise.

    Raises
    ------
    InputError
        The folder is missing or can't be written, or the disk is full; names the path.
    """
    target = Path(path)
    writable(target)
    told = BEGUN.get()
    if told is not None:
        told()
    try:
        # a name of its own: the target's may be as long as a name can be
        handle, name = tempfile.mkstemp(prefix=".lianjian-", suffix=".part", dir=target.parent)
    except OSError as e:
        raise _refused(target, e.strerror or "") from None
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
            f"{target}：写入失败（{e.strerror}）；原文件未改动",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _refused(target: Path, why: str) -> InputError:
    shown = str(target).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return InputError(
        f"{shown}: can't write there ({why}); choose another --out",
        f"{shown}：无法写入（{why}）；请另选 --out",
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text, whatever the locale, all or nothing."""
    with replacing(path) as f:
        f.write(text.encode("utf-8"))

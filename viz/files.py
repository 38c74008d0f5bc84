"""Files written all or nothing: a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Give a binary file that takes the place of ``path`` when the block ends well, and vanishes otherwise.

    Raises
    ------
    InputError
        The folder is missing or can't be written, or the disk is full; names the path.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as e:
        raise InputError(
            f"{target}: can't write there ({e.strerror}); choose another --out",
            f"{target}：无法写入（{e.strerror}）；请另选 --out",
        ) from None
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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text, whatever the locale, all or nothing."""
    with replacing(path) as f:
        f.write(text.encode("utf-8"))

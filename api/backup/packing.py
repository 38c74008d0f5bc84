"""A backup on disk: a folder, or one .zip with the same files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from api.backup.manifest import FILES, LARGEST, NAME, Held, Manifest, damaged
from graph.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKED = ".zip"
CHUNK = 1 << 20
_UNREADABLE: tuple[type[Exception], ...] = (
    OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What a packed file that was damaged raises when it is read."""


def is_packed(path: Path) -> bool:
    """Say whether a backup of this name is one file."""
    return path.suffix.lower() == PACKED


def held(path: Path) -> Held:
    """Return a file's size and hash, as they are read from the disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as f:
        while chunk := f.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Held(path.name, size, digest.hexdigest())


def pack(folder: Path, target: Path) -> None:
    """Put the files of a folder into one, which is on the disk when this returns."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as f:
        with zipfile.ZipFile(f, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            for name in (NAME, *FILES):
                if (folder / name).exists():
                    packed.write(folder / name, name)
        f.flush()
        os.fsync(f.fileno())


class Backup:
    """A backup that is read.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    BackupError
        There is none, or of another version; names what is wrong with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        try:
            if path.is_dir():
                pass
            elif path.is_file():
                self._zip = zipfile.ZipFile(path)
                names = self._zip.namelist()
                if len(names) != len(set(names)):
                    raise damaged(str(path), path.name)
            else:
                raise _none(path)
            with self._open(NAME) as f:
                raw = f.read(LARGEST + 1)
        except FileNotFoundError:
            raise _none(path) from None
        except _UNREADABLE:
            raise damaged(str(path), path.name if self._zip is None else NAME) from None
        if len(raw) > LARGEST:
            raise damaged(str(path), NAME)
        self.manifest = Manifest.read(raw, str(path))

    def close(self) -> None:
        """Let go of it."""
        if self._zip is not None:
            self._zip.close()

    def unpack(self, one: Held, target: Path | None) -> None:
        """Read a file, hold it against the manifest, and write it where one says.

        Raises
        ------
        BackupError
            It is not what it was.
        OSError
            It can't be written.
        """
        digest, size = hashlib.sha256(), 0
        with contextlib.ExitStack() as stack:
            out = None
            if target is not None:
                handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                out = stack.enter_context(os.fdopen(handle, "wb"))
            for chunk in self._chunks(one):
                digest.update(chunk)
                size += len(chunk)
                if out is not None:
                    out.write(chunk)
            if (size, digest.hexdigest()) != (one.bytes, one.sha256):
                raise damaged(str(self.path), one.name)
            if out is not None:
                out.flush()
                os.fsync(out.fileno())

    def _chunks(self, one: Held) -> Iterator[bytes]:
        """Yield a file's bytes, never more than a chunk beyond what the manifest says."""
        size = 0
        try:
            with self._open(one.name) as f:
                while size <= one.bytes and (chunk := f.read(CHUNK)):
                    size += len(chunk)
                    yield chunk
        except _UNREADABLE:
            raise damaged(str(self.path), one.name) from None

    def _open(self, name: str) -> BinaryIO:
        if self._zip is None:
            return (self.path / name).open("rb")
        try:
            return cast("BinaryIO", self._zip.open(name))
        except KeyError:
            raise FileNotFoundError(name) from None


def _none(path: Path) -> BackupError:
    return BackupError(
        f"{path}: no backup; give the folder or .zip that lianjian backup made",
        f"{path}：不是备份；请给出 lianjian backup 生成的文件夹或 .zip",
    )

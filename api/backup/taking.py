"""Taking a backup while the service runs: put together beside its place, read back, and given its name whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.backup import packing
from api.backup.manifest import (
    ANCHOR,
    FILES,
    JOURNAL,
    NAME,
    STORE,
    VERSIONS,
    Manifest,
    damaged,
)
from api.backup.snapshots import check, snapshot
from api.backup.staging import placed, staging, synced
from api.journal import Places
from graph.errors import InputError, StoreError
from graph.model import now
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was taken, and where the key lies that is not in it."""

    path: Path
    manifest: Manifest
    key: Path


def take(
    url: str,
    state: Path,
    out: Path,
    *,
    journaled: Callable[[], None],
    progress: Callable[[str, int, int | None], None],
) -> Taken:
    """Copy a city and what is kept beside it, whole or not at all.

    Parameters
    ----------
    url : str
        The store.
    state : pathlib.Path
        The folder of what is kept beside it.
    out : pathlib.Path
        A folder that is not there yet, or a file that ends in ``.zip``.
    journaled : callable
        Records the backup in the journal, before anything is copied.
    progress : callable
        Told ``(stage, done, in all)``; stages are ``copying`` and ``verifying``.

    Raises
    ------
    InputError
        There is something at ``out`` already, or no folder to put it in.
    JournalError
        It can't be recorded, or the journal's key is not there.
    StoreError
        Something can't be read, is damaged, or there is no room; nothing is left at ``out``.
    """
    places = Places.of(state)
    _refuse(url, out)
    open_store(url).close()  # one that is not there or damaged is said before anything is written
    with staging(out.parent) as here:
        journaled()
        key = places.read_key()
        _files(url, places, state, here, progress)
        manifest = _described(url, here, progress).sealed(key)
        (here / NAME).write_text(manifest.text(), encoding="utf-8")
        (here / NAME).chmod(0o600)
        synced(here / NAME)
        synced(here)
        ready = here
        if packing.is_packed(out):
            ready = here.with_name("packed")
            packing.pack(here, ready)
        _read_back(ready, manifest)
        try:
            placed(ready, out)
        except FileExistsError:
            raise _taken(out) from None
    return Taken(out, manifest, places.key)


def _files(
    url: str,
    places: Places,
    state: Path,
    here: Path,
    progress: Callable[[str, int, int | None], None],
) -> None:
    def told(done: int, of: int) -> None:
        progress("copying", done, of)

    for name in FILES:
        if name == STORE:
            _store(url, here / STORE, told, progress)
        elif name == ANCHOR:
            if places.anchor.exists():
                (here / ANCHOR).write_bytes(places.anchor.read_bytes())
                (here / ANCHOR).chmod(0o600)
                synced(here / ANCHOR)
        else:
            source = places.file if name == JOURNAL else state / name
            if source.exists():
                snapshot(source, here / name, told)
                check(here / name)


def _store(
    url: str,
    target: Path,
    told: Callable[[int, int], None],
    progress: Callable[[str, int, int | None], None],
) -> None:
    if "://" in url:
        from graph.store import copying

        copying.copy(url, str(target), progress)
        target.chmod(0o600)
    else:
        snapshot(Path(url), target, told)
    progress("verifying", 0, None)
    check(target)


def _described(url: str, here: Path, progress: Callable[[str, int, int | None], None]) -> Manifest:
    """Read back what was copied, and say what it is."""
    import apsw

    progress("verifying", 0, None)
    said = described(here / STORE)
    files = tuple(packing.held(here / name) for name in FILES if (here / name).exists())
    return Manifest(
        made=now(), program=_version(), sqlite=apsw.sqlite_lib_version(), versions=VERSIONS,
        server="://" in url, files=files, **said,
    )  # fmt: skip


def described(store: Path) -> dict[str, Any]:
    """Return what a store's file holds: imports, the last of them, the latest date and the fingerprint at it."""
    opened = open_store(str(store))
    try:
        batches = opened.batches()
        latest = opened.latest() if batches else None
        last = max(batches, key=lambda b: b.id, default=None)
        return {
            "batches": len(batches),
            "last": None if last is None else f"{last.id} {last.at}",
            "latest": latest,
            "fingerprint": None if latest is None else opened.fingerprint(latest),
        }
    finally:
        opened.close()


def _read_back(path: Path, manifest: Manifest) -> None:
    """Read a finished backup as a restore would, before it gets its name."""
    backup = packing.Backup(path)
    try:
        if backup.manifest != manifest:
            raise damaged(str(path), NAME)
        for one in manifest.files:
            backup.unpack(one, None)
    finally:
        backup.close()


def _refuse(url: str, out: Path) -> None:
    if url == ":memory-model:":
        raise StoreError(
            "store :memory-model: keeps nothing; give a .db file or a server's address",
            "存储 :memory-model: 不保存数据；请给出 .db 文件或服务器地址",
        )
    if out.exists() or out.is_symlink():
        raise _taken(out)


def _taken(out: Path) -> InputError:
    return InputError(
        f"{out}: there is something already; give --out a new name, no backup is written over",
        f"{out}：已存在；请为 --out 另起新名称，不会覆盖已有内容",
    )


def _version() -> str:
    from importlib.metadata import version

    return version("lianjian")

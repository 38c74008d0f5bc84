"""Putting a backup back: all of it is held against its manifest beside its place, then what is kept goes in, and the store last."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.backup.manifest import ACCOUNTS, ANCHOR, JOBS, JOURNAL, STORE, VIEWS, Manifest, damaged
from api.backup.packing import Backup
from api.backup.snapshots import check
from api.backup.staging import placed, said, staging, synced
from api.backup.taking import described
from api.journal import Journal, Places
from api.journal.anchor import Head
from api.journal.places import placed as put
from api.journal.places import unplaced
from api.journal.stores import RESTORE
from api.lock import Lock, held
from graph.errors import BackupError, InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

MARK, MARK_LOCK = "restoring", "restoring.lock"
"""In the folder beside the store while a restore is under way: the head of the journal that goes in, and who is at it."""
WITH_ANCHOR = "with its anchor"
"""In the mark, where the journal's anchor came with it."""
BESIDE = ("", "-wal", "-shm", "-journal")
INTERRUPTED = {
    "zh": "数据由备份恢复；备份时任务尚未结束，其文件不在备份中，请重新提交",
    "en": "restored from a backup that was taken before it was over; its files are not in it, ask again",
}


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back.

    Attributes
    ----------
    manifest : Manifest
    state : pathlib.Path
        Where accounts, jobs and journal are now.
    interrupted : int
        Jobs that were not over when the backup was taken.
    """

    manifest: Manifest
    state: Path
    interrupted: int


def restore(
    source: Path,
    target: str,
    state: Path,
    *,
    key: Path | None,
    journaled: Callable[[str], AbstractContextManager[object]],
    progress: Callable[[str, int, int | None], None],
) -> Restored:
    """Put a backup back where nothing is yet.

    Parameters
    ----------
    source : pathlib.Path
        The folder or ``.zip``.
    target : str
        The store to come: a file, or the address of a server whose database is empty.
    state : pathlib.Path
        The folder of what is kept beside it: not there, or empty but for the journal's key.
    key : pathlib.Path or None
        The journal's key, which is not in a backup; it is put in its place. ``None`` where it lies there already.
    journaled : callable
        Gives, for a mark, a ``with`` block that records the store's coming.
    progress : callable
        Told ``(stage, done, in all)``.

    Raises
    ------
    BackupError
        The backup is damaged, altered, made under another key or by another version.
    InputError, StoreError
        The target is there already, or can't be written.
    JournalError
        The key is not there, or the restore can't be recorded.
    """
    places = Places.of(state)
    with contextlib.closing(Backup(source)) as backup:
        manifest = backup.manifest
        secret = _key(places, key)
        if not manifest.fits(secret):
            raise BackupError(
                f"{source}: sealed under another journal key, or its manifest was altered; name the key that was kept apart from it"
                " with --key",
                f"{source}：由另一日志密钥封存，或清单被改动；请用 --key 指明与备份分开保存的密钥",
            )
        server = "://" in target
        _refuse(target, server=server)
        _free(state, places)
        with staging(state.absolute().parent if server else Path(target).absolute().parent) as here:
            for one in manifest.files:
                backup.unpack(one, here / one.name)
            progress("verifying", 0, None)
            interrupted = _made_ready(here, manifest, str(source))
            mark = RESTORE if manifest.last is None else f"{RESTORE} {manifest.last}"
            with _kept(here, state, places, secret) as came, journaled(mark):
                _store(here / STORE, target, manifest, progress)
                came.store = True
    return Restored(manifest, state, interrupted)


def _key(places: Places, given: Path | None) -> bytes:
    """Return the journal's key: the one that is given, else the one that lies in its place."""
    if given is None:
        if not places.key.exists():
            raise InputError(
                f"{places.key}: the journal's key is not there; name the one that was kept apart from the backup with --key",
                f"{places.key}：日志密钥不存在；请用 --key 指明与备份分开保存的密钥",
            )
        return places.read_key()
    key = Places(places.file, given, places.anchor).read_key()
    if places.key.exists() and places.read_key() != key:
        raise InputError(
            f"{places.key}: another key lies there already; leave out --key, or move that one away",
            f"{places.key}：此处已有另一密钥；请省去 --key，或移走该文件",
        )
    return key


def _made_ready(here: Path, manifest: Manifest, source: str) -> int:
    """Open what was unpacked, hold the store against its fingerprint, and end what can't go on: sessions and jobs."""
    from api.access.accounts import Accounts
    from api.jobs.records import Records

    for one in manifest.files:
        if one.name != ANCHOR:
            check(here / one.name)
    found = described(here / STORE)
    if any(getattr(manifest, name) != value for name, value in found.items()):
        raise damaged(source, STORE)
    if (here / ACCOUNTS).exists():
        accounts = Accounts(here)
        try:
            accounts.end_sessions()
        finally:
            accounts.close()
    if not (here / JOBS).exists():
        return 0
    records = Records(here / JOBS)
    try:
        return records.restored(INTERRUPTED)
    finally:
        records.close()


@dataclass(slots=True)
class _Came:
    """What is in its place by now."""

    store: bool = False
    key: bool = False
    anchor: bool = False


@contextlib.contextmanager
def _kept(here: Path, state: Path, places: Places, key: bytes) -> Iterator[_Came]:
    """Put accounts, jobs and journal in their places for a ``with`` block that brings the store; take them back where it fails."""
    head = Journal(Places(here / JOURNAL, places.key, here / ANCHOR)).head()
    new = not state.exists()
    with said(state):
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = Lock(state / MARK_LOCK)
        if not lock.acquire():
            raise _under_way(state)
    came = _Came(
        key=not places.key.exists(),
        anchor=(here / ANCHOR).exists() and not places.anchor.exists(),
    )
    try:
        with said(state):
            (state / MARK).write_text(f"{head}\n{WITH_ANCHOR * came.anchor}", encoding="ascii")
            synced(state / MARK)
            if came.key:
                places.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                put(places.key, key + b"\n")
            for name in (ACCOUNTS, JOBS, VIEWS, JOURNAL):
                if (here / name).exists():
                    shutil.move(here / name, state / name)
                    synced(state / name)
            if came.anchor:
                places.anchor.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.move(here / ANCHOR, places.anchor)
            synced(state)
        yield came
    except BaseException:
        if not came.store:  # nothing was there before: what is there now came with this
            _cleared(state, places, anchor=came.anchor)
            if came.key:
                places.key.unlink(missing_ok=True)
        raise
    finally:
        lock.release()
        with contextlib.suppress(OSError):
            (state / MARK).unlink(missing_ok=True)
            (state / MARK_LOCK).unlink(missing_ok=True)
        if new and not came.store:
            with contextlib.suppress(OSError):  # what is not empty is somebody's
                state.rmdir()


def _store(
    part: Path,
    target: str,
    manifest: Manifest,
    progress: Callable[[str, int, int | None], None],
) -> None:
    if "://" in target:
        from graph.store import copying

        done = copying.copy(str(part), target, progress)
        if (
            manifest.latest is not None
            and done.verified.get(manifest.latest) != manifest.fingerprint
        ):
            raise damaged(target, STORE)
        return
    synced(part)
    with said(Path(target)):
        try:
            placed(part, Path(target).absolute())
        except FileExistsError:
            raise _there(target) from None


def _refuse(target: str, *, server: bool) -> None:
    if target == ":memory-model:":
        raise StoreError(
            "store :memory-model: keeps nothing; give a .db file or a server's address",
            "存储 :memory-model: 不保存数据；请给出 .db 文件或服务器地址",
        )
    if not server and any(os.path.lexists(f"{target}{end}") for end in BESIDE):
        raise _there(target)


def _free(state: Path, places: Places) -> None:
    """Refuse a folder that holds anything but the key; what a restore that was cut off left there is taken away."""
    if not os.path.lexists(state):
        return
    if not state.is_dir():
        raise _there(str(state))
    if held(state / MARK_LOCK):
        raise _under_way(state)
    if (state / MARK).exists():
        before, _, anchor = (
            (state / MARK).read_text(encoding="ascii", errors="replace").partition("\n")
        )
        newest = next(iter(Journal(places).rows()), None)
        # a row that came after is somebody's work: it is never taken away
        begun = newest is not None and (newest.action, newest.outcome) == (RESTORE, "intent")
        if newest is None or begun or str(Head.of(newest)) == before:
            _cleared(state, places, anchor=anchor == WITH_ANCHOR)
        for part in unplaced(places.key):
            part.unlink(missing_ok=True)
    for entry in state.iterdir():
        if entry not in (places.key, places.anchor) and entry.name not in (MARK, MARK_LOCK):
            raise InputError(
                f"{state}: holds {entry.name} already; name another folder by LIANJIAN_STATE, or move this one away",
                f"{state}：已有 {entry.name}；请用 LIANJIAN_STATE 另指文件夹，或移走该文件夹",
            )


def _cleared(state: Path, places: Places, *, anchor: bool) -> None:
    """Take away what a restore put beside the store, and nothing else."""
    for name in (ACCOUNTS, JOBS, VIEWS, JOURNAL):
        for end in BESIDE:
            (state / f"{name}{end}").unlink(missing_ok=True)
    shutil.rmtree(places.writing, ignore_errors=True)
    if anchor:
        places.anchor.unlink(missing_ok=True)


def _there(target: str) -> InputError:
    return InputError(
        f"{target}: there is something already; restore to a new name, nothing is written over",
        f"{target}：已存在；请恢复到新的位置，不会覆盖已有内容",
    )


def _under_way(state: Path) -> StoreError:
    return StoreError(
        f"{state}: another restore is under way there; wait for it",
        f"{state}：另一恢复正在进行；请等待其结束",
    )

"""Cuts that are kept: one file a jurisdiction, made when it is first asked for and again after the city has changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from graph.cut.cutting import cut
from graph.cut.membership import Jurisdiction
from graph.errors import StoreError
from graph.store import open_store

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Store

FORMAT = 2
"""Of what a cut holds: files of another are made again."""
YOUNG = 600.0
"""Seconds for which a file stays that nobody asks for any more."""


class Cuts:
    """The cuts of one city.

    Parameters
    ----------
    url : str
        The city's store.
    profile : Profile
        It names the roots, and the civil-affairs bureau.
    folder : Path
        Where the files lie; made with the first, for its owner alone.
    """

    def __init__(self, url: str, profile: Profile, folder: Path) -> None:
        # named as anybody else of this machine names it
        self.url = url if "://" in url else str(Path(url).absolute())
        self.profile, self.folder = profile, folder
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._whole: dict[str, str] = {}  # codes that are all there is, as of a state

    def path(self, city: Store, code: str) -> str:
        """Return the file of what a jurisdiction sees of the city as it is now; make it if need be.

        A jurisdiction that is all there is has the city's own store.

        Parameters
        ----------
        city : graph.store.base.Store
            The whole, open.
        code : str
            A division's code or a ledger unit's id.

        Raises
        ------
        InputError
            The code means nothing.
        StoreError
            There is no room for the file, or the city can't be read.
        """
        state = self._state(city)
        name = hashlib.sha256(code.encode()).hexdigest()[:24]
        path = self.folder / f"{name}.{state}.db"
        with self._of(code):
            if self._whole.get(code) == state:
                return self.url
            if not path.is_file():  # a city's places are read for what is made alone
                if Jurisdiction(city, self.profile, code, city.latest()).whole:
                    self._whole[code] = state
                    return self.url
                self._make(city, code, path, state)
                self._clear(name, path)
        return str(path)

    def _of(self, code: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(code, threading.Lock())

    def _state(self, city: Store) -> str:
        """Return what tells whether a city is the one that a cut was made of."""
        said = repr((FORMAT, self.url, city.batches(), sorted(self.profile.audit.roots),
                     self.profile.audit.civil_affairs))  # fmt: skip
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    def _make(self, city: Store, code: str, path: Path, state: str) -> None:
        """Write a cut beside its place and move it there whole: several services may share a folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                f"{self.folder}: can't be made ({error.strerror})",
                f"{self.folder}：无法创建（{error.strerror}）",
            ) from None
        draft = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        try:
            cut(city, self.profile, code, str(draft), state)
            open_store(str(draft)).close()  # in order, and nothing left in a journal beside it
            draft.replace(path)
        finally:
            for left in self.folder.glob(f"{draft.name}*"):
                left.unlink(missing_ok=True)

    def _clear(self, name: str, but: Path) -> None:
        """Remove the cuts of a jurisdiction that a newer one takes the place of, and drafts that nobody finishes any more.

        Young ones stay for a while: somebody may be about to open one.
        """
        for file in self.folder.iterdir():
            if not file.name.startswith(f"{name}.") or file.name.startswith(but.name):
                continue
            with contextlib.suppress(OSError):  # one that is open can't be removed everywhere
                if time.time() - file.stat().st_mtime > YOUNG:
                    file.unlink(missing_ok=True)

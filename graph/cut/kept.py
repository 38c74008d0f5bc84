"""Cuts that are kept: one file a jurisdiction, made when it is first asked for and again after the city has changed.

Who has imported renews those that are in use (:meth:`Cuts.renew`), so that nobody waits for them: until then, what stood before
that import is what is seen (``renewing``).
"""

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
from graph.errors import LianjianError, StoreError, in_chinese
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.model import Batch
    from graph.policy.profile import Profile
    from graph.store.base import Store

FORMAT = 3
"""Of what a cut holds: files of another are made again."""
YOUNG = 600.0
"""Seconds for which a file stays that nobody asks for any more."""
USED = 30 * 86_400.0
"""Seconds since it was last asked for after which a cut is in use no longer: it is not renewed."""
NOTED = 3_600.0
"""Seconds between two notes that a cut is in use."""
CODE = ".code"
"""How the files end that hold the codes of cuts in use; they are as old as the last use."""


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
    renewing : callable, optional
        Says whether somebody is at an import and will renew the cuts after it: until that is over, the newest import is seen in
        no cut that is not renewed yet.
    made : callable, optional
        Is told of each cut that was made how many seconds it took.
    """

    def __init__(
        self,
        url: str,
        profile: Profile,
        folder: Path,
        renewing: Callable[[], bool] | None = None,
        made: Callable[[float], None] | None = None,
    ) -> None:
        # named as anybody else of this machine names it
        self.url = url if "://" in url else str(Path(url).absolute())
        self.profile, self.folder = profile, folder
        self._made = made or (lambda _: None)
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._renewing = renewing
        self._noted: dict[str, float] = {}
        self._whole: dict[str, str] = {}  # codes that are all there is, as of a state

    def path(self, city: Store, code: str, *, now: bool = False) -> str:
        """Return the file of what a jurisdiction sees of the city as it is now; make it if need be.

        While the cuts are being renewed after an import it may be that of before the import.

        A jurisdiction that is all there is has the city's own store.

        Parameters
        ----------
        city : graph.store.base.Store
            The whole, open.
        code : str
            A division's code or a ledger unit's id.
        now : bool
            The city as it is now, whatever is going on.

        Raises
        ------
        InputError
            The code means nothing.
        StoreError
            There is no room for the file, or the city can't be read.
        """
        batches = city.batches()
        state = self._state(city, batches)
        name = _name(code)
        path = self.folder / f"{name}.{state}.db"
        with self._of(code):
            if self._whole.get(code) == state:
                return self.url
            older = None if now or path.is_file() else self._standing(name, city, batches)
            if older is not None:
                path = older
            elif not path.is_file():  # a city's places are read for what is made alone
                if Jurisdiction(city, self.profile, code, city.latest()).whole:
                    self._whole[code] = state
                    return self.url
                begun = time.perf_counter()
                self._make(city, code, path, state)
                self._made(time.perf_counter() - begun)
                self._clear(name, path)
            self._note(name, code)
        return str(path)

    def renew(
        self, city: Store, first: str | None = None, tell: Callable[[int, int], None] | None = None
    ) -> None:
        """Make the cuts that are in use of the city as it is now, those that were asked for last before the others.

        A jurisdiction that is no more, and a cut that can't be made, is left to who asks for it.

        Parameters
        ----------
        first : str, optional
            A code whose cut is made before all others, in use or not.
        tell : callable, optional
            Told how many are made, and of how many.
        """
        codes = list(dict.fromkeys([*([] if first is None else [first]), *self._in_use()]))
        for at, code in enumerate(codes):
            if tell is not None:
                tell(at, len(codes))
            with contextlib.suppress(LianjianError):
                self._renewed(city, code)

    def _renewed(self, city: Store, code: str) -> None:
        used = self.folder / f"{_name(code)}{CODE}"
        with contextlib.suppress(OSError):
            self._noted[code] = used.stat().st_mtime + USED  # this is no use of it
        self.path(city, code)

    def _in_use(self) -> list[str]:
        """Return the codes of cuts that were asked for lately, the last one first."""
        found: list[tuple[float, str]] = []
        with contextlib.suppress(OSError):
            for file in self.folder.glob(f"*{CODE}"):
                at = file.stat().st_mtime
                if time.time() - at < USED:
                    found.append((-at, file.read_text(encoding="utf-8")))
        return [code for _, code in sorted(found)]

    def _note(self, name: str, code: str) -> None:
        """Remember that a cut is in use."""
        now = time.time()
        if now - self._noted.get(code, 0.0) < NOTED:
            return
        self._noted[code] = now
        with contextlib.suppress(OSError):  # it is made when asked for all the same
            (self.folder / f"{name}{CODE}").write_text(code, encoding="utf-8")

    def _standing(self, name: str, city: Store, batches: list[Batch]) -> Path | None:
        """Return the cut of before the newest import while whoever made that is renewing the cuts."""
        if self._renewing is None or not batches or batches[-1].by_command:
            return None
        older = self.folder / f"{name}.{self._state(city, batches[:-1])}.db"
        return older if older.is_file() and self._renewing() else None

    def _of(self, code: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(code, threading.Lock())

    def _state(self, city: Store, batches: list[Batch]) -> str:
        """Return what tells whether a city is the one that a cut was made of."""
        said = repr((FORMAT, self.url, city.identity, batches, sorted(self.profile.audit.roots),
                     self.profile.audit.civil_affairs))  # fmt: skip
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    def _make(self, city: Store, code: str, path: Path, state: str) -> None:
        """Write a cut beside its place and move it there whole: several services may share a folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                f"{self.folder}: can't be made ({error.strerror})",
                f"{self.folder}：无法创建（{in_chinese(error)}）",
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
            if (
                not file.name.startswith(f"{name}.")
                or file.name.startswith(but.name)
                or file.suffix == CODE
            ):
                continue
            with contextlib.suppress(OSError):  # one that is open can't be removed everywhere
                if time.time() - file.stat().st_mtime > YOUNG:
                    file.unlink(missing_ok=True)


def _name(code: str) -> str:
    """Return what the files of a cut are called: codes may hold what no file's name does."""
    return hashlib.sha256(code.encode()).hexdigest()[:24]

"""What is made beside the requests that wait for it: once for all who ask, and kept for those who come later.

Who asks while it is made is told how far it is after a while, and asks again; nobody's going away ends it.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from api.waiting import AskAgainError, ChangedError, patience
from graph.errors import StoreMissingError
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from api.latest import Latest
    from graph.store.base import Store

K = TypeVar("K", bound="Hashable")
T = TypeVar("T")

WAITING = 2
"""Things that are made or wait to be, at most: each may take minutes where a city is large, and holds its map."""
TRIES = 3
"""How often something is begun anew because the store changed while it was made."""


class EndedError(Exception):
    """The service ends: nobody waits any more."""


@dataclass(eq=False)
class Making(Generic[T]):
    """Something under way.

    Attributes
    ----------
    done, of : int
        How far it is; nought of how much where that is not known yet.
    begun : float
        When, by the clock that only goes on.
    """

    ended: threading.Event
    made: Future[T] = field(default_factory=Future)
    done: int = 0
    of: int = 0
    begun: float = field(default_factory=time.monotonic)

    def reached(self, done: int, of: int) -> None:
        """Say how far it is.

        Raises
        ------
        EndedError
            It is not wanted any more.
        """
        self.done, self.of = done, of
        if self.ended.is_set():
            raise EndedError


@dataclass(frozen=True)
class Words:
    """What who waits is told, in English and Chinese.

    Attributes
    ----------
    made : (str, str)
        Of what is under way; ``{}`` stands for how far it is, where that can be said.
    others : (str, str)
        Where others are being made.
    changed : (str, str)
        Where the store changed meanwhile.
    """

    made: tuple[str, str]
    others: tuple[str, str]
    changed: tuple[str, str]


class Beside(Generic[K, T]):
    """Things that threads of their own make, one at a time.

    Parameters
    ----------
    kept : Latest
        Where they are kept.
    name : str
        Of the threads.
    words : Words
    patience : float, optional
        Seconds that a request waits; by default as long as who asks does (:func:`api.waiting.patience`).
    """

    def __init__(
        self, kept: Latest[K, T], name: str, words: Words, patience: float | None = None
    ) -> None:
        self.kept = kept
        self._name, self._words, self._patience = name, words, patience
        self._lock = threading.Lock()
        self._one = threading.Lock()
        self._room = threading.Semaphore(WAITING)
        self._ended = threading.Event()
        self._making: dict[tuple[K, bytes], Making[T]] = {}

    def get(
        self,
        key: K,
        state: Callable[[], bytes],
        make: Callable[[Making[T], bytes], T],
        size: Callable[[T], int],
        *,
        before: Callable[[], None] | None = None,
        enough: Callable[[T], bool] = lambda _: True,
        here: bool = False,
    ) -> tuple[bytes, T]:
        """Return the store's state, and the one that is kept, else the one that is made, where that does not take too long.

        Parameters
        ----------
        state : callable
            Says in which state the store is.
        make : callable
            Makes it of that state in a thread of its own, and says how far it is to what it is given.
        size : callable
            Says how many bytes it takes.
        before : callable, optional
            Called before it is made; what it raises keeps it from being made.
        enough : callable
            Says whether one that is kept will do; else another is made.
        here : bool
            Make it in this very thread, however long it takes.

        Raises
        ------
        AskAgainError
            It takes a while yet, others are being made, or the store goes on changing.
        """
        until = time.monotonic() + (patience() if self._patience is None else self._patience)
        for left in reversed(range(TRIES)):
            now = state()
            try:
                made = self._got(key, now, make, size, before, enough, until, here=here)
            except ChangedError:
                if not left:
                    raise
                continue
            if enough(made):
                return now, made
        raise AskAgainError.being_made(*self._words.others)

    def _got(
        self,
        key: K,
        state: bytes,
        make: Callable[[Making[T], bytes], T],
        size: Callable[[T], int],
        before: Callable[[], None] | None,
        enough: Callable[[T], bool],
        until: float,
        *,
        here: bool,
    ) -> T:
        held, making = self._there(key, state, enough)
        if held is not None:
            return held
        if making is None:
            if not self._room.acquire(timeout=None if here else max(0.0, until - time.monotonic())):
                raise AskAgainError.being_made(*self._words.others)
            begun = False
            try:
                # others may have begun it while one waited
                held, making = self._there(key, state, enough)
                if held is not None:
                    return held
                if making is None:
                    if before is not None:
                        before()
                    making, begun = self._begun(key, state)
            finally:
                if not begun:
                    self._room.release()
            if begun:
                work = (making, key, state, make, size)
                if here:
                    self._make(*work)
                else:
                    threading.Thread(
                        target=self._make, args=work, name=self._name, daemon=True
                    ).start()
        try:
            return making.made.result(None if here else max(0.0, until - time.monotonic()))
        except TimeoutError:
            if making.made.done():  # it is the making that took too long for something of its own
                raise
            far = f"{making.done}/{making.of or '…'}"
            en, zh = (text.format(far) for text in self._words.made)
            seconds = time.monotonic() - making.begun
            raise AskAgainError.being_made(en, zh, making.done, making.of, seconds) from None

    def _there(
        self, key: K, state: bytes, enough: Callable[[T], bool]
    ) -> tuple[T | None, Making[T] | None]:
        with self._lock:
            held = self.kept.held(key, state)
            if held is not None and enough(held):
                return held, None
            return None, self._making.get((key, state))

    def _begun(self, key: K, state: bytes) -> tuple[Making[T], bool]:
        with self._lock:
            making = self._making.get((key, state))
            if making is not None:
                return making, False
            made = self._making[key, state] = Making(self._ended)
            return made, True

    def _make(
        self,
        making: Making[T],
        key: K,
        state: bytes,
        make: Callable[[Making[T], bytes], T],
        size: Callable[[T], int],
    ) -> None:
        made: T | None = None
        failed: BaseException | None = None
        try:
            with self._one:
                making.reached(0, 0)
                made = make(making, state)
            self.kept.keep(key, state, made, size(made))
        except BaseException as error:  # noqa: BLE001 - whoever waits is told, whatever it was
            failed = error
        # who was told goes on at once, and may ask for the next: this one makes room first
        with self._lock:
            del self._making[key, state]
        self._room.release()
        if failed is not None:
            making.made.set_exception(failed)
        else:
            making.made.set_result(made)  # type: ignore[arg-type]

    @contextmanager
    def reading(
        self, of: Store, state: bytes, state_of: Callable[[Store], bytes], *, own: bool = True
    ) -> Iterator[Store]:
        """Give a store for a ``with`` block that makes something of it in a state.

        Parameters
        ----------
        own : bool
            By a connection of one's own: the one that is given is used elsewhere, or by who goes away.

        Raises
        ------
        ChangedError
            The store is in another one before or after, or in no state any more: of a jurisdiction, a newer cut took its place.
        """
        try:
            store = open_store(of.url) if own else of
        except StoreMissingError:
            raise ChangedError(*self._words.changed) from None
        try:
            for last in (False, True):
                if state_of(store) != state:
                    raise ChangedError(*self._words.changed)
                if not last:
                    yield store
        finally:
            if own:
                store.close()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self.kept)

    def close(self) -> None:
        """Let go of all; one under way ends where it next says how far it is."""
        self._ended.set()
        self.kept.close()

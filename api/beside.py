"""What is made beside the requests that wait for it: once for all who ask, and kept for those who come later.

Who asks while it is made is told how far it is after a while, and asks again; nobody's going away ends it.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from graph.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from api.latest import Latest

K = TypeVar("K", bound="Hashable")
T = TypeVar("T")

WAITING = 2
"""Things that are made or wait to be, at most: each may take minutes where a city is large, and holds its map."""
PATIENCE = 5.0
"""Seconds that a request waits: it holds a connection and a turn meanwhile, and pages ask again by themselves."""


class EndedError(Exception):
    """The service ends: nobody waits any more."""


@dataclass(eq=False)
class Making(Generic[T]):
    """Something under way.

    Attributes
    ----------
    done, of : int
        How far it is; nought of how much where that is not known yet.
    """

    ended: threading.Event
    made: Future[T] = field(default_factory=Future)
    done: int = 0
    of: int = 0

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
    """What who waits is told.

    Attributes
    ----------
    made : callable
        Of what is under way, given how far it is.
    others : callable
        Where others are being made.
    """

    made: Callable[[str], StoreBusyError]
    others: Callable[[], StoreBusyError]


class Beside(Generic[K, T]):
    """Things that threads of their own make, one at a time.

    Parameters
    ----------
    kept : Latest
        Where they are kept.
    name : str
        Of the threads.
    words : Words
    patience : float
        See :data:`PATIENCE`.
    """

    def __init__(
        self, kept: Latest[K, T], name: str, words: Words, patience: float = PATIENCE
    ) -> None:
        self.kept = kept
        self._name, self._words, self._patience = name, words, patience
        self._lock = threading.Lock()
        self._one = threading.Lock()
        self._ended = threading.Event()
        self._making: dict[tuple[K, bytes], Making[T]] = {}

    def get(
        self,
        key: K,
        state: bytes,
        make: Callable[[Making[T]], T],
        size: Callable[[T], int],
        *,
        before: Callable[[], None] | None = None,
        but: T | None = None,
    ) -> T:
        """Return the one that is kept, else the one that is made, where that does not take too long.

        Parameters
        ----------
        state : bytes
            Of the store that it is of.
        make : callable
            Makes it in a thread of its own, and says how far it is to what it is given.
        size : callable
            Says how many bytes it takes.
        before : callable, optional
            Called before it is made; what it raises keeps it from being made.
        but : optional
            One that is kept and does not do: another is made.

        Raises
        ------
        StoreBusyError
            It takes a while yet, or others are being made.
        """
        with self._lock:
            held = self.kept.held(key, state)
            if held is not None and held is not but:
                return held
            making = self._making.get((key, state))
            if making is None:
                if len(self._making) >= WAITING:
                    raise self._words.others()
                if before is not None:
                    before()
                making = self._making[key, state] = Making(self._ended)
                threading.Thread(
                    target=self._make, args=(making, key, state, make, size), name=self._name, daemon=True
                ).start()  # fmt: skip
        try:
            return making.made.result(self._patience)
        except TimeoutError:
            raise self._words.made(f"{making.done}/{making.of or '…'}") from None

    def _make(
        self,
        making: Making[T],
        key: K,
        state: bytes,
        make: Callable[[Making[T]], T],
        size: Callable[[T], int],
    ) -> None:
        try:
            with self._one:
                making.reached(0, 0)
                made = make(making)
            self.kept.keep(key, state, made, size(made))
        except BaseException as error:  # noqa: BLE001 - whoever waits is told, whatever it was
            making.made.set_exception(error)
        else:
            making.made.set_result(made)
        finally:
            with self._lock:
                del self._making[key, state]

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self.kept)

    def close(self) -> None:
        """Let go of all; one under way ends where it next says how far it is."""
        self._ended.set()
        self.kept.close()

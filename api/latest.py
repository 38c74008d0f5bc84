"""What was made of a store last and costs much to make: kept as long as the store is as it was, and one made at a time."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from graph.errors import StoreBusyError

K = TypeVar("K")
T = TypeVar("T")


class Latest(Generic[K, T]):
    """Things by what they are of, each with the state of the store that it was made in; those asked for last are kept.

    Parameters
    ----------
    most, most_bytes : int
        Things, and bytes of all of them together, at most; the last one is kept whatever its size.
    of : callable
        Whose store a key is of: what was made in another state of it is let go when something newer is kept.
    """

    def __init__(self, most: int, most_bytes: int, of: Callable[[K], Hashable]) -> None:
        self.most, self.most_bytes, self._of = most, most_bytes, of
        self._lock = threading.Lock()
        self._things: OrderedDict[K, tuple[bytes, T, int]] = OrderedDict()

    def held(self, key: K, state: bytes) -> T | None:
        """Return what is kept of a store in this state."""
        with self._lock:
            found = self._things.get(key)
            if found is None or found[0] != state:
                return None
            self._things.move_to_end(key)
            return found[1]

    def keep(self, key: K, state: bytes, made: T, size: int = 0) -> None:
        """Keep something as the latest, without what is of a store that is no more, or what there is no room for."""
        with self._lock:
            for old, (was, _, _) in list(self._things.items()):
                if self._of(old) == self._of(key) and was != state:
                    del self._things[old]
            self._things[key] = state, made, size
            self._things.move_to_end(key)
            while len(self._things) > 1 and (
                len(self._things) > self.most or self.size > self.most_bytes
            ):
                self._things.popitem(last=False)

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._things)

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(size for _, _, size in list(self._things.values()))

    def close(self) -> None:
        """Let go of all; those in use are finished first."""
        with self._lock:
            self._things.clear()


@contextlib.contextmanager
def one_at_a_time(making: threading.Lock, patience: float, else_: StoreBusyError) -> Iterator[None]:
    """Wait until nobody else makes one.

    Raises
    ------
    StoreBusyError
        The one given, where that takes too long.
    """
    if not making.acquire(timeout=patience):
        raise else_
    try:
        yield
    finally:
        making.release()

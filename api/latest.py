"""What was made of a store last and costs much to make: kept as long as the store is as it was."""

from __future__ import annotations

import threading
from collections import OrderedDict
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K")
T = TypeVar("T")


class Pool:
    """Room that several share: where all of theirs together is more, what was asked for longest ago goes, whosever it is.

    Parameters
    ----------
    most_bytes : int
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.lock = threading.RLock()
        self._clock = count()
        self._sharing: list[Latest[Any, Any]] = []

    def join(self, one: Latest[Any, Any]) -> None:
        """Let one more share it."""
        with self.lock:
            self._sharing.append(one)

    def now(self) -> int:
        """Return a number that no earlier one is above."""
        return next(self._clock)

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        return sum(one.size for one in self._sharing)

    def clear(self) -> None:
        """Let go of all that is kept, whosever it is."""
        for one in list(self._sharing):
            one.close()

    def fit(self) -> None:
        """Let go of what there is no room for; what was asked for last stays, whatever its size."""
        with self.lock:
            while self.size > self.most_bytes and sum(map(len, self._sharing)) > 1:
                oldest = min((one for one in self._sharing if len(one)), key=lambda one: one.oldest)
                oldest.drop()


class Latest(Generic[K, T]):
    """Things by what they are of, each with the state of the store that it was made in; those asked for last are kept.

    Parameters
    ----------
    most, most_bytes : int
        Things, and bytes of all of them together, at most; the last one is kept whatever its size.
    of : callable
        Whose store a key is of: what was made in another state of it is let go when something newer is kept.
    pool : Pool, optional
        Room shared with others.
    """

    def __init__(
        self,
        most: int,
        most_bytes: int,
        of: Callable[[K], Hashable],
        pool: Pool | None = None,
    ) -> None:
        self.most, self.most_bytes, self._of = most, most_bytes, of
        self._pool = pool or Pool(most_bytes)
        self._lock = self._pool.lock
        self._things: OrderedDict[K, tuple[bytes, T, int, int]] = OrderedDict()
        self._pool.join(self)

    def held(self, key: K, state: bytes) -> T | None:
        """Return what is kept of a store in this state."""
        with self._lock:
            found = self._things.get(key)
            if found is None or found[0] != state:
                return None
            self._put(key, *found[:3])
            return found[1]

    def keep(self, key: K, state: bytes, made: T, size: int = 0) -> None:
        """Keep something as the latest, without what is of a store that is no more, or what there is no room for."""
        with self._lock:
            for old, (was, *_) in list(self._things.items()):
                if self._of(old) == self._of(key) and was != state:
                    del self._things[old]
            self._put(key, state, made, size)
            while len(self._things) > 1 and (
                len(self._things) > self.most or self.size > self.most_bytes
            ):
                self.drop()
            self._pool.fit()

    def _put(self, key: K, state: bytes, made: T, size: int) -> None:
        self._things[key] = state, made, size, self._pool.now()
        self._things.move_to_end(key)

    @property
    def oldest(self) -> int:
        """When the one that was asked for longest ago was (:meth:`Pool.now`)."""
        return next(iter(self._things.values()))[3]

    def drop(self) -> None:
        """Let go of the one that was asked for longest ago."""
        self._things.popitem(last=False)

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._things)

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(size for _, _, size, _ in list(self._things.values()))

    def close(self) -> None:
        """Let go of all; those in use are finished first."""
        with self._lock:
            self._things.clear()

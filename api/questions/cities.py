"""Cities as columns for questions: read once for what a store holds at a date, as far as it is asked for, and kept.

A city of a million organizations takes some twenty seconds of a processor to read and a quarter of a gigabyte to keep; a question
then takes hundredths of a second. What a jurisdiction sees is a store of its own (:mod:`graph.cut`), and so has columns of its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from api.kept import state_of, while_unchanged
from graph.errors import StoreBusyError

if TYPE_CHECKING:
    from graph.patterns.facts import Facts, Need
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Key = tuple[str, int]

MOST, MOST_BYTES = 32, 1 << 30
"""Cities that are kept, and bytes of all of them together; the last one is kept whatever its size."""
PATIENCE = 30.0
"""Seconds that a request waits for columns that are being read."""


class Cities:
    """The columns of one service's stores, by store and date.

    Parameters
    ----------
    most, most_bytes : int
        See :data:`MOST`.
    """

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self.most, self.most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._kept: OrderedDict[Key, tuple[bytes, Facts]] = OrderedDict()

    def of(
        self, store: Store, profile: Profile, as_of: int, needs: set[Need]
    ) -> tuple[bytes, Facts]:
        """Return the store's state, and a city's columns with all that a question rests on.

        Cities are read one at a time: whoever needs what is not there yet waits for it, and for those before.

        Raises
        ------
        StoreBusyError
            The store went on changing while it was read, or others are being read for too long.
        """  # fmt: skip
        key, state = (store.url, as_of), state_of(store)
        held = self._held(key, state)
        if held is not None and not held.lacks(needs):
            return state, held
        if not self._reading.acquire(timeout=PATIENCE):
            raise StoreBusyError(
                "the city is being read, which takes a while after an import; ask again in a moment",
                "正在读取全市数据（导入后需要片刻），请稍后再试",
            )
        try:
            held = self._held(key, state)
            if held is not None and not held.lacks(needs):
                return state, held
            state, made = self._read(store, profile, as_of, needs)
            self._keep(key, state, made)
            return state, made
        finally:
            self._reading.release()

    def _held(self, key: Key, state: bytes) -> Facts | None:
        with self._lock:
            held = self._kept.get(key)
            if held is None or held[0] != state:
                return None
            self._kept.move_to_end(key)
            return held[1]

    def __len__(self) -> int:
        """Return how many cities are kept."""
        return len(self._kept)

    def close(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._kept.clear()

    def _read(
        self, store: Store, profile: Profile, as_of: int, needs: set[Need]
    ) -> tuple[bytes, Facts]:
        """Read what is lacking while the store stays as it is: it takes many statements."""
        from graph.city import City
        from graph.patterns.facts import Facts
        from graph.patterns.reading import read

        def made() -> Facts:
            # what is kept of another state is of no use
            held = self._held((store.url, as_of), state_of(store))
            return read(City(store, profile, as_of), held or Facts(as_of), needs, ahead=True)

        return while_unchanged(
            store,
            made,
            StoreBusyError(
                "the store went on changing while the city was read; ask again when the import is done",
                "读取全市数据期间存储不断变化；请在导入完成后重试",
            ),
        )

    def _keep(self, key: Key, state: bytes, made: Facts) -> None:
        """Keep a city as the latest, without those of a store that is no more and those that there is no room for."""
        with self._lock:
            for old, (was, _) in list(self._kept.items()):
                if old[0] == key[0] and was != state:
                    del self._kept[old]
            self._kept[key] = state, made
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and (
                len(self._kept) > self.most or sum(f.nbytes for _, f in self._kept.values()) > self.most_bytes
            ):  # fmt: skip
                self._kept.popitem(last=False)

"""Reading a large city ahead: once an import is in, what its map and questions rest on is read before anybody asks for it.

That is done where somebody asked before, and after the first import of all: where nobody asks for maps there is better to do.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from api.kept import state_of
from graph.cut.scope import WHOLE
from graph.errors import LianjianError

if TYPE_CHECKING:
    from api.maps import Maps
    from api.operation.log import Log
    from api.questions.cities import Cities
    from api.stores import Stores
    from graph.city import City
    from graph.policy.profile import Profile
    from graph.store.base import Store

LARGE = 50_000
"""Rows of imports from which on a city is read ahead: a smaller one is there within a second or two."""
LEAVING = 2.0
"""Seconds that a service which ends waits for what is being read; it is of no use to anybody then."""


class Ahead:
    """A thread that reads one service's whole city when it is told to, and does nothing else.

    What a jurisdiction sees is read when somebody of it asks: it is smaller.

    Parameters
    ----------
    stores : Stores
    profile : graph.policy.profile.Profile
    maps : Maps
    cities : Cities
    log : Log
    """

    def __init__(
        self, stores: Stores, profile: Profile, maps: Maps, cities: Cities, log: Log
    ) -> None:
        self._stores, self._profile = stores, profile
        self._maps, self._cities, self._log = maps, cities, log
        self._asked = threading.Event()
        self._leaving = False
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start waiting to be told."""
        self._leaving = False
        self._asked.clear()
        self._thread = threading.Thread(target=self._go, name="ahead", daemon=True)
        self._thread.start()

    def again(self) -> None:
        """Have the city read: it has changed."""
        self._asked.set()

    def close(self) -> None:
        """Let the thread end; it is not waited for where it reads for long."""
        self._leaving = True
        self._asked.set()
        if self._thread is not None:
            self._thread.join(LEAVING)
            self._thread = None

    def _go(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._leaving:
                return
            try:
                self._read()
            except LianjianError:
                continue  # no store yet, or one that is being written: whoever asks next is told
            except Exception as error:  # noqa: BLE001 - requests go on without
                self._log.fault(error, doing="ahead")

    def _read(self) -> None:
        with self._stores.turn(heavy=True), self._stores.one(WHOLE) as store:
            there = [b.loaded for b in store.batches() if not b.undone]
            wanted = len(self._maps) or len(self._cities) or len(there) == 1
            if wanted and sum(there) >= LARGE:
                read(store, self._profile, self._maps, self._cities)


def read(store: Store, profile: Profile, maps: Maps, cities: Cities) -> None:
    """Read a city once for its map and for questions: its organizations are gone through once, and what both hold is one.

    Raises
    ------
    StoreError
        As :meth:`api.maps.Maps.of` and :meth:`api.questions.cities.Cities.of`.
    """
    from graph.patterns.reading import USUAL

    as_of = store.latest()
    seen = _Seen(store, profile, as_of)
    cities.of(store, profile, as_of, set(USUAL), city=seen)
    maps.of(store, profile, as_of, city=seen)


class _Seen:
    """One city for all that is read of a store in one state."""

    def __init__(self, store: Store, profile: Profile, as_of: int) -> None:
        self._of = store, profile, as_of
        self._state: bytes | None = None
        self._city: City | None = None

    def __call__(self) -> City:
        from graph.city import City
        from graph.patterns.reading import stated
        from viz.city.columns import NEEDED

        state = state_of(self._of[0])
        if self._city is None or state != self._state:
            self._state, self._city = state, City(*self._of)
            self._city.few(*sorted({*NEEDED, *stated()}))
        return self._city

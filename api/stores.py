"""Open stores for requests that run side by side: each has one to itself, and gives it back open.

Whoever asks says how much of the city is to be seen; there is no way to a store without a scope. A jurisdiction's store is a file
of its own that holds nothing of the rest (:mod:`graph.cut`).
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from api.access.identity import LOCAL
from graph.cut.scope import WHOLE, Whole
from graph.errors import StoreError
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from api.access.identity import Identity
    from graph.cut.kept import Cuts
    from graph.cut.scope import Scope
    from graph.store.base import Store

MOST_KEPT = 64
"""Jurisdictions whose stores are kept open when nobody asks."""


class Stores:
    """Connections to one city, whole and by jurisdiction.

    Parameters
    ----------
    url : str
    most : int
        Open at once; who comes when all are taken waits.
    cuts : graph.cut.kept.Cuts
        What jurisdictions see.
    """

    def __init__(self, url: str, most: int, cuts: Cuts) -> None:
        self.url, self.cuts = url, cuts
        self._room = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._idle: dict[str, list[Store]] = {}
        self._closed = False

    @contextlib.contextmanager
    def one(self, scope: Scope) -> Iterator[Store]:
        """Give a store for a ``with`` block; one that failed is not used again.

        Raises
        ------
        InputError
            The scope is no division or ledger unit of the city any more.
        StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
            As :func:`graph.store.open_store`.
        """
        with self._room:
            if isinstance(scope, Whole):
                with self._open(self.url) as city:
                    yield city
                return
            with self._open(self.url) as city:
                path = self.cuts.path(city, scope)
            with self._open(path) as store:
                yield store

    @contextlib.contextmanager
    def _open(self, url: str) -> Iterator[Store]:
        store = self._taken(url) or open_store(url)
        sound = True
        try:
            yield store
        except StoreError:
            sound = False
            raise
        finally:
            self._back(url, store, sound=sound)

    def close(self) -> None:
        """Close those that nobody uses; the others are closed when they come back."""
        with self._lock:
            self._closed = True
            idle = [store for some in self._idle.values() for store in some]
            self._idle = {}
        for store in idle:
            store.close()

    def _taken(self, url: str) -> Store | None:
        with self._lock:
            idle = self._idle.get(url)
            return idle.pop() if idle else None

    def _back(self, url: str, store: Store, *, sound: bool) -> None:
        gone: list[Store] = []
        with self._lock:
            if sound and not self._closed:
                self._idle.setdefault(url, []).append(store)
                gone = self._left_behind()
            else:
                gone = [store]
        for one in gone:
            with contextlib.suppress(StoreError):
                one.close()

    def _left_behind(self) -> list[Store]:
        """Take out the stores whose files a newer cut took the place of, or that are idle beyond measure."""
        gone: list[Store] = []
        for url in [u for u in self._idle if u != self.url]:
            if len(self._idle) > MOST_KEPT or not Path(url).is_file():
                gone += self._idle.pop(url)
        return gone


def scope_of(request: Request) -> Scope:
    """Return how much of the city who asks may see."""
    identity: Identity = getattr(request.state, "identity", LOCAL)
    return WHOLE if identity.jurisdiction is None else identity.jurisdiction


def reading(request: Request) -> contextlib.AbstractContextManager[Store]:
    """Give a store for what a request asks, in a ``with`` block: the only way by which routes come to one.

    Raises
    ------
    StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
        As :func:`graph.store.open_store`.
    """
    stores: Stores = request.app.state.stores
    return stores.one(scope_of(request))

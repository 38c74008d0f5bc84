"""Open stores for requests that run side by side: each has one to itself, and gives it back open."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from graph.errors import StoreError
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from graph.store.base import Store


class Stores:
    """Connections to one store.

    Parameters
    ----------
    url : str
    most : int
        Open at once; who comes when all are taken waits.
    """

    def __init__(self, url: str, most: int) -> None:
        self.url = url
        self._room = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._idle: list[Store] = []
        self._closed = False

    @contextlib.contextmanager
    def one(self) -> Iterator[Store]:
        """Give a store for a ``with`` block; one that failed is not used again.

        Raises
        ------
        StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
            As :func:`graph.store.open_store`.
        """
        with self._room:
            store = self._taken() or open_store(self.url)
            sound = True
            try:
                yield store
            except StoreError:
                sound = False
                raise
            finally:
                self._back(store, sound=sound)

    def close(self) -> None:
        """Close those that nobody uses; the others are closed when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for store in idle:
            store.close()

    def _taken(self) -> Store | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _back(self, store: Store, *, sound: bool) -> None:
        with self._lock:
            if sound and not self._closed:
                self._idle.append(store)
                return
        with contextlib.suppress(StoreError):
            store.close()


def reading(request: Request) -> contextlib.AbstractContextManager[Store]:
    """Give a store for what a request asks, in a ``with`` block: the only way by which routes come to one.

    Raises
    ------
    StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
        As :func:`graph.store.open_store`.
    """
    stores: Stores = request.app.state.stores
    return stores.one()


def writing(request: Request) -> contextlib.AbstractContextManager[Store]:
    """Give a store for what a request changes, in a ``with`` block: the only way by which routes write to one.

    Raises
    ------
    StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
        As :func:`graph.store.open_store`.
    """
    stores: Stores = request.app.state.stores
    return stores.one()

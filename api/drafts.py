"""The ledger units on which groups were tried last: laid out once for what a store holds, and kept for the next try.

Laying one out takes some tenths of a second, a try some milliseconds: what breaks and what it costs is said while one drags.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from api.asking.drafting import Table
from api.kept import state_of, while_unchanged
from graph.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.asking.drafting import Conditions
    from graph.store.base import Store

    Key = tuple[str, str, str | None, int]

MOST = 8
"""Ledger units that are kept: each holds numbers for all pairs of its small organizations."""


class Drafts:
    """What is laid out, by store, ledger unit, plan and date."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._tables: OrderedDict[Key, tuple[bytes, Table]] = OrderedDict()

    def of(
        self, store: Store, unit: str, plan: str | None, as_of: int, make: Callable[[], Conditions]
    ) -> Table:
        """Return a ledger unit laid out under a plan's conditions: the one that is kept, where the store has not changed since.

        Parameters
        ----------
        plan : str or None
            Which plan: a job's id.

        Raises
        ------
        InputError
            There is no such ledger unit.
        StoreBusyError
            The store went on changing while it was read.
        """
        key, state = (store.url, unit, plan, as_of), state_of(store)
        with self._lock:
            held = self._tables.get(key)
            if held is not None and held[0] == state:
                self._tables.move_to_end(key)
                return held[1]
        state, table = while_unchanged(
            store,
            lambda: Table.lay(store, unit, make()),
            StoreBusyError(
                "the store went on changing while the ledger unit was read; ask again when the import is done",
                "读取台账单位期间存储不断变化；请在导入完成后重试",
            ),
        )
        with self._lock:
            self._tables[key] = state, table
            self._tables.move_to_end(key)
            while len(self._tables) > self.most:
                self._tables.popitem(last=False)
        return table

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._tables)

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            self._tables.clear()

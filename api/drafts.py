"""The ledger units on which groups were tried last: laid out once for what a store holds, and kept for the next try.

Laying one out takes some tenths of a second, a try some milliseconds: what breaks and what it costs is said while one drags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.asking.drafting import Table
from api.kept import state_of, while_unchanged
from api.latest import Latest
from api.waiting import ChangedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.asking.drafting import Conditions
    from api.latest import Pool
    from graph.store.base import Store

    Key = tuple[str, str, str | None, int]

MOST, MOST_BYTES = 8, 256 << 20
"""Ledger units that are kept, each with numbers for all pairs of its small organizations; and bytes of all of them together."""


class Drafts:
    """What is laid out, by store, ledger unit, plan and date.

    Parameters
    ----------
    most, most_bytes : int
        See :data:`MOST`.
    pool : Pool, optional
        Room shared with others.
    """

    def __init__(
        self, most: int = MOST, most_bytes: int = MOST_BYTES, pool: Pool | None = None
    ) -> None:
        self._tables: Latest[Key, Table] = Latest(most, most_bytes, lambda key: key[0], pool)

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
        ChangedError
            The store went on changing while it was read.
        """
        key, state = (store.url, unit, plan, as_of), state_of(store)
        held = self._tables.held(key, state)
        if held is not None:
            return held
        state, table = while_unchanged(
            store,
            lambda: Table.lay(store, unit, make()),
            ChangedError(
                "the store went on changing while the ledger unit was read; ask again when the import is done",
                "读取台账单位期间存储不断变化；请在导入完成后重试",
            ),
        )
        self._tables.keep(key, state, table, table.nbytes)
        return table

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._tables)

    def close(self) -> None:
        """Let go of all."""
        self._tables.close()

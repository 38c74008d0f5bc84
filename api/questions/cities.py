"""Cities as columns for questions: read once for what a store holds at a date, as far as it is asked for, and kept.

A city of a million organizations takes some twenty seconds of a processor to read and a quarter of a gigabyte to keep; a question
then takes hundredths of a second. What a jurisdiction sees is a store of its own (:mod:`graph.cut`), and so has columns of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.kept import state_of, while_unchanged
from api.latest import Latest
from graph.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.latest import Pool
    from graph.city import City
    from graph.patterns.facts import Facts, Need
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Key = tuple[str, int]

MOST, MOST_BYTES = 32, 1 << 30
"""Cities that are kept, and bytes of all of them together; the last one is kept whatever its size."""


class Cities:
    """The columns of one service's stores, by store and date.

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
        self._kept: Latest[Key, Facts] = Latest(most, most_bytes, lambda key: key[0], pool)

    def of(
        self,
        store: Store,
        profile: Profile,
        as_of: int,
        needs: set[Need],
        *,
        city: Callable[[], City] | None = None,
        before: Callable[[], None] | None = None,
    ) -> tuple[bytes, Facts]:
        """Return the store's state, and a city's columns with all that a question rests on.

        Cities are read one at a time: whoever needs what is not there yet waits for it, and for those before.

        Parameters
        ----------
        city : callable, optional
            Gives the store as it is now at the date, where it is being read for something else, too.
        before : callable, optional
            Called before anything is read.

        Raises
        ------
        StoreBusyError
            The store went on changing while it was read, or others are being read for too long.
        """  # fmt: skip
        return self._kept.get(
            (store.url, as_of),
            lambda: state_of(store),
            lambda: self._read(store, profile, as_of, needs, city),
            lambda made: made.nbytes,
            StoreBusyError(
                "the city is being read, which takes a while after an import; ask again in a moment",
                "正在读取全市数据（导入后需要片刻），请稍后再试",
            ),
            enough=lambda held: not held.lacks(needs),
            before=before,
        )

    def __len__(self) -> int:
        """Return how many cities are kept."""
        return len(self._kept)

    def close(self) -> None:
        """Let go of all of them."""
        self._kept.close()

    def _read(
        self,
        store: Store,
        profile: Profile,
        as_of: int,
        needs: set[Need],
        city: Callable[[], City] | None,
    ) -> tuple[bytes, Facts]:
        """Read what is lacking while the store stays as it is: it takes many statements."""
        from graph.city import City
        from graph.patterns.facts import Facts
        from graph.patterns.reading import read

        def made() -> Facts:
            # what is kept of another state is of no use
            held = self._kept.held((store.url, as_of), state_of(store))
            seen = City(store, profile, as_of) if city is None else city()
            return read(seen, held or Facts(as_of), needs, ahead=True)

        return while_unchanged(
            store,
            made,
            StoreBusyError(
                "the store went on changing while the city was read; ask again when the import is done",
                "读取全市数据期间存储不断变化；请在导入完成后重试",
            ),
        )

"""Cities as columns for questions: read once for what a store holds at a date, as far as it is asked for, and kept.

A city of a million organizations takes some twenty seconds of a processor to read and a quarter of a gigabyte to keep; a question
then takes hundredths of a second. What a jurisdiction sees is a store of its own (:mod:`graph.cut`), and so has columns of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.beside import Beside, Words
from api.kept import state_of
from api.latest import Latest

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.beside import Making
    from api.latest import Pool
    from graph.city import City
    from graph.patterns.facts import Facts, Need
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Key = tuple[str, int]

MOST, MOST_BYTES = 32, 1 << 30
"""Cities that are kept, and bytes of all of them together; the last one is kept whatever its size."""
WORDS = Words(
    ("the city is being read, once after an import", "正在读取全市数据（导入后一次）"),
    ("other questions' values are being read", "正在读取其他问题所需的数据"),
    (
        "the store went on changing while the city was read; ask again when the import is done",
        "读取全市数据期间存储不断变化；请在导入完成后重试",
    ),
)  # fmt: skip


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
        kept: Latest[Key, Facts] = Latest(most, most_bytes, lambda key: key[0], pool)
        self._kept = Beside(kept, "city", WORDS)

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

        Cities are read one at a time, beside the requests: whoever needs what is not there yet waits for it, and for those
        before, and is told where that takes long.

        Parameters
        ----------
        city : callable, optional
            Gives the store as it is now at the date, where it is being read for something else, too: by who asks, then.
        before : callable, optional
            Called before anything is read.

        Raises
        ------
        AskAgainError
            It is being read, or others are; or the store went on changing meanwhile.
        """  # fmt: skip
        key = store.url, as_of

        def made(_: Making[Facts], state: bytes) -> Facts:
            from graph.city import City
            from graph.patterns.facts import Facts
            from graph.patterns.reading import read

            # what is kept of another state is of no use
            held = self._kept.kept.held(key, state) or Facts(as_of)
            with self._kept.reading(store, state, state_of, own=city is None) as own:
                seen = City(own, profile, as_of) if city is None else city()
                return read(seen, held, needs, ahead=True)

        return self._kept.get(
            key,
            lambda: state_of(store),
            made,
            lambda facts: facts.nbytes,
            enough=lambda held: not held.lacks(needs),
            before=before,
            here=city is not None,
        )

    def __len__(self) -> int:
        """Return how many cities are kept."""
        return len(self._kept)

    def close(self) -> None:
        """Let go of all of them."""
        self._kept.close()

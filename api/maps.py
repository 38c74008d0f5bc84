"""The maps of cities that were asked for last: read once for what a store holds at a date, and kept for every view of it.

A city of a million organizations takes some ten seconds to read and 170 MB to keep; a view then takes hundredths of a second.
What is done about findings is nothing of a map, which stays as it is. What a jurisdiction sees is a store of its own
(:mod:`graph.cut`), and so has a map of its own.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from api.beside import Beside, Words
from api.findings import state_but_handling
from api.latest import Latest
from api.proposals import Proposals, refuse_former
from api.standing import Audits
from api.waiting import AskAgainError, patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.beside import Making
    from api.latest import Pool
    from graph.city import City
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.city.newest import Newest
    from viz.city.view import CityMap

    Key = tuple[str, int]

MOST, MOST_BYTES = 32, 1 << 30
"""Maps that are kept, and bytes of all of them together; the last one is kept whatever its size."""
WORDS = Words(
    ("the map is being read, once after an import", "正在读取地图（导入后一次）"),
    ("maps of other dates are being read", "正在读取其他日期的地图"),
    (
        "the store went on changing while the map was read; ask again when the import is done",
        "读取地图期间存储不断变化；请在导入完成后重试",
    ),
)  # fmt: skip


class Maps:
    """The maps of one service's stores, by store and date.

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
        self._newest = threading.Lock()
        self.audits = Audits(pool)
        self.proposals = Proposals(pool)
        kept: Latest[Key, CityMap] = Latest(most, most_bytes, lambda key: key[0], pool)
        self._maps = Beside(kept, "map", WORDS)

    def of(
        self,
        store: Store,
        profile: Profile,
        as_of: int,
        *,
        city: Callable[[], City] | None = None,
        before: Callable[[], None] | None = None,
    ) -> CityMap:
        """Return the map of what a store holds at a date: the one that is kept, where the store has not changed since.

        One map is read at a time, beside the requests: whoever asks for one that there is not yet waits for it, and for those
        before it, and is told where that takes long.

        Parameters
        ----------
        city : callable, optional
            Gives the store as it is now at the date, where it is being read for something else, too: by who asks, then.
        before : callable, optional
            Called before a map is read.

        Raises
        ------
        AskAgainError
            It is being read, or others are; or the store went on changing meanwhile.
        """

        def made(_: Making[CityMap], state: bytes) -> CityMap:
            with self._maps.reading(store, state, state_but_handling, own=city is None) as own:
                return _of(City(own, profile, as_of) if city is None else city(), state)

        from graph.city import City

        return self._maps.get(
            (store.url, as_of),
            lambda: state_but_handling(store),
            made,
            lambda shown: shown.nbytes,
            before=before,
            here=city is not None,
        )[1]

    def __len__(self) -> int:
        """Return how many maps are kept."""
        return len(self._maps)

    def close(self) -> None:
        """Let go of all maps, and of what was laid over them."""
        self.audits.close()
        self.proposals.close()
        self._maps.close()

    def newest(self, store: Store, shown: CityMap) -> Newest:
        """Return with which import each thing of a map came last: read once for a map, so that a view of it costs nothing.

        Raises
        ------
        AskAgainError
            Others are being read for too long, or the store has changed since the map was read.
        """
        from graph.history.since import newest
        from viz.city.newest import Newest

        if shown.newest is not None:
            return shown.newest
        if not self._newest.acquire(timeout=patience()):
            raise AskAgainError.being_made(*WORDS.made)
        try:
            if shown.newest is None:
                told = [
                    newest(store, kind, shown.columns.as_of) for kind in ("organization", "unit")
                ]
                refuse_former(store, shown)
                shown.newest = Newest.of(shown.columns, shown.tree, *told)
            return shown.newest
        finally:
            self._newest.release()


def _of(city: City, state: bytes) -> CityMap:
    """Read a city's map, and note of which state of the store it is."""
    from viz.city.view import CityMap

    shown = CityMap.of(city)
    shown.state = state
    return shown

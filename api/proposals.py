"""Plans over the maps of cities: what former jobs proposed, as columns, kept for every view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.findings import state_but_handling
from api.latest import Latest
from graph.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.latest import Pool
    from graph.store.base import Store
    from viz.city.proposal import Proposal
    from viz.city.view import CityMap

    Key = tuple[str, int, str]

MOST, MOST_BYTES = 16, 1 << 28
"""Plans that are kept as columns, and bytes of all of them together; the last one is kept whatever its size."""


def refuse_former(store: Store, shown: CityMap) -> None:
    """Refuse to lay anything over the map of what a store held before: places in it are those of its own state.

    Raises
    ------
    StoreBusyError
        The store has changed since the map was read.
    """
    if state_but_handling(store) != shown.state:
        raise StoreBusyError(
            "the store changed while this was asked; ask again", "查询期间存储发生变化；请重试"
        )


class Proposals:
    """The plans that were asked for last, by store, date and job.

    Parameters
    ----------
    pool : Pool, optional
        Room shared with others.
    """

    def __init__(self, pool: Pool | None = None) -> None:
        self._plans: Latest[Key, Proposal] = Latest(MOST, MOST_BYTES, lambda key: key[0], pool)

    def of(
        self,
        store: Store,
        shown: CityMap,
        job: str,
        read: Callable[[], Mapping[str, Any]],
        before: Callable[[], None] | None = None,
    ) -> Proposal:
        """Return a job's plan over a map.

        Parameters
        ----------
        read : callable
            Gives the plan's object; who asks may see it.
        before : callable, optional
            Called before it is read; what it raises keeps it from being read.

        Raises
        ------
        StoreBusyError
            Others are being read for too long, or the store has changed since the map was read.
        PlanError
            It is damaged.
        """
        from viz.city.proposal import Proposal

        def made() -> tuple[bytes, Proposal]:
            return shown.state, Proposal.of(shown.columns, shown.tree, shown.ground, read())

        refuse_former(store, shown)
        return self._plans.get(
            (store.url, shown.columns.as_of, job),
            lambda: shown.state,
            made,
            lambda plan: plan.nbytes,
            StoreBusyError(
                "the plan is being read; ask again in a moment", "方案正在读取，请稍后再试"
            ),
            before=before,
        )[1]

    def close(self) -> None:
        """Let go of all."""
        self._plans.close()

"""Plans over the maps of cities: what former jobs proposed, as columns, kept for every view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.findings import state_but_handling
from api.latest import Latest
from graph.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.store.base import Store
    from viz.city.proposal import Proposal
    from viz.city.view import CityMap

    Key = tuple[str, int, str]

MOST, MOST_BYTES = 16, 1 << 28
"""Plans that are kept as columns, and bytes of all of them together; the last one is kept whatever its size."""


class Proposals:
    """The plans that were asked for last, by store, date and job."""

    def __init__(self) -> None:
        self._plans: Latest[Key, Proposal] = Latest(MOST, MOST_BYTES, lambda key: key[0])

    def of(
        self, store: Store, shown: CityMap, job: str, read: Callable[[], Mapping[str, Any]]
    ) -> Proposal:
        """Return a job's plan over a map.

        Parameters
        ----------
        read : callable
            Gives the plan's object; who asks may see it.

        Raises
        ------
        StoreBusyError
            Others are being read for too long.
        PlanError
            It is damaged.
        """
        from viz.city.proposal import Proposal

        def made() -> tuple[bytes, Proposal]:
            return state_but_handling(store), Proposal.of(
                shown.columns, shown.tree, shown.ground, read()
            )

        return self._plans.get(
            (store.url, shown.columns.as_of, job),
            lambda: state_but_handling(store),
            made,
            lambda plan: plan.nbytes,
            StoreBusyError(
                "the plan is being read; ask again in a moment", "方案正在读取，请稍后再试"
            ),
        )[1]

    def close(self) -> None:
        """Let go of all."""
        self._plans.close()

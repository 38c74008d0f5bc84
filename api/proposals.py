"""Plans over the maps of cities: what former jobs proposed, as columns, kept for every view.

A plan of a million organizations has a hundred megabytes. It is read once, ledger unit by ledger unit, beside the requests that
wait for it; what it says is kept as columns, whatever dates it is laid over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.beside import Beside
from api.findings import state_but_handling
from api.latest import Latest
from api.plans import ALWAYS, WORDS, values
from api.waiting import ChangedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api.beside import Making
    from api.latest import Pool
    from graph.store.base import Store
    from viz.city.proposal import Outline, Proposal
    from viz.city.view import CityMap

    Key = tuple[str, int, str]

MOST, MOST_BYTES = 16, 1 << 28
"""Plans that are kept as columns, and bytes of all of them together; the last one is kept whatever its size."""


def refuse_former(store: Store, shown: CityMap) -> None:
    """Refuse to lay anything over the map of what a store held before: places in it are those of its own state.

    Raises
    ------
    ChangedError
        The store has changed since the map was read.
    """
    if state_but_handling(store) != shown.state:
        raise ChangedError(*WORDS.changed)


class Proposals:
    """The plans that were asked for last, by store, date and job.

    Parameters
    ----------
    pool : Pool, optional
        Room shared with others.
    patience : float, optional
        Seconds that a request waits for a plan; as long as who asks does by default.
    """

    def __init__(self, pool: Pool | None = None, patience: float | None = None) -> None:
        self._read: Latest[str, Outline] = Latest(MOST, MOST_BYTES, lambda job: job, pool)
        kept: Latest[Key, Proposal] = Latest(MOST, MOST_BYTES, lambda key: key[0], pool)
        self._plans = Beside(kept, "map plan", WORDS, patience)

    def of(
        self,
        store: Store,
        shown: CityMap,
        job: str,
        path: Path,
        before: Callable[[], None] | None = None,
    ) -> Proposal:
        """Return a job's plan over a map.

        Parameters
        ----------
        path : pathlib.Path
            The plan's file; who asks may see it.
        before : callable, optional
            Called before it is read; what it raises keeps it from being read.

        Raises
        ------
        AskAgainError
            It is being read, and takes a while yet; others are; or the store has changed since the map was read.
        PlanError
            It is damaged.
        """
        refuse_former(store, shown)
        return self._plans.get(
            (store.url, shown.columns.as_of, job),
            lambda: shown.state,
            lambda making, _: self._made(making, shown, job, path),
            lambda plan: plan.nbytes,
            before=before,
        )[1]

    def _made(self, making: Making[Proposal], shown: CityMap, job: str, path: Path) -> Proposal:
        from viz.city.proposal import Outline, Proposal

        plan = self._read.held(job, ALWAYS)
        if plan is None:
            plan = Outline.of((name, value) for name, value, _, _ in values(making, path))
            self._read.keep(job, ALWAYS, plan, plan.nbytes)
        return Proposal.of(shown.columns, shown.tree, shown.ground, plan)

    def __len__(self) -> int:
        """Return how many plans are kept over maps."""
        return len(self._plans)

    def close(self) -> None:
        """Let go of all; one under way ends with its next ledger unit."""
        self._plans.close()
        self._read.close()

"""Who works on ledger units: this process, one after the other (:class:`Here`), or others (:mod:`.spread`)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.formation.solve import Parameters, Solved
    from graph.formation.spreading.tasks import Task


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a ledger unit: its plan in the task's positions, or why there is none.

    Attributes
    ----------
    x : int
        Its number.
    found : Solved or None
    seconds : float
        That it took.
    lost : str or None
        A key of :data:`graph.formation.wording.REASONS`.
    """

    x: int
    found: Solved | None
    seconds: float
    lost: str | None = None


class Crew(Protocol):
    """Who works on ledger units."""

    @property
    def size(self) -> int:
        """Ledger units that can be worked on at once; 1 and more."""

    def begin(self, x: int, task: Task, seconds: float | None) -> None:
        """Give out a ledger unit, to be planned within so many seconds (``None``: within its steps)."""

    def next(self, timeout: float) -> Outcome | None:
        """Return what was finished next; ``None`` where nothing was within so many seconds.

        Raises
        ------
        PlanError
            A decision can't be kept.
        ClusterError
            There is nobody left to work.
        """

    def end(self) -> None:
        """Ask for what has been found so far: whoever works ends with that."""


class Here:
    """The planner's own process: a ledger unit is worked on when its outcome is asked for."""

    size = 1

    def __init__(
        self,
        seed: int,
        parameters: Parameters,
        ended: Callable[[], bool],
        told: Callable[[int, int, int], None] | None = None,
    ) -> None:
        self._seed, self._parameters, self._ended, self._told = seed, parameters, ended, told
        self._given: tuple[int, Task, float | None] | None = None

    def begin(self, x: int, task: Task, seconds: float | None) -> None:
        """Keep a ledger unit until it is asked for."""
        self._given = (x, task, seconds)

    def next(self, timeout: float) -> Outcome | None:  # noqa: ARG002 - the protocol's
        """Plan the ledger unit given, however long it takes."""
        if self._given is None:
            return None
        (x, task, seconds), self._given = self._given, None
        told = None if self._told is None else partial(self._told, x)
        return work(x, task, self._seed, self._parameters, seconds, self._ended, told)

    def end(self) -> None:
        """Do nothing: ``ended`` says the same."""


def work(
    x: int,
    task: Task,
    seed: int,
    parameters: Parameters,
    seconds: float | None,
    ended: Callable[[], bool],
    told: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Plan one ledger unit.

    Parameters
    ----------
    seconds : float or None
        After so many it ends with what it has.
    ended : callable
        Whether it shall end now with what it has.
    told : callable, optional
        Is told on the way what it costs so far, and what it costs at least.

    Raises
    ------
    PlanError
        A decision can't be kept.
    """
    from graph.formation.solve import plan_task

    began = time.monotonic()
    deadline = None if seconds is None else began + seconds

    def stop() -> bool:
        return ended() or (deadline is not None and time.monotonic() > deadline)

    try:
        found = plan_task(task, seed, parameters, stop, told)
    except MemoryError:
        return Outcome(x, None, time.monotonic() - began, "out_of_memory")
    return Outcome(x, found, time.monotonic() - began)

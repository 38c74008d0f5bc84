"""How far a plan is: the order of ledger units, each one's share of the time, and what is said of it on the way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GROWTH = 1.2
"""Planning a ledger unit takes about its small organizations to this power (measured on cities of 4,000 to 20,000)."""
SHARE = 0.8
"""With a time limit a ledger unit gets of what is left as its size to this power: small ones need more than their part."""


@dataclass(frozen=True)
class Standing:
    """How far a plan is.

    Attributes
    ----------
    done, units : int
        Ledger units planned, and all of them.
    covered, small : int
        Small organizations covered so far, and all of them.
    gap : float
        (objective − bound)/objective of what is done, and of what is known of those under way.
    left : float or None
        Seconds that the rest will take, by the work that it is; ``None`` where nothing can be said yet.
    known : bool
        Whether there is anything yet of which there is a gap.
    """

    done: int
    units: int
    covered: int
    small: int
    gap: float
    left: float | None
    known: bool = True


class Course:
    """The course of one run.

    Parameters
    ----------
    sizes : sequence of int
        Small organizations of each ledger unit.
    seconds : float or None
        The time limit of all.
    """

    def __init__(self, sizes: Sequence[int], seconds: float | None) -> None:
        self.sizes = sizes
        self.seconds = seconds
        self.began = time.monotonic()
        # the largest first: what is quick fills the gaps at the end
        self.order = sorted(range(len(sizes)), key=lambda x: (-sizes[x], x))
        self._waiting = sum(sizes)
        self._work = float(sum(map(self._effort, sizes)))
        self._running: dict[int, tuple[float, float]] = {}
        self._partly: dict[int, tuple[int, int]] = {}
        self._done = self._covered = self._objective = self._bound = 0
        self._spent = self._through = 0.0

    @staticmethod
    def _effort(size: int) -> float:
        return float(size**GROWTH)

    def over(self) -> bool:
        """Whether the time limit has passed."""
        return self.seconds is not None and time.monotonic() - self.began >= self.seconds

    def begin(self, x: int, workers: int) -> float | None:
        """Note that a ledger unit is begun; return the seconds that it may take, ``None`` where nothing limits them.

        Parameters
        ----------
        workers : int
            Ledger units that are planned at once.
        """
        now = time.monotonic()
        share = None
        if self.seconds is not None:
            left = max(0.0, self.began + self.seconds - now)
            taken = sum(max(0.0, ends - now) for _, ends in self._running.values())
            part = (self.sizes[x] / max(self._waiting, 1)) ** SHARE
            share = min(left, max(0.0, workers * left - taken) * part)
        self._waiting -= self.sizes[x]
        self._running[x] = (now, now if share is None else now + share)
        return share

    def partly(self, x: int, objective: int, bound: int) -> None:
        """Note what a ledger unit under way costs so far, and at least."""
        self._partly[x] = (objective, bound)

    def end(self, x: int, covered: int, objective: int, bound: int, seconds: float) -> None:
        """Note that a ledger unit is planned, and what came of it; 0 seconds where it was never worked on."""
        self._partly.pop(x, None)
        if x in self._running:
            del self._running[x]
        else:
            self._waiting -= self.sizes[x]
        self._done += 1
        self._covered += covered
        effort = self._effort(self.sizes[x])
        self._work -= effort
        if seconds:
            # what was never worked on has no bound yet, and would pass for a gap
            self._objective += objective
            self._bound += bound
            self._spent += seconds
            self._through += effort

    def standing(self, workers: int) -> Standing:
        """Return how far the plan is."""
        objective = self._objective + sum(cost for cost, _ in self._partly.values())
        bound = self._bound + sum(low for _, low in self._partly.values())
        return Standing(
            self._done,
            len(self.sizes),
            self._covered,
            sum(self.sizes),
            (objective - bound) / objective if objective else 0.0,
            self._left(workers),
            objective > 0,
        )

    def _left(self, workers: int) -> float | None:
        now = time.monotonic()
        limit = None if self.seconds is None else max(0.0, self.began + self.seconds - now)
        if not self._through:
            return limit
        rate = self._spent / self._through
        running = {x: rate * self._effort(self.sizes[x]) for x in self._running}
        waiting = rate * self._work - sum(running.values())
        rest = sum(max(0.0, running[x] - (now - b)) for x, (b, _) in self._running.items())
        left = max(0.0, waiting + rest) / max(workers, 1)
        return left if limit is None else min(left, limit)

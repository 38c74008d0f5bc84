"""Column generation with subset-row cuts: prices and a pool of joint units for one component.

The loop of SOLVER.md: solve the restricted master, round its duals to integers, find the units that undercut them, add these;
where none is left, add cuts and go on. Every limit counts steps, so that one input gives one answer on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.formation.solver import certificate, cuts, pricing
from graph.formation.solver.certificate import Certificate
from graph.formation.solver.local import Local
from graph.formation.solver.master import Master, Solution

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.formation.solver.alike import Alike
    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """Steps after which a component's solution is taken as it is.

    Attributes
    ----------
    rounds : int
        Masters solved.
    cut_rounds : int
        Times that cuts are added.
    work : int
        Candidates that all pricings together look at.
    cut_work : int
        Candidates looked at after which no more cuts are added: the largest components are left with those that they have.
    start : int
        Candidates that one start of one pricing looks at in the end; first rounds look at fewer.
    iterations : int
        Simplex iterations of one master.
    columns : int
        Columns that a last enumeration may give.
    pay : float
        What each step of a round of cuts, a candidate looked at or a row in a simplex iteration, has to raise the bound by:
        as a fraction, an organization. With less the round was not worth its time.
    tail : float
        What part of all that lies between the bound and the first plan a round of cuts has to close to be worth its time.
    """

    rounds: int = 400
    cut_rounds: int = 12
    work: int = 3_000_000_000
    cut_work: int = 1_500_000_000
    start: int = 2_000_000
    iterations: int = 300_000
    columns: int = 60_000
    pay: float = 1e-9
    tail: float = 0.0


@dataclass(frozen=True, eq=False)
class Generated:
    """What column generation ends with: the best certificate, the pool and the last solution of the master."""

    certificate: Certificate
    master: Master
    solution: Solution | None
    converged: bool
    rounds: int


PLANS = 3
"""Sweeps of the local search whose plans the first master knows."""
ATTEMPTS = 3
"""Times that a master is taken up again after its simplex iterations are over."""
FEW = 64
"""Organizations up to which column generation goes on to the last unit that undercuts."""
FEWER = 25
"""Part of the organizations fewer units than which a rough round has to find to end."""
ENOUGH = 600
"""Organizations beyond which those alike get no cuts: what is fractional moves from one to the next of a kind, cut after cut."""
MANY = 3
"""… where kinds are fewer than one in so many organizations."""
PARTIAL = 3
"""Part of the organizations up to which a round of pricing searches only from who was in what the round before found."""
LOSS = 100_000
"""Units that undercut may go unfound where repairing the prices costs less than one part in so many of the bound."""
WORTH = 200_000
"""A round of cuts is worth its time where it raises the bound by one part in so many …"""
LARGE = 200
"""… organizations up to which it takes two rounds that don't to end it; beyond, one that gains less than its work is worth."""


class Generation:
    """The state of one component's column generation."""

    def __init__(
        self,
        instance: Instance,
        limits: Limits,
        stop: Callable[[], bool] = lambda: False,
        seed: int = 0,
    ) -> None:
        self.instance = instance
        self.limits = limits
        self.stop = stop
        self.tables = pricing.tables(instance)
        self.starts = pricing.starts(instance, self.tables)
        self.local = Local(instance, self.tables, seed)
        self.master = Master(instance, instance.alone)
        self.best: Certificate | None = None
        self.rounds = 0
        self.work = 0
        self._known: set[bytes] = set()
        self._cap = instance.alone
        self._offered = np.zeros(len(instance.attach_org), dtype=bool)

    @property
    def steps(self) -> int:
        """What has been done so far: candidates looked at, and rows by simplex iterations."""
        return self.work + self.master.work

    # -- one step ------------------------------------------------------------------------------------------------------
    def add(self, group: NDArray[np.int32], size: Ints) -> int:
        """Add joint units to the pool, each once; return how many were new and feasible."""
        group = _ordered(group)
        fresh = pricing.unseen(self._known, group)
        group, size = group[fresh], size[fresh]
        cost = pricing.costs_of(self.instance, self.tables, group, size)
        good = cost >= 0
        self.master.add_groups(group[good], size[good], cost[good])
        return int(good.sum())

    def search(
        self,
        prices: Ints,
        triple: NDArray[np.int32],
        sigma: Ints,
        *,
        tol: int,
        keep: int,
        start: int,
        starts: pricing.Starts | None = None,
    ) -> pricing.Found:
        """Price: find the units that undercut, from all starts or some."""
        found = pricing.search(
            self.tables,
            pricing.cut_tables(self.instance.n, triple, sigma),
            prices - self.instance.away,
            self.starts if starts is None else starts,
            tol=tol,
            keep=keep,
            once=True,
            limit=start,
        )
        self.work += found.work
        return found

    def attach(self, prices: Ints, places: Ints, seats: Ints, most: int) -> int:
        """Add the attachments that undercut, the best few of each organization; return how many."""
        i = self.instance
        self._offered[self.master.attached] = True
        cost, host = i.attach_cost, i.attach_host
        chosen = np.sort(
            pricing.best_offers(
                i.offers, host, cost, prices, i.members, places, seats, self._offered, most
            )
        )
        if not len(chosen):
            return 0
        self.master.add_attachments(chosen)
        return len(chosen)

    # -- the loop ------------------------------------------------------------------------------------------------------
    def seed(self, scale: int) -> None:
        """Fill the pool with units that are cheap for uniform prices, so that the first duals mean something."""
        i = self.instance
        none = np.zeros((0, 3), dtype=np.int32)
        for price in (scale * 4 // 10, scale * 6 // 10, scale, scale * 2):
            prices = np.minimum(np.full(i.n, price, dtype=np.int64), i.alone)
            found = self.search(prices, none, np.zeros(0, np.int64), tol=0, keep=3, start=3_000)
            self.add(found.group, found.size)
            zero = np.zeros(len(i.places), dtype=np.int64)
            self.attach(prices, zero, zero, 2)

    def plans(self) -> int:
        """Add the columns of plans from nothing, the first few sweeps of a local search; return an organization's usual share.

        That share is the scale of prices and tolerances: twice the median of what the units and attachments cost by head.
        """
        i = self.instance
        everybody = np.arange(i.n)
        for _ in range(PLANS):
            _, work = self.local.sweep(everybody)
            self.work += work
            group, attached, _ = self.local.columns()
            self.add(group, (group >= 0).sum(axis=1))
            self.master.add_attachments(np.setdiff1d(attached, self.master.attached))
        size = (group >= 0).sum(axis=1)
        cost = pricing.costs_of(i, self.tables, group, size)
        shares = np.concatenate([np.repeat(cost // size, size), i.attach_cost[attached]])
        return max(1, 2 * int(np.median(shares)) if len(shares) else int(np.median(i.alone)) // 10)

    def converge(
        self, *, tol: int, start: int, keep: int, rough: bool = False
    ) -> tuple[Solution | None, bool]:
        """Add columns until none undercuts by more than ``tol``; return the last solution, and whether that was reached.

        In larger components a round that finds little ends it: in a ``rough`` one few units, else units whose violations
        together lower the bound by next to nothing. Where units were found from few starts, the next rounds search from the
        members of these only, as long as that finds any (partial pricing): only a round over all starts ends anything.
        """
        i = self.instance
        some: pricing.Starts | None = None
        while (
            self.rounds < self.limits.rounds and self.steps < self.limits.work and not self.stop()
        ):
            solution = self._solved()
            if solution is None:
                return None, False
            self.rounds += 1
            p, places, seats, sigma = self.prices(solution)
            found = self.search(
                p, self.master.triple, sigma, tol=tol, keep=keep, start=start, starts=some
            )
            new = self.add(found.group, found.size)
            new += self.attach(p, places, seats, 3)
            few = rough and new < i.n // FEWER
            if some is None:
                loss = int(found.worst[found.worst > tol].sum())
                little = i.n > FEW and (few if rough else loss * LOSS < int(np.maximum(p, 0).sum()))
                if not new or little:
                    return self._solved() if new else solution, bool(found.complete.all())
            some = self._around(found.group) if new and not few else None
            self._trim(p, sigma)
        return self._solved(), False  # of the columns that there are now

    def _around(self, group: NDArray[np.int32]) -> pricing.Starts | None:
        """Return the starts that hold a member of some units, where these are few; ``None``: search from all."""
        touched = np.zeros(self.instance.n, dtype=bool)
        touched[group[group >= 0]] = True
        if self.instance.n <= FEW or not touched.any() or touched.sum() * PARTIAL > self.instance.n:
            return None
        return pricing.some_starts(self.starts, touched)

    def _solved(self) -> Solution | None:
        """Solve the master, from where it stopped if its steps were over; ``None`` where that does not help."""
        for _ in range(ATTEMPTS):
            solution = self.master.solve(self.limits.iterations)
            if solution is not None:
                return solution
        return None

    def run(
        self,
        known: Alike | None = None,
        gap: float = 0.0,
        planned: Callable[[Generated], int] | None = None,
    ) -> Generated:
        """Generate columns and cuts, and certify.

        Parameters
        ----------
        known : Alike, optional
            What planning by kinds ended with, to begin from.
        gap : float
            Fraction of its bound within which a plan of it is good enough, so that nothing is left to generate.
        planned : callable, optional
            Makes a plan of what there is before cuts and tells its cost: cuts are worth what they close of the gap to it.
        """
        i = self.instance
        solution: Solution | None = None
        if known is None:
            scale = self.plans()
            self.seed(scale)
            for level in (2, 4):
                self._charge(np.minimum(i.alone, scale * level))
                solution, _ = self.converge(tol=scale // 20, start=5_000, keep=4, rough=True)
            self._charge(i.alone)
            solution, _ = self.converge(tol=scale // 50, start=20_000, keep=4, rough=True)
            if i.n > FEW:
                solution, _ = self.converge(tol=scale // 200, start=200_000, keep=4, rough=True)
            solution, converged = self.converge(
                tol=scale // 20_000, start=self.limits.start, keep=3
            )
            self.certify(solution)
        else:
            self.add(known.group, (known.group >= 0).sum(axis=1))
            attached = known.attached
            self.best, plan = known.certificate, known.plan
            if plan is not None:
                self.add(plan.group, (plan.group >= 0).sum(axis=1))
                attached = np.union1d(attached, plan.attached)
            self.master.add_attachments(attached)
            if plan is not None and plan.cost - self.best.bound <= gap * max(self.best.bound, 0):
                return Generated(self.best, self.master, None, True, 0)
            scale = self.plans()
            solution, converged = self._solved(), True
            if i.n > ENOUGH and known.kinds * MANY < i.n:
                return Generated(self.best, self.master, solution, True, self.rounds)
        idle, rough = 0, False
        goal: int | None = None
        if planned is not None and i.n > LARGE and self.best is not None and not self.stop():
            goal = planned(Generated(self.best, self.master, solution, converged, self.rounds))
        for _ in range(self.limits.cut_rounds):
            if solution is None or self.stop() or self.steps >= self.limits.cut_work:
                break
            low = 0 if self.best is None else self.best.bound
            if goal is not None and goal - low <= gap * max(low, 0):
                break
            triple = cuts.separate(
                i.n, self.master.group, solution.groups, most=max(60, i.n), each=10
            )
            triple = self._new_cuts(triple)
            if not len(triple):
                break
            self.master.add_cuts(triple)
            rough = i.n > FEW
            before, work = low, self.steps
            if rough:  # the first prices after new cuts are wild: searched to the end, they would cost more than all others
                self.converge(tol=scale // 200, start=20_000, keep=3, rough=True)
                self.converge(tol=scale // 500, start=200_000, keep=3, rough=True)
            solution, converged = self.converge(
                tol=scale // 2_000, start=self.limits.start, keep=3, rough=rough
            )
            if solution is not None:
                self.certify(solution)
            gained = (0 if self.best is None else self.best.bound) - before
            pays = gained * WORTH >= max(before, 1) and (
                i.n <= LARGE or gained * i.n >= self.limits.pay * (self.steps - work) * before
            )
            pays &= goal is None or gained >= self.limits.tail * (goal - before)
            idle = 0 if pays else idle + 1
            if idle == 2:
                break
        if rough and solution is not None:
            solution, converged = self.converge(
                tol=scale // 20_000, start=self.limits.start, keep=3
            )
            self.certify(solution)
        best = self.best or self._proved(solution)
        return Generated(best, self.master, solution, converged, self.rounds)

    def prices(self, solution: Solution) -> tuple[Ints, Ints, Ints, Ints]:
        """Return a solution's duals as integers: organizations' rounded down, all others up."""
        return (
            np.minimum(certificate.rounded_down(solution.prices), self.instance.alone),
            certificate.rounded(solution.places),
            certificate.rounded(solution.seats),
            certificate.rounded(solution.sigma),
        )

    def certify(self, solution: Solution | None) -> None:
        """Prove a bound with a solution's duals; keep it if it is the best so far."""
        made = self._proved(solution)
        if self.best is None or made.bound > self.best.bound:
            self.best = made

    def _proved(self, solution: Solution | None) -> Certificate:
        i = self.instance
        limit = certificate.HURRIED if self.stop() else self.limits.start
        if solution is None:
            p = np.zeros(i.n, dtype=np.int64)
            zero = np.zeros(len(i.places), dtype=np.int64)
            places, seats, sigma = zero, zero, np.zeros(0, dtype=np.int64)
            triple = np.zeros((0, 3), dtype=np.int32)
        else:
            p, places, seats, sigma = self.prices(solution)
            triple = self.master.triple
        return certificate.certify(
            i, self.tables, self.starts, p, places, seats, triple, sigma, limit=limit
        )

    # -- parts ---------------------------------------------------------------------------------------------------------
    def _charge(self, alone: Ints) -> None:
        self._cap = alone
        self.master.charge_alone(alone)

    def _new_cuts(self, triple: NDArray[np.int32]) -> NDArray[np.int32]:
        known = {t.tobytes() for t in np.ascontiguousarray(self.master.triple)}
        keep = [c for c in range(len(triple)) if triple[c].tobytes() not in known]
        return triple[keep]

    def _trim(self, prices: Ints, sigma: Ints) -> None:
        """Forget the dearest columns where the pool has grown large."""
        room = 12 * self.instance.n + 4_000
        if len(self.master.size) <= 2 * room:
            return
        worth = self.master.cost - self.worth(self.master.group, prices, sigma)
        drop = np.ones(len(worth), dtype=bool)
        drop[np.argsort(worth, kind="stable")[:room]] = False
        for g in np.flatnonzero(drop):
            self._known.discard(_ordered(self.master.group[g : g + 1]).tobytes())
        self.master.drop_groups(drop)

    def worth(self, group: NDArray[np.int32], prices: Ints, sigma: Ints) -> Ints:
        """Return Σ prices of units less what they pay for cuts."""
        padded = np.append(prices, 0)
        out = padded[group].sum(axis=1)
        if len(sigma):
            out = out - self.master.held(group) @ sigma
        return np.asarray(out, dtype=np.int64)


def _ordered(group: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return units with their members ascending, padding at the end."""
    high = np.where(group < 0, np.iinfo(np.int32).max, group)
    high = np.sort(high, axis=1)
    return np.ascontiguousarray(np.where(high == np.iinfo(np.int32).max, -1, high), dtype=np.int32)

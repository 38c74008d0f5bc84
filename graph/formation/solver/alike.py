"""Organizations that are alike, planned as kinds: patterns with multiplicities instead of groups of one organization or another.

Where many are of one kind (:mod:`graph.formation.solver.kinds`), a plan is a number of times for each *pattern* (how many of each
kind a joint unit holds): a program of as many rows as there are kinds, without the ties that stall one of single organizations
(SOLVER.md, *Types*). A pattern holds at most so many of a kind as a unit may hold organizations, so that pricing needs only that
many of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np

from graph.formation.solver import certificate, pricing
from graph.formation.solver.choice import BACKSTOP, SCALE
from graph.formation.solver.fractions import Fractions, held_kinds
from graph.formation.solver.kinds import kinds, part
from graph.formation.solver.master import Solver

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.formation.solver.certificate import Certificate
    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]

WORTH = 0.8
"""Representatives, as a fraction of the organizations, up to which planning kinds is worth its time."""
SEED = 3_000
"""Candidates that one start looks at for the first patterns."""
MASTERS = 400
"""Masters solved at most."""
WORK = 1_500_000_000
"""Candidates that all pricings together look at."""
STAGES = ((20, 5_000, 25), (100, 20_000, 50), (2_000, 200_000, 0))
"""Tolerances (parts of a usual share), candidates that one start looks at, and parts of the kinds fewer patterns than which end
a stage (0: none found)."""
OFFERED = 3
"""Attachments of a kind that one round adds at most."""
CHOICE = 4_000
"""Patterns found on the way from which a first integer program chooses: HiGHS takes minutes for more."""
KINDS = 300
"""Kinds up to which that program is tried: with more, the local search finds better plans in less time."""
PATTERNS = 2_000
"""Patterns, and attachments, within the gap up to which all of them are chosen from."""
LAST = 2_000_000
"""Candidates that one start of a last search looks at."""
EPS = 1e-7
"""Value of a column in fractions below which it is taken for nothing."""
NODES = 500
"""Branch-and-bound nodes of the integer program."""


@dataclass(frozen=True, eq=False)
class Planned:
    """A plan in whole numbers, every organization once.

    Attributes
    ----------
    group : int32[g, width]; attached : int64[a]; alone : int64[u]
    cost : int
        In 1e-6.
    proven : bool
        Whether no plan is cheaper.
    """

    group: NDArray[np.int32]
    attached: Ints
    alone: Ints
    cost: int
    proven: bool


@dataclass(frozen=True, eq=False)
class Alike:
    """What planning by kinds ends with.

    Attributes
    ----------
    group : int32[g, width]; attached : int64[a]
        Columns of single organizations that the best solution in fractions consists of.
    certificate : Certificate
        Of that solution's prices, one a kind.
    kinds : int
        How many there are.
    plan : Planned or None
        ``None`` where there are too many kinds or patterns to choose from, or it had to stop.
    timed_out : bool
        Whether a solver had to be ended by the clock.
    """

    group: NDArray[np.int32]
    attached: Ints
    certificate: Certificate
    kinds: int
    plan: Planned | None
    timed_out: bool


def solve(
    instance: Instance,
    t: pricing.Tables,
    *,
    limit: int,
    stop: Callable[[], bool] = lambda: False,
) -> Alike | None:
    """Plan an instance by kinds; ``None`` where too few are alike.

    Former units would make everybody a kind of its own: what moves cost is left out, which only makes plans cheaper, so that
    the bound holds with them too.

    Parameters
    ----------
    t : Tables
        The instance's: what moves cost is not in them.
    limit : int
        Candidates that one start of the certificate's search looks at; :data:`.certificate.HURRIED` once it is to stop.
    """
    moves = bool(instance.away.any())
    i = replace(instance, away=np.zeros_like(instance.away), former=()) if moves else instance
    kind = kinds(i)
    _, first, times = np.unique(kind, return_index=True, return_counts=True)
    order = np.argsort(kind, kind="stable")
    rank = np.arange(i.n) - np.repeat(np.cumsum(times) - times, times)
    chosen = np.sort(order[rank < i.model.max_organizations])
    if len(chosen) > WORTH * i.n:
        return None
    offer = np.flatnonzero(np.isin(i.attach_org, first))
    found = _Kinds(i, kind, chosen, offer).run(limit, stop)
    if moves and found.plan is not None:
        # with what moves cost; that nothing is cheaper was only looked for without
        plan = found.plan
        paid = pricing.costs_of(instance, t, plan.group, (plan.group >= 0).sum(axis=1))
        left = i.attach_cost[plan.attached].sum() + i.alone[plan.alone].sum()
        cost = int(paid.sum() + left)
        proven = cost == found.certificate.bound
        found = replace(found, plan=replace(plan, cost=cost, proven=proven))
    return found


class _Offers(NamedTuple):
    """Attachments of the kinds' first members: position in the instance, organization, host, cost; where each kind's begin."""

    offer: Ints
    who: NDArray[np.int32]
    host: NDArray[np.int32]
    cost: Ints
    start: Ints


class _Kinds:
    """The program of one instance's kinds; its columns are patterns, then attachments, then kinds left alone.

    Parameters
    ----------
    kind : int64[n]
        Of each organization.
    chosen : int64[r]
        Representatives of the kinds, at most so many of one as a unit holds.
    offer : int64[a]
        Attachments of the kinds' first members: one for each kind and host.
    """

    def __init__(self, instance: Instance, kind: Ints, chosen: Ints, offer: Ints) -> None:
        i = self.instance = instance
        self.kind = kind
        _, self.first, self.times = np.unique(kind, return_index=True, return_counts=True)
        self.number = len(self.times)
        self.small = part(i, chosen)
        self.of = kind[chosen]  # the kind of each representative
        self.tables = pricing.tables(self.small)
        self.starts = pricing.starts(self.small, self.tables)
        who = i.attach_org[offer]  # ascending, as kinds are numbered by their first members
        start = np.searchsorted(who, [*self.first, i.n])
        self._every = _Offers(offer, who, i.attach_host[offer], i.attach_cost[offer], start)
        self._taken = np.zeros(len(offer), dtype=bool)
        self.offer = np.zeros(0, dtype=np.int64)
        self.pattern = np.zeros((0, i.model.max_organizations), dtype=np.int32)
        """Kinds of each pattern's organizations, ascending, −1 padded."""
        self.work = 0
        self.cost = np.zeros(0, dtype=np.int64)
        self._known: set[bytes] = set()
        self.fractions = Fractions(self.times, i.alone[self.first], i.places, i.seats)

    @property
    def who(self) -> NDArray[np.int32]:
        """The organization that each attachment stands for, the first of its kind."""
        return self.instance.attach_org[self.offer]

    @property
    def host(self) -> NDArray[np.int32]:
        """The host of each attachment."""
        return self.instance.attach_host[self.offer]

    @property
    def _costs(self) -> Ints:
        """What each column costs once."""
        i = self.instance
        return np.concatenate([self.cost, i.attach_cost[self.offer], i.alone[self.first]])

    def run(self, limit: int, stop: Callable[[], bool]) -> Alike:
        i = self.instance
        scale = int(np.median(i.caps)) // 25
        nothing = np.zeros(len(i.places), dtype=np.int64)
        for times in (1, 2, 3, 5, 25):
            if not stop():
                self._find(np.full(self.number, scale * times), 0, 3, SEED)
        self._attach(i.caps[self.first], nothing, nothing, OFFERED)
        taken, prices = self.fractions.solve()
        for tol, start, little in STAGES:
            while self.fractions.solved < MASTERS and self.work < WORK and not stop():
                new = self._find(prices[0], scale // tol, 5, start)
                new += self._attach(*prices, OFFERED)
                if not new:
                    break
                taken, prices = self.fractions.solve()
                if little and new < self.number // little:
                    break
        made = self._certified(*prices, certificate.HURRIED if stop() else limit)
        if stop():
            none = np.zeros((0, i.model.max_organizations), dtype=np.int32)
            return Alike(none, nothing[:0], made, self.number, None, False)
        groups, offers = self._spread(*taken)
        plan, proven, late = None, False, False
        if len(self.cost) <= CHOICE and self.number <= KINDS:
            plan, _, late = self._planned(made)
        open_ = plan is not None and plan.cost > made.bound and not stop()
        if plan is not None and open_ and self._within(made, plan.cost - made.bound):
            again, proven, late_too = self._planned(made)
            late |= late_too
            if again is not None and again.cost < plan.cost:
                plan = again
        if plan is not None:
            plan = replace(plan, proven=proven or plan.cost == made.bound)
        return Alike(groups, offers, made, self.number, plan, late)

    def _planned(self, made: Certificate) -> tuple[Planned | None, bool, bool]:
        """Choose from all columns: a plan, whether none of them makes a cheaper one, whether a clock ended the search."""
        times, optimal, late = self._program_of_whole_numbers(made)
        if times is None:
            return None, False, late
        return Planned(*self._apart(times), int(times @ self._costs), False), optimal, late

    # -- patterns ------------------------------------------------------------------------------------------------------
    def _find(self, p: Ints, tol: int, keep: int, start: int) -> int:
        """Add patterns that cost less than their prices by more than ``tol``; return how many were new."""
        i = self.instance
        # a pinned set's prices count together only: one may be far above what it costs alone by FORMATION
        found = self._search(np.minimum(p, i.alone[self.first]), tol, keep, start)
        return self._add(found.group, found.size)

    def _attach(self, p: Ints, places: Ints, seats: Ints, most: int) -> int:
        """Add attachments that cost less than their prices, the best so many of each kind; return how many."""
        every, members = self._every, self.instance.members[self.first]
        at = pricing.best_offers(
            every.start, every.host, every.cost, p, members, places, seats, self._taken, most
        )
        return self._offer(at)

    def _offer(self, at: Ints) -> int:
        """Add attachments by their position among all."""
        who, host, cost = self._every.who[at], self._every.host[at], self._every.cost[at]
        self._taken[at] = True
        self.offer = np.concatenate([self.offer, self._every.offer[at]])
        self.fractions.attach(
            self.kind[who], host.astype(np.int64), self.instance.members[who], cost
        )
        return len(at)

    def _reduced(self, p: Ints, places: Ints, seats: Ints) -> Ints:
        """Return what every attachment costs above its prices."""
        _, who, host, cost, _ = self._every
        return cost + places[host] + self.instance.members[who] * seats[host] - p[self.kind[who]]

    def _certified(self, p: Ints, places: Ints, seats: Ints, limit: int) -> Certificate:
        """Prove a bound from prices of kinds, by a search from the representatives: any unit is one of these but for names."""
        i = self.instance
        cap = np.full(self.number, np.iinfo(np.int64).max)
        np.minimum.at(cap, self.kind[self._every.who], self._reduced(0 * p, places, seats))
        none = np.zeros((0, 3), dtype=np.int32), np.zeros(0, dtype=np.int64)
        made = certificate.certify(
            self.small, self.tables, self.starts, np.minimum(p, cap)[self.of], places, seats, *none,
            limit=limit,
        )  # fmt: skip
        # one price a kind, so that patterns have one reduced cost
        p = np.full(self.number, np.iinfo(np.int64).max)
        np.minimum.at(p, self.of, made.prices)
        bound = certificate.value(i, p[self.kind], places, seats, none[1])
        return replace(made, prices=p[self.kind], bound=bound)

    def _within(self, made: Certificate, slack: int) -> bool:
        """Add all patterns and attachments of a reduced cost up to ``slack``, if they are few; return whether they are."""
        p = made.prices[self.first]
        found = self._search(p, -slack - 1, pricing.EVERYTHING, LAST)
        some = (self._reduced(p, made.places, made.seats) <= slack) & ~self._taken
        if found.overflow or not found.complete.all() or int(some.sum()) > PATTERNS:
            return False
        self._add(found.group, found.size)
        self._offer(np.flatnonzero(some))
        return True

    def _search(self, p: Ints, tol: int, keep: int, limit: int) -> pricing.Found:
        none = pricing.cut_tables(self.small.n, np.zeros((0, 3), np.int32), np.zeros(0, np.int64))
        room = PATTERNS if keep == pricing.EVERYTHING else None
        found = pricing.search(
            self.tables, none, p[self.of], self.starts, tol=tol, keep=keep, once=True, limit=limit, room=room,
        )  # fmt: skip
        self.work += found.work
        return found

    def _add(self, group: NDArray[np.int32], size: Ints) -> int:
        cost = pricing.costs_of(self.small, self.tables, group, size)
        group, cost = group[cost >= 0], cost[cost >= 0]
        last = np.iinfo(np.int32).max
        held = np.sort(np.where(group >= 0, self.of[group], last), axis=1).astype(np.int32)
        pattern = np.where(held == last, -1, held).astype(np.int32)
        fresh = pricing.unseen(self._known, pattern)
        pattern, cost = pattern[fresh], cost[fresh]
        self.fractions.add(*held_kinds(pattern), cost)
        self.pattern = np.concatenate([self.pattern, pattern])
        self.cost = np.concatenate([self.cost, cost])
        return len(cost)

    # -- programs ------------------------------------------------------------------------------------------------------
    def _model(self, made: Certificate) -> highspy.HighsLp:
        """Return the program of whole numbers: patterns, attachments, organizations alone; a row a kind, two a host."""
        i, k, h = self.instance, self.number, len(self.instance.places)
        who, host = self.who, self.host
        g, a = len(self.cost), len(self.offer)
        column, row, number = held_kinds(self.pattern)
        offers = g + np.arange(a)
        rows = np.concatenate([row, self.kind[who], k + host, k + h + host, np.arange(k)])
        cols = np.concatenate([column, offers, offers, offers, g + a + np.arange(k)])
        values = np.concatenate([
            number, np.ones(a), np.ones(a), i.members[who], np.ones(k),
        ])  # fmt: skip
        order = np.lexsort((rows, cols))
        total = g + a + k
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = total, k + 2 * h
        # every organization is held once, so that prices shift all plans alike: a tolerance of small numbers means something
        p = made.prices[self.first]
        worth = np.bincount(column, number * p[row], g)
        lp.col_cost_ = (self._costs - np.concatenate([worth, p[self.kind[who]], p])) * SCALE
        lp.col_lower_ = np.zeros(total)
        lp.col_upper_ = np.full(total, float(i.n))
        low = np.concatenate([self.times, np.full(2 * h, -highspy.kHighsInf)])
        lp.row_lower_ = low.astype(float)
        lp.row_upper_ = np.concatenate([self.times, i.places, i.seats]).astype(float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        starts = np.concatenate([[0], np.cumsum(np.bincount(cols, minlength=total))])
        lp.a_matrix_.start_ = starts.astype(np.int32)
        lp.a_matrix_.index_ = rows[order].astype(np.int32)
        lp.a_matrix_.value_ = values[order].astype(float)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * total
        return lp

    def _program_of_whole_numbers(self, made: Certificate) -> tuple[Ints | None, bool, bool]:
        """Solve the program of whole numbers: how often each column is taken, whether none is cheaper, whether time ended it."""
        solver = Solver(
            mip_rel_gap=0.0, mip_abs_gap=0.9 * SCALE, mip_max_nodes=NODES, time_limit=BACKSTOP
        )
        solver.passModel(self._model(made))
        solver.run()
        status = solver.getModelStatus()
        late = status == highspy.HighsModelStatus.kTimeLimit
        value = np.asarray(solver.getSolution().col_value)
        if len(value) != len(self.cost) + len(self.offer) + self.number:
            return None, False, late
        times = np.rint(value).astype(np.int64)
        if not self._feasible(times):
            return None, False, late
        return times, status == highspy.HighsModelStatus.kOptimal, late

    def _feasible(self, times: Ints) -> bool:
        """Whether every organization is held once and no host is over its limits (nothing a solver says is trusted)."""
        i, g, a = self.instance, len(self.cost), len(self.offer)
        who, host = self.who, self.host
        column, row, number = held_kinds(self.pattern)
        held = times[g + a :] + np.bincount(row, times[column] * number, self.number)
        held = held + np.bincount(self.kind[who], times[g : g + a], self.number)
        used = np.bincount(host, times[g : g + a], len(i.places))
        people = np.bincount(host, times[g : g + a] * i.members[who], len(i.seats))
        return bool(
            (times >= 0).all()
            and (held == self.times).all()
            and (used <= i.places).all()
            and (people <= i.seats).all()
        )

    # -- organizations -------------------------------------------------------------------------------------------------
    def _apart(self, times: Ints) -> tuple[NDArray[np.int32], Ints, Ints]:
        """Return a plan of kinds as one of organizations: those of a kind in their order."""
        i, g, a = self.instance, len(times) - len(self.offer) - self.number, len(self.offer)
        left = [np.flatnonzero(self.kind == k).tolist()[::-1] for k in range(self.number)]
        group = np.full((int(times[:g].sum()), i.model.max_organizations), -1, dtype=np.int32)
        at = 0
        for c in np.flatnonzero(times[:g]).tolist():
            for _ in range(int(times[c])):
                members = [left[k].pop() for k in self.pattern[c].tolist() if k >= 0]
                group[at, : len(members)] = sorted(members)
                at += 1
        where = _positions(i)
        attached = []
        for e in np.flatnonzero(times[g : g + a]).tolist():
            for _ in range(int(times[g + e])):
                x = left[int(self.kind[self.who[e]])].pop()
                attached.append(where(x, int(self.host[e])))
        alone = sorted(x for some in left for x in some)
        return group, np.array(sorted(attached), dtype=np.int64), np.array(alone, dtype=np.int64)

    def _spread(
        self, patterns: NDArray[np.float64], offers: NDArray[np.float64]
    ) -> tuple[NDArray[np.int32], Ints]:
        """Return what a solution in fractions takes, as groups and attachments of single organizations.

        As in McNaughton's wrap-around rule for machines (Management Science 6, 1959): an organization is a machine with one unit of
        time, a column's value its length, and each organization of a kind that it holds a job of that length. Jobs are laid on a
        kind's organizations one after the other, cut where somebody's time is over; whoever works at one time is a group. So the
        organizations' program is worth what the kinds' is, but where a short column's jobs meet on one organization.
        """
        i, width = self.instance, self.instance.model.max_organizations
        some, offered = np.flatnonzero(patterns > EPS), np.flatnonzero(offers > EPS)
        g = len(some)
        length = np.concatenate([patterns[some], offers[offered]])
        column, kind, number = held_kinds(self.pattern[some])
        column = np.concatenate([column, g + np.arange(len(offered))])
        kind = np.concatenate([kind, self.kind[self.who[offered]]])
        number = np.concatenate([number, np.ones(len(offered), dtype=np.int64)])
        shifts: list[list[tuple[float, int, int]]] = [
            [] for _ in length
        ]  # of a column: from when, which job, who
        order = np.lexsort((column, kind))
        ends = np.searchsorted(kind[order], np.arange(self.number + 1))
        for k in range(self.number):
            who = np.flatnonzero(self.kind == k)
            here = order[ends[k] : ends[k + 1]]
            at = list(zip(column[here].tolist(), number[here].tolist(), strict=True))
            jobs = [(c, slot) for c, times in at if length[c] >= 1 for slot in range(times)]
            jobs += [
                (c, slot)
                for slot in range(width)
                for c, times in at
                if length[c] < 1 and slot < times
            ]
            now = 0.0
            for c, slot in jobs:
                begun, end = now, now + length[c]
                while now < end - EPS:
                    x = who[min(int(now + EPS), len(who) - 1)]
                    shifts[c].append((now - begun, k * width + slot, int(x)))
                    now = min(end, float(int(now + EPS) + 1))
                now = end
        sizes = np.bincount(column, number, len(length))
        where = _positions(i)
        groups: list[list[int]] = []
        attached: list[int] = []
        for c in range(len(length)):
            works: dict[int, int] = {}
            times = sorted(shifts[c])
            for x, (time, job, who_) in enumerate(times):
                works[job] = who_
                if x + 1 < len(times) and times[x + 1][0] - time < EPS:
                    continue
                if c >= g:
                    attached.append(where(who_, int(self.host[offered[c - g]])))
                elif len(set(works.values())) == len(works) == sizes[c]:
                    groups.append(sorted(works.values()))
        out = np.full((len(groups), width), -1, dtype=np.int32)
        for row, held in enumerate(groups):
            out[row, : len(held)] = held
        return out, np.unique(np.array(attached, dtype=np.int64))


def _positions(i: Instance) -> Callable[[int, int], int]:
    """Return what tells the position of an organization's attachment to a host."""

    def where(x: int, host: int) -> int:
        first, end = i.offers[x], i.offers[x + 1]
        return int(first + np.searchsorted(i.attach_host[first:end], host))

    return where

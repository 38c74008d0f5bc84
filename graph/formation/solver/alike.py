"""Organizations that are alike, planned as kinds: patterns with multiplicities instead of groups of one organization or another.

Where many are of one kind (:mod:`graph.formation.solver.kinds`), a plan is a number of times for each *pattern* (how many of each
kind a joint unit holds): a program of as many rows as there are kinds, without the ties that stall one of single organizations
(SOLVER.md, *Types*). A pattern holds at most so many of a kind as a unit may hold organizations, so that pricing needs only that
many of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import highspy
import numpy as np

from graph.formation.costs import MICRO
from graph.formation.solver import certificate, pricing
from graph.formation.solver.choice import BACKSTOP
from graph.formation.solver.kinds import kinds, part
from graph.formation.solver.master import Solver

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.formation.solver.certificate import Certificate
    from graph.formation.solver.instance import Instance

    Ints = NDArray[np.int64]

WORTH = 0.5
"""Representatives, as a fraction of the organizations, up to which planning kinds is worth its time."""
OFFERS = 3_000
"""Attachments of kinds up to which they are planned so: each is a column of every master from the first on."""
ROUNDS = 200
"""Masters solved at most."""
START = 200_000
"""Candidates that one start of a pricing looks at."""
PATTERNS = 20_000
"""Patterns that an integer program chooses from at most."""
KEEP = 60
"""Patterns that each start gives where there are too many for all of them."""
NODES = 500
"""Branch-and-bound nodes of the integer program."""


@dataclass(frozen=True, eq=False)
class Alike:
    """A plan found by kinds, with its certificate.

    Attributes
    ----------
    group : int32[g, width]; attached : int64[a]; alone : int64[u]
        The plan: every organization once.
    cost : int
        Of the plan, in 1e-6.
    known : int32[c, width]
        Columns that the last program gave a value, as groups of single organizations.
    certificate : Certificate
    proven : bool
        Whether no plan is cheaper.
    timed_out : bool
        Whether a solver had to be ended by the clock.
    """

    group: NDArray[np.int32]
    attached: Ints
    alone: Ints
    cost: int
    known: NDArray[np.int32]
    certificate: Certificate
    proven: bool
    timed_out: bool


def solve(
    instance: Instance,
    t: pricing.Tables,
    starts: pricing.Starts,
    *,
    limit: int,
    stop: Callable[[], bool] = lambda: False,
) -> Alike | None:
    """Plan an instance by kinds; ``None`` where too few are alike, or nothing was found.

    Parameters
    ----------
    t, starts
        The instance's, for the certificate.
    limit : int
        Candidates that one start of the certificate's search looks at.
    """
    kind = kinds(instance)
    _, first, times = np.unique(kind, return_index=True, return_counts=True)
    order = np.argsort(kind, kind="stable")
    rank = np.arange(instance.n) - np.repeat(np.cumsum(times) - times, times)
    chosen = np.sort(order[rank < instance.model.max_organizations])
    offer = np.flatnonzero(np.isin(instance.attach_org, first))
    if len(chosen) > WORTH * instance.n or len(offer) > OFFERS:
        return None
    return _Kinds(instance, kind, chosen, offer).run(t, starts, limit, stop)


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
        self.offer, self.who, self.host = offer, i.attach_org[offer], i.attach_host[offer]
        self.count = np.zeros((0, self.number), dtype=np.int64)
        self.cost = np.zeros(0, dtype=np.int64)
        self._known: set[bytes] = set()

    @property
    def _costs(self) -> Ints:
        """What each column costs once."""
        i = self.instance
        return np.concatenate([self.cost, i.attach_cost[self.offer], i.alone[self.first]])

    def run(
        self, t: pricing.Tables, starts: pricing.Starts, limit: int, stop: Callable[[], bool]
    ) -> Alike | None:
        i = self.instance
        none = np.zeros((0, 3), dtype=np.int32), np.zeros(0, dtype=np.int64)
        scale = int(np.median(i.caps))
        for divisor in (25, 16, 10, 5, 1):
            self._find(np.minimum(i.caps[self.first], scale // divisor), 0, 3)
        values, p, places, seats = self._program()
        for _ in range(ROUNDS):
            if stop() or not self._find(p, 0, 5):
                break
            values, p, places, seats = self._program()
        made = certificate.certify(i, t, starts, p[self.kind], places, seats, *none, limit=limit)
        # one price a kind, so that patterns have one reduced cost
        p = np.full(self.number, np.iinfo(np.int64).max)
        np.minimum.at(p, self.kind, made.prices)
        bound = certificate.value(i, p[self.kind], places, seats, none[1])
        made = replace(made, prices=p[self.kind], bound=bound)
        known = self._groups(values[: len(self.cost)] > 1e-6)
        best = self._program_of_whole_numbers()
        if best is None:
            return None
        chosen, _, late = best
        cost, proven = int(chosen @ self._costs), False
        if cost > bound and not stop():
            all_there = self._within(p, cost - bound)
            again = self._program_of_whole_numbers() if len(self.cost) <= PATTERNS else None
            if again is not None:
                proven, late = all_there and again[1], late or again[2]
                worth = int(again[0] @ self._costs)
                if worth < cost:
                    chosen, cost = again[0], worth
        group, attached, alone = self._apart(chosen)
        return Alike(group, attached, alone, cost, known, made, proven or cost == bound, late)

    # -- patterns ------------------------------------------------------------------------------------------------------
    def _find(self, p: Ints, tol: int, keep: int) -> int:
        """Add patterns that cost less than their prices by more than ``tol``; return how many were new."""
        found = self._search(p, tol, keep, START)
        return self._add(found.group, found.size)

    def _within(self, p: Ints, slack: int) -> bool:
        """Add patterns of a reduced cost up to ``slack``: all, if they are not too many; return whether they are all."""
        for keep in (pricing.EVERYTHING, KEEP):
            found = self._search(p, -slack - 1, keep, 10 * START)
            if not found.overflow and found.complete.all():
                break
        self._add(found.group, found.size)
        return keep == pricing.EVERYTHING and bool(found.complete.all()) and not found.overflow

    def _search(self, p: Ints, tol: int, keep: int, limit: int) -> pricing.Found:
        none = pricing.cut_tables(self.small.n, np.zeros((0, 3), np.int32), np.zeros(0, np.int64))
        room = PATTERNS * 10 if keep == pricing.EVERYTHING else None
        return pricing.search(
            self.tables, none, p[self.of] - self.small.away, self.starts,
            tol=tol, keep=keep, once=True, limit=limit, room=room,
        )  # fmt: skip

    def _add(self, group: NDArray[np.int32], size: Ints) -> int:
        cost = pricing.costs_of(self.small, self.tables, group, size)
        group, cost = group[cost >= 0], cost[cost >= 0]
        inside = group >= 0
        count = np.zeros((len(group), self.number), dtype=np.int64)
        np.add.at(count, (np.nonzero(inside)[0], self.of[group[inside]]), 1)
        fresh = pricing.unseen(self._known, count)
        self.count = np.concatenate([self.count, count[fresh]])
        self.cost = np.concatenate([self.cost, cost[fresh]])
        return int(fresh.sum())

    # -- programs ------------------------------------------------------------------------------------------------------
    def _model(self, kind_of_number: highspy.HighsVarType) -> highspy.HighsLp:
        """Return the program: patterns, attachments, organizations alone; a row a kind, two a host."""
        i, k, h = self.instance, self.number, len(self.instance.places)
        who, host = self.who, self.host
        g, a = len(self.cost), len(self.offer)
        column, row = np.nonzero(self.count)
        offers = g + np.arange(a)
        rows = np.concatenate([row, self.kind[who], k + host, k + h + host, np.arange(k)])
        cols = np.concatenate([column, offers, offers, offers, g + a + np.arange(k)])
        values = np.concatenate([
            self.count[column, row], np.ones(a), np.ones(a), i.members[who], np.ones(k),
        ])  # fmt: skip
        order = np.lexsort((rows, cols))
        total = g + a + k
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = total, k + 2 * h
        lp.col_cost_ = self._costs / MICRO
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
        if kind_of_number == highspy.HighsVarType.kInteger:
            lp.integrality_ = [kind_of_number] * total
        return lp

    def _program(self) -> tuple[NDArray[np.float64], Ints, Ints, Ints]:
        """Solve the program of fractions: values, and prices of kinds, places and seats as integers."""
        k, h = self.number, len(self.instance.places)
        solver = Solver(solver="simplex")
        solver.passModel(self._model(highspy.HighsVarType.kContinuous))
        solver.run()
        solution = solver.getSolution()
        dual = np.asarray(solution.row_dual) * MICRO
        caps = self.instance.caps[self.first]
        if len(dual) != k + 2 * h:  # nothing is trusted: prices of nothing prove a bound of nothing
            dual = np.zeros(k + 2 * h)
        p = np.minimum(np.floor(np.clip(dual[:k], -1e12, 1e12) + 1e-3).astype(np.int64), caps)
        places = certificate.rounded(np.maximum(-dual[k : k + h], 0.0))
        seats = certificate.rounded(np.maximum(-dual[k + h :], 0.0))
        return np.asarray(solution.col_value), p, places, seats

    def _program_of_whole_numbers(self) -> tuple[Ints, bool, bool] | None:
        """Solve the program of whole numbers: how often each column is taken, whether none is cheaper, whether time ended it."""
        solver = Solver(
            mip_rel_gap=0.0, mip_abs_gap=0.9 / MICRO, mip_max_nodes=NODES, time_limit=BACKSTOP
        )
        solver.passModel(self._model(highspy.HighsVarType.kInteger))
        solver.run()
        status = solver.getModelStatus()
        value = np.asarray(solver.getSolution().col_value)
        total = len(self.cost) + len(self.offer) + self.number
        if len(value) != total:
            return None
        times = np.rint(value).astype(np.int64)
        late = status == highspy.HighsModelStatus.kTimeLimit
        if not self._feasible(times):
            return None
        return times, status == highspy.HighsModelStatus.kOptimal, late

    def _feasible(self, times: Ints) -> bool:
        """Whether every organization is held once and no host is over its limits (nothing a solver says is trusted)."""
        i, g, a = self.instance, len(self.cost), len(self.offer)
        who, host = self.who, self.host
        held = times[:g] @ self.count + times[g + a :]
        held = held + np.bincount(self.kind[who], times[g : g + a], self.number).astype(np.int64)
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
                members = [left[k].pop() for k in np.flatnonzero(self.count[c]).tolist()
                           for _ in range(int(self.count[c, k]))]  # fmt: skip
                group[at, : len(members)] = sorted(members)
                at += 1
        where = {
            (int(o), int(h)): e
            for e, (o, h) in enumerate(zip(i.attach_org, i.attach_host, strict=True))
        }
        attached = []
        for e in np.flatnonzero(times[g : g + a]).tolist():
            for _ in range(int(times[g + e])):
                x = left[int(self.kind[self.who[e]])].pop()
                attached.append(where[x, int(self.host[e])])
        alone = sorted(x for some in left for x in some)
        return group, np.array(sorted(attached), dtype=np.int64), np.array(alone, dtype=np.int64)

    def _groups(self, some: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return patterns as groups of organizations, each kind's from its first on."""
        i = self.instance
        members = [np.flatnonzero(self.kind == k) for k in range(self.number)]
        out = np.full((int(some.sum()), i.model.max_organizations), -1, dtype=np.int32)
        for at, c in enumerate(np.flatnonzero(some).tolist()):
            held = [
                x for k in np.flatnonzero(self.count[c]) for x in members[k][: self.count[c, k]]
            ]
            out[at, : len(held)] = sorted(held)
        return out

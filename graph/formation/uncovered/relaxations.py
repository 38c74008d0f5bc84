"""What can't be covered: the binding reason, and the smallest relaxation that would cover it.

A relaxation is one change (a decision lifted, one more place at a unit, a limit or the radius raised, formal members gained)
after which the organization fits into the plan as it stands: into one of its joint units, at a unit that takes attachments, or
with others left uncovered, nobody else moved. So a plan exists that covers it and all who are covered now, and it costs less.
The size of a change is relative: how much of the limit that binds is added (docs/adr/0008).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.formation import pairs
from graph.formation.uncovered.partners import Partners, joined
from graph.formation.uncovered.reach import Reach
from graph.policy.settings import SPECS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graph.formation.problem import Problem
    from graph.formation.solve import Solved
    from graph.formation.wording import Leaning

    Ints = NDArray[np.int64]

KINDS = (
    "time", "forbid", "accept", "place", "max_organizations", "max_members", "radius", "members",
)  # fmt: skip
"""Kinds of relaxations; the earlier of equal size comes first."""
FAR = 2**62


@dataclass(frozen=True)
class Relaxation:
    """One change after which an organization would be covered.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    size : float
        The share of the binding limit that is added; 0 for a decision or a time limit lifted.
    value, now : int or float or None
        The new and the present value of a limit; for ``members`` how many more, for ``place`` the places then taken.
    joins : tuple of int
        The small organizations (positions) that it would form a unit with.
    unit : int or None
        The unit (position) that it would be attached to.
    sets : tuple of sets of codes
        The decisions lifted.
    """

    kind: str
    size: float
    value: float | None = None
    now: float | None = None
    joins: tuple[int, ...] = ()
    unit: int | None = None
    sets: tuple[tuple[str, ...], ...] = ()

    @property
    def order(self) -> tuple[Any, ...]:
        """Smaller ones first; ties by kind, then by whom it joins."""
        return (self.size, KINDS.index(self.kind), len(self.sets), self.unit is None, self.joins)


class Relaxer:
    """Explains the uncovered organizations of one ledger unit's plan."""

    def __init__(self, problem: Problem, leaning: Leaning, solved: Solved) -> None:
        self.problem, self.leaning, self.solved = problem, leaning, solved
        self.model = problem.model
        self.formation = problem.city.profile.formation
        self.hosts = problem.all_hosts(solved.unit.id)
        self.reach = Reach(problem, [rows for rows, _ in solved.joint])

    # -- the reason ----------------------------------------------------------------------------------------------------
    def reason(self, row: int, found: Sequence[Relaxation]) -> str:
        """Return the key of :data:`graph.formation.wording.REASONS` that binds.

        Parameters
        ----------
        found : sequence of Relaxation
            What :meth:`of` gives for it.
        """
        if self.solved.status == "not_started":
            return self.solved.why or "not_started"
        if any(r.kind in ("forbid", "accept") for r in found):
            return "decision"
        taken = self._host_state
        allowed = self._allowed(row)
        if (allowed & (taken.free_places > 0) & (taken.free_seats >= self.problem.m[row])).any():
            return "others_first"
        partners = Partners(self.problem, self.leaning, self.solved.unit)
        if partners.enough(row):
            return "others_first"
        if allowed.any():
            return "capacity"
        return "too_few" if partners.any(row) else "no_partner"

    # -- relaxations ---------------------------------------------------------------------------------------------------
    def of(self, row: int) -> list[Relaxation]:
        """Return the smallest relaxation of each kind, the smallest first; never empty."""
        if self.solved.status == "not_started":
            return [Relaxation("time", 0.0)]
        best: dict[str, Relaxation] = {}
        for one in self._all(row):
            known = best.get(one.kind)
            if known is None or one.order < known.order:
                best[one.kind] = one
        return sorted(best.values(), key=lambda r: r.order)

    def _all(self, row: int) -> Iterator[Relaxation]:
        yield from self._units(row)
        yield from self._hosts(row)
        yield from self._others(row)
        least, m = self.model.min_members, int(self.problem.m[row])
        yield Relaxation("members", (least - m) / least, value=least - m, now=m)

    def _raised(self, kind: str, value: int) -> Relaxation | None:
        """Return a limit raised to a value; ``None`` where no profile may have it."""
        now = getattr(self.formation, kind)
        high = SPECS[kind][1].high
        if high is not None and value > high:
            return None
        return Relaxation(kind, (value - now) / now if now else math.inf, value=value, now=now)

    def _units(self, row: int) -> Iterator[Relaxation]:
        """Yield what would let it into a joint unit of the plan."""
        if not self.solved.joint:
            return
        at = self.reach.to(row)
        for g in np.flatnonzero(at.now):
            rows, _ = self.solved.joint[int(g)]
            yield from self._into(row, rows)
        size = self.reach.size
        room = (size < self.model.max_organizations) & (
            self.reach.members + int(self.problem.m[row]) <= self.model.max_members
        )
        metres = np.where(room & at.alike, at.centimetres, FAR)
        for g in np.argsort(metres, kind="stable").tolist():
            if metres[g] == FAR:
                break
            rows, _ = self.solved.joint[g]
            if not self._against(row, rows):
                yield from self._wider(int(metres[g]), tuple(rows), None)
                break

    def _into(self, row: int, rows: list[int]) -> Iterator[Relaxation]:
        """Yield the one limit or decision that keeps it from a unit which a method joins it to."""
        if not self.leaning.methods([*rows, row]):
            return
        size, members = len(rows) + 1, int(self.problem.m[[*rows, row]].sum())
        over = [
            kind
            for kind, value, limit in (
                ("max_organizations", size, self.model.max_organizations),
                ("max_members", members, self.model.max_members),
            )
            if value > limit
        ]
        against = self._against(row, rows)
        if len(over) == 1 and not against:
            raised = self._raised(over[0], size if over[0] == "max_organizations" else members)
            if raised is not None:
                yield dataclasses.replace(raised, joins=tuple(rows))
        elif not over and len({kind for kind, _ in against}) == 1:
            yield Relaxation(
                against[0][0], 0.0, joins=tuple(rows), sets=tuple(s for _, s in against)
            )

    def _against(self, row: int, rows: Sequence[int]) -> list[tuple[str, tuple[str, ...]]]:
        """Return the decisions that keep an organization out of a unit."""
        codes = {str(self.problem.codes[r]) for r in (*rows, row)}
        mine = str(self.problem.codes[row])
        decided = self.problem.decisions
        out = [("forbid", s) for s in decided.forbid if mine in s and codes >= set(s)]
        out += [("accept", s) for s in decided.accept if mine not in s and codes >= set(s)]
        return out

    def _wider(
        self, centimetres: int, joins: tuple[int, ...], unit: int | None
    ) -> Iterator[Relaxation]:
        raised = self._raised("radius", -(-centimetres // 100))
        if raised is not None and raised.size > 0:
            yield dataclasses.replace(raised, joins=joins, unit=unit)

    # -- units that take attachments -----------------------------------------------------------------------------------
    @cached_property
    def _host_state(self) -> _Hosts:
        units = self.problem.city.units
        n = units["n_covered"].to_numpy(np.int64)[self.hosts]
        m = units["m_covered"].to_numpy(np.int64)[self.hosts]
        at = {int(u): x for x, u in enumerate(self.hosts)}
        taken, seats = n.copy(), m.copy()
        for r, u, _ in self.solved.attached:
            taken[at[u]] += 1
            seats[at[u]] += int(self.problem.m[r])
        some = dataclasses.replace(self.solved.unit, hosts=self.hosts)
        start, covered = self.problem.hosts_of(some)
        return _Hosts(
            start, covered, taken, seats,
            np.maximum(0, self.model.max_organizations - n), np.maximum(0, self.model.max_members - m),
        )  # fmt: skip

    def _pairs(self, row: int) -> pairs.Pairs:
        covered = self._host_state.covered
        return pairs.pairs(self.problem.features, np.full(len(covered), row), covered, self.model)

    def _allowed(self, row: int) -> NDArray[np.bool_]:
        """Return which hosts it may join, capacity aside."""
        if not len(self.hosts):
            return np.zeros(0, dtype=bool)
        found = self._pairs(row)
        near = found.adjacent | (found.meeting >= 2)
        return np.asarray(np.logical_or.reduceat(near, self._host_state.start[:-1]))

    def _hosts(self, row: int) -> Iterator[Relaxation]:
        if not len(self.hosts):
            return
        state, m = self._host_state, int(self.problem.m[row])
        allowed = self._allowed(row)
        places = state.taken < self.model.max_organizations
        seats = state.seats + m <= self.model.max_members
        mine = str(self.problem.codes[row])
        banned = {c for s in self.problem.decisions.forbid if len(s) == 2 and mine in s for c in s}
        for x in np.flatnonzero(allowed):
            unit = int(self.hosts[x])
            code = str(self.problem.unit_codes[unit])
            taken = int(state.taken[x])
            if places[x] and seats[x]:
                if code in banned:
                    yield Relaxation("forbid", 0.0, unit=unit, sets=(self._ban(mine, code),))
            elif code in banned:
                continue
            elif seats[x]:
                more = taken + 1 - self.model.max_organizations
                size = more / self.model.max_organizations
                yield Relaxation("place", size, value=more, now=taken, unit=unit)
                raised = self._raised("max_organizations", taken + 1)
                if raised is not None:
                    yield dataclasses.replace(raised, unit=unit)
            elif places[x]:
                raised = self._raised("max_members", int(state.seats[x]) + m)
                if raised is not None:
                    yield dataclasses.replace(raised, unit=unit)
        found = self._pairs(row)
        far = np.where(found.centimetres >= 0, found.centimetres, FAR)
        metres = np.minimum.reduceat(far, state.start[:-1])
        open_ = (
            places & seats & ~allowed & ~np.isin(self.problem.unit_codes[self.hosts], list(banned))
        )
        metres = np.where(open_, metres, FAR)
        nearest = int(np.argmin(metres))
        if metres[nearest] < FAR:
            yield from self._wider(int(metres[nearest]), (), int(self.hosts[nearest]))

    def _ban(self, mine: str, unit: str) -> tuple[str, ...]:
        return next(s for s in self.problem.decisions.forbid if set(s) == {mine, unit})

    # -- others left uncovered -----------------------------------------------------------------------------------------
    def _others(self, row: int) -> Iterator[Relaxation]:
        """Yield what would let it form a unit with one or two that are left uncovered as well."""
        others = np.array([r for r in self.solved.uncovered if r != row], dtype=np.int64)
        if not len(others):
            return
        least, m = self.model.min_members, int(self.problem.m[row])
        found = pairs.pairs(self.problem.features, np.full(len(others), row), others, self.model)
        fits = joined(found)
        for x in np.flatnonzero(fits | found.alike).tolist():
            other = int(others[x])
            short = least - m - int(self.problem.m[other])
            if fits[x] and short <= 0:
                against = self._against(row, [other])
                if against:
                    sets = tuple(s for _, s in against)
                    yield Relaxation("forbid", 0.0, joins=(other,), sets=sets)
            elif fits[x] and not self._against(row, [other]):
                yield Relaxation(
                    "members", short / least, value=short, now=least - short, joins=(other,)
                )
            elif fits[x] or self._against(row, [other]):
                continue
            elif found.alike[x] and found.centimetres[x] >= 0 and short <= 0:
                yield from self._wider(int(found.centimetres[x]), (other,), None)
        yield from self._three(row, others, found)

    def _three(self, row: int, others: Ints, found: pairs.Pairs) -> Iterator[Relaxation]:
        """Yield the least radius at which it forms a unit with two others, where two together have too few members."""
        near = found.adjacent | (found.centimetres >= 0)
        some = others[found.alike & near]
        reach = np.where(found.adjacent, 0, found.centimetres)[found.alike & near]
        if len(some) < 2:
            return
        order = np.argsort(reach, kind="stable")[:MOST]
        some, reach = some[order], reach[order]
        i, j = np.triu_indices(len(some), 1)
        both = pairs.pairs(self.problem.features, some[i], some[j], self.model)
        members = int(self.problem.m[row]) + self.problem.m[some[i]] + self.problem.m[some[j]]
        good = (
            both.alike
            & (both.adjacent | (both.centimetres >= 0))
            & (members >= self.model.min_members)
        )
        metres = np.maximum(
            np.where(both.adjacent, 0, both.centimetres), np.maximum(reach[i], reach[j])
        )
        metres = np.where(good, metres, FAR)
        x = int(np.argmin(metres))
        three = (int(some[i[x]]), int(some[j[x]]))
        if metres[x] < FAR and not self._against(row, three):
            yield from self._wider(int(metres[x]), three, None)


MOST = 200
"""Uncovered organizations nearest to one of which pairs are tried."""


@dataclass(frozen=True, eq=False)
class _Hosts:
    """Hosts' coverage (CSR), places and seats taken under the plan, and what was free before it."""

    start: Ints
    covered: Ints
    taken: Ints
    seats: Ints
    free_places: Ints
    free_seats: Ints

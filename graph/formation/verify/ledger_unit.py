"""One ledger unit laid out for checking: what any column costs, and which are allowed at all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from graph.formation.verify import costs
from graph.formation.verify.jurisdiction import PLACES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.verify.facts import Agenda, Facts
    from graph.formation.verify.sectors import Sectors
    from graph.policy.settings import Formation

METHODS = ("sector_and_area", "leading_firm", "area", "trade")


class Shared(NamedTuple):
    """Organizations (positions, ascending) that share a place, an association or a leading firm, named by ``key``."""

    method: str
    key: str
    members: NDArray[np.int64]


@dataclass
class Desk:
    """A ledger unit's small organizations, hosts and dissimilarities.

    ``d`` int32[n, n] in 1e-6, ``fits`` (adjacent and similar) and ``division`` uint8[n, n]; ``host_sum`` int64[n, hosts] is
    Σ d to the organizations that a host covers, -1 where attaching is not allowed.
    """

    id: str
    formation: Formation
    small: list[str]
    separate: dict[str, int]
    split: set[tuple[str, str]]
    zero: list[str]
    m: NDArray[np.int64]
    d: NDArray[np.int32]
    fits: NDArray[np.uint8]
    division: NDArray[np.uint8]
    shared: list[Shared]
    hosts: list[str]
    covered: NDArray[np.int64]
    members_covered: NDArray[np.int64]
    host_sum: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Index what is asked for by code."""
        self.position = {c: x for x, c in enumerate(self.small)}
        self.host_at = {c: x for x, c in enumerate(self.hosts)}
        self._in: list[set[int]] = [set() for _ in self.small]
        for number, group in enumerate(self.shared):
            for x in group.members:
                self._in[x].add(number)
        f = self.formation
        self.places = np.maximum(0, f.max_organizations - self.covered)
        self.seats = np.maximum(0, f.max_members - self.members_covered)

    def members(self, who: Collection[str]) -> int:
        """Return Σ m over small organizations."""
        return int(sum(self.m[self.position[c]] for c in who))

    def surcharge(self, method: str) -> int:
        """Return a method's σ in 1e-6."""
        return costs.micro(getattr(self.formation, f"surcharge_{method}"))

    # -- joint units -----------------------------------------------------------------------------------------------
    def anchors(self, who: Sequence[str]) -> list[Shared]:
        """Return the places, associations and leading firms that all of these share."""
        common = set.intersection(*(self._in[self.position[c]] for c in who))
        return [self.shared[x] for x in sorted(common)]

    def methods(self, who: Sequence[str]) -> list[str]:
        """Return the methods by which these may form a unit, all of the least surcharge that applies."""
        index = [self.position[c] for c in who]
        pairs = np.ix_(index, index)
        off = ~np.eye(len(index), dtype=bool)
        holds = {x.method for x in self.anchors(who)}
        if self.fits[pairs][off].all():
            holds.add("sector_and_area")
        if self.division[pairs][off].all():
            holds.add("trade")
        least = min((self.surcharge(name) for name in holds), default=0)
        return [name for name in METHODS if name in holds and self.surcharge(name) == least]

    def cost(self, who: Sequence[str]) -> int | None:
        """Return a joint unit's cost in 1e-6, moves aside; ``None`` where no method joins it (its size is not looked at)."""
        methods = self.methods(who)
        if not methods:
            return None
        index = [self.position[c] for c in who]
        total = int(self.d[np.ix_(index, index)].sum(dtype=np.int64))  # each pair twice: 2·Σ d
        k = len(index)
        return total // (k - 1) + k * self.surcharge(methods[0]) + self.new_unit

    @property
    def new_unit(self) -> int:
        """λ in 1e-6."""
        return costs.micro(self.formation.new_unit)

    @property
    def moved(self) -> int:
        """What moving an organization costs in 1e-6."""
        return costs.micro(self.formation.moved)

    @property
    def alone(self) -> int:
        """What leaving an organization uncovered costs in 1e-6, a move aside."""
        return costs.micro(self.formation.uncovered)

    # -- attachments -----------------------------------------------------------------------------------------------
    def attachments(self) -> NDArray[np.int64]:
        """Return int64[n, hosts]: what each attachment costs in 1e-6, moves aside; -1 where it is not allowed."""
        room = (self.places >= 1)[None, :] & (self.m[:, None] <= self.seats[None, :])
        cost = costs.micro(self.formation.attach) + self.host_sum // np.maximum(1, self.covered)
        return np.where((self.host_sum >= 0) & room, cost, -1)

    def attach(self, who: str, unit: str) -> int | None:
        """Return what an attachment costs in 1e-6, a move aside; ``None`` where it is not allowed."""
        if unit not in self.host_at:
            return None
        i, u = self.position[who], self.host_at[unit]
        if self.host_sum[i, u] < 0 or self.places[u] < 1 or self.m[i] > self.seats[u]:
            return None
        return costs.micro(self.formation.attach) + int(self.host_sum[i, u]) // int(self.covered[u])

    def free(self, unit: str) -> tuple[int, int]:
        """Return a host's free places and free member seats."""
        u = self.host_at[unit]
        return int(self.places[u]), int(self.seats[u])


def desk(facts: Facts, agenda: Agenda, formation: Formation, sectors: Sectors, unit: str) -> Desk:
    """Lay out one ledger unit."""
    small = agenda.small.get(unit, [])
    u = facts.units
    mine = u[u["host"] & (u["ledger_unit"] == unit)]
    held = facts.covers[facts.covers["unit"].isin(mine.index)]
    others = sorted(set(held["organization"]))
    keys = [*small, *others]
    position = {c: x for x, c in enumerate(keys)}
    f = costs.features(facts, sectors, keys)
    c = costs.coefficients(formation)
    n = len(small)
    d, fits, division = costs.matrices(f, c, n)
    by_host = {code: list(some) for code, some in held.groupby("unit")["organization"]}
    hosts = [str(code) for code in mine.index]
    covered = [[position[o] for o in by_host[code]] for code in hosts]
    members = facts.organizations["m"].astype("float64")
    separate = agenda.separate.get(unit, [])
    return Desk(
        id=unit,
        formation=formation,
        small=small,
        separate=dict(zip(separate, members.reindex(separate).astype(int).tolist(), strict=True)),
        split=agenda.split.get(unit, set()),
        zero=agenda.zero.get(unit, []),
        m=members.reindex(small).to_numpy(dtype=float).astype(np.int64),
        d=d,
        fits=fits,
        division=division,
        shared=_shared(facts, small),
        hosts=hosts,
        covered=np.array([len(x) for x in covered], dtype=np.int64),
        members_covered=mine["members"].to_numpy(dtype=np.int64),
        host_sum=costs.host_sums(f, c, n, covered),
    )


def _shared(facts: Facts, small: list[str]) -> list[Shared]:
    """Return every set of two and more that a method joins whatever their pairs."""
    index = pd.Index(small, dtype=object)
    out = []
    o = facts.organizations.loc[small]
    columns = [("area", o[kind].to_numpy(dtype=object), np.arange(len(small))) for kind in PLACES]
    for method, table in (("leading_firm", facts.leaders), ("trade", facts.associations)):
        rows = table[table["organization"].isin(index)]
        at = index.get_indexer(pd.Index(rows["organization"], dtype=object))
        columns.append((method, rows["group"].to_numpy(dtype=object), at))
    for method, keys, at in columns:
        code, unique = pd.factorize(keys)
        order = np.argsort(code, kind="stable")
        cuts = np.flatnonzero(np.diff(code[order])) + 1
        out += [
            Shared(method, str(unique[code[part[0]]]), np.sort(at[part]).astype(np.int64))
            for part in np.split(order, cuts)
            if len(part) > 1 and code[part[0]] >= 0
        ]
    return out

"""One ledger unit laid out for checking: costs of any group asked for, and the search over all groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.formation.verify import costs
from graph.formation.verify.facts import PLACES
from graph.formation.verify.search import find_violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graph.formation.verify.facts import Facts
    from graph.formation.verify.sectors import Sectors
    from graph.policy.settings import Formation

METHODS = ("sector_and_area", "leading_firm", "area", "trade")
FIRST_BATCH = 64


@dataclass
class Constraints:
    """People's decisions as they bear on one ledger unit (FORMATION: pin, forbid, accept, from)."""

    pinned: list[frozenset[str]] = field(default_factory=list)
    forbidden: list[frozenset[str]] = field(default_factory=list)
    accepted: list[tuple[str, ...]] = field(default_factory=list)
    accepted_cost: int = 0
    settled: set[str] = field(default_factory=set)
    companions: dict[str, frozenset[str]] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    moved: int = 0

    def broken(self, members: Sequence[str], unit: str | None) -> str | None:
        """Return the decision that a column goes against, in words, or ``None``."""
        held = set(members) | ({unit} if unit else set())
        for pin in self.pinned:
            if 0 < len(pin & held) < len(pin):
                return "a pin of " + ", ".join(sorted(pin))
        for ban in self.forbidden:
            if ban <= held:
                return "a forbid of " + ", ".join(sorted(ban))
        return None

    def moves(self, members: Sequence[str], unit: str | None, *, uncovered: bool = False) -> int:
        """Return how many of a column's organizations are moved against the previous plan."""
        if not self.companions and not self.hosts:
            return 0
        held = set(members)
        n = 0
        for c in members:
            was = c in self.companions or c in self.hosts
            if was and (
                uncovered
                or not self.companions.get(c, frozenset()) <= held
                or self.hosts.get(c) != unit
            ):
                n += 1
        return n


@dataclass
class Desk:
    """A ledger unit's small organizations, hosts and dissimilarities.

    ``d`` int32[n, n] in 1e-6, ``fits`` (adjacent and similar) and ``division`` uint8[n, n]; ``host_sum`` int64[n, hosts] is
    Σ d to the organizations that a host covers, -1 where attaching is not allowed.
    """

    formation: Formation
    small: list[str]
    separate: list[str]
    split: list[str]
    zero: list[str]
    m: NDArray[np.int64]
    d: NDArray[np.int32]
    fits: NDArray[np.uint8]
    division: NDArray[np.uint8]
    places: list[list[NDArray[np.int64]]]
    associations: list[NDArray[np.int64]]
    leaders: list[NDArray[np.int64]]
    hosts: dict[str, int]
    covered: list[int]
    members_covered: list[int]
    host_sum: NDArray[np.int64]
    visited: int = 0

    def __post_init__(self) -> None:
        """Index what is asked for by code."""
        self.position = {c: x for x, c in enumerate(self.small)}
        self._in: list[set[tuple[str, int]]] = [set() for _ in self.small]
        named = [("area", [g for kind in self.places for g in kind])]
        named += [("trade", self.associations), ("leading_firm", self.leaders)]
        for method, groups in named:
            for number, group in enumerate(groups):
                for x in group:
                    self._in[x].add((method, number))

    # -- columns -------------------------------------------------------------------------------------------------

    def members(self, who: Sequence[str]) -> int:
        """Return Σ m over small organizations."""
        return int(sum(self.m[self.position[c]] for c in who))

    def alone(self, who: str, constraints: Constraints) -> int:
        """Return the cost of leaving one uncovered, in 1e-6."""
        moved = constraints.moves([who], None, uncovered=True)
        return costs.micro(self.formation.uncovered) + moved * constraints.moved

    def surcharge(self, method: str) -> int:
        """Return a method's σ in 1e-6."""
        return costs.micro(getattr(self.formation, f"surcharge_{method}"))

    def method(self, who: Sequence[str]) -> str | None:
        """Return the method of least surcharge that joins these, or ``None``."""
        index = [self.position[c] for c in who]
        pairs = np.ix_(index, index)
        off = ~np.eye(len(index), dtype=bool)
        shared = set.intersection(*(self._in[x] for x in index))
        holds = {
            "sector_and_area": bool(self.fits[pairs][off].all()),
            "leading_firm": any(k == "leading_firm" for k, _ in shared),
            "area": any(k == "area" for k, _ in shared),
            "trade": any(k == "trade" for k, _ in shared) or bool(self.division[pairs][off].all()),
        }
        best = [name for name in METHODS if holds[name]]
        return min(best, key=self.surcharge) if best else None

    def cost(self, who: Sequence[str], constraints: Constraints) -> tuple[str | None, int | None]:
        """Return a joint unit's method and cost in 1e-6; ``(None, None)`` where no method joins it."""
        if len(set(who)) < 2:
            return None, None
        method = self.method(who)
        if method is None:
            return None, None
        index = [self.position[c] for c in who]
        total = int(self.d[np.ix_(index, index)].sum(dtype=np.int64))  # each pair twice: 2·Σ d
        k = len(index)
        cost = total // (k - 1) + k * self.surcharge(method) + costs.micro(self.formation.new_unit)
        return method, cost + constraints.moves(who, None) * constraints.moved

    def free(self, unit: str) -> tuple[int, int]:
        """Return a host's free places and free member seats."""
        u = self.hosts[unit]
        f = self.formation
        return (
            max(0, f.max_organizations - self.covered[u]),
            max(0, f.max_members - self.members_covered[u]),
        )

    def attach(self, who: str, unit: str, constraints: Constraints) -> int | None:
        """Return the cost of attaching in 1e-6, or ``None`` where it is not allowed."""
        u = self.hosts.get(unit)
        if u is None:
            return None
        total = int(self.host_sum[self.position[who], u])
        places, seats = self.free(unit)
        if total < 0 or places < 1 or seats < self.members([who]):
            return None
        cost = costs.micro(self.formation.attach) + total // self.covered[u]
        return cost + constraints.moves([who], unit) * constraints.moved

    def attachments(
        self, who: Sequence[str], constraints: Constraints
    ) -> Iterator[tuple[str, str, int]]:
        """Yield every allowed attachment (organization, unit, cost)."""
        wanted = set(who)
        codes = list(self.hosts)
        for x, u in np.argwhere(self.host_sum >= 0).tolist():
            c = self.small[x]
            if c not in wanted or constraints.broken([c], codes[u]):
                continue
            cost = self.attach(c, codes[u], constraints)
            if cost is not None:
                yield c, codes[u], cost

    # -- decisions -----------------------------------------------------------------------------------------------

    def constraints(self, stated: dict[str, Any], previous: Any) -> Constraints:
        """Read the decisions that name this ledger unit's organizations."""
        here = set(self.small)
        out = Constraints(moved=costs.micro(self.formation.moved))
        out.pinned = [frozenset(s) for s in stated.get("pin") or [] if here & set(s)]
        out.forbidden = [frozenset(s) for s in stated.get("forbid") or [] if here & set(s)]
        out.accepted = [tuple(sorted(s)) for s in stated.get("accept") or [] if set(s) <= here]
        for former in previous_units(previous):
            for c in former["organizations"]:
                if c in here:
                    out.companions[c] = frozenset(former["organizations"]) & here - {c}
        for c, unit in previous_hosts(previous).items():
            if c in here:
                out.hosts[c] = unit
        for group in out.accepted:
            _, cost = self.cost(group, out)
            out.accepted_cost += cost or 0
            out.settled |= set(group)
        return out

    # -- the search ----------------------------------------------------------------------------------------------

    def undercut(
        self,
        price: dict[str, int],
        cuts: list[tuple[list[str], int]],
        constraints: Constraints,
    ) -> tuple[list[str], int, int] | None:
        """Return a feasible joint unit that costs less than its prices (members, worth, cost), or ``None``: there is none."""
        p = np.array([price.get(c, -(10**12)) for c in self.small], dtype=np.int64)
        free = np.array([c in price for c in self.small], dtype=bool)
        triples = np.array([[self.position[c] for c in t] for t, _ in cuts], dtype=np.int64)
        triples = triples.reshape(-1, 3)
        values = np.array([v for _, v in cuts], dtype=np.int64)
        start, rows = _rows(triples, len(self.small))
        for method, masked, mask, universe in self._contexts():
            inside = universe[free[universe]]
            for k in range(2, self.formation.max_organizations + 1):
                limit = FIRST_BATCH
                while True:
                    found, visited = find_violations(
                        self.d, mask, masked, inside, p, self.surcharge(method),
                        costs.micro(self.formation.new_unit), k, start, rows, triples, values, limit,
                    )  # fmt: skip
                    self.visited += int(visited)
                    for group in found:
                        hit = self._confirm(
                            [self.small[x] for x in group], price, cuts, constraints
                        )
                        if hit:
                            return hit
                    if len(found) < limit:
                        break
                    limit *= 8
        return None

    def _confirm(
        self,
        who: list[str],
        price: dict[str, int],
        cuts: list[tuple[list[str], int]],
        constraints: Constraints,
    ) -> tuple[list[str], int, int] | None:
        """Return a group found if it is feasible in every respect and still undercuts."""
        f = self.formation
        if not f.min_members <= self.members(who) <= f.max_members:
            return None
        if constraints.broken(who, None):
            return None
        _, cost = self.cost(who, constraints)
        held = set(who)
        worth = sum(price[c] for c in who) - sum(v * (len(held & set(t)) // 2) for t, v in cuts)
        return (sorted(who), worth, cost) if cost is not None and worth > cost else None

    def _contexts(self) -> Iterator[tuple[str, bool, NDArray[np.uint8], NDArray[np.int64]]]:
        """Yield (method, masked, mask, universe): every group of every method lies in one of them."""
        for part in _components(self.fits):
            yield "sector_and_area", True, self.fits, part
        for group in self.leaders:
            yield "leading_firm", False, self.fits, group
        for kind in self.places:
            for group in kind:
                yield "area", False, self.fits, group
        for group in self.associations:
            yield "trade", False, self.fits, group
        for part in _components(self.division):
            yield "trade", True, self.division, part


def desk(facts: Facts, formation: Formation, sectors: Sectors, unit: str) -> Desk:
    """Lay out one ledger unit."""
    small = facts.small(unit, formation.min_members)
    u = facts.units
    mine = u[u["host"] & (u["ledger_unit"] == unit)]
    held = facts.covers[facts.covers["unit"].isin(mine.index)]
    others = sorted(set(held["organization"]) - set(small))
    keys = [*small, *others]
    position = {c: x for x, c in enumerate(keys)}
    f = costs.features(facts, sectors, keys)
    c = costs.coefficients(formation)
    n = len(small)
    d, fits, division = costs.matrices(f, c, n)
    by_host = held.groupby("unit")["organization"].apply(list).to_dict()
    hosts = {code: x for x, code in enumerate(mine.index)}
    covered = [[position[o] for o in by_host[code]] for code in hosts]
    index = pd.Index(small)

    def sets(table: pd.DataFrame) -> list[NDArray[np.int64]]:
        rows = table[table["organization"].isin(index)]
        groups = [
            np.sort(index.get_indexer(pd.Index(g)))
            for _, g in rows.groupby("group")["organization"]
        ]
        return [g.astype(np.int64) for g in groups if len(g) > 1]

    places = []
    for kind in range(len(PLACES)):
        column = f.place[:n, kind]
        groups = [
            np.flatnonzero(column == v).astype(np.int64) for v in np.unique(column[column >= 0])
        ]
        places.append([g for g in groups if len(g) > 1])
    m = facts.organizations["m"].reindex(small).to_numpy(dtype=float)
    return Desk(
        formation=formation,
        small=small,
        separate=facts.separate(unit, formation.min_members),
        split=facts.split(unit, formation.min_members),
        zero=facts.zero(unit),
        m=m.astype(np.int64),
        d=d,
        fits=fits,
        division=division,
        places=places,
        associations=sets(facts.associations),
        leaders=sets(facts.leaders),
        hosts=hosts,
        covered=[len(x) for x in covered],
        members_covered=mine["members"].astype(int).tolist(),
        host_sum=costs.host_sums(f, c, n, covered),
    )


def previous_units(previous: Any) -> list[dict[str, Any]]:
    """Return the joint units of the plan that this one was made from."""
    if not isinstance(previous, dict):
        return []
    return [u if isinstance(u, dict) else {"organizations": u} for u in previous.get("joint") or []]


def previous_hosts(previous: Any) -> dict[str, str]:
    """Return the hosts of the organizations attached in the plan that this one was made from."""
    if not isinstance(previous, dict):
        return {}
    attached = previous.get("attached") or []
    if isinstance(attached, dict):
        return dict(attached)
    return {a["organization"]: a["unit"] for a in attached}


def _rows(triples: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, in compressed rows, the cuts that each organization is in."""
    who = triples.ravel()
    which = np.repeat(np.arange(len(triples), dtype=np.int64), 3)
    start = np.zeros(n + 1, dtype=np.int64)
    np.add.at(start, who + 1, 1)
    return np.cumsum(start), which[np.argsort(who, kind="stable")]


def _components(mask: NDArray[np.uint8]) -> list[NDArray[np.int64]]:
    """Return the connected components of two and more of a pair relation."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not len(mask):
        return []
    _, label = connected_components(csr_array(mask), directed=False)
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [part.astype(np.int64) for part in np.split(order, cuts) if len(part) > 1]

"""From a city to frozen problems: one for each connected component of each ledger unit (FORMATION).

A :class:`Problem` holds columns over the whole city; the arrays of a ledger unit, quadratic in its small organizations, are
made when it is its turn.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.errors import PlanError
from graph.formation import costs, pairs
from graph.formation.conflicts import refuse_conflicts, refuse_hopeless
from graph.formation.decisions import Decisions, Previous, refuse_unknown
from graph.formation.solver.instance import BARRED, NEVER, Instance, sets
from graph.sector import division_sets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graph.city import City

    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LedgerUnit:
    """One jurisdiction's part of the problem.

    Attributes
    ----------
    id, name : str
    rows : int64[n]
        Its small organizations, positions in the city, ascending.
    hosts : int64[h]
        Units that take attachments, positions in the city's units.
    """

    id: str
    name: str
    rows: Ints
    hosts: Ints


@dataclass(frozen=True, eq=False)
class Component:
    """A connected part of a ledger unit: ``rows`` and ``hosts`` are positions in the city."""

    rows: Ints
    hosts: Ints
    instance: Instance


@dataclass(frozen=True, eq=False)
class Parts:
    """A ledger unit taken apart: components, who can't be in any column but alone, and accepted units with their costs."""

    components: tuple[Component, ...]
    isolated: Ints
    isolated_cost: Ints
    accepted: tuple[tuple[Ints, int], ...]


class Problem:
    """A city's planning problem.

    Attributes
    ----------
    city : City
    model : CostModel
    codes, unit_codes : object arrays
        Codes by position of organizations and units.
    features : Features
        Of all organizations.
    units : list of LedgerUnit
        In order of their ids.
    decisions, previous
        What people decided; the plan before, or ``None``.
    """

    def __init__(
        self,
        city: City,
        ledger_unit_ids: Sequence[str] | None = None,
        decisions: Decisions | None = None,
        previous: Previous | None = None,
    ) -> None:
        self.city = city
        self.model = costs.model(city.profile.formation)
        self.decisions = decisions or Decisions()
        self.previous = previous
        o, u = city.organizations, city.units
        self.codes: NDArray[Any] = np.asarray(o.index, dtype=object)
        self.unit_codes: NDArray[Any] = np.asarray(u.index, dtype=object)
        self.m = o["m"].to_numpy(dtype=float, na_value=0.0).astype(np.int64)
        refuse_unknown(self.decisions, {*self.codes.tolist(), *self.unit_codes.tolist()})
        self.features = features(city)
        ids = list(city.ledger_units.index) if ledger_unit_ids is None else list(ledger_unit_ids)
        small = o["action"].eq("joint").to_numpy(dtype=bool)
        home = o["ledger_unit"].to_numpy(dtype=object)
        by_home = _groups(home, small)
        hosts = _groups(
            u["host_ledger_unit"].to_numpy(dtype=object),
            (u["host"] & (u["free_places"] > 0) & (u["free_seats"] > 0)).to_numpy(dtype=bool),
        )
        none = np.zeros(0, dtype=np.int64)
        names = city.ledger_units["name"]
        self.units = [
            LedgerUnit(i, str(names[i] or i), by_home.get(i, none), hosts.get(i, none))
            for i in sorted(ids)
        ]
        self.places = u["free_places"].to_numpy(np.int64)
        self.seats = u["free_seats"].to_numpy(np.int64)
        self._cover_start, self._cover = _covered(city)
        if self.decisions.pin or self.decisions.accept:
            refuse_conflicts(self)

    def narrowed(self, unit: LedgerUnit, decisions: Decisions | None = None) -> Problem:
        """Return the problem of one ledger unit, or of a part of one, under other decisions."""
        out = copy(self)
        out.units = [unit]
        out.decisions = self.decisions if decisions is None else decisions
        return out

    def hosts_of(self, unit: LedgerUnit) -> tuple[Ints, Ints]:
        """Return what a ledger unit's hosts cover: CSR of positions of organizations."""
        sizes = self._cover_start[unit.hosts + 1] - self._cover_start[unit.hosts]
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        at = np.repeat(self._cover_start[unit.hosts] - start[:-1], sizes) + np.arange(start[-1])
        return start, self._cover[at]

    def all_hosts(self, ledger_unit: str) -> Ints:
        """Return the units of a ledger unit that take attachments, full ones too; positions."""
        return self._hosts_at.get(ledger_unit, np.zeros(0, dtype=np.int64))

    @cached_property
    def _hosts_at(self) -> dict[str, Ints]:
        u = self.city.units
        return _groups(u["host_ledger_unit"].to_numpy(dtype=object), u["host"].to_numpy(dtype=bool))

    def covered_by(self, unit: str) -> Ints:
        """Return what a unit formally covers, positions of organizations."""
        u = self._unit_at[unit]
        return self._cover[self._cover_start[u] : self._cover_start[u + 1]]

    @cached_property
    def _unit_at(self) -> dict[str, int]:
        return {code: u for u, code in enumerate(self.unit_codes.tolist())}

    def units_of(self, row: int) -> Ints:
        """Return the units that formally cover an organization, positions."""
        start, unit = self._covering
        return unit[start[row] : start[row + 1]]

    @cached_property
    def _covering(self) -> tuple[Ints, Ints]:
        unit = np.repeat(np.arange(len(self._cover_start) - 1), np.diff(self._cover_start))
        order = np.lexsort((unit, self._cover))
        start = np.concatenate(
            [[0], np.cumsum(np.bincount(self._cover, minlength=len(self.codes)))]
        )
        return start.astype(np.int64), unit[order]

    def nearest_unit(self, ledger_unit: str, row: int) -> int | None:
        """Return the formal unit that covers whom, of a ledger unit's adjacent organizations, this one is most like."""
        if ledger_unit not in self._covered_at:
            return None
        rows = self._covered_at[ledger_unit]
        found = pairs.pairs(self.features, np.full(len(rows), row), rows, self.model)
        if not found.adjacent.any():
            return None
        d = np.where(found.adjacent, found.d, np.iinfo(np.int64).max)
        return int(self.units_of(int(rows[int(np.argmin(d))]))[0])

    @cached_property
    def _covered_at(self) -> dict[str, Ints]:
        covered = np.zeros(len(self.codes), dtype=bool)
        covered[self._cover] = True
        return _groups(self.city.organizations["ledger_unit"].to_numpy(dtype=object), covered)

    def parts(self, unit: LedgerUnit) -> Parts:
        """Return the ledger unit's components.

        Raises
        ------
        PlanError
            A decision can't be kept: it joins what lies in several ledger units, or an accepted unit is not feasible.
        """
        return _Desk(self, unit).parts()

    def undivided(self, unit: LedgerUnit) -> Component:
        """Return the ledger unit as one component, accepted units and all: what any group of its organizations costs."""
        return _Desk(self, unit).undivided()


def build(
    city: City,
    ledger_unit_ids: Sequence[str] | None = None,
    decisions: Decisions | None = None,
    previous: Previous | None = None,
) -> Problem:
    """Return the problem of some ledger units (default: all of the city)."""
    return Problem(city, ledger_unit_ids, decisions, previous)


def features(city: City) -> pairs.Features:
    """Return what dissimilarities depend on, of all organizations in the city's order."""
    o = city.organizations
    n = len(o)
    places = np.full((n, 5), -1, dtype=np.int32)
    for kind, name in enumerate(pairs.AT):
        places[:, kind] = pd.factorize(o[name].to_numpy(dtype=object))[0]
    sectors = city.sector_columns
    a_start, association = _links(city.associations, "association", o.index)
    l_start, leader = _links(city.leaders, "leader", o.index)
    return pairs.Features(
        places,
        np.ascontiguousarray(sectors.edition, dtype=np.int8),
        np.ascontiguousarray(sectors.own.numbers, dtype=np.int32),
        np.ascontiguousarray(sectors.common.numbers, dtype=np.int32),
        o["wlon"].to_numpy(dtype=np.float64),
        o["wlat"].to_numpy(dtype=np.float64),
        a_start,
        association,
        l_start,
        leader,
    )


def shared_sets(f: pairs.Features, surcharge: Sequence[int]) -> list[tuple[int, NDArray[np.int32]]]:
    """Return the sets of organizations that a method joins whatever their pairs: (surcharge, ascending members).

    Parameters
    ----------
    surcharge : sequence of int
        By :data:`graph.formation.costs.METHODS`.
    """
    n = len(f.lon)
    out: list[tuple[int, NDArray[np.int32]]] = []

    def add(method: int, who: Ints, what: NDArray[Any]) -> None:
        order = np.lexsort((who, what))
        cuts = np.flatnonzero(np.diff(what[order])) + 1
        parts = np.split(who[order], cuts)
        out.extend((surcharge[method], part.astype(np.int32)) for part in parts if len(part) > 1)

    all_ = np.arange(n)
    for kind in range(5):
        some = f.places[:, kind] >= 0
        add(2, all_[some], f.places[some, kind])
    add(3, np.repeat(all_, np.diff(f.association_start)), f.association)
    add(1, np.repeat(all_, np.diff(f.leader_start)), f.leader)
    divisions = division_sets(f.edition, f.own, f.common)
    out.extend((surcharge[3], members.astype(np.int32)) for members in divisions)
    return out


class _Desk:
    """One ledger unit being taken apart."""

    def __init__(self, problem: Problem, unit: LedgerUnit) -> None:
        self.problem, self.unit = problem, unit
        self.rows = unit.rows
        self.n = len(unit.rows)
        self.codes = problem.codes[unit.rows].tolist()
        self.at = {c: x for x, c in enumerate(self.codes)}
        self.host_at = {c: x for x, c in enumerate(problem.unit_codes[unit.hosts].tolist())}
        f = problem.features.take(unit.rows)
        self.f = f
        self.d, self.flags = pairs.matrices(f, problem.model)
        self.groups = shared_sets(f, problem.model.surcharge)
        self._attachments()
        self._moves()
        self._decisions()

    def _attachments(self) -> None:
        p, unit = self.problem, self.unit
        start, covered = p.hosts_of(unit)
        unique, at = np.unique(covered, return_inverse=True)
        sums = pairs.host_sums(self.f, p.features.take(unique), start, at.astype(np.int64), p.model)
        # by (organization, host), as an instance wants them
        allowed = (sums >= 0).T
        allowed &= p.seats[unit.hosts] >= p.m[unit.rows][:, None]
        self.attach_org, self.attach_host = np.nonzero(allowed)
        number = np.diff(start)
        mean = sums[self.attach_host, self.attach_org] // np.maximum(number[self.attach_host], 1)
        self.attach_cost = p.model.attach + mean

    def _moves(self) -> None:
        """Charge what moves against the previous plan (FORMATION, ``--from``)."""
        model = self.problem.model
        self.alone = np.full(self.n, model.uncovered, dtype=np.int64)
        self.away = np.zeros(self.n, dtype=np.int64)
        self.former: list[NDArray[np.int32]] = []
        previous = self.problem.previous
        if previous is None:
            return
        for group in previous.joint:
            here = np.array(sorted(self.at[c] for c in group if c in self.at), dtype=np.int32)
            self.alone[here] += model.moved
            self.attach_cost = self.attach_cost + model.moved * np.isin(self.attach_org, here)
            if len(here) > 1:
                self.away[here] = model.moved
                self.former.append(here)
        for code, unit in previous.attached.items():
            x = self.at.get(code)
            if x is None:
                continue
            self.alone[x] += model.moved
            self.away[x] = model.moved
            elsewhere = (self.attach_org == x) & (self.attach_host != self.host_at.get(unit, -1))
            self.attach_cost = self.attach_cost + model.moved * elsewhere

    def _decisions(self) -> None:
        decisions = self.problem.decisions
        self.grouped = np.ones(self.n, dtype=bool)
        self.apart: list[NDArray[np.int32]] = []
        blocks: list[set[int]] = []
        keep = np.ones(len(self.attach_org), dtype=bool)
        self.accepted: list[NDArray[np.int32]] = []
        for some in decisions.accept:
            here = self._here(some, "accept")
            if here is not None:
                self.accepted.append(np.array(sorted(here), dtype=np.int32))
        for some in decisions.forbid:
            inside = sorted(self.at[c] for c in some if c in self.at)
            others = [c for c in some if c not in self.at]
            if len(others) == 1 and len(inside) == 1:
                host = self.host_at.get(others[0], -1)
                keep &= ~((self.attach_org == inside[0]) & (self.attach_host == host))
            elif not others and len(inside) == 2:
                a, b = inside
                self.flags[a, b] |= NEVER
                self.flags[b, a] |= NEVER
            elif not others and inside:
                self.apart.append(np.array(inside, dtype=np.int32))
        for some in decisions.pin:
            units = [c for c in some if c in self.host_at]
            if len(units) == 1 and len(some) == 2 and any(c in self.at for c in some):
                x = next(self.at[c] for c in some if c in self.at)
                self.grouped[x] = False
                keep &= (self.attach_org != x) | (self.attach_host == self.host_at[units[0]])
                continue
            here = self._here(some, "pin")
            if here is not None:
                blocks.append(here)
        self.pinned = _disjoint(blocks)
        for block in self.pinned:
            keep &= ~np.isin(self.attach_org, block)
        self.attach_org, self.attach_host = self.attach_org[keep], self.attach_host[keep]
        self.attach_cost = self.attach_cost[keep]

    def _here(self, some: Sequence[str], word: str) -> set[int] | None:
        """Return a decision's organizations, ``None`` where it concerns another ledger unit."""
        inside = {self.at[c] for c in some if c in self.at}
        if not inside:
            return None
        others = [c for c in some if c not in self.at]
        if others:
            raise self.problem.decisions.error(
                f"{word}: {', '.join(others[:3])} is no small organization and no open unit of {self.unit.id}, in whose"
                f" ledger {next(c for c in some if c in self.at)} stands; take one of them out",
                f"{word}：{'、'.join(others[:3])} 不是 {self.unit.id} 的小微组织或可挂靠的党组织，请从该项决定中去掉",
                (word, tuple(some)),
            )
        return inside

    def parts(self) -> Parts:
        """Return components, isolated organizations and accepted units."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        n, h = self.n, len(self.unit.hosts)
        accepted = self._accepted()
        left = np.ones(n, dtype=bool)
        for block, _ in accepted:
            left[block] = False
        groups = [(s, m[left[m]]) for s, m in self.groups]
        groups = [(s, m) for s, m in groups if len(m) > 1]
        keep = left[self.attach_org]
        a, b = np.nonzero(np.triu(self.flags & 1, 1))
        some = left[a] & left[b]
        joins = [(a[some], b[some])]
        joins += [(m[:-1].astype(np.int64), m[1:].astype(np.int64)) for _, m in groups]
        joins += [
            (m[:-1].astype(np.int64), m[1:].astype(np.int64))
            for m in (*self.pinned, *self.former, *self.apart)
        ]
        joins.append((self.attach_org[keep], n + self.attach_host[keep]))
        x = np.concatenate([j[0] for j in joins])
        y = np.concatenate([j[1] for j in joins])
        graph = coo_array((np.ones(len(x), dtype=np.int8), (x, y)), shape=(n + h, n + h))
        _, label = connected_components(graph, directed=False)
        order = np.argsort(label[:n], kind="stable")
        order = order[left[order]]
        cuts = np.flatnonzero(np.diff(label[order])) + 1
        components: list[Component] = []
        isolated: list[int] = []
        for part in np.split(order, cuts) if len(order) else []:
            mine = np.flatnonzero(label[n:] == label[part[0]])
            if len(part) == 1 and not len(mine):
                isolated.append(int(part[0]))
            else:
                components.append(self._component(np.sort(part), mine, groups))
        alone = np.array(isolated, dtype=np.int64)
        return Parts(
            tuple(components),
            self.rows[alone],
            self.alone[alone],
            tuple((self.rows[block], cost) for block, cost in accepted),
        )

    def undivided(self) -> Component:
        """Return all organizations and units as one component."""
        every, hosts = np.arange(self.n), np.arange(len(self.unit.hosts))
        return Component(self.rows, self.unit.hosts, self._instance(every, hosts, self.groups))

    def _accepted(self) -> list[tuple[NDArray[np.int32], int]]:
        from graph.formation.solver import pricing

        if not self.accepted:
            return []
        instance = self._instance(np.arange(self.n), np.arange(len(self.unit.hosts)), self.groups)
        width = max(self.problem.model.max_organizations, *(len(b) for b in self.accepted))
        group = np.full((len(self.accepted), width), -1, dtype=np.int32)
        for row, block in enumerate(self.accepted):
            group[row, : len(block)] = block
        size = np.array([len(b) for b in self.accepted], dtype=np.int64)
        cost = pricing.costs_of(instance, pricing.tables(instance), group, size)
        for block, c in zip(self.accepted, cost.tolist(), strict=True):
            if c < 0:
                names = ", ".join(self.codes[x] for x in block)
                held = {self.codes[x] for x in block}
                raise self.problem.decisions.error(
                    f"accept: {names} is no feasible joint unit (method, members or a forbid); take it out",
                    f"accept：{names} 不构成可行的联合党组织（方式、党员数或禁止项），请去掉",
                    *(("accept", s) for s in self.problem.decisions.accept if held >= set(s)),
                )
        together = np.concatenate(self.accepted)
        if len(np.unique(together)) < len(together):
            raise PlanError(
                f"accept: an organization stands in two accepted units of {self.unit.id}",
                f"accept：{self.unit.id} 有单位同时列入两个已确认的联合党组织",
            )
        return list(zip(self.accepted, cost.tolist(), strict=True))

    def _component(
        self, part: Ints, hosts: Ints, groups: list[tuple[int, NDArray[np.int32]]]
    ) -> Component:
        instance = self._instance(part, hosts, groups)
        refuse_hopeless(instance, [self.codes[x] for x in part], self.problem.decisions)
        return Component(self.rows[part], self.unit.hosts[hosts], instance)

    def _instance(
        self, part: Ints, hosts: Ints, groups: list[tuple[int, NDArray[np.int32]]]
    ) -> Instance:
        problem = self.problem
        at = np.full(self.n, -1, dtype=np.int64)
        at[part] = np.arange(len(part))
        host_at = np.full(len(self.unit.hosts), -1, dtype=np.int64)
        host_at[hosts] = np.arange(len(hosts))

        def inside(blocks: list[NDArray[np.int32]]) -> tuple[NDArray[np.int32], ...]:
            return tuple(at[b].astype(np.int32) for b in blocks if (at[b] >= 0).all())

        pinned = inside(self.pinned)
        must = ~self.grouped[part]
        for block in pinned:
            must[block] = True
        keep = at[self.attach_org] >= 0
        whole = len(part) == self.n
        square = np.ix_(part, part)
        return Instance(
            members=problem.m[self.rows[part]],
            d=self.d if whole else np.ascontiguousarray(self.d[square]),
            flags=self.flags if whole else np.ascontiguousarray(self.flags[square]),
            sets=sets(len(part), [(s, at[m].astype(np.int32)) for s, m in groups if at[m[0]] >= 0]),
            places=problem.places[self.unit.hosts[hosts]],
            seats=problem.seats[self.unit.hosts[hosts]],
            attach_org=at[self.attach_org[keep]].astype(np.int32),
            attach_host=host_at[self.attach_host[keep]].astype(np.int32),
            attach_cost=self.attach_cost[keep].astype(np.int64),
            alone=self.alone[part] + BARRED * must,
            away=self.away[part],
            former=inside(self.former),
            pinned=pinned,
            apart=inside(self.apart),
            grouped=self.grouped[part],
            model=problem.model,
        )


def _disjoint(blocks: list[set[int]]) -> list[NDArray[np.int32]]:
    """Merge pinned sets that share an organization."""
    merged: list[set[int]] = []
    for block in blocks:
        touching = [m for m in merged if m & block]
        merged = [m for m in merged if not m & block]
        merged.append(set().union(block, *touching))
    return [np.array(sorted(m), dtype=np.int32) for m in sorted(merged, key=sorted)]


def _groups(names: NDArray[Any], some: NDArray[np.bool_]) -> dict[str, Ints]:
    """Return the positions of some rows by name, ascending."""
    at = np.flatnonzero(some)
    code, unique = pd.factorize(names[at])
    order = np.argsort(code, kind="stable")
    order = order[code[order] >= 0]
    cuts = np.searchsorted(code[order], np.arange(1, len(unique)))
    return dict(zip(unique.tolist(), np.split(at[order], cuts), strict=True)) if len(order) else {}


def _links(table: pd.DataFrame, name: str, index: pd.Index[Any]) -> tuple[Ints, NDArray[np.int32]]:
    """Return a table of links as CSR over organizations, values ascending."""
    who = index.get_indexer(pd.Index(table["organization"].to_numpy(dtype=object), dtype=object))
    code = pd.factorize(table[name].to_numpy(dtype=object), sort=True)[0]
    order = np.lexsort((code, who))
    start = np.concatenate([[0], np.cumsum(np.bincount(who, minlength=len(index)))])
    return start.astype(np.int64), code[order].astype(np.int32)


def _covered(city: City) -> tuple[Ints, Ints]:
    """Return what each unit formally covers: CSR over units of positions of organizations."""
    c = city.covers
    rows = c[c["formal"] & c["known"]]
    unit = city.units.index.get_indexer(pd.Index(rows["unit"].to_numpy(dtype=object), dtype=object))
    org = city.organizations.index.get_indexer(
        pd.Index(rows["organization"].to_numpy(dtype=object), dtype=object)
    )
    order = np.lexsort((org, unit))
    start = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=len(city.units)))])
    return start.astype(np.int64), org[order].astype(np.int64)

"""The invented city while it is made: organizations in columns, units and records in rows, and what is planted.

Every planted fault goes through :meth:`City.plant`, every near miss through :meth:`City.near`; an organization is used for one of
them only (:meth:`City.take`), so that faults don't meet by chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from loaders.synthetic import names
from loaders.synthetic.codes import uscc
from loaders.synthetic.organizations import FIRM, JOINT, OWN, SMALL, ZERO, Organizations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from loaders.synthetic.plan import Plan

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

AS_OF: Final = 20170105
"""The city's latest date: after every deadline of the campaign."""
EDITION: Final = 20161220
"""Date of the ledgers of organizations and units."""
FIRST_EDITION: Final = 20160826
"""Date of the few ledgers that are kept from the survey (S13, S20)."""
GROUND: Final = 20160801
"""Date of divisions and places."""

BRANCH, JOINT_BRANCH, FUNCTIONAL = "党支部", "联合党支部", "功能型党组织"
COMMITTEE, WORK_COMMITTEE, GENERAL = "党委", "工委", "党总支"


@dataclass(slots=True)
class Unit:
    """One row of the 党组织 sheet; ``covers`` are organizations by position, dates ``yyyymmdd`` (0: blank)."""

    code: str
    name: str
    type: str
    superior: str = ""
    second: str = ""
    management: str = "属地"
    district: int = -1
    street: int = -1
    organization: str = ""
    covers: list[int] = field(default_factory=list)
    founded: int = 0
    dissolved: int = 0
    reason: str = ""
    approved: str = ""
    instructor: str = ""
    own: int = -1
    """The organization whose own unit it is, -1 for none (whatever the cells say)."""


@dataclass(slots=True)
class Member:
    """One row of the 党员 sheet: no person stands behind it."""

    unit: str
    employer: int
    formal: bool = True


@dataclass(slots=True)
class Listing:
    """A further row about an organization: in which ledger, with which cells changed."""

    organization: int
    home: int
    cells: dict[str, Any]


@dataclass
class City:
    """Everything that the ledgers will say.

    Attributes
    ----------
    home : int64[n]
        The ledger that lists each organization (numbers of :meth:`Organizations.ledger_unit`).
    cells : dict
        Organization to column to what its cell holds instead of what the columns say.
    unit_cell : dict
        Organization to its 党组织代码.
    """

    rng: np.random.Generator
    plan: Plan
    orgs: Organizations
    code: list[str]
    name: list[str]
    home: Ints
    used: Bools
    instructor: NDArray[np.int8]
    mass: NDArray[np.int8]
    guidance: NDArray[np.int8]
    development: NDArray[np.int8]
    clears: NDArray[np.int8]
    measures: NDArray[np.int8]
    due: NDArray[np.int32]
    responsible: Bools
    federation: Bools
    struck: Bools
    units: list[Unit] = field(default_factory=list)
    own: dict[int, Unit] = field(default_factory=dict)
    unit_cell: dict[int, str] = field(default_factory=dict)
    cells: dict[int, dict[str, Any]] = field(default_factory=dict)
    again: list[Listing] = field(default_factory=list)
    earlier: list[Listing] = field(default_factory=list)
    left: set[int] = field(default_factory=set)
    """Organizations that only an earlier edition lists."""
    members: list[Member] = field(default_factory=list)
    recorded: set[str] = field(default_factory=set)
    """Units of which the 党员 sheet has all members."""
    associations: list[dict[str, Any]] = field(default_factory=list)
    leading: list[tuple[str, str]] = field(default_factory=list)
    exclusions: list[dict[str, Any]] = field(default_factory=list)
    strikes: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    registers: list[dict[str, Any]] = field(default_factory=list)
    zone_committee: dict[int, str] = field(default_factory=dict)
    doubled: list[tuple[Unit, dict[str, str]]] = field(default_factory=list)
    """Units with a second row, and what it says otherwise."""
    truth: list[tuple[str, str]] = field(default_factory=list)
    misses: list[tuple[str, str]] = field(default_factory=list)
    serial: int = 0
    _counters: dict[str, int] = field(default_factory=dict)

    # -- what is known -------------------------------------------------------------------------------------------
    def plant(self, code: str, subject: str) -> None:
        """Note a finding that the audit has to make."""
        self.truth.append((code, subject))

    def near(self, code: str, subject: str) -> None:
        """Note something that looks like a finding and must not be one."""
        self.misses.append((code, subject))

    def quota(self, each: float = 5.0) -> int:
        """Return how often a fault is planted: at least five times from 4,000 organizations on."""
        n = len(self.code)
        if n >= 4000:
            return int(each) + n // 40_000
        share = each * n / 4000
        return int(share) + int(self.rng.random() < share % 1)

    # -- new things ----------------------------------------------------------------------------------------------
    def next(self, prefix: str, width: int = 7) -> str:
        """Return a new code of a unit."""
        number = self._counters.get(prefix, 0) + 1
        self._counters[prefix] = number
        return f"{prefix}{number:0{width}d}"

    def stranger(self, prefix: str = "91") -> str:
        """Return a valid credit code that no ledger holds."""
        self.serial += 1
        return uscc([prefix], ["429901"], np.array([self.serial]))[0]

    def add(self, unit: Unit) -> Unit:
        """Add a unit."""
        self.units.append(unit)
        return unit

    def day(self, first: int, last: int) -> int:
        """Return a random day from the first to the last year, ``yyyymmdd`` (no day after the 28th)."""
        year, month, day = self.rng.integers((first, 1, 1), (last + 1, 13, 29))
        return int(year) * 10000 + int(month) * 100 + int(day)

    # -- whom to take --------------------------------------------------------------------------------------------
    def take(self, mask: Bools, k: int) -> list[int]:
        """Return up to ``k`` organizations of a mask that serve no fault yet; they are used from now on."""
        free = np.flatnonzero(mask & ~self.used)
        chosen = self.rng.permutation(free)[:k]
        self.used[chosen] = True
        return [int(i) for i in np.sort(chosen)]

    def take_own(self, k: int, mask: Bools | None = None) -> list[tuple[int, Unit]]:
        """Return up to ``k`` organizations with an ordinary branch of their own, and that branch."""
        ok = self.orgs.role == OWN
        if mask is not None:
            ok = ok & mask
        ordinary = np.zeros(len(ok), dtype=bool)
        for i in np.flatnonzero(ok & ~self.used).tolist():
            ordinary[i] = self.own[i].type == BRANCH
        return [(i, self.own[i]) for i in self.take(ordinary, k)]

    def take_neighbours(self, size: int, k: int = 1, line: int = FIRM) -> list[list[int]]:
        """Return up to ``k`` groups of organizations without members that lie in one community and one ledger unit."""
        o = self.orgs
        ok = np.flatnonzero(
            (o.role == ZERO) & (o.line == line) & ~self.used & (o.community >= 0) & ~o.municipal
        )
        ok = ok[self.zone_of[ok] < 0]
        ok = self.rng.permutation(ok)
        ok = ok[np.argsort(o.community[ok], kind="stable")]
        _, start, count = np.unique(o.community[ok], return_index=True, return_counts=True)
        groups = [
            ok[s + j * size : s + (j + 1) * size]
            for s, c in zip(start.tolist(), count.tolist(), strict=True)
            for j in range(c // size)
        ]
        chosen = [groups[g] for g in self.rng.permutation(len(groups))[:k]]
        for group in chosen:
            self.used[group] = True
        return [sorted(int(i) for i in group) for group in chosen]

    def simple(self) -> Bools:
        """Return who is territorial and in no provincial-or-higher zone: one committee only is right for them."""
        o = self.orgs
        return np.asarray((self.zone_of < 0) & ~o.municipal, dtype=bool)

    @property
    def zero(self) -> Bools:
        """Return who has neither members nor a unit."""
        return np.asarray(self.orgs.role == ZERO, dtype=bool)

    @property
    def small(self) -> Bools:
        """Return who has one or two formal members and no unit."""
        return np.asarray(self.orgs.role == SMALL, dtype=bool)

    # -- names ---------------------------------------------------------------------------------------------------
    def street_committee(self, street: int) -> str:
        """Return the code of a street's or township's committee."""
        return f"JD{self.plan.street_code[street]}"

    def district_committee(self, district: int) -> str:
        """Return the code of a district's committee."""
        return f"QW{self.plan.district_code[district]}"

    def department_committee(self, department: int) -> str:
        """Return the code of a department's unit; -1 is the civil-affairs bureau."""
        return f"BM{department + 2:02d}"

    def superior(self, i: int) -> str:
        """Return the committee that has to head the unit of an organization (S32, S33)."""
        o = self.orgs
        if o.municipal[i]:
            return self.department_committee(int(o.department[i]))
        zone = int(self.zone_of[i])
        if zone in self.zone_committee:
            return self.zone_committee[zone]
        return self.street_committee(int(o.street[i]))

    @cached_property
    def zone_of(self) -> Ints:
        """Return each organization's zone, computed once: places never change after settling."""
        return self.orgs.zone(self.plan)

    def office(self, i: int) -> str:
        """Return the office that keeps an organization's ledger (S15 to S18)."""
        return self.office_of(int(self.home[i]))

    def office_of(self, home: int) -> str:
        """Return the name of the office that keeps a ledger."""
        plan = self.plan
        streets = len(plan.street_name)
        if home < streets:
            district = plan.district_name[int(plan.street_district[home])]
            return (
                f"{district}{plan.street_name[home]}{'' if plan.street_is_town[home] else '办事处'}"
            )
        home -= streets
        if home < plan.zones:
            return f"{plan.parks.name[home]}管委会"
        home -= plan.zones
        if home < len(plan.district_name):
            return f"{plan.district_name[home]}委组织部"
        home -= len(plan.district_name) + 1
        return names.CIVIL_AFFAIRS if home < 0 else names.DEPARTMENTS[home]

    # -- units over organizations ----------------------------------------------------------------------------------
    def branch(self, i: int, **values: Any) -> Unit:
        """Add a branch that belongs to an organization."""
        o = self.orgs
        unit = Unit(
            code=self.next("ZB"),
            name=f"中共{self.name[i]}支部委员会",
            type=BRANCH,
            superior=self.superior(i),
            management="行业" if o.municipal[i] else "属地",
            district=int(o.district[i]),
            street=-1 if o.municipal[i] else int(o.street[i]),
            organization=self.code[i],
            founded=self.day(2002, 2015),
        )
        for key, value in values.items():
            setattr(unit, key, value)
        return self.add(unit)

    def joint(self, group: Sequence[int], formal: Sequence[int], **values: Any) -> Unit:
        """Let organizations form a joint branch, with so many formal members each."""
        o = self.orgs
        i = group[0]
        if len(formal):
            for j, m in zip(group, formal, strict=True):
                o.formal[j], o.probationary[j] = m, 0
                o.staff[j] = max(int(o.staff[j]), m)
        o.role[list(group)] = JOINT
        unit = Unit(
            code=self.next("LH"),
            name=f"中共{self.name[i][:5]}等{len(group)}家联合支部委员会",
            type=JOINT_BRANCH,
            superior=self.superior(i),
            management="行业" if o.municipal[i] else "属地",
            district=int(o.district[i]),
            street=-1 if o.municipal[i] else int(o.street[i]),
            founded=self.day(2008, 2015),
        )
        for key, value in values.items():
            setattr(unit, key, value)
        how = int(self.rng.integers(0, 10))
        if how < 8:
            unit.covers = list(group)
        if how >= 8 or how < 6:
            for j in group:
                self.unit_cell[j] = unit.code
        return self.add(unit)

    def general(self, street: int, **values: Any) -> Unit:
        """Add a general branch (党总支) of a street that covers nobody itself."""
        unit = Unit(
            code=self.next("ZZ", 6),
            name=f"中共{self.plan.street_name[street]}第{self._counters['ZZ']}综合总支部委员会",
            type=GENERAL,
            superior=self.street_committee(street),
            district=int(self.plan.street_district[street]),
            street=street,
            founded=20010601,
        )
        for key, value in values.items():
            setattr(unit, key, value)
        return self.add(unit)

    def record(self, unit: Unit) -> None:
        """Write all members of the organizations that a unit covers into the 党员 sheet."""
        covered = [unit.own] if unit.own >= 0 and not unit.covers else list(unit.covers)
        for i in covered:
            self.members += [Member(unit.code, i) for _ in range(int(self.orgs.formal[i]))]
            self.members += [
                Member(unit.code, i, False) for _ in range(int(self.orgs.probationary[i]))
            ]
        self.recorded.add(unit.code)

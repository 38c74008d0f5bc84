"""What groups of one ledger unit that a person has put together would cost, and which rules they break, without planning anything.

Costs come from the tables that the solver prices with, rules from what ``why_not`` says of two organizations, for any number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.errors import PlanError
from graph.formation.naming import new_code
from graph.formation.questions.explain import Why, position
from graph.formation.questions.ground import Column, cost_of
from graph.formation.questions.whynot import no_method, not_small
from graph.formation.result import coin
from graph.formation.solver import pricing
from graph.formation.solver.instance import BARRED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.formation.problem import Component, LedgerUnit, Problem

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Some organizations as one joint unit, one of them attached to a unit, or one on its own."""

    organizations: tuple[str, ...]
    unit: str | None = None


class Groups(Why):
    """Says what groups of one ledger unit cost and break.

    Parameters
    ----------
    problem : Problem
        Of one ledger unit, under the terms of the plan that the groups are changed from.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, {"ledger_units": []}, None)
        (self._unit,) = problem.units
        self._component  # noqa: B018 - read while the store is at hand

    @cached_property
    def _component(self) -> Component:
        return self.problem.undivided(self._unit)

    @cached_property
    def _tables(self) -> pricing.Tables:
        return pricing.tables(self._component.instance)

    @cached_property
    def _at(self) -> dict[str, int]:
        codes = self.problem.codes[self._component.rows]
        return {str(code): at for at, code in enumerate(codes)}

    @cached_property
    def _hosts(self) -> dict[str, int]:
        codes = self.problem.unit_codes[self._component.hosts]
        return {str(code): at for at, code in enumerate(codes)}

    @property
    def ledger_unit(self) -> LedgerUnit:
        """The ledger unit."""
        return self._unit

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes: numbers for pairs, twice with what is compiled of them, and the organizations' rows."""
        i = self._component.instance
        pairs = 2 * (i.d.nbytes + i.flags.nbytes) + i.attach_org.nbytes * 4
        return pairs + int(self.city.organizations.memory_usage(deep=True).sum())

    def evaluate(self, groups: Sequence[Group], *, explain: bool = False) -> Object:
        """Say what groups cost, and what each breaks.

        Parameters
        ----------
        explain : bool
            Take costs and pairs apart.

        Returns
        -------
        dict
            ``{ledger_unit, name, groups[], cost}``; of each group ``as`` (joint, attached, uncovered), ``id`` (a joint unit's),
            ``organizations``, ``unit``, ``method``, ``form``, ``anchor``, ``why``, ``formal_members``, ``fragile``, ``cost`` (null
            where it breaks a rule), ``cost_parts[]``, ``pairs[]``, ``faults[] {rule, text}``. ``cost`` is their sum, null where
            one has none.

        Raises
        ------
        UnknownIdError
            No organization has one of the codes.
        PlanError
            An organization stands in two of the groups, or several are attached as one.
        """
        named = [code for g in groups for code in g.organizations]
        twice = next((code for code in named if named.count(code) > 1), None)
        if twice is not None:
            raise PlanError(
                f"{twice}: stands in the groups twice; leave it in one",
                f"{twice}：在分组中出现两次；请只保留一处",
            )
        taken: dict[str, tuple[int, int]] = {}
        found = [self._group(g, taken, explain=explain) for g in groups]
        costs = [g["cost"] for g in found]
        return {
            "ledger_unit": self._unit.id,
            "name": self._unit.name,
            "groups": found,
            "cost": None if None in costs else round(sum(costs), 6),
        }

    def _group(self, g: Group, taken: dict[str, tuple[int, int]], *, explain: bool) -> Object:
        codes = sorted(g.organizations)
        rows = [position(self.city, code) for code in codes]
        as_ = "attached" if g.unit is not None else "joint" if len(codes) > 1 else "uncovered"
        if as_ == "attached" and len(codes) != 1:
            raise PlanError(
                "one organization is attached at a time; give each its own group",
                "每次只挂靠一家单位；请分别给出",
            )
        faults = self._strangers(rows)
        cost: int | None = None
        if not faults:
            faults, cost = self._priced(as_, codes, rows, g.unit, taken)
        method = (
            self.leaning.method(rows) if as_ == "joint" and self.leaning.methods(rows) else None
        )
        members = int(self.problem.m[rows].sum())
        least = self.city.profile.formation.min_members
        anchor = None if method is None else self.leaning.anchor(rows, method)
        out: Object = {
            "as": as_,
            "id": new_code(codes) if as_ == "joint" else None,
            "organizations": codes,
            "unit": g.unit,
            "method": method,
            "form": None if method is None else self.leaning.form(rows, method),
            "anchor": None if anchor is None else anchor[1],
            "why": None if method is None else self.leaning.why(rows, method, members),
            "formal_members": members,
            "fragile": as_ == "joint" and members == least,
            "cost": None if cost is None or faults else coin(cost),
            "cost_parts": [],
            "pairs": [],
            "faults": faults,
        }
        if explain and not self._strangers(rows):
            self._explain(out, rows)
        return out

    def _explain(self, out: Object, rows: list[int]) -> None:
        if out["as"] == "attached" and out["unit"] in self._hosts:
            rows = [*rows, *self.problem.covered_by(out["unit"]).tolist()]
        if out["cost"] is not None:
            out["cost_parts"] = self._parts(out, rows)
        if out["as"] != "uncovered":
            out["pairs"] = self._pairs(out, rows)

    # -- rules ---------------------------------------------------------------------------------------------------------
    def _strangers(self, rows: list[int]) -> list[Object]:
        """Name who is not to be grouped here."""
        out: list[Object] = []
        for row in rows:
            if str(self.problem.codes[row]) in self._at:
                continue
            who = self.who(row)
            if who["action"] != "joint":
                zh, en = not_small(who)
                out.append(
                    _fault(
                        "not_small", f"{who['organization']} {zh}", f"{who['organization']} {en}"
                    )
                )
                continue
            home = str(who["ledger_unit_name"] or "?")
            out.append(
                _fault(
                    "ledger_units",
                    f"{who['organization']} 属{home}的台账，只能在同一台账单位内联建",
                    f"{who['organization']} stands in the ledger of {home}: units are formed within one ledger unit",
                )
            )
        return out

    def _priced(
        self,
        as_: str,
        codes: list[str],
        rows: list[int],
        unit: str | None,
        taken: dict[str, tuple[int, int]],
    ) -> tuple[list[Object], int | None]:
        """Return the rules that a group breaks, and what it costs where it breaks none."""
        instance = self._component.instance
        at = tuple(sorted(self._at[code] for code in codes))
        out = self._decided(codes, unit)
        if as_ == "uncovered":
            cost = int(instance.alone[at[0]])
            return out, cost % BARRED if cost >= BARRED else cost
        if as_ == "attached":
            host = self._hosts.get(str(unit), -1)
            cost = cost_of(instance, self._tables, Column(at, host)) if host >= 0 else -1
            out += self._room(str(unit), host, rows[0], cost, taken)
            return out, cost
        cost = cost_of(instance, self._tables, Column(at))
        out += self._joint(rows)
        if cost < 0 and not out:
            out.append(_fault("infeasible", "不构成可行的联合党组织", "is no feasible joint unit"))
        return out, cost

    def _joint(self, rows: list[int]) -> list[Object]:
        """Name the limits that a joint unit breaks."""
        f = self.city.profile.formation
        members = int(self.problem.m[rows].sum())
        out: list[Object] = []
        if len(rows) > f.max_organizations:
            out.append(
                _fault(
                    "organizations",
                    f"{len(rows)} 家单位，超过 {f.max_organizations} 家（max_organizations，O2）",
                    f"{len(rows)} organizations, more than {f.max_organizations} (max_organizations, O2)",
                )
            )
        if members < f.min_members:
            out.append(
                _fault(
                    "min_members",
                    f"共 {members} 名正式党员，不足 {f.min_members} 名（S25、S28）",
                    f"{members} formal members together, fewer than {f.min_members} (S25, S28)",
                )
            )
        if members > f.max_members:
            out.append(
                _fault(
                    "members",
                    f"共 {members} 名正式党员，超过 {f.max_members} 名（max_members，O2）",
                    f"{members} formal members together, more than {f.max_members} (max_members, O2)",
                )
            )
        if not self.leaning.methods(rows):
            zh, en = no_method(f.radius, f.similar)
            out.append(_fault("method", f"{zh}（S28、S29）", f"{en} (S28, S29)"))
        return out

    def _room(
        self, unit: str, host: int, row: int, cost: int, taken: dict[str, tuple[int, int]]
    ) -> list[Object]:
        """Name what keeps an organization from being attached to a unit."""
        if host < 0:
            return [
                _fault(
                    "no_host",
                    f"{unit} 不是本台账单位中可挂靠的党组织",
                    f"{unit} is no unit of this ledger unit that takes any",
                )
            ]
        instance = self._component.instance
        places, seats = taken.get(unit, (0, 0))
        taken[unit] = places + 1, seats + int(self.problem.m[row])
        out = []
        if taken[unit][0] > int(instance.places[host]) or taken[unit][1] > int(
            instance.seats[host]
        ):
            out.append(
                _fault(
                    "full",
                    f"{unit} 只余 {int(instance.places[host])} 家、{int(instance.seats[host])} 名党员的容量",
                    f"{unit} has room for {int(instance.places[host])} organizations and {int(instance.seats[host])} members only",
                )
            )
        elif cost < 0:
            out.append(
                _fault(
                    "too_far",
                    f"与 {unit} 既无共同场所、不在半径内，行业大类也不同，或已有决定限制",
                    f"shares no place with {unit}, lies beyond the radius and in another division, or a decision keeps it out",
                )
            )
        return out

    def _decided(self, codes: list[str], unit: str | None) -> list[Object]:
        """Name the decisions of people that a group breaks."""
        here = set(codes) | ({unit} if unit is not None else set())
        decided = self.problem.decisions
        out: list[Object] = []
        part = (
            "决定要求这些同组，这里只含一部分",
            "a decision keeps these together, and this has a part of them",
        )
        whole = "已确认的联合党组织须保持原样", "an accepted unit stays as it is"
        out += [
            _named("forbid", some, "决定禁止", "a decision forbids it")
            for some in decided.forbid
            if set(some) <= here
        ]
        out += [
            _named("pin", some, *part)
            for some in decided.pin
            if here & set(some) and not set(some) <= here
        ]
        out += [
            _named("accept", some, *whole)
            for some in decided.accept
            if here & set(some) and here != set(some)
        ]
        return out


def _named(word: str, some: tuple[str, ...], zh: str, en: str) -> Object:
    return _fault(word, f"{zh}（{word}：{'、'.join(some)}）", f"{en} ({word}: {', '.join(some)})")


def _fault(rule: str, zh: str, en: str) -> Object:
    return {"rule": rule, "text": {"zh": zh, "en": en}}

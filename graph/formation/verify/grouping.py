"""Each small organization exactly once; every unit and attachment allowed, within capacity and at its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.formation.verify.faults import Report, coin, namen, names, shown

if TYPE_CHECKING:
    from graph.formation.verify.decisions import Decisions
    from graph.formation.verify.ledger_unit import Desk
    from graph.formation.verify.shape import Attached, Entry, Joint

FORMS = {"leading_firm": "龙头带建", "area": "区域联建", "trade": "同业共建"}
"""The plan's form (S29) of each method; ``sector_and_area`` is 区域联建 where a place is shared, else 同业共建."""
SHARED_AREA, ALIKE = "区域联建", "同业共建"


def grouping(entry: Entry, desk: Desk, decisions: Decisions, report: Report) -> int:
    """Check the partition; return the objective in 1e-6 that the groups come to."""
    check = _Check(entry, desk, decisions, report)
    total = sum(check.joint(unit) for unit in entry.joint)
    total += sum(check.attached(one) for one in entry.attached)
    check.capacity()
    total += sum(check.alone(who) for who in entry.uncovered)
    check.once()
    check.accepted()
    return total


@dataclass
class _Check:
    entry: Entry
    desk: Desk
    decisions: Decisions
    report: Report

    def add(self, code: str, who: Sequence[str], en: str, zh: str) -> None:
        self.report.add(code, self.entry.id, who, en, zh)

    # -- joint units ---------------------------------------------------------------------------------------------
    def joint(self, unit: Joint) -> int:
        who, desk = unit.organizations, self.desk
        strange = [c for c in who if c not in desk.position]
        if strange or len(set(who)) != len(who) or not who:
            wrong = strange or who
            self.add(
                "not_small", wrong,
                f"a joint unit holds {names(wrong) or 'nobody'}, which is not (or not once) a small organization of it",
                f"联合组建中的 {namen(wrong) or '（空）'} 不是该台账单位的小微组织，或重复出现",
            )  # fmt: skip
            return 0
        f = desk.formation
        m = desk.members(who)
        if not 2 <= len(who) <= f.max_organizations or not f.min_members <= m <= f.max_members:
            self.add(
                "wrong_size", who,
                f"{len(who)} organizations with {m} formal members ({names(who)}) are no joint unit",
                f"{len(who)} 个组织、{m} 名正式党员（{namen(who)}）不构成联合党组织",
            )  # fmt: skip
        cost = desk.cost(who) if len(who) > 1 else None
        if cost is None:
            self.add(
                "no_method", who,
                f"no method of the plan joins {names(who)}", f"{namen(who)} 不符合任何一种联建方式",
            )  # fmt: skip
            return 0
        cost += self.decisions.moves(who, None)
        self.method(unit)
        self.same_cost(who, unit.cost, cost)
        stated = (unit.formal_members, unit.fragile)
        true = (m, m == f.min_members)
        if stated != true or any(map(_mistyped, stated, true)):
            self.add(
                "wrong_members", who,
                f"formal_members and fragile of {names(who)} are stated as {shown(stated)}, they are {true}",
                f"{namen(who)} 的正式党员数与脆弱标记所列为 {shown(stated)}，应为 {true}",
            )  # fmt: skip
        self.allowed(who, None)
        return cost

    def method(self, unit: Joint) -> None:
        """Check that method, form and anchor go together and are those that apply."""
        who = unit.organizations
        methods = self.desk.methods(who)
        if unit.method not in methods:
            self.add(
                "wrong_method", who,
                f"the method of {names(who)} is stated as {shown(unit.method)}, of least surcharge is {methods[0]}",
                f"{namen(who)} 的联建方式所列为 {shown(unit.method)}，适用的最低附加成本方式为 {methods[0]}",
            )  # fmt: skip
            return
        anchors = self.desk.anchors(who)
        places = {x.key for x in anchors if x.method == "area"}
        form = FORMS.get(unit.method) or (SHARED_AREA if places else ALIKE)
        if unit.form != form:
            self.add(
                "wrong_form", who,
                f"the form of {names(who)} is stated as {shown(unit.form)}, it is {form}",
                f"{namen(who)} 的组建形式所列为 {shown(unit.form)}，应为 {form}",
            )  # fmt: skip
        fitting: set[str | None]
        if unit.method == "sector_and_area":
            fitting = {*places} or {x.key for x in anchors} | {None}
        else:
            fitting = {x.key for x in anchors if x.method == unit.method} or {None}
        if unit.anchor not in fitting:
            self.add(
                "wrong_anchor", who,
                f"the anchor of {names(who)} is stated as {shown(unit.anchor)}, it is none that all share",
                f"{namen(who)} 的依托所列为 {shown(unit.anchor)}，并非全体共有",
            )  # fmt: skip

    # -- attachments and the rest ----------------------------------------------------------------------------------
    def attached(self, one: Attached) -> int:
        who, unit = one.organization, one.unit
        cost = self.desk.attach(who, unit) if who in self.desk.position else None
        if cost is None:
            self.add(
                "not_attachable", (who,),
                f"{shown(who)} can't be attached to {shown(unit)}", f"{shown(who)} 不能挂靠 {shown(unit)}",
            )  # fmt: skip
            return 0
        cost += self.decisions.moves((who,), unit)
        self.same_cost((who,), one.cost, cost)
        self.allowed((who,), unit)
        return cost

    def capacity(self) -> None:
        """Check that no host takes more organizations or members than it has room for."""
        desk = self.desk
        places: Counter[str] = Counter()
        seats: Counter[str] = Counter()
        for one in self.entry.attached:
            if one.unit in desk.host_at and one.organization in desk.position:
                places[one.unit] += 1
                seats[one.unit] += desk.members([one.organization])
        for unit, n in sorted(places.items()):
            free = desk.free(unit)
            if n > free[0] or seats[unit] > free[1]:
                who = [x.organization for x in self.entry.attached if x.unit == unit]
                self.add(
                    "over_capacity", who,
                    f"{unit} has {free[0]} places and {free[1]} seats free and is given {n} and {seats[unit]}",
                    f"{unit} 余 {free[0]} 个单位名额、{free[1]} 个党员名额，却安排了 {n} 与 {seats[unit]}",
                )  # fmt: skip

    def alone(self, who: str) -> int:
        if who not in self.desk.position:
            return 0  # counted by once()
        self.allowed((who,), None, alone=True)
        return self.desk.alone + self.decisions.moves((who,), None, alone=True)

    def once(self) -> None:
        """Check that each small organization stands in exactly one place, and nothing else does."""
        times: Counter[str] = Counter(self.entry.uncovered)
        times.update(x.organization for x in self.entry.attached)
        for unit in self.entry.joint:
            times.update(unit.organizations)
        for who in self.desk.small:
            if times[who] != 1:
                self.add(
                    "not_once", (who,),
                    f"{who} stands {times[who]} times in joint, attached and uncovered",
                    f"{who} 在联合组建、挂靠组建与未覆盖中共出现 {times[who]} 次",
                )  # fmt: skip
        strange = sorted(times.keys() - self.desk.position.keys())
        if strange:
            self.add(
                "not_small", strange,
                f"{names(strange)}: not a small organization of it", f"{namen(strange)} 不是该台账单位的小微组织",
            )  # fmt: skip

    def accepted(self) -> None:
        stated = {frozenset(unit.organizations) for unit in self.entry.joint}
        for unit in self.decisions.accepted + self.decisions.torn:
            if frozenset(unit) not in stated:
                self.add(
                    "not_accepted", unit,
                    f"the accepted unit of {names(unit)} is not in the plan", f"已采纳的 {namen(unit)} 不在方案中",
                )  # fmt: skip

    # -- what joint units and attachments have in common -------------------------------------------------------------
    def same_cost(self, who: Sequence[str], stated: int | None, cost: int) -> None:
        if stated is not None and stated != cost:
            self.add(
                "wrong_cost", who,
                f"the cost of {names(who)} is stated as {coin(stated)} and comes to {coin(cost)}",
                f"{namen(who)} 的成本所列 {coin(stated)}，实为 {coin(cost)}",
            )  # fmt: skip

    def allowed(self, who: Sequence[str], unit: str | None, *, alone: bool = False) -> None:
        if frozenset(who) in {frozenset(g) for g in self.decisions.accepted}:
            return
        broken = self.decisions.broken(who, unit, alone=alone)
        if broken is not None:
            self.add(
                "against_decision", who,
                f"{names(who)} goes against {broken[0]}", f"{namen(who)} 违反{broken[1]}",
            )  # fmt: skip


def _mistyped(stated: object, true: object) -> bool:
    """Return whether a number stands for a truth value or the other way round (1 == True in Python)."""
    return isinstance(stated, bool) != isinstance(true, bool)

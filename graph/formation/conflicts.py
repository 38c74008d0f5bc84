"""Decisions of people that can't be kept, found before any planning and named together with what they run against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from graph.formation.costs import MICRO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.formation.decisions import Decisions
    from graph.formation.problem import Problem
    from graph.formation.solver.instance import Instance

Codes = tuple[str, ...]
WORK = 1_000_000
"""Candidates looked at for a unit that holds a pinned set."""


def refuse_conflicts(problem: Problem) -> None:
    """Refuse decisions that contradict one another, or that no plan could keep whatever else it does.

    Raises
    ------
    PlanError
        Naming the decision, the codes, and what they run against.
    """
    desk = _Check(problem)
    desk.kinds()
    desk.hosts()
    desk.blocks()
    desk.accepted()


def refuse_hopeless(instance: Instance, codes: Sequence[str], decisions: Decisions) -> None:
    """Refuse a pinned set that is part of no feasible joint unit of its component.

    Parameters
    ----------
    codes : sequence of str
        By position in the instance.
    decisions : Decisions
        Those that pinned it, for where they were written.
    """
    from graph.formation.solver import pricing

    if not instance.pinned:
        return
    t = pricing.tables(instance)
    starts = pricing.starts(instance, t)
    rich = np.full(instance.n, MICRO * MICRO, dtype=np.int64)
    none = pricing.cut_tables(
        instance.n, np.zeros((0, 3), dtype=np.int32), np.zeros(0, dtype=np.int64)
    )
    ends = zip(starts.start[:-1], starts.start[1:], strict=True)
    held = [set(starts.member[a:b].tolist()) for a, b in ends]
    for block in instance.pinned:
        mine = [x for x, some in enumerate(held) if set(block.tolist()) <= some]
        some = pricing.Starts(
            np.concatenate([[0], np.cumsum([len(held[x]) for x in mine])]).astype(np.int64),
            np.array([m for x in mine for m in sorted(held[x])], dtype=np.int32),
            starts.bonus[mine],
        )
        found = pricing.search(t, none, rich, some, tol=0, keep=1, limit=WORK)
        if not len(found.size) and found.complete.all():
            named = [str(codes[x]) for x in block]
            raise decisions.error(
                f"pin: {_en(named)}: no feasible joint unit holds them: no method, too few or too many members or organizations"
                " with whoever could join, or a forbid; take it out or change it",
                f"pin：{_zh(named)}：没有可行的联合党组织能包含它们（方式、党员数、单位数或禁止项），请去掉或修改",
                *(("pin", p) for p in decisions.pin if set(p) <= set(named)),
            )


class _Check:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        o, u = problem.city.organizations, problem.city.units
        self.action = o["action"]
        decided = problem.decisions
        self.decided = decided.only(
            (s for s in decided.pin if not self._done(s)),
            decided.forbid,
            (s for s in decided.accept if not self._done(s)),
        )
        self.home = o["ledger_unit"]
        self.m = dict(zip(problem.codes, problem.m.tolist(), strict=True))
        self.units = u
        self.model = problem.model

    def _done(self, some: Codes) -> bool:
        """Whether all organizations of a decision are covered by now, so that there is nothing left to decide."""
        orgs = [c for c in some if c in self.action.index]
        return bool(orgs) and all(self.action[c] == "covered" for c in orgs)

    # -- who may stand in a decision -----------------------------------------------------------------------------------
    def kinds(self) -> None:
        """Refuse pins and accepted units of others than small organizations of one ledger unit."""
        for word, sets in (("pin", self.decided.pin), ("accept", self.decided.accept)):
            for some in sets:
                orgs = [c for c in some if c in self.action.index]
                units = [c for c in some if c not in self.action.index]
                if units and (word == "accept" or len(some) != 2 or len(units) != 1):
                    raise self.decided.error(
                        f"{word}: {_en(some)}: {units[0]} is a unit; "
                        + ("an accepted unit" if word == "accept" else "a set of several")
                        + " is made of organizations; pin one organization to a unit in a line of its own",
                        f"{word}：{_zh(some)} 中的 {units[0]} 是党组织；"
                        + ("accept" if word == "accept" else "多家固定")
                        + "只能是单位；单位与党组织的固定请单独成行",
                        (word, some),
                    )
                for code in orgs:
                    self._small(word, some, code)
                homes = {str(self.home[c]) for c in orgs}
                if len(homes) > 1:
                    where = ", ".join(f"{c} {self.home[c]}" for c in orgs[:4])
                    raise self.decided.error(
                        f"{word}: {_en(some)} stand in several ledgers ({where}): a unit lies within one ledger unit; split it",
                        f"{word}：{_zh(some)} 分属不同台账单位（{where}），只能在同一台账单位内联建，请拆开",
                        (word, some),
                    )

    def _small(self, word: str, some: Codes, code: str) -> None:
        action = str(self.action[code])
        if action == "joint":
            return
        why = {
            "separate": (f"has {self.m[code]} formal members and forms separately", f"有正式党员 {self.m[code]} 名，应单独组建"),
            "work_coverage": ("has no formal members", "没有正式党员"),
            "covered": ("is covered already", "已有党组织覆盖"),
            "excluded": ("is excluded", "已剔除"),
            "outside_base": ("is outside the base", "不在基数内"),
            "unknown": ("lacks what its ledger unit or members would follow from", "信息不全"),
        }[action]  # fmt: skip
        raise self.decided.error(
            f"{word}: {_en(some)}: {code} {why[0]}, so it is not one to be grouped; take it out",
            f"{word}：{_zh(some)} 中的 {code} {why[1]}，不属于待联建的小微组织，请去掉",
            (word, some),
        )

    # -- pins to units -------------------------------------------------------------------------------------------------
    def hosts(self) -> None:
        """Refuse pins to several units, to one without room for all of them, or against a forbid."""
        to: dict[str, str] = {}
        wanted: dict[str, list[str]] = {}
        for some in self.decided.pin:
            unit = next((c for c in some if c not in self.action.index), None)
            if unit is None:
                continue
            code = next(c for c in some if c != unit)
            if to.get(code, unit) != unit:
                raise self.decided.error(
                    f"pin: {code} is pinned to {to[code]} and to {unit}: keep one of the two",
                    f"pin：{code} 同时固定于 {to[code]} 与 {unit}，请只留其一",
                    *(
                        ("pin", s)
                        for s in self.decided.pin
                        if code in s and {to[code], unit} & set(s)
                    ),
                )
            to[code] = unit
            wanted.setdefault(unit, []).append(code)
            self._forbidden((code, unit))
            self._host(code, unit)
        for unit, codes in wanted.items():
            codes = list(dict.fromkeys(codes))
            members = sum(self.m[c] for c in codes)
            at = int(self.units.index.get_indexer(pd.Index([unit]))[0])
            places, seats = int(self.problem.places[at]), int(self.problem.seats[at])
            if len(codes) > places or members > seats:
                raise self.decided.error(
                    f"pin: {_en(codes)} to {unit}: it has {places} free places and {seats} free seats, these need"
                    f" {len(codes)} and {members}; take some out",
                    f"pin：{_zh(codes)} 固定于 {unit}：其空余 {places} 个单位名额、{seats} 个党员名额，"
                    f"需要 {len(codes)} 个与 {members} 个，请减少",
                    *(("pin", s) for s in self.decided.pin if unit in s),
                )
        for some in (*self.decided.pin, *self.decided.accept):
            pinned = [c for c in some if c in to and to[c] not in some]
            if pinned:
                code, unit = pinned[0], to[pinned[0]]
                raise self.decided.error(
                    f"{_en(some)} are to form a unit, but {code} is pinned to {unit}: keep one of the two decisions",
                    f"{_zh(some)} 须联建，但 {code} 又固定于 {unit}，请只留一项决定",
                    *((word, some) for word in ("pin", "accept")),
                    *(("pin", s) for s in self.decided.pin if set(s) == {code, unit}),
                )

    def _host(self, code: str, unit: str) -> None:
        row = self.units.loc[unit]
        if not row["host"] or row["host_ledger_unit"] != self.home[code]:
            raise self.decided.error(
                f"pin: {code}, {unit}: {unit} takes no attachments from {self.home[code]} (it has to be an undissolved branch"
                " that covers organizations of that ledger unit only); choose another unit",
                f"pin：{code}、{unit}：{unit} 不接受 {self.home[code]} 的挂靠"
                "（须为未撤销的党支部或联合党支部，且只覆盖该台账单位的单位），请另选",
                *(("pin", s) for s in self.decided.pin if set(s) == {code, unit}),
            )

    # -- pinned sets and accepted units --------------------------------------------------------------------------------
    def blocks(self) -> None:
        """Refuse pinned sets (those that share an organization taken together) that no unit can hold."""
        for block, sets in _merged([s for s in self.decided.pin if set(s) <= set(self.m)]):
            members = sum(self.m[c] for c in block)
            taken = (
                f" ({len(sets)} pins taken together: they share organizations)"
                if len(sets) > 1
                else ""
            )
            together = f"（{len(sets)} 项固定有共同单位，合为一组）" if len(sets) > 1 else ""
            if len(block) > self.model.max_organizations or members > self.model.max_members:
                raise self.decided.error(
                    f"pin: {_en(block, 8)}{taken}: {len(block)} organizations with {members} formal members, a unit has"
                    f" {self.model.max_organizations} and {self.model.max_members} at most; split it",
                    f"pin：{_zh(block, 8)}{together}：共 {len(block)} 家、正式党员 {members} 名，超过每个党组织"
                    f" {self.model.max_organizations} 家、{self.model.max_members} 名的上限，请拆开",
                    *(("pin", s) for s in sets),
                )
            self._forbidden(block)
            if not self._methods(block):
                raise self.decided.error(
                    f"pin: {_en(block)}: no method joins them (adjacent and similar, one leading firm, place, association or"
                    f" division); `lianjian plan --why-not {block[0]} {block[1]}` takes a pair apart",
                    f"pin：{_zh(block)}：没有可用的联建方式（地域相邻且行业相近，同一龙头、场所、协会或行业大类）；"
                    f"可用 `lianjian plan --why-not {block[0]} {block[1]}` 逐项查看",
                    *(("pin", s) for s in sets),
                )
            for unit in self.decided.accept:
                if set(unit) & set(block) and not set(block) <= set(unit):
                    raise self.decided.error(
                        f"pin: {_en(block)} against accept: {_en(unit)}: the accepted unit holds only a part of the"
                        " pinned set; keep one of the two",
                        f"pin：{_zh(block)} 与 accept：{_zh(unit)} 矛盾：已确认的组织只含固定组的一部分，"
                        "请只留其一",
                        *(("pin", s) for s in sets),
                        ("accept", unit),
                    )

    def _forbidden(self, some: Sequence[str]) -> None:
        for ban in self.decided.forbid:
            if set(ban) <= set(some):
                raise self.decided.error(
                    f"pin: {_en(some)} against forbid: {_en(ban)}: they contradict each other; take one out",
                    f"pin：{_zh(some)} 与 forbid：{_zh(ban)} 互相矛盾，请去掉其一",
                    *(("pin", s) for s in self.decided.pin if set(s) <= set(some)),
                    ("forbid", ban),
                )

    def accepted(self) -> None:
        """Refuse accepted units that are not feasible, and organizations in two of them."""
        of: dict[str, Codes] = {}
        for some in self.decided.accept:
            for code in some:
                if code in of and set(of[code]) != set(some):
                    raise self.decided.error(
                        f"accept: {code} stands in two accepted units ({_en(of[code])} and {_en(some)}); keep one",
                        f"accept：{code} 同时列入两个已确认的组织（{_zh(of[code])} 与 {_zh(some)}），请只留其一",
                        ("accept", of[code]),
                        ("accept", some),
                    )
                of[code] = some
            why = self._infeasible(some)
            if why is not None:
                raise self.decided.error(
                    f"accept: {_en(some)} is no feasible joint unit: {why[0]}; take it out or change it",
                    f"accept：{_zh(some)} 不构成可行的联合党组织：{why[1]}，请去掉或修改",
                    ("accept", some),
                )

    def _methods(self, some: Sequence[str]) -> list[str]:
        from graph.formation.wording import Leaning

        at = self.action.index.get_indexer(pd.Index(some, dtype=object))
        return Leaning(self.problem).methods([int(x) for x in at])

    def _infeasible(self, some: Codes) -> tuple[str, str] | None:
        """Say what keeps some organizations from being a joint unit; ``None`` where nothing does."""
        model, members = self.model, sum(self.m[c] for c in some)
        if len(some) > model.max_organizations:
            return (
                f"{len(some)} organizations, {model.max_organizations} at most",
                f"{len(some)} 家单位，上限 {model.max_organizations} 家",
            )
        if not model.min_members <= members <= model.max_members:
            return (
                f"{members} formal members together, not {model.min_members} to {model.max_members}",
                f"正式党员共 {members} 名，应为 {model.min_members} 至 {model.max_members} 名",
            )
        for ban in self.decided.forbid:
            if set(ban) <= set(some):
                return (
                    f"the forbid of {_en(ban)} is against it",
                    f"与禁止项 {_zh(ban)} 矛盾",
                )
        if not self._methods(some):
            return (
                "no method joins them (adjacent and similar, one leading firm, one place, one association or division)",
                "没有可用的联建方式（地域相邻且行业相近、同一龙头、同一场所、同一协会或行业大类）",
            )
        return None


def _merged(sets: Sequence[Codes]) -> list[tuple[Codes, list[Codes]]]:
    """Take sets together that share an organization: (all codes, the sets)."""
    out: list[tuple[Codes, list[Codes]]] = []
    for some in sets:
        touching = [x for x in out if set(x[0]) & set(some)]
        out = [x for x in out if not set(x[0]) & set(some)]
        codes = dict.fromkeys(c for x in (*(t[0] for t in touching), some) for c in x)
        out.append((tuple(codes), [s for t in touching for s in t[1]] + [some]))
    return out


def _en(codes: Sequence[str], most: int = 5) -> str:
    return ", ".join(codes[:most]) + (" …" if len(codes) > most else "")


def _zh(codes: Sequence[str], most: int = 5) -> str:
    return "、".join(codes[:most]) + ("等" if len(codes) > most else "")

"""Why two organizations are not in one joint unit: the rule that forbids it, or what it would cost the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.errors import PlanError
from graph.formation.questions.explain import Question, position
from graph.formation.result import MICRO, coin, fraction
from graph.formation.solve import Parameters, solve

if TYPE_CHECKING:
    from graph.formation.questions.standing import Standing

Object = dict[str, Any]


class WhyNot(Question):
    """Says why two organizations are not together."""

    def answer(self, a: str, b: str, seed: int, parameters: Parameters) -> Object:
        """Say what keeps two organizations apart, or what having them in one unit would cost the plan.

        Returns
        -------
        dict
            ``{a, b, together, pair, methods[], forbidden[] {rule, text}, cheapest}``. ``methods`` hold for the two alone;
            ``forbidden`` names each rule or decision that rules out every joint unit with both. Where none does, ``cheapest`` is
            the best plan with both in one joint unit: ``{unit, cost, plan_cost, dearer, at_least, status, gap, proven, forms[],
            drops[]}``: costs of the ledger unit, ``dearer`` their difference, ``at_least`` what the certificate proves of it,
            ``gap`` that of the part planned again.
        """
        rows = [position(self.city, c) for c in (a, b)]
        if a == b:
            raise PlanError(
                f"--why-not {a} {b}: give two different organizations",
                f"--why-not {a} {b}：请给出两家不同的单位",
            )
        forbidden = self._forbidden(rows)
        entry = {} if self.standing is None else self.standing.entry
        unit = next((g for g in entry.get("joint", ()) if {a, b} <= set(g["organizations"])), None)
        out: Object = {
            "a": self.who(rows[0]),
            "b": self.who(rows[1]),
            "together": unit is not None,
            "pair": self.dissector.pair(*rows),
            "methods": self.leaning.methods(rows),
            "forbidden": forbidden,
            "cheapest": None,
        }
        if unit is None and not forbidden and self.standing is not None:
            self._cheapest(out, self.standing, rows, seed, parameters)
        return out

    def _forbidden(self, rows: list[int]) -> list[Object]:
        """Name what rules out every joint unit that holds both."""
        out: list[Object] = []

        def add(rule: str, zh: str, en: str) -> None:
            out.append({"rule": rule, "text": {"zh": zh, "en": en}})

        codes = [str(self.problem.codes[r]) for r in rows]
        who = [self.who(r) for r in rows]
        for w in who:
            if w["action"] != "joint":
                zh, en = not_small(w)
                add("not_small", f"{w['organization']} {zh}", f"{w['organization']} {en}")
        homes = [w["ledger_unit"] for w in who]
        if homes[0] != homes[1]:
            zh, en = (
                x.join(str(w["ledger_unit_name"] or "?") for w in who) for x in ("与", " and ")
            )
            add(
                "ledger_units",
                f"分属不同台账单位（{zh}），只能在同一台账单位内联建",
                f"they stand in the ledgers of {en}: units are formed within one ledger unit",
            )
        if out:
            return out
        f = self.city.profile.formation
        if not self.leaning.methods(rows):
            add("method", *no_method(f.radius, f.similar))
        members = int(self.problem.m[rows].sum())
        if members > f.max_members or f.max_organizations < 2:
            add(
                "members",
                f"两家正式党员共 {members} 名，超过 {f.max_members} 名",
                f"{members} formal members together, more than {f.max_members}",
            )
        self._decided(codes, add)
        return out

    def _decided(self, codes: list[str], add: Any) -> None:
        """Name the decisions of people against two."""
        both, decided = set(codes), self.problem.decisions
        for some in decided.forbid:
            if set(some) <= both:
                add(
                    "forbid",
                    "决定禁止二者同组（forbid）",
                    "a decision forbids the two in one unit (forbid)",
                )
        for some in decided.accept:
            if len(both & set(some)) == 1:
                named = "、".join(some)
                add(
                    "accept",
                    f"已确认的联合党组织只含其一（accept：{named}）",
                    f"an accepted unit holds one of them only (accept: {', '.join(some)})",
                )
        units = set(self.problem.unit_codes)
        for some in decided.pin:
            if both & set(some) and (host := set(some) & units):
                add(
                    "pin",
                    f"决定其一挂靠 {min(host)}（pin）",
                    f"a decision attaches one of them to {min(host)} (pin)",
                )

    def _cheapest(
        self, out: Object, standing: Standing, rows: list[int], seed: int, parameters: Parameters
    ) -> None:
        """Plan the part of the ledger unit that the two are in once more, with both pinned together."""
        codes = (out["a"]["organization"], out["b"]["organization"])
        decided = self.problem.decisions
        pinned = decided.only((*decided.pin, codes), decided.forbid, decided.accept)
        part = standing.narrowed(rows)
        try:
            (solved,) = solve(
                self.problem.narrowed(part, pinned), seed=seed, parameters=parameters
            ).units
        except PlanError as error:
            rule = {"rule": "no_unit", "text": {"zh": error.zh, "en": error.en}}
            out["forbidden"].append(rule)
            return
        base = standing.cost_of(part)
        objective = round(standing.entry["objective"] * MICRO)
        dearer = solved.objective - base
        new = self.describe.solved(solved, self.problem.model.uncovered)
        old = standing.describe(part, self.describe)
        keep = [_place(x) for x in old]
        have = [_place(x) for x in new]
        unit = next(x for x in new if set(codes) <= set(x["organizations"]))
        out["cheapest"] = {
            "unit": unit,
            "cost": coin(objective + dearer),
            "plan_cost": coin(objective),
            "dearer": coin(dearer),
            "at_least": coin(max(solved.bound - base, 0 if self._best() else solved.bound - base)),
            "status": solved.status,
            "gap": fraction(solved.objective, solved.bound),
            "proven": solved.status == "optimal",
            "forms": [x for x, p in zip(new, have, strict=True) if p not in keep],
            "drops": [x for x, p in zip(old, keep, strict=True) if p not in have],
        }

    def _best(self) -> bool:
        """Whether the plan of the ledger unit is proven to be the best."""
        return self.standing is not None and self.standing.entry["status"] == "optimal"


def _place(x: Object) -> tuple[Any, ...]:
    return (x["as"], tuple(x["organizations"]), x.get("unit"))


def not_small(who: Object) -> tuple[str, str]:
    """Say why an organization is not to be grouped."""
    m = who["formal_members"]
    return {
        "separate": (f"有正式党员 {m} 名，应单独组建（S25）", f"has {m} formal members and forms separately (S25)"),
        "work_coverage": ("没有正式党员，属工作覆盖（S10、S30）", "has no formal members: work coverage (S10, S30)"),
        "covered": ("已有党组织覆盖", "is covered by a unit already"),
        "excluded": ("已剔除（空壳、僵尸、影子或剔除登记）", "is excluded (shell, zombie, shadow or by decision)"),
        "outside_base": ("不在基数内（停业或注销）", "is outside the base (suspended or closed)"),
        "unknown": ("信息不全，无法确定所属台账单位或党员数", "lacks what its ledger unit or members would follow from"),
    }[who["action"]]  # fmt: skip


def no_method(radius: float, similar: float) -> tuple[str, str]:
    """Say that no method joins some organizations, in Chinese and English."""
    return (
        f"没有可用的联建方式：并非地域相邻（{radius:g} 米）且行业相近（s ≤ {similar:g}），也不同龙头、场所、协会或行业大类",
        (
            f"no method joins them: not both adjacent (within {radius:g} m) and similar (s ≤ {similar:g}), and no leading firm,"
            " place, association or division in common"
        ),
    )

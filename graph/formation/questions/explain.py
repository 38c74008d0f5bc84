"""Why an organization stands where it stands in a plan, what that costs, and what would be next best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.errors import UnknownIdError, Way
from graph.formation.costs import METHODS
from graph.formation.questions.describing import Describe
from graph.formation.questions.dissection import Dissector
from graph.formation.questions.ranking import ranked
from graph.formation.result import MICRO, coin, fraction
from graph.formation.wording import Leaning

if TYPE_CHECKING:
    from graph.city import City
    from graph.formation.problem import Problem
    from graph.formation.questions.standing import Plan, Standing

Object = dict[str, Any]


def position(city: City, code: str) -> int:
    """Return an organization's position in the city; ``UnknownIdError`` names a code that is none."""
    at = city.organizations.index.get_indexer(pd.Index([code]))[0]
    if at < 0:
        raise UnknownIdError(
            f"{code}: no organization has this code",
            f"{code}：没有这个单位代码",
            way=Way.find(code),
        )
    return int(at)


class Question:
    """A question about one ledger unit of a plan.

    Parameters
    ----------
    problem : Problem
        Of the plan, under its own terms.
    plan : dict
        The plan's object.
    standing : Standing or None
        The ledger unit asked about; ``None`` where the organization stands in none.
    """

    def __init__(self, problem: Problem, plan: Plan, standing: Standing | None) -> None:
        self.problem, self.plan, self.standing = problem, plan, standing
        self.city = problem.city
        self.leaning = Leaning(problem)
        self.describe = Describe(problem, self.leaning)
        self.dissector = Dissector(problem, self.leaning)

    def who(self, row: int) -> Object:
        """Return an organization's code, name, ledger unit, action and formal members."""
        o = self.city.organizations.iloc[row]
        home = o["ledger_unit"]
        known = isinstance(home, str) and home in self.city.ledger_units.index
        return {
            "organization": str(self.problem.codes[row]),
            "name": self.leaning.names.organization(str(self.problem.codes[row])),
            "ledger_unit": home if known else None,
            "ledger_unit_name": str(self.city.ledger_units["name"][home] or home)
            if known
            else None,
            "action": str(o["action"]),
            "formal_members": int(self.problem.m[row]),
        }


class Why(Question):
    """Says why an organization stands where it stands."""

    def answer(self, code: str) -> Object:
        """Say where an organization stands, what that costs, and what would be next best.

        Returns
        -------
        dict
            ``{organization, name, ledger_unit, ledger_unit_name, action, formal_members, stands, cost_parts[], pairs[], price,
            next_best}``. ``stands`` has ``as`` (joint, attached, uncovered, separate, split, work_coverage, or the survey's
            action) and what the plan says of that place. ``cost_parts[] {part, value, text}`` add up to ``stands.cost``.
            ``price`` and ``next_best`` are null for whom is not small; ``next_best`` is ``{place, dearer, proven, gap, forms[],
            drops[]}``, its ``place`` null where there is no other.
        """
        row = position(self.city, code)
        out = {
            **self.who(row),
            "stands": self._stands(code),
            "cost_parts": [],
            "pairs": [],
            "price": None,
            "next_best": None,
        }
        stands = out["stands"]
        if self.standing is None or stands["as"] not in ("joint", "attached", "uncovered"):
            return out
        rows = [row, *(position(self.city, c) for c in stands["with"])]
        out["cost_parts"] = self._parts(stands, rows)
        out["pairs"] = self._pairs(stands, rows)
        out["price"] = self.standing.entry["prices"].get(code)
        out["next_best"] = self._next(self.standing, row)
        return out

    def _stands(self, code: str) -> Object:
        standing = self.standing
        if standing is None:
            return self._otherwise(code)
        entry = standing.entry
        for g in entry.get("joint", ()):
            if code in g["organizations"]:
                others = [c for c in g["organizations"] if c != code]
                return {"as": "joint", "unit": g["id"], "with": others} | _some(
                    g, "method", "form", "anchor", "superior", "formal_members", "fragile", "cost", "clauses", "why"
                )  # fmt: skip
        for a in entry.get("attached", ()):
            if a["organization"] == code:
                covered = self.problem.covered_by(a["unit"])
                others = [str(self.problem.codes[r]) for r in covered]
                return {"as": "attached", "with": others} | _some(
                    a, "unit", "form", "cost", "clauses", "why"
                )
        for u in entry.get("uncovered", ()):
            if u["organization"] == code:
                row = position(self.city, code)
                return {
                    "as": "uncovered",
                    "with": [],
                    "cost": coin(self._alone(standing, row)),
                } | _some(u, "reason", "fallback", "relaxation", "other_relaxations")
        for name in ("separate", "work_coverage"):
            for s in entry.get(name, ()):
                if s["organization"] == code:
                    kept = {k: v for k, v in s.items() if k != "organization"}
                    return {"as": name, "with": [], **kept}
        for s in entry.get("split", ()):
            if code in s["organizations"]:
                others = [c for c in s["organizations"] if c != code]
                return {"as": "split", "with": others} | _some(s, "unit", "remaining", "clauses")
        return self._otherwise(code)

    def _otherwise(self, code: str) -> Object:
        """Say how one stands that the plan need not place."""
        row = position(self.city, code)
        units = [str(self.problem.unit_codes[u]) for u in self.problem.units_of(row)]
        return {"as": str(self.city.organizations["action"].iloc[row]), "with": [], "units": units}

    def _alone(self, standing: Standing, row: int) -> int:
        """Return what leaving an organization uncovered costs in this plan, a move included."""
        part = standing.part_of(row)
        if part is not None:
            at = int(np.flatnonzero(part.component.rows == row)[0])
            return int(part.component.instance.alone[at])
        return standing.isolated_cost(row)

    def _parts(self, stands: Object, rows: list[int]) -> list[Object]:
        """Take the cost of a place apart."""
        f, model = self.city.profile.formation, self.problem.model
        total = round(stands["cost"] * MICRO)
        out: list[tuple[str, int, str, str]] = []
        if stands["as"] == "joint":
            k = len(rows)
            i, j = np.triu_indices(k, 1)
            x = np.array(rows)
            d = int(self._d(x[i], x[j]).sum())
            value = 2 * d // int(model.divisor[k])
            out.append(
                (
                    "dissimilarity",
                    value,
                    f"{k} 家 × 两两差异的平均",
                    f"{k} organizations × the mean dissimilarity of their pairs",
                )
            )
            method = stands["method"]
            sigma = model.surcharge[METHODS.index(method)]
            out.append(
                (
                    "surcharge",
                    k * sigma,
                    f"{k} 家 × 方式附加 {sigma / MICRO:g}",
                    f"{k} organizations × the method's surcharge {sigma / MICRO:g}",
                )
            )
            out.append(("new_unit", model.new_unit, "新建一个党组织", "a new unit"))
        elif stands["as"] == "attached":
            others = np.array(rows[1:])
            mean = int(self._d(np.full(len(others), rows[0]), others).sum()) // max(len(others), 1)
            out.append(("attach", model.attach, "挂靠", "attaching"))
            out.append(
                (
                    "dissimilarity",
                    mean,
                    f"与其所覆盖 {len(others)} 家单位差异的平均",
                    f"the mean dissimilarity to the {len(others)} organizations that it covers",
                )
            )
        else:
            out.append(("uncovered", model.uncovered, "未覆盖", "left uncovered"))
        moved = total - sum(value for _, value, _, _ in out)
        if moved:
            number = moved / MICRO / f.moved if f.moved else 0
            out.append(
                (
                    "moved",
                    moved,
                    f"较原方案变动 {number:g} 家",
                    f"{number:g} moved from where the former plan had them",
                )
            )
        return [
            {"part": part, "value": coin(value), "text": {"zh": zh, "en": en}}
            for part, value, zh, en in out
        ]

    def _d(self, a: Any, b: Any) -> Any:
        from graph.formation import pairs

        return pairs.pairs(self.problem.features, a, b, self.problem.model).d

    def _pairs(self, stands: Object, rows: list[int]) -> list[Object]:
        """Take apart its own pairs first, then those of its companions."""
        own = [(rows[0], r) for r in rows[1:]]
        others = rows[1:] if stands["as"] == "joint" else []
        own += [(a, b) for x, a in enumerate(others) for b in others[x + 1 :]]
        return [self.dissector.pair(a, b) for a, b in own]

    def _next(self, standing: Standing, row: int) -> Object:
        """Find the cheapest plan in which an organization is not where it is now."""
        none: Object = {
            "place": None, "dearer": None, "proven": True, "gap": 0.0, "forms": [], "drops": [],
        }  # fmt: skip
        part = standing.part_of(row)
        if part is None:
            return none
        at = int(np.flatnonzero(part.component.rows == row)[0])
        g = part.ground
        column = next(c for c in g.plan if at in c.members)
        found = ranked(g, 1, column)
        if not found.plans:
            return none
        cost, columns = found.plans[0]
        place = next(c for c in columns if at in c.members)
        floor = max(found.bound, g.cost if standing.entry["status"] == "optimal" else 0)
        proven = found.complete >= cost or cost <= floor
        floor = max(floor, found.complete + 1)
        return {
            "place": self.describe.column(part, place),
            "dearer": coin(cost - g.cost),
            "proven": proven,
            "gap": 0.0 if proven else fraction(cost, min(cost, floor)),
            **self.describe.changes([part], [(0, columns)]),
        }


def _some(x: Object, *names: str) -> Object:
    return {name: x[name] for name in names if name in x}

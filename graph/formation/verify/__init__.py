"""Checks a plan and its certificate without the program that made them.

FORMATION's conditions are checked as they stand there: every small organization of a ledger unit exactly once, every joint unit
feasible and at its cost, every attachment allowed and within capacity, and prices that no feasible joint unit, attachment or
uncovered organization undercuts. The groups that nobody looked at are searched completely (:mod:`.search`).

Shares nothing with the planner: only the model, the profile and the store are imported (an import contract says so).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import PlanError
from graph.model import parse_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from graph.formation.verify.facts import Facts
    from graph.formation.verify.ledger_unit import Constraints, Desk
    from graph.formation.verify.sectors import Sectors
    from graph.policy.profile import Profile
    from graph.policy.settings import Formation
    from graph.store.base import Store

__all__ = ["Fault", "load_plan", "verify"]

FORMAT = "lianjian.plan/1"
FLAT = 5e-7
"""Half of 1e-6: two costs in integers of 1e-6, written as decimals, are equal within it."""


@dataclass(frozen=True)
class Fault:
    """One thing that a plan gets wrong."""

    code: str
    ledger_unit: str | None
    organizations: tuple[str, ...]
    en: str
    zh: str

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints in ``faults[]``."""
        return {
            "code": self.code,
            "ledger_unit": self.ledger_unit,
            "organizations": list(self.organizations),
            "message": {"zh": self.zh, "en": self.en},
        }


@dataclass
class Report:
    """Faults as they are found, and the sums recomputed."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, code: str, unit: str | None, who: Iterable[str], en: str, zh: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(code, unit, tuple(who), en, zh))


def load_plan(path: str | Path) -> dict[str, Any]:
    """Read a plan file.

    Raises
    ------
    PlanError
        The file is missing, is no JSON or is no plan; the message names it and the way out.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlanError(
            f"plan {path}: no such file; make one with: lianjian plan --out {path}",
            f"方案 {path}：没有这个文件；可用 lianjian plan --out {path} 生成",
        ) from None
    except (OSError, UnicodeDecodeError):
        raise PlanError(
            f"plan {path}: can't be read as text; give the .json file that plan --out wrote",
            f"方案 {path}：无法读取；请给出 plan --out 写出的 .json 文件",
        ) from None
    try:
        plan = json.loads(text)
    except (ValueError, RecursionError):
        plan = None
    if not isinstance(plan, dict) or plan.get("format") != FORMAT:
        raise PlanError(
            f'plan {path}: not a plan (no "format": "{FORMAT}"); give the file that plan --out wrote',
            f"方案 {path}：不是方案文件（缺少 “format”: “{FORMAT}”）；请给出 plan --out 写出的文件",
        )
    return plan


def verify(
    plan: dict[str, Any],
    store: Store,
    profile: Profile,
    sectors: Sectors,
    *,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """Check a plan against the store and the rules.

    Parameters
    ----------
    plan : dict
        As :func:`load_plan` gives it.
    store, profile, sectors
        The city, the rules and the GB/T 4754 tables; the plan's own ``parameters`` (``--set``) take the place of the
        profile's values and are
        reported where they differ.
    progress : callable, optional
        Called with (ledger units done, all, name).

    Returns
    -------
    dict
        ``valid``, ``objective``, ``bound``, ``gap`` (recomputed, never taken from the plan), ``faults[]``, ``changed_parameters``,
        ``ledger_units[]`` with the same figures for each.
    """
    from graph.formation.verify import facts as reading
    from graph.formation.verify.ledger_unit import desk

    report = Report()
    _shape(plan, report)
    if report.faults:
        return _answer(report, [], {})
    as_of = parse_date(str(plan["as_of"]))
    if plan.get("profile") != profile.name:
        report.add(
            "other_profile", None, (),
            f"the plan was made by profile {plan.get('profile')}, not {profile.name}",
            f"方案依据的是规则 {plan.get('profile')}，不是 {profile.name}",
        )  # fmt: skip
    if plan.get("input_fingerprint") != store.fingerprint(as_of):
        report.add(
            "store_changed", None, (),
            "the store has changed since the plan was made, or it is another city's plan: plan again",
            "方案生成后数据已变化，或方案属于另一城市：请重新生成方案",
        )  # fmt: skip
    formation, changed = _parameters(plan, profile.formation)
    facts = reading.read(store, profile, as_of)
    known = set(facts.organizations["ledger_unit"].dropna())
    rows = []
    entries = plan["ledger_units"]
    for done, entry in enumerate(entries):
        if progress:
            progress(done, len(entries), str(entry.get("name") or entry["id"]))
        if entry["id"] not in known:
            report.add(
                "unknown_ledger_unit", entry["id"], (),
                f"ledger unit {entry['id']} has no organizations in this store",
                f"库中没有台账单位 {entry['id']} 的组织",
            )  # fmt: skip
            continue
        rows.append(_entry(entry, plan, desk(facts, formation, sectors, entry["id"]), report))
    _complete(plan, facts, report)
    _totals(plan, rows, report)
    return _answer(report, rows, changed)


# -- the plan as a whole -----------------------------------------------------------------------------------------

_ARRAYS = (
    "cuts", "joint", "attached", "separate", "split", "work_coverage", "uncovered",
)  # fmt: skip


def _shape(plan: dict[str, Any], report: Report) -> None:
    """Note every key of the contract that is absent or of another type."""

    def need(where: dict[str, Any], key: str, kind: type | tuple[type, ...], at: str) -> bool:
        good = isinstance(where.get(key), kind)
        good = good and not (isinstance(where.get(key), bool) and kind is not bool)
        if not good:
            report.add(
                "malformed",
                None,
                (),
                f"{at}: {key} is absent or not as the contract says",
                f"{at}：{key} 缺失或格式不符",
            )
        return good

    need(plan, "as_of", str, "plan")
    try:
        parse_date(str(plan.get("as_of")))
    except ValueError:
        report.add("malformed", None, (), "plan: as_of is no date", "方案：as_of 不是日期")
    if not need(plan, "ledger_units", list, "plan") or not need(plan, "totals", dict, "plan"):
        return
    seen: set[str] = set()
    number = (int, float)
    for entry in plan["ledger_units"]:
        if not need(entry, "id", str, "ledger_units[]"):
            continue
        at = entry["id"]
        if at in seen:
            report.add(
                "listed_twice", at, (), f"{at} stands twice in the plan", f"方案中 {at} 出现两次"
            )
        seen.add(at)
        for key in ("objective", "bound", "gap"):
            need(entry, key, number, at)
        for key in ("prices", "unit_prices"):
            if need(entry, key, dict, at) and key == "prices":
                for value in entry["prices"].values():
                    if not isinstance(value, number) or isinstance(value, bool) or value != value:
                        report.add(
                            "malformed",
                            at,
                            (),
                            f"{at}: a price is no number",
                            f"{at}：价格不是数字",
                        )
        for name, q in (entry.get("unit_prices") or {}).items():
            for key in ("places", "seats"):
                need(q, key, number, f"{at} unit_prices {name}")
        for key in _ARRAYS:
            if not need(entry, key, list, at):
                continue
            for item in entry[key]:
                many = key in ("joint", "cuts")
                name = "organizations" if many else "organization"
                if key == "split":
                    good = isinstance(item, dict) and (
                        isinstance(item.get("organizations"), list)
                        or isinstance(item.get("organization"), str)
                    )
                    if not good:
                        report.add(
                            "malformed",
                            at,
                            (),
                            f"{at}: split[] is malformed",
                            f"{at}：split[] 格式不符",
                        )
                    continue
                if not need(item, name, list if many else str, f"{at} {key}[]"):
                    continue
                if many and not all(isinstance(x, str) for x in item[name]):
                    report.add(
                        "malformed",
                        at,
                        (),
                        f"{at}: {key}[] names no codes",
                        f"{at}：{key}[] 不是代码",
                    )
                if key in ("joint", "attached"):
                    need(item, "cost", number, f"{at} {key}[]")
                if key == "cuts":
                    need(item, "price", number, f"{at} cuts[]")
                if key == "attached":
                    need(item, "unit", str, f"{at} attached[]")


def _parameters(plan: dict[str, Any], formation: Formation) -> tuple[Formation, dict[str, Any]]:
    """Take the plan's own values where they differ from the profile's; return them too."""
    stated = plan.get("parameters") or {}
    stated = stated.get("formation", stated) if isinstance(stated, dict) else {}
    changed: dict[str, Any] = {}
    for key, value in stated.items():
        if isinstance(value, dict):
            value = value.get("value")
        if hasattr(formation, key) and value is not None and getattr(formation, key) != value:
            changed[key] = {"profile": getattr(formation, key), "plan": value}
    values = {key: type(getattr(formation, key))(c["plan"]) for key, c in changed.items()}
    return (replace(formation, **values) if values else formation), changed


def _complete(plan: dict[str, Any], facts: Facts, report: Report) -> None:
    """Note the ledger units with something to plan that a plan of the whole city leaves out."""
    if plan.get("scope"):
        return
    o = facts.organizations
    planned = o["base"] & ~o["covered"] & (o["m"] >= 0) & o["ledger_unit"].notna()
    missing = sorted(set(o.loc[planned, "ledger_unit"]) - {e["id"] for e in plan["ledger_units"]})
    for unit in missing:
        report.add(
            "missing_ledger_unit", unit, (),
            f"ledger unit {unit} has organizations to plan and is not in the plan",
            f"台账单位 {unit} 有待规划的组织，但不在方案中",
        )  # fmt: skip


def _totals(plan: dict[str, Any], rows: list[dict[str, Any]], report: Report) -> None:
    totals = plan["totals"]
    for key in ("objective", "bound"):
        value = totals.get(key)
        mine = sum(r[key] for r in rows)
        if not isinstance(value, int | float) or abs(value - mine) > FLAT:
            report.add(
                "wrong_total", None, (),
                f"totals: {key} is stated as {value} and comes to {mine:.6f}",
                f"合计：{key} 所列 {value}，实为 {mine:.6f}",
            )  # fmt: skip


def _gap(objective: float, bound: float) -> float:
    return 0.0 if objective == 0 else (objective - bound) / objective


def _answer(report: Report, rows: list[dict[str, Any]], changed: dict[str, Any]) -> dict[str, Any]:
    objective = round(sum(r["objective"] for r in rows), 6)
    bound = round(sum(r["bound"] for r in rows), 6)
    return {
        "valid": not report.faults,
        "objective": objective,
        "bound": bound,
        "gap": round(_gap(objective, bound), 9),
        "faults": [f.as_json() for f in report.faults],
        "changed_parameters": changed,
        "ledger_units": rows,
    }


# -- one ledger unit ---------------------------------------------------------------------------------------------


def _entry(
    entry: dict[str, Any], plan: dict[str, Any], desk: Desk, report: Report
) -> dict[str, Any]:
    """Check one ledger unit's grouping and certificate; return its recomputed figures."""
    at = entry["id"]
    constraints = desk.constraints(plan.get("constraints") or {}, plan.get("previous"))
    cost = _grouping(entry, desk, constraints, report)
    _lists(entry, desk, report)
    bound = _certificate(entry, desk, constraints, report)
    for key, mine in (("objective", cost), ("bound", bound)):
        if abs(entry[key] - mine / 1e6) > FLAT:
            report.add(
                f"wrong_{key}", at, (),
                f"{at}: {key} is stated as {entry[key]} and comes to {mine / 1e6:.6f}",
                f"{at}：{key} 所列 {entry[key]}，实为 {mine / 1e6:.6f}",
            )  # fmt: skip
    if bound > cost:
        report.add(
            "bound_above_objective",
            at,
            (),
            f"{at}: the bound exceeds the objective",
            f"{at}：下界高于目标值",
        )
    gap = _gap(cost, bound)
    if abs(entry["gap"] - gap) > 1e-6:
        report.add(
            "wrong_gap", at, (),
            f"{at}: gap is stated as {entry['gap']} and comes to {gap:.9f}", f"{at}：差距所列 {entry['gap']}，实为 {gap:.9f}",
        )  # fmt: skip
    return {
        "id": at,
        "objective": cost / 1e6,
        "bound": bound / 1e6,
        "gap": round(gap, 9),
        "searched": desk.visited,
    }


def _grouping(entry: dict[str, Any], desk: Desk, constraints: Constraints, report: Report) -> int:
    """Check the partition, every joint unit, attachment and capacity; return the cost in 1e-6."""
    at = entry["id"]
    f = desk.formation
    times: Counter[str] = Counter()
    total = 0
    places: Counter[str] = Counter()
    seats: Counter[str] = Counter()
    for g in entry["joint"]:
        members = g["organizations"]
        times.update(members)
        strange = [c for c in members if c not in desk.position]
        if strange or len(set(members)) != len(members):
            report.add(
                "not_small", at, strange or members,
                f"{at}: a joint unit holds {', '.join(strange or members)}, which is not a small organization of it",
                f"{at}：联合组建中的 {'、'.join(strange or members)} 不是该台账单位的小微组织",
            )  # fmt: skip
            continue
        m = desk.members(members)
        if not 2 <= len(members) <= f.max_organizations or not f.min_members <= m <= f.max_members:
            report.add(
                "wrong_size", at, members,
                f"{at}: {len(members)} organizations with {m} formal members are no joint unit",
                f"{at}：{len(members)} 个组织、{m} 名正式党员不构成联合党组织",
            )  # fmt: skip
        method, cost = desk.cost(members, constraints)
        if cost is None:
            report.add(
                "no_method", at, members,
                f"{at}: no method of the plan joins {', '.join(members)}",
                f"{at}：{'、'.join(members)} 不符合任何一种联建方式",
            )  # fmt: skip
            continue
        total += cost
        if method != g.get("method"):
            report.add(
                "wrong_method", at, members,
                f"{at}: method is stated as {g.get('method')}, the cheapest that applies is {method}",
                f"{at}：所列方式为 {g.get('method')}，适用的最低成本方式为 {method}",
            )  # fmt: skip
        _same_cost(report, at, members, g["cost"], cost)
        stated = (g.get("formal_members"), g.get("fragile"))
        if stated != (m, m == f.min_members):
            report.add(
                "wrong_members", at, members,
                f"{at}: formal_members and fragile are stated as {stated}, they are {m} and {m == f.min_members}",
                f"{at}：正式党员数与脆弱标记所列为 {stated}，应为 {m} 与 {m == f.min_members}",
            )  # fmt: skip
        _allowed(report, at, members, None, constraints)
    for a in entry["attached"]:
        who, unit = a["organization"], a["unit"]
        times[who] += 1
        cost = desk.attach(who, unit, constraints) if who in desk.position else None
        if cost is None:
            report.add(
                "not_attachable", at, (who,),
                f"{at}: {who} can't be attached to {unit}", f"{at}：{who} 不能挂靠 {unit}",
            )  # fmt: skip
            continue
        total += cost
        places[unit] += 1
        seats[unit] += desk.members([who])
        _same_cost(report, at, (who,), a["cost"], cost)
        _allowed(report, at, [who], unit, constraints)
    for unit, n in sorted(places.items()):
        free = desk.free(unit)
        if n > free[0] or seats[unit] > free[1]:
            report.add(
                "over_capacity", at, (),
                f"{at}: {unit} has {free[0]} places and {free[1]} seats free and is given {n} and {seats[unit]}",
                f"{at}：{unit} 余 {free[0]} 个单位名额、{free[1]} 个党员名额，却安排了 {n} 与 {seats[unit]}",
            )  # fmt: skip
    for x in entry["uncovered"]:
        who = x["organization"]
        times[who] += 1
        if who in desk.position:
            total += desk.alone(who, constraints)
            _allowed(report, at, [who], None, constraints)
    for who in desk.small:
        if times[who] != 1:
            report.add(
                "not_once", at, (who,),
                f"{at}: {who} stands {times[who]} times in joint, attached and uncovered", f"{at}：{who} 出现 {times[who]} 次",
            )  # fmt: skip
    for who in sorted(set(times) - set(desk.small)):
        report.add(
            "not_small", at, (who,),
            f"{at}: {who} is not a small organization of it", f"{at}：{who} 不是该台账单位的小微组织",
        )  # fmt: skip
    for accepted in constraints.accepted:
        if not any(set(g["organizations"]) == set(accepted) for g in entry["joint"]):
            report.add(
                "not_accepted", at, accepted,
                f"{at}: the accepted unit of {', '.join(accepted)} is not in the plan", f"{at}：已确认的联合党组织不在方案中",
            )  # fmt: skip
    return total


def _same_cost(report: Report, at: str, who: Sequence[str], stated: float, cost: int) -> None:
    if abs(stated - cost / 1e6) > FLAT:
        report.add(
            "wrong_cost", at, who,
            f"{at}: the cost of {', '.join(who)} is stated as {stated} and comes to {cost / 1e6:.6f}",
            f"{at}：{'、'.join(who)} 的成本所列 {stated}，实为 {cost / 1e6:.6f}",
        )  # fmt: skip


def _allowed(
    report: Report, at: str, members: Sequence[str], unit: str | None, constraints: Constraints
) -> None:
    broken = constraints.broken(members, unit)
    if broken:
        report.add(
            "against_decision", at, members,
            f"{at}: {', '.join(members)} goes against {broken}", f"{at}：{'、'.join(members)} 违反 {broken}",
        )  # fmt: skip


def _lists(entry: dict[str, Any], desk: Desk, report: Report) -> None:
    """Separate, split and work-coverage lists are what the rules give, no more and no less."""
    at = entry["id"]
    split = [c for x in entry["split"] for c in x.get("organizations") or [x.get("organization")]]
    for key, stated, mine in (
        ("separate", [x["organization"] for x in entry["separate"]], desk.separate),
        ("split", split, desk.split),
        ("work_coverage", [x["organization"] for x in entry["work_coverage"]], desk.zero),
    ):
        if Counter(stated) != Counter(mine):
            wrong = sorted((Counter(stated) - Counter(mine)) + (Counter(mine) - Counter(stated)))
            report.add(
                f"wrong_{key}", at, wrong,
                f"{at}: {key} differs from the rules in {', '.join(wrong[:5])}", f"{at}：{key} 与规则不符：{'、'.join(wrong[:5])}",
            )  # fmt: skip


def _certificate(
    entry: dict[str, Any], desk: Desk, constraints: Constraints, report: Report
) -> int:
    """Check every condition on the prices; return the bound in 1e-6 that they give."""
    at = entry["id"]
    if entry.get("status") == "not_started":
        return 0
    free_small = [c for c in desk.small if c not in constraints.settled]
    strange = sorted(set(entry["prices"]) - set(free_small))
    absent = sorted(set(free_small) - set(entry["prices"]))
    if strange or absent:
        report.add(
            "wrong_prices", at, strange + absent,
            f"{at}: prices are not those of its small organizations ({', '.join((strange + absent)[:5])})",
            f"{at}：价格表与小微组织不一致（{'、'.join((strange + absent)[:5])}）",
        )  # fmt: skip
    price = {c: _micro(entry["prices"].get(c, 0.0), down=True) for c in free_small}
    for c, p in price.items():
        cap = desk.alone(c, constraints)
        if p > cap:
            report.add(
                "price_above_cap", at, (c,),
                f"{at}: the price of {c} is {p / 1e6}, above {cap / 1e6}", f"{at}：{c} 的价格 {p / 1e6} 超过 {cap / 1e6}",
            )  # fmt: skip
    cuts = []
    for cut in entry["cuts"]:
        three = cut["organizations"]
        value = _micro(cut["price"], down=False)
        if len(set(three)) != 3 or not set(three) <= set(free_small) or value < 0:
            report.add(
                "wrong_cut",
                at,
                three,
                f"{at}: a cut is not three organizations at a price of 0 or more",
                f"{at}：割平面不合规",
            )
            continue
        cuts.append((three, value))
    unit_prices = {}
    for unit, q in entry["unit_prices"].items():
        pair = (_micro(q["places"], down=False), _micro(q["seats"], down=False))
        if min(pair) < 0 or unit not in desk.hosts:
            report.add(
                "wrong_unit_price",
                at,
                (),
                f"{at}: the price of {unit} is negative or of no host",
                f"{at}：{unit} 的价格不合规",
            )
            continue
        unit_prices[unit] = pair
    for who, unit, cost in desk.attachments(free_small, constraints):
        q, r = unit_prices.get(unit, (0, 0))
        if price[who] > cost + q + desk.members([who]) * r:
            report.add(
                "attachment_undercuts", at, (who,),
                f"{at}: attaching {who} to {unit} is cheaper than its price", f"{at}：{who} 挂靠 {unit} 的成本低于其价格",
            )  # fmt: skip
            break
    worst = desk.undercut(price, cuts, constraints)
    if worst is not None:
        members, worth, cost = worst
        report.add(
            "group_undercuts", at, members,
            f"{at}: {', '.join(members)} cost {cost / 1e6:.6f} together, less than their prices {worth / 1e6:.6f}",
            f"{at}：{'、'.join(members)} 联建成本 {cost / 1e6:.6f}，低于其价格合计 {worth / 1e6:.6f}",
        )  # fmt: skip
    bound = sum(price.values()) - sum(v for _, v in cuts) + constraints.accepted_cost
    for unit, (q, r) in unit_prices.items():
        places, seats = desk.free(unit)
        bound -= q * places + r * seats
    return bound


def _micro(value: float, *, down: bool) -> int:
    """Return a stated price in 1e-6; what is no multiple of it is taken against the certificate."""
    scaled = value * 1e6
    nearest = round(scaled)
    if abs(scaled - nearest) < 1e-3:
        return nearest
    # Prices of organizations raise the bound, all others lower it: round each to the certificate's disadvantage.
    return math.ceil(scaled) if down else math.floor(scaled)

"""A plan file that is continued: what it is of, and whether it costs what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.errors import PlanError
from graph.formation.planfile import terms_of
from graph.formation.result import MICRO
from graph.formation.scope import ledger_units
from graph.model import parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.city import City
    from graph.formation.problem import LedgerUnit, Problem
    from graph.store.base import Store

Plan = dict[str, Any]


def scope_of(plan: Plan, city: City, within: Sequence[str] | None, named: str) -> list[str] | None:
    """Return what a plan that continues another is of: what is asked for, else what the former one is of.

    Parameters
    ----------
    within : sequence of str or None
        Divisions or ledger units that are asked for.
    named : str
        What the former plan is called in the message: its file.

    Raises
    ------
    PlanError
        The former plan is of a part of the city, and some of what is asked for lies outside it.
    """
    whole: list[str] | None = plan.get("scope")
    if not within or whole is None:
        return list(within) if within else whole
    held = {str(e["id"]) for e in plan["ledger_units"]} | set(ledger_units(city, whole))
    outside = [unit for unit in ledger_units(city, within) if unit not in held]
    if outside:
        some, more = outside[:4], " …" if len(outside) > 4 else ""
        raise PlanError(
            f"--in: the plan {named} is of {', '.join(whole)} only, and {', '.join(some)}{more} lies outside it; give a part"
            " of it, or plan the rest without --from",
            f"--in：方案 {named} 只含 {'、'.join(whole)}，{'、'.join(some)}{' 等' if more else ''} 不在其中；"
            "请给出其中的一部分，或不带 --from 另作方案",
        )
    return list(within)


def refuse_falsified(plan: Plan, store: Store, profile: str, named: str) -> None:
    """Refuse a plan whose costs are not those of its joint units, attachments and uncovered organizations.

    Where the store has changed since the plan was made, only its sums can be told.

    Parameters
    ----------
    profile : str
        Name or file of the profile that gives what the plan does not state.
    named : str
        What the plan is called in the message: its file.

    Raises
    ------
    PlanError
        Naming the ledger unit, what the plan states and what it comes to.
    """
    from graph.city import City
    from graph.formation.problem import build

    date = parse_date(str(plan["as_of"]))
    rules, decisions, previous = terms_of(plan, profile)
    wrong: tuple[str, float, float] | None = None
    if plan.get("input_fingerprint") == store.fingerprint(date):
        city = City(store, rules, date)
        ids = [str(e["id"]) for e in plan["ledger_units"]]
        known = set(map(str, city.ledger_units.index))
        problem = build(city, [x for x in ids if x in known], decisions, previous)
        units = {u.id: u for u in problem.units}
        for entry in plan["ledger_units"]:
            unit = units.get(str(entry["id"]))
            wrong = wrong or (_wrong_cost(problem, unit, entry) if unit is not None else None)
    for entry in plan["ledger_units"]:
        wrong = wrong or _wrong_sum(entry, rules.formation)
    if wrong is not None:
        what, stated, value = wrong
        raise PlanError(
            f"plan {named}: states {stated:,.6f} as the cost of {what}, which comes to {value:,.6f}; it was altered:"
            f" `lianjian verify {named}` tells what is wrong, plan again without --from",
            f"方案 {named}：{what} 的成本写作 {stated:,.6f}，实为 {value:,.6f}，方案已被改动；"
            f"可用 `lianjian verify {named}` 查看，请不带 --from 重新生成",
        )


def _wrong_cost(problem: Problem, unit: LedgerUnit, entry: Plan) -> tuple[str, float, float] | None:
    """Return the first column that costs otherwise than stated: (what, stated, value)."""
    from graph.formation.questions.standing import Standing

    found = Standing(problem, unit, entry)
    for codes, stated, cost in found.costs():
        if round(stated * MICRO) != cost:
            return ", ".join(codes), stated, cost / MICRO
    return None


def _wrong_sum(entry: Plan, formation: Any) -> tuple[str, float, float] | None:
    """Return where an entry's objective is not the sum of its parts: (ledger unit, stated, sum)."""
    alone = [u["organization"] for u in entry["uncovered"]]
    moved = {m["organization"] if isinstance(m, dict) else m for m in entry.get("moved") or ()}
    total = sum(x["cost"] for kind in ("joint", "attached") for x in entry[kind])
    total += formation.uncovered * len(alone)
    total += formation.moved * sum(code in moved for code in alone)
    stated = float(entry["objective"])
    if abs(stated - total) * MICRO >= 0.5:
        return str(entry["id"]), stated, float(total)
    return None

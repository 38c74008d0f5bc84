"""Plan files that are read again: to be continued, explained or compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import PlanError
from graph.formation.decisions import FORMAT, WORDS, Decisions, Previous
from graph.formation.result import PARAMETERS
from graph.formation.verify import load_plan
from graph.model import parse_date

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Store

Plan = dict[str, Any]
ENOUGH = 100_000
"""Names of organizations in a plan that are looked for in a store, to tell whose it is: another city's shows long before."""


def read_plan(path: Path) -> Plan:
    """Read a plan file; ``PlanError`` where it is none, or where it is damaged: then the message says where."""
    plan = load_plan(path)
    if plan.get("format") != FORMAT:
        raise PlanError(
            f"plan {path}: its format is {str(plan.get('format'))[:40]}, this program reads {FORMAT}: update it, or plan again",
            f"方案 {path}：格式为 {str(plan.get('format'))[:40]}，本程序读取 {FORMAT}：请更新程序或重新生成方案",
        )
    try:
        where = "as_of"
        parse_date(str(plan["as_of"]))
        where = "ledger_units"
        if not isinstance(plan["ledger_units"], list):
            raise TypeError
        for number, entry in enumerate(plan["ledger_units"]):
            where = f"ledger_units[{number}]"
            _refuse_unsound(entry)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # a key of the format is named; a value, which may hold anything, is not
        key = f".{error.args[0]}" if isinstance(error, KeyError) and error.args else ""
        raise PlanError(
            f"plan {path}: it is damaged at {where}{key} (absent, or not as a plan has it); give a whole copy, or make it again",
            f"方案 {path}：{where}{key} 处损坏（缺失或格式不符）；请改用完整的文件，或重新生成",
        ) from None
    return plan


def _refuse_unsound(entry: Plan) -> None:
    """Raise KeyError, TypeError or ValueError where an entry lacks what is read of it, or has it of another type."""

    def texts(*values: Any) -> None:
        if not all(isinstance(v, str) for v in values):
            raise TypeError

    def numbers(*values: Any) -> None:
        if not all(isinstance(v, int | float) and math.isfinite(v) for v in values):
            raise TypeError

    texts(entry["id"], entry["status"], *entry["prices"])
    numbers(entry["objective"], entry["bound"], entry["gap"], *entry["prices"].values())
    for price in entry["unit_prices"].values():
        numbers(price["places"], price["seats"])
    for cut in entry["cuts"]:
        a, b, c = cut["organizations"]
        texts(a, b, c)
        numbers(cut["price"])
    for g in entry["joint"]:
        texts(*g["organizations"])
        numbers(g["cost"])
    for a in entry["attached"]:
        texts(a["organization"], a["unit"])
        numbers(a["cost"])
    for kind in ("uncovered", "separate", "work_coverage"):
        texts(*(x["organization"] for x in entry[kind]))
    for s in entry["split"]:
        texts(s["unit"], *s["organizations"])


def terms_of(plan: Plan, profile: str) -> tuple[Profile, Decisions, Previous | None]:
    """Return what a plan was made under: a profile with its parameters, the decisions it keeps, the plan it continues.

    Parameters
    ----------
    profile : str
        Name or file of the profile that gives what a plan does not state.

    Raises
    ------
    ProfileError
        A parameter is none that a profile takes.
    """
    from graph.policy.profile import load

    settings = load(profile).settings
    stated = {
        k: v
        for k, v in (plan.get("parameters") or {}).items()
        if k in settings and (settings[k].section == "formation" or k in PARAMETERS)
    }
    decided = plan.get("constraints") or {}
    pin, forbid, accept = (tuple(tuple(s) for s in decided.get(word, ())) for word in WORDS)
    decisions = Decisions(pin, forbid, accept)
    before = plan.get("previous")
    previous = None
    if before is not None:
        previous = Previous(
            tuple(tuple(g["organizations"]) for g in before["joint"]),
            {a["organization"]: a["unit"] for a in before["attached"]},
        )
    return load(profile, stated or None), decisions, previous


def refuse_other_city(plan: Plan, store: Store, named: str) -> None:
    """Refuse a plan most of whose organizations are not in the store: whatever is said of it here is said of another city.

    Parameters
    ----------
    named : str
        What the plan is called in the message: its file.

    Raises
    ------
    PlanError
        Naming some of the organizations.
    """
    error = other_city(plan, store, named)
    if error is not None:
        raise error


def other_city(plan: Plan, store: Store, named: str) -> PlanError | None:
    """Return what to say of a plan that is another city's, ``None`` where most of its organizations are in the store.

    The store's latest date is asked, whatever the plan's: organizations come and go, but a city's codes stay its own.

    Parameters
    ----------
    plan : dict
        Any object: what a damaged plan lacks is for others to say.
    named : str
        What the plan is called: its file.
    """
    codes = list(dict.fromkeys(islice(_codes(plan), ENOUGH)))
    known = set(store.frame("organization", columns=[], of=codes)["key"])
    strange = [c for c in codes if c not in known]
    if len(strange) * 2 <= len(codes):
        return None
    some = strange[:3]
    return PlanError(
        f"plan {named}: {len(strange):,} of its {len(codes):,} organizations are not in this store ({', '.join(some)} …):"
        " it is the plan of another city; give the one made from this store, or name its store with --store",
        f"方案 {named}：其中 {len(codes):,} 家单位有 {len(strange):,} 家不在本库中（{'、'.join(some)} 等），"
        "应为其他城市的方案；请给出由本库生成的方案，或用 --store 指定其数据库",
    )


def _codes(plan: Plan) -> Iterator[str]:
    """Yield the organizations that a plan names, as far as it is sound."""
    for entry in _dicts(plan.get("ledger_units")):
        prices = entry.get("prices")
        yield from prices if isinstance(prices, dict) else ()
        for kind in ("joint", "split"):
            for one in _dicts(entry.get(kind)):
                some = one.get("organizations")
                yield from (c for c in some if isinstance(c, str)) if isinstance(some, list) else ()
        for kind in ("attached", "separate", "work_coverage", "uncovered"):
            for one in _dicts(entry.get(kind)):
                if isinstance(one.get("organization"), str):
                    yield one["organization"]


def _dicts(found: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list; of anything else nothing."""
    if isinstance(found, Iterable) and not isinstance(found, str | bytes | dict):
        yield from (one for one in found if isinstance(one, dict))

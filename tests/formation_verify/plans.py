"""Plans that are right, made without the planner: the oracle's optimum, with prices from a linear program over all columns."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from scipy.optimize import linprog

from graph.affiliation.expected import superior_for
from graph.city import City
from graph.model import iso
from graph.policy.profile import Profile
from graph.store.base import Store
from tests.formation import oracle

FORMS = {"leading_firm": "龙头带建", "area": "区域联建", "trade": "同业共建"}


def plan_of(
    store: Store,
    profile: Profile,
    as_of: int,
    constraints: Mapping[str, Any] | None = None,
    previous: Mapping[str, Any] | None = None,
    cuts: int = 6,
) -> dict[str, Any]:
    """Return a plan of the whole city: optimal groups and the best prices there are, with up to so many cuts a ledger unit."""
    reading = oracle.read(store, profile, as_of)
    ids = sorted({o["ledger_unit"] for o in reading.organizations.values()} - {None})
    entries = [_entry(reading, i, constraints, previous, cuts) for i in ids]
    # whom the audit expects: the verifier reads that for itself
    asked = City(store, profile, as_of)
    for entry in entries:
        for x in entry["joint"]:
            x["superior"] = superior_for(asked, x["organizations"])
        for x in entry["separate"]:
            x["superior"] = superior_for(asked, [x["organization"]])
    objective = sum(round(e["objective"] * 1e6) for e in entries)
    bound = sum(round(e["bound"] * 1e6) for e in entries)
    return {
        "format": "lianjian.plan/1",
        "profile": profile.name,
        "as_of": iso(as_of),
        "parameters": {},
        "seed": 0,
        "versions": {},
        "input_fingerprint": store.fingerprint(as_of),
        "constraints": dict(constraints or {}),
        "previous": previous,
        "totals": {
            "objective": objective / 1e6,
            "bound": bound / 1e6,
            "gap": (objective - bound) / objective if objective else 0.0,
        },
        "ledger_units": entries,
    }


def _entry(
    reading: oracle.Reading,
    ledger_unit: str,
    constraints: Mapping[str, Any] | None,
    previous: Mapping[str, Any] | None,
    cuts: int,
) -> dict[str, Any]:
    lists = reading.lists(ledger_unit)
    best = oracle.optimum(reading, ledger_unit, constraints, previous)
    assert best.objective is not None
    columns, fixed = reading.columns(ledger_unit, constraints, previous)
    settled = {c for column in fixed for c in column.organizations}
    open_ = [c for c in lists["small"] if c not in settled]
    prices, cut_prices, host_prices = certificate(reading, open_, columns, cuts)
    bound = sum(prices.values()) - sum(cut_prices.values()) + sum(c.cost for c in fixed)
    for unit, (q, r) in host_prices.items():
        places, seats = reading.free(unit)
        bound -= q * places + r * seats
    split: dict[str, list[str]] = {}
    for unit, code in lists["split"]:
        split.setdefault(unit, []).append(code)
    cost = best.objective
    return {
        "id": ledger_unit,
        "name": ledger_unit,
        "status": "optimal",
        "objective": cost / 1e6,
        "bound": bound / 1e6,
        "gap": (cost - bound) / cost if cost else 0.0,
        "prices": {c: p / 1e6 for c, p in prices.items()},
        "cuts": [
            {"organizations": list(t), "price": v / 1e6} for t, v in sorted(cut_prices.items())
        ],
        "unit_prices": {
            u: {"places": q / 1e6, "seats": r / 1e6} for u, (q, r) in host_prices.items()
        },
        "joint": [_joint(reading, c) for c in best.groups if c.kind == "joint"],
        "attached": [
            {
                "organization": c.organizations[0],
                "unit": c.unit,
                "cost": c.cost / 1e6,
                "clauses": ["S28", "S29"],
                "why": {},
            }
            for c in best.groups
            if c.kind == "attached"
        ],
        "separate": [
            {
                "organization": c,
                "superior": None,
                "formal_members": reading.m(c),
                "clauses": ["S25"],
            }
            for c in lists["separate"]
        ],
        "split": [
            {"unit": u, "organizations": some, "clauses": ["S26"]} for u, some in split.items()
        ],
        "work_coverage": [
            {"organization": c, "means": "指导员", "why": {}} for c in lists["work_coverage"]
        ],
        "uncovered": [
            {"organization": c.organizations[0], "reason": "无合适单位", "fallback": "派驻帮建"}
            for c in best.groups
            if c.kind == "uncovered"
        ],
    }


def _joint(reading: oracle.Reading, column: oracle.Column) -> dict[str, Any]:
    who, method = column.organizations, str(column.method)
    at = [set(reading.organizations[c]["at"].items()) for c in who]
    places = {key for _, key in set.intersection(*at) if key is not None}
    leaders = set.intersection(*(reading.leaders.get(c, set()) for c in who))
    allied = set.intersection(*(reading.associations.get(c, set()) for c in who))
    anchors = {"leading_firm": leaders, "trade": allied}.get(method, places)
    m = sum(reading.m(c) for c in who)
    return {
        "id": "NEW-" + hashlib.sha256(";".join(sorted(who)).encode()).hexdigest()[:8],
        "organizations": list(who),
        "method": method,
        "form": FORMS.get(method) or ("区域联建" if places else "同业共建"),
        "anchor": min(anchors, default=None),
        "superior": None,
        "formal_members": m,
        "fragile": m == reading.f.min_members,
        "cost": column.cost / 1e6,
        "clauses": ["S28", "S29"],
        "why": {},
    }


def certificate(
    reading: oracle.Reading, open_: list[str], columns: list[oracle.Column], cuts: int
) -> tuple[dict[str, int], dict[tuple[str, ...], int], dict[str, tuple[int, int]]]:
    """Return (p, σ by triple, (q, r) by host) in 1e-6, valid after rounding: the dual of the columns' linear program."""
    if not open_:
        return {}, {}, {}
    hosts = sorted({c.unit for c in columns if c.unit})
    chosen: list[tuple[str, ...]] = []
    p_, s_, q_, r_ = _dual(reading, open_, columns, hosts, chosen)
    if cuts and len(open_) >= 3:
        # triples that the worst columns hold two of; which ones matters little here
        triples: list[tuple[str, ...]] = list(combinations(open_, 3))
        step = max(1, len(triples) // cuts)
        chosen = triples[::step][:cuts]
        p_, s_, q_, r_ = _dual(reading, open_, columns, hosts, chosen)
    # the solver's tolerance may leave a condition broken by a hair: lower all prices by what any lacks
    p = {c: down(v) for c, v in zip(open_, p_, strict=True)}
    sigma = {t: up(v) for t, v in zip(chosen, s_, strict=True)}
    host = {u: (up(q), up(r)) for u, q, r in zip(hosts, q_, r_, strict=True)}
    over = max([0, *(_excess(reading, c, p, sigma, host) for c in columns)])
    return {c: v - over for c, v in p.items()}, sigma, {u: v for u, v in host.items() if any(v)}


def down(value: float) -> int:
    """Return a price in 1e-6, rounded down."""
    return math.floor(value * 1e6 - 1e-4)


def up(value: float) -> int:
    """Return a price in 1e-6, rounded up."""
    return max(0, math.ceil(value * 1e6 - 1e-4))


def _excess(
    reading: oracle.Reading,
    column: oracle.Column,
    p: dict[str, int],
    sigma: dict[tuple[str, ...], int],
    host: dict[str, tuple[int, int]],
) -> int:
    worth = sum(p[c] for c in column.organizations)
    if column.kind == "joint":
        held = set(column.organizations)
        worth -= sum(v * (len(held & set(t)) // 2) for t, v in sigma.items())
    if column.unit:
        q, r = host[column.unit]
        worth -= q + r * reading.m(column.organizations[0])
    return worth - column.cost


def _dual(
    reading: oracle.Reading,
    open_: list[str],
    columns: list[oracle.Column],
    hosts: list[str],
    triples: list[tuple[str, ...]],
) -> tuple[Any, Any, Any, Any]:
    """Maximise Σp − Σσ − Σ(q·places + r·seats) subject to the conditions on every column."""
    n, t, h = len(open_), len(triples), len(hosts)
    at = {c: x for x, c in enumerate(open_)}
    a = np.zeros((len(columns), n + t + 2 * h))
    for row, column in enumerate(columns):
        a[row, [at[c] for c in column.organizations]] = 1
        if column.kind == "joint":
            held = set(column.organizations)
            for x, triple in enumerate(triples):
                a[row, n + x] = -(len(held & set(triple)) // 2)
        if column.unit:
            u = hosts.index(column.unit)
            a[row, n + t + u] = -1
            a[row, n + t + h + u] = -reading.m(column.organizations[0])
    free = [reading.free(u) for u in hosts]
    c = np.concatenate(
        [-np.ones(n), np.ones(t), [places for places, _ in free], [seats for _, seats in free]]
    )
    caps = [
        next(
            (x.cost / 1e6 for x in columns if x.kind == "uncovered" and x.organizations == (o,)),
            10.0,
        )
        for o in open_
    ]
    bounds = [(-100.0, cap) for cap in caps] + [(0, None)] * (t + 2 * h)
    found = linprog(c, A_ub=a, b_ub=[x.cost / 1e6 for x in columns], bounds=bounds, method="highs")
    assert found.status == 0, found.message
    x = found.x
    return x[:n], x[n : n + t], x[n + t : n + t + h], x[n + t + h :]

"""Two plans of the same ledger units side by side: what a changed value, or a plan continued, makes of them."""

from __future__ import annotations

from typing import Any

Plan = dict[str, Any]
FIGURES = (
    "small",
    "covered",
    "uncovered",
    "joint_units",
    "attached",
    "objective",
    "covered_cost",
    "gap",
)
"""Totals that are compared."""


def compare(before: Plan, after: Plan) -> dict[str, Any]:
    """Return the difference between two plans, over the ledger units that both hold.

    Returns
    -------
    dict
        ``{ledger_units, changed {key: {before, after}}, figures {name: {before, after, difference}}, newly_covered[],
        no_longer_covered[], settled[], elsewhere, units {same, only_before, only_after}}``. ``changed`` are parameters;
        ``settled`` are organizations of the first plan that the second has none to plan for: they are covered, form a unit of
        their own, or left. ``elsewhere`` counts those covered in both plans, but not with the same companions or unit.
    """
    common = sorted(_ids(before) & _ids(after))
    a, b = _places(before, common), _places(after, common)
    held_a = {c for c, place in a.items() if place is not None}
    held_b = {c for c, place in b.items() if place is not None}
    units_a, units_b = {a[c] for c in held_a}, {b[c] for c in held_b}
    figures = {
        name: (_figure(before, common, name), _figure(after, common, name)) for name in FIGURES
    }
    return {
        "ledger_units": len(common),
        "changed": _changed(before, after),
        "figures": {
            name: {"before": x, "after": y, "difference": round(y - x, 9)}
            for name, (x, y) in figures.items()
        },
        "newly_covered": sorted(held_b - held_a),
        "no_longer_covered": sorted((held_a - held_b) & b.keys()),
        "settled": sorted(a.keys() - b.keys()),
        "elsewhere": sum(a[c] != b[c] for c in held_a & held_b),
        "units": {
            "same": len(units_a & units_b),
            "only_before": len(units_a - units_b),
            "only_after": len(units_b - units_a),
        },
    }


def _ids(plan: Plan) -> set[str]:
    return {str(e["id"]) for e in plan["ledger_units"]}


def _entries(plan: Plan, ids: list[str]) -> list[dict[str, Any]]:
    wanted = set(ids)
    return [e for e in plan["ledger_units"] if e["id"] in wanted]


def _places(plan: Plan, ids: list[str]) -> dict[str, tuple[str, ...] | None]:
    """Return where each small organization is: its joint unit's members, (organization, unit), or ``None``."""
    out: dict[str, tuple[str, ...] | None] = {}
    for e in _entries(plan, ids):
        for g in e["joint"]:
            out.update(dict.fromkeys(g["organizations"], tuple(g["organizations"])))
        for a in e["attached"]:
            out[a["organization"]] = ("@", a["organization"], a["unit"])
        for u in e["uncovered"]:
            out[u["organization"]] = None
    return out


def _figure(plan: Plan, ids: list[str], name: str) -> float:
    entries = _entries(plan, ids)
    uncovered = sum(len(e["uncovered"]) for e in entries)
    grouped = sum(len(g["organizations"]) for e in entries for g in e["joint"])
    attached = sum(len(e["attached"]) for e in entries)
    objective = round(float(sum(e["objective"] for e in entries)), 6)
    if name == "gap":
        bound = float(sum(e["bound"] for e in entries))
        return round((objective - bound) / objective, 9) if objective else 0.0
    if name == "covered_cost":
        costs = [x["cost"] for e in entries for kind in ("joint", "attached") for x in e[kind]]
        return round(float(sum(costs)), 6)
    counts: dict[str, float] = {
        "small": grouped + attached + uncovered,
        "covered": grouped + attached,
        "uncovered": uncovered,
        "joint_units": sum(len(e["joint"]) for e in entries),
        "attached": attached,
        "objective": objective,
    }
    return counts[name]


def _changed(before: Plan, after: Plan) -> dict[str, dict[str, Any]]:
    a, b = before.get("parameters") or {}, after.get("parameters") or {}
    return {
        k: {"before": a.get(k), "after": b.get(k)}
        for k in sorted({*a, *b} - {"gap", "time"})
        if a.get(k) != b.get(k)
    }

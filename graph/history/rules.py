"""What other rules make of the same facts: two profiles over one city at one date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns import mask, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from graph.city import City
    from graph.policy.profile import Profile


def values(old: Profile, new: Profile) -> list[dict[str, Any]]:
    """Return the settings and deadlines that differ, with their clauses."""
    before, after = old.as_json(), new.as_json()
    out = []
    for key, setting in after["settings"].items():
        was = before["settings"].get(key)
        if was is None or was["value"] != setting["value"]:
            out.append(
                {
                    "key": f"{setting['section']}.{key}",
                    "clause": setting["clause"],
                    "before": None if was is None else was["value"],
                    "after": setting["value"],
                }
            )
    dates = before["deadlines"], after["deadlines"]
    for clause in sorted(dates[0].keys() | dates[1].keys()):
        was, now = (d.get(clause, []) for d in dates)
        if was != now:
            out.append(
                {"key": f"deadlines.{clause}", "clause": clause, "before": was, "after": now}
            )
    return out


def actions(old: City, new: City, within: Collection[str] | None) -> Iterator[dict[str, Any]]:
    """Yield the organizations whose action, place in the base or eligibility the rules change, by code."""
    a, b = old.organizations, new.organizations
    differ = texts(a["action"]) != texts(b["action"])
    for column in ("in_base", "eligible"):
        differ |= mask(a[column]) != mask(b[column])
    for i in np.flatnonzero(differ).tolist():
        code = str(b.index[i])
        if within is None or code in within:
            yield {
                "id": code,
                "before": _standing(a, i),
                "after": _standing(b, i),
            }


def _standing(organizations: Any, at: int) -> dict[str, Any]:
    row = organizations.iloc[at]
    return {
        "action": str(row["action"]),
        "in_base": bool(row["in_base"]),
        "eligible": bool(row["eligible"]),
    }


def rates(old: City, new: City, within: Collection[str] | None) -> list[dict[str, Any]]:
    """Return every coverage rate by both profiles."""
    from graph.coverage import Sets
    from graph.coverage import rates as rates_of

    found = []
    for city in (old, new):
        keys = city.organizations.index
        inside = None if within is None else np.asarray(keys.isin(list(within)), dtype=bool)
        found.append({r.as_json()["id"]: r.as_json() for r in rates_of(Sets.of(city), inside)})
    return [{"id": id_, "before": found[0][id_], "after": rate} for id_, rate in found[1].items()]

"""A plan as lists of work: what is formed, and a sheet a street or other ledger unit of what is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.texts import Texts
    from graph.city import City


def worklists(t: Texts, plan: dict[str, Any], city: City) -> list[Listing]:
    """Return an overview, the units to be formed, and a sheet for each ledger unit with something to do."""
    names = city.organizations["name"]
    units = city.units["name"]
    entries = [e for e in plan["ledger_units"] if any(e[k] for k in _WORK)]
    overview = Listing.of(
        t("plan.overview"),
        [
            Column("id", t("column.ledger_unit")),
            Column("name", t("column.name")),
            *(Column(k, t(f"plan.{k}"), "number") for k in _WORK),
            Column("objective", t("column.objective"), "number"),
            Column("gap", t("verify.gap"), "number"),
            Column("status", t("plan.status")),
        ],
        [
            {k: len(e[k]) for k in _WORK}
            | {k: e[k] for k in ("id", "name", "objective", "gap")}
            | {"status": t(f"status.{e['status']}")}
            for e in entries
        ],
    )
    columns = [
        Column("action", t("column.action")),
        Column("unit", t("column.unit")),
        Column("organizations", t("column.organizations")),
        Column("names", t("column.name")),
        Column("formal_members", t("plan.formal_members"), "number"),
        Column("form", t("plan.form")),
        Column("anchor", t("plan.anchor")),
        Column("superior", t("plan.superior")),
        Column("clauses", t("column.clauses")),
        Column("why", t("column.why")),
    ]

    def named(codes: list[str]) -> str:
        return "；".join(str(names.get(c, c)) for c in codes)

    def rows(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for g in entry["joint"]:
            yield g | {
                "action": t("plan.joint"), "unit": g["id"], "names": named(g["organizations"]),
                "why": _why(t, g["why"]),
            }  # fmt: skip
        for a in entry["attached"]:
            code = a["organization"]
            yield a | {
                "action": t("plan.attached"), "organizations": [code], "names": named([code]),
                "anchor": str(units.get(a["unit"], a["unit"])), "why": _why(t, a["why"]),
            }  # fmt: skip
        for s in entry["separate"]:
            code = s["organization"]
            yield s | {
                "action": t("plan.separate"),
                "organizations": [code],
                "names": named([code]),
            }
        for s in entry["split"]:
            left = s["remaining"]
            why = t(
                "plan.remaining",
                organizations=left["organizations"],
                members=left["formal_members"],
            )
            yield s | {"action": t("plan.split"), "names": named(s["organizations"]), "why": why}
        for u in entry["uncovered"]:
            code = u["organization"]
            why = f"{_why(t, u['reason'])}；{_why(t, u['fallback'])}"
            yield {
                "action": t("plan.uncovered"), "unit": u["fallback"]["unit"], "organizations": [code],
                "names": named([code]), "form": u["fallback"]["form"], "why": why,
            }  # fmt: skip
        for w in entry["work_coverage"]:
            code = w["organization"]
            yield w | {
                "action": t("plan.work_coverage"), "organizations": [code], "names": named([code]),
                "why": _why(t, w["why"]),
            }  # fmt: skip

    sheets = [
        Listing.of(f"{e['name']} {e['id'].partition(':')[2]}", columns, rows(e)) for e in entries
    ]
    return [overview, *_once(sheets)]


_WORK = ("joint", "attached", "separate", "split", "work_coverage", "uncovered")


def _why(t: Texts, text: dict[str, str]) -> str:
    return t.either(text["zh"], text["en"])


def _once(sheets: list[Listing]) -> list[Listing]:
    """Give sheets names that a workbook takes: different in their first 31 characters, case aside."""
    taken: set[str] = set()
    out = []
    for sheet in sheets:
        name, number = sheet.name[:31], 1
        while name.lower() in taken:
            number += 1
            name = f"{sheet.name[: 30 - len(str(number))]} {number}"
        taken.add(name.lower())
        out.append(Listing(name, sheet.columns, sheet.rows))
    return out

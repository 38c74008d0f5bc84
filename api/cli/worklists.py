"""A plan as lists of work: an overview, and a sheet a street or other ledger unit of what is left to do there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from viz.listing import SHEET_NAME, Column, Listing, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.texts import Texts
    from graph.city import City

WORK = ("joint", "attached", "separate", "split", "work_coverage", "uncovered")
"""What a ledger unit's entry lists, in the order of its sheet."""


def worklists(t: Texts, plan: dict[str, Any], city: City) -> list[Listing]:
    """Return an overview with sums, whom a continued plan moves, and a sheet for each ledger unit with something to do."""
    entries = [e for e in plan["ledger_units"] if any(e[k] for k in WORK)]
    rows = _Rows(t, city)
    sheets = [
        Listing.of(_title(e["name"], e["id"].partition(":")[2]), _columns(t), rows.of(e))
        for e in entries
    ]
    moved = [_moved(t, rows, plan)] if plan["totals"].get("moved") else []
    return [_overview(t, plan, entries), *moved, *_once(sheets)]


def _overview(t: Texts, plan: dict[str, Any], entries: list[dict[str, Any]]) -> Listing:
    rows = [
        {k: len(e[k]) for k in WORK}
        | {k: e[k] for k in ("id", "name", "objective")}
        | {"gap": e["gap"] if e["status"] != "not_started" else None}
        | {"status": t(f"status.{e['status']}")}
        for e in entries
    ]
    sums = Counter[str]()
    for row in rows:
        sums.update({k: row[k] for k in WORK})
    total = {
        "id": t("plan.sum"), "name": "", **{k: sums[k] for k in WORK}, "status": "",
        "objective": plan["totals"]["objective"],
        # what was not begun has no bound, and the sum no gap
        "gap": None if "not_started" in plan["totals"]["status"] else plan["totals"]["gap"],
    }  # fmt: skip
    return Listing.of(
        t("plan.overview"),
        [
            Column("id", t("column.ledger_unit")),
            Column("name", t("column.name"), width=24),
            *(Column(k, t(f"plan.{k}"), "number", 10) for k in WORK),
            Column("objective", t("column.objective"), "number"),
            Column("gap", t("verify.gap"), "number"),
            Column("status", t("plan.status"), width=10),
        ],
        [*rows, *([total] if rows else [])],
    )


def _columns(t: Texts) -> list[Column]:
    return [
        Column("number", t("plan.number"), "number", 5),
        Column("action", t("column.action"), width=9),
        Column("names", t("plan.names"), width=30),
        Column("organizations", t("plan.codes"), width=20),
        Column("formal_members", t("plan.formal_members"), "number", 9),
        Column("form", t("plan.form"), width=9),
        Column("anchor", t("plan.anchor"), width=14),
        Column("unit", t("plan.unit"), width=20),
        Column("superior", t("plan.superior"), width=20),
        Column("why", t("column.why"), width=38),
        Column("clauses", t("column.clauses"), width=8),
        Column("done", t("plan.done"), width=9),
        Column("remark", t("plan.remark"), width=10),
    ]


class _Rows:
    """Rows of sheets; codes come with names, for people read them."""

    def __init__(self, t: Texts, city: City) -> None:
        from graph.formation.wording import Names

        self.t = t
        self.city = city
        self.names = Names(city)
        self._m = city.organizations["m"]

    def of(self, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the rows of a ledger unit, numbered."""
        number = 0
        for kind in WORK:
            for x in entry[kind]:
                number += 1
                row: dict[str, Any] = getattr(self, f"_{kind}")(x)
                yield {"number": number, "action": self.t(f"plan.{kind}"), **row}

    def _who(self, codes: list[str]) -> dict[str, Any]:
        known = [int(m) for c in codes if (m := self._m.get(c)) is not None and m == m]
        return {
            "names": "\n".join(self.names.organization(c) for c in codes),
            "organizations": "\n".join(codes),
            "formal_members": sum(known),
        }

    def _unit(self, code: str | None) -> str | None:
        if code is None:
            return None
        name = self.names.unit(code)
        return code if name == code else f"{name}（{code}）"

    def _why(self, text: dict[str, str]) -> str:
        return self.t.either(text["zh"], text["en"])

    def _joint(self, g: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._who(g["organizations"]), "form": g["form"], "unit": g["id"],
            "anchor": None if g["anchor"] is None else self.names.anchor(g["anchor"]),
            "superior": self._unit(g["superior"]), "why": self._why(g["why"]),
            "clauses": g["clauses"],
        }  # fmt: skip

    def _attached(self, a: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._who([a["organization"]]), "form": a["form"], "unit": self._unit(a["unit"]),
            "why": self._why(a["why"]), "clauses": a["clauses"],
        }  # fmt: skip

    def _separate(self, s: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._who([s["organization"]]), "superior": self._unit(s["superior"]),
            "why": self.t("plan.enough", members=s["formal_members"]), "clauses": s["clauses"],
        }  # fmt: skip

    def _split(self, s: dict[str, Any]) -> dict[str, Any]:
        left = s["remaining"]
        why = self.t(
            "plan.remaining" if left["enough"] else "plan.remaining_few",
            organizations=left["organizations"], members=left["formal_members"],
        )  # fmt: skip
        return {
            **self._who(s["organizations"]), "unit": self._unit(s["unit"]), "why": why,
            "clauses": s["clauses"],
        }  # fmt: skip

    def _work_coverage(self, w: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._who([w["organization"]]), "why": self._why(w["why"]), "clauses": w["clauses"],
        }  # fmt: skip

    def _uncovered(self, u: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._who([u["organization"]]), "form": u["fallback"]["form"],
            "unit": self._unit(u["fallback"]["unit"]),
            "why": "\n".join(
                self._why(x) for x in (u["reason"], u["fallback"], u["relaxation"]["text"])
            ),
        }  # fmt: skip

    def moved(self, m: dict[str, Any]) -> dict[str, Any]:
        """Return one moved organization."""
        return {
            "organization": m["organization"],
            "name": self.names.organization(m["organization"]),
            "before": self._place(m["before"]),
            "after": self._place(m["after"]),
        }

    def _place(self, x: dict[str, Any]) -> str:
        unit = self._unit(x["unit"])
        return self.t(f"plan.{x['as']}") + (f" {unit}" if unit else "")


def _moved(t: Texts, rows: _Rows, plan: dict[str, Any]) -> Listing:
    columns = [
        Column("organization", t("plan.codes")),
        Column("name", t("column.name"), width=34),
        Column("before", t("plan.before"), width=34),
        Column("after", t("plan.after"), width=34),
    ]
    found = (rows.moved(m) for e in plan["ledger_units"] for m in e["moved"])
    return Listing.of(t("plan.moved_row"), columns, found)


def _title(name: str, code: str) -> str:
    """Return the name of a ledger unit's sheet: its code stays whole, and an office is not named twice."""
    if name == code or not code:
        return name
    return f"{shortened(name, SHEET_NAME - 1 - len(code))} {code}"


def _once(sheets: list[Listing]) -> list[Listing]:
    """Give sheets names that a workbook takes: short enough and different, case aside."""
    taken: set[str] = set()
    out = []
    for sheet in sheets:
        name, number = shortened(sheet.name), 1
        while name.lower() in taken:
            number += 1
            name = f"{shortened(sheet.name, SHEET_NAME - 1 - len(str(number)))} {number}"
        taken.add(name.lower())
        out.append(Listing(name, sheet.columns, sheet.rows))
    return out

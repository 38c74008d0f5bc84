"""A report on a terminal, and the rows behind one of its figures as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.tables.wording import place
from viz.listing import Column, Listing
from viz.report.wording import Words, percent, share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.cli.texts import Texts

_COUNTS = ("listed", "units", "separate", "joint", "none")


def parts(t: Texts, report: dict[str, Any]) -> Listing:
    """Return a report's parts: submitters of the bulletin, else ledgers."""
    w = Words(t.lang)
    kind = "city" if report["subject"]["kind"] == "city" else "other"
    columns = [
        Column("id", w("h.id")),
        Column("name", w(f"h.part.{kind}")),
        *(Column(n, w(f"h.{n}"), "number") for n in _COUNTS),
        Column("rate", w("h.coverage")),
    ]
    rows = []
    for p in report["parts"]:
        c = p["counts"]
        rate = percent(share(c["separate"] + c["joint"], c["units"]))
        rows.append([p["id"], w.part(p), *(c[n] for n in _COUNTS), rate])
    return Listing(w(f"t.parts.{kind}"), columns, rows)


def forms(t: Texts, report: dict[str, Any]) -> list[Listing]:
    """Return a report's statistical forms."""
    w = Words(t.lang)
    out = []
    for form in report["forms"]:
        columns = [Column("id", w("h.id")), Column("row", w("h.item"))]
        columns += [Column(c["id"], w.of(c), "number") for c in form["columns"]]
        rows = [[f"{form['line']}.{r['id']}", w.of(r), *r["values"]] for r in form["rows"]]
        out.append(Listing(w(f"form.{form['line']}"), columns, rows))
    return out


def circulated(t: Texts, report: dict[str, Any]) -> list[Listing]:
    """Return how far each district and the city have come as anybody may see it, and what is listed of them."""
    from graph.report.circulated import LISTED, PROGRESS
    from viz.report.circulated import dated, head, name, shared, told
    from viz.report.circulated import rows as parts_of

    w = Words(t.lang)
    out = []
    for title, categories in (("t.parts.circulated", PROGRESS), ("t.listed", LISTED)):
        columns = [Column("district", w("h.district"))]
        columns += [Column(c, head(w, c), "number") for c in categories]
        rows = []
        for part in parts_of(report):
            counts = [part["counts"][c] for c in categories]
            # a figure of the day is a number; one of an earlier date, and one that is not told, say so
            row = [
                name(w, part),
                *(told(f, report) if f is None or dated(f, report) else f["value"] for f in counts),
            ]
            if categories is PROGRESS:
                row.append(shared(part, "org_operating", report))
            rows.append(row)
        if categories is PROGRESS:
            columns.append(Column("rate", w("h.coverage")))
        out.append(Listing(w(title), columns, rows))
    return out


def rows(t: Texts, organizations: Iterable[dict[str, Any]]) -> Listing:
    """Return the organizations that a figure counts."""
    w = Words(t.lang)
    numbers = ("staff", "members", "probationary")
    names = (
        "code", "name", "line", "category", "status", "part", "ledger_unit", *numbers, "standing", "instructed", "units",
        "source",
    )  # fmt: skip
    heads = {n: f"h.{n}" for n in names} | {"units": "h.covering"}
    columns = [Column(n, w(heads[n]), "number" if n in numbers else "text") for n in names]

    def listed() -> Iterable[list[Any]]:
        for one in organizations:
            said = one | {
                "line": one["line"] and w(f"form.{one['line']}"),
                "standing": one["standing"] and w(f"standing.{one['standing']}"),
                "source": place(one["source"]) if one["source"] else None,
            }
            yield [said[n] for n in names]

    return Listing(w("sheet.rows"), columns, listed())

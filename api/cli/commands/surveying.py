"""Who is in the base and qualifies for what, and the rates that follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.asking import coverage as rates
from api.asking import survey as asking
from api.cli import chosen
from api.cli.figures import percent
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables import survey as tables
from api.tables.wording import place

if TYPE_CHECKING:
    from api.cli.texts import Texts
    from graph.coverage import Coverage


def survey(
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Tell who is in the base, who qualifies for what and by which clause, and which of the six clears are done."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("survey.working")):
        found = asking.survey(opened, rules, session.listed_date(opened), within)
        payload = found.as_json()
        totals = payload["totals"]
    lines = [
        t(
            "survey.line",
            base=f"{totals['in_base']:,}",
            organizations=f"{totals['organizations']:,}",
        ),
        t(
            "survey.clears",
            complete=f"{totals['clears_complete']:,}",
            base=f"{totals['in_base']:,}",
        ),
        *chosen.lines(t, payload["chosen"]),
    ]
    emit(
        session,
        payload,
        tables.survey(t, found, totals),
        lines,
    )
    return 0


def coverage(
    within: InOption = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="PLAN.json", help="coverage.plan")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="coverage.rows")] = False,
    definition: Annotated[
        str | None, typer.Option("--definition", metavar="ID", help="coverage.definition")
    ] = None,
    reported: Annotated[bool, typer.Option("--reported", help="coverage.reported")] = False,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Compute every coverage rate by its definition, side by side; with a plan, before and after it."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    planned = None
    if plan is not None:
        from graph.formation.verify import load_plan

        planned = load_plan(plan)
    with session.store() as opened, progress(t("coverage.working")):
        answer = rates.coverage(
            opened, rules, session.listed_date(opened), within, rows=rows, definition=definition,
            reported=reported, plan=planned, named=str(plan),
        )  # fmt: skip
        payload = answer.as_json()
        listings = [_definitions(t, payload), _parts(t, payload), _targets(t, payload)]
        listings += _annual(t, payload)
        if reported:
            listings.insert(0, _compared(t, payload["reported"]))
        if answer.rows:
            listings.insert(0, _rows(t, answer.found, definition))
        emit(session, payload, listings, _summary(t, payload, rules.coverage.side_by_side))
    return 0


def _definitions(t: Texts, payload: dict[str, Any]) -> Listing:
    planned = "plan" in payload
    columns = [
        Column("id", t("column.definition")),
        Column("text", t("column.meaning")),
        Column("numerator", t("column.numerator"), "number"),
        Column("denominator", t("column.denominator"), "number"),
        Column("rate", t("column.rate")),
        Column("goal", t("column.goal")),
        Column("gap", t("column.gap"), "number"),
    ]
    if planned:
        columns += [
            Column("after_numerator", t("column.after_numerator"), "number"),
            Column("after_rate", t("column.after_rate")),
            Column("after_gap", t("column.after_gap"), "number"),
        ]
    rows = []
    for d in payload["definitions"]:
        mark = "*" if d["default"] else ""
        row = [d["id"] + mark, d["text"][t.lang], d["numerator"], d["denominator"]]
        row += [_rate(d["rate"], d.get("goal")), _rate(d.get("goal")), d.get("gap")]
        if planned:
            after = d["after"]
            row += [after["numerator"], _rate(after["rate"], d.get("goal")), after.get("gap")]
        rows.append(row)
    return Listing(t("coverage.definitions"), columns, rows)


def _rate(rate: float | None, goal: float | None = None) -> str | None:
    """Return a rate in percent, ``None`` where its denominator is 0; one below its goal never reads as the goal."""
    return None if rate is None else percent(rate, marks=() if goal is None else (goal,))


def _parts(t: Texts, payload: dict[str, Any]) -> Listing:
    ids = [d["id"] for d in payload["definitions"]]
    columns = [
        Column("kind", t("column.kind")),
        Column("id", t("column.id")),
        Column("name", t("column.name")),
        Column("organizations", t("column.organizations"), "number"),
        *(Column(id_, id_) for id_ in ids),
    ]
    if "plan" in payload:
        columns += [Column(f"{i}_after", t("coverage.after", id=i)) for i in ids]
    rows = []
    for part in payload["by"]:
        of = {d["id"]: d for d in part["definitions"]}
        row = [t(f"coverage.by.{part['kind']}"), part["id"] or t("word.unknown"), part["name"]]
        row += [
            of["org_all"]["denominator"],
            *(_rate(of[i]["rate"], of[i].get("goal")) for i in ids),
        ]
        if "plan" in payload:
            row += [_rate(of[i]["after"]["rate"], of[i].get("goal")) for i in ids]
        rows.append(row)
    return Listing(t("coverage.parts"), columns, rows)


def _targets(t: Texts, payload: dict[str, Any]) -> Listing:
    columns = [
        Column("clause", t("column.clause")),
        Column("numerator", t("column.numerator"), "number"),
        Column("denominator", t("column.denominator"), "number"),
        Column("rate", t("column.rate")),
    ]
    rows = [
        [e["id"], e["numerator"], e["denominator"], _rate(e["rate"])] for e in payload["targets"]
    ]
    return Listing(t("coverage.targets"), columns, rows)


def _annual(t: Texts, payload: dict[str, Any]) -> list[Listing]:
    out = []
    for table in payload["annual"]:
        columns = [Column("row", t("column.item"))]
        columns += [Column(c["id"], c[t.lang], "number") for c in table["columns"]]
        rows = [[r[t.lang], *r["values"]] for r in table["rows"]]
        out.append(Listing(t("coverage.annual", line=t(f"line.{table['line']}")), columns, rows))
    return out


def _compared(t: Texts, rows: list[dict[str, Any]]) -> Listing:
    columns = [
        Column("office", t("column.office")),
        Column("period", t("column.period")),
        Column("date", t("column.date")),
        Column("reported", t("column.reported")),
        Column("definition", t("column.definition")),
        Column("numerator", t("column.numerator"), "number"),
        Column("denominator", t("column.denominator"), "number"),
        Column("rate", t("column.rate")),
        Column("agrees", t("column.agrees")),
    ]
    shown = [r | {n: _rate(r[n]) for n in ("reported", "rate")} for r in rows]
    return Listing.of(t("coverage.reported_title"), columns, shown)


def _rows(t: Texts, found: Coverage, definition: str | None) -> Listing:
    columns = [
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("ledger_unit", t("column.ledger_unit")),
        Column("counts", t("column.counts")),
        Column("why", t("column.why")),
        Column("counts_in", t("column.counts_in")),
        Column("counts_of", t("column.counts_of")),
        Column("units", t("column.units")),
        Column("source", t("column.source")),
    ]
    rows = (
        [
            r["code"], r["name"], r["ledger_unit"], t(f"coverage.counts.{r['counts']}"),
            t(f"coverage.why.{r['why']}"), r["counts_in"], r["counts_of"], r["units"],
            place(r["source"]) if r["source"] else None,
        ]
        for r in found.rows(definition)
    )  # fmt: skip
    return Listing(t("coverage.organizations"), columns, rows)


def _baseline_line(t: Texts, baseline: dict[str, Any]) -> str:
    if not baseline["frozen"]:
        return t("coverage.baseline")
    counts = {n: f"{baseline[n]:,}" for n in ("organizations", "added", "removed")}
    return t(
        "coverage.baseline_frozen",
        date=baseline["date"],
        fingerprint=baseline["fingerprint"][:12],
        **counts,
    )


def _summary(t: Texts, payload: dict[str, Any], most: float) -> list[str]:
    default = next(d for d in payload["definitions"] if d["default"])
    lines = [
        t(
            "coverage.line",
            id=default["id"],
            numerator=f"{default['numerator']:,}",
            denominator=f"{default['denominator']:,}",
            rate=_rate(default["rate"], default["goal"]) or "–",
            gap=f"{default['gap']:,}",
            goal=_rate(default["goal"]),
        )
    ]
    if payload["spread"] is not None and payload["spread"] > most:
        lines.append(t("coverage.spread", points=f"{payload['spread']:.1f}"))
    if payload["functional"]["organizations"]:
        key = "in" if payload["functional"]["counted"] else "out"
        lines.append(t(f"coverage.functional_{key}", n=payload["functional"]["organizations"]))
    if "plan" in payload:
        plan, after = payload["plan"], default["after"]
        lines.append(
            t(
                "coverage.after_line",
                added=f"{after['numerator'] - default['numerator']:,}",
                rate=_rate(after["rate"], default["goal"]) or "–",
                gap=f"{after['gap']:,}",
            )
        )
        if plan["unknown"]:
            some = ", ".join(plan["unknown"][:5])
            lines.append(t("coverage.unknown", n=len(plan["unknown"]), some=some))
        if plan["changed_since"]:
            lines.append(t("coverage.changed"))
    lines.append(_baseline_line(t, payload["baseline"]))
    return lines + chosen.lines(t, payload["chosen"])

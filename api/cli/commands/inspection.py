"""Ledgers held against external registers, and samples for inspection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.commands.wording import place
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
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.texts import Texts
    from graph.affiliation.registers import Entry

SEEDS = 2**31


def reconcile(
    register: Annotated[
        str | None, typer.Option("--register", metavar="NAME", help="reconcile.register")
    ] = None,
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Hold the ledgers against external registers: missing, extra, conflicting; exit 1 where they differ."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened:
        with progress(t("reconcile.working")):
            from graph.affiliation.facts import Facts
            from graph.affiliation.registers import Reconciliation
            from graph.city import City

            city = City(opened, rules, session.listed_date(opened))
            found = Reconciliation(Facts(city, opened), register, within)
            totals = found.totals()
        payload = {
            "as_of": iso(city.as_of),
            "in": within,
            "register": register,
            "registers": found.names,
            "entries": (entry.as_json() for entry in found),
            "totals": totals,
        }
        numbers = {verdict: f"{n:,}" for verdict, n in totals.items()}
        emit(
            session,
            payload,
            [_entries(t, found.names, found)],
            [t("reconcile.line", registers=len(found.names), **numbers)],
        )
    return 1 if len(found) else 0


def _entries(t: Texts, names: list[str], entries: Any) -> Listing:
    columns = [
        Column("code", t("column.id")),
        Column("verdicts", t("column.verdict")),
        Column("name", t("column.name")),
        Column("status", t("column.status")),
        Column("source", t("column.source")),
        *(Column(name, name) for name in names),
    ]

    def rows() -> Iterator[list[Any]]:
        entry: Entry
        for entry in entries:
            verdicts = ", ".join(t(f"verdict.{v}") for v in entry.verdicts)
            source = place(entry.source.as_json()) if entry.source else None
            said = [_said(t, register) for register in entry.registers]
            yield [entry.code, verdicts, entry.name, entry.status, source, *said]

    return Listing(t("reconcile.entries"), columns, rows())


def _said(t: Texts, register: dict[str, Any]) -> str | None:
    """Return what a register says of a code as one cell."""
    if register["listed"] is None:
        return None
    if not register["listed"]:
        return t("reconcile.lacks")
    parts = [p for p in (register["name"], register["status"]) if p]
    return " · ".join([*parts, place(register["source"])])


def sample(
    size: Annotated[int | None, typer.Option("--size", min=1, help="sample.size")] = None,
    share: Annotated[float | None, typer.Option("--share", help="sample.share")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=2**63 - 1, help="sample.seed")
    ] = None,
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Draw a random sample for inspection, stratified by ledger unit; the same seed draws it again."""
    import secrets

    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("sample.working")):
        from graph.city import City
        from graph.sample import draw

        city = City(opened, rules, session.listed_date(opened))
        chosen = secrets.randbelow(SEEDS) if seed is None else seed
        drawn = draw(city, chosen, size=size, share=share, within=within)
        o = city.organizations
        codes = [code for _, code in drawn]
        some = o.loc[codes, ["name", "address", "action", "claim"]]
        sources = opened.sources("organization", some["claim"].tolist())
    rows = [
        {
            "ledger_unit": stratum.id,
            "ledger_unit_name": stratum.name,
            "code": code,
            "name": name if isinstance(name, str) else None,
            "address": address if isinstance(address, str) else None,
            "action": action,
            "source": sources[int(claim)].as_json(),
        }
        for (stratum, code), name, address, action, claim in zip(
            drawn, *(some[c] for c in some), strict=True
        )
    ]
    payload = {
        "seed": drawn.seed,
        "as_of": iso(drawn.as_of),
        "in": within,
        "population": drawn.population,
        "size": drawn.size,
        "strata": [
            {"id": s.id, "name": s.name, "population": s.population, "drawn": len(s.drawn)}
            for s in drawn.strata
        ],
        "sample": rows,
    }
    columns = [
        Column("ledger_unit_name", t("column.ledger_unit")),
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("address", t("column.address")),
        Column("action", t("column.action")),
        Column("source", t("column.source")),
        Column("result", t("column.result")),
    ]
    listing = Listing(
        t("sample.list"),
        columns,
        [
            [
                r["ledger_unit_name"], r["code"], r["name"], r["address"], t(f"action.{r['action']}"),
                place(r["source"]), None,
            ]
            for r in rows
        ],
    )  # fmt: skip
    line = t(
        "sample.line",
        size=f"{drawn.size:,}",
        population=f"{drawn.population:,}",
        strata=f"{len(drawn.strata):,}",
        seed=drawn.seed,
        date=payload["as_of"],
    )
    emit(session, payload, [listing], [line])
    return 0

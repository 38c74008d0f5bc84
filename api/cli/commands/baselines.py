"""The frozen baseline: freezing it, what changed since, and what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.commands.deciding import (
    DateOption,
    OfficeOption,
    OrganizationArgument,
    ReasonOption,
    decide,
    impersonal,
)
from api.cli.options import AsOfOption, JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from graph.model import iso

if TYPE_CHECKING:
    from graph.decisions.baseline import Baseline


def freeze(
    office: OfficeOption,
    date: DateOption,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="decide.reason")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="baseline.confirm")] = False,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Freeze all organizations listed on a day as the baseline (S21)."""
    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    impersonal(office, reason or "")
    with session.store() as opened, progress(t("baseline.working")):
        from graph.decisions.baseline import freeze as freeze_all

        found, batch = freeze_all(opened, office, date, reason, confirmed=confirm)
    payload = {
        "date": iso(found.decided),
        "office": found.office,
        "fingerprint": found.fingerprint,
        "organizations": found.organizations,
        "batch": batch,
    }
    words = payload | {"organizations": f"{found.organizations:,}"}
    emit(session, payload, summary=[t("baseline.frozen", **words)])
    return 0


def add(
    code: OrganizationArgument,
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that an organization comes into the baseline."""
    session = Session.of(lang=lang, json=json, store=store)
    return decide(session, "baseline_add", code, office, date, reason)


def remove(
    code: OrganizationArgument,
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that an organization leaves the baseline."""
    session = Session.of(lang=lang, json=json, store=store)
    return decide(session, "baseline_remove", code, office, date, reason)


def show(
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show the baseline: when it was frozen, its fingerprint, whether it is intact, and what was decided since."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        from graph.decisions import baseline, read

        date = session.date(opened)
        found = baseline.at(opened, date, read(opened, date))
        if found is None:
            emit(session, {"frozen": False}, summary=[t("baseline.none", date=iso(date))])
            return 0
        names = opened.frame("organization", date, ["name"]).set_index("key")["name"]
        held = set(map(str, found.codes))
        changes = [
            d.as_json() | {"name": names.get(d.subject), "in_baseline": d.subject in held}
            for d in (*found.added.values(), *found.removed.values())
        ]
        payload: dict[str, Any] = _head(found) | {
            "now": {"date": iso(date), "organizations": len(held)},
            "changes": changes,
        }
        listings = []
        if session.out is not None:
            listings.append(_codes(session, found, names))
        if changes:
            listings.append(_changes(session, changes))
    counts = {n: f"{payload[n]:,}" for n in ("organizations", "added", "removed")}
    words = payload | counts | {"now": f"{len(held):,}", "as_of": iso(date)}
    lines = [t("baseline.line", **words)]
    if not found.intact:
        lines.append(t("baseline.altered", counted=found.counted))
    emit(session, payload, listings, lines)
    return 0 if found.intact else 1


def _head(found: Baseline) -> dict[str, Any]:
    return {
        "frozen": True,
        "date": iso(found.decided),
        "office": found.office,
        "reason": found.reason,
        "fingerprint": found.fingerprint,
        "intact": found.intact,
        "organizations": found.organizations,
        "added": len(found.added),
        "removed": len(found.removed),
    }


def _codes(session: Session, found: Baseline, names: Any) -> Listing:
    t = session.texts
    columns = [Column("code", t("column.id")), Column("name", t("column.name"))]
    codes = sorted(map(str, found.codes))
    return Listing(t("baseline.codes"), columns, ([code, names.get(code)] for code in codes))


def _changes(session: Session, changes: list[dict[str, Any]]) -> Listing:
    t = session.texts
    columns = [
        Column(name, t(f"column.{name}"))
        for name in ("type", "subject", "name", "office", "decided", "reason")
    ]
    rows = [row | {"type": t(f"decide.type.{row['type']}")} for row in changes]
    return Listing.of(t("baseline.changes"), columns, rows)

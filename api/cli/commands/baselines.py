"""The frozen baseline: freezing it, what changed since, and what it holds."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import baselines
from api.cli.commands.deciding import (
    DateOption,
    OfficeOption,
    OrganizationArgument,
    ReasonOption,
    decide,
)
from api.cli.options import AsOfOption, JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.tables import baselines as tables
from graph.model import iso


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
    with session.store() as opened, progress(t("baseline.working")):
        made = baselines.freeze(opened, office, date, reason, confirmed=confirm)
    words = made.as_json() | {"organizations": f"{made.found.organizations:,}"}
    emit(session, made.as_json(), summary=[t("baseline.frozen", **words)])
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
        standing = baselines.baseline(opened, session.as_of)
    found, payload = standing.found, standing.as_json()
    day = iso(standing.as_of)
    if found is None:
        emit(session, payload, summary=[t("baseline.none", date=day)])
        return 0
    counts = {n: f"{payload[n]:,}" for n in ("organizations", "added", "removed")}
    words = payload | counts | {"now": f"{len(standing.codes):,}", "as_of": day}
    lines = [t("baseline.line", **words)]
    if not found.intact:
        lines.append(t("baseline.altered", counted=found.counted))
    listings = tables.baseline(t, standing, codes=session.out is not None)
    emit(session, payload, listings, lines)
    return 0 if found.intact else 1

"""Ledgers held against external registers, and samples for inspection."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import inspection
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables import inspection as tables
from graph.model import iso


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
            answer = inspection.reconcile(opened, rules, session.as_of, register, within)
            found = answer.found
            totals = found.totals()
        numbers = {verdict: f"{n:,}" for verdict, n in totals.items()}
        line = t("reconcile.line", registers=len(found.names), **numbers)
        emit(session, answer.as_json(), tables.reconcile(t, answer), [line])
    return 1 if len(found) else 0


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
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("sample.working")):
        answer = inspection.sample(
            opened, rules, session.as_of, size=size, share=share, seed=seed, within=within
        )
    drawn = answer.drawn
    line = t(
        "sample.line",
        size=f"{drawn.size:,}",
        population=f"{drawn.population:,}",
        strata=f"{len(drawn.strata):,}",
        seed=drawn.seed,
        date=iso(drawn.as_of),
    )
    emit(session, answer.as_json(), tables.sample(t, answer), [line])
    return 0

"""Ledgers held against external registers, and samples for inspection."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import inspection
from api.asking.inspection import Result, Whom
from api.cli.options import (
    AsOfOption,
    CodesArgument,
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
    day,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables import inspection as tables
from graph.model import iso

SizeOption = Annotated[int | None, typer.Option("--size", min=1, help="sample.size")]
ShareOption = Annotated[float | None, typer.Option("--share", help="sample.share")]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, max=2**53 - 1, help="sample.seed")]
OfficeOption = Annotated[str, typer.Option("--office", metavar="OFFICE", help="inspection.office")]
DateOption = Annotated[
    int, typer.Option("--date", metavar="DATE", parser=day, help="inspection.date")
]
SampleArgument = Annotated[str, typer.Argument(metavar="SAMPLE", help="inspection.sample")]


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
        line = t("reconcile.line", registers=len(found.compared), **numbers)
        emit(session, answer.as_json(), tables.reconcile(t, answer), [line])
    return 1 if len(found) else 0


def sample(
    size: SizeOption = None,
    share: ShareOption = None,
    seed: SeedOption = None,
    within: InOption = None,
    whom: Annotated[Whom, typer.Option("--whom", help="sample.of")] = Whom.BASE,
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
            opened, rules, session.as_of,
            size=size, share=share, seed=seed, within=within, whom=whom,
        )  # fmt: skip
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


# -- samples that are kept, and their results -------------------------------------------------------------------------------
def draw(
    office: OfficeOption,
    date: DateOption,
    size: SizeOption = None,
    share: ShareOption = None,
    seed: SeedOption = None,
    within: InOption = None,
    whom: Annotated[Whom, typer.Option("--whom", help="inspection.of")] = Whom.FORMED,
    store: StoreOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Draw a sample of those to be inspected and keep it (S37); results are recorded in it."""
    session = Session.of(lang=lang, json=json, store=store, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("sample.working")):
        made = inspection.keep(
            opened, rules, office, date,
            whom=whom, size=size, share=share, seed=seed, within=within,
        )  # fmt: skip
    said = made.as_json()
    line = t(
        "inspection.drawn", id=said["id"], size=f"{said['size']:,}",
        population=f"{said['population']:,}", strata=f"{len(said['strata']):,}", batch=said["batch"],
    )  # fmt: skip
    emit(session, said, summary=[line])
    return 0


def list_(
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List the samples that were drawn, and how far each is."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("board.working")):
        found = inspection.samples(opened, rules, session.listed_date(opened), within)
        said = found.as_json()
        line = t("inspection.list.line", n=f"{len(said['samples']):,}")
        emit(session, said, tables.samples(t, found), [line])
    return 0


def show(
    sample: SampleArgument,
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show who is in a sample, what was found, and how far it is by ledger unit."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("board.working")):
        found = inspection.samples(opened, rules, session.listed_date(opened), within)
        said = found.as_json(sample)
        counts = {n: v for n, v in said["sample"].items() if isinstance(v, int)}
        line = t("inspection.show.line", **{n: f"{v:,}" for n, v in counts.items()})
        emit(session, said, tables.items(t, found, sample), [line])
    return 0


def record(
    sample: SampleArgument,
    code: CodesArgument,
    result: Annotated[Result, typer.Option("--result", help="inspection.result")],
    evidence: Annotated[
        str, typer.Option("--evidence", metavar="TEXT", help="inspection.evidence")
    ],
    office: OfficeOption,
    date: DateOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record what the inspection of organizations of a sample found; who is formed and found as stated is inspected (S22)."""
    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    with session.store() as opened:
        made = inspection.record(opened, sample, code, result, evidence, office, date).as_json()
    line = t(
        "inspection.recorded", n=f"{len(made['results']):,}", steps=f"{len(made['steps']):,}",
        result=t(f"inspection.result.{result.value}"), batch=made["batch"],
    )  # fmt: skip
    emit(session, made, summary=[line])
    return 0


def back(
    sample: SampleArgument,
    code: CodesArgument,
    office: OfficeOption,
    date: DateOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="decide.reason")],
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Take back the last result of organizations of a sample, with a reason."""
    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    with session.store() as opened:
        made = inspection.take_back(opened, sample, code, office, date, reason).as_json()
    line = t(
        "inspection.taken_back", n=f"{len(made['results']):,}", steps=f"{len(made['steps']):,}"
    )
    emit(session, made, summary=[line])
    return 0

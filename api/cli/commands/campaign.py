"""The campaign's calendar, and ledgers summed up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.asking import campaign as asking
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
    ending,
)
from api.cli.output import emit, note
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables import campaign as tables
from graph.model import iso

ICS = ".ics"


def _out(text: str) -> Path:
    return ending(text, ".xlsx", ".csv", ".json", ICS)


def calendar(
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="F.ics|xlsx|csv|json",
            parser=_out,
            help="calendar.out",
            rich_help_panel="panel.common",
        ),
    ] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show milestones, reports and targets: what is due, done and late, jurisdiction by jurisdiction."""
    listed = out if out is not None and out.suffix.lower() != ICS else None
    session = Session.of(lang=lang, json=json, out=listed, store=store, as_of=as_of, profile=profile)  # fmt: skip
    t = session.texts
    rules = session.profile()
    if out is not None and listed is None:
        from viz.icalendar import PRODUCT
        from viz.overwriting import refuse_other_kind

        refuse_other_kind(out, [PRODUCT])
    with session.store() as opened:
        with progress(t("calendar.working")):
            found = asking.calendar(opened, rules, session.as_of, within)
        said = found.as_json()
    if out is not None and listed is None:
        from graph.files import replacing
        from viz.icalendar import calendar as written

        data = written(found.entries, found.city.as_of, t.lang, within)
        with replacing(out) as file:
            file.write(data)
        if not json:
            events = sum(len(e.deadlines) for e in found.entries)
            note(t("output.wrote", path=out, rows=f"{events:,}"))
    totals = said["totals"]
    line = t("calendar.line", date=iso(found.city.as_of), **totals)
    quiet = out is not None and listed is None
    emit(session, said, [] if quiet else tables.calendar(t, found), [line])
    return 1 if totals["late"] else 0


def ledger(
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Sum ledgers up (S15–S18): each organization once, who still owes one and since when."""
    book = out is not None and out.suffix.lower() == ".xlsx"
    session = Session.of(lang=lang, json=json, out=None if book else out, store=store, as_of=as_of, profile=profile)  # fmt: skip
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("ledger.working")):
        found = asking.ledger(opened, rules, session.as_of, within)
        said, listings = found.as_json(), [x.read() for x in tables.ledger(t, found)]
        if book and out is not None:
            count = asking.write_ledger(out, found)
    if book and not json:
        note(t("output.wrote", path=out, rows=f"{count:,}"))
    totals = said["totals"]
    line = t(
        "ledger.line", date=said["as_of"], organizations=f"{totals['organizations']:,}",
        twice=f"{totals['twice']:,}", **totals["keepers"],
    )  # fmt: skip
    emit(session, said, [] if book else listings, [line])
    return 1 if totals["keepers"]["owed"] or totals["twice"] else 0

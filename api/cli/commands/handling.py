"""Findings as work: what one finding is, what was done about it, and what is still open."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import handling
from api.asking.handling import Action, Standing
from api.cli.options import (
    AsOfOption,
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
from api.tables import handling as tables
from api.tables.wording import place
from graph.errors import InputError

LIST = "list"


def finding(
    id_: Annotated[str, typer.Argument(metavar="ID|list", help="finding.id")],
    action: Annotated[Action | None, typer.Argument(help="finding.action")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="finding.note")] = None,
    office: Annotated[
        str | None, typer.Option("--office", metavar="OFFICE", help="finding.office")
    ] = None,
    due: Annotated[
        int | None, typer.Option("--due", metavar="DATE", parser=day, help="finding.due")
    ] = None,
    state: Annotated[Standing | None, typer.Option("--state", help="finding.state")] = None,
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show a finding, record what is done about it, or list findings by state."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    if id_ == LIST:
        if action is not None:
            raise InputError(
                f"finding list {action.value}: give --state to list by state",
                f"finding list {action.value}：按状态列出请用 --state",
            )
        return _list(session, state, within)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("audit.working")) as tick:
        if action is None:
            known = handling.case(opened, rules, id_, session.as_of, tick)
        else:
            done = handling.handle(
                opened, rules, id_, action, session.as_of,
                note=note, office=office, due=due, progress=tick,
            )  # fmt: skip
    if action is None:
        return _show(session, known)
    line = t("finding.done", id=id_, state=t(f"finding.state.{done.done.state}"), batch=done.batch)
    emit(session, done.as_json(), summary=[line])
    return 0


def _show(session: Session, known: handling.Case) -> int:
    """Print one finding with evidence, sources, repair, and all that was done about it."""
    t = session.texts
    lines = [t("finding.gone", id=known.id)]
    if known.found is not None:
        shown = known.found
        lines = [f"{t(f'severity.{shown.severity}')} {known.id}: {shown.message[t.lang]}"]
        lines += [place(s.as_json()) for s in shown.sources]
    emit(session, known.as_json(), tables.history(t, known.past) if known.past else [], lines)
    return 0


def _list(session: Session, state: Standing | None, within: str | None) -> int:
    """List what was done about findings, or all findings in a state."""
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("audit.working")) as tick:
        found = handling.worklist(
            opened, rules, session.as_of, state=state, within=within, progress=tick
        )
    line = t("finding.line", n=f"{len(found.rows):,}")
    emit(session, found.as_json(), tables.worklist(t, found) if found.rows else [], [line])
    return 0

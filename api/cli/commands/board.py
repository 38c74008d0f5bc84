"""The cross-off board (挂图作战、销号管理): who has no unit, how far each is, and what is to be done about it."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import board as asking
from api.asking.board import InState, Reached, Stepped
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
from api.tables import board as tables

OfficeOption = Annotated[str, typer.Option("--office", metavar="OFFICE", help="board.office")]
DateOption = Annotated[int, typer.Option("--date", metavar="DATE", parser=day, help="board.date")]
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="decide.organization")]


def list_(
    within: InOption = None,
    state: Annotated[InState | None, typer.Option("--state", help="board.state")] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List who has no unit, what each qualifies for and why, and how far it is."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("board.working")):
        found = asking.board(opened, rules, session.listed_date(opened), within, state)
        states = t("questions.comma").join(
            f"{t(f'board.state.{name}')} {n:,}" for name, n in found.totals["states"].items()
        )
        line = t(
            "board.list.line",
            n=f"{found.totals['organizations']:,}",
            states=states,
            without=f"{found.totals['without_measures']:,}",
        )
        emit(session, found.as_json(), tables.entries(t, found), [line])
    return 0


def lookback(
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List what was struck off and no longer holds, by jurisdiction (S38); exit 1 where there is any."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("board.working")):
        found = asking.lookback(opened, rules, session.listed_date(opened), within)
        said = found.as_json()
        counts = {n: f"{v:,}" for n, v in said["totals"].items() if n != "reasons"}
        emit(session, said, tables.lookback(t, found), [t("lookback.line", **counts)])
    return 1 if said["rows"] else 0


def show(
    code: CodeArgument,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show how far one organization is, by which steps, and its measures."""
    session = Session.of(lang=lang, json=json, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        found = asking.entry(opened, code, session.as_of)
    line = t(
        "board.show.line", code=found.code, name=found.name or "",
        state=t(f"board.state.{found.standing.state}"),
    )  # fmt: skip
    emit(session, found.as_json(), tables.entry(t, found), [line])
    return 0


def step(
    to: Annotated[Reached, typer.Argument(metavar="STATE", help="board.to")],
    code: CodesArgument,
    office: OfficeOption,
    date: DateOption,
    evidence: Annotated[str, typer.Option("--evidence", metavar="TEXT", help="board.evidence")],
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that organizations have reached a state; none is skipped (S22)."""
    session = Session.of(lang=lang, json=json, store=store)
    with session.store() as opened:
        made = asking.step(opened, code, to, office, date, evidence)
    return _stepped(session, made)


def back(
    code: CodesArgument,
    office: OfficeOption,
    date: DateOption,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="decide.reason")],
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that the last step of organizations is taken back, with a reason."""
    session = Session.of(lang=lang, json=json, store=store)
    with session.store() as opened:
        made = asking.back(opened, code, office, date, reason)
    return _stepped(session, made)


def measure(
    code: CodeArgument,
    measures: Annotated[str, typer.Option("--measures", metavar="TEXT", help="board.measures")],
    due: Annotated[int, typer.Option("--due", metavar="DATE", parser=day, help="board.due")],
    responsible: Annotated[
        str, typer.Option("--responsible", metavar="OFFICE", help="board.responsible")
    ],
    office: OfficeOption,
    date: DateOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record what is to be done about an organization, by when, and who is in charge (S19, S23)."""
    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    with session.store() as opened:
        made = asking.measure(opened, code, measures, due, responsible, office, date)
    said = made.as_json()
    line = t("board.measured", code=code, due=said["due"], batch=made.batch)
    emit(session, said, summary=[line])
    return 0


def _stepped(session: Session, made: Stepped) -> int:
    t = session.texts
    states = dict.fromkeys(state for _, state in made.recorded.made)
    line = t(
        # what is back at the beginning can't be taken back further
        "board.returned" if set(states) == {"pending"} else "board.stepped",
        n=f"{len(made.recorded.made):,}",
        state=t("questions.comma").join(t(f"board.state.{s}") for s in states),
        batch=made.batch,
    )
    emit(session, made.as_json(), summary=[line])
    return 0

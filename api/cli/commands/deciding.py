"""Decisions of offices: one organization or two, in the base or not, a departure approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.asking import deciding
from api.cli.options import AsOfOption, JsonOption, LangOption, OutOption, StoreOption, day
from api.cli.output import emit
from api.cli.session import Session
from api.tables import deciding as tables
from graph.model import iso

if TYPE_CHECKING:
    from api.asking.deciding import Written
    from graph.decisions.record import Type

OfficeOption = Annotated[str, typer.Option("--office", metavar="OFFICE", help="decide.office")]
DateOption = Annotated[int, typer.Option("--date", metavar="DATE", parser=day, help="decide.date")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="decide.reason")]
OrganizationArgument = Annotated[str, typer.Argument(metavar="CODE", help="decide.organization")]


def merge(
    kept: Annotated[str, typer.Argument(metavar="KEPT", help="decide.kept")],
    merged: Annotated[str, typer.Argument(metavar="MERGED", help="decide.merged")],
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that two codes are one organization."""
    session = Session.of(lang=lang, json=json, store=store)
    return decide(session, "merge", kept, office, date, reason, other=merged)


def distinct(
    a: Annotated[str, typer.Argument(metavar="A", help="decide.organization")],
    b: Annotated[str, typer.Argument(metavar="B", help="decide.other")],
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that two codes are two organizations."""
    session = Session.of(lang=lang, json=json, store=store)
    return decide(session, "distinct", a, office, date, reason, other=b)


def exclude(
    code: OrganizationArgument,
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    kind: Annotated[str, typer.Option("--kind", metavar="空壳|僵尸|影子", help="decide.kind")],
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that an organization is excluded from the base (S41)."""
    session = Session.of(lang=lang, json=json, store=store)
    return decide(session, "exclude", code, office, date, reason, detail=kind)


def include(
    code: OrganizationArgument,
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that an exclusion is lifted."""
    session = Session.of(lang=lang, json=json, store=store)
    return decide(session, "include", code, office, date, reason)


def departure(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="decide.unit")],
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that a unit may depart from the principle of line and place (S32, S33)."""
    session = Session.of(lang=lang, json=json, store=store)
    return decide(session, "departure", unit, office, date, reason)


def withdraw(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="decide.decision")],
    office: OfficeOption,
    date: DateOption,
    reason: ReasonOption,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Record that a decision no longer holds from a date on."""
    session = Session.of(lang=lang, json=json, store=store)
    with session.store() as opened:
        taken = deciding.withdraw(opened, decision, office, date, reason)
    return _answer(session, taken)


def list_(
    all_: Annotated[bool, typer.Option("--all", help="decide.all")] = False,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List the decisions that hold, or all that were ever made."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        found = deciding.recorded(opened, session.as_of, all_=all_)
    rows = found.rows
    summary = [t("decide.list.line", n=f"{len(rows):,}")]
    emit(session, found.as_json(), tables.decisions(t, found) if rows else [], summary)
    return 0


def decide(
    session: Session,
    type_: Type,
    subject: str,
    office: str,
    date: int,
    reason: str,
    *,
    other: str | None = None,
    detail: str | None = None,
) -> int:
    """Write one decision and say so."""
    with session.store() as opened:
        made = deciding.decide(
            opened, type_, subject, office, date, reason, other=other, detail=detail
        )
    return _answer(session, made)


def _answer(session: Session, made: Written) -> int:
    t, decision = session.texts, made.decision
    key = "decide.withdrawn" if decision.withdrawn else "decide.done"
    said = t(
        f"decide.said.{decision.type}",
        subject=decision.subject,
        object=decision.object,
        detail=decision.detail,
    )
    line = t(key, said=said, date=iso(decision.decided), id=decision.key, batch=made.batch)
    emit(session, made.as_json(), summary=[line])
    return 0

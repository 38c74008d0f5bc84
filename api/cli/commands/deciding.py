"""Decisions of offices: one organization or two, in the base or not, a departure approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsOfOption, JsonOption, LangOption, OutOption, StoreOption, day
from api.cli.output import Column, Listing, emit
from api.cli.session import Session
from graph.errors import InputError
from graph.model import iso

if TYPE_CHECKING:
    from graph.decisions import Decision
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
    impersonal(office, reason)
    with session.store() as opened:
        from graph.decisions import making

        taken, batch = making.withdraw(opened, decision, office, date, reason)
    return _answer(session, taken, batch)


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
        from graph.decisions.record import history, known, read

        if all_:
            found = [pair for key in known(opened) for pair in history(opened, key)]
        else:
            standing = list(read(opened, session.date(opened)).standing.values())
            sources = opened.sources("decision", [d.claim for d in standing])
            found = [(d, sources[d.claim].batch) for d in standing]
    rows: list[dict[str, Any]] = [d.as_json() | {"batch": batch} for d, batch in found]
    columns = [
        Column(name, t("column.identity" if name == "id" else f"column.{name}"))
        for name in ("id", "type", "subject", "object", "detail", "office", "decided", "reason")
    ]
    columns.append(Column("withdrawn", t("column.withdrawn")))
    columns.append(Column("batch", t("column.batch"), "number"))
    shown = [row | {"type": t(f"decide.type.{row['type']}")} for row in rows]
    listing = Listing.of(t("decide.list.title"), columns, shown)
    summary = [t("decide.list.line", n=f"{len(rows):,}")]
    emit(session, {"decisions": rows}, [listing] if rows else [], summary)
    return 0


def impersonal(*texts: str) -> None:
    """Refuse a text that holds a person's number: decisions and notes are kept, and shown to others."""
    from loaders.privacy import mask

    for text in texts:
        if mask(text)[1]:
            raise InputError(
                "the text holds an ID or telephone number; leave it out: nothing about a person is stored",
                "文字中含身份证号或电话号码；请去掉：本系统不存个人信息",
            )


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
    impersonal(office, reason)
    with session.store() as opened:
        from graph.decisions import Decision, making

        decision = Decision(type_, subject, office.strip(), date, reason.strip(), other, detail)
        batch = making.decide(opened, decision)
    return _answer(session, decision, batch)


def _answer(session: Session, decision: Decision, batch: int) -> int:
    t = session.texts
    key = "decide.withdrawn" if decision.withdrawn else "decide.done"
    said = t(
        f"decide.said.{decision.type}",
        subject=decision.subject,
        object=decision.object,
        detail=decision.detail,
    )
    line = t(key, said=said, date=iso(decision.decided), id=decision.key, batch=batch)
    emit(session, decision.as_json() | {"batch": batch}, summary=[line])
    return 0

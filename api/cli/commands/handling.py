"""Findings as work: what one finding is, what was done about it, and what is still open."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.commands.deciding import impersonal
from api.cli.commands.wording import place
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
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from graph.errors import InputError, UnknownIdError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.texts import Texts
    from graph.affiliation.findings import AuditResult
    from graph.affiliation.handling import Handling, State
    from graph.store.base import Store


class Action(StrEnum):
    """What can be done about a finding."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REPAIR = "repair"
    REOPEN = "reopen"


class Standing(StrEnum):
    """In which state a finding stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REPAIRED = "repaired"


_STATE: dict[Action, State] = {
    Action.CONFIRM: "confirmed",
    Action.DISMISS: "dismissed",
    Action.REPAIR: "repaired",
    Action.REOPEN: "open",
}
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
    impersonal(note or "", office or "")
    with session.store() as opened:
        from graph.affiliation import handling

        found = _audit(session, opened, [_code(id_)], None).findings.locate(id_)
        date = session.date(opened)
        if action is None:
            return _show(session, opened, id_, found)
        done, batch = handling.handle(
            opened, found, id_, _STATE[action], date, note=note, office=office, due=due
        )
    payload = {"id": id_} | done.as_json(None if found is None else found[1]) | {"batch": batch}
    t = session.texts
    line = t("finding.done", id=id_, state=t(f"finding.state.{done.state}"), batch=batch)
    emit(session, payload, summary=[line])
    return 0


def _code(id_: str) -> str:
    """Return the finding code that an id begins with."""
    from graph.affiliation.rules import CODES

    code, colon, _ = id_.partition(":")
    if not colon or code not in CODES:
        raise UnknownIdError(
            f"{id_}: no finding has such an id; they look like orphan:U0012 (`lianjian audit` shows them)",
            f"{id_}：没有这样的问题编号；形如 orphan:U0012（见 `lianjian audit`）",
        )
    return code


def _audit(
    session: Session, opened: Store, codes: list[str] | None, within: str | None
) -> AuditResult:
    rules = session.profile()
    with progress(session.texts("audit.working")) as tick:
        from graph.affiliation.findings import audit
        from graph.city import City

        city = City(opened, rules, session.date(opened))
        return audit(city, opened, codes, within=within, progress=tick)


def _show(session: Session, opened: Store, id_: str, found: Any) -> int:
    """Print one finding with evidence, sources, repair, and all that was done about it."""
    from graph.affiliation import handling

    t = session.texts
    past = handling.history(opened, id_)
    if found is None and not past:
        raise UnknownIdError(
            f"{id_}: the audit has no such finding, and nothing was done about one",
            f"{id_}：审计没有这一问题，也没有办理记录",
        )
    payload: dict[str, Any] = {"id": id_, "found": found is not None}
    lines = [t("finding.gone", id=id_)]
    if found is not None:
        shown = found[0]
        payload |= shown.as_json()
        lines = [f"{t(f'severity.{shown.severity}')} {id_}: {shown.message[t.lang]}"]
        lines += [place(s.as_json()) for s in shown.sources]
    payload["history"] = [h.as_json() for h in past]
    emit(session, payload, [_history(t, past)] if past else [], lines)
    return 0


def _history(t: Texts, past: list[Handling]) -> Listing:
    columns = [Column("decided", t("column.handled_on")), Column("state", t("column.handling"))]
    columns += _done(t)
    rows = [h.as_json() | {"state": t(f"finding.state.{h.state}")} for h in past]
    return Listing.of(t("finding.history"), columns, rows)


def _done(t: Texts) -> list[Column]:
    """Return the columns of what was done about a finding."""
    return [
        Column("note", t("column.note")),
        Column("office", t("column.handled_by")),
        Column("due", t("column.handle_by")),
    ]


def _list(session: Session, state: Standing | None, within: str | None) -> int:
    """List what was done about findings, or all findings in a state."""
    t = session.texts
    with session.store() as opened:
        from graph.affiliation import handling

        handled = handling.read(opened, session.date(opened))
        everything = state is Standing.OPEN or within is not None
        codes = None if everything else sorted({h.code for h in handled.values()})
        rows: list[dict[str, Any]] = []
        if codes is None or codes:
            result = _audit(session, opened, codes, within)
            rows = list(_rows(result, handled, state, within))
    columns = [Column("id", t("column.identity"))]
    columns += [Column("state", t("column.handling")), Column("found", t("finding.found"))]
    columns += [Column("message", t("column.message")), *_done(t)]
    columns += [Column("decided", t("column.handled_on"))]
    shown = [
        r | {"state": t(f"finding.state.{r['state']}"), "message": (r["message"] or {}).get(t.lang)}
        for r in rows
    ]
    listing = Listing.of(t("finding.list"), columns, shown)
    line = t("finding.line", n=f"{len(rows):,}")
    emit(session, {"findings": rows}, [listing] if rows else [], [line])
    return 0


def _rows(
    result: AuditResult,
    handled: dict[str, Handling],
    state: Standing | None,
    within: str | None,
) -> Iterator[dict[str, Any]]:
    """Yield findings of a state (all handled ones where none is asked for), those no longer found last."""
    blank = {"note": None, "office": None, "due": None, "decided": None, "evidence_changed": False}
    if state is Standing.OPEN:
        for f in result.findings:
            if (f.handling or {"state": "open"})["state"] == "open":
                done = f.handling or blank
                yield done | {"id": f.id, "state": "open", "found": True, "message": f.message}
    missing = []
    for id_, h in handled.items():
        found = result.findings.locate(id_)
        if found is None:
            missing.append(h)
        elif state is not Standing.OPEN:
            done = h.as_json(found[1])
            if state is None or done["state"] == state.value:
                yield done | {"id": id_, "found": True, "message": found[0].message}
    for h in missing if within is None else ():
        if state is None or h.state == state.value:
            yield h.as_json() | {"id": h.id, "found": False, "message": None}

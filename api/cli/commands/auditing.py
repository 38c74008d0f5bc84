"""What is wrong, what was checked and found in order, and what could not be checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.commands.wording import place
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    MapOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator, Sequence

    from api.cli.texts import Texts
    from graph.affiliation.findings import AuditResult
    from graph.city import City
    from graph.model import Finding, Severity
    from loaders.remarks import Marked

MarkOption = Annotated[Path | None, typer.Option("--mark", metavar="DIR", help="audit.mark")]
LedgersOption = Annotated[
    Path | None, typer.Option("--ledgers", metavar="DIR", help="audit.ledgers")
]
CodesOption = Annotated[list[str] | None, typer.Option("--code", metavar="CODE", help="audit.code")]


def audit(
    within: InOption = None,
    code: CodesOption = None,
    mark: MarkOption = None,
    ledgers: LedgersOption = None,
    map_: MapOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Find what is wrong with structure, coverage and ledgers; exit 1 where there is an error or a warning."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened:
        with progress(t("audit.working")) as tick:
            from graph.affiliation.findings import audit as audit_of
            from graph.city import City

            city = City(
                opened,
                rules,
                session.date(opened) if within is None else session.listed_date(opened),
            )
            result = audit_of(city, opened, code or None, within=within, progress=tick)
            severities = result.severities()
        name = _names(city)
        listings = [_findings(t, t("audit.findings"), result.findings, name), _checked(t, result)]
        if len(result.departures):
            listings.append(_findings(t, t("audit.departures"), result.departures, name))
        lines = _summary(t, result, severities, listed=out is None)
        payload = result.as_json()
        if mark is not None:
            with progress(t("audit.marking")):
                from loaders.remarks import mark as write_back

                marked = write_back(_standing(result), mark, ledgers, map_)
            payload["marked"] = marked.as_json()
            lines += _marked(t, marked, mark)
        emit(session, payload, listings, lines)
    return 1 if severities["error"] or severities["warning"] else 0


def _standing(result: AuditResult) -> Iterator[Finding]:
    """Yield the findings that are not dismissed."""
    return (f for f in result.findings if (f.handling or {}).get("state") != "dismissed")


def _marked(t: Texts, marked: Marked, folder: Path) -> list[str]:
    copies, remarks = f"{len(marked.copies):,}", f"{marked.remarks:,}"
    lines = [t("audit.marked", copies=copies, remarks=remarks, folder=folder)]
    if marked.missing:
        n, some = f"{len(marked.missing):,}", ", ".join(marked.missing[:3])
        lines.append(t("audit.unmarked_files", n=n, some=some))
    if marked.left_out:
        lines.append(t("audit.unmarked_rest", n=f"{marked.left_out:,}"))
    if marked.changed:
        lines.append(t("audit.unmarked_rows", n=f"{marked.changed:,}"))
    return lines


def _names(city: City) -> Callable[[str], str | None]:
    """Return a look-up of the name of a finding's subject; findings that are no organization or unit name themselves."""
    organizations, units = city.organizations["name"], city.units["name"]

    def name(code: str) -> str | None:
        for table in (units, organizations):
            if code in table.index:
                found = table.at[code]
                return found if isinstance(found, str) else None
        return None

    return name


def _findings(
    t: Texts, title: str, findings: Sequence[Finding], name: Callable[[str], str | None]
) -> Listing:
    from graph.affiliation.rules import RULES

    titles = {rule.code: t.either(rule.title.zh, rule.title.en) for rule in RULES}
    columns = [
        Column("severity", t("column.severity")),
        Column("code", t("column.code")),
        Column("title", t("column.title")),
        Column("subject", t("column.subject")),
        Column("name", t("column.name")),
        Column("message", t("column.message")),
        Column("clause", t("column.clause")),
        Column("due", t("column.due")),
        Column("state", t("column.state")),
        Column("sources", t("column.source")),
        Column("repair", t("column.repair")),
        Column("id", t("column.identity")),
        Column("handling", t("column.handling")),
        Column("note", t("column.note")),
        Column("office", t("column.handled_by")),
        Column("by", t("column.handle_by")),
    ]

    def rows() -> Iterator[list[Any]]:
        for f in findings:
            done = f.handling or {}
            yield [
                t(f"severity.{f.severity}"),
                f.code,
                titles[f.code],
                f.subject,
                name(f.subject),
                f.message[t.lang],
                f.clause,
                list(f.due),
                t(f"state.{f.state}") if f.state else None,
                "; ".join(place(s.as_json()) for s in f.sources),
                _repair(t, f.repair),
                f.id,
                t(f"finding.state.{done.get('state', 'open')}"),
                *(done.get(name) for name in ("note", "office", "due")),
            ]

    return Listing(title, columns, rows())


def _repair(t: Texts, repair: dict[str, Any]) -> str:
    """Return a finding's repair as a line: the cell to change, or why none is proposed."""
    if "none" in repair:
        return str(repair["none"][t.lang])
    if not repair:
        return ""
    return t(
        "audit.repair",
        sheet=repair["sheet"],
        key=repair["key"],
        column=repair["column"],
        old=repair["from"] if repair["from"] is not None else t("audit.blank"),
        new=repair["to"] if repair["to"] is not None else t("audit.blank"),
    )


def _checked(t: Texts, result: AuditResult) -> Listing:
    columns = [
        Column("code", t("column.code")),
        Column("checked", t("column.checked"), "number"),
        Column("found", t("column.findings"), "number"),
        Column("statement", t("column.statement")),
        Column("notes", t("column.notes")),
    ]
    rows = [
        [
            c["code"],
            c["checked"],
            c["found"],
            c.get("statement", c.get("not_checked", {})).get(t.lang),
            "; ".join(note[t.lang] for note in c.get("notes", [])),
        ]
        for c in result.as_json()["checked"]
    ]
    return Listing(t("audit.checked"), columns, rows)


def _summary(
    t: Texts, result: AuditResult, severities: Counter[Severity], *, listed: bool
) -> list[str]:
    lines = [
        t(
            "audit.line",
            errors=f"{severities['error']:,}",
            warnings=f"{severities['warning']:,}",
            notes=f"{severities['note']:,}",
        )
    ]
    states = result.states()
    if states["open"] != sum(states.values()):
        lines.append(t("audit.states", **{state: f"{n:,}" for state, n in states.items()}))
    if not listed:
        # a file holds the findings: what could not be checked is said here, for no one should take it for clean
        for entry in result.checked:
            said = entry.as_json().get("not_checked")
            if said is not None:
                lines.append(f"{entry.code}: {said[t.lang]}")
    return lines

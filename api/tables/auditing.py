"""An audit as tables: findings, what was checked, departures with approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.tables.wording import place
from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from api.asking.auditing import Audited
    from api.cli.texts import Texts
    from graph.affiliation.findings import AuditResult
    from graph.model import Finding


def audit(t: Texts, found: Audited) -> list[Listing]:
    """Return findings, what was checked, and departures where there are any."""
    result = found.result
    listings = [
        _findings(t, t("audit.findings"), result.findings, found.name),
        _checked(t, result),
    ]
    if len(result.departures):
        listings.append(_findings(t, t("audit.departures"), result.departures, found.name))
    return listings


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

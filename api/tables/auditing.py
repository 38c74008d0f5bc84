"""An audit as tables: findings, what was checked, departures with approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.tables.wording import place
from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from api.asking.auditing import Audited
    from api.cli.texts import Texts
    from graph.affiliation.findings import AuditResult


def audit(t: Texts, found: Audited) -> list[Listing]:
    """Return findings, what was checked, and departures where there are any."""
    result = found.result
    listings = [
        _findings(t, t("audit.findings"), (f.as_json() for f in result.findings), found.name),
        _checked(t, result),
    ]
    if len(result.departures):
        departures = (f.as_json() for f in result.departures)
        listings.append(_findings(t, t("audit.departures"), departures, found.name))
    return listings


def desk(t: Texts, found: Iterable[dict[str, Any]]) -> list[Listing]:
    """Return findings as a desk lists them, with all that an audit says of each, what was done, and where it is."""
    return [_findings(t, t("audit.findings"), found)]


def _findings(
    t: Texts,
    title: str,
    findings: Iterable[dict[str, Any]],
    name: Callable[[str], str | None] | None = None,
) -> Listing:
    """Return findings as a table: names are given, or stand in the findings with places."""
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
    if name is None:
        columns += [Column("district", t("column.district")), Column("street", t("column.street"))]

    def rows() -> Iterator[list[Any]]:
        for f in findings:
            done = f["handling"] or {}
            yield [
                t(f"severity.{f['severity']}"),
                f["code"],
                titles[f["code"]],
                f["subject"],
                f["name"] if name is None else name(f["subject"]),
                f["message"][t.lang],
                f["clause"],
                list(f["due"]),
                t(f"state.{f['state']}") if f["state"] else None,
                "; ".join(map(place, f["sources"])),
                _repair(t, f["repair"]),
                f["id"],
                t(f"finding.state.{done.get('state', 'open')}"),
                *(done.get(one) for one in ("note", "office", "due")),
                *([] if name is not None else [f["district"], f["street"]]),
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

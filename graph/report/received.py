"""Reports that came late or not at all (S12, S20, S47, S48), as the audit finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.affiliation.calendar import SEMI_MONTHLY
from graph.affiliation.findings import audit
from graph.model import iso, parse_date

if TYPE_CHECKING:
    from graph.city import City
    from graph.report.whose import Subject

CODES = ("report_late", "submission_missing")


def received(city: City, subject: Subject) -> dict[str, Any]:
    """Return what is late or missing by the city's date, of the subject's office or (of the city) of all.

    Returns
    -------
    dict
        ``overdue``: ``[{office, what, due, received, days, message}]``, ``received`` and ``days`` (late) ``None`` where it has not
        come; ``checked``: ``[{code, checked, found, not_checked}]``.
    """
    if subject.kind == "area":
        return {"overdue": [], "checked": []}
    found = audit(city, city.recorded, CODES)
    overdue = []
    for finding in found.findings:
        if subject.office is not None and finding.subject != subject.office:
            continue
        evidence = finding.evidence[0]
        due = str(iso(parse_date(finding.due[0])))
        came = evidence.get("received")
        overdue.append(
            {
                "office": finding.subject,
                "what": evidence.get("missing", SEMI_MONTHLY),
                "due": due,
                "received": came,
                "days": _days(due, str(came or iso(city.as_of))),
                "message": finding.message,
            }
        )
    overdue.sort(key=lambda row: (row["due"], row["office"], row["what"]))
    checked = [one.as_json() for one in found.checked]
    if subject.office is not None:  # of how many it is one of is of the whole city
        checked = [one for one in checked if "not_checked" in one]
    return {
        "overdue": overdue,
        "checked": [{"not_checked": None} | _told(one) for one in checked],
    }


def _told(one: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in one.items() if k in ("code", "checked", "found", "not_checked")}


def _days(due: str, until: str) -> int:
    import datetime as dt

    return (dt.date.fromisoformat(until) - dt.date.fromisoformat(due)).days

"""Reports that came late or not at all (S12, S20, S47, S48), as the calendar has them (:mod:`graph.campaign.receipts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.affiliation.facts import Facts
from graph.affiliation.findings import Checked
from graph.affiliation.registry import NotChecked
from graph.campaign.entries import days_between
from graph.campaign.receipts import Receipts, Submission, judged, submitters
from graph.model import iso

if TYPE_CHECKING:
    from graph.city import City
    from graph.report.whose import Subject

LATE = "report_late"
CODES = ("submission_missing", LATE)
"""By what names the audit looks at the same; of what is due once it finds what is missing, and here what is late counts too."""
SEMI_MONTHLY = "S47"


def received(city: City, subject: Subject) -> dict[str, Any]:
    """Return what is late or missing by the city's date, of the subject's office or (of the city) of all.

    Returns
    -------
    dict
        ``overdue``: ``[{office, what, due, received, days, message}]``, ``received`` ``None`` where it has not come, ``days`` late
        (of what has not come, until the city's date); ``checked``: ``[{code, checked, found, not_checked}]``, the subject's own.
    """
    if subject.kind == "area":
        return {"overdue": [], "checked": []}
    facts = Facts(city, city.recorded)
    try:
        facts.require(("submission", "organization"))
    except NotChecked as lacking:
        nothing = [Checked(code, 0, 0, lacking.reason).as_json() for code in CODES]
        return {"overdue": [], "checked": [_told(one) for one in nothing]}
    receipts = Receipts(facts, submitters(facts), subject.submitter)
    found = list(judged(receipts.entries(), city.as_of))
    late = sorted((s for s in found if s.late), key=lambda s: (s.due.date, s.office, s.what))
    return {
        "overdue": [_overdue(s, city.as_of) for s in late],
        "checked": [
            {"code": code, "checked": _of(code, found), "found": _of(code, late), "not_checked": None}
            for code in CODES
        ],
    }  # fmt: skip


def _overdue(one: Submission, as_of: int) -> dict[str, Any]:
    due, came = iso(one.due.date), iso(one.on)
    zh = "至今未报" if came is None else f"迟至 {came} 才报"
    en = "has not come in" if came is None else f"came in only on {came}"
    by_zh, by_en = (
        (f"{due}（选定期限）", f"{due} (a chosen date)") if one.due.chosen else (f"{due} ", due)
    )
    return {
        "office": one.office,
        "what": one.what,
        "due": due,
        "received": came,
        "days": days_between(one.due.date, one.on or as_of),
        "message": {
            "zh": f"{one.office} 应于 {by_zh}前报送{one.what}，{zh}",
            "en": f"{one.what} of {one.office}, due by {by_en}, {en}",
        },
    }


def _of(code: str, found: list[Submission]) -> int:
    return sum((s.clause == SEMI_MONTHLY) == (code == LATE) for s in found)


def _told(one: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in one.items() if k in ("code", "checked", "found", "not_checked")}

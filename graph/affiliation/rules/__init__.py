"""The rules of the audit: one named function for each finding code of AUDIT, in AUDIT's order."""

from __future__ import annotations

from graph.affiliation.registry import RULES as _REGISTERED
from graph.affiliation.registry import Rule, Words
from graph.affiliation.rules import (
    anchors,
    baseline,
    campaign,
    coverage,
    ledgers,
    line,
    references,
    size,
    structure,
    targets,
    work,
)

CODES = (
    "orphan", "self_superior", "cycle", "several_superiors", "dangling_reference", "detached",
    "wrong_place", "wrong_line", "skips_level", "dissolved_superior", "impossible_dates",
    "must_be_separate", "split_from_joint", "over_large", "over_members", "wrong_type", "too_few_members",
    "joint_without_anchor", "covered_twice", "counted_twice", "functional_counted", "member_outside_coverage",
    "covers_excluded", "excluded_without_evidence", "target_50", "target_100", "target_kind", "target_rural",
    "no_work_coverage", "no_measures", "measures_late", "no_instructor",
    "incomplete_clears", "wrong_ledger_owner", "listed_twice", "register_gap", "zone_without_committee",
    "count_mismatch", "total_mismatch", "conflicting_sources", "duplicate_organization",
    "eligible_uncovered", "joint_too_old", "single_rate_not_risen",
    "submission_missing", "no_recheck", "missing_from_ledger",
    "struck_off_without_evidence", "baseline_drift", "report_late", "rate_differs",
)  # fmt: skip
"""Every finding code, in the order of AUDIT's table."""

NO_FINDING: dict[str, Words] = {
    "S1": Words(
        "每个比率都注明口径；80% 是全市目标，不是某一单位的问题",
        "every rate names its definition (`coverage`); the goal of 80 % is no fault of one subject",
    ),
    "S37": Words(
        "抽样以给定的种子抽取、可重复；结果由人登记（`inspection record`），核实与销号以其为据",
        "the sample is drawn with a stated seed and can be drawn again; people record what it finds (`inspection record`), and"
        " the cross-off rests on it",
    ),
}
"""Clauses that an auditor sees and that no finding shows, with the reason."""

RULES: tuple[Rule, ...] = tuple(sorted(_REGISTERED, key=lambda rule: CODES.index(rule.code)))

__all__ = [
    "CODES",
    "NO_FINDING",
    "RULES",
    "anchors",
    "baseline",
    "campaign",
    "coverage",
    "ledgers",
    "line",
    "references",
    "size",
    "structure",
    "targets",
    "work",
]

"""The plan's clauses that an auditor sees, each with the findings that show a breach, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """How the audit sees one clause: by finding codes, or not at all, with the reason."""

    codes: tuple[str, ...] = ()
    why: str = ""


CLAUSES: dict[str, Seen] = {
    "S1": Seen(why="a rate's definition is printed with every rate (`coverage`); the goal of 80 % is no fault of one subject"),
    "S2": Seen(("eligible_uncovered", "must_be_separate")),
    "S3": Seen(("target_50",)),
    "S4": Seen(("target_100",)),
    "S6": Seen(("target_kind",)),
    "S7": Seen(("target_kind",)),
    "S8": Seen(("target_kind",)),
    "S9": Seen(("target_rural",)),
    "S12": Seen(("submission_missing",)),
    "S14": Seen(("incomplete_clears",)),
    "S15": Seen(("wrong_ledger_owner", "listed_twice")),
    "S16": Seen(("wrong_ledger_owner",)),
    "S17": Seen(("wrong_ledger_owner",)),
    "S18": Seen(("wrong_ledger_owner",)),
    "S19": Seen(("no_measures", "measures_late")),
    "S20": Seen(("submission_missing",)),
    "S21": Seen(("baseline_drift", "missing_from_ledger")),
    "S22": Seen(("struck_off_without_evidence",)),
    "S25": Seen(("must_be_separate", "split_from_joint")),
    "S26": Seen(("split_from_joint", "over_large", "joint_too_old")),
    "S27": Seen(("single_rate_not_risen",)),
    "S29": Seen(("joint_without_anchor", "over_large")),
    "S30": Seen(("no_work_coverage",)),
    "S31": Seen(("counted_twice", "functional_counted", "covered_twice", "member_outside_coverage")),
    "S32": Seen(("wrong_line", "wrong_place", "skips_level")),
    "S33": Seen(("wrong_line", "wrong_place", "skips_level")),
    "S34": Seen(
        (
            "orphan", "self_superior", "cycle", "several_superiors", "dangling_reference", "detached",
            "dissolved_superior", "impossible_dates",
        )
    ),
    "S35": Seen(("no_instructor",)),
    "S37": Seen(why="an inspection sample is drawn with a stated seed and can be drawn again; what it finds is entered by people"),
    "S38": Seen(("no_recheck",)),
    "S39": Seen(("zone_without_committee",)),
    "S40": Seen(("target_50", "target_100", "target_kind", "target_rural")),
    "S41": Seen(("covers_excluded", "excluded_without_evidence", "duplicate_organization")),
    "S42": Seen(("register_gap", "listed_twice", "conflicting_sources", "missing_from_ledger")),
    "S46": Seen(("rate_differs", "count_mismatch", "total_mismatch", "conflicting_sources")),
    "S47": Seen(("report_late",)),
    "S48": Seen(("submission_missing",)),
}  # fmt: skip
"""By clause, in the plan's order: every clause whose *sees* in the rules holds an auditor."""

"""The figures of the plan as a whole: sums over its ledger units, and the gap over those sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from graph.formation.verify.faults import Report, coin, shown

if TYPE_CHECKING:
    from graph.formation.verify.shape import Entry, Plan

ROUNDING = 5.01e-7
"""Gaps are fractions of sums and no whole number of 1e-6: six decimals are what a file has to give."""


@dataclass(frozen=True)
class Figures:
    """What one ledger unit comes to; costs in 1e-6."""

    id: str
    name: str
    small: int
    uncovered: int
    moved: int
    objective: int
    bound: int
    searched: int
    claims_optimal: bool
    optimal: bool | None
    """Whether no better plan exists, as far as the check could tell (``None``: it can't)."""

    @property
    def gap(self) -> float:
        """(objective − bound)/objective, 0 where the objective is 0."""
        return gap(self.objective, self.bound)

    def as_json(self) -> dict[str, Any]:
        """Return the object that stands in ``ledger_units[]`` of the answer."""
        return {
            "id": self.id,
            "name": self.name,
            "small": self.small,
            "uncovered": self.uncovered,
            "objective": self.objective / 1e6,
            "bound": self.bound / 1e6,
            "gap": round(self.gap, 9),
            "claims_optimal": self.claims_optimal,
            "optimal": self.optimal,
            "searched": self.searched,
        }


def gap(objective: int, bound: int) -> float:
    """Return the gap as a fraction."""
    return 0.0 if objective == 0 else (objective - bound) / objective


def same_figures(entry: Entry, mine: Figures, report: Report) -> None:
    """Check what a ledger unit's entry says of itself."""
    for key, stated, value in (
        ("objective", entry.objective, mine.objective),
        ("bound", entry.bound, mine.bound),
    ):
        if stated is not None and stated != value:
            report.add(
                f"wrong_{key}", entry.id, (),
                f"{key} is stated as {coin(stated)} and comes to {coin(value)}",
                f"{key} 所列 {coin(stated)}，实为 {coin(value)}",
            )  # fmt: skip
    if mine.bound > mine.objective:
        report.add(
            "bound_above_objective", entry.id, (),
            f"the bound {coin(mine.bound)} exceeds the total cost {coin(mine.objective)}",
            f"下界 {coin(mine.bound)} 高于总成本 {coin(mine.objective)}",
        )  # fmt: skip
    if entry.gap is not None and abs(entry.gap - mine.gap) > ROUNDING:
        report.add(
            "wrong_gap", entry.id, (),
            f"gap is stated as {entry.gap} and comes to {mine.gap:.9f}",
            f"差距所列 {entry.gap}，实为 {mine.gap:.9f}",
        )  # fmt: skip


def totals(plan: Plan, rows: list[Figures], uncovered_cost: int, report: Report) -> None:
    """Check ``totals``: objective, bound and gap have to be there; every other figure that is has to be right.

    Parameters
    ----------
    uncovered_cost : int
        What leaving an organization uncovered costs, in 1e-6.
    """
    objective, bound = sum(r.objective for r in rows), sum(r.bound for r in rows)
    covered = objective - uncovered_cost * sum(r.uncovered for r in rows)
    for key, mine in (("objective", objective), ("bound", bound), ("covered_cost", covered)):
        if key == "covered_cost" and key not in plan.totals:
            continue
        stated = plan.totals.get(key)
        if not _number(stated) or abs(stated * 1e6 - mine) >= 0.5:
            _wrong(report, key, stated, coin(mine))
    part = (objective - bound) / covered if covered else 0.0
    for key, share in (("gap", gap(objective, bound)), ("covered_gap", part)):
        if key == "covered_gap" and key not in plan.totals:
            continue
        stated = plan.totals.get(key)
        if not _number(stated) or abs(stated - share) > ROUNDING:
            _wrong(report, key, stated, f"{share:.9f}")
    for key, count in _counts(plan, rows).items():
        stated = plan.totals.get(key, count)
        if stated != count or isinstance(stated, bool):
            _wrong(report, key, stated, str(count))


def _counts(plan: Plan, rows: list[Figures]) -> dict[str, Any]:
    """Return the numbers that totals may state beside the costs."""
    entries = plan.entries
    small, uncovered = sum(r.small for r in rows), sum(r.uncovered for r in rows)
    joint = [unit for e in entries for unit in e.joint]
    return {
        "small": small,
        "uncovered": uncovered,
        "covered": small - uncovered,
        "joint_units": len(joint),
        "joint_organizations": sum(len(unit.organizations) for unit in joint),
        "attached": sum(len(e.attached) for e in entries),
        "separate": sum(len(e.separate) for e in entries),
        "split": len({c for e in entries for _, some in e.split for c in some}),
        "work_coverage": sum(len(e.work_coverage) for e in entries),
        "moved": sum(r.moved for r in rows),
        "fragile": sum(unit.fragile is True for unit in joint),
        "ledger_units": len(entries),
        "status": dict(Counter(e.status for e in entries)),
    }


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _wrong(report: Report, key: str, stated: Any, mine: str) -> None:
    report.add(
        "wrong_total", None, (),
        f"totals.{key} is stated as {shown(stated)} and comes to {mine}",
        f"totals.{key} 所列 {shown(stated)}，实为 {mine}",
    )  # fmt: skip

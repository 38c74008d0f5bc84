"""A plan against the store: everything recomputed, nothing taken from whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.formation.verify import decisions, formed, parameters, sectors, shape
from graph.formation.verify import facts as reading
from graph.formation.verify.certificate import certificate
from graph.formation.verify.costs import micro
from graph.formation.verify.faults import Report
from graph.formation.verify.grouping import grouping
from graph.formation.verify.ledger_unit import desk
from graph.formation.verify.lists import lists
from graph.formation.verify.status import not_started, optimal
from graph.formation.verify.totals import Figures, gap, same_figures, totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.formation.verify.ledger_unit import Desk
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Progress = Callable[[int, int, str], None]

NOT_CHECKED = (
    "uncovered.reason", "uncovered.relaxation", "uncovered.fallback", "work_coverage.means", "split.remaining", "why",
)  # fmt: skip
"""What a plan says that no check looks into, but that it is there: explanations and proposals, which bind nobody."""


def verify(
    plan: dict[str, Any], store: Store, profile: Profile, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Check a plan against the store and the rules.

    Parameters
    ----------
    plan : dict
        As :func:`~graph.formation.verify.file.load_plan` gives it; whatever else it holds is a fault, never an exception.
    store, profile
        The city and the rules; the plan's own ``parameters`` (``--set``) take the place of the profile's values and are
        named where they differ.
    progress : callable, optional
        Called with (ledger units done, all, name).

    Returns
    -------
    dict
        ``valid``, ``objective``, ``bound``, ``gap`` (recomputed; ``None`` where the plan can't be read far enough), ``faults[]``;
        and ``not_checked[]`` (:data:`NOT_CHECKED`), ``store_changed``, ``parameters`` (``{key: {profile, plan}}``),
        ``not_in_plan[]`` (ledger units with something to plan that the plan leaves out), ``ledger_units[]`` with the same figures
        for each.

    Raises
    ------
    PlanError
        The plan is no JSON object.
    """
    report = Report()
    read = shape.read(plan, report)
    stated = decisions.read(read.constraints, read.previous, report)
    if read.profile is not None and read.profile != profile.name:
        report.add(
            "other_profile", None, (),
            f"made by profile {read.profile}, checked by {profile.name}: give its own with --profile",
            f"依据规则档案 {read.profile} 生成，却以 {profile.name} 检查：请用 --profile 指定原档案",
        )  # fmt: skip
    profile, changes = parameters.under(profile, read.parameters, report)
    if read.as_of is None:
        return _answer(report, None, changes, changed=False, left_out=[])
    facts = reading.read(store, profile, read.as_of)
    agenda = facts.agenda(profile.formation.min_members)
    known = set(facts.organizations["ledger_unit"].dropna())
    units = frozenset(facts.units.index)
    table = sectors.read(facts.crosswalk)
    rows = []
    for done, entry in enumerate(read.entries):
        if progress:
            progress(done, len(read.entries), entry.name)
        if entry.id not in known:
            report.add(
                "unknown_ledger_unit", entry.id, (),
                "no organization of this store stands in its ledger", "库中没有该台账单位的组织",
            )  # fmt: skip
            continue
        laid = desk(facts, agenda, profile.formation, table, entry.id)
        rows.append(_entry(entry, laid, stated, units, report))
        seats = facts.superiors.of([*laid.small, *laid.separate])
        formed.superiors(entry, seats, report)
        formed.clauses(entry, report)
    formed.ids(read.entries, report)
    totals(read, rows, micro(profile.formation.uncovered), report)
    left_out = _left_out(read, agenda, report)
    changed = read.fingerprint != store.fingerprint(read.as_of)
    return _answer(report, rows, changes, changed=changed, left_out=left_out)


def _left_out(plan: shape.Plan, agenda: reading.Agenda, report: Report) -> list[str]:
    """Return the ledger units with something to plan that are not in the plan: a fault where it says that it is of all."""
    left = sorted(agenda.ledger_units - {e.id for e in plan.entries})
    missing = left
    if plan.scope is not None:
        asked = plan.scope if isinstance(plan.scope, list) else [plan.scope]
        missing = [unit for unit in left if unit in asked]
    for unit in missing:
        report.add(
            "missing_ledger_unit", unit, (),
            "has organizations to plan and is not in the plan", "有待规划的组织，但不在方案中",
        )  # fmt: skip
    return left


def _entry(
    entry: shape.Entry,
    laid: Desk,
    stated: decisions.Stated,
    units: frozenset[str],
    report: Report,
) -> Figures:
    """Check one ledger unit; return its recomputed figures."""
    mine = decisions.local(stated, laid.small, units, laid.moved)
    faults = len(report.faults)
    objective = grouping(entry, laid, mine, report)
    sound = len(report.faults) == faults
    lists(entry, laid, report)
    fixed = sum((laid.cost(g) or 0) + mine.moves(g, None) for g in mine.accepted)
    bound, searched, proven = fixed, 0, None
    if entry.status == "not_started":
        not_started(entry, mine, report)
    else:
        priced = certificate(entry, laid, mine, fixed, report)
        bound, searched = priced.bound, priced.searched
        if entry.status == "optimal" and sound and priced.valid:
            proven = optimal(entry, laid, mine, priced, objective, report)
        elif sound and priced.valid and objective == bound:
            proven = True
    away = _moved(entry, mine, report)
    figures = Figures(
        id=entry.id,
        name=entry.name,
        small=len(laid.small),
        uncovered=len(entry.uncovered),
        moved=away,
        objective=objective,
        bound=bound,
        searched=searched,
        claims_optimal=entry.status == "optimal",
        optimal=proven,
    )
    same_figures(entry, figures, report)
    return figures


def _moved(entry: shape.Entry, mine: decisions.Decisions, report: Report) -> int:
    """Check whom the plan says that it moves; return how many it does."""
    away = [c for g in entry.joint for c in mine.movers(g.organizations, None)]
    away += [c for a in entry.attached for c in mine.movers((a.organization,), a.unit)]
    away += [c for u in entry.uncovered for c in mine.movers((u,), None, alone=True)]
    if entry.moved is not None and sorted(entry.moved) != sorted(away):
        wrong = sorted(set(entry.moved) ^ set(away)) or sorted(entry.moved)
        report.add(
            "wrong_moved", entry.id, wrong,
            f"moved[] and where the former plan had them differ for {len(wrong)} organizations",
            f"moved[] 与原方案中的去处不符，涉及 {len(wrong)} 家",
        )  # fmt: skip
    return len(away)


def _answer(
    report: Report,
    rows: list[Figures] | None,
    changes: parameters.Changes,
    *,
    changed: bool,
    left_out: list[str],
) -> dict[str, Any]:
    figures: dict[str, float | None] = dict.fromkeys(("objective", "bound", "gap"))
    if rows is not None:
        objective, bound = sum(r.objective for r in rows), sum(r.bound for r in rows)
        figures = {
            "objective": objective / 1e6,
            "bound": bound / 1e6,
            "gap": round(gap(objective, bound), 9),
        }
    return {
        "valid": not report.faults,
        **figures,
        "faults": [f.as_json() for f in report.faults],
        "store_changed": changed,
        "parameters": changes,
        "not_in_plan": left_out,
        "not_checked": list(NOT_CHECKED),
        "ledger_units": [r.as_json() for r in rows or ()],
    }

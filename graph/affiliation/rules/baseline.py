"""The frozen baseline: what came in or went without a decision, and whether the single rate has risen since (S21, S27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph import coverage
from graph.affiliation.registry import (
    Hit,
    NotChecked,
    Outcome,
    Population,
    Row,
    Words,
    no_repair,
    node,
    rule,
)
from graph.columns import among, mask, texts
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts
    from graph.decisions.baseline import Baseline

DECIDE = no_repair(
    "须以有日期的决定纳入或移出：`lianjian baseline add`、`remove`",
    "to be added or removed by a dated decision: `lianjian baseline add`, `remove`",
)
WORDS = {
    "entered": Words("列入台账而不在党建基数", "is listed and not in the baseline"),
    "left": Words("在党建基数而台账新版已无", "is in the baseline and no longer listed"),
    "gone": Words("在党建基数而库中没有", "is in the baseline and in no ledger of the store"),
}


def _frozen(facts: Facts) -> Baseline:
    baseline = facts.city.baseline
    if baseline is None:
        raise NotChecked("尚未冻结党建基数", "no baseline has been frozen")
    return baseline


@rule(
    "single_rate_not_risen",
    clauses="S27",
    severity="warning",
    title=("单独组建率未上升", "single rate not risen"),
    says=(
        "{subject} {name} 的单独组建率 {now}，基数日 {date} 为 {then}，未上升",
        "the single rate of {subject} {name} is {now}; at the baseline's date {date} it was {then}: it has not risen",
    ),
    clean=("{checked} 个区中 {clean} 个已上升", "{clean} of {checked} districts have risen"),
    needs="organization",
    deadline="S27",
)
def single_rate_not_risen(facts: Facts) -> Outcome:
    """Compare each district's single rate (organizations with a unit of their own / base) with that at the baseline's date.

    Both are taken over what of the frozen baseline operates at their dates, decisions up to then included; compared are the
    exact fractions, and any rise will do (明显 is not set). A district of which nothing operated at one of the dates is
    not judged. It needs a frozen baseline (S21) and a later date than its own.
    """
    date = _frozen(facts).decided
    if facts.as_of <= date:
        raise NotChecked("基数当日无可比较", "nothing to compare with on the baseline's own date")
    before = facts.at(date)
    names = facts.city.places.divisions["name"]
    hits = []
    checked = []
    for code in sorted(set(texts(facts.organizations["at_district"])) - {None}):
        now, then = (
            coverage.rate(f.coverage, "single_rate", mask(f.organizations["at_district"].eq(code)))
            for f in (facts, before)
        )
        if not now.denominator or not then.denominator:
            continue
        checked.append(str(code))
        if now.numerator * then.denominator > then.numerator * now.denominator:
            continue
        said = {
            "now": f"{now.rate:.2%} ({now.numerator}/{now.denominator})",
            "then": f"{then.rate:.2%} ({then.numerator}/{then.denominator})",
        }
        hits.append(
            Hit(
                str(code),
                {"name": names.get(code, ""), "date": iso(date), **said},
                (node(str(code), "division", **said),),
                tuple(facts.claims_of("freeze", ["baseline"])),
                no_repair("须继续单独组建", "more units have to be formed separately"),
            )
        )
    return Outcome(Population(offices=tuple(checked)), hits)


@rule(
    "baseline_drift",
    clauses="S21",
    severity="error",
    title=("基数变动无决定", "baseline drift"),
    says=(
        "{subject} {name} {what}，没有决定",
        "{subject} {name} {what}, and no decision says so",
    ),
    clean=("{checked} 家中 {clean} 家无变动", "{clean} of {checked} have not drifted"),
    needs="organization",
)
def baseline_drift(facts: Facts) -> Outcome:
    """Compare what is listed with the frozen baseline and its dated additions and removals (S21).

    Found are an organization that the newest edition of a ledger lists and that is not in the baseline (unless a decision removed
    it), one of the baseline that a newest edition listed when it was frozen (or that a decision added) and none lists now, and
    one of it that the store does not hold at all; also, as one finding with the subject ``baseline``, frozen codes that are not
    those of the stated fingerprint. Being excluded, suspended or closed is no drift: the baseline holds every listed
    organization, and rates use what of it operates. Without a frozen baseline there is nothing that could have drifted.
    """
    baseline = _frozen(facts)
    index = texts(facts.organizations.index.to_series())
    held = baseline.holds(index)
    listed = _listed(facts, index)
    entered = listed & ~held & ~among(index, baseline.removed)
    left = held & ~listed
    if left.any():
        # what ledgers did not list on the day of the freeze has not left since: it is missing_from_ledger, as it was then
        then = _listed(facts.at(baseline.decided), index)
        left &= then | among(index, baseline.added)

    def hit(row: Row) -> Hit:
        what = "entered" if entered[row.at] else "left"
        return Hit(
            row.code,
            {"name": row.name, "what": WORDS[what]},
            (node(row.code, "organization", baseline=what),),
            (row.claim,),
            DECIDE,
        )

    hits: Sequence[Hit] = facts.organization_hits(entered | left, hit)
    gone = sorted(map(str, baseline.codes[~among(baseline.codes, index)]))
    freeze = tuple(facts.claims_of("freeze", ["baseline"]))
    others = [
        Hit(
            code,
            {"name": "", "what": WORDS["gone"]},
            (node(code, "missing", baseline="gone"),),
            freeze,
            DECIDE,
        )
        for code in gone
    ]
    if not baseline.intact:
        others.append(_altered(baseline, freeze))
    if others:
        hits = [*hits, *others]
    population = Population(organizations=np.flatnonzero(listed | held), others=len(others))
    return Outcome(population, hits)


def _listed(facts: Facts, codes: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which organizations the newest edition of a ledger lists."""
    rows = facts.listings
    return among(codes, rows.loc[rows["current"], "key"])


def _altered(baseline: Baseline, freeze: tuple[tuple[str, int], ...]) -> Hit:
    """Return the finding of a frozen set that is not the one that was frozen."""
    return Hit(
        "baseline",
        {
            "name": "",
            "what": Words(
                f"现有 {len(baseline.frozen):,} 家，与冻结时的指纹不符",
                f"holds {len(baseline.frozen):,} codes that are not those of its fingerprint",
            ),
        },
        (
            node(
                "baseline",
                "baseline",
                stated=baseline.fingerprint,
                counted=baseline.counted,
                organizations=len(baseline.frozen),
            ),
        ),
        freeze,
        no_repair(
            "恢复备份，或查明缘由后重新冻结", "restore a backup, or find out why and freeze anew"
        ),
    )

"""Who forms separately, whom a joint unit has to let go, who gets work coverage: what the rules give, no more and no less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from graph.formation.verify.faults import Report, namen, names, shown

if TYPE_CHECKING:
    from graph.formation.verify.ledger_unit import Desk
    from graph.formation.verify.shape import Entry


def lists(entry: Entry, desk: Desk, report: Report) -> None:
    """Check ``separate[]``, ``split[]`` and ``work_coverage[]``."""
    _same("separate", [x.organization for x in entry.separate], desk.separate, entry.id, report)
    for one in entry.separate:
        who, members = one.organization, one.formal_members
        true = desk.separate.get(who)
        if true is not None and (members != true or isinstance(members, bool)):
            report.add(
                "wrong_members", entry.id, (who,),
                f"formal_members of {who} is stated as {shown(members)}, it is {true}",
                f"{who} 的正式党员数所列为 {shown(members)}，应为 {true}",
            )  # fmt: skip
    _same("work_coverage", entry.work_coverage, desk.zero, entry.id, report)
    # one that several units cover may stand with any of them; each has to stand with one
    stated = Counter((unit, c) for unit, some in entry.split for c in some)
    wrong = {c for pair, n in stated.items() for c in pair[1:] if n > 1 or pair not in desk.split}
    wrong |= {c for _, c in desk.split} - {c for _, c in stated}
    _differs("split", wrong, entry.id, report)


def _same(key: str, stated: Iterable[str], mine: Iterable[str], at: str, report: Report) -> None:
    a, b = Counter(stated), Counter(list(mine))
    _differs(key, (a - b) + (b - a), at, report)


def _differs(key: str, wrong: Iterable[str], at: str, report: Report) -> None:
    some = sorted(wrong)
    if some:
        report.add(
            f"wrong_{key}", at, some,
            f"{key} differs from the rules in {names(some)}", f"{key} 与规则不符：{namen(some)}",
        )  # fmt: skip

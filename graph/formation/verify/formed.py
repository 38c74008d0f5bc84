"""What a plan says of the units to be formed beside who is in them: their superiors, their codes, the clauses they rest on."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graph.formation.verify.faults import Report, namen, names, shown

if TYPE_CHECKING:
    from graph.formation.verify.shape import Entry
    from graph.formation.verify.superiors import Fitting, Seats

CLAUSES = {
    "joint": {"S28", "S29"},
    "attached": {"S28", "S29"},
    "separate": {"S25"},
    "split": {"S26"},
    "work_coverage": {"S10", "S30"},
}
"""The clauses of the city plan (RULES) that entries of each list rest on."""
PREFIX, DIGITS = "NEW-", 8
"""A planned unit is ``NEW-`` and at least so many hex digits of its sorted members' hash (DESIGN)."""


def superiors(entry: Entry, seats: Seats, report: Report) -> None:
    """Check that each unit to be formed is put under whom AUDIT expects.

    Parameters
    ----------
    seats : Seats
        Of the small organizations and those that form separately; entries about others are faults already.
    """
    stated = [(u.organizations, u.superior) for u in entry.joint]
    stated += [((x.organization,), x.superior) for x in entry.separate]
    for who, superior in stated:
        if not who or not all(c in seats.direct for c in who):
            continue
        fitting = seats.fitting(who)
        if superior not in fitting:
            report.add(
                "wrong_superior", entry.id, who,
                f"the superior of {names(who)} is stated as {shown(superior)}, AUDIT expects {_either(fitting, ' or ')}",
                f"{namen(who)} 的上级党组织所列为 {shown(superior)}，按隶属规则应为 {_either(fitting, ' 或 ')}",
            )  # fmt: skip


def _either(fitting: Fitting, word: str) -> str:
    return word.join(sorted(str(code) for code in fitting))


def clauses(entry: Entry, report: Report) -> None:
    """Check that each entry of a list names the clauses that it rests on, and no others."""
    for claim in entry.claims:
        if claim.clauses is None:
            continue  # noted where the file was read
        right = CLAUSES[claim.key]
        if set(claim.clauses) != right or len(claim.clauses) != len(right):
            told = ", ".join(sorted(right))
            report.add(
                "wrong_clauses", entry.id, claim.who,
                f"clauses of {claim.key} ({names(claim.who)}) are stated as {_texts(claim.clauses)}, it rests on {told}",
                f"{claim.key}（{namen(claim.who)}）的条款所列为 {_texts(claim.clauses)}，应为 {told}",
            )  # fmt: skip


def _texts(stated: Sequence[str]) -> str:
    return shown(", ".join(stated)) or "–"


def ids(entries: Iterable[Entry], report: Report) -> None:
    """Check that each planned unit's code is made of its members, and that no two bear the same."""
    bearing: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for entry in entries:
        for unit in entry.joint:
            if unit.id is None:
                continue
            bearing[unit.id].append((entry.id, unit.organizations))
            text = ";".join(sorted(unit.organizations)).encode("utf-8", "surrogatepass")
            whole = PREFIX + hashlib.sha256(text).hexdigest()
            if len(unit.id) < len(PREFIX) + DIGITS or not whole.startswith(unit.id):
                right = whole[: len(PREFIX) + DIGITS]
                report.add(
                    "wrong_id", entry.id, unit.organizations,
                    f"the code of {names(unit.organizations)} is stated as {shown(unit.id)}, made of its members it is {right}",
                    f"{namen(unit.organizations)} 的代码所列为 {shown(unit.id)}，由其成员得出的是 {right}",
                )  # fmt: skip
    for code, units in bearing.items():
        if len(units) > 1:
            who = [c for _, some in units for c in some]
            report.add(
                "same_id", units[1][0], who,
                f"{len(units)} units of the plan bear the code {shown(code)}",
                f"方案中有 {len(units)} 个党组织的代码同为 {shown(code)}",
            )  # fmt: skip

"""What a ledger unit's ``status`` claims has to fit what stands beside it.

``optimal`` is a claim about every other plan, and the certificate is what decides it: a plan that costs less than the objective
consists of columns whose reduced costs (cost less prices) come to less than objective − bound. All such columns are searched
out, and where they are few, all ways to put them together: first as if hosts had room for anybody, part by part (:mod:`.cover`),
which mostly decides it. Where they are many, the claim stays unchecked, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graph.formation.verify.cover import cheapest
from graph.formation.verify.faults import Report, coin
from graph.formation.verify.tight import Column, tight_columns

if TYPE_CHECKING:
    from graph.formation.verify.certificate import Certificate
    from graph.formation.verify.decisions import Decisions
    from graph.formation.verify.ledger_unit import Desk
    from graph.formation.verify.shape import Entry

COLUMNS = 3_000
"""Up to so many columns are put together in every way …"""
STEPS = 100_000
"""… within so many steps …"""
LARGE = 1_000
"""… of a ledger unit of so many small organizations."""


def not_started(entry: Entry, decisions: Decisions, report: Report) -> None:
    """Check that nothing is planned where nothing was begun."""
    accepted = {frozenset(g) for g in decisions.accepted}
    formed = [u for u in entry.joint if frozenset(u.organizations) not in accepted]
    priced = [c for c, p in entry.prices.items() if p]
    if formed or entry.attached or entry.cuts or entry.unit_prices or priced:
        report.add(
            "wrong_status", entry.id, (),
            "status is not_started, and it holds units, attachments or prices",
            "状态为 not_started，却含有联合组建、挂靠或价格",
        )  # fmt: skip


def optimal(
    entry: Entry,
    desk: Desk,
    decisions: Decisions,
    certificate: Certificate,
    objective: int,
    report: Report,
) -> bool | None:
    """Check a claim that no better plan exists.

    Parameters
    ----------
    certificate : Certificate
        Valid prices.
    objective : int
        What the groups come to, in 1e-6.

    Returns
    -------
    bool or None
        Whether it holds; ``None`` where it was not checked to the end.
    """
    slack = objective - certificate.bound
    if slack <= 0:
        return True
    if len(certificate.prices) > LARGE:
        return None
    columns = tight_columns(desk, certificate, decisions, slack, COLUMNS)
    if columns is None:
        return None
    cover = cheapest(columns, certificate.prices, slack, STEPS)
    if cover is None:
        return None
    if cover.reduced >= slack:
        return True
    target = objective - certificate.fixed
    puzzle = _Puzzle(desk, columns, sorted(certificate.prices), slack, target)
    if not puzzle.solve():
        return None
    if puzzle.best is None:
        return True
    better = puzzle.best + certificate.fixed
    report.add(
        "not_optimal", entry.id, (),
        f"status is optimal, and there is a plan that costs {coin(better)}, less than {coin(objective)}",
        f"状态为 optimal，却存在成本为 {coin(better)} 的方案，低于 {coin(objective)}",
    )  # fmt: skip
    return False


class _Puzzle:
    """All ways to put columns together that cost less than ``target``: their reduced costs come to less than ``slack``."""

    def __init__(
        self, desk: Desk, columns: Sequence[Column], open_: Sequence[str], slack: int, target: int
    ) -> None:
        number = dict.fromkeys(open_, 0)
        for column in columns:
            for c in column.organizations:
                number[c] += 1
        # who has the fewest choices comes first
        self.order = sorted(open_, key=lambda c: (number[c], c))
        rank = {c: x for x, c in enumerate(self.order)}
        self.by_first: dict[str, list[Column]] = {c: [] for c in self.order}
        for column in sorted(columns, key=lambda x: x.reduced):
            self.by_first[min(column.organizations, key=rank.__getitem__)].append(column)
        self.desk, self.slack, self.target, self.steps = desk, slack, target, 0
        self.best: int | None = None

    def solve(self) -> bool:
        """Look for a plan; return whether all of it was looked at, with the first found in ``best``."""
        return self._place(0, frozenset(), 0, 0, {})

    def _place(
        self,
        at: int,
        placed: frozenset[str],
        cost: int,
        reduced: int,
        load: dict[str, tuple[int, int]],
    ) -> bool:
        while at < len(self.order) and self.order[at] in placed:
            at += 1
        if at == len(self.order):
            if cost < self.target:
                self.best = cost
            return True
        self.steps += 1
        if self.steps > STEPS:
            return False
        for column in self.by_first[self.order[at]]:
            if reduced + column.reduced >= self.slack:
                break  # in order of reduced cost
            if not placed.isdisjoint(column.organizations):
                continue
            loaded = load
            if column.unit is not None:
                n, m = load.get(column.unit, (0, 0))
                n, m = n + 1, m + self.desk.members(column.organizations)
                places, seats = self.desk.free(column.unit)
                if n > places or m > seats:
                    continue
                loaded = load | {column.unit: (n, m)}
            whole = placed.union(column.organizations)
            if not self._place(at + 1, whole, cost + column.cost, reduced + column.reduced, loaded):
                return False
            if self.best is not None:
                return True
        return True

"""The columns whose prices come close to their cost: of these alone a plan below a given cost can consist."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graph.formation.verify.undercut import Search, contexts

if TYPE_CHECKING:
    from graph.formation.verify.certificate import Certificate
    from graph.formation.verify.decisions import Decisions
    from graph.formation.verify.ledger_unit import Desk


class Column(NamedTuple):
    """A joint unit, an attachment or an organization left uncovered; cost and reduced cost (cost less prices) in 1e-6."""

    organizations: tuple[str, ...]
    unit: str | None
    cost: int
    reduced: int


def tight_columns(
    desk: Desk, certificate: Certificate, decisions: Decisions, slack: int, most: int
) -> list[Column] | None:
    """Return every feasible column whose reduced cost is below ``slack``; ``None`` where there are more than ``most``.

    Settled organizations are in no column.
    """
    out = _alone(desk, certificate, decisions, slack) + _attached(
        desk, certificate, decisions, slack
    )
    search = Search(desk, certificate.prices, certificate.cuts, decisions)
    seen: set[tuple[int, ...]] = set()
    for context in contexts(desk, search.mask):
        for k in range(2, desk.formation.max_organizations + 1):
            groups = search.groups(context, k, most + 1, slack)
            seen.update(tuple(sorted(g)) for g in groups)
            if len(groups) > most or len(seen) > most:
                return None
    for group in sorted(seen):
        column = search.column([desk.small[x] for x in group])
        if column is not None and column.cost - column.worth < slack:
            out.append(Column(column.organizations, None, column.cost, column.cost - column.worth))
    return out if len(out) <= most else None


def _alone(desk: Desk, certificate: Certificate, decisions: Decisions, slack: int) -> list[Column]:
    out = []
    for c, p in certificate.prices.items():
        cost = desk.alone + decisions.moves((c,), None, alone=True)
        if cost - p < slack and not decisions.broken((c,), None, alone=True):
            out.append(Column((c,), None, cost, cost - p))
    return out


def _attached(
    desk: Desk, certificate: Certificate, decisions: Decisions, slack: int
) -> list[Column]:
    if not desk.hosts:
        return []
    out = []
    cost = desk.attachments()
    stated = [certificate.unit_prices.get(u, (0, 0)) for u in desk.hosts]
    q, r = np.array(stated, dtype=np.int64).T
    p = np.array([certificate.prices.get(c, -(1 << 60)) for c in desk.small], dtype=np.int64)
    # a move only makes it dearer
    least = cost + q[None, :] + desk.m[:, None] * r[None, :] - p[:, None]
    for i, u in np.argwhere((cost >= 0) & (least < slack)).tolist():
        who, unit = desk.small[i], desk.hosts[u]
        if who not in certificate.prices:
            continue
        whole = int(cost[i, u]) + decisions.moves((who,), unit)
        reduced = whole + int(q[u]) + int(desk.m[i]) * int(r[u]) - certificate.prices[who]
        if reduced < slack and not decisions.broken((who,), unit):
            out.append(Column((who,), unit, whole, reduced))
    return out

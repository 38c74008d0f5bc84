"""Prices that no feasible joint unit, attachment or uncovered organization undercuts, and the bound that they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.formation.verify.faults import Report, coin, namen, names, shown
from graph.formation.verify.undercut import undercut

if TYPE_CHECKING:
    from graph.formation.verify.decisions import Decisions
    from graph.formation.verify.ledger_unit import Desk
    from graph.formation.verify.shape import Entry

Cuts = list[tuple[tuple[str, ...], int]]


@dataclass(frozen=True)
class Certificate:
    """What the stated prices come to, in 1e-6.

    Attributes
    ----------
    prices : dict
        p of each organization that is to be decided.
    cuts, unit_prices
        σ by three organizations; (q, r) by host.
    fixed : int
        What the accepted units cost: in objective and bound alike.
    bound : int
        Below the cost of every plan, where the prices are ``valid``.
    searched : int
        Search nodes visited to check them.
    """

    prices: dict[str, int]
    cuts: Cuts
    unit_prices: dict[str, tuple[int, int]]
    fixed: int
    bound: int
    valid: bool
    searched: int


def certificate(
    entry: Entry, desk: Desk, decisions: Decisions, fixed: int, report: Report
) -> Certificate:
    """Check every condition on the prices; return the bound that they give."""
    faults = len(report.faults)
    prices = _prices(entry, desk, decisions, report)
    cuts = _cuts(entry, prices, report)
    unit_prices = _unit_prices(entry, desk, report)
    _caps(entry, desk, decisions, prices, report)
    _attachments(entry, desk, decisions, prices, unit_prices, report)
    found, searched = undercut(desk, prices, cuts, decisions)
    if found is not None:
        who = found.organizations
        report.add(
            "group_undercuts", entry.id, who,
            f"{names(who)} cost {coin(found.cost)} together, less than their prices, {coin(found.worth)}",
            f"{namen(who)} 联建成本 {coin(found.cost)}，低于其价格合计 {coin(found.worth)}",
        )  # fmt: skip
    bound = sum(prices.values()) - sum(v for _, v in cuts) + fixed
    for unit, (q, r) in unit_prices.items():
        places, seats = desk.free(unit)
        bound -= q * places + r * seats
    valid = len(report.faults) == faults
    return Certificate(prices, cuts, unit_prices, fixed, bound, valid, searched)


def _prices(entry: Entry, desk: Desk, decisions: Decisions, report: Report) -> dict[str, int]:
    """Return the price of each organization that is to be decided; one without counts as 0."""
    open_ = [c for c in desk.small if c not in decisions.settled]
    wrong = sorted(entry.prices.keys() ^ set(open_))
    if wrong:
        report.add(
            "wrong_prices", entry.id, wrong,
            f"prices are not those of its small organizations: {names(wrong)}",
            f"价格表与小微组织不一致：{namen(wrong)}",
        )  # fmt: skip
    return {c: entry.prices.get(c, 0) for c in open_}


def _cuts(entry: Entry, prices: dict[str, int], report: Report) -> Cuts:
    out: Cuts = []
    for three, price in entry.cuts:
        if len(three) == 3 == len(set(three)) and prices.keys() >= set(three) and price >= 0:
            out.append((three, price))
        else:
            report.add(
                "wrong_cut", entry.id, three,
                f"a cut of {names(three)} at {coin(price)} is not three of its organizations at 0 or more",
                f"割平面 {namen(three)}（价格 {coin(price)}）应为三个小微组织且价格不为负",
            )  # fmt: skip
    return out


def _unit_prices(entry: Entry, desk: Desk, report: Report) -> dict[str, tuple[int, int]]:
    out = {}
    for unit, pair in entry.unit_prices.items():
        if unit in desk.host_at and min(pair) >= 0:
            out[unit] = pair
        else:
            report.add(
                "wrong_unit_price", entry.id, (),
                f"the price of {shown(unit)} is negative, or it is no unit that takes attachments here",
                f"{shown(unit)} 的价格为负，或不是可在此挂靠的党组织",
            )  # fmt: skip
    return out


def _caps(
    entry: Entry, desk: Desk, decisions: Decisions, prices: dict[str, int], report: Report
) -> None:
    """No organization is priced above what it costs to leave it uncovered."""
    for c, p in prices.items():
        cap = desk.alone + decisions.moves((c,), None, alone=True)
        if p > cap:
            report.add(
                "price_above_cap", entry.id, (c,),
                f"the price of {c} is {coin(p)}, above {coin(cap)}", f"{c} 的价格 {coin(p)} 超过 {coin(cap)}",
            )  # fmt: skip


def _attachments(
    entry: Entry,
    desk: Desk,
    decisions: Decisions,
    prices: dict[str, int],
    unit_prices: dict[str, tuple[int, int]],
    report: Report,
) -> None:
    """Name the first attachment that is cheaper than its price."""
    if not desk.hosts or not desk.small:
        return
    p = np.array([prices.get(c, -(1 << 60)) for c in desk.small], dtype=np.int64)
    q = np.array([unit_prices.get(u, (0, 0))[0] for u in desk.hosts], dtype=np.int64)
    r = np.array([unit_prices.get(u, (0, 0))[1] for u in desk.hosts], dtype=np.int64)
    cost = desk.attachments()
    worth = p[:, None] - q[None, :] - desk.m[:, None] * r[None, :]
    for i, u in np.argwhere((cost >= 0) & (worth > cost)).tolist():
        who, unit = desk.small[i], desk.hosts[u]
        whole = int(cost[i, u]) + decisions.moves((who,), unit)
        if int(worth[i, u]) <= whole or decisions.broken((who,), unit):
            continue
        report.add(
            "attachment_undercuts", entry.id, (who,),
            f"attaching {who} to {unit} costs {coin(whole)}, less than its price, {coin(int(worth[i, u]))}",
            f"{who} 挂靠 {unit} 的成本 {coin(whole)} 低于其价格 {coin(int(worth[i, u]))}",
        )  # fmt: skip
        return

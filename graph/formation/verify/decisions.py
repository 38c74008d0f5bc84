"""People's decisions and the former plan as they bear on one ledger unit (FORMATION: pin, forbid, accept, ``--from``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from graph.formation.verify.faults import Report, namen, names, shown


@dataclass
class Stated:
    """Decisions as a plan file states them, for the whole plan.

    Attributes
    ----------
    pins, bans : list of frozenset
        Codes of organizations, and of units, that belong together or apart.
    accepted : list of tuple
        Organizations of formed units, each sorted.
    former : dict
        By organization, all those of its joint unit in the plan that this one was made from.
    hosts : dict
        Its attachments: organization to unit.
    """

    pins: list[frozenset[str]] = field(default_factory=list)
    bans: list[frozenset[str]] = field(default_factory=list)
    accepted: list[tuple[str, ...]] = field(default_factory=list)
    former: dict[str, frozenset[str]] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)


def read(constraints: dict[str, Any], previous: Any, report: Report) -> Stated:
    """Read ``constraints`` and ``previous``; note what can't be read."""
    out = Stated()
    for key, into in (("pin", out.pins), ("forbid", out.bans), ("accept", None)):
        for at, item in enumerate(_array(constraints, key, "constraints", report)):
            codes = _codes(item)
            if not codes:
                _malformed(report, f"constraints.{key}[{at}]")
            elif into is None:
                out.accepted.append(tuple(sorted(codes)))
            else:
                into.append(codes)
    if previous is None:
        return out
    if not isinstance(previous, dict):
        _malformed(report, "previous")
        return out
    for at, item in enumerate(_array(previous, "joint", "previous", report)):
        codes = _codes(item)
        if codes:
            out.former.update(dict.fromkeys(codes, codes))
        else:
            _malformed(report, f"previous.joint[{at}]")
    attached = previous.get("attached") or {}
    if isinstance(attached, list):
        pairs = [
            (x.get("organization"), x.get("unit")) if isinstance(x, dict) else (None, None)
            for x in attached
        ]
    elif isinstance(attached, dict):
        pairs = list(attached.items())
    else:
        pairs = [(None, None)]
    for who, unit in pairs:
        if isinstance(who, str) and isinstance(unit, str):
            out.hosts[who] = unit
        else:
            _malformed(report, "previous.attached")
    return out


def _array(where: dict[str, Any], key: str, at: str, report: Report) -> list[Any]:
    value = where.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    _malformed(report, f"{at}.{key}")
    return []


def _codes(item: Any) -> frozenset[str] | None:
    """Return the codes of a decision: an array of them, or an object with ``organizations`` and perhaps ``unit``."""
    unit = None
    if isinstance(item, dict):
        item, unit = item.get("organizations"), item.get("unit")
    if not isinstance(item, list) or not all(isinstance(c, str) for c in item):
        return None
    if unit is not None and not isinstance(unit, str):
        return None
    return frozenset(item) | ({unit} if unit else frozenset())


def _malformed(report: Report, path: str) -> None:
    path = shown(path)
    report.add(
        "malformed", None, (),
        f"{path} is not as the contract says", f"{path} 格式不符",
    )  # fmt: skip


@dataclass
class Decisions:
    """What bears on one ledger unit.

    Attributes
    ----------
    blocks : dict
        Organization to the set that a column holds entirely or not at all (pins that overlap make one set).
    host_of : dict
        Organization to the units one of which it is pinned to.
    bans : list of frozenset
        Sets that no column holds entirely, a host's code among them where it is one.
    accepted : list of tuple
        Fixed units, which leave the problem; ``settled`` are their organizations.
    torn : list of tuple
        Accepted units of which only a part is small here: no plan can keep them.
    companions : dict
        Organization to its former joint unit, as far as still small (itself included).
    hosts : dict
        Organization to its former host.
    moved : int
        Cost in 1e-6 of each organization moved.
    """

    blocks: dict[str, frozenset[str]] = field(default_factory=dict)
    host_of: dict[str, set[str]] = field(default_factory=dict)
    bans: list[frozenset[str]] = field(default_factory=list)
    accepted: list[tuple[str, ...]] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    torn: list[tuple[str, ...]] = field(default_factory=list)
    companions: dict[str, frozenset[str]] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    moved: int = 0

    def broken(
        self, members: Collection[str], unit: str | None, *, alone: bool = False
    ) -> tuple[str, str] | None:
        """Return the decision that a column goes against, in English and Chinese, or ``None``."""
        held = set(members)
        for c in members:
            block = self.blocks.get(c)
            if block is not None and not block <= held:
                return f"a pin of {names(sorted(block))}", f"固定 {namen(sorted(block))} 的决定"
            hosts = self.host_of.get(c)
            if hosts is not None and (alone or unit not in hosts):
                return (
                    f"a pin of {c} to {names(sorted(hosts))}",
                    f"将 {c} 固定于 {namen(sorted(hosts))} 的决定",
                )
        if unit is not None:
            held.add(unit)
        for ban in self.bans:
            if ban <= held:
                return f"a forbid of {names(sorted(ban))}", f"禁止 {namen(sorted(ban))} 的决定"
        return None

    def moves(self, members: Collection[str], unit: str | None, *, alone: bool = False) -> int:
        """Return what a column costs for the organizations that it takes from their former companions or host, in 1e-6."""
        return len(self.movers(members, unit, alone=alone)) * self.moved

    def movers(
        self, members: Collection[str], unit: str | None, *, alone: bool = False
    ) -> list[str]:
        """Return the organizations that a column takes from their former companions or host."""
        if not self.companions and not self.hosts:
            return []
        held = set(members)
        out = []
        for c in members:
            former, host = self.companions.get(c), self.hosts.get(c)
            if former is None and host is None:
                continue  # the former plan had no place for it
            if alone or host != unit or not (former is None or former <= held):
                out.append(c)
        return out


def local(stated: Stated, small: Iterable[str], units: Collection[str], moved: int) -> Decisions:
    """Return the decisions that bear on these small organizations.

    Parameters
    ----------
    small : iterable of str
        The ledger unit's small organizations.
    units : collection of str
        Codes of all units of the store: what in a decision is a unit, the rest being organizations.
    moved : int
        Cost of moving one, in 1e-6.
    """
    here = set(small)
    out = Decisions(moved=moved)
    for pin in stated.pins:
        if not pin & here:
            continue
        hosts = {c for c in pin if c in units}
        block = pin - hosts
        for c in block & here:
            block |= out.blocks.get(c, frozenset())
            if hosts:
                out.host_of.setdefault(c, set()).update(hosts)
        for c in block:
            out.blocks[c] = block
    out.bans = [ban for ban in stated.bans if ban & here]
    out.accepted = [g for g in stated.accepted if set(g) <= here]
    out.torn = [g for g in stated.accepted if set(g) & here and not set(g) <= here]
    out.settled = {c for g in out.accepted for c in g}
    if stated.former:
        out.companions = {c: stated.former[c] & here for c in here & stated.former.keys()}
    out.hosts = {c: stated.hosts[c] for c in here & stated.hosts.keys()}
    return out

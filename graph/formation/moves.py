"""Who is moved against the plan before (FORMATION, ``--from``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.formation.naming import new_code

if TYPE_CHECKING:
    from graph.formation.problem import Problem
    from graph.formation.solve import Solved

Object = dict[str, Any]


def moved(problem: Problem, solved: Solved) -> list[Object]:
    """Return the organizations of a ledger unit that a plan moves, ascending; none without a plan before.

    An organization is moved if a former companion that is still small is not with it, its host differs, or it is now uncovered.

    Returns
    -------
    list of dict
        ``{organization, before, after}``; each of these has ``as`` (joint, attached, uncovered) and ``unit``.
    """
    previous = problem.previous
    if previous is None:
        return []
    codes = [str(c) for c in problem.codes]
    small = {codes[r] for r in solved.unit.rows.tolist()}
    now: dict[str, tuple[str, str | None, frozenset[str]]] = {}
    for rows, _ in solved.joint:
        group = frozenset(codes[r] for r in rows)
        now.update(dict.fromkeys(group, ("joint", new_code(sorted(group)), group)))
    for r, u, _ in solved.attached:
        now[codes[r]] = ("attached", str(problem.unit_codes[u]), frozenset())
    for r in solved.uncovered:
        now[codes[r]] = ("uncovered", None, frozenset())
    out: dict[str, Object] = {}
    for former in previous.joint:
        here = small & set(former)
        for code in here:
            as_, unit, group = now[code]
            if as_ != "joint" or not here <= group:
                before = {"as": "joint", "unit": new_code(sorted(former))}
                out[code] = {
                    "organization": code,
                    "before": before,
                    "after": {"as": as_, "unit": unit},
                }
    for code, host in previous.attached.items():
        if code in small and now[code][:2] != ("attached", host):
            as_, unit, _ = now[code]
            before = {"as": "attached", "unit": host}
            out[code] = {"organization": code, "before": before, "after": {"as": as_, "unit": unit}}
    return [out[code] for code in sorted(out)]

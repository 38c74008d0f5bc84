"""A plan over a picture: the joint units and attachments that it proposes, drawn beside what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.errors import PlanError
from viz.containment import PLANNED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx


def propose(graph: nx.MultiDiGraph[Any], plan: Mapping[str, Any]) -> int:
    """Add to a graph the units that a plan proposes, and whom they and existing units would cover.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As :meth:`graph.store.base.Store.neighbours` shapes it; changed in place.
    plan : mapping
        A plan file's object (DESIGN, *Plan file*).

    Returns
    -------
    int
        How many joint units and attachments of the plan touch the graph.

    Raises
    ------
    PlanError
        A part of the plan that a picture needs is missing or of another kind.
    """
    try:
        return sum(
            sum(_joint(graph, joint) for joint in entry["joint"])
            + sum(_attached(graph, one) for one in entry["attached"])
            for entry in plan["ledger_units"]
        )
    except (KeyError, TypeError, AttributeError):
        raise PlanError(
            "the plan lacks what a picture needs; check it with: lianjian verify PLAN",
            "方案缺少画图所需的内容；可用 lianjian verify 方案 检查",
        ) from None


def _joint(graph: nx.MultiDiGraph[Any], joint: Mapping[str, Any]) -> int:
    members = sorted(("organization", str(c)) for c in joint["organizations"])
    inside = [n for n in members if n in graph]
    if not inside:
        return 0
    named = str(graph.nodes[inside[0]].get("name") or inside[0][1])
    unit = ("unit", str(joint["id"]))
    graph.add_node(
        unit,
        kind="unit",
        name=f"拟建：{named}等{len(members)}家",
        name_en=f"Planned: {named} and {len(members) - 1} more",
        type=joint.get("form"),
        planned=True,
        why=_words(joint),
    )
    for n in inside:
        graph.add_edge(unit, n, key=PLANNED, kind=PLANNED, via="plan")
    superior = ("unit", str(joint.get("superior")))
    if superior in graph:
        graph.add_edge(unit, superior, key="SUBORDINATE_TO", kind="SUBORDINATE_TO", via="plan")
    return 1


def _attached(graph: nx.MultiDiGraph[Any], one: Mapping[str, Any]) -> int:
    n, unit = ("organization", str(one["organization"])), ("unit", str(one["unit"]))
    if n not in graph or unit not in graph:
        return 0
    graph.add_edge(unit, n, key=PLANNED, kind=PLANNED, via="plan")
    graph.nodes[n]["why"] = _words(one)
    return 1


def _words(entry: Mapping[str, Any]) -> tuple[str, str]:
    why = entry.get("why") or {}
    return str(why.get("zh", "")), str(why.get("en", ""))

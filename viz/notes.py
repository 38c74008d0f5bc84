"""What a picture leaves out, in words: nothing is cut in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.scene import LIMIT, Key, Words

if TYPE_CHECKING:
    import networkx as nx


def taken_together(number: int) -> Words:
    """Say that places are drawn as one node."""
    zh = f"共 {number:,} 个节点，超过 {LIMIT:,}：场所合并为一个节点并标出其中的组织数，双击或点“打开”看其内部。"
    en = f"{number:,} nodes, more than {LIMIT:,}: a place is one node with the number of organizations in it;"
    return zh, en + " double-click it or press Open to look inside."


def too_many(number: int, graph: nx.MultiDiGraph[Any], closed: set[Key]) -> Words:
    """Say that organizations are not drawn, and how to look inside a place."""
    some = next((str(k) for _, k in sorted(closed) if graph.has_node(("division", k))), "420101001")
    zh = f"共 {number:,} 个组织，一页画不下：只画场所及其组织数；要看其中一处，用 lianjian map --in {some}。"
    en = f"{number:,} organizations are too many for one page: places stand with their numbers;"
    return zh, en + f" to look inside one: lianjian map --in {some}."


def left_out(number: int) -> Words:
    """Say that nodes are left out."""
    zh = f"另有 {number:,} 个关系最少的节点未画在此图；导出（lianjian export）包含全部。"
    return zh, f"{number:,} nodes with the fewest ties are not drawn here; lianjian export has all."


def not_through(name: str, number: int, more: int) -> Words:
    """Say that hops ended at something that too many are tied to, and at how many others."""
    zh = f"{name} 相连的有 {number:,} 个，未再经由它继续；可对它另画一图。"
    en = f"{name} has {number:,} neighbours: hops don't go through it, which has a map of its own."
    return (zh + f"另有 {more:,} 处同样如此。", en + f" So it is with {more:,} more.") if more else (zh, en)  # fmt: skip


def further_down(number: int) -> Words:
    """Say that units below are left out."""
    zh = f"更下级的 {number:,} 个党组织未画出，数目标在其上级旁；可对该上级另画一图。"
    en = f"{number:,} units further down are not drawn; their number stands at their superior,"
    return zh, en + " which has a map of its own."

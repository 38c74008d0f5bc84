"""What lies in no smaller place is taken together in groups of bounded size, so that whatever opens can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.containment import COVERING, Containment
from viz.scene import Key, Words, identity

if TYPE_CHECKING:
    import networkx as nx

PART = 600
"""A group holds at most about so many nodes; a place with more places than this has them in groups, too."""
GROUP = "group"
"""The kind of a group's mark."""


def gather(
    graph: nx.MultiDiGraph[Any], tree: Containment, focus: Key | None = None
) -> dict[Key, Words]:
    """Put organizations that lie in no smaller place, and the units of them alone, into groups.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
    tree : Containment
        Of the graph; the groups become places in it.
    focus : (kind, key), optional
        Stays where it is.

    Returns
    -------
    dict
        The groups and their names.
    """
    gathering = _Gathering(graph, tree)
    for place in [None, *sorted(tree.parent)]:
        residents = [n for n in tree.residents.get(place, []) if n != focus]
        children = tree.children.get(place, [])
        some = any(n[0] == "organization" for n in residents)
        if len(residents) > PART or (some and children):
            teams = gathering.teams(residents)
            if teams:
                gathering.group(place, teams, ("其他组织", "others"), tree.home)
        if len(children) > PART:
            gathering.group(place, [[c] for c in children], ("场所", "places"), tree.parent)
    return gathering.names


class _Gathering:
    def __init__(self, graph: nx.MultiDiGraph[Any], tree: Containment) -> None:
        self.graph = graph
        self.tree = tree
        self.names: dict[Key, Words] = {}

    def teams(self, residents: list[Key]) -> list[list[Key]]:
        """Return what goes into one group together: a unit without units below it and those it covers, or an organization."""
        free = {n for n in residents if n[0] == "organization"}
        out: list[list[Key]] = []
        for u in (n for n in residents if n[0] == "unit"):
            if any(k == "SUBORDINATE_TO" for _, _, k in self.graph.in_edges(u, keys=True)):
                continue
            covered = {b for _, b, k in self.graph.out_edges(u, keys=True) if k in COVERING}
            mine = sorted(covered & free)
            free -= set(mine)
            # of a unit with no one left to cover, what it covers lies in several of the places here, or nowhere
            if mine or covered or len(residents) > PART:
                out.append([u, *mine])
        out += [[n] for n in sorted(free)]
        return sorted(out, key=lambda team: team[-1])

    def group(
        self,
        place: Key | None,
        teams: list[list[Key]],
        words: Words,
        where: dict[Key, Key | None],
    ) -> None:
        """Move teams of residents, or places, into groups in ``place``; ``where`` tells where each of them lies."""
        tree = self.tree
        held: dict[Any, list[Key]] = tree.children if where is tree.parent else tree.residents
        parts: list[list[Key]] = [[]]
        for team in teams:
            if parts[-1] and len(parts[-1]) + len(team) > PART:
                parts.append([])
            parts[-1] += team
        for k, members in enumerate(parts, start=1):
            suffix = f" {k}/{len(parts)}" if len(parts) > 1 else ""
            key = (GROUP, f"{identity(place) if place else 'nowhere'}/{words[1]}{k}")
            zh, en = self._name(place)
            self.names[key] = (f"{zh}：{words[0]}{suffix}", f"{en}: {words[1]}{suffix}")
            moved = set(members)
            held[key] = sorted(moved)
            held[place] = [n for n in held[place] if n not in moved]
            tree.parent[key] = place
            tree.children.setdefault(place, []).append(key)
            where.update(dict.fromkeys(members, key))

    def _name(self, place: Key | None) -> Words:
        if place is None:
            return "无所在场所", "no place known"
        name = str((self.graph.nodes[place].get("name") if place in self.graph else None) or place[1])  # fmt: skip
        return name, name

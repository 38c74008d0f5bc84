"""Networks out of what a database answers: cuts as networkx shapes them, and loops of chains (base: *neighbours*, *chain*)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.errors import TooMuchError
from graph.model import Structure
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx

    Key = tuple[str, str]
    Tie = tuple[Key, Key, str, str, int, int]


def induced(
    wanted: set[Key], known: dict[Key, dict[str, Any]], ties: Iterable[Tie]
) -> nx.MultiDiGraph[Any]:
    """Return the graph of some nodes.

    Parameters
    ----------
    known : dict
        Properties of those that a claim defines.
    ties : iterable of Tie
        Edges that begin at these nodes, sorted: (from, to, kind, via, valid from, valid to). The first of a kind between two
        is drawn, where both are wanted.
    """
    import networkx as nx

    declared = load_schema().kinds
    out: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for n in sorted(wanted):
        if n in known:
            values = known[n]
            head = {
                "kind": n[0],
                "name": str(values.get("name") or n[1]),
                "type": values.get("type"),
            }
            out.add_node(n, **{**values, **head})
        elif n[0] in declared:
            out.add_node(n, kind=n[0], name=n[1], type=None, missing=True)
        else:
            out.add_node(n, kind=n[0], name=n[1], type=None)
    for a, b, kind, via, begin, end in ties:
        if b in wanted and not out.has_edge(a, b, key=kind):
            out.add_edge(a, b, key=kind, kind=kind, via=via, valid_from=begin, valid_to=end)
    return out


def structure(knots: Iterable[tuple[str, Iterable[str], bool]]) -> Structure:
    """Return what the units that are no plain leaves come to: their codes, their superiors, whether a row defines them."""
    over = {}
    headless, missing = [], []
    for code, superiors, defined in knots:
        over[code] = tuple(sorted(superiors))
        if not defined:
            missing.append(code)
        elif not over[code]:
            headless.append(code)
    found = loops((a, b) for a, some in over.items() for b in some if b in over)
    return Structure(
        tuple(sorted(headless)),
        {code: some for code, some in sorted(over.items()) if len(some) > 1},
        tuple(sorted(code for code, some in over.items() if code in some)),
        tuple(part for part in found if len(part) > 1),
        tuple(sorted(missing)),
    )


def loops(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components of two and more, and nodes above themselves (Tarjan, by networkx)."""
    import networkx as nx

    whole = nx.DiGraph(pairs)
    parts = nx.strongly_connected_components(whole)
    return tuple(
        sorted(tuple(sorted(p)) for p in parts if len(p) > 1 or whole.has_edge(*(2 * tuple(p))))
    )


def around_too_much(most: int, hops: int) -> TooMuchError:
    """Return what to say where more lies around an entity than is given."""
    way_en, way_zh = (
        ("give fewer hops", "请减少 hops（步数）")
        if hops > 1
        else ("ask for the first of each kind (each)", "请用 each 只取每类的前几个")
    )
    return TooMuchError(
        f"hops: more than {most:,} entities lie within {hops}; {way_en}, or a jurisdiction's map",
        f"hops：{hops} 步之内超过 {most:,} 个对象；{way_zh}，或改用辖区地图",
    )


def between_too_much(most: int) -> TooMuchError:
    """Return what to say where a connection is not found among so many."""
    return TooMuchError(
        f"more than {most:,} entities lie between the two; ask for the chain of each, or what lies around them within a few hops",
        f"两者之间超过 {most:,} 个对象；请分别查看各自的隶属链，或查看其周围几步之内的对象",
    )

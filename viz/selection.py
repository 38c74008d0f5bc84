"""Which part of the graph a picture or a file shows: around one entity, or within a jurisdiction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store.base import MOST_AROUND, MOST_THROUGH
from viz.extract import ColumnExtract, drawn_edges

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from graph.city import City
    from graph.store.base import Store

Key = tuple[str, str]

PLACES = ("park", "building", "commercial_street", "market")
UNITS = 300
"""Units below one that its picture draws: whole levels of the hierarchy, as many as fit."""


def around(
    store: Store, focus: Key, date: int, hops: int | None
) -> tuple[nx.MultiDiGraph[Any], dict[Key, int]]:
    """Return the graph around an entity.

    Parameters
    ----------
    store : graph.store.base.Store
    focus : (kind, key)
    date : int
        ``yyyymmdd``.
    hops : int or None
        All within so many edges; ``None`` is the entity's own picture: what it is directly tied to, the chains to their roots,
        what a place holds and who covers it, what a unit has below it.

    Returns
    -------
    graph, cut
        And how many units below a drawn one are left out, by unit. What hops did not go through stands in the graph's attribute
        :data:`graph.store.base.HUBS`.
    """
    if hops is not None:
        return store.neighbours(*focus, date, hops, most=MOST_AROUND, through=MOST_THROUGH), {}
    kind, _ = focus
    cut: dict[Key, int] = {}
    nodes = {focus}
    if kind == "unit":
        below, cut = _below(store, focus, date)
        nodes |= below | _organizations(store.ring(below | {focus}, date))
    # a unit's picture is of subordination: where it lies stands among its values
    nodes |= {n for n in store.ring([focus], date) if kind != "unit" or n[0] != "division"}
    if kind in PLACES:
        held = store.ring({n for n in nodes if n[0] in PLACES}, date)
        nodes |= {n for n in held if n[0] in ("organization", *PLACES)}
    if kind == "organization":
        nodes |= _organizations(store.ring({n for n in nodes if n[0] == "unit"}, date))
    nodes |= _above(store, nodes, date)
    return store.subgraph(nodes, date), cut


def _organizations(nodes: Iterable[Key]) -> set[Key]:
    return {n for n in nodes if n[0] == "organization"}


def _above(store: Store, nodes: set[Key], date: int) -> set[Key]:
    """Return the units that stand above some organizations and units, up to their roots."""
    organizations = {k for kind, k in nodes if kind == "organization"}
    units = {k for kind, k in nodes if kind == "unit"}
    if organizations:
        near = store.ring({("organization", key) for key in organizations}, date, kinds=["COVERS"])
        units |= {key for kind, key in near if kind == "unit"}
    return {("unit", key) for key in store.above(units, date)}


def _below(store: Store, focus: Key, date: int) -> tuple[set[Key], dict[Key, int]]:
    """Return the units below one, whole levels as far as :data:`UNITS` reaches, and what the last level hides."""
    chain = store.chain(*focus, date, down=True)
    levels: dict[int, list[str]] = {}
    for c in chain.nodes:
        levels.setdefault(c.depth, []).append(c.id)
    kept: set[str] = set()
    for depth in sorted(levels):
        if kept and len(kept) + len(levels[depth]) > UNITS:
            break
        kept |= set(levels[depth])
    lower: dict[str, list[str]] = {}
    for a, b, _ in chain.edges:
        lower.setdefault(b, []).append(a)
    cut = {}
    for top in kept:
        seen: set[str] = set()
        stack = [u for u in lower.get(top, ()) if u not in kept]
        while stack:
            u = stack.pop()
            if u not in seen:
                seen.add(u)
                stack += lower.get(u, ())
        if seen:
            cut["unit", top] = len(seen)
    return {("unit", k) for k in kept}, cut


# -- a jurisdiction ----------------------------------------------------------------------------------------------


def jurisdiction(city: City, code: str | None) -> ColumnExtract:
    """Return what lies in a division or stands in a ledger unit's ledger: organizations, places, units up to their roots.

    Parameters
    ----------
    city : graph.city.City
    code : str or None
        As ``--in`` takes it; ``None`` is all that the store holds.

    Raises
    ------
    InputError
        No such division or ledger unit.
    """
    ties = _ties(city.store, city.as_of)
    kinds = load_schema().kinds
    named = [k for k, v in kinds.items() if v.role == "node"]
    if code is None:
        wanted: dict[str, set[str]] = {}
        frames = {k: _frame(city, k) for k in named}
        for end in ("source", "target"):
            for k, some in ties.groupby(f"{end}_kind", sort=True)[end]:
                wanted[str(k)] = wanted.get(str(k), set()) | set(some)
        return _extract(frames, wanted, ties)
    wanted = _within(city, code, ties)
    frames = {}
    for k in named:
        if wanted.get(k):
            frame = _frame(city, k)
            frames[k] = frame[frame.index.isin(wanted[k])]
    held = _held(ties, "source", wanted) & _held(ties, "target", wanted)
    return _extract(frames, wanted, ties[held])


def _extract(
    frames: dict[str, pd.DataFrame], wanted: dict[str, set[str]], ties: pd.DataFrame
) -> ColumnExtract:
    bare = {
        k: sorted(keys - set(frames[k].index) if k in frames else keys)
        for k, keys in wanted.items()
    }
    return ColumnExtract(
        {k: f for k, f in frames.items() if len(f)}, {k: b for k, b in bare.items() if b}, ties
    )


def _frame(city: City, kind: str) -> pd.DataFrame:
    if kind == "organization":
        return city.organizations
    return city.store.frame(kind, city.as_of).set_index("key")


def _ties(store: Store, date: int) -> pd.DataFrame:
    """Return all edges but those of persons, each pair and kind once, in order."""
    import pandas as pd

    columns = [
        "source_kind", "source", "target_kind", "target", "kind", "via", "valid_from", "valid_to",
    ]  # fmt: skip
    parts = [store.edges(kind, date).assign(kind=kind) for kind in drawn_edges()]
    whole = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)[columns]
    records = {k for k, v in load_schema().kinds.items() if v.role != "node"}
    whole = whole[~whole["source_kind"].isin(records) & ~whole["target_kind"].isin(records)]
    pair = columns[:5]
    return whole.drop_duplicates(pair).sort_values(pair, kind="stable", ignore_index=True)


def _held(ties: pd.DataFrame, end: str, wanted: dict[str, set[str]]) -> NDArray[np.bool_]:
    import numpy as np

    out = np.zeros(len(ties), dtype=bool)
    kinds = ties[f"{end}_kind"].to_numpy(dtype=object)
    for kind, keys in wanted.items():
        of = np.flatnonzero(kinds == kind)
        out[of] = ties[end].iloc[of].isin(keys).to_numpy(dtype=bool)
    return out


def _within(city: City, code: str, ties: pd.DataFrame) -> dict[str, set[str]]:
    chosen = city.select(code)
    wanted: dict[str, set[str]] = {"organization": set(chosen.index[chosen.to_numpy(dtype=bool)])}
    located = ties[ties["kind"] == "LOCATED_IN"]
    kind, _, named = code.partition(":")
    bare = named or code
    own = {"division": {bare} & set(city.places.divisions.index)}
    parks = city.places.parks
    own["park"] = set(parks.index[parks["code"].eq(bare)]) if kind == "zone" else set()
    # down: the divisions and places of the jurisdiction, and the units that name them
    while True:
        ours = located["source_kind"].ne("organization").to_numpy(dtype=bool)
        inside = located[_held(located, "target", own) & ours]
        new = {str(k): set(some) for k, some in inside.groupby("source_kind", sort=True)["source"]}
        if all(keys <= own.get(k, set()) for k, keys in new.items()):
            break
        for k, keys in new.items():
            own[k] = own.get(k, set()) | keys
    for k, keys in own.items():
        wanted[k] = wanted.get(k, set()) | keys
    for kind, near, far in (
        ("COVERS", "target", "source"),
        ("MEMBER_OF", "source", "target"),
        ("SUPERVISED_BY", "source", "target"),
    ):
        some = ties[(ties["kind"] == kind) & ties[f"{near}_kind"].eq("organization")]
        some = some[some[near].isin(wanted["organization"])]
        # an organization of elsewhere is not this jurisdiction's to show
        others = some[some[f"{far}_kind"].ne("organization")]
        for kind_, ends in others.groupby(f"{far}_kind", sort=True)[far]:
            wanted[str(kind_)] = wanted.get(str(kind_), set()) | set(ends)
    _upwards(ties[ties["kind"].isin(["SUBORDINATE_TO", "DUALLY_MANAGED_BY"])], ("unit",), wanted)
    _upwards(located, ("organization", "division", *PLACES), wanted)
    return wanted


def _upwards(ties: pd.DataFrame, sources: Iterable[str], wanted: dict[str, set[str]]) -> None:
    """Add what these kinds of nodes lead to, to the top."""
    some = ties[ties["source_kind"].isin(list(sources))]
    while True:
        before = sum(len(v) for v in wanted.values())
        new = some[_held(some, "source", wanted)]
        for kind, targets in new.groupby("target_kind", sort=True)["target"]:
            wanted[str(kind)] = wanted.get(str(kind), set()) | set(targets)
        if sum(len(v) for v in wanted.values()) == before:
            return

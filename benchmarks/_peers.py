"""Other ways to form groups, on the planner's own instance and objective: what they cover, cost and violate.

None but the enumeration knows all limits, so their clusters are cut to size in the same way for each; a group that is no joint unit
even then counts as a violation, and its organizations as left alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from graph.formation.costs import MICRO
from graph.formation.solver import pricing
from graph.formation.solver.instance import TOGETHER, Instance

Groups = list[list[int]]
LARGEST_MIP = 30_000
"""Joint units up to which all are given to an integer program."""


@dataclass(frozen=True)
class Row:
    """What a peer came to: organizations covered, cost, seconds, groups that are no joint unit."""

    name: str
    covered: int
    cost: float
    seconds: float
    violated: int


def measured(name: str, instance: Instance, make: Callable[[], Groups | str]) -> Row | str:
    """Run a peer and hold its groups to the instance; a peer that can't says why."""
    begun = time.perf_counter()
    groups = make()
    seconds = time.perf_counter() - begun
    if isinstance(groups, str):
        return f"{name}: {groups}"
    covered, cost, violated = worth(instance, groups)
    return Row(name, covered, cost, seconds, violated)


def worth(instance: Instance, groups: Groups) -> tuple[int, float, int]:
    """Return organizations covered, cost, and how many groups are no joint unit."""
    t = pricing.tables(instance)
    covered = violated = 0
    total = 0
    for g in groups:
        if len(g) < 2:
            continue
        cost = _cost(instance, t, g)
        if cost < 0:
            violated += 1
        else:
            covered += len(g)
            total += cost
    alone = int(np.median(instance.alone)) * (instance.n - covered)
    return covered, (total + alone) / MICRO, violated


def _cost(instance: Instance, t: pricing.Tables, group: list[int]) -> int:
    if len(group) > t.largest:
        return -1
    row = np.full((1, t.largest), -1, dtype=np.int32)
    row[0, : len(group)] = group
    return int(pricing.costs_of(instance, t, row, np.array([len(group)]))[0])


def joined(instance: Instance) -> NDArray[np.bool_]:
    """Return which pairs some method joins."""
    out = (instance.flags & TOGETHER) > 0
    s = instance.sets
    for k in range(len(s.surcharge)):
        members = s.member[s.start[k] : s.start[k + 1]]
        out[np.ix_(members, members)] = True
    np.fill_diagonal(out, False)
    return out


def cut(instance: Instance, clusters: Groups) -> Groups:
    """Cut clusters to size: one after another the first with the nearest of its cluster, until they have enough members."""
    i = instance
    pairs = joined(i)
    out: Groups = []
    for cluster in clusters:
        left = list(cluster)
        while left:
            group = [left.pop(0)]
            while (
                left
                and len(group) < i.model.max_organizations
                and i.members[group].sum() < i.model.min_members
            ):
                fitting = [x for x in left if pairs[x, group].all()]
                if not fitting:
                    break
                nearest = min(fitting, key=lambda x: int(i.d[x, group].sum()))
                group.append(nearest)
                left.remove(nearest)
            out.append(group)
    return [g for g in out if i.members[g].sum() >= i.model.min_members]


def greedy(instance: Instance) -> Groups:
    """Take the cheapest pair or triple by head, one after another; then add who is left where it costs least."""
    i, t = instance, pricing.tables(instance)
    found = []
    for k in (2, 3):
        rows = np.array(list(combinations(range(i.n), k)), dtype=np.int32)
        group = np.full((len(rows), t.largest), -1, dtype=np.int32)
        group[:, :k] = rows
        cost = pricing.costs_of(i, t, group, np.full(len(rows), k))
        found += [(int(c) / k, rows[x].tolist()) for x, c in enumerate(cost) if c >= 0]
    taken: set[int] = set()
    groups: Groups = []
    for _, group in sorted(found):
        if not taken & set(group):
            groups.append(group)
            taken |= set(group)
    for x in sorted(set(range(i.n)) - taken):
        best, where = math.inf, None
        for g in groups:
            new = _cost(i, t, [*g, x])
            if new >= 0 and new - _cost(i, t, g) < best:
                best, where = new - _cost(i, t, g), g
        if where is not None:
            where.append(x)
    return groups


def agglomerative(instance: Instance) -> Groups | str:
    """Average linkage on the dissimilarities, four to a cluster, cut to size."""
    try:
        from sklearn.cluster import AgglomerativeClustering
    except ImportError:
        return "scikit-learn is not installed"
    d = np.where(joined(instance), instance.d, 10 * MICRO).astype(float)
    np.fill_diagonal(d, 0)
    model = AgglomerativeClustering(
        n_clusters=max(1, instance.n // 4), metric="precomputed", linkage="average"
    )
    return cut(instance, _clusters(model.fit_predict(d)))


def louvain(instance: Instance, seed: int) -> Groups:
    """Louvain communities of the pairs that may be together, weighted by how near they are, cut to size."""
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(instance.n))
    a, b = np.nonzero(np.triu(joined(instance)))
    weight = 1.2 - instance.d[a, b] / MICRO
    graph.add_weighted_edges_from(zip(a.tolist(), b.tolist(), weight.tolist(), strict=True))
    return cut(instance, [sorted(c) for c in nx.community.louvain_communities(graph, seed=seed)])


def max_p(instance: Instance, features: NDArray[np.float64], seed: int) -> Groups | str:
    """Regions of at least so many members, as many as there can be (spopt MaxPHeuristic); it knows no greatest size."""
    try:
        import geopandas
        from libpysal.weights import W
        from spopt.region import MaxPHeuristic
    except ImportError:
        return "spopt is not installed"
    pairs = joined(instance)
    names = [f"x{k}" for k in range(features.shape[1])]
    frame = geopandas.GeoDataFrame(dict(zip(names, features.T, strict=True)))
    frame["members"] = instance.members
    w = W({x: np.flatnonzero(pairs[x]).tolist() for x in range(instance.n)}, silence_warnings=True)
    np.random.seed(seed)  # noqa: NPY002 - spopt draws from it
    model = MaxPHeuristic(frame, w, names, "members", instance.model.min_members, top_n=2)
    model.solve()
    return [sorted(g) for g in _clusters(np.asarray(model.labels_))]


def enumeration(instance: Instance) -> Groups | str:
    """Give every joint unit there is to one integer program (HiGHS through scipy)."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    i, t = instance, pricing.tables(instance)
    number = sum(math.comb(i.n, k) for k in range(2, t.largest + 1))
    if number > LARGEST_MIP:
        return f"{number:,} possible groups: too many for an integer program"
    columns: Groups = [[x] for x in range(i.n)]
    cost = [float(a) / MICRO for a in i.alone]
    for k in range(2, t.largest + 1):
        for g in combinations(range(i.n), k):
            c = _cost(i, t, list(g))
            if c >= 0:
                columns.append(list(g))
                cost.append(c / MICRO)
    row = [x for g in columns for x in g]
    col = [c for c, g in enumerate(columns) for _ in g]
    matrix = csc_array((np.ones(len(row)), (row, col)), shape=(i.n, len(columns)))
    found = milp(
        cost, integrality=np.ones(len(cost)), bounds=Bounds(0, 1), constraints=LinearConstraint(matrix, 1, 1)
    )  # fmt: skip
    return [columns[c] for c in np.flatnonzero(found.x > 0.5)]


def _clusters(labels: NDArray[np.int64]) -> Groups:
    return [np.flatnonzero(labels == c).tolist() for c in np.unique(labels) if c >= 0]

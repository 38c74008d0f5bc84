"""Random problems in arrays, shaped like a street: buildings in communities in a square, sectors by Zipf's law."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.formation import costs, pairs
from graph.formation.problem import shared_sets
from graph.formation.solver import instance, pricing
from graph.policy.profile import load

if TYPE_CHECKING:
    from numpy.typing import NDArray


def features(
    n: int,
    seed: int,
    km: float = 2.0,
    communities: int = 10,
    buildings: int = 40,
    classes: int = 120,
) -> pairs.Features:
    """Return features of ``n`` organizations: three in five in a building, few without coordinates or sector."""
    rng = np.random.default_rng(seed)
    side = km / 111.0
    spot = rng.uniform(0, side, (buildings, 2))
    community = rng.integers(0, communities, buildings)
    park = np.where(rng.random(buildings) < 0.3, rng.integers(0, 4, buildings), -1)
    heavy = rng.zipf(1.6, buildings).clip(1, 50).astype(float)
    inside = rng.random(n) < 0.6
    b = rng.choice(buildings, n, p=heavy / heavy.sum())
    at = np.where(inside[:, None], spot[b], rng.uniform(0, side, (n, 2)))
    places = np.full((n, 5), -1, dtype=np.int32)
    places[inside, 0] = b[inside]
    places[:, 1] = np.where(inside, park[b], -1)
    market = rng.random(n) < 0.1
    places[market, 2] = rng.integers(0, 5, market.sum())
    places[:, 4] = np.where(inside, community[b], rng.integers(0, communities, n))
    weight = 1.0 / np.arange(1, classes + 1)
    c = rng.permutation(classes)[rng.choice(classes, n, p=weight / weight.sum())]
    sector = np.stack([c // 24, c // 6, c // 3, c], axis=1).astype(np.int32)
    sector[rng.random(n) < 0.05] = -1
    lon, lat = np.round(114.3 + at[:, 0], 7), np.round(30.5 + at[:, 1], 7)
    lon[rng.random(n) < 0.07] = np.nan
    links: list[Any] = []
    for share, groups in ((0.15, max(1, n // 60)), (0.05, max(1, n // 80))):
        start = np.concatenate([[0], np.cumsum((rng.random(n) < share).astype(np.int64))])
        links += [start, rng.integers(0, groups, start[-1]).astype(np.int32)]
    edition = np.ones(n, dtype=np.int8)
    return pairs.Features(places, edition, sector, sector, lon, lat, *links)


def problem(n: int, seed: int, hosts: int | None = None, **options: Any) -> instance.Instance:
    """Return an instance with a host for every eighth organization, some with few free seats."""
    f = features(n, seed, **options)
    rng = np.random.default_rng(seed + 1)
    model = costs.model(load().formation)
    d, flags = pairs.matrices(f, model)
    h = n // 8 if hosts is None else hosts
    near = rng.integers(0, n, h)
    offers = []
    for u, x in enumerate(near.tolist()):
        shares = ((f.places == f.places[x]) & (f.places >= 0)).any(axis=1)
        alike = (f.own[:, 1] >= 0) & (f.own[:, 1] == f.own[x, 1])
        offers += [(org, u) for org in np.flatnonzero(shares | alike).tolist()]
    org, host = np.array(sorted(offers), dtype=np.int64).reshape(-1, 2).T
    return instance.Instance(
        members=rng.integers(1, 3, n).astype(np.int64),
        d=d,
        flags=flags,
        sets=instance.sets(n, shared_sets(f, model.surcharge)),
        places=rng.integers(0, 5, h).astype(np.int64),
        seats=np.where(rng.random(h) < 0.05, rng.integers(0, 8, h), 40).astype(np.int64),
        attach_org=org.astype(np.int32),
        attach_host=host.astype(np.int32),
        attach_cost=model.attach + d[org, near[host]].astype(np.int64),
        alone=np.full(n, model.uncovered, dtype=np.int64),
        away=np.zeros(n, dtype=np.int64),
        former=(),
        pinned=(),
        apart=(),
        grouped=np.ones(n, dtype=bool),
        model=model,
    )


def cost(
    i: instance.Instance,
    group: NDArray[np.int32],
    attached: NDArray[np.int64],
    alone: NDArray[np.int64],
) -> int:
    """Return what a plan costs, after holding it to every limit."""
    worth = pricing.costs_of(i, pricing.tables(i), group, (group >= 0).sum(axis=1))
    assert (worth >= 0).all()
    who = [*group[group >= 0].tolist(), *i.attach_org[attached].tolist(), *alone.tolist()]
    assert sorted(who) == list(range(i.n))
    hosts = i.attach_host[attached]
    assert (np.bincount(hosts, minlength=len(i.places)) <= i.places).all()
    people = np.bincount(hosts, weights=i.members[i.attach_org[attached]], minlength=len(i.seats))
    assert (people <= i.seats).all()
    return int(worth.sum() + i.attach_cost[attached].sum() + i.alone[alone].sum())


def best(i: instance.Instance) -> int:
    """Return the least cost of any plan without hosts, by trying every division of everybody."""
    t = pricing.tables(i)
    value = {0: 0}
    columns: dict[int, list[tuple[int, int]]] = {}
    for k in range(1, t.largest + 1):
        for g in combinations(range(i.n), k):
            row = np.array([[*g, *[-1] * (t.largest - k)]], dtype=np.int32)
            cost = (
                int(i.alone[g[0]]) if k == 1 else int(pricing.costs_of(i, t, row, np.array([k]))[0])
            )
            if cost >= 0:
                columns.setdefault(g[0], []).append((sum(1 << x for x in g), cost))
    for done in range(1 << i.n):
        if done not in value:
            continue
        low = next((x for x in range(i.n) if not done >> x & 1), None)
        for mask, cost in columns.get(-1 if low is None else low, []):
            if not mask & done:
                value[done | mask] = min(value.get(done | mask, 2**62), value[done] + cost)
    return value[(1 << i.n) - 1]

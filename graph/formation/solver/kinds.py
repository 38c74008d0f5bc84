"""Which organizations of an instance are alike: exchanging two of a kind changes no cost and no rule."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graph.formation.solver.instance import Instance, sets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

DIGEST = 20
"""Bytes of a digest: of any number of lists that there are, no two have the same by chance."""


def kinds(instance: Instance) -> Ints:
    """Return the kind of each organization, numbered by first members: int64[n].

    Of one kind are those with the same members, the same dissimilarities to all others, the same sets and the same attachments;
    whoever a decision or a former unit names is a kind of its own.

    Rows of the pairs' table are told apart by a weighted sum (each organization has a random weight) in which an organization's
    place is taken by its least pair, which is the one with those that are alike; equal sums are then compared in full.
    """
    i, n = instance, instance.n
    weight = np.random.default_rng(0).integers(1, 2**62, n).astype(np.uint64) | np.uint64(1)
    total = np.zeros(n, dtype=np.uint64)
    for first in range(0, n, 512):
        rows = np.arange(first, min(first + 512, n))
        pair = _pairs(i, rows)
        pair[np.arange(len(rows)), rows] = np.iinfo(np.int64).max
        nearest = pair.min(axis=1) if n > 1 else np.zeros(len(rows), dtype=np.int64)
        pair[np.arange(len(rows)), rows] = nearest
        total[rows] = (pair.astype(np.uint64) * weight).sum(axis=1, dtype=np.uint64)
    single = ~i.grouped
    for block in (*i.pinned, *i.former, *i.apart):
        single[block] = True
    offers = _offers(i)
    seen: dict[tuple[object, ...], list[int]] = {}
    kind = np.full(n, -1, dtype=np.int64)
    number = 0
    for x in range(n):
        of = i.sets.of[i.sets.of_start[x] : i.sets.of_start[x + 1]].tobytes()
        own = (int(total[x]), int(i.members[x]), int(i.alone[x]), int(i.away[x]), of, offers[x])
        like = [] if single[x] else seen.setdefault(own, [])
        same = next((y for y in like if _alike(i, x, y)), None)
        if same is None:
            like.append(x)
            kind[x] = number
            number += 1
        else:
            kind[x] = kind[same]
    return kind


def _pairs(i: Instance, rows: Ints) -> Ints:
    """Return what a pair is, as one number: dissimilarity, then flags."""
    return np.asarray(i.d[rows].astype(np.int64) * 256 + i.flags[rows])


def _alike(i: Instance, x: int, y: int) -> bool:
    a, b = _pairs(i, np.array([x, y]))
    others = np.ones(i.n, dtype=bool)
    others[[x, y]] = False
    return bool((a[others] == b[others]).all())


def _offers(i: Instance) -> list[bytes]:
    """Return hosts and costs of each organization's attachments, comparable: by their digest, for they are millions."""
    out = []
    for a, b in pairwise(i.offers.tolist()):
        told = blake2b(i.attach_host[a:b].tobytes(), digest_size=DIGEST)
        told.update(i.attach_cost[a:b].tobytes())
        out.append(told.digest())
    return out


def part(i: Instance, chosen: Ints) -> Instance:
    """Return the instance of some organizations, without attachments; decisions concern none that is left out."""
    at = np.full(i.n, -1, dtype=np.int64)
    at[chosen] = np.arange(len(chosen))
    inside = []
    for k in range(len(i.sets.surcharge)):
        members = at[i.sets.member[i.sets.start[k] : i.sets.start[k + 1]]]
        inside.append((int(i.sets.surcharge[k]), members[members >= 0].astype(np.int32)))
    none = np.zeros(0, dtype=np.int64)
    return replace(
        i,
        members=i.members[chosen],
        d=np.ascontiguousarray(i.d[np.ix_(chosen, chosen)]),
        flags=np.ascontiguousarray(i.flags[np.ix_(chosen, chosen)]),
        sets=sets(len(chosen), inside),
        attach_org=none.astype(np.int32),
        attach_host=none.astype(np.int32),
        attach_cost=none,
        alone=i.alone[chosen],
        away=i.away[chosen],
        former=tuple(at[b].astype(np.int32) for b in i.former),
        pinned=tuple(at[b].astype(np.int32) for b in i.pinned),
        apart=tuple(at[b].astype(np.int32) for b in i.apart),
        grouped=i.grouped[chosen],
    )

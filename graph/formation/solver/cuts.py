"""Subset-row cuts over triples (Jepsen, Petersen, Spoorendonk, Pisinger, Oper. Res. 56, 2008).

Of the joint units that hold two or three of any three organizations, a plan has at most one; a fractional solution may have one
and a half. SOLVER.md: the largest single gain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPS = 1e-4
"""Least violation of a cut worth a row."""


@nb.njit(cache=True, nogil=True)
def _pair_value(start, other, value, i, j):  # type: ignore[no-untyped-def]
    lo, hi = start[i], start[i + 1]
    while lo < hi:
        mid = (lo + hi) // 2
        if other[mid] < j:
            lo = mid + 1
        else:
            hi = mid
    if lo < start[i + 1] and other[lo] == j:
        return value[lo]
    return 0.0


@nb.njit(cache=True, nogil=True)
def _triples(group, x, start, other, value, of_start, of, eps, out, out_value):  # type: ignore[no-untyped-def]
    """List triples of which more than ``1 + eps`` is held twice; return how many (those beyond the room are lost)."""
    n = len(start) - 1
    found = 0
    for i in range(n):
        for a in range(start[i], start[i + 1]):
            j = other[a]
            for b in range(a + 1, start[i + 1]):
                k = other[b]
                jk = _pair_value(start, other, value, j, k)
                if jk > 0.0 and not (i < j and i < k):
                    continue  # a triangle is listed from its first corner, a path from its middle
                total = value[a] + value[b] + jk
                if total <= 1.0 + eps:
                    continue
                if jk > 0.0:
                    for c in range(of_start[i], of_start[i + 1]):
                        g = of[c]
                        held = 0
                        for z in range(group.shape[1]):
                            if group[g, z] == j or group[g, z] == k:
                                held += 1
                        if held == 2:
                            total -= 2.0 * x[g]
                    if total <= 1.0 + eps:
                        continue
                if found < len(out_value):
                    lo, hi = min(i, j, k), max(i, j, k)
                    out[found, 0] = lo
                    out[found, 1] = i + j + k - lo - hi
                    out[found, 2] = hi
                    out_value[found] = total - 1.0
                    found += 1
    return found


@nb.njit(cache=True, nogil=True)
def _choose(triple, order, times, most, each, chosen):  # type: ignore[no-untyped-def]
    number = 0
    for o in order:
        a, b, c = triple[o]
        if times[a] >= each and times[b] >= each and times[c] >= each:
            continue
        times[a] += 1
        times[b] += 1
        times[c] += 1
        chosen[number] = o
        number += 1
        if number == most:
            break
    return number


def separate(
    n: int,
    group: NDArray[np.int32],
    x: NDArray[np.float64],
    *,
    most: int,
    each: int = 5,
    room: int = 200_000,
) -> NDArray[np.int32]:
    """Return violated triples (int32[c, 3], ascending within each), the most violated first.

    Parameters
    ----------
    group, x : int32[g, width], float64[g]
        Joint units (−1 padded) and their values in the master's solution.
    most : int
        Cuts to return at most.
    each : int
        Cuts after which an organization asks for no more.
    """
    fractional = (x > EPS) & (x < 1.0 - EPS)
    group, x = group[fractional], x[fractional]
    if not len(x):
        return np.zeros((0, 3), dtype=np.int32)
    inside = group >= 0
    owner, _ = np.nonzero(inside)
    member = group[inside].astype(np.int64)
    order = np.argsort(member, kind="stable")
    of = owner[order]
    of_start = np.concatenate([[0], np.cumsum(np.bincount(member, minlength=n))])
    # every ordered pair within a unit, summed
    width = group.shape[1]
    a = np.repeat(group, width, axis=1).ravel().astype(np.int64)
    b = np.tile(group, (1, width)).ravel().astype(np.int64)
    weight = np.repeat(x, width * width)
    pair = (a >= 0) & (b >= 0) & (a != b)
    key, at = np.unique(a[pair] * n + b[pair], return_inverse=True)
    value = np.bincount(at, weights=weight[pair])
    start = np.searchsorted(key, np.arange(n + 1) * n)
    out = np.empty((room, 3), dtype=np.int32)
    out_value = np.empty(room)
    found = _triples(group, x, start, key % n, value, of_start, of, EPS, out, out_value)
    triple, out_value = out[:found], out_value[:found]
    order = np.lexsort((triple[:, 2], triple[:, 1], triple[:, 0], -np.round(out_value, 6)))
    chosen = np.empty(min(most, found), dtype=np.int64)
    if not len(chosen):
        return np.zeros((0, 3), dtype=np.int32)
    number = _choose(triple, order, np.zeros(n, dtype=np.int64), most, each, chosen)
    return np.ascontiguousarray(triple[chosen[:number]])

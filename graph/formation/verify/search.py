"""The complete, bounded search for a group that breaks a certificate.

For a context (a method, its surcharge and the organizations it may hold) and a size k, a group g breaks the certificate
iff, in integers of 1e-6 and multiplied by k - 1::

    (k-1)·(Σ p - Σ cuts - k·σ - λ)  >  2·Σ d        over the members and the pairs of g

(the floor in FORMATION's cost(g) drops out: ⌊x⌋ < A iff x < A for an integer A). Groups are enumerated from their member with
the greatest *potential*, P(i) = (k-1)(p(i) - σ) less its k - 1 smallest dissimilarities, in falling order of potential;
a branch is cut only where even the best completion can't exceed (k-1)·λ. Nothing else is left out, so the search is a proof.

The bound for a set S that t more join: its score so far, plus the t greatest of
``gain(c) = P(c) - 2·Σ d(c, S) - half of the cut prices that c would complete - the t-1 smallest d(c, ·) left``.
Each dissimilarity between two that join is thereby counted once from either end, never more than it weighs.
"""

from __future__ import annotations

import numba as nb
import numpy as np

FAR = np.int64(4_000_000_000_000)
"""Larger than any sum of dissimilarities."""


@nb.njit(cache=True)
def _smallest(d, mask, masked, universe, count):  # type: ignore[no-untyped-def]
    """Return the running sums of the ``count`` smallest dissimilarities of each member within the universe."""
    n = universe.size
    out = np.zeros((n, count + 1), dtype=np.int64)
    best = np.empty(count, dtype=np.int64)
    for a in range(n):
        i = universe[a]
        best[:] = FAR
        for b in range(n):
            if b == a:
                continue
            j = universe[b]
            if masked and not mask[i, j]:
                continue
            v = np.int64(d[i, j])
            if v < best[count - 1]:
                x = count - 1
                while x > 0 and best[x - 1] > v:
                    best[x] = best[x - 1]
                    x -= 1
                best[x] = v
        for x in range(count):
            out[a, x + 1] = min(FAR, out[a, x] + best[x])
    return out


@nb.njit(cache=True)
def _cut_price(i, chosen, size, cut_start, cut_list, cuts, cut_prices, half):  # type: ignore[no-untyped-def]
    """Return what joining costs in cut prices: triples that hold i and exactly one of the chosen."""
    price = np.int64(0)
    for x in range(cut_start[i], cut_start[i + 1]):
        c = cut_list[x]
        held = 0
        for s in range(size):
            member = chosen[s]
            if cuts[c, 0] == member or cuts[c, 1] == member or cuts[c, 2] == member:
                held += 1
        if held == 1:
            price += cut_prices[c]
    if half:
        return price // 2
    return price


@nb.njit(cache=True)
def find_violations(  # type: ignore[no-untyped-def]
    d,
    mask,
    masked,
    universe,
    prices,
    surcharge,
    unit_cost,
    k,
    cut_start,
    cut_list,
    cuts,
    cut_prices,
    limit,
):
    """Return up to ``limit`` groups of size ``k`` whose prices exceed their cost.

    Parameters
    ----------
    d : int32[n, n]
        Dissimilarities in 1e-6.
    mask : uint8[n, n]
        Pairs that may be together; used where ``masked``.
    universe : int64[u]
        The organizations of this context.
    prices : int64[n]
        p(i) in 1e-6.
    surcharge, unit_cost : int
        σ and λ in 1e-6.
    k : int
        Size of the groups, at least 2.
    cut_start, cut_list : int64[n + 1], int64[·]
        The cuts that each organization is in (compressed rows).
    cuts, cut_prices : int64[c, 3], int64[c]
        The triples and their prices in 1e-6.
    limit : int
        Stop after so many.

    Returns
    -------
    int64[found, k], int
        The groups, and the number of search nodes visited.
    """
    q = np.int64(k - 1)
    goal = q * unit_cost
    u = universe.size
    found = np.empty((limit, k), dtype=np.int64)
    n_found = 0
    visited = np.int64(0)
    if u < k:
        return found[:0], visited
    low = _smallest(d, mask, masked, universe, k - 1)
    potential = np.empty(u, dtype=np.int64)
    for a in range(u):
        potential[a] = q * (prices[universe[a]] - surcharge) - low[a, k - 1]
    order = np.argsort(-potential, kind="mergesort")

    chosen = np.empty(k, dtype=np.int64)
    # One candidate list a depth: positions in the universe, their gain, and a cursor.
    pool = np.empty((k, u), dtype=np.int64)
    gain = np.empty((k, u), dtype=np.int64)
    bound = np.empty((k, u), dtype=np.int64)
    length = np.zeros(k, dtype=np.int64)
    cursor = np.zeros(k, dtype=np.int64)
    score = np.zeros(k + 1, dtype=np.int64)
    top = np.empty(k, dtype=np.int64)
    near = np.empty(k, dtype=np.int64)

    for r in range(u):
        a0 = order[r]
        if potential[a0] * k <= goal:
            break
        if r + k > u:
            break
        seed = universe[a0]
        chosen[0] = seed
        score[1] = q * (prices[seed] - surcharge)
        # Candidates: lower potential than the seed, allowed beside it.
        m = 0
        for r2 in range(r + 1, u):
            a = order[r2]
            if potential[a0] * (k - 1) + potential[a] <= goal:
                break
            i = universe[a]
            if masked and not mask[seed, i]:
                continue
            pool[0, m] = a
            gain[0, m] = q * (prices[i] - surcharge) - 2 * np.int64(d[seed, i])
            m += 1
        length[0] = m
        cursor[0] = -1
        depth = 0
        while depth >= 0:
            t = k - 1 - depth  # how many still join at this depth
            if cursor[depth] < 0:
                # First visit: bound every candidate, keep those that can be in a violating group.
                n = length[depth]
                changed = True
                rounds = 0
                while changed and n >= t:
                    changed = False
                    rounds += 1
                    visited += n
                    exact = t > 1 and n <= 400
                    for x in range(n):
                        a = pool[depth, x]
                        i = universe[a]
                        v = gain[depth, x]
                        if cut_prices.size > 0:
                            v -= q * _cut_price(
                                i, chosen, depth + 1, cut_start, cut_list, cuts, cut_prices, t > 1
                            )
                        if t > 1:
                            if exact:
                                near[: t - 1] = FAR
                                for y in range(n):
                                    if y == x:
                                        continue
                                    j = universe[pool[depth, y]]
                                    if masked and not mask[i, j]:
                                        continue
                                    w = np.int64(d[i, j])
                                    if w < near[t - 2]:
                                        z = t - 2
                                        while z > 0 and near[z - 1] > w:
                                            near[z] = near[z - 1]
                                            z -= 1
                                        near[z] = w
                                for y in range(t - 1):
                                    v -= near[y]
                            else:
                                v -= low[a, t - 1]
                        bound[depth, x] = v
                    top[:t] = -FAR
                    for x in range(n):
                        v = bound[depth, x]
                        if v > top[t - 1]:
                            z = t - 1
                            while z > 0 and top[z - 1] < v:
                                top[z] = top[z - 1]
                                z -= 1
                            top[z] = v
                    rest = np.int64(0)
                    for z in range(t - 1):
                        rest += top[z]
                    kept = 0
                    for x in range(n):
                        v = bound[depth, x]
                        # With x in the group, the t - 1 best others are at most the t - 1 best of all.
                        if score[depth + 1] + v + rest > goal:
                            pool[depth, kept] = pool[depth, x]
                            gain[depth, kept] = gain[depth, x]
                            bound[depth, kept] = v
                            kept += 1
                    if kept < n:
                        changed = t > 1 and rounds < 4
                        n = kept
                length[depth] = n if n >= t else 0
                cursor[depth] = 0
                if t == 1:
                    for x in range(length[depth]):
                        if score[depth + 1] + bound[depth, x] > goal:
                            for z in range(depth + 1):
                                found[n_found, z] = chosen[z]
                            found[n_found, k - 1] = universe[pool[depth, x]]
                            n_found += 1
                            if n_found == limit:
                                return found, visited
                    depth -= 1
                    continue
            if length[depth] - cursor[depth] < t:
                depth -= 1
                continue
            x = cursor[depth]
            cursor[depth] += 1
            a = pool[depth, x]
            i = universe[a]
            chosen[depth + 1] = i
            step = gain[depth, x]
            if cut_prices.size > 0:
                step -= q * _cut_price(
                    i, chosen, depth + 1, cut_start, cut_list, cuts, cut_prices, False
                )
            score[depth + 2] = score[depth + 1] + step
            m = 0
            for y in range(x + 1, length[depth]):
                b = pool[depth, y]
                j = universe[b]
                if masked and not mask[i, j]:
                    continue
                pool[depth + 1, m] = b
                gain[depth + 1, m] = gain[depth, y] - 2 * np.int64(d[i, j])
                m += 1
            length[depth + 1] = m
            cursor[depth + 1] = -1
            depth += 1
    return found[:n_found], visited

"""The complete, bounded search for a group that breaks a certificate.

For a context (a method, its surcharge and the organizations it may hold) and a size k, a group g breaks the certificate
iff, in integers of 1e-6 and multiplied by k - 1::

    (k-1)·(Σ p - Σ cuts - k·σ - λ)  >  2·Σ d        over the members and the pairs of g

(the floor in FORMATION's cost(g) drops out: ⌊x⌋ < A iff x < A for an integer A). Groups are enumerated from their member with
the greatest *potential*, P(i) = (k-1)(p(i) - σ) less its k - 1 smallest dissimilarities, in falling order of potential;
a branch is cut only where even the best completion can't exceed (k-1)·λ, or where the members can't come to a number that a
unit may have. Nothing else is left out, so the search is a proof.

The bound for a set S that t more join: its score so far, plus the t greatest of
``gain(c) = P(c) - 2·Σ d(c, S) - half of the cut prices that c would complete - the t-1 smallest d(c, ·) left``.
Each dissimilarity between two that join is thereby counted once from either end, never more than it weighs.

Decisions and the former plan make some sets stay together (:func:`find_from`): the search then starts from each of them.
"""

from __future__ import annotations

import numba as nb
import numpy as np

FAR = np.int64(4_000_000_000_000_000)
"""Larger than any sum of dissimilarities and prices."""
EXACT = 400
"""Up to so many candidates, the smallest dissimilarities are taken among them, beyond among all."""


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
def _banned(group, ban_start, ban_member):  # type: ignore[no-untyped-def]
    """Return whether a group holds all of some forbidden set."""
    for b in range(ban_start.size - 1):
        whole = True
        for x in range(ban_start[b], ban_start[b + 1]):
            there = False
            for member in group:
                if member == ban_member[x]:
                    there = True
            if not there:
                whole = False
                break
        if whole:
            return True
    return False


@nb.njit(cache=True)
def _dive(  # type: ignore[no-untyped-def]
    first, k, d, mask, masked, universe, low, members, least, most, goal,
    cut_start, cut_list, cuts, cut_prices, ban_start, ban_member,
    chosen, people, score, pool, gain, bound, length, cursor, top, near, found, n_found,
):  # fmt: skip
    """Complete the set chosen up to depth ``first`` in every way that may break the certificate.

    ``pool[first]`` holds the candidates (positions in the universe), ``gain[first]`` what each would add before its cuts.
    Returns (number found, nodes visited).
    """
    q = np.int64(k - 1)
    limit = found.shape[0]
    visited = np.int64(0)
    cursor[first] = -1
    depth = first
    while depth >= first:
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
                exact = t > 1 and n <= EXACT
                fewest, many = np.int64(1 << 40), np.int64(0)
                for x in range(n):
                    m = members[universe[pool[depth, x]]]
                    fewest = min(fewest, m)
                    many = max(many, m)
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
                    total = people[depth] + members[i]
                    if total + (t - 1) * many < least or total + (t - 1) * fewest > most:
                        v = -FAR
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
                    chosen[k - 1] = universe[pool[depth, x]]
                    if not _banned(chosen, ban_start, ban_member):
                        found[n_found, :] = chosen
                        n_found += 1
                        if n_found == limit:
                            return n_found, visited
                depth -= 1
                continue
        if length[depth] - cursor[depth] < t:
            depth -= 1
            continue
        x = cursor[depth]
        cursor[depth] += 1
        a = pool[depth, x]
        i = universe[a]
        step = gain[depth, x]
        if cut_prices.size > 0:
            step -= q * _cut_price(
                i, chosen, depth + 1, cut_start, cut_list, cuts, cut_prices, False
            )
        chosen[depth + 1] = i
        people[depth + 1] = people[depth] + members[i]
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
    return n_found, visited


@nb.njit(cache=True)
def find_violations(  # type: ignore[no-untyped-def]
    d, mask, masked, universe, prices, members, least, most, surcharge, unit_cost, k,
    cut_start, cut_list, cuts, cut_prices, ban_start, ban_member, limit,
):  # fmt: skip
    """Return up to ``limit`` groups of size ``k`` whose prices exceed their cost.

    Parameters
    ----------
    d : int32[n, n]
        Dissimilarities in 1e-6.
    mask : uint8[n, n]
        Pairs that may be together; used where ``masked``.
    universe : int64[u]
        The organizations of this context.
    prices, members : int64[n]
        p(i) in 1e-6; formal members.
    least, most : int
        How many members a unit may have.
    surcharge, unit_cost : int
        σ and λ in 1e-6.
    k : int
        Size of the groups, at least 2.
    cut_start, cut_list : int64[n + 1], int64[·]
        The cuts that each organization is in (compressed rows).
    cuts, cut_prices : int64[c, 3], int64[c]
        The triples and their prices in 1e-6.
    ban_start, ban_member : int64[b + 1], int64[·]
        Sets that no group may hold entirely (compressed rows).
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

    # One candidate list a depth: positions in the universe, their gain, and a cursor.
    chosen = np.empty(k, dtype=np.int64)
    people = np.zeros(k, dtype=np.int64)
    score = np.zeros(k + 1, dtype=np.int64)
    pool = np.empty((k, u), dtype=np.int64)
    gain = np.empty((k, u), dtype=np.int64)
    bound = np.empty((k, u), dtype=np.int64)
    length = np.zeros(k, dtype=np.int64)
    cursor = np.zeros(k, dtype=np.int64)
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
        people[0] = members[seed]
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
        n_found, more = _dive(
            0, k, d, mask, masked, universe, low, members, least, most, goal,
            cut_start, cut_list, cuts, cut_prices, ban_start, ban_member,
            chosen, people, score, pool, gain, bound, length, cursor, top, near, found, n_found,
        )  # fmt: skip
        visited += more
        if n_found == limit:
            break
    return found[:n_found], visited


@nb.njit(cache=True)
def find_from(  # type: ignore[no-untyped-def]
    set_start, set_member, worth, d, mask, masked, universe, prices, members, least, most, surcharge, unit_cost, k,
    cut_start, cut_list, cuts, cut_prices, ban_start, ban_member, limit,
):  # fmt: skip
    """Return up to ``limit`` groups of size ``k`` that hold one of some sets entirely and whose prices exceed their cost.

    As :func:`find_violations`, and beside it:

    Parameters
    ----------
    set_start, set_member : int64[s + 1], int64[·]
        Sets of at most ``k`` that may be together (compressed rows).
    worth : int64[s]
        Σ p over each set as a whole.
    universe : int64[u]
        Who may join them, at ``prices``; members of the set itself are passed over.
    """
    q = np.int64(k - 1)
    goal = q * unit_cost
    u = universe.size
    found = np.empty((limit, k), dtype=np.int64)
    n_found = 0
    visited = np.int64(0)
    low = _smallest(d, mask, masked, universe, k - 1)
    inside = np.zeros(d.shape[0], dtype=np.uint8)
    chosen = np.empty(k, dtype=np.int64)
    people = np.zeros(k, dtype=np.int64)
    score = np.zeros(k + 1, dtype=np.int64)
    pool = np.empty((k, max(u, 1)), dtype=np.int64)
    gain = np.empty((k, max(u, 1)), dtype=np.int64)
    bound = np.empty((k, max(u, 1)), dtype=np.int64)
    length = np.zeros(k, dtype=np.int64)
    cursor = np.zeros(k, dtype=np.int64)
    top = np.empty(k, dtype=np.int64)
    near = np.empty(k, dtype=np.int64)
    for s in range(set_start.size - 1):
        size = set_start[s + 1] - set_start[s]
        if size > k:
            continue
        visited += 1
        value = q * (worth[s] - size * surcharge)
        total = np.int64(0)
        for x in range(size):
            i = set_member[set_start[s] + x]
            if x > 0 and cut_prices.size > 0:
                value -= q * _cut_price(i, chosen, x, cut_start, cut_list, cuts, cut_prices, False)
            for y in range(x):
                value -= 2 * np.int64(d[i, chosen[y]])
            chosen[x] = i
            total += members[i]
        people[size - 1] = total
        score[size] = value
        if size == k:
            fits = least <= total and total <= most and value > goal
            if fits and not _banned(chosen, ban_start, ban_member):
                found[n_found, :] = chosen
                n_found += 1
                if n_found == limit:
                    break
            continue
        for x in range(size):
            inside[chosen[x]] = 1
        m = 0
        for a in range(u):
            i = universe[a]
            if inside[i]:
                continue
            step = q * (prices[i] - surcharge)
            allowed = True
            for x in range(size):
                if masked and not mask[chosen[x], i]:
                    allowed = False
                    break
                step -= 2 * np.int64(d[chosen[x], i])
            if allowed:
                pool[size - 1, m] = a
                gain[size - 1, m] = step
                m += 1
        for x in range(size):
            inside[chosen[x]] = 0
        length[size - 1] = m
        n_found, more = _dive(
            size - 1, k, d, mask, masked, universe, low, members, least, most, goal,
            cut_start, cut_list, cuts, cut_prices, ban_start, ban_member,
            chosen, people, score, pool, gain, bound, length, cursor, top, near, found, n_found,
        )  # fmt: skip
        visited += more
        if n_found == limit:
            break
    return found[:n_found], visited

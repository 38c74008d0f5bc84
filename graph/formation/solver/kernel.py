"""The compiled part of pricing: bounded depth-first search for joint units that cost less than their prices.

The method is told in :mod:`graph.formation.solver.pricing`, which holds the types of what is passed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from graph.formation.solver.instance import NEVER, TOGETHER

if TYPE_CHECKING:
    from numpy.typing import NDArray

# positions in the state that the compiled functions share
(
    WRITTEN,
    BASE,
    KEPT,
    KEEP,
    ONCE,
    THRESHOLD,
    BEST,
    CEILING,
    WORK,
    LIMIT,
    CUT_OFF,
    OVERFLOW,
) = range(12)


HALVINGS = 10
"""Steps towards what a member counts: each costs a look at all candidates."""
SHARP = 200
"""Candidates up to which least distances are taken among them: quadratic, and worth it only where much is searched."""


@nb.njit(cache=True, nogil=True)
def _holds(t, group, size, s):  # type: ignore[no-untyped-def]
    """Whether set ``s`` holds every member of the group."""
    for a in range(size):
        x = group[a]
        inside = False
        for b in range(t.of_start[x], t.of_start[x + 1]):
            if t.of[b] == s:
                inside = True
                break
        if not inside:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def cheapest(t, group, size):  # type: ignore[no-untyped-def]
    """Return the least surcharge of a group and its first set (−1: by pairs, −2: no method joins it)."""
    found = -2
    surcharge = np.int64(-1)
    first = group[0]
    for b in range(t.of_start[first], t.of_start[first + 1]):
        if _holds(t, group, size, t.of[b]):
            found = t.of[b]
            surcharge = t.set_surcharge[found]
            break
    if found == -2 or t.surcharge <= surcharge:
        for a in range(size):
            for b in range(a + 1, size):
                if not t.flags[group[a], group[b]] & TOGETHER:
                    return surcharge, found
        return t.surcharge, -1
    return surcharge, found


@nb.njit(cache=True, nogil=True)
def _forbidden(t, group, size):  # type: ignore[no-untyped-def]
    """Whether the group holds entirely a set of three or more that a decision keeps apart."""
    for s in range(len(t.apart_start) - 1):
        inside = 0
        for b in range(t.apart_start[s], t.apart_start[s + 1]):
            for a in range(size):
                if group[a] == t.apart[b]:
                    inside += 1
        if inside == t.apart_start[s + 1] - t.apart_start[s]:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _leads(t, group, size, p):  # type: ignore[no-untyped-def]
    """Whether the first member is the group's seed: the one whose price exceeds its share of distance most."""
    best = np.int64(0)
    for a in range(size):
        x = group[a]
        f = t.divisor[size] * p[x]
        for b in range(size):
            f -= t.d[x, group[b]]
        if a == 0:
            best = f
        elif f > best or (f == best and x < group[0]):
            return False
    return True


@nb.njit(cache=True, nogil=True)
def _sort_by(keys, n, a, b, c):  # type: ignore[no-untyped-def]
    """Sort the first ``n`` of four parallel arrays by the first, greatest first."""
    if n <= 24:
        for x in range(1, n):
            key, va, vb, vc = keys[x], a[x], b[x], c[x]
            y = x - 1
            while y >= 0 and keys[y] < key:
                keys[y + 1], a[y + 1], b[y + 1], c[y + 1] = keys[y], a[y], b[y], c[y]
                y -= 1
            keys[y + 1], a[y + 1], b[y + 1], c[y + 1] = key, va, vb, vc
        return
    order = np.argsort(-keys[:n], kind="mergesort")
    keys[:n] = keys[:n][order]
    a[:n] = a[:n][order]
    b[:n] = b[:n][order]
    c[:n] = c[:n][order]


@nb.njit(cache=True, nogil=True)
def _penalty(cuts, count, x):  # type: ignore[no-untyped-def]
    """Return what adding ``x`` costs in cuts: exactly, and a share that may be summed over additions."""
    exact = np.int64(0)
    share = np.int64(0)
    for b in range(cuts.start[x], cuts.start[x + 1]):
        c = cuts.of[b]
        if count[c] == 1:
            exact += cuts.sigma[c]
            share += cuts.sigma[c] // 2
    return exact, share


@nb.njit(cache=True, nogil=True)
def _add(cuts, count, x, by):  # type: ignore[no-untyped-def]
    for b in range(cuts.start[x], cuts.start[x + 1]):
        count[cuts.of[b]] += by


class Out(NamedTuple):
    """What a search writes."""

    group: NDArray[np.int32]
    size: NDArray[np.int64]
    violation: NDArray[np.int64]


class _Stack(NamedTuple):
    """Candidates by depth: who, exact gain (cuts aside), bound on the gain, distance to the start; sums of least distances."""

    who: NDArray[np.int32]
    gain: NDArray[np.int64]
    bound: NDArray[np.int64]
    away: NDArray[np.int64]
    close: NDArray[np.int64]


@nb.njit(cache=True, nogil=True)
def _keep(t, out, state, group, k, context, violation):  # type: ignore[no-untyped-def]
    """Take a group in if it is feasible and belongs to this context; raise the threshold where that prunes."""
    people = np.int64(0)
    for a in range(k):
        people += t.members[group[a]]
    if people < t.least or people > t.most or _forbidden(t, group, k):
        return
    _, owner = cheapest(t, group, k)
    if owner != context:
        return
    state[BEST] = max(state[BEST], violation)
    keep = state[KEEP]
    if keep == 0:
        state[THRESHOLD] = state[BEST]
        return
    slot = state[WRITTEN]
    if keep > 0 and state[KEPT] == keep:
        slot = state[BASE]
        for b in range(state[BASE], state[WRITTEN]):
            if out.violation[b] < out.violation[slot]:
                slot = b
    elif slot >= len(out.size):
        state[OVERFLOW] = 1
        state[CUT_OFF] = 1
        state[CEILING] = 2**62  # nothing is known of what was left out
        return
    else:
        state[WRITTEN] += 1
        state[KEPT] += 1
    for b in range(t.largest):
        out.group[slot, b] = group[b] if b < k else -1
    out.size[slot] = k
    out.violation[slot] = violation
    if keep > 0 and state[KEPT] == keep:
        least = out.violation[state[BASE]]
        for b in range(state[BASE], state[WRITTEN]):
            least = min(least, out.violation[b])
        state[THRESHOLD] = least


@nb.njit(cache=True, nogil=True)
def _sharpen(t, stack, m, r):  # type: ignore[no-untyped-def]
    """Take least distances among the candidates instead of among all, and bound by these."""
    least = np.empty(r, dtype=np.int64)
    for a in range(m):
        i = stack.who[0, a]
        least[:] = 2**60
        for b in range(m):
            if b == a:
                continue
            v = np.int64(t.d[i, stack.who[0, b]])
            if v < least[r - 2]:
                x = r - 2
                while x > 0 and least[x - 1] > v:
                    least[x] = least[x - 1]
                    x -= 1
                least[x] = v
        stack.close[0, i] = 0
        for x in range(r - 1):
            stack.close[x + 1, i] = stack.close[x, i] + least[x]
        stack.bound[0, a] += t.close[r - 1, i] - stack.close[r - 1, i]


@nb.njit(cache=True, nogil=True)
def _greatest(t, stack, m, r, by, top):  # type: ignore[no-untyped-def]
    """Return the sum of the ``r`` greatest bounds when each member counts ``by``, and how many members these have."""
    for x in range(r):
        top[0, x] = -(2**62)
    for a in range(m):
        here = t.members[stack.who[0, a]]
        v = stack.bound[0, a] + by * here
        if v <= top[0, r - 1]:
            continue
        x = r - 1
        while x > 0 and top[0, x - 1] < v:
            top[0, x], top[1, x] = top[0, x - 1], top[1, x - 1]
            x -= 1
        top[0, x], top[1, x] = v, here
    return top[0, :r].sum(), top[1, :r].sum()


@nb.njit(cache=True, nogil=True)
def _worth_of_members(t, stack, m, r, need, most):  # type: ignore[no-untyped-def]
    """Return what a member has to count so that the bound at the root is least; −1 where no ``r`` have ``need`` members.

    The bound is convex in it, and its slope the members of the greatest less ``need``: found by halving up to ``most`` steps.
    """
    top = np.zeros((2, r), dtype=np.int64)
    _, people = _greatest(t, stack, m, r, 0, top)
    if people >= need:
        return 0
    low, high = np.int64(0), np.int64(1)
    scale = max(np.int64(1), abs(stack.bound[0, 0]) // 64)
    high = scale
    while True:
        _, people = _greatest(t, stack, m, r, high, top)
        if people >= need:
            break
        if high > 2**44:
            return -1
        low, high = high, 4 * high
    for _ in range(most):
        if high - low <= scale:
            break
        middle = (low + high) // 2
        _, people = _greatest(t, stack, m, r, middle, top)
        if people >= need:
            high = middle
        else:
            low = middle
    first, _ = _greatest(t, stack, m, r, low, top)
    last, _ = _greatest(t, stack, m, r, high, top)
    return low if first - low * need < last - high * need else high


@nb.njit(cache=True, nogil=True)
def _descend(  # type: ignore[no-untyped-def]
    t,
    cuts,
    p,
    count,
    stack,
    out,
    state,
    group,
    s0,
    k,
    context,
    surcharge,
    value0,
    found,
    near,
    near_d,
):
    """Search all groups of size ``k`` that hold the start (``group[:s0]``) in one context."""
    r = k - s0
    divide = t.divisor[k]
    budget = np.int64(2**62)
    if s0 == 1:
        budget = divide * (k * (p[group[0]] - surcharge) - t.new_unit - state[THRESHOLD])
    prefix = np.zeros(r + 1, dtype=np.int64)
    for b in range(r):
        prefix[b + 1] = prefix[b] + near_d[b]
    if s0 == 1 and k * prefix[r] >= budget:
        return
    m = 0
    for b in range(found):
        away = near_d[b]
        if s0 == 1 and k * (away + prefix[r - 1]) >= budget:
            break
        j = near[b]
        g = divide * (p[j] - surcharge) - 2 * away
        _, share = _penalty(cuts, count, j)
        stack.who[0, m] = j
        stack.gain[0, m] = g
        stack.bound[0, m] = g - divide * share - t.close[r - 1, j]
        stack.away[0, m] = away
        m += 1
    state[WORK] += m
    if m < r:
        return
    _sort_by(stack.bound[0], m, stack.who[0], stack.gain[0], stack.away[0])
    root = value0
    for b in range(r):
        root += stack.bound[0, b]
    begin = np.int64(0)
    for a in range(s0):
        begin += t.members[group[a]]
    worth = np.int64(0)
    if root > divide * state[THRESHOLD] and begin < t.least:
        worth = _worth_of_members(t, stack, m, r, t.least - begin, HALVINGS)
        state[WORK] += m
        if worth < 0:
            return
        if worth > 0:
            for b in range(m):
                more = worth * t.members[stack.who[0, b]]
                stack.gain[0, b] += more
                stack.bound[0, b] += more
            _sort_by(stack.bound[0], m, stack.who[0], stack.gain[0], stack.away[0])
            value0 -= worth * (t.least - begin)
            root = value0
            for b in range(r):
                root += stack.bound[0, b]
    sharp = r > 1 and m <= SHARP and root > divide * state[THRESHOLD]
    if sharp:
        _sharpen(t, stack, m, r)
        state[WORK] += m * m // 8
        _sort_by(stack.bound[0], m, stack.who[0], stack.gain[0], stack.away[0])
        root = value0
        for b in range(r):
            root += stack.bound[0, b]
    if state[CUT_OFF]:
        state[CEILING] = max(state[CEILING], -((-root) // divide))
        return
    size = np.zeros(r, dtype=np.int64)
    pos = np.zeros(r, dtype=np.int64)
    value = np.zeros(r, dtype=np.int64)
    spent = np.zeros(r, dtype=np.int64)
    people = np.zeros(r, dtype=np.int64)
    people[0] = begin
    size[0] = m
    value[0] = value0
    level = 0
    while level >= 0:
        left = r - level
        here = pos[level]
        stop = here + left > size[level] or state[CUT_OFF] == 1
        if not stop:
            top = value[level]
            for b in range(left):
                top += stack.bound[level, here + b]
            stop = top <= divide * state[THRESHOLD]
        if stop:
            level -= 1
            if level >= 0:
                _add(cuts, count, group[s0 + level], -1)
            continue
        if left == 1:  # every remaining candidate completes a group
            pos[level] = size[level]
            for q in range(here, size[level]):
                state[WORK] += 1
                if value[level] + stack.bound[level, q] <= divide * state[THRESHOLD]:
                    break
                x = stack.who[level, q]
                if people[level] + t.members[x] < t.least:
                    continue
                if s0 == 1 and k * (spent[level] + stack.away[level, q]) >= budget:
                    continue
                exact, _ = _penalty(cuts, count, x)
                v = value[level] + stack.gain[level, q] - divide * exact
                v -= worth * (people[level] + t.members[x] - t.least)
                if v <= divide * state[THRESHOLD]:
                    continue
                group[k - 1] = x
                if state[ONCE] and s0 == 1 and not _leads(t, group, k, p):
                    continue
                _keep(t, out, state, group, k, context, -((-v) // divide))
            continue
        j = stack.who[level, here]
        pos[level] = here + 1
        exact, _ = _penalty(cuts, count, j)
        _add(cuts, count, j, 1)
        group[s0 + level] = j
        value[level + 1] = value[level] + stack.gain[level, here] - divide * exact
        spent[level + 1] = spent[level] + stack.away[level, here]
        people[level + 1] = people[level] + t.members[j]
        m = 0
        for q in range(here + 1, size[level]):
            x = stack.who[level, q]
            pair = t.flags[j, x]
            if pair & NEVER or (context < 0 and not pair & TOGETHER):
                continue
            away = stack.away[level, q]
            if s0 == 1 and k * (spent[level + 1] + away + prefix[left - 2]) >= budget:
                continue
            g = stack.gain[level, q] - 2 * np.int64(t.d[j, x])
            _, share = _penalty(cuts, count, x)
            stack.who[level + 1, m] = x
            stack.gain[level + 1, m] = g
            near_sum = stack.close[left - 2, x] if sharp else t.close[left - 2, x]
            stack.bound[level + 1, m] = g - divide * share - near_sum
            stack.away[level + 1, m] = away
            m += 1
        state[WORK] += size[level] - here
        if state[WORK] > state[LIMIT]:
            state[CUT_OFF] = 1
            state[CEILING] = max(state[CEILING], -((-root) // divide))
        if m < left - 1:
            _add(cuts, count, j, -1)
            continue
        _sort_by(
            stack.bound[level + 1],
            m,
            stack.who[level + 1],
            stack.gain[level + 1],
            stack.away[level + 1],
        )
        size[level + 1] = m
        pos[level + 1] = 0
        level += 1


@nb.njit(cache=True, nogil=True)
def _gather(t, p, group, s0, context, surcharge, threshold, near, near_d):  # type: ignore[no-untyped-def]
    """List who fits with the whole start in a context (and within a seed's widest budget); return (how many, work)."""
    first = group[0]
    widest = np.int64(2**62)
    if s0 == 1:
        # k·Σd < D·(k·w − λ) for some size, and one member's distance is no more than the sum
        widest = np.int64(-1)
        for k in range(2, t.largest + 1):
            reach = t.divisor[k] * (k * (p[first] - surcharge) - t.new_unit - threshold)
            if reach > 0:
                widest = max(widest, (reach - 1) // k)
        if widest < 0:
            return 0, 1
    lo = np.int64(0)
    hi = np.int64(len(p))
    if context >= 0:
        lo, hi = t.set_start[context], t.set_start[context + 1]
    found = 0
    for q in range(lo, hi):
        j = np.int64(q) if context < 0 else np.int64(t.set_member[q])
        fits = t.free[j]
        away = np.int64(0)
        for a in range(s0):
            if not fits:
                break
            x = group[a]
            pair = t.flags[x, j]
            if j == x or pair & NEVER or (context < 0 and not pair & TOGETHER):
                fits = False
            away += t.d[x, j]
        if fits and away <= widest:
            near[found] = j
            near_d[found] = away
            found += 1
    order = np.argsort(near_d[:found], kind="mergesort")
    near[:found] = near[:found][order]
    near_d[:found] = near_d[:found][order]
    return found, 1 + (hi - lo) // 8


@nb.njit(cache=True, nogil=True)
def search_all(t, cuts, p, start, member, bonus, state, out, worst, complete):  # type: ignore[no-untyped-def]
    """Search from every start; fill ``out``, ``worst``, ``complete``; return the work done."""
    n = len(p)
    count = np.zeros(len(cuts.sigma), dtype=np.int64)
    near = np.empty(n, dtype=np.int32)
    near_d = np.empty(n, dtype=np.int64)
    group = np.full(t.largest, -1, dtype=np.int32)
    stack = _Stack(
        np.empty((t.largest, n), dtype=np.int32),
        np.empty((t.largest, n), dtype=np.int64),
        np.empty((t.largest, n), dtype=np.int64),
        np.empty((t.largest, n), dtype=np.int64),
        np.zeros((t.largest, n), dtype=np.int64),
    )
    tol = state[THRESHOLD]
    total = 0
    for s in range(len(start) - 1):
        s0 = start[s + 1] - start[s]
        state[BASE] = state[WRITTEN]
        state[KEPT] = 0
        state[THRESHOLD] = tol
        state[BEST] = tol
        state[CEILING] = tol
        state[WORK] = 0
        state[CUT_OFF] = 0
        if state[OVERFLOW]:
            worst[s] = 2**62
            complete[s] = False
            continue
        price = np.int64(0)
        inner = np.int64(0)
        paid = np.int64(0)
        for a in range(s0):
            group[a] = member[start[s] + a]
            price += p[group[a]]
            for b in range(a):
                inner += t.d[group[a], group[b]]
            exact, _ = _penalty(cuts, count, group[a])
            paid += exact
            _add(cuts, count, group[a], 1)
        first = group[0]
        for at in range(t.of_start[first] - 1, t.of_start[first + 1]):
            context = np.int64(-1)
            surcharge = np.int64(t.surcharge)
            joined = True
            if at >= t.of_start[first]:
                context = np.int64(t.of[at])
                surcharge = t.set_surcharge[context]
                joined = _holds(t, group, s0, context)
            else:
                for a in range(s0):
                    for b in range(a):
                        if not t.flags[group[a], group[b]] & TOGETHER:
                            joined = False
            if not joined:
                continue
            found, work = _gather(
                t, p, group, s0, context, surcharge, state[THRESHOLD], near, near_d
            )
            state[WORK] += work
            for k in range(max(s0, 2), t.largest + 1):
                if k - s0 > found:
                    break
                divide = t.divisor[k]
                value = divide * (price - s0 * surcharge - t.new_unit - paid + bonus[s]) - 2 * inner
                if k == s0:
                    if value > divide * state[THRESHOLD]:
                        _keep(t, out, state, group, k, context, -((-value) // divide))
                else:
                    _descend(
                        t, cuts, p, count, stack, out, state, group, s0, k, context, surcharge, value, found,
                        near, near_d,
                    )  # fmt: skip
        for a in range(s0):
            _add(cuts, count, group[a], -1)
        worst[s] = max(state[BEST], state[CEILING])
        complete[s] = state[CUT_OFF] == 0
        total += state[WORK]
    return total


@nb.njit(cache=True, nogil=True)
def costs(t, group, size, out):  # type: ignore[no-untyped-def]
    """Fill in the cost of joint units, moves aside; −1 where one is not feasible."""
    for g in range(len(size)):
        k = size[g]
        people = np.int64(0)
        twice = np.int64(0)
        for a in range(k):
            people += t.members[group[g, a]]
            for b in range(a):
                twice += 2 * np.int64(t.d[group[g, a], group[g, b]])
                if t.flags[group[g, a], group[g, b]] & NEVER:
                    people = t.most + 1
        out[g] = -1
        if k < 2 or k > t.largest or people < t.least or people > t.most:
            continue
        surcharge, owner = cheapest(t, group[g], k)
        if owner == -2 or _forbidden(t, group[g], k):
            continue
        out[g] = twice // t.divisor[k] + k * surcharge + t.new_unit

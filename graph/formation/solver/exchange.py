"""Local search: a few neighbouring columns of a plan at a time, divided anew in the best way there is.

A window holds the organizations of some columns, at most :data:`MOST`. All joint units among them are costed, and the cheapest
division of the window is found by dynamic programming over sets of bits, in well under a millisecond: so that thousands of
windows find what no move of one or two organizations does. Divisions that cost the same are taken in turn, which
carries a search over plateaus where many organizations are alike. What it finds is recomputed by whoever asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from graph.formation.solver.instance import NEVER, TOGETHER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.solver.instance import Instance
    from graph.formation.solver.pricing import Tables

    Ints = NDArray[np.int64]

MOST = 12
"""Organizations of a window: sets of bits are two to so many."""
NEAREST = 40
"""Neighbours of an organization that windows are made of."""
BLUR = 30_000
"""Neighbours whose distances differ by less (in 1e-6) are as near as each other."""
NONE = 2**62


class Rules(NamedTuple):
    """What the compiled search needs beside :class:`~graph.formation.solver.pricing.Tables`.

    Attributes
    ----------
    alone, away : int64[n]
        Of the instance.
    block, block_size : int32[n], int64[…]
        The pinned set that each organization is in (−1 none), and their sizes.
    former, former_size : int32[n], int64[…]
        The former unit that each is in, and their sizes.
    grouped : bool[n]
    offer : int64[n + 1]; host : int32[…]; cost : int64[…]
        Attachments by organization, the cheapest first.
    near : int32[n, k]
        Neighbours.
    """

    alone: Ints
    away: Ints
    block: NDArray[np.int32]
    block_size: Ints
    former: NDArray[np.int32]
    former_size: Ints
    grouped: NDArray[np.bool_]
    offer: Ints
    host: NDArray[np.int32]
    cost: Ints
    near: NDArray[np.int32]


class State(NamedTuple):
    """A plan while it is searched.

    Attributes
    ----------
    unit : int64[n]
        The joint unit (a row of ``group``) of each organization; −1 none.
    at : int64[n]
        Position among the offers of who is attached; −1 not.
    group, size, worth : int32[n, largest], int64[n], int64[n]
        Joint units, −1 padded, and what they cost; size 0 where a row is free.
    places, seats : int64[h]
        What is left at the hosts.
    random : uint64[1]
        State of the generator of random numbers.
    """

    unit: Ints
    at: Ints
    group: NDArray[np.int32]
    size: Ints
    worth: Ints
    places: Ints
    seats: Ints
    random: NDArray[np.uint64]


def cheapest_first(instance: Instance) -> Ints:
    """Return the attachments' order by (organization, cost, host): int64[e]."""
    i = instance
    hosts = max(1, len(i.places))
    dearest = int(i.attach_cost.max(initial=0)) + 1
    if i.n * dearest * hosts < 2**62:  # one number each is sorted ten times as fast as three
        key = (i.attach_org.astype(np.int64) * dearest + i.attach_cost) * hosts + i.attach_host
        return np.argsort(key)
    return np.lexsort((i.attach_host, i.attach_cost, i.attach_org))


def rules(instance: Instance, t: Tables, order: Ints, seed: int) -> Rules:
    """Return the tables of an instance.

    Parameters
    ----------
    order : int64[e]
        Of :func:`cheapest_first`.
    seed : int
        Chooses among neighbours that are about as near.
    """
    i = instance
    block, block_size = _numbered(i.n, i.pinned)
    former, former_size = _numbered(i.n, i.former)
    return Rules(
        i.alone,
        i.away,
        block,
        block_size,
        former,
        former_size,
        i.grouped,
        i.offers,
        i.attach_host[order],
        i.attach_cost[order],
        _nearest(i, t, seed),
    )


def _numbered(n: int, sets: tuple[NDArray[np.int32], ...]) -> tuple[NDArray[np.int32], Ints]:
    out = np.full(n, -1, dtype=np.int32)
    for number, members in enumerate(sets):
        out[members] = number
    return out, np.array([len(s) for s in sets] or [0], dtype=np.int64)


def _nearest(instance: Instance, t: Tables, seed: int) -> NDArray[np.int32]:
    """Return whom each organization is nearest to, surcharge included: int32[n, k]."""
    i = instance
    rng = np.random.default_rng(seed)
    k = min(NEAREST, i.n - 1)
    out = np.empty((i.n, k), dtype=np.int32)
    for x in range(i.n):
        extra = np.full(i.n, NONE // 4, dtype=np.int64)
        for s in i.sets.of[i.sets.of_start[x] : i.sets.of_start[x + 1]][::-1]:
            members = i.sets.member[i.sets.start[s] : i.sets.start[s + 1]]
            extra[members] = np.minimum(extra[members], i.sets.surcharge[s])
        pairs = (i.flags[x] & TOGETHER) > 0
        extra[pairs] = np.minimum(extra[pairs], t.surcharge)
        score = i.d[x] + extra + rng.integers(0, BLUR, i.n)
        score[x] = NONE
        out[x] = np.argpartition(score, k - 1)[:k] if k else 0
    return out


@nb.njit(cache=True, nogil=True)
def companions(group, out):  # type: ignore[no-untyped-def]
    """Fill in each organization's first companions in joint units (the best first) before its neighbours, each once."""
    n, k = out.shape
    most = (k + 1) // 2
    count = np.zeros(n, dtype=np.int64)
    found = np.full((n, most), -1, dtype=np.int32)
    for g in range(len(group)):
        for a in group[g]:
            if a < 0:
                break
            for b in group[g]:
                if b < 0:
                    break
                known = a == b or count[a] == most
                for c in range(count[a]):
                    known = known or found[a, c] == b
                if not known:
                    found[a, count[a]] = b
                    count[a] += 1
    for a in range(n):
        for c in range(count[a]):
            out[a, c] = found[a, c]


@nb.njit(cache=True, nogil=True)
def _draw(random, below):  # type: ignore[no-untyped-def]
    """Return a random number below ``below`` (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.int64(((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % np.uint64(below))


@nb.njit(cache=True, nogil=True)
def _take(state, x, window, w):  # type: ignore[no-untyped-def]
    """Append the column of ``x`` to the window if there is room; return the window's size."""
    u = state.unit[x]
    if u < 0:
        if w < MOST:
            window[w] = x
            return w + 1
        return w
    if w + state.size[u] > MOST:
        return w
    for a in range(state.size[u]):
        window[w + a] = state.group[u, a]
    return w + state.size[u]


@nb.njit(cache=True, nogil=True)
def _window(rules, state, centre, window):  # type: ignore[no-untyped-def]
    """Fill the window with the centre's column and those of random neighbours of its members; return its size."""
    w = _take(state, centre, window, 0)
    for _ in range(2 * MOST):
        if w >= MOST - 1 or not rules.near.shape[1]:
            break
        # mostly the centre's neighbours, sometimes theirs
        x = centre if _draw(state.random, 3) else window[_draw(state.random, w)]
        y = rules.near[x, _draw(state.random, rules.near.shape[1])]
        known = False
        for a in range(w):
            known = known or window[a] == y
        if not known:
            w = _take(state, y, window, w)
    # in random order: which of several cheapest divisions is found depends on it
    for a in range(w - 1, 0, -1):
        b = _draw(state.random, a + 1)
        window[a], window[b] = window[b], window[a]
    return w


@nb.njit(cache=True, nogil=True)
def _release(t, rules, state, window, w):  # type: ignore[no-untyped-def]
    """Give back what the window's attachments hold at their hosts."""
    for a in range(w):
        x = window[a]
        if state.at[x] >= 0:
            h = rules.host[state.at[x]]
            state.places[h] += 1
            state.seats[h] += t.members[x]


@nb.njit(cache=True, nogil=True)
def _singles(t, rules, state, window, w, single, option):  # type: ignore[no-untyped-def]
    """Find what each costs by itself: attached where there is room (each a place of its own), else alone."""
    for a in range(w):
        x = window[a]
        single[a] = rules.alone[x]
        option[a] = -1
        for e in range(rules.offer[x], rules.offer[x + 1]):
            h = rules.host[e]
            if rules.cost[e] >= rules.alone[x]:
                break
            if state.places[h] > 0 and state.seats[h] >= t.members[x]:
                single[a] = rules.cost[e]
                option[a] = e
                state.places[h] -= 1
                state.seats[h] -= t.members[x]
                break
    for a in range(w):
        if option[a] >= 0:
            h = rules.host[option[a]]
            state.places[h] += 1
            state.seats[h] += t.members[window[a]]


@nb.njit(cache=True, nogil=True)
def _local_sets(t, window, w, which, inside):  # type: ignore[no-untyped-def]
    """List the sets that hold two or more of the window, the cheapest first, as bits; return how many."""
    found = 0
    for a in range(w):
        x = window[a]
        for b in range(t.of_start[x], t.of_start[x + 1]):
            s = t.of[b]
            c = 0
            while c < found and which[c] != s:
                c += 1
            if c == found:
                if found == len(which):
                    continue
                which[c] = s
                inside[c] = 0
                found += 1
            inside[c] |= 1 << a
    kept = 0
    for c in range(found):
        if inside[c] & (inside[c] - 1):
            s, bits = which[c], inside[c]
            at = kept
            while at > 0 and which[at - 1] > s:
                which[at], inside[at] = which[at - 1], inside[at - 1]
                at -= 1
            which[at], inside[at] = s, bits
            kept += 1
    return kept


@nb.njit(cache=True, nogil=True)
def _extra(t, rules, group, k, forbidden):  # type: ignore[no-untyped-def]
    """Return what moves add to a joint unit; −1 where a decision is against it."""
    out = np.int64(0)
    for a in range(k):
        x = group[a]
        if not rules.grouped[x]:
            return np.int64(-1)
        out += rules.away[x]
    for a in range(k):
        block = rules.block[group[a]]
        former = rules.former[group[a]]
        held = 0
        together = 0
        mine = np.int64(0)
        for b in range(k):
            held += block >= 0 and rules.block[group[b]] == block
            if former >= 0 and rules.former[group[b]] == former:
                together += 1
                mine += rules.away[group[b]]
        if block >= 0 and held < rules.block_size[block]:
            return np.int64(-1)
        first = True
        for b in range(a):
            first = first and rules.former[group[b]] != former
        if former >= 0 and first and together == rules.former_size[former]:
            out -= mine
    if forbidden:
        for s in range(len(t.apart_start) - 1):
            held = 0
            for b in range(t.apart_start[s], t.apart_start[s + 1]):
                for a in range(k):
                    held += group[a] == t.apart[b]
            if held == t.apart_start[s + 1] - t.apart_start[s]:
                return np.int64(-1)
    return out


@nb.njit(cache=True, nogil=True)
def _units(t, rules, window, w, single, memory):  # type: ignore[no-untyped-def]
    """Cost all joint units inside the window that cost less than their members by themselves: masks by lowest member."""
    pair, people, clique, mask, cost, start, which, inside, group = memory
    sets = _local_sets(t, window, w, which, inside)
    plain = not (rules.away.any() or len(t.apart_start) > 1 or rules.block_size[0] > 0)
    plain = plain and rules.grouped.all()
    together = np.zeros(MOST, dtype=np.int64)
    never = np.zeros(MOST, dtype=np.int64)
    for a in range(w):
        for b in range(w):
            if a != b:
                flag = t.flags[window[a], window[b]]
                if flag & TOGETHER:
                    together[a] |= 1 << b
                if flag & NEVER:
                    never[a] |= 1 << b
    pair[0] = 0
    people[0] = 0
    clique[0] = 3
    found = 0
    # masks by their lowest member, so that those of one member stand together
    for low in range(w - 1, -1, -1):
        start[low + 1] = found if low == w - 1 else start[low + 1]
        bit = 1 << low
        x = window[low]
        for above in range(1 << (w - 1 - low)):
            rest = above << (low + 1)
            whole = rest | bit
            clique[whole] = 0
            if not clique[rest] or rest & never[low]:
                continue
            k = 1
            twice = pair[rest]
            left = rest
            apart = single[low]
            while left:
                b = 0
                lowest = left & -left
                while lowest >> (b + 1):
                    b += 1
                left ^= lowest
                twice += t.d[x, window[b]]
                apart += single[b]
                k += 1
            if k > t.largest:
                continue
            pair[whole] = twice
            people[whole] = people[rest] + t.members[x]
            clique[whole] = 1 | (2 if clique[rest] & 2 and not rest & ~together[low] else 0)
            if k < 2 or people[whole] < t.least or people[whole] > t.most:
                continue
            surcharge = np.int64(-1)
            for c in range(sets):
                if not whole & ~inside[c]:
                    surcharge = t.set_surcharge[which[c]]
                    break
            if clique[whole] & 2 and (surcharge < 0 or t.surcharge < surcharge):
                surcharge = t.surcharge
            if surcharge < 0:
                continue
            total = 2 * twice // t.divisor[k] + k * surcharge + t.new_unit
            if not plain:
                at = 0
                for b in range(w):
                    if whole >> b & 1:
                        group[at] = window[b]
                        at += 1
                more = _extra(t, rules, group, k, True)
                if more < 0:
                    continue
                total += more
            if total < apart:
                mask[found] = whole
                cost[found] = total
                found += 1
        start[low] = found
    return found


@nb.njit(cache=True, nogil=True)
def _divide(w, single, memory, price, best, before, how):  # type: ignore[no-untyped-def]
    """Find the division of the window that is cheapest by ``price``: ``before`` and ``how`` lead back from nothing left."""
    mask, start = memory[3], memory[5]
    whole = (1 << w) - 1
    best[: whole + 1] = NONE
    best[whole] = 0
    for left in range(whole, 0, -1):
        value = best[left]
        if value == NONE:
            continue
        low = 0
        while not left >> low & 1:
            low += 1
        rest = left & (left - 1)
        if value + single[low] < best[rest]:
            best[rest] = value + single[low]
            before[rest] = left
            how[rest] = -1
        for c in range(start[low + 1], start[low]):
            m = mask[c]
            if m & ~left:
                continue
            rest = left ^ m
            if value + price[c] < best[rest]:
                best[rest] = value + price[c]
                before[rest] = left
                how[rest] = c


@nb.njit(cache=True, nogil=True)
def _found(w, single, memory, before, how):  # type: ignore[no-untyped-def]
    """Return what the division found costs."""
    total = np.int64(0)
    left = 0
    while left != (1 << w) - 1:
        was = before[left]
        if how[left] >= 0:
            total += memory[4][how[left]]
        else:
            a = 0
            while not (was ^ left) >> a & 1:
                a += 1
            total += single[a]
        left = was
    return total


@nb.njit(cache=True, nogil=True)
def _value(rules, state, window, w):  # type: ignore[no-untyped-def]
    """Return what the window's columns cost now."""
    total = np.int64(0)
    for a in range(w):
        x = window[a]
        u = state.unit[x]
        if u < 0:
            total += rules.cost[state.at[x]] if state.at[x] >= 0 else rules.alone[x]
        elif state.group[u, 0] == x:
            total += state.worth[u]
    return total


@nb.njit(cache=True, nogil=True)
def _settle(t, rules, state, window, w, option, memory, before, how):  # type: ignore[no-untyped-def]
    """Put the division found in the place of the window's columns."""
    mask = memory[3]
    room = np.empty(w, dtype=np.int64)
    free = 0
    for a in range(w):
        x = window[a]
        u = state.unit[x]
        if u >= 0 and state.size[u] > 0:
            state.size[u] = 0
            room[free] = u
            free += 1
        state.unit[x] = -1
        state.at[x] = -1
    left = 0
    used = 0
    fresh = 0
    while left != (1 << w) - 1:
        was = before[left]
        c = how[left]
        bits = was ^ left
        if c < 0:
            a = 0
            while not bits >> a & 1:
                a += 1
            x = window[a]
            if option[a] >= 0:
                h = rules.host[option[a]]
                state.at[x] = option[a]
                state.places[h] -= 1
                state.seats[h] -= t.members[x]
        else:
            if used < free:
                u = room[used]
                used += 1
            else:
                while state.size[fresh] > 0:
                    fresh += 1
                u = fresh
            k = 0
            for a in range(w):
                if mask[c] >> a & 1:
                    state.group[u, k] = window[a]
                    state.unit[window[a]] = u
                    k += 1
            state.size[u] = k
            state.worth[u] = memory[4][c]
        left = was


@nb.njit(cache=True, nogil=True)
def run(t, rules, state, centres, noise):  # type: ignore[no-untyped-def]
    """Divide a window around each centre anew; return what that gained, and the work.

    With ``noise`` joint units are taken for dearer by so many thousandths at most, drawn for each, which leads out of plans that no
    window betters (the noising method; Charon and Hudry, Oper. Res. Lett. 14, 1993); the gain may then be negative.
    """
    width = 1 << MOST
    window = np.empty(MOST, dtype=np.int64)
    single = np.empty(MOST, dtype=np.int64)
    option = np.empty(MOST, dtype=np.int64)
    memory = (
        np.empty(width, dtype=np.int64), np.empty(width, dtype=np.int64), np.empty(width, dtype=np.int64),
        np.empty(width, dtype=np.int64), np.empty(width, dtype=np.int64), np.zeros(MOST + 2, dtype=np.int64),
        np.empty(256, dtype=np.int64), np.empty(256, dtype=np.int64), np.empty(t.largest, dtype=np.int64),
    )  # fmt: skip
    best = np.empty(width, dtype=np.int64)
    price = np.empty(width, dtype=np.int64)
    before = np.empty(width, dtype=np.int64)
    how = np.empty(width, dtype=np.int64)
    gained = np.int64(0)
    work = np.int64(0)
    for centre in centres:
        w = _window(rules, state, centre, window)
        if w < 2:
            continue
        _release(t, rules, state, window, w)
        _singles(t, rules, state, window, w, single, option)
        found = _units(t, rules, window, w, single, memory)
        now = _value(rules, state, window, w)
        for c in range(found):
            price[c] = memory[4][c]
            if noise:
                price[c] += price[c] * _draw(state.random, noise) // 1000
        _divide(w, single, memory, price, best, before, how)
        new = _found(w, single, memory, before, how)
        work += found * w
        if new <= now or noise:
            gained += now - new
            _settle(t, rules, state, window, w, option, memory, before, how)
        else:  # places were offered to others than hold them now
            for a in range(w):
                x = window[a]
                if state.at[x] >= 0:
                    h = rules.host[state.at[x]]
                    state.places[h] -= 1
                    state.seats[h] -= t.members[x]
    return gained, work

"""The cheapest way to put columns together so that each organization is in one: component by component, to the end.

Reduced costs of valid prices are never negative, and a plan costs at least its bound and the sum of its columns' reduced costs.
Columns tie organizations together; what no column ties is a question of its own, so that their steps add up and do not multiply.
What hosts have room for is left out, which only makes covers cheaper.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.formation.verify.tight import Column

SHARES = 27_720
"""Divisible by 1 … 12: parts of a reduced cost, so that an organization's share of a column's is whole."""


class _Choice(NamedTuple):
    """A column as a puzzle sees it: whom it holds (bits), its reduced cost, their shares."""

    held: int
    reduced: int
    shares: int
    column: Column


class Cover(NamedTuple):
    """Columns that hold each organization once, of the least reduced costs together."""

    columns: list[Column]
    reduced: int


def cheapest(
    columns: Sequence[Column], open_: Iterable[str], limit: int, steps: int
) -> Cover | None:
    """Return the cheapest cover; reduced costs of ``limit`` and more are as good as any other.

    Parameters
    ----------
    columns : sequence of Column
        Of reduced costs of 0 and more.
    open_ : iterable of str
        Whom to cover.
    limit : int
        What a cover of one component is not looked for beyond: its reduced cost counts as this then, without columns.
    steps : int
        Columns looked at at most.

    Returns
    -------
    Cover or None
        ``None`` where the steps did not do.
    """
    chosen: list[Column] = []
    total = 0
    for organizations, mine in _components(columns, open_):
        puzzle = _Puzzle(organizations, mine, limit, steps)
        if not puzzle.solve():
            return None
        steps -= puzzle.steps
        chosen += puzzle.best
        total += puzzle.least
    return Cover(chosen, total)


def _components(
    columns: Sequence[Column], open_: Iterable[str]
) -> list[tuple[list[str], list[Column]]]:
    """Return organizations that columns tie together, with these columns, the smallest first."""
    parent = {c: c for c in open_}

    def root(c: str) -> str:
        while parent[c] != c:
            parent[c] = parent[parent[c]]
            c = parent[c]
        return c

    for column in columns:
        first = root(column.organizations[0])
        for c in column.organizations[1:]:
            parent[root(c)] = first
    organizations: dict[str, list[str]] = defaultdict(list)
    held: dict[str, list[Column]] = defaultdict(list)
    for c in sorted(parent):
        organizations[root(c)].append(c)
    for column in columns:
        held[root(column.organizations[0])].append(column)
    return sorted(
        ((some, held[one]) for one, some in organizations.items()),
        key=lambda part: (len(part[1]), part[0]),
    )


class _Puzzle:
    """One component: who has the fewest columns is placed first, the cheapest column tried first."""

    def __init__(
        self, organizations: list[str], columns: list[Column], limit: int, steps: int
    ) -> None:
        number = dict.fromkeys(organizations, 0)
        share = dict.fromkeys(organizations, limit * SHARES)
        for column in columns:
            each = column.reduced * SHARES // len(column.organizations)
            for c in column.organizations:
                number[c] += 1
                share[c] = min(share[c], each)
        order = sorted(organizations, key=lambda c: (number[c], c))
        at = {c: x for x, c in enumerate(order)}
        self._by_first: list[list[_Choice]] = [[] for _ in order]
        for column in sorted(columns, key=lambda x: (x.reduced, x.organizations)):
            places = [at[c] for c in column.organizations]
            held = sum(1 << x for x in places)
            shares = sum(share[c] for c in column.organizations)
            self._by_first[min(places)].append(_Choice(held, column.reduced, shares, column))
        self._all = (1 << len(order)) - 1
        self._shares = sum(share.values())
        self._room = steps
        self.steps = 0
        self.least = limit
        self.best: list[Column] = []

    def solve(self) -> bool:
        """Search to the end; return whether that was reached. Each level keeps where it is, for parts may be a thousand deep."""
        chosen: list[Column] = []
        stack = [(0, 0, self._shares, iter(self._first(0)))]
        while stack:
            held, reduced, rest, left = stack[-1]
            step = self._next(held, reduced, rest, left)
            if step is None:
                stack.pop()
                if chosen:
                    chosen.pop()
                continue
            some, cost, shares, column = step
            if self.steps > self._room:
                return False
            if held | some == self._all:
                self.least, self.best = reduced + cost, [*chosen, column]
                continue
            chosen.append(column)
            held |= some
            stack.append((held, reduced + cost, rest - shares, iter(self._first(held))))
        return True

    def _first(self, held: int) -> list[_Choice]:
        """Return the columns of whoever is to be placed next."""
        free = self._all & ~held
        return self._by_first[(free & -free).bit_length() - 1]

    def _next(self, held: int, reduced: int, rest: int, left: Iterator[_Choice]) -> _Choice | None:
        """Return the next column that fits and may lead to something cheaper; each look at one is a step."""
        for choice in left:
            some, cost, shares, _ = choice
            self.steps += 1
            if reduced + cost >= self.least:
                return None  # in order of reduced costs: those after it cost no less
            if some & held or (reduced + cost) * SHARES + rest - shares >= self.least * SHARES:
                continue
            return choice
        return None

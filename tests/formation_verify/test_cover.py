"""The checker's own search for the cheapest way to put columns together."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from graph.formation.verify.cover import cheapest
from graph.formation.verify.tight import Column

PEOPLE = "ABCDEFGH"
LIMIT = 30

columns = st.builds(
    lambda who, reduced: Column(tuple(sorted(who)), None, 0, reduced),
    st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=4),
    st.integers(0, LIMIT - 1),
)


def by_trying_all(some: list[Column]) -> int:
    """Return the least reduced cost of columns that hold each once, ``LIMIT`` where there are none below it."""

    @cache
    def best(left: frozenset[str]) -> int:
        if not left:
            return 0
        first = min(left)
        costs = [
            column.reduced + best(left - set(column.organizations))
            for column in some
            if first in column.organizations and left.issuperset(column.organizations)
        ]
        return min([LIMIT, *costs])

    return best(frozenset(PEOPLE))


@given(st.lists(columns, max_size=30))
def test_the_cheapest_cover_is_what_trying_everything_finds(some: list[Column]) -> None:
    """Part by part, the least reduced cost is that of the best of all ways to hold each once, and the columns named are one."""
    found = cheapest(some, PEOPLE, LIMIT, 10**6)
    assert found is not None
    assert min(found.reduced, LIMIT) == by_trying_all(some)
    if found.reduced < LIMIT:
        assert sorted(c for x in found.columns for c in x.organizations) == list(PEOPLE)
        assert sum(x.reduced for x in found.columns) == found.reduced


def test_a_search_that_takes_too_long_says_so() -> None:
    """Where the steps don't do, nothing is claimed."""
    pairs = [Column((a, b), None, 0, 1) for a in PEOPLE for b in PEOPLE if a < b]
    assert cheapest(pairs, PEOPLE, LIMIT, 3) is None


def test_a_thousand_that_hang_together_are_put_together_one_by_one() -> None:
    """What is placed one after the other may be as deep as a ledger unit is large."""
    people = [f"O{x:04}" for x in range(1_200)]
    alone = [Column((c,), None, 0, 0) for c in people]
    chain = [Column((a, b), None, 0, 5) for a, b in pairwise(people)]
    found = cheapest(alone + chain, people, LIMIT, 10**6)
    assert found is not None
    assert found.reduced == 0

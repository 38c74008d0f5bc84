"""Counts as anybody may see them (C19): nothing small is worked out from them, by solving all of it at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from graph.disclosure import publishing, suppression
from graph.disclosure.cells import Cells
from graph.disclosure.elimination import Sets, System
from graph.disclosure.publishing import Published, published
from tests.disclosure.attack import CATEGORIES, SORTS, found_out, hierarchies, nested

K = 5


def streets(*rows: list[list[int]], districts: tuple[int, ...] = (3,)) -> Cells:
    """Return one district's streets or several's, each date's counts a row (covered, uncovered, outside) a street."""
    areas = ["city", *(f"district {d}" for d in range(len(districts)))]
    places = []
    for d, n in enumerate(districts):
        for s in range(n):
            areas.append(f"street {d}.{s}")
            places.append((0, 1 + d, len(areas) - 1))
    dates = tuple(range(1, len(rows) + 1))
    return Cells(tuple(areas), CATEGORIES, dates, tuple(places), SORTS, np.array(rows))


def only_small(candidates: Sets, *_: Any) -> Any:
    """Suppress small counts and nothing beside them."""
    return np.ones(len(candidates), dtype=np.bool_)


@settings(max_examples=40)
@given(hierarchies())
def test_no_secret_follows_from_all_that_is_published(cells: Cells) -> None:
    """No small count, small change or suppressed cell is determined, by everybody or by who knows an area, bounds included."""
    assert list(found_out(published(cells, K))) == []


@settings(max_examples=5)
@given(hierarchies(dates=2))
def test_every_secret_has_an_interval(cells: Cells) -> None:
    """The same by bounds alone: of each, the least and the greatest that it can be lie apart."""
    assert list(found_out(published(cells, K), insiders=False, look=False)) == []


@settings(max_examples=60)
@given(hierarchies(dates=2))
def test_nested_areas_differ_by_nothing_small(cells: Cells) -> None:
    """What lies in a district but not in one of its streets or zones is a count as well."""
    assert list(nested(published(cells, K))) == []


def test_small_counts_alone_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing suppressed beside small counts, the same solver determines them: it is no test that can't fail."""
    cells = streets([[20, 3, 0], [30, 9, 0], [40, 8, 0]])
    monkeypatch.setattr(publishing, "suppress", only_small)
    assert "anybody: street 0.0 uncovered is 3 at 0" in list(found_out(published(cells, K)))
    broken = find(
        hierarchies(dates=1),
        lambda c: bool(list(found_out(published(c, K), insiders=False))),
        settings=settings(max_examples=200, derandomize=True, database=None),
    )
    monkeypatch.undo()
    assert not list(found_out(published(broken, K)))


def test_the_public_alone_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """With two counts suppressed, who knows one of them would know the other: a street's own office does."""
    cells = streets([[20, 3, 0], [30, 9, 0], [40, 8, 0]])

    def public(candidates: Sets, secrets: Sets, knowers: Any, width: int) -> Any:
        return suppression.suppress(candidates, secrets, knowers[:1], width)

    monkeypatch.setattr(publishing, "suppress", public)
    seen = published(cells, K)
    assert list(found_out(seen, insiders=False)) == []
    assert any("street 0.0 uncovered is 3" in what for what in found_out(seen))
    monkeypatch.undo()
    assert list(found_out(published(cells, K))) == []


def test_a_change_by_less_than_k_is_not_told() -> None:
    """The earlier figure stands with its date, until the count differs by k from all that was told."""
    cells = streets(
        [[20, 30, 0], [30, 40, 0], [40, 50, 0]],
        [[22, 30, 0], [60, 40, 0], [90, 50, 0]],
        [[25, 30, 0], [90, 40, 0], [140, 50, 0]],
        [[21, 30, 0], [120, 40, 0], [190, 50, 0]],
    )
    seen = published(cells, K)
    told = [seen.figure(date, "street 0.0", "covered") for date in cells.dates]
    assert told == [(20, 1), (20, 1), (25, 3), (25, 3)]
    assert [seen.figure(date, "city", "covered") for date in cells.dates] == [
        (90, 1), (172, 2), (255, 3), (331, 4)
    ]  # fmt: skip


def test_a_zero_is_told_and_what_is_not_small_stands_alone() -> None:
    """Where nothing is small, nothing is suppressed; a count of none is no small count."""
    cells = streets([[20, 5, 0], [30, 9, 0], [40, 8, 0]])
    seen = published(cells, K)
    assert (seen.value == cells.values).all()
    assert (seen.since == 0).all()


def test_the_greater_count_is_told_rather_than_the_smaller() -> None:
    """A small street's neighbours that are least are left out with it, never the district or the city."""
    cells = streets([[50, 3, 0], [60, 9, 0], [70, 80, 0], [80, 90, 0]], districts=(4,))
    seen = published(cells, K)
    assert seen.figure(1, "city", "uncovered") == (182, 1)
    assert seen.figure(1, "district 0", "uncovered") == (182, 1)
    assert seen.figure(1, "street 0.0", "uncovered") is None
    assert seen.figure(1, "street 0.1", "uncovered") is None
    assert seen.figure(1, "street 0.3", "uncovered") == (90, 1)


@settings(max_examples=40)
@given(hierarchies())
def test_asking_twice_and_later_reveals_nothing(cells: Cells) -> None:
    """The same counts give the same figures, and a further date changes none of those before it."""

    def told(seen: Published) -> list[Any]:
        return [seen.value.tolist(), seen.since.tolist()]

    whole = published(cells, K)
    assert told(published(cells, K)) == told(whole)
    n = len(cells.dates) - 1
    if n:
        part = replace(cells, dates=cells.dates[:n], counts=cells.counts[:n])
        assert told(published(part, K)) == [whole.value[:n].tolist(), whole.since[:n].tolist()]


@settings(max_examples=60)
@given(hierarchies())
def test_a_figure_is_the_count_of_its_date(cells: Cells) -> None:
    """Nothing that is told is invented or rounded, and nothing told is small."""
    seen = published(cells, K)
    for (at, a, c), since in np.ndenumerate(seen.since):
        if since < 0:
            assert seen.value[at, a, c] == -1
            continue
        assert since <= at
        assert seen.value[at, a, c] == cells.values[since, a, c]
        assert not 0 < seen.value[at, a, c] < K


@settings(max_examples=200)
@given(
    st.lists(st.sets(st.integers(0, 7), min_size=1), max_size=12),
    st.sets(st.integers(0, 7), min_size=1),
)
def test_elimination_determines_what_numpy_s_rank_does(
    sets: list[set[int]], asked: set[int]
) -> None:
    """A set is determined where it adds nothing to the rank of those that are known."""
    made = [np.array(sorted(s), dtype=np.int64) for s in sets]
    system = System(Sets(made), 8)
    system.add(np.arange(len(made), dtype=np.int64))
    rows = np.array([[int(c in s) for c in range(8)] for s in [*sets, asked]], dtype=float)
    before = np.linalg.matrix_rank(rows[:-1]) if sets else 0
    assert system.rank == before
    one = Sets([np.array(sorted(asked), dtype=np.int64)])
    assert bool(system.determined(one)[0]) == (np.linalg.matrix_rank(rows) == before)


def test_what_is_no_table_is_refused() -> None:
    """Negative counts, dates that don't ascend, wrong shapes and a k under which nothing is small."""
    cells = streets([[1, 2, 3], [1, 2, 3], [1, 2, 3]])
    with pytest.raises(ValueError, match="negative"):
        replace(cells, counts=-cells.counts)
    with pytest.raises(ValueError, match="ascend"):
        replace(cells, dates=(2, 1), counts=np.concatenate([cells.counts, cells.counts]))
    with pytest.raises(ValueError, match="places"):
        replace(cells, counts=cells.counts[:, :2])
    with pytest.raises(ValueError, match="k is 1"):
        published(cells, 1)
    with pytest.raises(ValueError, match="before 0"):
        published(cells, K).figure(0, "city", "all")

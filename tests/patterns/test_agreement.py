"""One meaning: the plain model, the embedded store and the columns answer alike."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, given, settings

from graph.city import City
from graph.patterns.answering import by_store
from graph.patterns.facts import Facts, needs
from graph.patterns.parsing import as_json, parse
from graph.patterns.reading import read
from graph.policy.profile import load as profile_of
from graph.store import open_store
from graph.store.memory import MemoryStore
from tests.patterns.cities import CITIES, DAY, load, patterns

if TYPE_CHECKING:
    from graph.patterns.language import Pattern

NO_SHRINK = [Phase.explicit, Phase.reuse, Phase.generate]
PROFILE = profile_of("wuhan-2016")


@settings(max_examples=15, deadline=None, phases=NO_SHRINK)
@given(city=CITIES, asked=patterns(), more=patterns())
def test_stores_and_columns_answer_alike(city: list[Any], asked: Pattern, more: Pattern) -> None:
    """Keys in order, values and the true count of any question about any small city, page by page."""
    with tempfile.TemporaryDirectory() as folder:
        model, embedded = MemoryStore(), open_store(str(Path(folder) / "a.db"), create=True)
        for store in (model, embedded):
            load(store, city)
        facts = Facts(DAY)
        for pattern in (asked, more):
            wanted = by_store(model, pattern, DAY)
            found = by_store(embedded, pattern, DAY)
            assert (found.keys, found.count) == (wanted.keys, wanted.count), pattern
            assert found.shown == wanted.shown
            facts = read(City(model, PROFILE, DAY), facts, needs(pattern))
            assert facts.answer(pattern, pattern.limit) == (
                wanted.keys,
                wanted.shown,
                wanted.count,
            ), pattern
            page = embedded.matching(pattern, DAY, 1, 1)
            assert page == model.matching(pattern, DAY, 1, 1)
            assert facts.answer(pattern, 1, 1)[0] == page[0]
        embedded.close()


@settings(max_examples=50, deadline=None)
@given(asked=patterns(derived=True))
def test_a_question_is_read_as_it_is_written(asked: Pattern) -> None:
    """Its JSON says all of it, once it is one that people could write."""
    from graph.errors import InputError

    written = as_json(asked)
    try:
        again = parse(written)
    except InputError:
        return  # a word that the property can't have
    assert again == asked
    assert as_json(again) == written

"""What is derived, and places: questions say what the city says, decisions included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from graph.city import City
from graph.decisions.making import decide
from graph.decisions.record import Decision
from graph.errors import InputError
from graph.patterns.answering import ask
from graph.patterns.facts import Facts, needs
from graph.patterns.language import Condition, Part, Pattern
from graph.patterns.parsing import parse
from graph.patterns.reading import read
from graph.patterns.values import Numbers, Texts, holding
from graph.patterns.vocabulary import DERIVED
from graph.policy.profile import load as profile_of
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.store.base import Store

PROFILE = profile_of("wuhan-2016")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, City]]:
    """A small synthetic city with planted faults."""
    from loaders.pipeline import import_paths
    from loaders.synthetic import generate

    folder = tmp_path_factory.mktemp("asked")
    generate(folder / "ledgers", 80, 3)
    store = open_store(str(folder / "a.db"), create=True)
    import_paths([folder / "ledgers"], store, PROFILE)
    firms = store.frame("organization", columns=["name"])
    kept, merged = firms["key"].iloc[:2]
    date = store.latest()
    decide(store, Decision("merge", kept, "某局", date, "同一单位", object=merged))
    yield store, City(store, PROFILE)
    store.close()


def found(made: tuple[Store, City], pattern: Pattern) -> list[str]:
    """The keys that a question fits, by the columns."""
    city = made[1]
    return read(city, Facts(city.as_of), needs(pattern)).answer(pattern, 10_000)[0]


def test_what_is_derived_is_what_the_city_says(made: tuple[Store, City]) -> None:
    """Each derived value of organizations and units, for each of them; merged organizations are one."""
    store, city = made
    frames = {"organization": city.organizations, "unit": city.units}
    assert len(frames["organization"]) == store.status()["kinds"]["organization"] - 1
    for kind, frame in frames.items():
        for named in DERIVED[kind]:
            if named.name == "owned":
                said = frame["own_unit"].notna()
            else:
                said = frame[named.name]
            for value in sorted(set(said.dropna())):
                wanted = sorted(said.index[said.eq(value).fillna(False).to_numpy(dtype=bool)])
                plain: Any = getattr(value, "item", lambda value=value: value)()
                asked = Pattern(Part(kind, (Condition(named.name, "=", (plain,)),)))
                assert found(made, asked) == wanted, (named.name, value)


def test_places_are_those_of_the_city(made: tuple[Store, City]) -> None:
    """Organizations lie where `--in` finds them; ledger units hold those of their ledgers; units lie in their own division."""
    _, city = made
    divisions = city.places.divisions
    codes = [*divisions.index[:40], *city.ledger_units.index[:10]]
    for code in codes:
        chosen = city.select(str(code))
        asked = Pattern(Part("organization"), within=str(code))
        assert found(made, asked) == sorted(chosen.index[chosen]), code
    units = city.unit_rows
    street = str(units["street"].dropna().iloc[0])
    here = sorted(units.index[units["street"].eq(street).fillna(False).to_numpy(dtype=bool)])
    assert found(made, Pattern(Part("unit"), within=street)) == here
    district = str(divisions.at[street, "parent"])
    assert set(here) <= set(found(made, Pattern(Part("unit"), within=district)))
    below = divisions.index[divisions["parent"].eq(street).fillna(False).to_numpy(dtype=bool)]
    assert set(below) <= set(found(made, Pattern(Part("division"), within=street)))


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("organization", "420199999"),
        ("unit", "street:420101001"),
        ("association", "420101"),
        ("organization", "zone:none"),
    ],
)
def test_a_place_that_is_none_is_said(made: tuple[Store, City], kind: str, place: str) -> None:
    """With the place, and what may stand there, in both languages."""
    with pytest.raises(InputError) as error:
        found(made, Pattern(Part(kind), within=place))
    assert place in error.value.en
    assert place in error.value.zh


def test_facts_are_read_once_and_grow(made: tuple[Store, City]) -> None:
    """What was read stays as it is; a later question adds what it lacks to a new object."""
    store, _ = made
    date = store.latest()
    one = parse(
        {"kind": "organization", "where": [{"property": "covered", "is": "=", "value": False}]}
    )
    two = parse(
        {
            "kind": "association",
            "related": [{"relation": "MEMBER_OF", "direction": "in", "kind": "organization"}],
        }
    )
    first = read(City(store, PROFILE), Facts(date), needs(one), ahead=True)
    size = first.nbytes
    second = read(City(store, PROFILE), first, needs(two), ahead=True)
    assert not second.lacks(needs(one) | needs(two))
    assert first.lacks(needs(two))
    assert second.columns["organization", "covered"] is first.columns["organization", "covered"]
    assert (first.nbytes, second.nbytes > size) == (size, True)


def test_a_store_answers_alone_where_rows_say_all(made: tuple[Store, City]) -> None:
    """Without decisions the city is not read; with a merge it is, and both codes are one."""
    store, city = made

    def refuse() -> City:
        raise AssertionError("the city was read")

    asked = parse(
        {
            "kind": "unit",
            "where": [{"property": "type", "is": "=", "value": "党支部"}],
            "limit": 10_000,
        }
    )
    with pytest.raises(AssertionError):
        ask(store, refuse, asked, store.latest())  # a merge stands
    whole = ask(store, lambda: city, asked, store.latest())
    from graph.patterns.answering import by_store

    alone = by_store(store, asked, store.latest())
    assert (alone.keys, alone.count, alone.shown) == (whole.keys, whole.count, whole.shown)


# -- columns -----------------------------------------------------------------------------------------------------------
def test_a_part_is_found_in_many_texts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As text by text, also where one ends as the next begins, for several octets a character; what is frequent is not."""
    monkeypatch.setattr("graph.patterns.values.MANY", 1)
    some = ["光谷", None, "谷光", "", "x光", "谷y", "光谷光谷"]
    column = Texts.of(np.array(some, dtype=object))
    assert column.codes is None
    for part in ("光谷", "谷", "光", "x", "谷光", "无"):
        found = holding(column.values, column.octets, part)
        assert found.to_pylist() == [part in (text or "") for text in some]
        assert column.where(Condition("x", "contains", (part,))).tolist() == found.to_pylist()
    many = Texts.of(np.array([f"光{n}" for n in range(2_000)], dtype=object))
    monkeypatch.setattr("graph.patterns.values.OFTEN", 600)
    assert holding(many.values, many.octets, "光") is None
    assert many.where(Condition("x", "contains", ("光",))).all()
    assert holding(many.values, many.octets, "光1999").to_pylist().count(True) == 1


def test_few_values_and_many_are_alike() -> None:
    """Columns of texts that repeat and of texts that don't fit the same conditions and have the same order."""
    words = ["b", None, "a", "b", "ab"] * 3
    few = Texts.of(np.array(words, dtype=object))
    many = Texts(pa.array(words, pa.large_string()), None)
    assert few.codes is not None
    for condition in (
        Condition("x", "=", ("b",)),
        Condition("x", "!=", ("b",)),
        Condition("x", "in", ("a", "ab")),
        Condition("x", "contains", ("a",)),
        Condition("x", "known"),
        Condition("x", "unknown"),
    ):
        assert few.where(condition).tolist() == many.where(condition).tolist(), condition
    assert few.rank.tolist() == many.rank.tolist()
    assert few.take(np.array([0, 1, 4])) == many.take(np.array([0, 1, 4])) == ["b", None, "ab"]
    assert few.few(1) == [("b", 6)]
    assert Numbers.of(np.array([True, False]), "bool").take(np.array([1])) == [False]

"""GB/T 4754 codes: reading, editions, meeting levels."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from graph.sector import (
    EDITIONS,
    UNKNOWN,
    Level,
    Levels,
    Sectors,
    division_sets,
    facts,
    split_code,
)

CROSSWALK = pd.DataFrame(
    [
        ("0170", "0171"),
        ("0170", "0179"),
        ("0390", "0391"),
        ("0390", "8221"),
        ("6510", "6511"),
        ("6520", "6512"),
        ("7911", "8010"),
        ("4011", "4011"),
        ("4020", "3599"),
    ],
    columns=["code_2011", "code_2017"],
)
CODES = st.sampled_from(
    [
        "0170",
        "017",
        "0390",
        "6510",
        "6520",
        "65",
        "I",
        "6511",
        "6512",
        "7911",
        "80",
        "8010",
        "40",
        "4011",
        "4020",
        "",
    ]
)


@pytest.fixture(scope="module")
def loaded() -> Sectors:
    """Both trees with a crosswalk of nine rows."""
    return facts().with_crosswalk(CROSSWALK)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("C", ("C", "")),
        ("13", ("", "13")),
        ("C1311", ("C", "1311")),
        ("ｃ １３１", ("C", "131")),
        ("4", None),
        ("C1", None),
        ("13110", None),
        ("Z11", None),
        ("", None),
        (None, None),
        (1311, None),
    ],
)
def test_split(text: Any, split: Any) -> None:
    """A code is a section letter, two to four digits, or both; all else is none, a single digit too."""
    assert split_code(text) == split


def test_section_follows_from_division() -> None:
    """The letter comes from the edition's table: division 80 lies in O in both, 82 is education only in 2011."""
    assert facts().levels("1311", "2017") == Levels("C", "13", "131", "1311")
    assert facts().levels("82", "2011").section == "P"
    assert facts().levels("82", "2017").section == "O"
    assert facts().levels("A1311", "2017").section == "C"
    assert facts().levels("q", "2011") == Levels("Q")


@pytest.mark.parametrize(
    ("code", "edition", "has_fault"),
    [
        ("97", "2011", True),
        ("97", "2017", False),
        ("A13", "2017", True),
        ("C13", "2017", False),
        ("4", "2017", True),
        ("T", "2011", False),
    ],
)
def test_fault(code: str, edition: str, has_fault: bool) -> None:
    """A division that the edition lacks, and a letter that contradicts the digits, are faults."""
    assert (facts().fault(code, edition) is not None) == has_fault


def test_one_to_many_keeps_the_common_prefix(loaded: Sectors) -> None:
    """A class that became several is known by what these have in common, down to the section or to nothing."""
    assert loaded.common("0170", "2011") == Levels("A", "01", "017")
    assert loaded.common("0390", "2011") == UNKNOWN
    assert loaded.common("7911", "2011") == Levels("O", "80", "801", "8010")
    assert loaded.common("651", "2011") == Levels("I", "65", "651"), "a group gives no class"
    assert loaded.common("40", "2011") == Levels("C"), "went into 40 and 35, both manufacturing"


def test_without_the_table_divisions_follow_the_facts() -> None:
    """Without a crosswalk a code of 2011 is known by the division of 2017 that continues its own, no deeper."""
    assert facts().common("7911", "2011") == Levels("O", "80")
    assert facts().common("7211", "2011") == Levels("L", "72")
    assert facts().common("7211", "2017") == Levels("L", "72", "721", "7211")


def test_a_class_that_the_table_lacks_falls_back(loaded: Sectors) -> None:
    """A code of which the crosswalk says nothing is known by its division's successor."""
    assert loaded.common("8211", "2011") == Levels("P", "83")


def met(sectors: Sectors, a: tuple[str, str], b: tuple[str, str]) -> int:
    """Return the level at which two codes meet."""
    columns = sectors.columns([a[0], b[0]], [a[1], b[1]])
    return int(columns.meeting(np.array([0]), np.array([1]))[0])


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        (("1311", "2011"), ("1311", "2011"), Level.CLASS),
        (("40", "2011"), ("40", "2011"), Level.DIVISION),
        (("40", "2011"), ("4011", "2011"), Level.DIVISION),
        (("C", "2011"), ("4011", "2011"), Level.SECTION),
        (("6510", "2011"), ("6520", "2011"), Level.DIVISION),
        (("6510", "2011"), ("6512", "2017"), Level.GROUP),
        (("6510", "2011"), ("6511", "2017"), Level.CLASS),
        (("82", "2011"), ("82", "2017"), Level.NONE),
        (("7911", "2011"), ("80", "2017"), Level.DIVISION),
        (("", "2011"), ("", "2011"), Level.NONE),
        (("0170", "2011"), ("0171", "2017"), Level.GROUP),
    ],
)
def test_meeting(loaded: Sectors, a: tuple[str, str], b: tuple[str, str], level: Level) -> None:
    """Codes of one edition meet as given, of two editions through the crosswalk."""
    assert met(loaded, a, b) == level


@given(st.lists(st.tuples(CODES, st.sampled_from(EDITIONS)), min_size=2, max_size=25))
def test_meeting_is_symmetric_and_follows_its_definition(rows: list[tuple[str, str]]) -> None:
    """Over arrays, each pair meets at the level that its two codes say when read one by one."""
    sectors = facts().with_crosswalk(CROSSWALK)
    codes, editions = zip(*rows, strict=True)
    columns = sectors.columns(codes, editions)
    n = len(rows)
    table = columns.meeting(np.arange(n)[:, None], np.arange(n)[None, :])
    assert (table == table.T).all()
    for i in range(n):
        for j in range(n):
            read = sectors.levels if editions[i] == editions[j] else sectors.common
            a, b = read(codes[i], editions[i]), read(codes[j], editions[j])
            deepest = [k for k in range(4) if a[k] is not None and a[k] == b[k]]
            assert table[i, j] == (max(deepest) + 1 if deepest else 0)


@given(st.lists(st.tuples(CODES, st.sampled_from(EDITIONS)), min_size=2, max_size=10))
def test_division_sets_are_the_maximal_sets(rows: list[tuple[str, str]]) -> None:
    """The sets are exactly those in which every two share a division and to which nobody can be added."""
    columns = facts().with_crosswalk(CROSSWALK).columns(*zip(*rows, strict=True))
    n = len(rows)
    at = np.arange(n)
    alike = columns.meeting(at[:, None], at[None, :]) >= Level.DIVISION
    expected = set()
    for bits in range(1, 1 << n):
        some = [i for i in range(n) if bits >> i & 1]
        if len(some) > 1 and alike[np.ix_(some, some)].all():
            others = [k for k in range(n) if k not in some and alike[k, some].all() and alike[k, k]]
            if not others:
                expected.add(tuple(some))
    found = division_sets(columns.edition, columns.own.numbers, columns.common.numbers)
    assert {tuple(s.tolist()) for s in found} == expected
    assert len(found) == len(expected)


def test_an_unknown_edition_is_an_error() -> None:
    """An edition that nobody knows is named, with those that are known."""
    with pytest.raises(InputError, match=r"1994.*2011, 2017"):
        facts().columns(["13"], ["1994"])


def test_columns_of_nothing() -> None:
    """No organizations, no codes, no editions: empty columns of the right shape."""
    columns = facts().columns([], [])
    assert columns.own.texts.shape == columns.common.numbers.shape == (0, 4)
    blank = facts().columns([None], ["2011"])
    assert blank.own.numbers.tolist() == [[-1, -1, -1, -1]]


@pytest.mark.reference
@pytest.mark.parametrize(("edition", "sections", "divisions"), [("2011", 20, 96), ("2017", 20, 97)])
def test_facts_are_the_standards(
    reference_data: Path, edition: str, sections: int, divisions: int
) -> None:
    """Sections and divisions, their names and places in the tree are those of the published tables."""
    with (reference_data / "gbt4754" / f"gbt4754_{edition}.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] in "12"]
    known = facts()
    assert {(edition, row["code"]): row["name"] for row in rows} == {
        key: name for key, name in known.names.items() if key[0] == edition
    }
    of = {row["code"]: row["section"] for row in rows if row["level"] == "2"}
    assert of == {code: s for (e, code), s in known.sections.items() if e == edition}
    assert (len(rows) - len(of), len(of)) == (sections, divisions)


@pytest.mark.reference
def test_successors_are_where_most_classes_went(reference_data: Path) -> None:
    """For every division of 2011, more of its classes went into its successor than into any other division."""
    table = pd.read_csv(reference_data / "gbt4754" / "crosswalk_2011_2017.csv", dtype=str)
    pairs = zip(table["code_2011"].str[:2], table["code_2017"].str[:2], strict=True)
    went = Counter(pairs)
    for old, (new,) in facts().successors.items():
        others = [n for (a, b), n in went.items() if a == old and b != new]
        assert went[old, new] > max(others, default=0)

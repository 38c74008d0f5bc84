"""Codes: GB 32100 with all its authorities, codes that Excel mangled, and texts that try to take forever."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.credit_code import ALPHABET, check_digits, credit_code_fault
from graph.policy.profile import load
from loaders.canonical import canonical
from loaders.cells import Bad, Settings, Texts, Values
from loaders.codes import as_code, credit_code
from loaders.faults import CODES
from loaders.rows import PARSERS
from tests.loaders.city import credit_code as made

SETTINGS = Settings(20161001, load("wuhan-2016").extent)
COLUMNS = {c.cell: c for kind in canonical().sheets.values() for c in kind.columns}


def parse(cell: str, text: str, type_: int = 0, settings: Settings = SETTINGS) -> tuple[Any, str]:
    """Return a cell's value and fault."""
    texts = Texts(pa.array([text], pa.string()), np.array([type_], dtype=np.int8))
    read: Values = PARSERS[cell](texts, COLUMNS[cell], settings)
    return read.values[0], CODES[read.fault[0]]


@pytest.mark.reference
def test_public_vectors(reference_data: Path) -> None:
    """Every valid code of the public vectors is taken, authorities A, N and Y too; every invalid one is refused."""
    listed = (reference_data / "uscc_vectors" / "uscc_vectors.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(listed.splitlines()))
    assert len(rows) > 60
    for row in rows:
        text, expected = row["input"], row["expected"]
        fault = parse("uscc", text)[1]
        if "e17" in text:
            assert fault == "code_scientific"
        elif expected == "valid" or "allows letter authority" in expected or "->" in expected:
            assert fault == "", text
        else:
            assert fault, text


@given(st.text(ALPHABET, min_size=15, max_size=15), st.sampled_from(["91", "52", "N2", "A1", "Y1"]))
def test_check_digits_catch_every_single_error(body: str, prefix: str) -> None:
    """Of the 31 last characters one is right, and changing any one character of a right code makes it wrong."""
    head = (prefix + body)[:17]
    right = [head + c for c in ALPHABET if check_digits([head + c])[0]]
    assert len(right) == 1
    code = right[0]
    changed = [code[:i] + c + code[i + 1 :] for i in range(18) for c in ALPHABET if c != code[i]]
    assert not check_digits(changed).any()


@given(st.integers(0, 9_999_999), st.sampled_from(["91", "53", "N3", "Y1"]))
def test_invented_codes_are_right(number: int, prefix: str) -> None:
    """The column-wise check agrees with one worked out digit by digit."""
    code = made(number, prefix)
    assert credit_code_fault(code) is None
    assert credit_code(f" {code[:8].lower()}-{code[8:]} ", 1) == code


@pytest.mark.parametrize(
    ("cell", "text", "type_", "fault"),
    [
        ("uscc", "914299000000000000", 2, "code_number"),
        ("uscc", "9.14E+17", 1, "code_scientific"),
        ("code", "1", 2, "code_number"),
        ("code", "4.20106E+11", 0, "code_scientific"),
        ("code", "001", 1, ""),
        ("code_list", "12;13", 1, ""),
        ("place", "420106007", 2, "code_number"),
        ("place", "420106007", 1, ""),
        ("industry", "111", 2, "code_number"),
        ("industry", "0111", 1, ""),
        ("industry", "I65", 1, ""),
    ],
)  # fmt: skip
def test_a_code_that_became_a_number_is_a_fault_of_its_own(
    cell: str, text: str, type_: int, fault: str
) -> None:
    """A code that Excel turned into a number is refused with its own message, never guessed at."""
    assert parse(cell, text, type_)[1] == fault


def test_a_declared_width_restores_leading_zeros() -> None:
    """Where a mapping says how many digits a code has, a number is that code again; a longer one is a fault."""
    assert as_code("1.0", 2, 3) == "001"
    with pytest.raises(Bad) as bad:
        as_code("1234", 2, 3)
    assert bad.value.code == "code_width"


@pytest.mark.parametrize("cell", sorted(PARSERS))
@pytest.mark.parametrize("unit", ["1", "a", " ", "中 ", "1-", "1,", "；", "2016.", "(", "91"])
def test_no_text_takes_forever(cell: str, unit: str) -> None:
    """A cell of 100,000 characters is read or refused at once, whatever it repeats (linear patterns)."""
    column = COLUMNS.get(cell)
    assert column is not None
    start = time.process_time()
    parse(cell, unit * (100_000 // len(unit)), 1)
    assert time.process_time() - start < 2


@given(st.text(max_size=30), st.sampled_from(sorted(PARSERS)), st.integers(0, 5))
def test_any_text_is_a_value_or_a_fault(text: str, cell: str, type_: int) -> None:
    """No text in any column raises; it is a value, empty, or a fault that the table of faults knows."""
    value, fault = parse(cell, text, type_)
    empty = value is None or value != value
    assert not fault or empty

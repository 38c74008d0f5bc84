"""The battery of faults and attacks (C1 to C20): which test file holds which."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def named() -> set[str]:
    """All numbers that a test file names in what it says of itself."""
    out: set[str] = set()
    for file in TESTS.rglob("test_*.py"):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        out |= set(re.findall(r"\bC\d+\b", said))
    return out


@pytest.mark.parametrize("number", range(1, 21))
def test_every_number_has_a_file(named: set[str], number: int) -> None:
    """Each fault and attack of the battery is held by a test file that says so."""
    assert f"C{number}" in named

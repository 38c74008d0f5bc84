"""Every rule of the audit on a tiny town: the fault is found, the near miss is not, and nothing else is."""

from __future__ import annotations

import pytest

from tests.audit.cases import CASES, Case
from tests.audit.town import Town, found


def _name(case: Case) -> str:
    return f"{case.code}: {case.says}"


def test_sound_town_has_no_findings() -> None:
    """The town that all cases change has nothing wrong with it."""
    assert found(Town().audit()) == set()


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_case_finds_exactly_what_it_says(case: Case) -> None:
    """A change of the sound town is found as the case says, and nothing beside it."""
    town = Town()
    case.change(town)
    assert found(town.audit()) == case.expected

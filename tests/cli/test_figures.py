from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cli.figures import percent


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.0, 2, "0.00 %"),
        (1.0, 2, "100.00 %"),
        (2 / 3, 2, "66.67 %"),
        (0.999_999, 2, "99.99 %"),
        (0.000_01, 2, "<0.01 %"),
        (-0.000_01, 2, ">-0.01 %"),
        (0.000_047_4, 4, "0.0047 %"),
        (0.351_485, 1, "35.1 %"),
        (1.000_001, 2, "100.00 %"),
        (0.5, 0, "50 %"),
    ],
)
def test_percentages_are_rounded(share: float, digits: int, text: str) -> None:
    """A percentage is rounded to its digits; what is neither nothing nor all never reads 0 or 100."""
    assert percent(share, digits) == text


def test_what_is_short_of_a_goal_does_not_read_as_the_goal() -> None:
    """79.996 % is not 80 % where that is the goal, and 80 % is."""
    assert percent(0.79996) == "80.00 %"
    assert percent(0.79996, marks=(0.8,)) == "79.99 %"
    assert percent(0.8, marks=(0.8,)) == "80.00 %"


@given(share=st.floats(0, 1), digits=st.integers(0, 6))
def test_a_percentage_is_as_near_as_its_digits(share: float, digits: int) -> None:
    """What is shown differs from the fraction by less than one unit of its last digit."""
    text = percent(share, digits)
    value = float(text.removesuffix(" %").removeprefix("<"))
    assert abs(value - 100 * share) <= 1.000_001 * 10**-digits
    assert (text == f"{0:.{digits}f} %") == (share == 0)
    assert (text == f"{100:.{digits}f} %") == (share == 1)

"""Figures as people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal


def percent(share: float, digits: int = 2, *, marks: tuple[float, ...] = ()) -> str:
    """Return a fraction as a percentage, rounded; what is not nothing, not all or not a mark never reads as if it were.

    Parameters
    ----------
    share : float
        0.5 is 50 %.
    digits : int
        After the point.
    marks : tuple of float
        Fractions besides 1 that a smaller one must not seem to reach, like the goal of a rate.
    """
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(repr(float(share))) * 100
    shown = exact.quantize(step, ROUND_HALF_EVEN)
    if shown == 0 and exact:
        return f"{'<' if exact > 0 else '>-'}{step} %"
    for mark in (1.0, *marks):
        whole = Decimal(repr(mark)) * 100
        if exact < whole <= shown:
            shown = whole.quantize(step, ROUND_HALF_EVEN) - step
    return f"{shown:f} %"

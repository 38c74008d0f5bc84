"""Unified social credit codes (统一社会信用代码, GB 32100-2015): their form and their check digit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a credit code: no I, O, S, V, Z."""

INDIVIDUAL = "92"
"""How codes of individual businesses begin: each stands for a person."""

# with the authorities that amendments added: A military, N rural collectives (N1 to N3), Y others
FORM = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
"""18 characters that may be a credit code."""

_VALUE = np.full(256, -1, dtype=np.int64)
_VALUE[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(31)
_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)], dtype=np.int64)


def check_digits(codes: Sequence[str]) -> NDArray[Any]:
    """Return which of these 18-character codes (form already checked) have the right check digit.

    Parameters
    ----------
    codes : sequence of str
        A column at a time.

    Returns
    -------
    bool[n]
    """
    if not codes:
        return np.zeros(0, dtype=bool)
    digits = _VALUE[np.array(codes, dtype="S18").view(np.uint8).reshape(-1, 18)]
    return np.asarray(check_values(digits[:, :17]) == digits[:, 17])


def check_values(body: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the values of the check digits of codes whose first 17 characters have these values: int64[n, 17] to int64[n]."""
    wanted: NDArray[np.int64] = (31 - (body @ _WEIGHTS) % 31) % 31
    return wanted


def credit_code_fault(code: str) -> str | None:
    """Return the fault's code of one credit code (capital letters), ``None`` where it is right."""
    if len(code) != 18:
        return "uscc_length"
    if not FORM.fullmatch(code):
        return "uscc_format"
    return None if check_digits([code])[0] else "uscc_checksum"

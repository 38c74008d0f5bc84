"""Unified social credit codes (GB 32100) of organizations that don't exist, many at a time.

All lie in division 4299xx, which is no division, and their nine-character part begins with ``XN`` (虚拟, invented): no
real code can be met. Both check digits (GB 11714 within, GB 32100 at the end) are right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from graph.credit_code import ALPHABET, check_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_VALUE: Final = {c: i for i, c in enumerate(ALPHABET)}
_WEIGHTS_9: Final = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_DIGITS_36: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def uscc(prefix: Sequence[str], division: Sequence[str], serial: NDArray[np.int64]) -> list[str]:
    """Return a code for each serial number.

    Parameters
    ----------
    prefix : sequence of str
        Registering authority and kind, two characters each (``91`` a firm, ``52`` a private non-enterprise unit, …).
    division : sequence of str
        Six digits each.
    serial : array of int64, each below 31**6
        Distinct numbers give distinct codes.

    Returns
    -------
    list of str
        18 characters each.
    """
    n = len(serial)
    body = np.zeros((n, 17), dtype=np.int64)
    heads = {p + d for p, d in set(zip(prefix, division, strict=True))}
    values = {h: [_VALUE[c] for c in h] for h in heads}
    body[:, :8] = np.array([values[p + d] for p, d in zip(prefix, division, strict=True)]).reshape(
        n, 8
    )
    body[:, 8], body[:, 9] = _VALUE["X"], _VALUE["N"]
    rest = serial.astype(np.int64).copy()
    for column in range(15, 9, -1):
        body[:, column] = rest % 31
        rest //= 31
    # GB 11714 counts letters as in base 36
    in_36 = np.array([_DIGITS_36.index(c) for c in ALPHABET], dtype=np.int64)
    inner = (11 - (in_36[body[:, 8:16]] * _WEIGHTS_9).sum(axis=1) % 11) % 11
    # a check of 10 is written X, of 0 (11) as 0
    body[:, 16] = np.where(inner == 10, _VALUE["X"], inner)
    check = check_values(body)
    letters = np.frombuffer(ALPHABET.encode(), dtype="S1")
    full = np.concatenate([body, check[:, None]], axis=1)
    joined = np.ascontiguousarray(letters[full]).view("S18").ravel()
    return [code.decode() for code in joined.tolist()]

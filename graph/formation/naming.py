"""What planned units are called."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

PREFIX = "NEW-"
DIGITS = 8


def new_code(codes: Sequence[str], taken: Container[str] = ()) -> str:
    """Return what a planned unit is called until the office's code replaces it (DESIGN): 8 hex digits of its sorted members' hash.

    Of a hundred thousand units two share as many digits as soon as not: a code that is ``taken`` gets more of them.
    """
    whole = hashlib.sha256(";".join(sorted(codes)).encode()).hexdigest()
    digits = DIGITS
    while (code := PREFIX + whole[:digits]) in taken and digits < len(whole):
        digits += 1
    return code

"""What planned units are called."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def new_code(codes: Sequence[str]) -> str:
    """Return what a planned unit is called until the office's code replaces it (DESIGN): its sorted members' hash."""
    return "NEW-" + hashlib.sha256(";".join(sorted(codes)).encode()).hexdigest()[:8]

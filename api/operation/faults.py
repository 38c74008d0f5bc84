"""What is told of a fault of the program: where it happened, and of which kind; never what it was about."""

from __future__ import annotations

import traceback
from pathlib import PurePath

MOST = 40
"""Frames that are told, the last ones."""
PARTS = 3
"""Parts of a file's path that are told: enough to find it."""


def told(error: BaseException) -> dict[str, object]:
    """Return kinds and frames of an error and of those that led to it.

    An error's words are left out: they may quote a cell, a name or a code. So are lines of code, whose constants say nothing,
    but which another version has elsewhere.

    Returns
    -------
    dict
        ``kinds``, the innermost first, and ``frames`` as ``file:line function`` in the order of calls.
    """
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    chain.reverse()
    frames = [
        f"{'/'.join(PurePath(f.filename).parts[-PARTS:])}:{f.lineno} {f.name}"
        for link in chain
        for f in traceback.extract_tb(link.__traceback__)
    ]
    return {"kinds": [type(link).__name__ for link in chain], "frames": frames[-MOST:]}

"""Second copies are generated: one way to write one, or to say that it is stale."""

from __future__ import annotations

import sys
from pathlib import Path


def settle(path: str | Path, text: str, mode: str) -> int:
    """Write a generated page, or check that it is fresh.

    Parameters
    ----------
    path : str or Path
        The page.
    text : str
        What it has to hold.
    mode : str
        ``--write``; anything else checks.

    Returns
    -------
    int
        The exit code: 1 where a check finds it stale or absent.
    """
    page = Path(path)
    if mode == "--write":
        page.write_text(text, encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{page} is stale: run make generate\n")
    return 1

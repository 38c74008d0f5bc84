"""Compiles what plans are made and checked with, so that the first plan need not wait: a small invented city, the whole way.

Compiled code is kept beside the sources (numba's cache) and made anew where they change. Nothing else stays.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from pathlib import Path

from api.cli.app import FOUND, run

ORGANIZATIONS, SEED = 300, 1


def main() -> int:
    """Return 0 where every step ran."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        store = ["--store", str(at / "warm.db"), "--json"]
        steps = (
            [
                "generate",
                str(at / "ledgers"),
                "--orgs",
                str(ORGANIZATIONS),
                "--seed",
                str(SEED),
                "--json",
            ],
            ["import", str(at / "ledgers"), "--faults", str(at / "faults"), *store],
            ["candidates", *store],
            ["plan", "--out", str(at / "plan.json"), *store],
            ["verify", str(at / "plan.json"), *store],
        )
        for step in steps:
            with contextlib.redirect_stdout(io.StringIO()):
                code = run(step)
            if code > FOUND:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())

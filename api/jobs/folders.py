"""Where jobs stand on disk: a folder each in the service's folder, by its id. No name that somebody gave is ever part of a path."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

RECORD, LOCK, HOLDER = "jobs.db", "service.lock", "service.json"
CUTS, RENEWING = "cuts", "cuts.lock"
"""What jurisdictions see (:mod:`graph.cut.kept`), and what an import holds until those in use are renewed."""
IN, OUT, FAULTS, ALIVE = "in", "out", "faults", "alive.lock"
ENDINGS = frozenset(
    (
        *(".xlsx", ".xlsm", ".xltx", ".xls", ".xlt", ".et", ".ett", ".xlsb", ".ods", ".csv"),
        *(".tsv", ".txt", ".htm", ".html", ".mht", ".mhtml", ".geojson", ".json", ".zip"),
    )
)
"""Endings that a stored upload keeps, for readers look at them; others it goes without."""


def folder(state: Path, id: str) -> Path:  # noqa: A002
    """Return a job's folder."""
    return state / "jobs" / id


def made(path: Path) -> Path:
    """Make a folder for its owner alone, where there is none; ``OSError`` where it can't be made."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def gone(path: Path) -> None:
    """Take a folder away with all that is in it; links in it are not followed."""
    shutil.rmtree(path, ignore_errors=True)


def sweep(state: Path, known: set[str]) -> None:
    """Take away the folders of uploads that were cut off before they became a job."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(state / "jobs"):
            if entry.name not in known:
                gone(Path(entry.path))

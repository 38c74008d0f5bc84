"""A small store, what it must still say after a fault, and a child that writes to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
import pandas as pd

from graph.model import Claims
from graph.store import open_store

if TYPE_CHECKING:
    from graph.store.base import Store

ROOT = Path(__file__).parents[2]
DATED = 20160826


def rows(first: int, n: int, **values: Any) -> Claims:
    """Invented organizations under one unit."""
    frame = pd.DataFrame(
        {
            "row": range(2, n + 2),
            "dated": DATED,
            "key": [f"F{i:06d}" for i in range(first, first + n)],
            "line": "enterprise",
            "name": [f"虚企{i}" for i in range(first, first + n)],
            "street": "420101001",
            "unit": "U1",
            "staff": 7,
        }
    ).assign(**values)
    return Claims("organization", "enterprise|甲街", DATED, "a.csv", "", frame)


def load(store: Store, *claims: Claims) -> int:
    """Import claims as one batch; return its number."""
    with store.importing(at="t", dated=DATED, files=["a.csv"]) as importer:
        for c in claims:
            importer.add(c)
        return importer.batch


def made(path: Path, n: int = 200) -> str:
    """Make a store of one batch and return its fingerprint."""
    store = open_store(str(path), create=True)
    load(store, rows(0, n))
    found = store.fingerprint(DATED)
    store.close()
    return found


def sound(path: Path) -> list[int]:
    """Return the batches of a store, after making sure that SQLite and its own counts find it whole.

    All or nothing: each batch has all of its rows, and no row, edge, name or listing is without its batch or claim.
    """
    db: Any = apsw.Connection(str(path))
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    batches = dict(db.execute("SELECT id, loaded FROM batch").fetchall())
    counted = dict(
        db.execute("SELECT batch, count(*) FROM claim_organization GROUP BY batch").fetchall()
    )
    assert counted == batches
    claims = db.execute("SELECT count(*) FROM claim_organization").fetchone()[0]
    for table in ("edge", "name"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == claims
    assert {b for (b,) in db.execute("SELECT batch FROM sheet")} == set(batches)
    db.close()
    return sorted(batches)


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start Python on some code, in the project, with its output to be read."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip

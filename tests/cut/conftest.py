"""Small cities of two districts, and what one of them sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graph.cut.cutting import cut
from graph.model import Claims
from graph.policy.profile import load
from graph.store import open_store
from graph.store.base import Store

Row = dict[str, Any]
Sheet = tuple[str, int, list[Row]]
"""A kind, a date, and its rows."""

DIVISIONS: list[Row] = [
    {"key": "4299", "name": "示例市", "level": "市"},
    {"key": "429901", "name": "甲区", "level": "区", "parent": "4299"},
    {"key": "429902", "name": "乙区", "level": "区", "parent": "4299"},
    {"key": "429901001", "name": "一街道", "level": "街道", "parent": "429901"},
    {"key": "429902001", "name": "二街道", "level": "街道", "parent": "429902"},
]


def city(path: Path, sheets: Iterable[Sheet]) -> Store:
    """Return a store with some sheets, each an import of its own."""
    store = open_store(str(path), create=True)
    for n, sheet in enumerate([("division", 20160101, DIVISIONS), *sheets]):
        add(store, n, sheet)
    return store


def add(store: Store, number: int, sheet: Sheet, file: str = "") -> None:
    """Import a sheet."""
    kind, dated, rows = sheet
    if not rows:
        return
    frame = pd.DataFrame([{"row": at + 2, "dated": dated, **r} for at, r in enumerate(rows)])
    file = file or f"{kind}{number}.csv"
    with store.importing(at="2016-08-26T00:00:00", dated=dated, files=[file]) as importer:
        importer.add(Claims(kind, f"{kind}|甲", dated, file, "", frame))


@pytest.fixture
def seen(tmp_path: Path) -> Callable[..., Store]:
    """Return what a jurisdiction sees of a city of some sheets."""
    made: list[Store] = []

    def run(code: str, *sheets: Sheet) -> Store:
        whole = city(tmp_path / f"city{len(made)}.db", sheets)
        target = str(tmp_path / f"cut{len(made)}.db")
        cut(whole, load(), code, target, "test")
        whole.close()
        made.append(open_store(target))
        return made[-1]

    return run

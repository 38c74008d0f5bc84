"""A town of two districts whose ledgers are named as their keepers name them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from graph.city import City
from graph.model import Claims
from graph.policy.profile import load
from graph.store.base import Store
from tests.cut.conftest import DIVISIONS, city

Row = dict[str, Any]
STREETS: list[Row] = [
    *DIVISIONS,
    {"key": "429901002", "name": "三街道", "level": "街道", "parent": "429901"},
]


def firm(key: str, street: str = "429901001", **more: Any) -> Row:
    """Return a firm of a street."""
    return {
        "key": key, "line": "enterprise", "name": f"{key}公司", "category": "私营企业", "staff": 9, "formal_members": 4,
        "status": "正常", "district": street[:6], "street": street,
    } | more  # fmt: skip


def municipal(key: str, supervisor: str | None) -> Row:
    """Return a municipal social organization."""
    return {
        "key": key, "line": "social", "name": f"{key}协会", "category": "社会团体", "level": "市级", "staff": 9,
        "formal_members": 2, "status": "正常", "district": "429901", "street": "429901001", "supervisor": supervisor,
    }  # fmt: skip


def put(store: Store, kind: str, ledger: str, dated: int, rows: Iterable[Row]) -> None:
    """Import a sheet as one ledger."""
    frame = pd.DataFrame([{"row": at + 2, "dated": dated, **r} for at, r in enumerate(rows)])
    file = f"{ledger.replace('|', '-').replace(':', '')}.csv"
    with store.importing(at="2016-08-26T00:00:00", dated=dated, files=[file]) as importer:
        importer.add(Claims(kind, ledger, dated, file, "", frame))


def received(office: str, what: str, period: str, date: int | None) -> Row:
    """Return a 报送 row."""
    key = f"{office}|{what}|{period}"
    return {"key": key, "office": office, "type": what, "period": period, "date": date}


def town(path: Path, *firms: Row, ledger: str = "非公企业|street:429901001") -> Store:
    """Return a store with the divisions and one ledger."""
    store = city(path, [])
    put(store, "division", "区划|市", 20160101, STREETS)
    put(store, "organization", ledger, 20160820, firms or [firm("F1")])
    return store


def at(store: Store, as_of: int) -> City:
    """Return the town at a date."""
    return City(store, load(), as_of)

"""One contract over every store there is; a store left out of a test is named there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from graph.model import Claims

if TYPE_CHECKING:
    from graph.store.base import Store

Row = dict[str, Any]


@pytest.fixture
def load(store: Store) -> Callable[..., int]:
    """Load rows as one batch: ``load("unit", {"key": …}, dated=…)``; returns the batch's number."""

    def run(
        kind: str,
        *rows: Row,
        dated: int = 20160826,
        ledger: str = "L",
        corrects: int | None = None,
        edition: int | None = None,
    ) -> int:
        at = "2016-08-26T00:00:00"
        frame = pd.DataFrame([{"row": n + 2, "dated": dated, **r} for n, r in enumerate(rows)])
        with store.importing(at=at, dated=dated, files=["a.csv"], corrects=corrects) as importer:
            importer.add(Claims(kind, ledger, edition or dated, "a.csv", "", frame))
            return importer.batch

    return run

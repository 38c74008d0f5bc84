"""Records of our own in the store: what offices decide and do becomes claims, one command a batch, as an import's rows do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.model import Claims, now
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from graph.store.base import Store

_TYPES = {"date": "Int64", "int": "Int64", "bool": "boolean"}


def rows(
    kind: str, keys: Sequence[str], dated: Sequence[int], items: Sequence[Any]
) -> pd.DataFrame:
    """Return records as rows of a kind: each of its properties is an attribute of the items, row by row."""
    import pandas as pd

    frame = pd.DataFrame({"key": keys, "row": range(1, len(items) + 1), "dated": dated})
    for name, declared in load_schema().kinds[kind].properties.items():
        values = [getattr(item, name) for item in items]
        dtype: Any = _TYPES.get(declared.type, "object")
        frame[name] = pd.Series(values, dtype=dtype)
    return frame


def append(
    store: Store, ledger: str, command: str, dated: int, frames: Mapping[str, pd.DataFrame]
) -> int:
    """Write rows of some kinds as one batch; return its number.

    Parameters
    ----------
    ledger : str
        Ours, within which a later record of the same thing and date replaces the earlier.
    command : str
        What stands where an import names its files: ``lianjian decide merge``.
    """
    with store.importing(at=now(), dated=dated, files=[command]) as importer:
        for kind, frame in frames.items():
            importer.add(Claims(kind, ledger, dated, command, ledger, frame))
        return importer.batch

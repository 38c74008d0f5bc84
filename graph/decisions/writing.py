"""Records of our own in the store: what offices decide and do becomes claims, one command a batch, as an import's rows do."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from graph.model import Claims, now
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

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


@contextlib.contextmanager
def appending(
    store: Store, ledger: str, command: str, dated: int
) -> Iterator[Callable[[Mapping[str, pd.DataFrame]], int]]:
    """Hold a store for one batch: what records rest on is read in the block, while nobody else writes.

    Parameters
    ----------
    ledger : str
        Ours, within which a later record of the same thing and date replaces the earlier.
    command : str
        What stands where an import names its files: ``lianjian decide merge``.
    dated : int
        The latest date of its rows.

    Yields
    ------
    callable
        Takes rows of some kinds into the batch, and returns its number.

    Raises
    ------
    StoreBusyError
        Another holds it.
    """
    with store.importing(at=now(), dated=dated, files=[command]) as importer:

        def add(frames: Mapping[str, pd.DataFrame]) -> int:
            for kind, frame in frames.items():
                importer.add(Claims(kind, ledger, dated, command, ledger, frame))
            return importer.batch

        yield add


def append(
    store: Store, ledger: str, command: str, dated: int, frames: Mapping[str, pd.DataFrame]
) -> int:
    """Write rows that rest on nothing as one batch; return its number. See :func:`appending`."""
    with appending(store, ledger, command, dated) as add:
        return add(frames)

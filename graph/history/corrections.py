"""What was corrected: the same fact of the same date, of which an earlier import said something wrong.

The store keeps what a batch replaced (:meth:`graph.store.base.Store.replaced`). Of two dates A and B, those corrections count that
came after A was the present and that bear on what held from A to B:

* *after A was the present*: the batch that corrects is later than the first batch of A's own date (the newest import date that is
  not after A); what was put right before is no news;
* *bear on A to B*: the fact corrected is dated from the entity's row that held at A onward, and not after B.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graph.history.values import Differences, compare
from graph.schema import load_schema

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from graph.store.base import Store


def known_at(store: Store, date: int) -> int:
    """Return the first batch in force by which the city of a date was known; 0 where no batch is of a date up to then."""
    standing = [b for b in store.batches() if not b.undone]
    newest = max((b.dated for b in standing if b.dated <= date), default=None)
    if newest is None:
        return 0
    return min(b.id for b in standing if b.dated >= newest)


def corrected(
    store: Store, kind: str, start: int, end: int
) -> tuple[Differences, NDArray[np.int64], NDArray[np.int64]]:
    """Return what was corrected between two dates, and for each pair of claims the fact's date and the correcting batch."""
    rows = store.replaced(kind, known_at(store, start), [])
    rows = rows[(rows["dated"] <= end) & (rows["now"] > 0)]
    rows = rows[_bears(store, kind, rows, start)].reset_index(drop=True)
    keys = rows["key"].to_numpy(dtype=object)
    before, after = (rows[c].to_numpy(dtype=np.int64) for c in ("claim", "now"))
    found = compare(store, kind, keys, before, after)
    _resolved_later(store, found)
    dated, batch = (rows[c].to_numpy(dtype=np.int64) for c in ("dated", "superseded"))
    return found, dated, batch


def _bears(store: Store, kind: str, rows: pd.DataFrame, start: int) -> NDArray[np.bool_]:
    """Say of each replaced claim whether its fact held at a date or begins after it."""
    dated = rows["dated"].to_numpy(dtype=np.int64)
    late = dated >= start
    if late.all():
        return late
    held = store.frame(kind, start, [])
    held = held[held["key"].isin(rows.loc[~late, "key"])]
    said = store.said(kind, held["claim"].tolist(), []).set_index("key")["dated"]
    since = rows["key"].map(said).to_numpy(dtype=float, na_value=np.inf)
    return np.asarray(late | (dated >= since), dtype=bool)


def _resolved_later(store: Store, found: Differences) -> None:
    """Leave out texts that only became keys: a place found later is no correction."""
    properties = load_schema().kinds[found.kind].properties
    for name, (rows, old, new) in list(found.columns.items()):
        rule = properties[name].edge
        if (
            rule is None
            or rule.target is None
            or "code" not in load_schema().kinds[rule.target].properties
        ):
            continue
        places = store.frame(rule.target, None, ["code", "name"])
        called = dict(
            zip(places["key"], zip(places["code"], places["name"], strict=True), strict=True)
        )
        keep = np.array(
            [a not in called.get(b, ()) for a, b in zip(old, new, strict=True)], dtype=bool
        )
        if keep.any():
            found.columns[name] = rows[keep], old[keep], new[keep]
        else:
            del found.columns[name]

"""What came since an import: the entities of which a later one says something that was not known before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.store.base import Store


def newest(store: Store, kind: str, as_of: int) -> tuple[list[str], NDArray[np.int64]]:
    """Return the entities of a kind at a date, and the batch that each one's row came with: new, changed or corrected.

    A row that says what was said before is not kept again, so it is no change. What is not listed any more is not among them.
    """
    rows = store.frame(kind, as_of, [])
    said = store.said(kind, rows["claim"].tolist(), [])
    return said["key"].tolist(), said["batch"].to_numpy(dtype=np.int64)

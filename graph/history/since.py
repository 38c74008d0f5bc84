"""What came since an import: the entities of which a later one says something that was not known before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.store.base import Store


def changed_since(store: Store, kind: str, batch: int, as_of: int) -> list[str]:
    """Return the entities of a kind whose row at a date came with a batch later than one: new, changed or corrected, by key.

    A row that says what was said before is not kept again, so it is no change. What is not listed any more is not among them.
    """
    rows = store.frame(kind, as_of, [])
    said = store.said(kind, rows["claim"].tolist(), [])
    return [str(key) for key in said.loc[said["batch"] > batch, "key"]]

"""The stores: one protocol (:mod:`graph.store.base`), the embedded SQLite file, and a plain in-memory model.

:func:`open_store` is the only way in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import StoreError

if TYPE_CHECKING:
    from graph.store.base import Store

__all__ = ["open_store"]


def open_store(url: str, *, create: bool = False) -> Store:
    """Open the store that ``url`` names.

    Parameters
    ----------
    url : str
        A path of an embedded store, or ``:memory-model:`` for the in-memory model.
    create : bool
        Make an empty embedded store where the path does not exist (imports do).

    Raises
    ------
    StoreMissingError, StoreCorruptError, StoreError
        With the path and the way out.
    """
    if "://" in url:
        scheme = url.split("://", 1)[0]
        raise StoreError(
            f"store {url}: no store speaks {scheme}://; give the path of a .db file",
            f"存储 {url}：不支持 {scheme}://，请给出 .db 文件的路径",
        )
    if url == ":memory-model:":
        from graph.store.memory import MemoryStore

        return MemoryStore()
    from graph.store.sqlite import SqliteStore

    return SqliteStore(url, create=create)

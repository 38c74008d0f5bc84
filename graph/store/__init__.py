"""The stores: one protocol (:mod:`graph.store.base`), the embedded SQLite file, a Neo4j server, and a plain in-memory model.

:func:`open_store` is the only way in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.store.base import Store

__all__ = ["open_store"]


def open_store(
    url: str,
    *,
    create: bool = False,
    mapped: bool = False,
    waiting: Callable[[str, str], None] | None = None,
) -> Store:
    """Open the store that ``url`` names.

    Parameters
    ----------
    url : str
        A path of an embedded store, the address of a Neo4j server (``neo4j://…``, ``bolt://…``, with ``+s`` and ``+ssc``), or
        ``:memory-model:`` for the in-memory model.
    create : bool
        Make an empty store where there is none (imports do).
    mapped : bool
        Read an embedded store where the system holds it, shared with other processes: only for one that may end at any time, as it
        does where somebody cuts the file short.
    waiting : callable, optional
        Is told, in English and Chinese, where a server lets a command wait.

    Raises
    ------
    StoreMissingError, StoreCorruptError, StoreError
        With the path and the way out.
    """
    if "://" in url:
        from graph.store.neo4j_server import SCHEMES

        scheme = url.split("://", 1)[0]
        if scheme not in SCHEMES:
            raise StoreError(
                f"store {url}: no store speaks {scheme}://; give the path of a .db file, or the address of a Neo4j server"
                " such as neo4j://localhost:7687",
                f"存储 {url}：不支持 {scheme}://，请给出 .db 文件的路径，或 Neo4j 服务器的地址，例如 neo4j://localhost:7687",
            )
        from graph.store.neo4j import Neo4jStore

        return Neo4jStore(url, create=create, waiting=waiting)
    if url == ":memory-model:":
        from graph.store.memory import MemoryStore

        return MemoryStore()
    from graph.store.sqlite import SqliteStore

    return SqliteStore(url, create=create, mapped=mapped)

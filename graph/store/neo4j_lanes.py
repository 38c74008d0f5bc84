"""Lanes of one writer of the Neo4j store: transactions side by side, and what is made sure of before them (docs/adr/0024)."""

from __future__ import annotations

import contextlib
import queue
import threading
from itertools import groupby
from typing import TYPE_CHECKING, Any

from graph.store.neo4j_revision import ALONE, LANES, transact
from graph.store.neo4j_server import CrowdedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graph.store.neo4j_revision import Writer
    from graph.store.neo4j_server import Server, Statement

FEWEST = 50
"""Rows below which a transaction is not cut further where the server has no memory for it."""
WAITING = 1
"""Transactions made ready while others are written, before their entities are made sure of and after."""


class Lanes:
    """Writes transactions while the next are made ready.

    One lane makes sure of entities and writes whatever has an order, one transaction after the other; :data:`LANES` others write
    what needs nothing but its entities. A failure shows at the next :meth:`put`, :meth:`spread` or :meth:`flush`; what was made
    ready after it is dropped.
    """

    def __init__(self, server: Server, writer: Writer) -> None:
        self.server, self.writer = server, writer
        self._ordered: queue.Queue[tuple[Sequence[Statement], Sequence[Statement]] | None]
        self._ordered = queue.Queue(WAITING)
        self._free: queue.Queue[Sequence[Statement] | None] = queue.Queue(WAITING)
        self._failed: BaseException | None = None
        self._room = Room()
        first, *others = range(ALONE + 1, ALONE + 2 + LANES)
        self._threads = [threading.Thread(target=self._in_order, args=(first,), daemon=True)]
        self._threads += [
            threading.Thread(target=self._freely, args=(n,), daemon=True) for n in others
        ]
        for thread in self._threads:
            thread.start()

    def put(self, statements: Sequence[Statement]) -> None:
        """Write some statements in one transaction, soon, after those that were put before."""
        self._raise()
        self._ordered.put((statements, ()))

    def spread(self, entities: Sequence[Statement], statements: Sequence[Statement]) -> None:
        """Make sure of entities after those that were before; then write statements, in one transaction beside others."""
        self._raise()
        self._ordered.put((entities, statements))

    def flush(self) -> None:
        """Wait until all is written."""
        self._ordered.join()
        self._free.join()
        self._raise()

    def close(self) -> None:
        """Write nothing more."""
        self._failed = self._failed or CrowdedError()
        self._ordered.put(None)
        for thread in self._threads:
            thread.join()

    def _raise(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _in_order(self, lane: int) -> None:
        while (both := self._ordered.get()) is not None:
            entities, statements = both
            self._write(entities, lane)
            if statements:
                self._free.put(statements)
            self._ordered.task_done()
        for _ in range(LANES):
            self._free.put(None)

    def _freely(self, lane: int) -> None:
        while (statements := self._free.get()) is not None:
            self._write(statements, lane)
            self._free.task_done()

    def _write(self, statements: Sequence[Statement], lane: int) -> None:
        """Write in a lane, unless something has failed; what fails is raised again where it can be answered."""
        if self._failed is not None or not statements:
            return
        try:
            with self._room.taken():
                try:
                    transact(self.server, self.writer, _all(statements), lane)
                    return
                except CrowdedError:
                    pass
            with self._room.taken(alone=True):
                write(self.server, self.writer, statements, lane)
        except BaseException as e:  # noqa: BLE001
            self._failed = e


class Room:
    """The server's memory: all lanes have it at once, until one finds that it does not do; one at a time from then on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._in, self._most = 0, LANES + 1

    @contextlib.contextmanager
    def taken(self, *, alone: bool = False) -> Iterator[None]:
        """Wait until there is room, and have it."""
        with self._changed:
            if alone:
                self._most = 1
            self._changed.wait_for(lambda: self._in < self._most)
            self._in += 1
        try:
            yield
        finally:
            with self._changed:
                self._in -= 1
                self._changed.notify_all()


def _all(statements: Sequence[Statement]) -> Callable[[Callable[..., list[list[Any]]]], None]:
    def work(run: Callable[..., list[list[Any]]]) -> None:
        for text, bindings in statements:
            run(text, **bindings)

    return work


def write(
    server: Server, writer: Writer, statements: Sequence[Statement], lane: int = ALONE
) -> None:
    """Write statements in one transaction; in several, each of fewer rows, where the server has no memory for one."""
    try:
        transact(server, writer, _all(statements), lane)
    except CrowdedError:
        pieces = [(text, piece) for text, bindings in statements for piece in halves(bindings)]
        if len(pieces) == len(statements) and len(statements) == 1:
            raise server.crowded() from None
        # in their order: what ends comes before what is made anew, entities before what joins them
        for piece in pieces:
            write(server, writer, [piece], lane)


def halves(bindings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a statement's values with half the rows each; as they are where there are few."""
    if "groups" in bindings:  # of rows that have one end in common (neo4j_edges)
        pairs = [(key, row) for key, rows in bindings["groups"] for row in rows]
        if len(pairs) <= FEWEST:
            yield bindings
            return
        for some in (pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]):
            yield {**bindings, "groups": _regrouped(some)}
        return
    name = next((n for n, v in bindings.items() if isinstance(v, list) and len(v) > FEWEST), None)
    if name is None:
        yield bindings
        return
    rows = bindings[name]
    middle = len(rows) // 2
    yield {**bindings, name: rows[:middle]}
    yield {**bindings, name: rows[middle:]}


def _regrouped(pairs: Sequence[tuple[str, Any]]) -> list[list[Any]]:
    return [[key, [row for _, row in some]] for key, some in groupby(pairs, key=lambda x: x[0])]

"""Open stores for requests that run side by side: each has one to itself, and gives it back open.

Whoever asks says how much of the city is to be seen; there is no way to a store without a scope. A jurisdiction's store is a file
of its own that holds nothing of the rest (:mod:`graph.cut`).
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from starlette.concurrency import run_in_threadpool

from api.access.permissions import known
from api.access.rates import takes_much
from api.journal.serving import written_through
from api.readers import questions
from graph.cut.scope import WHOLE, Whole
from graph.errors import InputError, StoreBusyError, StoreError, StoreMissingError, UnknownIdError
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.requests import Request

    from api.readers.pool import Readers
    from graph.cut.kept import Cuts
    from graph.cut.scope import Scope
    from graph.model import Batch
    from graph.store.base import Importer, Store

PATIENCE = 30.0
"""Seconds that a request waits for a store at most."""
AT_ONCE = 2
"""Requests of a sort that compute at once, beside those of the other: quick ones, and those that take much.

Python's threads take turns; a store lets others have theirs with every statement, and waits up to 5 ms until it is on again. With
eight at once everybody waited at every step, and the service did half the work (ADR 0038).
"""
TURN = 1.0
"""Seconds after which a request goes on although others still compute: one long question holds up nobody for longer."""
MOST_KEPT = 64
"""Jurisdictions whose stores are kept open when nobody asks."""


class Stores:
    """Connections to one city, whole and by jurisdiction.

    Parameters
    ----------
    url : str
    most : int
        Open at once; who comes when all are taken waits.
    cuts : graph.cut.kept.Cuts
        What jurisdictions see.
    """

    def __init__(self, url: str, most: int, cuts: Cuts) -> None:
        self.url, self.cuts = url, cuts
        self._room = threading.Semaphore(most)
        self._turns = {heavy: threading.Semaphore(AT_ONCE) for heavy in (False, True)}
        self._lock = threading.Lock()
        self._idle: dict[str, list[Store]] = {}
        self._used = 0
        self._closed = False
        self._last: Store | None = None  # the city's that was opened last, whether it still is
        self._former: Store | None = None  # what another takes the place of, until that is open
        self.replaced: list[Callable[[], None]] = []
        """Called when another store was found in the city's place: what was made of the former is of no use."""

    @contextlib.contextmanager
    def one(self, scope: Scope) -> Iterator[Store]:
        """Give a store for a ``with`` block; one that failed is not used again.

        Raises
        ------
        InputError
            The scope is no division or ledger unit of the city any more.
        StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
            As :func:`graph.store.open_store`.
        """
        with self._slot():
            if isinstance(scope, Whole):
                with self._open(self.url) as city:
                    yield city
                return
            with self._cut(scope) as store:
                yield store

    def holds(self) -> bool:
        """Whether something was loaded and stands; also where that can't be told, for what is asked then says why."""
        if "://" not in self.url and not Path(self.url).exists():
            return self._had  # nothing is opened for it: who opens a file may make one
        try:
            with self.one(WHOLE) as city:
                return any(batch.loaded and not batch.undone for batch in city.batches())
        except StoreMissingError:
            return self._had
        except StoreError:
            return True

    def refuse_gone(self) -> None:
        """Refuse what would make a new store in the place of one that is gone; where there never was one, it may.

        Raises
        ------
        StoreMissingError
            With the way out.
        """
        if self._had:
            try:
                with self._open(self.url):
                    return
            except StoreMissingError:
                raise
            except StoreError:  # whatever it is, it is there
                return

    def said(self, missing: StoreMissingError) -> StoreMissingError:
        """Return what to say where there is no store: another thing where there was one than before the first import."""
        if not self._had:
            return missing
        return StoreMissingError(
            f"store {self.url}: the file that was served is gone; put it back or restore a backup, or restart the service to begin"
            " with an empty one",
            f"存储 {self.url}：所服务的文件已不在原处；请放回原文件或恢复备份，若要从空的存储开始，请重启服务",
        )

    @contextlib.contextmanager
    def both(self, scope: str) -> Iterator[tuple[Store, Store]]:
        """Give what a jurisdiction sees, and the whole city, as one of those open at once: who waits for a second holds no first.

        What is seen is of the city as it is now, also while an import's cuts are being made: something is to be written.

        Raises
        ------
        InputError, StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
            As :meth:`one`.
        """
        with self._slot(), self._cut(scope, now=True) as seen, self._open(self.url) as city:
            yield seen, city

    @contextlib.contextmanager
    def turn(self, *, heavy: bool) -> Iterator[None]:
        """Wait for one's turn to compute, though not for long."""
        turns = self._turns[heavy]
        mine = turns.acquire(timeout=TURN)
        try:
            yield
        finally:
            if mine:
                turns.release()

    @contextlib.contextmanager
    def _slot(self) -> Iterator[None]:
        """Wait for room; not for ever, for whoever waits holds a thread that others need."""
        if not self._room.acquire(timeout=PATIENCE):
            raise StoreBusyError(
                "all connections to the store are taken; ask again in a moment",
                "存储连接均被占用，请稍后再试",
            )
        try:
            yield
        finally:
            self._room.release()

    @contextlib.contextmanager
    def _cut(self, scope: str, *, now: bool = False) -> Iterator[Store]:
        """Give what a jurisdiction sees."""
        for left in (2, 1, 0):
            with self._open(self.url) as city:
                path = self.cuts.path(city, scope, now=now)
            with contextlib.ExitStack() as opened:
                try:
                    store = opened.enter_context(self._open(path))
                except (
                    StoreMissingError
                ):  # the city has changed again, and a newer cut taken its place
                    if not left:
                        raise
                    continue
                yield store
                return

    @contextlib.contextmanager
    def _open(self, url: str) -> Iterator[Store]:
        store = self._taken(url) or self._opened(url)
        with self._lock:
            self._used += 1
        sound = True
        try:
            yield store
        except StoreError:
            sound = False
            raise
        finally:
            self._back(url, store, sound=sound)

    @property
    def open(self) -> tuple[int, int]:
        """How many stores are open and idle, and how many are in use."""
        with self._lock:
            return sum(map(len, self._idle.values())), self._used

    def close(self) -> None:
        """Close those that nobody uses; the others are closed when they come back."""
        with self._lock:
            self._closed = True
            idle = [store for some in self._idle.values() for store in some]
            self._idle = {}
            idle += [] if self._former is None else [self._former]
            self._former = None
        self._close(idle)

    @staticmethod
    def _close(some: list[Store]) -> None:
        for one in some:
            with contextlib.suppress(StoreError):
                one.close()

    @property
    def _had(self) -> bool:
        """Whether there was a store in the city's place since the service began."""
        return self._last is not None

    def _taken(self, url: str) -> Store | None:
        """Return one that is open and still the store that its URL names; if it is not, neither are the others."""
        with self._lock:
            idle = self._idle.get(url)
            store = idle.pop() if idle else None
            if store is None or store.stands():
                return store
            former = [store, *self._idle.pop(url)]
            if url == self.url:
                # one stays open: as long as it does, no other file has its number, nor its log's
                former += [] if self._former is None else [self._former]
                self._former = former.pop(0)
        self._close(former)
        if url == self.url:
            for tell in self.replaced:
                tell()
        return None

    def _opened(self, url: str) -> Store:
        """Open a store.

        Raises
        ------
        StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
            As :func:`graph.store.open_store` and :meth:`graph.store.base.Store.again`.
        """
        if url != self.url:
            return open_store(url)
        try:
            store = open_store(url) if self._last is None else self._last.again()
        except StoreMissingError as missing:
            raise self.said(missing) from None
        with self._lock:
            self._last = store
            former, self._former = self._former, None
        self._close([] if former is None else [former])
        return store

    def _back(self, url: str, store: Store, *, sound: bool) -> None:
        gone: list[Store] = []
        with self._lock:
            self._used -= 1
            if sound and not self._closed:
                self._idle.setdefault(url, []).append(store)
                gone = self._left_behind()
            else:
                gone = [store]
        self._close(gone)

    def _left_behind(self) -> list[Store]:
        """Take out the stores whose files a newer cut took the place of, or that are idle beyond measure."""
        gone: list[Store] = []
        for url in [u for u in self._idle if u != self.url]:
            if len(self._idle) > MOST_KEPT or not Path(url).is_file():
                gone += self._idle.pop(url)
        return gone


def scope_of(request: Request) -> Scope:
    """Return how much of the city who asks may see."""
    jurisdiction = known(request).jurisdiction
    return WHOLE if jurisdiction is None else jurisdiction


def refuse_within(request: Request) -> None:
    """Refuse what concerns the whole city to who has a jurisdiction.

    Raises
    ------
    InputError
        With the way out.
    """
    if not isinstance(scope_of(request), Whole):
        raise InputError(
            "this concerns the whole city; ask somebody whose account has no jurisdiction",
            "此操作涉及全市；请由未限定辖区的账号办理",
        )


def whole(request: Request) -> contextlib.AbstractContextManager[Store]:
    """Give the whole city, whoever asks: for what tells of no jurisdiction (is it there?), or suppresses small counts itself."""
    stores: Stores = request.app.state.stores
    return stores.one(WHOLE)


@contextlib.contextmanager
def reading(request: Request) -> Iterator[Store]:
    """Give a store for what a request asks, in a ``with`` block: the only way by which routes come to one.

    Raises
    ------
    StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
        As :func:`graph.store.open_store`.
    """
    stores: Stores = request.app.state.stores
    with stores.turn(heavy=takes_much(request)), stores.one(scope_of(request)) as store:
        yield store


async def asked(request: Request, question: str, **arguments: Any) -> bytes:
    """Return the answer to a quick question, as :func:`tried` does."""
    told = await tried(request, question, **arguments)
    assert told is not None, question  # noqa: S101 - none but the map's may be more than quick
    return told


async def tried(request: Request, question: str, **arguments: Any) -> bytes | None:
    """Return the answer to a question if it is a quick one (:mod:`api.readers.questions`), by a reader where there are some.

    What a jurisdiction sees is read by the service itself.

    Raises
    ------
    LianjianError
        As the question's function, and as :func:`reading`.
    """
    readers: Readers | None = request.app.state.readers
    if readers is not None and isinstance(scope_of(request), Whole):
        try:
            return await readers.ask(question, arguments)
        except StoreMissingError as missing:
            stores: Stores = request.app.state.stores
            raise stores.said(missing) from None
    return await run_in_threadpool(_read, request, question, arguments)


def _read(request: Request, question: str, arguments: Mapping[str, Any]) -> bytes | None:
    with reading(request) as store:
        return questions.asked(store, question, arguments)


@contextlib.contextmanager
def writing(request: Request, *codes: str, all_of_it: bool = False) -> Iterator[Store]:
    """Give a store for what a request changes, in a ``with`` block: the only way by which routes write to one; it is journaled.

    Who has a jurisdiction reads what lies in it and writes to the city: what is decided about has to be there for the decider.

    Parameters
    ----------
    codes : str
        Whom it is about, where path and query do not hold them.
    all_of_it : bool
        What is written concerns the whole city.

    Raises
    ------
    InputError
        It does, and who asks has a jurisdiction.
    StoreMissingError, StoreBusyError, StoreCorruptError, StoreError
        As :func:`graph.store.open_store`.
    """
    stores: Stores = request.app.state.stores
    scope = scope_of(request)
    if isinstance(scope, Whole):
        with stores.one(scope) as city:
            yield written_through(request, city, *codes)
        return
    if all_of_it:
        refuse_within(request)
    with stores.both(scope) as (seen, city):
        written = written_through(request, city, *codes)
        yield cast("Store", _Within(seen, written))


def whole_of(store: Store) -> Store | None:
    """Return the city that a store of :func:`writing` writes to, where it reads a part of it."""
    return store.city if isinstance(store, _Within) else None


class _Within:
    """A store that reads what a jurisdiction sees, and writes to the city.

    While it writes it reads the city, too: what a record rests on is looked at once more where nobody else can change it.
    """

    def __init__(self, seen: Store, city: Store) -> None:
        self._seen, self.city = seen, city
        self._read = seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read, name)

    @contextlib.contextmanager
    def importing(self, **how: Any) -> Iterator[Importer]:
        """See :meth:`graph.store.base.Store.importing`."""
        with self.city.importing(**how) as importer:
            self._read = self.city
            try:
                yield importer
            finally:
                self._read = self._seen

    def undo(self, batch: int) -> Batch:
        """Refuse: a batch may hold rows of others."""
        raise UnknownIdError(
            f"batch {batch}: only who sees the whole city takes an import back",
            f"批次 {batch}：只有可查看全市的账号才能撤销导入",
        )

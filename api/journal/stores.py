"""Stores whose writes are journaled, and what a store says of a write whose process died."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, cast

from api.journal.rows import Action, Outcome
from graph.errors import LianjianError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from api.access.identity import Identity
    from api.journal.journal import Intent, Journal
    from graph.model import Batch
    from graph.store.base import Importer, Store

_IMPORT, _UNDO, RESTORE = "import", "undo", "restore"


class Recorded:
    """A store that writes an intent before each import and each batch taken back, and an outcome after it; else the store itself.

    Parameters
    ----------
    store : Store
    journal : Journal
    identity : Identity
    operation : str
    codes : iterable of str
        Whom the writes are about.
    action : Action
        Of what is written; batches taken back are :attr:`~api.journal.rows.Action.UNDO`.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        identity: Identity,
        operation: str,
        codes: Iterable[str] = (),
        action: Action = Action.WRITE,
    ) -> None:
        self._store = store
        self._journal = journal
        self._identity = identity
        self._operation = operation
        self._codes = tuple(codes)
        self._action = action

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextlib.contextmanager
    def importing(
        self, *, at: str, dated: int, files: Sequence[str], corrects: int | None = None
    ) -> Iterator[Importer]:
        """See :meth:`graph.store.base.Store.importing`."""
        before = max((b.id for b in self._store.batches()), default=0)
        mark = f"{_IMPORT} {before} {at}"
        with (
            self._written(self._action, self._codes, mark),
            self._store.importing(at=at, dated=dated, files=files, corrects=corrects) as importer,
        ):
            yield importer

    def undo(self, batch: int) -> Batch:
        """See :meth:`graph.store.base.Store.undo`."""
        with self._written(Action.UNDO, [f"batch:{batch}"], f"{_UNDO} {batch}"):
            return self._store.undo(batch)

    @contextlib.contextmanager
    def _written(self, action: Action, codes: Iterable[str], mark: str) -> Iterator[None]:
        with self._journal.write(
            self._identity, self._operation, codes, action=action, mark=mark
        ) as intent:
            try:
                yield
            except BaseException:
                # it may have been stopped after its transaction
                intent.outcome = Outcome.FAILED
                with contextlib.suppress(LianjianError):
                    if in_store(self._store)(intent):
                        intent.outcome = Outcome.SETTLED_DONE
                raise


def recorded(
    store: Store,
    journal: Journal,
    identity: Identity,
    operation: str,
    codes: Iterable[str] = (),
    action: Action = Action.WRITE,
) -> Store:
    """Return a store whose writes are journaled; see :class:`Recorded`."""
    return cast("Store", Recorded(store, journal, identity, operation, codes, action))


def in_store(store: Store) -> Callable[[Intent], bool | None]:
    """Return what says of an intent whether a store has what it was to write: for :meth:`api.journal.journal.Journal.settle`.

    It can't tell of writes that are no import and no batch taken back, nor where the store can't be read.
    """

    def happened(intent: Intent) -> bool | None:
        kind, *values = (intent.mark or "").split(" ")
        try:
            batches = store.batches()
        except LianjianError:
            return None
        if kind == _UNDO:
            return any(b.id == int(values[0]) and b.undone for b in batches)
        if kind == _IMPORT:
            return any(b.id > int(values[0]) and b.at == values[1] for b in batches)
        if (
            kind == RESTORE
        ):  # the store takes its place last: with its last import, or none, it is the one
            return not values or any(b.id == int(values[0]) and b.at == values[1] for b in batches)
        return None

    return happened

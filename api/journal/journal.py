"""The journal itself: rows for what is read, and intents and outcomes for what is written."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.journal import anchor as anchors
from api.journal import file, subjects
from api.journal.anchor import Head
from api.journal.holding import Hold, abandoned
from api.journal.rows import BEGINNING, Action, Outcome, Row, seal
from api.journal.verify import Finding
from api.journal.verify import verify as held_against
from graph.errors import JournalError, StoreError

if TYPE_CHECKING:
    from api.access.identity import Identity
    from api.journal.places import Places

ANCHOR_ROWS = 100
ANCHOR_S = 60.0
"""The head is anchored where so many rows came since, or so many seconds went by, and when the journal is closed."""
LONGEST_NAME = 100


def utc() -> dt.datetime:
    """Return what the clock says."""
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class _Draft:
    """A row on its way in."""

    name: str
    role: str
    action: str
    operation: str
    codes: str
    scope: str | None
    outcome: Outcome
    intent: int | None = None
    mark: str | None = None
    once: bool = False
    """Left out where the intent has its outcome already."""
    row: Row | None = None
    hold: Hold | None = None
    error: JournalError | None = None
    ready: bool = False


@dataclass(slots=True)
class Intent:
    """A write that was begun.

    Attributes
    ----------
    sequence : int
    action, operation : str
    subjects : tuple of str
    mark : str or None
        What the writer gave for :meth:`Journal.settle` to ask the store by.
    outcome : Outcome
        What the row after it will say where the block ends well; a writer that finds that nothing was written says so here.
    """

    sequence: int
    action: str
    operation: str
    subjects: tuple[str, ...] = ()
    mark: str | None = None
    outcome: Outcome = field(default=Outcome.DONE)

    @classmethod
    def of(cls, row: Row) -> Intent:
        """Return a row of an intent as one."""
        return cls(row.sequence, row.action, row.operation, tuple(row.subjects.split()), row.mark)


class Journal:
    """A journal, opened at the first row; for any number of threads, beside any number of processes.

    Parameters
    ----------
    places : Places
    clock : callable, optional
        Gives the time, in UTC.
    """

    def __init__(self, places: Places, clock: Callable[[], dt.datetime] = utc) -> None:
        self.places = places
        self._clock = clock
        self._gate = threading.Lock()
        self._committing = threading.Lock()
        self._waiting: list[_Draft] = []
        self._file: file.File | None = None
        self._key = b""
        self._anchored = 0
        self._anchored_at = time.monotonic()

    # -- recording -----------------------------------------------------------------------------------------------
    def read(
        self,
        identity: Identity,
        operation: str,
        codes: Iterable[str] = (),
        *,
        action: Action = Action.LOOK,
        scope: str | None = None,
        outcome: Outcome = Outcome.ANSWERED,
    ) -> int:
        """Record an answer that is about to leave; it is on the disk when this returns.

        Parameters
        ----------
        identity : Identity
        operation : str
            The service's operation, or the command.
        codes : iterable of str
            Whom it is about; what is no plain code is kept as a hash (:mod:`api.journal.subjects`).
        action : Action
        scope : str, optional
            By default the identity's jurisdiction.
        outcome : Outcome
            ``FAILED`` of an answer that refuses.

        Returns
        -------
        int
            The row's sequence.

        Raises
        ------
        JournalError
            It can't be recorded: the answer must not leave.
        """
        draft = self._draft(identity, action, operation, codes, scope, outcome)
        self._append(draft)
        assert draft.row is not None  # noqa: S101
        return draft.row.sequence

    @contextlib.contextmanager
    def write(
        self,
        identity: Identity,
        operation: str,
        codes: Iterable[str] = (),
        *,
        action: Action = Action.WRITE,
        scope: str | None = None,
        mark: str | None = None,
    ) -> Iterator[Intent]:
        """Record a write around its transaction: that it is about to begin, then that it is done, or failed where it raised.

        Parameters
        ----------
        mark : str, optional
            By what the store can tell later whether it happened, should the process die within the block.

        Raises
        ------
        JournalError
            It can't be recorded. Before the block: nothing was written. After it: it was written, and is settled later.
        """
        draft = self._draft(identity, action, operation, codes, scope, Outcome.INTENT)
        draft.mark = mark
        self._append(draft)
        assert draft.row is not None  # noqa: S101
        assert draft.hold is not None  # noqa: S101
        intent = Intent.of(draft.row)
        try:
            try:
                yield intent
            except BaseException:
                if intent.outcome is Outcome.DONE:
                    intent.outcome = Outcome.FAILED
                with contextlib.suppress(
                    JournalError
                ):  # what went wrong is said; this is settled later
                    self._append(self._outcome(draft.row, intent.outcome))
                raise
            try:
                self._append(self._outcome(draft.row, intent.outcome))
            except JournalError as error:
                raise JournalError(
                    f"{error.en} (what was asked for is done; the journal notes it when it can be written again)",
                    f"{error.zh}（所请求的操作已完成；日志恢复可写后将补记）",
                ) from None
        finally:
            draft.hold.release()

    def settle(self, happened: Callable[[Intent], bool | None]) -> int:
        """Note what came of writes whose process died.

        Parameters
        ----------
        happened : callable
            Says of an intent whether the store has what it was to write; ``None`` where that can't be told now: it stays open.

        Returns
        -------
        int
            How many were settled.

        Raises
        ------
        JournalError
            The journal can't be read or written.
        """
        if not self.places.file.exists():
            return 0
        with self._committing:
            begun = self._opened().open_intents()
        settled = 0
        for row in begun:
            if not abandoned(self.places.writing, row.sequence):
                continue
            found = happened(Intent.of(row))
            if found is None:
                continue
            draft = self._outcome(row, Outcome.SETTLED_DONE if found else Outcome.SETTLED_FAILED)
            self._append(draft)
            settled += draft.row is not None
        return settled

    def anchor(self) -> None:
        """Write the head to the anchor, where that is not done yet.

        Raises
        ------
        JournalError
            It can't be written.
        """
        with self._committing:
            if self._file is None:
                return
            last = self._file.last()
            if last is not None and last.sequence > self._anchored:
                self._anchor(last)

    def close(self) -> None:
        """Anchor the head and let go of the file."""
        try:
            self.anchor()
        finally:
            with self._committing:
                self._shut()

    # -- reading -------------------------------------------------------------------------------------------------
    def rows(
        self, *, since: str | None = None, by: str | None = None, of: str | None = None
    ) -> Iterator[Row]:
        """Yield rows, the newest first, as they are read.

        Parameters
        ----------
        since : str, optional
            A time (ISO 8601, UTC), or its beginning.
        by : str, optional
            Whose.
        of : str, optional
            About whom: a code with or without its kind.

        Raises
        ------
        JournalError
            The journal can't be read.
        """
        if not self.places.file.exists():
            return
        code = None if of is None else subjects.token(self.places.read_key(), of)
        with contextlib.closing(file.File(self.places.file)) as opened:
            yield from opened.newest_first(since, by, code)

    def head(self) -> Head | None:
        """Return the last row as what is kept on paper; ``None`` where nothing was journaled.

        Raises
        ------
        JournalError
            The journal can't be read.
        """
        if not self.places.file.exists():
            return None
        with contextlib.closing(file.File(self.places.file)) as opened:
            last = opened.last()
            return None if last is None else Head.of(last)

    def verify(self, kept: Iterable[Head] = ()) -> Finding:
        """Hold the journal against its key, its anchor and heads from paper.

        Raises
        ------
        JournalError
            Key or anchor are not there, or something can't be read: then nothing can be told.
        """
        heads = tuple(kept)
        if not self.places.begun():
            empty = anchors.Anchored(())
            return held_against(b"", (), empty, heads)
        key = self.places.read_key()
        anchored = anchors.read(self.places.anchor, key)
        if not self.places.file.exists():
            return held_against(key, (), anchored, heads)
        with contextlib.closing(file.File(self.places.file)) as opened:
            found = held_against(key, opened.as_found(), anchored, heads)
        if found.rows and not heads and not anchored.heads and anchored.bad is None and found.ok:
            raise JournalError(
                f"{self.places.anchor}: no anchor, and without one nobody can tell whether the journal's end is missing; put it"
                " back, name it by LIANJIAN_JOURNAL_ANCHOR, or give a printed --head",
                f"{self.places.anchor}：没有锚点文件，无法判断日志末尾是否缺失；"
                f"请放回原处、用 LIANJIAN_JOURNAL_ANCHOR 指明，或用 --head 给出打印的末行",
            )
        return found

    # -- within --------------------------------------------------------------------------------------------------
    def _draft(
        self,
        identity: Identity,
        action: Action,
        operation: str,
        codes: Iterable[str],
        scope: str | None,
        outcome: Outcome,
    ) -> _Draft:
        key = self._key or self._opened_key()
        where = scope if scope is not None else identity.jurisdiction
        return _Draft(
            _name(identity.name),
            identity.role,
            action,
            operation,
            subjects.written(key, codes),
            None if where is None else subjects.token(key, where),
            outcome,
        )

    @staticmethod
    def _outcome(begun: Row, outcome: Outcome) -> _Draft:
        return _Draft(
            begun.name, begun.role, begun.action, begun.operation, begun.subjects, begun.scope,
            outcome, begun.sequence, once=True,
        )  # fmt: skip

    def _append(self, draft: _Draft) -> None:
        """Put a row in, with those that other threads wait with: one commit, one wait for the disk."""
        with self._gate:
            self._waiting.append(draft)
        with self._committing:
            if not draft.ready:
                with self._gate:
                    drafts, self._waiting = self._waiting, []
                self._commit(drafts)
        if draft.error is not None:
            raise JournalError(draft.error.en, draft.error.zh)

    def _commit(self, drafts: list[_Draft]) -> None:
        try:
            last = self._put(drafts)
            if last is not None:
                self._anchor_in_time(last)
        except JournalError as error:
            for draft in drafts:
                draft.error = error
                if draft.hold is not None:
                    draft.hold.release()
            self._shut()
        except BaseException:
            stopped = JournalError(
                "the journal was stopped before a row was in it", "日志在写入一行之前被中止"
            )
            for draft in drafts:
                draft.error = stopped
            self._shut()
            raise
        finally:
            for draft in drafts:
                draft.ready = True

    def _put(self, drafts: list[_Draft]) -> Row | None:
        opened = self._opened()
        with opened.appending():
            last = opened.last()
            for draft in drafts:
                if draft.once and draft.intent is not None and opened.settled(draft.intent):
                    continue
                last = draft.row = self._row(draft, last)
                opened.put(last)
                if draft.outcome is Outcome.INTENT:
                    # held before anybody can see the intent, who would else take its writer for dead
                    draft.hold = Hold(self.places.writing, last.sequence)
        return last

    def _row(self, draft: _Draft, before: Row | None) -> Row:
        now = _iso(self._clock())
        back = before is not None and now < before.time
        values: list[Any] = [
            1 if before is None else before.sequence + 1,
            before.time if before is not None and back else now,
            now if back else None,
            draft.name, draft.role, str(draft.action), draft.operation, draft.codes, draft.scope,
            str(draft.outcome), draft.intent, draft.mark,
        ]  # fmt: skip
        values.append(seal(self._key, BEGINNING if before is None else before.mac, values))
        return Row(*values)

    def _anchor_in_time(self, last: Row) -> None:
        late = time.monotonic() - self._anchored_at >= ANCHOR_S
        if last.sequence - self._anchored >= ANCHOR_ROWS or late or not self._anchored:
            self._anchor(last)

    def _anchor(self, last: Row) -> None:
        anchors.add(self.places.anchor, self._key, Head.of(last))
        self._anchored = last.sequence
        self._anchored_at = time.monotonic()

    def _opened_key(self) -> bytes:
        with self._committing:
            self._opened()
            return self._key

    def _opened(self) -> file.File:
        """Return the open file, made with its key where nothing was journaled yet; within ``_committing``."""
        if self._file is not None and self._file.moved:
            self._shut()
        if self._file is None:
            places = self.places
            key = places.key_made()
            if not places.file.exists():
                if anchors.newest(places.anchor):
                    raise JournalError(
                        f"{places.file}: gone, though {places.anchor} tells of rows; put the last backup back, or move key and"
                        " anchor away to begin a new journal",
                        f"{places.file}：已不存在，但 {places.anchor} 记有其行；请恢复最近的备份，或移走密钥与锚点以新建日志",
                    )
                places.prepare()
                file.make(places.file)
            self._file = file.File(places.file)
            self._key = key
            self._anchored = anchors.newest(places.anchor)
        return self._file

    def _shut(self) -> None:
        if self._file is not None:
            with contextlib.suppress(JournalError, StoreError):
                self._file.close()
            self._file = None


def _name(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:LONGEST_NAME]


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

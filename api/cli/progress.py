"""Progress on stderr: only for a terminal, and only for what takes longer than a second; or to who listens instead."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

AFTER = 1.0
"""Seconds before anything is shown."""


Listener = Callable[[str, int, int | None, float | None], None]
"""Takes ``(stage, done, total, gap)``."""
LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
"""Who is told instead of a terminal: a job's record (:mod:`api.jobs`)."""


class Ticker:
    """What a long work reports to: ``tick(stage, done, total, gap)``; safe to call from any thread, as often as one likes."""

    def __init__(self, title: str) -> None:
        self._listener = LISTENER.get()
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._stage, self._done = title, 0
        self._total: int | None = None
        self._gap: float | None = None
        self._timer: threading.Timer | None = None

    def __call__(
        self, stage: str, done: int = 0, total: int | None = None, gap: float | None = None
    ) -> None:
        """Say what is being done now, how much of it is, and of a plan how far it may be above the best."""
        with self._lock:
            self._stage, self._done, self._total, self._gap = stage, done, total, gap
            if self._listener is not None:
                self._listener(stage, done, total, gap)
            if self._bar is not None:
                self._bar.update(
                    self._bar.task_ids[0], description=stage, completed=done, total=total
                )

    def begin(self, after: float = AFTER) -> None:
        """Show what was reported last, ``after`` seconds from now; a listener is told at once."""
        if self._listener is not None:
            self._listener(self._stage, self._done, self._total, self._gap)
            return
        self._timer = threading.Timer(after, self._show)
        self._timer.daemon = True
        self._timer.start()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        with self._lock:
            if self._timer is None:
                return
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                Elapsed(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.add_task(self._stage, completed=self._done, total=self._total)
            self._bar.start()

    def end(self) -> None:
        """Take the progress away."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._bar is not None:
                self._bar.stop()
                self._bar = None


@contextmanager
def progress(title: str) -> Iterator[Ticker]:
    """Give a :class:`Ticker` for a ``with`` block; silent where stderr is no terminal or the block is quick."""
    ticker = Ticker(title)
    if sys.stderr.isatty() or LISTENER.get() is not None:
        ticker.begin()
    try:
        yield ticker
    finally:
        ticker.end()

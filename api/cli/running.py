"""A long run that can be stopped: Ctrl-C once keeps what is done, twice ends at once; and what is said while it runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from api.cli.figures import percent
from api.cli.output import note

if TYPE_CHECKING:
    from api.cli.texts import Texts
    from graph.formation.spreading.course import Standing

SIGNALS = ("SIGINT", "SIGTERM")


@contextmanager
def stoppable(said: str) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether someone asked to stop, for a ``with`` block.

    The first Ctrl-C (or SIGTERM) asks; the next ends the process there and then, by the signal itself: within the block nothing
    is written. After the block both are what they were.

    Parameters
    ----------
    said : str
        Line on stderr when someone asks.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    numbers = [getattr(signal, name) for name in SIGNALS]

    def ask(*_: object) -> None:
        asked.set()
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        note(said)

    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def standing(t: Texts, now: Standing) -> str:
    """Return how far a plan is, in one line: organizations covered, the gap so far, the time left."""
    line = t(
        "plan.working",
        covered=f"{now.covered:,}",
        small=f"{now.small:,}",
        gap=percent(now.gap, 3),
    )
    if now.left is None:
        return line
    minutes, seconds = divmod(round(now.left), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return f"{line}{t('plan.left', time=clock)}"


def gap_of(t: Texts, begun: Sequence[dict[str, Any]], *, of: int) -> str:
    """Return the gap of the ledger units that were begun, of all of them where some were not: those have no bound yet.

    Parameters
    ----------
    begun : sequence of dict
        Entries with ``objective`` and ``bound``.
    of : int
        Ledger units in all.
    """
    objective = sum(e["objective"] for e in begun)
    bound = sum(e["bound"] for e in begun)
    share = (objective - bound) / objective if objective else 0.0
    text = percent(share, 4)
    return text if len(begun) == of else t("plan.gap_of", gap=text, units=f"{len(begun):,}")


def unfinished(t: Texts, made: dict[str, Any]) -> list[str]:
    """Return what to say of ledger units that have no plan: how many were not begun, and which failed."""
    open_ = [e for e in made["ledger_units"] if e["status"] == "not_started"]
    lost = [(e["id"], e["uncovered"][0]["reason"]) for e in open_ if _lost(e)]
    lines = [t("plan.lost", unit=unit, why=reason[t.lang]) for unit, reason in lost]
    if len(open_) > len(lost):
        lines.append(
            t("plan.not_started", count=f"{len(open_) - len(lost):,}", of=f"{len(made['ledger_units']):,}")
        )  # fmt: skip
    return lines


def _lost(entry: dict[str, Any]) -> bool:
    return bool(entry["uncovered"]) and entry["uncovered"][0]["reason"]["code"] != "not_started"

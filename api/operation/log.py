"""The service's log: one line an event on stderr, of fields that are named here and nothing else.

Whoever logs gives numbers, names of operations, and an account's name: no path, query, body, token or word of an answer ever comes
here, so that the log may be kept, sent on and read by those who may not read the city.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, Literal, get_args

from api.operation import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Form = Literal["json", "text", "off"]
FORMS: tuple[Form, ...] = get_args(Form)
Level = Literal["info", "warning", "error"]
LONGEST = 200
"""Characters of a library's own line that are told."""


class Log:
    """Where events go.

    Parameters
    ----------
    form : {'json', 'text', 'off'}
        One JSON object a line; the same for a person's eye; nothing.
    clock : callable, optional
        Gives the time, in UTC.
    """

    def __init__(self, form: Form, clock: Callable[[], dt.datetime] | None = None) -> None:
        self.form = form
        self._clock = clock or (lambda: dt.datetime.now(dt.UTC))
        self._lock = threading.Lock()

    def __call__(self, event: str, level: Level = "info", **fields: Any) -> None:
        """Write an event; a stderr that is gone or full stops nobody's request."""
        if self.form == "off":
            return
        time = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said = {"time": time, "level": level, "event": event} | fields
        if self.form == "json":
            line = json.dumps(said, ensure_ascii=True)
        else:
            rest = " ".join(f"{k}={_shown(v)}" for k, v in fields.items() if v is not None)
            line = f"{time} {level} {event} {rest}".rstrip()
        with self._lock, contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    def fault(self, error: BaseException, **fields: Any) -> None:
        """Write a fault of the program: its kind and frames, without values."""
        self("fault", "error", **fields, **faults.told(error))


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


class _Lines(logging.Handler):
    """Python's own log, in ours: what libraries say, without the values that they say it with."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record: of the server its fixed words, of others who spoke; of an error its frames."""
        fields: dict[str, Any] = {"logger": record.name}
        if record.name.startswith("uvicorn") and isinstance(record.msg, str):
            # the pattern, not what is filled in; a second line would be a traceback with all it quotes
            fields["said"] = record.msg.split("\n", 1)[0][:LONGEST]
        if record.exc_info and record.exc_info[1] is not None:
            fields |= faults.told(record.exc_info[1])
        self._log("server", "error" if record.levelno >= logging.ERROR else "warning", **fields)


@contextlib.contextmanager
def routed(log: Log) -> Iterator[None]:
    """Lead what libraries and threads say of themselves into a log, for a ``with`` block."""
    root, handler = logging.getLogger(), _Lines(log)
    before, hook = root.handlers[:], threading.excepthook

    def died(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None and not isinstance(what.exc_value, SystemExit):
            log.fault(what.exc_value)

    root.handlers = [handler]
    threading.excepthook = died
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        threading.excepthook = hook
        root.handlers = before

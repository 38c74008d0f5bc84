"""One reader: a store held open, and a question after the other, until the service ends."""

from __future__ import annotations

import contextlib
import gc
import pickle
import signal
import socket
import sys
from typing import TYPE_CHECKING

from api.readers.framing import receive, send
from api.readers.questions import asked
from graph.errors import LianjianError, StoreError
from graph.store import open_store

if TYPE_CHECKING:
    from graph.store.base import Store

ANSWERED, NONE, REFUSED, FAULT = b"a", b"n", b"r", b"f"
"""How an answer begins: with itself after it, no question for a reader, an error for a person (pickled), another one's class."""


def main() -> None:
    """Answer what comes on the line of the first argument about the store of the second."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service says when it is over: the line ends
    line = socket.socket(fileno=int(sys.argv[1]))
    url = sys.argv[2]
    _ready()
    store: Store | None = None
    with contextlib.suppress(OSError):
        while (message := receive(line)) is not None:
            # S301: only the service has the other end
            question, arguments = pickle.loads(message)  # noqa: S301
            try:
                if store is None:
                    store = open_store(url, mapped=True)
                elif not store.stands():
                    former, store = store, store.again()
                    _close(former)
                said = asked(store, question, arguments)
                answer = NONE if said is None else ANSWERED + said
            except LianjianError as error:
                # one whose place is empty, or taken without its log, stays open: as long as it does, it can be told from others
                if isinstance(error, StoreError) and (store is None or store.stands()):
                    _close(store)
                    store = None
                answer = REFUSED + pickle.dumps(error)
            except Exception as error:  # noqa: BLE001 - what it was is said there, without a value
                _close(store)
                store = None
                answer = FAULT + type(error).__name__.encode()
            send(line, answer)
    _close(store)


def _ready() -> None:
    """Import what questions import, before the first comes."""
    import viz.listing
    import viz.selection
    import viz.views  # noqa: F401

    gc.collect()
    gc.freeze()


def _close(store: Store | None) -> None:
    if store is not None:
        with contextlib.suppress(StoreError):
            store.close()


if __name__ == "__main__":
    main()

"""What the command line writes and takes out, in the journal: put around every command once, none says anything of it itself."""

from __future__ import annotations

import contextlib
import os
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from api.access.accounts import Accounts
    from api.access.identity import Identity
    from api.journal import Action, Journal
    from api.journal.accounts import RecordedAccounts
    from graph.store.base import Store

CODES = frozenset(
    {
        "identifier", "within", "of", "kept", "merged", "a", "b", "code", "codes", "unit", "decision", "id_", "batch",
        "why", "why_not",
    }
)  # fmt: skip
"""Parameters of commands that hold codes."""
OTHERS = frozenset(
    {
        "store", "lang", "profile", "as_of", "json", "out", "text", "office", "reason", "note", "kind", "date", "map_", "save_map",
        "paths", "source", "target", "definition", "against", "register", "settings", "cluster", "host", "since",
        "by", "heads", "name", "evidence", "measures", "responsible", "proxy", "tls_cert", "tls_key", "id",
        "key", "config", "question", "named_by", "datum", "rows", "sample",
    }
)  # fmt: skip
"""Parameters of commands that are texts of another kind: they never reach the journal. A test has each in one of the two."""
NOTHING_LEAVES = frozenset(
    {"demo", "template", "generate", "preview", "import", "profile", "serve", "journal", "restore"}
)
"""Commands whose files hold nothing that the store does; what an import could not take, it gives back to whoever brought it."""
ACTIONS = {
    "import": "import", "undo": "undo", "decide": "decide", "board": "decide", "inspection": "decide", "finding": "finding",
    "baseline": "baseline",
    "copy": "copy", "restore": "restore",
}  # fmt: skip
"""Commands that write, by their first word, and as what."""
MEMORY = ":memory-model:"


@dataclass
class Running:
    """A command under way.

    Attributes
    ----------
    operation : str
        ``decide merge``.
    parameters : mapping
    """

    operation: str
    parameters: Mapping[str, Any]
    exported: bool = False
    journals: dict[str, Journal] = field(default_factory=dict)

    @property
    def action(self) -> Action:
        """What its writes are."""
        from api.journal import Action

        return Action(ACTIONS.get(self.operation.split(" ")[0], "write"))

    def codes(self) -> list[str]:
        """Return the codes on the command line."""
        found: list[str] = []
        for name, value in self.parameters.items():
            if name == "batch" and value is not None:
                found.append(f"batch:{value}")
            elif name in CODES:
                values = value if isinstance(value, list | tuple) else [value]
                found += [v for v in values if isinstance(v, str)]
        return found

    def journal(self, url: str) -> Journal:
        """Return the journal beside a store."""
        if url not in self.journals:
            from api.journal import Journal, Places
            from api.settings import state_of

            self.journals[url] = Journal(Places.of(state_of(url)))
        return self.journals[url]

    def leaving(self) -> None:
        """Record, once a command, that a file is about to take out what the store holds."""
        from api.journal import Action
        from api.settings import default_store

        url = self.parameters.get("store") or default_store()
        if not self.exported and url != MEMORY:
            self.journal(url).read(who(), self.operation, self.codes(), action=Action.EXPORT)
            self.exported = True

    def close(self) -> None:
        """Anchor and close the journals."""
        for journal in self.journals.values():
            journal.close()


ASKER: ContextVar[Identity | None] = ContextVar("asker", default=None)
"""Who asked the service for the command that runs here; nobody where it was typed."""
RUNNING: ContextVar[Running | None] = ContextVar("running", default=None)


def journaled(key: str, command: Callable[..., int]) -> Callable[..., int]:
    """Return a command whose writes and files are journaled; ``key`` is its name, parts joined by a dot."""

    @wraps(command)
    def run(**parameters: Any) -> int:
        running = Running(key.replace(".", " "), parameters)
        told = None if key.split(".", maxsplit=1)[0] in NOTHING_LEAVES else running.leaving
        before, begun = RUNNING.set(running), files.BEGUN.set(told)
        try:
            code = command(**parameters)
        except BaseException:
            with contextlib.suppress(Exception):  # what went wrong first is what is said
                running.close()
            raise
        finally:
            files.BEGUN.reset(begun)
            RUNNING.reset(before)
        running.close()
        return code

    return run


def written(url: str, store: Store) -> Store:
    """Return a session's store, its writes journaled beside it."""
    running = RUNNING.get()
    if running is None or url == MEMORY:
        return store
    return _Lazy(url, store, running)


class _Lazy:
    """A store that opens the journal at its first write: who only asks makes no folder for one."""

    def __init__(self, url: str, store: Store, running: Running) -> None:
        self._url = url
        self._store = store
        self._running = running

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def importing(self, **how: Any) -> Any:
        return self._recorded().importing(**how)

    def undo(self, batch: int) -> Any:
        return self._recorded().undo(batch)

    def _recorded(self) -> Store:
        from api.journal.stores import in_store, recorded

        journal = self._running.journal(self._url)
        journal.settle(in_store(self._store))
        return recorded(
            self._store,
            journal,
            who(),
            self._running.operation,
            self._running.codes(),
            self._running.action,
        )


def changed(url: str, accounts: Accounts) -> RecordedAccounts:
    """Return the accounts beside a store for a command that may change them: what it does is recorded."""
    from api.journal.accounts import RecordedAccounts

    running = RUNNING.get()
    assert running is not None  # noqa: S101 - every command is put into one by journaled()
    return RecordedAccounts(accounts, running.journal(url), running.operation, who())


@contextlib.contextmanager
def copied(url: str) -> Iterator[None]:
    """Record that a whole store is copied, for a ``with`` block; one that is not there is left to say so."""
    running = RUNNING.get()
    if running is None or ("://" not in url and not Path(url).is_file()):
        yield
        return
    with running.journal(url).write(who(), running.operation, action=running.action):
        yield


@contextlib.contextmanager
def recorded(url: str) -> Iterator[None]:
    """Record a write into what is kept beside a store, for a ``with`` block."""
    running = RUNNING.get()
    assert running is not None  # noqa: S101 - every command is put into one by journaled()
    with running.journal(url).write(
        who(), running.operation, running.codes(), action=running.action
    ):
        yield


def leaving() -> None:
    """Record that what the store holds is about to leave, for commands that write no file through :mod:`graph.files`."""
    told = files.BEGUN.get()
    if told is not None:
        told()


@contextlib.contextmanager
def restored(url: str, mark: str) -> Iterator[None]:
    """Record that a store comes from a backup, in the journal that came with it, for a ``with`` block."""
    running = RUNNING.get()
    if running is None:
        yield
        return
    journal = running.journal(url)
    try:
        with journal.write(who(), running.operation, action=running.action, mark=mark):
            yield
    finally:
        del running.journals[url]  # closed before what came with it may be taken back
        journal.close()


def who() -> Identity:
    """Return who asked the service for the command, else the account that runs it, not what the environment calls it."""
    from api.access.identity import Identity

    asker = ASKER.get()
    if asker is not None:
        return asker

    try:
        if os.name == "nt":
            import getpass

            name = getpass.getuser()
        else:
            import pwd

            name = pwd.getpwuid(os.getuid()).pw_name
    except (KeyError, OSError):
        name = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return Identity(f"local:{name}", "administrator")

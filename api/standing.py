"""What audits found of the cities of maps: each made once, beside the requests that wait for it, and kept for every view.

A city of a million organizations takes a minute of a processor. Who asks meanwhile is told how far it is after a while, and asks
again; nobody's going away ends it. What people do about findings makes no audit: it is laid over what was found.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.findings import state_but_handling
from api.latest import Latest
from api.proposals import refuse_former
from graph.errors import StoreBusyError
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.latest import Pool
    from graph.affiliation.standing import Standing
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.city.findings import Found
    from viz.city.view import CityMap

    Key = tuple[str, int]

MOST, MOST_BYTES = 16, 1 << 28
"""Audits that are kept, and bytes of their columns together; the last one is kept whatever its size."""
WAITING = 2
"""Audits that are made or wait to be, at most: each takes minutes where a city is large, and holds its map."""
PATIENCE = 5.0
"""Seconds that a request waits for an audit: it holds a connection and a turn meanwhile, and pages ask again by themselves."""


@dataclass(eq=False)
class Audit:
    """An audit that is kept: all that it found, and what of it stood when it was last asked for."""

    standing: Standing
    found: Found
    dismissed: bytes = b""
    left: Found | None = None

    def now(self, store: Store) -> Found | None:
        """Return what of it stands now; ``None`` where that takes another audit."""
        from graph.affiliation.handling import read

        dismissed = self.standing.dismissed(read(store, self.standing.as_of))
        if dismissed is None:
            return None
        if not dismissed.any():
            return self.found
        mark = dismissed.tobytes()
        if self.left is None or self.dismissed != mark:
            self.left, self.dismissed = self.found.without(dismissed), mark
        return self.left


class _Ended(Exception):  # noqa: N818 - no error: the service ends
    """Nobody waits for the audit any more."""


@dataclass(eq=False)
class _Making:
    """An audit under way."""

    made: Future[Audit]
    done: int = 0
    of: int = 0


class Audits:
    """The audits of one service's maps, by store and date.

    Parameters
    ----------
    pool : Pool, optional
        Room shared with others.
    patience : float
        See :data:`PATIENCE`.
    """

    def __init__(self, pool: Pool | None = None, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._one = threading.Lock()
        self._ended = threading.Event()
        self._making: dict[tuple[Key, bytes], _Making] = {}
        self._audits: Latest[Key, Audit] = Latest(MOST, MOST_BYTES, lambda key: key[0], pool)

    def of(
        self,
        store: Store,
        profile: Profile,
        shown: CityMap,
        before: Callable[[], None] | None = None,
    ) -> Found:
        """Return what the audit of a map's city finds that stands now.

        Parameters
        ----------
        before : callable, optional
            Called before the city is audited; what it raises keeps it from being audited.

        Raises
        ------
        StoreBusyError
            It is being made, and takes a while yet; others are; or the store changed meanwhile.
        StoreError
            The store failed while it was made.
        """
        refuse_former(store, shown)
        key, state = (store.url, shown.columns.as_of), shown.state
        held = self._audits.held(key, state)
        found = None if held is None else held.now(store)
        if found is not None:
            return found
        making = self._begun(key, held, profile, shown, before)
        if making is None:
            return self.of(store, profile, shown, before)
        try:
            made = making.made.result(self._patience)
        except TimeoutError:
            done = f"{making.done}/{making.of or '…'}"
            raise StoreBusyError(
                f"the city is being audited, once after an import (rules: {done}); ask again in a moment",
                f"正在核查全市（导入后一次，已完成规则 {done}），请稍后再试",
            ) from None
        return made.now(store) or made.found

    def _begun(
        self,
        key: Key,
        former: Audit | None,
        profile: Profile,
        shown: CityMap,
        before: Callable[[], None] | None,
    ) -> _Making | None:
        """Return the audit that is under way; where there is none, one is begun; ``None`` where one was kept meanwhile."""
        state = shown.state
        with self._lock:
            making = self._making.get((key, state))
            if making is None:
                if self._audits.held(key, state) is not former:
                    return None
                if len(self._making) >= WAITING:
                    raise StoreBusyError(
                        "other dates are being audited; ask again in a while",
                        "正在核查其他日期，请过一会儿再试",
                    )
                if before is not None:
                    before()
                making = self._making[key, state] = _Making(Future())
                threading.Thread(
                    target=self._make, args=(making, key, state, profile, shown), name="map audit", daemon=True
                ).start()  # fmt: skip
            return making

    def _make(
        self, making: _Making, key: Key, state: bytes, profile: Profile, shown: CityMap
    ) -> None:
        """Audit a city by a connection of one's own, one city at a time."""
        try:
            with self._one:
                made = self._audited(making, key, state, profile, shown)
            self._audits.keep(key, state, made, made.found.nbytes)
        except BaseException as error:  # noqa: BLE001 - whoever waits is told, whatever it was
            making.made.set_exception(error)
        else:
            making.made.set_result(made)
        finally:
            with self._lock:
                del self._making[key, state]

    def _audited(
        self, making: _Making, key: Key, state: bytes, profile: Profile, shown: CityMap
    ) -> Audit:
        from api.asking.auditing import audit
        from viz.city.findings import Found

        def progress(_: str, done: int, of: int) -> None:
            making.done, making.of = done, of
            if self._ended.is_set():
                raise _Ended

        url, as_of = key
        store = open_store(url)
        try:
            standing = audit(store, profile, as_of, progress=progress).result.findings.columns()
            if state_but_handling(store) != state:
                raise StoreBusyError(
                    "the store changed while its city was audited; ask again when the import is done",
                    "核查期间存储发生变化；请在导入完成后重试",
                )
        finally:
            store.close()
        return Audit(standing, Found.of(shown.columns, shown.tree, standing))

    def __len__(self) -> int:
        """Return how many audits are kept."""
        return len(self._audits)

    def close(self) -> None:
        """Let go of all; one under way ends with its next rule."""
        self._ended.set()
        self._audits.close()

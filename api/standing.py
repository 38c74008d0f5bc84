"""What audits found of the cities of maps: each made once, beside the requests that wait for it, and kept for every view.

A city of a million organizations takes a minute of a processor. What people do about findings makes no audit: it is laid over what
was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.beside import Beside, Words
from api.findings import state_but_handling
from api.latest import Latest
from api.proposals import refuse_former

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.beside import Making
    from api.latest import Pool
    from graph.affiliation.standing import Standing
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.city.findings import Found
    from viz.city.view import CityMap

    Key = tuple[str, int]

MOST, MOST_BYTES = 16, 1 << 28
"""Audits that are kept, and bytes of their columns together; the last one is kept whatever its size."""
WORDS = Words(
    (
        "the city is being audited, once after an import (rules: {})",
        "正在核查全市（导入后一次，已完成规则 {}）",
    ),
    ("other dates are being audited", "正在核查其他日期"),
    (
        "the store changed while its city was audited; ask again when the import is done",
        "核查期间存储发生变化；请在导入完成后重试",
    ),
)


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


class Audits:
    """The audits of one service's maps, by store and date.

    Parameters
    ----------
    pool : Pool, optional
        Room shared with others.
    patience : float, optional
        Seconds that a request waits for an audit; as long as who asks does by default.
    """

    def __init__(self, pool: Pool | None = None, patience: float | None = None) -> None:
        kept: Latest[Key, Audit] = Latest(MOST, MOST_BYTES, lambda key: key[0], pool)
        self._audits = Beside(kept, "map audit", WORDS, patience)

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
        AskAgainError
            It is being made, and takes a while yet; others are; or the store changed meanwhile.
        StoreError
            The store failed while it was made.
        """
        refuse_former(store, shown)
        key, state = (store.url, shown.columns.as_of), shown.state
        held = self._audits.kept.held(key, state)
        found = None if held is None else held.now(store)
        if found is not None:
            return found
        made = self._audits.get(
            key,
            lambda: state,
            lambda making, _: self._audited(making, store, state, profile, shown),
            lambda made: made.found.nbytes,
            before=before,
            enough=lambda one: one is not held,
        )[1]
        return made.now(store) or made.found

    def _audited(
        self, making: Making[Audit], store: Store, state: bytes, profile: Profile, shown: CityMap
    ) -> Audit:
        """Audit a city by a connection of one's own."""
        from api.asking.auditing import audit
        from viz.city.findings import Found

        with self._audits.reading(store, state, state_but_handling) as own:
            standing = audit(
                own,
                profile,
                shown.columns.as_of,
                progress=lambda _, done, of: making.reached(done, of),
            ).result.findings.columns()
        return Audit(standing, Found.of(shown.columns, shown.tree, standing))

    def __len__(self) -> int:
        """Return how many audits are kept."""
        return len(self._audits)

    def close(self) -> None:
        """Let go of all; one under way ends with its next rule."""
        self._audits.close()
